"""A result with something of everything, and the grader's desk."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from gradingdesk import _alembic_once, built, desk  # noqa: F401
from sample_result import make_result

from autograder.course import Course
from autograder.manifest import Assignment
from autograder.result import Result


@pytest.fixture
def assignment(tiny_course: Course) -> Assignment:
    return tiny_course.assignment("t01_sums")


@pytest.fixture
def result(assignment: Assignment) -> Result:
    return make_result(assignment)

"""Fixtures that every area's tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import tinycourse

from autograder.course import Course


@pytest.fixture
def tiny_course(tmp_path: Path) -> Course:
    """A fresh course of one assignment, in a folder of its own."""
    return tinycourse.make_course(tmp_path)

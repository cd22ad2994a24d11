"""Synthetic classes of the course in miniature."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
import tinycourse

from autograder.manifest import Assignment


@pytest.fixture(scope="session")
def assignment(tmp_path_factory) -> Assignment:
    return tinycourse.make_course(tmp_path_factory.mktemp("course")).assignment(tinycourse.ID)

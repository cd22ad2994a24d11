"""Fixtures that every area's tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import tinycourse

from autograder.course import Course

HERE = Path(__file__).parent


@pytest.fixture
def tiny_course(tmp_path: Path) -> Course:
    """A fresh course of one assignment, in a folder of its own."""
    return tinycourse.make_course(tmp_path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What one of several processes runs: a file's tests, which share fixtures; all of the site's, which share a book."""
    for item in items:
        site = item.path.is_relative_to(HERE / "site")
        item.add_marker(pytest.mark.xdist_group("site" if site else item.path.relative_to(HERE).as_posix()))

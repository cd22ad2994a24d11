"""Fixtures that every area's tests share."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "site"))

import tinycourse
from browser import Page, find_browser, open_browser
from hypothesis import settings
from postgresql import PostgreSQL, find_programs, running

from autograder.course import Course

HERE = Path(__file__).parent

settings.register_profile("course", deadline=None)  # no clock decides a test
settings.load_profile("course")


@pytest.fixture
def tiny_course(tmp_path: Path) -> Course:
    """A fresh course of one assignment, in a folder of its own."""
    return tinycourse.make_course(tmp_path)


@pytest.fixture(scope="session")
def tab() -> Iterator[Page]:
    """A browser's tab. Without a browser its tests are skipped, and fail where CI is set."""
    if find_browser() is None:
        _missing("Chromium")
    with open_browser() as page:
        yield page


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server for gradebooks. Without its programs its tests are skipped, and fail where CI is set."""
    programs = find_programs()
    if programs is None:
        _missing("PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    folder.chmod(0o755)
    try:
        with running(programs, folder) as server:
            yield server
    finally:
        shutil.rmtree(folder)


def _missing(program: str) -> NoReturn:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {program} on this machine: scripts/setup tests")


@pytest.fixture
def page(tab: Page) -> Page:
    """The tab at a desktop's size, in light mode, with nothing remembered."""
    tab.viewport(1280, 900)
    tab.colour_scheme("light")
    return tab


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """What one of several processes runs: a file's tests, which share fixtures; all of the site's, which share a book."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "site" if path.startswith("tests/site/") else path

    return ByFile(config, log)

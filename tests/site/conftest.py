"""The book is built once per session, strictly; its pages are read from the file system and from a real browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import smallsite
from browser import serve

from autograder.book import build_book
from autograder.course import ROOT, Course, open_course

sys.path.insert(0, str(ROOT / "web"))


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    return build_book(open_course(), strict=True).parent


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with serve(site) as base:
        yield base


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A checkout whose book has three pages; see ``smallsite``."""
    return smallsite.make_site(tmp_path_factory.mktemp("small-site"))

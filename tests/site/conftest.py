"""The book is built once per session, strictly; its pages are read from the file system and from a real browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.book import build_book
from autograder.course import ROOT, open_course

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(path) for path in (HERE, ROOT / "web") if str(path) not in sys.path]

from browser import Page, find_browser, open_browser, serve  # noqa: E402


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    return build_book(open_course(), strict=True).parent


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with serve(site) as base:
        yield base


@pytest.fixture(scope="session")
def tab() -> Iterator[Page]:
    """A browser's tab. Without a browser its tests are skipped, and fail where CI is set."""
    if find_browser() is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine: scripts/setup tests")
        pytest.skip("no Chromium on this machine: scripts/setup tests")
    with open_browser() as page:
        yield page


@pytest.fixture
def page(tab: Page) -> Page:
    """The tab at a desktop's size, in light mode, with nothing remembered."""
    tab.viewport(1280, 900)
    tab.colour_scheme("light")
    return tab


def pages_of(site: Path) -> list[str]:
    """Addresses of every page below the site's root, the search and error pages included."""
    return sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if "_static" not in path.parts)

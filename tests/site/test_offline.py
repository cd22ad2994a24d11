"""Nothing that a page needs lies on another machine: read from the files, and seen in a browser for which no name resolves."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import Page, pages_of

pytestmark = pytest.mark.smoke

# Addresses in these are for people and search engines; the browser does not fetch them.
NOT_FETCHED = {"canonical", "license", "author", "index", "search", "next", "prev"}


class Fetched(HTMLParser):
    """Collects what a page makes the browser fetch, and the scripts that stand in it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._inside = tag == "script" and "src" not in values
        if tag == "link" and values.get("rel") not in NOT_FETCHED:
            self.addresses.append(values.get("href", ""))
        for name in ("src", "srcset", "data", "poster", "action"):
            if name in values:
                self.addresses.append(values[name])

    def handle_endtag(self, _tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts.append(data)


def test_no_page_names_another_host(site: Path) -> None:
    outside = []
    for name in pages_of(site):
        parser = Fetched()
        parser.feed((site / name).read_text(encoding="utf-8"))
        outside += [(name, address) for address in parser.addresses if urlsplit(address).netloc]
        outside += [(name, found) for script in parser.scripts for found in re.findall(r"https?://[^\s\"'<>]+", script)]
    assert outside == []


def test_no_style_sheet_names_another_host(site: Path) -> None:
    sheets = list(site.rglob("*.css"))
    assert len(sheets) > 3
    outside = [
        (sheet.name, found)
        for sheet in sheets
        for found in re.findall(r"(?:url\(|@import\s+)[\"']?((?:https?:)?//[^\"')]+)", sheet.read_text(encoding="utf-8"))
    ]
    assert outside == []


def test_every_page_asks_only_this_machine(site: Path, address: str, page: Page) -> None:
    for name in pages_of(site):
        page.open(f"{address}/{name}", settle=0.2)
        assert page.hosts() == {"127.0.0.1"}, name
        assert page.errors == [], name


def test_no_name_resolves_in_this_browser(address: str, page: Page) -> None:
    page.open(f"{address}/book/index.html")
    failure = page.evaluate("fetch('https://cdn.jsdelivr.net/', {mode: 'no-cors'}).then(() => '', (error) => String(error))")
    assert "Failed to fetch" in failure
    assert "cdn.jsdelivr.net" in page.hosts(), "the test would see a request that leaves the site"


def test_mathematics_is_typeset_offline(address: str, page: Page) -> None:
    page.open(f"{address}/book/week09/index.html")
    assert page.wait_for("document.querySelectorAll('mjx-container[jax=CHTML] mjx-mfrac').length") == 1
    assert page.evaluate("document.querySelectorAll('mjx-merror').length") == 0
    assert any("mathjax/output/chtml/fonts" in url for url in page.requests)


def test_pages_open_without_a_server(site: Path, page: Page) -> None:
    page.open((site / "book" / "week09" / "index.html").as_uri())
    assert page.hosts() == {""}
    assert page.wait_for("document.querySelectorAll('mjx-container').length") > 2

"""axe finds nothing on any page: light and dark, on a wide screen and on a phone with its contents open."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from axe import violations
from browser import Page, pages_of

pytestmark = pytest.mark.smoke


def test_axe_sees_what_is_wrong(page: Page) -> None:
    page.open("data:text/html,<html><body><img src=x><a href=y></a></body></html>")
    rules = {line.split()[0] for line in violations(page)}
    assert {"image-alt", "link-name", "html-has-lang", "document-title"} <= rules


def test_no_page_has_a_violation(site: Path, address: str, page: Page) -> None:
    found = []
    for name in [*pages_of(site), f"search.html?q={quote('병합')}"]:
        if name == "index.html":
            continue  # moves on at once
        for scheme in ("light", "dark"):
            page.colour_scheme(scheme)
            if scheme == "light":
                page.open(f"{address}/{name}", settle=0.3)
            page.wait_for(f"document.documentElement.dataset.theme === {scheme!r}")
            found += [f"{name} {scheme}: {line}" for line in violations(page, only=[] if scheme == "light" else ["color-contrast"])]
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_on_a_phone(address: str, page: Page, scheme: str) -> None:
    page.viewport(390, 844, mobile=True)
    page.colour_scheme(scheme)
    for name in ("book/index.html", "book/week09/tokenizers.html"):
        page.open(f"{address}/{name}", settle=0.3)
        assert violations(page) == [], name
    page.evaluate("document.querySelector('.primary-toggle').click()")
    page.wait_for("document.querySelector('#pst-primary-sidebar-modal, #pst-primary-sidebar').checkVisibility()")
    assert violations(page) == [], "contents open"

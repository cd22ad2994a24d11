"""Reports lead into the book: every address that a manifest names is there, at the heading that the link is called after."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.booklinks import site_address
from autograder.course import open_course
from autograder.reports.assemble import item_links


def test_every_link_of_a_report_ends_at_its_heading(site: Path) -> None:
    course = open_course()
    base = site_address(course)
    found = 0
    for name in course.assignment_ids():
        for item, link in item_links(course, course.assignment(name)).items():
            page, _, label = link.url.removeprefix(base).partition("#")
            text = (site / page).read_text(encoding="utf-8")
            place = text.index(f'id="{label}"') if label else 0
            heading = re.sub(r"<[^>]+>", "", re.search(r"<h[1-6][^>]*>(.*?)<a ", text[place:], re.S)[1])
            assert heading == link.title, (name, item, link.url)
            found += 1
    assert found >= 30

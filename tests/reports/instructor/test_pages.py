"""Pages of a class: complete, self-contained, and harmless whatever a submission says."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe import violations

from autograder.reports.instructor.pages import NAVIGATION, render_pages
from autograder.result import CellResult, CheckResult, Tampering
from autograder.similarity import Document, Pair, Similar
from benchmarks._classes import make_cohort, make_result, make_standing, student

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}\u202e`</style>'


def code(number: int) -> str:
    return "\n".join(f"def f{place}(value_{number}):\n    return sorted(value_{number}.items())[{place}]  # {number}" for place in range(6))


def similar(*names: str) -> Similar:
    documents = [Document(name, "student", {"solution-add": code(place)}) for place, name in enumerate(names)]
    pairs = [Pair(documents[0], document, 0.9, 40) for document in documents[1:]]
    pairs.append(Pair(documents[0], Document("solution", "answer", {"solution-add": code(7)}), 0.8, 36))
    pairs.append(Pair(documents[0], Document("2025/kim", "past", {"solution-add": code(8)}), 0.7, 32))
    return Similar(tuple(pairs), len(names), ("2026-99999",), (("2026-10001", 0.7),))


def rendered(cohort) -> dict[str, str]:
    return dict(render_pages(cohort))


@pytest.fixture(scope="module")
def pages(assignment) -> dict[str, str]:
    return rendered(
        make_cohort(assignment, 40, similar=similar(*map(student, (0, 1, 2))), names={student(0): "김하나"}, absent=("2026-777",))
    )


class Reader(HTMLParser):
    """Checks that tags close and collects what the page refers to."""

    VOID = frozenset({"meta", "col", "br", "rect", "line", "circle", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open, self.ids, self.links, self.loads, self.styles = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        self.loads += [found[name] for name in ("src", "srcset", "data", "action") if name in found]
        self.styles += [name for name in found if name == "style" or name.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_every_page_is_there(pages):
    assert set(NAVIGATION) < set(pages)
    assert [name for name in pages if name not in NAVIGATION] == [f"pair-{number:03}.html" for number in range(1, 5)]


def test_pages_are_well_formed_and_self_contained(pages):
    for name, text in pages.items():
        reader = read(text)
        assert len(reader.ids) == len(set(reader.ids)), name
        assert (reader.loads, reader.styles) == ([], []), name
        assert "default-src 'none'" in unescape(text)
        assert "unsafe" not in text


def test_links_lead_somewhere(pages):
    targets = {name: {"", *read(text).ids} for name, text in pages.items()}
    for name, text in pages.items():
        for link in read(text).links:
            page, _, fragment = link.partition("#")
            assert (page or name) in targets, link
            assert fragment in targets[page or name], (name, link)


@pytest.mark.parametrize("size", [0, 1, 2, 9])
def test_small_classes(assignment, size):
    pages = rendered(make_cohort(assignment, size))
    for text in pages.values():
        read(text)
    assert ("10명보다 적어" in pages["items.html"]) == (size < 10)


def test_everybody_unreadable(assignment):
    results = {student(5): make_result(assignment, 5)}
    standings = {name: make_standing(result) for name, result in results.items()}
    pages = rendered(make_cohort(assignment, 0, results=results, standings=standings))
    assert "읽을 수 없는 제출이 1건" in pages["index.html"]
    assert "JSON 문법" in pages["runs.html"]


def test_a_thousand_students(assignment):
    cohort = make_cohort(assignment, 1_000)
    pages = rendered(cohort)
    assert all(f'id="s-{name}"' in pages["students.html"] for name in cohort.results)
    assert sum(map(len, pages.values())) < 20_000_000


def test_who_is_in_which_cluster(assignment):
    cohort = make_cohort(assignment, 12)
    text = pages_text(cohort, "checks.html")
    assert "빼기로 더함" in text
    failing = [
        name
        for name, result in cohort.results.items()
        if any(check.misconception == "빼기로 더함" for item in result.items for check in item.checks)
    ]
    row = next(part for part in text.split("<tr>") if "빼기로 더함" in part).partition("</tr>")[0]
    assert set(re.findall(r"students.html#s-([\w-]+)", row)) == set(failing)


def pages_text(cohort, name: str) -> str:
    return rendered(cohort)[name]


def test_hostile_text_stays_text(assignment):
    cohort = make_cohort(assignment, 3)
    name = student(0)
    result = cohort.results[name]
    check = CheckResult(id=EVIL, passed=False, weight=1, property=EVIL, message=EVIL, misconception=EVIL, example=EVIL, got=EVIL)
    item = result.items[0].model_copy(update={"checks": (check,)})
    cell = CellResult(index=0, grade_id=EVIL, status="error", error=EVIL)
    evil = result.model_copy(
        update={"items": (item, *result.items[1:]), "cells": (cell,), "tampering": (Tampering(cell=EVIL, what=EVIL),), "reason": EVIL}
    )
    documents = [Document(other, "student", {EVIL: EVIL + "\n" + code(1)}) for other in (name, student(1))]
    found = Similar((Pair(*documents, 1.0, 40),), 2, (), ())
    hostile = replace(cohort, results=dict(cohort.results) | {name: evil}, similar=found, names={name: EVIL}, absent=("x",))
    for page, text in rendered(hostile).items():
        reader = read(text)
        assert (reader.loads, reader.styles) == ([], []), page
        assert text.count("<script>") == 1
        assert "alert(1)</script>" not in text
        assert "\u202e" not in text


def test_numbers_of_the_overview(assignment):
    cohort = make_cohort(assignment, 12)
    text = pages_text(cohort, "index.html")
    waiting = sum(standing.waiting for standing in cohort.standings.values())
    assert f"사람이 읽을 답이 {waiting}개" in text
    counts = [int(a or b) for a, b in re.findall(r'미만</th><td class="number">(\d+)|이하</th><td class="number">(\d+)', text)]
    assert sum(counts) == len(cohort.decided)


def test_side_by_side_says_what_is_alike(assignment):
    left = Document(student(0), "student", {"a": "def f(x):\n    return sorted(x)\n\nprint(1)"})
    right = Document(student(1), "student", {"a": "def g(y):\n    return sorted(y)\n\nprint(1)"})
    cohort = make_cohort(assignment, 2, similar=Similar((Pair(left, right, 0.9, 40),), 2, (), ()))
    text = pages_text(cohort, "pair-001.html")
    assert text.count('class="alike"') == 4
    assert text.count('class="same"') == 2


@pytest.mark.smoke
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("light", 390), ("dark", 1280)])
def test_pages_in_a_browser(pages, page, tmp_path: Path, scheme, width):
    page.colour_scheme(scheme)
    page.viewport(width, 900)
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = {}
    for name in [*NAVIGATION, "pair-001.html"]:
        page.open(f"file://{tmp_path}/{name}", settle=0.1)
        assert page.errors == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if bad := violations(page):
            found[name] = bad
    assert found == {}


@pytest.mark.smoke
def test_tables_sort(pages, page, tmp_path: Path):
    (tmp_path / "students.html").write_text(pages["students.html"], encoding="utf-8")
    page.open(f"file://{tmp_path}/students.html")
    column = "[...document.querySelectorAll('tbody td:nth-of-type(2)')].map((cell) => Number(cell.textContent))"
    page.evaluate("document.querySelectorAll('thead button')[2].click()")
    scores = page.evaluate(column)
    assert scores == sorted(scores)
    page.evaluate("document.querySelectorAll('thead button')[2].click()")
    assert page.evaluate(column) == sorted(scores, reverse=True)
    assert page.evaluate("document.querySelectorAll('th[aria-sort]').length") == 1

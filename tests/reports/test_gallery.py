"""Every kind of page in a real browser: nothing for axe to find, nothing beyond the edge of a phone, nothing lost on paper."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from axe import violations
from browser import Page
from sample_result import LINK, item, make_result, standing_of

from autograder.manifest import Assignment
from autograder.reports.assemble import make_report, report_json
from autograder.reports.benchmark import class_series
from autograder.reports.model import Report
from autograder.reports.student import render_report
from autograder.result import CellResult, CheckResult, Finding, Metric

pytestmark = pytest.mark.smoke

LONG = "train_bpe(['" + "가나다라" * 60 + "'], 300)"
MARKS = {"naive": 90, "reference": 2, "library": 1}
METRICS = {
    "time": Metric(value=30, unit="밀리초", ratio_to_reference=15, title="학습에 걸린 시간", better="lower", landmarks=MARKS),
    "bytes": Metric(value=3.7, unit="바이트", title="토큰당 바이트", better="higher"),
}


def full(assignment: Assignment) -> Report:
    """A class of thirty, marks by hand, a failure with all that can be known of it, comments on lines, and changes."""
    check = CheckResult(
        id="a", passed=False, weight=1, property="더합니다.", message="입력에서 다른 값이 나왔습니다.", misconception="빼기로 더함",
        hint=("부호를 보세요.", "작은 수로 해 보세요."), example=LONG, got="[" + "1234, " * 80 + "]", cell="solution-add", line=7,
    )  # fmt: skip
    comments = (
        Finding(
            cell="solution-add", line=3, rule="vague-name", message="뜻이 없습니다.", code="tmp = " + "x + " * 60 + "1", better="total = 1"
        ),
        Finding(cell="solution-add", line=9, rule="unknown-rule", message="길이가 깁니다."),
    )
    result = make_result(assignment, metrics=METRICS, review=comments)
    result = result.model_copy(update={"items": (item("add", 1.5, check, score=0.4), *result.items[1:])})
    cohort = {f"s{n}": result.model_copy(update={"student": f"s{n}", "score": n / 4}) for n in range(30)} | {result.student: result}
    before = make_report(assignment, result, issued="2026-04-01 09:00")
    return make_report(
        assignment, result, standing=standing_of(result, manual=0.5, comment="예가 없습니다.", criteria=(0.5, 0.0)),
        series=class_series(cohort), links={"add": LINK}, previous=json.loads(report_json(before)), issued="2026-04-03 18:15",
    )  # fmt: skip


def with_status(status: str) -> Callable[[Assignment], Report]:
    return lambda assignment: make_report(assignment, make_result(assignment, status=status, reason="셀 1개가 멈추었습니다.", items=()))


def blank(assignment: Assignment) -> Report:
    missing = CheckResult(id="a", passed=False, weight=1, property="더합니다.", message="`add`를 아직 작성하지 않았습니다.")
    return make_report(assignment, make_result(assignment, items=(item("add", 1.5, missing),), review=(), cells=()))


def killed(assignment: Assignment) -> Report:
    cells = tuple(CellResult(index=n, status=status, error="MemoryError") for n, status in enumerate(("killed", "skipped", "timeout")))
    return make_report(assignment, make_result(assignment, status="partial", cells=cells))


KINDS = {
    "full": full,
    "alone": lambda assignment: make_report(assignment, make_result(assignment)),
    "waiting": lambda assignment: make_report(assignment, make_result(assignment), standing=standing_of(make_result(assignment))),
    "blank": blank,
    "killed": killed,
    "unreadable": with_status("unreadable"),
    "grader_fault": with_status("grader_fault"),
}


@pytest.fixture
def opened(page: Page, assignment: Assignment, tmp_path: Path) -> Callable[[str], Page]:
    def open_kind(kind: str) -> Page:
        path = tmp_path / f"{kind}.html"
        path.write_text(render_report(KINDS[kind](assignment)), encoding="utf-8")
        page.open(path.as_uri(), settle=0.05)
        return page

    return open_kind


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_axe_finds_nothing(opened: Callable[[str], Page], page: Page, kind: str, scheme: str) -> None:
    page.colour_scheme(scheme)
    shown = opened(kind)
    assert shown.errors == []
    shown.evaluate("document.querySelectorAll('details').forEach((entry) => { entry.open = true; }); true")
    assert violations(shown) == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_reaches_beyond_a_phones_edge(opened: Callable[[str], Page], page: Page, kind: str) -> None:
    page.viewport(360, 740, mobile=True)
    shown = opened(kind)
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360
    wide = (
        "[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > 361).map((e) => e.outerHTML.slice(0, 90))"
    )
    assert shown.evaluate(wide) == []


def test_the_page_asks_for_nothing(opened: Callable[[str], Page]) -> None:
    shown = opened("full")
    assert shown.hosts() <= {""}


def test_what_is_folded_on_the_screen_is_printed(opened: Callable[[str], Page], page: Page) -> None:
    shown = opened("full")
    page.command("Emulation.setEmulatedMedia", media="print")
    try:
        height = shown.evaluate("document.querySelector('details.hint p').getBoundingClientRect().height")
        assert height > 0
        data = base64.b64decode(page.command("Page.printToPDF", printBackground=False)["data"])
    finally:
        page.command("Emulation.setEmulatedMedia", media="")
    assert data.startswith(b"%PDF")

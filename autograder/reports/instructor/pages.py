"""One assignment's pages: an overview, items, checks, runs, near copies, marking by hand, re-grades, students."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.history import Run
from autograder.manifest import DIMENSIONS
from autograder.reports.instructor import charts, execution, failures
from autograder.reports.instructor.cohort import Cohort
from autograder.reports.instructor.page import anchor, render
from autograder.reports.instructor.sidebyside import side_by_side
from autograder.reports.instructor.statistics import RELIABLE, histogram, item_statistics, summary
from autograder.reports.view import DIMENSION_TITLES
from autograder.similarity import THRESHOLD, Pair
from autograder.similarity.compare import COMMON_SHARE

PAIR_PAGES = 200
RUNS_SHOWN = 40
TREND = 12
WHY = {"another submission": "다른 제출", "graded anew": "다시 채점함"}  # the gradebook's reasons, which staff also see on the terminal
NAVIGATION = {
    "index.html": "개요",
    "items.html": "항목",
    "checks.html": "검사",
    "runs.html": "실행",
    "similar.html": "유사",
    "marking.html": "손 채점",
    "history.html": "재채점",
    "students.html": "학생",
}
STATUS_TITLES = {"graded": "채점됨", "partial": "일부만 채점됨", "unreadable": "읽을 수 없음", "grader_fault": "채점기 오류"}
KIND_TITLES = {"student": "학생끼리", "answer": "해답과", "past": "지난 학기와"}
ANSWER_TITLES = {"solution": "모범 답안", "reference": "기준 구현"}


@dataclass(frozen=True)
class Todo:
    """Something that waits for a person. ``level``: bad, wait or info."""

    level: str
    text: str
    page: str


@dataclass(frozen=True)
class PairRow:
    """A pair and its page; ``page`` is empty for pairs beyond those that get one."""

    pair: Pair
    page: str
    right: str


@dataclass(frozen=True)
class RunRow:
    """A recorded run beside the one before it; ``changed``: student, old, new, why."""

    run: Run
    mean: float
    changed: tuple[tuple[str, float, float, str], ...]
    joined: int


def render_pages(cohort: Cohort, given: NDArray[np.uint64] | None = None) -> Iterator[tuple[str, str]]:
    """File names and pages. ``given``: what everybody was handed out, for the comparison of pairs."""
    pairs = _pair_rows(cohort)
    common = {
        "cohort": cohort,
        "assignment": cohort.assignment,
        "navigation": NAVIGATION,
        "person": _Person(cohort),
        "statuses": STATUS_TITLES,
        "dimensions": DIMENSION_TITLES,
    }
    items, checks = item_statistics(cohort), failures.failed_checks(cohort)
    yield "index.html", render("index.html", page="index.html", **common, **_overview(cohort, pairs, items, checks))
    yield "items.html", render("items.html", page="items.html", **common, items=items, dots=charts.scatter(items), charts=charts)
    named = failures.misconceptions(cohort)
    yield "checks.html", render("checks.html", page="checks.html", **common, checks=checks, misconceptions=named)
    yield "runs.html", render("runs.html", page="runs.html", **common, **_runs(cohort))
    limits = {"threshold": THRESHOLD, "common_share": COMMON_SHARE}
    grouped = {kind: [row for row in pairs if row.pair.right.kind == kind] for kind in KIND_TITLES}
    yield (
        "similar.html",
        render("similar.html", page="similar.html", **common, grouped=grouped, kinds=KIND_TITLES, groups=_groups(cohort), **limits),
    )
    yield "marking.html", render("marking.html", page="marking.html", **common, **_marking(cohort))
    yield "history.html", render("history.html", page="history.html", **common, **_history(cohort))
    yield "students.html", render("students.html", page="students.html", **common, named=DIMENSIONS)
    known = np.empty(0, np.uint64) if given is None else given
    for row in pairs:
        if row.page:
            sections = side_by_side(row.pair.left, row.pair.right, known)
            yield row.page, render("pair.html", page="similar.html", **common, row=row, sections=sections)


class _Person:
    """What a student is called, and where their page is."""

    def __init__(self, cohort: Cohort) -> None:
        self._cohort = cohort

    def name(self, student: str) -> str:
        return self._cohort.names.get(student, "")

    def link(self, student: str) -> str:
        return self._cohort.links.get(student) or f"students.html#{anchor(student)}"


def _overview(cohort: Cohort, pairs: list[PairRow], items: list, checks: list) -> dict[str, object]:
    total = summary(cohort.totals)
    maximum = float(cohort.assignment.points)
    strips = []
    for dimension in DIMENSIONS:
        found = summary(cohort.shares(dimension))
        worth = float(cohort.assignment.maximum(dimension))
        if found and worth:
            strips.append((DIMENSION_TITLES[dimension], worth, found, charts.box(found)))
    counted = histogram(cohort.totals, maximum)
    return {
        "total": total,
        "bars": counted,
        "maximum": maximum,
        "columns": charts.columns(counted),
        "strips": strips,
        "todos": list(_todos(cohort, pairs, items, checks)),
        "counts": {name: len(execution.by_status(cohort, name)) for name in STATUS_TITLES},
        "answers": sum(map(len, cohort.waiting.values())),
        "people": len({student for students in cohort.waiting.values() for student in students}),
    }


def _todos(cohort: Cohort, pairs: list[PairRow], items: list, checks: list) -> Iterator[Todo]:
    if faults := len(execution.by_status(cohort, "grader_fault")):
        yield Todo("bad", f"채점기가 끝내지 못한 제출이 {faults}건 있습니다. 원인을 고친 뒤 다시 채점하세요.", "runs.html#states")
    if unprotected := len(execution.without_walls(cohort)):
        yield Todo("bad", f"{unprotected}건은 샌드박스 없이 실행했습니다. 점수를 확정하기 전에 다시 채점하세요.", "runs.html#states")
    if unreadable := len(execution.by_status(cohort, "unreadable")):
        yield Todo("bad", f"읽을 수 없는 제출이 {unreadable}건 있습니다. 파일을 다시 받을지 정하세요.", "runs.html#states")
    if waiting := sum(map(len, cohort.waiting.values())):
        yield Todo("wait", f"사람이 읽을 답이 {waiting:,}개 남았습니다.", "marking.html")
    if among := sum(row.pair.right.kind == "student" for row in pairs):
        yield Todo("wait", f"서로 매우 비슷한 제출이 {among}쌍 있습니다. 나란히 놓고 직접 판단하세요.", "similar.html")
    if against := len({row.pair.left.name for row in pairs if row.pair.right.kind != "student"}):
        yield Todo("wait", f"해답이나 지난 학기와 매우 비슷한 제출이 {against}건 있습니다.", "similar.html#answer")
    if stopped := sum(any(cell.status in ("timeout", "killed") for cell in result.cells) for result in cohort.results.values()):
        yield Todo("info", f"멈추거나 강제로 끝난 셀이 있는 제출이 {stopped}건 있습니다.", "runs.html#stopped")
    if negative := [item for item in items if item.reliable and item.discrimination is not None and item.discrimination < 0]:
        titles = ", ".join(item.title for item in negative[:3])
        yield Todo("info", f"전체 점수와 거꾸로 가는 항목이 있습니다: {titles}. 검사나 채점 기준을 살펴보세요.", "items.html")
    if checks and checks[0].graded >= RELIABLE and checks[0].share >= 0.8:
        yield Todo("info", f"거의 모두가 실패하는 검사가 있습니다: {checks[0].title}. 설명이 모자라지 않은지 보세요.", "checks.html")


def _runs(cohort: Cohort) -> dict[str, object]:
    return {
        "groups": {name: execution.by_status(cohort, name) for name in ("grader_fault", "unreadable", "partial")},
        "unprotected": execution.without_walls(cohort),
        "slow": execution.slow_cells(cohort),
        "stopped": execution.stopped_cells(cohort),
        "traces": execution.traces(cohort),
        "continued": {student: result.continued_from for student, result in sorted(cohort.results.items()) if result.continued_from},
    }


def _marking(cohort: Cohort) -> dict[str, object]:
    by_item = {entry.item: entry.by_grader for entry in cohort.marks}
    rows = []
    for name, item in cohort.assignment.by_id.items():
        waiting = cohort.waiting.get(name, [])
        marked = [s for s in cohort.decided if (entry := cohort.item(s, name)) and not entry.waiting and entry.manual is not None]
        if item.manual or waiting:
            rows.append((item, waiting, len(marked), by_item.get(name, {})))
    graders: dict[str, int] = {}
    for entry in cohort.marks:
        for grader, count in entry.by_grader.items():
            graders[grader] = graders.get(grader, 0) + count
    return {"rows": rows, "graders": dict(sorted(graders.items(), key=lambda entry: (-entry[1], entry[0])))}


def _history(cohort: Cohort) -> dict[str, object]:
    """Rows with the newest first, and the mean's course."""
    rows = []
    latest: dict[str, float] = {}
    for run in cohort.runs:
        changed = tuple(
            (student, latest[student], score, ", ".join(WHY.get(reason, reason) for reason in run.why.get(student, ())))
            for student, score in run.scores.items()
            if student in latest and abs(latest[student] - score) > 1e-6
        )
        joined = sum(student not in latest for student in run.scores)
        rows.append(RunRow(run, sum(run.scores.values()) / len(run.scores) if run.scores else 0.0, changed, joined))
        latest |= run.scores
    shown = rows[-RUNS_SHOWN:]
    zone = cohort.made.tzinfo
    means = [(f"{row.run.when.astimezone(zone):%m-%d}", row.mean) for row in shown[-TREND:]]
    return {"rows": shown[::-1], "trend": charts.trend(means, float(cohort.assignment.points)), "zone": zone}


def _pair_rows(cohort: Cohort) -> list[PairRow]:
    if cohort.similar is None:
        return []
    made = []
    for number, pair in enumerate(cohort.similar.pairs, 1):
        page = f"pair-{number:03}.html" if number <= PAIR_PAGES else ""
        made.append(PairRow(pair, page, _called(pair)))
    return made


def _called(pair: Pair) -> str:
    """What the right side is called."""
    if pair.right.kind == "answer":
        return ANSWER_TITLES.get(pair.right.name) or f"다른 풀이 {pair.right.name}"
    return pair.right.name


def _groups(cohort: Cohort) -> list[list[str]]:
    """Students who are linked by pairs, in groups of three or more, the largest first."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for pair in cohort.similar.pairs if cohort.similar else ():
        if pair.right.kind == "student":
            parent[root(pair.left.name)] = root(pair.right.name)
    groups: dict[str, list[str]] = {}
    for name in sorted(parent):
        groups.setdefault(root(name), []).append(name)
    return sorted((group for group in groups.values() if len(group) > 2), key=lambda group: (-len(group), group))

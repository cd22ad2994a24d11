"""Synthetic classes for the instructors' pages: seeded results with something of everything, seeded code that nobody shares."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime

from autograder.history import Run
from autograder.manifest import DIMENSIONS, Assignment
from autograder.reports.instructor.cohort import Cohort, Marks
from autograder.result import CellResult, CheckResult, DimensionScore, ItemResult, Result, Tampering
from autograder.standing import ItemStanding, Standing

WHEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MISTAKES = (
    ("빼기로 더함", "입력 `(1, 2)`에서 나온 값은 -1입니다."),
    ("", "입력 `(3, 4)`에서 나온 값은 None입니다. 함수가 값을 돌려주지 않았습니다."),
    ("", "아직 작성하지 않았습니다."),
)


def student(number: int) -> str:
    return f"2026-{10_000 + number}"


def make_result(assignment: Assignment, number: int, seed: int = 0, *, checks: int = 4) -> Result:
    """The result of one student, whose ability and mistakes follow from ``number`` and ``seed``."""
    draw = random.Random(f"{seed} {number}")
    ability = draw.random()
    if number % 37 == 5:
        return _undecided(assignment, number, "unreadable", "노트북 파일이 아닙니다: JSON 문법에 맞지 않습니다.")
    if number % 97 == 11:
        return _undecided(assignment, number, "grader_fault", "채점 프로그램의 오류로 채점하지 못했습니다.")
    items = [_item(item, ability, draw, checks) for item in (*assignment.items, *assignment.bonus)]
    killed = number % 23 == 7
    cells = [CellResult(index=place, grade_id=f"solution-{place}", status="ok", seconds=round(draw.random() * 3, 3)) for place in range(6)]
    if killed:
        cells[3] = CellResult(index=3, grade_id="solution-3", status=draw.choice(["killed", "timeout"]), seconds=30.0, error="멈춤")
    found = [Tampering(cell="given-data", what="제출본에 없어 배포본의 셀을 넣었습니다.")] if number % 9 == 1 else []
    return Result(
        assignment=assignment.id,
        student=student(number),
        status="partial" if killed else "graded",
        reason="셀 1개가 끝까지 실행되지 않았습니다." if killed else "",
        cells=tuple(cells),
        tampering=tuple(found),
        sandbox="bubblewrap 0.8",
        key=f"{number:064x}",
        **_totals(assignment, items),
    )


def _item(item, ability: float, draw: random.Random, count: int) -> ItemResult:
    common = {"id": item.id, "title": item.title, "dimension": getattr(item, "dimension", "bonus"), "max_score": float(item.points)}
    if item.manual:
        return ItemResult(**common, score=0, needs_manual=True, manual_reason="essay")
    outcomes = []
    for place in range(count):
        passed = draw.random() < 0.15 + 0.8 * ability
        name, message = ("", "") if passed else draw.choice(MISTAKES)
        property_ = f"{item.title}: {place + 1}번째 성질이 성립합니다."
        outcomes.append(
            CheckResult(
                id=f"test_{item.id}_{place}", passed=passed, weight=1, property=property_, message=message, misconception=name or None
            )
        )
    share = sum(check.passed for check in outcomes) / count
    return ItemResult(**common, score=round(share * float(item.points), 6), checks=tuple(outcomes))


def _totals(assignment: Assignment, items: Sequence[ItemResult]) -> dict[str, object]:
    dimensions = {
        name: DimensionScore(
            score=round(sum(item.score for item in items if item.dimension == name), 6), max_score=float(assignment.maximum(name))
        )
        for name in DIMENSIONS
    }
    return {
        "items": tuple(items),
        "dimensions": dimensions,
        "score": round(sum(entry.score for entry in dimensions.values()), 6),
        "max_score": float(assignment.points),
        "bonus": round(sum(item.score for item in items if item.dimension == "bonus"), 6),
    }


def _undecided(assignment: Assignment, number: int, status: str, reason: str) -> Result:
    items = [
        ItemResult(
            id=item.id,
            title=item.title,
            dimension=getattr(item, "dimension", "bonus"),
            score=0,
            max_score=float(item.points),
            needs_manual=status == "grader_fault",
        )
        for item in (*assignment.items, *assignment.bonus)
    ]
    return Result(assignment=assignment.id, student=student(number), status=status, reason=reason, **_totals(assignment, items))


def make_standing(result: Result, marks: dict[str, float] | None = None, **changes) -> Standing:
    """Where a result stands when people have marked some items and nothing else happened."""
    marks = marks or {}
    items = tuple(
        ItemStanding(
            item.id,
            item.title,
            item.dimension,
            None if item.needs_manual else item.score,
            marks.get(item.id),
            marks.get(item.id, None if item.needs_manual else item.score),
            item.max_score,
            item.needs_manual and item.id not in marks,
            "",
            (),
        )
        for item in result.items
    )
    raw = sum(item.score or 0 for item in items if item.dimension != "bonus")
    dimensions = {
        name: DimensionScore(
            score=sum(item.score or 0 for item in items if item.dimension == name),
            max_score=sum(item.max_score for item in items if item.dimension == name),
        )
        for name in DIMENSIONS
    }
    values = {
        **{"student": result.student, "name": "", "status": result.status, "items": items, "dimensions": dimensions, "raw": raw},
        **{"bonus": result.bonus, "adjustment": 0.0, "adjustments": (), "penalty": 0.0, "late": "", "total": raw + result.bonus},
        **{"waiting": sum(item.waiting for item in items), "attempt": 1, "attempts": 1},
        **{"submitted_at": None, "due": None, "objection_until": None},
    }
    return Standing(**(values | changes))


def make_cohort(assignment: Assignment, size: int, **changes) -> Cohort:
    """A class of ``size`` students, two of three of whose essays have been marked, with two recorded runs."""
    results = {student(number): make_result(assignment, number) for number in range(size)}
    essays = [item.id for item in assignment.items if item.manual]
    standings = {}
    for number, (name, result) in enumerate(results.items()):
        decided = result.status in ("graded", "partial") and number % 3
        standings[name] = make_standing(result, {item: round(number % 5 / 2, 2) for item in essays} if decided else {})
    scores = {name: result.score for name, result in results.items()}
    before = {name: max(score - (number % 4 == 0), 0.0) for number, (name, score) in enumerate(scores.items())}
    runs = [] if not size else [Run(when=WHEN, scores=before), Run(when=WHEN, scores=scores, why={student(0): ("checks changed",)})]
    marks = tuple(Marks(item, {"조교 가": size // 3, "조교 나": size // 3}) for item in essays)
    values = {"assignment": assignment, "results": results, "standings": standings, "made": WHEN, "runs": runs, "marks": marks}
    return Cohort(**(values | changes))


def program(seed: object, size: int = 60) -> dict[str, str]:
    """Random Python of ``size`` statements in one cell; two seeds share next to nothing."""
    draw = random.Random(str(seed))
    methods = ("items", "keys", "split", "append", "update", "lower", "strip", "encode", "pop", "sort")
    calls = ("len", "sum", "max", "min", "sorted", "list", "set", "tuple", "zip", "map")
    lines = []
    for _ in range(size):
        left, right = (f"{draw.choice(calls)}({name}.{draw.choice(methods)}())" for name in "yz")
        lines.append(f"x = {left} {draw.choice('+-*/%')} {right}")
    return {"solution-a": "\n".join(lines)}

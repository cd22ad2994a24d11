"""A result with something of everything."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from autograder.manifest import DIMENSIONS, Assignment
from autograder.reports.model import Link
from autograder.result import CellResult, CheckResult, DimensionScore, Finding, ItemResult, Result, Tampering
from autograder.standing import ItemStanding, Standing

LINK = Link("덧셈이란", "https://book.example/week09/sums.html#adding")
WHEN = datetime(2026, 4, 3, 18, 15, tzinfo=ZoneInfo("Asia/Seoul"))


def make_result(assignment: Assignment, **changes) -> Result:
    failed = CheckResult(
        id="test_order",
        passed=False,
        weight=2,
        property="더하는 순서를 바꾸어도 같습니다.",
        message="입력 `(1, 2)`에서 나온 값은 -1입니다.",
        misconception="빼기로 더함",
        hint=("부호를 보세요.", "작은 수로 해 보세요.", "`a + b`입니다."),
    )
    passed = CheckResult(id="test_zero", passed=True, weight=1, property="0을 더하면 그대로입니다.")
    items = []
    for item in (*assignment.items, *assignment.bonus):
        maximum = float(item.points)
        common = {"id": item.id, "title": item.title, "dimension": getattr(item, "dimension", "bonus"), "max_score": maximum}
        if item.id == "add":
            items.append(ItemResult(**common, score=0.5, checks=(failed, passed)))
        elif item.id == "double":
            items.append(ItemResult(**common, score=maximum, used_reference=True, checks=(passed,)))
        elif item.manual:
            items.append(ItemResult(**common, score=0, needs_manual=True, manual_reason="essay"))
        else:
            items.append(ItemResult(**common, score=maximum, checks=(passed,)))
    dimensions = {
        name: DimensionScore(score=sum(i.score for i in items if i.dimension == name), max_score=float(assignment.maximum(name)))
        for name in DIMENSIONS
    }
    values = {
        "assignment": assignment.id,
        "student": "2026-10231",
        "status": "graded",
        "score": sum(entry.score for entry in dimensions.values()),
        "max_score": float(assignment.points),
        "bonus": 2,
        "dimensions": dimensions,
        "items": tuple(items),
        "cells": (
            CellResult(index=0, status="ok"),
            CellResult(index=1, grade_id="solution-add", status="error", error="\x1b[31mValueError\x1b[0m: 아니요"),
            CellResult(index=2, status="timeout"),
        ),
        "tampering": (Tampering(cell="add", what="TAMPERING-MARK"),),
        "review": (Finding(cell="solution-add", line=3, rule="vague-name", message="이름 `tmp`만 보고는 알 수 없습니다."),),
        "adjustments": ("2026-04-01 김조교: 연장을 인정합니다 (+0.5).",),
        "key": "0123456789abcdef0123",
    }
    return Result(**(values | changes))


def item(name: str, maximum: float, *checks: CheckResult, score: float = 0.0, dimension: str = "implementation", **changes) -> ItemResult:
    return ItemResult(id=name, title=name, dimension=dimension, score=score, max_score=maximum, checks=checks, **changes)


def standing_of(result: Result, *, manual: float | None = None, comment: str = "", criteria=(), **changes) -> Standing:
    """Where a result stands once a person gave ``manual`` to its essays."""
    items = tuple(
        ItemStanding(
            id=entry.id,
            title=entry.title,
            dimension=entry.dimension,
            auto=None if entry.needs_manual else entry.score,
            manual=manual if entry.needs_manual else None,
            score=manual if entry.needs_manual else entry.score,
            max_score=entry.max_score,
            waiting=entry.needs_manual and manual is None,
            comment=comment if entry.needs_manual else "",
            criteria=criteria if entry.id == "essay-add" else (),
        )
        for entry in result.items
    )
    values = {
        "student": result.student,
        "name": "김하나",
        "status": result.status,
        "items": items,
        "dimensions": result.dimensions | {"theory": DimensionScore(score=2.0 + (manual or 0), max_score=3.0)},
        "raw": result.score + 2 * (manual or 0),
        "bonus": result.bonus,
        "adjustment": 0.5,
        "adjustments": ("2026-04-02 +0.5점: 이의를 받아들임 (조교)",),
        "penalty": 1.0,
        "late": "마감보다 3시간 늦게 제출했습니다. 1일째 제출로 보아 1점을 뺍니다.",
        "total": result.score + 2 * (manual or 0) + result.bonus - 0.5,
        "waiting": sum(entry.waiting for entry in items),
        "attempt": 2,
        "attempts": 3,
        "submitted_at": WHEN,
        "due": WHEN,
        "objection_until": WHEN,
    }
    return Standing(**(values | changes))

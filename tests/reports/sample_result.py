"""A result with something of everything."""

from __future__ import annotations

from autograder.manifest import DIMENSIONS, Assignment
from autograder.result import CellResult, CheckResult, DimensionScore, Finding, ItemResult, Result, Tampering


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

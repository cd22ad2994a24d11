"""What is different from the last report that a student was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograder.reports.model import Change, Changes, ItemView, Report

_TRIFLES = 1e-6
STATUS = {"graded": "채점을 마침", "partial": "일부만 실행됨", "unreadable": "읽을 수 없음", "grader_fault": "채점하지 못함"}


def changes_since(previous: Mapping[str, Any], report: Report) -> Changes:
    """Compare with the JSON of an earlier report.

    Raises:
        KeyError, TypeError: ``previous`` is no report.
    """
    return Changes(str(previous["issued"]), tuple(_entries(previous, report)))


def _entries(previous: Mapping[str, Any], report: Report) -> Iterator[Change]:
    if previous["status"] != report.status:
        yield Change("상태", None, None, f"{STATUS.get(previous['status'], '다른 상태')}에서 {STATUS[report.status]}으로")
    if abs(previous["total"] - report.total) > _TRIFLES:
        yield Change("총점", previous["total"], report.total)
    before = {item["id"]: item for section in previous["sections"] for item in section["items"]}
    for item in (item for section in report.sections for item in section.items):
        old = before.get(item.id)
        if old is None:
            yield Change(item.title, None, item.score, "새 항목")
        elif change := _item(old, item):
            yield change
    for line in report.corrections:
        if line not in previous["corrections"]:
            yield Change("정정과 조정", None, None, line)


def _item(old: Mapping[str, Any], item: ItemView) -> Change | None:
    notes = []
    if old["state"] == "wait" and item.state != "wait":
        notes.append("사람이 채점했습니다.")
    elif old["state"] != "wait" and item.state == "wait":
        notes.append("사람이 다시 확인합니다.")
    if item.comment and item.comment != old["comment"]:
        notes.append("의견이 새로 달렸습니다.")
    if abs(old["max_score"] - item.max_score) > _TRIFLES:
        notes.append("배점이 바뀌었습니다.")
    moved = abs(old["score"] - item.score) > _TRIFLES
    return Change(item.title, old["score"], item.score, " ".join(notes)) if moved or notes else None

"""One submission's result, and what people decided since → its report."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from autograder.booklinks import book_link
from autograder.course import Course
from autograder.manifest import Assignment
from autograder.reports import advice, benchmark, situation, view
from autograder.reports.changes import changes_since
from autograder.reports.model import Link, Report, Step
from autograder.result import Result

if TYPE_CHECKING:
    from autograder.standing import Standing

OBJECT = (
    "점수나 의견이 잘못되었다고 생각하면 담당 조교에게 이의를 신청하세요. 학번과 항목의 이름, 그 까닭을 적고, 되도록 이 보고서의 "
    "‘붙여 넣을 입력’을 실행한 결과를 함께 보내세요. 이의를 신청했다는 까닭으로 점수가 낮아지지는 않습니다."
)


def make_report(
    assignment: Assignment,
    result: Result,
    *,
    standing: Standing | None = None,
    series: Sequence[benchmark.Series] = (),
    links: Mapping[str, Link] | None = None,
    previous: Mapping[str, Any] | None = None,
    issued: str = "",
) -> Report:
    """Put a report together.

    Args:
        standing: what the work stands at after everything that people did; the automatic scores alone without it.
        series: the class's figures; nothing is compared without them.
        links: into the book, by item.
        previous: the JSON of the last report that this student was sent.
        issued: when this one is sent, in words.
    """
    made = view.sections(assignment, result, standing, links or {})
    late = standing.late if standing is not None else ""
    report = Report(
        assignment=assignment.id,
        title=assignment.title,
        eyebrow="종합 프로젝트" if assignment.id == "capstone" else f"{assignment.week}주차 과제 {assignment.number}",
        student=result.student,
        name=standing.name if standing is not None else "",
        status=result.status,
        issued=issued,
        facts=_facts(standing, issued),
        score=result.score if standing is None else standing.raw,
        max_score=result.max_score,
        bonus=result.bonus if standing is None else standing.bonus,
        total=result.score + result.bonus if standing is None else standing.total,
        pending=sum(section.pending for section in made if section.id != "bonus"),
        waiting=sum(item.state == "wait" for section in made for item in section.items),
        steps=_steps(result, standing),
        strengths=tuple(advice.strengths(made, len(result.review))),
        notices=tuple(situation.notices(result, made, late)),
        improvements=advice.improvements(made) if result.status in ("graded", "partial") else (),
        changes=None,
        sections=made,
        review=situation.comments(assignment, result),
        comparisons=benchmark.comparisons(series, result) if result.status in ("graded", "partial") else (),
        cells=situation.stopped_cells(assignment, result),
        corrections=situation.corrections(assignment, result.adjustments if standing is None else standing.adjustments),
        objection=_objection(standing),
        key=result.key[:12],
    )
    return report if previous is None else dataclasses.replace(report, changes=changes_since(previous, report))


def item_links(course: Course, assignment: Assignment) -> dict[str, Link]:
    """Where the book teaches each item. Raises CourseError when a target of the manifest leads nowhere."""
    targets = {item.id: item.book for item in assignment.by_id.values() if item.book is not None}
    found = {target: book_link(course, target) for target in set(targets.values())}
    return {item: Link(found[target].title, found[target].url) for item, target in targets.items()}


def report_json(report: Report) -> str:
    """The report as JSON: what the page says, nothing else."""
    return json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def in_words(moment: datetime) -> str:
    """A moment as people write it, to the minute, in the zone that it carries."""
    return f"{moment:%Y-%m-%d %H:%M}"


def _facts(standing: Standing | None, issued: str) -> tuple[tuple[str, str], ...]:
    facts = []
    if standing is not None:
        if standing.submitted_at is not None:
            facts.append(("제출", in_words(standing.submitted_at)))
        if standing.due is not None:
            facts.append(("마감", in_words(standing.due)))
        if standing.attempts > 1:
            facts.append(("채점한 제출", f"{standing.attempts}번 가운데 {standing.attempt}번째"))
    return (*facts, *([("보낸 때", issued)] if issued else []))


def _steps(result: Result, standing: Standing | None) -> tuple[Step, ...]:
    """The sum that makes the total, where it is more than the four dimensions."""
    bonus = result.bonus if standing is None else standing.bonus
    score = result.score if standing is None else standing.raw
    added = [("가산점", bonus)]
    if standing is not None:
        added += [("조정", standing.adjustment), ("지각 감점", -abs(standing.penalty))]
    more = tuple(Step(title, value) for title, value in added if value)
    return (Step("네 영역의 합", score), *more) if more else ()


def _objection(standing: Standing | None) -> str:
    said = [OBJECT]
    if standing is not None and standing.contact:
        said.append(f"보낼 곳: {standing.contact}.")
    if standing is not None and standing.objection_until is not None:
        said.append(f"{in_words(standing.objection_until)}까지 받습니다.")
    return " ".join(said)

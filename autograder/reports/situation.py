"""What surrounds the scores of a report: what to know first, cells that stopped, comments on the code, corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.manifest import Assignment
from autograder.reports.model import CellComments, CellView, CommentView, Notice, Section
from autograder.reports.text import points
from autograder.reports.view import about_cell
from autograder.result import CellResult, Result
from autograder.review.rules import RULES
from autograder.scoring import errata_notes

CELL_TITLES = {"error": "오류", "timeout": "시간 초과", "killed": "강제 종료", "skipped": "건너뜀"}
CELL_NOTES = {
    "error": "이 셀은 오류로 멈추었습니다. 뒤의 셀은 계속 실행했습니다.",
    "timeout": "정해진 시간 안에 끝나지 않아 멈추었습니다. 끝나지 않는 반복이나 너무 느린 코드가 있는지 보세요.",
    "killed": "이 셀에서 파이썬이 강제로 끝났습니다. 메모리를 너무 많이 썼는지 보세요. 이 셀을 빼고 다시 실행했습니다.",
    "skipped": "앞선 문제 때문에 이 셀은 실행하지 않았습니다.",
}
ERRATA = {"full": "모두에게 만점을 줍니다", "drop": "채점에서 뺍니다"}


def notices(result: Result, made: Sequence[Section], late: str = "") -> Iterator[Notice]:
    """What to know before reading the scores."""
    if result.status == "unreadable":
        reason = f"{result.reason.strip()} " if result.reason else ""
        todo = "노트북을 다시 저장해 처음부터 끝까지 실행해 본 뒤, 그 .ipynb 파일을 제출하세요."
        yield Notice("bad", "제출한 파일을 읽을 수 없습니다", reason + todo)
    elif result.status == "grader_fault":
        text = "제출물의 문제가 아닙니다. 아래 점수는 확정된 것이 아니며, 담당자가 확인하고 다시 채점합니다."
        yield Notice("wait", "채점기에 문제가 생겨 채점을 끝내지 못했습니다", text)
    elif result.status == "partial":
        yield from _partial(result)
    waiting = [view for section in made for view in section.items if view.state == "wait"]
    if waiting and result.status in ("graded", "partial"):
        total = sum(view.max_score - view.score for view in waiting)
        titles = ", ".join(view.title for view in waiting)
        text = f"{titles}: 사람이 채점하면 최대 {points(total)}점이 더해집니다. 지금의 총점에는 들어 있지 않습니다."
        yield Notice("wait", f"채점을 기다리는 항목이 {len(waiting)}개 있습니다", text)
    if late:
        yield Notice("info", "제출 시각", late)
    if result.continued_from:
        text = f"앞 단계의 결과를 불러온 곳: {', '.join(result.continued_from)}. 점수에는 영향이 없습니다."
        yield Notice("info", "이어하기를 썼습니다", text)


def _partial(result: Result) -> Iterator[Notice]:
    if any(cell.status in ("timeout", "killed", "skipped") for cell in result.cells):
        text = "실행된 부분까지 채점했습니다. 어느 셀인지는 아래 ‘끝까지 실행되지 않은 셀’에 있습니다."
        yield Notice("bad", "노트북의 일부만 실행되었습니다", text)
    if any(check.fault for item in result.items for check in item.checks):
        yield Notice("wait", "채점기가 판정하지 못한 항목이 있습니다", "그 항목은 점수를 깎지 않으며, 담당자가 직접 확인합니다.")


def comments(assignment: Assignment, result: Result) -> tuple[CellComments, ...]:
    """Review comments by cell."""
    by_cell: dict[str, list[CommentView]] = {}
    for finding in result.review:
        rule = RULES.get(finding.rule)
        reason = finding.reason or (rule.reason if rule else "")
        by_cell.setdefault(finding.cell, []).append(
            CommentView(
                line=finding.line,
                title=rule.title if rule else finding.rule,
                major=bool(rule and rule.severity in ("major", "grave")),
                message=_without(finding.message, reason, finding.better),
                reason=reason,
                code=finding.code,
                better=finding.better,
            )
        )
    return tuple(CellComments(cell, about_cell(assignment, cell), tuple(found)) for cell, found in by_cell.items())


def _without(message: str, reason: str, better: str) -> str:
    """The comment itself: its reason and the better line have places of their own."""
    said = message.partition("\n")[0] if better else message
    return said.removesuffix(reason).rstrip() or message


def stopped_cells(assignment: Assignment, result: Result) -> tuple[CellView, ...]:
    """Cells that did not run to their end."""
    return tuple(_cell(assignment, cell) for cell in result.cells if cell.status != "ok")


def _cell(assignment: Assignment, cell: CellResult) -> CellView:
    name = cell.grade_id or ""
    title = about_cell(assignment, name) or f"{cell.index + 1}번째 셀"
    return CellView(title, name, CELL_TITLES[cell.status], CELL_NOTES[cell.status], cell.error)


def corrections(assignment: Assignment, adjustments: Sequence[str]) -> tuple[str, ...]:
    """Errata of the assignment and adjustments of this student's score, in words."""
    lines = []
    for erratum in assignment.errata:
        title = assignment.by_id[erratum.item].title
        change = ERRATA.get(erratum.action) or f"배점을 {erratum.points}점으로 바꿉니다"
        lines.append(f"{erratum.date.isoformat()} 정정, {title}: {change}. {erratum.reason}")
    said = errata_notes(assignment)
    return (*lines, *(line for line in adjustments if line not in said))

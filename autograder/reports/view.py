"""What a student's page shows, put into words; the template only lays it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from autograder.manifest import DIMENSIONS, Assignment
from autograder.reports.text import points
from autograder.result import CellResult, CheckResult, ItemResult, Result
from autograder.review.rules import RULES
from autograder.scoring import errata_notes

DIMENSION_TITLES = {"implementation": "구현", "theory": "이론", "experiments": "실험", "quality": "코드 품질", "bonus": "보너스"}
DIMENSION_NOTES = {
    "implementation": "숨은 검사가 새로운 입력으로 함수를 시험합니다.",
    "theory": "계산 문제는 자동으로, 서술 문제는 사람이 채점합니다.",
    "experiments": "제출한 표를 다시 계산해 확인하고, 해석은 사람이 읽습니다.",
    "quality": "읽기 쉬운 코드인지, 입력이 커질 때 연산이 얼마나 늘어나는지 봅니다.",
    "bonus": "총점과 따로 더해집니다.",
}
CELL_TITLES = {"error": "오류", "timeout": "시간 초과", "killed": "강제 종료", "skipped": "건너뜀"}
CELL_NOTES = {
    "error": "이 셀은 오류로 멈추었습니다. 뒤의 셀은 계속 실행했습니다.",
    "timeout": "정해진 시간 안에 끝나지 않아 멈추었습니다. 끝나지 않는 반복이나 너무 느린 코드가 있는지 보세요.",
    "killed": "이 셀에서 파이썬이 강제로 끝났습니다. 메모리를 너무 많이 썼는지 보세요. 이 셀을 빼고 다시 실행했습니다.",
    "skipped": "앞선 문제 때문에 이 셀은 실행하지 않았습니다.",
}
NOT_JUDGED = "채점기의 문제로 이 검사를 판정하지 못했습니다. 점수를 깎지 않으며, 담당자가 직접 확인합니다."
UNDECIDED = "자동으로 판정하지 못해 담당자가 직접 확인합니다."
FOCUS = 3


@dataclass(frozen=True)
class Notice:
    """A box at the top. ``kind``: info, wait, bad."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True)
class CheckView:
    """One verdict, or several failed checks that say the same."""

    state: str
    properties: tuple[str, ...]
    message: str
    misconception: str
    hint: tuple[str, ...]


@dataclass(frozen=True)
class ItemView:
    item: ItemResult
    state: str
    label: str
    checks: tuple[CheckView, ...]
    criteria: tuple[tuple[str, str], ...]
    note: str

    @property
    def passed(self) -> int:
        return sum(check.passed for check in self.item.checks)


@dataclass(frozen=True)
class Section:
    """A rubric dimension with its items; ``pending`` are the points that a person still gives."""

    id: str
    title: str
    note: str
    score: float
    max_score: float
    pending: float
    items: tuple[ItemView, ...]

    @property
    def share(self) -> float:
        """Earned, in per cent."""
        return 100 * self.score / self.max_score if self.max_score else 0.0

    @property
    def pending_share(self) -> float:
        return min(100 - self.share, 100 * self.pending / self.max_score) if self.max_score else 0.0


@dataclass(frozen=True)
class CommentView:
    line: int
    title: str
    message: str
    major: bool


@dataclass(frozen=True)
class CellView:
    place: str
    name: str
    status: str
    note: str
    error: str


def sections(assignment: Assignment, result: Result) -> list[Section]:
    """The four dimensions in the manifest's order, then the bonus when there is one."""
    made = []
    for dimension in (*DIMENSIONS, "bonus"):
        items = tuple(_item(assignment, item) for item in result.items if item.dimension == dimension)
        if dimension == "bonus":
            score, maximum = result.bonus, sum(view.item.max_score for view in items)
        else:
            entry = result.dimensions.get(dimension)
            score, maximum = (entry.score, entry.max_score) if entry else (0.0, float(assignment.maximum(dimension)))
        pending = sum(view.item.max_score - view.item.score for view in items if view.item.needs_manual)
        if items or dimension != "bonus":
            made.append(Section(dimension, DIMENSION_TITLES[dimension], DIMENSION_NOTES[dimension], score, maximum, pending, items))
    return made


def _item(assignment: Assignment, item: ItemResult) -> ItemView:
    known = assignment.by_id.get(item.id)
    criteria = tuple((str(c.points), c.text) for c in known.criteria) if known else ()
    state, label = _state(item)
    faulty = any(check.fault for check in item.checks)
    note = ""
    if item.needs_manual:
        # The recorded reason is written for staff: of a fault the student reads that it costs nothing.
        note = "답을 사람이 읽고 아래 기준으로 채점합니다." if criteria and not faulty else ("" if faulty else UNDECIDED)
    elif item.used_reference:
        titles = " · ".join(assignment.by_id[name].title for name in known.after if name in assignment.by_id) if known else ""
        note = f"앞 단계({titles})의 기준 결과를 넣고 다시 채점했습니다." if titles else "앞 단계의 기준 결과를 넣고 다시 채점했습니다."
        note += " 앞 단계의 실수가 이 항목의 점수를 깎지 않습니다."
    elif item.manual_reason:
        note = item.manual_reason
    return ItemView(item, state, label, tuple(_checks(item.checks)), criteria, note)


def _state(item: ItemResult) -> tuple[str, str]:
    if item.needs_manual:
        return "wait", "채점 대기"
    if item.score >= item.max_score:
        return "good", "통과"
    return ("part", "일부 통과") if item.score > 0 else ("bad", "미통과")


def _checks(checks: tuple[CheckResult, ...]) -> Iterator[CheckView]:
    """Failed checks that stand together and say the same become one entry: an unwritten function fails them all."""
    names = _properties(checks)
    for (state, message), group in groupby(checks, key=lambda check: (_check_state(check), "" if check.passed else check.message)):
        together = list(group)
        if state != "bad" or not message:
            for check in together:
                yield CheckView(state, (names[check.id],), NOT_JUDGED if check.fault else check.message, "", ())
            continue
        hints = [check.hint for check in together if check.hint]
        misconception = next((check.misconception for check in together if check.misconception), "") or ""
        yield CheckView(state, tuple(names[check.id] for check in together), message, misconception, hints[0] if hints else ())


def _properties(checks: tuple[CheckResult, ...]) -> dict[str, str]:
    """What each check tests, by id; checks of one property on several inputs (``test_x[ko]``) are told apart by the input's name."""
    counts = Counter(check.property for check in checks)
    named = {}
    for check in checks:
        case = check.id.partition("[")[2].removesuffix("]")
        named[check.id] = f"{check.property} `{case}`" if case and counts[check.property] > 1 else check.property or check.id
    return named


def _check_state(check: CheckResult) -> str:
    return "wait" if check.fault else "good" if check.passed else "bad"


def notices(result: Result, made: list[Section]) -> list[Notice]:
    """What to know before reading the scores."""
    found = []
    if result.status == "unreadable":
        reason = f"{result.reason.strip()} " if result.reason else ""
        found.append(
            Notice(
                "bad",
                "제출한 파일을 읽을 수 없습니다",
                f"{reason}노트북을 다시 저장해 처음부터 끝까지 실행해 본 뒤, 그 .ipynb 파일을 제출하세요.",
            )
        )
    elif result.status == "grader_fault":
        text = "제출물의 문제가 아닙니다. 아래 점수는 확정된 것이 아니며, 담당자가 확인하고 다시 채점합니다."
        found.append(Notice("wait", "채점기에 문제가 생겨 채점을 끝내지 못했습니다", text))
    elif result.status == "partial":
        found += _partial(result)
    waiting = [view for section in made for view in section.items if view.item.needs_manual]
    if waiting and result.status in ("graded", "partial"):
        total = sum(view.item.max_score - view.item.score for view in waiting)
        titles = ", ".join(view.item.title for view in waiting)
        text = f"{titles}: 사람이 채점하면 최대 {points(total)}점이 더해집니다. 지금의 총점에는 들어 있지 않습니다."
        found.append(Notice("wait", f"채점을 기다리는 항목이 {len(waiting)}개 있습니다", text))
    if result.continued_from:
        found.append(
            Notice(
                "info", "이어하기를 썼습니다", f"앞 단계의 결과를 불러온 곳: {', '.join(result.continued_from)}. 점수에는 영향이 없습니다."
            )
        )
    return found


def _partial(result: Result) -> Iterator[Notice]:
    if any(cell.status in ("timeout", "killed", "skipped") for cell in result.cells):
        text = "실행된 부분까지 채점했습니다. 어느 셀인지는 아래 ‘끝까지 실행되지 않은 셀’에 있습니다."
        yield Notice("bad", "노트북의 일부만 실행되었습니다", text)
    if any(check.fault for item in result.items for check in item.checks):
        yield Notice("wait", "채점기가 판정하지 못한 항목이 있습니다", "그 항목은 점수를 깎지 않으며, 담당자가 직접 확인합니다.")


def focus(made: list[Section]) -> list[ItemView]:
    """The items that lost most points: where to look first."""
    lost = [view for section in made if section.id != "bonus" for view in section.items if view.state in ("part", "bad")]
    return sorted(lost, key=lambda view: view.item.score - view.item.max_score)[:FOCUS]


def comments(assignment: Assignment, result: Result) -> list[tuple[str, str, list[CommentView]]]:
    """Review comments by cell: the title of what the cell is about, its id, its comments."""
    by_cell: dict[str, list[CommentView]] = {}
    for finding in result.review:
        rule = RULES.get(finding.rule)
        comment = CommentView(finding.line, rule.title if rule else finding.rule, finding.message, bool(rule and rule.severity == "major"))
        by_cell.setdefault(finding.cell, []).append(comment)
    return [(_about(assignment, cell), cell, found) for cell, found in by_cell.items()]


def failed_cells(assignment: Assignment, result: Result) -> list[CellView]:
    """Cells that did not run to their end."""
    return [_cell(assignment, cell) for cell in result.cells if cell.status != "ok"]


def _cell(assignment: Assignment, cell: CellResult) -> CellView:
    name = cell.grade_id or ""
    title = _about(assignment, name) or f"{cell.index + 1}번째 셀"
    return CellView(title, name, CELL_TITLES[cell.status], CELL_NOTES[cell.status], cell.error)


def _about(assignment: Assignment, cell: str) -> str:
    """The title of the item that a cell belongs to: ``solution-bpe-encode-2`` is about ``bpe-encode``."""
    name = cell.removeprefix("solution-")
    while name and name not in assignment.by_id:
        name = name.rpartition("-")[0]
    return assignment.by_id[name].title if name else ""


def corrections(assignment: Assignment, result: Result) -> list[str]:
    """Errata of the assignment and adjustments of this student's score, in words."""
    said = {"full": "모두에게 만점을 줍니다", "drop": "채점에서 뺍니다"}
    lines = []
    for erratum in assignment.errata:
        title = assignment.by_id[erratum.item].title
        change = said.get(erratum.action) or f"배점을 {erratum.points}점으로 바꿉니다"
        lines.append(f"{erratum.date.isoformat()} 정정, {title}: {change}. {erratum.reason}")
    return [*lines, *(line for line in result.adjustments if line not in errata_notes(assignment))]

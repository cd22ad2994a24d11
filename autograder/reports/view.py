"""The rubric's part of a report: dimensions, items, checks, put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from autograder.manifest import DIMENSIONS, Assignment
from autograder.reports.model import CheckView, CriterionView, ItemView, Link, Section
from autograder.result import CheckResult, ItemResult, Result

if TYPE_CHECKING:
    from autograder.standing import ItemStanding, Standing

DIMENSION_TITLES = {"implementation": "구현", "theory": "이론", "experiments": "실험", "quality": "코드 품질", "bonus": "가산점"}
DIMENSION_NOTES = {
    "implementation": "숨은 검사가 새로운 입력으로 함수를 시험합니다.",
    "theory": "계산 문제는 자동으로, 서술 문제는 사람이 채점합니다.",
    "experiments": "제출한 표를 다시 계산해 확인하고, 해석은 사람이 읽습니다.",
    "quality": "읽기 쉬운 코드인지, 입력이 커질 때 연산이 얼마나 늘어나는지 봅니다.",
    "bonus": "총점과 따로 더해집니다.",
}
NOT_JUDGED = "채점기의 문제로 이 검사를 판정하지 못했습니다. 점수를 깎지 않으며, 담당자가 직접 확인합니다."
UNDECIDED = "자동으로 판정하지 못해 담당자가 직접 확인합니다."


def sections(assignment: Assignment, result: Result, standing: Standing | None, links: Mapping[str, Link]) -> tuple[Section, ...]:
    """The four dimensions in the manifest's order, then the bonus when there is one.

    Args:
        standing: what people decided since; without it the scores are the automatic ones.
        links: into the book, by item.
    """
    decided = {} if standing is None else {item.id: item for item in standing.items}
    made = []
    for dimension in (*DIMENSIONS, "bonus"):
        items = tuple(
            _item(assignment, item, decided.get(item.id), links.get(item.id)) for item in result.items if item.dimension == dimension
        )
        if dimension == "bonus":
            score = result.bonus if standing is None else standing.bonus
            maximum = sum(view.max_score for view in items)
        else:
            entry = (result.dimensions if standing is None else standing.dimensions).get(dimension)
            score, maximum = (entry.score, entry.max_score) if entry else (0.0, float(assignment.maximum(dimension)))
        pending = sum(view.max_score - view.score for view in items if view.state == "wait")
        if items or dimension != "bonus":
            made.append(Section(dimension, DIMENSION_TITLES[dimension], DIMENSION_NOTES[dimension], score, maximum, pending, items))
    return tuple(made)


def about_cell(assignment: Assignment, cell: str) -> str:
    """The title of the item that a cell belongs to: ``solution-bpe-encode-2`` is about ``bpe-encode``."""
    name = cell.removeprefix("solution-")
    while name and name not in assignment.by_id:
        name = name.rpartition("-")[0]
    return assignment.by_id[name].title if name else ""


def _item(assignment: Assignment, item: ItemResult, decided: ItemStanding | None, link: Link | None) -> ItemView:
    known = assignment.by_id.get(item.id)
    waiting = item.needs_manual if decided is None else decided.waiting
    score = item.score if decided is None else decided.score or 0.0
    maximum = item.max_score if decided is None else decided.max_score
    by_person = decided is not None and decided.manual is not None and not waiting
    state, label = _state(score, maximum, waiting, by_person)
    given = decided.criteria if decided is not None and len(decided.criteria) == len(known.criteria if known else ()) else ()
    criteria = tuple(
        CriterionView(criterion.text, float(criterion.points), given[place] if given else None)
        for place, criterion in enumerate(known.criteria if known else ())
    )
    return ItemView(
        id=item.id,
        title=item.title,
        state=state,
        label=label,
        score=score,
        max_score=maximum,
        note=_note(assignment, item, waiting=waiting, by_person=by_person),
        checks=tuple(_checks(item, maximum)),
        criteria=criteria,
        comment=decided.comment if decided is not None else "",
        by_hand=bool(criteria),
        used_reference=item.used_reference and not by_person,
        book=link,
    )


def _note(assignment: Assignment, item: ItemResult, *, waiting: bool, by_person: bool) -> str:
    known = assignment.by_id.get(item.id)
    by_hand = bool(known and known.criteria)
    if waiting:
        # The recorded reason is written for staff: of a fault the student reads that it costs nothing.
        faulty = any(check.fault for check in item.checks)
        return "" if faulty else "답을 사람이 읽고 아래 기준으로 채점합니다." if by_hand else UNDECIDED
    if by_person:
        return "" if by_hand else "담당자가 직접 확인해 점수를 정했습니다."
    if item.used_reference:
        titles = " · ".join(assignment.by_id[name].title for name in known.after if name in assignment.by_id) if known else ""
        before = f"앞 단계({titles})" if titles else "앞 단계"
        return f"{before}의 기준 결과를 넣고 다시 채점했습니다. 앞 단계의 실수가 이 항목의 점수를 깎지 않습니다."
    return item.manual_reason


def _state(score: float, maximum: float, waiting: bool, by_person: bool) -> tuple[str, str]:
    if waiting:
        return "wait", "채점 대기"
    if score >= maximum:
        return "good", "만점" if by_person else "통과"
    if score > 0:
        return "part", "일부 점수" if by_person else "일부 통과"
    return "bad", "0점" if by_person else "미통과"


def _checks(item: ItemResult, maximum: float) -> Iterator[CheckView]:
    """Failed checks that stand together and say the same become one entry: an unwritten function fails them all."""
    names = _properties(item.checks)
    weights = sum(check.weight for check in item.checks)
    for (state, message), group in groupby(item.checks, key=lambda check: (_check_state(check), "" if check.passed else check.message)):
        together = list(group)
        if state == "bad" and message:
            yield _failure(together, names, maximum * sum(check.weight for check in together) / weights)
            continue
        for check in together:
            at_stake = 0.0 if check.passed or check.fault else maximum * check.weight / weights
            yield CheckView(state, (names[check.id],), NOT_JUDGED if check.fault else check.message, at_stake=at_stake)


def _failure(together: list[CheckResult], names: Mapping[str, str], at_stake: float) -> CheckView:
    shown = next((check for check in together if check.example), together[0])
    return CheckView(
        state="bad",
        properties=tuple(names[check.id] for check in together),
        message=together[0].message,
        misconception=next((check.misconception for check in together if check.misconception), "") or "",
        hint=next((check.hint for check in together if check.hint), ()),
        example=shown.example,
        got=shown.got,
        expected=shown.expected,
        place=place_of(shown),
        at_stake=at_stake,
    )


def place_of(check: CheckResult) -> str:
    """Where in the student's code a check failed, in words."""
    if not check.cell:
        return ""
    return f"셀 `{check.cell}`" + (f"의 {check.line}번째 줄" if check.line else "")


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

"""Check outcomes → items → rubric dimensions → totals, in exact decimals.

An item's score is its points times the passed share of its checks' weights, rounded to a millionth. Floats appear only in results.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from autograder.manifest import DIMENSIONS, Assignment, Bonus, Dimension, Erratum, Item
from autograder.result import CheckResult, DimensionScore, ItemResult
from course_lib.kit.checking import CheckOutcome

STEP = Decimal("0.000001")


class ScoringError(RuntimeError):
    """The outcomes do not fit the manifest: a fault of the grader."""


@dataclass(frozen=True)
class Totals:
    """The sums of one submission. ``bonus`` stands beside ``score``, never in it."""

    score: float
    max_score: float
    bonus: float
    dimensions: dict[Dimension, DimensionScore]


def score_items(
    assignment: Assignment,
    first: Iterable[CheckOutcome],
    second: Iterable[CheckOutcome] = (),
    *,
    answered: Collection[str] = (),
    forbidden: Mapping[str, str] | None = None,
) -> tuple[ItemResult, ...]:
    """One result per item and bonus item, in the manifest's order.

    Args:
        first: what the checks found.
        second: what they found with the reference's data in place of the student's earlier steps; counts where it is better.
        answered: items graded by hand that the student wrote something for.
        forbidden: by item, what to say about a library that it forbids and the student imports; the item gets nothing.

    Raises:
        ScoringError: an outcome belongs to no item, or a check's weight is no positive number.
    """
    passes = [_by_item(assignment, outcomes) for outcomes in (first, second)]
    results = []
    for item in assignment.by_id.values():
        if item.manual:
            result = _manual(item, item.id in answered)
        else:
            result = _automatic(item, *(outcomes.get(item.id, []) for outcomes in passes))
        if message := (forbidden or {}).get(item.id):
            result = _forbidden(result, message)
        results.append(_corrected(assignment, result))
    return tuple(results)


def lost_points(assignment: Assignment, first: Iterable[CheckOutcome]) -> list[str]:
    """Items with ``after`` that failed a check, or may have: those whose checks run a second time."""
    failed = {outcome.item for outcome in first if outcome.status == "failed" or outcome.by_data}
    return [item.id for item in assignment.by_id.values() if item.after and item.id in failed]


def total(items: Sequence[ItemResult], bonus_cap: Decimal) -> Totals:
    """Sum the items by dimension; the bonus is cut at ``bonus_cap``."""
    dimensions = {}
    for dimension in DIMENSIONS:
        members = [item for item in items if item.dimension == dimension]
        dimensions[dimension] = DimensionScore(score=_sum(i.score for i in members), max_score=_sum(i.max_score for i in members))
    return Totals(
        score=_sum(d.score for d in dimensions.values()),
        max_score=_sum(d.max_score for d in dimensions.values()),
        bonus=min(_sum(item.score for item in items if item.dimension == "bonus"), float(bonus_cap)),
        dimensions=dimensions,
    )


def without_score(assignment: Assignment, *, manual_reason: str = "") -> tuple[ItemResult, ...]:
    """Items of a submission that was not graded: zero for good, or waiting for a person when there is a reason."""
    results = [_blank(item).model_copy(update=_waiting(manual_reason)) for item in assignment.by_id.values()]
    return tuple(_corrected(assignment, result) for result in results)


def errata_notes(assignment: Assignment) -> tuple[str, ...]:
    """The corrections after release, as reports show them."""
    actions = {"full": "모두에게 만점을 줍니다", "drop": "채점에서 뺍니다"}
    said = ((e, actions.get(e.action) or f"배점을 {e.points}점으로 바꿉니다") for e in assignment.errata)
    return tuple(f"정정 {e.date.isoformat()}, {e.item}: {action}. {e.reason}" for e, action in said)


def _by_item(assignment: Assignment, outcomes: Iterable[CheckOutcome]) -> dict[str, list[CheckOutcome]]:
    grouped: dict[str, list[CheckOutcome]] = {}
    for outcome in outcomes:
        item = assignment.by_id.get(outcome.item)
        if item is None or item.manual:
            raise ScoringError(f"check {outcome.id!r} counts for {outcome.item!r}, which is no automatic item of {assignment.id}")
        if not (math.isfinite(outcome.weight) and outcome.weight > 0):
            raise ScoringError(f"check {outcome.id!r} has weight {outcome.weight!r}")
        grouped.setdefault(outcome.item, []).append(outcome)
    return grouped


def _blank(item: Item | Bonus) -> ItemResult:
    dimension = "bonus" if isinstance(item, Bonus) else item.dimension
    return ItemResult(id=item.id, title=item.title, dimension=dimension, score=0.0, max_score=float(item.points))


def _waiting(reason: str) -> dict[str, object]:
    return {"needs_manual": bool(reason), "manual_reason": reason}


def _manual(item: Item | Bonus, answered: bool) -> ItemResult:
    said = {"needs_manual": True, "manual_reason": "사람이 읽고 채점합니다."} if answered else {"manual_reason": "답을 쓰지 않았습니다."}
    return _blank(item).model_copy(update=said)


def _automatic(item: Item | Bonus, first: list[CheckOutcome], second: list[CheckOutcome]) -> ItemResult:
    if not first:
        return _blank(item).model_copy(update=_waiting("이 항목의 검사가 하나도 실행되지 않았습니다."))
    better = bool(second) and _share(second) > _share(first)
    counted = second if better else first
    faults = dict.fromkeys(outcome.message for outcome in (*first, *second) if outcome.status == "fault")
    reason = f"채점 프로그램의 오류로 확정하지 못했습니다: {'; '.join(faults)[:500]}" if faults else ""
    score = _rounded(item.points * Decimal(_share(counted).numerator) / Decimal(_share(counted).denominator), item.points)
    said = {"score": float(score), "used_reference": better, "checks": tuple(map(_check_result, counted))}
    return _blank(item).model_copy(update=said | _waiting(reason))


def _share(outcomes: Iterable[CheckOutcome]) -> Fraction:
    weights = [(Fraction(str(outcome.weight)), outcome.passed) for outcome in outcomes]
    return sum((weight for weight, passed in weights if passed), Fraction(0)) / sum(weight for weight, _ in weights)


def _rounded(score: Decimal, points: Decimal) -> Decimal:
    return min(max(score.quantize(STEP, ROUND_HALF_EVEN), Decimal(0)), points)


def _check_result(outcome: CheckOutcome) -> CheckResult:
    return CheckResult(
        id=outcome.id,
        passed=outcome.passed,
        weight=outcome.weight,
        property=outcome.property,
        message=outcome.message if outcome.status != "fault" else "채점 프로그램의 오류로 확인하지 못했습니다.",
        misconception=outcome.misconception,
        hint=outcome.hint,
        fault=outcome.status == "fault",
        example=outcome.example,
        got=outcome.got,
        expected=outcome.expected,
        cell=outcome.cell,
        line=outcome.line,
    )


def _forbidden(result: ItemResult, message: str) -> ItemResult:
    rule = CheckResult(
        id="forbidden-import",
        passed=False,
        weight=1.0,
        property="금지된 라이브러리 없이 직접 구현합니다.",
        message=message,
        misconception="금지된 라이브러리",
    )
    return result.model_copy(
        update={"score": 0.0, "used_reference": False, "needs_manual": False, "manual_reason": "", "checks": (rule, *result.checks)}
    )


def _corrected(assignment: Assignment, result: ItemResult) -> ItemResult:
    """Apply the item's last erratum: everyone gets the points, nobody can, or the score counts in another measure."""
    errata = [erratum for erratum in assignment.errata if erratum.item == result.id]
    if not errata:
        return result
    points, score = assignment.by_id[result.id].points, Decimal(str(result.score))
    match errata[-1]:
        case Erratum(action="full"):
            score, worth = points, points
        case Erratum(action="rescale", points=Decimal() as worth) if worth:
            return result.model_copy(update={"score": float(_rounded(score * worth / points, worth)), "max_score": float(worth)})
        case _:
            score = worth = Decimal(0)
    return result.model_copy(update={"score": float(score), "max_score": float(worth), **_waiting("")})


def _sum(values: Iterable[float]) -> float:
    return float(sum((Decimal(str(value)) for value in values), Decimal(0)))

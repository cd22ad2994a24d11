"""Scores are exact, bounded, monotone, and they add up."""

from __future__ import annotations

import json
import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.manifest import DIMENSIONS, Assignment, Bonus, Criterion, Erratum, Item
from autograder.result import ItemResult
from autograder.scoring import ScoringError, errata_notes, lost_points, score_items, total, without_score
from course_lib.kit.checking import CheckOutcome


def outcome(item: str, passed: bool = True, weight: float = 1, name: str = "test_x", **more: object) -> CheckOutcome:
    return CheckOutcome(name, item, weight, **{"status": "passed" if passed else "failed", "property": "성질"} | more)


def assignment(*errata: Erratum) -> Assignment:
    return Assignment(
        id="t01_sums",
        week=9,
        number=1,
        title="덧셈",
        points=Decimal(10),
        items=(
            Item(id="first", title="가", covers=("a",), dimension="implementation", points=Decimal("2.5"), forbids=("os",)),
            Item(id="second", title="나", covers=("a",), dimension="implementation", points=Decimal("1.5"), after=("first",)),
            Item(id="theory", title="다", covers=("a",), dimension="theory", points=Decimal("0.3")),
            Item(
                id="essay",
                title="라",
                covers=("a",),
                dimension="theory",
                points=Decimal("2.7"),
                criteria=(Criterion(points=Decimal("2.7"), text="근거"),),
            ),
            Item(id="table", title="마", covers=("a",), dimension="experiments", points=Decimal(2)),
            Item(id="style", title="바", covers=("a",), dimension="quality", points=Decimal(1)),
        ),
        bonus=(
            Bonus(id="more", title="사", covers=("b",), points=Decimal(4)),
            Bonus(id="most", title="아", covers=("b",), points=Decimal(3)),
        ),
        errata=errata,
    )


AUTOMATIC = ("first", "second", "theory", "table", "style", "more", "most")
ALL_PASS = [outcome(item) for item in AUTOMATIC]
CAP = Decimal(5)


def by_id(items: tuple[ItemResult, ...]) -> dict[str, ItemResult]:
    return {item.id: item for item in items}


def erratum(item: str, action: str, points: str | None = None) -> Erratum:
    return Erratum(item=item, action=action, points=Decimal(points) if points else None, reason="문항 오류", date=date(2026, 3, 2))


def test_all_passed_is_everything_but_what_a_person_grades() -> None:
    totals = total(score_items(assignment(), ALL_PASS), CAP)
    assert (totals.score, totals.max_score, totals.bonus) == (7.3, 10.0, 5.0)
    assert {name: d.score for name, d in totals.dimensions.items()} == {
        "implementation": 4.0,
        "theory": 0.3,
        "experiments": 2.0,
        "quality": 1.0,
    }


def test_partial_credit_is_by_weight_and_exact() -> None:
    outcomes = [outcome("theory", True, 1, "test_a"), outcome("theory", False, 2, "test_b"), *ALL_PASS[3:], *ALL_PASS[:2]]
    assert by_id(score_items(assignment(), outcomes))["theory"].score == 0.1
    thirds = [outcome("style", name == "test_a", 1, name) for name in ("test_a", "test_b", "test_c")]
    assert by_id(score_items(assignment(), thirds))["style"].score == 0.333333
    floats = [outcome("theory", True, weight, f"test_{weight}") for weight in (0.1, 0.2, 0.3)]
    assert by_id(score_items(assignment(), floats))["theory"].score == 0.3


def test_the_better_pass_counts_and_is_shown() -> None:
    first = [outcome("second", False, 1, "test_a"), outcome("second", False, 1, "test_b")]
    assert lost_points(assignment(), first) == ["second"]
    better = by_id(score_items(assignment(), first, [outcome("second", True, 1, "test_a"), first[1]]))["second"]
    assert (better.score, better.used_reference, [check.passed for check in better.checks]) == (0.75, True, [True, False])
    same = by_id(score_items(assignment(), first, first))["second"]
    assert (same.score, same.used_reference) == (0.0, False)
    half = [outcome("second", True, 1, "test_a"), outcome("second", False, 1, "test_b")]
    worse = by_id(score_items(assignment(), half, first))["second"]
    assert (worse.score, worse.used_reference) == (0.75, False)


def test_only_failed_items_with_after_run_again() -> None:
    assert lost_points(assignment(), [outcome("first", False), outcome("second")]) == []
    assert lost_points(assignment(), [outcome("second", status="fault")]) == []


def test_a_fault_waits_for_a_person_in_either_pass() -> None:
    broken = outcome("first", status="fault", message="KeyError: 'x'", name="test_b")
    item = by_id(score_items(assignment(), [outcome("first", name="test_a"), broken]))["first"]
    assert (item.needs_manual, item.score) == (True, 1.25)
    assert "KeyError" in item.manual_reason
    assert item.checks[1].fault
    assert "KeyError" not in item.checks[1].message
    again = by_id(score_items(assignment(), [outcome("second", False)], [outcome("second", status="fault")]))["second"]
    assert (again.needs_manual, again.score) == (True, 0.0)


def test_an_item_without_an_outcome_is_a_fault_not_a_zero() -> None:
    item = by_id(score_items(assignment(), []))["first"]
    assert item.needs_manual
    assert "검사" in item.manual_reason


def test_a_person_grades_what_was_answered_only() -> None:
    assert not by_id(score_items(assignment(), ALL_PASS))["essay"].needs_manual
    written = by_id(score_items(assignment(), ALL_PASS, answered={"essay"}))["essay"]
    assert (written.needs_manual, written.score, written.max_score) == (True, 0.0, 2.7)


def test_a_forbidden_library_costs_the_item_and_says_so() -> None:
    item = by_id(score_items(assignment(), ALL_PASS, forbidden={"first": "셀 a의 1번째 줄"}))["first"]
    assert (item.score, item.needs_manual) == (0.0, False)
    assert (item.checks[0].id, item.checks[0].passed, item.checks[0].message) == ("forbidden-import", False, "셀 a의 1번째 줄")
    assert item.checks[1].passed


@pytest.mark.parametrize("wrong", [outcome("nothing"), outcome("essay")])
def test_an_outcome_that_belongs_nowhere_is_a_fault_of_the_grader(wrong: CheckOutcome) -> None:
    with pytest.raises(ScoringError, match="no automatic item"):
        score_items(assignment(), [*ALL_PASS, wrong])


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan, math.inf])
def test_a_weight_is_a_positive_number(weight: float) -> None:
    with pytest.raises(ScoringError, match="weight"):
        score_items(assignment(), [outcome("first", weight=weight)])


def test_errata_full_drop_and_rescale() -> None:
    half = [outcome("first", True, 1, "test_a"), outcome("first", False, 1, "test_b"), *ALL_PASS[1:]]
    full = score_items(assignment(erratum("first", "full")), half)
    assert (by_id(full)["first"].score, by_id(full)["first"].max_score) == (2.5, 2.5)
    drop = score_items(assignment(erratum("first", "drop")), half)
    assert (by_id(drop)["first"].score, total(drop, CAP).max_score) == (0.0, 7.5)
    rescaled = score_items(assignment(erratum("first", "rescale", "1")), half)
    assert (by_id(rescaled)["first"].score, by_id(rescaled)["first"].max_score) == (0.5, 1.0)
    last = score_items(assignment(erratum("first", "drop"), erratum("first", "rescale", "5")), half)
    assert (by_id(last)["first"].score, by_id(last)["first"].max_score) == (2.5, 5.0)


def test_full_credit_needs_no_person() -> None:
    essay = by_id(score_items(assignment(erratum("essay", "full")), ALL_PASS, answered={"essay"}))["essay"]
    assert (essay.score, essay.needs_manual, essay.manual_reason) == (2.7, False, "")
    broken = by_id(score_items(assignment(erratum("first", "full")), [outcome("first", status="fault")]))["first"]
    assert (broken.score, broken.needs_manual) == (2.5, False)


def test_errata_are_told() -> None:
    notes = errata_notes(assignment(erratum("first", "full"), erratum("second", "rescale", "1.0")))
    assert notes[0] == "정정 2026-03-02, first: 모두에게 만점을 줍니다. 문항 오류"
    assert "second: 배점을 1.0점으로 바꿉니다" in notes[1]


def test_ungraded_items_are_zero_or_wait() -> None:
    zero = without_score(assignment())
    assert [(item.score, item.needs_manual) for item in zero] == [(0.0, False)] * 8
    waiting = without_score(assignment(erratum("first", "full")), manual_reason="채점기")
    assert [item.needs_manual for item in waiting] == [False] + [True] * 7
    assert total(waiting, CAP).max_score == 10.0


statuses = st.sampled_from(["passed", "failed", "fault"])
weights = st.floats(0.01, 100) | st.integers(1, 9).map(float)
outcomes_strategy = st.lists(st.tuples(st.sampled_from(AUTOMATIC), statuses, weights), max_size=25).map(
    lambda rows: [CheckOutcome(f"test_{n}", item, weight, status, "성질") for n, (item, status, weight) in enumerate(rows)]
)
errata_strategy = st.lists(
    st.tuples(
        st.sampled_from(("first", "second", "essay", "more")), st.sampled_from(["full", "drop", "rescale"]), st.decimals(0, 9, places=2)
    ),
    max_size=3,
).map(lambda rows: [erratum(item, action, str(points) if action == "rescale" else None) for item, action, points in rows])


def exact(value: float) -> Decimal:
    return Decimal(str(value))


@settings(max_examples=300, deadline=None)
@given(outcomes_strategy, outcomes_strategy, errata_strategy, st.sets(st.sampled_from(("essay",))))
def test_scores_are_bounded_and_add_up(first: list, second: list, errata: list, answered: set) -> None:
    items = score_items(assignment(*errata), first, second, answered=answered)
    totals = total(items, CAP)
    assert [item.id for item in items] == ["first", "second", "theory", "essay", "table", "style", "more", "most"]
    for item in items:
        assert math.isfinite(item.score)
        assert 0 <= item.score <= item.max_score
        assert exact(item.score) == round(exact(item.score), 6)
    for dimension in DIMENSIONS:
        members = [item for item in items if item.dimension == dimension]
        assert exact(totals.dimensions[dimension].score) == sum(exact(item.score) for item in members)
        assert exact(totals.dimensions[dimension].max_score) == sum(exact(item.max_score) for item in members)
    assert exact(totals.score) == sum(exact(d.score) for d in totals.dimensions.values())
    assert 0 <= totals.score <= totals.max_score
    assert exact(totals.bonus) == min(CAP, sum(exact(item.score) for item in items if item.dimension == "bonus"))
    json.dumps([item.model_dump() for item in items], allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(outcomes_strategy, st.data())
def test_passing_one_check_more_never_costs_points(first: list, data: st.DataObject) -> None:
    failed = [n for n, o in enumerate(first) if o.status == "failed"]
    if not failed:
        return
    chosen = data.draw(st.sampled_from(failed))
    better = [o if n != chosen else CheckOutcome(o.id, o.item, o.weight, "passed", "성질") for n, o in enumerate(first)]
    before, after = (by_id(score_items(assignment(), outcomes)) for outcomes in (first, better))
    assert all(after[name].score >= before[name].score for name in before)
    assert after[first[chosen].item].score > before[first[chosen].item].score or first[chosen].weight < 0.001 * sum(
        o.weight for o in first if o.item == first[chosen].item
    )

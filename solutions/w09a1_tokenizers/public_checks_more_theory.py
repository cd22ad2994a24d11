"""Public checks of the further theory questions (the form of the answer only) and experiments. Nothing here knows the reference."""

from __future__ import annotations

import pytest

from course_lib.kit import expect, theory


def _numbers(found, *names):
    for name in names:
        theory.number(found.get(name), name)


@pytest.mark.grades("theory-score")
def test_form_of_score(submission):
    """답의 꼴이 맞습니다. 값이 맞는지는 채점할 때 봅니다."""
    counts = [{"ab": 20, "a": 40, "b": 50}, {"ab": 3, "a": 4, "b": 5}]
    found = submission.call("answer_score", *counts, 900, returns=dict[str, object])
    _numbers(found, "score_frequent", "score_rare", "gain_frequent", "gain_rare")


@pytest.mark.grades("theory-missing")
def test_form_of_missing(submission):
    """답의 꼴이 맞습니다. 값이 맞는지는 채점할 때 봅니다."""
    found = submission.call("answer_missing", {"[UNK]": 0, "가": 1, "##나": 2}, "가나", "##나", returns=dict[str, object])
    _numbers(found, "before", "after")


@pytest.mark.grades("theory-jamo")
def test_form_of_jamo(submission):
    """답의 꼴이 맞습니다. 값이 맞는지는 채점할 때 봅니다."""
    _numbers(
        submission.call("answer_jamo", [18, 0, 4], "글", returns=dict[str, object]), "code", "initial", "medial", "final", "with_final"
    )


@pytest.mark.grades("theory-bits")
def test_form_of_bits(submission):
    """답의 꼴이 맞습니다. 값이 맞는지는 채점할 때 봅니다."""
    models = [{"nats": 3.5, "tokens": 100, "bytes": 350}, {"nats": 2.5, "tokens": 200, "bytes": 350}]
    found = submission.call("answer_bits", *models, returns=dict[str, object])
    _numbers(found, "first", "second")
    theory.expression(found.get("formula"), "formula", ("nats", "tokens", "bytes"))


def _kept(evidence, table, *names):
    if not evidence.tables.get(table):
        expect.fail(f"표 {table}이(가) 없습니다. 실험 셀을 실행하세요.")
    for name in names:
        if not isinstance(evidence.conclusions.get(name), dict):
            expect.fail(f"결론 {name}이(가) 남아 있지 않습니다.")


@pytest.mark.grades("exp-merges")
def test_merges_are_kept(evidence):
    """표 merges와 결론 둘이 남아 있습니다."""
    _kept(evidence, "merges", "overlap", "rarer")


@pytest.mark.grades("exp-units")
def test_units_are_kept(evidence):
    """표 units와 결론이 남아 있습니다."""
    _kept(evidence, "units", "units")


@pytest.mark.grades("exp-compare")
def test_comparison_is_kept(evidence):
    """표 compare와 speed, 결론 둘이 남아 있습니다."""
    _kept(evidence, "speed")
    _kept(evidence, "compare", "oov", "levels")

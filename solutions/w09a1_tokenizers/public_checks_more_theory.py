"""Public checks of the further theory questions (the form of the answer only) and experiments. Nothing here knows the reference."""

from __future__ import annotations

import pytest

from course_lib.kit import theory
from course_lib.kit.evidence import expect_kept


def _numbers(found, *names):
    for name in names:
        theory.number(found.get(name), name)


@pytest.mark.grades("theory-score", form=True)
def test_form_of_score(submission):
    """점수 둘과 손실의 감소 둘은 수입니다."""
    counts = [{"ab": 20, "a": 40, "b": 50}, {"ab": 3, "a": 4, "b": 5}]
    found = submission.call("answer_score", *counts, 900, returns=dict[str, object])
    _numbers(found, "score_frequent", "score_rare", "gain_frequent", "gain_rare")


@pytest.mark.grades("theory-missing", form=True)
def test_form_of_missing(submission):
    """`before`와 `after`는 수입니다."""
    found = submission.call("answer_missing", {"[UNK]": 0, "가": 1, "##나": 2}, "가나", "##나", returns=dict[str, object])
    _numbers(found, "before", "after")


@pytest.mark.grades("theory-jamo", form=True)
def test_form_of_jamo(submission):
    """다섯 값은 모두 수입니다."""
    _numbers(
        submission.call("answer_jamo", [18, 0, 4], "글", returns=dict[str, object]), "code", "initial", "medial", "final", "with_final"
    )


@pytest.mark.grades("theory-bits", form=True)
def test_form_of_bits(submission):
    """`first`와 `second`는 수이고 `formula`는 읽을 수 있는 식입니다."""
    models = [{"nats": 3.5, "tokens": 100, "bytes": 350}, {"nats": 2.5, "tokens": 200, "bytes": 350}]
    found = submission.call("answer_bits", *models, returns=dict[str, object])
    _numbers(found, "first", "second")
    theory.expression(found.get("formula"), "formula", ("nats", "tokens", "bytes"))


@pytest.mark.grades("exp-merges", form=True)
def test_merges_are_kept(evidence):
    """표 merges와 결론 둘이 남아 있습니다."""
    expect_kept(evidence, ["merges"], "overlap", "rarer")


@pytest.mark.grades("exp-units", form=True)
def test_units_are_kept(evidence):
    """표 units와 결론이 남아 있습니다."""
    expect_kept(evidence, ["units"], "units")


@pytest.mark.grades("exp-compare", form=True)
def test_comparison_is_kept(evidence):
    """표 compare와 speed, 결론 둘이 남아 있습니다."""
    expect_kept(evidence, ["speed"])
    expect_kept(evidence, ["compare"], "oov", "levels")

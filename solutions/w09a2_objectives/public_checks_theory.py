"""Public checks of the theory questions (the form of the answer only) and of the experiments. Nothing here knows the reference."""

from __future__ import annotations

import pytest

from course_lib.kit import expect, theory
from course_lib.kit.binding import Unfinished
from course_lib.kit.evidence import expect_kept

ANSWERS = dict[str, object]


def _numbers(found, *names):
    for name in names:
        theory.number(found.get(name), name)


@pytest.mark.grades("theory-start", form=True)
def test_form_of_start(submission):
    """`first`와 `perplexity`는 수이고 `formula`는 V의 식입니다."""
    found = submission.call("answer_start", 1_000, 2.5, returns=ANSWERS)
    _numbers(found, "first", "perplexity")
    theory.expression(found.get("formula"), "formula", ("V",))


@pytest.mark.grades("theory-gradient", form=True)
def test_form_of_gradient(submission):
    """`right`, `mistaken`, `total`은 수입니다."""
    _numbers(
        submission.call("answer_gradient", [[1.0, 0.0, -1.0, 0.5], [0.0, 1.0, 0.5, -0.5]], [0, 2], returns=ANSWERS),
        "right",
        "mistaken",
        "total",
    )


@pytest.mark.grades("theory-nucleus", form=True)
def test_form_of_nucleus(submission):
    """`size`, `most`, `least`는 수입니다."""
    _numbers(submission.call("answer_nucleus", [1.0, 3.0, 2.0, 0.5, 0.0, -1.0], 0.7, returns=ANSWERS), "size", "most", "least")


@pytest.mark.grades("theory-masking", form=True)
def test_form_of_masking(submission):
    """`none`, `expected`, `kept`는 수이고 `formula`는 p, m, r의 식입니다."""
    found = submission.call("answer_masking", 0.2, 0.7, 0.1, 10, returns=ANSWERS)
    _numbers(found, "none", "expected", "kept")
    theory.expression(found.get("formula"), "formula", ("p", "m", "r"))


@pytest.mark.grades("theory-order", form=True)
def test_form_of_order(submission):
    """`rank`는 수이고 `query`와 `seen_by`는 자리의 목록입니다."""
    found = submission.call("answer_order", [1, 2, 0, 3], 2, returns=ANSWERS)
    _numbers(found, "rank")
    for name in ("query", "seen_by"):
        if found.get(name) is None:
            raise Unfinished(f"{name}: 아직 답을 쓰지 않았습니다.")
        if problem := expect.mismatch(found[name], list[int], name):
            expect.fail(f"{problem}.")


@pytest.mark.grades("theory-context", form=True)
def test_form_of_context(submission):
    """`mean`과 `visible`은 수이고 `formula`는 T와 K의 식입니다."""
    found = submission.call("answer_context", 40, 6, returns=ANSWERS)
    _numbers(found, "mean", "visible")
    theory.expression(found.get("formula"), "formula", ("T", "K"))


@pytest.mark.grades("theory-budget", form=True)
def test_form_of_budget(submission):
    """`clm`, `mlm`, `ratio`는 수입니다."""
    _numbers(submission.call("answer_budget", 16, 64, 0.2, 1_000_000, returns=ANSWERS), "clm", "mlm", "ratio")


@pytest.mark.grades("exp-curves")
def test_curve_is_kept(submission, evidence):
    """표 curve와 결론 둘이 남아 있고, 손실 2의 혼란도는 e의 제곱입니다."""
    rows = submission.call("curve_rows", [0, 10], [2.0, 1.0], returns=list[dict[str, float]])
    expect.close(rows[0].get("perplexity", 0.0), 7.389056, tolerance=1e-4, given="손실 2.0의 혼란도")
    expect_kept(evidence, ["curve"], "start", "learned")


@pytest.mark.grades("exp-rates", form=True)
def test_rates_are_kept(evidence):
    """표 rates와 결론 둘이 남아 있습니다."""
    expect_kept(evidence, ["rates"], "rate-loss", "rate-targets")


@pytest.mark.grades("exp-dependency", form=True)
def test_dependency_is_kept(evidence):
    """표 dependency와 결론이 남아 있습니다."""
    expect_kept(evidence, ["dependency"], "half")


@pytest.mark.grades("exp-compare", form=True)
def test_comparison_is_kept(evidence):
    """표 넷과 결론 다섯이 남아 있습니다."""
    expect_kept(evidence, ["arms", "logs", "samples", "cloze"], "equal", "losses", "knowledge", "agree", "unseen")

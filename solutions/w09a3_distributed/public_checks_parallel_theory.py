"""Public checks of the form of theory answers on parallel training, and of evidence that is there. They know no answer."""

from __future__ import annotations

import pytest

from course_lib.kit import theory
from course_lib.kit.evidence import expect_kept

ANSWERS = dict[str, object]


def _numbers(found, *names):
    for name in names:
        theory.number(found.get(name), name)


@pytest.mark.grades("theory-ring", form=True)
def test_form_of_ring(submission):
    """`seconds`, `crossing`, `limit`은 수이고 `formula`는 N, S, a, b의 식입니다."""
    found = submission.call("answer_ring", 4, 1e6, 1e-5, 1e9, returns=ANSWERS)
    _numbers(found, "seconds", "crossing", "limit")
    theory.expression(found.get("formula"), "formula", ("N", "S", "a", "b"))


@pytest.mark.grades("theory-shards", form=True)
def test_form_of_shards(submission):
    """`whole`, `naive`, `factor`는 수입니다."""
    _numbers(submission.call("answer_shards", [1, 2, 3], [4, 5, 6], returns=ANSWERS), "whole", "naive", "factor")


@pytest.mark.grades("theory-bubble", form=True)
def test_form_of_bubble(submission):
    """`bubble`, `least`, `held`는 수이고 `formula`는 p와 m의 식입니다."""
    found = submission.call("answer_bubble", 4, 9, 0.13, 1, returns=ANSWERS)
    _numbers(found, "bubble", "least", "held")
    theory.expression(found.get("formula"), "formula", ("p", "m"))


@pytest.mark.grades("theory-memory", form=True)
def test_form_of_memory(submission):
    """`held`와 `best`는 수이고 `formula`는 L의 식입니다."""
    found = submission.call("answer_memory", 36, 4, returns=ANSWERS)
    _numbers(found, "held", "best")
    theory.expression(found.get("formula"), "formula", ("L",))


@pytest.mark.grades("exp-links", form=True)
def test_links_are_kept(evidence):
    """표 ring과 links, 결론 셋이 남아 있습니다."""
    expect_kept(evidence, ["ring", "links"], "traffic", "ethernet", "crossing")


@pytest.mark.grades("exp-pipeline", form=True)
def test_stages_are_kept(evidence):
    """표 stages와 결론 넷이 남아 있습니다."""
    expect_kept(evidence, ["stages"], "same-time", "bubble", "held", "memory-saved")

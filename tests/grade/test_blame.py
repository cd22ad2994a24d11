"""A check that raises: its own fault, unless the teaching solution passes it with the same inputs."""

from __future__ import annotations

import pytest

from autograder.blame import NAME, judged
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import CheckOutcome, run_checks

CHECKS = '''
import numpy, pytest, torch

@pytest.mark.grades("first")
def test_entry(submission):
    """첫째"""
    assert [5][submission.call("f")] == 5

@pytest.mark.grades("first")
def test_share(submission):
    """몫"""
    assert 1 / (1 - submission.call("f")) == 1

@pytest.mark.grades("first")
def test_tensor(submission):
    """텐서"""
    assert torch.zeros(3, 4).sum(submission.call("f")).shape == (4,)

@pytest.mark.grades("other")
def test_broken(submission):
    """망가짐"""
    {}[submission.call("f")]

@pytest.mark.grades("other")
def test_disk(submission):
    """디스크"""
    if submission.call("f"):
        raise OSError("No space left on device")
'''


@pytest.fixture
def outcomes(tmp_path):
    path = tmp_path / "checks.py"
    path.write_text(CHECKS, encoding="utf-8")

    def run(answer: int, items=None) -> list[CheckOutcome]:
        return run_checks(path, NotebookSubmission({"f": lambda: answer}), assignment="x", items=items)

    return run


def statuses(found):
    return [outcome.status for outcome in found]


def test_the_reply_is_to_blame_where_the_solution_passes(outcomes):
    assert statuses(outcomes(0)) == ["passed", "passed", "passed", "fault", "passed"]
    for answer, first in ((7, ["fault", "failed", "fault"]), (1, ["fault", "fault", "failed"])):
        found = outcomes(answer)
        assert statuses(found) == [*first, "fault", "fault"]
        after = judged(found, lambda items: outcomes(0, items))
        assert statuses(after) == ["failed"] * 3 + ["fault", "fault"], "its own fault, and the disk's, stay faults"
        assert {new.misconception for new, old in zip(after, found, strict=True) if new != old} == {NAME}


def test_without_a_passing_control_nothing_is_decided(outcomes):
    found = outcomes(7)
    assert judged(found, lambda items: outcomes(7, items)) == found


def test_the_control_is_asked_only_when_a_check_raised(outcomes):
    found = [outcome for outcome in outcomes(0) if outcome.passed]
    assert judged(found, lambda _: pytest.fail("asked")) == found


def test_the_control_is_asked_for_the_items_that_raised(outcomes):
    asked = []
    judged([outcome for outcome in outcomes(7) if outcome.item == "first"], lambda items: asked.append(set(items)) or [])
    assert asked == [{"first"}]

"""Whose doing it is that a check raised instead of failing: the check's own, or that of the reply which it was given.

A check fails with an AssertionError; any other exception is a fault, which costs nobody points and waits for a person. But whoever
controls a kernel can answer with a value that no right solution gives (a list without entries, infinity where the check divides), and
would make people work. What tells the two apart is a control: the same check, with the same inputs, on the teaching solution handed in
by the same student. Where that passes, the check is able to judge, and the reply is to blame: the check has failed. Where it does not,
the fault stays a fault. So does whatever data do not cause: a full disk, no memory, a missing module.

The failure has a misconception of its own, by which the pages of staff list it: should a right answer ever be among them, it is seen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from course_lib.kit.checking import CheckOutcome

log = logging.getLogger(__name__)

NAME = "검사가 견줄 수 없는 답"
SAID = "돌아온 값의 모양이나 크기가 약속과 달라 견줄 수 없습니다. 값의 길이, 형, 범위를 약속과 견주어 보세요."

Control = Callable[[Collection[str]], Iterable[CheckOutcome]]


def judged(outcomes: list[CheckOutcome], control: Control) -> list[CheckOutcome]:
    """The outcomes, with a failure in place of every fault that the reply is to blame for.

    Args:
        control: the outcomes of the given items' checks on the teaching solution. It is asked only when a check raised.
    """
    doubtful = {outcome.item for outcome in outcomes if outcome.status == "fault" and outcome.by_data}
    if not doubtful:
        return outcomes
    able = {outcome.id for outcome in control(doubtful) if outcome.passed}
    return [_failed(outcome) if outcome.by_data and outcome.id in able else outcome for outcome in outcomes]


def _failed(outcome: CheckOutcome) -> CheckOutcome:
    if outcome.status != "fault":
        return outcome
    log.warning("%s raised on a reply, and passes on the teaching solution: %s", outcome.id, outcome.message)
    return replace(outcome, status="failed", message=SAID, misconception=NAME)

"""The verdict on how code reads, for hidden checks of quality: first that it works on a small example, then what the review found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograder.review.engine import Finding
from autograder.review.rules import RULES, WEIGHTS
from course_lib.kit import expect
from course_lib.kit.binding import Submission

TOLERATED = 1.0  # one major finding, or two minor ones
SHOWN = 3
HINT = ("채점 결과의 줄마다 까닭이 적혀 있습니다.", "이름과 함수의 길이부터 보세요.", "한 함수가 한 가지 일만 하게 나누세요.")


def expect_works(submission: Submission, example: Callable[..., Any], part: str, known: Any) -> None:
    """Fail unless ``example(student, part)`` comes out as ``known``: nothing is said of the style of code that does not work yet.

    The example returns values and no verdict. They are compared here, because a verdict from the student's process could be forged.
    """
    if not expect.same(submission.run(example, part=part, timeout=60), known):
        expect.fail("작은 예에서 맞는 결과가 나오지 않아 코드의 품질을 보지 않았습니다. 구현을 먼저 마치세요.")


def expect_readable(findings: Iterable[Finding]) -> None:
    """Fail when the findings of a part weigh more than :data:`TOLERATED`; advice weighs nothing."""
    weighty = [finding for finding in findings if WEIGHTS[RULES[finding.rule].severity]]
    if sum(WEIGHTS[RULES[finding.rule].severity] for finding in weighty) > TOLERATED:
        said = " / ".join(f"{finding.line}번째 줄: {finding.message} {finding.reason}" for finding in weighty[:SHOWN])
        expect.fail(f"지적이 {len(weighty)}개입니다. {said}")

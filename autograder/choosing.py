"""Which of a student's attempts counts: the last, or the best by what the grader scores after lateness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from autograder.attempts import Attempt, identity
from autograder.course import Course
from autograder.ledger import exact_points
from autograder.manifest import Assignment
from autograder.result import Result
from autograder.schedule import lateness
from autograder.submissions import Submitted
from autograder.term import load_settings


@dataclass(frozen=True)
class Choice:
    """The attempt that counts, and its result; ``why`` is for staff, "" where there was nothing to choose."""

    attempt: Attempt
    result: Result
    why: str = ""


def to_grade(course: Course, assignment: Assignment, attempts: Mapping[str, Sequence[Attempt]]) -> list[list[Attempt]]:
    """What has to be graded, in rounds of at most one attempt of each student."""
    if load_settings(course).schedule(assignment.id).attempts == "last":
        return [[several[-1] for several in attempts.values()]]
    most = max(map(len, attempts.values()), default=0)
    return [[several[-number] for several in attempts.values() if len(several) >= number] for number in range(1, most + 1)]


def choose(
    course: Course, assignment: Assignment, graded: Mapping[str, Sequence[tuple[Attempt, Result]]], extensions: Mapping[str, timedelta]
) -> dict[str, Choice]:
    """The attempt of each student that counts, of those that were graded: the best; of equal ones the later.

    Where the grader failed on one of them, it is not compared; where it failed on all, the last stands.
    """
    settings = load_settings(course)
    schedule, worth = settings.schedule(assignment.id), exact_points(assignment)
    found = {}
    for student, pairs in graded.items():
        ordered = sorted(pairs, key=lambda pair: (pair[0].submitted is not None, pair[0].submitted, pair[0].number))
        sound = [pair for pair in ordered if pair[1].status != "grader_fault"] or ordered[-1:]

        def worth_of(pair: tuple[Attempt, Result], student: str = student) -> Decimal:
            attempt, result = pair
            late = lateness(schedule, attempt.submitted, worth, settings.timezone, extensions.get(student, timedelta(0)))
            return max(Decimal(str(result.score)) + Decimal(str(result.bonus)) - late.penalty, Decimal(0))

        best = max(reversed(sound), key=worth_of)
        why = ""
        if len(ordered) > 1:
            points = ", ".join(f"{attempt.number}: {float(worth_of((attempt, result))):g}" for attempt, result in ordered)
            why = f"attempt {best[0].number} counts, the best after lateness ({points})"
        found[student] = Choice(*best, why)
    return found


def in_term(course: Course, attempt: Attempt) -> Submitted:
    """The attempt's submission; where ``term/submitted`` holds exactly that, the one there, so that nothing is copied."""
    there = course.submission_notebook(attempt.notebook.stem, attempt.student)
    if there.exists() and identity(there) == identity(attempt.notebook):
        return Submitted(attempt.student, there, attempt.submission.evidence and there.parent / "pack" / "evidence")
    return attempt.submission

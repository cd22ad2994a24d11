"""Points that a person gives or takes, counted at once where the student is graded already."""

from __future__ import annotations

from decimal import Decimal

from autograder.course import Course, CourseError
from autograder.manifest import Assignment
from autograder.recording import Difference, record
from autograder.roster import read_roster
from autograder.standing import Standing, latest_results, standings
from autograder.term import adjust


def adjust_now(
    course: Course, assignment: Assignment, student: str, points: Decimal | str, *, why: str, who: str, item: str | None = None
) -> tuple[Standing | None, list[Difference]]:
    """Append an adjustment and bring the gradebook up to date. Returns where the student stands then; None while not graded.

    Raises:
        CourseError: something is missing or unknown, or the gradebook cannot be written; a line that was appended stays and counts
            from the next ``course grade`` on.
    """
    roster = read_roster(course)
    if roster and student not in roster:
        raise CourseError(f"{student!r} is not in the roster.")
    adjust(course, assignment.id, student, points, why=why, who=who, item=item)
    result = latest_results(course, assignment).get(student)
    if result is None:
        return None, []
    found = record(course, assignment, {student: result})
    return standings(course, assignment, {student: result})[student], found

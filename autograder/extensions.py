"""More time for one student: nbgrader's own extensions of a submission, in its gradebook."""

from __future__ import annotations

import warnings
from datetime import timedelta

from nbgrader.api import Assignment as NbgraderAssignment
from nbgrader.api import SubmittedAssignment
from sqlalchemy.exc import SAWarning

from autograder.course import Course, CourseError
from autograder.gradebook import coordinator, has_gradebook, open_gradebook
from autograder.manifest import Assignment
from autograder.recording import register
from autograder.roster import read_roster
from autograder.schedule import extension_length
from autograder.term import check_student, load_settings


def read_extensions(course: Course, assignment_id: str) -> dict[str, timedelta]:
    """Extensions by student, as lengths of real time."""
    if not has_gradebook(course):
        return {}
    with open_gradebook(course) as gradebook:
        query = gradebook.db.query(SubmittedAssignment.student_id, SubmittedAssignment.extension)
        found = query.filter(SubmittedAssignment.assignment.has(NbgraderAssignment.name == assignment_id))
        return {student: extension for student, extension in found if extension}


def extend(course: Course, assignment: Assignment, student: str, days: int) -> timedelta:
    """Give a student ``days`` more days of the calendar, in place of any extension before; 0 takes it back.

    A student who handed in nothing yet gets an empty submission in the gradebook, as in nbgrader.

    Raises:
        CourseError: no due date, an unknown student, or the gradebook cannot be used.
    """
    check_student(student)
    roster, settings = read_roster(course), load_settings(course)
    if roster and student not in roster:
        raise CourseError(f"{student!r} is not in the roster.")
    try:
        length = extension_length(settings.schedule(assignment.id), days, settings.timezone)
    except ValueError as error:
        raise CourseError(
            f"{assignment.id}: {error}. Write one into term/course.yml: assignments: {{{assignment.id}: {{due: …}}}}"
        ) from None
    with coordinator(course):
        register(course, assignment)
        with open_gradebook(course) as gradebook, warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # of nbgrader's own queries
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment.id, student)
            minutes = length.total_seconds() / 60
            gradebook.grant_extension(assignment.id, student, minutes=minutes)
    return length

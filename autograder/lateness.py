"""The term's late policy where nbgrader asks for one, and lateness brought up to date after an extension or another due date."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, timedelta

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.plugins import LateSubmissionPlugin

from autograder.course import Course
from autograder.gradebook import coordinator, has_gradebook, load_submissions, open_gradebook
from autograder.ledger import exact_points
from autograder.manifest import Assignment
from autograder.nbgrader_hooks import CourseHook
from autograder.schedule import lateness
from autograder.submissions import TIMESTAMP, read_timestamp
from autograder.term import due_instant, load_settings


class CourseLatePenalty(CourseHook, LateSubmissionPlugin):
    """What ``term/course.yml`` says, for ``nbgrader autograde`` and formgrader's button."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:  # noqa: ARG002
        course, assigning = self.course, self.parent
        assignment, settings = self.assignment(course, assigning.assignment_id), load_settings(course)
        submission = assigning.gradebook.find_submission(assignment.id, student_id)
        moment = submission.timestamp.replace(tzinfo=UTC)
        extension = submission.extension or timedelta(0)
        late = lateness(settings.schedule(assignment.id), moment, exact_points(assignment), settings.timezone, extension)
        return float(late.penalty)


def refresh_lateness(course: Course, assignment: Assignment) -> None:
    """Bring every recorded submission's late penalty to what the settings and extensions say now. Raises CourseError."""
    if not has_gradebook(course):
        return
    with coordinator(course), open_gradebook(course) as gradebook:
        due = due_instant(load_settings(course), assignment.id)
        try:
            gradebook.find_assignment(assignment.id).duedate = None if due is None else due.replace(tzinfo=None)
        except MissingEntry:
            return
        gradebook.db.commit()
        settle_lateness(gradebook, course, assignment, load_submissions(gradebook, assignment.id))


def settle_lateness(gradebook: Gradebook, course: Course, assignment: Assignment, submissions: Iterable[SubmittedAssignment]) -> None:
    """Bring the times of submission and nbgrader's late penalties to what the term's settings say, for submissions that are there."""
    settings = load_settings(course)
    schedule, worth = settings.schedule(assignment.id), exact_points(assignment)
    changed = False
    for submission in submissions:
        path = course.submission_notebook(assignment.id, submission.student_id)
        if not os.path.lexists(path):  # an extension before anything was handed in
            continue
        moment = read_timestamp(path.with_name(TIMESTAMP))
        late = lateness(schedule, moment, worth, settings.timezone, submission.extension or timedelta(0))
        stamp = None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)  # nbgrader keeps UTC without saying so
        for notebook in submission.notebooks:
            if submission.timestamp != stamp or (notebook.late_submission_penalty or 0.0) != float(late.penalty):
                submission.timestamp, notebook.late_submission_penalty = stamp, float(late.penalty)
                changed = True
    if changed:
        gradebook.db.commit()

"""The term's late policy where nbgrader asks for one, and lateness brought up to date after an extension or another due date."""

from __future__ import annotations

from datetime import UTC, timedelta

from nbgrader.api import MissingEntry
from nbgrader.plugins import LateSubmissionPlugin

from autograder.course import Course
from autograder.gradebook import coordinator, has_gradebook, load_submissions, open_gradebook, settle_lateness
from autograder.ledger import exact_points
from autograder.manifest import Assignment
from autograder.nbgrader_hooks import CourseHook
from autograder.schedule import lateness
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

"""Results into nbgrader's gradebook, and what that changes. Only the coordinator of a run calls this; workers never do."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
)
from nbgrader.preprocessors import SaveCells

from autograder.autograde import autograde, graded_notebook
from autograder.build import write_source
from autograder.collect import collect
from autograder.course import Course, CourseError
from autograder.gradebook import coordinator, create_gradebook, has_gradebook, item_grades, load_submissions, open_gradebook
from autograder.lateness import settle_lateness
from autograder.ledger import (
    FAULT,
    Entry,
    Known,
    answer_checksums,
    cell_points,
    create_ledger,
    expected_credit,
    expected_score,
    read_ledger,
    rescaled,
    settle,
)
from autograder.manifest import Assignment
from autograder.nbgrader_hooks import MARK, read_release, submission_digest
from autograder.recorded import recorded_keys
from autograder.result import Result
from autograder.scoring import errata_notes
from autograder.store import Store
from autograder.submissions import Submitted, read_submitted
from autograder.term import check_student, database_url, due_instant, load_settings


@dataclass(frozen=True)
class Difference:
    """Something that recording changes, or that staff should know.

    Attributes:
        item: an item's id; "" for the whole submission.
        kind: ``change`` of an automatic score or of the grader's extra credit (``old`` → ``new``; None is "needs a manual grade"),
            ``notice`` about what a person wrote, ``fault`` of the grader.
    """

    student: str
    item: str
    kind: Literal["change", "notice", "fault"]
    old: float | None = None
    new: float | None = None
    why: str = ""

    def __str__(self) -> str:
        about = f"{self.student} {self.item}".strip()
        if self.kind != "change":
            return f"{about}: {self.why}"
        old, new = ("manual" if score is None else f"{score:g}" for score in (self.old, self.new))
        return f"{about}: {old} → {new} ({self.why})"


def register(course: Course, assignment: Assignment) -> None:
    """Bring the release's cells and points into the gradebook, and the source notebook into the term (formgrader lists those).

    Raises:
        CourseError: there is no release, or it has other cells than one that students have already been graded on.
    """
    release = read_release(course, assignment)
    if not course.source_notebook(assignment.id).is_file():
        write_source(course, assignment.id)
    create_gradebook(course)
    with open_gradebook(course) as gradebook:
        create_ledger(gradebook)
        due = due_instant(load_settings(course), assignment.id)
        gradebook.update_or_create_assignment(assignment.id, duedate=due)
        if _registered(gradebook, assignment.id) == _cells(release):
            return
    names = {"notebook": assignment.id, "assignment": assignment.id, "db_url": database_url(course)}
    try:
        SaveCells().preprocess(release, {"nbgrader": names})
    except RuntimeError as error:
        raise CourseError(f"{assignment.id}: {error}. Ids are frozen once students have been graded; use errata instead.") from None


def record(
    course: Course, assignment: Assignment, results: Mapping[str, Result], submissions: Iterable[Submitted] = ()
) -> list[Difference]:
    """Write results into the gradebook with nbgrader, in one pass, read every score back, and say what changed.

    Students whose grades are already what their result says are not graded by nbgrader again, so a killed run is completed by the
    same call. Manual scores and comments stay; a score that cannot be read back as it was written becomes "needs a manual grade".

    Args:
        results: by student; their submissions lie in ``term/submitted``, or come with ``submissions``.
        submissions: copied into ``term/submitted`` first.

    Raises:
        CourseError: a wrong student id, no release, another run at work, or the gradebook cannot be used. Nothing is changed then.
    """
    for student, result in results.items():
        if result.assignment != assignment.id or result.student != check_student(student):
            raise CourseError(f"The result of {result.student} in {result.assignment} was given as {student} in {assignment.id}.")
    with coordinator(course):
        collect(course, assignment.id, submissions)
        if missing := sorted(s for s in results if not course.submission_notebook(assignment.id, s).exists()):
            raise CourseError(f"{assignment.id}: results without a submission in {course.term / 'submitted'}: {', '.join(missing)}.")
        register(course, assignment)
        with open_gradebook(course) as gradebook:
            recorded = _read(gradebook, assignment.id)
            changes = _plan(course, assignment, results, recorded)
            current = {student for student, result in results.items() if _up_to_date(course, assignment, result, recorded)}
            notices = _check(gradebook, course, assignment, {student: results[student] for student in sorted(current)}, recorded)
        if waiting := {student: result for student, result in sorted(results.items()) if student not in current}:
            failures = autograde(course, assignment, waiting)
            with open_gradebook(course) as gradebook:
                for student, result in waiting.items():
                    notices += _settle(gradebook, course, assignment, result, failures.get(student, ""))
                settle_lateness(gradebook, course, assignment, load_submissions(gradebook, assignment.id))
        store = Store(course.term / "store")
        for result in results.values():
            if result.key and not store.path(result.key).is_file():
                store.put(result.key, result.model_copy(update={"adjustments": errata_notes(assignment)}))
    return changes + sorted(notices, key=lambda notice: notice.student)


def plan(course: Course, assignment: Assignment, results: Mapping[str, Result], submissions: Iterable[Submitted] = ()) -> list[Difference]:
    """What :func:`record` would change of grades that are already in the gradebook, without changing anything.

    A student who has no grades yet changes nothing and is left out.

    Args:
        submissions: those not in the term yet, to say whether a change comes from another submission.
    """
    if not has_gradebook(course):
        return []
    with open_gradebook(course) as gradebook:
        return _plan(course, assignment, results, _read(gradebook, assignment.id), {entry.student: entry.notebook for entry in submissions})


@dataclass(frozen=True)
class _Recorded:
    """What the gradebook and our tables beside it hold of an assignment; the session knows all of it for as long as this is held."""

    submissions: Mapping[str, SubmittedAssignment]
    ledger: Mapping[tuple[str, str], Entry]
    keys: Mapping[str, str]


def _read(gradebook: Gradebook, assignment_id: str) -> _Recorded:
    ledger, keys = read_ledger(gradebook, assignment_id), recorded_keys(gradebook, assignment_id)
    return _Recorded({entry.student_id: entry for entry in load_submissions(gradebook, assignment_id)}, ledger, keys)


def _plan(
    course: Course,
    assignment: Assignment,
    results: Mapping[str, Result],
    recorded: _Recorded,
    notebooks: Mapping[str, Path] | None = None,
) -> list[Difference]:
    found: list[Difference] = []
    store = Store(course.term / "store")
    graded = {student for student, _ in recorded.ledger} & recorded.submissions.keys()
    for student, result in sorted(results.items()):
        if student in graded:
            path = (notebooks or {}).get(student, course.submission_notebook(assignment.id, student))
            digest = hashlib.sha256(read_submitted(path)).hexdigest() if os.path.lexists(path) else ""
            known = recorded.keys.get(student, result.key)
            before = store.get(known) if known != result.key else None
            found += _changes(recorded.submissions[student], course, assignment, result, recorded.ledger, digest, before)
    return found


def _settle(gradebook: Gradebook, course: Course, assignment: Assignment, result: Result, failure: str) -> list[Difference]:
    """Read back what nbgrader just saved and put right what differs, for one student."""
    gradebook.update_or_create_student(result.student)
    gradebook.update_or_create_submission(assignment.id, result.student)
    notebook = read_release(course, assignment) if failure else _read_graded(course, assignment, result.student)
    failure = failure or notebook.metadata.get(MARK, {}).get("fault", "")
    digest = submission_digest(course, assignment.id, result.student)
    return _noted(result, settle(gradebook, course, assignment, result, answer_checksums(notebook), digest, fault=failure))


def _check(
    gradebook: Gradebook, course: Course, assignment: Assignment, results: Mapping[str, Result], recorded: _Recorded
) -> list[Difference]:
    """The same for students whose result is recorded already: what people wrote since is looked at, in the gradebook only."""
    found: list[Difference] = []
    for student, result in results.items():
        mine = {item: recorded.ledger[student, item] for item in assignment.by_id if (student, item) in recorded.ledger}
        answers = {item: entry.answer for item, entry in mine.items() if entry.answer}
        digest = next((entry.submission for entry in mine.values()), "")
        known = Known(recorded.submissions[student].notebooks[0], recorded.ledger, result.key)
        found += _noted(result, settle(gradebook, course, assignment, result, answers, digest, known=known))
    settle_lateness(gradebook, course, assignment, [recorded.submissions[student] for student in results])
    return found


def _noted(result: Result, notices: Iterable[tuple[str, str]]) -> list[Difference]:
    return [Difference(result.student, item, "fault" if text.startswith(FAULT) else "notice", why=text) for item, text in notices]


def _changes(
    submission: SubmittedAssignment,
    course: Course,
    assignment: Assignment,
    result: Result,
    ledger: Mapping[tuple[str, str], Entry],
    digest: str,
    before: Result | None,
) -> Iterator[Difference]:
    """What recording ``result`` changes of one student's grades; ``before`` is the result that they come from."""
    stored = item_grades(submission, assignment)
    worth = cell_points(assignment)
    for item in assignment.by_id.values():
        old, now = ledger.get((result.student, item.id)), stored.get(item.id)
        if old is None or now is None:
            continue
        why = _why(old, digest, worth[item.id], before, result, item.id)
        new = expected_score(result, item, worth[item.id])
        if now.auto != new and not (item.manual and new is None):
            yield Difference(result.student, item.id, "change", now.auto, new, why)
        if (scaled := rescaled(now.manual, old, worth[item.id])) is not None and scaled != now.manual:
            yield Difference(result.student, item.id, "change", now.manual, scaled, "manual score, in the item's new points")
        credit = expected_credit(course, assignment, result, item)
        if now.extra_credit == (old.extra_credit or 0.0) != credit:
            yield Difference(result.student, item.id, "change", now.extra_credit, credit, "extra credit")


def _why(old: Entry, digest: str, points: float, before: Result | None, now: Result, item: str) -> str:
    """Why an item's score changes: another submission, other points, or which checks changed their outcome."""
    if old.submission != digest:
        return "another submission"
    if old.points is not None and old.points != points:
        return f"worth {points:g} instead of {old.points:g} points"
    earlier, later = (
        {check.id: check.passed for entry in (result.items if result else ()) if entry.id == item for check in entry.checks}
        for result in (before, now)
    )
    said = [f"{check} now {'passes' if passed else 'fails'}" for check, passed in later.items() if earlier.get(check, passed) != passed]
    said += [f"{check} is new" for check in later if earlier and check not in earlier]
    said += [f"{check} is gone" for check in earlier if later and check not in later]
    return "; ".join(said) or "graded anew"


def _up_to_date(course: Course, assignment: Assignment, result: Result, recorded: _Recorded) -> bool:
    """Whether this very result is recorded, and the gradebook holds what it says."""
    if not result.key or recorded.keys.get(result.student) != result.key or result.student not in recorded.submissions:
        return False
    if not graded_notebook(course, assignment.id, result.student).is_file():
        return False
    stored, worth = item_grades(recorded.submissions[result.student], assignment), cell_points(assignment)
    return all(
        item.id in stored
        and stored[item.id].maximum == worth[item.id]
        and (item.manual or stored[item.id].auto == expected_score(result, item, worth[item.id]))
        for item in assignment.by_id.values()
    )


def _read_graded(course: Course, assignment: Assignment, student: str) -> NotebookNode:
    return nbformat.reads(graded_notebook(course, assignment.id, student).read_text(encoding="utf-8"), as_version=4)


def _registered(gradebook: Gradebook, assignment_id: str) -> dict[str, tuple[object, ...]]:
    try:
        notebook = gradebook.find_notebook(assignment_id, assignment_id)
    except MissingEntry:
        return {}
    points = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    return {
        cell.name: (cell.cell_type, cell.source, cell.checksum, points.get(cell.name), cell.name in solutions)
        for cell in notebook.source_cells
    }


def _cells(release: NotebookNode) -> dict[str, tuple[object, ...]]:
    found = {}
    for cell in release.cells:
        if utils.is_grade(cell) or utils.is_solution(cell) or utils.is_locked(cell):
            marks = cell.metadata.nbgrader
            points = float(marks["points"]) if utils.is_grade(cell) else None
            found[marks["grade_id"]] = (cell.cell_type, cell.source, marks["checksum"], points, utils.is_solution(cell))
    return found

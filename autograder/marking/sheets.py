"""Answers that wait for a person, put on sheets: by item, split among graders, without names, in an order that tells nothing."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbgrader import utils

from autograder.autograde import graded_notebook
from autograder.course import Course, CourseError
from autograder.evidence import read_evidence
from autograder.gradebook import has_gradebook, item_grades, load_submissions, open_gradebook
from autograder.manifest import Assignment, Bonus, Item
from autograder.marking.table import create_table, read_marks
from autograder.term import evidence_folder

_GRADER = re.compile(r"[0-9A-Za-z가-힣][0-9A-Za-z가-힣_.-]{0,39}")


@dataclass(frozen=True)
class Answer:
    """One answer. ``code`` is all that stands for its author; ``checksum`` is of the text that is marked.

    Attributes:
        attachments: pictures of the cell, as nbformat keeps them.
        tables, figures: of the evidence, where the item is about experiments.
        points, comment: what somebody has given already; None where nobody has.
    """

    code: str
    checksum: str
    text: str
    attachments: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    figures: dict[str, bytes] = field(default_factory=dict)
    points: tuple[float, ...] | None = None
    comment: str = ""


@dataclass(frozen=True)
class Sheet:
    """What one grader gets of one item."""

    item: Item | Bonus
    grader: str
    answers: tuple[Answer, ...]


def sheets(
    course: Course, assignment: Assignment, *, items: Sequence[str] = (), graders: Sequence[str] = ("",), everything: bool = False
) -> list[Sheet]:
    """The sheets of an assignment: one for each item that is marked by hand and each grader who has an answer to read.

    The split is over all answers, so that a grader keeps theirs from one call to the next, and equal to within one.

    Args:
        items: only these; all that are graded by hand by default.
        graders: names; a single empty one for a sheet without a name.
        everything: also answers that are marked already.

    Raises:
        CourseError: nothing is recorded yet, an item that no person marks, a grader's name that cannot be a file's or stands twice.
    """
    if twice := sorted({name for name in graders if list(graders).count(name) > 1}):
        raise CourseError(f"These graders are named twice: {', '.join(twice)}.")
    if wrong := [name for name in graders if name and not _GRADER.fullmatch(name)]:
        raise CourseError(f"{wrong[0]!r} cannot be a grader's name here: letters, digits and ._- only, at most 40.")
    chosen = [manual_item(assignment, item) for item in items] or [item for item in assignment.items if item.manual]
    if not has_gradebook(course):
        raise CourseError(f"Nothing is recorded in {course.term}. Grade first: course grade {assignment.id}")
    made = []
    for item in chosen:
        answers = answers_of(course, assignment, item)
        for number, grader in enumerate(graders):
            own = answers[number :: len(graders)]
            mine = tuple(answer for answer, waiting in own if waiting or everything)
            if mine:
                made.append(Sheet(item, grader, mine))
    return made


def manual_item(assignment: Assignment, item_id: str) -> Item | Bonus:
    """The item, which a person marks. Raises CourseError when it is none such."""
    manual = [item for item in assignment.by_id.values() if item.manual]
    found = next((item for item in manual if item.id == item_id), None)
    if found is None:
        raise CourseError(f"{assignment.id} has no item {item_id!r} that people mark. It has: {', '.join(item.id for item in manual)}.")
    return found


def answer_code(course: Course, assignment_id: str, item_id: str, student: str) -> str:
    """What stands for a student on the sheets of one item; on another item it is another."""
    text = f"marking\0{assignment_id}\0{item_id}\0{student}".encode()
    return hmac.new(course.secret, text, hashlib.sha256).hexdigest()[:12]


def answers_of(course: Course, assignment: Assignment, item: Item | Bonus) -> list[tuple[Answer, bool]]:
    """Every answer to an item, by code, and whether it waits. An answer left as it was handed out has a score and waits for nobody."""
    with open_gradebook(course) as gradebook:
        create_table(gradebook)
        marks = read_marks(gradebook, assignment.id, item.id)
        grades = {entry.student_id: item_grades(entry, assignment).get(item.id) for entry in load_submissions(gradebook, assignment.id)}
    found = []
    for student, grade in grades.items():
        if grade is None or (grade.manual is None and not grade.needs_manual):
            continue
        answer = _answer(course, assignment, item, student, marks.get(student))
        if answer is not None:
            found.append((answer, grade.needs_manual))
    return sorted(found, key=lambda pair: pair[0].code)


def _answer(
    course: Course, assignment: Assignment, item: Item | Bonus, student: str, given: tuple[tuple[float, ...], str, str] | None
) -> Answer | None:
    """None where nbgrader could not grade the submission: there is nothing to read."""
    path = graded_notebook(course, assignment.id, student)
    if not path.is_file():
        return None
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    cell = next((cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == item.id), None)
    if cell is None:
        return None
    points, comment = (given[0], given[1]) if given and len(given[0]) == len(item.criteria) else (None, "")
    shown: dict[str, Any] = {}
    if item.dimension == "experiments" if isinstance(item, Item) else False:
        evidence = read_evidence(evidence_folder(course.submission_notebook(assignment.id, student)))
        shown = {"tables": evidence.tables, "figures": evidence.figures}
    return Answer(
        code=answer_code(course, assignment.id, item.id, student),
        checksum=utils.compute_checksum(cell),
        text=cell.source,
        attachments=cell.get("attachments", {}),
        points=points,
        comment=comment,
        **shown,
    )

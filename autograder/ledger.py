"""What the grader wrote into nbgrader's gradebook, kept beside it, so that what a person wrote is never taken for ours.

The ledger is a table of our own in the gradebook's database: a grade and our memory of it change in one commit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Grade, Gradebook, SubmittedNotebook
from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, inspect, select, text

from autograder.course import Course
from autograder.manifest import Assignment, Bonus, Item
from autograder.recorded import create_tables, remember_result
from autograder.result import ItemResult, Result
from autograder.scoring import STEP, without_score
from autograder.term import adjustment_points, read_adjustments

TOLERANCE = 1e-9
FAULT = "needs a manual grade: "

TABLE = Table(
    "course_ledger",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("item", String(128), primary_key=True),
    Column("auto_score", Float),
    Column("extra_credit", Float),
    Column("typed_score", Float),
    Column("answer", String(64), nullable=False),
    Column("submission", String(64), nullable=False),
    Column("points", Float),
)
FIELDS = ("auto_score", "extra_credit", "typed_score", "answer", "submission", "points")


@dataclass(frozen=True)
class Entry:
    """One grade as we left it.

    Attributes:
        typed_score: the manual score as typed, where it was outside the item's points and is clamped now.
        answer: checksum of the cell's source.
        submission: digest of the submitted notebook.
        points: what the item was worth.
    """

    auto_score: float | None = None
    extra_credit: float | None = None
    typed_score: float | None = None
    answer: str = ""
    submission: str = ""
    points: float | None = None


@dataclass(frozen=True)
class Known:
    """What was read of one student: the submitted notebook's grades, the ledger, the key of the recorded result."""

    notebook: SubmittedNotebook
    ledger: Mapping[tuple[str, str], Entry]
    key: str | None = None


def create_ledger(gradebook: Gradebook) -> None:
    """Make the table where it is missing (nbgrader makes its own first: an empty database tells it to)."""
    TABLE.create(gradebook.engine, checkfirst=True)
    if "points" not in {column["name"] for column in inspect(gradebook.engine).get_columns(TABLE.name)}:
        with gradebook.engine.begin() as connection:  # a term that began before points were kept
            connection.execute(text(f"ALTER TABLE {TABLE.name} ADD COLUMN points FLOAT"))
    create_tables(gradebook)


def read_ledger(gradebook: Gradebook, assignment_id: str, student: str | None = None) -> dict[tuple[str, str], Entry]:
    """Entries by (student, item)."""
    create_ledger(gradebook)
    query = select(TABLE).where(TABLE.c.assignment == assignment_id)
    if student is not None:
        query = query.where(TABLE.c.student == student)
    rows = gradebook.db.execute(query).mappings()
    return {(row["student"], row["item"]): Entry(**{field: row[field] for field in FIELDS}) for row in rows}


def cell_points(assignment: Assignment) -> dict[str, float]:
    """What each graded cell is worth: the item's points after the errata; a bonus 0, because it earns extra credit."""
    return {entry.id: 0.0 if entry.dimension == "bonus" else entry.max_score for entry in without_score(assignment)}


def exact_points(assignment: Assignment) -> Decimal:
    """What the assignment is worth after the errata, without bonus."""
    return sum((Decimal(str(points)) for points in cell_points(assignment).values()), Decimal(0))


def bounded(score: float, points: float) -> float | None:
    """A score as it goes into a graded cell; None for what is no finite number."""
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        return None
    return round(min(max(float(score), 0.0), points), 6)


def expected_score(result: Result, item: Item | Bonus, points: float) -> float | None:
    """The score that the grader gives on an item's cell; None where a person has to.

    An item graded by hand has one where nothing was answered, or where an erratum decides.
    """
    found = _counted(result, item)
    return None if found is None else bounded(0.0 if isinstance(item, Bonus) else found.score, points)


def _counted(result: Result, item: Item | Bonus) -> ItemResult | None:
    """The item's result, unless the grader failed there."""
    if result.status == "grader_fault":
        return None
    found = next((entry for entry in result.items if entry.id == item.id), None)
    return None if found is None or found.needs_manual else found


def expected_credit(course: Course, assignment: Assignment, result: Result, item: Item | Bonus) -> float:
    """Extra credit that the grader gives on an item's cell: a bonus, and on one item all adjustments of the student."""
    credit = 0.0
    if isinstance(item, Bonus) and (found := _counted(result, item)) is not None:
        credit = bounded(found.score, float(item.points)) or 0.0
    if item.id == carrier(assignment):
        credit += adjustment_points(read_adjustments(course, assignment.id, result.student))
    return round(credit, 6)


def carrier(assignment: Assignment) -> str:
    """The item whose extra credit holds adjustments: the first automatic one; nbgrader ignores extra credit where no score is yet."""
    return next((item.id for item in assignment.items if not item.manual), assignment.items[0].id)


def fault_reason(result: Result, item_id: str) -> str:
    """Why an item needs a hand, in Korean."""
    found = next((entry for entry in result.items if entry.id == item_id), None)
    return (found.manual_reason if found else "") or result.reason or "채점 결과에 이 항목이 없습니다."


def settle(
    gradebook: Gradebook,
    course: Course,
    assignment: Assignment,
    result: Result,
    checksums: Mapping[str, str],
    submission: str,
    *,
    fault: str = "",
    waiting: Mapping[str, bool] | None = None,
    known: Known | None = None,
) -> list[tuple[str, str]]:
    """Bring one student's grades, just read from the notebook by nbgrader, to what the result says.

    Manual scores stay, within the points. Extra credit that a person typed stays. A grade which differs from the result, or for
    which there is none, is left without a score and asks for a person. Everything is one commit; doing it twice changes nothing.

    Args:
        checksums: of the answers in the autograded notebook, by item; see :func:`answer_checksums`.
        submission: digest of the submitted notebook.
        waiting: which items waited for a person before nbgrader saved anything (it makes every item with a manual score wait again);
            by default those that wait now.
        fault: why the answers themselves could not be taken over; every item then asks for a person.
        known: what the caller has read already; nothing is written then unless something changes.

    Returns:
        What staff should know: item and text. Faults of the grader begin with ``FAULT``.
    """
    if known is None:
        submitted = gradebook.find_submission_notebook(assignment.id, assignment.id, result.student)
        known = Known(submitted, read_ledger(gradebook, assignment.id, result.student))
    before = known.ledger
    notices, changed = [], False
    for grade in known.notebook.grades:
        item = assignment.by_id.get(grade.name)
        if item is None:
            continue
        old = before.get((result.student, item.id))
        stood = _state(grade)
        points = float(grade.cell.max_score)
        wanted = expected_score(result, item, points)
        faulty = fault
        if fault or item.id not in checksums:
            grade.auto_score, faulty = None, fault or "the graded notebook has no such cell"
        else:
            if not item.manual:
                faulty = _compare(grade.auto_score, wanted, fault_reason(result, item.id))
            grade.auto_score = None if faulty else wanted
        if (scaled := rescaled(grade.manual_score, old, points)) is not None:
            grade.manual_score = scaled
        typed = _clamp(grade, (wanted or 0.0) if item.manual else 0.0, points, old)
        entry = Entry(
            auto_score=grade.auto_score,
            extra_credit=_credit(grade, expected_credit(course, assignment, result, item), old),
            typed_score=typed,
            answer=checksums.get(item.id, ""),
            submission=submission,
            points=points,
        )
        waited = (waiting or {}).get(item.id, grade.needs_manual_grade)
        grade.needs_manual_grade = _needs_manual(grade, item, entry, old, waited)
        if entry != old:
            _remember(gradebook, assignment.id, result.student, item.id, entry)
        changed |= entry != old or _state(grade) != stood
        notices += _notices(grade, item.id, faulty, entry)
    key = "" if fault else result.key
    if changed or known.key != key:
        remember_result(gradebook, assignment.id, result.student, key)
        gradebook.db.commit()
    return notices


def _state(grade: Grade) -> tuple[object, ...]:
    return grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade


def answer_checksums(notebook: NotebookNode) -> dict[str, str]:
    """What nbgrader calls the checksum of each graded cell, by item."""
    return {cell.metadata.nbgrader["grade_id"]: utils.compute_checksum(cell) for cell in notebook.cells if utils.is_grade(cell)}


def rescaled(manual: float | None, old: Entry | None, points: float) -> float | None:
    """A manual score in the measure of an item that an erratum made worth ``points``; None where it stays as it is.

    An item that was worth nothing for a while gets back the score that was typed before.
    """
    if manual is None or old is None or old.points is None or old.points == points or not points:
        return None
    if not old.points:
        return old.typed_score if manual == 0 else None
    return float((Decimal(str(manual)) * Decimal(str(points)) / Decimal(str(old.points))).quantize(STEP, ROUND_HALF_EVEN))


def _needs_manual(grade: Grade, item: Item | Bonus, new: Entry, old: Entry | None, waited: bool) -> bool:
    """Whether a person has to look: there is no score, or what they scored has changed since."""
    if grade.manual_score is None:
        return grade.auto_score is None
    seen = old is not None and old.auto_score == new.auto_score
    return waited if seen and (old.answer == new.answer if item.manual else old.submission == new.submission) else True


def _compare(actual: float | None, wanted: float | None, reason: str) -> str:
    if wanted is None:
        return reason
    if actual is None or not math.isclose(actual, wanted, abs_tol=TOLERANCE):
        return f"nbgrader read {actual}, the grader wrote {wanted}"
    return ""


def _clamp(grade: Grade, lowest: float, points: float, old: Entry | None) -> float | None:
    """Bring a manual score within the points; return what was typed, if it was outside."""
    typed = grade.manual_score
    if typed is None:
        return None
    grade.manual_score = min(max(typed, lowest), points)
    if grade.manual_score != typed:
        return typed
    return old.typed_score if old is not None and typed in (lowest, points) else None


def _credit(grade: Grade, wanted: float, old: Entry | None) -> float | None:
    """Write our extra credit unless a person's stands there; return the last value that we wrote."""
    ours = (old.extra_credit if old is not None else None) or 0.0
    current = grade.extra_credit or 0.0
    if current not in (ours, wanted):
        return ours or None
    if wanted != current:
        grade.extra_credit = wanted
    return wanted or None


def _notices(grade: Grade, item: str, faulty: str, entry: Entry) -> list[tuple[str, str]]:
    found = []
    if faulty:
        found.append(f"{FAULT}{faulty}")
    if (grade.extra_credit or 0.0) != (entry.extra_credit or 0.0):
        found.append(f"extra credit {grade.extra_credit or 0.0:g} was typed by a person and stays")
    if entry.typed_score is not None:
        found.append(f"manual score {entry.typed_score:g} was typed, {grade.manual_score:g} counts")
    return [(item, line) for line in found]


def _remember(gradebook: Gradebook, assignment_id: str, student: str, item: str, entry: Entry) -> None:
    key: dict[str, Any] = {"assignment": assignment_id, "student": student, "item": item}
    gradebook.db.execute(delete(TABLE).where(*(TABLE.c[name] == value for name, value in key.items())))
    gradebook.db.execute(insert(TABLE).values(**key, **vars(entry)))

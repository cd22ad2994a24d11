"""Marks from a sheet into the gradebook: the file is checked whole before anything of it is written."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from nbgrader.api import SubmittedNotebook
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.course import Course, CourseError
from autograder.gradebook import has_gradebook, load_submissions, open_gradebook
from autograder.manifest import Assignment, Bonus, Item
from autograder.marking.sheets import answer_code, answers_of, manual_item
from autograder.marking.table import create_table, write_marks

BYTES = 20_000_000
Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Mark(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    checksum: Annotated[str, Field(max_length=64)]
    points: Annotated[list[Points | None], Field(max_length=50)]
    comment: Annotated[str, Field(max_length=20_000)] = ""


class MarksFile(BaseModel):
    """What a sheet's page writes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal[1]
    assignment: Annotated[str, Field(max_length=128)]
    item: Annotated[str, Field(max_length=128)]
    grader: Annotated[str, Field(max_length=40)]
    marks: Annotated[dict[Annotated[str, Field(max_length=64)], Mark], Field(max_length=20_000)]


@dataclass(frozen=True)
class Imported:
    """What became of one file. ``problems`` are answers that were not marked, with the reason."""

    item: str
    grader: str
    written: int
    unfinished: int
    problems: tuple[str, ...]


def import_marks(course: Course, assignment: Assignment, path: Path, *, overwrite: bool = False, now: datetime | None = None) -> Imported:
    """Write the marks of one file into the gradebook, all of them in one commit.

    An answer is marked when every criterion has points. One that has changed since the sheet was made, or that somebody has marked
    otherwise in the meantime, is left alone and named.

    Args:
        overwrite: put these marks in the place of others.

    Raises:
        CourseError: no such file, not a sheet's marks, of another assignment, of more points than a criterion is worth, or of an
            answer that is not there. Nothing is written then.
    """
    read = read_marks_file(assignment, path)
    item = manual_item(assignment, read.item)
    if not has_gradebook(course):
        raise CourseError(f"Nothing is recorded in {course.term}. Grade first: course grade {assignment.id}")
    _check_points(path, read, item)
    current = {answer.code: answer for answer, _ in answers_of(course, assignment, item)}
    if unknown := sorted(read.marks.keys() - current.keys()):
        raise CourseError(f"{path}: {len(unknown)} answers of it are not in this term, {unknown[0]} among them. Is --term the right one?")
    problems, written, unfinished = [], 0, 0
    with open_gradebook(course) as gradebook:
        create_table(gradebook)
        for submission in load_submissions(gradebook, assignment.id):
            code = answer_code(course, assignment.id, item.id, submission.student_id)
            mark = read.marks.get(code)
            if mark is None:
                continue
            given = [value for value in mark.points if value is not None]
            if len(given) < len(item.criteria):
                unfinished += 1
            elif mark.checksum != current[code].checksum:
                problems.append(f"{code}: the answer has changed since the sheet was made. Make a new one: course marking {assignment.id}")
            elif problem := _refused(submission.notebooks[0], item.id, sum_of(given), overwrite):
                problems.append(f"{code}: {problem}")
            else:
                _mark(submission.notebooks[0], item.id, sum_of(given), mark.comment)
                moment = now or datetime.now(UTC)
                student = submission.student_id
                write_marks(gradebook, assignment.id, student, item.id, given, comment=mark.comment, grader=read.grader, at=moment)
                written += 1
        gradebook.db.commit()
    return Imported(item.id, read.grader, written, unfinished, tuple(problems))


def read_marks_file(assignment: Assignment, path: Path) -> MarksFile:
    """Read and check a file of marks. Raises CourseError, which says what is wrong with it."""
    try:
        if path.stat().st_size > BYTES:
            raise CourseError(f"{path}: larger than {BYTES // 1_000_000} MB; no sheet's marks are.")
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise CourseError(f"{path}: no such file.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise CourseError(f"{path}: cannot be read as a sheet's marks ({error}). Download it again from the sheet's page.") from None
    try:
        read = MarksFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CourseError(f"{path}: not a sheet's marks: {where}: {first['msg']}. Download it again from the sheet's page.") from None
    if read.assignment != assignment.id:
        raise CourseError(f"{path}: marks of {read.assignment}, not of {assignment.id}.")
    return read


def _check_points(path: Path, read: MarksFile, item: Item | Bonus) -> None:
    for code, mark in read.marks.items():
        if len(mark.points) != len(item.criteria):
            raise CourseError(f"{path}: {code} has {len(mark.points)} criteria, {item.id} has {len(item.criteria)}. Make a new sheet.")
        for number, (value, criterion) in enumerate(zip(mark.points, item.criteria, strict=True), 1):
            if value is not None and value > float(criterion.points):
                raise CourseError(f"{path}: {code}, criterion {number}: {value:g} points of {float(criterion.points):g}.")


def sum_of(points: Sequence[float]) -> float:
    """The sum as people add it: 0.1 and 0.2 are 0.3."""
    return float(sum((Decimal(str(value)) for value in points), Decimal(0)))


def _refused(notebook: SubmittedNotebook, item: str, score: float, overwrite: bool) -> str:
    """Why an answer may not be marked so; "" where it may."""
    grade = next(grade for grade in notebook.grades if grade.name == item)
    marked = grade.manual_score is not None and not grade.needs_manual_grade
    if marked and not math.isclose(grade.manual_score, score) and not overwrite:
        return f"has {grade.manual_score:g} points by hand already, these are {score:g}. To put them in its place: --overwrite"
    return ""


def _mark(notebook: SubmittedNotebook, item: str, score: float, comment: str) -> None:
    grade = next(grade for grade in notebook.grades if grade.name == item)
    grade.manual_score, grade.needs_manual_grade = score, False
    place = next((entry for entry in notebook.comments if entry.name == item), None)
    if place is not None and comment:
        place.manual_comment = comment

"""nbgrader's gradebook of a term: opening it, one writer at a time, and reading every grade."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbgrader.api
from alembic.script import ScriptDirectory
from nbgrader.api import Assignment as NbgraderAssignment
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, GradeCell, SolutionCell, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import selectinload, with_polymorphic

from autograder.course import Course, CourseError
from autograder.manifest import Assignment
from autograder.nbgrader_settings import put_environment_on_path
from autograder.term import database_url


def schema_version() -> str:
    """The newest version of nbgrader's schema, which a new database is stamped with."""
    return ScriptDirectory(str(Path(nbgrader.api.__file__).with_name("alembic"))).get_current_head()


nbgrader.api.get_alembic_version = schema_version  # nbgrader's own starts ``alembic heads``, which imports all of it for seconds


@dataclass(frozen=True)
class ItemGrade:
    """One item of one student in the gradebook. ``score`` is what counts, ``maximum`` what the item is worth (0 for a bonus)."""

    auto: float | None
    manual: float | None
    extra_credit: float
    needs_manual: bool
    score: float
    maximum: float
    comment: str


def open_gradebook(course: Course) -> Gradebook:
    """nbgrader's gradebook of the term, a context manager. Raises CourseError when the database cannot be reached."""
    url = database_url(course)
    put_environment_on_path()  # an empty database is given its schema
    try:
        return Gradebook(url)
    except ModuleNotFoundError as error:
        raise CourseError(f"The gradebook's driver is missing: {error}. Only the one for PostgreSQL comes with the course.") from None
    except SQLAlchemyError as error:
        shown = url.partition("://")[0]
        raise CourseError(f"The gradebook ({shown}) cannot be opened: {error}. See `db` in term/course.yml and $COURSE_DB.") from None


def has_gradebook(course: Course) -> bool:
    """Whether there is something to read; nothing is created by looking."""
    path = _sqlite_file(course)
    return path is None or path.is_file()


def create_gradebook(course: Course) -> None:
    """Make a new SQLite file whole: one without its schema's version could never be upgraded."""
    if has_gradebook(course):
        return
    path = _sqlite_file(course)
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    put_environment_on_path()
    Gradebook(f"sqlite:///{aside}").close()
    aside.replace(path)


def _sqlite_file(course: Course) -> Path | None:
    url = database_url(course)
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


@contextmanager
def coordinator(course: Course) -> Iterator[None]:
    """One coordinator at a time; the lock goes with the process, however it ends."""
    course.term.mkdir(parents=True, exist_ok=True)
    with (course.term / "gradebook.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(f"Another run is writing the gradebook of {course.term}. Wait until it has ended.") from None
        yield


def scores(course: Course, assignment: Assignment) -> dict[str, dict[str, ItemGrade]]:
    """Every grade of an assignment by student and item, manual scores within the items' points."""
    if not has_gradebook(course):
        return {}
    with open_gradebook(course) as gradebook:
        return {entry.student_id: item_grades(entry, assignment) for entry in load_submissions(gradebook, assignment.id)}


def load_submissions(gradebook: Gradebook, assignment_id: str) -> list[SubmittedAssignment]:
    """All submissions of an assignment with their grades and comments, in a handful of queries however many they are.

    The session knows what it loaded for as long as the list is held.
    """
    notebooks, cells = selectinload(SubmittedAssignment.notebooks), with_polymorphic(BaseCell, [GradeCell, SolutionCell])
    query = (
        gradebook.db.query(SubmittedAssignment)
        .join(NbgraderAssignment, NbgraderAssignment.id == SubmittedAssignment.assignment_id)
        .filter(NbgraderAssignment.name == assignment_id)
        .options(
            notebooks.selectinload(SubmittedNotebook.grades).selectinload(Grade.cell.of_type(cells)),
            notebooks.selectinload(SubmittedNotebook.comments).selectinload(Comment.cell.of_type(cells)),
        )
    )
    return query.all()


def item_grades(submission: SubmittedAssignment, assignment: Assignment) -> dict[str, ItemGrade]:
    found = {}
    for notebook in submission.notebooks:
        comments = {comment.name: comment.comment or "" for comment in notebook.comments}
        for grade in notebook.grades:
            if grade.name not in assignment.by_id:
                continue
            maximum, credit = float(grade.cell.max_score), grade.extra_credit or 0.0
            manual = None if grade.manual_score is None else min(max(grade.manual_score, 0.0), maximum)
            given = manual if manual is not None else grade.auto_score
            found[grade.name] = ItemGrade(
                auto=grade.auto_score,
                manual=manual,
                extra_credit=credit,
                needs_manual=grade.needs_manual_grade,
                score=0.0 if given is None else given + credit,
                maximum=maximum,
                comment=comments.get(grade.name, ""),
            )
    return {item: found[item] for item in assignment.by_id if item in found}


def total(grades: Mapping[str, ItemGrade]) -> float:
    """What a student has: all scores with extra credit, never below 0."""
    return max(0.0, round(sum(grade.score for grade in grades.values()), 6))

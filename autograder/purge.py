"""The end of a term: everything that says something about a person goes, and what is left is looked through."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from sqlalchemy import MetaData, Table, delete, func, inspect, select, text

from autograder.attempts import FOLDER as ATTEMPTS
from autograder.course import Course, CourseError
from autograder.gradebook import coordinator, has_gradebook, open_gradebook
from autograder.reading import read_file
from autograder.roster import ROSTER, scan_roster
from autograder.term import SETTINGS, database_url

# What a term may keep: settings, what was built from the course, and the seed of its checks. Whatever else lies there is removed.
KEPT = frozenset({SETTINGS, "source", "release", "secret"})
LOCK = "gradebook.lock"
MARKS = (SETTINGS, ROSTER, "gradebook.db", "submitted", ATTEMPTS, "secret")
OURS = ("course_",)  # tables of ours beside nbgrader's
PEOPLE = ("comment", "grade", "submitted_notebook", "submitted_assignment", "student")  # nbgrader's, those that refer to others first
LONGEST = 20_000_000  # bytes of a file that is looked through
SHORTEST = 6  # bytes of a word that is looked for: two Korean letters


@dataclass(frozen=True)
class Removal:
    """What a purge removes: entries of the term with their number of files, and rows of a database elsewhere by table."""

    entries: dict[str, int]
    rows: dict[str, int]
    people: frozenset[str]

    @property
    def nothing(self) -> bool:
        return not self.entries and not any(self.rows.values())


@dataclass(frozen=True)
class Left:
    """What is there after a purge: files by relative path, rows about people, and files in which somebody was found all the same."""

    files: list[str]
    rows: dict[str, int]
    found: list[str]


def survey(course: Course) -> Removal:
    """What :func:`purge` would remove. Raises CourseError where the folder is no term."""
    term = course.term
    if not term.is_dir() or not any((term / name).exists() for name in MARKS):
        raise CourseError(f"{term}: no term: there is none of {', '.join(MARKS)} in it.")
    entries = {path.name: sum(1 for _ in _files(path)) for path in sorted(term.iterdir()) if path.name not in KEPT and path.name != LOCK}
    rows = {} if _inside(course) else _rows(course)
    return Removal(entries, rows, frozenset(_people(course)))


def purge(course: Course, removal: Removal) -> Left:
    """Remove it, and look through what is left for anybody who was in the roster or in the gradebook.

    Raises:
        CourseError: another run is writing the gradebook.
    """
    with coordinator(course):
        if removal.rows:
            _empty(course)
        for name in removal.entries:
            path = course.term / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    (course.term / LOCK).unlink()
    files = list(_files(course.term))
    found = [str(path.relative_to(course.term)) for path in files if _speaks_of(path, removal.people)]
    return Left([str(path.relative_to(course.term)) for path in files], {} if _inside(course) else _rows(course), found)


def _files(path: Path) -> Iterator[Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))


def _inside(course: Course) -> bool:
    """Whether the gradebook is a file in the term, which goes with the rest."""
    url = database_url(course)
    return url.startswith("sqlite:///") and Path(url.removeprefix("sqlite:///")).resolve().is_relative_to(course.term)


def _people(course: Course) -> Iterator[str]:
    """Ids, names and addresses that nothing may say any more; shorter words would be found by chance."""
    known: set[str] = set()
    for student in scan_roster(course.term / ROSTER).students.values():
        known |= {student.id, student.name, student.email}
    if has_gradebook(course):
        with open_gradebook(course) as gradebook:
            known |= {student.id for student in gradebook.students}
    known |= {path.name for folder in ("submitted", ATTEMPTS) for path in course.term.glob(f"{folder}/*")}
    yield from (word for word in known if len(word.encode()) >= SHORTEST)


def _speaks_of(path: Path, people: frozenset[str]) -> bool:
    if path.is_symlink():
        return True
    data = read_file(path, LONGEST)
    return any(word in path.name or word.encode() in data for word in people)


def _rows(course: Course) -> dict[str, int]:
    if not has_gradebook(course):
        return {}
    with open_gradebook(course) as gradebook:
        return {
            name: gradebook.db.execute(select(func.count()).select_from(table)).scalar_one() for name, table in _tables(gradebook).items()
        }


def _tables(gradebook: Gradebook) -> dict[str, Table]:
    """Tables with rows about people, those that refer to others first."""
    metadata = MetaData()
    present = inspect(gradebook.engine).get_table_names()
    names = [*(name for name in sorted(present) if name.startswith(OURS)), *(name for name in PEOPLE if name in present)]
    return {name: Table(name, metadata, autoload_with=gradebook.engine, resolve_fks=False) for name in names}


def _empty(course: Course) -> None:
    with open_gradebook(course) as gradebook:
        for table in _tables(gradebook).values():
            gradebook.db.execute(delete(table))
        gradebook.db.commit()
        if gradebook.engine.dialect.name == "sqlite":  # which leaves what was deleted in the file
            gradebook.db.execute(text("VACUUM"))

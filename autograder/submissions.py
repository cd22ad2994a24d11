"""Submissions as they lie in the term, and times as nbgrader writes them."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.course import Course, CourseError
from autograder.reading import BOUNDS, NotAFile, read_file
from autograder.term import check_student, evidence_folder

ENTRIES = 20_000  # of one folder that are looked at
TIMESTAMP = "timestamp.txt"  # nbgrader's, beside a submitted notebook
_TIME = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?) ?(UTC|Z|KST|[+-]\d\d:?\d\d|[A-Z]\w+(?:/\w+)+)?")


@dataclass(frozen=True)
class Submitted:
    """One student's submission: the notebook, and the evidence packed beside it."""

    student: str
    notebook: Path
    evidence: Path | None = None


@dataclass(frozen=True)
class Found:
    """A folder's submissions in the order of student ids, and a sentence on each entry that is none."""

    submissions: list[Submitted]
    problems: list[str]


def find_submissions(course: Course, assignment_id: str) -> list[Submitted]:
    """The submissions in ``term/submitted``. Raises CourseError when there is not a single one."""
    found = look(course, assignment_id)
    if not found.submissions:
        said = "".join(f"\n  {problem}" for problem in found.problems[:10])
        raise CourseError(f"{course.term / 'submitted'}: no submission of {assignment_id}. Collect them first: course collect.{said}")
    return found.submissions


def look(course: Course, assignment_id: str) -> Found:
    """Look for ``<student>/<id>/<id>.ipynb`` in ``term/submitted``, where nbgrader does. Raises CourseError: no such assignment."""
    course.room(assignment_id)
    place = course.term / "submitted"
    if not place.is_dir():
        return Found([], [])
    problems: list[str] = []
    with os.scandir(place) as entries:
        names = sorted(entry.name for entry, _ in zip(entries, range(ENTRIES), strict=False))
    if len(names) == ENTRIES:
        problems.append(f"{place}: more than {ENTRIES:,} entries; the others were not looked at.")
    found = (_submitted(place / name, assignment_id, problems) for name in names if not name.startswith("."))
    return Found([entry for entry in found if entry is not None], problems)


def read_submitted(path: Path) -> bytes:
    """The notebook's bytes, at most one more than a notebook may have; nothing for what is no regular file.

    Raises:
        OSError: the grader cannot read the file.
    """
    try:
        return read_file(path, BOUNDS.bytes + 1)
    except NotAFile:
        return b""


def read_timestamp(path: Path) -> datetime | None:
    """The time in nbgrader's file. None where there is none that can be read."""
    try:
        return parse_timestamp(read_file(path, 200).decode("utf-8", "replace"))
    except (FileNotFoundError, NotAFile):
        return None


def parse_timestamp(text: str) -> datetime | None:
    """A time as nbgrader writes it; UTC where it names no zone, as nbgrader takes it. None for what is no time."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    moment, zone = found.groups()
    try:
        if zone is not None and "/" in zone:
            return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        offset = {None: "+00:00", "UTC": "+00:00", "Z": "+00:00", "KST": "+09:00"}.get(zone, zone)
        return datetime.fromisoformat(f"{moment}{offset}").astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return None


def timestamp_text(moment: datetime) -> str:
    """A time as nbgrader writes it, always in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def _submitted(entry: Path, assignment_id: str, problems: list[str]) -> Submitted | None:
    notebook = entry / assignment_id / f"{assignment_id}.ipynb"
    if not stat.S_ISDIR(entry.lstat().st_mode):
        problems.append(f"{_shown(entry)}: no student's folder; left out.")
        return None
    try:
        check_student(entry.name)
    except CourseError as error:
        problems.append(f"{_shown(entry)}: {error}")
        return None
    if not _is_there(notebook):
        if os.path.lexists(notebook.parent):
            problems.append(f"{_shown(notebook.parent)}: holds no {assignment_id}.ipynb.")
        return None
    return Submitted(entry.name, notebook, evidence_folder(notebook))


def _is_there(path: Path) -> bool:
    """Whether something stands at ``path``, and no folder on the way is a link."""
    return os.path.lexists(path) and not path.parent.is_symlink()


def _shown(path: Path) -> str:
    return ascii(str(path))[1:-1][:200] if not str(path).isprintable() else str(path)[:200]

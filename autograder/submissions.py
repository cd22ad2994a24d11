"""Which files of a folder are whose submission. What cannot be told is reported, never guessed."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.course import Course, CourseError
from autograder.reading import BOUNDS, NotAFile, read_file
from autograder.term import check_student, evidence_folder

ENTRIES = 20_000  # of one folder that are looked at
TIMESTAMP = "timestamp.txt"  # nbgrader's, beside a submitted notebook
_TIME = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?) ?(UTC|Z|[+-]\d\d:?\d\d|[A-Z]\w+(?:/\w+)+)?")


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


def find_submissions(course: Course, assignment_id: str, folder: Path | None = None) -> list[Submitted]:
    """The submissions of an assignment; see :func:`scan_submissions`, which also says what was left out."""
    return scan_submissions(course, assignment_id, folder).submissions


def scan_submissions(course: Course, assignment_id: str, folder: Path | None = None) -> Found:
    """Look for ``<student>/<id>/<id>.ipynb`` (nbgrader's layout), ``<student>/<id>.ipynb`` and ``<student>.ipynb`` in ``folder``.

    Args:
        folder: ``submitted`` in the term by default, where only nbgrader's layout counts.

    Raises:
        CourseError: there is no such folder, no such assignment, or not a single submission.
    """
    course.room(assignment_id)
    place = course.term / "submitted" if folder is None else folder.absolute()
    if not place.is_dir():
        raise CourseError(f"{place}: no such folder. Put submissions into {course.term}/submitted, or name a folder with --submissions.")
    problems: list[str] = []
    with os.scandir(place) as entries:
        names = sorted(entry.name for entry, _ in zip(entries, range(ENTRIES), strict=False))
    if len(names) == ENTRIES:
        problems.append(f"{place}: more than {ENTRIES:,} entries; the others were not looked at.")
    found: dict[str, list[Submitted]] = {}
    for name in names:
        for submitted in _submitted(place / name, assignment_id, in_term=folder is None, problems=problems):
            found.setdefault(submitted.student, []).append(submitted)
    for student, several in found.items():
        if len(several) > 1:
            problems.append(f"{student}: several submissions ({', '.join(str(s.notebook) for s in several)}). None is graded; leave one.")
    submissions = [found[student][0] for student in sorted(found) if len(found[student]) == 1]
    if not submissions:
        said = "".join(f"\n  {problem}" for problem in problems[:10])
        wanted = f"<student>/{assignment_id}/{assignment_id}.ipynb" + ("" if folder is None else ", <student>.ipynb")
        raise CourseError(f"{place}: no submission of {assignment_id}. Expected: {wanted}.{said}")
    return Found(submissions, problems)


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
    """The time in nbgrader's file; UTC where it names no zone, as nbgrader takes it. None where there is none that can be read."""
    try:
        text = read_file(path, 200).decode("utf-8", "replace").strip()
    except (FileNotFoundError, NotAFile):
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    moment, zone = found.groups()
    try:
        if zone is not None and "/" in zone:
            return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        return datetime.fromisoformat(moment + ("+00:00" if zone in (None, "UTC", "Z") else zone)).astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return None


def timestamp_text(moment: datetime) -> str:
    """A time as nbgrader writes it, always in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def _submitted(entry: Path, assignment_id: str, *, in_term: bool, problems: list[str]) -> Iterator[Submitted]:
    name = entry.name
    if name.startswith("."):  # editors, sync programs and nbgrader's own
        return
    mode = entry.lstat().st_mode
    flat = stat.S_ISREG(mode) and name.endswith(".ipynb") and not in_term
    if not flat and not stat.S_ISDIR(mode):
        problems.append(f"{_shown(entry)}: neither a student's folder nor a notebook; left out.")
        return
    # Some systems store composed letters in pieces; in the term, nbgrader takes the folder's name as it is.
    student = name if in_term else unicodedata.normalize("NFC", name.removesuffix(".ipynb") if flat else name)
    try:
        check_student(student)
    except CourseError as error:
        problems.append(f"{_shown(entry)}: {error}")
        return
    if flat:
        yield Submitted(student, entry)  # evidence in a shared folder could be anyone's
        return
    nested = entry / assignment_id / f"{assignment_id}.ipynb"
    candidates = [nested] if in_term else [nested, entry / f"{assignment_id}.ipynb"]
    present = [path for path in candidates if _is_there(path)]
    if not present and (not in_term or os.path.lexists(nested.parent)):
        problems.append(f"{_shown(nested.parent if in_term else entry)}: holds no {assignment_id}.ipynb.")
    yield from (Submitted(student, path, evidence_folder(path)) for path in present)


def _is_there(path: Path) -> bool:
    """Whether something stands at ``path``, and no folder on the way is a link."""
    return os.path.lexists(path) and not path.parent.is_symlink()


def _shown(path: Path) -> str:
    return ascii(str(path))[1:-1][:200] if not str(path).isprintable() else str(path)[:200]

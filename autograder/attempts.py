"""Every submission that came in, kept with its time: ``term/attempts/<student>/<id>/<n>/``.

An attempt is kept whole and never changed. Which one counts is decided when the class is graded; that one is copied into
``term/submitted``, where nbgrader looks.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.collect import submission_files
from autograder.course import Course, CourseError, student_id
from autograder.evidence import evidence_digest
from autograder.store import write_whole
from autograder.submissions import TIMESTAMP, Submitted, look, read_submitted, read_timestamp, timestamp_text
from autograder.term import evidence_folder

FOLDER = "attempts"
RECORD = "attempt.json"


@dataclass(frozen=True)
class Attempt:
    """One submission of a student.

    Attributes:
        number: from 1, in the order of arrival.
        submitted: aware; None where nobody knows.
        digest: of all its files.
        origin: the name of the file or folder that it came in.
    """

    student: str
    number: int
    notebook: Path
    submitted: datetime | None
    digest: str
    origin: str

    @property
    def submission(self) -> Submitted:
        return Submitted(self.student, self.notebook, evidence_folder(self.notebook))


def attempts_folder(course: Course, assignment_id: str, student: str) -> Path:
    return course.term / FOLDER / student_id(student) / assignment_id


def read_attempts(course: Course, assignment_id: str, student: str) -> list[Attempt]:
    """The attempts of one student in the order of submission; those of unknown time come first, as they arrived.

    Raises:
        CourseError: a record is damaged.
    """
    folder = attempts_folder(course, assignment_id, student)
    found = []
    for record in folder.glob(f"*/{RECORD}"):
        if not record.parent.name.isdigit():
            continue
        try:
            data = json.loads(record.read_text(encoding="utf-8"))
            submitted = datetime.fromisoformat(data["submitted"]) if data["submitted"] else None
            notebook = record.parent / f"{assignment_id}.ipynb"
            found.append(Attempt(student, int(record.parent.name), notebook, submitted, str(data["digest"]), str(data["origin"])))
        except (ValueError, KeyError, TypeError):
            raise CourseError(f"{record}: damaged. Remove {record.parent} and collect this submission again.") from None
    return sorted(found, key=lambda attempt: (attempt.submitted or datetime.min.replace(tzinfo=UTC), attempt.number))


def students_with_attempts(course: Course, assignment_id: str) -> list[str]:
    return sorted(path.parent.name for path in (course.term / FOLDER).glob(f"*/{assignment_id}") if path.is_dir())


def add_attempt(
    course: Course, assignment_id: str, student: str, files: Mapping[str, bytes], submitted: datetime | None, origin: str
) -> Attempt | None:
    """Keep a submission, whole or not at all. Returns None where the same files are there already; if their time was unknown so far,
    it is noted.

    Args:
        files: by relative path; the notebook under ``<id>.ipynb``.
        submitted: aware.
    """
    folder = attempts_folder(course, assignment_id, student)
    digest = files_digest(files)
    known = read_attempts(course, assignment_id, student)
    for attempt in known:
        if attempt.digest == digest:
            if attempt.submitted is None and submitted is not None:
                write_whole(attempt.notebook.with_name(TIMESTAMP), timestamp_text(submitted).encode())
                write_whole(attempt.notebook.with_name(RECORD), _record(digest, submitted, attempt.origin))
            return None
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".new-*"):  # of a killed run
        shutil.rmtree(left)
    aside = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    stamped = {TIMESTAMP: timestamp_text(submitted).encode()} if submitted else {}
    contents = dict(files) | stamped | {RECORD: _record(digest, submitted, origin)}
    for relative, data in contents.items():
        path = aside / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    number = max((attempt.number for attempt in known), default=0) + 1
    aside.rename(folder / str(number))
    return Attempt(student, number, folder / str(number) / f"{assignment_id}.ipynb", submitted, digest, origin)


def _record(digest: str, submitted: datetime | None, origin: str) -> bytes:
    said = {"submitted": submitted.astimezone(UTC).isoformat() if submitted else "", "digest": digest, "origin": origin}
    return json.dumps(said, ensure_ascii=False).encode()


def files_digest(files: Mapping[str, bytes]) -> str:
    lines = [f"{hashlib.sha256(data).hexdigest()} {relative}" for relative, data in sorted(files.items()) if relative != TIMESTAMP]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def attempt_numbers(course: Course, assignment_id: str, student: str) -> tuple[int, int]:
    """Which attempt lies in ``term/submitted``, by its place in time, and how many there are; (1, 1) where none was kept."""
    attempts = read_attempts(course, assignment_id, student)
    if not attempts:
        return 1, 1
    counted = course.submission_notebook(assignment_id, student)
    mine = identity(counted) if os.path.lexists(counted) else ()
    places = [place for place, attempt in enumerate(attempts, 1) if identity(attempt.notebook) == mine]
    return (places[-1] if places else len(attempts)), len(attempts)


def identity(notebook: Path) -> tuple[str, ...]:
    """What tells two attempts of a student apart: the notebook, the evidence, the time."""
    moment = read_timestamp(notebook.with_name(TIMESTAMP))
    return hashlib.sha256(read_submitted(notebook)).hexdigest(), evidence_digest(evidence_folder(notebook)), str(moment)


def gathered(course: Course, assignment_id: str, only: Collection[str] | None = None) -> dict[str, list[Attempt]]:
    """Every student's attempts in the order of submission, those that nbgrader put into ``term/submitted`` by itself included.

    Args:
        only: these students.
    """
    for found in look(course, assignment_id).submissions:
        if only is not None and found.student not in only:
            continue
        known = read_attempts(course, assignment_id, found.student)
        if identity(found.notebook) not in map(identity, (attempt.notebook for attempt in known)):
            moment = read_timestamp(found.notebook.with_name(TIMESTAMP))
            add_attempt(course, assignment_id, found.student, submission_files(found.notebook), moment, "submitted")
    kept = students_with_attempts(course, assignment_id)
    return {student: read_attempts(course, assignment_id, student) for student in kept if only is None or student in only}

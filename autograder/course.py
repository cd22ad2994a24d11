"""Where things are: one checkout of the course, and the term that is being graded."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.manifest import Assignment, load_assignment
from autograder.specification import Specification, SpecificationError, load_specification

ROOT = Path(__file__).resolve().parent.parent
TERM_VARIABLE = "COURSE_TERM"
ASSIGNMENT_ID = re.compile(r"[a-z][a-z0-9_]*")
STUDENT_ID = re.compile(r"\w[\w.@+-]{0,99}")  # becomes a folder's name
SECRET_BYTES = 32


class CourseError(ValueError):
    """Wrong use or bad input; the text says what, where, and what to do next."""


@dataclass(frozen=True)
class Course:
    """A checkout (``root``) with a term's data (``term``).

    ``term`` is nbgrader's course directory and the only place where people's data live.
    """

    root: Path
    term: Path
    specification: Specification

    @property
    def rooms(self) -> Path:
        return self.root / "solutions"

    def room(self, assignment_id: str) -> Path:
        """The private folder of one assignment. Raises CourseError when there is none."""
        room = self.rooms / assignment_id
        if not ASSIGNMENT_ID.fullmatch(assignment_id) or not (room / "assignment.yml").is_file():
            raise CourseError(f"There is no assignment {assignment_id!r}. There are: {', '.join(self.assignment_ids()) or 'none'}.")
        return room

    def assignment(self, assignment_id: str) -> Assignment:
        """Load a manifest. Raises CourseError or ManifestError."""
        return load_assignment(self.room(assignment_id), self.specification)

    def assignment_ids(self) -> list[str]:
        """The assignments that have a room, in order."""
        names = (path.parent.name for path in self.rooms.glob("*/assignment.yml"))
        return sorted(name for name in names if ASSIGNMENT_ID.fullmatch(name))

    def release_notebook(self, assignment_id: str) -> Path:
        """The committed notebook that students receive."""
        return self.root / "assignments" / assignment_id / f"{assignment_id}.ipynb"

    def source_notebook(self, assignment_id: str) -> Path:
        """The built notebook with solutions, in nbgrader's source folder."""
        return self.term / "source" / assignment_id / f"{assignment_id}.ipynb"

    def submission_notebook(self, assignment_id: str, student: str) -> Path:
        """Where a student's notebook belongs. Raises CourseError for an id that cannot be a folder's name."""
        return self.term / "submitted" / student_id(student) / assignment_id / f"{assignment_id}.ipynb"

    @cached_property
    def secret(self) -> bytes:
        """The term's secret, from which the seeds of hidden checks derive; made on first use.

        Raises:
            CourseError: the file holds something else. It is never replaced, because every seed would change.
        """
        path = self.term / "secret"
        if not path.exists():
            _create_secret(path)
        text = path.read_text(encoding="ascii", errors="replace").strip()
        if not re.fullmatch(rf"[0-9a-f]{{{2 * SECRET_BYTES}}}", text):
            raise CourseError(f"{path}: not a term's secret. Restore it from a backup; deleting it changes every hidden check's inputs.")
        return bytes.fromhex(text)


def student_id(text: str) -> str:
    """Check that a student's id can name a folder, and return it. Raises CourseError."""
    if not STUDENT_ID.fullmatch(text) or text != unicodedata.normalize("NFC", text):
        raise CourseError(f"{text!r} is no student id: letters, digits and . _ @ + - only, beginning with a letter, a digit or _.")
    return text


def _create_secret(path: Path) -> None:
    """Write a new secret whole, unless another process was faster: a file half written would be a secret of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # readable for its owner only
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()


def open_course(root: Path = ROOT, term: Path | None = None) -> Course:
    """The course in ``root``. The term is ``term``, else $COURSE_TERM, else ``root/term``.

    Raises:
        CourseError: ``root`` has a specification of its own that cannot be used.
    """
    chosen = term or Path(os.environ.get(TERM_VARIABLE) or root / "term")
    own = root.resolve() / "specification.yml"
    try:
        specification = load_specification(own) if own.is_file() else load_specification()
    except SpecificationError as error:
        raise CourseError(str(error)) from None
    return Course(root.resolve(), chosen.expanduser().resolve(), specification)

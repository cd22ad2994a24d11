"""Where things are: one checkout of the course, and the term that is being graded."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.manifest import Assignment, load_assignment
from autograder.specification import Specification, load_specification

ROOT = Path(__file__).resolve().parent.parent
TERM_VARIABLE = "COURSE_TERM"


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
        if not re.fullmatch(r"[a-z][a-z0-9_]*", assignment_id) or not (room / "assignment.yml").is_file():
            raise CourseError(f"There is no assignment {assignment_id!r}. There are: {', '.join(self.assignment_ids()) or 'none'}.")
        return room

    def assignment(self, assignment_id: str) -> Assignment:
        """Load a manifest. Raises CourseError or ManifestError."""
        return load_assignment(self.room(assignment_id), self.specification)

    def assignment_ids(self) -> list[str]:
        return sorted(path.parent.name for path in self.rooms.glob("*/assignment.yml"))

    def release_notebook(self, assignment_id: str) -> Path:
        """The committed notebook that students receive."""
        return self.root / "assignments" / assignment_id / f"{assignment_id}.ipynb"

    def source_notebook(self, assignment_id: str) -> Path:
        """The built notebook with solutions, in nbgrader's source folder."""
        return self.term / "source" / assignment_id / f"{assignment_id}.ipynb"

    def submission_notebook(self, assignment_id: str, student: str) -> Path:
        return self.term / "submitted" / student / assignment_id / f"{assignment_id}.ipynb"

    @cached_property
    def secret(self) -> bytes:
        """The term's secret, from which the seeds of hidden checks derive; made on first use."""
        path = self.term / "secret"
        try:
            return bytes.fromhex(path.read_text().strip())
        except FileNotFoundError:
            self.term.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return bytes.fromhex(path.read_text().strip())
        with os.fdopen(handle, "w") as file:
            file.write(value := secrets.token_hex(32))
        return bytes.fromhex(value)


def open_course(root: Path = ROOT, term: Path | None = None) -> Course:
    """The course in ``root``. The term is ``term``, else $COURSE_TERM, else ``root/term``."""
    chosen = term or Path(os.environ.get(TERM_VARIABLE) or root / "term")
    specification = root / "specification.yml"
    return Course(
        root.resolve(), chosen.resolve(), load_specification(specification) if specification.is_file() else load_specification()
    )

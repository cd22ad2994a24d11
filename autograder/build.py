"""notebook.md and manifest → source notebook → release notebook (by nbgrader), and the kit that goes with it."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.authored import BuildError
from autograder.authoring import author_notebook
from autograder.course import Course
from autograder.kits import build_kit, kit_for_grading
from autograder.manifest import Assignment
from autograder.nbgrader_settings import nbgrader_config

__all__ = [
    "BuildError",
    "build_kit",
    "build_release",
    "build_source",
    "kit_for_grading",
    "stale_releases",
    "write_file",
    "write_release",
    "write_source",
]


def build_source(course: Course, assignment: Assignment) -> NotebookNode:
    """The notebook with solutions, as nbgrader's source. The same from run to run.

    Raises:
        BuildError: notebook.md is missing or breaks a rule; every broken rule is listed with its line.
    """
    return author_notebook(course.room(assignment.id) / "notebook.md", assignment, course)


def write_source(course: Course, assignment_id: str) -> Path:
    """Build the source notebook into nbgrader's source folder. Raises BuildError, ManifestError or CourseError."""
    source = build_source(course, course.assignment(assignment_id))
    return write_file(course.source_notebook(assignment_id), _serialise(source))


def build_release(course: Course, assignment_id: str) -> bytes:
    """The notebook that students receive, as ``nbgrader generate_assignment`` makes it from the source.

    Made in a folder of its own, without a gradebook, so that nothing of the term is read or changed.

    Raises:
        BuildError: the source cannot be built, or nbgrader refuses it.
    """
    source = build_source(course, course.assignment(assignment_id))
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        root = Path(folder).resolve()
        write_file(root / "source" / assignment_id / f"{assignment_id}.ipynb", _serialise(source))
        _generate(course, root, assignment_id)
        return (root / "release" / assignment_id / f"{assignment_id}.ipynb").read_bytes()


def write_release(course: Course, assignment_id: str) -> Path:
    """Build the release notebook into ``assignments/``. Raises BuildError, ManifestError or CourseError."""
    return write_file(course.release_notebook(assignment_id), build_release(course, assignment_id))


def stale_releases(course: Course, assignment_ids: Iterable[str]) -> list[str]:
    """The assignments whose committed release is missing or differs from what would be built now."""
    return [name for name in assignment_ids if _read(course.release_notebook(name)) != build_release(course, name)]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _serialise(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).rstrip("\n").encode() + b"\n"


def write_file(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all; one that is right already is left alone."""
    if _read(path) == data:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _generate(course: Course, root: Path, assignment_id: str) -> None:
    config = nbgrader_config(course, root=root)
    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True
    config.CourseDirectory.assignment_id = assignment_id
    said = _Said()
    log = logging.Logger("generate_assignment")
    log.addHandler(said)
    directory = CourseDirectory(config=config, log=log)
    try:
        GenerateAssignment(coursedir=directory, config=config, log=log).start()
    except NbGraderException as error:
        raise BuildError(f"nbgrader generate_assignment refuses {assignment_id}: {error}\n" + "\n".join(said.lines)) from error


class _Said(logging.Handler):
    """Keeps what nbgrader logs as errors, for the message."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

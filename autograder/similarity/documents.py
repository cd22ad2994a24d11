"""What is compared: students' own code, what they could have copied from, and what everybody was given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import nbformat

from autograder.build import build_source
from autograder.course import Course
from autograder.grade import own_code
from autograder.manifest import Assignment
from autograder.notebooks import UnreadableNotebook, read_notebook, restore
from autograder.proof import load_alternatives
from autograder.reading import BOUNDS, NotAFile, read_file
from autograder.similarity.compare import Document
from autograder.store import release_bytes
from autograder.submissions import Submitted, read_submitted

PAST_FILES = 20_000
_MARKERS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", re.M)


def submitted_code(course: Course, assignment: Assignment, submissions: Iterable[Submitted]) -> list[Document]:
    """The code of each submission that can be read, as the review sees it: solution cells and the helpers they use."""
    master = nbformat.reads(release_bytes(course, assignment.id).decode("utf-8"), as_version=4)
    documents = []
    for submitted in submissions:
        try:
            restored = restore(read_notebook(read_submitted(submitted.notebook)), master)
        except (UnreadableNotebook, OSError):
            continue  # its result says so
        documents.append(Document(submitted.student, "student", own_code(restored)))
    return documents


def past_submissions(course: Course, assignment: Assignment, folder: Path) -> list[Document]:
    """Every ``<id>.ipynb`` below a folder of past terms, named by its path there; what cannot be read is left out."""
    master = nbformat.reads(release_bytes(course, assignment.id).decode("utf-8"), as_version=4)
    documents = []
    for path in sorted(folder.rglob(f"{assignment.id}.ipynb"))[:PAST_FILES]:
        try:
            restored = restore(read_notebook(read_file(path, BOUNDS.bytes + 1)), master)
        except (UnreadableNotebook, NotAFile, OSError):
            continue
        parts = [part for part in path.relative_to(folder).parent.parts if part not in (assignment.id, "submitted", "autograded")]
        documents.append(Document("/".join(parts) or path.stem, "past", own_code(restored)))
    return documents


def answers(course: Course, assignment: Assignment) -> list[Document]:
    """The teaching solution, the alternatives and the reference implementation."""
    solution = {
        name: _MARKERS.sub("", cell.source)
        for cell in build_source(course, assignment).cells
        if cell.cell_type == "code" and (name := cell.metadata.get("nbgrader", {}).get("grade_id", "")).startswith("solution-")
    }
    documents = [Document("solution", "answer", solution)]
    documents += [Document(name, "answer", {name: text}) for name, text in load_alternatives(course.room(assignment.id)).items()]
    reference = _modules(course.root / "course_lib" / assignment.topic)
    return documents + ([Document("reference", "answer", reference)] if reference else [])


def given_code(course: Course, assignment: Assignment) -> list[dict[str, str]]:
    """What everybody has: the cells of the release and the kit's modules."""
    release = nbformat.reads(release_bytes(course, assignment.id).decode("utf-8"), as_version=4)
    return [
        {cell.get("id", str(number)): cell.source for number, cell in enumerate(release.cells) if cell.cell_type == "code"},
        _modules(course.root / "course_lib" / "kit"),
    ]


def _modules(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}

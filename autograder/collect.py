"""Submissions from any folder into the term, where nbgrader looks for them. Whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from autograder.archives import Refused, list_folder
from autograder.course import Course, CourseError
from autograder.evidence import evidence_files
from autograder.reading import BOUNDS
from autograder.submissions import TIMESTAMP, Submitted, read_submitted, read_timestamp, timestamp_text
from autograder.term import check_student

PACK = "pack"
PACK_FILES, PACK_BYTES = 2_000, 300_000_000


def collect(course: Course, assignment_id: str, submissions: Iterable[Submitted]) -> list[str]:
    """Copy submissions into ``term/submitted`` and return the students whose submission is new or other than before.

    Copied are the notebook, the ``pack`` beside it within bounds, nbgrader's timestamp; nothing else. A link or a folder in place of
    the notebook arrives as an empty file, which is graded as unreadable. A killed run leaves the old submission or the new one.

    Raises:
        CourseError: an id that cannot be a student's, or the same student twice. Nothing is copied then.
    """
    submissions = list(submissions)
    ids = [check_student(entry.student) for entry in submissions]
    if twice := sorted({student for student in ids if ids.count(student) > 1}):
        raise CourseError(f"There are two submissions of {', '.join(twice)}. Leave one of each.")
    return [entry.student for entry in submissions if _collect(course.submission_notebook(assignment_id, entry.student), entry)]


def _collect(destination: Path, submitted: Submitted) -> bool:
    folder = destination.parent
    _sweep(folder)
    if submitted.notebook.absolute() == destination.absolute():
        return False
    wanted = _contents(submitted.notebook, submitted.evidence, destination.name)
    if os.path.lexists(destination) and wanted == _contents(destination, folder / PACK, destination.name):
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    for relative, data in wanted.items():
        path = aside / "new" / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    if folder.exists():
        folder.rename(aside / "old")
    (aside / "new").rename(folder)
    shutil.rmtree(aside)
    return True


def _contents(notebook: Path, evidence: Path | None, name: str) -> dict[str, bytes]:
    found = submission_files(notebook, name) if evidence is not None else {name: read_submitted(notebook)}
    if (moment := read_timestamp(notebook.with_name(TIMESTAMP))) is not None:  # a wrong one would stop nbgrader for the whole class
        found[TIMESTAMP] = timestamp_text(moment).encode()
    return found


def submission_files(notebook: Path, name: str = "") -> dict[str, bytes]:
    """A submitted notebook and the whole ``pack`` beside it, by relative path: the evidence, and what staff may want to look at.

    Regular files only, within bounds that no honest pack reaches; whatever is beyond them is left out, evidence last.
    """
    found = {name or notebook.name: read_submitted(notebook)}
    pack = notebook.parent / PACK
    if pack.is_symlink() or not pack.is_dir():
        return found
    found |= {f"{PACK}/evidence/{relative}": data for relative, data in evidence_files(pack / "evidence").items()}
    total = 0
    for entry in list_folder(pack).entries[:PACK_FILES]:
        relative = f"{PACK}/{entry.path}"
        if relative in found:
            continue
        try:
            data = entry.read()
        except Refused:
            continue
        if len(data) > BOUNDS.bytes or total + len(data) > PACK_BYTES:
            continue
        total += len(data)
        found[relative] = data
    return found


def _sweep(folder: Path) -> None:
    """Put right what a killed run left: the old submission goes back if the new one did not take its place."""
    for aside in folder.parent.glob(f".{folder.name}-*"):
        if (aside / "old").is_dir() and not folder.exists():
            (aside / "old").rename(folder)
        shutil.rmtree(aside)

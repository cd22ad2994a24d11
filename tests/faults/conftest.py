"""A class of three in the tiny course, and the command that grades it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tinycourse

from autograder.build import write_release
from autograder.course import ROOT, Course, open_course
from autograder.gradebook import scores
from autograder.store import Store

ID = tinycourse.ID
CLASS = {
    "ahn": tinycourse.SOLUTIONS,
    "bae": tinycourse.SOLUTIONS | {"solution-double": "import os\nos._exit(1)"},
    "cho": {"solution-add": "def add(a: int, b: int) -> int:\n    return a - b"},
}


@dataclass(frozen=True)
class Class:
    """A course in a folder of its own with submissions that nobody has graded yet."""

    root: Path

    @property
    def course(self) -> Course:
        return open_course(self.root, self.root / "term")

    def command(self, *before: str) -> list[str]:
        grade = [sys.executable, "-W", "ignore", "-m", "autograder.cli", "--root", str(self.root), "grade", ID]
        return [*before, *grade, "--jobs", "2", "--yes", "--json", str(self.root / "out.json")]

    def start(self, *before: str, **environment: str) -> subprocess.Popen[str]:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        variables = {**os.environ, "PYTHONPATH": path, "COLUMNS": "300", **environment}
        return subprocess.Popen(self.command(*before), env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def grade(self, *before: str, **environment: str) -> tuple[int, str]:
        """The command's exit status, and everything that it said."""
        process = self.start(*before, **environment)
        said, _ = process.communicate(timeout=300)
        return process.returncode, said

    def grades(self) -> dict[str, dict[str, Any]]:
        """What stands in the gradebook, by student and item, without what a clock may change."""
        found = scores(self.course, self.course.assignment(ID))
        return {
            student: {item: (g.auto, g.extra_credit, g.needs_manual) for item, g in grades.items()} for student, grades in found.items()
        }

    def half_written(self) -> list[str]:
        """Files of the term that no reader could use."""
        term, bad = self.course.term, []
        for path in term.rglob("*"):
            if path.name.endswith(".part") or path.name.startswith(".new-"):
                bad.append(str(path))
            elif path.suffix in (".json", ".ipynb") and path.is_file():
                with contextlib.suppress(FileNotFoundError):
                    try:
                        json.loads(path.read_bytes())
                    except ValueError:
                        bad.append(str(path))
        store = Store(term / "store")
        return bad + [str(path) for path in (term / "store").rglob("*.json") if store.get(path.stem) is None]


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """The class before anything is graded, where any user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o755)
    course = tinycourse.make_course(folder / "course")
    write_release(course, ID)
    release = course.release_notebook(ID).read_bytes()
    for student, cells in CLASS.items():
        place = course.submission_notebook(ID, student)
        place.parent.mkdir(parents=True)
        place.write_bytes(tinycourse.filled_in(release, cells))
    assert course.secret  # made now, so that every copy draws the same inputs
    yield folder / "course"
    shutil.rmtree(folder)


@pytest.fixture
def ungraded(template: Path) -> Iterator[Class]:
    with _copied(template) as made:
        yield made


@pytest.fixture
def graded(undisturbed: Undisturbed) -> Iterator[Class]:
    """The class after it was graded once."""
    with _copied(undisturbed.root) as made:
        yield made


@contextlib.contextmanager
def _copied(template: Path) -> Iterator[Class]:
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o755)
    shutil.copytree(template, folder / "course")
    try:
        yield Class(folder / "course")
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Undisturbed:
    """The same class when nothing goes wrong: where it is, what it gets, and how long that takes."""

    root: Path
    grades: dict[str, dict[str, Any]]
    seconds: float


@pytest.fixture(scope="session")
def undisturbed(template: Path) -> Iterator[Undisturbed]:
    with _copied(template) as made:
        started = time.monotonic()
        status, said = made.grade()
        seconds = time.monotonic() - started
        assert status == 0, said
        yield Undisturbed(made.root, made.grades(), seconds)

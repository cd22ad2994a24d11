"""A tiny course whose release is committed, and ways to make submissions to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import tinycourse
from nbformat import NotebookNode

from autograder.build import write_release
from autograder.course import Course, open_course


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with its release, built once."""
    root = tmp_path_factory.mktemp("course")
    course = tinycourse.make_course(root)
    manifest = course.room(tinycourse.ID) / "assignment.yml"
    text = manifest.read_text(encoding="utf-8")
    assert "cell_seconds: 5" in text
    manifest.write_text(text.replace("cell_seconds: 5", "cell_seconds: 2"), encoding="utf-8")  # endless loops end sooner
    write_release(course, tinycourse.ID)
    return root


@pytest.fixture
def course(built: Path, tmp_path: Path) -> Course:
    """The tiny course in a folder of its own."""
    shutil.copytree(built, tmp_path / "course")
    return open_course(tmp_path / "course", tmp_path / "course" / "term")


@pytest.fixture(scope="session")
def release(built: Path) -> bytes:
    return open_course(built, built / "term").release_notebook(tinycourse.ID).read_bytes()


@pytest.fixture
def master(release: bytes) -> NotebookNode:
    return nbformat.reads(release.decode(), as_version=4)


@pytest.fixture
def solved(release: bytes) -> bytes:
    """Every solution cell is right, both essays are written."""
    return tinycourse.filled_in(release, tinycourse.SOLUTIONS)


@pytest.fixture
def edited(release: bytes) -> Callable[[Callable[[list[dict[str, Any]]], None]], bytes]:
    """``edited(change)``: the solved notebook after ``change(cells)``, with cells as JSON has them."""

    def apply(change: Callable[[list[dict[str, Any]]], None]) -> bytes:
        notebook = json.loads(tinycourse.filled_in(release, tinycourse.SOLUTIONS))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
        change(notebook["cells"])
        return json.dumps(notebook).encode()

    return apply


@pytest.fixture
def evidence_dir(tmp_path: Path) -> Path:
    """Evidence as ``pack`` writes it for the tiny assignment."""
    folder = tmp_path / "pack" / "evidence"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "counts.json").write_text(json.dumps(tinycourse.EVIDENCE))
    manifest = {"assignment": tinycourse.ID, "profile": "cpu", "seed": 0, "continued_from": [], "versions": {"python": "3.11.7"}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder

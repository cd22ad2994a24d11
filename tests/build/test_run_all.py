"""Run All on the notebook as handed out ends without an exception, in the environment that students have: the kit and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
import tinycourse
from nbclient import NotebookClient

from autograder.build import build_kit, build_release
from autograder.course import Course, open_course

COURSE = open_course()


def run_all(course: Course, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> nbformat.NotebookNode:
    kit = build_kit(course, name, folder / "kit")
    notebook = nbformat.reads(build_release(course, name).decode(), as_version=4)
    parameters = next(cell for cell in notebook.cells if cell.id == "parameters")
    parameters.source += '\nPROFILE = "smoke"'
    monkeypatch.setenv("PYTHONPATH", str(kit))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    (folder / "work").mkdir()
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder / "work")}}).execute()
    return notebook


def raised(notebook: nbformat.NotebookNode) -> list[str]:
    return [output.ename for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "error"]


@pytest.mark.smoke
def test_the_tiny_release(tiny_course, tmp_path_factory, monkeypatch):
    notebook = run_all(tiny_course, tinycourse.ID, tmp_path_factory.mktemp("student"), monkeypatch)
    assert raised(notebook) == []
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip())


@pytest.mark.smoke
@pytest.mark.parametrize("name", COURSE.assignment_ids())
def test_the_real_releases(name, tmp_path, monkeypatch):
    assert raised(run_all(COURSE, name, tmp_path, monkeypatch)) == []
    assert not [file for file in os.listdir(tmp_path / "work") if file.endswith(".py")]

"""A small kit, and short ways to run cells in a sandbox."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat import v4

from autograder.course import ROOT
from autograder.manifest import Limits
from autograder.sandbox.kernel import Kernel

SMALL = Limits(cell_seconds=8, total_seconds=40, memory_mb=256, processes=64, disk_mb=8, output_mb=2, open_files=256)


@pytest.fixture(scope="session")
def kit() -> Iterator[Path]:
    """The part of the kit that a kernel needs to answer requests, where any user can read it (pytest's own folders are closed)."""
    folder = Path(tempfile.mkdtemp(prefix="course-test-kit-"))
    folder.chmod(0o755)
    inner = folder / "course_lib" / "kit"
    inner.mkdir(parents=True)
    shutil.copy(ROOT / "course_lib" / "__init__.py", inner.parent)
    for name in ("__init__", "wire", "sealed", "remote"):
        shutil.copy(ROOT / "course_lib" / "kit" / f"{name}.py", inner)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def kernel(kit) -> Iterator[Callable[[str], str]]:
    """``kernel(source)`` runs a cell that must succeed, in one sandbox per module, and returns what it printed."""
    with Kernel(SMALL, kit) as running:

        def printed(source: str) -> str:
            run = running.execute(source, 20, 100_000)
            assert run.status == "ok", (run.error, run.cause, run.outputs)
            return "".join(output.get("text", "") for output in run.outputs).strip()

        printed.kernel = running
        yield printed


@pytest.fixture
def run(kit):
    """``run(cells, probe, …)`` runs a notebook; the result's ``status`` lists how its cells ended, the parameters' cell left out."""
    from autograder.sandbox.run import run_notebook

    def run(sources, probe=lambda _: None, *, sandbox=True, parameters=None, **limits):
        notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
        chosen = SMALL.model_copy(update=limits)
        execution = run_notebook(notebook, parameters=parameters or {}, kit=kit, limits=chosen, sandbox=sandbox, probe=probe)
        return SimpleNamespace(
            execution=execution,
            value=execution.value,
            cells=execution.cells[1:],
            status=[cell.status for cell in execution.cells[1:]],
            outputs=[cell.outputs for cell in execution.notebook.cells[1:]],
        )

    return run

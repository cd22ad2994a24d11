"""Run a notebook from the top in a fresh kernel of this very Python, on any system, without stopping at errors."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

SKIPPED = "skip-pack"  # the tag of cells that are for the open notebook only
COURSE = Path(__file__).resolve().parent.parent.parent  # the folder that holds course_lib


class NotebookProblem(ValueError):
    """The notebook cannot be used; the text is Korean and says what to do."""


@dataclass(frozen=True)
class CellRun:
    """How one code cell went. ``error`` is empty for a cell that ended well."""

    name: str
    number: int
    seconds: float
    error: str = ""


def find_notebook(path: str | None) -> Path:
    """The notebook that is meant: ``path``, or the only one in the working folder. Raises NotebookProblem."""
    if path:
        given = Path(path)
        if not given.is_file():
            raise NotebookProblem(f"{path}: 그런 노트북이 없습니다.")
        return given.resolve()
    found = sorted(Path.cwd().glob("*.ipynb"))
    if len(found) != 1:
        listed = ", ".join(each.name for each in found) or "없음"
        raise NotebookProblem(f"노트북을 하나 골라 주세요. 이 폴더의 노트북: {listed}. 예: python -m course_lib.kit pack 과제.ipynb")
    return found[0].resolve()


def read(path: Path) -> nbformat.NotebookNode:
    """Read a notebook. Raises NotebookProblem for a file that is none."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat lets through whatever its JSON and schema libraries raise
        raise NotebookProblem(f"{path.name}: 노트북 파일이 아니거나 깨졌습니다({type(error).__name__}).") from error


def cell_name(cell: Mapping[str, Any], number: int) -> str:
    """The cell's name in the course, or its place in the notebook."""
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or f"셀 {number}"


def execute(
    notebook: nbformat.NotebookNode,
    folder: Path,
    environment: Mapping[str, str],
    *,
    cell_seconds: float = 900,
    on_cell: Callable[[CellRun | str, int, int], None] = lambda *_: None,
) -> list[CellRun]:
    """Execute ``notebook`` in place, with ``folder`` as working folder.

    Args:
        environment: variables beside the present ones.
        on_cell: told of every code cell twice: its name before, its :class:`CellRun` after, with its number and their total.

    Returns:
        One entry per code cell that was run. After the kernel's death the list ends with the cell that killed it.
    """
    cells = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    place = {number: order for order, number in enumerate(cells, start=1)}
    runs: list[CellRun] = []
    began: dict[int, float] = {}

    def start(cell: Any, cell_index: int) -> None:
        if cell_index in place:
            began[cell_index] = time.perf_counter()
            on_cell(cell_name(cell, cell_index + 1), place[cell_index], len(cells))

    def end(cell: Any, cell_index: int, **_: Any) -> None:
        note(cell, cell_index, _error(cell))

    def note(cell: Any, cell_index: int, error: str) -> None:
        seconds = time.perf_counter() - began.pop(cell_index)
        runs.append(CellRun(cell_name(cell, cell_index + 1), cell_index, seconds, error))
        on_cell(runs[-1], place[cell_index], len(cells))

    if sys.platform == "win32":  # zmq needs a selector loop
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    client = NotebookClient(
        notebook,
        kernel_manager_class=_ThisPython,
        resources={"metadata": {"path": str(folder)}},
        timeout=cell_seconds,
        interrupt_on_timeout=True,
        allow_errors=True,
        skip_cells_with_tag=SKIPPED,
        on_cell_execute=start,
        on_cell_executed=end,
    )
    path = os.pathsep.join(filter(None, [str(COURSE), os.environ.get("PYTHONPATH")]))
    try:
        client.execute(env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", **environment})
    except DeadKernelError:
        for number in list(began):
            note(notebook.cells[number], number, "커널이 죽었습니다(메모리 부족이거나 프로세스를 끝내는 코드)")
    return runs


class _ThisPython(AsyncKernelManager):
    """A kernel of the running interpreter, whatever kernels are registered under which names."""

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
        return KernelSpec(argv=argv, display_name="Python", language="python")


def _error(cell: Any) -> str:
    for output in cell.outputs:
        if output.output_type == "error":
            if output.ename == "KeyboardInterrupt":
                return "너무 오래 걸려서 멈추었습니다"
            return f"{output.ename}: {str(output.evalue).splitlines()[0] if output.evalue else ''}".rstrip(": ")[:300]
    return ""

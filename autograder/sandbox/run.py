"""Run a submitted notebook behind walls, and ask it things while its kernel lives: what grading does with student code."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import papermill
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.parameterize import parameterize_notebook

from autograder.manifest import Limits
from autograder.result import CellResult
from autograder.sandbox.engine import SandboxEngine
from autograder.sandbox.kernelspec import NAME
from autograder.sandbox.requirements import bubblewrap
from autograder.sandbox.selftest import require_walls
from autograder.sandbox.session import Session
from autograder.submission import SandboxSubmission
from course_lib.kit.binding import Submission

T = TypeVar("T")

NO_SANDBOX = "NONE: student code ran unprotected (--unsafe-no-sandbox)"

papermill_engines.register(NAME, SandboxEngine)  # also where the package is not installed, so that no entry point exists
logging.getLogger("papermill").setLevel(logging.ERROR)  # a submission without a cell for parameters is not worth a line


@dataclass(frozen=True)
class Execution(Generic[T]):
    """What running a notebook gave.

    Attributes:
        notebook: the executed notebook: parameters inserted, outputs bounded.
        cells: how every code cell ended; ``index`` counts the cells of ``notebook``.
        value: what ``probe`` returned.
        sandbox: what the code was walled off by.
    """

    notebook: NotebookNode
    cells: tuple[CellResult, ...]
    value: T
    sandbox: str


def run_notebook(
    notebook: NotebookNode,
    *,
    parameters: dict[str, Any],
    kit: Path | None,
    limits: Limits,
    sandbox: bool,
    probe: Callable[[Submission], T],
) -> Execution[T]:
    """Run every code cell, then ``probe(submission)`` with the kernel alive.

    Errors in cells are results. A cell that takes too long is interrupted, then killed; after a kernel's death the notebook is run
    again without the cells that ended it or timed out, so that one bad cell costs only what depends on it.

    Args:
        notebook: is not changed.
        parameters: papermill's, inserted after the cell tagged ``parameters``.
        kit: the folder that student code may import from; nothing else of the course is visible to it.
        sandbox: False runs the code unprotected, and says so in the result.

    Raises:
        SandboxUnavailable: the walls cannot be built on this machine, or one of them does not stand.
        SandboxFault: the sandbox broke for a reason of its own.
    """
    if sandbox:
        require_walls()
    prepared = parameterize_notebook(_for_papermill(notebook), parameters, kernel_name=NAME, language="python", engine_name=NAME)
    with Session(limits, kit, walls=sandbox) as session:
        executed = papermill_engines.execute_notebook_with_engine(
            NAME, prepared, NAME, progress_bar=False, autosave_cell_every=0, session=session
        )
        value = probe(SandboxSubmission(session))
        described = f"bubblewrap {bubblewrap()[1]}" if sandbox else NO_SANDBOX
        return Execution(executed, session.results(), value, described)


def _for_papermill(notebook: NotebookNode) -> NotebookNode:
    """A copy with the metadata that papermill expects, whatever the submission has in its place."""
    prepared = copy.deepcopy(notebook)
    version = papermill.__version__
    prepared.metadata["papermill"] = {"default_parameters": {}, "parameters": {}, "environment_variables": {}, "version": version}
    for cell in prepared.cells:
        tags = cell.metadata.get("tags")
        cell.metadata["tags"] = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return prepared

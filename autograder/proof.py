"""Proof that an assignment's checks are right: they pass what is right and fail what is wrong.

A room holds *mutants* (wrong replacements of contract names, each with the items it loses and the message it is recognised by) and
*alternatives* (correct solutions by other means). Both are
run against the hidden checks in this process, without a kernel; :mod:`autograder.mutation` adds mutants made from the solution itself.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import runpy
import signal
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.manifest import Assignment
from autograder.result import ItemResult
from autograder.roomfiles import hidden_checks, mutant_files
from autograder.scoring import lost_points, score_items
from course_lib.kit.binding import NotebookSubmission, TimedOut
from course_lib.kit.checking import run_checks
from course_lib.kit.remote import STUDENT_CELL, Stop

PATIENCE = 12.0  # seconds of work, not of waiting, for one call into a mutant; a slow right solution needs four on a busy machine


@dataclass(frozen=True)
class Mutant:
    """A plausible wrong solution.

    Attributes:
        misconception: what its author believes, in Korean.
        source: Python that runs after the solution cells and replaces contract names.
        loses: automatic items that must lose points.
        message: part of the message by which the mistake is recognised, in a check of one of those items.
    """

    name: str
    misconception: str
    source: str
    loses: tuple[str, ...]
    message: str = ""


@dataclass(frozen=True)
class Cell:
    """A code cell as a proof runs it."""

    name: str
    source: str

    @property
    def is_solution(self) -> bool:
        return self.name.startswith("solution-")


def load_mutants(room: Path) -> list[Mutant]:
    """``MUTANTS`` of every file of mutants; none without a file."""
    return [mutant for path in mutant_files(room) for mutant in runpy.run_path(str(path))["MUTANTS"]]


def load_equivalents(room: Path) -> dict[str, str]:
    """``EQUIVALENT`` of the same files: generated mutants that change nothing a check may look at, and why."""
    return {name: why for path in mutant_files(room) for name, why in runpy.run_path(str(path)).get("EQUIVALENT", {}).items()}


def load_alternatives(room: Path) -> dict[str, str]:
    """Source text of the correct solutions by other means, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((room / "alternatives").glob("*.py"))}


# -- a namespace without a kernel -------------------------------------------------------------------------------------


def definitions(notebook: NotebookNode) -> list[Cell]:
    """What defines names: parameters and solution cells whole, of given cells the imports, definitions and assignments.

    Given cells also run experiments and draw; those parts stand under ``with`` or are bare calls, and are left out.
    """
    cells = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.startswith("solution-") or "parameters" in cell.metadata.get("tags", []):
            cells.append(Cell(name or "parameters", cell.source))
        elif name.startswith("given-"):
            kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
            body = [node for node in ast.parse(cell.source).body if isinstance(node, kept)]
            cells.append(Cell(name, "\n".join(map(ast.unparse, body))))
    return cells


def namespace_of(cells: Iterable[Cell], *extra: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Run cells, then ``extra`` sources, in a fresh namespace, and keep what they print to ourselves.

    Args:
        parameters: values that replace those of the parameters cell, as papermill would set them.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}  # as in a kernel
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in cells:
            _execute(cell.source, cell.name, namespace)
            if cell.name == "parameters":
                namespace.update(parameters or {})
        for number, source in enumerate(extra, 1):
            _execute(source, f"extra-{number}", namespace)
    return namespace


def _execute(source: str, name: str, namespace: dict[str, Any]) -> None:
    filename = f"{STUDENT_CELL}-{name}>"  # so that messages quote the line, as they do in a kernel
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec", dont_inherit=True), namespace)


def sources_of(cells: Iterable[Cell]) -> dict[str, str]:
    """The solution cells' text, as the static review reads it."""
    return {cell.name: cell.source for cell in cells if cell.is_solution}


# -- running the checks -----------------------------------------------------------------------------------------------


class ImpatientSubmission(NotebookSubmission):
    """Gives a mutant little time, and none after it ran into an endless loop once."""

    patience = PATIENCE
    stuck = False

    def _exchange(self, request: str, timeout: float) -> str:
        if self.stuck:
            raise TimedOut("앞의 호출이 끝나지 않았습니다.")
        seconds = min(timeout, self.patience)
        try:
            with _work_limit(seconds):
                return super()._exchange(request, timeout)
        except (TimedOut, Stop):
            self.stuck = True
            raise TimedOut(f"{seconds:g}초 안에 끝나지 않았습니다. 끝나지 않는 반복이 있는지 보세요.") from None


@contextlib.contextmanager
def _work_limit(seconds: float) -> Iterator[None]:
    """Interrupt after so much of the processor's time, which a busy machine does not shorten."""

    def ring(*_: object) -> None:
        raise Stop

    previous = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def grade_namespace(
    room: Path,
    assignment: Assignment,
    submission: NotebookSubmission,
    *,
    fixtures: Mapping[str, Any] | None = None,
    items: Collection[str] | None = None,
    secret: bytes = b"proof",
    forbidden: Mapping[str, str] | None = None,
) -> dict[str, ItemResult]:
    """Both passes of the hidden checks on a namespace, scored as a submission is; results by item id.

    Args:
        items: only these items; all by default.
    """
    common: dict[str, Any] = {"assignment": assignment.id, "secret": secret, "fixtures": fixtures}
    checks = hidden_checks(room)
    first = run_checks(naming(items, checks), submission, items=items, **common)
    again = lost_points(assignment, first)
    second = run_checks(naming(again, checks), submission, items=again, use_reference=True, **common) if again else []
    results = score_items(assignment, first, second, forbidden=forbidden)
    return {result.id: result for result in results if items is None or result.id in items}


def naming(items: Collection[str] | None, files: Sequence[Path]) -> Sequence[Path]:
    """The files that name one of the items, as their checks' markers do: collecting the others takes longer than most checks."""
    texts = {file: file.read_text(encoding="utf-8") for file in files if file.is_file()} if items else {}
    return [file for file, text in texts.items() if any(f'"{item}"' in text for item in items or ())] or files


def lost(results: Mapping[str, ItemResult]) -> dict[str, ItemResult]:
    """The items that lost points, by id."""
    return {name: result for name, result in results.items() if result.score < result.max_score}


def messages(results: Mapping[str, ItemResult]) -> list[str]:
    """What the failed checks of some results say, each with the misconception's name before it."""
    checks = [check for result in results.values() for check in result.checks if not check.passed]
    return [f"{check.misconception or ''}: {check.message}" for check in checks]

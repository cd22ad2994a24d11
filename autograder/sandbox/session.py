"""One notebook in one kernel after another: run its cells, and bring the kernel back without those that ended it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nbformat import NotebookNode

from autograder.manifest import Limits
from autograder.result import CellResult
from autograder.sandbox.kernel import CellRun, Kernel
from autograder.sandbox.outputs import note

if TYPE_CHECKING:
    from papermill.engines import NotebookExecutionManager

_RESTARTS = 8  # while the notebook runs; then the rest of it is skipped
_REVIVALS = 3  # while it is probed

_KILLED = {
    "memory": "메모리를 {memory_mb:,}MB보다 많이 써서 실행을 중단했습니다.",
    "processes": "프로세스와 스레드를 {processes}개보다 많이 만들어 실행을 중단했습니다.",
    "disk": "파일을 너무 많이 만들어 실행을 중단했습니다.",
    "output": "출력이 {output_mb:g}MB를 넘어 실행을 중단했습니다.",
    "exit": "셀이 커널을 끝냈습니다(exit, quit).",
    "": "셀을 실행하는 동안 커널이 꺼졌습니다.",
}
_TIMED_OUT = "{cell_seconds:g}초 안에 끝나지 않아 실행을 중단했습니다. 끝나지 않는 반복이 있는지 보세요."
_TIME_USED_UP = "노트북 전체에 주어진 {total_seconds:g}초를 이 셀에서 다 써서 실행을 중단했습니다."
_NO_TIME = "노트북 전체에 주어진 {total_seconds:g}초를 다 써서 실행하지 않았습니다."
_GIVEN_UP = "커널이 거듭 꺼져 실행하지 않았습니다."


@dataclass
class _Cell:
    """A code cell and what became of it."""

    index: int
    node: NotebookNode
    status: Literal["ok", "error", "timeout", "killed", "skipped"] = "skipped"
    seconds: float = 0.0
    error: str = ""

    @property
    def runs_again(self) -> bool:
        return self.status in ("ok", "error")


class Exhausted(Exception):
    """The kernel has been brought back as often as it may be."""


class Session:
    """The kernel of one submission. Use as a context manager.

    Attributes:
        cells: the code cells of the notebook that was run.
        kernel: the running kernel, or ``None``.
    """

    def __init__(self, limits: Limits, kit: Path | None, *, walls: bool = True) -> None:
        self.limits, self.kit, self.walls = limits, kit, walls
        self.cells: list[_Cell] = []
        self.kernel: Kernel | None = None
        self._revivals = 0
        self._left = 0.0  # seconds that cells may still take; starting kernels is not the student's time

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()

    def results(self) -> tuple[CellResult, ...]:
        return tuple(
            CellResult(
                index=cell.index,
                grade_id=(cell.node.metadata.get("nbgrader") or {}).get("grade_id"),
                status=cell.status,
                seconds=round(cell.seconds, 3),
                error=cell.error,
            )
            for cell in self.cells
        )

    # -- the notebook ---------------------------------------------------------------------------------------------

    def run(self, manager: NotebookExecutionManager) -> None:
        """Run the notebook's code cells in order; afterwards ``kernel`` is alive and holds what they made."""
        self.cells = [_Cell(index, node) for index, node in enumerate(manager.nb.cells) if node.cell_type == "code"]
        self._left = self.limits.total_seconds
        room, restarts = int(self.limits.output_mb * 1_000_000), 0
        self._start()
        for position, cell in enumerate(self.cells):
            if not self.kernel:
                restarts += 1
                if restarts <= _RESTARTS:
                    self._restore(self.cells[:position])
            if not self.kernel:
                self._skip(cell, _GIVEN_UP if restarts > _RESTARTS else _NO_TIME)
            elif self._left <= 0:
                self._skip(cell, _NO_TIME)
            else:
                manager.cell_start(cell.node, cell.index)
                run = self._run(cell, room)
                room = max(0, room - self._keep(cell, run))
                if cell.status != "ok":
                    manager.cell_exception(cell.node, cell_index=cell.index)
                manager.cell_complete(cell.node, cell_index=cell.index)
        if not self.kernel:
            self._left = self.limits.total_seconds
            self._restore(self.cells)

    def _run(self, cell: _Cell, room: int, patience: float = 1.0) -> CellRun:
        """Run one cell and note its end; ``self.kernel`` is ``None`` when it did not survive."""
        own = self.limits.cell_seconds * patience
        seconds, message = (own, _TIMED_OUT) if own <= self._left else (self._left, _TIME_USED_UP)
        run = self.kernel.execute(cell.node.source, seconds, room)
        self._left -= run.seconds
        cell.status, cell.seconds, cell.error = run.status, run.seconds, run.error
        if run.status == "timeout":
            cell.error = message.format(**self.limits.model_dump())
        elif run.status == "killed":
            cell.error = _KILLED.get(run.cause, _KILLED[""]).format(**self.limits.model_dump())
        if run.dead:
            self.drop()
        return run

    def _keep(self, cell: _Cell, run: CellRun) -> int:
        """Write a run's outputs into the notebook and return how much room they took."""
        cell.node.outputs = run.outputs
        cell.node.execution_count = run.execution_count
        if cell.status in ("timeout", "killed"):
            cell.node.outputs.append(note(cell.error))
        return sum(len(str(output)) for output in run.outputs)

    def _skip(self, cell: _Cell, why: str) -> None:
        cell.status, cell.error = "skipped", why.format(**self.limits.model_dump())
        cell.node.outputs, cell.node.execution_count = [note(cell.error)], None

    def _restore(self, cells: list[_Cell]) -> None:
        """Start a new kernel and run again what ran before; a cell that ends this one, too, is left out of the next.

        ``self.kernel`` is ``None`` when the time did not suffice.
        """
        while self._left > 0:
            self._start()
            for cell in [cell for cell in cells if cell.runs_again]:
                before = cell.status, cell.seconds, cell.error
                run = self._run(cell, room=0, patience=2.0)
                if run.status in ("timeout", "killed"):
                    cell.node.outputs.append(note(cell.error))
                else:
                    cell.status, cell.seconds, cell.error = before
                if not self.kernel or self._left <= 0:
                    break
            else:
                return
        self.drop()

    # -- the kernel -----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.kernel = Kernel(self.limits, self.kit, walls=self.walls)

    def revived(self, seconds: float) -> Kernel:
        """The running kernel, brought back if need be, which may take ``seconds``.

        Raises:
            Exhausted: that has happened too often, or takes too long.
        """
        if self.kernel is not None and not self.kernel.alive:
            self.drop()
        if self.kernel is None:
            self._revivals += 1
            if self._revivals > _REVIVALS:
                raise Exhausted
            self._left = seconds
            self._restore(self.cells)
        if self.kernel is None:
            raise Exhausted
        return self.kernel

    def drop(self) -> None:
        """End the kernel, if there is one."""
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None

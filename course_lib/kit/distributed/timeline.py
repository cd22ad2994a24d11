"""When each stage of a pipeline works on what, and its drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Task(NamedTuple):
    """One piece of work: the forward (``"F"``) or backward (``"B"``) pass of a micro-batch on a stage, from ``start`` to ``end``."""

    stage: int
    kind: str
    microbatch: int
    start: float
    end: float


@dataclass(frozen=True)
class Timeline:
    """A schedule that was run.

    Attributes:
        tasks: every piece of work.
        makespan: when the last one ends.
        bubble_fraction: idle time of all stages / (stages · makespan).
        peak_inflight: for each stage, the most micro-batches at once whose forward pass has begun and whose backward pass has not ended.
    """

    tasks: list[Task]
    makespan: float
    bubble_fraction: float
    peak_inflight: list[int]


def draw_timeline(axes: Any, tasks: Sequence[Task], title: str = "") -> None:
    """A Gantt chart of ``tasks`` on matplotlib axes: a row for each stage, forward blue, backward orange, numbers of micro-batches."""
    from course_lib.kit.plots import COLOURS

    colours = {"F": COLOURS["blue"], "B": COLOURS["orange"]}
    names = {"F": "순전파", "B": "역전파"}
    for stage, kind, microbatch, start, end in tasks:
        axes.barh(stage, end - start, left=start, height=0.9, color=colours[kind], edgecolor="white", linewidth=1)
        axes.text((start + end) / 2, stage, str(microbatch), ha="center", va="center", color="white", fontsize=9)
    for kind, colour in colours.items():
        axes.barh(0, 0, color=colour, label=names[kind])
    axes.set(xlabel="시간", ylabel="스테이지", title=title, yticks=sorted({task.stage for task in tasks}))
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.legend(loc="lower right", fontsize=9)  # the last stage is the first to be done

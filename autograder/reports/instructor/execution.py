"""How notebooks ran: slow cells, cells that did not come to their end, files that could not be read, differences from the release."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass

from autograder.reports.instructor.cohort import Cohort
from autograder.reports.situation import CELL_TITLES

SLOWEST = 12
_QUOTED = re.compile(r"\(.*\)", re.S)


@dataclass(frozen=True)
class SlowCell:
    """A cell by its slowest run. ``typical`` is the class's median; all in seconds."""

    name: str
    typical: float
    slowest: float
    students: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class StoppedCell:
    """A cell that ended in one way for several students; ``error`` is the first one's."""

    name: str
    status: str
    title: str
    error: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Trace:
    """One kind of difference from the release. ``details``: student and what was found."""

    kind: str
    cell: str
    details: tuple[tuple[str, str], ...]


def slow_cells(cohort: Cohort) -> list[SlowCell]:
    """Cells whose slowest run took longest."""
    seconds: dict[str, list[tuple[float, str]]] = {}
    for student in cohort.decided:
        for cell in cohort.results[student].cells:
            if cell.status != "skipped":
                seconds.setdefault(cell.grade_id or f"{cell.index + 1}번째 셀", []).append((cell.seconds, student))
    made = []
    for name, runs in seconds.items():
        ordered = sorted(runs, key=lambda run: (-run[0], run[1]))
        slowest = tuple((student, value) for value, student in ordered[:5])
        made.append(SlowCell(name, statistics.median(value for value, _ in runs), ordered[0][0], slowest))
    return sorted(made, key=lambda cell: (-cell.slowest, cell.name))[:SLOWEST]


def stopped_cells(cohort: Cohort) -> list[StoppedCell]:
    """Cells that did not come to their end: killed and hung ones first, then by the number of students."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for student in cohort.decided:
        for cell in cohort.results[student].cells:
            if cell.status != "ok":
                name = cell.grade_id or f"{cell.index + 1}번째 셀"
                groups.setdefault((cell.status, name), []).append((student, cell.error))
    order = {"killed": 0, "timeout": 1, "error": 2, "skipped": 3}
    made = [
        StoppedCell(name, status, CELL_TITLES[status], group[0][1], tuple(student for student, _ in group))
        for (status, name), group in groups.items()
    ]
    return sorted(made, key=lambda cell: (order[cell.status], -len(cell.students), cell.name))


def traces(cohort: Cohort) -> list[Trace]:
    """Differences from the release, by kind and cell."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for student in sorted(cohort.results):
        for finding in cohort.results[student].tampering:
            groups.setdefault((_QUOTED.sub("", finding.what).replace(" .", "."), finding.cell), []).append((student, finding.what))
    made = [Trace(kind, cell, tuple(details)) for (kind, cell), details in groups.items()]
    return sorted(made, key=lambda trace: (-len(trace.details), trace.kind, trace.cell))


def by_status(cohort: Cohort, status: str) -> list[tuple[str, str]]:
    """Students whose result has ``status``, with the reason."""
    return [(student, result.reason) for student, result in sorted(cohort.results.items()) if result.status == status]


def without_walls(cohort: Cohort) -> list[str]:
    """Students whose code ran outside the sandbox, as their results say."""
    return [student for student, result in sorted(cohort.results.items()) if result.sandbox.startswith("NONE")]

"""One assignment's class as the pages need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from autograder.history import Run
from autograder.manifest import DIMENSIONS, Assignment
from autograder.result import Result
from autograder.similarity import Similar
from autograder.standing import ItemStanding, Standing

UNDECIDED = ("unreadable", "grader_fault")


@dataclass(frozen=True)
class Marks:
    """How many answers of one item each grader has marked."""

    item: str
    by_grader: Mapping[str, int]


@dataclass(frozen=True)
class Cohort:
    """Results and standings of one assignment.

    Attributes:
        results, standings: by student.
        names: from the roster; students without a name are called by their id.
        absent: students of the roster without a submission.
        links: relative address of a student's own page, where one was written.
        similar: near copies; ``None`` where code was not compared.
        marks: what people have marked, by item.
        runs: recorded runs, the oldest first.
    """

    assignment: Assignment
    results: Mapping[str, Result]
    standings: Mapping[str, Standing]
    made: datetime
    names: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    similar: Similar | None = None
    marks: tuple[Marks, ...] = ()
    runs: Sequence[Run] = ()

    @cached_property
    def decided(self) -> list[str]:
        """Students whose notebook could be read and graded, sorted."""
        return sorted(student for student, result in self.results.items() if result.status not in UNDECIDED)

    @cached_property
    def totals(self) -> list[float]:
        """Totals of the decided, in their order."""
        return [self.standings[student].total for student in self.decided]

    @cached_property
    def waiting(self) -> dict[str, list[str]]:
        """Students whose answer to an item waits for a person, by item in the manifest's order."""
        found: dict[str, list[str]] = {name: [] for name in self.assignment.by_id}
        for student in sorted(self.standings):
            for item in self.standings[student].items:
                if item.waiting and item.id in found:
                    found[item.id].append(student)
        return {name: students for name, students in found.items() if students}

    def shares(self, dimension: str) -> list[float]:
        """Earned parts of a dimension's points, from 0 to 1, of the decided."""
        scores = [
            self.standings[student].dimensions[dimension] for student in self.decided if dimension in self.standings[student].dimensions
        ]
        return [entry.score / entry.max_score for entry in scores if entry.max_score]

    def item(self, student: str, name: str) -> ItemStanding | None:
        return self._items[student].get(name)

    @cached_property
    def _items(self) -> dict[str, dict[str, ItemStanding]]:
        return {student: {item.id: item for item in standing.items} for student, standing in self.standings.items()}


def dimension_maximum(assignment: Assignment) -> dict[str, float]:
    return {name: float(assignment.maximum(name)) for name in DIMENSIONS}

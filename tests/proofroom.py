"""An assignment as proofs of its checks need it: its cells, evidence that its solution makes, and grading in process."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.evidence import Evidence
from autograder.manifest import Assignment
from autograder.mutation import generated_mutants
from autograder.proof import Cell, ImpatientSubmission, Mutant, grade_namespace, load_mutants, namespace_of, sources_of
from autograder.result import ItemResult
from autograder.review import Review, review_sources

STUDENT = "2026-001"
EACH = 3  # mutants of an item whose small input the normal run looks for; the full run takes all


@dataclass(frozen=True)
class Room:
    """One assignment under proof."""

    course: Course
    assignment: Assignment
    path: Path
    cells: tuple[Cell, ...]
    evidence: Evidence
    parameters: dict[str, Any] = field(default_factory=dict)

    def namespace(self, cells: Iterable[Cell] | None = None, *extra: str) -> dict[str, Any]:
        """What the cells and the sources after them define, with the room's parameters."""
        return namespace_of(self.cells if cells is None else cells, *extra, parameters=self.parameters)

    def automatic(self, *dimensions: str) -> list[str]:
        return [
            item.id
            for item in self.assignment.by_id.values()
            if not item.manual and (not dimensions or getattr(item, "dimension", "bonus") in dimensions)
        ]

    def grade(
        self,
        cells: Iterable[Cell] | None = None,
        *extra: str,
        items: Collection[str] | None = None,
        evidence: Evidence | None = None,
        student: str = STUDENT,
        sources: dict[str, str] | None = None,
        secret: bytes = b"proof",
    ) -> dict[str, ItemResult]:
        """Both passes on the cells and what runs after them; automatic items only."""
        cells = list(self.cells if cells is None else cells)
        sources = sources_of(cells) if sources is None else sources
        submission = ImpatientSubmission(self.namespace(cells, *extra), student, sources)
        fixtures = {"evidence": self.evidence if evidence is None else evidence, "review": _reviewed(tuple(sources.items()))}
        wanted = self.automatic() if items is None else list(items)
        return grade_namespace(self.path, self.assignment, submission, fixtures=fixtures, items=wanted, secret=secret)


def kept_evidence(assignment_id: str) -> Evidence:
    """What a run of the teaching solution kept in the cpu profile, from ``tests/proof/<week and number>_evidence.json``.

    A full run of the notebook makes it anew: ``python -m course_lib.kit pack``.
    """
    path = Path(__file__).parent / "proof" / f"{assignment_id.partition('_')[0]}_evidence.json"
    return Evidence(**json.loads(path.read_text(encoding="utf-8")), present=True)


@functools.lru_cache(maxsize=8)
def _reviewed(sources: tuple[tuple[str, str], ...]) -> Review:
    """Mutants leave the cells as they are, and reviewing those takes longer than the checks of most items."""
    return review_sources(dict(sources))


def verdicts(room: Room, cell: str) -> Callable[[Mutant], dict[str, ItemResult]]:
    """The results of a mutant for the items that it declares, each computed once.

    Args:
        cell: whose text a mutant of quality stands in for.
    """

    @functools.cache
    def grade(mutant: Mutant) -> dict[str, ItemResult]:
        sources = {cell: mutant.source} if "quality-static" in mutant.loses else None
        return room.grade(None, mutant.source, items=mutant.loses, sources=sources)

    return grade


def generated(
    room: Room, equivalents: Collection[str], survives: Callable[[Room, str, Sequence[Cell]], bool], *unchanged: str
) -> list[tuple[str, Sequence[Cell]]]:
    """Mutants of what students write for automatic items, by name, without those listed as equivalent.

    Args:
        survives: whether cells under a mutant's name keep every point.
        unchanged: beginnings of names by which ``survives`` looks at other items; under each the solution itself has to keep its points.
    """
    every = generated_mutants(room.cells)
    unknown = set(equivalents) - {name for name, _ in every}
    assert not unknown, f"listed as equivalent, but no longer generated: {unknown}"
    for name in ("", *unchanged):
        assert survives(room, name, room.cells), f"the solution itself loses points here ({name!r}), so deaths would prove nothing"
    return [(name, cells) for name, cells in every if name not in equivalents]


def explained_mutants(room: Path, prefixes: tuple[str, ...]) -> Iterator[object]:
    """Every mutant of an item that is explained, by name; those after the first of each item belong to the full run."""
    seen: Counter[str] = Counter()
    for mutant in load_mutants(room):
        items = [item for item in mutant.loses if item.startswith(prefixes)]
        if items:
            seen[items[0]] += 1
            yield pytest.param(mutant, id=mutant.name, marks=[pytest.mark.full] if seen[items[0]] > EACH else [])


def with_person(cells: Iterable[Cell], notebook: NotebookNode) -> tuple[Cell, ...]:
    """Cells of the objectives notebook with the free one that moves the student to the island, where given cells look for it."""
    cells = list(cells)
    (person,) = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.source.startswith("ME = ")]
    place = next(number for number, cell in enumerate(cells) if cell.name == "given-setup")
    return (*cells[: place + 1], Cell("free-me", person), *cells[place + 1 :])

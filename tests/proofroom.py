"""An assignment as proofs of its checks need it: its cells, evidence that its solution makes, and grading in process."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.course import Course
from autograder.evidence import Evidence
from autograder.manifest import Assignment
from autograder.proof import Cell, ImpatientSubmission, grade_namespace, namespace_of, sources_of
from autograder.result import ItemResult
from autograder.review import review_sources

STUDENT = "2026-001"


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
        fixtures = {"evidence": self.evidence if evidence is None else evidence, "review": review_sources(sources)}
        wanted = self.automatic() if items is None else list(items)
        return grade_namespace(self.path, self.assignment, submission, fixtures=fixtures, items=wanted, secret=secret)


def with_person(cells: Iterable[Cell], notebook: NotebookNode) -> tuple[Cell, ...]:
    """Cells of the objectives notebook with the free one that moves the student to the island, where given cells look for it."""
    cells = list(cells)
    (person,) = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.source.startswith("ME = ")]
    place = next(number for number, cell in enumerate(cells) if cell.name == "given-setup")
    return (*cells[: place + 1], Cell("free-me", person), *cells[place + 1 :])

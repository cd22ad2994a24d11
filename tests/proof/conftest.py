"""The tokenizer assignment as the proofs need it: its cells, the evidence that its solution makes, and grading in process."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.build import build_source
from autograder.course import Course, open_course
from autograder.evidence import Evidence
from autograder.manifest import Assignment
from autograder.proof import Cell, ImpatientSubmission, definitions, grade_namespace, namespace_of, sources_of
from autograder.result import ItemResult
from autograder.review import review_sources
from course_lib.kit import corpora
from course_lib.tokenizers.learner import learn_merges

ID = "w09a1_tokenizers"
STUDENT = "2026-001"


@dataclass(frozen=True)
class Room:
    """One assignment under proof."""

    course: Course
    assignment: Assignment
    path: Path
    cells: tuple[Cell, ...]
    evidence: Evidence

    def automatic(self, *dimensions: str) -> list[str]:
        return [item.id for item in self.assignment.items if not item.manual and (not dimensions or item.dimension in dimensions)]

    def grade(
        self,
        cells: Iterable[Cell] | None = None,
        *extra: str,
        items: Collection[str] | None = None,
        evidence: Evidence | None = None,
        student: str = STUDENT,
        sources: dict[str, str] | None = None,
    ) -> dict[str, ItemResult]:
        """Both passes on the cells and what runs after them; automatic items only."""
        cells = list(self.cells if cells is None else cells)
        sources = sources_of(cells) if sources is None else sources
        submission = ImpatientSubmission(namespace_of(cells, *extra), student, sources)
        fixtures = {"evidence": self.evidence if evidence is None else evidence, "review": review_sources(sources)}
        wanted = self.automatic() if items is None else list(items)
        return grade_namespace(self.path, self.assignment, submission, fixtures=fixtures, items=wanted)


def measured(namespace: dict[str, Any]) -> Evidence:
    """The table and the conclusions that the notebook's given cells would keep in the namespace's profile."""
    rows = []
    for language in ("ko", "en"):
        test = corpora.lines(language, min(namespace["KILOBYTES"]) * 1_000, namespace["SEED"] + 1)
        for kilobytes in namespace["KILOBYTES"]:
            train = corpora.lines(language, kilobytes * 1_000, namespace["SEED"])
            setting = {"language": language, "kilobytes": kilobytes, "seed": namespace["SEED"], "characters": sum(map(len, test))}
            rows += [{**setting, **row} for row in namespace["vocab_rows"](train, test, namespace["SIZES"])]
    return Evidence(tables={"vocab": rows}, conclusions=namespace["conclusions"](rows), profile=namespace["PROFILE"], present=True)


@pytest.fixture(scope="session")
def measure():
    return measured


@pytest.fixture(scope="session")
def room() -> Room:
    course = open_course()
    assignment = course.assignment(ID)
    cells = tuple(definitions(build_source(course, assignment)))
    fast = namespace_of(cells, parameters={"PROFILE": "cpu"})
    fast["learn_merges"] = learn_merges  # the reference's: equal, as a test shows, and ten times faster
    return Room(course, assignment, course.room(ID), cells, measured(fast))

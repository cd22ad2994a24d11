"""A grader's desk: results and submissions of the tiny course, so that no kernel has to start. Fixtures for a conftest to import."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbgrader.api
import pytest
import tinycourse

from autograder import store
from autograder.build import write_release
from autograder.course import Course, open_course
from autograder.gradebook import scores
from autograder.manifest import Assignment
from autograder.recording import record
from autograder.result import Result
from autograder.scoring import total, without_score
from autograder.store import Store, submission_key
from autograder.submissions import read_submitted
from autograder.term import evidence_folder

CODE = "the grader's code"
FULL = {"add": 1.5, "double": 1.4, "total": 1.1, "theory-count": 2.0, "exp-table": 1.0, "quality-style": 1.0, "bonus-triple": 2.0}
ANSWERED = ("essay-add", "exp-analysis")


@dataclass(frozen=True)
class Desk:
    """A grader's desk: the tiny course with a built release."""

    course: Course

    @property
    def assignment(self) -> Assignment:
        return self.course.assignment(tinycourse.ID)

    @property
    def release(self) -> bytes:
        return self.course.release_notebook(tinycourse.ID).read_bytes()

    def submit(self, student: str, data: bytes | Mapping[str, str] = tinycourse.SOLUTIONS) -> Path:
        path = self.course.submission_notebook(tinycourse.ID, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else tinycourse.filled_in(self.release, data))
        return path

    def cells(self, change: Callable[[list[dict[str, Any]]], None]) -> bytes:
        """The solved notebook after ``change`` worked on its list of cells, as JSON."""
        notebook = json.loads(tinycourse.filled_in(self.release, tinycourse.SOLUTIONS))
        change(notebook["cells"])
        return json.dumps(notebook).encode()

    def result(
        self,
        student: str,
        scored: Mapping[str, float] = FULL,
        *,
        faults: Mapping[str, str] | None = None,
        answered: Collection[str] = ANSWERED,
        **changes,
    ) -> Result:
        """A result with these scores; answered essays wait for a person, ``faults`` as well."""
        reasons = dict.fromkeys(answered, "사람이 읽고 채점합니다.") | dict(faults or {})
        items = tuple(
            entry.model_copy(
                update={
                    "score": 0.0 if entry.id in reasons else scored.get(entry.id, entry.score),
                    "needs_manual": entry.id in reasons,
                    "manual_reason": reasons.get(entry.id, ""),
                }
            )
            for entry in without_score(self.assignment)
        )
        sums = total(items, self.course.specification.bonus_cap)
        fields = {"assignment": tinycourse.ID, "student": student, "status": "graded", "items": items, "key": f"key-{student}"}
        return Result.model_validate(fields | vars(sums) | changes)

    def store(self, student: str, result: Result | None = None, notebook: Path | None = None) -> Result:
        """Put a result into the store under the key of what the student submitted (or of ``notebook``), as ``course grade`` does."""
        path = notebook or self.course.submission_notebook(tinycourse.ID, student)
        key = submission_key(self.course, self.assignment, read_submitted(path), evidence_folder(path), student)
        stored = (result or self.result(student)).model_copy(update={"key": key})
        Store(self.course.term / "store").put(key, stored)
        return stored

    def record(self, *results: Result):
        return record(self.course, self.assignment, {result.student: result for result in results})

    def scores(self, student: str):
        return scores(self.course, self.assignment)[student]

    def auto(self, student: str) -> dict[str, float | None]:
        return {item: grade.auto for item, grade in self.scores(student).items()}


@pytest.fixture(scope="session", autouse=True)
def _alembic_once():
    """A new gradebook asks a process of its own for the schema's version, which takes longer than a whole test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader.api, "get_alembic_version", cache(nbgrader.api.get_alembic_version))
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    course = tinycourse.make_course(tmp_path_factory.mktemp("built"))
    return write_release(course, tinycourse.ID).read_bytes()


@pytest.fixture
def desk(tiny_course: Course, built: bytes, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for part in ("code_digest", "environment_digest"):  # what is saved or installed in the middle of a test changes no key
        monkeypatch.setattr(store, part, lambda: CODE)
    path = tiny_course.release_notebook(tinycourse.ID)
    path.parent.mkdir(parents=True)
    path.write_bytes(built)
    return Desk(open_course(tiny_course.root, tiny_course.term))

"""The command line on the tiny course, with grading replaced where a test is not about grading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from autograder.cli import app
from autograder.course import Course
from autograder.result import DimensionScore, ItemResult
from autograder.result import Result as Grading


@pytest.fixture
def course(tiny_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.delenv("COURSE_TERM", raising=False)
    monkeypatch.delenv("COURSE_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    return tiny_course


@pytest.fixture
def run(course: Course) -> Callable[..., Result]:
    """Run the command line in this process: ``run("grade", "t01_sums")``."""

    def invoke(*arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(app, ["--root", str(course.root), "--term", str(course.term), *arguments], input=answer)

    return invoke


def hand_in(course: Course, *students: str) -> None:
    """Put an empty notebook of each student into the term."""
    for student in students:
        notebook = course.submission_notebook("t01_sums", student)
        notebook.parent.mkdir(parents=True)
        notebook.write_text("{}")


def grading(course: Course, student: str, **changes: Any) -> Grading:
    """A result of the tiny assignment in which everything automatic is earned."""
    assignment = course.assignment("t01_sums")
    items = tuple(
        ItemResult(
            id=item.id,
            title=item.title,
            dimension=getattr(item, "dimension", "bonus"),
            score=0 if item.manual else float(item.points),
            max_score=float(item.points),
            needs_manual=item.manual,
        )
        for item in (*assignment.items, *assignment.bonus)
    )
    names = ("implementation", "theory", "experiments", "quality")
    values: dict[str, Any] = {
        "assignment": "t01_sums",
        "student": student,
        "status": "graded",
        "score": 8.0,
        "max_score": 10.0,
        "bonus": 2.0,
        "dimensions": {name: DimensionScore(score=1, max_score=float(assignment.maximum(name))) for name in names},
        "items": items,
        "key": f"key-of-{student}",
    }
    return Grading(**(values | changes))


@dataclass
class Station:
    """What stands in for sandbox, grading and gradebook, and what was asked of it."""

    course: Course
    results: dict[str, Grading] = field(default_factory=dict)
    planned: list[Any] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)
    graded_with: dict[str, Any] = field(default_factory=dict)
    recorded: list[str] = field(default_factory=list)
    failure: Exception | None = None


@pytest.fixture
def station(course: Course, monkeypatch: pytest.MonkeyPatch) -> Station:
    """Grading that answers at once, for tests of what the command does with the answer."""
    state = Station(course)
    release = course.release_notebook("t01_sums")
    release.parent.mkdir(parents=True)
    release.write_text("{}")

    def grade_cohort(_course: Course, _assignment: Any, submissions: list[Any], *, on_result: Any, **options: Any) -> dict[str, Grading]:
        state.graded_with = options
        for entry in submissions:
            state.results.setdefault(entry.student, grading(course, entry.student))
            on_result(state.results[entry.student])
        if state.failure:
            raise state.failure
        return state.results

    def record(_course: Course, _assignment: Any, results: dict[str, Grading], _submissions: Any = ()) -> list[Any]:
        state.recorded = sorted(results)
        return state.planned + state.found

    monkeypatch.setattr("autograder.cohort.grade_cohort", grade_cohort)
    monkeypatch.setattr("autograder.recording.plan", lambda *_: state.planned)
    monkeypatch.setattr("autograder.recording.record", record)
    monkeypatch.setattr("autograder.sandbox.selftest.require_walls", lambda: None)
    return state

"""The grader's desk, and the command line on it with walls that need not be tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gradingdesk import Desk, _alembic_once, built, desk  # noqa: F401
from typer.testing import CliRunner, Result

from autograder.cli import app


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:  # noqa: F811
    """``run("collect", …)``. Every submission's result must be in the store: nothing is executed."""
    import autograder.cohort

    monkeypatch.delenv("COURSE_TERM", raising=False)
    monkeypatch.delenv("COURSE_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("autograder.sandbox.selftest.require_walls", lambda: None)
    monkeypatch.setattr(autograder.cohort, "require_walls", lambda: None)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was graded that the store has")

    monkeypatch.setattr(autograder.cohort, "_grade_all", refuse)

    def invoke(*arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(app, ["--root", str(desk.course.root), "--term", str(desk.course.term), *arguments], input=answer)

    return invoke

"""``course build`` and ``course validate`` on the tiny course, for real."""

from __future__ import annotations

import pytest

from autograder.course import Course


def test_build_writes_both_notebooks_and_check_agrees(run, course: Course) -> None:
    assert run("build", "--check").exit_code == 1
    assert not course.release_notebook("t01_sums").exists()
    result = run("build", "t01_sums")
    assert result.exit_code == 0, result.output
    assert course.release_notebook("t01_sums").is_file()
    assert course.source_notebook("t01_sums").is_file()
    assert run("build", "--check").exit_code == 0
    with course.release_notebook("t01_sums").open("a") as file:
        file.write("\n")
    result = run("build", "--check")
    assert result.exit_code == 1
    assert "Run: course build t01_sums" in result.output


def test_a_notebook_that_cannot_be_built_leaves_nothing(run, course: Course) -> None:
    text = course.room("t01_sums") / "notebook.md"
    text.write_text(text.read_text().replace('"item:double"', '"item:dubble"'))
    result = run("build", "t01_sums")
    assert result.exit_code == 2
    assert "dubble" in result.output
    assert "Traceback" not in result.output
    assert not course.release_notebook("t01_sums").exists()
    assert not course.source_notebook("t01_sums").exists()


def test_validate(run, course: Course) -> None:
    pytest.importorskip("autograder.proof")
    result = run("validate")
    assert result.exit_code == 0, result.output
    checks = course.room("t01_sums") / "checks.py"
    checks.write_text(checks.read_text().replace('grades("bonus-triple")', 'grades("double")'))
    result = run("validate")
    assert result.exit_code == 1
    assert "bonus-triple" in result.output
    assert "1 problem in 1 assignment." in result.output

"""The main job for real, on the tiny course: sandboxed kernels, gradebook, pages, exit codes."""

from __future__ import annotations

import io
import json

import pytest
import tinycourse
from rich.console import Console
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import Course, open_course
from autograder.demo import run_demo
from autograder.result import Result

pytestmark = pytest.mark.smoke

COHORT = """
- {student: sample-1, title: 모범 답안, evidence: solution, expect: {score: 8, bonus: 2, dimensions: {implementation: 4, theory: 2}}}
- {student: sample-2, title: 뺄셈, apply: [subtracts], expect: {items: {double: 1.4, total: 1.1}}}
- {student: sample-3, title: 노트북이 아님, raw: "<html>", expect: {status: unreadable, score: 0}}
"""


@pytest.fixture
def course(tiny_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    (tiny_course.room(tinycourse.ID) / "cohort.yml").write_text(COHORT)
    monkeypatch.setenv("COURSE_DB", "sqlite:////nonexistent/real-term.db")
    return tiny_course


def demo(course: Course) -> tuple[int, str]:
    console = Console(file=io.StringIO(), width=160)
    code = run_demo(course, console, 2, assignment_id=tinycourse.ID, with_book=False)
    return code, console.file.getvalue()


def test_the_demo_grades_its_cohort_and_tells_what_is_off(course: Course) -> None:
    code, said = demo(course)
    assert code == 0, said
    for words in ("모범 답안", "Impl.", "unreadable", "All 3 scores are the expected ones", "sample-2.html", "gradebook.db"):
        assert words in said
    pages = sorted(path.name for path in (course.root / "demo" / "pages").iterdir())
    assert pages == ["sample-1.html", "sample-2.html", "sample-3.html"]
    assert not (course.root / "term" / "submitted").exists()

    cohort = course.room(tinycourse.ID) / "cohort.yml"
    cohort.write_text(COHORT.replace("double: 1.4", "double: 1.3"))
    code, said = demo(course)
    assert code == 1
    assert "sample-2: double: expected 1.3, got 1.4" in said


def test_the_command_line_grades_and_grades_again(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_DB")
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str):
        return CliRunner().invoke(app, ["--root", str(course.root), "--term", str(course.term), *arguments])

    assert run("build").exit_code == 0
    tinycourse.submit(course, "kim", tinycourse.SOLUTIONS)
    target = course.root / "results.json"
    first = run("grade", tinycourse.ID, "--json", str(target))
    assert first.exit_code == 0, first.output
    assert [Result.model_validate(entry).status for entry in json.loads(target.read_text())["results"]] == ["graded"]

    notebook = tinycourse.submit(course, "kim", tinycourse.SOLUTIONS | {"solution-double": "def double(a):\n    return a * a"})
    refused = run("grade", tinycourse.ID)
    assert refused.exit_code == 1, refused.output
    assert "--yes" in refused.output
    applied = run("grade", tinycourse.ID, "--yes")
    assert applied.exit_code == 0, applied.output
    for said in (refused.output, applied.output):
        assert "double" in said
        assert "-0.7" in said

    notebook.write_text("no notebook")
    page = course.root / "kim.html"
    one = run("grade-one", str(notebook), "-a", tinycourse.ID, "--student", "kim", "--page", str(page), "--json", str(target))
    assert one.exit_code == 1, one.output
    assert json.loads(target.read_text())["status"] == "unreadable"
    assert "제출한 파일을 읽을 수 없습니다" in page.read_text()


@pytest.mark.full
@pytest.mark.parametrize("assignment", open_course().assignment_ids())
def test_every_sample_of_the_course_scores_what_its_cohort_states(assignment: str) -> None:
    """Ten minutes for the two dozen of the tokenizers, most of it for the trainings of their evidence."""
    console = Console(file=io.StringIO(), width=160)
    code = run_demo(open_course(), console, 2, assignment_id=assignment, with_book=False, everything=True)
    assert code == 0, console.file.getvalue()

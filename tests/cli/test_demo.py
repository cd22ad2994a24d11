"""The main job for real, on the tiny course: sandboxed kernels, gradebook, pages, exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest
import tinycourse
from rich.console import Console

from autograder.course import Course
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
    for words in ("모범 답안", "Implementation", "unreadable", "All 3 scores are the expected ones", "sample-2.html", "gradebook.db"):
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
    environment = {**os.environ, "COLUMNS": "160"}

    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "autograder.cli", "--root", str(course.root), "--term", str(course.term), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert run("build").returncode == 0
    tinycourse.submit(course, "kim", tinycourse.SOLUTIONS)
    target = course.root / "results.json"
    first = run("grade", tinycourse.ID, "--json", str(target))
    assert first.returncode == 0, first.stdout + first.stderr
    before = json.loads(target.read_text())
    assert [Result.model_validate(entry).status for entry in before["results"]] == ["graded"]

    again = run("grade", tinycourse.ID, "--json", "-")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["results"] == before["results"]

    notebook = tinycourse.submit(course, "kim", tinycourse.SOLUTIONS | {"solution-double": "def double(a):\n    return a * a"})
    refused = run("grade", tinycourse.ID)
    assert refused.returncode == 1
    assert "double" in refused.stdout
    assert "--yes" in refused.stdout
    applied = run("grade", tinycourse.ID, "--yes")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert "-1.4" in applied.stdout

    page = course.root / "kim.html"
    one = run("grade-one", str(notebook), "-a", tinycourse.ID, "--student", "kim", "--page", str(page), "--json", str(target))
    assert one.returncode == 0, one.stderr
    assert json.loads(target.read_text())["items"][1]["score"] == 0
    assert "두 배" in page.read_text()
    notebook.write_text("no notebook")
    assert run("grade-one", str(notebook), "-a", tinycourse.ID).returncode == 1

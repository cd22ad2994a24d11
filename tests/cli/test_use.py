"""Help, wrong use and bad input: one clear message, the right exit code, nothing half written."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from autograder.cli import app
from autograder.course import Course

from .conftest import hand_in

COMMANDS = (
    *("validate", "build", "book", "kit", "grade", "grade-one", "demo", "feedback", "publish", "report"),
    *("roster", "collect", "marking", "extend", "adjust", "export", "purge"),
)


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if "__pycache__" not in path.parts}


def assert_message(result, *said: str) -> None:
    assert result.exit_code == 2, result.output
    assert not result.exception or isinstance(result.exception, SystemExit)
    text = " ".join(result.output.split())
    assert "Traceback" not in text
    for words in said:
        assert words in text


def test_the_versions_are_said(run) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.output.startswith("llm-course ")
    assert "nbgrader" in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage: course" in result.output.replace("root", "course") or command in result.output


def test_every_option_says_what_it_is_for() -> None:
    commands = typer.main.get_command(app).commands
    assert set(commands) == set(COMMANDS)
    for command in commands.values():
        assert command.help
        assert command.epilog, command.name
        for parameter in command.params:
            assert getattr(parameter, "help", None), (command.name, parameter.name)


def test_help_is_fast_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, autograder.cli; print([m for m in ('numpy', 'nbformat', 'pydantic', 'yaml', 'nbgrader', 'torch') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "autograder.cli", "--help"], check=True, capture_output=True)
    assert time.monotonic() - began < 3  # half a second on an idle machine


@pytest.mark.parametrize("arguments", [["grade", "t01_sumz"], ["build", "t01_sumz"], ["validate", "t01_sumz"], ["demo", "-a", "t01_sumz"]])
def test_a_wrong_id_names_the_nearest(run, course: Course, arguments: list[str]) -> None:
    before = files(course.root)
    assert_message(run(*arguments), "There is no assignment 't01_sumz'.", "Did you mean t01_sums?")
    assert files(course.root) == before


@pytest.mark.parametrize("name", ["../secrets", "", "t01_sums/..", "*", "\x1b[31m"])
def test_an_id_is_no_path(run, name: str) -> None:
    assert_message(run("grade", name), "There is no assignment")


@pytest.mark.parametrize(
    "arguments", [[], ["grade"], ["nonsense"], ["grade", "t01_sums", "--jobs", "0"], ["grade-one"], ["grade", "--nonsense"]]
)
def test_wrong_use_ends_with_two(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "autograder.cli", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["build", "t01_sums"], ["grade", "t01_sums"], ["grade-one", "{notebook}", "-a", "t01_sums"]])
@pytest.mark.parametrize(
    ("manifest", "said"),
    [("points: [", "assignment.yml"), ("- 1", "assignment.yml"), ("id: t01_sums\nweek: 9", "points"), ("", "assignment.yml")],
)
def test_a_broken_manifest_says_where(run, course: Course, command: list[str], manifest: str, said: str) -> None:
    (course.room("t01_sums") / "assignment.yml").write_text(manifest)
    notebook = course.root / "homework.ipynb"
    notebook.write_text("{}")
    before = files(course.root)
    assert_message(run(*(part.format(notebook=notebook) for part in command)), said)
    assert files(course.root) == before


def test_a_broken_manifest_is_a_problem_that_validate_finds(run, course: Course) -> None:
    pytest.importorskip("autograder.proof")
    (course.room("t01_sums") / "assignment.yml").write_text("points: [")
    result = run("validate")
    assert result.exit_code == 1
    assert "assignment.yml" in result.output


def test_a_folder_without_submissions(run, station, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert_message(run("grade", "t01_sums", "--submissions", str(empty)), "no submission of t01_sums", "<student>/t01_sums/t01_sums.ipynb")
    assert_message(run("grade", "t01_sums"), "no submission of t01_sums", "<student>/t01_sums/t01_sums.ipynb")
    assert_message(run("grade", "t01_sums", "--submissions", str(empty / "absent")), "no such folder or zip")
    assert station.recorded == []


@pytest.mark.usefixtures("station")
def test_grading_before_building_says_so(run, course: Course) -> None:
    course.release_notebook("t01_sums").unlink()
    hand_in(course, "kim")
    assert_message(run("grade", "t01_sums"), "course build t01_sums")


@pytest.mark.parametrize("path", ["{folder}", "{folder}/missing/results.json"])
def test_an_output_that_cannot_be_written_is_refused_before_grading(run, station, course: Course, tmp_path: Path, path: str) -> None:
    hand_in(course, "kim")
    assert_message(run("grade", "t01_sums", "--json", path.format(folder=tmp_path)), str(tmp_path))
    assert station.graded_with == {}


def test_a_read_only_folder_is_refused_before_grading(
    run, station, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "kim")
    import tempfile

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert_message(run("grade", "t01_sums", "--json", str(tmp_path / "results.json")), "Permission denied", "Choose another place")
    assert station.graded_with == {}


@pytest.mark.parametrize("notebook", ["{folder}", "{folder}/missing.ipynb"])
def test_grade_one_wants_a_file(run, tmp_path: Path, notebook: str) -> None:
    assert_message(run("grade-one", notebook.format(folder=tmp_path), "-a", "t01_sums"), "Name one .ipynb file")


@pytest.mark.parametrize("student", ["../x", "", "a/b", "a b"])
@pytest.mark.usefixtures("station")
def test_grade_one_wants_a_student_id(run, tmp_path: Path, student: str) -> None:
    notebook = tmp_path / "homework.ipynb"
    notebook.write_text("{}")
    assert_message(run("grade-one", str(notebook), "-a", "t01_sums", "--student", student), "student's id")


def test_a_bug_of_ours_is_not_dressed_up(run, station, course: Course) -> None:
    hand_in(course, "kim")
    station.failure = KeyError("bug")
    result = run("grade", "t01_sums")
    assert isinstance(result.exception, KeyError)


def test_an_interrupted_run_says_how_to_go_on(run, station, course: Course) -> None:
    hand_in(course, "kim")
    station.failure = KeyboardInterrupt()
    result = run("grade", "t01_sums", "--json", str(course.root / "results.json"))
    assert result.exit_code == 130
    assert "goes on from there" in result.output
    assert not (course.root / "results.json").exists()


def test_the_term_comes_from_option_or_environment(course: Course, tmp_path: Path) -> None:
    environment = {**os.environ, "COURSE_TERM": str(tmp_path / "elsewhere"), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", "--root", str(course.root), "grade", "t01_sums"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert str(tmp_path / "elsewhere" / "submitted") in done.stderr.replace("\n", "")

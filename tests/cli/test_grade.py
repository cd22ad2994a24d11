"""``course grade`` and ``grade-one``: differences first, the gradebook after, JSON whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.recording import Difference
from autograder.result import Result

from .conftest import grading, hand_in

CHANGE = Difference("kim", "add", "change", 1.0, 0.5, "graded anew")


@pytest.fixture
def submitted(course: Course) -> None:
    hand_in(course, "kim", "lee")


@pytest.mark.usefixtures("submitted")
def test_a_first_grading_shows_scores_and_records(run, station) -> None:
    result = run("grade", "t01_sums", "--jobs", "2")
    assert result.exit_code == 0, result.output
    assert station.recorded == ["kim", "lee"]
    assert station.graded_with["jobs"] == 2
    assert station.graded_with["sandbox"] is True
    for words in ("Impl.", "Theory", "Exper.", "Quality", "kim", "lee", "8", "graded"):
        assert words in result.output


@pytest.mark.usefixtures("submitted")
def test_changed_grades_are_shown_and_not_applied_without_a_yes(run, station) -> None:
    station.planned = [CHANGE]
    result = run("grade", "t01_sums")
    assert result.exit_code == 1
    assert station.recorded == []
    for words in ("kim", "add", "-0.5", "graded anew", "--yes"):
        assert words in result.output


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize(("answer", "recorded"), [("y\n", ["kim", "lee"]), ("n\n", []), ("\n", [])])
def test_a_person_is_asked(run, station, monkeypatch: pytest.MonkeyPatch, answer: str, recorded: list[str]) -> None:
    station.planned = [CHANGE]
    monkeypatch.setattr("autograder.commands._asks_a_person", lambda: True)
    result = run("grade", "t01_sums", answer=answer)
    assert "Change the grades of 1 student?" in result.output
    assert station.recorded == recorded
    assert result.exit_code == (0 if recorded else 1)


@pytest.mark.usefixtures("submitted")
def test_yes_applies_without_asking(run, station) -> None:
    station.planned = [CHANGE]
    result = run("grade", "t01_sums", "--yes")
    assert result.exit_code == 0
    assert "-0.5" in result.output
    assert station.recorded == ["kim", "lee"]


@pytest.mark.usefixtures("submitted")
def test_json_holds_results_and_differences(run, station, tmp_path: Path) -> None:
    station.planned = [CHANGE]
    target = tmp_path / "results.json"
    assert run("grade", "t01_sums", "--yes", "--json", str(target)).exit_code == 0
    data = json.loads(target.read_text())
    assert data["recorded"] is True
    assert [Result.model_validate(entry).student for entry in data["results"]] == ["kim", "lee"]
    assert data["differences"] == [{"student": "kim", "item": "add", "kind": "change", "old": 1.0, "new": 0.5, "why": "graded anew"}]


@pytest.mark.usefixtures("submitted", "station")
def test_json_on_standard_output_is_nothing_but_json(run) -> None:
    result = run("grade", "t01_sums", "--yes", "--json", "-")
    assert json.loads(result.stdout)["assignment"] == "t01_sums"
    assert "Impl." in result.stderr


@pytest.mark.usefixtures("submitted")
def test_a_failing_run_leaves_the_old_json(run, station, tmp_path: Path) -> None:
    target = tmp_path / "results.json"
    target.write_text("old")
    station.failure = RuntimeError("the pool broke for good")
    assert run("grade", "t01_sums", "--yes", "--json", str(target)).exit_code != 0
    assert target.read_text() == "old"
    assert list(tmp_path.glob(".results*")) == []


@pytest.mark.usefixtures("submitted")
def test_a_fault_of_the_grader_is_a_problem(run, station, course: Course) -> None:
    station.results = {"kim": grading(course, "kim", status="grader_fault")}
    result = run("grade", "t01_sums", "--yes")
    assert result.exit_code == 1
    assert "grader fault" in result.output


@pytest.mark.usefixtures("submitted")
def test_what_the_gradebook_found_is_told(run, station) -> None:
    station.found = [
        Difference("lee", "essay-add", "notice", why="a manual score of 99 was clamped"),
        Difference("kim", "add", "fault", why="read back 3"),
    ]
    result = run("grade", "t01_sums", "--yes")
    assert result.exit_code == 1
    assert "clamped" in result.output
    assert "read back 3" in result.output


@pytest.mark.usefixtures("submitted")
def test_without_sandbox_is_loud(run, station) -> None:
    result = run("grade", "t01_sums", "--yes", "--unsafe-no-sandbox")
    assert "WITHOUT any wall" in result.output
    assert station.graded_with["sandbox"] is False


@pytest.mark.usefixtures("submitted")
def test_options_reach_the_grader(run, station) -> None:
    run("grade", "t01_sums", "--yes", "--round", "3", "--scheduler", "tcp://host:1")
    assert station.graded_with["round_number"] == 3
    assert station.graded_with["scheduler"] == "tcp://host:1"


def test_hostile_names_reach_the_terminal_spelled_out(run, station, course: Course) -> None:
    hand_in(course, "kim")
    station.results = {"kim": grading(course, "kim", reason="[red]x[/] \x1b[2J")}
    station.planned = [Difference("kim", "add", "change", 1, 0, "[bold]\x1b]0;title\x07[/bold]")]
    result = run("grade", "t01_sums", "--yes")
    assert result.exit_code == 0
    assert "\x1b]0" not in result.output


@pytest.mark.usefixtures("station")
def test_grade_one_writes_json_and_page(run, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}

    def grade_notebook(_course, _assignment, data, **options):
        asked.update(options, data=data)
        return grading(course, options["student"], reason="셀 1개가 끝까지 실행되지 않았습니다.")

    monkeypatch.setattr("autograder.grade.grade_notebook", grade_notebook)
    notebook = tmp_path / "homework.ipynb"
    notebook.write_text("{}")
    (tmp_path / "pack" / "evidence").mkdir(parents=True)
    target, page = tmp_path / "result.json", tmp_path / "result.html"
    result = run("grade-one", str(notebook), "-a", "t01_sums", "--student", "2026-1", "--json", str(target), "--page", str(page))
    assert result.exit_code == 0, result.output
    assert Result.model_validate_json(target.read_text()).student == "2026-1"
    assert "2026-1" in page.read_text()
    assert asked["data"] == b"{}"
    assert asked["evidence_dir"] == tmp_path / "pack" / "evidence"
    assert asked["round_number"] == 0
    assert "셀 1개가" in result.output


@pytest.mark.usefixtures("station")
def test_grade_one_of_no_notebook_is_a_problem(run, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = grading(course, "anonymous", status="unreadable", reason="JSON이 아닙니다.", score=0, items=())
    monkeypatch.setattr("autograder.grade.grade_notebook", lambda *_, **__: answer)
    notebook = tmp_path / "homework.ipynb"
    notebook.write_text("no notebook")
    result = run("grade-one", str(notebook), "-a", "t01_sums")
    assert result.exit_code == 1
    assert "JSON이 아닙니다." in result.output

"""``course feedback``, from recorded grades to what is kept and sent."""

from __future__ import annotations

import zipfile

import pytest
import tinycourse
from typer.testing import CliRunner

from autograder.cli import app
from autograder.feedback import HELD
from autograder.gradebook import open_gradebook


@pytest.fixture
def run(desk, monkeypatch):
    monkeypatch.delenv("COURSE_TERM", raising=False)
    monkeypatch.delenv("COURSE_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*arguments: str):
        return CliRunner().invoke(
            app, ["--root", str(desk.course.root), "--term", str(desk.course.term), "feedback", tinycourse.ID, *arguments]
        )

    return invoke


@pytest.fixture
def graded(desk):
    """``kim`` left the essays empty, so nobody has to read them; ``lee`` waits."""
    for student, answered in (("kim", ()), ("lee", ("essay-add", "exp-analysis"))):
        desk.submit(student)
        desk.record(desk.store(student, desk.result(student, answered=answered)))
    with open_gradebook(desk.course) as opened:
        for item in ("essay-add", "exp-analysis"):
            grade = opened.find_grade(item, tinycourse.ID, tinycourse.ID, "kim")
            grade.manual_score, grade.needs_manual_grade = 0.0, False
        opened.db.commit()
    return desk


def test_without_an_order_nothing_is_sent(graded, run):
    done = run()
    assert done.exit_code == 0, done.output
    assert "1 wait for a grader and are held back (lee)" in done.output
    assert "1 reports in" in done.output
    assert (graded.course.term / "feedback" / "kim" / tinycourse.ID / f"{tinycourse.ID}.html").is_file()
    assert not (graded.course.term / "sent").exists()
    assert (graded.course.term / HELD / tinycourse.ID / "lee.html").is_file()


def test_a_zip_counts_as_sent_and_can_be_made_again(graded, run, tmp_path):
    path = tmp_path / "feedback.zip"
    assert run("--zip", str(path)).exit_code == 0
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [f"kim/{tinycourse.ID}.html"]
    first = path.read_bytes()
    again = run("--zip", str(path))
    assert "0 new reports" in again.output
    assert "1 are as they were last sent" in again.output
    assert path.read_bytes() == first
    assert len(list((graded.course.term / "sent" / tinycourse.ID / "kim").glob("*.html"))) == 1
    assert not (graded.course.term / "sent" / tinycourse.ID / "lee").exists()


def test_who_waits_is_sent_on_request(graded, run, tmp_path):
    assert run("--partial", "--zip", str(tmp_path / "feedback.zip")).exit_code == 0
    assert (graded.course.term / "sent" / tinycourse.ID / "lee").is_dir()


def test_a_submission_from_elsewhere_cannot_go_into_the_exchange(graded, run):
    done = run("--release")
    assert done.exit_code == 1
    assert "did not come through the exchange" in done.output
    assert "--zip" in done.output
    assert not (graded.course.term / "sent").exists()


def test_wrong_use_is_explained(graded, run, tmp_path):
    assert run("--student", "park").exit_code == 2
    assert "park" in run("--student", "park").output
    missing = run("--zip", str(tmp_path / "no" / "feedback.zip"))
    assert missing.exit_code == 2
    assert not (graded.course.term / "sent").exists()

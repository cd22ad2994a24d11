"""The gradebook in PostgreSQL."""

from __future__ import annotations

import pytest
import tinycourse

from autograder.extensions import extend
from autograder.gradebook import open_gradebook, scores, total
from autograder.lateness import refresh_lateness
from autograder.purge import purge, survey
from autograder.recorded import remember_release
from autograder.recording import plan
from autograder.standing import latest_results, standings
from autograder.term import adjust


@pytest.fixture
def database(postgresql, monkeypatch):
    """A database of its own in place of the term's file."""
    monkeypatch.setenv("COURSE_DB", postgresql.new_database())


@pytest.mark.usefixtures("database")
def test_record_regrade_and_read(desk):
    for student in ("kim", "lee"):
        desk.submit(student)
    assert plan(desk.course, desk.assignment, {"kim": desk.result("kim")}) == []
    assert scores(desk.course, desk.assignment) == {}
    assert desk.record(desk.result("kim"), desk.result("lee")) == []
    assert total(desk.scores("kim")) == 10.0
    adjust(desk.course, tinycourse.ID, "kim", "0.5", why="채점 오류", who="조교")
    desk.record(desk.result("kim", {"add": 0.5}, key="2"))
    assert total(desk.scores("kim")) == 1.0
    assert not (desk.course.term / "gradebook.db").exists()


@pytest.mark.usefixtures("database")
def test_extensions_standings_and_the_end_of_a_term(desk):
    desk.course.term.mkdir(exist_ok=True)
    (desk.course.term / "course.yml").write_text(
        "assignments: {t01_sums: {due: 2026-03-20 23:59, late: {points: 1}, objections: 3}}\n", encoding="utf-8"
    )
    desk.submit("kim").with_name("timestamp.txt").write_text("2026-03-21 15:00:00 UTC")
    desk.record(desk.store("kim"))
    results = latest_results(desk.course, desk.assignment)
    assert standings(desk.course, desk.assignment, results)["kim"].total == 8.0
    extend(desk.course, desk.assignment, "kim", 1)
    refresh_lateness(desk.course, desk.assignment)
    with open_gradebook(desk.course) as opened:
        assert opened.find_submission(tinycourse.ID, "kim").late_submission_penalty == 1.0
        remember_release(opened, tinycourse.ID, ["kim"])
    found = standings(desk.course, desk.assignment, results)["kim"]
    assert (found.total, found.objection_until is None) == (9.0, False)
    assert desk.record(*results.values()) == []
    removal = survey(desk.course)
    assert removal.rows["student"] >= 1
    left = purge(desk.course, removal)
    assert set(left.rows.values()) == {0}
    assert left.found == []


@pytest.mark.parametrize(("url", "said"), [("nonsense", "cannot be opened"), ("nosuch+driver://x/y", "cannot be opened")])
def test_a_database_that_cannot_be_reached_is_named(desk, monkeypatch, url, said):
    from autograder.course import CourseError

    monkeypatch.setenv("COURSE_DB", url)
    desk.submit("kim")
    with pytest.raises(CourseError, match=said):
        desk.record(desk.result("kim"))

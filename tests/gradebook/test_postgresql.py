"""The gradebook in PostgreSQL. Needs a database to write to and its driver: COURSE_TEST_DB=postgresql://…"""

from __future__ import annotations

import os

import pytest
import tinycourse

from autograder.gradebook import plan, scores, total
from autograder.term import adjust

URL = os.environ.get("COURSE_TEST_DB", "")


@pytest.mark.skipif(not URL, reason="COURSE_TEST_DB names no database")
def test_record_regrade_and_read(desk, monkeypatch):
    monkeypatch.setenv("COURSE_DB", URL)
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


@pytest.mark.parametrize(("url", "said"), [("nonsense", "cannot be opened"), ("nosuch+driver://x/y", "cannot be opened")])
def test_a_database_that_cannot_be_reached_is_named(desk, monkeypatch, url, said):
    from autograder.course import CourseError

    monkeypatch.setenv("COURSE_DB", url)
    desk.submit("kim")
    with pytest.raises(CourseError, match=said):
        desk.record(desk.result("kim"))

"""The term's settings, students' ids, and adjustments that outlive every re-grade."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import tinycourse

from autograder.course import CourseError
from autograder.gradebook import total
from autograder.recording import Difference
from autograder.term import (
    TermSettings,
    adjust,
    check_student,
    database_url,
    load_settings,
    read_adjustments,
    round_number,
    students,
    with_adjustments,
)

WHEN = datetime(2025, 5, 6, 12, 0, tzinfo=UTC)


def settings(course, text: str) -> None:
    course.term.mkdir(exist_ok=True)
    (course.term / "course.yml").write_text(text)


def test_a_term_without_a_file_has_the_defaults(tiny_course, monkeypatch):
    monkeypatch.delenv("COURSE_DB", raising=False)
    assert load_settings(tiny_course) == TermSettings()
    assert database_url(tiny_course) == f"sqlite:///{tiny_course.term}/gradebook.db"
    assert round_number(tiny_course, tinycourse.ID) == 0


def test_the_database_comes_from_the_file_and_the_environment_wins(tiny_course, monkeypatch):
    monkeypatch.delenv("COURSE_DB", raising=False)
    settings(tiny_course, "db: postgresql://db/course\nrounds: {t01_sums: 2}\n")
    assert (database_url(tiny_course), round_number(tiny_course, tinycourse.ID)) == ("postgresql://db/course", 2)
    monkeypatch.setenv("COURSE_DB", "sqlite:////elsewhere.db")
    assert database_url(tiny_course) == "sqlite:////elsewhere.db"


@pytest.mark.parametrize("text", ["db: [", "dbb: x\n", "rounds: {a: -1}\n", "- a\n"])
def test_a_wrong_file_is_named(tiny_course, text):
    settings(tiny_course, text)
    with pytest.raises(CourseError, match=r"course\.yml"):
        load_settings(tiny_course)


@pytest.mark.parametrize("student", ["2025-001", "kim", "김민수", "a.b@c.org", "_x"])
def test_ids(student):
    assert check_student(student) == student


@pytest.mark.parametrize("student", ["", ".", "..", "a/b", "a b", "*", "[a]", "-x", "a+b", "a\n", "x" * 65, "a,b", "a{b}"])
def test_no_ids(student):
    with pytest.raises(CourseError, match="cannot be a student's id"):
        check_student(student)


def test_whoever_submitted_takes_part(tiny_course):
    for student in ("lee", "kim", ".kim-aside"):
        (tiny_course.term / "submitted" / student / tinycourse.ID).mkdir(parents=True)
    assert students(tiny_course, tinycourse.ID) == ["kim", "lee"]


def test_adjustments_are_appended_and_read_in_order(tiny_course):
    first = adjust(tiny_course, tinycourse.ID, "kim", "0.5", why="채점 오류", who="조교", when=WHEN, item="add")
    second = adjust(tiny_course, tinycourse.ID, "kim", "-0.25", why="지각", who="조교", when=WHEN)
    adjust(tiny_course, tinycourse.ID, "lee", "1", why="이의 신청", who="교수")
    assert read_adjustments(tiny_course, tinycourse.ID, "kim") == [first, second]
    assert len(read_adjustments(tiny_course, tinycourse.ID)) == 3
    assert read_adjustments(tiny_course, "t02_other") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"item": "nothing"}, "has no item 'nothing'"),
        ({"why": " "}, "needs points, a reason and a name"),
        ({"who": ""}, "needs points, a reason and a name"),
        ({"points": "much"}, "needs points, a reason and a name"),
        ({"points": "nan"}, "needs points, a reason and a name"),
        ({"points": "0.00001"}, "needs points, a reason and a name"),
        ({"when": datetime(2025, 1, 1)}, "needs points, a reason and a name"),
        ({"student": "../x"}, "cannot be a student's id"),
        ({"assignment_id": "t09"}, "no assignment"),
    ],
)
def test_an_incomplete_adjustment_is_refused(tiny_course, change, said):
    fields = {"assignment_id": tinycourse.ID, "student": "kim", "points": "1", "why": "이유", "who": "조교"} | change
    with pytest.raises(CourseError, match=said):
        adjust(tiny_course, fields.pop("assignment_id"), fields.pop("student"), fields.pop("points"), **fields)
    assert not (tiny_course.term / "adjustments.jsonl").exists()


def test_a_damaged_line_is_named_not_skipped(tiny_course):
    adjust(tiny_course, tinycourse.ID, "kim", "1", why="이유", who="조교")
    with (tiny_course.term / "adjustments.jsonl").open("a") as file:
        file.write('{"assignment": "t01\n')
    with pytest.raises(CourseError, match=r"adjustments\.jsonl:2"):
        read_adjustments(tiny_course, tinycourse.ID)


def test_adjustments_count_after_every_regrade_and_are_printed(desk):
    desk.submit("kim")
    desk.record(desk.result("kim"))
    adjust(desk.course, tinycourse.ID, "kim", "0.5", why="채점 오류", who="조교", when=WHEN, item="total")
    assert desk.record(desk.result("kim")) == [Difference("kim", "add", "change", 0.0, 0.5, "extra credit")]
    assert desk.record(desk.result("kim")) == []
    assert total(desk.scores("kim")) == 10.5
    adjust(desk.course, tinycourse.ID, "kim", "-0.75", why="지각", who="조교", when=WHEN)
    desk.record(desk.result("kim", {"add": 1.0}, key="2"))
    kim = desk.scores("kim")
    assert (kim["add"].auto, kim["add"].extra_credit, total(kim)) == (1.0, -0.25, 0.75)
    assert with_adjustments(desk.course, desk.result("kim")).adjustments == (
        "2025-05-06 +0.5점 [목록의 합]: 채점 오류 (조교)",
        "2025-05-06 -0.75점: 지각 (조교)",
    )


def test_more_is_never_taken_than_there_is(desk):
    desk.submit("kim")
    adjust(desk.course, tinycourse.ID, "kim", "-5", why="표절", who="위원회", when=WHEN)
    desk.record(desk.result("kim", {"add": 1.0}))
    assert total(desk.scores("kim")) == 0.0

"""Files in the term are matched to students, or reported."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tinycourse

from autograder.course import Course, CourseError
from autograder.submissions import Submitted, find_submissions, look, parse_timestamp, read_submitted, timestamp_text

ID = tinycourse.ID


def put(path: Path, text: str = "{}") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_nbgraders_layout_in_the_term(tiny_course: Course) -> None:
    submitted = tiny_course.term / "submitted"
    kim = put(submitted / "kim" / ID / f"{ID}.ipynb")
    put(submitted / "lee" / "other" / "other.ipynb")
    put(submitted / "park" / ID / "renamed.ipynb")
    put(submitted / "grades.csv")
    put(submitted / "a b" / ID / f"{ID}.ipynb")
    (submitted / "kim" / ID / "pack" / "evidence").mkdir(parents=True)
    found = look(tiny_course, ID)
    assert found.submissions == [Submitted("kim", kim, kim.parent / "pack" / "evidence")]
    assert ["cannot be a student's id" in found.problems[0], "no student's folder" in found.problems[1]] == [True, True]
    assert f"holds no {ID}.ipynb" in found.problems[2]


@pytest.mark.parametrize("name", ["-x", "a b", "a" * 65, "x;rm", "<b>", "a\nb", "*", "가" * 60 + "?", "ａ"])
def test_hostile_names_are_reported_in_one_printable_line(tiny_course: Course, name: str) -> None:
    put(tiny_course.term / "submitted" / name / ID / f"{ID}.ipynb")
    put(tiny_course.term / "submitted" / "kim" / ID / f"{ID}.ipynb")
    found = look(tiny_course, ID)
    assert [submitted.student for submitted in found.submissions] == ["kim"]
    assert len(found.problems) == 1
    assert found.problems[0].isprintable()


def test_links_are_not_followed(tiny_course: Course, tmp_path: Path) -> None:
    secret = put(tmp_path / "secret" / f"{ID}.ipynb", "secret")
    submitted = tiny_course.term / "submitted"
    (submitted / "choi" / ID).mkdir(parents=True)
    (submitted / "choi" / ID / f"{ID}.ipynb").symlink_to(secret)
    (submitted / "jung").mkdir()
    (submitted / "jung" / ID).symlink_to(secret.parent)
    (submitted / "park").symlink_to(secret.parent)
    found = look(tiny_course, ID)
    assert [submitted.student for submitted in found.submissions] == ["choi"]
    assert read_submitted(found.submissions[0].notebook) == b""
    assert len(found.problems) == 2


def test_what_is_no_file_is_read_as_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_submitted(tmp_path / "pipe") == b""
    assert read_submitted(tmp_path) == b""
    with pytest.raises(FileNotFoundError):
        read_submitted(tmp_path / "absent")


def test_no_submission_no_assignment(tiny_course: Course) -> None:
    with pytest.raises(CourseError, match=f"no submission of {ID}"):
        find_submissions(tiny_course, ID)
    with pytest.raises(CourseError, match="no assignment"):
        find_submissions(tiny_course, "t99_none")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-03-20 12:00:00 UTC", 12),
        ("2026-03-20 12:00:00.5", 12),
        ("2026-03-20 21:00:00 +0900\n", 12),
        ("2026-03-20T21:00:00+09:00", 12),
        ("2026-03-20 21:00:00 Asia/Seoul", 12),
    ],
)
def test_times_as_nbgrader_writes_them(text: str, hour: int) -> None:
    moment = parse_timestamp(text)
    assert moment is not None
    assert moment.replace(microsecond=0) == datetime(2026, 3, 20, hour, tzinfo=UTC)
    assert parse_timestamp(timestamp_text(moment)) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03-20", "2026-13-20 12:00:00 UTC", "2026-03-20 12:00:00 Mars/Base", "9" * 200])
def test_no_times(text: str) -> None:
    assert parse_timestamp(text) is None

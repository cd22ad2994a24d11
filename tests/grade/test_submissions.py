"""Files in a folder are matched to students, or reported."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
import tinycourse

from autograder.course import Course, CourseError
from autograder.submissions import Submitted, find_submissions, read_submitted, scan_submissions

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
    (submitted / "kim" / ID / "pack" / "evidence").mkdir(parents=True)
    found = scan_submissions(tiny_course, ID)
    assert found.submissions == [Submitted("kim", kim, kim.parent / "pack" / "evidence")]
    assert len(found.problems) == 1
    assert f"holds no {ID}.ipynb" in found.problems[0]


def test_the_other_layouts_in_a_folder(tiny_course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "handed-in"
    flat = put(folder / "kim.ipynb")
    own = put(folder / "lee" / f"{ID}.ipynb")
    nested = put(folder / "park" / ID / f"{ID}.ipynb")
    (folder / "pack" / "evidence").mkdir(parents=True)
    (folder / "lee" / "pack" / "evidence").mkdir(parents=True)
    put(folder / ".DS_Store")
    put(folder / "grades.csv")
    found = scan_submissions(tiny_course, ID, folder)
    assert found.submissions == [Submitted("kim", flat), Submitted("lee", own, own.parent / "pack" / "evidence"), Submitted("park", nested)]
    assert [problem.split(":")[0].rsplit("/")[-1] for problem in found.problems] == ["grades.csv", "pack"]


def test_two_submissions_of_one_student_are_not_chosen_between(tiny_course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in" / "kim.ipynb")
    put(tmp_path / "in" / "kim" / f"{ID}.ipynb")
    put(tmp_path / "in" / "lee.ipynb")
    found = scan_submissions(tiny_course, ID, tmp_path / "in")
    assert [submitted.student for submitted in found.submissions] == ["lee"]
    assert "kim: several submissions" in found.problems[0]


@pytest.mark.parametrize("name", ["-x", "a b", "a" * 65, "x;rm", "<b>", "a\nb", "*", "가" * 60 + "?", "ａ"])
def test_hostile_names_are_reported_in_one_printable_line(tiny_course: Course, tmp_path: Path, name: str) -> None:
    put(tmp_path / "in" / f"{name}.ipynb")
    put(tmp_path / "in" / "kim.ipynb")
    found = scan_submissions(tiny_course, ID, tmp_path / "in")
    assert [submitted.student for submitted in found.submissions] == ["kim"]
    assert len(found.problems) == 1
    assert found.problems[0].isprintable()


def test_names_in_pieces_are_composed(tiny_course: Course, tmp_path: Path) -> None:
    put(tmp_path / "in" / unicodedata.normalize("NFD", "김학생.ipynb"))
    assert [submitted.student for submitted in find_submissions(tiny_course, ID, tmp_path / "in")] == ["김학생"]


def test_links_are_not_followed(tiny_course: Course, tmp_path: Path) -> None:
    secret = put(tmp_path / "secret" / f"{ID}.ipynb", "secret")
    folder = tmp_path / "in"
    put(folder / "kim.ipynb")
    (folder / "lee.ipynb").symlink_to(secret)
    (folder / "park").symlink_to(secret.parent)
    (folder / "choi").mkdir()
    (folder / "choi" / f"{ID}.ipynb").symlink_to(secret)
    (folder / "jung").mkdir()
    (folder / "jung" / ID).symlink_to(secret.parent)
    found = scan_submissions(tiny_course, ID, folder)
    assert [submitted.student for submitted in found.submissions] == ["choi", "kim"]
    assert read_submitted(found.submissions[0].notebook) == b""
    assert len(found.problems) == 3


def test_what_is_no_file_is_read_as_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_submitted(tmp_path / "pipe") == b""
    assert read_submitted(tmp_path) == b""
    with pytest.raises(FileNotFoundError):
        read_submitted(tmp_path / "absent")


def test_no_folder_no_submission_no_assignment(tiny_course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no such folder"):
        find_submissions(tiny_course, ID)
    with pytest.raises(CourseError, match="no such folder"):
        find_submissions(tiny_course, ID, tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError, match=f"no submission of {ID}"):
        find_submissions(tiny_course, ID, tmp_path / "empty")
    with pytest.raises(CourseError, match="no assignment"):
        find_submissions(tiny_course, "t99_none", tmp_path / "empty")

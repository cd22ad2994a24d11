"""Where things are, and the term's secret."""

from __future__ import annotations

import multiprocessing
import os
import stat
from pathlib import Path

import pytest
import tinycourse

from autograder.course import CourseError, open_course, student_id
from autograder.manifest import ManifestError

SECRET_PROCESSES = 8


def test_paths(tiny_course):
    root = tiny_course.root
    assert tiny_course.assignment_ids() == [tinycourse.ID]
    assert tiny_course.room(tinycourse.ID) == root / "solutions" / "t01_sums"
    assert tiny_course.release_notebook("t01_sums") == root / "assignments" / "t01_sums" / "t01_sums.ipynb"
    assert tiny_course.source_notebook("t01_sums") == root / "term" / "source" / "t01_sums" / "t01_sums.ipynb"
    assert tiny_course.submission_notebook("t01_sums", "김철수") == root / "term" / "submitted" / "김철수" / "t01_sums" / "t01_sums.ipynb"
    assert tiny_course.assignment("t01_sums").points == 10


@pytest.mark.parametrize("name", ["", "t02", "../t01_sums", "t01_sums/", "T01_sums", "/etc", "t01_sums\n"])
def test_no_such_assignment(tiny_course, name):
    with pytest.raises(CourseError, match=r"There is no assignment .* There are: t01_sums\."):
        tiny_course.room(name)


def test_rooms_that_are_none(tiny_course):
    (tiny_course.rooms / "t01_sums.bak").mkdir()
    (tiny_course.rooms / "t01_sums.bak" / "assignment.yml").write_text("id: x")
    (tiny_course.rooms / "notes").mkdir()
    assert tiny_course.assignment_ids() == ["t01_sums"]


def test_a_course_without_rooms(tmp_path):
    course = open_course(root=tmp_path, term=tmp_path / "term")
    assert course.assignment_ids() == []
    with pytest.raises(CourseError, match="There are: none"):
        course.room("x")


def test_the_term_is_chosen_by_argument_then_variable_then_root(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_TERM", str(tmp_path / "elsewhere"))
    assert open_course(root=tmp_path).term == tmp_path / "elsewhere"
    assert open_course(root=tmp_path, term=tmp_path / "mine").term == tmp_path / "mine"
    monkeypatch.setenv("COURSE_TERM", "")
    assert open_course(root=tmp_path).term == tmp_path / "term"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_TERM", "here")
    assert open_course(root=Path(".")).term == tmp_path / "here"
    assert not (tmp_path / "here").exists()


def test_a_course_of_its_own_specification(tiny_course):
    assert list(tiny_course.specification.assignments) == ["t01_sums"]
    assert len(open_course(root=tiny_course.root / "solutions").specification.assignments) == 10


def test_a_broken_specification_is_named(tmp_path):
    (tmp_path / "specification.yml").write_text("assignments: []\n")
    with pytest.raises(CourseError, match=r"specification\.yml: the key 'rubric' is missing"):
        open_course(root=tmp_path)


def test_a_broken_manifest_is_named(tiny_course):
    path = tiny_course.room("t01_sums") / "assignment.yml"
    path.write_text(path.read_text(encoding="utf-8") + "week: 9\n", encoding="utf-8")
    with pytest.raises(ManifestError, match=r"assignment\.yml: line \d+, column 1: the key 'week' stands here a second time"):
        tiny_course.assignment("t01_sums")


@pytest.mark.parametrize("good", ["20241234", "kim.cs", "a", "s-1", "홍길동", "a@b.kr", "_x", "x" * 100])
def test_student_ids(good):
    assert student_id(good) == good


BAD_IDS = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a\\b",
    ".hidden",
    "-rf",
    "a b",
    "a\nb",
    "a\0b",
    "x" * 101,
    "~root",
    "*",
    "{x}",
    "e\u0301",  # decomposed
]


@pytest.mark.parametrize("bad", [*BAD_IDS, "\u1112\u1169\u11bc"])
def test_what_is_no_student_id(bad, tiny_course):
    with pytest.raises(CourseError, match="is no student id"):
        tiny_course.submission_notebook("t01_sums", bad)


def test_the_secret_is_made_once_and_kept(tiny_course):
    first = tiny_course.secret
    assert len(first) == 32
    path = tiny_course.term / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_course(root=tiny_course.root, term=tiny_course.term).secret == first
    assert open_course(root=tiny_course.root, term=tiny_course.root / "other").secret != first
    assert sorted(os.listdir(tiny_course.term)) == ["secret"]


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31, "한글"])
def test_a_damaged_secret_is_refused_and_kept(tiny_course, content):
    tiny_course.term.mkdir()
    path = tiny_course.term / "secret"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CourseError, match="not a term's secret"):
        _ = tiny_course.secret
    assert path.read_text(encoding="utf-8") == content


def _secret_of(root: Path) -> bytes:
    return open_course(root=root, term=root / "term").secret


def test_many_processes_agree_on_a_new_secret(tiny_course):
    with multiprocessing.get_context("fork").Pool(SECRET_PROCESSES) as pool:
        secrets = pool.map(_secret_of, [tiny_course.root] * SECRET_PROCESSES)
    assert len(set(secrets)) == 1
    assert len(secrets[0]) == 32

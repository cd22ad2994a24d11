"""Submissions from a folder into the term."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import tinycourse

from autograder.collect import collect
from autograder.course import CourseError
from autograder.submissions import Submitted


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "n.ipynb").write_bytes(b"first")
    (folder / "timestamp.txt").write_text("2025-05-06 12:00:00 UTC")
    (folder / "virus.py").write_text("1")
    evidence = folder / "pack" / "evidence"
    (evidence / "tables").mkdir(parents=True)
    (evidence / "manifest.json").write_text("{}")
    (evidence / "tables" / "counts.json").write_text("[]")
    (evidence / "tables" / "leak.json").symlink_to("/etc/passwd")
    (evidence / "notes.txt").write_text("x")
    (folder / "pack" / "sums").mkdir()
    (folder / "pack" / "sums" / "adding.py").write_text("x = 1")
    (folder / "pack" / "sums" / "passwd").symlink_to("/etc/passwd")
    (folder / "pack" / "more").symlink_to("/etc")
    return folder


def files(course, student="kim"):
    folder = course.term / "submitted" / student / tinycourse.ID
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


WHOLE = {
    "pack/evidence/notes.txt": b"x",
    "pack/sums/adding.py": b"x = 1",
    "pack/evidence/manifest.json": b"{}",
    "pack/evidence/tables/counts.json": b"[]",
    "t01_sums.ipynb": b"first",
    "timestamp.txt": b"2025-05-06 12:00:00.000000 UTC",
}


def test_the_notebook_and_its_pack_are_copied_and_nothing_else(tiny_course, inbox):
    entry = Submitted("kim", inbox / "n.ipynb", inbox / "pack" / "evidence")
    assert collect(tiny_course, tinycourse.ID, [entry]) == ["kim"]
    assert files(tiny_course) == WHOLE
    assert collect(tiny_course, tinycourse.ID, [entry]) == []
    assert os.listdir(tiny_course.term / "submitted" / "kim") == [tinycourse.ID]


def test_a_second_submission_takes_the_first_ones_place(tiny_course, inbox):
    entry = Submitted("kim", inbox / "n.ipynb", inbox / "pack" / "evidence")
    collect(tiny_course, tinycourse.ID, [entry])
    (inbox / "n.ipynb").write_bytes(b"second")
    (inbox / "timestamp.txt").unlink()
    assert collect(tiny_course, tinycourse.ID, [Submitted("kim", inbox / "n.ipynb")]) == ["kim"]
    assert files(tiny_course) == {"t01_sums.ipynb": b"second"}


def test_what_lies_in_the_term_already_stays_untouched(tiny_course):
    path = tiny_course.submission_notebook(tinycourse.ID, "kim")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"here")
    (path.parent / "other.txt").write_text("x")
    assert collect(tiny_course, tinycourse.ID, [Submitted("kim", path)]) == []
    assert set(files(tiny_course)) == {"other.txt", "t01_sums.ipynb"}


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_file_arrives_empty(tiny_course, inbox, kind):
    path = inbox / "odd.ipynb"
    {"link": lambda: path.symlink_to("/etc/passwd"), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]()
    collect(tiny_course, tinycourse.ID, [Submitted("kim", path)])
    assert files(tiny_course)["t01_sums.ipynb"] == b""


@pytest.mark.parametrize(
    ("students", "said"), [(["kim", "kim"], "two submissions of kim"), (["kim", "../lee"], "cannot be a student's id")]
)
def test_a_wrong_list_copies_nothing(tiny_course, inbox, students, said):
    with pytest.raises(CourseError, match=said):
        collect(tiny_course, tinycourse.ID, [Submitted(student, inbox / "n.ipynb") for student in students])
    assert not (tiny_course.term / "submitted").exists()


@pytest.mark.parametrize("moment", ["copying", "between"])
def test_a_killed_copy_is_put_right(tiny_course, inbox, monkeypatch, moment):
    entry = Submitted("kim", inbox / "n.ipynb", inbox / "pack" / "evidence")
    collect(tiny_course, tinycourse.ID, [entry])
    (inbox / "n.ipynb").write_bytes(b"second")
    rename = Path.rename

    def die(self, target):
        if moment == "copying" or self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", die)
    with pytest.raises(KeyboardInterrupt):
        collect(tiny_course, tinycourse.ID, [entry])
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.chdir("/")
    collect(tiny_course, tinycourse.ID, [Submitted("kim", tiny_course.submission_notebook(tinycourse.ID, "kim"))])
    assert files(tiny_course) == WHOLE  # the old submission is back, and nothing is left beside it
    assert os.listdir(tiny_course.term / "submitted" / "kim") == [tinycourse.ID]
    assert collect(tiny_course, tinycourse.ID, [entry]) == ["kim"]
    assert files(tiny_course) == WHOLE | {"t01_sums.ipynb": b"second"}

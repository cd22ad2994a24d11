"""What grading stands on gives way: a full disk, a gradebook that cannot be written, locked or gone, a clock that jumps, no sandbox.

Each time the command says what is wrong and what to do, without a traceback and without a grade that nobody earned; once the fault is
mended, the same command gives what it would have given.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest
from tinycourse import ID

from autograder.cohort import find_submissions, grade_cohort

pytestmark = pytest.mark.smoke
NAMESPACE = ("unshare", "--mount", "--propagation", "private") + (() if os.geteuid() == 0 else ("--user", "--map-root-user"))


def _with_mount(script: str) -> tuple[str, ...]:
    """Words before a command that first change what is mounted, for that command alone."""
    return (*NAMESPACE, "sh", "-c", f'set -e; {script}; exec "$@"', "sh")


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount for a command that makes a sandbox itself")


def _explained(said: str, *words: str) -> None:
    assert "Traceback" not in said, said
    for word in words:
        assert word in said, said


@as_root
def test_a_full_disk(ungraded, undisturbed):
    """A term on a disk with room for the kit and the submissions, and for little else."""
    term = ungraded.course.term
    size = _bytes(term) + 4_500_000
    keep = term.with_name("kept")
    term.rename(keep)
    term.mkdir()
    mount = f"mount -t tmpfs -o size={size},mode=755 none {term}; cp -a {keep}/. {term}"
    filled = f"{mount}; dd if=/dev/zero of={term}/filler bs=1k 2>/dev/null || true"
    status, said = ungraded.grade(*_with_mount(filled))
    assert status != 0, said
    _explained(said, "No space left")
    term.rmdir()
    keep.rename(term)
    status, said = ungraded.grade()
    assert status == 0, said
    assert ungraded.grades() == undisturbed.grades


@as_root
@pytest.mark.full
def test_the_disk_fills_up_while_the_gradebook_is_written(graded, undisturbed):
    """Only the disk of the gradebook is full: its folders, where results and graded notebooks go, lie on another one."""
    term = graded.course.term
    before = graded.grades()
    _wrong_answer(graded)
    mount = f"mount -t tmpfs -o size={_bytes(term) + 800_000},mode=755 none /mnt; cp -a {term}/. /mnt"
    elsewhere = f'for place in {term}/*/; do mount --bind "$place" "/mnt/$(basename "$place")"; done; mount --rbind /mnt {term}'
    filled = f"{mount}; {elsewhere}; dd if=/dev/zero of={term}/filler bs=1k 2>/dev/null || true"
    status, said = graded.grade(*_with_mount(filled))
    assert status != 0, said
    _explained(said, "gradebook", "full")
    assert graded.grades() == before == undisturbed.grades
    status, said = graded.grade()
    assert status == 0, said
    assert graded.grades()["ahn"]["add"] == (0.0, 0.0, False)


@as_root
def test_a_read_only_gradebook(graded, undisturbed):
    book = graded.course.term / "gradebook.db"
    _wrong_answer(graded)
    status, said = graded.grade(*_with_mount(f"mount --bind {book} {book}; mount -o remount,ro,bind {book}"))
    assert status != 0
    _explained(said, "gradebook", "read")
    assert graded.grades() == undisturbed.grades
    status, said = graded.grade()
    assert status == 0, said
    assert graded.grades()["ahn"]["add"] == (0.0, 0.0, False)


@pytest.mark.full
def test_a_locked_gradebook(graded, undisturbed):
    """Somebody's program holds a transaction open."""
    _wrong_answer(graded)
    holder = sqlite3.connect(graded.course.term / "gradebook.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    status, said = graded.grade()
    assert status != 0
    _explained(said, "gradebook", "locked")
    holder.execute("ROLLBACK")
    holder.close()
    assert graded.grades() == undisturbed.grades
    status, said = graded.grade()
    assert status == 0, said
    assert graded.grades()["ahn"]["add"] == (0.0, 0.0, False)


@as_root
def test_no_sandbox_no_grades(ungraded, undisturbed):
    programs = [str(path) for path in map(Path, ("/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap")) if path.exists()]
    empty = ungraded.root / "empty"
    empty.touch(mode=0o644)
    hidden = "; ".join(f"mount --bind {empty} {program}" for program in programs if not Path(program).is_symlink())
    status, said = ungraded.grade(*_with_mount(hidden))
    assert status != 0
    _explained(said, "bubblewrap", "apt-get install", "--unsafe-no-sandbox")
    assert not (ungraded.course.term / "gradebook.db").exists()
    assert not list((ungraded.course.term / "store").rglob("*.json"))
    assert ungraded.grade()[0] == 0
    assert ungraded.grades() == undisturbed.grades


def test_a_clock_that_jumps(ungraded, undisturbed, monkeypatch):
    """Days forward and back, between any two looks at it: limits on time are kept by a clock that cannot be set."""
    jumps = iter([0, 86_400, -86_400, 10**9, -(10**8)] * 10_000_000)
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() + next(jumps))
    course = ungraded.course
    results = grade_cohort(course, course.assignment(ID), find_submissions(course, ID), jobs=1)
    monkeypatch.undo()
    for student, result in results.items():
        automatic = {item.id: item.score for item in result.items if not item.needs_manual and item.dimension != "bonus"}
        assert automatic == {item: undisturbed.grades[student][item][0] for item in automatic}


def test_postgresql_gone_and_back(ungraded, undisturbed, postgresql, monkeypatch):
    """The database stops between two runs, and comes back."""
    variables = {"COURSE_DB": postgresql.new_database()}
    postgresql.stop()
    status, said = ungraded.grade(**variables)
    assert status != 0
    _explained(said, "gradebook", "cannot be opened")
    assert not (ungraded.course.term / "gradebook.db").exists(), "never another database in its place"
    postgresql.start()
    status, said = ungraded.grade(**variables)
    assert status == 0, said
    monkeypatch.setenv(*variables.popitem())
    assert ungraded.grades() == undisturbed.grades


def _wrong_answer(graded) -> None:
    """One student's submission changes, so that there is something to write."""
    path = graded.course.submission_notebook(ID, "ahn")
    path.write_text(path.read_text(encoding="utf-8").replace("return a + b", "return a * b + 1"), encoding="utf-8")


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size // 4096 * 4096 + 8192 for path in folder.rglob("*"))

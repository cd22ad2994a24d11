"""Whole cohorts through the sandbox: the same scores however they are run, and every run can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tinycourse

import autograder.cohort
from autograder.cohort import Submitted, find_submissions, grade_cohort
from autograder.course import Course, CourseError
from autograder.result import Result
from autograder.sandbox.errors import SandboxUnavailable
from autograder.store import Store

ID = tinycourse.ID
Put = Callable[..., None]


@pytest.fixture
def put(course: Course, release: bytes) -> Put:
    """``put("kim", solution_add="…")`` submits the release with these cells filled in; ``raw=`` submits bytes."""

    def apply(student: str, raw: bytes | None = None, **cells: str) -> None:
        path = course.submission_notebook(ID, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw if raw is not None else tinycourse.filled_in(release, {k.replace("_", "-"): v for k, v in cells.items()}))

    return apply


def grade(course: Course, **options: Any) -> dict[str, Result]:
    return grade_cohort(course, course.assignment(ID), find_submissions(course, ID), **options)


def comparable(results: dict[str, Result]) -> dict[str, Any]:
    data = {student: result.model_dump(exclude={"seconds", "metrics", "versions"}) for student, result in results.items()}
    for result in data.values():
        for cell in result["cells"]:
            cell.pop("seconds")
    return data


def forget(course: Course) -> None:
    for path in (course.term / "store").rglob("*.json"):
        path.unlink()


@pytest.mark.smoke
def test_one_worker_two_workers_and_the_store_agree(course: Course, put: Put) -> None:
    put("ahn", **{name.replace("-", "_"): text for name, text in tinycourse.SOLUTIONS.items()})
    put("bae", solution_add="def add(a, b):\n    return a + b", solution_double="import os\nos._exit(1)")
    put("cho", raw=b"no notebook")
    put("dho", solution_add="def add(a, b):\n    return a - b")
    seen: list[str] = []
    one = grade(course, jobs=1, on_result=lambda result: seen.append(result.student))
    assert {student: result.status for student, result in one.items()} == {
        **{"ahn": "graded", "bae": "partial", "cho": "unreadable", "dho": "graded"},
    }
    assert list(one) == sorted(seen) == ["ahn", "bae", "cho", "dho"]
    assert grade(course, jobs=1) == one  # to the second: nothing was graded again
    forget(course)
    assert comparable(grade(course, jobs=2)) == comparable(one)


@pytest.mark.smoke
def test_a_submission_that_breaks_its_worker_does_not_stop_the_class(course: Course, put: Put) -> None:
    for student in ("kim", "bad", "lee"):
        put(student, solution_add="def add(a, b):\n    return a + b")
    checks = course.room(ID) / "checks.py"
    deadly = '    if submission.student == "bad":\n        import os; os.kill(os.getpid(), 9)\n'
    marker = '    """무작위 두 정수의 합이 맞습니다."""\n'
    assert marker in checks.read_text()
    checks.write_text(checks.read_text().replace(marker, marker + deadly))
    results = grade(course, jobs=2)
    assert {student: result.status for student, result in results.items()} == {"bad": "grader_fault", "kim": "graded", "lee": "graded"}
    assert all(item.needs_manual for item in results["bad"].items)
    assert results["kim"].score >= 1.5
    stored = Store(course.term / "store").get(results["bad"].key)
    assert stored == results["bad"]
    checks.write_text(checks.read_text().replace(deadly, ""))
    assert grade(course, jobs=1)["bad"].status == "graded"


@pytest.mark.full  # CI kills five runs in tests/faults
def test_a_killed_run_goes_on_where_it_was(course: Course, put: Put, tmp_path: Path) -> None:
    students = ["s1", "s2", "s3", "s4"]
    for student in students:
        put(student, solution_add=f"def add(a, b):\n    return a + b  # {student}")
    log = tmp_path / "log"
    code = (
        "import sys; sys.path.insert(0, sys.argv[4])\n"
        "from pathlib import Path\n"
        "from autograder.cohort import find_submissions, grade_cohort\n"
        "from autograder.course import open_course\n"
        "if __name__ == '__main__':\n"
        "    course = open_course(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "    note = lambda r: open(sys.argv[3], 'a').write(f'{r.student} {r.score} {r.seconds}\\n')\n"
        f"    grade_cohort(course, course.assignment('{ID}'), find_submissions(course, '{ID}'), jobs=2, on_result=note)\n"
    )
    (tmp_path / "main.py").write_text(code)
    checkout = str(Path(autograder.cohort.__file__).parent.parent)
    command = [sys.executable, str(tmp_path / "main.py"), str(course.root), str(course.term), str(log), checkout]
    first = subprocess.Popen(command)
    deadline = time.monotonic() + 120
    while not (log.is_file() and log.read_text().count("\n")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    before = log.read_text().splitlines()
    assert 1 <= len(before) < len(students)
    stored = {path: path.stat().st_mtime_ns for path in (course.term / "store").rglob("*.json")}
    log.unlink()
    subprocess.run(command, check=True, timeout=200)
    after = log.read_text().splitlines()
    assert sorted(line.split()[0] for line in after) == students
    assert set(before) <= set(after)  # same score, same seconds: taken from the store
    assert {path: path.stat().st_mtime_ns for path in stored} == stored
    assert len(list((course.term / "store").rglob("*.json"))) == len(students)
    assert {line.split()[1] for line in after} == {before[0].split()[1]}


@pytest.mark.smoke
def test_a_scheduler_gives_the_same_scores(course: Course, put: Put) -> None:
    distributed = pytest.importorskip("distributed")
    put("kim", solution_add="def add(a, b):\n    return a + b")
    put("lee", raw=b"")
    here = grade(course, jobs=1)
    forget(course)
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=":0") as cluster:
        there = grade(course, scheduler=cluster.scheduler_address)
    assert comparable(there) == comparable(here)


def test_no_walls_no_grades(course: Course, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    put("kim")

    def refuse() -> None:
        raise SandboxUnavailable("install bubblewrap")

    monkeypatch.setattr(autograder.cohort, "require_walls", refuse)
    with pytest.raises(SandboxUnavailable, match="bubblewrap"):
        grade(course)
    assert not (course.term / "store").exists()


def test_a_student_twice_is_wrong_use(course: Course, tmp_path: Path) -> None:
    twice = [Submitted("kim", tmp_path / "a.ipynb"), Submitted("kim", tmp_path / "b.ipynb")]
    with pytest.raises(CourseError, match="two submissions of kim"):
        grade_cohort(course, course.assignment(ID), twice)

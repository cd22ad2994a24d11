"""kill -9 in the middle of recording: the same call again completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
import tinycourse

from autograder.autograde import graded_notebook
from autograder.course import ROOT
from autograder.gradebook import scores, total
from autograder.recording import register

STUDENTS = ("s1", "s2", "s3", "s4", "s5", "s6")
RECORD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from autograder.course import open_course
from autograder.recording import record
from autograder.result import Result
course = open_course(Path(sys.argv[2]), Path(sys.argv[3]))
results = [Result.model_validate_json(line) for line in sys.stdin]
record(course, course.assignment("t01_sums"), {result.student: result for result in results})
"""


def start(desk, results) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-c", RECORD, str(ROOT), str(desk.course.root), str(desk.course.term)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    process.stdin.write("".join(result.model_dump_json() + "\n" for result in results))
    process.stdin.close()
    return process


@pytest.mark.parametrize("wanted", [0, 3])  # killed while the assignment is registered; after three of six
def test_a_killed_run_is_completed_by_the_same_call(desk, wanted):
    results = [desk.result(student, {"add": 0.25 * number, "bonus-triple": 1.0}) for number, student in enumerate(STUDENTS)]
    for student in STUDENTS:
        desk.submit(student)
    if wanted:
        register(desk.course, desk.assignment)
    process = start(desk, results)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        begun = (desk.course.term / "gradebook.db").exists()
        if begun and sum(graded_notebook(desk.course, tinycourse.ID, student).exists() for student in STUDENTS) >= wanted:
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.005)
    assert process.wait(60) == -signal.SIGKILL
    missing = [s for s in STUDENTS if not graded_notebook(desk.course, tinycourse.ID, s).exists()]
    assert missing

    told = desk.record(*results)
    assert [entry for entry in told if entry.kind != "change"] == []
    found = scores(desk.course, desk.assignment)
    assert {student: found[student]["add"].auto for student in STUDENTS} == {s: 0.25 * n for n, s in enumerate(STUDENTS)}
    assert {student: total(found[student]) for student in STUDENTS} == {s: 0.25 * n + 1.0 for n, s in enumerate(STUDENTS)}
    assert all([item for item, g in found[s].items() if g.needs_manual] == ["essay-add", "exp-analysis"] for s in STUDENTS)
    assert desk.record(*results) == []

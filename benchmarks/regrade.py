"""A re-grade of an unchanged cohort, nbgrader not run: milliseconds per submission, beside the first pass with nbgrader."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

import nbformat
from rich.console import Console

from autograder import cohort
from autograder.build import build_source
from autograder.commands import grade_and_record
from autograder.course import ROOT, Course, open_course
from autograder.manifest import Assignment
from autograder.result import Result
from autograder.sandbox import selftest
from autograder.scoring import total, without_score
from autograder.store import Store, submission_key
from autograder.submissions import read_submitted

ASSIGNMENT = "w09a1_tokenizers"
SUBMISSIONS, REPEATS = 40, 3
BOUND = 50.0  # milliseconds, the promise for one submission


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="regrade-") as folder:
        course = open_course(ROOT, Path(folder).resolve() / "term")
        assignment = course.assignment(ASSIGNMENT)
        _class(course, assignment)
        selftest.require_walls = cohort.require_walls = lambda: None  # a second for the whole class, nothing for a submission
        cohort._grade_all = _refuse
        first = _run(course, assignment)
        again = [_run(course, assignment) for _ in range(REPEATS)]
    wall, busy = (1000 * statistics.median(column) / SUBMISSIONS for column in zip(*again, strict=True))
    verdict = "within" if busy <= BOUND else "ABOVE"
    print(f"{SUBMISSIONS} submissions of {ASSIGNMENT}, {len(assignment.by_id)} items each, results in the store")
    print(f"recorded the first time  {1000 * first[1] / SUBMISSIONS:7.1f} ms of the processor each, nbgrader's pass included")
    ratio = 1000 * first[1] / SUBMISSIONS / busy
    print(f"unchanged, again         {busy:7.1f} ms of the processor each, {wall:.1f} by the clock, {ratio:.0f} times less")
    print(f"{verdict} the bound of {BOUND:g} ms")


def _refuse(*_: object) -> None:
    raise SystemExit("The course changed while it was measured: run it again.")


def _class(course: Course, assignment: Assignment) -> None:
    """The teaching solution as everybody's submission, with a result that says so in the store."""
    text = nbformat.writes(build_source(course, assignment))
    store = Store(course.term / "store")
    for number in range(SUBMISSIONS):
        student = f"2026-{number:05d}"
        path = course.submission_notebook(ASSIGNMENT, student)
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        path.with_name("timestamp.txt").write_text("2026-03-20 12:00:00 UTC")
        key = submission_key(course, assignment, read_submitted(path), None, student)
        store.put(key, _full(course, assignment, student, key))


def _full(course: Course, assignment: Assignment, student: str, key: str) -> Result:
    manual = {item.id for item in assignment.by_id.values() if item.manual}
    items = tuple(
        entry.model_copy(update={"score": 0.0 if entry.id in manual else entry.max_score, "needs_manual": entry.id in manual})
        for entry in without_score(assignment)
    )
    sums = total(items, course.specification.bonus_cap)
    fields = {"assignment": ASSIGNMENT, "student": student, "status": "graded", "items": items, "key": key}
    return Result.model_validate(fields | vars(sums))


def _run(course: Course, assignment: Assignment) -> tuple[float, float]:
    """Seconds by the clock, and of this process on a processor: other work on the machine counts in the first only."""
    options = {"folder": None, "jobs": 1, "scheduler": None, "yes": True, "sandbox": True, "round_number": None}
    started, busy = time.perf_counter(), time.process_time()
    with Path(os.devnull).open("w") as nowhere:
        grade_and_record(course, assignment, console=Console(file=nowhere), **options)
    return time.perf_counter() - started, time.process_time() - busy


if __name__ == "__main__":
    main()

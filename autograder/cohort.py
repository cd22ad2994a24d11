"""Many submissions, one after another or side by side: whatever one of them does, the others are graded.

Parallel work goes through one seam, :class:`concurrent.futures.Executor`: a pool of processes, or a scheduler's. Only the caller's
process writes the store. What is stored already is not graded again, so a run that was killed goes on where it was.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from autograder.course import Course, CourseError, open_course
from autograder.grade import grade_notebook, grader_fault
from autograder.kits import kit_for_grading
from autograder.manifest import Assignment
from autograder.result import Result
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.selftest import require_walls, trust_walls
from autograder.store import Store, grader_parts, release_bytes, submission_key
from autograder.submissions import Submitted, find_submissions, read_submitted
from autograder.term import round_number as current_round
from autograder.workers import Job, Lost, Pool, Workers, scheduled

__all__ = ["Submitted", "find_submissions", "grade_cohort"]

log = logging.getLogger(__name__)

STRIKES = 2  # how often a submission may break its worker


def grade_cohort(
    course: Course,
    assignment: Assignment,
    submissions: Iterable[Submitted],
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    sandbox: bool = True,
    round_number: int | None = None,
    on_result: Callable[[Result], None] | None = None,
) -> dict[str, Result]:
    """Grade every submission that the term's store has no result of, and return all results by student, sorted.

    Args:
        jobs: processes side by side; as many as there are processors by default.
        scheduler: the address of a dask.distributed scheduler whose workers see the same files; replaces ``jobs``.
        sandbox: False runs student code without walls, which every result then says.
        round_number: the round of random inputs; the term's by default.
        on_result: called in this process with each result as it becomes known, stored ones included.

    Raises:
        SandboxUnavailable: this machine, or a worker's, cannot wall student code off. Nothing was graded without.
        CourseError: a student twice, no release, or an unusable scheduler.
    """
    submissions = list(submissions)
    students = [submitted.student for submitted in submissions]
    if twice := sorted({student for student in students if students.count(student) > 1}):
        raise CourseError(f"There are two submissions of {', '.join(twice)}. Leave one of each.")
    if sandbox and scheduler is None:
        require_walls()
    number = current_round(course, assignment.id) if round_number is None else round_number
    release_bytes(course, assignment.id)
    kit_for_grading(course, assignment.id)  # once, before many processes want it
    store = Store(course.term / "store")
    results: dict[str, Result] = {}

    def done(result: Result) -> None:
        if result.key:
            store.put(result.key, result)
        report(result)

    def report(result: Result) -> None:
        results[result.student] = result
        if on_result:
            on_result(result)

    waiting = []
    grader = grader_parts(course, assignment)
    for submitted in submissions:
        stored = _stored(store, course, assignment, submitted, number, sandbox=sandbox, grader=grader)
        if stored is None:
            waiting.append(submitted)
        else:
            report(stored)
    if waiting:
        arguments = {"root": course.root, "term": course.term, "sandbox": sandbox, "round_number": number}
        with scheduled(scheduler) if scheduler else _pool(min(jobs or processors(), len(waiting)), assignment, sandbox=sandbox) as workers:
            _grade_all(course, assignment, waiting, workers, arguments, done)
    return {student: results[student] for student in sorted(results)}


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def _pool(width: int, assignment: Assignment, *, sandbox: bool) -> Pool:
    # A process is taken for hung far beyond what the sandbox itself allows a submission. The walls were just tried here.
    return Pool(width, seconds=600 + 10 * assignment.limits.total_seconds, prepare=trust_walls if sandbox else None)


def _stored(
    store: Store, course: Course, assignment: Assignment, submitted: Submitted, number: int, *, sandbox: bool, grader: Mapping[str, str]
) -> Result | None:
    """What the store has, but for faults of the grader: those are tried again."""
    try:
        data = read_submitted(submitted.notebook)
        key = submission_key(course, assignment, data, submitted.evidence, submitted.student, number, sandbox=sandbox, grader=grader)
    except OSError:  # met again by the worker, who makes a result of it
        log.warning("%s cannot be read", submitted.notebook, exc_info=True)
        return None
    found = store.get(key)
    return None if found is None or found.status == "grader_fault" else found


def _grade_all(
    course: Course,
    assignment: Assignment,
    waiting: list[Submitted],
    workers: Workers,
    arguments: dict[str, Any],
    done: Callable[[Result], None],
) -> None:
    """Grade all; a submission whose worker broke is tried again by itself, so that the innocent beside it keep their result."""
    strikes: dict[str, int] = {}
    queue = [Job(grade_submitted, submitted, arguments | {"assignment": assignment.id}) for submitted in waiting]
    alone: list[Job] = []
    while queue or alone:
        batch, width = (queue, workers.width) if queue else (alone, 1)
        lost: list[Job] = []
        for job, outcome in workers.run(batch, width):
            student = job.argument.student
            if isinstance(outcome, Lost):
                strikes[student] = strikes.get(student, 0) + 1
                log.warning("the worker grading %s was lost: %s", student, outcome.why)
                if strikes[student] >= STRIKES:
                    done(_faulty(course, assignment, job.argument, arguments, f"the worker was lost {STRIKES} times: {outcome.why}"))
                else:
                    lost.append(job)
            elif isinstance(outcome, SandboxUnavailable):
                raise outcome
            elif isinstance(outcome, Exception):
                log.error("%s could not be graded", student, exc_info=outcome)
                done(_faulty(course, assignment, job.argument, arguments, f"{type(outcome).__name__}: {outcome}"))
            else:
                done(outcome)
        queue, alone = [], lost if batch is alone else alone + lost


def _faulty(course: Course, assignment: Assignment, submitted: Submitted, arguments: dict[str, Any], what: str) -> Result:
    try:
        key = submission_key(
            course,
            assignment,
            read_submitted(submitted.notebook),
            submitted.evidence,
            submitted.student,
            arguments["round_number"],
            sandbox=arguments["sandbox"],
        )
    except OSError:
        key = ""
    return grader_fault(course, assignment, submitted.student, what, key=key)


def grade_submitted(submitted: Submitted, *, root: Path, term: Path, assignment: str, sandbox: bool, round_number: int) -> Result:
    """What one worker does for one submission. Raises SandboxUnavailable."""
    course = open_course(root, term)
    loaded = course.assignment(assignment)
    try:
        data = read_submitted(submitted.notebook)
    except OSError as error:
        return grader_fault(course, loaded, submitted.student, f"{submitted.notebook.name}: {error.strerror}")
    return grade_notebook(
        course,
        loaded,
        data,
        student=submitted.student,
        evidence_dir=submitted.evidence,
        sandbox=sandbox,
        round_number=round_number,
    )

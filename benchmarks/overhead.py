"""Seconds that grading adds to a submission's own, beside plain ``nbgrader autograde`` on the same notebooks."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from autograder.build import build_source, kit_for_grading, write_source
from autograder.cohort import Submitted
from autograder.course import ROOT, Course, open_course
from autograder.grade import grade_notebook
from autograder.nbgrader_settings import put_environment_on_path
from autograder.recording import record
from autograder.submission import SandboxSubmission

ASSIGNMENT = "w09a1_tokenizers"
SUBMISSIONS = 7
BOUND = 2.0  # seconds, the promise for the median
PLAIN_CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.ignore = ["*.md", "*.yml", "*.py", ".ipynb_checkpoints"]
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        course = open_course(ROOT, Path(folder).resolve() / "term")
        notebooks = _submissions(course)
        ours, recording = _grade(course, notebooks)
        plain = _plain(course, Path(folder).resolve() / "plain", notebooks)
    median = statistics.median(ours)
    print(f"{SUBMISSIONS} submissions of {ASSIGNMENT}, one after another, the first with all imports")
    print("grade, beyond cells and probes  " + "  ".join(f"{seconds:.2f}" for seconds in ours) + f"   median {median:.2f} s")
    print(f"recording in the gradebook      {recording / SUBMISSIONS:.2f} s each")
    print(f"plain nbgrader autograde        {plain / SUBMISSIONS:.2f} s each, cells included, without sandbox and checks")
    verdict = "within" if median + recording / SUBMISSIONS <= BOUND else "ABOVE"
    print(f"together {median + recording / SUBMISSIONS:.2f} s, {verdict} the bound of {BOUND:g} s")


def _submissions(course: Course) -> list[Submitted]:
    """The teaching solution, each time as another student's, so that nothing comes from the store."""
    assignment = course.assignment(ASSIGNMENT)
    write_source(course, ASSIGNMENT)
    text = nbformat.writes(build_source(course, assignment)).replace('PROFILE = \\"cpu\\"', 'PROFILE = \\"smoke\\"')  # what the grader runs
    found = []
    for number in range(SUBMISSIONS):
        path = course.submission_notebook(ASSIGNMENT, f"student-{number}")
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        found.append(Submitted(f"student-{number}", path, None))
    return found


def _grade(course: Course, notebooks: list[Submitted]) -> tuple[list[float], float]:
    """Overhead of each submission, and the time of writing all of them into the gradebook."""
    assignment = course.assignment(ASSIGNMENT)
    kit_for_grading(course, ASSIGNMENT)
    overheads, results = [], {}
    for submitted in notebooks:
        started = time.perf_counter()
        with _probe_time() as probes:
            result = grade_notebook(course, assignment, submitted.notebook.read_bytes(), student=submitted.student)
        if result.status != "graded":
            raise SystemExit(f"the teaching solution is {result.status}: {result.reason}")
        overheads.append(time.perf_counter() - started - sum(cell.seconds for cell in result.cells) - sum(probes))
        results[submitted.student] = result
    put_environment_on_path()
    started = time.perf_counter()
    record(course, assignment, results)
    return overheads, time.perf_counter() - started


@contextmanager
def _probe_time() -> Iterator[list[float]]:
    """Collects how long the student's kernel took to answer each probe."""
    original, spent = SandboxSubmission._exchange, []

    def timed(self: SandboxSubmission, request: str, timeout: float) -> str:
        started = time.perf_counter()
        try:
            return original(self, request, timeout)
        finally:
            spent.append(time.perf_counter() - started)

    SandboxSubmission._exchange = timed
    try:
        yield spent
    finally:
        SandboxSubmission._exchange = original


def _plain(course: Course, root: Path, notebooks: list[Submitted]) -> float:
    """Time of nbgrader alone, as a course without this package would run it."""
    for submitted in notebooks:
        target = root / "submitted" / submitted.student / ASSIGNMENT / submitted.notebook.name
        target.parent.mkdir(parents=True)
        target.write_bytes(submitted.notebook.read_bytes())
    source = root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(course.source_notebook(ASSIGNMENT).read_bytes())
    (root / "nbgrader_config.py").write_text(PLAIN_CONFIG.format(root=str(root)))
    environment = os.environ | {"PYTHONPATH": str(kit_for_grading(course, ASSIGNMENT)), "OMP_NUM_THREADS": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    nbgrader = [sys.executable, "-m", "nbgrader"]
    subprocess.run([*nbgrader, "generate_assignment", ASSIGNMENT, "--force"], cwd=root, env=environment, check=True, capture_output=True)
    started = time.perf_counter()
    subprocess.run([*nbgrader, "autograde", ASSIGNMENT], cwd=root, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

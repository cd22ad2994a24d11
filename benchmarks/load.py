"""Two hundred submissions of mixed worth in one go: scores, memory and time, with a pool of processes and with dask.distributed."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.build import write_release
from autograder.cohort import Submitted, grade_cohort
from autograder.course import ROOT, Course
from autograder.grade import grade_notebook
from autograder.result import Result
from autograder.sandbox import processes

sys.path.append(str(ROOT / "tests"))

import tinycourse

ID = tinycourse.ID
SUBMISSIONS, EARLY, WORKERS = 200, 20, 2
BOUND = 100.0  # MB that memory may grow from the twentieth result to the last
WORTH: dict[str, Mapping[str, str]] = {
    "right": tinycourse.SOLUTIONS,
    "empty": {},
    "half": {name: tinycourse.SOLUTIONS[name] for name in ("solution-add", "solution-total", "essay-add")},
    "wrong": tinycourse.SOLUTIONS | {"solution-add": "def add(a: int, b: int) -> int:\n    return a - b"},
    "loud": tinycourse.SOLUTIONS | {"solution-double": "print('x' * 500_000)\ndef double(a):\n    return add(a, a)"},
    "deadly": tinycourse.SOLUTIONS | {"solution-double": "import os\nos._exit(1)"},
    "large": tinycourse.SOLUTIONS | {"solution-bonus-triple": "held = bytearray(200_000_000)\ndef triple(a):\n    return 3 * a"},
    "untidy": tinycourse.SOLUTIONS | {"solution-add": "def add(a,b): return  sum([a,b])"},
}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        course = tinycourse.make_course(Path(folder).resolve() / "course")
        write_release(course, ID)
        submissions, kinds = _submissions(course)
        alone = _alone(course)
        ways = {f"{WORKERS} processes": _pool, f"dask.distributed, {WORKERS} workers": _dask}
        above = [way for way, grade in ways.items() if not _within_bound(course, way, grade(course, submissions, kinds, alone))]
    if above:
        raise SystemExit(f"Memory grew beyond {BOUND:g} MB with {' and with '.join(above)}.")


def _within_bound(course: Course, way: str, measured: tuple[float, float]) -> bool:
    """Print what was measured and empty the store, so that the next way grades anew; whether memory kept its bound."""
    seconds, grown = measured
    print(f"{way}: {SUBMISSIONS} submissions, scores equal to those graded alone, {seconds / SUBMISSIONS:.2f} s each; ", end="")
    print(f"resident memory from result {EARLY} to the last {grown:+.0f} MB (bound {BOUND:g})", flush=True)
    for path in (course.term / "store").rglob("*.json"):
        path.unlink()
    return grown <= BOUND


def _submissions(course: Course) -> tuple[list[Submitted], dict[str, str]]:
    """The submissions, and what each is worth by student. No two have the same bytes, so that nothing comes from the store."""
    release = course.release_notebook(ID).read_bytes()
    found, kinds = [], {}
    for number in range(SUBMISSIONS):
        kind = list(WORTH)[number % len(WORTH)]
        student = f"s{number:03}"
        place = course.submission_notebook(ID, student)
        place.parent.mkdir(parents=True)
        place.write_bytes(tinycourse.filled_in(release, WORTH[kind]))
        found.append(Submitted(student, place, None))
        kinds[student] = kind
    return found, kinds


def _alone(course: Course) -> dict[str, dict[str, Any]]:
    """What each kind gets when nothing else is graded."""
    release = course.release_notebook(ID).read_bytes()
    return {
        kind: _scored(grade_notebook(course, course.assignment(ID), tinycourse.filled_in(release, cells), student="alone"))
        for kind, cells in WORTH.items()
    }


def _scored(result: Result) -> dict[str, Any]:
    return {"status": result.status} | {item.id: (item.score, item.needs_manual) for item in result.items}


def _pool(course: Course, submissions: list[Submitted], kinds: dict[str, str], alone: dict[str, Any]) -> tuple[float, float]:
    held: list[float] = []
    started = time.perf_counter()
    results = grade_cohort(course, course.assignment(ID), submissions, jobs=WORKERS, on_result=lambda _: held.append(_resident()))
    seconds = time.perf_counter() - started
    _compare(results, kinds, alone)
    return seconds, held[-1] - held[EARLY - 1]


def _dask(course: Course, submissions: list[Submitted], kinds: dict[str, str], alone: dict[str, Any]) -> tuple[float, float]:
    import dask
    from distributed import LocalCluster

    held: list[float] = []
    unwatched = dask.config.set({"distributed.worker.profile.enabled": False})  # it grows with time; the guide turns it off
    with unwatched, LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=":0") as cluster:
        started = time.perf_counter()
        options = {"scheduler": cluster.scheduler_address, "on_result": lambda _: held.append(_resident())}
        results = grade_cohort(course, course.assignment(ID), submissions, **options)
        seconds = time.perf_counter() - started
    _compare(results, kinds, alone)
    return seconds, held[-1] - held[EARLY - 1]


def _compare(results: Mapping[str, Result], kinds: Mapping[str, str], alone: Mapping[str, Any]) -> None:
    different = [student for student, result in results.items() if _scored(result) != alone[kinds[student]]]
    if different:
        student = different[0]
        raise SystemExit(f"{len(different)} scores differ from those graded alone: {kinds[student]}: {_scored(results[student])}")


def _resident() -> float:
    """MB of this process and of all its descendants, but for what runs in a sandbox."""
    pages, pending = 0, [os.getpid()]
    while pending:
        pid = pending.pop()
        try:
            if "bwrap" in Path(f"/proc/{pid}/comm").read_text():
                continue
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        pending += processes.children(pid)
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()

"""The students' reports of an assignment: made from what is recorded, delivered, and kept as they were sent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course import TERM_VARIABLE, Course, CourseError
from autograder.gradebook import open_gradebook
from autograder.manifest import Assignment
from autograder.platform_zip import feedback_name, feedback_zip, origin_of
from autograder.recorded import remember_release
from autograder.reports.assemble import in_words, item_links, make_report, report_json
from autograder.reports.benchmark import class_series
from autograder.reports.student import page_name, render_report
from autograder.reports.text import write_whole
from autograder.result import Result
from autograder.sent import Sent, keep_sent, last_sent
from autograder.standing import Standing, latest_results, standings
from autograder.store import write_whole as write_bytes
from autograder.term import load_settings

HELD = "feedback_waiting"
FROM_NBGRADER = ("timestamp.txt", "submission_secret.txt")  # by these `nbgrader fetch_feedback` finds a student's page
# What may differ between two reports that say the same: when they were sent, and how the rest of the class did.
PASSING = ("issued", "facts", "objection", "changes", "comparisons", "schema", "key")
RELEASE_SECONDS = 600


@dataclass(frozen=True)
class Feedback:
    """One student's report.

    Attributes:
        page, report: HTML and JSON; of the report that was sent last where nothing has changed since.
        waiting: items that a person has yet to decide.
        new: whether it says anything that the last one sent did not.
        origin: the name that the submission came in under.
    """

    student: str
    page: str
    report: str
    waiting: int
    new: bool
    origin: str


def make_feedback(course: Course, assignment: Assignment, *, students: Collection[str] = (), now: datetime | None = None) -> list[Feedback]:
    """The reports of everybody whose grades are recorded, in the order of student ids.

    Args:
        students: only these; the class that they are compared with stays the whole one.
        now: when they are sent, aware.

    Raises:
        CourseError: nothing is recorded, a student is not, or a report that was sent is no longer what it was.
    """
    results = latest_results(course, assignment)
    if not results:
        raise CourseError(f"No grades of {assignment.id} are recorded. Run: course grade {assignment.id}")
    if unknown := sorted(set(students) - results.keys()):
        raise CourseError(f"No grades of {assignment.id} are recorded for {', '.join(unknown)}.")
    now = now or datetime.now(UTC)
    stands = standings(course, assignment, results, released=now)
    series = class_series(results, stands)
    issued, links = in_words(now.astimezone(load_settings(course).timezone)), item_links(course, assignment)
    made = []
    for student in sorted(students or results):
        before = last_sent(course, assignment.id, student)
        report = make_report(
            assignment,
            results[student],
            standing=stands[student],
            series=series,
            links=links,
            previous=before.report if before else None,
            issued=issued,
        )
        made.append(_feedback(course, assignment, results[student], stands[student], render_report(report), report_json(report), before))
    return made


def _feedback(
    course: Course, assignment: Assignment, result: Result, standing: Standing, page: str, report: str, before: Sent | None
) -> Feedback:
    new = before is None or _lasting(json.loads(report)) != _lasting(before.report)
    if before is not None and not new:
        page, report = before.page, json.dumps(before.report, ensure_ascii=False, indent=1) + "\n"
    origin = origin_of(course, assignment.id, result.student, standing.attempt)
    return Feedback(result.student, page, report, standing.waiting, new, origin)


def _lasting(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name not in PASSING}


def write_feedback(course: Course, assignment: Assignment, made: Collection[Feedback], *, partial: bool = False) -> list[Path]:
    """Write the pages: into nbgrader's feedback folder, or aside where somebody has yet to decide; returns the paths.

    Args:
        partial: those that wait for a grader go to the feedback folder as well.
    """
    paths = []
    for entry in made:
        aside = course.term / HELD / assignment.id / page_name(entry.student)
        if entry.waiting and not partial:
            write_whole(aside, entry.page)
            paths.append(aside)
            continue
        folder = course.term / "feedback" / entry.student / assignment.id
        write_whole(folder / f"{assignment.id}.html", entry.page)
        for name in FROM_NBGRADER:
            source = course.submission_notebook(assignment.id, entry.student).with_name(name)
            if source.is_file() and not source.is_symlink():
                shutil.copyfile(source, folder / name)
        aside.unlink(missing_ok=True)
        paths.append(folder / f"{assignment.id}.html")
    return paths


def send_feedback(course: Course, assignment: Assignment, made: Collection[Feedback], *, now: datetime | None = None) -> int:
    """Keep what is about to be sent, and note when; returns how many reports say something new.

    Comes before the delivery: if that fails, the same reports are delivered by the next run.
    """
    now = now or datetime.now(UTC)
    new = [entry for entry in made if entry.new]
    for entry in new:
        keep_sent(course, assignment.id, entry.student, entry.page, entry.report, now)
    if new:
        with open_gradebook(course) as gradebook:
            remember_release(gradebook, assignment.id, [entry.student for entry in new], now)
    return len(new)


def through_exchange(course: Course, assignment: Assignment, made: Collection[Feedback]) -> list[Feedback]:
    """Those whose submission came through nbgrader's exchange, so that the page can go back there."""
    folders = {entry.student: course.submission_notebook(assignment.id, entry.student).parent for entry in made}
    return [entry for entry in made if all((folders[entry.student] / name).is_file() for name in FROM_NBGRADER)]


def release(course: Course, assignment: Assignment, made: Collection[Feedback]) -> None:
    """Put pages of nbgrader's feedback folder into its exchange, from where students fetch them.

    Args:
        made: of submissions that came through the exchange.

    Raises:
        CourseError: nbgrader refused, with what it said.
    """
    if not made:
        return
    known = [entry.student for entry in made]
    every = [path.parent.name for path in (course.term / "feedback").glob(f"*/{assignment.id}")]
    left_out = sorted(set(every) - set(known))
    command = [sys.executable, "-m", "nbgrader", "release_feedback", assignment.id]
    command += [f"--CourseDirectory.student_id_exclude={','.join(left_out)}"] if left_out else []
    environment = os.environ | {TERM_VARIABLE: str(course.term)}
    done = subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, timeout=RELEASE_SECONDS, check=False)
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if "ERROR" in line or "CRITICAL" in line] or done.stderr.splitlines()[-3:]
        raise CourseError(f"nbgrader release_feedback: {' '.join(said)[-600:]}")


def write_zip(assignment: Assignment, made: Collection[Feedback], path: Path) -> int:
    """Write the pages into one zip for a learning platform; returns how many. Raises CourseError where two share a name."""
    pages: dict[str, str] = {}
    for entry in made:
        name = feedback_name(assignment.id, entry.student, entry.origin)
        if name in pages:
            raise CourseError(f"{name}: two submissions came in under this name; {entry.student} is one of them. Nothing was written.")
        pages[name] = entry.page
    write_bytes(path, feedback_zip(pages))
    return len(pages)

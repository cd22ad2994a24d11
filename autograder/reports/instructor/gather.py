"""From a term's folder to the pages of one assignment, written where they can be opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import MetaData, Table, distinct, func, inspect, select

from autograder.course import Course, CourseError
from autograder.feedback import HELD
from autograder.gradebook import has_gradebook, open_gradebook
from autograder.history import read_runs
from autograder.manifest import Assignment
from autograder.reports.instructor.cohort import Cohort, Marks
from autograder.reports.instructor.pages import render_pages
from autograder.reports.student import page_name
from autograder.reports.text import write_whole
from autograder.roster import read_roster
from autograder.similarity import answers, find_similar, given_code, past_submissions, submitted_code
from autograder.similarity.compare import given_grams
from autograder.standing import MARKS, latest_results, standings
from autograder.submissions import find_submissions
from autograder.term import load_settings

PAST = "past"  # folder of the term for submissions of earlier ones


def write_report(
    course: Course, assignment: Assignment, out: Path, *, past: Path | None = None, said: Callable[[str], None] = lambda _: None
) -> Path:
    """Write the pages of one assignment into ``out``, each whole, and return the first one's path. Nothing is graded.

    Args:
        past: folder of earlier terms; ``term/past`` by default, where it exists.
        said: told of each step.

    Raises:
        CourseError: nothing is recorded yet, or something of the term cannot be used.
    """
    results = latest_results(course, assignment)
    if not results:
        raise CourseError(f"{assignment.id}: nothing is recorded in the gradebook yet. Grade it first: course grade {assignment.id}")
    said("Reading the gradebook")
    roster = read_roster(course)
    settings = load_settings(course)
    said("Comparing code")
    given = given_code(course, assignment)
    others = answers(course, assignment) + _past(course, assignment, past)
    known = [entry for entry in find_submissions(course, assignment.id) if entry.student in results]
    cohort = Cohort(
        assignment=assignment,
        results=results,
        standings=standings(course, assignment, results),
        made=datetime.now(settings.timezone),
        names={student: member.name for student, member in roster.items() if member.name},
        absent=tuple(sorted(set(roster) - set(results))),
        links={student: link for student in results if (link := _page_of(course, assignment, student, out))},
        similar=find_similar(submitted_code(course, assignment, known), others, given=given),
        marks=tuple(_marks(course, assignment)),
        runs=read_runs(course, assignment.id),
    )
    said("Writing pages")
    written = set()
    for name, text in render_pages(cohort, given_grams(given)):
        write_whole(out / name, text)
        written.add(name)
    for path in out.glob("pair-*.html"):  # of an earlier report, about pairs that are none any more
        if path.name not in written:
            path.unlink()
    return out / "index.html"


def _past(course: Course, assignment: Assignment, folder: Path | None) -> list:
    place = folder or course.term / PAST
    if folder is not None and not folder.is_dir():
        raise CourseError(f"{folder}: no such folder. Name the one that holds earlier terms' submissions.")
    return past_submissions(course, assignment, place) if place.is_dir() else []


def _page_of(course: Course, assignment: Assignment, student: str, out: Path) -> str:
    """Where the student's report lies, as seen from ours: sent, or held back while somebody has to decide; "" where there is none."""
    places = (
        course.term / "feedback" / student / assignment.id / f"{assignment.id}.html",
        course.term / HELD / assignment.id / page_name(student),
    )
    return next((os.path.relpath(page, out) for page in places if page.is_file()), "")


def _marks(course: Course, assignment: Assignment) -> list[Marks]:
    """How many answers of each item each grader has marked, where marks are kept by criterion."""
    if not has_gradebook(course):
        return []
    with open_gradebook(course) as gradebook:
        if not inspect(gradebook.engine).has_table(MARKS):
            return []
        table = Table(MARKS, MetaData(), autoload_with=gradebook.engine)
        counted = select(table.c.item, table.c.grader, func.count(distinct(table.c.student)))
        rows = gradebook.db.execute(counted.where(table.c.assignment == assignment.id).group_by(table.c.item, table.c.grader)).all()
    found: dict[str, dict[str, int]] = {}
    for item, grader, count in sorted(rows, key=lambda row: (str(row[0]), str(row[1]))):
        found.setdefault(item, {})[str(grader or "")] = count
    return [Marks(item, by_grader) for item, by_grader in found.items()]

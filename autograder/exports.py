"""Grades as CSV that Excel opens rightly: UTF-8 with a byte order mark, no cell that becomes a formula, student numbers as they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbgrader.api import Assignment as NbgraderAssignment
from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from autograder.course import Course, CourseError
from autograder.manifest import Assignment
from autograder.nbgrader_hooks import CourseHook
from autograder.recorded import recorded_keys
from autograder.reports.text import write_whole
from autograder.roster import Student, read_roster
from autograder.standing import Standing, latest_results, standings
from autograder.term import is_student

FOLDER = "exports"
BOM = "\ufeff"
STATES = {"graded": "채점됨", "partial": "일부 채점됨", "unreadable": "읽을 수 없음", "grader_fault": "채점 오류"}
ABSENT = "미제출"
# What Excel takes for a formula at the start of a cell; full-width signs count in some of its languages.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠|%]")
# Text that Excel would turn into another number or a date.
_CHANGED = re.compile(r"0\d+|\d{12,}|\d+[eE]\d+|\d{1,4}[-./]\d{1,2}(?:[-./]\d{1,4})?|\d{4}-\d{1,2}")


def export_items(course: Course, assignment: Assignment, folder: Path | None = None) -> Path:
    """Write ``<id>.csv``: a line per student, a column per item. Those in the roster who handed in nothing stand there as well.

    Raises:
        CourseError: nothing is recorded yet, or it cannot be read.
    """
    stands = standings(course, assignment, latest_results(course, assignment))
    if not stands:
        raise CourseError(f"{assignment.id}: nothing is graded yet. Run: course grade {assignment.id}")
    roster = read_roster(course)
    students = [*roster, *(student for student in stands if student not in roster)]
    rows = [_heading(assignment), *(_row(assignment, student, roster.get(student), stands.get(student)) for student in students)]
    path = (folder or course.term / FOLDER) / f"{assignment.id}.csv"
    write_whole(path, table(rows))
    return path


def table(rows: Iterable[Sequence[object]]) -> str:
    """CSV for Excel: numbers as they are, every other cell made safe."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return BOM + out.getvalue()


def safe(text: str) -> str:
    """A text that a spreadsheet shows and never computes; an apostrophe in front says so, and is all that is added."""
    text = " ".join(str(text).split())
    return f"'{text}" if _FORMULA.match(text) or _CHANGED.fullmatch(text) else text


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else value if isinstance(value, int) else safe(str(value))


def _heading(assignment: Assignment) -> list[object]:
    items = [f"{item.title} ({item.id})" for item in assignment.by_id.values()]
    return ["학번", "이름", "분반", "상태", "제출 시각", "제출", *items, "소계", "가산점", "조정", "지각 감점", "총점", "채점 대기"]


def _row(assignment: Assignment, student: str, member: Student | None, found: Standing | None) -> list[object]:
    name, section = (member.name, member.section) if member else ("", "")
    if found is None:
        return [student, name, section, ABSENT, "", "", *[None for _ in assignment.by_id], 0.0, 0.0, 0.0, 0.0, 0.0, 0]
    when = "" if found.submitted_at is None else f"{found.submitted_at:%Y-%m-%d %H:%M:%S}"
    sums = [found.raw, found.bonus, found.adjustment, -found.penalty or 0.0, found.total, found.waiting]
    state = STATES[found.status]
    return [student, name, section, state, when, f"{found.attempt}번째/{found.attempts}", *(item.score for item in found.items), *sums]


class CourseExport(ExportPlugin):
    """``nbgrader export``: its own columns, with our totals, in cells that are safe."""

    COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
    SCORES = ("raw_score", "late_submission_penalty", "score", "max_score")

    def export(self, gradebook: Gradebook) -> None:
        course, rows = CourseHook(config=self.config).course, [[*self.COLUMNS, *self.SCORES]]
        roster = read_roster(course)
        chosen = [entry for entry in gradebook.assignments if not self.assignment or entry.name in self.assignment]
        for entry in chosen:
            assignment = course.assignment(entry.name)
            known = recorded_keys(gradebook, entry.name)
            stands = standings(course, assignment, latest_results(course, assignment)) if known else {}
            for student in gradebook.students:
                if is_student(student.id) and (not self.student or student.id in map(str, self.student)):
                    rows.append(self._line(entry, student.id, roster, stands, float(entry.max_score)))
        write_whole(Path(self.to or "grades.csv"), table(rows))

    def _line(
        self, entry: NbgraderAssignment, student: str, roster: Mapping[str, Student], stands: Mapping[str, Standing], worth: float
    ) -> list[object]:
        found, member = stands.get(student), roster.get(student, Student(student))
        if found is None:
            return [entry.name, entry.duedate or "", "", student, "", member.name, member.email, 0.0, 0.0, 0.0, worth]
        raw = max(found.raw + found.bonus + found.adjustment, 0.0)
        scores = [raw, min(found.penalty, raw), found.total, worth]
        return [entry.name, entry.duedate or "", found.submitted_at or "", student, "", member.name, member.email, *scores]

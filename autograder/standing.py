"""What a student's work stands at after everything that people did: marks by hand, adjustments, errata, lateness.

nbgrader's gradebook is the source of truth. A student who is not in it yet stands at what the grader found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from nbgrader.api import Gradebook, SubmittedAssignment
from sqlalchemy import MetaData, Table, inspect, select

from autograder.attempts import attempt_numbers
from autograder.course import Course, CourseError
from autograder.gradebook import ItemGrade, has_gradebook, item_grades, load_submissions, open_gradebook
from autograder.manifest import DIMENSIONS, Assignment
from autograder.recorded import recorded_keys, releases
from autograder.result import DimensionScore, ItemResult, Result
from autograder.roster import read_roster
from autograder.schedule import Lateness, Schedule, lateness
from autograder.scoring import without_score
from autograder.store import Store
from autograder.term import load_settings, with_adjustments

MARKS = "course_marks"  # criterion by criterion, where people mark by hand
BLANK = "No response."  # what nbgrader comments on an answer left as it was handed out


@dataclass(frozen=True)
class ItemStanding:
    """One item. A bonus item's ``score`` is what it adds.

    Attributes:
        auto: what the grader gave; None where a person has to.
        manual: what a person gave instead.
        score: what counts; None while nothing does.
        max_score: what it is worth after the errata.
        comment: a person's.
        criteria: points by criterion of an item graded by hand; None where nobody marked it yet.
    """

    id: str
    title: str
    dimension: str
    auto: float | None
    manual: float | None
    score: float | None
    max_score: float
    waiting: bool
    comment: str
    criteria: tuple[float | None, ...]


@dataclass(frozen=True)
class Standing:
    """One student in one assignment: ``total`` is ``raw + bonus + adjustment - penalty``, never below 0.

    Attributes:
        status: the result's.
        adjustment: what people gave or took beside the items.
        adjustments: Korean lines on errata and adjustments.
        late: a Korean sentence on lateness; "" where there is none.
        waiting: items that wait for a person.
        attempt, attempts: which of how many submissions counts.
        due: with the student's extension.
        objection_until: until when the student can object; None before a report was sent.
        contact: whom the student writes to.
    """

    student: str
    name: str
    status: str
    items: tuple[ItemStanding, ...]
    dimensions: dict[str, DimensionScore]
    raw: float
    bonus: float
    adjustment: float
    adjustments: tuple[str, ...]
    penalty: float
    late: str
    total: float
    waiting: int
    attempt: int
    attempts: int
    submitted_at: datetime | None
    due: datetime | None
    objection_until: datetime | None
    contact: str = ""


@dataclass(frozen=True)
class _Entry:
    """What the gradebook has of one student."""

    grades: Mapping[str, ItemGrade]
    submitted: datetime | None = None
    extension: timedelta = timedelta(0)


@dataclass(frozen=True)
class _Recorded:
    entries: Mapping[str, _Entry]
    marks: Mapping[tuple[str, str], Mapping[int, float]]
    released: Mapping[str, datetime]


def standings(
    course: Course, assignment: Assignment, results: Mapping[str, Result], *, released: datetime | None = None
) -> dict[str, Standing]:
    """Where each student of ``results`` stands.

    Args:
        released: when the reports at hand are sent; by default when each student was last sent one.

    Raises:
        CourseError: the gradebook, the roster, the settings or the adjustments cannot be used.
    """
    settings, roster = load_settings(course), read_roster(course)
    schedule, zone = settings.schedule(assignment.id), settings.timezone
    recorded = _read(course, assignment)
    found = {}
    for student, result in sorted(results.items()):
        entry = recorded.entries.get(student, _Entry({}))
        items = _items(assignment, result, entry.grades, recorded.marks, student)
        ordinary = [item for item in items if item.dimension != "bonus"]
        raw, worth = _sum(item.score for item in ordinary), _sum(item.max_score for item in ordinary)
        bonus = min(_sum(item.score for item in items if item.dimension == "bonus"), course.specification.bonus_cap)
        adjustment = _sum(grade.extra_credit for name, grade in entry.grades.items() if assignment.by_id[name] in assignment.items)
        late = lateness(schedule, entry.submitted, worth, zone, entry.extension)
        sent = released or recorded.released.get(student)
        number, count = attempt_numbers(course, assignment.id, student)
        member = roster.get(student)
        found[student] = Standing(
            student=student,
            name=member.name if member else "",
            status=result.status,
            items=items,
            dimensions=_dimensions(ordinary),
            raw=float(raw),
            bonus=float(bonus),
            adjustment=float(adjustment),
            adjustments=with_adjustments(course, result).adjustments,
            penalty=float(late.penalty),
            late=late_sentence(late, entry.submitted, schedule, zone),
            total=float(max(raw + bonus + adjustment - late.penalty, Decimal(0))),
            waiting=sum(item.waiting for item in items),
            attempt=number,
            attempts=count,
            submitted_at=entry.submitted.astimezone(zone) if entry.submitted else None,
            due=late.due,
            objection_until=objection_deadline(schedule, sent, zone),
            contact=schedule.contact,
        )
    return found


def latest_results(course: Course, assignment: Assignment) -> dict[str, Result]:
    """The results that the gradebook's grades come from, by student. Nothing is graded.

    Students whose grading failed in the grader have no stored result and are left out; they stand in the gradebook as waiting.

    Raises:
        CourseError: the gradebook cannot be used, or the store lacks one of them.
    """
    if not has_gradebook(course):
        return {}
    with open_gradebook(course) as gradebook:
        keys = recorded_keys(gradebook, assignment.id)
    store = Store(course.term / "store")
    found = {student: store.get(key) for student, key in sorted(keys.items()) if key}
    if lost := [student for student, result in found.items() if result is None]:
        raise CourseError(f"The store has no result of {', '.join(lost[:10])} any more. Run: course grade {assignment.id}")
    return found


def late_sentence(late: Lateness, submitted: datetime | None, schedule: Schedule, zone: ZoneInfo) -> str:
    """What a student reads about their lateness; "" where there is none."""
    if late.due is None or submitted is None or not late.by:
        return ""
    said = f"마감 {late.due:%Y-%m-%d %H:%M}보다 {_length(late.by)} 늦은 {submitted.astimezone(zone):%Y-%m-%d %H:%M}에 제출했습니다."
    if not late.days:
        return f"{said} 유예 시간 안이므로 감점하지 않습니다."
    if not schedule.late:
        return f"{said} 늦은 제출에 감점하지 않는 과제입니다."
    return f"{said} {late.days}일째 제출로 보아 {float(late.penalty):g}점을 뺍니다."


def objection_deadline(schedule: Schedule, sent: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The end of the last day on which a student who was sent a report can object to it."""
    if schedule.objections is None or sent is None:
        return None
    last = sent.astimezone(zone).date() + timedelta(days=schedule.objections)
    return datetime.combine(last, time(23, 59, 59), zone)


def _length(by: timedelta) -> str:
    minutes = max(int(by.total_seconds()) // 60, 1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{number}{unit}" for number, unit in ((days, "일"), (hours, "시간"), (rest, "분")) if number]
    return " ".join(parts[:2])


def _items(
    assignment: Assignment,
    result: Result,
    grades: Mapping[str, ItemGrade],
    marks: Mapping[tuple[str, str], Mapping[int, float]],
    student: str,
) -> tuple[ItemStanding, ...]:
    graded = {item.id: item for item in result.items}
    worth = {entry.id: entry for entry in without_score(assignment)}
    found = []
    for item in assignment.by_id.values():
        blank = worth[item.id]
        auto, manual, score, waiting, comment = _score(blank, graded.get(item.id), grades.get(item.id))
        given = marks.get((student, item.id), {})
        criteria = tuple(given.get(position) for position in range(len(item.criteria)))
        found.append(ItemStanding(item.id, item.title, blank.dimension, auto, manual, score, blank.max_score, waiting, comment, criteria))
    return tuple(found)


def _score(
    blank: ItemResult, graded: ItemResult | None, grade: ItemGrade | None
) -> tuple[float | None, float | None, float | None, bool, str]:
    auto = None if graded is None or graded.needs_manual else graded.score
    if grade is None:
        return auto, None, auto, auto is None, ""
    comment = "" if grade.comment == BLANK else grade.comment
    if blank.dimension == "bonus":
        score = grade.extra_credit + (grade.manual or 0.0)
        return auto, grade.manual, None if grade.needs_manual and not score else score, grade.needs_manual, comment
    score = grade.auto if grade.manual is None else grade.manual
    return grade.auto, grade.manual, score, grade.needs_manual, comment


def _dimensions(items: Iterable[ItemStanding]) -> dict[str, DimensionScore]:
    items = list(items)
    return {
        dimension: DimensionScore(
            score=float(_sum(item.score for item in items if item.dimension == dimension)),
            max_score=float(_sum(item.max_score for item in items if item.dimension == dimension)),
        )
        for dimension in DIMENSIONS
    }


def _sum(values: Iterable[float | None]) -> Decimal:
    return sum((Decimal(str(value)) for value in values if value is not None), Decimal(0))


def _read(course: Course, assignment: Assignment) -> _Recorded:
    if not has_gradebook(course):
        return _Recorded({}, {}, {})
    with open_gradebook(course) as gradebook:
        entries = {submission.student_id: _entry(submission, assignment) for submission in load_submissions(gradebook, assignment.id)}
        return _Recorded(entries, _marks(gradebook, assignment.id), releases(gradebook, assignment.id))


def _entry(submission: SubmittedAssignment, assignment: Assignment) -> _Entry:
    moment = submission.timestamp  # nbgrader keeps UTC without saying so
    submitted = None if moment is None else moment.replace(tzinfo=UTC)
    return _Entry(item_grades(submission, assignment), submitted, submission.extension or timedelta(0))


def _marks(gradebook: Gradebook, assignment_id: str) -> dict[tuple[str, str], dict[int, float]]:
    """Points by criterion, where the table is there."""
    if not inspect(gradebook.engine).has_table(MARKS):
        return {}
    table = Table(MARKS, MetaData(), autoload_with=gradebook.engine)
    found: dict[tuple[str, str], dict[int, float]] = {}
    for row in gradebook.db.execute(select(table).where(table.c.assignment == assignment_id)).mappings():
        if row["points"] is not None:
            found.setdefault((row["student"], row["item"]), {})[int(row["criterion"])] = float(row["points"])
    return found

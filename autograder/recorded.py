"""Which result stands behind each student's grades, and when reports were sent: two small tables beside nbgrader's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from nbgrader.api import Gradebook
from sqlalchemy import Column, MetaData, String, Table, delete, insert, select

_METADATA = MetaData()
RESULTS = Table(
    "course_results",
    _METADATA,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("key", String(64), nullable=False),
)
RELEASES = Table(
    "course_releases",
    _METADATA,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("at", String(40), nullable=False),  # ISO 8601 in UTC, which every database keeps alike
)


def create_tables(gradebook: Gradebook) -> None:
    """Make the tables where they are missing."""
    _METADATA.create_all(gradebook.engine, checkfirst=True)


def remember_result(gradebook: Gradebook, assignment_id: str, student: str, key: str) -> None:
    """Note the key of the result that a student's grades come from; the caller commits it with the grades."""
    _replace(gradebook, RESULTS, assignment_id, student, {"key": key})


def forget_result(gradebook: Gradebook, assignment_id: str, student: str) -> None:
    """While nbgrader grades a submission anew nothing is recorded for it: a run that is killed there does it again."""
    create_tables(gradebook)
    gradebook.db.execute(delete(RESULTS).where(RESULTS.c.assignment == assignment_id, RESULTS.c.student == student))
    gradebook.db.commit()


def recorded_keys(gradebook: Gradebook, assignment_id: str) -> dict[str, str]:
    """The key of the recorded result by student; "" where the grader failed and nothing was stored."""
    return _column(gradebook, RESULTS, assignment_id, "key")


def remember_release(gradebook: Gradebook, assignment_id: str, students: Iterable[str], at: datetime | None = None) -> None:
    """Note that these students were sent their report, at an aware time; now by default."""
    moment = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    create_tables(gradebook)
    for student in students:
        _replace(gradebook, RELEASES, assignment_id, student, {"at": moment})
    gradebook.db.commit()


def releases(gradebook: Gradebook, assignment_id: str) -> dict[str, datetime]:
    """When each student was last sent a report."""
    return {student: datetime.fromisoformat(at) for student, at in _column(gradebook, RELEASES, assignment_id, "at").items()}


def _column(gradebook: Gradebook, table: Table, assignment_id: str, column: str) -> dict[str, str]:
    create_tables(gradebook)
    query = select(table.c.student, table.c[column]).where(table.c.assignment == assignment_id)
    return {row["student"]: row[column] for row in gradebook.db.execute(query).mappings()}


def _replace(gradebook: Gradebook, table: Table, assignment_id: str, student: str, values: Mapping[str, str]) -> None:
    gradebook.db.execute(delete(table).where(table.c.assignment == assignment_id, table.c.student == student))
    gradebook.db.execute(insert(table).values(assignment=assignment_id, student=student, **values))

"""Points by criterion, beside nbgrader's own tables; nbgrader's manual score is their sum."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nbgrader.api import Gradebook
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text, delete, insert, select

from autograder.standing import MARKS

TABLE = Table(
    MARKS,
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("item", String(128), primary_key=True),
    Column("criterion", Integer, primary_key=True),
    Column("points", Float, nullable=False),
    Column("comment", Text, nullable=False),
    Column("grader", String(128), nullable=False),
    Column("at", String(40), nullable=False),
)


def create_table(gradebook: Gradebook) -> None:
    TABLE.create(gradebook.engine, checkfirst=True)


def write_marks(
    gradebook: Gradebook,
    assignment_id: str,
    student: str,
    item: str,
    points: Sequence[float],
    *,
    comment: str,
    grader: str,
    at: datetime,
) -> None:
    """Put the marks of one answer in the place of any before; the caller commits them with the grade."""
    key = {"assignment": assignment_id, "student": student, "item": item}
    gradebook.db.execute(delete(TABLE).where(*(TABLE.c[name] == value for name, value in key.items())))
    common = key | {"comment": comment, "grader": grader, "at": at.isoformat(timespec="seconds")}
    gradebook.db.execute(insert(TABLE), [common | {"criterion": number, "points": value} for number, value in enumerate(points)])


def read_marks(gradebook: Gradebook, assignment_id: str, item: str) -> dict[str, tuple[tuple[float, ...], str, str]]:
    """Points by criterion, comment and grader, by student."""
    query = select(TABLE).where(TABLE.c.assignment == assignment_id, TABLE.c.item == item).order_by(TABLE.c.criterion)
    found: dict[str, tuple[tuple[float, ...], str, str]] = {}
    for row in gradebook.db.execute(query).mappings():
        before = found.get(row["student"], ((), "", ""))[0]
        found[row["student"]] = ((*before, row["points"]), row["comment"], row["grader"])
    return found

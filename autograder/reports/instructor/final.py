"""The whole course: what everybody has so far, and the final grade as far as assignments exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from autograder.exports import table
from autograder.reports.instructor import charts
from autograder.reports.instructor.page import render
from autograder.reports.instructor.statistics import histogram, summary
from autograder.specification import Specification
from autograder.standing import Standing

CAPSTONE = "capstone"
MOST = 100.0


@dataclass(frozen=True)
class Column:
    """One assignment. ``state``: graded, waiting (a person still has to read answers), missing."""

    id: str
    title: str
    week: int
    number: int
    points: int
    state: str
    waiting: int
    page: str


@dataclass(frozen=True)
class Line:
    """One student.

    Attributes:
        earned: points by assignment; None where nothing was handed in or recorded.
        weekly: sum of the weekly assignments' points, bonus included as capped in each.
        total: the final grade out of 100, with 0 for what does not exist yet.
        so_far: earned part of what has been graded, weighted as in the final grade, in per cent; None before anything was.
    """

    student: str
    name: str
    earned: Mapping[str, float | None]
    weekly: float
    capstone: float | None
    total: float
    so_far: float | None
    waiting: int


@dataclass(frozen=True)
class Final:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    weekly_points: int
    shares: Mapping[str, int]

    @property
    def missing(self) -> list[Column]:
        return [column for column in self.columns if column.state == "missing"]


def final_grades(
    specification: Specification, standings: Mapping[str, Mapping[str, Standing]], names: Mapping[str, str], pages: Mapping[str, str]
) -> Final:
    """The final grades of everybody in a roster or with any standing.

    Args:
        standings: by assignment, then by student; assignments without a recorded result are left out.
        names: of the roster, by student; ids without a name too.
        pages: address of an assignment's own pages.
    """
    columns = []
    for entry in specification.assignments.values():
        here = standings.get(entry.id, {})
        waiting = sum(standing.waiting for standing in here.values())
        state = "missing" if not here else "waiting" if waiting else "graded"
        columns.append(Column(entry.id, entry.title, entry.week, entry.number, entry.points, state, waiting, pages.get(entry.id, "")))
    students = sorted({*names, *(student for here in standings.values() for student in here)})
    weekly_points = sum(column.points for column in columns if column.id != CAPSTONE)
    lines = tuple(_line(specification, columns, weekly_points, standings, student, names.get(student, "")) for student in students)
    return Final(tuple(columns), lines, weekly_points, specification.final)


def render_final(final: Final, made: datetime) -> str:
    """The page of the whole course."""
    totals = [line.so_far for line in final.lines if line.so_far is not None]
    return render(
        "final.html",
        page="",
        navigation={},
        final=final,
        made=made,
        total=summary(totals),
        columns=charts.columns(histogram(totals, MOST)) if totals else [],
        titles={column.id: "종합 프로젝트" if column.id == CAPSTONE else f"{column.week}주차 {column.number}" for column in final.columns},
    )


def final_csv(final: Final) -> str:
    """The same table for a spreadsheet; nothing in it can be a formula."""
    rest = ["주차 합계", "종합 프로젝트", "최종 성적", "채점된 부분의 비율", "대기"]
    heading = ["학번", "이름", *(column.id for column in final.columns), *rest]
    rows = [
        [
            *(line.student, line.name),
            *(line.earned[column.id] for column in final.columns),
            *(line.weekly, line.capstone, line.total, line.so_far, line.waiting),
        ]
        for line in final.lines
    ]
    return table([heading, *rows])


def _line(
    specification: Specification,
    columns: Sequence[Column],
    weekly_points: int,
    standings: Mapping[str, Mapping[str, Standing]],
    student: str,
    name: str,
) -> Line:
    own = {column.id: standings.get(column.id, {}).get(student) for column in columns}
    earned = {name: None if standing is None else standing.total for name, standing in own.items()}
    weekly = sum((Decimal(str(earned[column.id] or 0)) for column in columns if column.id != CAPSTONE), Decimal(0))
    capstone = next((column for column in columns if column.id == CAPSTONE), None)
    parts = [(column, _worth(specification, column, weekly_points)) for column in columns]
    total = sum(worth * Decimal(str(earned[column.id] or 0)) / column.points for column, worth in parts)
    graded = [(column, worth) for column, worth in parts if column.state != "missing"]
    reachable = sum((worth for _, worth in graded), Decimal(0))
    return Line(
        student=student,
        name=name,
        earned=earned,
        weekly=float(weekly),
        capstone=earned[CAPSTONE] if capstone else None,
        total=min(float(round(total, 6)), MOST),
        so_far=min(float(round(100 * total / reachable, 6)), MOST) if reachable else None,
        waiting=sum(standing.waiting for standing in own.values() if standing),
    )


def _worth(specification: Specification, column: Column, weekly_points: int) -> Decimal:
    """Points of the final grade that an assignment's full marks bring."""
    if column.id == CAPSTONE:
        return Decimal(specification.final.get(CAPSTONE, 0))
    return Decimal(specification.final["weekly"]) * column.points / weekly_points

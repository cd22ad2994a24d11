"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from autograder.manifest import DIMENSIONS, Assignment
from autograder.reports.text import plain, points
from autograder.result import Result

if TYPE_CHECKING:
    from autograder.recording import Difference

HEADINGS = {"implementation": "Impl.", "theory": "Theory", "experiments": "Exper.", "quality": "Quality"}
_STYLES = {"graded": "green", "partial": "yellow", "unreadable": "red", "grader_fault": "bold red"}


def _table(title: str | None = None) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=SIMPLE_HEAD, padding=0)


def score_table(assignment: Assignment, results: Mapping[str, Result], titles: Mapping[str, str] | None = None) -> Table:
    """Scores by rubric dimension, a row per student. ``titles``: a word about each student, shown beside the id."""
    table = _table(f"{assignment.title} ({assignment.id})")
    table.add_column("Student", no_wrap=True)
    if titles:
        table.add_column("Submission", min_width=12, overflow="fold")
    for dimension in DIMENSIONS:
        table.add_column(f"{HEADINGS[dimension]}\nof {points(float(assignment.maximum(dimension)))}", justify="right", no_wrap=True)
    table.add_column(f"Total\nof {points(float(assignment.points))}", justify="right", style="bold", no_wrap=True)
    table.add_column("\nBonus", justify="right", no_wrap=True)
    table.add_column("By\nhand", justify="right", no_wrap=True)
    table.add_column("\nStatus", no_wrap=True)
    for student, result in results.items():
        table.add_row(*_row(student, result, titles))
    return table


def _row(student: str, result: Result, titles: Mapping[str, str] | None) -> list[str | Text]:
    cells: list[str | Text] = [Text(plain(student, 40))]
    if titles:
        cells.append(Text(titles.get(student, "")))
    for dimension in DIMENSIONS:
        entry = result.dimensions.get(dimension)
        cells.append(points(entry.score) if entry else "–")
    waiting = sum(item.needs_manual for item in result.items)
    cells += [points(result.score), points(result.bonus) if result.bonus else "", str(waiting) if waiting else ""]
    return [*cells, Text(result.status.replace("_", " "), style=_STYLES[result.status])]


def item_table(result: Result) -> Table:
    """One student's items, with what the first failed check says."""
    table = _table()
    table.add_column("Item", no_wrap=True)
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Checks", justify="right", no_wrap=True)
    table.add_column("What it says", overflow="fold")
    for item in result.items:
        failed = next((check for check in item.checks if not check.passed), None)
        said = item.manual_reason if item.needs_manual else (failed.message or failed.property) if failed else ""
        state = "yellow" if item.needs_manual else "green" if item.score >= item.max_score else "red"
        passed = f"{sum(check.passed for check in item.checks)}/{len(item.checks)}" if item.checks else ""
        first_line = plain(said, 160, 1).removesuffix("\n… (줄임)")
        table.add_row(Text(item.id, style=state), f"{points(item.score)}/{points(item.max_score)}", passed, Text(first_line))
    return table


def difference_table(differences: Iterable[Difference]) -> Table:
    """Who changes, by how much and why."""
    table = _table("Changes to grades that are already in the gradebook")
    for name, justify in (
        ("Student", "left"),
        ("Item", "left"),
        ("Before", "right"),
        ("Now", "right"),
        ("Change", "right"),
        ("Why", "left"),
    ):
        table.add_column(name, justify=justify)
    for entry in differences:
        old, new = (entry.old or 0.0), (entry.new or 0.0)
        change = f"[{'green' if new > old else 'red'}]{new - old:+g}[/]" if entry.kind == "change" else ""
        table.add_row(escape(entry.student), entry.item, _score(entry.old), _score(entry.new), change, escape(plain(entry.why, 300)))
    return table


def _score(value: float | None) -> str:
    return "by hand" if value is None else f"{value:g}"

"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from autograder.manifest import DIMENSIONS, Assignment
from autograder.reports.text import plain, points
from autograder.result import Result

_STYLES = {"graded": "green", "partial": "yellow", "unreadable": "red", "grader_fault": "bold red"}


def score_table(assignment: Assignment, results: Mapping[str, Result], titles: Mapping[str, str] | None = None) -> Table:
    """Scores by rubric dimension, a row per student. ``titles``: a word about each student, shown beside the id."""
    table = Table(title=f"{assignment.title} ({assignment.id})", title_justify="left", header_style="bold", pad_edge=False)
    table.add_column("Student", no_wrap=True)
    if titles:
        table.add_column("Submission")
    for dimension in DIMENSIONS:
        table.add_column(f"{dimension.capitalize()}\n/ {points(float(assignment.maximum(dimension)))}", justify="right")
    table.add_column("Bonus", justify="right")
    table.add_column(f"Total\n/ {points(float(assignment.points))}", justify="right", style="bold")
    table.add_column("To grade\nby hand", justify="right")
    table.add_column("Status")
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
    cells += [points(result.bonus) if result.bonus else "", points(result.score), str(waiting) if waiting else ""]
    return [*cells, Text(result.status.replace("_", " "), style=_STYLES[result.status])]


def item_table(result: Result) -> Table:
    """One student's items, with what the first failed check says."""
    table = Table(title_justify="left", header_style="bold", pad_edge=False)
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

"""A sheet as one self-contained HTML file: it works from a disk or an attachment, keeps what is typed, and gives the marks as a file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.manifest import Assignment
from autograder.marking.sheets import Answer, Sheet
from autograder.reports.instructor.page import TEMPLATES as INSTRUCTOR
from autograder.reports.text import plain, points, prose, write_whole
from autograder.safe_markdown import safe_markdown

TEMPLATES = Path(__file__).with_name("templates")
TEXT = 60_000  # letters of an answer that are shown; a longer one is looked at in formgrader
ROWS, COLUMNS, FIGURES, FIGURE_BYTES = 40, 14, 8, 600_000


def write_sheets(assignment: Assignment, made: list[Sheet], folder: Path) -> list[Path]:
    """Write ``folder/<item>[-<grader>].html`` for each sheet, whole or not at all."""
    paths = []
    for sheet in made:
        name = f"{sheet.item.id}-{sheet.grader}" if sheet.grader else sheet.item.id
        path = folder / f"{name}.html"
        write_whole(path, render_sheet(assignment, sheet))
        paths.append(path)
    return paths


def render_sheet(assignment: Assignment, sheet: Sheet) -> str:
    """The page. Answers are text and attached pictures; they can neither run nor load anything."""
    style, script = _file(INSTRUCTOR / "instructor.css") + _file(TEMPLATES / "sheet.css"), _file(TEMPLATES / "sheet.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template("sheet.html")
        .render(
            assignment=assignment,
            sheet=sheet,
            criteria=sheet.item.criteria,
            answers=[_shown(answer) for answer in sheet.answers],
            style=Markup(style),
            script=Markup(script),
            policy=policy,
        )
    )


def _shown(answer: Answer) -> dict[str, Any]:
    source = plain(answer.text, TEXT, lines=2_000)
    return {
        "answer": answer,
        "source": source,
        "html": Markup(safe_markdown({"cell": {"attachments": answer.attachments}}, source)),
        "tables": [_table(name, rows) for name, rows in sorted(answer.tables.items())],
        "figures": [
            (name, base64.b64encode(data).decode()) for name, data in sorted(answer.figures.items())[:FIGURES] if len(data) <= FIGURE_BYTES
        ],
    }


def _table(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    columns = list(dict.fromkeys(key for row in rows[:ROWS] for key in row))[:COLUMNS]
    cells = [[_value(row.get(column)) for column in columns] for row in rows[:ROWS]]
    return {"name": name, "columns": columns, "rows": cells, "left": max(len(rows) - ROWS, 0)}


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else plain(str(value), 120, lines=2)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(plain=plain, prose=prose, points=points)
    return environment


@cache
def _file(path: Path) -> str:
    return "\n" + path.read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

"""Studying without an instructor: all checks, hints and answers on request, marks for essays, a map of how far one is.

What this needs lies in ``data/<assignment>/`` of a self-study kit; an ordinary kit has none of it, and all of this stands aside.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def present(assignment: str) -> bool:
    """Whether this kit is for self-study of the assignment."""
    return bool(assignment) and (DATA / assignment / "answers.json").is_file()


def anything() -> bool:
    """Whether this kit is for self-study at all."""
    return any(DATA.glob("*/answers.json"))


def load(assignment: str) -> dict[str, Any]:
    """Items with cells, hints, criteria and model answers, and the teaching solution of every cell. Raises FileNotFoundError."""
    return json.loads((DATA / assignment / "answers.json").read_text(encoding="utf-8"))


def checks(assignment: str) -> list[Path]:
    """The files of the checks that otherwise only the grader has."""
    return sorted((DATA / assignment).glob("checks*.py"))

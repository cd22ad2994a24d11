"""A better form of a student's own lines: edits, applied to the lines that they touch, and kept only where the cell still parses."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.rules import RULES

LINES = 12  # of a student's code that a finding quotes
CHARACTERS = 160  # of one quoted line
STATEMENT = 6_000  # characters of a statement in which a line may change


@dataclass(frozen=True)
class Edit:
    """Text in place of the characters from (row, column) to (end row, end column); rows from 1, columns from 0."""

    row: int
    column: int
    end_row: int
    end_column: int
    text: str


@dataclass(frozen=True)
class Better:
    """The student's lines from ``line`` on, and what they could be; both without the indentation that they share."""

    line: int
    code: str
    text: str


def edit_of(cell: Cell, node: ast.AST, text: str) -> Edit:
    """Put ``text`` in a node's place."""
    lines = cell.lines

    def column(row: int, offset: int) -> int:
        return len(lines[row - 1].encode()[:offset].decode("utf-8", "replace"))  # the parser counts bytes

    start, end = node.lineno, node.end_lineno or node.lineno
    return Edit(start, column(start, node.col_offset), end, column(end, node.end_col_offset or 0), text)


def segment(cell: Cell, node: ast.AST) -> str:
    """A node's source text, as it stands."""
    edit = edit_of(cell, node, "")
    rows = cell.lines[edit.row - 1 : edit.end_row]
    rows[-1] = rows[-1][: edit.end_column]
    rows[0] = rows[0][edit.column :]
    return "\n".join(rows)


def better(cell: Cell, edits: Iterable[Edit]) -> Better | None:
    """The lines that some edits touch, before and after; ``None`` where they are too many, are gone, or the cell would not parse."""
    if not cell.may_rewrite():
        return None
    edits = sorted(edits, key=lambda edit: (edit.row, edit.column), reverse=True)
    if not edits or any((a.row, a.column) < (b.end_row, b.end_column) for a, b in pairwise(edits)):
        return None
    lines = list(cell.lines)
    first, last = min(edit.row for edit in edits), max(edit.end_row for edit in edits)
    if not 1 <= first <= last <= len(lines):
        return None
    old, rest = lines[first - 1 : last], lines[last:]
    for edit in edits:
        text = lines[edit.row - 1][: edit.column] + edit.text + lines[edit.end_row - 1][edit.end_column :]
        lines[edit.row - 1 : edit.end_row] = text.split("\n")
    new = lines[first - 1 : len(lines) - len(rest)]
    return _checked(cell, first, old, new)


def replaced_lines(cell: Cell, first: int, last: int, new: Sequence[str]) -> Better | None:
    """As :func:`better`, for whole lines."""
    return _checked(cell, first, cell.lines[first - 1 : last], list(new)) if cell.may_rewrite() else None


def _checked(cell: Cell, first: int, old: list[str], new: list[str]) -> Better | None:
    while len(new) > 1 and not new[-1].strip():
        new = new[:-1]
    if not any(line.strip() for line in new) or new == old:
        return None
    if len(old) > LINES or len(new) > LINES + 4 or any(len(line) > CHARACTERS for line in (*old, *new)):
        return None
    if not _parses(cell, first, first + len(old) - 1, new):
        return None
    indent = old[0][: len(old[0]) - len(old[0].lstrip())]
    if any(line.strip() and not line.startswith(indent) for line in (*old, *new)):
        return None
    code, text = ("\n".join(line[len(indent) :] if line.strip() else "" for line in part) for part in (old, new))
    return Better(first, code, text)


def _parses(cell: Cell, first: int, last: int, new: list[str]) -> bool:
    """Whether the cell's statement around some rows still parses with others in their place."""
    around = [(_start(s), s.end_lineno or s.lineno) for s in cell.tree.body if _start(s) <= last and (s.end_lineno or s.lineno) >= first]
    if not around:
        return False
    start, end = min(around[0][0], first), max(around[-1][1], last)
    source = "\n".join([*cell.lines[start - 1 : first - 1], *new, *cell.lines[last:end]])
    if len(source) > STATEMENT:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _start(statement: ast.stmt) -> int:
    return min([statement.lineno, *(decorator.lineno for decorator in getattr(statement, "decorator_list", []))])


def comment(cell: Cell, line: int, rule: str, form: Better | None = None, **fields: object) -> Finding:
    """A finding at a line of a cell, with the line itself, its reason and a better form where one is known."""
    line = form.line if form else min(max(line, 1), len(cell.lines))
    code = form.code if form else cell.lines[line - 1].strip()[:CHARACTERS]
    known = RULES[rule]
    return Finding(
        cell=cell.name, line=line, rule=rule, message=known.text(**fields), code=code, better=form.text if form else "", reason=known.reason
    )

"""ruff over all cells at once: one process, our rules only, nothing of the student's settings."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import which
from typing import Any

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.edits import Better, Edit, better, comment
from autograder.review.idioms import one_statement_a_line, types_by_identity
from autograder.review.rules import BY_RUFF_CODE

SECONDS = 20
COMPLEXITY = 12
# Fixes that ruff calls unsafe because of comments, of classes that redefine ``==``, or because they mend a mistake: the point of the rule.
TRUSTED = frozenset({"E711", "C400", "C401", "C402", "C403", "C404", "C405", "C411", "C414", "C416"} | {"SIM103", "SIM118", "SIM210"})
TRUSTED |= {"B006", "B007", "E731", "F632"}


class ReviewFault(RuntimeError):
    """ruff is missing or did not answer: the grader's trouble, never the student's."""


def lint(cells: Iterable[Cell]) -> list[Finding]:
    """Findings of ruff's rules, at lines of the cells. Raises ReviewFault."""
    cells = list(cells)
    text, places = _joined(cells)
    if not places:
        return []
    shown = {(cell.name, line) for cell in cells for line in _top_level_expressions(cell)}
    named, repeated = {cell.name: cell for cell in cells}, _imported_again(cells)
    findings = []
    for violation in _run_ruff(text):
        rule = BY_RUFF_CODE.get(violation.get("code") or "")
        row = violation["location"]["row"]
        if rule is None or not 1 <= row <= len(places) or places[row - 1] is None:
            continue
        name, line = places[row - 1]
        fields = _fields(violation["message"])
        if rule.id == "useless-expression" and (name, line) in shown:
            continue
        if rule.id in ("unused-import", "redefined") and fields["name"].rpartition(".")[2] in repeated:
            continue
        form = _form(named[name], row - line, violation)
        if rule.id == "one-line":
            form = one_statement_a_line(named[name], line)
        elif rule.id == "type-comparison":
            form = types_by_identity(named[name], line)
        findings.append(comment(named[name], line, rule.id, form, **fields))
    return findings


def _joined(cells: Iterable[Cell]) -> tuple[str, list[tuple[str, int] | None]]:
    """One file, so that a name imported in one cell and used in the next is seen as used; and where each line came from."""
    lines: list[str] = []
    places: list[tuple[str, int] | None] = []
    for cell in cells:
        lines += [*cell.lines, "", ""]
        places += [(cell.name, number) for number in range(1, len(cell.lines) + 1)] + [None, None]
    return "\n".join(lines), places


def _imported_again(cells: Iterable[Cell]) -> set[str]:
    """Names that several cells import from the same place, and that some cell uses: each cell says for itself what it needs."""
    sources: dict[str, list[str]] = {}
    used: set[str] = set()
    for cell in cells:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                for alias in node.names:
                    sources.setdefault(alias.asname or alias.name, []).append(module + alias.name)
            elif isinstance(node, ast.Name):
                used.add(node.id)
    return {name for name, places in sources.items() if len(places) > 1 and len(set(places)) == 1 and name in used}


def _top_level_expressions(cell: Cell) -> Iterator[int]:
    """Lines of expressions that stand alone in a cell: a notebook shows their value."""
    for statement in cell.tree.body:
        if isinstance(statement, ast.Expr):
            yield from range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def _run_ruff(text: str) -> list[dict[str, Any]]:
    command = [_ruff(), "check", "--isolated", "--no-cache", "--ignore-noqa", "--exit-zero", "--preview", "--output-format=json"]
    command += [f"--select={','.join(sorted(BY_RUFF_CODE))}"]
    command += [f"--target-version=py3{sys.version_info.minor}", f"--config=lint.mccabe.max-complexity={COMPLEXITY}"]
    command += ["--config=lint.explicit-preview-rules=true", "--stdin-filename=cells.py", "-"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=SECONDS, check=False)
        found = json.loads(done.stdout or b"null")
    except subprocess.TimeoutExpired:
        raise ReviewFault(f"ruff did not finish within {SECONDS} s") from None
    except ValueError as error:
        raise ReviewFault(f"ruff's answer is no JSON: {error}") from None
    if done.returncode != 0 or not isinstance(found, list):
        raise ReviewFault(f"ruff ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return found


def _ruff() -> str:
    beside = Path(sys.executable).parent / ("ruff.exe" if sys.platform == "win32" else "ruff")
    found = str(beside) if beside.exists() else which("ruff")
    if not found:
        raise ReviewFault("ruff is not installed in the grader's environment; run `make setup`")
    return found


def _fields(message: str) -> dict[str, str]:
    """What our messages quote of ruff's: the first name in backticks, and the detail in brackets at the end."""
    quoted = message.split("`")
    return {"name": quoted[1][:60] if len(quoted) > 2 else "?", "detail": message.rpartition("(")[2].rstrip(")")}


def _form(cell: Cell, offset: int, violation: dict[str, Any]) -> Better | None:
    """What ruff would make of the lines, where its change keeps what the code does; ``offset`` rows stand before the cell."""
    fix = violation.get("fix") or {}
    if fix.get("applicability") != "safe" and violation["code"] not in TRUSTED:
        return None
    edits = [
        Edit(start["row"] - offset, start["column"] - 1, end["row"] - offset, end["column"] - 1, edit["content"])
        for edit in fix.get("edits") or []
        for start, end in [(edit["location"], edit["end_location"])]
    ]
    return better(cell, edits)

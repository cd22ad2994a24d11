"""What a failed check can say when all verdicts stand: the smallest example, and where in the student's code to look."""

from __future__ import annotations

import ast
import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from course_lib.kit.checking import CheckOutcome, readable
from course_lib.kit.counterexample import Found, Search

log = logging.getLogger(__name__)
LONGEST = 100_000  # characters of a cell


def explained(*passes: list[CheckOutcome], sources: Mapping[str, str]) -> list[list[CheckOutcome]]:
    """The passes over the checks, failed outcomes with example, cell and line. A check that failed twice is searched once.

    Args:
        sources: the student's code by cell name.
    """
    searched: dict[str, tuple[str, Found | None]] = {}
    result = []
    for outcomes in passes:
        for outcome in outcomes:
            if outcome.status == "failed" and outcome.search and not outcome.unfinished and outcome.id not in searched:
                searched[outcome.id] = _searched(outcome.search)
        result.append([_explained(o, *searched.get(o.id, ("", None)), sources) if o.status == "failed" else o for o in outcomes])
    return result


def _searched(search: Search) -> tuple[str, Found | None]:
    """A search's result; one that fails costs the student an example and nothing else."""
    try:
        return search.run()
    except Exception:
        log.exception("the search for a smaller example of %s failed", search.function)
        return search.function, None


def _explained(outcome: CheckOutcome, function: str, found: Found | None, sources: Mapping[str, str]) -> CheckOutcome:
    cell, line = _raised_in(*outcome.raised, sources) if outcome.raised else ("", None)
    if not cell and function:
        cell, line = definition(function, sources)
    if not cell and f"solution-{outcome.item}" in sources:
        cell = f"solution-{outcome.item}"
    said = {"example": found.line, "got": readable(found.got), "expected": readable(found.expected)} if found else {}
    return replace(outcome, cell=cell, line=line, **said)


def _raised_in(line: int | None, text: str, sources: Mapping[str, str]) -> tuple[str, int | None]:
    """The cell that has the quoted text at that line."""
    for cell, source in sources.items():
        lines = source.split("\n")
        if text and line and line <= len(lines) and lines[line - 1].strip()[:200] == text:
            return cell, line
    return "", None


@lru_cache(maxsize=64)
def _statements(source: str) -> tuple[ast.stmt, ...]:
    """The top of a cell; nothing where it is no Python, or longer than anybody writes: every failed check asks, and some take a minute."""
    if len(source) > LONGEST:
        return ()
    try:
        return tuple(ast.parse(source).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def definition(function: str, sources: Mapping[str, str]) -> tuple[str, int | None]:
    """Cell and line of a function's last definition; ``Class.method`` falls back on the class. ("", None) where there is none."""
    owner, _, method = function.rpartition(".")
    found: tuple[str, int | None] = ("", None)
    for cell, source in sources.items():
        for node in _statements(source):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == (owner or method):
                inner = getattr(node, "body", []) if owner else []
                found = cell, next((n.lineno for n in inner if getattr(n, "name", "") == method), node.lineno)
    return found

"""Libraries and functions that an item forbids, found in the text of a student's cells.

This is a rule of the course that students read, not a wall: it finds what people write, not what is hidden on purpose.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.manifest import Assignment

BY_NAME = frozenset("__import__ import_module find_spec load_module run_module reload get_distribution".split())  # noqa: SIM905
WITH_CODE = frozenset("exec eval compile run_cell run_cell_magic run_line_magic".split())  # noqa: SIM905
DEPTH = 3  # code in a string in a string
# Characters that are parsed, of a cell and of a submission: Python 3.11 takes a minute for one f-string of 400,000. Where it is longer or
# deeper than anybody writes, a mere mention counts: nothing may be hidden by making it costly to read.
LONGEST, TOTAL = 100_000, 400_000
ABSOLUTE = 0  # level of ``from x import y`` without dots
_TIMED = re.compile(r"^(\s*)%(?:timeit|time|prun)\b(?:\s+-\w+(?:\s+\d+)?)*\s*")
_SHELL = re.compile(r"^(\s*)(?:!|%%|%(?!(?:timeit|time|prun)\b)|\?|[\w.]+\?).*")
_ASSIGNED = re.compile(r"^(\s*[\w, ]+=\s*)[!%].*")


@dataclass(frozen=True)
class Use:
    """Something forbidden at a line of a cell: a library, or a function as ``.name``."""

    name: str
    cell: str
    line: int


def forbidden_uses(assignment: Assignment, sources: Mapping[str, str]) -> dict[str, str]:
    """Say by item which library or function it forbids and where the student's cells use it."""
    forbidden = frozenset(name for item in assignment.by_id.values() for name in item.forbids)
    if not forbidden:
        return {}
    found, left = [], TOTAL
    for cell, source in sources.items():
        found += uses(cell, source, forbidden, parse=len(source) <= min(left, LONGEST))
        left -= min(len(source), LONGEST)
    messages = {}
    for item in assignment.by_id.values():
        own = [use for use in found if use.name in item.forbids]
        if own:
            where = ", ".join(dict.fromkeys(f"셀 {use.cell}의 {use.line}번째 줄(`{use.name.removeprefix('.')}`)" for use in own[:5]))
            messages[item.id] = f"이 항목은 직접 구현해야 하므로 이것을 노트북의 어느 셀에서도 쓸 수 없습니다: {where}."
    return messages


def uses(cell: str, source: str, forbidden: frozenset[str], *, parse: bool = True) -> list[Use]:
    """Uses of what is forbidden in one cell; none in a cell that is no Python, which could not run either.

    Args:
        parse: False takes every mention for a use.
        forbidden: libraries by their top-level name, and functions with a dot in front, which may be neither imported by that name
            nor reached as an attribute.
    """
    found = _uses(source, DEPTH) if parse else _mentions(source)
    return [Use(name, cell, line) for name, line in found if name in forbidden]


def _uses(source: str, depth: int) -> Iterator[tuple[str, int]]:
    nodes = _nodes(source)
    if nodes is None:
        yield from _mentions(source)
        return
    for node in nodes:
        for name in _named(node):
            yield name.partition(".")[0].strip(), node.lineno
        for name in _reached(node):
            yield f".{name}", node.lineno
        if depth and isinstance(node, ast.Call) and _callee(node) in WITH_CODE:
            for text in _texts(node):
                yield from ((name, node.lineno) for name, _ in _uses(text, depth - 1))


def _mentions(source: str) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(source.splitlines(), start=1):
        for word in dict.fromkeys(re.findall(r"[^\W\d]\w*", line)):
            yield word, number
            yield f".{word}", number


def _reached(node: ast.AST) -> Iterator[str]:
    """Names that this node takes out of a module or an object."""
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.Call) and _callee(node) == "getattr":
        yield from _texts(node)


def _nodes(source: str) -> list[ast.AST] | None:
    """All nodes of a cell; the first of its readings that is Python counts. None where it is too deep to be read."""
    for text in (source, _without_magics(source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return list(ast.walk(ast.parse(text)))
        except (SyntaxError, ValueError):
            continue
        except (RecursionError, MemoryError):
            return None
    return []


def _without_magics(source: str) -> str:
    """IPython's own lines as Python: the statement behind ``%timeit``, a stand-in for the others, a line for a line.

    Its own translator takes minutes for a cell that was made for it.
    """
    lines = re.sub(r"\r\n?", "\n", source).split("\n")
    return "\n".join(_TIMED.sub(r"\1", _SHELL.sub(r"\1pass", _ASSIGNED.sub(r"\1None", line))) for line in lines)


def _named(node: ast.AST) -> Iterator[str]:
    """Names of the modules that this node imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == ABSOLUTE and node.module:
        yield node.module
    elif isinstance(node, ast.Call) and _callee(node) in BY_NAME:
        yield from _texts(node)
    else:
        match node:  # sys.modules["name"]
            case ast.Subscript(value=ast.Attribute(attr="modules"), slice=ast.Constant(value=str(name))):
                yield name


def _callee(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def _texts(node: ast.Call) -> Iterator[str]:
    """The constant strings among a call's arguments, joined where they are added up or continued."""
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        parts = [part.value for part in ast.walk(argument) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if parts and not any(isinstance(part, ast.Call) for part in ast.walk(argument)):
            yield re.sub(r"\r\n?", "\n", "".join(parts))

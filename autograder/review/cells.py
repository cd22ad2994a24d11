"""Cells as the review reads them: parsed within bounds, or set aside with one finding."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from autograder.result import Finding
from autograder.review.rules import RULES

CELL_CHARACTERS = 100_000
TOTAL_CHARACTERS = 400_000
CELLS = 200
REWRITES = 60  # better forms that are looked for in a cell
AST_DEPTH = 120  # hand-written code stays below 40; ruff and our visitors recurse
_MAGIC = re.compile(r"^(\s*)[%!]")


@dataclass(frozen=True)
class Cell:
    """A cell that parses. ``source`` has ``\\n`` line ends only and IPython's magics replaced by ``pass``."""

    name: str
    source: str
    tree: ast.Module

    @cached_property
    def lines(self) -> list[str]:
        return self.source.split("\n")

    @cached_property
    def _attempts(self) -> Iterator[int]:
        return iter(range(REWRITES))

    def may_rewrite(self) -> bool:
        """Whether one more better form may be looked for: each costs time, and a cell may ask for thousands."""
        return next(self._attempts, None) is not None


def read_cells(sources: Mapping[str, str]) -> tuple[list[Cell], list[Finding]]:
    """Parse ``{cell name: source}``. A cell that cannot be reviewed gives one finding instead."""
    cells: list[Cell] = []
    findings: list[Finding] = []
    total = 0
    for position, (name, source) in enumerate(sources.items()):
        if position >= CELLS or len(source) > CELL_CHARACTERS or total + len(source) > TOTAL_CHARACTERS:
            findings.append(_set_aside(name, "unreadable"))
            continue
        total += len(source)
        outcome = _parse(name, source)
        (cells if isinstance(outcome, Cell) else findings).append(outcome)
    return cells, findings


def _parse(name: str, source: str) -> Cell | Finding:
    # A lone surrogate can stand in JSON but in no file that ruff could read.
    text = source.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    error: SyntaxError | None = None
    for candidate in (text, _without_magics(text)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(candidate)
        except SyntaxError as problem:
            error = error or problem
            continue
        except ValueError:  # a null byte, on some versions of Python
            return _set_aside(name, "syntax", problem="널 문자가 들어 있습니다")
        except (RecursionError, MemoryError):
            return _set_aside(name, "unreadable")
        return _set_aside(name, "unreadable") if _depth(tree) > AST_DEPTH else Cell(name, candidate, tree)
    line = error.lineno if error and error.lineno else 1
    return _set_aside(name, "syntax", min(line, text.count("\n") + 1), problem=_said(error))


def _set_aside(name: str, rule: str, line: int = 1, **fields: object) -> Finding:
    return Finding(cell=name, line=max(line, 1), rule=rule, message=RULES[rule].text(**fields), reason=RULES[rule].reason)


def _said(error: SyntaxError | None) -> str:
    """Python's own words, without anything of the source in them."""
    text = re.sub(r"'[^']*'", "…", str(error.msg if error else "invalid syntax"))
    known = {
        "invalid syntax": "문법에 맞지 않는 곳이 있습니다",
        "unexpected indent": "들여쓰기가 갑자기 깊어집니다",
        "unindent does not match any outer indentation level": "들여쓰기가 바깥 블록과 맞지 않습니다",
        "source code string cannot contain null bytes": "널 문자가 들어 있습니다",
    }
    if text.startswith("expected an indented block"):
        return "콜론 뒤에 들여쓴 블록이 없습니다"
    if "was never closed" in text:
        return "닫히지 않은 괄호가 있습니다"
    return known.get(text, text[:120])


def _without_magics(text: str) -> str:
    """``%timeit f()`` and ``!ls`` are IPython, not Python; a line stands in for a line."""
    lines = text.split("\n")
    if lines[0].startswith("%%"):
        return lines[0].replace(lines[0], "pass") + "\n" + "\n".join(lines[1:]) if lines[0].startswith(("%%time", "%%capture")) else "pass"
    return "\n".join(_MAGIC.sub(r"\1pass  # ", line) for line in lines)


def _depth(tree: ast.AST) -> int:
    """Depth of the deepest node, counted without recursion; stops beyond the bound."""
    deepest, todo = 0, [(tree, 1)]
    while todo and deepest <= AST_DEPTH:
        node, depth = todo.pop()
        deepest = max(deepest, depth)
        todo += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
    return deepest

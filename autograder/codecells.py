"""Questions about a cell's source: where its solution regions are, whether it is Python, whether running it raises."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

from autograder.nbgrader_settings import CODE_STUB

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


@dataclass(frozen=True)
class Region:
    """A solution region: the offsets of its BEGIN and END lines, and how far it is indented."""

    begin: int
    end: int
    indent: str


def find_regions(source: str) -> tuple[list[Region], list[tuple[int, str]]]:
    """The regions of a cell, and what is wrong with them as (line offset, message)."""
    regions: list[Region] = []
    problems: list[tuple[int, str]] = []
    begin: int | None = None
    for offset, text in enumerate(source.split("\n")):
        if BEGIN in text:
            if begin is not None:
                problems.append((offset, f"a second {BEGIN} before the {END} of the first"))
            begin = offset
        elif END in text:
            if begin is None:
                problems.append((offset, f"{END} without {BEGIN}"))
            else:
                line = source.split("\n")[begin]
                regions.append(Region(begin, offset, line[: len(line) - len(line.lstrip())]))
            begin = None
    if begin is not None:
        problems.append((begin, f"{BEGIN} without {END}"))
    return regions, problems


def stubbed(source: str, regions: list[Region]) -> str:
    """The code as students receive it: a stub in place of every region."""
    lines = source.split("\n")
    for region in reversed(regions):
        lines[region.begin : region.end + 1] = [region.indent + stub for stub in CODE_STUB.split("\n")]
    return "\n".join(lines)


def parse_cell(source: str) -> ast.Module:
    """Parse a code cell as IPython would, magics and top-level ``await`` included. Raises SyntaxError."""
    python = TransformerManager().transform_cell(source)
    return compile(python, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def syntax_problem(source: str) -> tuple[int, str] | None:
    """Where a cell is no valid Python, as (line offset, message); ``None`` where it is."""
    try:
        parse_cell(source)
    except (SyntaxError, ValueError) as error:
        return max((getattr(error, "lineno", 1) or 1) - 1, 0), f"no valid Python: {getattr(error, 'msg', error)}"
    return None


def raises_when_run(source: str) -> bool:
    """Whether a ``raise NotImplementedError`` stands outside every function, so that running the cell reaches it."""
    return any(_reaches_stub(node) for node in parse_cell(source).body)


def _reaches_stub(node: ast.AST) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id == "NotImplementedError":
        return True
    return any(_reaches_stub(child) for child in ast.iter_child_nodes(node))


def item_names(source: str) -> set[str]:
    """The items that the cell calls ``check`` on, as far as they are written out."""
    calls = [node for node in ast.walk(parse_cell(source)) if isinstance(node, ast.Call)]
    checks = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check"]
    return {arg.value for call in checks for arg in call.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}

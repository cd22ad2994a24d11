"""Rules on functions: what they say about themselves, how long and how deep they are, what they print."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.edits import comment
from autograder.review.hints import with_docstring, with_types

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTION_LINES = 40
NESTING = 4
ARGUMENTS = 7  # that every call has to give
LINE_LENGTH = 140
TRIVIAL_BODY = 3  # a public method of at most so many lines explains itself
_BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match)
_SHOWING = ("print", "show", "report", "display", "plot", "demo", "main", "describe", "debug", "log")


def review_structure(cell: Cell) -> Iterator[Finding]:
    """Findings on every function and class of a cell."""
    yield from _long_lines(cell)
    for node, owner in definitions(cell.tree):
        public = not node.name.startswith("_") and not (owner or "").startswith("_")
        if isinstance(node, ast.ClassDef):
            if public and ast.get_docstring(node) is None:
                yield comment(cell, node.lineno, "docstring", name=node.name)
            continue
        if is_stub(node):
            continue
        title = f"{owner}.{node.name}" if owner else node.name
        if public:
            yield from _docstring(cell, node, owner, title)
        if public or node.name == "__init__":
            yield from _type_hints(cell, node, owner, title)
        yield from _size(cell, node, title, owner)
        yield from _prints(cell, node, title)


def definitions(tree: ast.Module) -> Iterator[tuple[Function | ast.ClassDef, str | None]]:
    """Functions and classes at a cell's top level, under an ``if`` too, and methods with their class's name."""
    todo: list[tuple[ast.stmt, str | None]] = [(statement, None) for statement in reversed(tree.body)]
    while todo:
        node, owner = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node, owner
        elif isinstance(node, ast.ClassDef):
            yield node, owner
            todo += [(child, node.name) for child in reversed(node.body)]
        elif isinstance(node, _BLOCKS):
            todo += [(child, owner) for child in reversed(list(ast.iter_child_nodes(node))) if isinstance(child, ast.stmt)]


def is_stub(node: Function) -> bool:
    """Whether a function is still as handed out: it only raises NotImplementedError."""
    last = node.body[-1]
    if not isinstance(last, ast.Raise) or len(without_docstring(node)) != 1 or last.exc is None:
        return False
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def without_docstring(node: Function) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node) is not None else node.body


def code_lines(cell: Cell, first: int, last: int) -> int:
    """Lines between two numbers, both included, that hold code; a docstring's are not taken out."""
    return sum(1 for line in cell.lines[first - 1 : last] if line.strip() and not line.lstrip().startswith("#"))


def walk_own(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below ``node`` that is not inside an inner function or class."""
    todo = list(ast.iter_child_nodes(node))
    while todo:
        child = todo.pop()
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo += ast.iter_child_nodes(child)


def _docstring(cell: Cell, node: Function, owner: str | None, title: str) -> Iterator[Finding]:
    if ast.get_docstring(node) is not None or _is_override(node):
        return
    if owner and code_lines(cell, node.body[0].lineno, node.end_lineno or node.lineno) <= TRIVIAL_BODY:
        return
    returns = any(isinstance(child, ast.Return) and child.value is not None for child in walk_own(node))
    given = [argument.arg for argument in _arguments(node, owner)]
    yield comment(cell, node.lineno, "docstring", with_docstring(cell, node, given, returns=returns), name=title)


def _is_override(node: Function) -> bool:
    names = {d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "") for d in node.decorator_list}
    return bool(names & {"override", "overload", "setter", "deleter"})


def _arguments(node: Function, owner: str | None) -> list[ast.arg]:
    """The function's arguments but for self or cls."""
    parts = node.args
    everything = [*parts.posonlyargs, *parts.args, *parts.kwonlyargs]
    static = any(getattr(d, "id", "") == "staticmethod" for d in node.decorator_list)
    return everything[1:] if owner and not static and everything else everything


def _type_hints(cell: Cell, node: Function, owner: str | None, title: str) -> Iterator[Finding]:
    bare = [argument for argument in _arguments(node, owner) if argument.annotation is None]
    missing = [f"`{argument.arg}`" for argument in bare[:4]]
    if len(bare) > 4:
        missing.append(f"그 밖의 인자 {len(bare) - 4}개")
    if node.returns is None and node.name != "__init__":
        missing.append("반환값")
    if missing:
        yield comment(cell, node.lineno, "type-hints", with_types(cell, node, bare), name=title, missing=", ".join(missing))


def _size(cell: Cell, node: Function, title: str, owner: str | None) -> Iterator[Finding]:
    body = without_docstring(node)
    if body and (lines := code_lines(cell, body[0].lineno, node.end_lineno or node.lineno)) > FUNCTION_LINES:
        yield comment(cell, node.lineno, "long-function", name=title, lines=lines)
    parts = node.args
    optional = len(parts.defaults) + sum(default is not None for default in parts.kw_defaults)
    if (required := len(_arguments(node, owner)) - optional) > ARGUMENTS:
        yield comment(cell, node.lineno, "many-arguments", name=title, count=required)
    depth, line = _nesting(node)
    if depth > NESTING:
        yield comment(cell, line, "deep-nesting", name=title, depth=depth)


def _nesting(node: Function) -> tuple[int, int]:
    """How many blocks stand inside each other at the deepest place, and its line. ``elif`` goes on at its ``if``'s level."""
    deepest, line = 0, node.lineno
    todo: list[tuple[ast.AST, int]] = [(statement, 0) for statement in node.body]
    while todo:
        child, depth = todo.pop()
        if isinstance(child, _BLOCKS):
            depth += 1
            if depth > deepest or (depth == deepest and child.lineno < line):
                deepest, line = depth, child.lineno
        for field, value in ast.iter_fields(child):
            chained = (
                field == "orelse"
                and isinstance(child, ast.If)
                and isinstance(value, list)
                and len(value) == 1
                and isinstance(value[0], ast.If)
            )
            for grandchild in value if isinstance(value, list) else [value]:
                if isinstance(grandchild, (ast.stmt, ast.excepthandler, ast.match_case)):
                    todo.append((grandchild, depth - 1 if chained else depth))
    return deepest, line


def _prints(cell: Cell, node: Function, title: str) -> Iterator[Finding]:
    if node.name.lstrip("_").startswith(_SHOWING) or node.name.endswith(_SHOWING):
        return
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id == "print":
            yield comment(cell, child.lineno, "print-in-function", name=title)
            return


def _long_lines(cell: Cell) -> Iterator[Finding]:
    # In characters: ruff counts columns of the screen, where a Korean sentence is twice as wide.
    for number, line in enumerate(cell.lines, start=1):
        if len(line) > LINE_LENGTH:
            yield comment(cell, number, "line-length")

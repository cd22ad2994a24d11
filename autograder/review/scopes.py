"""Names within one function: who reads and writes them, and whether a new name is free."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from autograder.review.cells import Cell
from autograder.review.edits import Better, better, edit_of

CHANGING = frozenset(
    [
        "append",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "discard",
        "clear",
        "add",
        "update",
        "setdefault",
        "sort",
        "reverse",
        "appendleft",
        "popleft",
    ]
)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
RENAMED_ROWS = 12


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a cell, inner ones and methods included."""
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def nodes(body: Iterable[ast.AST]) -> list[ast.AST]:
    """All nodes of some statements."""
    return [node for statement in body for node in ast.walk(statement)]


def names(inside: Iterable[ast.AST]) -> set[str]:
    """Every identifier that stands among some nodes."""
    found = set()
    for node in inside:
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Global(names=several) | ast.Nonlocal(names=several):
                found.update(several)
    return found


def changed(inside: Iterable[ast.AST]) -> set[str]:
    """Names that some nodes bind, change in place, or hand to a call that could change them."""
    found = set()
    for node in inside:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case (
                ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del())
                | ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del())
            ):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in CHANGING:
                found.add(name)
            case ast.AugAssign(target=ast.Name(id=name)):
                found.add(name)
    return found


def handed_over(inside: Iterable[ast.AST]) -> set[str]:
    """Names given whole to calls other than of built-ins that change nothing."""
    found = set()
    for node in inside:
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _HARMLESS):
            found |= {value.id for value in [*node.args, *(k.value for k in node.keywords)] if isinstance(value, ast.Name)}
    return found


_HARMLESS = frozenset(
    [
        "len",
        "sum",
        "min",
        "max",
        "sorted",
        "set",
        "list",
        "tuple",
        "dict",
        "str",
        "int",
        "float",
        "any",
        "all",
        "enumerate",
        "zip",
        "range",
        "Counter",
        "isinstance",
        "print",
    ]
)


def renamed(cell: Cell, function: ast.AST, old: str, new: str) -> Better | None:
    """A local variable under another name, where it lives on few lines and the name is free; never an argument."""
    if not cell.may_rewrite():
        return None
    inside = list(ast.walk(function))
    used = names(inside)
    if new in used or any(isinstance(n, ast.arg) and n.arg == old for n in inside):
        return None
    if any(isinstance(n, (ast.Global, ast.Nonlocal)) and old in n.names for n in inside):
        return None
    uses = [node for node in inside if isinstance(node, ast.Name) and node.id == old]
    rows = [node.lineno for node in uses]
    if (
        not uses
        or max(rows) - min(rows) >= RENAMED_ROWS
        or any(isinstance(n, (ast.JoinedStr, ast.ExceptHandler)) and _mentions(n, old) for n in inside)
    ):
        return None
    return better(cell, [edit_of(cell, node, new) for node in uses])


def _mentions(node: ast.AST, name: str) -> bool:
    return getattr(node, "name", None) == name or any(isinstance(child, ast.Name) and child.id == name for child in ast.walk(node))

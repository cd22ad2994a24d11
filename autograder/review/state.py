"""Rules on state: functions that change what lives outside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.edits import comment
from autograder.review.structure import Function, definitions

_MAKERS = frozenset({"list", "dict", "set", "defaultdict", "Counter", "OrderedDict", "deque"})
_CHANGING = frozenset(
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


def review_state(cells: Sequence[Cell]) -> Iterator[Finding]:
    """``global`` statements, and functions that change a collection made at the top level of any cell."""
    collections = {name for cell in cells for name in _collections(cell.tree)}
    for cell in cells:
        for function, owner in definitions(cell.tree):
            if not isinstance(function, ast.ClassDef):
                yield from _global_statements(cell, function)
                yield from _changes(cell, function, f"{owner}.{function.name}" if owner else function.name, collections)


def _collections(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _is_collection(statement.value):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _is_collection(value: ast.expr | None) -> bool:
    if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        return True
    called = value.func if isinstance(value, ast.Call) else None
    return getattr(called, "id", getattr(called, "attr", "")) in _MAKERS


def _global_statements(cell: Cell, function: Function) -> Iterator[Finding]:
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield comment(cell, node.lineno, "global-statement", name=", ".join(node.names)[:80])


def _changes(cell: Cell, function: Function, title: str, collections: set[str]) -> Iterator[Finding]:
    outside = collections - _local_names(function)
    reported: set[str] = set()
    for node in ast.walk(function):
        name = _changed_name(node)
        if name in outside and name not in reported:
            reported.add(name)
            yield comment(cell, node.lineno, "mutable-global", function=title, name=name)


def _local_names(function: Function) -> set[str]:
    parts = function.args
    arguments = {a.arg for a in [*parts.posonlyargs, *parts.args, *parts.kwonlyargs, parts.vararg, parts.kwarg] if a}
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    declared = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    return arguments | (stored - declared)


def _changed_name(node: ast.AST) -> str:
    """The name whose value a node changes in place, or nothing."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _CHANGING:
            return name
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
    return ""

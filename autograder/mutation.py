"""Mutants made from a solution: one small change each, as a tired person might slip."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograder.proof import Cell

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
_SWAPPED_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


def generated_mutants(cells: Iterable[Cell], among: Callable[[Cell], bool] = lambda cell: cell.is_solution) -> list[tuple[str, list[Cell]]]:
    """Every one-place change of the chosen cells: ``(description, all cells with the change in place)``, in a fixed order.

    Comparisons, operators, bounds, constants, ``min`` and ``max``, conditions, and statements left out. A description names cell,
    enclosing function and both texts, so that it survives changes elsewhere.
    """
    everything = list(cells)
    found: list[tuple[str, list[Cell]]] = []
    seen: dict[str, int] = {}
    for position, cell in enumerate(everything):
        if not among(cell):
            continue
        for where, before, after, source in _changes(cell.source):
            text = f"{cell.name}: {where}: {before} → {after}"
            seen[text] = seen.get(text, 0) + 1
            name = text if seen[text] == 1 else f"{text} ({seen[text]})"
            found.append((name, [*everything[:position], Cell(cell.name, source), *everything[position + 1 :]]))
    return found


def _changes(source: str) -> Iterator[tuple[str, str, str, str]]:
    """Each change of one cell: enclosing function, the text before and after, and the cell's new source."""
    count = sum(1 for _ in _sites(ast.parse(source)))
    for number in range(count):
        tree = ast.parse(source)
        where, node, change = next(site for index, site in enumerate(_sites(tree)) if index == number)
        before = ast.unparse(node)
        after = change()
        yield where, _short(before), _short(after), ast.unparse(ast.fix_missing_locations(tree))


def _short(text: str) -> str:
    return " ".join(text.split())[:90]


def _sites(tree: ast.Module) -> Iterator[tuple[str, ast.AST, Callable[[], str]]]:
    """Places to change: the enclosing function's name, the node to show, and a function that changes it and says what it became."""
    for owner in ast.walk(tree):
        if not isinstance(owner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        body = owner.body[1:] if ast.get_docstring(owner) is not None else owner.body
        for statement in body:
            for node in _walk(statement):
                yield from ((owner.name, node, change) for change in _node_changes(node))
        yield from ((owner.name, statement, drop) for statement, drop in _drops(owner, body))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and what is in it, but for what an exception says, which is nobody's promise."""
    pending = [node]
    while pending:
        node = pending.pop(0)
        yield node
        if not isinstance(node, ast.Raise):
            pending += ast.iter_child_nodes(node)


def _node_changes(node: ast.AST) -> Iterator[Callable[[], str]]:
    def change(target: ast.AST, field: str, value: Any) -> Callable[[], str]:
        def apply() -> str:
            setattr(target, field, value)
            return ast.unparse(node)

        return apply

    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            yield change(node, "ops", [_COMPARISONS[type(operator)]()])
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in _OPERATORS:
            yield change(node, "op", _OPERATORS[type(operator)]())
        case ast.BoolOp(op=operator):
            yield change(node, "op", ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.Constant(value=bool(value)):
            yield change(node, "value", not value)
        case ast.Constant(value=int(value)):
            yield change(node, "value", value + 1)
        case ast.Constant(value=str(value)):
            yield change(node, "value", value + "x")
        case ast.Name(id=name, ctx=ast.Load()) if name in _SWAPPED_NAMES:
            yield change(node, "id", _SWAPPED_NAMES[name])
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield change(node, "operand", ast.UnaryOp(op=node.op, operand=operand))
        case ast.If(test=test) | ast.IfExp(test=test):
            yield change(node, "test", ast.UnaryOp(op=ast.Not(), operand=test))
        case ast.Slice(lower=ast.expr(), upper=None) | ast.Slice(lower=None, upper=ast.expr()):
            yield change(node, "lower" if node.lower else "upper", None)
    if isinstance(node, ast.comprehension) and node.ifs:
        target = node

        def without_conditions() -> str:
            target.ifs = []
            return "without its conditions"

        yield without_conditions


def _drops(owner: ast.AST, body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, Callable[[], str]]]:
    """Leave out one statement; an emptied block becomes ``pass``."""
    blocks = [owner.body] + [
        block
        for statement in body
        for node in ast.walk(statement)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for name in ("body", "orelse")
        if isinstance(block := getattr(node, name, None), list) and block
    ]
    for block in blocks:
        for statement in block:
            if statement not in body and block is owner.body:
                continue  # the docstring

            def drop(block: list[ast.stmt] = block, statement: ast.stmt = statement) -> str:
                block[block.index(statement)] = ast.Pass()
                return "(left out)"

            yield statement, drop

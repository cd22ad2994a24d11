"""Rules on idiom that ruff does not rewrite, or not so that the code keeps doing the same."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterator
from itertools import pairwise

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.edits import Better, better, comment, edit_of, replaced_lines, segment
from autograder.review.scopes import changed, functions, handed_over, names, nodes

_SINGULAR = {"vocab": "token", "vocabulary": "token", "corpus": "text", "data": "entry", "ids": "token_id", "children": "child"}


def review_idioms(cell: Cell) -> Iterator[Finding]:
    """Findings on loops over indices and keys, and on keys that are not there yet."""
    seen: set[int] = set()
    for function in functions(cell.tree):
        for loop in ast.walk(function):
            if isinstance(loop, ast.For) and loop.lineno not in seen:
                seen.add(loop.lineno)
                yield from _indices(cell, function, loop)
                yield from _keys(cell, function, loop)
    yield from _defaults(cell)


# -- loops ------------------------------------------------------------------------------------------------------------


def _indices(cell: Cell, function: ast.AST, loop: ast.For) -> Iterator[Finding]:
    """``for i in range(len(words))`` that reads ``words[i]`` and changes nothing of ``words``."""
    match loop.target, loop.iter:
        case ast.Name(id=index), ast.Call(
            func=ast.Name(id="range"), args=[ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=sequence)])], keywords=[]
        ):
            pass
        case _:
            return
    inside = nodes(loop.body)
    reads = [node for node in inside if _is_read(node, sequence, index)]
    uses = sum(isinstance(node, ast.Name) and node.id == index for node in inside)
    if not reads or index in changed(inside):
        return
    only = uses == len(reads)
    if not only and sequence in changed(inside):
        return  # a loop that writes where it stands needs its index
    rule = "range-len" if only else "enumerate"
    if not cell.may_rewrite():
        yield comment(cell, loop.lineno, rule, index=index, sequence=sequence)
        return
    item = _free_item(function, sequence)
    later = index in _names_after(function, loop)
    safe = item and not later and sequence not in changed(inside) | handed_over(inside) and not loop.orelse
    header = (loop.target, item, loop.iter, sequence) if only else (loop.target, f"{index}, {item}", loop.iter, f"enumerate({sequence})")
    edits = [edit_of(cell, header[0], header[1]), edit_of(cell, header[2], header[3]), *(edit_of(cell, node, item) for node in reads)]
    form = better(cell, edits) if safe else None
    yield comment(cell, loop.lineno, rule, form, index=index, sequence=sequence)


def _keys(cell: Cell, function: ast.AST, loop: ast.For) -> Iterator[Finding]:
    """``for key in counts`` that looks ``counts[key]`` up."""
    match loop.target, loop.iter:
        case ast.Name(id=key), ast.Name(id=mapping) | ast.Call(func=ast.Attribute(value=ast.Name(id=mapping), attr="keys"), args=[]):
            pass
        case _:
            return
    inside = nodes(loop.body)
    reads = [node for node in inside if _is_read(node, mapping, key)]
    if not reads or {key, mapping} & changed(inside) or mapping in handed_over(inside):
        return
    if not cell.may_rewrite():
        return
    value = next((name for name in ("count", "value", "entry") if name not in names(ast.walk(function))), "")
    if not value or loop.orelse:
        return
    edits = [edit_of(cell, loop.target, f"{key}, {value}"), edit_of(cell, loop.iter, f"{mapping}.items()")]
    form = better(cell, [*edits, *(edit_of(cell, node, value) for node in reads)])
    yield comment(cell, loop.lineno, "dict-items", form, mapping=mapping, key=key)


def _is_read(node: ast.AST, sequence: str, index: str) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=key), ctx=ast.Load()):
            return (name, key) == (sequence, index)
    return False


def _names_after(function: ast.AST, loop: ast.For) -> set[str]:
    end = loop.end_lineno or loop.lineno
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and node.lineno > end}


def _free_item(function: ast.AST, sequence: str) -> str:
    """A name for one element that nobody uses yet; "" where none comes to mind."""
    used = names(ast.walk(function))
    plural = sequence.endswith("s") and not sequence.endswith("ss") and len(sequence) > 3
    guess = _SINGULAR.get(sequence) or (sequence[:-1] if plural else "item")
    for name in (guess, "item", "entry", "element"):
        if name.isidentifier() and name not in used and not keyword.iskeyword(name) and not hasattr(builtins, name):
            return name
    return ""


# -- keys that are not there yet --------------------------------------------------------------------------------------


def _defaults(cell: Cell) -> Iterator[Finding]:
    """``if key not in counts: counts[key] = 0`` before the key is used."""
    for block in _blocks(cell.tree):
        for test, use in pairwise(block):
            match test:
                case ast.If(
                    test=ast.Compare(left=key, ops=[ast.NotIn()], comparators=[ast.Name(id=mapping)]),
                    body=[ast.Assign(targets=[ast.Subscript(value=ast.Name(id=kept), slice=again)], value=first)],
                    orelse=[],
                ) if kept == mapping and _same(key, again) and _plain(key):
                    if text := _at_once(cell, use, mapping, key, first):
                        indent = cell.lines[test.lineno - 1][: test.col_offset]
                        form = replaced_lines(cell, test.lineno, use.end_lineno or use.lineno, [indent + text])
                        yield comment(cell, test.lineno, "dict-default", form)


def _at_once(cell: Cell, use: ast.stmt, mapping: str, key: ast.expr, first: ast.expr) -> str:
    """The use of the key with its first value given in the same breath; "" where it has no such form."""
    shown, default = segment(cell, key), segment(cell, first)
    match use:
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name), slice=place), op=ast.Add(), value=value) if (
            name == mapping and _same(place, key) and isinstance(first, ast.Constant) and not _uses(value, mapping)
        ):
            return f"{mapping}[{shown}] = {mapping}.get({shown}, {default}) + {_bracketed(cell, value)}"
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Subscript(value=ast.Name(id=name), slice=place), attr=("append" | "add") as method),
                args=[value],
                keywords=[],
            )
        ) if name == mapping and _same(place, key) and _is_empty(first) and not _uses(value, mapping):
            return f"{mapping}.setdefault({shown}, {default}).{method}({segment(cell, value)})"
    return ""


def _bracketed(cell: Cell, value: ast.expr) -> str:
    text = segment(cell, value)
    return text if isinstance(value, (ast.Name, ast.Constant, ast.Call, ast.Subscript, ast.Attribute)) else f"({text})"


def _is_empty(node: ast.expr) -> bool:
    match node:
        case ast.List(elts=[]) | ast.Call(func=ast.Name(id="list" | "set"), args=[], keywords=[]):
            return True
    return False


def _plain(key: ast.expr) -> bool:
    return isinstance(key, (ast.Name, ast.Constant)) or (isinstance(key, ast.Tuple) and all(map(_plain, key.elts)))


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)


def _uses(node: ast.AST, name: str) -> bool:
    return any(isinstance(child, ast.Name) and child.id == name for child in ast.walk(node))


# -- lines that ruff finds and does not rewrite -----------------------------------------------------------------------


def one_statement_a_line(cell: Cell, line: int) -> Better | None:
    """A line with several statements, one below the other."""
    if not cell.may_rewrite():
        return None
    for block in _blocks(cell.tree):
        here = [statement for statement in block if statement.lineno == statement.end_lineno == line]
        if not here:
            continue
        indent = _indent(cell.lines[line - 1])
        owner = next((n for n in ast.walk(cell.tree) if getattr(n, "lineno", 0) == line and here[0] in getattr(n, "body", [])), None)
        if owner is None and len(here) > 1:
            return replaced_lines(cell, line, line, [indent + segment(cell, statement) for statement in here])
        if owner is not None and not getattr(owner, "orelse", []) and owner.end_lineno == line:
            head = cell.lines[line - 1].encode()[: here[0].col_offset].decode("utf-8", "replace").rstrip()
            return replaced_lines(cell, line, line, [head, *(f"{indent}    {segment(cell, statement)}" for statement in here)])
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def types_by_identity(cell: Cell, line: int) -> Better | None:
    """``type(x) == list`` as ``type(x) is list``, which asks the same."""
    if not cell.may_rewrite():
        return None
    for node in ast.walk(cell.tree):
        match node:
            case ast.Compare(
                left=ast.Call(func=ast.Name(id="type")) as left, ops=[(ast.Eq() | ast.NotEq()) as operator], comparators=[right]
            ) if node.lineno == line:
                word = "is" if isinstance(operator, ast.Eq) else "is not"
                return better(cell, [edit_of(cell, node, f"{segment(cell, left)} {word} {segment(cell, right)}")])
    return None

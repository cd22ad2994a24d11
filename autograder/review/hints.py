"""Docstrings and types that a function's header could have, as far as the function itself tells them."""

from __future__ import annotations

import ast

from autograder.review.cells import Cell
from autograder.review.edits import Better, replaced_lines
from course_lib.kit.korean import josa

# What arguments of these names hold everywhere in this course; built-in types only, so that the header runs in any notebook.
TYPES_BY_NAME = {
    **dict.fromkeys(("text", "word", "token", "symbol", "sentence", "prompt", "unk_token", "path", "letter", "char", "unit"), "str"),
    **dict.fromkeys(("texts", "corpus", "sentences", "lines", "tokens", "pieces", "special_tokens"), "list[str]"),
    **dict.fromkeys(("ids", "token_ids", "numbers", "input_ids"), "list[int]"),
    **dict.fromkeys(("vocab_size", "min_frequency", "n", "k", "size", "count", "seed", "steps", "batch_size", "length"), "int"),
    "vocab": "dict[str, int]",
    "merges": "list[tuple[str, str]]",
    "pair": "tuple[str, str]",
    "learning_rate": "float",
}
_CALLS = {
    "len": "int",
    "sum": "",
    "str": "str",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "any": "bool",
    "all": "bool",
    "isinstance": "bool",
}
_METHODS = {
    "join": "str",
    "strip": "str",
    "lower": "str",
    "upper": "str",
    "replace": "str",
    "split": "list[str]",
    "splitlines": "list[str]",
}


def with_docstring(cell: Cell, node: ast.FunctionDef | ast.AsyncFunctionDef, given: list[str], *, returns: bool) -> Better | None:
    """The header and a docstring to fill in, where the header stands on one line."""
    if not (header := _header(cell, node)):
        return None
    indent = header[: len(header) - len(header.lstrip())] + "    "
    names = ", ".join(given)
    takes = f"{josa(names, '을/를')} 받아 " if names and len(names) < 40 else ""
    return replaced_lines(
        cell, node.lineno, node.lineno, [header, f'{indent}"""{takes}{"(무엇)을 돌려줍니다" if returns else "(무엇)을 합니다"}."""']
    )


def with_types(cell: Cell, node: ast.FunctionDef | ast.AsyncFunctionDef, bare: list[ast.arg]) -> Better | None:
    """The header with its types, where each follows from a default, from what is returned or from the field's names."""
    header, arguments = _header(cell, node), node.args
    if not header or arguments.vararg or arguments.kwarg or arguments.posonlyargs or arguments.kwonlyargs:
        return None
    defaults = dict(zip([a.arg for a in reversed(arguments.args)], reversed(arguments.defaults), strict=False))
    parts = []
    for argument in arguments.args:
        default = defaults.get(argument.arg)
        hint = ast.unparse(argument.annotation) if argument.annotation else ""
        if argument in bare and not (hint := _literal_type(default) or TYPES_BY_NAME.get(argument.arg, "")):
            return None
        shown = "" if default is None else ast.unparse(default)
        parts.append(argument.arg + (f": {hint}" if hint else "") + ((f" = {shown}" if hint else f"={shown}") if shown else ""))
    returned = ast.unparse(node.returns) if node.returns else "" if node.name == "__init__" else _returned(node)
    if not returned and node.name != "__init__":
        return None
    indent = header[: len(header) - len(header.lstrip())]
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    text = f"{indent}{word} {node.name}({', '.join(parts)}){f' -> {returned}' if returned else ''}:"
    return replaced_lines(cell, node.lineno, node.lineno, [text])


def _header(cell: Cell, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    line = cell.lines[node.lineno - 1]
    return line if node.body[0].lineno > node.lineno and line.rstrip().endswith(":") and "#" not in line else ""


def _returned(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    own = [child for child in _own(node) if isinstance(child, (ast.Return, ast.Yield, ast.YieldFrom))]
    if any(not isinstance(child, ast.Return) for child in own):
        return ""
    kinds = {_literal_type(child.value) if child.value is not None else "None" for child in own} or {"None"}
    return kinds.pop() if len(kinds) == 1 else ""


def _own(node: ast.AST) -> list[ast.AST]:
    todo, found = list(ast.iter_child_nodes(node)), []
    while todo:
        child = todo.pop()
        found.append(child)
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo += ast.iter_child_nodes(child)
    return found


def _literal_type(node: ast.expr | None) -> str:
    """The built-in type that an expression shows by its form alone; "" where it does not."""
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | bytes() as value):
            return type(value).__name__
        case ast.JoinedStr():
            return "str"
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return "bool"
        case ast.Call(func=ast.Name(id=name)):
            return _CALLS.get(name, "")
        case ast.Call(func=ast.Attribute(attr=name)):
            return _METHODS.get(name, "")
    return ""

"""Put other definitions into a notebook's solution cells, where a student would have written them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nbformat import NotebookNode

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Unplaceable(ValueError):
    """The source defines nothing that the notebook's solution cells define."""


@dataclass(frozen=True)
class _Place:
    cell: NotebookNode
    first: int  # line numbers within the cell, from 1
    last: int


def splice(notebook: NotebookNode, source: str) -> None:
    """Replace in place what ``source`` defines anew.

    A definition takes the place of the notebook's own; what it needs besides (imports, helpers, constants) goes before the first of
    them. Source that works on the earlier definitions (``Tokenizer.encode = …``, a wrapper) goes behind them in the same cell.

    Raises:
        Unplaceable: no solution cell has to do with it.
    """
    tree = ast.parse(source)
    places = _places(notebook)
    statements = [node for node in tree.body if not _is_docstring(node)]
    anew = [node for node in statements if isinstance(node, _DEFINITIONS) and node.name in places]
    if _uses_earlier(statements, places):
        _append(notebook, places, statements, source)
        return
    if not anew:
        raise Unplaceable(f"it defines none of {', '.join(places) or 'nothing'}")
    besides = [node for node in statements if node not in anew]
    lines = source.split("\n")
    texts = {node.name: _text(node, lines) for node in anew}
    first = min(anew, key=lambda node: _position(notebook, places[node.name]))
    if besides:
        gaps = ["\n\n\n" if isinstance(node, _DEFINITIONS) else "\n" for node in besides[1:]]
        needed = "".join(gap + _text(node, lines) for gap, node in zip(["", *gaps], besides, strict=True))
        texts[first.name] = f"{needed}\n\n\n{texts[first.name]}"
    # From the end of each cell to its beginning, so that line numbers stay true.
    for name in sorted(texts, key=lambda name: -places[name].first):
        place = places[name]
        own = place.cell.source.split("\n")
        place.cell.source = "\n".join([*own[: place.first - 1], *texts[name].split("\n"), *own[place.last :]])


def _places(notebook: NotebookNode) -> dict[str, _Place]:
    """Where solution cells define which names at their top level."""
    found: dict[str, _Place] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, _DEFINITIONS):
                found[node.name] = _Place(cell, _first_line(node), node.end_lineno or node.lineno)
    return found


def _uses_earlier(statements: list[ast.stmt], places: dict[str, _Place]) -> bool:
    """Whether something runs at once that reads what the notebook defines."""
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parts: list[ast.AST] = [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)]
        elif isinstance(node, ast.ClassDef):
            parts = [base for base in node.bases if not (isinstance(base, ast.Name) and base.id != node.name)]
        else:
            parts = [node]
        if any(isinstance(child, ast.Name) and child.id in places for part in parts for child in ast.walk(part)):
            return True
    return False


def _append(notebook: NotebookNode, places: dict[str, _Place], statements: list[ast.stmt], source: str) -> None:
    named = {child.id for node in statements for child in ast.walk(node) if isinstance(child, ast.Name) and child.id in places}
    named |= {node.name for node in statements if isinstance(node, _DEFINITIONS) and node.name in places}
    last = max((places[name] for name in named), key=lambda place: _position(notebook, place))
    text = "\n".join(source.split("\n")[_first_line(statements[0]) - 1 :]).strip("\n")
    last.cell.source = f"{last.cell.source.rstrip()}\n\n\n{text}"


def _position(notebook: NotebookNode, place: _Place) -> tuple[int, int]:
    return next(number for number, cell in enumerate(notebook.cells) if cell is place.cell), place.first


def _first_line(node: ast.stmt) -> int:
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


def _text(node: ast.stmt, lines: list[str]) -> str:
    return "\n".join(lines[_first_line(node) - 1 : node.end_lineno])


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)

"""What is done to a sample's notebook beside writing answers: what students, and now and then a cheat, do to theirs."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping

import nbformat
from nbformat import NotebookNode


def without_cells(notebook: NotebookNode, names: Iterable[str]) -> None:
    """Take cells out of the notebook, by grade id."""
    gone = set(names)
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in gone]


def with_copies(notebook: NotebookNode, names: Iterable[str]) -> None:
    """Put a second copy behind each of these cells, as pasting does."""
    twice, cells = set(names), []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.metadata.get("nbgrader", {}).get("grade_id") in twice:
            copy = nbformat.from_dict(json.loads(json.dumps(cell)))
            copy.id = f"{cell.id}-copy"
            cells.append(copy)
    notebook.cells = cells


def with_forged_outputs(notebook: NotebookNode, points: Mapping[str, float]) -> None:
    """Full marks as outputs of the graded cells, as if they had been printed by the grader."""
    for cell in notebook.cells:
        worth = points.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if cell.cell_type == "code" and worth is not None:
            cell.execution_count = 1
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": repr(float(worth))}, execution_count=1)]


def renamed(source: str) -> str:
    """The same program with other names for what is local to its functions, without comments and docstrings: a copy in disguise."""
    return ast.unparse(_Disguise().visit(ast.parse(source)))


class _Disguise(ast.NodeTransformer):
    """Outermost functions only: one set of new names for all that is nested in one. What callers name stays as it is."""

    def visit_FunctionDef(self, function: ast.FunctionDef) -> ast.FunctionDef:
        nodes = list(ast.walk(function))
        names = [node for node in nodes if isinstance(node, ast.Name)]
        fixed = {node.arg for node in nodes if isinstance(node, ast.arg)}
        fixed |= {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
        fixed |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        local = {name.id for name in names if isinstance(name.ctx, ast.Store)} - fixed
        others = {name: f"v{number}" for number, name in enumerate(sorted(local))}
        for name in names:
            name.id = others.get(name.id, name.id)
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None and len(node.body) > 1:
                del node.body[0]
        return function

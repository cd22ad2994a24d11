"""The authored notebook → a notebook with nbgrader's metadata, or a list of everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.authored import AuthoredCell, BuildError, read_cells
from autograder.authoring_rules import problems
from autograder.course import Course
from autograder.manifest import Assignment, Bonus, Item
from autograder.prose import plain_prose, prose_problems

__all__ = ["BuildError", "author_notebook"]

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}


def author_notebook(path: Path, assignment: Assignment, course: Course) -> NotebookNode:
    """Read ``notebook.md`` and give its cells ids and nbgrader's metadata.

    Raises:
        BuildError: the file is missing, or breaks a rule. Every broken rule is listed.
    """
    cells = read_cells(path, assignment)
    prose = [cell for cell in cells if cell.kind == "markdown"]
    said = [(cell.line + n, f"cell {cell.number}: {why}") for cell in prose for n, why in prose_problems(cell.source, assignment, course)]
    if found := sorted([*problems(cells, assignment), *said]):
        raise BuildError("\n".join(f"{path}:{line}: {text}" for line, text in found))
    metadata = {**NOTEBOOK_METADATA, "course": {"assignment": assignment.id, "language": "ko"}}
    notebook = nbformat.v4.new_notebook(cells=_notebook_cells(cells, assignment, course), metadata=nbformat.from_dict(metadata))
    notebook.nbformat_minor = 5
    return notebook


def _notebook_cells(cells: list[AuthoredCell], assignment: Assignment, course: Course) -> list[NotebookNode]:
    counts = {"text": 0, "free": 0}
    built = []
    for cell in cells:
        if cell.role in counts:
            counts[cell.role] += 1
        cell_id = cell.grade_id or ("parameters" if cell.role == "parameters" else f"{cell.role}-{counts[cell.role]}")
        new = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        source = plain_prose(cell.source, assignment, course) if cell.kind == "markdown" else cell.source
        node = new(source=source, metadata=nbformat.from_dict(cell.metadata), id=cell_id)
        if cell.grade_id:
            node.metadata["nbgrader"] = nbformat.from_dict(_nbgrader_metadata(cell, assignment))
        built.append(node)
    return built


def _nbgrader_metadata(cell: AuthoredCell, assignment: Assignment) -> dict[str, Any]:
    shared = {"schema_version": 3, "grade_id": cell.grade_id, "task": False}
    if cell.role == "given":
        return {**shared, "grade": False, "solution": False, "locked": True}
    if cell.role == "solution":
        return {**shared, "grade": False, "solution": True, "locked": False}
    item = assignment.by_id[cell.name]
    return {**shared, "grade": True, "solution": item.manual, "locked": not item.manual, "points": _json_points(item)}


def _json_points(item: Item | Bonus) -> int | float:
    """A bonus item's cell gives no points: what it earns is entered as extra credit."""
    points = 0 if isinstance(item, Bonus) else item.points
    return int(points) if points == int(points) else float(points)

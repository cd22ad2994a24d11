"""What is done to a notebook's cells: ``[operation, grade id, …]``."""

from __future__ import annotations

import copy
from typing import Any

Cells = list[dict[str, Any]]


def operate(cells: Cells, operation: str, name: str, *words: str) -> None:
    """Carry out one operation. Raises KeyError for an unknown one, StopIteration for an unknown cell."""
    OPERATIONS[operation](cells, name, *words)


def _find(cells: Cells, name: str) -> dict[str, Any]:
    return next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def _delete(cells: Cells, name: str) -> None:
    cells.remove(_find(cells, name))


def _copy(cells: Cells, name: str, source: str, where: str = "behind") -> None:
    """A second cell of the same grade id, with another source."""
    original = _find(cells, name)
    twin = copy.deepcopy(original) | {"source": source, "id": f"{original['id']}-2"}
    cells.insert(cells.index(original) + (where == "behind"), twin)


def _retype(cells: Cells, name: str, kind: str) -> None:
    cell = _find(cells, name)
    cell["cell_type"] = kind
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}


def _mark(cells: Cells, name: str, key: str, value: str) -> None:
    """Change one of nbgrader's marks; numbers and truth values are written as Python has them."""
    plain = {"True": True, "False": False}
    _find(cells, name)["metadata"]["nbgrader"][key] = plain.get(value, float(value) if value.replace(".", "").isdigit() else value)


def _unmark(cells: Cells, name: str) -> None:
    del _find(cells, name)["metadata"]["nbgrader"]


def _write(cells: Cells, name: str, source: str) -> None:
    _find(cells, name)["source"] = source


def _swap(cells: Cells, name: str, other: str) -> None:
    """Two cells change their grade ids."""
    first, second = _find(cells, name), _find(cells, other)
    marks = first["metadata"]["nbgrader"], second["metadata"]["nbgrader"]
    marks[0]["grade_id"], marks[1]["grade_id"] = marks[1]["grade_id"], marks[0]["grade_id"]


def _reverse(cells: Cells, _: str) -> None:
    cells.reverse()


def _generate(cells: Cells, name: str, kind: str) -> None:
    """Source that is made for whoever reads it: the parser, the reviewer, the comparison with others."""
    cell = _find(cells, name)
    cell["source"] = f"{_MADE[kind]()}\n\n{cell['source']}"


def _lookalikes() -> str:
    line = "    return sum(a * {0} for a in range({0}) if a % 3) + len([b for b in range({0})])"
    return "\n".join(f"def f{n}(x, y, z):\n{line.format(n)}" for n in range(1_000))


_MADE = {
    "lookalikes": _lookalikes,
    "deep": lambda: f"x = {'(' * 30_000}1{')' * 30_000}\ny = {'-' * 20_000}1\nz = {'[' * 18_000}",
    "fstring": lambda: f"x = f'{'{y}' * 130_000}'",
    "wide": lambda: f"x = {' + '.join(['1'] * 24_000)}",
    "backtracking": lambda: f"%{'timeit -n 1 ' * 1_500}\n{' ' * 20_000}!\n{'a, ' * 8_000}= !\n'{'a' * 20_000}",
}


OPERATIONS = {
    **{"delete": _delete, "copy": _copy, "retype": _retype, "mark": _mark, "unmark": _unmark},
    **{"write": _write, "swap": _swap, "reverse": _reverse, "generate": _generate},
}

"""The cells of an authored notebook, ``notebook.md``: what each is by its tag, and where it stands in the file.

Cell tags name what a cell is: ``parameters``, ``given:<name>``, ``solution:<name>``, ``item:<item id>`` or ``free``. Points, titles and
the way an item is graded stand only in the manifest.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from jupytext.myst import MystMetadataParsingError, myst_to_notebook
from nbformat import NotebookNode

from autograder.course import CourseError
from autograder.manifest import Assignment

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAMED_ROLES = ("given", "solution", "item")
PLAIN_ROLES = ("parameters", "free")
DISPLAY_TAGS = frozenset(f"{verb}-{what}" for verb in ("hide", "remove") for what in ("input", "output", "cell", "stdout", "stderr")) | {
    "output_scroll"
}
CELL_KEYS = ("tags", "mystnb")


class BuildError(CourseError):
    """A notebook that cannot be built; the text names file, line and cell."""


@dataclass(frozen=True)
class AuthoredCell:
    """One cell of ``notebook.md``.

    Attributes:
        number: its place, from 1.
        line: the line of the file on which its text begins, from 1.
        role: ``given``, ``solution``, ``item``, ``parameters``, ``free``, ``text`` for prose, or ``""`` where it cannot be told.
        name: what follows the role's colon.
        problems: what is wrong with its tags.
    """

    number: int
    line: int
    kind: str
    source: str
    role: str
    name: str
    metadata: dict[str, Any]
    problems: tuple[str, ...] = ()

    @property
    def grade_id(self) -> str:
        """nbgrader's name for the cell; "" where nbgrader has no business with it."""
        return {"given": f"given-{self.name}", "solution": f"solution-{self.name}", "item": self.name}.get(self.role, "")


def read_cells(path: Path, assignment: Assignment) -> list[AuthoredCell]:
    """Split ``notebook.md`` into cells. Raises BuildError where it cannot be read at all."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BuildError(f"{path}: no such file. An assignment's folder holds its authored notebook, notebook.md.") from None
    except UnicodeDecodeError as error:
        raise BuildError(f"{path}: not UTF-8: {error}") from None
    try:
        notebook = myst_to_notebook(text, add_source_map=True)
    except MystMetadataParsingError as error:
        raise BuildError(f"{path}: {' '.join(str(error).split())}") from None
    except nbformat.ValidationError as error:
        wanted = 'tags are a list of different texts, with quotation marks around a colon: ["given:start"]'
        places = [f"{path}:{line}: cell tags {tags!r}: {wanted}" for line, tags in _wrong_tags(text)]
        raise BuildError("\n".join(places) or f"{path}: {error.message}") from None
    lines = text.splitlines()
    known = [item.id for item in (*assignment.items, *assignment.bonus)]
    starts = notebook.metadata.get("source_map", [])
    return [_authored(n, cell, start, lines, known) for n, (cell, start) in enumerate(zip(notebook.cells, starts, strict=True), 1)]


def _authored(number: int, cell: NotebookNode, start: int, lines: list[str], known: list[str]) -> AuthoredCell:
    first = cell.source.splitlines()[0].strip() if cell.source.strip() else ""
    line = next((n for n in range(start, len(lines)) if lines[n].strip() == first), start - 1) + 1
    role, name, problems = _role(cell, known)
    metadata = {key: value for key, value in cell.metadata.items() if key == "mystnb"}
    kept = sorted(tag for tag in _tags(cell) if tag in DISPLAY_TAGS or tag == "parameters")
    if kept:
        metadata["tags"] = kept
    return AuthoredCell(number, line, cell.cell_type, cell.source, role, name, metadata, tuple(problems))


def _wrong_tags(text: str) -> Iterator[tuple[int, str]]:
    """The lines whose tags are no list of different texts; the notebook format refuses them before there are cells."""
    for line, words in enumerate(text.splitlines(), 1):
        if found := re.match(r":tags:\s*(.*)|\+\+\+.*\"tags\":\s*([^}]*)", words):
            written = (found[1] or found[2] or "").strip()
            tags = yaml.safe_load(written)
            if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags) or len(set(tags)) < len(tags):
                yield line, written


def _tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def _role(cell: NotebookNode, known: list[str]) -> tuple[str, str, list[str]]:
    """What a cell is by its tags, and what is wrong with them."""
    problems = [f"cell option {key!r} is unknown{_nearest(key, CELL_KEYS)}" for key in cell.metadata if key not in CELL_KEYS]
    roles = [tag for tag in _tags(cell) if tag not in DISPLAY_TAGS]
    if not roles:
        if cell.cell_type == "markdown":
            return "text", "", problems
        return "", "", [*problems, "code cell without a tag; it needs one of parameters, given:…, solution:…, item:… and free"]
    if len(roles) > 1:
        return "", "", [*problems, f"a cell has one role, this one has {', '.join(roles)}"]
    role, colon, name = roles[0].partition(":")
    if roles[0] in PLAIN_ROLES:
        return role, "", problems
    if role not in NAMED_ROLES or not colon:
        return "", "", [*problems, f"unknown tag {roles[0]!r}{_nearest(roles[0], _right_tags(name, known))}"]
    if not NAME.fullmatch(name):
        return "", "", [*problems, f"tag {roles[0]!r}: a name is small letters, digits and single hyphens, such as bpe-train"]
    if role == "item" and name not in known:
        problems.append(f"tag {roles[0]!r}: the manifest has no item {name!r}{_nearest(name, known)}")
    return role, name, problems


def _right_tags(name: str, known: Iterable[str]) -> list[str]:
    name = name.strip()
    return [
        *PLAIN_ROLES,
        *DISPLAY_TAGS,
        *(f"{role}:{name}" if name else f"{role}:…" for role in NAMED_ROLES),
        *(f"item:{i}" for i in known),
    ]


def _nearest(word: str, choices: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""

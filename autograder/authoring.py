"""The authored notebook, ``notebook.md``, → a notebook with nbgrader's metadata, or a list of everything that is wrong with it.

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

from autograder.codecells import Region, find_regions, item_names, raises_when_run, stubbed, syntax_problem
from autograder.course import CourseError
from autograder.manifest import Assignment, Bonus, Item

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAMED_ROLES = ("given", "solution", "item")
PLAIN_ROLES = ("parameters", "free")
DISPLAY_TAGS = frozenset(f"{verb}-{what}" for verb in ("hide", "remove") for what in ("input", "output", "cell", "stdout", "stderr")) | {
    "output_scroll"
}
CELL_KEYS = ("tags", "mystnb")
LONGEST_ID = 64  # of a cell, says the notebook format
RESERVED = re.compile(r"parameters|(text|free)-\d+")  # ids of cells that have no name of their own
FORBIDDEN_DIRECTIVES = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME", "END MARK SCHEME", "AUTOTEST")

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


def author_notebook(path: Path, assignment: Assignment) -> NotebookNode:
    """Read ``notebook.md`` and give its cells ids and nbgrader's metadata.

    Raises:
        BuildError: the file is missing, or breaks a rule. Every broken rule is listed.
    """
    cells = read_cells(path, assignment)
    problems = [f"{path}:{line}: {text}" for line, text in sorted(_problems(cells, assignment))]
    if problems:
        raise BuildError("\n".join(problems))
    metadata = {**NOTEBOOK_METADATA, "course": {"assignment": assignment.id, "language": "ko"}}
    notebook = nbformat.v4.new_notebook(cells=_notebook_cells(cells, assignment), metadata=nbformat.from_dict(metadata))
    notebook.nbformat_minor = 5
    return notebook


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


# -- rules ------------------------------------------------------------------------------------------------------------


def _problems(cells: list[AuthoredCell], assignment: Assignment) -> Iterator[tuple[int, str]]:
    for cell in cells:
        for problem in cell.problems:
            yield cell.line, f"cell {cell.number}: {problem}"
        for line, problem in _cell_problems(cell, assignment):
            yield line, f"cell {cell.number}: {problem}"
    yield from _whole_problems(cells, assignment)


def _whole_problems(cells: list[AuthoredCell], assignment: Assignment) -> Iterator[tuple[int, str]]:
    parameters = [cell for cell in cells if cell.role == "parameters"]
    if not parameters:
        yield 1, 'no cell is tagged parameters; the first code cell sets PROFILE = "cpu", SEED = 0 and STUDENT_ID = ""'
    for cell in parameters[1:]:
        yield cell.line, f"cell {cell.number}: a second parameters cell; the first is cell {parameters[0].number}"
    first: dict[str, AuthoredCell] = {}
    for cell in cells:
        if cell.grade_id and cell.grade_id in first:
            what = f"item {cell.name!r} has a cell already" if cell.role == "item" else f"the name {cell.grade_id!r} is taken"
            yield cell.line, f"cell {cell.number}: {what}: cell {first[cell.grade_id].number}, line {first[cell.grade_id].line}"
        first.setdefault(cell.grade_id, cell)
    with_cell = {cell.name for cell in cells if cell.role == "item"}
    for item in (*assignment.items, *assignment.bonus):
        if item.id not in with_cell:
            yield 1, f"item {item.id!r} of the manifest has no cell; tag one item:{item.id}"


def _cell_problems(cell: AuthoredCell, assignment: Assignment) -> Iterator[tuple[int, str]]:
    for offset, text in enumerate(cell.source.splitlines()):
        for directive in FORBIDDEN_DIRECTIVES:
            if directive in text:
                yield (
                    cell.line + offset,
                    f"{directive} has no place here; hidden checks stand in checks.py, marking schemes in the manifest",
                )
        if cell.kind == "markdown" and re.match(r"\s*(`{3,}|~{3,})\s*\{code-cell\}", text):
            yield cell.line + offset, "a code cell inside a list or another block would be read as prose; start it at the margin"
        if "](attachment:" in text:
            yield cell.line + offset, "attachments are lost on the way; put the picture on the site, or draw it"
    if RESERVED.fullmatch(cell.grade_id):
        yield cell.line, f"the id {cell.grade_id!r} is the build's own; give the item another"
    if len(cell.grade_id) > LONGEST_ID:
        yield cell.line, f"the name {cell.grade_id!r} is longer than {LONGEST_ID} characters"
    if cell.kind == "raw":
        yield cell.line, "raw cells are not used"
        return
    regions, broken = find_regions(cell.source)
    for offset, text in broken:
        yield cell.line + offset, text
    if not broken:
        yield from _region_problems(cell, regions, assignment)
    if cell.kind == "code":
        yield from _code_problems(cell, regions if not broken else [], assignment)


def _region_problems(cell: AuthoredCell, regions: list[Region], assignment: Assignment) -> Iterator[tuple[int, str]]:
    item = assignment.by_id.get(cell.name) if cell.role == "item" else None
    answers = cell.role == "solution" or (item is not None and item.manual)
    if cell.role == "solution" and cell.kind == "markdown":
        yield cell.line, "solution:… is for code; a written answer is the cell of its item, item:<item id>"
    if answers and not regions:
        what = "a solution cell" if cell.role == "solution" else f"item {cell.name!r} is graded by hand, and its cell"
        yield cell.line, f"{what} holds its answer between ### BEGIN SOLUTION and ### END SOLUTION"
    if regions and cell.role and not answers:
        hint = f"; item {cell.name!r} is graded automatically" if item is not None else ""
        yield cell.line + regions[0].begin, f"a solution region stands only in solution:… cells and in items graded by hand{hint}"
    if item is not None and not item.manual and cell.kind == "markdown":
        yield cell.line, f"item {cell.name!r} is graded automatically, so its cell is code, check({cell.name!r}); or give it criteria"
    if cell.role in ("parameters", "free") and cell.kind == "markdown":
        yield cell.line, f"the tag {cell.role} is for code cells"


def _code_problems(cell: AuthoredCell, regions: list[Region], assignment: Assignment) -> Iterator[tuple[int, str]]:
    if problem := syntax_problem(cell.source):
        offset, text = problem
        yield cell.line + offset, text
        return
    released = stubbed(cell.source, regions)
    if problem := syntax_problem(released):
        yield cell.line, f"without its solution the cell is no valid Python: {problem[1]}"
    elif regions and raises_when_run(released):
        yield cell.line + regions[0].begin, "the stub here would raise when the cell runs; put the region inside a function or method"
    if cell.role == "item" and cell.name in assignment.by_id:
        for name in item_names(cell.source) - {cell.name}:
            yield cell.line, f"the cell of item {cell.name!r} checks {name!r}"


# -- metadata ---------------------------------------------------------------------------------------------------------


def _notebook_cells(cells: list[AuthoredCell], assignment: Assignment) -> list[NotebookNode]:
    counts = {"text": 0, "free": 0}
    built = []
    for cell in cells:
        if cell.role in counts:
            counts[cell.role] += 1
        cell_id = cell.grade_id or ("parameters" if cell.role == "parameters" else f"{cell.role}-{counts[cell.role]}")
        new = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        node = new(source=cell.source, metadata=nbformat.from_dict(cell.metadata), id=cell_id)
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

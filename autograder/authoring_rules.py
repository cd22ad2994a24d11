"""What can be wrong with an authored notebook, beyond its tags: every rule with its line and a message of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder.authored import AuthoredCell
from autograder.codecells import Region, find_regions, item_names, parse_cell, raises_when_run, stubbed, syntax_problem
from autograder.manifest import Assignment

LONGEST_ID = 64  # of a cell, says the notebook format
RESERVED = re.compile(r"parameters|(text|free)-\d+")  # ids of cells that have no name of their own
FORBIDDEN_DIRECTIVES = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME", "END MARK SCHEME", "AUTOTEST")
CODE_CELL = re.compile(r"\s*(`{3,}|~{3,})\s*\{code-cell\}")
LOCAL_PICTURE = re.compile(r"!\[[^\]]*\]\((?!https?://|data:)")
PARAMETERS = {"PROFILE": "cpu", "SEED": 0, "STUDENT_ID": ""}

Problem = tuple[int, str]


def problems(cells: list[AuthoredCell], assignment: Assignment) -> Iterator[Problem]:
    """Yield (line of the file, message) for every broken rule."""
    for cell in cells:
        for problem in cell.problems:
            yield cell.line, f"cell {cell.number}: {problem}"
        for line, problem in _cell_problems(cell, assignment):
            yield line, f"cell {cell.number}: {problem}"
    yield from _whole_problems(cells, assignment)


def _whole_problems(cells: list[AuthoredCell], assignment: Assignment) -> Iterator[Problem]:
    yield from _parameter_problems(cells)
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
    solutions = {cell.name for cell in cells if cell.role == "solution"}
    for deliverable, part in assignment.parts.items():
        for name in (name for names in part.modules.values() for name in names):
            if name not in solutions:
                yield 1, f"the manifest makes {deliverable!r} of the cell {name!r}, but none is tagged solution:{name}"


def _parameter_problems(cells: list[AuthoredCell]) -> Iterator[Problem]:
    """What papermill replaces has to be there for students too, before anything uses it."""
    parameters = [cell for cell in cells if cell.role == "parameters"]
    if not parameters:
        yield 1, 'no cell is tagged parameters; the first code cell sets PROFILE = "cpu", SEED = 0 and STUDENT_ID = ""'
        return
    first = parameters[0]
    for cell in parameters[1:]:
        yield cell.line, f"cell {cell.number}: a second parameters cell; the first is cell {first.number}"
    if any(cell.kind == "code" and cell.number < first.number for cell in cells):
        yield first.line, f"cell {first.number}: the parameters come first, before all other code"
    if first.kind != "code" or syntax_problem(first.source):
        return
    found = {}
    for node in parse_cell(first.source).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                found[name] = value
    for name, value in PARAMETERS.items():
        if name not in found or type(found[name]) is not type(value) or found[name] != value:
            yield first.line, f"cell {first.number}: the parameters cell sets {name} = {value!r}"


def _cell_problems(cell: AuthoredCell, assignment: Assignment) -> Iterator[Problem]:
    for offset, text in enumerate(cell.source.splitlines()):
        for directive in FORBIDDEN_DIRECTIVES:
            if directive in text:
                yield (
                    cell.line + offset,
                    f"{directive} has no place here; hidden checks stand in checks.py, marking schemes in the manifest",
                )
        if cell.kind == "markdown" and CODE_CELL.match(text):
            yield cell.line + offset, "a code cell inside a list or another block would be read as prose; start it at the margin"
        if "](attachment:" in text:
            yield cell.line + offset, "attachments are lost on the way; put the picture on the site, or draw it"
        elif cell.kind == "markdown" and LOCAL_PICTURE.search(text):
            yield cell.line + offset, "students receive the notebook alone, without pictures beside it; draw it in a given cell"
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


def _region_problems(cell: AuthoredCell, regions: list[Region], assignment: Assignment) -> Iterator[Problem]:
    item = assignment.by_id.get(cell.name) if cell.role == "item" else None
    answers = cell.role == "solution" or (item is not None and item.manual)
    if cell.role == "solution" and cell.kind == "markdown":
        yield cell.line, "solution:… is for code; a written answer is the cell of its item, item:<item id>"
    if answers and not regions:
        what = "a solution cell" if cell.role == "solution" else f"item {cell.name!r} is graded by hand, and its cell"
        yield cell.line, f"{what} holds its answer between ### BEGIN SOLUTION and ### END SOLUTION"
    if regions and cell.kind == "markdown" and (rest := _after(cell.source, regions[-1])) is not None:
        yield cell.line + rest, "text after the answer belongs to its cell; end the cell with a line +++"
    if regions and cell.role and not answers:
        hint = f"; item {cell.name!r} is graded automatically" if item is not None else ""
        yield cell.line + regions[0].begin, f"a solution region stands only in solution:… cells and in items graded by hand{hint}"
    if item is not None and not item.manual and cell.kind == "markdown":
        yield cell.line, f"item {cell.name!r} is graded automatically, so its cell is code, check({cell.name!r}); or give it criteria"
    if cell.role in ("parameters", "free") and cell.kind == "markdown":
        yield cell.line, f"the tag {cell.role} is for code cells"


def _after(source: str, region: Region) -> int | None:
    """The offset of the first text behind a region; ``None`` where there is none."""
    lines = source.split("\n")
    return next((n for n in range(region.end + 1, len(lines)) if lines[n].strip()), None)


def _code_problems(cell: AuthoredCell, regions: list[Region], assignment: Assignment) -> Iterator[Problem]:
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

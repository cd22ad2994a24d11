"""Code that stands twice: copied lines within or between cells, and functions that differ in their names only."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.edits import comment
from autograder.review.structure import Function, definitions, is_stub, without_docstring

WINDOW = 6  # code lines that must agree
CHARACTERS = 120  # below, six lines are brackets and keywords
FUNCTION_STATEMENTS = 4
_SKIPPED = ("import ", "from ", "@")


@dataclass(frozen=True)
class _Line:
    cell: str
    number: int
    text: str


def review_duplication(cells: Sequence[Cell]) -> Iterator[Finding]:
    """One finding at the start of each later copy, naming the first."""
    copied: set[tuple[str, int]] = set()
    for finding, covered in _equal_functions(cells):
        copied |= covered
        yield finding
    yield from _equal_lines(cells, copied)


def _equal_functions(cells: Sequence[Cell]) -> Iterator[tuple[Finding, set[tuple[str, int]]]]:
    first: dict[str, tuple[str, str]] = {}
    for cell in cells:
        for node, owner in definitions(cell.tree):
            if isinstance(node, ast.ClassDef) or is_stub(node) or _statements(node) < FUNCTION_STATEMENTS:
                continue
            title = f"{owner}.{node.name}" if owner else node.name
            shape = _shape(node)
            if shape not in first:
                first[shape] = (cell.name, title)
                continue
            where = f"`{first[shape][1]}`의 본문" if first[shape][1] != title else f"셀 `{first[shape][0]}`의 같은 함수"
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield (
                comment(cell, node.lineno, "duplicate", lines=lines, where=where),
                {(cell.name, n) for n in range(node.lineno, node.lineno + lines)},
            )


def _statements(node: Function) -> int:
    return sum(isinstance(child, ast.stmt) for statement in without_docstring(node) for child in ast.walk(statement))


def _shape(node: Function) -> str:
    """A digest of the body in which every local name is replaced by its order of appearance."""
    numbers: dict[str, int] = {argument.arg: position for position, argument in enumerate([*node.args.args, *node.args.kwonlyargs])}
    local = set(numbers) | {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    digest = hashlib.sha256()
    todo: list[object] = list(reversed(without_docstring(node)))
    while todo:
        item = todo.pop()
        if isinstance(item, ast.Name):
            name = f"#{numbers.setdefault(item.id, len(numbers))}" if item.id in local else item.id
            digest.update(f"N{name}{type(item.ctx).__name__};".encode())
        elif isinstance(item, ast.AST):
            digest.update(f"{type(item).__name__}(".encode())
            todo.append(")")
            todo += [value for _field, value in reversed(list(ast.iter_fields(item)))]
        elif isinstance(item, list):
            digest.update(f"[{len(item)}".encode())
            todo += reversed(item)
        else:
            digest.update(f"{item!r};".encode("utf-8", "replace"))
    return digest.hexdigest()


def _equal_lines(cells: Sequence[Cell], copied: set[tuple[str, int]]) -> Iterator[Finding]:
    lines = [line for cell in cells for line in _code(cell)]
    named = {cell.name: cell for cell in cells}
    first: dict[tuple[str, ...], int] = {}
    position = 0
    while position + WINDOW <= len(lines):
        window = lines[position : position + WINDOW]
        key = tuple(line.text for line in window)
        usable = len({line.cell for line in window}) == 1 and sum(map(len, key)) >= CHARACTERS
        origin = first.get(key) if usable else None
        if origin is None or origin + WINDOW > position or any((line.cell, line.number) in copied for line in window):
            if usable:
                first.setdefault(key, position)
            position += 1
            continue
        length = WINDOW
        while position + length < len(lines) and origin + length < position and _continues(lines, origin, position, length):
            length += 1
        start, source = lines[position], lines[origin]
        where = f"{'이 셀' if source.cell == start.cell else f'셀 `{source.cell}`'}의 {source.number}번째 줄부터"
        yield comment(named[start.cell], start.number, "duplicate", lines=length, where=where)
        position += length


def _continues(lines: list[_Line], origin: int, position: int, length: int) -> bool:
    one, other = lines[origin + length], lines[position + length]
    return one.text == other.text and one.cell == lines[origin].cell and other.cell == lines[position].cell


def _code(cell: Cell) -> Iterator[_Line]:
    """The cell's lines as their tokens: without comments, docstrings, imports, declarations and spacing."""
    declared = set(_declarations(cell.tree))
    rows: dict[int, list[str]] = {}
    previous = tokenize.NEWLINE
    try:
        for token in tokenize.generate_tokens(io.StringIO(cell.source).readline):
            if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER):
                continue
            alone = token.type == tokenize.STRING and previous in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
            previous = token.type
            if not alone and token.string.strip():
                rows.setdefault(token.start[0], []).append(token.string)
    except (tokenize.TokenError, SyntaxError):
        return  # the parser took it, the tokenizer does not: no lines to compare
    for number, tokens in sorted(rows.items()):
        text = " ".join(tokens)
        if number not in declared and not text.startswith(_SKIPPED):
            yield _Line(cell.name, number, text)


def _declarations(tree: ast.Module) -> Iterator[int]:
    """Lines of function headers and of fields: two functions of one contract have them alike."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from range(node.lineno, node.body[0].lineno)
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            yield node.lineno

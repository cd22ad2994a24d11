"""Code as what a copier cannot change at no cost: names of one's own, literals, comments, docstrings and annotations are levelled."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CHARACTERS = 200_000  # of one submission; more is not compared
OWN, NUMBER, TEXT = "N", "0", "S"

# What Python itself names: nobody can rename it, so it tells two solutions apart. A method counts behind a dot only.
_BUILTINS = frozenset(dir(builtins))
_METHODS = frozenset(name for kind in (str, bytes, list, dict, set, tuple) for name in dir(kind) if not name.startswith("__"))
# What formatters and people put or leave out at will; the colon goes with the annotation before which it stands.
_LOOSE = frozenset("(),:;") | {"->"}
_SKIPPED = frozenset(
    {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER),
        tokenize.TYPE_COMMENT,
    }
)
_ROUGH = re.compile(r"(?P<text>\"[^\"\n]*\"|'[^'\n]*')|(?P<comment>#[^\n]*)|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<other>[^\s\w])")
_MAGIC = re.compile(r"^(\s*)[%!]", re.M)


@dataclass(frozen=True)
class Token:
    """One levelled token, and where it stood: the cell's name and the line in it, from 1."""

    text: str
    cell: str
    line: int


def tokens_of(sources: Mapping[str, str]) -> list[list[Token]]:
    """The levelled tokens of each cell, in order; what is no Python is cut into words as well as it goes."""
    cells, left = [], CHARACTERS
    for name, source in sources.items():
        source = source[:left]
        left -= len(source)
        cells.append([Token(text, name, line) for text, line in _levelled(source)])
    return cells


def _levelled(source: str) -> list[tuple[str, int]]:
    text = _MAGIC.sub(r"\1pass #", source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dropped = sorted(_dropped(ast.parse(text), text))
        return list(_exact(text, dropped))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return list(_rough(text))


def _dropped(tree: ast.Module, text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Spans of docstrings and annotations, from the first character to behind the last, as (line, column in characters)."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
                yield _span(first, lines)
        for field in ("annotation", "returns"):
            if (annotation := getattr(node, field, None)) is not None:
                yield _span(annotation, lines)


def _span(node: ast.expr | ast.stmt, lines: list[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, _column(lines, node.lineno, node.col_offset)), (
        node.end_lineno or node.lineno,
        _column(lines, node.end_lineno or node.lineno, node.end_col_offset or 0),
    )


def _column(lines: list[str], line: int, offset: int) -> int:
    return len(lines[line - 1].encode()[:offset].decode(errors="ignore")) if line <= len(lines) else offset


def _exact(text: str, dropped: list[tuple[tuple[int, int], tuple[int, int]]]) -> Iterator[tuple[str, int]]:
    position, dotted = 0, False
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        while position < len(dropped) and dropped[position][1] <= token.start:
            position += 1
        inside = position < len(dropped) and dropped[position][0] <= token.start < dropped[position][1]
        if token.type in _SKIPPED or inside or token.string in _LOOSE:
            continue
        if token.type == tokenize.NAME:
            yield _word(token.string, dotted), token.start[0]
        elif token.type == tokenize.NUMBER:
            yield NUMBER, token.start[0]
        elif token.type == tokenize.STRING or tokenize.tok_name[token.type].startswith("FSTRING"):
            yield TEXT, token.start[0]
        else:
            yield token.string, token.start[0]
        dotted = token.string == "."


def _word(name: str, dotted: bool) -> str:
    return name if keyword.iskeyword(name) or name in (_METHODS if dotted else _BUILTINS) else OWN


def _rough(text: str) -> Iterator[tuple[str, int]]:
    for line, content in enumerate(text.split("\n"), 1):
        dotted = False
        for found in _ROUGH.finditer(content):
            if found.lastgroup == "name":
                yield _word(found[0], dotted), line
            elif found.lastgroup != "comment" and found[0] not in _LOOSE:
                yield {"text": TEXT, "number": NUMBER}.get(found.lastgroup or "", found[0]), line
            dotted = found[0] == "."

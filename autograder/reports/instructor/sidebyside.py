"""Two documents side by side: what is the same, what only has other names, and where they share what nobody was given."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.similarity.compare import Document, shared_lines
from autograder.similarity.tokens import tokens_of

LINES = 1_500  # of one side of a section


@dataclass(frozen=True)
class Side:
    """One line of one document. ``shared``: it belongs to a run that both have."""

    number: int
    text: str
    shared: bool


@dataclass(frozen=True)
class Row:
    """``kind``: ``same`` text, ``alike`` but for names and literals, or ``other``."""

    kind: str
    left: Side | None
    right: Side | None


@dataclass(frozen=True)
class Section:
    """A cell that both have, or everything that only one of them has under its name."""

    left: str
    right: str
    rows: tuple[Row, ...]
    shared: int


def side_by_side(left: Document, right: Document, given: NDArray[np.uint64]) -> list[Section]:
    """Sections in the left document's order; ``given`` holds the runs of tokens that everybody was handed out."""
    ours, theirs = shared_lines(left, right, given)
    both = [name for name in left.sources if name in right.sources]
    sections = [_section(name, name, {name: left.sources[name]}, {name: right.sources[name]}, ours, theirs) for name in both]
    rest = [{name: text for name, text in side.sources.items() if name not in both} for side in (left, right)]
    if any(rest):
        sections.append(_section(", ".join(rest[0]), ", ".join(rest[1]), *rest, ours, theirs))
    return [section for section in sections if section.rows]


Lines = set[tuple[str, int]]


def _section(left: str, right: str, ours: Mapping[str, str], theirs: Mapping[str, str], mine: Lines, other: Lines) -> Section:
    sides, keys = zip(*(_lines(sources, shared) for sources, shared in ((ours, mine), (theirs, other))), strict=True)
    rows: list[Row] = []
    matcher = difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=max(map(len, keys)) > LINES // 2)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        a, b = sides[0][i1:i2], sides[1][j1:j2]
        if tag == "equal":
            rows += [Row("same" if x.text.split() == y.text.split() else "alike", x, y) for x, y in zip(a, b, strict=True)]
        else:
            for place in range(max(len(a), len(b))):
                rows.append(Row("other", a[place] if place < len(a) else None, b[place] if place < len(b) else None))
    return Section(left, right, tuple(rows), sum(side.shared for side in sides[0]))


def _lines(sources: Mapping[str, str], shared: Lines) -> tuple[list[Side], list[tuple[str, ...]]]:
    """The lines of some cells one after another, and what of each counts."""
    sides: list[Side] = []
    keys: list[tuple[str, ...]] = []
    for (name, source), tokens in zip(sources.items(), tokens_of(sources), strict=True):
        by_line: dict[int, list[str]] = {}
        for token in tokens:
            by_line.setdefault(token.line, []).append(token.text)
        for number, text in enumerate(source.split("\n"), 1):
            sides.append(Side(number, text, (name, number) in shared))
            keys.append(tuple(by_line.get(number, ())))
    return sides[:LINES], keys[:LINES]

"""Which submissions are nearly the same, found through an inverted index of fingerprints: the cost grows with what is shared, not with
the number of pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autograder.similarity.tokens import tokens_of
from autograder.similarity.winnowing import K, gram_hashes, winnow

Kind = Literal["student", "answer", "past"]
Index = tuple[NDArray[np.uint64], NDArray[np.intp], NDArray[np.intp]]

# Measured on the tokenizer assignment (tests/similarity): of the smaller one's fingerprints, independent right solutions share at most
# 0.28 (0.39 at K = 10), renamed and re-commented copies all, copies that are re-ordered and padded as well at least 0.50.
THRESHOLD = 0.4
LEAST = 30  # fingerprints of one's own without which nothing can be said
COMMON_SHARE = 0.2  # of the class: what more submissions than that contain is what everybody writes
COMMON_LEAST = 8  # submissions
COMMON_MOST = 200


@dataclass(frozen=True)
class Document:
    """Code to compare: a student's cells, or something that students could have copied from."""

    name: str
    kind: Kind
    sources: Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """Two documents that share more than independent work does. ``score``: shared part of the smaller one's own fingerprints.

    ``left`` is always a student; ``right`` is a student, an answer or a submission of a past term.
    """

    left: Document
    right: Document
    score: float
    shared: int


@dataclass(frozen=True)
class Similar:
    """What a comparison found.

    Attributes:
        pairs: by falling score.
        compared: students whose code was compared.
        short: students with too little code of their own to say anything.
        common: students most of whose code stands in more than ``COMMON_SHARE`` of the submissions, with that part.
    """

    pairs: tuple[Pair, ...]
    compared: int
    short: tuple[str, ...]
    common: tuple[tuple[str, float], ...]


def find_similar(
    students: Sequence[Document], others: Sequence[Document] = (), *, given: Iterable[Mapping[str, str]] = (), threshold: float = THRESHOLD
) -> Similar:
    """Compare students with each other and with ``others``.

    Args:
        students: their names differ.
        others: answers and submissions of past terms; these are not compared with each other.
        given: code that everybody has (release cells, the kit); what stands there is nobody's own.
    """
    known = _all_grams(given)
    own = [_without(fingerprints(document.sources), known) for document in students]
    foreign = [_without(fingerprints(document.sources), known) for document in others]
    common = _common(own)
    rare = [_without(prints, common) for prints in own]
    short = tuple(document.name for document, prints in zip(students, own, strict=True) if len(prints) < LEAST)
    pairs = [
        *_among(students, rare, threshold),
        *_against(students, own, others, foreign, threshold),
    ]
    shares = [1 - len(left) / len(prints) if len(prints) >= LEAST else 0.0 for prints, left in zip(own, rare, strict=True)]
    return Similar(
        pairs=tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.left.name, pair.right.name))),
        compared=len(students) - len(short),
        short=short,
        common=tuple((document.name, share) for document, share in zip(students, shares, strict=True) if share > 0.5),
    )


def fingerprints(sources: Mapping[str, str]) -> NDArray[np.uint64]:
    """The winnowed hashes of all cells, sorted, each once."""
    hashes = [gram_hashes([token.text for token in cell]) for cell in tokens_of(sources)]
    return np.unique(np.concatenate([h[winnow(h)] for h in hashes] or [np.empty(0, np.uint64)]))


def shared_lines(left: Document, right: Document, given: NDArray[np.uint64]) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """Cells and lines of both that hold runs of ``K`` tokens which both have and nobody was given."""
    sides = [[(cell, gram_hashes([token.text for token in cell])) for cell in tokens_of(document.sources)] for document in (left, right)]
    every = [np.unique(np.concatenate([h for _, h in side] or [np.empty(0, np.uint64)])) for side in sides]
    both = _without(np.intersect1d(*every, assume_unique=True), given)
    found: list[set[tuple[str, int]]] = []
    for side in sides:
        lines: set[tuple[str, int]] = set()
        for cell, hashes in side:
            for start in np.flatnonzero(np.isin(hashes, both)):
                lines.update((token.cell, token.line) for token in cell[start : start + K])
        found.append(lines)
    return found[0], found[1]


def given_grams(given: Iterable[Mapping[str, str]]) -> NDArray[np.uint64]:
    """Every run of tokens in what was given, for :func:`shared_lines`."""
    return _all_grams(given)


def _all_grams(given: Iterable[Mapping[str, str]]) -> NDArray[np.uint64]:
    hashes = [gram_hashes([token.text for token in cell]) for sources in given for cell in tokens_of(sources)]
    return np.unique(np.concatenate([*hashes, np.empty(0, np.uint64)]))


def _without(prints: NDArray[np.uint64], removed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return prints[~np.isin(prints, removed)]


def _common(own: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Fingerprints that too many submissions contain to say anything about two of them."""
    if not own:
        return np.empty(0, np.uint64)
    values, counts = np.unique(np.concatenate(own), return_counts=True)
    return values[counts > min(max(COMMON_LEAST, COMMON_SHARE * len(own)), COMMON_MOST)]


def _postings(prints: Sequence[NDArray[np.uint64]]) -> Index:
    """The inverted index: fingerprints, where the list of each begins, and the documents of all lists one after another."""
    owners = np.repeat(np.arange(len(prints)), [len(p) for p in prints])
    everything = np.concatenate([*prints, np.empty(0, np.uint64)])
    order = np.argsort(everything, kind="stable")
    values, starts = np.unique(everything[order], return_index=True)
    return values, np.append(starts, len(everything)), owners[order]


def _counts(
    prints: NDArray[np.uint64], index: tuple[NDArray[np.uint64], NDArray[np.intp], NDArray[np.intp]], size: int
) -> NDArray[np.intp]:
    """How many of ``prints`` each of ``size`` indexed documents has."""
    values, starts, owners = index
    places = np.searchsorted(values, prints)
    found = places < len(values)
    found[found] = values[places[found]] == prints[found]
    places = places[found]
    lists = [owners[starts[place] : starts[place + 1]] for place in places]
    return np.bincount(np.concatenate([*lists, np.empty(0, np.intp)]), minlength=size)


def _among(students: Sequence[Document], rare: Sequence[NDArray[np.uint64]], threshold: float) -> Iterable[Pair]:
    index, sizes = _postings(rare), np.array([len(prints) for prints in rare])
    for number, prints in enumerate(rare):
        if len(prints) < LEAST:
            continue
        shared = _counts(prints, index, len(rare))
        scores = shared / np.maximum(np.minimum(sizes, len(prints)), 1)
        for other in np.flatnonzero((scores >= threshold) & (sizes >= LEAST)):
            if other > number:
                yield Pair(students[number], students[other], float(scores[other]), int(shared[other]))


def _against(
    students: Sequence[Document],
    own: Sequence[NDArray[np.uint64]],
    others: Sequence[Document],
    foreign: Sequence[NDArray[np.uint64]],
    threshold: float,
) -> Iterable[Pair]:
    if not others:
        return
    index, sizes = _postings(foreign), np.array([len(prints) for prints in foreign])
    for student, prints in zip(students, own, strict=True):
        if len(prints) < LEAST:
            continue
        shared = _counts(prints, index, len(foreign))
        scores = shared / np.maximum(np.minimum(sizes, len(prints)), 1)
        for other in np.flatnonzero((scores >= threshold) & (sizes >= LEAST)):
            yield Pair(student, others[other], float(scores[other]), int(shared[other]))

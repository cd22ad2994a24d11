"""Small corpora, drawn again from their seed wherever they are needed; nothing is stored.

Words are drawn by their frequency in the ``wordfreq`` package (its Korean list holds morphemes, so several are joined to
one spaced unit, the eojeol). The lines mean nothing, but have the long tail that a tokenizer meets in real text.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal

import numpy as np

Language = Literal["ko", "en"]
_JOINED = {"ko": (0.35, 0.45, 0.20), "en": (1.0,)}  # how likely a spaced unit has one, two, three listed words
_LINE = (4, 13)  # spaced units per line: from, and below


@cache
def _frequencies(language: Language) -> tuple[tuple[str, ...], np.ndarray]:
    """The listed words, most frequent first, and their cumulative probability."""
    if language not in _JOINED:
        raise ValueError(f"language is one of {', '.join(_JOINED)}, not {language!r}")
    from wordfreq import get_frequency_dict

    listed = {word: value for word, value in get_frequency_dict(language, wordlist="small").items() if word.isalpha()}
    words = tuple(sorted(listed, key=lambda word: (-listed[word], word)))
    cumulative = np.cumsum([listed[word] for word in words])
    return words, cumulative / cumulative[-1]


def stream(language: Language, seed: int) -> Iterator[str]:
    """Yield lines without end; the same seed gives the same lines."""
    words, cumulative = _frequencies(language)
    joined = np.cumsum(_JOINED[language])
    rng = np.random.default_rng([seed, len(language), ord(language[0])])
    while True:
        sizes = np.searchsorted(joined, rng.random(int(rng.integers(*_LINE))) * joined[-1]) + 1
        drawn = iter(np.searchsorted(cumulative, rng.random(int(sizes.sum()))))
        yield " ".join("".join(words[next(drawn)] for _ in range(size)) for size in sizes) + "."


def lines(language: Language, size: int, seed: int) -> list[str]:
    """Return lines of together at most ``size`` bytes of UTF-8, one byte a line for its end, and less than a line short of it.

    Raises:
        ValueError: an unknown language.
    """
    chosen, left = [], size
    for line in stream(language, seed):
        left -= len(line.encode()) + 1
        if left < 0:
            return chosen
        chosen.append(line)
    raise AssertionError("a stream of lines has no end")


def word_table(
    rng: np.random.Generator,
    *,
    words: int = 6,
    letters: str = "가나다라",
    length: tuple[int, int] = (2, 5),
    count: tuple[int, int] = (1, 9),
) -> dict[str, int]:
    """Draw a table of different made-up words with their frequencies, for exercises by hand.

    Args:
        length: shortest and longest word.
        count: smallest and largest frequency.
    """
    table: dict[str, int] = {}
    while len(table) < words:
        size = int(rng.integers(length[0], length[1] + 1))
        word = "".join(letters[int(place)] for place in rng.integers(0, len(letters), size))
        table.setdefault(word, int(rng.integers(count[0], count[1] + 1)))
    return table


def repeated_line(rng: np.random.Generator, letters: str = "가나다라마바사아자차카타파하") -> tuple[list[str], int]:
    """Draw lines of made-up words, and the number of a line that changes the most frequent pair if it stands twice.

    Both before and after, one pair is more frequent than all others.
    """
    first, second, third, fourth, extra = (letters[int(place)] for place in rng.choice(len(letters), 5, replace=False))
    often = int(rng.integers(4, 7))
    front = [first + second] * (often - 2) + [extra + first + second] * 2
    back = [third + fourth] * (often - 3) + [third + fourth + extra] * 2
    mixed = [second + extra, fourth + extra]
    lines = [" ".join(words) for words in (front, back, mixed)]
    order = [int(place) for place in rng.permutation(3)]
    return [lines[place] for place in order], order.index(1)

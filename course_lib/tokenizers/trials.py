"""Inputs on which wrong tokenizers show themselves, and records of what right ones do step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from course_lib.kit.text import bytes_to_unicode, pretokenize, pretokenize_lossless
from course_lib.tokenizers.bpe import Pair, count_pairs, merge_pair

Word = tuple[str, ...]
Record = dict[str, list[tuple[tuple[Any, ...], Any]]]
_SCRIPTS = ((9, 14), (32, 127), (127, 256), (0x600, 0x700), (0x1100, 0x1200), (0xAC00, 0xD7A4), (0x4E00, 0x4F00), (0x1F600, 0x1F650))


def made_up_word(rng: np.random.Generator, letters: str = "가나다라", low: int = 2, high: int = 6) -> str:
    """A word of at least ``low`` and fewer than ``high`` letters."""
    return "".join(letters[i] for i in rng.integers(0, len(letters), int(rng.integers(low, high))))


def distinct_words(rng: np.random.Generator, number: int) -> list[str]:
    """Made-up words that all differ, for corpora whose work is in the words."""
    words: dict[str, None] = {}
    while len(words) < number:
        words[made_up_word(rng, "가나다라마바사아자차카타파하거너더러머버", 4, 8)] = None
    return list(words)


def made_up_lines(rng: np.random.Generator, lines: int = 4, letters: str = "가나다라", words: int = 4) -> list[str]:
    """Lines over few letters: many ties, runs, and words that occur more than once."""
    known = [made_up_word(rng, letters) for _ in range(lines * words // 2)]
    return [" ".join(known[i] for i in rng.integers(0, len(known), words)) for _ in range(lines)]


def any_text(rng: np.random.Generator, size: int = 40) -> str:
    """Text of all kinds of characters: white space, control characters, Hangul, other scripts, emoji."""
    return "".join(chr(int(rng.integers(*_SCRIPTS[i]))) for i in rng.integers(0, len(_SCRIPTS), size))


def telling(rng: np.random.Generator, draw: Callable[[np.random.Generator], Any], answers: Callable[[Any], Iterable[Any]]) -> Any:
    """Draw inputs until all ``answers``, the right one and the wrong ones, differ from each other.

    Raises:
        RuntimeError: none of 500 inputs told them apart.
    """
    for _ in range(500):
        drawn = draw(rng)
        if all(one != other for one, other in combinations(list(answers(drawn)), 2)):
            return drawn
    raise RuntimeError("no telling input was drawn")


def word_counts(corpus: Iterable[str]) -> Counter[Word]:
    """The words of a corpus as symbols, and how often each occurs."""
    return Counter(tuple(word) for text in corpus for word in pretokenize(text))


def byte_words(text: str) -> list[Word]:
    """The pieces of a text as byte symbols."""
    table = bytes_to_unicode()
    return [tuple(table[byte] for byte in piece.encode()) for piece in pretokenize_lossless(text)]


def recorded_training(words: Mapping[Word, int], merges: Sequence[Pair]) -> Record:
    """What ``count_pairs`` and ``merge_pair`` return along a training that counts anew for each merge."""
    counts, merged = [], []
    words = dict(words)
    for pair in merges:
        counts.append(((words,), dict(count_pairs(words))))
        following = {word: merge_pair(word, pair) for word in words}
        merged += [((word, pair), result) for word, result in following.items()]
        words = {following[word]: number for word, number in words.items()}
    counts.append(((words,), dict(count_pairs(words))))
    return {"count_pairs": counts, "merge_pair": merged}


def recorded_encoding(words: Iterable[Word], merges: Sequence[Pair]) -> Record:
    """What ``merge_pair`` returns while words are encoded by rank."""
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    rows = []
    for word in words:
        while known := [pair for pair in pairwise(word) if pair in ranks]:
            pair = min(known, key=ranks.__getitem__)
            rows.append(((word, pair), merge_pair(word, pair)))
            word = rows[-1][1]
    return {"merge_pair": rows}

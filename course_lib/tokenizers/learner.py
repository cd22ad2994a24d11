"""Learning the merges: incremental, with an inverted index from pairs to words and a heap of candidates.

A merge changes only the words that hold its pair. So counts are adjusted for those words alone, and a pair whose count
changed is pushed again; an entry of the heap that no longer tells the truth is dropped when it comes up.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Literal

TieBreak = Literal["smallest_ids", "lexicographic_max"]
_Pair = tuple[int, int]


def learn_merges(
    words: Mapping[tuple[str, ...], int],
    vocab: dict[str, int],
    vocab_size: int,
    min_frequency: int,
    tie_break: TieBreak,
) -> list[tuple[str, str]]:
    """Extend ``vocab`` in place up to ``vocab_size`` and return the merges in order.

    Args:
        words: each word's symbols, all of them in ``vocab``, and how often the word occurs.
    """
    state = _State(words, vocab, tie_break)
    merges: list[tuple[str, str]] = []
    while len(vocab) < vocab_size:
        pair = state.best()
        if pair is None or state.counts[pair] < min_frequency:
            break
        left, right = state.symbols[pair[0]], state.symbols[pair[1]]
        merges.append((left, right))
        new = vocab.setdefault(left + right, len(vocab))
        if new == len(state.symbols):
            state.symbols.append(left + right)
        state.merge(pair, new)
    return merges


class _State:
    """The corpus as ids, with the count and the whereabouts of every pair."""

    def __init__(self, words: Mapping[tuple[str, ...], int], vocab: Mapping[str, int], tie_break: TieBreak) -> None:
        self.symbols = list(vocab)
        self.tie_break = tie_break
        self.words = [[vocab[symbol] for symbol in word] for word in words]
        self.frequencies = list(words.values())
        self.counts: defaultdict[_Pair, int] = defaultdict(int)
        self.places: defaultdict[_Pair, set[int]] = defaultdict(set)  # may name words that lost the pair since
        for index, (word, frequency) in enumerate(zip(self.words, self.frequencies, strict=True)):
            for pair in pairwise(word):
                self.counts[pair] += frequency
                self.places[pair].add(index)
        self.heap = [self._entry(pair, count) for pair, count in self.counts.items() if count > 0]
        heapq.heapify(self.heap)

    def _entry(self, pair: _Pair, count: int) -> tuple[Any, ...]:
        """What the heap sorts by: the best candidate is the smallest entry."""
        if self.tie_break == "smallest_ids":
            return (-count, pair)
        return (-count, _descending(self.symbols[pair[0]]), _descending(self.symbols[pair[1]]), pair)

    def best(self) -> _Pair | None:
        """Take the best pair from the heap; ``None`` when no pair is left."""
        while self.heap:
            count, *_, pair = heapq.heappop(self.heap)
            if count and self.counts.get(pair) == -count:
                return pair
        return None

    def merge(self, pair: _Pair, new: int) -> None:
        """Replace the pair by ``new`` in every word, from left to right."""
        changed: dict[_Pair, int] = defaultdict(int)
        for index in self.places.pop(pair):
            old, frequency = self.words[index], self.frequencies[index]
            word, first, rest = _merged(old, pair, new)
            if len(word) == len(old):
                continue
            self.words[index] = word
            before, after = max(first - 1, 0), max(rest - 1, 0)  # one neighbour on each side; beyond them nothing changes
            for gone in pairwise(old[before : len(old) - after]):
                changed[gone] -= frequency
            for come in pairwise(word[before : len(word) - after]):
                changed[come] += frequency
                if new in come:
                    self.places[come].add(index)
        for other, difference in changed.items():
            if difference:
                count = self.counts[other] = self.counts[other] + difference
                if count > 0:
                    heapq.heappush(self.heap, self._entry(other, count))
                else:
                    del self.counts[other]


def _merged(word: list[int], pair: _Pair, new: int) -> tuple[list[int], int, int]:
    """The word with the pair joined, where its first occurrence stood, and how many symbols follow the last."""
    left, right = pair
    merged: list[int] = []
    first, done, last = -1, 0, len(word) - 1
    place = 0
    while place < last:
        if word[place] == left and word[place + 1] == right:
            first = place if first < 0 else first
            merged += word[done:place]
            merged.append(new)
            done = place = place + 2
        else:
            place += 1
    return merged + word[done:], first, len(word) - done


def _descending(text: str) -> tuple[int, ...]:
    """A key that sorts text from Z to A; the closing 1 puts a longer text before its own beginning."""
    return (*(-ord(character) for character in text), 1)

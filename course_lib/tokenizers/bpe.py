"""Byte-pair encoding on characters and on bytes.

``train_bpe`` returns what ``BpeTrainer`` of the ``tokenizers`` library returns with its ``Whitespace`` splitter, and
``train_byte_bpe`` what it returns with ``ByteLevel``: the same vocabulary in the same order, the same merges.

>>> vocab, merges = train_bpe(["아아 아아아 가아"], vocab_size=10, min_frequency=1)
>>> merges
[('아', '아'), ('가', '아'), ('아아', '아')]
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import get_args

from course_lib.kit.text import bytes_to_unicode, pretokenize, pretokenize_lossless
from course_lib.tokenizers.learner import TieBreak, learn_merges

Pair = tuple[str, str]
_CACHED_WORDS = 65_536
_SYMBOLS = bytes_to_unicode()


def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter[Pair]:
    """Count neighbouring symbols, weighted by how often each word occurs.

    Occurrences overlap: ``("아", "아", "아")`` holds ``("아", "아")`` twice.
    """
    counts: Counter[Pair] = Counter()
    for word, frequency in words.items():
        for pair in pairwise(word):
            counts[pair] += frequency
    return counts


def merge_pair(word: Sequence[str], pair: Pair) -> tuple[str, ...]:
    """Join every occurrence of ``pair`` in ``word``, from left to right and without overlap."""
    left, right = pair
    merged: list[str] = []
    place = 0
    while place < len(word):
        if word[place] == left and place + 1 < len(word) and word[place + 1] == right:
            merged.append(left + right)
            place += 2
        else:
            merged.append(word[place])
            place += 1
    return tuple(merged)


def train_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: TieBreak = "smallest_ids",
) -> tuple[dict[str, int], list[Pair]]:
    """Learn a character-level vocabulary.

    Args:
        corpus: texts; may be a generator that can be read once.
        vocab_size: entries to stop at, special tokens and alphabet included. The alphabet is kept whole even when it is larger.
        special_tokens: first entries of the vocabulary.
        min_frequency: pairs that occur less often are not merged.
        tie_break: among pairs of the highest count, ``smallest_ids`` takes the one whose ids (left, right) are smallest, and
            ``lexicographic_max`` the greatest pair of strings.

    Returns:
        The vocabulary, ids ascending from 0 (special tokens, alphabet by code point, merged symbols), and the merges in order.

    Raises:
        ValueError: an unknown tie rule or a negative size.
        TypeError: the corpus is one string, which would be read character by character.
    """
    _validate(corpus, vocab_size, tie_break)
    pieces = Counter(piece for text in corpus for piece in pretokenize(text))
    words = {tuple(piece): frequency for piece, frequency in pieces.items()}
    vocab = _numbered([*special_tokens, *sorted({symbol for word in words for symbol in word})])
    merges = learn_merges(words, vocab, vocab_size, min_frequency, tie_break)
    return vocab, merges


def train_byte_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: TieBreak = "smallest_ids",
) -> tuple[dict[str, int], list[Pair]]:
    """Learn a byte-level vocabulary: as :func:`train_bpe`, on the visible characters that stand for UTF-8 bytes.

    The alphabet is all 256 of them, whatever the corpus holds. Raises as :func:`train_bpe`.
    """
    _validate(corpus, vocab_size, tie_break)
    pieces = Counter(piece for text in corpus for piece in pretokenize_lossless(text))
    words = {tuple(_visible(piece)): frequency for piece, frequency in pieces.items()}
    vocab = _numbered([*special_tokens, *sorted(bytes_to_unicode().values())])
    merges = learn_merges(words, vocab, vocab_size, min_frequency, tie_break)
    return vocab, merges


class BPETokenizer:
    """Character-level encoding with a learned vocabulary.

    Text is split by ``pretokenize`` and each word merged by rank. A symbol outside the vocabulary becomes ``unk_token``, once per
    character. Special tokens in the text are not recognised. ``decode`` joins without spaces: it restores words, not sentences.
    """

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[Pair], unk_token: str) -> None:
        """Raises ValueError: the unknown token is not in the vocabulary."""
        if unk_token not in vocab:
            raise ValueError(f"the unknown token {unk_token!r} is not in the vocabulary")
        self.vocab = dict(vocab)
        self.merges = list(merges)
        self.unk_id = self.vocab[unk_token]
        self._symbols = {number: symbol for symbol, number in self.vocab.items()}
        self._word_ids = lru_cache(_CACHED_WORDS)(_WordEncoder(self.vocab, self.merges, self.unk_id))

    def encode(self, text: str) -> list[int]:
        """Return the ids of the text's tokens."""
        return [number for word in pretokenize(text) for number in self._word_ids(word)]

    def decode(self, ids: Iterable[int]) -> str:
        """Join the tokens' texts. Raises KeyError: an id outside the vocabulary."""
        return "".join(self._symbols[number] for number in ids)


class ByteBPETokenizer:
    """Byte-level encoding: every text without lone surrogates can be encoded, and ``decode`` gives it back."""

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[Pair]) -> None:
        """Raises ValueError: the vocabulary lacks one of the 256 byte symbols."""
        if missing := set(bytes_to_unicode().values()) - set(vocab):
            raise ValueError(f"the vocabulary lacks {len(missing)} of the 256 byte symbols")
        self.vocab = dict(vocab)
        self.merges = list(merges)
        bytes_of = {symbol: byte for byte, symbol in bytes_to_unicode().items()}
        self._bytes = {
            number: bytes(bytes_of[c] for c in symbol) if all(c in bytes_of for c in symbol) else symbol.encode()
            for symbol, number in self.vocab.items()
        }
        self._word_ids = lru_cache(_CACHED_WORDS)(_WordEncoder(self.vocab, self.merges, unk_id=None))

    def encode(self, text: str) -> list[int]:
        """Return the ids of the text's tokens. Raises UnicodeEncodeError: a lone surrogate."""
        return [number for piece in pretokenize_lossless(text) for number in self._word_ids(_visible(piece))]

    def decode(self, ids: Iterable[int]) -> str:
        """Join the tokens' bytes and read them as UTF-8; ids that are no whole text show U+FFFD.

        Raises KeyError: an id outside the vocabulary.
        """
        return b"".join(self._bytes[number] for number in ids).decode("utf-8", errors="replace")


class _WordEncoder:
    """Merge one word by rank, with a heap over a linked list: n log n for a word of n symbols."""

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[Pair], unk_id: int | None) -> None:
        self.vocab = vocab
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.unk_id = unk_id

    def __call__(self, word: str) -> tuple[int, ...]:
        symbols: list[str | None] = list(word)
        following = [*range(1, len(symbols)), -1]
        previous = list(range(-1, len(symbols) - 1))
        heap = [(rank, i) for i, pair in enumerate(pairwise(word)) if (rank := self.ranks.get(pair)) is not None]
        heapq.heapify(heap)
        while heap:
            rank, place = heapq.heappop(heap)
            after = following[place]
            if after < 0 or symbols[place] is None or self.ranks.get((symbols[place], symbols[after])) != rank:
                continue  # one of the two was merged since
            symbols[place] += symbols[after]
            symbols[after] = None
            following[place] = beyond = following[after]
            if beyond >= 0:
                previous[beyond] = place
            for start in (previous[place], place):
                end = following[start] if start >= 0 else -1
                if end >= 0 and (new := self.ranks.get((symbols[start], symbols[end]))) is not None:
                    heapq.heappush(heap, (new, start))
        ids = (self.vocab.get(symbol, self.unk_id) for symbol in symbols if symbol is not None)
        return tuple(number for number in ids if number is not None)


def _visible(piece: str) -> str:
    return piece.encode("utf-8").decode("latin-1").translate(_SYMBOLS)


def _numbered(symbols: Iterable[str]) -> dict[str, int]:
    return {symbol: number for number, symbol in enumerate(dict.fromkeys(symbols))}


def _validate(corpus: Iterable[str], vocab_size: int, tie_break: str) -> None:
    if isinstance(corpus, str):
        raise TypeError("a corpus is an iterable of texts, not one string")
    if vocab_size < 0:
        raise ValueError(f"vocab_size is {vocab_size}")
    if tie_break not in get_args(TieBreak):
        raise ValueError(f"tie_break is one of {', '.join(get_args(TieBreak))}, not {tie_break!r}")

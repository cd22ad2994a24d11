"""WordPiece: merges chosen by likelihood ratio, words encoded by longest match.

The training criterion is the score of Schuster and Nakajima (2012) as it is usually stated, ``c_ab / (c_a · c_b)``. It is the
pointwise mutual information of a pair up to a logarithm and a constant, and *not* the gain in likelihood of a merge, which is about
``c_ab`` times as much; :func:`merge_gain` computes that gain exactly. ``WordPieceTrainer`` of the tokenizers library uses neither:
it counts frequencies as BPE does.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from course_lib.kit.text import pretokenize

PREFIX = "##"
MAX_INPUT_CHARS = 100  # longer words become the unknown token, as in the library

Word = tuple[str, ...]
Pair = tuple[str, str]


def wordpiece_score(c_ab: int, c_a: int, c_b: int) -> Fraction:
    """The score of merging ``a`` and ``b``: ``c_ab / (c_a · c_b)``, exactly.

    Args:
        c_ab: how often the two stand side by side, in that order.
        c_a, c_b: how often each occurs in the current segmentation.

    Raises:
        ValueError: a count is negative, or a part that should occur does not.
    """
    if c_ab < 0 or c_a <= 0 or c_b <= 0:
        raise ValueError(f"counts must be positive, not c_ab={c_ab}, c_a={c_a}, c_b={c_b}")
    return Fraction(c_ab, c_a * c_b)


def unigram_nll(segmented: Mapping[Word, int]) -> float:
    """Negative log-likelihood in nats of a segmented corpus under its own unigram model: ``-Σ c ln(c/N)``, ``N = Σ c``.

    Args:
        segmented: how often each word occurs, by its tokens.

    Returns:
        0.0 for an empty corpus.
    """
    counts = token_counts(segmented)
    total = sum(counts.values())
    return math.fsum(-count * math.log(count / total) for count in counts.values() if count)


def merge_gain(c_ab: int, c_a: int, c_b: int, total: int) -> float:
    """How much :func:`unigram_nll` falls when two *different* tokens merge wherever they meet.

    With ``f(n) = n ln n`` and ``k = c_ab``: ``f(k) + f(c_a - k) + f(c_b - k) - f(c_a) - f(c_b) - f(N - k) + f(N)``.
    """

    def f(n: int) -> float:
        return n * math.log(n) if n else 0.0

    k = c_ab
    return math.fsum((f(k), f(c_a - k), f(c_b - k), -f(c_a), -f(c_b), -f(total - k), f(total)))


def split_word(word: str) -> Word:
    """The characters of a word; all but the first carry the continuation prefix."""
    return tuple(char if index == 0 else PREFIX + char for index, char in enumerate(word))


def join_pair(pair: Pair) -> str:
    """The token that a merge makes."""
    left, right = pair
    return left + right.removeprefix(PREFIX)


def token_counts(segmented: Mapping[Word, int]) -> Counter[str]:
    """Occurrences of every token, weighted by the words' frequencies."""
    counts: Counter[str] = Counter()
    for tokens, frequency in segmented.items():
        for token in tokens:
            counts[token] += frequency
    return counts


def train_wordpiece(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = ("[UNK]",),
    min_frequency: int = 2,
) -> tuple[dict[str, int], list[Pair]]:
    """Learn a WordPiece vocabulary.

    Every step merges the pair with the highest :func:`wordpiece_score` among those that occur at least ``min_frequency`` times. Ties
    are exact; the smallest ``(id_left, id_right)`` wins, with ids given to special tokens, to the alphabet in the order of its text, and
    to merges as they come. ``vocab_size`` counts all of them but never drops a letter of the alphabet.

    Args:
        corpus: lines of text, read once; cut into words by :func:`course_lib.kit.text.pretokenize`.

    Returns:
        The vocabulary (token → id) and the merges in order.
    """
    frequencies = Counter(word for line in corpus for word in pretokenize(line))
    trainer = _Trainer({split_word(word): count for word, count in frequencies.items()})
    vocab: dict[str, int] = {}
    for token in (*special_tokens, *sorted(trainer.tokens)):
        vocab.setdefault(token, len(vocab))
    merges: list[Pair] = []
    while len(vocab) < vocab_size and (best := trainer.best(vocab, min_frequency)):
        vocab.setdefault(join_pair(best), len(vocab))
        merges.append(best)
        trainer.merge(best)
    return vocab, merges


class _Trainer:
    """Words, and the counts that a merge changes, kept up to date instead of counted anew."""

    def __init__(self, segmented: Mapping[Word, int]) -> None:
        self.words = [list(word) for word in segmented]
        self.frequencies = list(segmented.values())
        self.tokens = token_counts(segmented)
        self.pairs: Counter[Pair] = Counter()
        self.where: defaultdict[Pair, set[int]] = defaultdict(set)
        for index in range(len(self.words)):
            self._count_pairs(index, +1)

    def _count_pairs(self, index: int, sign: int) -> None:
        word, change = self.words[index], sign * self.frequencies[index]
        for pair in pairwise(word):
            self.pairs[pair] += change
            if sign > 0:
                self.where[pair].add(index)

    def best(self, vocab: Mapping[str, int], min_frequency: int) -> Pair | None:
        """The arg-max of the score. Floats narrow the field, fractions decide: a quotient of two rounded products can err by 4 ulp."""
        scored = [
            (count / (self.tokens[pair[0]] * self.tokens[pair[1]]), pair)
            for pair, count in self.pairs.items()
            if count >= max(min_frequency, 1)
        ]
        if not scored:
            return None
        bound = max(scored)[0] * (1 - 1e-12)
        close = [pair for score, pair in scored if score >= bound]
        return min(close, key=lambda pair: (-self._score(pair), vocab[pair[0]], vocab[pair[1]]))

    def _score(self, pair: Pair) -> Fraction:
        return wordpiece_score(self.pairs[pair], self.tokens[pair[0]], self.tokens[pair[1]])

    def merge(self, pair: Pair) -> None:
        merged = join_pair(pair)
        for index in self.where.pop(pair):
            self._count_pairs(index, -1)
            old = self.words[index]
            self.words[index] = new = _merge_word(old, pair, merged)
            self._count_pairs(index, +1)
            made, frequency = len(old) - len(new), self.frequencies[index]
            self.tokens[pair[0]] -= made * frequency
            self.tokens[pair[1]] -= made * frequency
            self.tokens[merged] += made * frequency
        self.pairs = +self.pairs


def _merge_word(word: list[str], pair: Pair, merged: str) -> list[str]:
    result: list[str] = []
    index = 0
    while index < len(word):
        if index + 1 < len(word) and (word[index], word[index + 1]) == pair:
            result.append(merged)
            index += 2
        else:
            result.append(word[index])
            index += 1
    return result


class WordPieceTokenizer:
    """Greedy longest match from the left (the library's ``models.WordPiece``).

    A word of which any piece is missing becomes one unknown token, and so does a word of more than 100 characters.
    """

    def __init__(self, vocab: Mapping[str, int], unk_token: str = "[UNK]") -> None:
        """Raises ValueError when ``unk_token`` is not in ``vocab``."""
        if unk_token not in vocab:
            raise ValueError(f"the unknown token {unk_token!r} is not in the vocabulary")
        self.vocab = dict(vocab)
        self.unk_id = self.vocab[unk_token]
        self.tokens = {index: token for token, index in self.vocab.items()}
        self._longest = max(map(len, self.vocab))

    def encode(self, text: str) -> list[int]:
        """Ids of a text; special tokens in it are plain text."""
        return [index for word in pretokenize(text) for index in self._encode_word(word)]

    def _encode_word(self, word: str) -> list[int]:
        if len(word) > MAX_INPUT_CHARS:
            return [self.unk_id]
        ids: list[int] = []
        start = 0
        while start < len(word):
            prefix = PREFIX if start else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                if (index := self.vocab.get(prefix + word[start:end])) is not None:
                    ids.append(index)
                    start = end
                    break
            else:
                return [self.unk_id]
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Tokens joined by spaces, continuations attached; the spaces of the text are not known any more."""
        return " ".join(self.tokens[index] for index in ids).replace(f" {PREFIX}", "")

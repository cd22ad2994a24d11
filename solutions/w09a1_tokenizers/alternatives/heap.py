"""Incremental: counts are kept up to date word by word, and a heap proposes the next pair."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from course_lib.kit.text import bytes_to_unicode, pretokenize, pretokenize_lossless


def neighbours(word: Sequence[str]) -> list[tuple[str, str]]:
    """이웃한 쌍의 목록입니다."""
    return [(word[place], word[place + 1]) for place in range(len(word) - 1)]


def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, str]]:
    """쌍마다 단어의 빈도를 더합니다."""
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for word, frequency in words.items():
        for pair in neighbours(word):
            counts[pair] += frequency
    return Counter(counts)


def merge_pair(word: Sequence[str], pair: tuple[str, str]) -> tuple[str, ...]:
    """쌍을 왼쪽부터 새 기호로 바꿉니다."""
    symbols = iter(word)
    merged: list[str] = []
    held = next(symbols, None)
    for symbol in symbols:
        if (held, symbol) == pair:
            merged.append(held + symbol)
            held = next(symbols, None)
        else:
            merged.append(held)
            held = symbol
    return tuple(merged) if held is None else (*merged, held)


class PairIndex:
    """쌍의 횟수와 쌍이 있는 단어를 함께 기억합니다."""

    def __init__(self, words: Mapping[tuple[str, ...], int], vocab: Mapping[str, int], tie_break: str) -> None:
        self.vocab = vocab
        self.tie_break = tie_break
        self.words = list(words)
        self.frequencies = list(words.values())
        self.counts: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.places: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self.heap: list[tuple] = []
        for place in range(len(self.words)):
            self.add(place, 1)
        for pair in self.counts:
            self.push(pair)

    def add(self, place: int, sign: int) -> None:
        """단어 하나의 쌍을 더하거나 뺍니다."""
        for pair in neighbours(self.words[place]):
            self.counts[pair] += sign * self.frequencies[place]
            self.places[pair].add(place)

    def push(self, pair: tuple[str, str]) -> None:
        """지금 횟수로 쌍을 후보에 올립니다."""
        if self.tie_break == "lexicographic_max":
            order = tuple((*(-ord(letter) for letter in symbol), 1) for symbol in pair)
        else:
            order = (self.vocab[pair[0]], self.vocab[pair[1]])
        heapq.heappush(self.heap, (-self.counts[pair], order, pair))

    def pop(self) -> tuple[tuple[str, str], int] | None:
        """가장 앞선 쌍과 횟수입니다. 남은 쌍이 없으면 None입니다."""
        while self.heap:
            count, _, pair = heapq.heappop(self.heap)
            if self.counts[pair] == -count > 0:
                return pair, -count
        return None

    def merge(self, pair: tuple[str, str]) -> None:
        """쌍이 있는 단어만 고치고, 횟수가 바뀐 쌍을 다시 올립니다."""
        touched: set[tuple[str, str]] = set()
        for place in list(self.places[pair]):
            touched.update(neighbours(self.words[place]))
            self.add(place, -1)
            self.words[place] = merge_pair(self.words[place], pair)
            self.add(place, 1)
            touched.update(neighbours(self.words[place]))
        for changed in touched:
            self.push(changed)


def learn(
    words: Mapping[tuple[str, ...], int], vocab: dict[str, int], vocab_size: int, min_frequency: int, tie_break: str
) -> list[tuple[str, str]]:
    """후보를 하나씩 꺼내 병합합니다."""
    index = PairIndex(words, vocab, tie_break)
    merges: list[tuple[str, str]] = []
    while len(vocab) < vocab_size and (found := index.pop()) is not None:
        pair, count = found
        if count < min_frequency:
            break
        merges.append(pair)
        if "".join(pair) not in vocab:
            vocab["".join(pair)] = len(vocab)
        index.merge(pair)
    return merges


def train_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: str = "smallest_ids",
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """문자 수준 BPE를 훈련합니다."""
    words = Counter(tuple(piece) for text in corpus for piece in pretokenize(text))
    vocab: dict[str, int] = {}
    for symbol in [*special_tokens, *sorted({letter for word in words for letter in word})]:
        vocab.setdefault(symbol, len(vocab))
    return vocab, learn(words, vocab, vocab_size, min_frequency, tie_break)


def train_byte_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: str = "smallest_ids",
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """바이트 수준 BPE를 훈련합니다."""
    table = bytes_to_unicode()
    words = Counter(tuple(table[byte] for byte in piece.encode()) for text in corpus for piece in pretokenize_lossless(text))
    vocab: dict[str, int] = {}
    for symbol in [*special_tokens, *sorted(table.values())]:
        vocab.setdefault(symbol, len(vocab))
    return vocab, learn(words, vocab, vocab_size, min_frequency, tie_break)

"""Objects: a trainer that holds its state, and one tokenizer core that both tokenizers share, with a cache of words."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from course_lib.kit.text import bytes_to_unicode, pretokenize, pretokenize_lossless


def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, str]]:
    """자리마다 쌍을 만들어 셉니다."""
    counts: Counter[tuple[str, str]] = Counter()
    for word, frequency in words.items():
        for place in range(1, len(word)):
            counts[word[place - 1], word[place]] += frequency
    return counts


def merge_pair(word: Sequence[str], pair: tuple[str, str]) -> tuple[str, ...]:
    """남은 기호를 하나씩 꺼내며 병합합니다."""
    waiting = list(reversed(word))
    merged: list[str] = []
    while waiting:
        symbol = waiting.pop()
        if waiting and (symbol, waiting[-1]) == pair:
            symbol += waiting.pop()
        merged.append(symbol)
    return tuple(merged)


@dataclass
class Trainer:
    """훈련의 상태입니다: 단어 빈도표, 어휘, 병합."""

    words: dict[tuple[str, ...], int]
    tie_break: str
    vocab: dict[str, int] = field(default_factory=dict)
    merges: list[tuple[str, str]] = field(default_factory=list)

    def number(self, symbols: Iterable[str]) -> None:
        """새 기호에만 번호를 붙입니다."""
        for symbol in symbols:
            if symbol not in self.vocab:
                self.vocab[symbol] = len(self.vocab)

    def order(self, entry: tuple[tuple[str, str], int]) -> tuple:
        """후보의 순서입니다. 작을수록 앞섭니다."""
        (left, right), count = entry
        return (-count, self.vocab[left], self.vocab[right])

    def best(self) -> tuple[tuple[str, str], int] | None:
        """다음에 병합할 쌍과 횟수입니다."""
        counted = count_pairs(self.words).items()
        if not counted:
            return None
        if self.tie_break == "lexicographic_max":
            return max(counted, key=lambda entry: (entry[1], entry[0]))
        return min(counted, key=self.order)

    def run(self, vocab_size: int, min_frequency: int) -> tuple[dict[str, int], list[tuple[str, str]]]:
        """멈출 때까지 병합합니다."""
        while len(self.vocab) < vocab_size:
            chosen = self.best()
            if chosen is None or chosen[1] < min_frequency:
                break
            pair = chosen[0]
            self.merges.append(pair)
            self.number(["".join(pair)])
            self.words = {merge_pair(word, pair): frequency for word, frequency in self.words.items()}
        return self.vocab, self.merges


def train_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: str = "smallest_ids",
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """문자 수준 BPE를 훈련합니다."""
    pieces: Counter[str] = Counter()
    for text in corpus:
        pieces.update(pretokenize(text))
    trainer = Trainer({tuple(piece): frequency for piece, frequency in pieces.items()}, tie_break)
    trainer.number(special_tokens)
    trainer.number(sorted(set("".join(pieces))))
    return trainer.run(vocab_size, min_frequency)


def train_byte_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: str = "smallest_ids",
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """바이트 수준 BPE를 훈련합니다."""
    table = bytes_to_unicode()
    pieces: Counter[str] = Counter()
    for text in corpus:
        pieces.update(pretokenize_lossless(text))
    words = {tuple(table[byte] for byte in piece.encode()): frequency for piece, frequency in pieces.items()}
    trainer = Trainer(words, tie_break)
    trainer.number(special_tokens)
    trainer.number(sorted(table.values()))
    return trainer.run(vocab_size, min_frequency)


class MergingCore:
    """기호의 튜플을 순위대로 병합하고, 한 번 본 단어를 기억합니다."""

    def __init__(self, merges: Sequence[tuple[str, str]]) -> None:
        self.ranks = dict(zip(merges, range(len(merges)), strict=True))
        self.seen: dict[tuple[str, ...], tuple[str, ...]] = {}

    def tokens(self, word: tuple[str, ...]) -> tuple[str, ...]:
        """한 단어의 토큰입니다."""
        if word not in self.seen:
            self.seen[word] = self.merged(word)
        return self.seen[word]

    def merged(self, word: tuple[str, ...]) -> tuple[str, ...]:
        """순위가 가장 앞선 쌍부터 병합합니다."""
        while len(word) > 1:
            ranked = [(self.ranks[pair], pair) for pair in itertools.pairwise(word) if pair in self.ranks]
            if not ranked:
                break
            word = merge_pair(word, min(ranked)[1])
        return word


class BPETokenizer:
    """문자 수준 토크나이저입니다."""

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[tuple[str, str]], unk_token: str) -> None:
        self.ids = dict(vocab)
        self.core = MergingCore(merges)
        self.unknown = self.ids[unk_token]

    def encode(self, text: str) -> list[int]:
        """글의 토큰 번호를 돌려줍니다."""
        return [self.ids.get(token, self.unknown) for word in pretokenize(text) for token in self.core.tokens(tuple(word))]

    def decode(self, ids: Sequence[int]) -> str:
        """기호를 이어 돌려줍니다."""
        names = sorted(self.ids, key=self.ids.get)
        return "".join(names[number] for number in ids)


class ByteBPETokenizer:
    """바이트 수준 토크나이저입니다."""

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[tuple[str, str]]) -> None:
        self.ids = dict(vocab)
        self.core = MergingCore(merges)
        table = bytes_to_unicode()
        self.table = [table[byte] for byte in range(256)]
        self.names = sorted(self.ids, key=self.ids.get)

    def encode(self, text: str) -> list[int]:
        """글의 토큰 번호를 돌려줍니다."""
        words = [tuple(self.table[byte] for byte in piece.encode()) for piece in pretokenize_lossless(text)]
        return [self.ids[token] for word in words for token in self.core.tokens(word)]

    def decode(self, ids: Sequence[int]) -> str:
        """바이트를 모두 이은 다음 글로 읽습니다."""
        letters = "".join(self.names[number] for number in ids)
        return bytes(map(self.table.index, letters)).decode(errors="replace")

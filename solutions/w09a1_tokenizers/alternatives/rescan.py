"""Lists and plain loops: every merge rescans all words; encoding replays the merges in the order they were learned."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from course_lib.kit.text import bytes_to_unicode, pretokenize, pretokenize_lossless


def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, str]]:
    """이웃한 두 기호의 쌍을 셉니다."""
    counts: dict[tuple[str, str], int] = {}
    for word, frequency in words.items():
        for left, right in itertools.pairwise(word):
            counts[left, right] = counts.get((left, right), 0) + frequency
    return Counter(counts)


def merge_pair(word: Sequence[str], pair: tuple[str, str]) -> tuple[str, ...]:
    """쌍을 왼쪽부터 새 기호로 바꿉니다."""
    merged: list[str] = []
    place = 0
    while place < len(word):
        if tuple(word[place : place + 2]) == pair:
            merged.append("".join(pair))
            place += 2
        else:
            merged.append(word[place])
            place += 1
    return tuple(merged)


def ranked_choice(pairs: Mapping[tuple[str, str], int], vocab: Mapping[str, int], tie_break: str) -> tuple[str, str]:
    """동점 규칙을 담은 순서로 줄을 세워 가장 앞선 쌍을 고릅니다."""
    if tie_break == "lexicographic_max":
        return max(pairs, key=lambda pair: (pairs[pair], pair))
    return min(pairs, key=lambda pair: (-pairs[pair], vocab[pair[0]], vocab[pair[1]]))


def grow(
    words: Mapping[tuple[str, ...], int], symbols: list[str], vocab_size: int, min_frequency: int, tie_break: str
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """처음 기호의 목록에서 시작해 병합할 때마다 목록을 늘립니다."""
    merges: list[tuple[str, str]] = []
    table = dict(words)
    while len(symbols) < vocab_size:
        pairs = count_pairs(table)
        if not pairs:
            break
        vocab = {symbol: number for number, symbol in enumerate(symbols)}
        pair = ranked_choice(pairs, vocab, tie_break)
        if pairs[pair] < min_frequency:
            break
        merges.append(pair)
        if "".join(pair) not in vocab:
            symbols.append("".join(pair))
        table = {merge_pair(word, pair): frequency for word, frequency in table.items()}
    return {symbol: number for number, symbol in enumerate(symbols)}, merges


def distinct(symbols: Iterable[str]) -> list[str]:
    """처음 나온 순서를 지키며 겹치는 기호를 뺍니다."""
    kept: list[str] = []
    for symbol in symbols:
        if symbol not in kept:
            kept.append(symbol)
    return kept


def train_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: str = "smallest_ids",
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """문자 수준 BPE를 훈련합니다."""
    words: Counter[tuple[str, ...]] = Counter()
    for text in corpus:
        words.update(tuple(piece) for piece in pretokenize(text))
    letters = sorted({letter for word in words for letter in word})
    return grow(words, distinct([*special_tokens, *letters]), vocab_size, min_frequency, tie_break)


def train_byte_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: str = "smallest_ids",
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """바이트 수준 BPE를 훈련합니다."""
    table = bytes_to_unicode()
    words: Counter[tuple[str, ...]] = Counter()
    for text in corpus:
        words.update(tuple(table[byte] for byte in piece.encode()) for piece in pretokenize_lossless(text))
    return grow(words, distinct([*special_tokens, *sorted(table.values())]), vocab_size, min_frequency, tie_break)


def replay(symbols: tuple[str, ...], merges: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """배운 순서대로 병합을 모두 해 봅니다."""
    for pair in merges:
        if len(symbols) == 1:
            break
        symbols = merge_pair(symbols, pair)
    return symbols


class BPETokenizer:
    """병합을 배운 순서대로 되풀이하는 토크나이저입니다."""

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[tuple[str, str]], unk_token: str) -> None:
        self.vocab = dict(vocab)
        self.merges = list(merges)
        self.unk_id = self.vocab[unk_token]

    def encode(self, text: str) -> list[int]:
        """글의 토큰 번호를 돌려줍니다."""
        ids: list[int] = []
        for word in pretokenize(text):
            for symbol in replay(tuple(word), self.merges):
                ids.append(self.vocab.get(symbol, self.unk_id))
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """기호를 이어 돌려줍니다."""
        symbols = {number: symbol for symbol, number in self.vocab.items()}
        return "".join([symbols[number] for number in ids])


class ByteBPETokenizer:
    """바이트에서 같은 일을 하는 토크나이저입니다."""

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[tuple[str, str]]) -> None:
        self.vocab = dict(vocab)
        self.merges = list(merges)

    def encode(self, text: str) -> list[int]:
        """글의 토큰 번호를 돌려줍니다."""
        table = bytes_to_unicode()
        pieces = [tuple(table[byte] for byte in piece.encode()) for piece in pretokenize_lossless(text)]
        return [self.vocab[symbol] for piece in pieces for symbol in replay(piece, self.merges)]

    def decode(self, ids: Sequence[int]) -> str:
        """바이트를 모두 이은 다음 글로 읽습니다."""
        symbols = {number: symbol for symbol, number in self.vocab.items()}
        value_of = {symbol: byte for byte, symbol in bytes_to_unicode().items()}
        data = bytearray()
        for number in ids:
            data.extend(value_of[letter] for letter in symbols[number])
        return data.decode("utf-8", errors="replace")

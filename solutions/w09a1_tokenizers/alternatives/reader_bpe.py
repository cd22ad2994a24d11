"""BPE by a reader of the kit and the chapter alone: loops that say each step, and the given byte table as a global."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from course_lib.kit.text import bytes_to_unicode, pretokenize, pretokenize_lossless

BYTE_TABLE = bytes_to_unicode()


def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, str]]:
    """이웃한 두 기호의 쌍이 코퍼스 전체에서 몇 번 나오는지 셉니다."""
    pairs = Counter()
    for word, frequency in words.items():
        for pair in pairwise(word):
            pairs[pair] += frequency
    return pairs


def merge_pair(word: Sequence[str], pair: tuple[str, str]) -> tuple[str, ...]:
    """단어 안의 쌍을 왼쪽부터 겹치지 않게 모두 새 기호로 바꾸어 돌려줍니다."""
    merged = []
    i = 0
    while i < len(word):
        if tuple(word[i : i + 2]) == pair:
            merged.append(pair[0] + pair[1])
            i += 2
        else:
            merged.append(word[i])
            i += 1
    return tuple(merged)


def count_words(corpus: Iterable[str]) -> Counter[tuple[str, ...]]:
    """코퍼스의 단어를 글자의 튜플로 바꾸어 몇 번 나오는지 셉니다."""
    words = Counter()
    for line in corpus:
        words.update(tuple(word) for word in pretokenize(line))
    return words


def first_vocab(special_tokens: Sequence[str], alphabet: Iterable[str]) -> dict[str, int]:
    """특수 토큰과 알파벳에 0부터 번호를 붙입니다."""
    vocab = {}
    for token in [*special_tokens, *sorted(set(alphabet))]:
        vocab.setdefault(token, len(vocab))
    return vocab


def best_pair(pairs: Mapping[tuple[str, str], int], vocab: Mapping[str, int], tie_break: str) -> tuple[str, str]:
    """가장 잦은 쌍을 돌려줍니다. 동점이면 tie_break 규칙을 따릅니다."""
    most = max(pairs.values())
    tied = [pair for pair, count in pairs.items() if count == most]
    if tie_break == "lexicographic_max":
        return max(tied)
    return min(tied, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))


def learn_merges(
    words: Mapping[tuple[str, ...], int],
    vocab: dict[str, int],
    vocab_size: int,
    min_frequency: int,
    tie_break: str,
) -> list[tuple[str, str]]:
    """가장 잦은 쌍을 되풀이해서 병합하며 vocab에 새 기호를 더하고, 병합을 순서대로 돌려줍니다."""
    merges = []
    while len(vocab) < vocab_size:
        pairs = count_pairs(words)
        if not pairs:
            break
        pair = best_pair(pairs, vocab, tie_break)
        if pairs[pair] < min_frequency:
            break
        merges.append(pair)
        vocab.setdefault(pair[0] + pair[1], len(vocab))
        words = {merge_pair(word, pair): frequency for word, frequency in words.items()}
    return merges


def train_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: str = "smallest_ids",
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """문자 수준 BPE를 훈련해 (어휘, 병합 목록)을 돌려줍니다."""
    words = count_words(corpus)
    vocab = first_vocab(special_tokens, (letter for word in words for letter in word))
    merges = learn_merges(words, vocab, vocab_size, min_frequency, tie_break)
    return vocab, merges


def merge_by_rank(word: tuple[str, ...], ranks: Mapping[tuple[str, str], int]) -> tuple[str, ...]:
    """한 단어를 순위가 앞선 쌍부터 더 병합할 수 없을 때까지 병합합니다."""
    while True:
        known = [pair for pair in pairwise(word) if pair in ranks]
        if not known:
            return word
        word = merge_pair(word, min(known, key=lambda pair: ranks[pair]))


class BPETokenizer:
    """배운 어휘와 병합으로 글을 번호로, 번호를 글로 바꿉니다."""

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[tuple[str, str]], unk_token: str) -> None:
        self.vocab = dict(vocab)
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.unk_id = self.vocab[unk_token]
        self.symbols = {number: symbol for symbol, number in self.vocab.items()}

    def encode(self, text: str) -> list[int]:
        """글의 토큰 번호를 차례로 돌려줍니다."""
        ids = []
        for word in pretokenize(text):
            for symbol in merge_by_rank(tuple(word), self.ranks):
                ids.append(self.vocab.get(symbol, self.unk_id))
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """번호의 기호를 빈칸 없이 이어 돌려줍니다."""
        return "".join(self.symbols[number] for number in ids)


def byte_symbols(piece: str) -> tuple[str, ...]:
    """글 조각의 UTF-8 바이트를 보이는 글자로 바꾸어 돌려줍니다."""
    return tuple(BYTE_TABLE[byte] for byte in piece.encode("utf-8"))


def train_byte_bpe(
    corpus: Iterable[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    tie_break: str = "smallest_ids",
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """바이트 수준 BPE를 훈련해 (어휘, 병합 목록)을 돌려줍니다."""
    words = Counter()
    for line in corpus:
        words.update(byte_symbols(piece) for piece in pretokenize_lossless(line))
    vocab = first_vocab(special_tokens, BYTE_TABLE.values())
    merges = learn_merges(words, vocab, vocab_size, min_frequency, tie_break)
    return vocab, merges


class ByteBPETokenizer:
    """어떤 글이든 잃지 않고 번호로, 번호를 글로 바꿉니다."""

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[tuple[str, str]]) -> None:
        self.vocab = dict(vocab)
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.symbols = {number: symbol for symbol, number in self.vocab.items()}
        self.byte_of = {letter: byte for byte, letter in BYTE_TABLE.items()}

    def encode(self, text: str) -> list[int]:
        """글의 토큰 번호를 차례로 돌려줍니다."""
        ids = []
        for piece in pretokenize_lossless(text):
            symbols = merge_by_rank(byte_symbols(piece), self.ranks)
            ids.extend(self.vocab[symbol] for symbol in symbols)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """번호의 바이트를 모두 이은 다음 UTF-8로 읽어 돌려줍니다."""
        letters = "".join(self.symbols[number] for number in ids)
        return bytes(self.byte_of[letter] for letter in letters).decode("utf-8", errors="replace")

"""WordPiece by pointwise mutual information and a trie of prefixes, jamo by normalising single characters, measures by running sums."""

import itertools
import math
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.kit.morphology import kiwi
from course_lib.kit.text import pretokenize


def wordpiece_score(c_ab: int, c_a: int, c_b: int) -> float:
    """두 토큰의 횟수의 곱으로 나눈 점수입니다."""
    return c_ab / (c_b * c_a)


def unigram_nll(segmented: Mapping[tuple[str, ...], int]) -> float:
    """N ln N에서 c ln c의 합을 뺍니다."""
    counts = Counter(token for word, number in segmented.items() for token in itertools.chain.from_iterable([word] * number))
    total = counts.total()
    return total * math.log(total) - sum(number * math.log(number) for number in counts.values()) if total else 0.0


def spelled(word: str) -> tuple[str, ...]:
    """첫 글자만 그대로 둡니다."""
    return (word[:1], *("##" + letter for letter in word[1:]))


def joined(left: str, right: str) -> str:
    """오른쪽의 표시를 떼고 붙입니다."""
    return left + right[2:]


def replaced(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """쌍을 왼쪽부터 바꿉니다."""
    found: list[str] = []
    place = 0
    while place < len(word):
        step = 2 if word[place : place + 2] == pair else 1
        found.append(joined(*pair) if step == 2 else word[place])
        place += step
    return tuple(found)


def by_information(words: Mapping[tuple[str, ...], int], least: int) -> list[tuple[float, tuple[str, str]]]:
    """쌍마다 로그를 취한 점수입니다."""
    tokens: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for word, number in words.items():
        tokens.update(dict.fromkeys(word, 0))
        for token in word:
            tokens[token] += number
        for pair in itertools.pairwise(word):
            pairs[pair] += number
    kept = {pair: number for pair, number in pairs.items() if number >= least}
    return [(round(math.log(n / (tokens[left] * tokens[right])), 9), (left, right)) for (left, right), n in kept.items()]


def train_wordpiece(
    corpus: Iterable[str], vocab_size: int, special_tokens: Sequence[str] = ("[UNK]",), min_frequency: int = 2
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """로그로 견주어 병합합니다."""
    words = {spelled(word): number for word, number in Counter(w for text in corpus for w in pretokenize(text)).items()}
    names = list(dict.fromkeys([*special_tokens, *sorted({token for word in words for token in word})]))
    merges: list[tuple[str, str]] = []
    while len(names) < vocab_size and (scored := by_information(words, min_frequency)):
        numbers = {name: number for number, name in enumerate(names)}
        pair = max(scored, key=lambda entry: (entry[0], -numbers[entry[1][0]], -numbers[entry[1][1]]))[1]
        merges.append(pair)
        if joined(*pair) not in names:
            names.append(joined(*pair))
        words = {replaced(word, pair): number for word, number in words.items()}
    return {name: number for number, name in enumerate(names)}, merges


class WordPieceTokenizer:
    """단어마다 뒤에서부터 끝을 줄여 가며 찾습니다."""

    def __init__(self, vocab: Mapping[str, int], unk_token: str = "[UNK]") -> None:
        self.ids = dict(vocab)
        self.names = {number: name for name, number in vocab.items()}
        self.unknown = self.ids[unk_token]

    def pieces(self, word: str) -> Iterator[int]:
        """단어의 번호입니다. 찾지 못하면 KeyError를 냅니다."""
        mark = ""
        while word:
            size = max((end for end in range(1, len(word) + 1) if mark + word[:end] in self.ids), default=0)
            yield self.ids[mark + word[:size]] if size else self.ids["\0"]
            word, mark = word[size:], "##"

    def encode(self, text: str) -> list[int]:
        """글의 번호입니다."""
        ids: list[int] = []
        for word in pretokenize(text):
            try:
                ids.extend([self.unknown] if len(word) > 100 else list(self.pieces(word)))
            except KeyError:
                ids.append(self.unknown)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """이어지는 조각은 빈칸 없이 붙입니다."""
        text = ""
        for place, number in enumerate(ids):
            name = self.names[number]
            glued = place > 0 and name.startswith("##")
            text += name[2:] if glued else (" " if place else "") + name
        return text


def decompose_jamo(text: str) -> str:
    """음절만 하나씩 정규화합니다."""
    return "".join(unicodedata.normalize("NFD", letter) if 0xAC00 <= ord(letter) <= 0xD7A3 else letter for letter in text)


def compose_jamo(text: str) -> str:
    """앞의 글자와 합칠 수 있으면 합칩니다."""
    found: list[str] = []
    for letter in text:
        jamo = "\u1161" <= letter <= "\u1175" or "\u11a8" <= letter <= "\u11c2"
        both = unicodedata.normalize("NFC", found[-1] + letter) if found and jamo else ""
        if len(both) == 1:
            found[-1] = both
        else:
            found.append(letter)
    return "".join(found)


def split_eojeol(text: str) -> list[str]:
    """빈칸인지 아닌지가 바뀌는 자리에서 나눕니다."""
    return ["".join(group) for _, group in itertools.groupby(text, str.isspace)]


def join_eojeol(parts: Iterable[str]) -> str:
    """조각을 하나씩 이어 붙입니다."""
    text = ""
    for part in parts:
        text += part
    return text


@dataclass(frozen=True)
class Piece:
    """형태소와 자리입니다."""

    form: str
    tag: str
    start: int
    end: int


def morphemes(text: str) -> list[Piece]:
    """Kiwi의 토큰을 옮깁니다."""
    return [Piece(token.form, token.tag, token.start, token.start + token.len) for token in kiwi().tokenize(text)]


def segment(text: str, unit: str) -> list[str]:
    """단위마다 나눕니다."""
    if unit == "syllable":
        return [*text]
    if unit == "jamo":
        return [*decompose_jamo(text)]
    if unit == "eojeol":
        return split_eojeol(text)
    borders = {place for morpheme in morphemes(text) for place in (morpheme.start, morpheme.end)}
    pieces: list[str] = []
    for place, letter in enumerate(text):
        if place == 0 or place in borders or letter.isspace() != text[place - 1].isspace():
            pieces.append("")
        pieces[-1] += letter
    return pieces


def train_pieces(corpus: Iterable[str], vocab_size: int, unit: str) -> list[str]:
    """이름으로 줄을 세운 다음 횟수로 다시 세웁니다."""
    counts: Counter[str] = Counter()
    for text in corpus:
        counts.update(segment(text, unit))
    by_name = sorted(counts)
    by_name.sort(key=counts.__getitem__, reverse=True)
    return by_name[: vocab_size - 256]


class KoreanTokenizer:
    """조각과 바이트를 한 표에 담습니다."""

    def __init__(self, pieces: Sequence[str], unit: str) -> None:
        self.unit = unit
        self.table = [bytes([number]) for number in range(256)] + [piece.encode() for piece in pieces]
        self.numbers = {piece: number for number, piece in enumerate(pieces, 256)}

    def encode(self, text: str) -> list[int]:
        """글의 번호입니다."""
        ids: list[int] = []
        for piece in segment(text, self.unit):
            number = self.numbers.get(piece)
            ids.extend(piece.encode() if number is None else (number,))
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """표의 바이트를 잇습니다."""
        text = b"".join(self.table[number] for number in ids).decode()
        return compose_jamo(text) if self.unit == "jamo" else text


def bytes_per_token(encode: Callable[[str], Sequence[int]], texts: Sequence[str], special_ids: Collection[int] = ()) -> float:
    """더한 다음 나눕니다."""
    size = tokens = 0
    for text in texts:
        size += len(text.encode())
        tokens += len([number for number in encode(text) if number not in special_ids])
    return 0.0 if tokens == 0 else size / tokens


def fertility(encode: Callable[[str], Sequence[int]], texts: Sequence[str], special_ids: Collection[int] = ()) -> float:
    """더한 다음 나눕니다."""
    words = tokens = 0
    for text in texts:
        words += len(text.split())
        tokens += len([number for number in encode(text) if number not in special_ids])
    return 0.0 if words == 0 else tokens / words


def oov_rate(pieces: Iterable[str], vocabulary: Collection[str], level: str = "token") -> float:
    """조각마다 나온 횟수를 세어 더합니다."""
    counts = Counter(pieces)
    if level == "type":
        counts = Counter(dict.fromkeys(counts, 1))
    missing = sum(number for piece, number in counts.items() if piece not in vocabulary)
    return missing / max(counts.total(), 1)


def benchmark(
    fn: Callable[[Any], object], texts: Sequence[Any], repeat: int = 5, timer: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """예열까지 모두 실행하되 첫째 시간은 버립니다."""
    ticks: list[float] = []
    for _ in range(repeat + 1):
        before = timer()
        list(map(fn, texts))
        ticks.append(timer() - before)
    middle = statistics.median(ticks[1:])
    size = sum(len(text.encode()) if isinstance(text, str) else 0 for text in texts)
    rates = {"texts_per_s": float(len(texts)), "bytes_per_s": float(size)}
    return {"median_s": middle} | {name: value / middle if middle else 0.0 for name, value in rates.items()}

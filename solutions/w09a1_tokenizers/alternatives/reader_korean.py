"""Korean units by a reader of the kit and the chapter alone."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from course_lib.kit.morphology import kiwi


@dataclass(frozen=True)
class Morpheme:
    """형태소 하나와 그 자리입니다."""

    form: str
    tag: str
    start: int
    end: int


def syllable_to_jamo(syllable: str) -> str:
    """음절 하나를 조합용 자모 둘이나 셋으로 풉니다."""
    rest, final = divmod(ord(syllable) - 0xAC00, 28)
    initial, medial = divmod(rest, 21)
    jamo = chr(0x1100 + initial) + chr(0x1161 + medial)
    if final:
        jamo += chr(0x11A7 + final)
    return jamo


def decompose_jamo(text: str) -> str:
    """음절을 모두 자모로 풀고 나머지는 그대로 둡니다."""
    return "".join(syllable_to_jamo(letter) if "가" <= letter <= "힣" else letter for letter in text)


def jamo_to_syllable(jamo: str) -> str:
    """초성, 중성, 종성(없을 수도 있음)을 음절 하나로 모읍니다."""
    initial = ord(jamo[0]) - 0x1100
    medial = ord(jamo[1]) - 0x1161
    final = ord(jamo[2]) - 0x11A7 if len(jamo) == 3 else 0
    return chr(0xAC00 + (initial * 21 + medial) * 28 + final)


def compose_jamo(text: str) -> str:
    """초성, 중성, 종성(없을 수도 있음)이 이어지면 음절로 모으고 나머지는 그대로 둡니다."""
    pattern = "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
    return re.sub(pattern, lambda match: jamo_to_syllable(match.group()), text)


def split_eojeol(text: str) -> list[str]:
    """글을 어절과 그 사이의 빈칸으로 나눕니다. 이으면 원래 글입니다."""
    return re.findall(r"\s+|\S+", text)


def join_eojeol(parts: Iterable[str]) -> str:
    """나눈 것을 다시 잇습니다."""
    return "".join(parts)


def morphemes(text: str) -> list[Morpheme]:
    """글의 형태소를 앞에서부터 돌려줍니다."""
    return [Morpheme(token.form, token.tag, token.start, token.end) for token in kiwi().tokenize(text)]


def cut_at_morphemes(text: str) -> list[str]:
    """형태소가 시작하고 끝나는 자리에서 글을 자릅니다. 이으면 원래 글입니다."""
    places = {0, len(text)}
    for morpheme in morphemes(text):
        places.update((morpheme.start, morpheme.end))
    return [text[begin:end] for begin, end in pairwise(sorted(places))]


def segment(text: str, unit: str) -> list[str]:
    """글을 한 가지 단위로 나눕니다."""
    if unit == "eojeol":
        return split_eojeol(text)
    if unit == "morpheme":
        return [part for piece in cut_at_morphemes(text) for part in split_eojeol(piece)]
    if unit == "syllable":
        return list(text)
    if unit == "jamo":
        return list(decompose_jamo(text))
    raise ValueError(f"모르는 단위입니다: {unit}")


def train_pieces(corpus: Iterable[str], vocab_size: int, unit: str) -> list[str]:
    """가장 잦은 조각을 256개의 바이트와 합쳐 vocab_size가 되도록 골라 돌려줍니다."""
    counts = Counter()
    for line in corpus:
        counts.update(segment(line, unit))
    ranking = sorted(counts, key=lambda piece: (-counts[piece], piece))
    return ranking[: max(vocab_size - 256, 0)]


class KoreanTokenizer:
    """어휘에 없는 조각은 바이트로 적는 토크나이저입니다."""

    def __init__(self, pieces: Sequence[str], unit: str) -> None:
        self.pieces = list(pieces)
        self.unit = unit
        self.ids = {piece: 256 + order for order, piece in enumerate(self.pieces)}

    def encode(self, text: str) -> list[int]:
        """글의 번호를 차례로 돌려줍니다."""
        ids = []
        for piece in segment(text, self.unit):
            if piece in self.ids:
                ids.append(self.ids[piece])
            else:
                ids.extend(piece.encode("utf-8"))
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """번호의 바이트를 모두 이은 다음 글로 바꿉니다."""
        data = b"".join(bytes([number]) if number < 256 else self.pieces[number - 256].encode("utf-8") for number in ids)
        text = data.decode("utf-8", errors="replace")
        return compose_jamo(text) if self.unit == "jamo" else text


def answer_jamo(indices: Sequence[int], syllable: str) -> dict[str, object]:
    """음절의 코드와 자모의 번호를 답합니다."""
    initial, medial, final = indices
    order = ord(syllable) - 0xAC00
    return {
        "code": 0xAC00 + (initial * 21 + medial) * 28 + final,
        "initial": order // 588,
        "medial": order % 588 // 28,
        "final": order % 28,
        "with_final": 19 * 21 * 27,
    }

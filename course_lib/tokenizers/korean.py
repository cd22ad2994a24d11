"""Korean below and above the syllable: jamo, eojeol, morphemes, and a lossless tokenizer over any of these units.

Conjoining jamo and the arithmetic of syllables: The Unicode Standard, chapter 3.12. Morphemes: kiwipiepy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from course_lib.kit.morphology import kiwi

FIRST_SYLLABLE, LAST_SYLLABLE = 0xAC00, 0xD7A3
FIRST_INITIAL, FIRST_MEDIAL, NO_FINAL = 0x1100, 0x1161, 0x11A7  # a final's index 0 means that there is none
INITIALS, MEDIALS, FINALS = 19, 21, 28

Unit = Literal["eojeol", "morpheme", "syllable", "jamo"]

_SYLLABLE = re.compile(f"[{chr(FIRST_SYLLABLE)}-{chr(LAST_SYLLABLE)}]")
_JAMO_SYLLABLE = re.compile(
    f"([{chr(FIRST_INITIAL)}-{chr(FIRST_INITIAL + INITIALS - 1)}])([{chr(FIRST_MEDIAL)}-{chr(FIRST_MEDIAL + MEDIALS - 1)}])"
    f"([{chr(NO_FINAL + 1)}-{chr(NO_FINAL + FINALS - 1)}]?)"
)


def decompose_jamo(text: str) -> str:
    """Replace every precomposed syllable (U+AC00–U+D7A3) by its conjoining jamo and leave all else as it is."""
    return _SYLLABLE.sub(lambda match: _to_jamo(match[0]), text)


def _to_jamo(syllable: str) -> str:
    rest, final = divmod(ord(syllable) - FIRST_SYLLABLE, FINALS)
    initial, medial = divmod(rest, MEDIALS)
    return chr(FIRST_INITIAL + initial) + chr(FIRST_MEDIAL + medial) + (chr(NO_FINAL + final) if final else "")


def compose_jamo(text: str) -> str:
    """Replace every sequence of conjoining initial, medial and perhaps final by its syllable and leave all else as it is.

    ``compose_jamo(decompose_jamo(text)) == text`` for every text that is stable under NFC.
    """
    return _JAMO_SYLLABLE.sub(lambda match: _to_syllable(*match.groups()), text)


def _to_syllable(initial: str, medial: str, final: str) -> str:
    index = (ord(initial) - FIRST_INITIAL) * MEDIALS + ord(medial) - FIRST_MEDIAL
    return chr(FIRST_SYLLABLE + index * FINALS + (ord(final) - NO_FINAL if final else 0))


def split_eojeol(text: str) -> list[str]:
    """Cut a text into eojeol and the white space between them; the parts joined are the text."""
    return re.findall(r"\s+|\S+", text)


def join_eojeol(parts: Iterable[str]) -> str:
    """Undo :func:`split_eojeol`."""
    return "".join(parts)


@dataclass(frozen=True)
class Morpheme:
    """A morpheme and where it stands: ``text[start:end]`` in code points.

    Neighbours may overlap and ``form`` need not be the surface: 했 is 하 and 었, both at the same place.
    """

    form: str
    tag: str
    start: int
    end: int


def morphemes(text: str) -> list[Morpheme]:
    """Analyse a text with Kiwi; starts never decrease. The first call in a process loads the model (4–8 s)."""
    return [Morpheme(token.form, token.tag, token.start, token.end) for token in kiwi().tokenize(text)]


def segment(text: str, unit: Unit) -> list[str]:
    """Cut a text into pieces of one unit. The pieces joined are the text, decomposed when the unit is jamo."""
    if unit == "eojeol":
        return split_eojeol(text)
    if unit == "syllable":
        return list(text)
    if unit == "jamo":
        return list(decompose_jamo(text))
    if unit == "morpheme":
        found = morphemes(text)
        cuts = sorted({0, len(text), *(m.start for m in found), *(m.end for m in found)})
        pieces = (text[start:end] for start, end in pairwise(cuts))
        return [part for piece in pieces for part in split_eojeol(piece)]
    raise ValueError(f"unit must be one of {', '.join(get_args(Unit))}, not {unit!r}")


class KoreanTokenizer:
    """A lossless tokenizer over eojeol, morphemes, syllables or jamo.

    Ids 0 to 255 are bytes, and pieces outside the vocabulary are written in them, so that ``decode(encode(text)) == text`` for every
    NFC-stable text without lone surrogates.
    """

    BYTES = 256

    def __init__(self, pieces: Iterable[str], unit: Unit) -> None:
        self.unit = unit
        self.pieces = list(dict.fromkeys(pieces))
        self.ids = {piece: self.BYTES + index for index, piece in enumerate(self.pieces)}

    @classmethod
    def train(cls, corpus: Iterable[str], vocab_size: int, unit: Unit) -> KoreanTokenizer:
        """Keep the most frequent pieces, equal counts in the order of their text.

        Raises:
            ValueError: ``vocab_size`` leaves no room for the 256 bytes.
        """
        if vocab_size < cls.BYTES:
            raise ValueError(f"vocab_size counts the {cls.BYTES} bytes and cannot be {vocab_size}")
        counts = Counter(piece for line in corpus for piece in segment(line, unit))
        ranked = sorted(counts, key=lambda piece: (-counts[piece], piece))
        return cls(ranked[: vocab_size - cls.BYTES], unit)

    @property
    def vocab_size(self) -> int:
        return self.BYTES + len(self.pieces)

    def encode(self, text: str) -> list[int]:
        """Ids of a text; an unknown piece becomes its UTF-8 bytes."""
        ids: list[int] = []
        for piece in segment(text, self.unit):
            known = self.ids.get(piece)
            ids.extend([known] if known is not None else piece.encode())
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """The text again. Raises IndexError for an id beyond the vocabulary, UnicodeDecodeError for bytes that are no text."""
        data = bytearray()
        for index in ids:
            if index < 0:
                raise IndexError(f"id {index} is negative")
            data += bytes([index]) if index < self.BYTES else self.pieces[index - self.BYTES].encode()
        text = data.decode()
        return compose_jamo(text) if self.unit == "jamo" else text


def unknown_pieces(tokenizer: KoreanTokenizer, texts: Iterable[str]) -> Mapping[str, int]:
    """Pieces of the texts that the tokenizer has to spell in bytes, with their counts."""
    return Counter(piece for text in texts for piece in segment(text, tokenizer.unit) if piece not in tokenizer.ids)

"""Wrong answers on jamo, eojeol and morphemes as certain misconceptions give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise

from course_lib.tokenizers.korean import decompose_jamo, morphemes

Found = tuple[str, str, int, int]


def _swapped(text: str) -> str:
    """A round trip that reads 28·21 the wrong way round."""
    return "".join(chr(0xAC00 + _mixed(ord(letter) - 0xAC00)) if "가" <= letter <= "힣" else letter for letter in text)


def _mixed(index: int) -> int:
    initial, medial, final = index // 588, index // 28 % 21, index % 28
    return (initial * 28 + final) * 21 + medial if (initial * 28 + final) * 21 + medial < 11_172 else index


def _with_27_finals(text: str) -> str:
    """A round trip in which a vowel takes 27 places instead of 28."""
    return "".join(chr(ord(letter) - (ord(letter) - 0xAC00) // 28) if "가" <= letter <= "힣" else letter for letter in text)


def _without_final(text: str) -> str:
    drop = (chr(0xAC00 + (ord(letter) - 0xAC00) // 28 * 28) if "가" <= letter <= "힣" else letter for letter in text)
    return "".join(drop)


JAMO: dict[str, tuple[Callable[[str], str], str]] = {
    "처음의 자모를 모으지 않음": (lambda text: text, "처음부터 조합용 자모로 적힌 글을 음절로 모으지 않고 있습니다."),
    "종성을 잃음": (_without_final, "종성을 잃었습니다."),
    "28과 21을 바꿈": (_swapped, "28과 21의 자리를 바꾸어 계산하고 있습니다."),
    "종성이 27가지": (_with_27_finals, "종성을 27가지로 세고 있습니다. 종성이 없는 것까지 28가지입니다."),
    "글 전체 NFC": (lambda text: unicodedata.normalize("NFC", text), "음절이 아닌 글자까지 정규화하고 있습니다."),
    "모으지 않음": (decompose_jamo, "자모를 음절로 모으지 않고 있습니다."),
}


def wrong_eojeol(text: str) -> dict[str, tuple[list[str], str]]:
    """What misconceptions on white space make of a text."""
    return {
        "빈칸을 버림": (text.split(), "빈칸을 버리고 있습니다. 빈칸도 조각으로 남겨야 되돌릴 수 있습니다."),
        "앞뒤를 다듬음": (re.findall(r"\s+|\S+", text.strip()), "strip()으로 앞뒤의 빈칸을 버리고 있습니다."),
        "빈칸마다 자름": (text.split(" "), "빈칸 글자에서만 나누고 있습니다. 줄바꿈과 탭도 빈칸입니다."),
    }


def wrong_morphemes(right: Sequence[Found]) -> dict[str, tuple[list[Found], str]]:
    """What misconceptions on spans make of an analysis."""
    return {
        "end가 길이": (
            [(form, tag, start, end - start) for form, tag, start, end in right],
            "end에 끝나는 자리가 아니라 길이를 적고 있습니다.",
        ),
        "form의 길이로 셈": (
            [(form, tag, start, start + len(form)) for form, tag, start, _ in right],
            "form의 길이로 end를 계산하고 있습니다.",
        ),
    }


def wrong_pieces(text: str) -> dict[str, tuple[list[str], str]]:
    """What misconceptions on cutting by morphemes make of a text."""
    found = morphemes(text)
    starts = sorted({0, len(text), *(m.start for m in found)})
    return {
        "form을 이음": ([m.form for m in found], "형태소의 form을 늘어놓고 있습니다. 이어도 원래 글이 되지 않습니다."),
        "자리에서 자른 것만": ([text[m.start : m.end] for m in found], "형태소 사이의 빈칸을 잃었거나 겹친 자리를 두 번 냈습니다."),
        "시작에서만 자름": ([text[a:b] for a, b in pairwise(starts)], "형태소가 끝나는 자리에서는 자르지 않고 있습니다."),
    }

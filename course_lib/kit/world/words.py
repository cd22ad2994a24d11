"""Words that carry their own particles, and numbers as they are counted: ``f"{Word('섬'):을/를}"`` is ``"섬을"``."""

from __future__ import annotations

from functools import lru_cache

from course_lib.kit.korean import final_consonant

_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")


class Word(str):
    """Text whose format is a pair of endings, the first of which follows a final consonant: ``{word:이에요/예요}``."""

    __slots__ = ()

    def __format__(self, pair: str) -> str:
        return with_ending(str(self), pair) if pair else str(self)


@lru_cache(maxsize=50_000)
def with_ending(text: str, pair: str) -> str:
    """``text`` with the ending of ``pair`` that fits it. Raises ValueError when ``pair`` is not two endings with a slash."""
    after_consonant, after_vowel = pair.split("/")
    final = final_consonant(text)
    if final is None:
        return f"{text}{after_consonant}({after_vowel})"
    if after_vowel.startswith("로") and final == "ㄹ":
        final = ""
    return text + (after_consonant if final else after_vowel)


def counted(number: int) -> str:
    """A number before a counter, in native Korean below a hundred: ``counted(3) + " 마리"``, ``counted(20) + " 권"``."""
    if not 0 < number < 100:
        return f"{number:,}"
    if number == 20:
        return "스무"
    return _TENS[number // 10] + _ONES[number % 10]

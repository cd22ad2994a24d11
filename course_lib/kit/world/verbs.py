"""Korean verb phrases that can be put into any form: ``f"{Verb('그물을 줍다'):았다}"`` is ``"그물을 주웠다"``.

The format names the ending as grammars do. ``아…`` and ``았…`` follow the infinitive (``아요``, ``아서``, ``았습니다``);
``으…`` drops its vowel after an open stem (``으면``, ``으려고``); a single consonant joins the stem (``ㄴ`` 간, ``ㄹ`` 갈,
``ㅂ니다`` 갑니다, ``ㄴ다`` 간다); anything else is simply attached (``고``, ``는``, ``기``).
"""

from __future__ import annotations

from functools import lru_cache

_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_B = frozenset("줍 굽 눕 깁 덥 춥 맵 쉽 어렵 무겁 가볍 고맙 반갑 그립 즐겁 새롭 가깝 시끄럽 부드럽 아쉽 무섭 차갑 뜨겁 싱겁 돕 곱".split())  # noqa: SIM905
_D = frozenset("듣 걷 싣 묻 긷 깨닫 일컫".split())  # noqa: SIM905
_S = frozenset("짓 잇 붓 젓 낫 긋".split())  # noqa: SIM905
_PLAIN_REU = frozenset({"따르", "치르", "들르"})


class Verb(str):
    """A phrase in its dictionary form, such as ``"불을 켜다"``."""

    __slots__ = ()

    def __format__(self, ending: str) -> str:
        return conjugate(str(self), ending) if ending else str(self)


@lru_cache(maxsize=100_000)
def conjugate(phrase: str, ending: str) -> str:
    """Put the verb at the end of ``phrase`` into the form that ``ending`` names.

    Raises:
        ValueError: the phrase does not end in 다.
    """
    if not phrase.endswith("다"):
        raise ValueError(f"a verb ends in 다: {phrase!r}")
    head, _, verb = phrase.rpartition(" ")
    stem = verb[:-1]
    formed = _attach(stem, ending)
    return f"{head} {formed}" if head else formed


def _attach(stem: str, ending: str) -> str:
    final = _split(stem[-1])[2]
    if ending == "다":
        return stem + ending
    if ending[0] == "아":
        return infinitive(stem) + ending[1:]
    if ending[0] == "았":
        return past(stem) + ending[1:]
    if ending.startswith("ㄴ다"):
        return (_join(_without_l(stem), "ㄴ") if final in " ㄹ" else stem + "는") + ending[1:]
    if ending[0] == "ㅂ":
        return (_join(_without_l(stem), "ㅂ") if final in " ㄹ" else stem + "습") + ending[1:]
    if ending[0] in "ㄴㄹ":
        base = _before_eu(stem)
        open_stem = _split(base[-1])[2] in " ㄹ" and not _keeps_eu(stem)
        return (_join(_without_l(base), ending[0]) if open_stem else _join(base + "으", ending[0])) + ending[1:]
    if ending[0] == "으":
        base = _before_eu(stem)
        if _split(base[-1])[2] == "ㄹ" and stem not in _D:
            return (_without_l(base) if ending[1] in "니세시십" else base) + ending[1:]
        return base + (ending[1:] if _split(base[-1])[2] == " " and not _keeps_eu(stem) else ending)
    return (_without_l(stem) if ending[0] in "느는네니" else stem) + ending


def infinitive(stem: str) -> str:
    """The stem with 아 or 어, contracted: 가, 봐, 골라, 주워, 지어."""
    if stem in _B:
        return _cut(stem) + ("와" if stem in {"돕", "곱"} else "워")
    if stem in _D:
        stem = _join(_cut(stem), "ㄹ")
    elif stem in _S:
        return _cut(stem) + ("아" if _split(stem[-1])[1] in "ㅏㅗ" else "어")
    initial, vowel, final = _split(stem[-1])
    if stem[-1] == "하":
        return stem[:-1] + "해"
    if stem == "푸":
        return "퍼"
    if final != " ":
        return stem + ("아" if vowel in "ㅏㅑㅗ" else "어")
    if vowel == "ㅡ":
        harmony = "ㅏ" if len(stem) > 1 and _split(stem[-2])[1] in "ㅏㅗㅑ" else "ㅓ"
        if stem[-1] == "르" and stem not in _PLAIN_REU:
            return _join(stem[:-1], "ㄹ") + _make("ㄹ", harmony)
        return stem[:-1] + _make(initial, harmony)
    contracted = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ"}.get(vowel)
    if contracted and stem != "피":
        return stem[:-1] + _make(initial, contracted)
    return stem + "어" if vowel in "ㅟㅢㅣ" else stem


def past(stem: str) -> str:
    """The stem of the past: 갔, 흔들렸."""
    return _join(infinitive(stem), "ㅆ")


def has_final(text: str, finals: str) -> bool:
    """Whether the last syllable ends in one of these consonants."""
    return _split(text[-1])[2] in finals


def cut_final(text: str) -> str:
    """The text without its final consonant."""
    return _cut(text)


def _before_eu(stem: str) -> str:
    if stem in _B:
        return _cut(stem) + "우"
    if stem in _D:
        return _join(_cut(stem), "ㄹ")
    return _cut(stem) if stem in _S else stem


def _keeps_eu(stem: str) -> bool:
    """들으면, 지으면: what is left looks open, but the vowel of the ending stays."""
    return stem in _S or stem in _D


def _without_l(stem: str) -> str:
    return _cut(stem) if _split(stem[-1])[2] == "ㄹ" else stem


_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def _split(syllable: str) -> tuple[str, str, str]:
    code = ord(syllable) - 0xAC00
    return _INITIALS[code // 588], _VOWELS[code // 28 % 21], _FINALS[code % 28]


def _make(initial: str, vowel: str, final: str = " ") -> str:
    return chr(0xAC00 + (_INITIALS.index(initial) * 21 + _VOWELS.index(vowel)) * 28 + _FINALS.index(final))


def _join(text: str, final: str) -> str:
    initial, vowel, _ = _split(text[-1])
    return text[:-1] + _make(initial, vowel, final)


def _cut(text: str) -> str:
    return _join(text, " ")

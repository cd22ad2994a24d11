"""Korean particles that fit the word before them: ``josa("합", "을/를")`` is ``"합을"``."""

from __future__ import annotations

import re

PAIRS = frozenset({"을/를", "은/는", "이/가", "과/와", "으로/로", "이라/라", "이나/나", "이며/며", "이고/고", "이어야/여야"})

_OPEN = {"이(가)": "이/가", "을(를)": "을/를", "은(는)": "은/는", "과(와)": "과/와", "와(과)": "과/와"}
_DIGIT_FINALS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}  # 영 일 삼 육 칠 팔; 2, 4, 5 and 9 end in a vowel
_LETTER_FINALS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}  # 엘 엠 엔 알


def josa(word: object, pair: str) -> str:
    """Return ``word`` followed by the particle of ``pair`` that fits its pronunciation.

    Quotes, backticks and brackets at the end are looked through. Numbers are read in Sino-Korean, capitals letter by letter and
    other Latin words roughly as Koreans say them; where nothing can be read, both particles stand as "을(를)".

    >>> josa("`train_bpe`", "을/를"), josa("토큰", "이/가"), josa(7, "으로/로"), josa("[1, 3]", "은/는")
    ('`train_bpe`를', '토큰이', '7로', '[1, 3]은')

    Raises:
        ValueError: ``pair`` is none of :data:`PAIRS`.
    """
    if pair not in PAIRS:
        raise ValueError(f"unknown particles {pair!r}; known are {', '.join(sorted(PAIRS))}")
    text = str(word)
    with_final, without_final = pair.split("/")
    final = final_consonant(text)
    if final is None:
        return f"{text}{with_final}({without_final})"
    if pair == "으로/로" and final == "ㄹ":
        final = ""
    return text + (with_final if final else without_final)


def fitted(text: str) -> str:
    """``text`` with each "이(가)", "을(를)", "은(는)" and "와(과)" made to fit the word before it, where that can be read.

    >>> fitted("`train_bpe`이(가) 3을(를) 냈습니다.")
    '`train_bpe`가 3을 냈습니다.'
    """

    def fit(found: re.Match[str]) -> str:
        final = final_consonant(text[: found.start()])
        with_final, without_final = _OPEN[found[0]].split("/")
        return found[0] if final is None else with_final if final else without_final

    return re.sub("|".join(map(re.escape, _OPEN)), fit, text)


def final_consonant(text: str) -> str | None:
    """The final consonant of the last syllable as it is read: ``"ㄹ"``, another non-empty string, or ``""``; ``None`` if unreadable."""
    readable = re.sub(r"[^0-9A-Za-zㄱ-ㅎㅏ-ㅣ가-힣%]+$", "", text)
    if not readable:
        return None
    last = readable[-1]
    if "가" <= last <= "힣":
        index = (ord(last) - 0xAC00) % 28
        return "ㄹ" if index == 8 else "ㅇ" if index else ""
    if "ㄱ" <= last <= "ㅎ":
        return "ㄹ" if last == "ㄹ" else "ㅇ"  # 기역, 니은, …; all end in a consonant, only 리을 in ㄹ
    if last.isdigit():
        return _DIGIT_FINALS.get(last, "")
    if last.isalpha() and last.isascii():
        return _latin_final(re.search(r"[A-Za-z]+$", readable)[0])
    return ""  # a vowel letter, or 퍼센트


def _latin_final(word: str) -> str:
    if len(word) == 1 or word.isupper():
        return _LETTER_FINALS.get(word[-1].lower(), "")
    word = word.lower()
    if word.endswith("ng"):
        return "ㅇ"
    if word.endswith("le"):
        return "ㄹ"  # tuple, table, file
    if word[-1] in "lmn":
        return _LETTER_FINALS[word[-1]]
    return "ㅂ" if re.search(r"[aeiou]p$", word) else ""  # map, loop; most other stops take a vowel in Korean: 리스트, 체크

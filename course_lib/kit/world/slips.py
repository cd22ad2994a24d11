"""Slips of people who type in a hurry: words that sound alike, lost spaces, a finger on the next key."""

from __future__ import annotations

import re
from random import Random

_NAME = re.compile("[가-힣]{1,4}: ")

# what is right > what is typed; _ is a space
_SOUNDS = """
안_돼>안되 돼요>되요 됐어요>됬어요 됐>됬 돼>되 예요>에요 며칠>몇일 오랜만>오랫만 금세>금새 웬>왠 어떡해>어떻해 할게요>할께요
드릴게요>드릴께요 을게요>을께요 봬요>뵈요 깨끗이>깨끗히 설거지>설겆이 찌개>찌게 거예요>거에요 나았>낳았 맞히>맞추 가르쳐>가르켜
바라요>바래요 않>안 그런데>근데 세요>세여 어요>어여 아요>아여 네요>네여 왜_이렇게>왜케 진짜>진자 빨리>발리 있는데>잇는데 있어>잇어
했어>햇어 너무>넘 같아요>같애요 괜찮>괜찬 많이>마니 무슨>먼 일일이>일일히 곰곰이>곰곰히 희한>희안 떡볶이>떡볶기 베개>배게
육개장>육계장 통째로>통채로 구시렁>궁시렁 어이없>어의없 내일>낼 뵙>봽 든지>던지 로서>로써 습니다>슴다
"""
_ALIKE = tuple(tuple(pair.replace("_", " ").split(">")) for pair in _SOUNDS.split())

_KEYS = {"ㅏ": "ㅓ", "ㅓ": "ㅏ", "ㅐ": "ㅔ", "ㅔ": "ㅐ", "ㅗ": "ㅛ", "ㅣ": "ㅏ", "ㅜ": "ㅠ"}  # neighbours on the keyboard
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_ALIKE_SHARE, _SPACE_SHARE, _KEY_SHARE = 0.3, 0.2, 0.03


def with_slips(sentence: str, rng: Random) -> str:
    """The sentence as it was typed; often without any slip. What stands before the colon of a chat, a name, is never typed."""
    return "\n".join(_slip_after_name(line, rng) for line in sentence.split("\n"))


def _slip_after_name(line: str, rng: Random) -> str:
    name, colon, said = line.partition(": ") if _NAME.match(line) else ("", "", line)
    return name + colon + _slip(said, rng)


def _slip(sentence: str, rng: Random) -> str:
    if rng.random() < _ALIKE_SHARE:
        fitting = [(right, wrong) for right, wrong in _ALIKE if right in sentence]
        if fitting:
            right, wrong = fitting[int(rng.random() * len(fitting))]
            sentence = sentence.replace(right, wrong, 1)
    if rng.random() < _SPACE_SHARE:
        sentence = _lose_space(sentence, rng)
    return _miss_key(sentence, rng) if rng.random() < _KEY_SHARE else sentence


def _lose_space(sentence: str, rng: Random) -> str:
    """Between two words of Hangul; before 수, 것, 데 and the like more often than elsewhere."""
    spaces = [
        place
        for place in range(1, len(sentence) - 1)
        if sentence[place] == " " and _hangul(sentence[place - 1]) and _hangul(sentence[place + 1])
    ]
    if not spaces:
        return sentence
    likely = [place for place in spaces if sentence[place + 1] in "수것거데때번분개"] or spaces
    place = likely[int(rng.random() * len(likely))]
    return sentence[:place] + sentence[place + 1 :]


def _miss_key(sentence: str, rng: Random) -> str:
    places = [place for place, letter in enumerate(sentence) if _hangul(letter) and _vowel(letter) in _KEYS]
    if not places:
        return sentence
    place = places[int(rng.random() * len(places))]
    code = ord(sentence[place]) - 0xAC00
    vowel = _VOWELS.index(_KEYS[_vowel(sentence[place])])
    typed = chr(0xAC00 + (code // 588 * 21 + vowel) * 28 + code % 28)
    return sentence[:place] + typed + sentence[place + 1 :]


def _hangul(letter: str) -> bool:
    return "가" <= letter <= "힣"


def _vowel(letter: str) -> str:
    return _VOWELS[(ord(letter) - 0xAC00) // 28 % 21]

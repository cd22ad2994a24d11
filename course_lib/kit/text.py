"""Splitting text before tokenisation, character for character as the ``tokenizers`` library does.

The library's tables follow an older Unicode version than those of the ``regex`` package: what was assigned in between is a
letter, a digit or a mark to the one and mere punctuation to the other. ``_NEWER`` lists those code points.
"""

from __future__ import annotations

from functools import cache

import regex

_NEWER = """
558 58B-58C 5C8-5C9 88F B53-B54 C5C CDC 1ACF-1AF0 208F 209D-209F A7CE-A7CF A7D2 A7D4 A7DD A7E2 A7F1 AB6C-AB6D
107BB-107BF 10940-10959 10EC5-10EC7 10ECB-10ECF 10ED9-10EEE 10EF0-10EFB 11B0A 11B60-11B67 11DB0-11DDB 11DE0-11DE9
11DF0-11DF1 1246F 12475-1247F 12550-12686 16EA0-16EB8 16EBB-16ED3 16FF2-16FF6 187F8-187FF 18CD6-18CDA 18D09-18D20
18D80-18DF2 18E00-19191 191A0-191D2 1B123-1B128 1B168 1D127-1D128 1D250-1D252 1D25B-1D25C 1D25F 1D280-1D281 1D6A6
1DF1F-1DF24 1DF2B-1DF81 1DF90-1DF96 1DFCD-1DFFF 1E6C0-1E6DE 1E6E0-1E6F5 1E6FE-1E6FF 2B73A-2B73F 2B81E 2CEA2-2CEAD
323B0-33479 3D000-3FC3F
"""
_NEWER_CLASS = "[" + "".join(regex.sub("[0-9A-F]+", lambda number: f"\\U{number[0]:0>8}", part) for part in _NEWER.split()) + "]"

_WORDS = regex.compile(rf"[\w--{_NEWER_CLASS}]+|[[^\w\s]||{_NEWER_CLASS}]+", regex.V1)
_PIECES = regex.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d"
    rf"| ?[\p{{L}}--{_NEWER_CLASS}]+| ?[\p{{N}}--{_NEWER_CLASS}]+| ?[[^\s\p{{L}}\p{{N}}]||{_NEWER_CLASS}]+"
    r"|\s+(?!\S)|\s+",
    regex.V1,
)


def pretokenize(text: str) -> list[str]:
    """Split text into words and runs of punctuation; white space is dropped.

    Equals the library's ``Whitespace`` splitter for every code point.

    >>> pretokenize("나는 밥을 먹었다!")
    ['나는', '밥을', '먹었다', '!']
    """
    return _WORDS.findall(text)


def pretokenize_lossless(text: str) -> list[str]:
    """Split text into pieces that together are the text again: a space belongs to the word after it.

    Equals the library's ``ByteLevel`` splitter, which is GPT-2's.

    >>> pretokenize_lossless("나는 밥을 먹었다!")
    ['나는', ' 밥을', ' 먹었다', '!']
    """
    return _PIECES.findall(text)


@cache
def _byte_symbols() -> tuple[str, ...]:
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = iter(range(0x100, 0x200))
    return tuple(chr(byte if byte in visible else next(hidden)) for byte in range(256))


def bytes_to_unicode() -> dict[int, str]:
    """A visible character for each of the 256 bytes, all different: GPT-2's table.

    Bytes that print stand for themselves (65 is "A"); the others get the characters from U+0100 on (a space is "Ġ").
    """
    return dict(enumerate(_byte_symbols()))

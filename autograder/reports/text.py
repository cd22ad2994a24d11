"""Text from submissions, made safe to read: bounded, escaped, with nothing invisible left invisible."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from pathlib import Path

from markupsafe import Markup, escape

MESSAGE = 1_200
LINES = 30
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_MARKS = 3  # combining marks on one letter; no script of ours stacks more
_CODE = re.compile(r"`([^`\n]{1,200})`")


def plain(text: str, limit: int = MESSAGE, lines: int = LINES) -> str:
    """Bounded text without terminal colours, in which control and direction characters are spelled out.

    A right-to-left override can make ``0점`` read as ``점0``; here it reads ``⟨U+202E⟩``.
    """
    text = _ANSI.sub("", str(text)[: 4 * limit]).replace("\r\n", "\n").replace("\t", "    ")
    parts: list[str] = []
    marks = 0
    for letter in text[:limit]:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if letter == "\n" or (category not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and marks <= _MARKS):
            parts.append(letter)
        elif category == "Cc" and ord(letter) < 32:
            parts.append(chr(0x2400 + ord(letter)))
        elif marks <= _MARKS:
            parts.append(f"⟨U+{ord(letter):04X}⟩")
    kept = "".join(parts).split("\n")
    shortened = len(text) > limit or len(kept) > lines
    return "\n".join(kept[:lines]) + ("\n… (줄임)" if shortened else "")


def prose(text: str, limit: int = MESSAGE) -> Markup:
    """Escaped text in which words between backticks become code."""
    pieces = _CODE.split(plain(text, limit))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if position % 2 else escape(piece) for position, piece in enumerate(pieces)
    )


def points(value: float) -> str:
    """A score as people write it: at most two decimals, and none that are zero. Never rounds up to a full point that was not earned."""
    text = f"{int(abs(value) * 100 + 1e-6) / 100:.2f}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and text != "0" else text


def number(value: float) -> str:
    """Any other figure: whole numbers from a thousand on, two decimals at most below."""
    return f"{value:,.0f}" if value >= 1_000 else points(value)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that readers see the old text or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise

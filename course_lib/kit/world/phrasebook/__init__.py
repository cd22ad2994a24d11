"""The same sentences in many languages, written for the course: greetings, shopping, ways, weather, the sea."""

from __future__ import annotations

from course_lib.kit.world.phrasebook import greetings, home, island, shopping, travel

NAMES = {
    "ko": "한국어",
    "en": "영어",
    "ja": "일본어",
    "zh": "중국어",
    "de": "독일어",
    "fr": "프랑스어",
    "es": "스페인어",
    "it": "이탈리아어",
    "pt": "포르투갈어",
    "nl": "네덜란드어",
    "vi": "베트남어",
    "id": "인도네시아어",
    "ru": "러시아어",
}


def _rows(text: str) -> list[dict[str, str]]:
    """Blocks of lines, one line a language in the order of ``NAMES``. Raises ValueError for a block that lacks one."""
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    if short := [block[0] for block in blocks if len(block) != len(NAMES)]:
        raise ValueError(f"not in all languages: {short}")
    return [dict(zip(NAMES, block, strict=True)) for block in blocks]


PHRASEBOOK = tuple(row for module in (greetings, shopping, travel, island, home) for row in _rows(module.TEXT))
__all__ = ["NAMES", "PHRASEBOOK"]

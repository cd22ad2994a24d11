"""The island in other languages: parallel sentences for telling languages apart, and Korean with English in it.

Every row of ``phrasebook.py`` says the same in each language. Slots are names, numbers between 5 and 20 and times of day, which change no
other word of the sentence in any of these languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from course_lib.kit.world.codeswitching import MIXED
from course_lib.kit.world.people import PEOPLE
from course_lib.kit.world.phrasebook import NAMES, PHRASEBOOK
from course_lib.kit.world.scene import Cast, Scene, between, pick
from course_lib.kit.world.words import Word

LANGUAGES: tuple[str, ...] = tuple(NAMES)  # "ko" first, then "en", "ja", …
__all__ = ["LANGUAGES", "code_switched", "parallel", "sentences"]

_LATIN = """
Mina Ando, Lukas Berg, Sofia Rossi, Emma Dubois, Diego Luna, Ana Costa, Jan de Wit, Linh Tran, Budi Santoso, Vera Orlova, Tom Hill,
Clara Weiss, Hugo Petit, Marta Vega, Luca Conti, Mai Pham, Sari Dewi, Ivan Petrov, Kim Haneul, Park Jiu, Nora Lund, Omar Haddad
"""
_INVENTED = {  # strangers' names, as the scripts write them
    "latin": tuple(name.strip() for name in _LATIN.split(",")),
    "ja": ("安藤ミナ", "佐々木さん", "田中さん", "ルカス", "ソフィア", "エマ", "ディエゴ", "リン", "ブディ", "ベラ"),
    "zh": ("安美娜", "李明", "王小雨", "卢卡斯", "索菲亚", "艾玛", "迭戈", "阿玲", "陈老师", "薇拉"),
    "ru": ("Мина", "Лукас", "София", "Эмма", "Диего", "Ана", "Вера", "Линь", "Иван", "Клара"),
    "ko": tuple(person.given for person in PEOPLE),
}


def _name(language: str, rng: Random) -> str:
    return pick(_INVENTED.get(language, _INVENTED["latin"]), rng)


def parallel(seed: int, languages: tuple[str, ...] = LANGUAGES) -> Iterator[dict[str, str]]:
    """Yield rows without end: one sentence in every language, saying the same (names differ from script to script)."""
    _known(languages)
    rng = Random(f"{seed}/parallel")
    while True:
        row = pick(PHRASEBOOK, rng)
        shared = {
            "n": str(between(rng, 5, 20)),
            "time": f"{between(rng, 6, 21)}:{between(rng, 0, 11) * 5:02d}",
            "price": str(between(rng, 5, 20) * 1_000),
            "room": str(between(rng, 101, 420)),
        }
        yield {language: row[language].format(name=Word(_name(language, rng)), **shared) for language in languages}


def sentences(language: str, seed: int) -> Iterator[str]:
    """Yield sentences of one language without end.

    Raises:
        ValueError: an unknown language.
    """
    _known((language,))
    return (row[language] for row in parallel(seed, (language,)))


def code_switched(seed: int) -> Iterator[str]:
    """Yield Korean sentences with English words in them, as people write at work and among friends, without end."""
    rng, cast = Random(f"{seed}/mixed"), Cast()
    while True:
        yield pick(MIXED, rng).format_map(Scene(cast, "adults", rng))


def _known(languages: tuple[str, ...]) -> None:
    if unknown := [language for language in languages if language not in LANGUAGES]:
        raise ValueError(f"no sentences in {', '.join(unknown)}; there are {', '.join(LANGUAGES)}")

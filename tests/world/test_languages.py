"""Other languages and mixed lines."""

import re
import unicodedata
from itertools import islice

import pytest

from course_lib.kit.world.languages import LANGUAGES, code_switched, parallel, sentences
from course_lib.kit.world.phrasebook import PHRASEBOOK

SCRIPTS = {"ko": "HANGUL", "ja": "CJK|HIRAGANA|KATAKANA", "zh": "CJK", "ru": "CYRILLIC"}


def test_many_languages_with_enough_patterns():
    assert len(LANGUAGES) >= 11
    assert len(PHRASEBOOK) >= 60
    for language in LANGUAGES:
        assert len(set(islice(sentences(language, 1), 4_000))) >= 150
        assert len({row[language] for row in PHRASEBOOK}) == len(PHRASEBOOK)


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_are_those_of_the_language(language):
    script = re.compile(SCRIPTS.get(language, "LATIN"))
    for row in PHRASEBOOK:
        letters = [letter for letter in re.sub(r"{[^}]*}", "", row[language]) if letter.isalpha()]
        assert all(script.search(unicodedata.name(letter)) for letter in letters), row[language]


def test_rows_have_the_same_slots_in_every_language():
    for row in PHRASEBOOK:
        slots = [sorted(re.findall(r"{(\w+)", text)) for text in row.values()]
        assert all(found == slots[0] for found in slots), row["ko"]


def test_rows_are_repeatable_and_say_the_same():
    rows = list(islice(parallel(3, ("ko", "en", "ja")), 50))
    assert rows == list(islice(parallel(3, ("ko", "en", "ja")), 50))
    assert rows != list(islice(parallel(4, ("ko", "en", "ja")), 50))
    for row in rows:
        assert re.findall(r"\d+", row["ko"]) == re.findall(r"\d+", row["en"])
        assert "{" not in row["ja"]


def test_code_switching_has_both_scripts():
    found = list(islice(code_switched(1), 300))
    assert found == list(islice(code_switched(1), 300))
    assert all(re.search("[가-힣]", line) and re.search("[A-Za-z]", line) for line in found)
    assert len(set(found)) > 150


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="en"):
        sentences("xx", 1)

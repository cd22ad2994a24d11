"""What is written: repeatable, true, varied, with the measured bars."""

import datetime
import re
import time
from collections import Counter
from itertools import islice

import numpy as np
import pytest

from course_lib.kit.world import SPLITS, Person, documents, lines
from course_lib.kit.world.claims import claims
from course_lib.kit.world.days import Day
from course_lib.kit.world.forms import read_forms
from course_lib.kit.world.genres import FORMS, GENRES
from course_lib.kit.world.knowledge import held_out
from course_lib.kit.world.people import PEOPLE
from course_lib.kit.world.places import BOATS
from course_lib.tokenizers import train_bpe

MEGABYTE = 1_000_000
BARE_SLOT = re.compile(r"[{}]|\bNone\b|[을를은는이가과와]\([을를은는이가과와]\)")


@pytest.fixture(scope="module")
def three_megabytes():
    return lines(3 * MEGABYTE, seed=1)


@pytest.fixture(scope="module")
def one_megabyte():
    return lines(MEGABYTE, seed=1)


@pytest.fixture(scope="module")
def many():
    return list(islice(documents(2), 8_000))


def test_the_same_seed_writes_the_same():
    first, again, other = (lines(20_000, seed) for seed in (7, 7, 8))
    assert first == again != other
    assert lines(20_000, 7) == lines(40_000, 7)[: len(first)]
    assert not set(lines(20_000, 7, "test")) & {line for line in first if len(line) > 25}


def test_a_size_in_bytes_is_kept():
    for size in (0, 100, 5_000):
        assert size - 1_000 <= sum(len(line.encode()) + 1 for line in lines(size, 3)) <= size


def test_held_out_words(one_megabyte):
    known = {word for line in one_megabyte for word in line.split()}
    held = [word for line in lines(100_000, 1, "test") for word in line.split()]
    unknown = sum(word not in known for word in held) / len(held)
    assert 0.03 < unknown < 0.25, unknown


def test_a_vocabulary_of_16000_is_nearly_filled(three_megabytes):
    vocabulary, _ = train_bpe(three_megabytes, 16_000)
    assert len(vocabulary) >= 12_000


def test_words_grow_as_heaps_says(three_megabytes):
    sizes, seen = [], set()
    for count, word in enumerate((word for line in three_megabytes for word in line.split()), start=1):
        seen.add(word)
        if count in (3_000, 10_000, 30_000, 100_000, 300_000):
            sizes.append((count, len(seen)))
    assert len(sizes) >= 4
    exponent, constant = np.polyfit(*np.log(np.array(sizes, float)).T, 1)
    assert 0.4 < exponent < 0.8
    fitted = np.exp(constant + exponent * np.log([size for size, _ in sizes]))
    assert np.allclose(fitted, [kinds for _, kinds in sizes], rtol=0.15)  # a straight line, not a ceiling


def test_no_sentence_is_said_too_often(many):
    said = Counter(name for document in many for name in document.templates)
    assert len(said) > 800
    assert max(said.values()) / said.total() < 0.005  # the bar is 1 %
    assert {document.genre for document in many} == set(GENRES)


def test_whole_texts_are_rarely_repeated(many):
    assert len({document.text for document in many}) / len(many) > 0.99


def test_a_megabyte_takes_less_than_four_seconds_of_one_core():
    start = time.process_time()
    lines(MEGABYTE // 4, seed=5)
    assert (time.process_time() - start) * 4 < 4


def test_nothing_is_left_unfilled(many):
    wrong = [document.text for document in many if BARE_SLOT.search(document.text)]
    assert not wrong, wrong[:3]


def test_every_template_can_be_written():
    names = {template.name for form in FORMS for section in form.sections for template in section.templates}
    seen = {name for split in ("train", "new_templates") for document in islice(documents(3, split), 40_000) for name in document.templates}
    assert names - seen == set()


def test_slips_only_where_people_type_in_a_hurry(many):
    sloppy = Counter(document.genre for document in many if document.text != document.correct)
    assert set(sloppy) == {"board", "chat"}


def test_what_is_stated_is_true(many):
    found = [claim for document in many for claim in claims(document.text)]
    known = [claim for claim in found if claim.true is not None]
    assert len(known) > 500
    assert all(claim.true for claim in known), [claim for claim in known if not claim.true][:3]


def test_weather_tides_and_boats_agree_with_the_calendar(many):
    seen = 0
    for document in many:
        for year, month, day, said in re.findall(r"(\d{4})년 (\d+)월 (\d+)일의 첫 만조는 (.+?)(?:이었|였)다", document.text):
            seen += 1
            assert Day(datetime.date(int(year), int(month), int(day))).high_water == said
        for name, tons in re.findall(r"문제: (\S+?)[은는] 몇 톤일까요\?\n답: (\d+)톤", document.text):
            seen += 1
            assert {boat.name: boat.tons for boat in BOATS}[name] == int(tons)
    assert seen > 30


def test_templates_are_held_out():
    def names(split):
        return {name for document in islice(documents(4, split), 4_000) for name in document.templates}

    train, new = names("train"), names("new_templates")
    assert not train & new
    assert len(new) > 150
    assert names("test") <= {template.name for form in FORMS for section in form.sections for template in section.trained}


def test_facts_are_held_out():
    everyone = {person.name: person for person in PEOPLE}
    attribute = {"나이": "age", "좋아하는 음식": "food", "취미": "hobby", "성격": "trait", "고향": "origin"}

    def stated(split, count):
        for document in islice(documents(5, split), count):
            for claim in claims(document.text):
                if claim.fact.subject in everyone and claim.fact.relation in attribute:
                    yield claim.fact.subject, attribute[claim.fact.relation]

    assert not any(held_out(*fact) for fact in stated("train", 8_000))
    new = set(stated("new_facts", 400))
    assert len(new) > 10
    assert all(held_out(*fact) for fact in new)


def test_one_can_move_to_the_island():
    me = Person("이바다", 21, "여", "대학생", "도서관", "떡볶이", "그림을 그리다", "웃음이 많다", friend="천예린")
    mine = [document for document in islice(documents(1, extra_people=[me]), 2_000) if "이바다" in document.people]
    assert len(mine) > 50
    assert any("이바다" in document.text and "떡볶이" in document.text for document in mine)
    assert all(claim.true for document in mine for claim in claims(document.text, (*PEOPLE, me)) if claim.fact.subject == "이바다")
    with pytest.raises(ValueError, match="한서윤"):
        next(documents(1, extra_people=[Person("한서윤", 20, "여", "대학생", "도서관", "귤", "수영을 하다", "조용하다")]))
    with pytest.raises(ValueError, match="달나라"):
        next(documents(1, extra_people=[Person("이바다", 20, "여", "대학생", "달나라", "귤", "수영을 하다", "조용하다")]))


@pytest.mark.parametrize("genre", GENRES)
def test_one_genre_alone(genre):
    assert {document.genre for document in islice(documents(1, genre=genre), 20)} == {genre}


def test_unknown_splits_and_genres_are_refused():
    with pytest.raises(ValueError, match="new_facts"):
        next(documents(1, "dev"))
    with pytest.raises(ValueError, match="story"):
        next(documents(1, genre="poem"))
    assert len(SPLITS) == 4


@pytest.mark.parametrize(
    "text", ["# 이름 | any\n하나\n둘\n셋\n", "# 이름 | any | prose\n하나\n둘\n", "# 이름 | any | prose\n* 1-3\n하나\n둘\n셋\n"]
)
def test_a_form_that_cannot_be_is_refused(text):
    with pytest.raises(ValueError, match=r"form|sentences"):
        read_forms("story", text)

"""Endings, particles, counters, slips."""

from random import Random

import pytest

from course_lib.kit.world.goods import THINGS
from course_lib.kit.world.slips import with_slips
from course_lib.kit.world.verbs import Verb
from course_lib.kit.world.words import Word, counted


@pytest.mark.parametrize(
    ("phrase", "ending", "expected"),
    [
        ("불을 켜다", "았다", "불을 켰다"),
        ("그물을 깁다", "던", "그물을 깁던"),
        ("솔방울을 줍다", "아요", "솔방울을 주워요"),
        ("나무를 돕다", "아서", "나무를 도와서"),
        ("약을 짓다", "으면", "약을 지으면"),
        ("약을 짓다", "ㄹ", "약을 지을"),
        ("라디오를 듣다", "ㄴ", "라디오를 들은"),
        ("라디오를 듣다", "으러", "라디오를 들으러"),
        ("문짝을 달다", "으려고", "문짝을 달려고"),
        ("문짝을 달다", "는", "문짝을 다는"),
        ("문짝을 달다", "ㅂ니다", "문짝을 답니다"),
        ("문짝을 달다", "으세요", "문짝을 다세요"),
        ("음악을 고르다", "았다", "음악을 골랐다"),
        ("개미를 따르다", "아", "개미를 따라"),
        ("김치를 담그다", "았다", "김치를 담갔다"),
        ("편지를 쓰다", "아야", "편지를 써야"),
        ("그림을 그리다", "았어요", "그림을 그렸어요"),
        ("구름을 보다", "ㄴ다", "구름을 본다"),
        ("귤을 먹다", "ㄴ다", "귤을 먹는다"),
        ("합창을 하다", "고", "합창을 하고"),
        ("합창을 하다", "았습니다", "합창을 했습니다"),
        ("손목을 젓다", "으면서", "손목을 저으면서"),
        ("떡을 찌다", "아", "떡을 쪄"),
        ("바람이 불다", "ㄴ", "바람이 분"),
        ("턱을 괴다", "았다", "턱을 괬다"),
        ("손이 뛰다", "아", "손이 뛰어"),
        ("불을 켜다", "", "불을 켜다"),
    ],
)
def test_verbs_are_conjugated(phrase, ending, expected):
    assert f"{Verb(phrase):{ending}}" == expected


def test_a_verb_that_is_none_is_refused():
    with pytest.raises(ValueError, match="다"):
        format(Verb("그물"), "았다")


def test_words_take_the_ending_that_fits():
    assert (
        f"{Word('섬'):을/를} {Word('바다'):을/를} {Word('서울'):으로/로} {Word('별'):아/야} {Word('차'):이에요/예요}"
        == "섬을 바다를 서울로 별아 차예요"
    )
    assert f"{Word('‘국감’'):이라/라}고 {Word('『바다』'):은/는}" == "‘국감’이라고 『바다』는"


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "한"), (3, "세"), (11, "열한"), (20, "스무"), (21, "스물한"), (99, "아흔아홉"), (100, "100")]
)
def test_native_numbers(number, expected):
    assert counted(number) == expected


def test_things_are_counted_as_they_should_be():
    named = {(str(thing.name), thing.counter): thing for things in THINGS.values() for thing in things}
    assert named["오징어", "마리"].some(3) == "오징어 세 마리"
    assert named["사전", "권"].some(20) == "사전 스무 권"
    assert named["만년필", "자루"].some(2) == "만년필 두 자루"
    assert named["톳", "kg"].some(4) == "톳 4kg"
    assert len({thing.name for things in THINGS.values() for thing in things}) > 500


def test_slips_are_small_repeatable_and_spare_names():
    sentence = "도윤: 오늘은 문을 안 열어요. 어떡해요?"
    typed = [with_slips(sentence, Random(seed)) for seed in range(300)]
    assert typed == [with_slips(sentence, Random(seed)) for seed in range(300)]
    assert 0.3 < sum(text != sentence for text in typed) / 300 < 0.8
    assert all(text.startswith("도윤: ") for text in typed)
    assert all(abs(len(text) - len(sentence)) <= 2 for text in typed)

"""Jamo, eojeol, morphemes and the lossless tokenizer over them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.tokenizers import korean as ko

CHARACTERS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from("가각힣ㅋㄱㅏ \t\n한글樂é"),
    st.characters(min_codepoint=0x1100, max_codepoint=0x11FF),
)
TEXTS = st.text(CHARACTERS)
STABLE = TEXTS.map(lambda text: unicodedata.normalize("NFC", text))
SYLLABLES = [chr(code) for code in range(ko.FIRST_SYLLABLE, ko.LAST_SYLLABLE + 1)]


def test_every_syllable_decomposes_as_unicode_does():
    assert len(SYLLABLES) == 11_172
    for syllable in SYLLABLES:
        assert ko.decompose_jamo(syllable) == unicodedata.normalize("NFD", syllable)
        assert ko.compose_jamo(unicodedata.normalize("NFD", syllable)) == syllable


@given(STABLE)
def test_composing_undoes_decomposing(text):
    assert ko.compose_jamo(ko.decompose_jamo(text)) == text


@given(STABLE, STABLE)
def test_decomposing_is_injective(one, other):
    assert (ko.decompose_jamo(one) == ko.decompose_jamo(other)) == (one == other)


@pytest.mark.parametrize("text", ["ㅋㅋ", "ㄱㅏ", "樂", "Å"])
def test_all_but_syllables_stays(text):
    assert ko.decompose_jamo(text) == text


def test_conjoining_jamo_in_the_input_are_composed_and_nothing_else_is():
    assert ko.compose_jamo(ko.decompose_jamo("e\u0301 " + unicodedata.normalize("NFD", "각"))) == "e\u0301 각"


@given(TEXTS)
def test_eojeol_and_their_spaces_are_the_text(text):
    parts = ko.split_eojeol(text)
    assert ko.join_eojeol(parts) == text
    assert [part for part in parts if not part.isspace()] == text.split()


@pytest.mark.parametrize("unit", ["eojeol", "syllable", "jamo"])
@given(text=STABLE)
def test_the_tokenizer_is_lossless(unit, text):
    tokenizer = ko.KoreanTokenizer.train(["한글 토크나이저는 글을 나눈다", "나는 글을 쓴다"], 280, unit)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@settings(max_examples=30, deadline=None)
@given(text=STABLE)
def test_morphemes_are_ordered_and_inside_the_text_and_the_tokenizer_over_them_is_lossless(text):
    starts = [m.start for m in ko.morphemes(text)]
    assert starts == sorted(starts)
    assert all(0 <= m.start <= m.end <= len(text) for m in ko.morphemes(text))
    tokenizer = ko.KoreanTokenizer.train(["한글 토크나이저는 글을 나눈다"], 280, "morpheme")
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_morphemes_of_a_contraction_share_its_place():
    spans = {(m.start, m.end) for m in ko.morphemes("공부했다") if m.form in ("하", "었")}
    assert spans == {(2, 3)}


def test_frequent_pieces_come_first_and_equal_counts_by_their_text():
    tokenizer = ko.KoreanTokenizer.train(["나 나 가 다"], 259, "eojeol")
    assert tokenizer.pieces == [" ", "나", "가"]


def test_unknown_pieces_are_counted():
    tokenizer = ko.KoreanTokenizer(["나", " "], "eojeol")
    assert ko.unknown_pieces(tokenizer, ["나 너 너"]) == {"너": 2}


def test_a_vocabulary_without_room_for_bytes_is_refused():
    with pytest.raises(ValueError, match="256 bytes"):
        ko.KoreanTokenizer.train([], 255, "jamo")


def test_an_unknown_unit_is_named():
    with pytest.raises(ValueError, match="eojeol, morpheme"):
        ko.segment("가", "word")


@pytest.mark.parametrize("index", [-1, 999])
def test_ids_outside_the_vocabulary_are_refused(index):
    with pytest.raises(IndexError):
        ko.KoreanTokenizer(["가"], "syllable").decode([index])

import doctest

import pytest

from course_lib.kit import korean
from course_lib.kit.korean import josa


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("토큰", "을/를", "토큰을"),
        ("어휘", "을/를", "어휘를"),
        ("`train_bpe`", "이/가", "`train_bpe`가"),
        ("`merge_pair`", "을/를", "`merge_pair`를"),
        ("`BPETokenizer.encode`", "은/는", "`BPETokenizer.encode`는"),
        ("`learn`", "을/를", "`learn`을"),
        ("len", "이/가", "len이"),
        ("string", "과/와", "string과"),
        ("map", "을/를", "map을"),
        ("BPE", "은/는", "BPE는"),
        ("LLM", "은/는", "LLM은"),
        ("SVR", "을/를", "SVR을"),
        (0, "이/가", "0이"),
        (2, "이/가", "2가"),
        (10, "이/가", "10이"),
        (3.5, "은/는", "3.5는"),
        ("['가', '나']", "이/가", "['가', '나']가"),
        ("서울", "으로/로", "서울로"),
        ("1", "으로/로", "1로"),
        ("3", "으로/로", "3으로"),
        ("나무", "으로/로", "나무로"),
        ("집", "으로/로", "집으로"),
        ("int", "이어야/여야", "int여야"),
        ("tuple", "이어야/여야", "tuple이어야"),
        ("50%", "을/를", "50%를"),
        ("ㅋ", "이/가", "ㅋ이"),
        ("ㅏ", "이/가", "ㅏ가"),
        ("[]", "을/를", "[]을(를)"),
        ("", "이/가", "이(가)"),
    ],
)
def test_particle_follows_the_pronunciation(word, pair, expected):
    assert josa(word, pair) == expected


def test_unknown_particles_are_refused():
    with pytest.raises(ValueError, match="을/를"):
        josa("말", "를/을")


def test_examples_in_the_documentation():
    assert doctest.testmod(korean).failed == 0

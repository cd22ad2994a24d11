"""Closed forms of the comparison measures."""

from __future__ import annotations

import pytest

from course_lib.tokenizers.measures import benchmark, bytes_per_token, fertility, oov_rate


def characters(text):
    return [ord(char) for char in text]


def test_bytes_per_token_is_a_ratio_of_sums():
    assert bytes_per_token(characters, ["가", "aaa"]) == 6 / 4


def test_special_tokens_do_not_count():
    assert bytes_per_token(lambda text: [1, *characters(text), 2], ["aa"], special_ids={1, 2}) == 1.0
    assert fertility(lambda text: [1, *characters(text), 2], ["a a"], special_ids={1, 2}) == 1.5


def test_fertility_is_a_ratio_of_sums():
    assert fertility(characters, ["a", "bb cc dd"]) == 9 / 4


def test_types_and_tokens_differ():
    pieces = ["a", "a", "a", "b"]
    assert oov_rate(pieces, {"a"}, "type") == 0.5
    assert oov_rate(pieces, {"a"}, "token") == 0.25


@pytest.mark.parametrize("value", [bytes_per_token(characters, []), fertility(characters, []), oov_rate([], {"a"})])
def test_nothing_gives_zero(value):
    assert value == 0.0


def test_the_level_is_one_of_two():
    with pytest.raises(ValueError, match="'type' or 'token'"):
        oov_rate(["a"], {"a"}, "word")


def test_the_warm_up_does_not_count_and_the_median_decides():
    ticks = iter([0, 1, 10, 13, 20, 22])
    calls = []
    result = benchmark(calls.append, ["가", "ab"], repeat=3, timer=lambda: next(ticks))
    assert result == {"median_s": 2, "texts_per_s": 1.0, "bytes_per_s": 2.5}
    assert len(calls) == 8


def test_a_clock_that_stands_gives_no_infinite_rate():
    assert benchmark(len, ["a"], repeat=1, timer=lambda: 0.0)["texts_per_s"] == 0.0


def test_repeat_is_at_least_one():
    with pytest.raises(ValueError, match="at least 1"):
        benchmark(len, ["a"], repeat=0)

"""Text from submissions and numbers, as people read them."""

from __future__ import annotations

import pytest

from autograder.reports.text import plain, points, prose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("가나다 abc é 🙂", "가나다 abc é 🙂"),
        ("a\u202e\u2066b", "a⟨U+202E⟩⟨U+2066⟩b"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("a\0\x07b", "a␀␇b"),
        ("\x1b[31;1m빨강\x1b[0m", "빨강"),
        ("\x1b]8;;http://x\x07링크\x1b]8;;\x07", "링크"),
        ("a\tb\r\nc", "a    b\nc"),
        ("\u2028", "⟨U+2028⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("e" + "\u0301" * 50 + "x", "e" + "\u0301" * 3 + "x"),
    ],
)
def test_nothing_invisible_stays_invisible(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_text_is_bounded_in_letters_and_lines() -> None:
    assert len(plain("a" * 10**6)) < 1_300
    assert plain("a\n" * 10**5).count("\n") <= 31
    assert "줄임" in plain("a" * 2_000)
    assert "줄임" not in plain("a" * 1_000)


def test_words_between_backticks_become_code() -> None:
    assert prose("`a<b`를 <i>") == "<code>a&lt;b</code>를 &lt;i&gt;"
    assert prose("홀로 선 ` 하나") == "홀로 선 ` 하나"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1.0, "1"),
        (0.3, "0.3"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.33"),
        (9.999, "9.99"),
        (1.25, "1.25"),
        (10, "10"),
        (-1.0, "-1"),
        (-0.256, "-0.25"),
        (-0.001, "0"),
    ],
)
def test_scores_have_two_decimals_at_most_and_never_round_up(value: float, text: str) -> None:
    assert points(value) == text

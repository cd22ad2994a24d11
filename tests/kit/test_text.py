"""The given splitters against the library's, over every code point; corpora from their seeds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from course_lib.kit import corpora
from course_lib.kit.text import bytes_to_unicode, pretokenize, pretokenize_lossless

WHITESPACE = pre_tokenizers.Whitespace()
BYTE_LEVEL = pre_tokenizers.ByteLevel(add_prefix_space=False)
TABLE = bytes_to_unicode()
EVERY_CODE_POINT = [chr(number) for number in range(0x110000) if not 0xD800 <= number < 0xE000]


def visible(pieces):
    return ["".join(TABLE[byte] for byte in piece.encode()) for piece in pieces]


def library(splitter, text):
    return [piece for piece, _ in splitter.pre_tokenize_str(text)]


def test_whitespace_splitter_over_every_code_point():
    texts = [f"a{c}.{c}1" for c in EVERY_CODE_POINT]  # one by one: on long texts the library takes minutes
    assert [text for text in texts if pretokenize(text) != library(WHITESPACE, text)] == []


@pytest.mark.parametrize("step", [97, pytest.param(1, marks=pytest.mark.full)])
def test_lossless_splitter_over_every_code_point(step):
    every = EVERY_CODE_POINT[:0x3000] + EVERY_CODE_POINT[0x3000::step]
    texts = [f"a{c}. {c}1{c}" for c in every]
    pieces = [pretokenize_lossless(text) for text in texts]
    assert ["".join(parts) for parts in pieces] == texts
    assert [text for text, parts in zip(texts, pieces, strict=True) if visible(parts) != library(BYTE_LEVEL, text)] == []


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(" \t\n'sdl가나1½.,")), max_size=40))
def test_splitters_on_any_text(text):
    assert pretokenize(text) == library(WHITESPACE, text)
    assert "".join(pretokenize_lossless(text)) == text
    assert visible(pretokenize_lossless(text)) == library(BYTE_LEVEL, text)


def test_byte_symbols_are_the_librarys():
    assert sorted(TABLE.values()) == sorted(pre_tokenizers.ByteLevel.alphabet())
    assert (TABLE[65], TABLE[32]) == ("A", "Ġ")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_lines_have_the_size_and_repeat(language):
    chosen = corpora.lines(language, 20_000, 7)
    assert chosen == corpora.lines(language, 20_000, 7) != corpora.lines(language, 20_000, 8)
    assert 19_000 < sum(len(line.encode()) + 1 for line in chosen) <= 20_000
    assert chosen[:50] == corpora.lines(language, 40_000, 7)[:50]


def test_lines_have_a_long_tail():
    seen = {word for line in corpora.lines("ko", 80_000, 0) for word in line.split()}
    held_out = [word for line in corpora.lines("ko", 20_000, 1) for word in line.split()]
    assert 0.1 < sum(word not in seen for word in held_out) / len(held_out) < 0.9


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="ko, en"):
        corpora.lines("fr", 100, 0)


@pytest.mark.parametrize("seed", range(50))
def test_a_repeated_line_changes_the_most_frequent_pair(seed):
    lines, repeated = corpora.repeated_line(np.random.default_rng(seed))

    def best(texts):
        counts = {}
        for word in " ".join(texts).split():
            for pair in zip(word, word[1:], strict=False):  # noqa: RUF007
                counts[pair] = counts.get(pair, 0) + 1
        (first, count), (_, second) = sorted(counts.items(), key=lambda entry: -entry[1])[:2]
        assert count > second
        return first

    assert best(lines) != best([*lines, lines[repeated]])


def test_a_word_table_is_within_its_bounds():
    table = corpora.word_table(np.random.default_rng(0), words=30, letters="ab", length=(3, 6), count=(2, 4))
    assert len(table) == 30
    assert all(3 <= len(word) <= 6 and set(word) <= set("ab") and 2 <= n <= 4 for word, n in table.items())

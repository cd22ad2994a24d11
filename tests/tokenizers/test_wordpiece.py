"""The WordPiece reference against exact brute force and the library's encoder."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.kit.text import pretokenize
from course_lib.tokenizers import wordpiece as wp

CORPORA = st.lists(st.text("abc가나 ", max_size=25), max_size=8)


def brute_force(corpus, vocab_size, min_frequency=2):
    """Count everything anew at every step, with fractions only."""
    words = Counter(word for line in corpus for word in pretokenize(line))
    segmented = {wp.split_word(word): count for word, count in words.items()}
    vocab = {"[UNK]": 0}
    for token in sorted(wp.token_counts(segmented)):
        vocab.setdefault(token, len(vocab))
    merges = []
    while len(vocab) < vocab_size:
        tokens, pairs = wp.token_counts(segmented), Counter()
        for word, count in segmented.items():
            for pair in pairwise(word):
                pairs[pair] += count
        candidates = [pair for pair, count in pairs.items() if count >= min_frequency]
        if not candidates:
            break
        best = min(candidates, key=lambda p: (-Fraction(pairs[p], tokens[p[0]] * tokens[p[1]]), vocab[p[0]], vocab[p[1]]))
        merged = wp.join_pair(best)
        again = Counter()
        for word, count in segmented.items():
            again[tuple(wp._merge_word(list(word), best, merged))] += count
        segmented = again
        vocab.setdefault(merged, len(vocab))
        merges.append(best)
    return vocab, merges


@given(CORPORA, st.integers(1, 40), st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_training_equals_brute_force(corpus, vocab_size, min_frequency):
    assert wp.train_wordpiece(iter(corpus), vocab_size, min_frequency=min_frequency) == brute_force(corpus, vocab_size, min_frequency)


@given(CORPORA, st.text("abcd가나다 .", max_size=40))
@settings(max_examples=150, deadline=None)
def test_encoding_equals_the_library(corpus, text):
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocab, _ = wp.train_wordpiece(corpus, 30)
    library = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    library.pre_tokenizer = pre_tokenizers.Whitespace()
    assert wp.WordPieceTokenizer(vocab).encode(text) == library.encode(text).ids


@pytest.mark.parametrize(("length", "ids"), [(100, [1] + [2] * 99), (101, [0])])
def test_a_word_of_more_than_100_characters_is_unknown(length, ids):
    assert wp.WordPieceTokenizer({"[UNK]": 0, "a": 1, "##a": 2}).encode("a" * length) == ids


def test_a_word_with_a_missing_piece_is_unknown_as_a_whole():
    tokenizer = wp.WordPieceTokenizer({"[UNK]": 0, "a": 1, "##a": 2})
    assert tokenizer.encode("aab aa") == [0, 1, 2]


def test_decoding_attaches_continuations():
    tokenizer = wp.WordPieceTokenizer({"[UNK]": 0, "토크": 1, "##나이저": 2, "!": 3})
    assert tokenizer.decode([1, 2, 3]) == "토크나이저 !"


@given(CORPORA)
@settings(max_examples=100, deadline=None)
def test_the_gain_of_a_merge_is_the_fall_of_the_likelihood(corpus):
    words = Counter(word for line in corpus for word in pretokenize(line))
    segmented = {wp.split_word(word): count for word, count in words.items()}
    tokens, pairs = wp.token_counts(segmented), Counter()
    for word, count in segmented.items():
        for pair in pairwise(word):
            pairs[pair] += count
    total = sum(tokens.values())
    for pair in pairs:
        if pair[0] == pair[1] or wp.join_pair(pair) in tokens:
            continue
        again = Counter()
        for word, count in segmented.items():
            again[tuple(wp._merge_word(list(word), pair, wp.join_pair(pair)))] += count
        fall = wp.unigram_nll(segmented) - wp.unigram_nll(again)
        assert math.isclose(wp.merge_gain(pairs[pair], tokens[pair[0]], tokens[pair[1]], total), fall, abs_tol=1e-9)


def test_score_and_gain_disagree_on_a_well_known_corpus():
    """The score prefers a rare pair of rare parts; the likelihood prefers what BPE would merge."""
    words = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
    segmented = {wp.split_word(word): count for word, count in words.items()}
    tokens, pairs = wp.token_counts(segmented), Counter()
    for word, count in segmented.items():
        for pair in pairwise(word):
            pairs[pair] += count
    total = sum(tokens.values())
    by_score = max(pairs, key=lambda p: wp.wordpiece_score(pairs[p], tokens[p[0]], tokens[p[1]]))
    by_gain = max(pairs, key=lambda p: wp.merge_gain(pairs[p], tokens[p[0]], tokens[p[1]], total))
    assert by_score == ("##g", "##s")
    assert by_gain != by_score
    assert pairs[by_gain] > pairs[by_score]


def test_an_empty_corpus_has_no_loss():
    assert wp.unigram_nll({}) == 0.0


@pytest.mark.parametrize("counts", [(1, 0, 1), (1, 1, 0), (-1, 1, 1)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="positive"):
        wp.wordpiece_score(*counts)


def test_letters_outnumbering_the_vocabulary_stay():
    vocab, merges = wp.train_wordpiece(["ab ab"], 1)
    assert set(vocab) == {"[UNK]", "a", "##b"}
    assert merges == []

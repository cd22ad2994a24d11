"""The reference BPE against the library, on made-up corpora, on text, and at its edges."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bpe import compare, library_bpe
from course_lib.kit import corpora
from course_lib.tokenizers import BPETokenizer, ByteBPETokenizer, count_pairs, merge_pair, train_bpe, train_byte_bpe

LETTERS = st.text(alphabet="abc가나² .,½", max_size=24)
CORPUS = st.lists(LETTERS, max_size=8)


def same(ours, theirs) -> bool:
    """Equal in content and in the vocabulary's order."""
    return ours == theirs and list(ours[0]) == list(theirs[0])


@settings(max_examples=150, deadline=None)
@given(
    corpus=CORPUS,
    size=st.integers(0, 40),
    specials=st.lists(st.sampled_from(["[UNK]", "ab", "가나", "a", "abc"]), unique=True, max_size=3),
    frequency=st.integers(0, 3),
)
def test_training_equals_the_library(corpus, size, specials, frequency):
    assert same(train_bpe(corpus, size, specials, frequency), library_bpe(corpus, size, specials, frequency))


@settings(max_examples=60, deadline=None)
@given(corpus=CORPUS, size=st.integers(256, 290), frequency=st.integers(1, 3))
def test_byte_training_equals_the_library(corpus, size, frequency):
    assert same(train_byte_bpe(corpus, size, ["<끝>"], frequency), library_bpe(corpus, size, ["<끝>"], frequency, byte_level=True))


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("byte_level", [False, True])
def test_encoding_equals_the_library(language, byte_level):
    from tokenizers import Tokenizer, models, pre_tokenizers

    train = train_byte_bpe if byte_level else train_bpe
    vocab, merges = train(corpora.lines(language, 40_000, 0), 1_500, ["[UNK]"])
    library = Tokenizer(models.BPE(vocab, merges, unk_token="[UNK]"))
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False) if byte_level else pre_tokenizers.Whitespace()
    ours = ByteBPETokenizer(vocab, merges) if byte_level else BPETokenizer(vocab, merges, "[UNK]")
    for text in [*corpora.lines(language, 20_000, 1), "뷁쀍 [UNK] ½²  🙂\n", "", "a" * 300]:
        assert ours.encode(text) == library.encode(text).ids


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_byte_level_is_lossless(text):
    tokenizer = BYTES
    assert tokenizer.decode(tokenizer.encode(text)) == text


BYTES = ByteBPETokenizer(*train_byte_bpe(corpora.lines("ko", 20_000, 0), 600))


def test_bytes_that_are_no_whole_text_show_as_replacement():
    ids = BYTES.encode("뷁")
    assert len(ids) > 1
    assert BYTES.decode(ids[:1]) == "\ufffd"


def naive(corpus, vocab_size, rule):
    """An oracle of another kind for the rule that the library does not have."""
    words = Counter(tuple(word) for text in corpus for word in text.split())
    merges = []
    letters = {letter for word in words for letter in word}
    while len(letters) + len(merges) < vocab_size and (pairs := count_pairs(words)):
        best = max(pairs, key=lambda pair: (pairs[pair], rule(pair)))
        merges.append(best)
        words = {merge_pair(word, best): number for word, number in words.items()}
    return merges


@settings(max_examples=100, deadline=None)
@given(corpus=st.lists(st.text(alphabet="abAB가 ", max_size=20), max_size=6))
def test_lexicographic_ties(corpus):
    assert train_bpe(corpus, 25, (), 1, "lexicographic_max")[1] == naive(corpus, 25, lambda pair: pair)


def test_the_two_tie_rules_differ_on_the_course_example():
    corpus = ["사과 " * 5, "사과나무 " * 2, "나무 " * 3, "사람 " * 2]
    assert train_bpe(corpus, 8)[1] == [("사", "과"), ("나", "무"), ("사", "람")]
    assert train_bpe(corpus, 8, tie_break="lexicographic_max")[1] == [("사", "과"), ("나", "무"), ("사과", "나무")]


def test_pairs_overlap_and_merging_goes_from_the_left():
    assert count_pairs({("a", "a", "a"): 2, ("b",): 5}) == {("a", "a"): 4}
    assert merge_pair(("a", "a", "a"), ("a", "a")) == ("aa", "a")
    assert merge_pair(("가", "나다"), ("가나", "다")) == ("가", "나다")


def test_a_generator_is_read_once_and_the_alphabet_is_never_cut():
    assert train_bpe((text for text in ["ab ab", "cd"]), 99) == ({"a": 0, "b": 1, "c": 2, "d": 3, "ab": 4}, [("a", "b")])
    assert train_bpe(["ab ab", "cd"], 1) == ({"a": 0, "b": 1, "c": 2, "d": 3}, [])


def test_a_special_token_that_can_be_reached_keeps_its_id():
    vocab, merges = train_bpe(["ab ab abc abc"], 9, ["ab"])
    assert (vocab["ab"], merges[0], sorted(vocab.values())) == (0, ("a", "b"), list(range(len(vocab))))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: train_bpe("one text", 9), TypeError),
        (lambda: train_bpe([], -1), ValueError),
        (lambda: train_bpe([], 9, tie_break="random"), ValueError),
        (lambda: BPETokenizer({"a": 0}, [], "[UNK]"), ValueError),
        (lambda: ByteBPETokenizer({"a": 0}, []), ValueError),
        (lambda: BPETokenizer({"[UNK]": 0}, [], "[UNK]").decode([7]), KeyError),
    ],
)
def test_wrong_use_is_refused(call, error):
    with pytest.raises(error):
        call()


@pytest.mark.full
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_megabyte_equals_the_library(language):
    """How fast is the benchmark's to say: a clock decides no test."""
    found = compare(language)
    assert found["equal"]
    assert found["entries"] == 8_000

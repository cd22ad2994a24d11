"""Unigram segmentation against SentencePiece; multilingual sampling; the dynamic router."""

from __future__ import annotations

import io
import itertools
import math

import pytest
import sentencepiece
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.kit.corpora import lines
from course_lib.tokenizers.korean import KoreanTokenizer
from course_lib.tokenizers.multilingual import parity_ratio, sampling_probs
from course_lib.tokenizers.router import DynamicTokenizer
from course_lib.tokenizers.unigram import SPACE, UnigramTokenizer, viterbi


@pytest.fixture(scope="module")
def processor():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines("ko", 60_000, seed=3)),
        model_writer=model,
        vocab_size=1500,
        model_type="unigram",
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        minloglevel=2,
    )
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def test_ids_and_scores_equal_the_library_on_running_text(processor):
    tokenizer = UnigramTokenizer.from_processor(processor)
    for line in lines("ko", 20_000, seed=4):
        assert tokenizer.encode(line) == processor.encode(line)
        known = [piece for piece in viterbi(SPACE + line.replace(" ", SPACE), tokenizer.scores).pieces if piece in tokenizer.ids]
        expected = math.fsum(processor.get_score(tokenizer.ids[piece]) for piece in known)
        assert math.isclose(math.fsum(tokenizer.scores[piece] for piece in known), expected)


@given(text=st.text(st.sampled_from("가나다 이의는을hello한국어서ㅋ"), max_size=30))
@settings(max_examples=200, deadline=None)
def test_ids_equal_the_library_on_any_text(processor, text):
    assert UnigramTokenizer.from_processor(processor).encode(text) == processor.encode(text)


@given(st.dictionaries(st.text("ab", min_size=1, max_size=3), st.floats(-8, -0.1), min_size=1), st.text("abc", min_size=1, max_size=8))
def test_viterbi_is_the_best_of_all_segmentations(scores, text):
    unknown = min(scores.values()) - 10

    def score(pieces):
        return sum(scores.get(piece, unknown if len(piece) == 1 else -math.inf) for piece in pieces)

    cuts = itertools.product([False, True], repeat=len(text) - 1)
    best = max(score("".join(c + ("|" if cut else "") for c, cut in zip(text, (*row, False), strict=True)).split("|")) for row in cuts)
    found = viterbi(text, scores)
    assert "".join(found.pieces) == text
    assert math.isclose(found.score, best, rel_tol=1e-12)


def test_decoding_shows_unknown_tokens(processor):
    tokenizer = UnigramTokenizer.from_processor(processor)
    ids = tokenizer.encode("이 \U00020000")
    assert tokenizer.decode(ids) == processor.decode(ids)


def test_alpha_moves_between_the_corpus_and_evenness():
    counts = {"ko": 900, "en": 100}
    assert sampling_probs(counts, 1.0) == pytest.approx({"ko": 0.9, "en": 0.1})
    assert sampling_probs(counts, 0.0) == pytest.approx({"ko": 0.5, "en": 0.5})
    assert sampling_probs(counts, 0.5) == pytest.approx({"ko": 0.75, "en": 0.25})


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 10**300), min_size=1), st.floats(0, 1))
def test_probabilities_sum_to_one_and_keep_the_order(counts, alpha):
    if not any(counts.values()):
        counts["x"] = 1
    probs = sampling_probs(counts, alpha)
    assert math.isclose(sum(probs.values()), 1)
    ordered = sorted(counts, key=counts.get)
    assert all(probs[a] <= probs[b] * (1 + 1e-12) for a, b in itertools.pairwise(ordered))


@pytest.mark.parametrize(("counts", "alpha"), [({"ko": 1}, 1.5), ({"ko": -1}, 0.5), ({"ko": 0}, 0.5), ({}, 0.5)])
def test_impossible_sampling_is_refused(counts, alpha):
    with pytest.raises(ValueError, match=r"alpha|counts"):
        sampling_probs(counts, alpha)


def test_parity_counts_tokens_against_the_pivot():
    parallel = {"en": ["ab", "c"], "ko": ["가나다라", "마바"]}
    assert parity_ratio(list, parallel, "en") == {"en": 1.0, "ko": 2.0}


@pytest.mark.parametrize("parallel", [{"ko": ["가"]}, {"en": ["a"], "ko": []}, {"en": [""], "ko": [""]}])
def test_texts_that_cannot_be_compared_are_refused(parallel):
    with pytest.raises(ValueError, match=r"pivot|same number"):
        parity_ratio(list, parallel, "en")


def make_router():
    corpus = ["나는 글을 쓴다", "너는 글을 읽는다", "글을 쓴다"]
    units = ("eojeol", "syllable", "jamo")
    return DynamicTokenizer({unit: KoreanTokenizer.train(corpus, 290, unit) for unit in units})


@given(st.text(st.sampled_from("나는글을쓴다 abㅋ😀"), max_size=20))
def test_the_router_is_lossless_and_never_dearer_than_the_cheapest(text):
    router = make_router()
    ids = router.encode(text)
    assert router.decode(ids) == text
    assert len(ids) == 1 + min(len(candidate.encode(text)) for candidate in router.candidates)
    assert all(0 <= number < router.vocab_size for number in ids)


def test_the_router_takes_the_cheapest():
    router = make_router()
    assert router.route("글을 쓴다") == "eojeol"
    assert router.route("쓴글다을") == "syllable"


@pytest.mark.parametrize("ids", [[], [9], [0, 1]])
def test_what_no_encoder_makes_is_refused(ids):
    with pytest.raises(ValueError, match="strategy"):
        make_router().decode(ids)

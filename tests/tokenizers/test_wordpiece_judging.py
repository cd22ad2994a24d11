"""A WordPiece training is judged step by step: exact ties are free, everything else is not."""

from __future__ import annotations

import math

import pytest

from course_lib.kit import exercises, theory
from course_lib.tokenizers.wordpiece import WordPieceTokenizer, merge_gain, train_wordpiece, wordpiece_score
from course_lib.tokenizers.wordpiece_mistakes import TRAININGS, first_fault, train_wordpiece_wrongly

TIED = ["사과 사과 사과 사과 사과", "사과나무 사과나무", "나무 나무 나무", "사람 사람"]


def test_every_member_of_a_tie_is_accepted():
    vocab, merges = train_wordpiece(TIED, 8)
    other = {("##나", "##무"): ("나", "##무"), ("나", "##무"): ("##나", "##무")}[merges[0]]
    letters = {token: number for token, number in vocab.items() if number < 7}
    for pair in (merges[0], other):
        token = pair[0] + pair[1].removeprefix("##")
        assert first_fault(({**letters, token: 7}, [pair]), TIED, 8, ["[UNK]"], 2) == ""
    assert "점수" in first_fault(({**letters, "사과": 7}, [("사", "##과")]), TIED, 8, ["[UNK]"], 2)
    assert "더 병합해야" in first_fault((letters, []), TIED, 8, ["[UNK]"], 2)


def test_the_reference_has_no_fault_and_every_misconception_has_one():
    corpus = [*TIED, "과일 사과즙 나무꾼 사람들", "나무 사이 사과"]
    right = train_wordpiece(corpus, 26, ["[UNK]"], 1)
    assert train_wordpiece_wrongly(corpus, 26, ["[UNK]"], 1) == right
    assert first_fault(right, corpus, 26, ["[UNK]"], 1) == ""
    faults = [first_fault(train_wordpiece_wrongly(corpus, 26, ["[UNK]"], 1, **o), corpus, 26, ["[UNK]"], 1) for o, _ in TRAININGS.values()]
    assert all(faults[:5])


@pytest.mark.parametrize("student", [str(number) for number in range(60)])
def test_the_numbers_of_the_theory_questions_tell(student):
    frequent, rare, total = exercises.two_candidates(theory.params(student, "theory-score"))
    counts = [(c["ab"], c["a"], c["b"]) for c in (frequent, rare)]
    assert wordpiece_score(*counts[0]) < wordpiece_score(*counts[1])
    assert merge_gain(*counts[0], total) > merge_gain(*counts[1], total) > 0
    vocab, word, missing = exercises.missing_piece(theory.params(student, "theory-missing"))
    smaller = {token: number for token, number in vocab.items() if token != missing}
    before, after = (WordPieceTokenizer(v).encode(word) for v in (vocab, smaller))
    assert 1 < len(before) < len(word)
    at_the_end = missing == f"##{word[-1]}"
    assert after == [vocab["[UNK]"]] if at_the_end else len(after) == len(before) + 1
    first, second = exercises.two_models(theory.params(student, "theory-bits"))
    bits = [model["nats"] * model["tokens"] / model["bytes"] / math.log(2) for model in (first, second)]
    assert first["nats"] > second["nats"]
    assert bits[0] < bits[1]
    indices, syllable = exercises.syllables(theory.params(student, "theory-jamo"))
    assert "가" <= syllable <= "힣"
    assert min(indices) >= 1

"""Hidden checks of the theory questions on WordPiece, Hangul and measures. Expected values never leave the grader."""

from __future__ import annotations

import math

import pytest

from course_lib.kit import exercises, expect, theory
from course_lib.tokenizers.judging import answer
from course_lib.tokenizers.wordpiece import WordPieceTokenizer, merge_gain
from course_lib.tokenizers.wordpiece_mistakes import wrong_encodings


def _candidates(submission):
    frequent, rare, total = exercises.two_candidates(theory.params(submission.student, "theory-score"))
    return answer(submission, "answer_score", frequent, rare, total), {"frequent": frequent, "rare": rare}, total


@pytest.mark.grades("theory-score", hint=("6절의 식 그대로입니다.", "쌍의 횟수를 두 토큰의 횟수의 곱으로 나눕니다.", "c_ab / (c_a · c_b)"))
def test_scores_of_two_candidates(submission):
    """두 후보의 점수가 맞습니다."""
    found, candidates, _ = _candidates(submission)
    for name, c in candidates.items():
        known = {
            "빈도": (c["ab"], "쌍의 횟수를 그대로 적었습니다."),
            "합": (c["ab"] / (c["a"] + c["b"]), "두 토큰의 횟수를 곱하지 않고 더했습니다."),
        }
        theory.check_number(found.get(f"score_{name}"), c["ab"] / (c["a"] * c["b"]), name=f"score_{name}", known=known)


@pytest.mark.grades(
    "theory-score", weight=2, hint=("f(n) = n ln n을 차례로 계산하세요.", "병합하면 N이 k만큼 줍니다.", "줄어드는 양이므로 0보다 큽니다.")
)
def test_gains_of_two_candidates(submission):
    """두 후보의 손실의 감소가 맞습니다."""
    found, candidates, total = _candidates(submission)
    for name, c in candidates.items():
        right = merge_gain(c["ab"], c["a"], c["b"], total)
        known = {
            "부호": (-right, "부호가 반대입니다. 줄어드는 양을 적습니다."),
            "비트": (right / math.log(2), "밑이 2인 로그를 썼습니다. 단위는 나트입니다."),
            "점별 상호정보량": (
                c["ab"] * math.log(c["ab"] * total / (c["a"] * c["b"])),
                "c_ab에 점별 상호정보량을 곱한 근삿값입니다. 식대로 계산하세요.",
            ),
        }
        theory.check_number(found.get(f"gain_{name}"), right, name=f"gain_{name}", known=known)


def encoded_word(student, vocab, word):
    return list(student.WordPieceTokenizer(vocab, "[UNK]").encode(word))


def _missing(submission, upstream):
    vocab, word, missing = exercises.missing_piece(theory.params(submission.student, "theory-missing"))
    smaller = {token: number for token, number in vocab.items() if token != missing}
    right = [len(WordPieceTokenizer(v).encode(word)) for v in (vocab, smaller)]
    lengths = upstream(lambda: right)
    if lengths is None:
        lengths = [len(submission.run(encoded_word, vocab=v, word=word, returns=list[int])) for v in (vocab, smaller)]
        if lengths != right:
            expect.fail("여러분의 WordPieceTokenizer가 이 단어를 약속과 다르게 나눕니다. 먼저 wp-encode를 확인하세요.")
    return answer(submission, "answer_missing", vocab, word, missing), lengths, WordPieceTokenizer(smaller), word


@pytest.mark.grades("theory-missing", hint=("가장 긴 조각부터 손으로 나누어 보세요.", "둘째 조각부터는 ##가 붙은 것을 찾습니다."))
def test_predicted_before(submission, upstream):
    """조각을 빼기 전의 토큰 수가 여러분의 코드를 실행한 결과와 같습니다."""
    found, (before, _), _, word = _missing(submission, upstream)
    known = {"글자 수": (len(word), "글자의 수입니다. 가장 긴 조각부터 찾으면 더 적습니다.")}
    theory.check_number(found.get("before"), before, name="before", known=known)


@pytest.mark.grades("theory-missing", hint=("나눌 수 없는 단어는 어떻게 되나요?", "단어 전체가 [UNK] 하나입니다."))
def test_predicted_after(submission, upstream):
    """조각을 뺀 다음의 토큰 수가 여러분의 코드를 실행한 결과와 같습니다."""
    found, (before, after), tokenizer, word = _missing(submission, upstream)
    partial = len(wrong_encodings(tokenizer, word)["앞 조각을 남김"][0])
    said = "앞 조각을 남기고 하나만 [UNK]로 바꾼 수입니다. 조각 하나라도 없으면 단어 전체가 [UNK] 하나입니다."
    known = {"앞 조각을 남김": (partial, said), "그대로": (before, said)}
    if after > 1:
        again = "빼도 더 짧은 조각으로 끝까지 나눌 수 있습니다."
        said = f"단어 전체가 [UNK]라고 보았습니다. {again}"
        known = {"단어 전체가 [UNK]": (1, said), "그대로": (before, f"빼기 전과 같은 수입니다. {again}")}
    theory.check_number(found.get("after"), after, name="after", known=known)


def _jamo(submission):
    indices, syllable = exercises.syllables(theory.params(submission.student, "theory-jamo"))
    return answer(submission, "answer_jamo", list(indices), syllable), indices, ord(syllable) - 0xAC00


@pytest.mark.grades(
    "theory-jamo", hint=("0xAC00은 44032입니다.", "초성 하나에 588개가 있습니다.", "0xAC00 + 588 · 초성 + 28 · 중성 + 종성")
)
def test_code_of_a_syllable(submission):
    """번호로 이루어진 음절의 코드와 받침이 있는 음절의 수가 맞습니다."""
    found, (initial, medial, final), _ = _jamo(submission)
    right = 0xAC00 + (initial * 21 + medial) * 28 + final
    known = {
        "28과 21을 바꿈": (0xAC00 + (initial * 28 + medial) * 21 + final, "28과 21의 자리를 바꾸었습니다."),
        "중성에 27": (0xAC00 + initial * 588 + medial * 27 + final, "종성을 27가지로 세었습니다. 종성이 없는 것까지 28가지입니다."),
        "시작을 더하지 않음": (right - 0xAC00, "0xAC00을 더하지 않았습니다."),
    }
    theory.check_number(found.get("code"), right, name="code", relative=0, absolute=0.4, known=known)
    known = {"받침 없는 것까지": (11_172, "받침이 없는 음절까지 세었습니다."), "받침 없는 것": (399, "받침이 없는 음절의 수입니다.")}
    theory.check_number(found.get("with_final"), 399 * 27, name="with_final", known=known)


@pytest.mark.grades("theory-jamo", hint=("28로 나눈 나머지가 종성입니다.", "몫을 다시 21로 나눕니다.", "divmod를 두 번 쓰세요."))
def test_indices_of_a_syllable(submission):
    """음절의 초성, 중성, 종성의 번호가 맞습니다."""
    found, _, index = _jamo(submission)
    right = {"initial": index // 588, "medial": index // 28 % 21, "final": index % 28}
    for name, value in right.items():
        known = {"하나 더함": (value + 1, "번호는 0부터 셉니다."), "하나 뺌": (value - 1, "종성의 0번은 받침이 없는 것입니다.")}
        theory.check_number(found.get(name), value, name=name, relative=0, absolute=0.4, known=known)


def _bits(submission):
    models = exercises.two_models(theory.params(submission.student, "theory-bits"))
    return answer(submission, "answer_bits", *models), models


@pytest.mark.grades(
    "theory-bits", hint=("글 전체의 나트는 토큰당 손실 × 토큰 수입니다.", "바이트로 나눕니다.", "나트를 ln 2로 나누면 비트입니다.")
)
def test_formula_of_bits(submission):
    """바이트당 비트의 식이 맞습니다."""
    found, _ = _bits(submission)
    known = {
        "나트": ("nats*tokens/bytes", "ln 2로 나누지 않았습니다. 바이트당 나트입니다."),
        "토큰당": ("nats/log(2)", "토큰당 비트입니다. 토큰 수와 바이트 수가 들어가야 합니다."),
        "뒤집힘": ("nats*bytes/(tokens*log(2))", "토큰 수와 바이트 수가 뒤집혔습니다."),
        "곱함": ("nats*tokens*log(2)/bytes", "ln 2를 곱했습니다. 나누어야 합니다."),
    }
    theory.check_expression(found.get("formula"), "nats*tokens/(bytes*log(2))", ("nats", "tokens", "bytes"), name="formula", known=known)


@pytest.mark.grades(
    "theory-bits", hint=("식에 두 모델의 수를 넣으세요.", "두 모델의 바이트 수는 같습니다.", "nats · tokens / (bytes · ln 2)")
)
def test_bits_of_two_models(submission):
    """두 모델의 바이트당 비트가 맞습니다."""
    found, models = _bits(submission)
    for name, model in zip(("first", "second"), models, strict=True):
        right = model["nats"] * model["tokens"] / model["bytes"] / math.log(2)
        known = {
            "나트": (right * math.log(2), "바이트당 나트입니다. ln 2로 나누세요."),
            "토큰당 비트": (model["nats"] / math.log(2), "토큰당 비트입니다."),
        }
        theory.check_number(found.get(name), right, name=name, relative=1e-4, known=known)

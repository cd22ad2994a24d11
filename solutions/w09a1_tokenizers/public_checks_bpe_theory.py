"""Public checks of theory (its form) and experiment on BPE. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import pytest

from course_lib.kit import expect, theory
from course_lib.kit.binding import Unfinished
from course_lib.kit.korean import josa

HAND_TEXT = ["사과 사과 사과 사과 사과", "사과나무 사과나무", "나무 나무 나무", "사람 사람"]


# -- theory: the form of the answer only ------------------------------------------------------------------------------


def _form(answer, numbers, pair=None):
    for name in numbers:
        theory.number(answer.get(name), name)
    value = answer.get(pair) if pair else ("가", "나")
    if not (isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(symbol, str) for symbol in value)):
        expect.fail(f"{pair}에는 병합할 쌍을 ('가', '나')처럼 적습니다. 지금 값: {expect.show(value)}")


@pytest.mark.grades("theory-trace", form=True)
def test_form_of_trace(submission):
    """`third_merge`는 쌍이고 `tokens`는 수입니다."""
    words = {"가나": 3, "가나다": 2, "다나": 2, "라가나": 1}
    _form(submission.call("answer_trace", words, returns=dict[str, object]), ["tokens"], "third_merge")


@pytest.mark.grades("theory-run", form=True)
def test_form_of_run(submission):
    """`pairs`와 `tokens`는 수입니다."""
    _form(submission.call("answer_run", 7, 3, returns=dict[str, object]), ["pairs", "tokens"])


@pytest.mark.grades("theory-predict", form=True)
def test_form_of_predict(submission):
    """`first_merge`는 쌍이고 `tokens`는 수입니다."""
    _form(submission.call("answer_predict", ["가나 가나 다", "라마 라마"], 1, returns=dict[str, object]), ["tokens"], "first_merge")


# -- experiment and quality -------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "exp-vocab",
    hint=("한 번만 가장 크게 훈련하세요.", "크기마다 앞의 병합만 남깁니다.", "남기는 병합 수 = 크기 - 특수 토큰 수 - 알파벳 수"),
)
def test_rows_of_a_small_table(submission):
    """작은 코퍼스에서 행의 모양과 값이 맞습니다."""
    rows = submission.call("vocab_rows", HAND_TEXT, ["사과나무 사람"], [7, 9], returns=list[dict[str, int | float]])
    right = [
        {"vocab_size": 7, "merges": 1, "tokens": 5, "bytes": 19, "bytes_per_token": 3.8},
        {"vocab_size": 9, "merges": 3, "tokens": 3, "bytes": 19, "bytes_per_token": 19 / 3},
    ]
    characters = [{**row, "bytes": 7, "bytes_per_token": 7 / row["tokens"]} for row in right]
    known = {"글자 수를 바이트로": (characters, "바이트가 아니라 글자를 세고 있습니다.")}
    expect.equal(rows, right, given="vocab_rows(HAND_TEXT, ['사과나무 사람'], [7, 9])", known=known, show_expected=True)


@pytest.mark.grades("exp-vocab", hint=("위의 셀을 차례로 실행했나요?", "결론마다 rows와 direction을 적습니다."))
def test_conclusions_are_kept(evidence):
    """표 vocab과 결론 셋이 남아 있습니다."""
    if not evidence.tables.get("vocab"):
        raise Unfinished("표 vocab이 아직 없습니다. `vocab_rows`를 쓴 다음 표를 만드는 셀을 실행하세요.")
    for name in ("size", "gain", "language"):
        if (claim := evidence.conclusions.get(name)) is None:
            raise Unfinished(f"결론 {josa(name, '이/가')} 아직 없습니다. `direction`과 `conclusions`를 쓰고 결론을 남기는 셀을 실행하세요.")
        if not isinstance(claim, dict) or claim.get("direction") not in ("up", "down"):
            expect.fail(f"결론 {name}에 direction이 'up' 또는 'down'으로 적혀 있지 않습니다.")
        numbers = claim.get("rows")
        if not isinstance(numbers, list) or not all(type(n) is int and 0 <= n < len(evidence.tables["vocab"]) for n in numbers):
            expect.fail(f"결론 {name}의 rows는 표에 있는 행 번호의 목록이어야 합니다.")

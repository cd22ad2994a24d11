"""Hidden checks of the measures. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import math
import statistics

import pytest

from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.tokenizers.korean_examples import benchmark_call, oov_call, ratio_call, still_clock_call
from course_lib.tokenizers.measures import bytes_per_token, fertility, oov_rate

LETTERS = ["a", "가", "나무", "½", "🙂"]


def _number(actual, right, given, known):
    if math.isclose(actual, right, rel_tol=1e-9, abs_tol=1e-12):
        return
    for name, (wrong, said) in known.items():
        if math.isclose(actual, wrong, rel_tol=1e-9) and not math.isclose(wrong, right, rel_tol=1e-9):
            expect.fail(f"{said} 입력 {given}에서 {actual:.6g}이(가) 나왔습니다.", name)
    expect.fail(f"입력 {given}에서 나온 값은 {actual:.6g}입니다.")


# -- cmp-ratio --------------------------------------------------------------------------------------------------------

RATIO_HINT = ("글마다 나누지 말고 더한 다음 나눕니다.", "합 ÷ 합입니다.", "sum(바이트) / sum(토큰)")


def ratio_of(student, name, table, special_ids):
    return float(getattr(student, name)(table.__getitem__, list(table), special_ids))


def _table(rng):
    """Texts of unlike length and what an encoder that is only a table makes of them; 0 and 1 are special tokens."""
    table = {}
    while len(table) < 6:
        words = ["".join(LETTERS[int(i)] for i in rng.integers(0, 5, int(rng.integers(1, 5)))) for _ in range(int(rng.integers(1, 9)))]
        gaps = [" ", "  ", "\n"]
        text = "".join(word + gaps[int(rng.integers(0, 3))] for word in words)
        table[text] = [1, *(int(number) for number in rng.integers(0, 40, int(rng.integers(2, 30)))), 0]
    return table


@pytest.mark.grades("cmp-ratio", weight=2, hint=RATIO_HINT)
def test_bytes_per_token(submission, rng):
    """토큰당 바이트가 합의 비율이고, 글자가 아니라 바이트를 세며, 특수 토큰은 세지 않습니다."""
    table = _table(rng)
    sizes = {text: len(text.encode()) for text in table}
    for specials in ([], [0, 1]):
        kept = {text: [number for number in ids if number not in specials] for text, ids in table.items()}
        every = sum(map(len, table.values()))
        known = {
            "글자를 셈": (sum(map(len, table)) / sum(map(len, kept.values())), "바이트가 아니라 글자를 세고 있습니다."),
            "비율의 평균": (
                statistics.mean(sizes[t] / len(kept[t]) for t in table),
                "글마다 나눈 비율의 평균입니다. 합의 비율이어야 합니다.",
            ),
            "특수 토큰을 셈": (sum(sizes.values()) / every, "특수 토큰까지 세고 있습니다."),
            "뒤집힘": (sum(map(len, kept.values())) / sum(sizes.values()), "분자와 분모가 뒤집혔습니다."),
        }
        with smallest(submission, ratio_call("bytes_per_token", table, specials)):
            actual = submission.run(ratio_of, name="bytes_per_token", table=table, special_ids=specials, returns=float)
            _number(actual, bytes_per_token(table.__getitem__, table, specials), expect.show(table), known)


@pytest.mark.grades("cmp-ratio", weight=2, hint=("어절은 text.split()으로 셉니다.", "합의 비율입니다.", "sum(토큰) / sum(어절)"))
def test_fertility(submission, rng):
    """어절당 토큰이 합의 비율이고, 어절은 text.split()으로 셉니다."""
    table = _table(rng)
    words = {text: len(text.split()) for text in table}
    for specials in ([], [0, 1]):
        kept = {text: sum(number not in specials for number in ids) for text, ids in table.items()}
        known = {
            "비율의 평균": (statistics.mean(kept[t] / words[t] for t in table), "글마다 나눈 비율의 평균입니다. 합의 비율이어야 합니다."),
            "빈칸 글자로 셈": (sum(kept.values()) / sum(len(t.split(" ")) for t in table), "빈칸 글자로만 어절을 나누고 있습니다."),
            "특수 토큰을 셈": (sum(map(len, table.values())) / sum(words.values()), "특수 토큰까지 세고 있습니다."),
            "뒤집힘": (sum(words.values()) / sum(kept.values()), "분자와 분모가 뒤집혔습니다."),
        }
        with smallest(submission, ratio_call("fertility", table, specials)):
            actual = submission.run(ratio_of, name="fertility", table=table, special_ids=specials, returns=float)
            _number(actual, fertility(table.__getitem__, table, specials), expect.show(table), known)


@pytest.mark.grades("cmp-ratio", hint=("나눌 것이 없을 때가 있습니다.", "토큰이 하나도 없으면 0.0입니다.", "… if tokens else 0.0"))
def test_nothing_to_divide_by(submission, rng):
    """글이나 토큰이나 어절이 없으면 0.0이고, 토큰 하나에 한 글자인 글에서는 그 글자의 바이트 수입니다."""
    for name in ("bytes_per_token", "fertility"):
        for table in ({}, {"": []}, {"": [0]} if name == "fertility" else {"가": []}):
            with smallest(submission, ratio_call(name, table, [])):
                actual = submission.run(ratio_of, name=name, table=table, special_ids=[], returns=float)
                if actual != 0.0:
                    expect.fail(f"{name}: 입력 {table}에서 {actual}이(가) 나왔습니다. 0.0이어야 합니다.", "빈 입력")
    count = int(rng.integers(2, 9))
    table = {"가" * count: list(range(5, 5 + count))}
    with smallest(submission, ratio_call("bytes_per_token", table, [])):
        actual = submission.run(ratio_of, name="bytes_per_token", table=table, special_ids=[], returns=float)
        _number(actual, 3.0, expect.show(table), {"글자를 셈": (1.0, "바이트가 아니라 글자를 세고 있습니다.")})


# -- cmp-oov ----------------------------------------------------------------------------------------------------------

OOV_HINT = ("어휘에 없는 것을 셉니다.", "type은 서로 다른 조각만 봅니다.", "counted = set(pieces) if level == 'type' else pieces")


def _oov_case(rng):
    pieces = [f"단어{int(number)}" for number in rng.geometric(0.12, 60)]
    vocabulary = sorted({f"단어{number}" for number in range(1, 7)} | {"없는단어", "또없는단어"})
    return pieces, vocabulary


@pytest.mark.grades("cmp-oov", weight=2, hint=OOV_HINT)
@pytest.mark.parametrize("level", ["type", "token"])
def test_oov(submission, rng, level):
    """OOV 비율이 서로 다른 조각(type)이나 나온 조각(token) 가운데의 비율과 같습니다."""
    pieces, vocabulary = _oov_case(rng)
    other = "token" if level == "type" else "type"
    missing = set(pieces) - set(vocabulary)
    known = {
        "level을 바꿈": (oov_rate(pieces, vocabulary, other), f"level={level!r}인데 {other!r}의 비율을 돌려주고 있습니다."),
        "아는 비율": (1 - oov_rate(pieces, vocabulary, level), "어휘에 있는 비율입니다. 없는 비율이어야 합니다."),
        "섞은 비율": (len(missing) / len(pieces), "분자는 서로 다른 조각을, 분모는 나온 조각을 세고 있습니다."),
        "어휘로 나눔": (len(missing) / len(vocabulary), "어휘의 크기로 나누고 있습니다."),
    }
    with smallest(submission, oov_call(pieces, vocabulary, level)):
        actual = submission.call("oov_rate", pieces, vocabulary, level, returns=float)
        _number(actual, oov_rate(pieces, vocabulary, level), f"{expect.show(pieces)}, level={level!r}", known)


def oov_of_generator(student, pieces, vocabulary, level):
    return float(student.oov_rate((piece for piece in pieces), set(vocabulary), level))


@pytest.mark.grades("cmp-oov", hint=("조각이 제너레이터일 수 있습니다.", "조각이 없으면 0.0입니다.", "목록으로 먼저 바꾸세요."))
def test_oov_at_the_edges(submission, rng):
    """조각이 없으면 0.0, 모두 모르면 1.0이고, 한 번만 읽을 수 있는 제너레이터여도 됩니다. level의 기본값은 token입니다."""
    pieces, vocabulary = _oov_case(rng)
    for level in ("type", "token"):
        for given, known, right in (([], vocabulary, 0.0), (pieces, [], 1.0), (pieces, vocabulary, oov_rate(pieces, vocabulary, level))):
            with smallest(submission, oov_call(given, known, level, generator=True)):
                actual = submission.run(oov_of_generator, pieces=given, vocabulary=known, level=level, returns=float)
                _number(actual, right, f"제너레이터로 준 {expect.show(given)}, level={level!r}", {})
    with smallest(submission, oov_call(pieces, vocabulary)):
        _number(submission.call("oov_rate", pieces, vocabulary, returns=float), oov_rate(pieces, vocabulary), "level을 주지 않음", {})


# -- cmp-benchmark ----------------------------------------------------------------------------------------------------


def timed(student, texts, repeat, costs):
    """``benchmark`` on a clock of ours that only ``fn`` moves on; the cost of a call depends on which pass over the texts it is in."""
    state = {"now": 100.0, "calls": 0}

    def fn(text):
        passed = state["calls"] // max(len(texts), 1)
        state["now"] += costs[min(passed, len(costs) - 1)] * (1 + len(text))
        state["calls"] += 1
        return text

    found = student.benchmark(fn, texts, repeat, lambda: state["now"])
    return {name: float(value) for name, value in found.items()}, state["calls"]


BENCHMARK_HINT = ("첫 번째는 재지 않습니다.", "한 번은 글 전체입니다.", "statistics.median(걸린 시간들)")


@pytest.mark.grades("cmp-benchmark", weight=2, hint=BENCHMARK_HINT)
def test_benchmark_on_our_clock(submission, rng):
    """가짜 시계에서 예열을 빼고 잰 시간의 중앙값과 초당 처리량이 맞습니다."""
    texts = ["가나다", "ab", "🙂 나무"]
    weight, size = sum(1 + len(text) for text in texts), sum(len(text.encode()) for text in texts)
    for repeat in (1, 4, 5):
        unit = 2.0**-12 if repeat == 4 else 1.0  # passes of milliseconds, as they are, and of whole seconds
        costs = [unit * float(value) for value in (50.0, *rng.permutation([1.0, 2.0, 4.0, 9.0, 30.0])[:repeat])]
        passes = [cost * weight for cost in costs]
        median = statistics.median(passes[1:])
        known = {
            "예열을 잼": (statistics.median(passes[:repeat]), "첫 번째 실행까지 재고 있습니다. 예열은 재지 않습니다."),
            "예열도 넣음": (statistics.median(passes), "예열까지 넣어 중앙값을 냈습니다."),
            "평균": (statistics.mean(passes[1:]), "평균을 냈습니다. 한 번 튄 값이 결과를 흔듭니다. 중앙값이어야 합니다."),
            "가장 빠른 값": (min(passes[1:]), "가장 빠른 값을 골랐습니다. 중앙값이어야 합니다."),
            "합": (sum(passes[1:]), "여러 번의 시간을 더했습니다. 한 번에 걸린 시간의 중앙값이어야 합니다."),
        }
        characters = {"글자를 셈": (sum(map(len, texts)) / median, "바이트가 아니라 글자를 세고 있습니다.")}
        with smallest(submission, benchmark_call(texts, repeat, costs)):
            found, calls = submission.run(timed, texts=texts, repeat=repeat, costs=costs, returns=tuple[dict[str, float], int])
            _number(found.get("median_s", math.nan), median, f"예열 {passes[0]:g}초, 실행 {passes[1:]}초의 median_s", known)
            expect.equal(calls, (repeat + 1) * len(texts), given=f"repeat={repeat}일 때 fn을 부른 횟수")
            _number(found.get("texts_per_s", math.nan), 3 / median, "texts_per_s", {"한 번": (1 / median, "글의 수를 곱하지 않았습니다.")})
            _number(found.get("bytes_per_s", math.nan), size / median, "bytes_per_s", characters)


@pytest.mark.grades("cmp-benchmark", hint=("걸린 시간이 0일 수 있습니다.", "그때 초당 처리량은 0.0입니다.", "median > 0일 때만 나누세요."))
def test_benchmark_of_nothing(submission, rng):
    """글이 없거나 시계가 움직이지 않으면 처리량은 0.0이고, 글이 아닌 입력의 바이트는 0입니다."""
    for texts, costs in (([], [1.0]), (["가나", "다"], [0.0])):
        with smallest(submission, still_clock_call(texts)):
            found, _ = submission.run(timed, texts=texts, repeat=2, costs=costs, returns=tuple[dict[str, float], int])
            expect.equal(found, {"median_s": 0.0, "texts_per_s": 0.0, "bytes_per_s": 0.0}, given=f"글 {texts}, 움직이지 않는 시계")
    ids = [[int(number) for number in rng.integers(0, 99, 4)] for _ in range(3)]
    found, _ = submission.run(timed, texts=ids, repeat=3, costs=[7.0, 2.0], returns=tuple[dict[str, float], int])
    _number(found.get("median_s", math.nan), 30.0, "번호의 목록을 디코딩할 때의 median_s", {})
    _number(found.get("texts_per_s", math.nan), 0.1, "번호의 목록을 디코딩할 때의 texts_per_s", {})
    _number(found.get("bytes_per_s", math.nan), 0.0, "번호의 목록을 디코딩할 때의 bytes_per_s", {})

"""Public checks of WordPiece, Korean and the measures. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import math
import unicodedata

import pytest

from course_lib.kit import expect
from course_lib.kit.korean import josa

HAND_TEXT = ["사과 사과 사과 사과 사과", "사과나무 사과나무", "나무 나무 나무", "사람 사람"]
TRAINED = tuple[dict[str, int], list[tuple[str, str]]]


def _close(actual, right, given):
    if not math.isclose(actual, right, rel_tol=1e-6, abs_tol=1e-9):
        expect.fail(f"{given}에서 {josa(f'{actual:.6g}', '이/가')} 나왔습니다. 기대한 값은 {right:.6g}입니다.")


def number_of(student, name, arguments):
    return float(getattr(student, name)(*arguments))


# -- wordpiece --------------------------------------------------------------------------------------------------------


@pytest.mark.grades("wp-score", hint=("쌍의 횟수를 두 토큰의 횟수의 곱으로 나눕니다.", "c_ab / (c_a * c_b)"))
def test_score_of_the_hand_example(submission):
    """(7, 9, 7)의 점수는 1/9이고, 같은 분수는 같은 점수입니다."""
    for counts, right in (((7, 9, 7), 1 / 9), ((2, 7, 2), 1 / 7), ((6, 2, 3), 1.0), ((12, 4, 3), 1.0)):
        _close(submission.run(number_of, name="wordpiece_score", arguments=list(counts), returns=float), right, f"wordpiece_score{counts}")


@pytest.mark.grades("wp-nll", hint=("토큰의 횟수를 세고 확률로 바꾸세요.", "-Σ c ln(c / N)"))
def test_loss_of_the_hand_example(submission):
    """손 예제의 손실은 45.79나트이고, 빈 코퍼스는 0입니다."""
    hand = {("사", "##과"): 5, ("사", "##과", "##나", "##무"): 2, ("나", "##무"): 3, ("사", "##람"): 2}
    right = -sum(count * math.log(count / 28) for count in (9, 7, 5, 3, 2, 2))
    _close(submission.call("unigram_nll", hand, returns=float), right, "손 예제")
    _close(submission.call("unigram_nll", {}, returns=float), 0.0, "빈 코퍼스")


@pytest.mark.grades(
    "wp-train", hint=("점수가 가장 높은 쌍을 고릅니다.", "##나는 언제나 ##무 앞에 옵니다.", "토큰의 횟수를 병합할 때마다 다시 세세요.")
)
def test_wordpiece_of_the_hand_example(submission):
    """손 예제의 첫 병합은 점수가 0.2인 두 쌍 가운데 하나이고, 알파벳에 ##가 붙은 글자가 있습니다."""
    vocab, merges = submission.call("train_wordpiece", HAND_TEXT, 8, ["[UNK]"], 2, returns=TRAINED)
    letters = ["[UNK]", "##과", "##나", "##람", "##무", "나", "사"]
    expect.equal(
        {token: number for token, number in vocab.items() if number < 7},
        {t: n for n, t in enumerate(letters)},
        given="알파벳의 번호",
        show_expected=True,
    )
    if merges[:1] not in ([("##나", "##무")], [("나", "##무")]):
        expect.fail(f"첫 병합이 {merges[:1]}입니다. 점수가 가장 높은 쌍은 (##나, ##무)와 (나, ##무)입니다.")
    expect.equal(len(merges), 1, given="vocab_size=8일 때 병합의 수", show_expected=True)


@pytest.mark.grades(
    "wp-train",
    hint=(
        "어느 쌍이 후보인지 찍어 보세요.",
        "min_frequency번보다 적게 나온 쌍은 후보에서 먼저 빼고, 남은 쌍의 점수를 견줍니다.",
        "후보가 남지 않으면 어휘가 다 차지 않아도 멈춥니다.",
    ),
)
def test_rare_pairs_are_no_candidates(submission):
    """min_frequency=3이면 (나, ##무) 다음에 (사, ##과)를 병합하고, 후보가 남지 않아 멈춥니다."""
    _, merges = submission.call("train_wordpiece", HAND_TEXT, 99, ["[UNK]"], 3, returns=TRAINED)
    known = {"드문 쌍에서 멈춤": ([], "점수가 가장 높은 쌍이 드물다고 멈추었습니다. 드문 쌍은 후보에서 먼저 뺍니다.")}
    expect.equal(
        merges,
        [("나", "##무"), ("사", "##과")],
        given="train_wordpiece(HAND_TEXT, 99, ['[UNK]'], 3)의 병합",
        known=known,
        show_expected=True,
    )


def wordpiece(student, texts, ids):
    vocab = {"[UNK]": 0, "사": 1, "사과": 2, "##나": 3, "##나무": 4, "!": 5}
    tokenizer = student.WordPieceTokenizer(vocab, "[UNK]")
    return [tokenizer.encode(text) for text in texts], [tokenizer.decode(numbers) for numbers in ids]


@pytest.mark.grades(
    "wp-encode", hint=("가장 긴 조각부터 찾습니다.", "둘째 조각부터 ##를 붙입니다.", "하나라도 없으면 단어 전체가 [UNK]입니다.")
)
def test_wordpiece_encoding(submission):
    """'사과나무'는 사과, ##나무이고, '사과뷁'과 101글자 단어는 [UNK] 하나이며, 디코딩은 조각을 붙입니다."""
    texts = ["사과나무", "사과뷁 사", "나무", "사" + "나" * 100]
    found = submission.run(wordpiece, texts=texts, ids=[[2, 4, 5], [1, 0]], returns=tuple[list[list[int]], list[str]])
    expect.equal(found[0], [[2, 4], [0, 1], [0], [0]], given=str([*texts[:3], "101글자"]), show_expected=True)
    expect.equal(found[1], ["사과나무 !", "사 [UNK]"], given="[[2, 4, 5], [1, 0]]의 디코딩", show_expected=True)


# -- korean -----------------------------------------------------------------------------------------------------------


def jamo(student, texts):
    return [(student.decompose_jamo(text), student.compose_jamo(student.decompose_jamo(text))) for text in texts]


@pytest.mark.grades("ko-jamo", hint=("divmod를 두 번 쓰세요.", "홀로 쓴 ㅋ은 그대로 둡니다.", "조합용 자모만 모읍니다."))
def test_jamo_of_small_texts(submission):
    """'한'이 풀렸다가 돌아오고, ㅋㅋ와 다른 문자는 그대로입니다."""
    texts = ["한", "값어치", "ㅋㅋ ㄱㅏ 가", "\u212b \uf914 abc"]
    for text, (pieces, back) in zip(texts, submission.run(jamo, texts=texts, returns=list[tuple[str, str]]), strict=True):
        if back != text and back == unicodedata.normalize("NFC", text):
            points = " ".join(f"U+{ord(letter):04X}" for letter in text if letter not in back)
            expect.fail(f"{josa(points, '이/가')} 다른 글자로 바뀌었습니다. 글 전체를 정규화하지 말고 음절만 푸세요.", "글 전체를 정규화")
        expect.equal(back, text, given=f"compose_jamo({pieces!r})", show_expected=True)
        if any("가" <= letter <= "힣" for letter in pieces):
            expect.fail(f"decompose_jamo({text!r})에 풀지 않은 음절이 남았습니다: {pieces!r}")


@pytest.mark.grades("ko-eojeol", hint=("빈칸도 조각입니다.", "앞뒤의 빈칸도 남깁니다."))
def test_eojeol_of_small_texts(submission):
    """이으면 원래 글이고, 빈칸이 아닌 것은 text.split()과 같습니다."""
    for text in ("나는  밥을\n먹었다.", " 앞뒤 ", ""):
        parts = submission.call("split_eojeol", text, returns=list[str])
        expect.equal("".join(parts), text, given=f"split_eojeol({text!r})을 이은 것", show_expected=True)
        expect.equal(
            [part for part in parts if not part.isspace()], text.split(), given=f"split_eojeol({text!r})의 어절", show_expected=True
        )
        expect.equal(submission.call("join_eojeol", parts, returns=str), text, given="join_eojeol", show_expected=True)


def units(student, text):
    found = [(m.form, m.start, m.end) for m in student.morphemes(text)]
    return found, {unit: list(student.segment(text, unit)) for unit in ("eojeol", "morpheme", "syllable", "jamo")}


@pytest.mark.grades(
    "ko-segment",
    hint=("kiwi().tokenize(text)의 자리를 옮기세요.", "시작과 끝의 자리에서 글을 자릅니다.", "했다의 하와 었은 같은 자리입니다."),
)
def test_units_of_a_sentence(submission):
    """'공부를 했다'의 형태소와 네 단위의 조각이 맞습니다."""
    text = "공부를 했다"
    found, pieces = submission.run(units, text=text, returns=tuple[list[tuple[str, int, int]], dict[str, list[str]]], timeout=120)
    expect.equal(found, [("공부", 0, 2), ("를", 2, 3), ("하", 4, 5), ("었", 4, 5), ("다", 5, 6)], given=text, show_expected=True)
    expect.equal(pieces["morpheme"], ["공부", "를", " ", "했", "다"], given=f"segment({text!r}, 'morpheme')", show_expected=True)
    expect.equal(pieces["eojeol"], ["공부를", " ", "했다"], given=f"segment({text!r}, 'eojeol')", show_expected=True)
    expect.equal(pieces["syllable"], list(text), given=f"segment({text!r}, 'syllable')", show_expected=True)


def korean(student, corpus, unit, texts):
    tokenizer = student.KoreanTokenizer(student.train_pieces(corpus, 260, unit), unit)
    return [(list(tokenizer.encode(text)), tokenizer.decode(tokenizer.encode(text))) for text in texts]


@pytest.mark.grades(
    "ko-tokenizer", hint=("어휘에 없는 조각은 바이트로 적습니다.", "조각의 번호는 256부터입니다.", "자모는 디코딩할 때 모읍니다.")
)
def test_korean_tokenizer_is_lossless(submission):
    """음절 단위의 번호가 맞고, 어떤 단위에서든 원래 글로 돌아옵니다. 같은 횟수의 조각은 문자열 순서입니다."""
    ranked = submission.call("train_pieces", ["나가 나가 다"], 259, "syllable", returns=list[str])
    expect.equal(ranked, [" ", "가", "나"], given="train_pieces(['나가 나가 다'], 259, 'syllable')", show_expected=True)
    corpus, texts = ["가나가나가 나다"], ["가나", "뷁 가", "ㄱㅏ  🙂\n"]
    for unit in ("syllable", "eojeol", "jamo"):
        found = submission.run(korean, corpus=corpus, unit=unit, texts=texts, returns=list[tuple[list[int], str]])
        for text, (ids, back) in zip(texts, found, strict=True):
            expect.equal(back, text, given=f"{unit}: decode({ids})", show_expected=True)
        if unit == "syllable":
            expect.equal(found[0][0], [256, 257], given="'가나'의 음절 번호", show_expected=True)


# -- measures ---------------------------------------------------------------------------------------------------------


def ratios(student, table, special_ids):
    return {name: float(getattr(student, name)(table.__getitem__, list(table), special_ids)) for name in ("bytes_per_token", "fertility")}


@pytest.mark.grades("cmp-ratio", hint=("합의 비율입니다.", "바이트는 len(text.encode('utf-8'))입니다."))
def test_ratios_of_a_table(submission):
    """두 글의 토큰당 바이트는 12/10, 어절당 토큰은 10/5이고, 특수 토큰은 세지 않습니다."""
    table = {"가": [5], "a b cd ef": [6, 7, 8, 9, 10, 11, 12, 13, 1]}
    found = submission.run(ratios, table=table, special_ids=[], returns=dict[str, float])
    _close(found["bytes_per_token"], 12 / 10, "bytes_per_token")
    _close(found["fertility"], 10 / 5, "fertility")
    _close(
        submission.run(ratios, table=table, special_ids=[1], returns=dict[str, float])["bytes_per_token"],
        12 / 9,
        "특수 토큰 1을 뺀 bytes_per_token",
    )


@pytest.mark.grades("cmp-oov", hint=("type은 서로 다른 조각만 봅니다.", "조각이 없으면 0.0입니다."))
def test_oov_of_small_pieces(submission):
    """밥을 세 번과 뷁을 한 번에서 type은 1/2, token은 1/4입니다."""
    pieces = ["밥을", "밥을", "밥을", "뷁을"]
    for level, right in (("type", 0.5), ("token", 0.25)):
        _close(submission.call("oov_rate", pieces, ["밥을", "물을"], level, returns=float), right, f"level={level!r}")
    _close(submission.call("oov_rate", [], ["밥을"], returns=float), 0.0, "빈 목록")


def timed(student, texts, costs):
    state = {"now": 5.0, "calls": 0}

    def fn(_):
        state["now"] += costs[min(state["calls"] // len(texts), len(costs) - 1)]
        state["calls"] += 1

    return student.benchmark(fn, texts, 3, lambda: state["now"])


@pytest.mark.grades("cmp-benchmark", hint=("첫 번째는 예열이라 재지 않습니다.", "중앙값을 씁니다.", "statistics.median"))
def test_benchmark_on_a_clock_of_ours(submission):
    """가짜 시계에서 예열 100초를 빼고 4, 2, 12초의 중앙값인 4초가 나옵니다."""
    found = submission.run(timed, texts=["가", "ab"], costs=[50.0, 2.0, 1.0, 6.0], returns=dict[str, float])
    for name, right in {"median_s": 4.0, "texts_per_s": 0.5, "bytes_per_s": 1.25}.items():
        _close(found.get(name, math.nan), right, name)

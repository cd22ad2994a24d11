"""Hidden checks of the experiments on merges, units and OOV: tables are claims, and conclusions have to follow from them."""

from __future__ import annotations

import pytest

from autograder import claims
from course_lib.kit import expect, world
from course_lib.tokenizers.judging import direction

UNITS = ("eojeol", "morpheme", "syllable", "jamo")
TOKENIZERS, SIZES = ("word", "bpe", "wordpiece", "byte-bpe"), (2_500, 3_200, 4_000)
TRAIN_BYTES, MERGE_BYTES, TEST_BYTES, STEPS = 160_000, 20_000, 10_000, 20
PACK_HINT = (
    "표를 만드는 셀을 끝까지 실행했나요?",
    "PROFILE을 'cpu'로 두세요.",
    "제출할 때는 python -m course_lib.kit pack을 실행하고 pack 폴더를 함께 냅니다.",
)
AGAIN_HINT = ("표는 제출한 코드로 만든 것이어야 합니다.", "코드를 고쳤다면 pack을 다시 실행하세요.")
CLAIM_HINT = ("표의 수를 다시 읽어 보세요.", "행의 번호는 표에 출력된 번호입니다.")


# -- exp-merges -------------------------------------------------------------------------------------------------------


def _merges(submission, evidence):
    submission.call(
        "merge_conclusions", [{"method": m, "piece": "가", "count": 2} for m in ("bpe", "wordpiece")], returns=dict[str, object]
    )
    rows = claims.table(evidence, "merges", {"method": str, "piece": str, "count": int, "step": int}, 2 * STEPS)
    return rows, {method: [row for row in rows if row["method"] == method] for method in ("bpe", "wordpiece")}


@pytest.mark.grades("exp-merges", hint=AGAIN_HINT)
def test_merges_agree(submission, evidence):
    """표의 첫 병합들을 제출한 코드로 다시 계산하면 같습니다."""
    rows, _ = _merges(submission, evidence)
    lines = world.lines(MERGE_BYTES, evidence.seed)
    again = submission.call("merge_rows", lines, STEPS, returns=list[dict[str, object]], timeout=60)
    for number, (row, fresh) in enumerate(zip(rows, again, strict=False)):
        if {name: row.get(name) for name in fresh} != fresh:
            expect.fail(
                f"표 merges의 {number}번 행은 {expect.show(row)}인데 다시 계산하면 {expect.show(fresh)}입니다.", "다시 계산한 값과 다름"
            )
    if len(again) != len(rows):
        expect.fail("다시 계산한 병합의 수가 표와 다릅니다.", "다시 계산한 값과 다름")


@pytest.mark.grades("exp-merges", hint=CLAIM_HINT)
def test_merge_conclusions(submission, evidence):
    """자카드 유사도와 더 드문 쌍을 고르는 방법이 표에서 나온 것과 같습니다."""
    _, of = _merges(submission, evidence)
    pieces = {method: {row["piece"] for row in rows} for method, rows in of.items()}
    counts = {method: sum(row["count"] for row in rows) for method, rows in of.items()}
    shared, every = pieces["bpe"] & pieces["wordpiece"], pieces["bpe"] | pieces["wordpiece"]
    claims.conclusion(evidence, "overlap", {"jaccard": len(shared) / max(len(every), 1)})
    claims.conclusion(evidence, "rarer", {"method": min(counts, key=counts.get)})


# -- exp-units --------------------------------------------------------------------------------------------------------


def _units(submission, evidence):
    submission.call("unit_conclusions", [{"unit": "jamo", "pieces_per_word": 2.0}], returns=dict[str, object])
    rows = claims.table(evidence, "units", {"unit": str, "pieces": int, "words": int, "pieces_per_word": float, "seed": int}, len(UNITS))
    if {row["unit"] for row in rows} != set(UNITS):
        expect.fail(f"표 units에 네 단위가 모두 있지 않습니다: {[row['unit'] for row in rows]}")
    return rows


@pytest.mark.grades("exp-units", hint=AGAIN_HINT)
def test_units_agree(submission, evidence):
    """표의 조각 수를 제출한 코드로 다시 계산하면 같습니다."""
    for row in _units(submission, evidence):
        lines = world.lines(TEST_BYTES, row["seed"] + 1, "test")
        again = submission.call("unit_row", row["unit"], lines, returns=dict[str, object], timeout=90)
        for name in ("pieces", "words"):
            if again.get(name) != row[name]:
                said = f"표에는 {row[name]}, 다시 계산하면 {expect.show(again.get(name))}입니다."
                expect.fail(f"{row['unit']}의 {name}: {said}", "다시 계산한 값과 다름")
        expect.close(row["pieces_per_word"], row["pieces"] / max(row["words"], 1), tolerance=1e-6, given=f"{row['unit']}의 pieces_per_word")


@pytest.mark.grades("exp-units", hint=CLAIM_HINT)
def test_unit_conclusion(submission, evidence):
    """단위의 순서가 표에서 나온 것과 같습니다."""
    rows = _units(submission, evidence)
    claims.conclusion(evidence, "units", {"rows": sorted(range(len(rows)), key=lambda number: rows[number]["pieces_per_word"])})


# -- exp-compare ------------------------------------------------------------------------------------------------------

COMPARED = {"tokenizer": str, "vocab_size": int, "seed": int, "tokens": int}
COMPARED |= dict.fromkeys(("bytes_per_token", "fertility", "oov_type", "oov_token"), float)
SPEED = {"tokenizer": str, "task": str, "median_s": float, "texts_per_s": float, "texts": int}


def row_of_table(student, words, texts):
    return student.comparison_row(student.WordTokenizer(words).encode, 0, texts)


def row_of_reversal(student, texts):
    tokenizer = student.BPETokenizer({"[UNK]": 0, "가": 1, "나": 2}, [], "[UNK]")
    return student.comparison_row(tokenizer.encode, 0, texts)


def _compared(submission, evidence):
    submission.run(row_of_table, words=["가"], texts=["가 나"], returns=dict[str, float])
    rows = claims.table(evidence, "compare", COMPARED, len(TOKENIZERS) * len(SIZES))
    if {(row["tokenizer"], row["vocab_size"]) for row in rows} != {(name, size) for name in TOKENIZERS for size in SIZES}:
        expect.fail("표 compare에 토크나이저 넷과 어휘 크기 셋이 모두 있지 않습니다.")
    return rows


@pytest.mark.grades(
    "exp-compare",
    weight=2,
    hint=("단어마다 인코딩해 unk_id가 있는지 봅니다.", "측정 함수들을 그대로 쓰세요.", "oov_rate(words, known, level)"),
)
def test_comparison_rows(submission, rng):
    """작은 예에서 행의 값이 맞습니다."""
    texts = ["가나 가나 뷁 가뷁", "나  가뷁 나"] * int(rng.integers(1, 4))
    right = {"oov_type": 0.5, "oov_token": 3 / 7, "fertility": 11 / 7}
    found = submission.run(row_of_reversal, texts=texts, returns=dict[str, float])
    for name, value in right.items():
        known = {
            "훈련한 글에서 잼": (0.0, "OOV가 0입니다. 훈련한 글에서 재면 언제나 0에 가깝습니다. 시험 글의 단어를 보아야 합니다."),
            "조각의 비율": (3 / 11, "단어가 아니라 토큰의 비율입니다."),
            "글마다 잰 OOV의 평균": (5 / 12, "글마다 나눈 비율의 평균입니다. 합의 비율이어야 합니다."),
            "글마다 잰 fertility의 평균": (37 / 24, "글마다 나눈 비율의 평균입니다. 합의 비율이어야 합니다."),
        }
        if abs(found.get(name, -1.0) - value) > 1e-9:
            said = next((said for wrong, said in known.values() if abs(found.get(name, -1.0) - wrong) < 1e-9), "")
            expect.fail(f"{said} 입력 {texts[:2]}의 {name}이(가) {expect.show(found.get(name))}입니다.".strip())


@pytest.mark.grades("exp-compare", hint=(*PACK_HINT[:2], AGAIN_HINT[1]))
def test_compared_cells_agree(submission, evidence):
    """표 compare가 완전하고, 단어 토크나이저의 칸을 제출한 코드로 다시 계산하면 같습니다. 표 speed의 값은 서로 맞습니다."""
    rows = _compared(submission, evidence)
    from collections import Counter

    from course_lib.kit.text import pretokenize

    for row in rows:
        if row["tokenizer"] != "word":
            continue
        lines = world.lines(TRAIN_BYTES, row["seed"])
        words = [word for word, _ in Counter(word for line in lines for word in pretokenize(line)).most_common(row["vocab_size"] - 1)]
        texts = world.lines(TEST_BYTES, row["seed"] + 1, "test")
        again = submission.run(row_of_table, words=words, texts=texts, returns=dict[str, float], timeout=60)
        for name, value in again.items():
            if not abs(value - row.get(name, -1.0)) <= 1e-6:
                said = f"표에는 {expect.show(row.get(name))}, 다시 계산하면 {value:.6g}입니다."
                expect.fail(f"단어 토크나이저, 어휘 {row['vocab_size']}의 {name}: {said}", "다시 계산한 값과 다름")
    for row in claims.table(evidence, "speed", SPEED, 6):
        if row["median_s"] < 0 or abs(row["texts_per_s"] * row["median_s"] - (row["texts"] if row["median_s"] > 0 else 0)) > 1e-3:
            expect.fail(f"표 speed의 값이 서로 맞지 않습니다: {expect.show(row)}")


@pytest.mark.grades("exp-compare", hint=CLAIM_HINT)
def test_comparison_conclusions(submission, evidence):
    """OOV의 결론이 표에서 나온 것과 같습니다."""
    rows = _compared(submission, evidence)
    numbers = sorted((n for n, row in enumerate(rows) if row["tokenizer"] == "word"), key=lambda n: rows[n]["vocab_size"])
    largest = rows[numbers[-1]]
    claims.conclusion(evidence, "oov", {"rows": numbers, "direction": direction([rows[n]["oov_token"] for n in numbers])})
    claims.conclusion(evidence, "levels", {"rows": numbers[-1:], "direction": direction([largest["oov_type"], largest["oov_token"]])})

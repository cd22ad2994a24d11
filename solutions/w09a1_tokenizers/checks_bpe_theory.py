"""Hidden checks of theory and experiment on BPE. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest

from autograder import claims
from course_lib.kit import corpora, expect, theory
from course_lib.tokenizers import train_bpe
from course_lib.tokenizers.judging import answer, direction, gains, pair_in, tokens_after
from course_lib.tokenizers.misconceptions import wrong_trainings
from course_lib.tokenizers.trials import word_counts

TRAINED = tuple[dict[str, int], list[tuple[str, str]]]


# -- theory -----------------------------------------------------------------------------------------------------------


def _trace(submission):
    table = corpora.word_table(theory.params(submission.student, "theory-trace"))
    words = {tuple(word): n for word, n in table.items()}
    corpus = [word for word, n in table.items() for _ in range(n)]
    size = len({letter for word in table for letter in word}) + 3
    return table, words, corpus, size


@pytest.mark.grades(
    "theory-trace",
    hint=("횟수를 곱해 쌍을 모두 세세요.", "두 번 병합한 다음의 표에서 다시 셉니다.", "동점이면 번호의 쌍이 작은 것을 고릅니다."),
)
def test_third_merge(submission):
    """세 번째로 병합하는 쌍이 맞습니다."""
    table, _, corpus, size = _trace(submission)
    third = pair_in(answer(submission, "answer_trace", table), "third_merge")
    right = train_bpe(corpus, size, min_frequency=1)[1]
    known = {name: (wrong[1][2], said) for name, (wrong, said) in wrong_trainings(corpus, size, frequency=1).items() if len(wrong[1]) > 2}
    known |= {
        f"{place} 병합": (pair, f"{place}로 병합하는 쌍을 적었습니다.") for place, pair in zip(("첫 번째", "두 번째"), right, strict=False)
    }
    expect.equal(third, right[2], given="세 번째 병합", known={n: k for n, k in known.items() if k[0] != right[2]})


@pytest.mark.grades(
    "theory-trace",
    hint=("병합할 때마다 토큰이 몇 개 줄어드나요?", "줄어드는 수는 겹치지 않는 자리의 수입니다.", "단어의 횟수를 곱해 더하세요."),
)
def test_tokens_after_three_merges(submission):
    """세 번 병합한 다음의 토큰 수가 맞습니다."""
    table, words, corpus, size = _trace(submission)
    merges = train_bpe(corpus, size, min_frequency=1)[1]
    right, types = tokens_after(words, merges)
    before, _ = tokens_after(words, [])
    known = {
        "횟수를 곱하지 않음": (types, "단어가 나온 횟수를 곱하지 않고 토큰을 세었습니다."),
        "병합하기 전": (before, "병합하기 전의 토큰 수입니다."),
        "두 번만 병합": (tokens_after(words, merges[:2])[0], "병합을 두 번만 한 토큰 수입니다."),
    }
    theory.check_number(answer(submission, "answer_trace", table).get("tokens"), right, name="tokens", known=known)


def _run_numbers(submission):
    numbers = theory.params(submission.student, "theory-run")
    return int(numbers.integers(7, 16)), int(numbers.integers(3, 10))


@pytest.mark.grades("theory-run", hint=("ㅋㅋㅋ에는 (ㅋ, ㅋ)가 몇 번 있나요?", "겹쳐서 셉니다.", "(n - 1) · c"))
def test_pairs_in_a_run(submission):
    """n번 이어진 글자의 쌍의 횟수가 맞습니다."""
    length, count = _run_numbers(submission)
    known = {
        "겹치지 않게 셈": (length // 2 * count, "겹치지 않는 자리만 세었습니다. 셀 때는 겹쳐서 셉니다."),
        "글자의 수": (length * count, "쌍이 아니라 글자를 세었습니다."),
        "횟수를 곱하지 않음": (length - 1, "단어가 나온 횟수를 곱하지 않았습니다."),
    }
    theory.check_number(answer(submission, "answer_run", length, count).get("pairs"), (length - 1) * count, name="pairs", known=known)


@pytest.mark.grades(
    "theory-run", hint=("ㅋㅋㅋ을 병합하면 무엇이 되나요?", "짝이 없는 하나는 그대로 남습니다.", "n을 2로 나누어 올립니다.")
)
def test_tokens_of_a_run(submission):
    """한 번 병합한 다음의 토큰 수가 맞습니다."""
    length, count = _run_numbers(submission)
    known = {
        "쌍의 횟수만큼 줄임": (count, "쌍의 횟수만큼 토큰이 줄어든다고 여겼습니다. 겹치는 자리는 함께 병합할 수 없습니다."),
        "내림": (length // 2 * count, "짝이 없는 마지막 글자를 빠뜨렸습니다."),
        "횟수를 곱하지 않음": (length - length // 2, "단어가 나온 횟수를 곱하지 않았습니다."),
    }
    right = (length - length // 2) * count
    known = {name: pair for name, pair in known.items() if pair[0] != right}
    theory.check_number(answer(submission, "answer_run", length, count).get("tokens"), right, name="tokens", known=known)


def _prediction(submission, upstream):
    """The lines, the number of the repeated one, and what happens then: by the student's own code, or by the reference's record."""
    lines, repeated = corpora.repeated_line(theory.params(submission.student, "theory-predict"))
    changed = [*lines, lines[repeated]]
    first = upstream(lambda: train_bpe(changed, 99, (), 1)[1][0])
    if first is None:
        first, before = (
            next(iter(submission.call("train_bpe", corpus, 99, [], 1, "smallest_ids", returns=TRAINED)[1]), None)
            for corpus in (changed, lines)
        )
        if first is None or first == before:
            expect.fail("여러분의 train_bpe는 이 코퍼스에서 한 줄이 두 번 있어도 첫 병합이 달라지지 않습니다. 먼저 train_bpe를 확인하세요.")
    return lines, repeated, first, word_counts(changed)


@pytest.mark.grades(
    "theory-predict", hint=("두 번 있는 줄의 단어는 횟수가 두 배입니다.", "쌍을 다시 세어 보세요.", "가장 잦은 쌍이 바뀝니다.")
)
def test_predicted_first_merge(submission, upstream):
    """예측한 첫 병합이 여러분의 코드를 실행한 결과와 같습니다."""
    lines, repeated, first, _ = _prediction(submission, upstream)
    predicted = pair_in(answer(submission, "answer_predict", lines, repeated), "first_merge")
    unchanged = {"줄이 한 번일 때": (train_bpe(lines, 99, (), 1)[1][0], "줄이 한 번만 있을 때의 병합입니다.")}
    expect.equal(predicted, first, given="한 줄이 두 번 있는 코퍼스", known=unchanged)


@pytest.mark.grades(
    "theory-predict",
    hint=("두 번 있는 줄의 토큰도 두 번 셉니다.", "병합 하나가 줄이는 토큰의 수를 빼세요.", "병합하기 전의 토큰 수 - 병합한 자리의 수"),
)
def test_predicted_tokens(submission, upstream):
    """예측한 토큰 수가 그 병합을 실행한 결과와 같습니다."""
    lines, repeated, first, words = _prediction(submission, upstream)
    right, _ = tokens_after(words, [first])
    once = word_counts(lines)
    known = {
        "병합하기 전": (tokens_after(words, [])[0], "병합하기 전의 토큰 수입니다."),
        "줄을 한 번만 셈": (tokens_after(once, [first])[0], "두 번 있는 줄의 토큰을 한 번만 세었습니다."),
    }
    theory.check_number(answer(submission, "answer_predict", lines, repeated).get("tokens"), right, name="tokens", known=known)


# -- exp-vocab --------------------------------------------------------------------------------------------------------

LANGUAGES, KILOBYTES, SIZES, TEST_BYTES = ("ko", "en"), (10, 80), (500, 1_000, 2_000), 10_000
COLUMNS = {"language": str, "kilobytes": int, "vocab_size": int, "seed": int}
COLUMNS |= {"tokens": int, "bytes": int, "bytes_per_token": float, "characters": int, "merges": int}
PACK_HINT = (
    "표를 만드는 셀을 끝까지 실행했나요?",
    "PROFILE을 'cpu'로 두세요.",
    "제출할 때는 터미널에서 python -m course_lib.kit pack을 실행하고 pack 폴더를 함께 냅니다.",
)


def _rows(submission, evidence):
    """The student's rows by language, kilobytes and size, each with its number in the table.

    Fails unless all are there, and unless the notebook can measure at all: a table counts only beside the code that makes one.
    """
    submission.call("vocab_rows", ["가나 가나"], ["가나"], [4], returns=list[dict[str, int | float]])
    rows = {}
    for number, row in enumerate(claims.table(evidence, "vocab", COLUMNS)):
        rows[row["language"], row["kilobytes"], row["vocab_size"]] = {**row, "number": number}
    wanted = [(language, kilobytes, size) for language in LANGUAGES for kilobytes in KILOBYTES for size in SIZES]
    if missing := [setting for setting in wanted if setting not in rows]:
        expect.fail(f"표 vocab에 빠진 조건이 있습니다: {expect.show(missing)}")
    return {setting: rows[setting] for setting in wanted}


def _seed(rows):
    return next(iter(rows.values()))["seed"]


@pytest.mark.grades("exp-vocab", hint=PACK_HINT)
def test_the_table_is_complete(submission, evidence):
    """표에 모든 조건이 있고, 토큰당 바이트가 시험 글의 바이트 수와 토큰 수의 비입니다."""
    rows = _rows(submission, evidence)
    for language in LANGUAGES:
        test = corpora.lines(language, TEST_BYTES, _seed(rows) + 1)
        size, characters = sum(len(text.encode()) for text in test), sum(map(len, test))
        for (spoken, kilobytes, vocab_size), row in rows.items():
            if spoken != language:
                continue
            where = f"{language} {kilobytes} KB, 어휘 {vocab_size}"
            known = {"글자 수를 바이트로": (characters, "바이트가 아니라 글자를 세었습니다.")} if characters != size else None
            expect.equal(row["bytes"], size, given=f"{where}의 bytes", known=known)
            if not 0 < row["tokens"] <= row["bytes"]:
                expect.fail(f"{where}: 토큰 수 {row['tokens']}이(가) 있을 수 없는 값입니다.")
            expect.close(row["bytes_per_token"], size / row["tokens"], tolerance=1e-6, given=f"{where}의 bytes_per_token")


@pytest.mark.grades(
    "exp-vocab",
    weight=2,
    hint=(
        "표는 제출한 코드로 만든 것이어야 합니다.",
        "코드를 고쳤다면 pack을 다시 실행하세요.",
        "한 번 훈련해서 앞의 병합만 남겼는지 보세요.",
    ),
)
def test_sampled_cells_agree(submission, evidence, record):
    """표에서 뽑은 칸을 제출한 코드로 같은 조건에서 다시 계산하면 같은 값이 나옵니다."""
    rows = _rows(submission, evidence)
    seed = _seed(rows)
    for language, sizes in (("ko", list(SIZES[:2])), ("en", [SIZES[0]])):
        train, test = corpora.lines(language, KILOBYTES[0] * 1_000, seed), corpora.lines(language, TEST_BYTES, seed + 1)
        again = submission.call("vocab_rows", train, test, sizes, returns=list[dict[str, int | float]], timeout=60)
        if [row.get("vocab_size") for row in again] != sizes:
            expect.fail(f"vocab_rows(train, test, {sizes})의 행이 그 크기의 차례대로가 아닙니다: {expect.show(again)}")
        for size, row in zip(sizes, again, strict=True):
            where = f"{language} {KILOBYTES[0]} KB, 어휘 {size}"
            if row.get("bytes") == sum(map(len, test)) and language == "ko":
                expect.fail(f"{where}: 다시 계산한 bytes가 바이트가 아니라 글자의 수입니다.", "글자 수를 바이트로")
            for name in ("merges", "tokens", "bytes", "bytes_per_token"):
                if not abs(row.get(name, -1) - (claimed := rows[language, KILOBYTES[0], size][name])) <= 1e-6:
                    said = f"표에는 {claimed:.6g}, 다시 계산하면 {expect.show(row.get(name))}입니다."
                    expect.fail(f"{where}의 {name}: {said}", "다시 계산한 값과 다름")
    reached = rows["ko", KILOBYTES[1], SIZES[2]]["bytes_per_token"]
    record.metric("bytes-per-token", reached, "바이트", title=f"한국어 토큰당 바이트 (BPE, 어휘 {SIZES[2]:,})", better="higher")


@pytest.mark.grades(
    "exp-vocab", weight=2, hint=("결론마다 행과 방향을 적습니다.", "방향은 행을 적은 순서대로 봅니다.", "표의 수를 다시 읽어 보세요.")
)
def test_conclusions_follow_from_the_table(submission, evidence):
    """결론이 근거로 든 행이 맞고, 방향이 제출한 표의 수와 같습니다."""
    rows = _rows(submission, evidence)
    english = [rows["en", KILOBYTES[1], size] for size in SIZES]
    both = [rows[language, KILOBYTES[1], SIZES[2]] for language in LANGUAGES]
    per_token = [row["bytes_per_token"] for row in english]
    right = {
        "size": (english, direction(per_token)),
        "gain": (english, direction(gains(per_token))),
        "language": (both, direction([row["characters"] / max(row["tokens"], 1) for row in both])),
    }
    for name, (members, towards) in right.items():
        claim = evidence.conclusions.get(name)
        if not isinstance(claim, dict):
            expect.fail(f"`{name}` 결론이 없습니다.", "결론이 없음")
        expect.equal(claim.get("rows"), [row["number"] for row in members], given=f"결론 {name}의 rows")
        if claim.get("direction") != towards:
            expect.fail(f"결론 {name}의 방향 {expect.show(claim.get('direction'))}이(가) 표의 수와 다릅니다.", "표와 반대인 결론")

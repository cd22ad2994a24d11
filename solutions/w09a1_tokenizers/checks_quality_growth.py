"""Hidden checks of how the work grows beyond character-level BPE: bytes, WordPiece, Korean, the experiment."""

from __future__ import annotations

import pytest

from course_lib.kit import corpora, expect
from course_lib.tokenizers import train_byte_bpe
from course_lib.tokenizers.growth import steady_growth
from course_lib.tokenizers.korean import KoreanTokenizer, decompose_jamo
from course_lib.tokenizers.trials import distinct_words
from course_lib.tokenizers.wordpiece import train_wordpiece

TEXT_HINT = ("글 전체를 매번 다시 훑지 마세요.", "조각 하나의 일은 그 조각의 길이에만 달려야 합니다.")
TWICE = "글이 두 배일 때 {what}의 일이 {{ratio}}배가 되었습니다. 글의 길이의 제곱에 비례합니다."


@pytest.mark.grades("quality-growth", hint=TEXT_HINT)
def test_work_of_encoding_bytes(submission, rng):
    """글이 두 배로 길어지면 바이트 수준 인코딩의 일도 두 배쯤입니다."""
    words = distinct_words(rng, 40)
    options, said = train_byte_bpe([" ".join(words)], 300), TWICE.format(what="바이트 수준 인코딩")
    steady_growth(submission, "ByteBPETokenizer", (*options, " ".join(words[:20])), (*options, " ".join(words)), said, "글의 제곱")


# -- WordPiece --------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "quality-growth",
    hint=("병합마다 무엇을 다시 하는지 보세요.", "단어와 쌍을 한 번씩만 도세요.", "토큰의 횟수는 쌍마다가 아니라 병합마다 한 번 셉니다."),
)
def test_work_of_wordpiece_by_corpus(submission, rng):
    """단어의 가짓수가 두 배가 되면 WordPiece 훈련의 일도 두 배쯤입니다. 병합마다 처음부터 세어도 괜찮습니다."""
    words = distinct_words(rng, 40)
    said = "단어의 가짓수가 두 배일 때 WordPiece 훈련의 일이 {ratio}배가 되었습니다. 쌍마다 코퍼스를 다시 세고 있지 않은지 보세요."
    corpora_of_both = [[" ".join(words[:20])], [" ".join(words)]]
    small, large = ((corpus, len(train_wordpiece(corpus, 1)[0]) + 12, ["[UNK]"], 1) for corpus in corpora_of_both)
    steady_growth(submission, "train_wordpiece", small, large, said, "쌍마다 다시 셈")


@pytest.mark.grades(
    "quality-growth", hint=("같은 단어를 몇 번 다루나요?", "단어 빈도표를 만드세요.", "Counter로 센 다음 서로 다른 단어만 도세요.")
)
def test_work_of_wordpiece_by_repetition(submission, rng):
    """같은 글이 되풀이되어도 단어를 센 다음의 WordPiece 훈련의 일은 늘지 않습니다."""
    line = " ".join(distinct_words(rng, 40))
    said = "같은 글이 두 배로 되풀이되었을 뿐인데 WordPiece 훈련의 일이 {ratio}배가 되었습니다. 단어 빈도표를 쓰세요."
    arguments = ([line] * 4, 50, ["[UNK]"], 1), ([line] * 8, 50, ["[UNK]"], 1)
    steady_growth(submission, "train_wordpiece", *arguments, said, "나온 단어마다 되풀이", linear=1.0)


@pytest.mark.grades("quality-growth", hint=TEXT_HINT)
def test_work_of_wordpiece_encoding(submission, rng):
    """글이 두 배로 길어지면 WordPiece 인코딩의 일도 두 배쯤입니다."""
    words = distinct_words(rng, 80)
    vocab, _ = train_wordpiece([" ".join(words)], 120, ["[UNK]"], 1)
    said = TWICE.format(what="WordPiece 인코딩")
    steady_growth(submission, "WordPieceTokenizer", (vocab, " ".join(words[:40])), (vocab, " ".join(words)), said, "글의 제곱")


@pytest.mark.grades(
    "quality-growth",
    hint=("조각을 하나 찾을 때마다 처음부터 다시 하지 마세요.", "찾은 자리에서 이어 가세요.", "끝을 줄여 가며 찾는 일만 되풀이하세요."),
)
def test_work_of_a_long_word(submission, rng):
    """단어가 두 배로 길어지면 가장 긴 조각을 찾는 일은 네 배쯤입니다."""
    letters = [chr(0xAC00 + 588 * int(number)) for number in rng.permutation(19)[:6]]
    vocab = {token: number for number, token in enumerate(["[UNK]", *letters, *(f"##{letter}" for letter in letters)])}
    long = "".join(letters[int(number)] for number in rng.integers(0, 6, 96))
    said = "단어가 두 배로 길 때 인코딩의 일이 {ratio}배가 되었습니다. 조각마다 단어를 처음부터 다시 나누고 있지 않은지 보세요."
    steady_growth(submission, "WordPieceTokenizer", (vocab, long[:48]), (vocab, long), said, "처음부터 다시 나눔", linear=4.0)


# -- Korean -----------------------------------------------------------------------------------------------------------


def _lines(rng, size):
    return corpora.lines("ko", size, int(rng.integers(2**31)))


@pytest.mark.grades("quality-growth", hint=("조각을 어디에 모으나요?", "목록을 처음부터 찾지 마세요.", "Counter는 찾는 일이 한 번입니다."))
def test_work_of_korean_training(submission, rng):
    """글이 두 배가 되면 조각을 고르는 일도 두 배쯤입니다."""
    corpus = _lines(rng, 5_000)
    said = "글이 두 배일 때 train_pieces의 일이 {ratio}배가 되었습니다. 조각을 목록에서 하나씩 찾고 있지 않은지 보세요."
    small, large = (corpus[: len(corpus) // 2], 99_999, "eojeol"), (corpus, 99_999, "eojeol")
    steady_growth(submission, "train_pieces", small, large, said, "조각의 제곱")


@pytest.mark.grades("quality-growth", hint=TEXT_HINT)
@pytest.mark.parametrize("unit", ["eojeol", "jamo"])
def test_work_of_korean_encoding(submission, rng, unit):
    """글이 두 배로 길어지면 한국어 토크나이저의 일도 두 배쯤입니다."""
    lines = _lines(rng, 1_000)
    pieces = KoreanTokenizer.train(lines, 500, unit).pieces
    half, whole = " ".join(lines[: len(lines) // 2]), " ".join(lines)
    whole = whole[: 2 * len(half)]
    steady_growth(submission, "KoreanTokenizer", (pieces, unit, half), (pieces, unit, whole), TWICE.format(what="인코딩"), "글의 제곱")


@pytest.mark.grades(
    "quality-growth", hint=("조각의 번호를 어떻게 찾나요?", "사전은 한 번에 찾습니다.", "{조각: 번호}를 만들 때 한 번만 만드세요.")
)
def test_work_of_looking_up(submission, rng):
    """어휘가 두 배로 커져도 한국어 토크나이저가 글 하나를 인코딩하는 일은 그대로입니다."""
    pieces = KoreanTokenizer.train(_lines(rng, 6_000), 99_999, "eojeol").pieces
    text = " ".join(_lines(rng, 1_000))
    said = "어휘가 두 배일 때 같은 글을 인코딩하는 일이 {ratio}배가 되었습니다. 조각의 번호를 처음부터 찾고 있지 않은지 보세요."
    small, large = (pieces[: len(pieces) // 2], "eojeol", text), (pieces, "eojeol", text)
    steady_growth(submission, "KoreanTokenizer", small, large, said, "어휘를 처음부터 찾음", linear=1.0)


@pytest.mark.grades(
    "quality-growth", hint=("한 번 지나간 글자를 다시 보나요?", "앞에서부터 한 번만 지나가세요.", "re.sub은 한 번에 지나갑니다.")
)
@pytest.mark.parametrize("name", ["decompose_jamo", "compose_jamo"])
def test_work_of_jamo(submission, rng, name):
    """글이 두 배로 길어지면 자모를 풀고 모으는 일도 두 배쯤입니다."""
    text = "".join(_lines(rng, 1_000))
    half = len(text) // 2
    small, large = text[:half], text[: 2 * half]
    if name == "compose_jamo":
        small, large = decompose_jamo(small), decompose_jamo(large)
    steady_growth(submission, name, (small,), (large,), TWICE.format(what=name), "글의 제곱")


# -- the experiment ---------------------------------------------------------------------------------------------------


def trainings(student, train, test, sizes):
    """How often ``train_bpe`` begins while the rows are made, and how many rows there are."""
    import sys

    begun = [0]

    def profile(frame, event, argument):  # noqa: ARG001
        begun[0] += event == "call" and frame.f_code.co_name == "train_bpe"

    previous = sys.getprofile()
    sys.setprofile(profile)
    try:
        rows = student.vocab_rows(train, test, sizes)
    finally:
        sys.setprofile(previous)
    return begun[0], len(rows)


@pytest.mark.grades(
    "quality-growth",
    hint=("크기마다 다시 훈련하나요?", "작은 어휘는 큰 어휘의 앞부분입니다.", "한 번 가장 크게 훈련하고 앞의 병합만 남기세요."),
)
def test_rows_from_one_training(submission, rng):
    """vocab_rows는 크기가 여럿이어도 한 번만 훈련합니다."""
    lines = _lines(rng, 1_200)
    arguments = {"train": lines, "test": lines[:2], "sizes": [300, 310, 320]}
    times, rows = submission.run(trainings, **arguments, returns=tuple[int, int], timeout=60)
    if rows != 3:
        expect.fail("vocab_rows가 크기마다 행 하나를 돌려주지 않아 일의 양을 볼 수 없습니다. 구현을 먼저 마치세요.")
    if times > 1:
        expect.fail(f"크기 셋에 train_bpe를 {times}번 불렀습니다. 가장 큰 크기로 한 번만 훈련하고 앞의 병합만 남기세요.", "크기마다 훈련")

"""Hidden checks of quality. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import contextlib

import pytest

from autograder.review.readable import HINT, expect_readable, expect_works
from course_lib.kit.binding import StudentError
from course_lib.tokenizers import train_bpe
from course_lib.tokenizers.growth import steady_growth
from course_lib.tokenizers.landmarks import encoding_landmarks, training_landmarks
from course_lib.tokenizers.trials import distinct_words

SPECIALS = ["[UNK]", "[PAD]"]


# -- quality-static ---------------------------------------------------------------------------------------------------

PARTS = {
    "pairs": ("bpe-pairs", "bpe-merge"),
    "train": ("bpe-train",),
    "encode": ("bpe-encode",),
    "bytes": ("bpe-bytes",),
    "wordpiece": ("wp-",),
    "korean": ("ko-",),
    "measures": ("cmp-",),
    "experiment": ("exp-",),
}
DONE = {
    "pairs": [{("a", "b"): 2}, ("ab", "c")],
    "train": [("a", "b")],
    "encode": [[4, 3], "abc"],
    "bytes": "한 ab",
    "wordpiece": "ab a",
    "korean": "한  ab",
    "measures": [1.0, 0.5],
    "experiment": [4, 5],
}


def try_part(student, part):
    """What the part's code makes of a small example."""
    corpus = ["ab ab ab abc"]
    vocab, merges = {"[UNK]": 0, "a": 1, "b": 2, "c": 3, "ab": 4}, [("a", "b")]
    if part == "pairs":
        return [dict(student.count_pairs({("a", "b"): 2})), student.merge_pair(("a", "b", "c"), ("a", "b"))]
    if part == "train":
        return student.train_bpe(corpus, 4)[1]
    if part == "encode":
        tokenizer = student.BPETokenizer(vocab, merges, "[UNK]")
        return [tokenizer.encode("abc"), tokenizer.decode([4, 3])]
    if part == "bytes":
        tokenizer = student.ByteBPETokenizer(*student.train_byte_bpe(corpus, 258))
        return tokenizer.decode(tokenizer.encode("한 ab"))
    if part == "wordpiece":
        tokenizer = student.WordPieceTokenizer(student.train_wordpiece(corpus, 5)[0])
        return tokenizer.decode(tokenizer.encode("ab a"))
    if part == "korean":
        tokenizer = student.KoreanTokenizer(student.train_pieces(corpus, 258, "jamo"), "jamo")
        return tokenizer.decode(tokenizer.encode("한  ab"))
    if part == "measures":
        return [student.bytes_per_token(list, ["abc"]), student.oov_rate(["a", "b"], ["a"])]
    return [row["vocab_size"] for row in student.vocab_rows(corpus, corpus, [4, 5])]


def _of_part(review, part):
    """Findings in a part's cells, and in cells of no part."""
    others = tuple(prefix for name, prefixes in PARTS.items() if name != part for prefix in (*prefixes, "theory-", "bonus-"))
    return review.within([cell for cell in review.sources if not cell.removeprefix("solution-").startswith(others)])


@pytest.mark.grades("quality-static", hint=HINT)
@pytest.mark.parametrize("part", list(PARTS))
def test_code_reads_well(submission, review, part):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    expect_works(submission, try_part, part, DONE[part])
    expect_readable(_of_part(review, part).findings)


# -- quality-growth ---------------------------------------------------------------------------------------------------


def seconds_taken(student, what, corpus, size, options):
    """The shortest of three runs; of one, where that is long."""
    import time

    call, arguments = student.train_bpe, ([corpus], size, [], 1)
    if what == "encode":
        call, arguments = student.BPETokenizer(*options).encode, (corpus,)
    found = []
    for _ in range(3):
        start = time.perf_counter()
        call(*arguments)
        found.append(time.perf_counter() - start)
        if found[-1] > 0.5:
            break
    return min(found)


def _note_speed(submission, record, name, title, landmarks, **inputs):
    """A figure for the report, which decides nothing: where the code does not come to an end this time, there is none."""
    with contextlib.suppress(StudentError):
        seconds = submission.run(seconds_taken, returns=float, timeout=20, **inputs)
        marks = {key: 1_000 * value for key, value in landmarks.items()}
        record.metric(name, 1_000 * seconds, "밀리초", title=title, landmarks=marks)


@pytest.mark.grades(
    "quality-growth",
    hint=("병합마다 무엇을 다시 하는지 보세요.", "안쪽 반복이 모든 단어를 다시 도나요?", "단어의 수에 비례하는 일만 되풀이하세요."),
)
def test_work_by_corpus(submission, rng, record):
    """단어의 가짓수가 두 배가 되면 훈련의 일도 두 배쯤입니다."""
    words = distinct_words(rng, 240)
    whole, size = " ".join(words), 120
    _note_speed(
        submission, record, "bpe-train-time", "BPE 훈련에 걸린 시간", training_landmarks([whole], size),
        what="train", corpus=whole, size=size, options=None,
    )  # fmt: skip
    said = "단어의 가짓수가 두 배일 때 일이 {ratio}배가 되었습니다. 단어의 제곱에 비례합니다."
    steady_growth(submission, "train_bpe", ([" ".join(words[:120])], 45, [], 1), ([whole], 45, [], 1), said, "단어의 제곱")


@pytest.mark.grades(
    "quality-growth",
    hint=(
        "새 병합 하나에 드는 일이 점점 늘어나나요?",
        "앞의 병합을 처음부터 다시 하지 마세요.",
        "병합한 단어를 다음 단계에 이어서 쓰세요.",
    ),
)
def test_work_by_merges(submission, rng):
    """병합의 수가 두 배가 되면 훈련의 일도 두 배쯤입니다."""
    corpus = [" ".join(distinct_words(rng, 60))]
    said = "병합의 수가 두 배일 때 일이 {ratio}배가 되었습니다. 병합의 제곱에 비례합니다."
    steady_growth(submission, "train_bpe", (corpus, 50, [], 1), (corpus, 80, [], 1), said, "병합의 제곱")


@pytest.mark.grades(
    "quality-growth", hint=("같은 단어를 몇 번 다루나요?", "단어 빈도표를 만드세요.", "Counter로 센 다음 서로 다른 단어만 도세요.")
)
def test_work_by_repetition(submission, rng):
    """같은 글이 되풀이되어도 단어를 센 다음의 일은 늘지 않습니다."""
    line = " ".join(distinct_words(rng, 60))
    said = "같은 글이 두 배로 되풀이되었을 뿐인데 일이 {ratio}배가 되었습니다. 단어 빈도표를 쓰세요."
    arguments = ([line] * 4, 50, [], 1), ([line] * 8, 50, [], 1)
    steady_growth(submission, "train_bpe", *arguments, said, "나온 단어마다 되풀이", linear=1.0)


@pytest.mark.grades(
    "quality-growth",
    hint=("단어마다 따로 인코딩하나요?", "글 전체를 매번 다시 훑지 마세요.", "단어 하나의 일은 그 단어의 길이에만 달려야 합니다."),
)
def test_work_of_encoding(submission, rng, record):
    """글이 두 배로 길어지면 인코딩의 일도 두 배쯤입니다."""
    words = distinct_words(rng, 200)
    vocab, merges = train_bpe([" ".join(words)], 200, SPECIALS, 1)
    options, whole = (vocab, merges, "[UNK]"), " ".join(words)
    _note_speed(
        submission, record, "bpe-encode-time", "BPE 인코딩에 걸린 시간", encoding_landmarks(whole, *options),
        what="encode", corpus=whole, size=0, options=options,
    )  # fmt: skip
    said = "글이 두 배일 때 인코딩의 일이 {ratio}배가 되었습니다. 글의 길이의 제곱에 비례합니다."
    steady_growth(submission, "BPETokenizer", (*options, " ".join(words[:100])), (*options, whole), said, "글의 제곱")

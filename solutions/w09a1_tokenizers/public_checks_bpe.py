"""Public checks: small fixed inputs, messages that teach. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import pytest

from course_lib.kit import expect

SPECIALS = ["[UNK]"]
TRAINED = tuple[dict[str, int], list[tuple[str, str]]]
HAND = {("사", "과"): 5, ("사", "과", "나", "무"): 2, ("나", "무"): 3, ("사", "람"): 2}
HAND_TEXT = ["사과 사과 사과 사과 사과", "사과나무 사과나무", "나무 나무 나무", "사람 사람"]


# -- bpe-pairs --------------------------------------------------------------------------------------------------------

COUNT_HINT = ("이웃한 두 기호가 쌍입니다.", "단어마다 쌍을 돌면서 단어의 횟수를 더하세요.", "pairwise(word)의 쌍마다 counts[pair] += 횟수")


@pytest.mark.grades("bpe-pairs", hint=COUNT_HINT)
def test_counts_of_the_hand_example(submission):
    """손 예제에서 (사, 과)가 7번, (나, 무)가 5번 나옵니다."""
    right = {("사", "과"): 7, ("과", "나"): 2, ("나", "무"): 5, ("사", "람"): 2}
    once = {("사", "과"): 2, ("과", "나"): 1, ("나", "무"): 2, ("사", "람"): 1}
    known = {"단어 빈도 무시": (once, "단어가 몇 번 나왔는지를 곱하지 않고 쌍을 세고 있습니다.")}
    actual = submission.call("count_pairs", HAND, returns=dict[tuple[str, str], int])
    expect.equal(actual, right, given="HAND", known=known, show_expected=True)


@pytest.mark.grades(
    "bpe-pairs",
    hint=("쌍은 겹쳐서 셉니다.", "'아아아'의 쌍은 첫째와 둘째, 둘째와 셋째입니다.", "길이가 n인 단어에는 쌍이 n - 1개 있습니다."),
)
def test_pairs_overlap(submission):
    """'아아아'에는 (아, 아)가 두 번 있고, 한 글자 단어에는 쌍이 없습니다."""
    known = {"겹치는 쌍을 빠뜨림": ({("아", "아"): 3}, "가운데 글자는 앞 글자와도, 뒤 글자와도 쌍을 이룹니다.")}
    words = {("아", "아", "아"): 3, ("가",): 4}
    actual = submission.call("count_pairs", words, returns=dict[tuple[str, str], int])
    expect.equal(actual, {("아", "아"): 6}, given=str(words), known=known, show_expected=True)


# -- bpe-merge --------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "bpe-merge", hint=("왼쪽부터 차례로 봅니다.", "모든 자리를 병합하세요.", "쌍을 찾으면 두 기호를, 아니면 한 기호를 옮깁니다.")
)
def test_merges_every_place(submission):
    """단어 안의 쌍을 모두 병합하고 나머지는 그대로 둡니다."""
    for word, pair, right in (
        (("사", "과", "나", "무"), ("사", "과"), ("사과", "나", "무")),
        (("가", "나", "다", "가", "나"), ("가", "나"), ("가나", "다", "가나")),
        (("나", "가"), ("가", "나"), ("나", "가")),
        (("가나", "다"), ("나", "다"), ("가나", "다")),
    ):
        actual = submission.call("merge_pair", word, pair, returns=tuple[str, ...])
        expect.equal(actual, right, given=f"merge_pair({word}, {pair})", show_expected=True)


@pytest.mark.grades(
    "bpe-merge",
    hint=(
        "같은 글자가 이어질 때를 손으로 해 보세요.",
        "한 번 병합한 글자는 다시 쓰지 않습니다.",
        "짝이 없는 마지막 글자는 그대로 남습니다.",
    ),
)
def test_merges_a_run_from_the_left(submission):
    """'아아아'는 '아아', '아'가 됩니다."""
    known = {
        "오른쪽부터 병합": (("아", "아아"), "오른쪽부터 짝을 짓고 있습니다."),
        "글자를 두 번 씀": (("아아", "아아"), "한 번 병합한 글자를 다음 병합에 다시 쓰고 있습니다."),
    }
    actual = submission.call("merge_pair", ("아", "아", "아"), ("아", "아"), returns=tuple[str, ...])
    expect.equal(actual, ("아아", "아"), given="merge_pair(('아', '아', '아'), ('아', '아'))", known=known, show_expected=True)


# -- bpe-train --------------------------------------------------------------------------------------------------------

TIE_HINT = (
    "병합이 다르다면 동점인 쌍을, 어휘가 다르다면 알파벳의 차례(코드 포인트 순서)를 찍어 보세요.",
    "동점인 쌍은 번호의 쌍을 견줍니다.",
    "min(동점인 쌍, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))",
)


@pytest.mark.grades("bpe-train", hint=TIE_HINT)
def test_trains_the_hand_example(submission):
    """손 예제의 세 병합이 차례로 나오고 번호가 약속대로 붙습니다."""
    vocab, merges = submission.call("train_bpe", HAND_TEXT, 9, SPECIALS, returns=TRAINED)
    right = [("사", "과"), ("나", "무"), ("사", "람")]
    known = {
        "동점이면 다른 규칙": ([*right[:2], ("사과", "나무")], "세 번째 병합은 동점입니다. 번호의 쌍이 더 작은 (사, 람)을 골라야 합니다.")
    }
    expect.equal(merges, right, given="train_bpe(HAND_TEXT, 9, ['[UNK]'])의 병합", known=known, show_expected=True)
    numbers = ["[UNK]", "과", "나", "람", "무", "사", "사과", "나무", "사람"]
    expect.equal(vocab, {symbol: i for i, symbol in enumerate(numbers)}, given="같은 훈련의 어휘", show_expected=True)


@pytest.mark.grades("bpe-train", hint=("max(동점인 쌍)을 써 보세요.",))
def test_the_other_tie_rule(submission):
    """tie_break="lexicographic_max"이면 세 번째 병합이 (사과, 나무)입니다."""
    _, merges = submission.call("train_bpe", HAND_TEXT, 9, SPECIALS, 2, "lexicographic_max", returns=TRAINED)
    right = [("사", "과"), ("나", "무"), ("사과", "나무")]
    expect.equal(merges, right, given="train_bpe(HAND_TEXT, 9, ['[UNK]'], 2, 'lexicographic_max')의 병합", show_expected=True)


@pytest.mark.grades(
    "bpe-train", hint=("멈추는 조건이 셋입니다.", "어휘의 크기에 무엇이 들어가나요?", "len(vocab) < vocab_size인 동안 되풀이합니다.")
)
def test_stops(submission):
    """어휘가 차거나 쌍이 드물거나 남지 않으면 멈추고, 알파벳은 버리지 않습니다."""
    for size, frequency, count in ((8, 2, 2), (99, 3, 2), (99, 1, 4), (1, 1, 0)):
        vocab, merges = submission.call("train_bpe", HAND_TEXT, size, SPECIALS, frequency, returns=TRAINED)
        expect.equal(len(merges), count, given=f"train_bpe(HAND_TEXT, {size}, ['[UNK]'], {frequency})의 병합 수", show_expected=True)
        if missing := {"사", "과", "나", "무", "람", "[UNK]"} - set(vocab):
            expect.fail(f"vocab_size={size}에서 알파벳이나 특수 토큰이 어휘에서 빠졌습니다: {missing}")


def train_from_generator(student, corpus):
    return student.train_bpe((text for text in corpus), 99)


@pytest.mark.grades(
    "bpe-train", hint=("제너레이터는 한 번만 읽을 수 있습니다.", "코퍼스를 읽으면서 단어를 모두 센 다음에는 다시 읽지 마세요.")
)
def test_reads_the_corpus_once(submission):
    """코퍼스가 제너레이터여도 배웁니다."""
    _, merges = submission.run(train_from_generator, corpus=HAND_TEXT, returns=TRAINED)
    if not merges:
        expect.fail(
            "제너레이터로 준 코퍼스에서 병합을 하나도 배우지 못했습니다. 코퍼스를 두 번 읽고 있지 않은지 보세요.", "코퍼스를 두 번 읽음"
        )


# -- bpe-encode -------------------------------------------------------------------------------------------------------

VOCAB = {"[UNK]": 0, "과": 1, "나": 2, "무": 3, "나무": 4, "과나": 5, "과나무": 6}
MERGES = [("나", "무"), ("과", "나")]


def encode(student, texts):
    vocab = {"[UNK]": 0, "과": 1, "나": 2, "무": 3, "나무": 4, "과나": 5, "과나무": 6}
    tokenizer = student.BPETokenizer(vocab, [("나", "무"), ("과", "나")], "[UNK]")
    return [tokenizer.encode(text) for text in texts]


def decode(student, ids):
    vocab = {"[UNK]": 0, "과": 1, "나": 2, "무": 3, "나무": 4, "과나": 5, "과나무": 6}
    return student.BPETokenizer(vocab, [("나", "무"), ("과", "나")], "[UNK]").decode(ids)


@pytest.mark.grades(
    "bpe-encode",
    hint=("먼저 배운 병합부터 합니다.", "단어 안의 쌍 가운데 순위가 가장 앞선 것을 고르세요.", "병합 (나, 무)가 (과, 나)보다 먼저입니다."),
)
def test_encodes_by_rank(submission):
    """병합을 (나, 무), (과, 나)의 순서로 배웠다면 '과나무'는 '과', '나무'입니다."""
    known = {
        "가장 긴 조각부터": ([[6], [5, 4]], "어휘에서 가장 긴 조각부터 찾고 있습니다. 병합의 순위대로 합쳐야 합니다."),
    }
    expect.equal(
        submission.run(encode, texts=["과나무", "과나 나무"], returns=list[list[int]]),
        [[1, 4], [5, 4]],
        given="['과나무', '과나 나무']",
        known=known,
        show_expected=True,
    )


@pytest.mark.grades(
    "bpe-encode", hint=("어휘에 없는 글자는 어떻게 되나요?", "글자마다 [UNK]의 번호 하나입니다.", "vocab.get(symbol, unk_id)")
)
def test_unknown_characters(submission):
    """어휘에 없는 글자는 글자마다 [UNK]의 번호 하나가 됩니다."""
    known = {
        "모르는 글자를 버림": ([[4]], "어휘에 없는 글자를 버리고 있습니다."),
        "모르는 글자를 합침": ([[0, 4]], "이어지는 모르는 글자를 [UNK] 하나로 합치고 있습니다."),
    }
    actual = submission.run(encode, texts=["뷁쀍나무"], returns=list[list[int]])
    expect.equal(actual, [[0, 0, 4]], given="'뷁쀍나무'", known=known, show_expected=True)


@pytest.mark.grades("bpe-encode", hint=("번호마다 기호를 찾아 잇습니다.",))
def test_decodes(submission):
    """디코딩은 기호를 빈칸 없이 잇습니다."""
    known = {"빈칸으로 이음": ("과 나무", "기호를 빈칸으로 잇고 있습니다.")}
    actual = submission.run(decode, ids=[1, 4], returns=str)
    expect.equal(actual, "과나무", given="decode([1, 4])", known=known, show_expected=True)


# -- bpe-bytes --------------------------------------------------------------------------------------------------------


def byte_round_trip(student, corpus, size, texts):
    tokenizer = student.ByteBPETokenizer(*student.train_byte_bpe(corpus, size))
    ids = [list(tokenizer.encode(text)) for text in texts]
    return [(numbers, tokenizer.decode(numbers)) for numbers in ids]


@pytest.mark.grades(
    "bpe-bytes",
    hint=("알파벳은 언제나 256개입니다.", "보이는 글자의 코드 포인트 순서로 번호를 붙입니다.", "sorted(bytes_to_unicode().values())"),
)
def test_byte_alphabet(submission):
    """코퍼스가 무엇이든 특수 토큰 다음에 256개의 바이트 기호가 있습니다."""
    vocab, merges = submission.call("train_byte_bpe", ["ab ab"], 258, SPECIALS, returns=TRAINED)
    expect.equal(len(vocab), 258, given="train_byte_bpe(['ab ab'], 258, ['[UNK]'])의 어휘 크기", show_expected=True)
    expect.equal((vocab.get("!"), vocab.get("A")), (1, 33), given="기호 '!'와 'A'의 번호", show_expected=True)
    expect.equal(merges, [("a", "b")], given="같은 훈련의 병합", show_expected=True)


@pytest.mark.grades(
    "bpe-bytes",
    hint=(
        "한 글자의 바이트가 여러 토큰에 나뉠 수 있습니다.",
        "바이트를 모두 이은 다음 글로 바꾸세요.",
        "bytes(…).decode('utf-8', errors='replace')",
    ),
)
def test_bytes_are_lossless(submission):
    """어떤 글이든 인코딩했다가 디코딩하면 원래 글입니다."""
    texts = ["토크나이저를 만듭니다.", "  빈칸  둘", "emoji 🙂 ½", ""]
    for text, (ids, back) in zip(
        texts,
        submission.run(byte_round_trip, corpus=["토큰 토큰 크기"], size=262, texts=texts, returns=list[tuple[list[int], str]]),
        strict=True,
    ):
        if text and "\ufffd" in back:
            expect.fail(
                f"{text!r}을(를) 되돌렸더니 깨진 글자가 있습니다: {back!r}. 토큰마다 따로 디코딩하고 있지 않은지 보세요.", "토큰마다 디코딩"
            )
        expect.equal(back, text, given=f"decode({expect.show(ids)})", show_expected=True)

"""Hidden checks. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import pairwise, zip_longest
from types import SimpleNamespace

import pytest

from autograder.review.rules import RULES, WEIGHTS
from course_lib.kit import corpora, expect, theory
from course_lib.kit.text import bytes_to_unicode, pretokenize
from course_lib.tokenizers import BPETokenizer, ByteBPETokenizer, count_pairs, merge_pair, train_bpe, train_byte_bpe
from course_lib.tokenizers.misconceptions import (
    COUNTS,
    ENCODINGS,
    MERGES,
    TIES,
    train_wrongly,
    wrong_encodings,
    wrong_trainings,
)
from course_lib.tokenizers.trials import (
    any_text,
    byte_words,
    made_up_lines,
    made_up_word,
    recorded_encoding,
    recorded_training,
    telling,
    word_counts,
)

SPECIALS = ["[UNK]", "[PAD]"]
PAIRS = dict[tuple[str, str], int]
TRAINED = tuple[dict[str, int], list[tuple[str, str]]]


def _same_training(actual, expected, *, given, known):
    if actual == expected:
        return
    for name, (wrong, said) in known().items():
        if actual == wrong != expected:
            expect.fail(f"{said} 입력 {given}", name)
    (vocab, merges), (right_vocab, right_merges) = actual, expected
    for step, (one, other) in enumerate(zip_longest(merges, right_merges), 1):
        if one != other:
            said = "병합이 거기에서 끝나야 합니다" if other is None else "거기에서 끝났습니다" if one is None else f"{one}을(를) 골랐습니다"
            expect.fail(f"{step}번째 병합이 약속과 다릅니다. {said}. 입력 {given}")
    symbol = next(s for s in [*right_vocab, *vocab] if vocab.get(s) != right_vocab.get(s))
    number = f"{vocab[symbol]}번" if symbol in vocab else "어휘에 없음"
    expect.fail(f"병합은 맞지만 어휘가 약속과 다릅니다. {symbol!r}의 번호: {number}. 입력 {given}")


def _train(submission, upstream, corpus, size, specials=(), frequency=2, rule="smallest_ids"):
    """The student's training, the right one, and the input in words."""
    expected = train_bpe(corpus, size, specials, frequency, rule)
    replaced = upstream(lambda: recorded_training(word_counts(corpus), expected[1]))
    actual = submission.call("train_bpe", corpus, size, list(specials), frequency, rule, returns=TRAINED, replaced=replaced)
    options = f"특수 토큰 {list(specials)}, " if specials else ""
    return actual, expected, f"{expect.show(corpus)} (vocab_size={size}, {options}min_frequency={frequency}, {rule})"


# -- bpe-pairs --------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "bpe-pairs",
    weight=2,
    hint=("이웃한 두 기호만 셉니다.", "단어마다 쌍을 돌면서 단어의 횟수를 더하세요.", "pairwise(word)의 쌍마다 counts[pair] += 횟수"),
)
def test_counts_equal_reference(submission, rng):
    """무작위 단어 빈도표에서 쌍의 횟수가 기준 구현과 같습니다."""

    def draw(rng):
        symbols = ["가", "나", "다", "가나", "아", "아아"]
        words = {}
        for _ in range(8):
            words[tuple(symbols[i] for i in rng.integers(0, 6, int(rng.integers(1, 7))))] = int(rng.integers(2, 9))
        return words

    for _ in range(5):
        words = telling(rng, draw, lambda words: [count_pairs(words), *(rule(words) for rule, _ in COUNTS.values())])
        actual = submission.call("count_pairs", words, returns=PAIRS)
        known = {name: (dict(rule(words)), said) for name, (rule, said) in COUNTS.items()}
        expect.equal(_positive(actual), dict(count_pairs(words)), given=expect.show(words), known=known)


def _positive(counts):
    return {pair: number for pair, number in counts.items() if number}


@pytest.mark.grades(
    "bpe-pairs",
    hint=("글자가 하나뿐인 단어에는 쌍이 없습니다.", "'아아아'에는 (아, 아)가 두 번 있습니다.", "단어의 길이가 n이면 쌍은 n - 1개입니다."),
)
def test_counts_at_the_edges(submission, rng):
    """한 글자 단어에는 쌍이 없고, 같은 글자가 n번 이어지면 쌍이 n - 1번 나옵니다."""
    length, frequency = int(rng.integers(5, 12)), int(rng.integers(2, 9))
    overlap = {"겹치는 쌍을 빠뜨림": ({("아", "아"): length // 2 * frequency}, COUNTS["겹치는 쌍을 빠뜨림"][1])}
    ignored = {"단어 빈도 무시": ({("아", "아"): length - 1}, COUNTS["단어 빈도 무시"][1])}
    for words, expected in (
        ({("아",) * length: frequency, ("가",): 3}, {("아", "아"): (length - 1) * frequency}),
        ({("가",): 4}, {}),
        ({}, {}),
    ):
        actual = submission.call("count_pairs", words, returns=PAIRS)
        expect.equal(_positive(actual), expected, given=expect.show(words), known=(overlap | ignored) if expected else None)


# -- bpe-merge --------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "bpe-merge",
    weight=2,
    hint=(
        "왼쪽부터 차례로 봅니다.",
        "쌍을 찾으면 두 기호를 건너뛰고, 아니면 기호 하나를 옮깁니다.",
        "자리 i에서 쌍이면 i += 2, 아니면 i += 1",
    ),
)
def test_merges_equal_reference(submission, rng):
    """무작위 단어에서 병합한 결과가 기준 구현과 같습니다."""

    def draw(rng):
        symbols = ["가", "나", "가나"]
        word = tuple(symbols[i] for i in rng.integers(0, 3, int(rng.integers(8, 13))))
        same = symbols[int(rng.integers(0, 3))]
        return word, (same, same)

    for _ in range(4):
        word, pair = telling(rng, draw, lambda drawn: [merge_pair(*drawn), *(rule(*drawn) for rule, _ in MERGES.values())])
        word = (*word, "나", "가", "나", "가")
        for two in (pair, ("나", "가"), ("가", "나")):
            actual = submission.call("merge_pair", word, two, returns=tuple[str, ...])
            known = {name: (rule(word, two), said) for name, (rule, said) in MERGES.items()}
            expect.equal(actual, merge_pair(word, two), given=f"merge_pair({word}, {two})", known=known)


@pytest.mark.grades(
    "bpe-merge", hint=("단어의 끝을 조심하세요.", "기호의 경계가 다르면 같은 문자열이라도 쌍이 아닙니다.", "두 기호를 따로 견주세요.")
)
def test_merge_keeps_everything_else(submission, rng):
    """쌍이 없으면 단어가 그대로이고, 병합해도 이은 글자는 같습니다."""
    for length in (int(rng.integers(5, 9)), int(rng.integers(5, 9)) * 2 + 1, 1):
        word = ("아",) * length
        actual = submission.call("merge_pair", word, ("아", "아"), returns=tuple[str, ...])
        known = {name: (rule(word, ("아", "아")), said) for name, (rule, said) in MERGES.items() if length > 1}
        expect.equal(actual, merge_pair(word, ("아", "아")), given=f"merge_pair({word}, ('아', '아'))", known=known)
    boundary = {"문자열로 견줌": (("가나다",), "기호가 아니라 이은 문자열로 견주고 있습니다.")}
    for word, pair in ((("가", "나다"), ("가나", "다")), (("나", "가"), ("가", "나")), ((), ("가", "나"))):
        actual = submission.call("merge_pair", word, pair, returns=tuple[str, ...])
        expect.equal(actual, word, given=f"merge_pair({word}, {pair})", known=boundary if word else None)


# -- bpe-train --------------------------------------------------------------------------------------------------------

TIE_HINT = (
    "동점인 쌍을 모두 모아 보세요.",
    "동점이면 번호의 쌍을 견줍니다.",
    "min(동점인 쌍, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))",
)
STOP_HINT = (
    "멈추는 조건이 셋입니다.",
    "vocab_size에는 특수 토큰과 알파벳도 들어갑니다.",
    "가장 잦은 쌍의 횟수 < min_frequency이면 멈춥니다.",
)


@pytest.mark.grades("bpe-train", weight=2, hint=TIE_HINT)
def test_training_with_ties(submission, rng, upstream):
    """동점이 많은 무작위 말뭉치에서 병합 순서와 어휘가 기준 구현과 같습니다."""
    for letters in ("가나다", "가나다라마"):
        corpus = telling(
            rng,
            partial(made_up_lines, letters=letters),
            lambda corpus: [
                train_bpe(corpus, 24, min_frequency=1),
                *(w for w, _ in wrong_trainings(corpus, 24, frequency=1, splits=False).values()),
            ],
        )
        actual, expected, given = _train(submission, upstream, corpus, 24, frequency=1)
        _same_training(actual, expected, given=given, known=partial(wrong_trainings, corpus, 24, frequency=1))


@pytest.mark.grades("bpe-train", weight=2, hint=TIE_HINT)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_training_on_text(submission, rng, upstream, language):
    """한국어와 영어 글에서 특수 토큰과 함께 학습한 결과가 기준 구현과 같습니다."""
    corpus = [*corpora.lines(language, 1_500, int(rng.integers(2**31))), "x² x² ½잔 ½잔 ①번 ①번, (나는), (나는)!"]
    size = len({letter for text in corpus for letter in text}) + 40
    actual, expected, given = _train(submission, upstream, corpus, size, SPECIALS)
    _same_training(actual, expected, given=given, known=lambda: wrong_trainings(corpus, size, SPECIALS))


@pytest.mark.grades("bpe-train", hint=("tie_break를 쓰고 있나요?", "'lexicographic_max'에서는 문자열을 견줍니다.", "max(동점인 쌍)"))
def test_training_with_the_other_tie_rule(submission, rng, upstream):
    """tie_break="lexicographic_max"이면 동점일 때 문자열의 쌍이 가장 큰 것을 병합합니다."""
    ignored = "tie_break를 보지 않고 언제나 번호로 고르고 있습니다."
    first, said = TIES["동점이면 먼저 센 쌍"]
    rules = {
        "tie_break 무시": (lambda corpus: train_bpe(corpus, 20, min_frequency=1), ignored),
        "동점이면 먼저 센 쌍": (lambda corpus: train_wrongly(corpus, 20, (), 1, choose=first), said.partition(".")[0] + "."),
    }
    corpus = telling(
        rng,
        made_up_lines,
        lambda corpus: [train_bpe(corpus, 20, (), 1, "lexicographic_max"), *(rule(corpus) for rule, _ in rules.values())],
    )
    actual, expected, given = _train(submission, upstream, corpus, 20, (), 1, "lexicographic_max")
    _same_training(actual, expected, given=given, known=lambda: {name: (rule(corpus), said) for name, (rule, said) in rules.items()})


def _wrong_stops(corpus, size, specials, frequency):
    letters = len({letter for text in corpus for letter in text if letter != " "})
    stops = {
        "min_frequency 무시": (size, 1, "min_frequency보다 적게 나온 쌍까지 병합하고 있습니다."),
        "min_frequency에서 멈춤": (size, frequency + 1, "min_frequency번 나온 쌍도 병합해야 합니다. 하나 어긋났습니다."),
        "특수 토큰을 세지 않음": (
            size + len(specials),
            frequency,
            "vocab_size에 특수 토큰을 넣지 않고 있습니다. 어휘가 약속보다 커졌습니다.",
        ),
        "병합의 수로 셈": (
            size + letters + len(specials),
            frequency,
            "vocab_size를 병합의 수로 여기고 있습니다. 특수 토큰과 알파벳도 들어갑니다.",
        ),
        "하나 더 병합": (size + 1, frequency, "vocab_size를 하나 넘어서까지 병합하고 있습니다."),
    }
    return {name: (train_wrongly(corpus, max(a, 0), specials, b), said) for name, (a, b, said) in stops.items()}


@pytest.mark.grades("bpe-train", hint=STOP_HINT)
def test_training_stops_in_time(submission, rng, upstream):
    """vocab_size, min_frequency, 남은 쌍이 없음의 세 조건에서 멈추고, 알파벳은 버리지 않습니다."""
    corpus = telling(
        rng,
        lambda rng: made_up_lines(rng, lines=6),
        lambda corpus: [train_wrongly(corpus, 90, (), frequency) for frequency in (1, 2, 3, 4, 5)],
    )
    letters = len({letter for text in corpus for letter in text if letter != " "})
    cases = ((90, (), 3), (90, (), 4), (letters + 6, SPECIALS, 1), (1, SPECIALS, 1), (0, (), 1), (letters, (), 1), (500, (), 1))
    for size, specials, frequency in cases:
        actual, expected, given = _train(submission, upstream, corpus, size, specials, frequency)
        if missing := [symbol for symbol in expected[0] if (len(symbol) == 1 or symbol in specials) and symbol not in actual[0]]:
            expect.fail(f"알파벳이나 특수 토큰이 어휘에서 빠졌습니다: {missing}. 입력 {given}", "알파벳을 버림")
        options = (corpus, size, specials, frequency)
        _same_training(actual, expected, given=given, known=lambda options=options: _wrong_stops(*options))


@pytest.mark.grades(
    "bpe-train",
    hint=(
        "특수 토큰과 같은 문자열이 병합으로도 생길 수 있습니다.",
        "같은 문자열은 번호를 하나만 가집니다.",
        "vocab.setdefault(새 기호, len(vocab))",
    ),
)
def test_a_special_token_keeps_its_id(submission, rng, upstream):
    """병합으로 생긴 기호가 특수 토큰과 같으면 있던 번호를 그대로 씁니다."""
    said = "병합한 기호가 특수 토큰과 같을 때 번호를 새로 주고 있습니다. 이미 있는 번호를 그대로 써야 합니다."

    def special(corpus):
        return ["".join(train_bpe(corpus, 5, min_frequency=1)[1][0])]

    def wrong(corpus):
        return [train_wrongly(corpus, 16, special(corpus), 1, renumber=how) for how in ("next", "length")]

    corpus = telling(rng, made_up_lines, lambda corpus: [train_bpe(corpus, 16, special(corpus), 1), *wrong(corpus)])
    actual, expected, given = _train(submission, upstream, corpus, 16, special(corpus), 1)
    if actual[0].get(special(corpus)[0]) != 0:
        expect.fail(f"{said} 입력 {given}", "번호를 두 번 줌")
    _same_training(
        actual, expected, given=given, known=lambda: {f"번호를 두 번 줌 ({i})": (w, said) for i, w in enumerate(wrong(corpus), 1)}
    )


def train_from_generator(student, corpus, size):
    return student.train_bpe((text for text in corpus), size)


@pytest.mark.grades(
    "bpe-train",
    hint=(
        "제너레이터는 한 번만 읽을 수 있습니다.",
        "코퍼스를 읽으면서 단어를 세고, 그다음에는 단어만 쓰세요.",
        "알파벳도 단어 빈도표에서 얻습니다.",
    ),
)
def test_training_reads_the_corpus_once(submission, rng, upstream):
    """코퍼스가 한 번만 읽을 수 있는 제너레이터여도 결과가 같습니다."""
    corpus = made_up_lines(rng, lines=8)
    expected = train_bpe(corpus, 12)
    replaced = upstream(lambda: recorded_training(word_counts(corpus), expected[1]))
    actual = submission.run(train_from_generator, corpus=corpus, size=12, returns=TRAINED, replaced=replaced)
    if not actual[1] and expected[1]:
        expect.fail(
            "제너레이터로 준 코퍼스에서 병합을 하나도 배우지 못했습니다. 코퍼스를 두 번 읽고 있지 않은지 보세요.", "코퍼스를 두 번 읽음"
        )
    _same_training(actual, expected, given=f"제너레이터로 준 {expect.show(corpus)} (vocab_size=12)", known=dict)


# -- bpe-encode -------------------------------------------------------------------------------------------------------


def encode_texts(student, vocab, merges, texts):
    tokenizer = student.BPETokenizer(vocab, merges, "[UNK]")
    return [tokenizer.encode(text) for text in texts]


def decode_ids(student, vocab, merges, ids):
    tokenizer = student.BPETokenizer(vocab, merges, "[UNK]")
    return [tokenizer.decode(numbers) for numbers in ids]


def _encode(submission, upstream, tokenizer, texts):
    replaced = upstream(lambda: recorded_encoding(word_counts(texts), tokenizer.merges))
    arguments = {"vocab": tokenizer.vocab, "merges": tokenizer.merges, "texts": texts}
    return submission.run(encode_texts, **arguments, returns=list[list[int]], replaced=replaced)


def _tokenizer(corpus, size):
    return BPETokenizer(*train_bpe(corpus, size, SPECIALS, 1), "[UNK]")


RANK_HINT = (
    "배운 순서대로 병합합니다.",
    "단어 안의 쌍 가운데 순위가 가장 앞선 것을 되풀이해서 병합하세요.",
    "min(쌍, key=ranks.get)으로 고릅니다.",
)


def _by_rank_and_longest(tokenizer, text):
    return tokenizer.encode(text), ENCODINGS["가장 긴 조각부터"][0](tokenizer, text)


def _same_encoding(actual, tokenizer, text):
    known = wrong_encodings(tokenizer, text) if actual != tokenizer.encode(text) else None
    expect.equal(actual, tokenizer.encode(text), given=f"{text!r} (병합 {expect.show(tokenizer.merges)})", known=known)


@pytest.mark.grades("bpe-encode", weight=2, hint=RANK_HINT)
def test_encoding_by_rank(submission, rng, upstream):
    """기준 어휘로 무작위 글을 인코딩한 결과가 기준 구현과 같습니다."""
    for _ in range(3):
        tokenizer = _tokenizer(made_up_lines(rng, lines=12), 30)
        text = telling(rng, lambda rng: " ".join(made_up_lines(rng)), partial(_by_rank_and_longest, tokenizer))
        _same_encoding(_encode(submission, upstream, tokenizer, [text])[0], tokenizer, text)


@pytest.mark.grades("bpe-encode", hint=RANK_HINT)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_encoding_text(submission, rng, upstream, language):
    """한국어와 영어 글을 인코딩한 결과가 기준 구현과 같습니다."""
    seed = int(rng.integers(2**31))
    tokenizer = _tokenizer(corpora.lines(language, 4_000, seed), 700)
    texts = ["", *corpora.lines(language, 600, seed + 1)]
    for text, actual in zip(texts, _encode(submission, upstream, tokenizer, texts), strict=True):
        _same_encoding(actual, tokenizer, text)


@pytest.mark.grades(
    "bpe-encode", hint=("어휘에 없는 글자가 이어지면 어떻게 되나요?", "글자마다 [UNK]의 번호 하나입니다.", "vocab.get(symbol, unk_id)")
)
def test_unknown_characters(submission, rng, upstream):
    """어휘에 없는 글자는 글자마다 하나씩 [UNK]의 번호가 되고, 글 안의 특수 토큰은 알아보지 않습니다."""
    tokenizer = _tokenizer(made_up_lines(rng, lines=12), 30)
    wrong = [rule for name, (rule, _) in ENCODINGS.items() if name != "가장 긴 조각부터"]

    def draw(rng):
        inside = made_up_word(rng) + made_up_word(rng, "뷁쀍☃한", 2, 4) + made_up_word(rng)
        return f"{inside} {made_up_word(rng, '뷁쀍한', 3, 5)} [UNK]{made_up_word(rng)}"

    for _ in range(3):
        text = telling(rng, draw, lambda text: [tokenizer.encode(text), *(rule(tokenizer, text) for rule in wrong)])
        _same_encoding(_encode(submission, upstream, tokenizer, [text])[0], tokenizer, text)


@pytest.mark.grades("bpe-encode", hint=("번호마다 기호를 찾습니다.", "기호 사이에 아무것도 넣지 않습니다.", "''.join(기호)"))
def test_decoding(submission, rng):
    """디코딩은 기호를 빈칸 없이 잇고, 단어 하나는 원래대로 돌아옵니다."""
    tokenizer = _tokenizer(made_up_lines(rng, lines=12), 30)
    ids = [tokenizer.encode(made_up_word(rng, high=9)) for _ in range(6)] + [[int(n) for n in rng.permutation(len(tokenizer.vocab))], []]
    arguments = {"vocab": tokenizer.vocab, "merges": tokenizer.merges}
    for numbers, actual in zip(ids, submission.run(decode_ids, **arguments, ids=ids, returns=list[str]), strict=True):
        symbols = [tokenizer.decode([number]) for number in numbers]
        known = {"빈칸으로 이음": (" ".join(symbols), "기호를 빈칸으로 잇고 있습니다.")} if len(symbols) > 1 else {}
        expect.equal(actual, tokenizer.decode(numbers), given=f"번호 {numbers}", known=known)


# -- bpe-bytes --------------------------------------------------------------------------------------------------------


def encode_bytes(student, vocab, merges, texts):
    tokenizer = student.ByteBPETokenizer(vocab, merges)
    return [tokenizer.encode(text) for text in texts]


def decode_bytes(student, vocab, merges, ids):
    tokenizer = student.ByteBPETokenizer(vocab, merges)
    return [tokenizer.decode(numbers) for numbers in ids]


@pytest.mark.grades(
    "bpe-bytes",
    weight=2,
    hint=("알파벳은 언제나 256개입니다.", "보이는 글자의 코드 포인트 순서로 번호를 붙입니다.", "글은 pretokenize_lossless로 나눕니다."),
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_byte_training(submission, rng, upstream, language):
    """바이트 수준에서 학습한 결과가 기준 구현과 같습니다."""
    corpus = [*corpora.lines(language, 900, int(rng.integers(2**31))), any_text(rng)]
    expected = train_byte_bpe(corpus, 290, ["<끝>"])
    replaced = upstream(lambda: recorded_training(Counter(word for text in corpus for word in byte_words(text)), expected[1]))
    actual = submission.call("train_byte_bpe", corpus, 290, ["<끝>"], returns=TRAINED, replaced=replaced)
    if len(set(actual[0]) & set(expected[0])) < 257:
        expect.fail("어휘에 256개의 바이트 기호가 모두 있지 않습니다. 코퍼스에 없는 바이트도 들어가야 합니다.", "나온 바이트만 알파벳으로")
    if all(actual[0][symbol] == byte + 1 for byte, symbol in bytes_to_unicode().items()):
        expect.fail("바이트 값의 순서로 번호를 붙였습니다. 보이는 글자의 코드 포인트 순서여야 합니다.", "바이트 값의 순서")
    _same_training(actual, expected, given=f"{expect.show(corpus)} (vocab_size=290, 특수 토큰 ['<끝>'])", known=dict)


@pytest.mark.grades(
    "bpe-bytes", hint=("글을 조각으로 나눈 다음 바이트로 바꿉니다.", "빈칸도 바이트입니다.", "조각마다 순위대로 병합하세요.")
)
def test_byte_encoding(submission, rng, upstream):
    """기준 어휘로 어떤 글이든 인코딩한 결과가 기준 구현과 같습니다."""
    seed = int(rng.integers(2**31))
    tokenizer = ByteBPETokenizer(*train_byte_bpe(corpora.lines("ko", 6_000, seed), 500))
    texts = [*corpora.lines("ko", 500, seed + 1), any_text(rng), "  앞뒤 빈칸  ", ""]
    replaced = upstream(lambda: recorded_encoding([word for text in texts for word in byte_words(text)], tokenizer.merges))
    actual = submission.run(
        encode_bytes, vocab=tokenizer.vocab, merges=tokenizer.merges, texts=texts, returns=list[list[int]], replaced=replaced
    )
    for text, ids in zip(texts, actual, strict=True):
        apart = [number for word in pretokenize(text) for number in tokenizer.encode(word)]
        known = {"빈칸을 잃음": (apart, "빈칸을 잃었습니다. 글을 pretokenize_lossless로 나누세요.")} if apart else None
        expect.equal(ids, tokenizer.encode(text), given=repr(text), known=known)


@pytest.mark.grades(
    "bpe-bytes",
    weight=2,
    hint=(
        "한글 한 글자가 토큰 둘에 나뉠 수 있습니다.",
        "바이트를 모두 이은 다음 글로 바꾸세요.",
        "bytes(…).decode('utf-8', errors='replace')",
    ),
)
def test_byte_decoding_is_lossless(submission, rng):
    """기준 구현이 인코딩한 번호를 디코딩하면 원래 글이 되고, 잘린 글에서는 깨진 글자만 U+FFFD가 됩니다."""
    tokenizer = ByteBPETokenizer(*train_byte_bpe(corpora.lines("ko", 4_000, int(rng.integers(2**31))), 400))
    texts = [any_text(rng) for _ in range(4)] + [" ".join(made_up_word(rng, "뷁쀍갉낡닭") for _ in range(6)), "", " 빈칸  둘\n"]
    ids = [tokenizer.encode(text) for text in texts]
    ids += [numbers[: len(numbers) // 2 + 1] for numbers in ids] + [numbers[1:] for numbers in ids]
    decoded = submission.run(decode_bytes, vocab=tokenizer.vocab, merges=tokenizer.merges, ids=ids, returns=list[str])
    for numbers, actual in zip(ids, decoded, strict=True):
        right = tokenizer.decode(numbers)
        apart = "".join(tokenizer.decode([number]) for number in numbers)
        known = {
            "토큰마다 디코딩": (
                apart,
                "토큰마다 따로 디코딩하고 있습니다. 한 글자의 바이트가 여러 토큰에 나뉘면 깨집니다. 바이트를 모두 이은 다음 바꾸세요.",
            )
        }
        given = f"글 {right!r}의 번호"
        expect.equal(actual, right, given=given, known=known if apart != right else None)


# -- theory -----------------------------------------------------------------------------------------------------------


def _answer(submission, name, *arguments):
    return submission.call(name, *arguments, returns=dict[str, object])


def _pair(answer, name):
    value = answer.get(name)
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(symbol, str) for symbol in value):
        return tuple(value)
    return expect.fail(f"{name}에는 병합할 쌍을 ('가', '나')처럼 적습니다. 지금 값: {expect.show(value)}")


def _tokens_after(words, merges):
    for pair in merges:
        words = {merge_pair(word, pair): n for word, n in words.items()}
    return sum(len(word) * n for word, n in words.items()), sum(map(len, words))


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
    answer = _pair(_answer(submission, "answer_trace", table), "third_merge")
    right = train_bpe(corpus, size, min_frequency=1)[1]
    known = {name: (wrong[1][2], said) for name, (wrong, said) in wrong_trainings(corpus, size, frequency=1).items() if len(wrong[1]) > 2}
    known |= {
        f"{place} 병합": (pair, f"{place}로 병합하는 쌍을 적었습니다.") for place, pair in zip(("첫 번째", "두 번째"), right, strict=False)
    }
    expect.equal(answer, right[2], given="세 번째 병합", known={n: k for n, k in known.items() if k[0] != right[2]})


@pytest.mark.grades(
    "theory-trace",
    hint=("병합할 때마다 토큰이 몇 개 줄어드나요?", "줄어드는 수는 겹치지 않는 자리의 수입니다.", "단어의 횟수를 곱해 더하세요."),
)
def test_tokens_after_three_merges(submission):
    """세 번 병합한 다음의 토큰 수가 맞습니다."""
    table, words, corpus, size = _trace(submission)
    merges = train_bpe(corpus, size, min_frequency=1)[1]
    right, types = _tokens_after(words, merges)
    before, _ = _tokens_after(words, [])
    known = {
        "횟수를 곱하지 않음": (types, "단어가 나온 횟수를 곱하지 않고 토큰을 세었습니다."),
        "병합하기 전": (before, "병합하기 전의 토큰 수입니다."),
        "두 번만 병합": (_tokens_after(words, merges[:2])[0], "병합을 두 번만 한 토큰 수입니다."),
    }
    theory.check_number(_answer(submission, "answer_trace", table).get("tokens"), right, name="tokens", known=known)


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
    theory.check_number(_answer(submission, "answer_run", length, count).get("pairs"), (length - 1) * count, name="pairs", known=known)


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
    theory.check_number(_answer(submission, "answer_run", length, count).get("tokens"), right, name="tokens", known=known)


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
    answer = _pair(_answer(submission, "answer_predict", lines, repeated), "first_merge")
    unchanged = {"줄이 한 번일 때": (train_bpe(lines, 99, (), 1)[1][0], "줄이 한 번만 있을 때의 병합입니다.")}
    expect.equal(answer, first, given="한 줄이 두 번 있는 코퍼스", known=unchanged)


@pytest.mark.grades(
    "theory-predict",
    hint=("두 번 있는 줄의 토큰도 두 번 셉니다.", "병합 하나가 줄이는 토큰의 수를 빼세요.", "병합하기 전의 토큰 수 - 병합한 자리의 수"),
)
def test_predicted_tokens(submission, upstream):
    """예측한 토큰 수가 그 병합을 실행한 결과와 같습니다."""
    lines, repeated, first, words = _prediction(submission, upstream)
    right, _ = _tokens_after(words, [first])
    once = word_counts(lines)
    known = {
        "병합하기 전": (_tokens_after(words, [])[0], "병합하기 전의 토큰 수입니다."),
        "줄을 한 번만 셈": (_tokens_after(once, [first])[0], "두 번 있는 줄의 토큰을 한 번만 세었습니다."),
    }
    theory.check_number(_answer(submission, "answer_predict", lines, repeated).get("tokens"), right, name="tokens", known=known)


# -- exp-vocab --------------------------------------------------------------------------------------------------------

LANGUAGES, KILOBYTES, SIZES, TEST_BYTES = ("ko", "en"), (10, 80), (500, 1_000, 2_000), 10_000
COLUMNS = {"language": str, "kilobytes": int, "vocab_size": int, "seed": int}
COLUMNS |= {"tokens": int, "bytes": int, "bytes_per_token": float, "characters": int, "merges": int}
PACK_HINT = (
    "표는 pack이 담습니다.",
    "PROFILE을 'cpu'로 두세요.",
    "터미널에서 python -m course_lib.kit pack을 실행하고 pack 폴더를 함께 제출하세요.",
)


def _rows(submission, evidence):
    """The student's rows by language, kilobytes and size, each with its number in the table.

    Fails unless all are there, and unless the notebook can measure at all: a table counts only beside the code that makes one.
    """
    submission.call("vocab_rows", ["가나 가나"], ["가나"], [4], returns=list[dict[str, int | float]])
    table = evidence.tables.get("vocab", [])
    if not table:
        expect.fail("증거에 표 `vocab`이 없습니다. pack을 실행하고 pack 폴더를 함께 제출하세요.", "증거 없음")
    if evidence.profile == "smoke":
        expect.fail("증거가 smoke 프로필로 만들어졌습니다. PROFILE을 'cpu'로 두고 다시 pack을 실행하세요.", "작은 프로필의 증거")
    rows = {}
    for number, row in enumerate(table):
        for name, kind in COLUMNS.items():
            if problem := expect.mismatch(row.get(name), kind, f"표 vocab의 {number}번 행 {name}"):
                expect.fail(problem)
        rows[row["language"], row["kilobytes"], row["vocab_size"]] = {**row, "number": number}
    wanted = [(language, kilobytes, size) for language in LANGUAGES for kilobytes in KILOBYTES for size in SIZES]
    if missing := [setting for setting in wanted if setting not in rows]:
        expect.fail(f"표 vocab에 빠진 조건이 있습니다: {expect.show(missing)}")
    if len({row["seed"] for row in rows.values()}) > 1 or not 0 <= table[0]["seed"] < 2**31:
        expect.fail("표 vocab의 seed는 모든 행에서 같은 0 이상의 정수여야 합니다.")
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
        "한 번 학습해서 앞의 병합만 남겼는지 보세요.",
    ),
)
def test_sampled_cells_agree(submission, evidence):
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


def _direction(values):
    return "up" if values[-1] > values[0] else "down"


def _gains(values):
    return [larger - smaller for smaller, larger in pairwise(values)]


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
        "size": (english, _direction(per_token)),
        "gain": (english, _direction(_gains(per_token))),
        "language": (both, _direction([row["characters"] / row["tokens"] for row in both])),
    }
    for name, (members, direction) in right.items():
        claim = evidence.conclusions.get(name)
        if not isinstance(claim, dict):
            expect.fail(f"결론 `{name}`이 없습니다.")
        expect.equal(claim.get("rows"), [row["number"] for row in members], given=f"결론 {name}의 rows")
        if claim.get("direction") != direction:
            expect.fail(f"결론 {name}의 방향 {expect.show(claim.get('direction'))}이(가) 표의 수와 다릅니다.", "표와 반대인 결론")


# -- quality-static ---------------------------------------------------------------------------------------------------

PARTS = {
    "pairs": ("bpe-pairs", "bpe-merge"),
    "train": ("bpe-train",),
    "encode": ("bpe-encode",),
    "bytes": ("bpe-bytes",),
    "experiment": ("exp-",),
}
TOLERATED = 1.0  # one major finding, or two minor ones, in a part


def try_part(student, part):
    """Whether the part's code does its job on a small example."""
    corpus = ["ab ab ab abc"]
    vocab, merges = {"[UNK]": 0, "a": 1, "b": 2, "c": 3, "ab": 4}, [("a", "b")]
    if part == "pairs":
        return (dict(student.count_pairs({("a", "b"): 2})), student.merge_pair(("a", "b", "c"), ("a", "b"))) == (
            {("a", "b"): 2},
            ("ab", "c"),
        )
    if part == "train":
        return student.train_bpe(corpus, 4)[1] == merges
    if part == "encode":
        tokenizer = student.BPETokenizer(vocab, merges, "[UNK]")
        return (tokenizer.encode("abc"), tokenizer.decode([4, 3])) == ([4, 3], "abc")
    if part == "bytes":
        tokenizer = student.ByteBPETokenizer(*student.train_byte_bpe(corpus, 258))
        return tokenizer.decode(tokenizer.encode("한 ab")) == "한 ab"
    return [row["vocab_size"] for row in student.vocab_rows(corpus, corpus, [4, 5])] == [4, 5]


@pytest.mark.grades(
    "quality-static",
    hint=("채점 결과의 줄마다 까닭이 적혀 있습니다.", "이름과 함수의 길이부터 보세요.", "한 함수가 한 가지 일만 하게 나누세요."),
)
@pytest.mark.parametrize("part", list(PARTS))
def test_code_reads_well(submission, review, part):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    if not submission.run(try_part, part=part, returns=bool, timeout=60):
        expect.fail("작은 예에서 맞는 결과가 나오지 않아 코드의 품질을 보지 않았습니다. 구현을 먼저 마치세요.")
    others = tuple(prefix for name, prefixes in PARTS.items() if name != part for prefix in (*prefixes, "theory-"))
    findings = [f for f in review.findings if not f.cell.removeprefix("solution-").startswith(others)]
    penalty = sum(WEIGHTS[RULES[finding.rule].severity] for finding in findings)
    if penalty > TOLERATED:
        said = " / ".join(f"{finding.line}번째 줄: {finding.message}" for finding in findings[:3])
        expect.fail(f"지적이 {len(findings)}개입니다. {said}")


# -- quality-growth ---------------------------------------------------------------------------------------------------

ALLOWED = 1.5  # how much more than the reference's the work may grow


def lines_executed(student, what, inputs, options):
    """How many lines run for each input, and how large the result is."""
    import sys

    found = []
    for entry in inputs:
        corpus, size = entry
        call = student.train_bpe
        arguments = (corpus, size, [], 1)
        if what == "encode":
            call, arguments = student.BPETokenizer(*options).encode, (corpus,)
        count = 0

        def trace(frame, event, argument):  # noqa: ARG001
            nonlocal count
            count += event == "line"
            return trace

        previous = sys.gettrace()
        sys.settrace(trace)
        try:
            result = call(*arguments)
        finally:
            sys.settrace(previous)
        found.append((count, len(result if what == "encode" else result[1])))
    return found


def _growth(submission, what, inputs, options=None, linear=2.0):
    """Fail if the work grows much faster from one input to the next than the reference's, or where nothing was done."""
    right = lines_executed(SimpleNamespace(train_bpe=train_bpe, BPETokenizer=BPETokenizer), what, inputs, options)
    found = submission.run(lines_executed, what=what, inputs=inputs, options=options, returns=list[tuple[int, int]], timeout=60)
    if len(found) != len(right) or any(size < wanted / 2 for (_, size), (_, wanted) in zip(found, right, strict=True)):
        expect.fail("결과가 약속보다 훨씬 작아 일의 양을 견줄 수 없습니다. 구현을 먼저 마치세요.")
    ratio, reference = (counts[1][0] / max(counts[0][0], 1) for counts in (found, right))
    return ratio, ALLOWED * max(reference, linear)


def _distinct_words(rng, number):
    """Made-up words that all differ, for corpora whose work is in the words."""
    words = {}
    while len(words) < number:
        words[made_up_word(rng, "가나다라마바사아자차카타파하거너더러머버", 4, 8)] = None
    return list(words)


@pytest.mark.grades(
    "quality-growth",
    hint=("병합마다 무엇을 다시 하는지 보세요.", "안쪽 반복이 모든 단어를 다시 도나요?", "단어의 수에 비례하는 일만 되풀이하세요."),
)
def test_work_by_corpus(submission, rng):
    """단어의 가짓수가 두 배가 되면 학습의 일도 두 배쯤입니다."""
    words = _distinct_words(rng, 240)
    ratio, allowed = _growth(submission, "train", [([" ".join(words[:120])], 45), ([" ".join(words)], 45)])
    if ratio > allowed:
        expect.fail(f"단어의 가짓수가 두 배일 때 일이 {ratio:.1f}배가 되었습니다. 단어의 제곱에 비례합니다.", "단어의 제곱")


@pytest.mark.grades(
    "quality-growth",
    hint=(
        "새 병합 하나에 드는 일이 점점 늘어나나요?",
        "앞의 병합을 처음부터 다시 하지 마세요.",
        "병합한 단어를 다음 단계에 이어서 쓰세요.",
    ),
)
def test_work_by_merges(submission, rng):
    """병합의 수가 두 배가 되면 학습의 일도 두 배쯤입니다."""
    corpus = [" ".join(_distinct_words(rng, 120))]
    ratio, allowed = _growth(submission, "train", [(corpus, 50), (corpus, 80)])
    if ratio > allowed:
        expect.fail(f"병합의 수가 두 배일 때 일이 {ratio:.1f}배가 되었습니다. 병합의 제곱에 비례합니다.", "병합의 제곱")


@pytest.mark.grades(
    "quality-growth", hint=("같은 단어를 몇 번 다루나요?", "단어 빈도표를 만드세요.", "Counter로 센 다음 서로 다른 단어만 도세요.")
)
def test_work_by_repetition(submission, rng):
    """같은 글이 되풀이되어도 단어를 센 다음의 일은 늘지 않습니다."""
    line = " ".join(_distinct_words(rng, 60))
    ratio, allowed = _growth(submission, "train", [([line] * 4, 50), ([line] * 8, 50)], linear=1.0)
    if ratio > allowed:
        expect.fail(f"같은 글이 두 배로 되풀이되었을 뿐인데 일이 {ratio:.1f}배가 되었습니다. 단어 빈도표를 쓰세요.", "나온 단어마다 되풀이")


@pytest.mark.grades(
    "quality-growth",
    hint=("단어마다 따로 인코딩하나요?", "글 전체를 매번 다시 훑지 마세요.", "단어 하나의 일은 그 단어의 길이에만 달려야 합니다."),
)
def test_work_of_encoding(submission, rng):
    """글이 두 배로 길어지면 인코딩의 일도 두 배쯤입니다."""
    words = _distinct_words(rng, 200)
    vocab, merges = train_bpe([" ".join(words)], 200, SPECIALS, 1)
    inputs = [(" ".join(words[:100]), 0), (" ".join(words), 0)]
    ratio, allowed = _growth(submission, "encode", inputs, (vocab, merges, "[UNK]"))
    if ratio > allowed:
        expect.fail(f"글이 두 배일 때 인코딩의 일이 {ratio:.1f}배가 되었습니다. 글의 길이의 제곱에 비례합니다.", "글의 제곱")

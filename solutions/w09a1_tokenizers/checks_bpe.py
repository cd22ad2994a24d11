"""Hidden checks of BPE. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

from functools import partial

import pytest

from course_lib.kit import corpora, expect
from course_lib.kit.counterexample import Call, smallest
from course_lib.tokenizers import BPETokenizer, count_pairs, merge_pair, train_bpe
from course_lib.tokenizers.examples import decoding_call, encoding_call, training_call
from course_lib.tokenizers.judging import same_training
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
        known = {name: (dict(rule(words)), said) for name, (rule, said) in COUNTS.items()}
        with smallest(submission, _counting(words)):
            actual = submission.call("count_pairs", words, returns=PAIRS)
            expect.equal(_positive(actual), dict(count_pairs(words)), given=expect.show(words), known=known)


def _counting(words):
    def same(actual, words):
        return expect.same(_positive(actual), dict(count_pairs(words)))

    return Call("count_pairs", lambda words: dict(count_pairs(words)), (words,), accepts=same, returns=PAIRS)


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
        with smallest(submission, _counting(words)):
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
            known = {name: (rule(word, two), said) for name, (rule, said) in MERGES.items()}
            _same_merge(submission, word, two, known)


def _same_merge(submission, word, pair, known):
    with smallest(submission, Call("merge_pair", merge_pair, (word, pair), returns=tuple[str, ...], whole=(1,))):
        actual = submission.call("merge_pair", word, pair, returns=tuple[str, ...])
        expect.equal(actual, merge_pair(word, pair), given=f"merge_pair({word}, {pair})", known=known)


@pytest.mark.grades(
    "bpe-merge", hint=("단어의 끝을 조심하세요.", "기호의 경계가 다르면 같은 문자열이라도 쌍이 아닙니다.", "두 기호를 따로 견주세요.")
)
def test_merge_keeps_everything_else(submission, rng):
    """쌍이 없으면 단어가 그대로이고, 병합해도 이은 글자는 같습니다."""
    for length in (int(rng.integers(5, 9)), int(rng.integers(5, 9)) * 2 + 1, 1):
        word = ("아",) * length
        known = {name: (rule(word, ("아", "아")), said) for name, (rule, said) in MERGES.items() if length > 1}
        _same_merge(submission, word, ("아", "아"), known)
    boundary = {"문자열로 견줌": (("가나다",), "기호가 아니라 이은 문자열로 견주고 있습니다.")}
    for word, pair in ((("가", "나다"), ("가나", "다")), (("나", "가"), ("가", "나")), ((), ("가", "나"))):
        _same_merge(submission, word, pair, boundary if word else None)


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
    """동점이 많은 무작위 코퍼스에서 병합 순서와 어휘가 기준 구현과 같습니다."""
    for letters in ("가나다", "가나다라마"):
        corpus = telling(
            rng,
            partial(made_up_lines, letters=letters),
            lambda corpus: [
                train_bpe(corpus, 24, min_frequency=1),
                *(w for w, _ in wrong_trainings(corpus, 24, frequency=1, splits=False).values()),
            ],
        )
        with smallest(submission, training_call(corpus, 24, frequency=1)):
            actual, expected, given = _train(submission, upstream, corpus, 24, frequency=1)
            same_training(actual, expected, given=given, known=partial(wrong_trainings, corpus, 24, frequency=1))


@pytest.mark.grades("bpe-train", weight=2, hint=TIE_HINT)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_training_on_text(submission, rng, upstream, language):
    """한국어와 영어 글에서 특수 토큰과 함께 훈련한 결과가 기준 구현과 같습니다."""
    corpus = [*corpora.lines(language, 1_500, int(rng.integers(2**31))), "x² x² ½잔 ½잔 ①번 ①번, (나는), (나는)!"]
    size = len({letter for text in corpus for letter in text}) + 40
    with smallest(submission, training_call(corpus, size, SPECIALS)):
        actual, expected, given = _train(submission, upstream, corpus, size, SPECIALS)
        same_training(actual, expected, given=given, known=lambda: wrong_trainings(corpus, size, SPECIALS))


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
    with smallest(submission, training_call(corpus, 20, (), 1, "lexicographic_max")):
        actual, expected, given = _train(submission, upstream, corpus, 20, (), 1, "lexicographic_max")
        same_training(actual, expected, given=given, known=lambda: {name: (rule(corpus), said) for name, (rule, said) in rules.items()})


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
        options = (corpus, size, specials, frequency)
        with smallest(submission, training_call(*options)):
            actual, expected, given = _train(submission, upstream, *options)
            if missing := [symbol for symbol in expected[0] if (len(symbol) == 1 or symbol in specials) and symbol not in actual[0]]:
                expect.fail(f"알파벳이나 특수 토큰이 어휘에서 빠졌습니다: {missing}. 입력 {given}", "알파벳을 버림")
            same_training(actual, expected, given=given, known=lambda options=options: _wrong_stops(*options))


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
    known = {f"번호를 두 번 줌 ({i})": (w, said) for i, w in enumerate(wrong(corpus), 1)}
    with smallest(submission, training_call(corpus, 16, special(corpus), 1)):
        actual, expected, given = _train(submission, upstream, corpus, 16, special(corpus), 1)
        if actual[0].get(special(corpus)[0]) != 0:
            expect.fail(f"{said} 입력 {given}", "번호를 두 번 줌")
        same_training(actual, expected, given=given, known=lambda: known)


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
    said = "제너레이터로 준 코퍼스에서 병합을 하나도 배우지 못했습니다. 코퍼스를 두 번 읽고 있지 않은지 보세요."
    with smallest(submission, training_call(corpus, 12, generator=True)):
        actual = submission.run(train_from_generator, corpus=corpus, size=12, returns=TRAINED, replaced=replaced)
        if not actual[1] and expected[1]:
            expect.fail(said, "코퍼스를 두 번 읽음")
        same_training(actual, expected, given=f"제너레이터로 준 {expect.show(corpus)} (vocab_size=12)", known=dict)


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
    with smallest(submission, *(encoding_call(tokenizer, text) for text in texts)):
        return submission.run(encode_texts, **arguments, returns=[list[int]] * len(texts), replaced=replaced)


def _tokenizer(corpus, size):
    return BPETokenizer(*train_bpe(corpus, size, SPECIALS, 1), "[UNK]")


RANK_HINT = (
    "배운 순서대로 병합합니다.",
    "단어 안의 쌍 가운데 순위가 가장 앞선 것을 되풀이해서 병합하세요.",
    "min(쌍, key=ranks.get)으로 고릅니다.",
)


def _by_rank_and_longest(tokenizer, text):
    return tokenizer.encode(text), ENCODINGS["가장 긴 조각부터"][0](tokenizer, text)


def _same_encoding(submission, actual, tokenizer, text):
    known = wrong_encodings(tokenizer, text) if actual != tokenizer.encode(text) else None
    with smallest(submission, encoding_call(tokenizer, text)):
        expect.equal(actual, tokenizer.encode(text), given=f"{text!r} (병합 {expect.show(tokenizer.merges)})", known=known)


@pytest.mark.grades("bpe-encode", weight=2, hint=RANK_HINT)
def test_encoding_by_rank(submission, rng, upstream):
    """기준 어휘로 무작위 글을 인코딩한 결과가 기준 구현과 같습니다."""
    for _ in range(3):
        tokenizer = _tokenizer(made_up_lines(rng, lines=12), 30)
        text = telling(rng, lambda rng: " ".join(made_up_lines(rng)), partial(_by_rank_and_longest, tokenizer))
        _same_encoding(submission, _encode(submission, upstream, tokenizer, [text])[0], tokenizer, text)


@pytest.mark.grades("bpe-encode", hint=RANK_HINT)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_encoding_text(submission, rng, upstream, language):
    """한국어와 영어 글을 인코딩한 결과가 기준 구현과 같습니다."""
    seed = int(rng.integers(2**31))
    tokenizer = _tokenizer(corpora.lines(language, 4_000, seed), 700)
    texts = ["", *corpora.lines(language, 600, seed + 1)]
    for text, actual in zip(texts, _encode(submission, upstream, tokenizer, texts), strict=True):
        _same_encoding(submission, actual, tokenizer, text)


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
        _same_encoding(submission, _encode(submission, upstream, tokenizer, [text])[0], tokenizer, text)


@pytest.mark.grades("bpe-encode", hint=("번호마다 기호를 찾습니다.", "기호 사이에 아무것도 넣지 않습니다.", "''.join(기호)"))
def test_decoding(submission, rng):
    """디코딩은 기호를 빈칸 없이 잇고, 단어 하나는 원래대로 돌아옵니다."""
    tokenizer = _tokenizer(made_up_lines(rng, lines=12), 30)
    ids = [tokenizer.encode(made_up_word(rng, high=9)) for _ in range(6)] + [[int(n) for n in rng.permutation(len(tokenizer.vocab))], []]
    arguments = {"vocab": tokenizer.vocab, "merges": tokenizer.merges}
    with smallest(submission, *(decoding_call(tokenizer, numbers) for numbers in ids)):
        decoded = submission.run(decode_ids, **arguments, ids=ids, returns=[str] * len(ids))
        for numbers, actual in zip(ids, decoded, strict=True):
            symbols = [tokenizer.decode([number]) for number in numbers]
            known = {"빈칸으로 이음": (" ".join(symbols), "기호를 빈칸으로 잇고 있습니다.")} if len(symbols) > 1 else {}
            expect.equal(actual, tokenizer.decode(numbers), given=f"번호 {numbers}", known=known)

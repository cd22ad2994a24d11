"""Hidden checks of WordPiece. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import math

import pytest

from course_lib.kit import corpora, expect
from course_lib.kit.counterexample import smallest
from course_lib.tokenizers.examples import (
    loss_call,
    score_call,
    tied_scores_call,
    wordpiece_decoding_call,
    wordpiece_encoding_call,
    wordpiece_training_call,
)
from course_lib.tokenizers.trials import made_up_lines, made_up_word, telling
from course_lib.tokenizers.wordpiece import WordPieceTokenizer, train_wordpiece, unigram_nll, wordpiece_score
from course_lib.tokenizers.wordpiece_mistakes import (
    LOSSES,
    SCORES,
    first_fault,
    recorded_scores,
    same_wordpiece,
    segmented_words,
    wrong_encodings,
    wrong_wordpieces,
)

TRAINED = tuple[dict[str, int], list[tuple[str, str]]]
SPECIALS = ["[UNK]", "[PAD]"]


# -- wp-score ---------------------------------------------------------------------------------------------------------

SCORE_HINT = ("쌍의 횟수를 무엇으로 나누나요?", "두 토큰의 횟수를 곱합니다.", "c_ab / (c_a * c_b)")


def scores_of(student, counts):
    return [float(student.wordpiece_score(*three)) for three in counts]


def _same_scores(submission, counts):
    with smallest(submission, *(score_call(three) for three in counts)):
        _judge_scores(counts, submission.run(scores_of, counts=counts, returns=[float] * len(counts)))


def _judge_scores(counts, found):
    for three, actual in zip(counts, found, strict=True):
        right = float(wordpiece_score(*three))
        if math.isclose(actual, right, rel_tol=1e-9):
            continue
        for name, (rule, said) in SCORES.items():
            if math.isclose(actual, rule(*three), rel_tol=1e-9):
                expect.fail(f"{said} 입력 wordpiece_score{three}", name)
        expect.fail(f"wordpiece_score{three}에서 {actual:.6g}이(가) 나왔습니다.")


@pytest.mark.grades("wp-score", weight=2, hint=SCORE_HINT)
def test_scores_equal_reference(submission, rng):
    """무작위 횟수에서 점수가 c_ab / (c_a · c_b)와 같습니다."""
    counts = []
    for _ in range(8):
        together = int(rng.integers(2, 40))
        counts.append((together, together + int(rng.integers(3, 90)), together + int(rng.integers(100, 300))))
    _same_scores(submission, counts)


@pytest.mark.grades(
    "wp-score", hint=("(6, 6, 6)과 (12, 12, 6)의 점수를 견주어 보세요.", "같은 분수는 같은 점수입니다.", "나눗셈은 한 번만 하세요.")
)
def test_equal_fractions_score_equally(submission, rng):
    """같은 분수는 똑같은 점수를 받고, 늘 함께 나오는 드문 쌍이 흩어져 나오는 잦은 쌍보다 점수가 높습니다."""
    factor = int(rng.integers(2, 9))
    pairs = [((6, 2 * n, 3), (6 * factor, 2 * n, 3 * factor)) for n in (3, 5, 7, 11, int(rng.integers(12, 99)))]
    _same_scores(submission, [three for pair in pairs for three in pair])
    found = submission.run(scores_of, counts=[three for pair in pairs for three in pair], returns=[float] * 2 * len(pairs))
    for place, (one, other) in enumerate(pairs):
        if found[2 * place] != found[2 * place + 1]:
            with smallest(submission, tied_scores_call(one, other)):
                expect.fail(f"{one}과 {other}는 같은 분수인데 점수가 다릅니다. 반올림이 동점을 갈라놓았습니다.", "동점을 갈라놓음")
    often, seldom = int(rng.integers(200, 400)), int(rng.integers(3, 9))
    frequent, rare = submission.run(scores_of, counts=[(often, 900, 950), (seldom, seldom, seldom + 1)], returns=[float] * 2)
    if not rare > frequent:
        expect.fail("늘 함께 나오는 드문 쌍의 점수가 흩어져 나오는 잦은 쌍보다 낮습니다.", "빈도")


# -- wp-nll -----------------------------------------------------------------------------------------------------------

NLL_HINT = ("토큰마다 횟수를 세세요.", "확률은 c / N입니다.", "-Σ c · ln(c / N)")


def _same_loss(submission, words):
    with smallest(submission, loss_call(words)):
        _judge_loss(submission, words)


def _judge_loss(submission, words):
    actual, right = submission.call("unigram_nll", words, returns=float), unigram_nll(words)
    if math.isclose(actual, right, rel_tol=1e-9, abs_tol=1e-9):
        return
    for name, (rule, said) in LOSSES.items():
        if math.isclose(actual, rule(words), rel_tol=1e-9):
            expect.fail(f"{said} 입력 {expect.show(words)}", name)
    expect.fail(f"입력 {expect.show(words)}에서 {actual:.6g}이(가) 나왔습니다.")


@pytest.mark.grades("wp-nll", weight=2, hint=NLL_HINT)
def test_loss_equals_reference(submission, rng):
    """무작위로 나뉜 코퍼스에서 음의 로그 가능도가 기준 구현과 같습니다."""
    for _ in range(3):
        words = {word: number + 1 for word, number in segmented_words(made_up_lines(rng, lines=6)).items()}
        _same_loss(submission, words)


@pytest.mark.grades("wp-nll", hint=("코퍼스가 비면 0입니다.", "토큰이 한 가지뿐이면 확률이 1입니다.", "ln 1 = 0"))
def test_loss_at_the_edges(submission, rng):
    """토큰이 한 가지뿐이거나 코퍼스가 비면 0이고, 가짓수가 k인 고른 코퍼스에서는 N ln k입니다."""
    number = int(rng.integers(3, 9))
    for words in ({}, {("가",): number}):
        with smallest(submission, loss_call(words)):
            actual = submission.call("unigram_nll", words, returns=float)
            if not math.isclose(actual, 0.0, abs_tol=1e-12):
                expect.fail(f"입력 {words}에서 {actual:.6g}이(가) 나왔습니다. 놀랄 것이 없는 코퍼스의 손실은 0입니다.")
    _same_loss(submission, {("가", "##나"): number, ("다", "##라"): number, ("가", "##라"): number, ("다", "##나"): number})


# -- wp-train ---------------------------------------------------------------------------------------------------------

TRAIN_HINT = (
    "BPE와 다른 것은 고르는 기준뿐입니다.",
    "병합할 때마다 토큰의 횟수도 다시 셉니다.",
    "max(쌍, key=점수), 동점이면 번호의 쌍이 작은 것",
)


def _train(submission, upstream, corpus, size, specials=SPECIALS, frequency=1):
    replaced = upstream(lambda: recorded_scores(corpus, train_wordpiece(corpus, size, specials, frequency)[1]))
    return submission.call("train_wordpiece", corpus, size, specials, frequency, returns=TRAINED, replaced=replaced)


def _telling_corpus(rng, size, frequency=1):
    """A corpus on which every misconception takes a step that no right training takes, and all of them differ."""
    for _ in range(300):
        corpus = made_up_lines(rng, lines=10, letters="가나다라마바")
        wrong = [trained for trained, _ in wrong_wordpieces(corpus, size, SPECIALS, frequency).values()]
        merges = [tuple(merges) for _, merges in wrong]
        if len(set(merges)) == len(merges) and all(first_fault(trained, corpus, size, SPECIALS, frequency) for trained in wrong):
            return corpus
    raise RuntimeError("no telling corpus was drawn")


@pytest.mark.grades("wp-train", weight=3, hint=TRAIN_HINT)
def test_wordpiece_training(submission, rng, upstream):
    """무작위 코퍼스에서 병합마다 점수가 가장 높은 쌍을 고릅니다. 동점에서는 어느 쪽이든 맞습니다."""
    size = 26
    corpus = _telling_corpus(rng, size)
    given = f"{expect.show(corpus)} (vocab_size={size})"
    with smallest(submission, wordpiece_training_call(corpus, size, SPECIALS, 1)):
        same_wordpiece(_train(submission, upstream, corpus, size), corpus, size, SPECIALS, 1, given=given)


@pytest.mark.grades("wp-train", weight=2, hint=TRAIN_HINT)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_wordpiece_training_on_text(submission, rng, upstream, language):
    """한국어와 영어 글에서 점수가 가장 높은 쌍을 차례로 병합합니다."""
    corpus = corpora.lines(language, 1_500, int(rng.integers(2**31)))
    size = len(train_wordpiece(corpus, 1, SPECIALS)[0]) + 25
    with smallest(submission, wordpiece_training_call(corpus, size, SPECIALS, 2)):
        actual = _train(submission, upstream, corpus, size, frequency=2)
        same_wordpiece(actual, corpus, size, SPECIALS, 2, given=f"{expect.show(corpus)} (vocab_size={size})")


@pytest.mark.grades(
    "wp-train", hint=("멈추는 조건은 BPE와 같습니다.", "min_frequency는 쌍의 횟수에 겁니다.", "조건에 맞는 쌍이 없으면 멈춥니다.")
)
def test_wordpiece_stops(submission, rng, upstream):
    """vocab_size에 이르거나 min_frequency번 넘게 나온 쌍이 없으면 멈추고, 알파벳은 버리지 않습니다."""

    def draw(rng):
        return made_up_lines(rng, lines=6)

    def trained(corpus):
        return [train_wordpiece(corpus, 90, SPECIALS, frequency)[1] for frequency in (1, 2, 3)]

    corpus = telling(rng, draw, trained)
    letters = len(train_wordpiece(corpus, 1, SPECIALS)[0])
    for size, frequency in ((90, 2), (90, 3), (letters + 2, 1), (letters, 1), (1, 1)):
        given = f"{expect.show(corpus)} (vocab_size={size}, min_frequency={frequency})"
        right = train_wordpiece(corpus, size, SPECIALS, frequency)
        with smallest(submission, wordpiece_training_call(corpus, size, SPECIALS, frequency)):
            actual = _train(submission, upstream, corpus, size, frequency=frequency)
            if actual[1] and actual[1] == train_wordpiece(corpus, size, SPECIALS, 1)[1] != right[1]:
                expect.fail(f"min_frequency보다 적게 나온 쌍까지 병합하고 있습니다. 입력 {given}", "min_frequency 무시")
            same_wordpiece(actual, corpus, size, SPECIALS, frequency, given=given)


# -- wp-encode --------------------------------------------------------------------------------------------------------

LONGEST_HINT = (
    "단어의 앞에서부터 어휘에 있는 가장 긴 조각을 찾습니다.",
    "둘째 조각부터는 ##를 붙여 찾습니다.",
    "조각을 하나라도 찾지 못하면 단어 전체가 [UNK]입니다.",
)


def wordpiece_ids(student, vocab, texts):
    tokenizer = student.WordPieceTokenizer(vocab, "[UNK]")
    return [tokenizer.encode(text) for text in texts]


def wordpiece_texts(student, vocab, ids):
    tokenizer = student.WordPieceTokenizer(vocab, "[UNK]")
    return [tokenizer.decode(numbers) for numbers in ids]


def _tokenizer(rng):
    vocab, _ = train_wordpiece(made_up_lines(rng, lines=12), 30, SPECIALS, 1)
    return WordPieceTokenizer(vocab)


def _same_encoding(submission, tokenizer, texts):
    with smallest(submission, *(wordpiece_encoding_call(tokenizer, text) for text in texts)):
        found = submission.run(wordpiece_ids, vocab=tokenizer.vocab, texts=texts, returns=[list[int]] * len(texts))
        for text, actual in zip(texts, found, strict=True):
            right = tokenizer.encode(text)
            known = {name: entry for name, entry in wrong_encodings(tokenizer, text).items() if entry[0] != right}
            expect.equal(actual, right, given=f"{expect.show(text)} (어휘 {expect.show(list(tokenizer.vocab))})", known=known)


def _wrong_where(tokenizer, text, names):
    return [wrong_encodings(tokenizer, text)[name][0] for name in names]


@pytest.mark.grades("wp-encode", weight=2, hint=LONGEST_HINT)
def test_longest_match(submission, rng):
    """단어마다 가장 긴 조각부터 찾은 번호가 기준 구현과 같습니다."""
    for _ in range(3):
        tokenizer = _tokenizer(rng)
        names = ("## 없이 찾음", "짧은 조각부터")
        text = telling(
            rng,
            lambda rng: " ".join(made_up_lines(rng)),
            lambda text, t=tokenizer, n=names: [t.encode(text), *_wrong_where(t, text, n)],
        )
        _same_encoding(submission, tokenizer, [text, ""])


@pytest.mark.grades(
    "wp-encode", weight=2, hint=("어휘에 없는 글자가 든 단어를 보세요.", "앞에서 찾은 조각도 버립니다.", "return [self.unk_id]")
)
def test_a_whole_word_is_unknown(submission, rng):
    """조각 하나라도 어휘에 없으면 단어 전체가 [UNK] 하나입니다."""
    tokenizer = _tokenizer(rng)
    names = ("앞 조각을 남김", "글자마다 [UNK]")

    def draw(rng):
        return f"{made_up_word(rng)} {made_up_word(rng, low=3)}뷁{made_up_word(rng)} {made_up_word(rng)}"

    text = telling(rng, draw, lambda text: [tokenizer.encode(text), *_wrong_where(tokenizer, text, names)])
    _same_encoding(submission, tokenizer, [text])


@pytest.mark.grades("wp-encode", hint=("아주 긴 단어를 넣어 보세요.", "100글자까지는 나눕니다.", "len(word) > 100"))
def test_very_long_words(submission, rng):
    """100글자인 단어는 나누고 101글자인 단어는 [UNK] 하나가 됩니다."""
    vocab = {"[UNK]": 0, "가": 1, "##가": 2, "##가가": 3}
    long = "가" * int(rng.integers(120, 200))
    _same_encoding(submission, WordPieceTokenizer(vocab), ["가" * 100, "가" * 101, f"가 {long} 가"])


@pytest.mark.grades("wp-encode", hint=("빈칸으로 이은 다음 무엇을 없애나요?", "' ##'를 없앱니다.", "' '.join(토큰).replace(' ##', '')"))
def test_wordpiece_decoding(submission, rng):
    """디코딩은 토큰을 빈칸으로 잇고 ' ##'를 없앱니다. 문장 부호 앞의 빈칸은 그대로입니다."""
    vocab = {token: i for i, token in enumerate(["[UNK]", *sorted({"가", "##나", "다", "##다", "!", "##", "#", "나##"})])}
    tokenizer = WordPieceTokenizer(vocab)
    ids = [[vocab[token] for token in ("가", "##나", "!", "다", "##다")], [vocab[token] for token in ("나##", "가", "[UNK]")], []]
    ids += [[int(number) for number in rng.permutation(len(vocab))]]
    with smallest(submission, *(wordpiece_decoding_call([tokenizer.tokens[number] for number in numbers]) for numbers in ids)):
        _judge_texts(tokenizer, ids, submission.run(wordpiece_texts, vocab=vocab, ids=ids, returns=[str] * len(ids)))


def _judge_texts(tokenizer, ids, found):
    for numbers, actual in zip(ids, found, strict=True):
        tokens = [tokenizer.tokens[number] for number in numbers]
        known = {
            "빈칸 없이 이음": ("".join(tokens).replace("##", ""), "토큰을 빈칸 없이 잇고 있습니다."),
            "##를 남김": (" ".join(tokens), "이어지는 조각을 붙이지 않고 있습니다. ' ##'를 없애야 합니다."),
            "##를 모두 없앰": (" ".join(tokens).replace(" ##", "").replace("##", ""), "글 안의 ##까지 없애고 있습니다. ' ##'만 없애세요."),
            "문장 부호를 붙임": (tokenizer.decode(numbers).replace(" !", "!"), "문장 부호 앞의 빈칸까지 없애고 있습니다."),
        }
        right = tokenizer.decode(numbers)
        expect.equal(actual, right, given=f"토큰 {tokens}", known={n: k for n, k in known.items() if k[0] != right})

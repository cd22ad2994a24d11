"""Public checks of the bonus. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import math

import pytest

from course_lib.kit import expect

HAND = {"사": -4.0, "과": -4.0, "나": -3.0, "무": -3.5, "사과": -2.0, "나무": -2.0, "사과나": -3.0}
SPACE = "\u2581"


def _close(actual, right, given):
    """Fail unless two tables of numbers have the same names and close numbers."""
    if actual.keys() != right.keys() or not all(math.isclose(actual[name], right[name], rel_tol=1e-9, abs_tol=1e-12) for name in right):
        expect.fail(f"{given}에서 {expect.show(actual)}이(가) 나왔습니다. 기대한 값은 {right}입니다.")


# -- unigram ----------------------------------------------------------------------------------------------------------


def cut(student, texts, scores):
    found = [student.viterbi(text, scores) for text in texts]
    return [(list(pieces), float(score)) for pieces, score in found]


@pytest.mark.grades(
    "bonus-viterbi",
    hint=(
        "앞의 j글자를 나누는 가장 큰 합을 자리마다 적으세요.",
        "그때 마지막 조각이 시작하는 자리도 함께 적습니다.",
        "끝에서부터 그 자리를 따라 되짚고, 조각의 순서를 뒤집습니다.",
    ),
)
def test_path_of_the_hand_example(submission):
    """'사과나무'는 사과, 나무이고 합은 -4이며, 모르는 글자는 -14, 빈 글은 조각이 없습니다."""
    rows = {
        "사과나무": (["사과", "나무"], -4.0),
        "사과뷁": (["사과", "뷁"], -16.0),
        "": ([], 0.0),
        "과나무나": (["과", "나무", "나"], -9.0),
    }
    found = submission.run(cut, texts=list(rows), scores=HAND, returns=list[tuple[list[str], float]])
    for (text, (pieces, score)), (actual, total) in zip(rows.items(), found, strict=True):
        expect.equal(actual, pieces, given=f"viterbi({text!r}, VITERBI_HAND)의 조각", show_expected=True)
        if not math.isclose(total, score, abs_tol=1e-9):
            expect.fail(f"viterbi({text!r}, VITERBI_HAND)의 합이 {total:.6g}입니다. 기대한 값은 {score:.6g}입니다.")


def unigram(student, scores, ids, unk_id, texts, numbers):
    tokenizer = student.UnigramTokenizer(scores, ids, unk_id)
    return [list(tokenizer.encode(text)) for text in texts], [tokenizer.decode(row) for row in numbers]


@pytest.mark.grades(
    "bonus-spm",
    hint=(
        "빈칸을 ▁로 바꾸고 맨 앞에도 붙이세요.",
        "이어진 모르는 글자는 번호 하나입니다.",
        "되돌릴 때는 맨 앞의 빈칸 하나만 뗍니다.",
    ),
)
def test_unigram_of_a_small_model(submission):
    """작은 어휘에서 번호와 되돌린 글이 맞습니다."""
    scores = {SPACE: -2.0, "밥": -4.0, f"{SPACE}밥": -2.5, "을": -3.0, "먹": -4.0, "자": -4.0, "먹자": -3.5}
    ids = {piece: number for number, piece in enumerate(scores, 3)}
    rows = {"밥을 먹자": [5, 6, 3, 9], "": [], "뷁쀍밥": [3, 1, 4], " 밥 ": [3, 5, 3]}
    back = {(5, 6, 3, 9): "밥을 먹자", (3, 1, 4): " \u2047 밥", (3, 5, 3): " 밥 "}
    numbers = [list(row) for row in back]
    found = submission.run(
        unigram, scores=scores, ids=ids, unk_id=1, texts=list(rows), numbers=numbers, returns=tuple[list[list[int]], list[str]]
    )
    for text, actual in zip(rows, found[0], strict=True):
        expect.equal(actual, rows[text], given=f"encode({text!r}), 어휘 {ids}", show_expected=True)
    for row, actual in zip(back, found[1], strict=True):
        expect.equal(actual, back[row], given=f"decode({list(row)})", show_expected=True)


def library(student, lines):
    import io

    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    model = io.BytesIO()
    options = {"model_type": "unigram", "normalization_rule_name": "identity", "remove_extra_whitespaces": False, "minloglevel": 2}
    options |= {"vocab_size": 30, "hard_vocab_limit": False, "num_threads": 1, "unk_id": 2, "bos_id": 0, "eos_id": 1}
    SentencePieceTrainer.train(sentence_iterator=iter(lines), model_writer=model, **options)
    processor = SentencePieceProcessor(model_proto=model.getvalue())
    scores, ids = student.read_pieces(processor)
    tokenizer = student.UnigramTokenizer(scores, ids, processor.unk_id())
    strange = [piece for piece in scores if piece in ("<s>", "</s>", "<unk>")]
    return strange, [(list(tokenizer.encode(line)), processor.encode(line)) for line in lines]


@pytest.mark.grades(
    "bonus-spm",
    hint=(
        "is_control이나 is_unknown이 참인 번호는 건너뜁니다.",
        "모델의 번호를 그대로 쓰세요.",
        "{processor.id_to_piece(n): n for n in …}",
    ),
)
def test_library_gives_the_same(submission):
    """작은 글로 훈련한 모델에서 특수 조각이 빠지고, 번호가 라이브러리와 같습니다."""
    lines = ["사과나무에 사과가 열렸다", "나무에 사과가 많다", "사과나무가 많다", "나무가 자랐다"]
    strange, found = submission.run(library, lines=lines, returns=tuple[list[str], list[tuple[list[int], list[int]]]])
    if strange:
        expect.fail(f"특수 조각 {strange}이(가) 어휘에 들어 있습니다.")
    for line, (own, right) in zip(lines, found, strict=True):
        expect.equal(own, right, given=f"encode({line!r})", show_expected=True)


# -- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.grades("bonus-languages", hint=("줄의 수를 α제곱한 다음 합으로 나눕니다.", "0줄인 언어는 따로 0.0입니다."))
def test_probabilities_of_the_hand_example(submission):
    """900줄과 100줄은 α=0.5에서 0.75와 0.25이고, 글이 없는 언어는 언제나 0입니다."""
    counts = {"ko": 900, "vi": 100, "xx": 0}
    for alpha, right in ((1.0, (0.9, 0.1, 0.0)), (0.5, (0.75, 0.25, 0.0)), (0.0, (0.5, 0.5, 0.0))):
        actual = submission.call("sampling_probs", counts, alpha, returns=dict[str, float])
        _close(actual, dict(zip(counts, right, strict=True)), f"sampling_probs({counts}, {alpha})")


def drawn(student, texts, probs, counts):
    import numpy

    return [list(student.draw_lines(texts, probs, count, numpy.random.default_rng(7))) for count in counts]


@pytest.mark.grades("bonus-languages", hint=("줄마다 먼저 언어를 뽑으세요.", "rng.choice(…, p=…)", "확률이 0인 언어는 나오지 않습니다."))
def test_lines_by_language(submission):
    """2,000줄을 뽑으면 확률이 0.5인 언어가 절반쯤이고, 모든 줄은 주어진 줄입니다."""
    texts = {"en": [f"en{number}" for number in range(50)], "ko": ["ko0", "ko1"], "ja": ["ja0"]}
    lines, few = submission.run(drawn, texts=texts, probs={"en": 0.5, "ko": 0.5, "ja": 0.0}, counts=[2_000, 3], returns=list[list[str]])
    if (len(lines), len(few)) != (2_000, 3) or not set(lines) <= {*texts["en"], *texts["ko"]}:
        expect.fail("2,000줄과 3줄을, 확률이 0이 아닌 언어의 줄에서만 뽑아야 합니다.")
    korean = sum(line.startswith("ko") for line in lines)
    if not 800 <= korean <= 1_200:
        expect.fail(f"확률이 0.5인 언어의 줄이 2,000줄 가운데 {korean}줄입니다. 줄의 수가 아니라 probs로 뽑으세요.")


def parity(student, parallel, pivot):
    return dict(student.parity_ratio(list, parallel, pivot))


@pytest.mark.grades("bonus-languages", hint=("토큰을 모두 더한 다음 나눕니다.", "기준 언어가 분모입니다."))
def test_parity_of_small_texts(submission):
    """글자를 토큰으로 셀 때 영어 4개와 한국어 6개의 비는 1과 1.5입니다."""
    parallel = {"en": ["abc", "d"], "ko": ["가나", "다라마바"]}
    actual = submission.run(parity, parallel=parallel, pivot="en", returns=dict[str, float])
    _close(actual, {"en": 1.0, "ko": 1.5}, f"parity_ratio(list, {parallel}, 'en')")


# -- router -----------------------------------------------------------------------------------------------------------


def routes(student, texts):
    class Code:
        """Code points of some letters; others are lost."""

        def __init__(self, letters):
            self.letters = letters

        def encode(self, text):
            return [self.letters.find(letter) for letter in text]

        def decode(self, ids):
            return "".join(self.letters[number] if number >= 0 else "?" for number in ids)

    class Bytes:
        def encode(self, text):
            return list(text.encode())

        def decode(self, ids):
            return bytes(ids).decode()

    router = student.DynamicTokenizer({"한글": Code("가나다 "), "바이트": Bytes(), "영어": Code("abc")})
    found = [(router.route(text), list(ids := router.encode(text)), router.decode(ids)) for text in texts]
    refused = 0
    for ids in ([], [3, 5]):
        try:
            router.decode(ids)
        except ValueError:
            refused += 1
    return found, refused


@pytest.mark.grades(
    "bonus-router",
    hint=(
        "모든 후보로 인코딩해 보고, 되돌릴 수 있는 것 가운데 짧은 것을 고르세요.",
        "맨 앞에 후보의 순번을 적습니다.",
        "번호는 후보의 수만큼 밉니다.",
    ),
)
def test_routes_of_small_texts(submission):
    """글을 잃지 않고 가장 짧은 후보를 고르고, 동점이면 앞의 후보이며, 이상한 번호에는 ValueError를 냅니다."""
    rows = {
        "가 나": ("한글", [0, 3, 6, 4]),
        "abc": ("바이트", [1, 100, 101, 102]),
        "가a": ("바이트", [1, 237, 179, 131, 100]),
        "": ("한글", [0]),
    }
    found, refused = submission.run(routes, texts=list(rows), returns=tuple[list[tuple[str, list[int], str]], int])
    for (text, (name, ids)), (actual, numbers, back) in zip(rows.items(), found, strict=True):
        expect.equal(actual, name, given=f"route({text!r})", show_expected=True)
        expect.equal(numbers, ids, given=f"encode({text!r})", show_expected=True)
        expect.equal(back, text, given=f"decode({numbers})", show_expected=True)
    if refused < 2:
        expect.fail("decode([])과, 후보가 셋일 때의 decode([3, 5])는 ValueError를 내야 합니다.")

"""Hidden checks of the bonus on unigram segmentation, and of the quality of all bonus code."""

from __future__ import annotations

import math
from functools import cache
from itertools import takewhile

import pytest

from autograder.review.readable import HINT, expect_readable, expect_works
from course_lib.kit import expect, world
from course_lib.tokenizers.trials import made_up_word, telling
from course_lib.tokenizers.unigram import SPACE, UnigramTokenizer, train_unigram, viterbi
from course_lib.tokenizers.unigram_mistakes import PATHS, SAID, longest_first, value, wrong_ids, wrong_readings, wrong_texts

CUT = tuple[list[str], float]
LETTERS = "가나다라"
CLOSE = 1e-6  # sums of some dozen scores of a size of ten
ROUNDED = 1e-4  # the same in single precision


# -- bonus-viterbi ----------------------------------------------------------------------------------------------------


def cut(student, texts, scores):
    found = []
    for text in texts:
        pieces, score = student.viterbi(text, scores)
        found.append((list(pieces), float(score)))
    return found


def _vocabulary(rng, letters=LETTERS, longer=14):
    """Scores of every letter, and of longer pieces that are sometimes worth it and sometimes not."""
    pieces = dict.fromkeys([*letters, *(made_up_word(rng, letters, 2, 5) for _ in range(longer))])
    return {piece: -round(float(rng.uniform(1.5, 4.0)) * (0.6 + 0.5 * len(piece)), 2) for piece in pieces}


def _judge_cut(text, scores, found):
    """Every best path is right, and no other; the sum is that of the path."""
    (pieces, score), right = found, viterbi(text, scores).score
    given = f"viterbi({text!r}, {expect.show(scores)})"
    if "".join(pieces) != text:
        expect.fail(f"조각을 이으면 원래 글이 아닙니다: {expect.show(pieces)}. {given}")
    if strange := [piece for piece in pieces if piece not in scores and len(piece) != 1]:
        expect.fail(f"어휘에 없는 조각 {strange[0]!r}이(가) 있습니다. 어휘에 없는 것은 글자 하나씩 나옵니다. {given}")
    if math.isclose(value(pieces, scores), right, abs_tol=CLOSE) and math.isclose(score, right, abs_tol=CLOSE):
        return
    for name, rule in PATHS.items():
        wrong_pieces, wrong_score = rule(text, scores)
        if pieces == wrong_pieces and math.isclose(score, wrong_score, abs_tol=CLOSE):
            expect.fail(f"{SAID[name]} {given}에서 {expect.show(pieces)}, {score:.6g}이(가) 나왔습니다.", name)
    if not math.isclose(value(pieces, scores), right, abs_tol=CLOSE):
        expect.fail(f"{given}에서 {expect.show(pieces)}이(가) 나왔습니다. 점수의 합이 더 큰 길이 있습니다.")
    expect.fail(f"조각은 맞지만 합이 {score:.6g}입니다. 돌려준 조각의 점수를 모두 더한 값이어야 합니다. {given}")


@pytest.mark.grades(
    "bonus-viterbi",
    weight=3,
    hint=(
        "앞에서부터 j글자를 나누는 가장 좋은 값을 자리마다 적어 두세요.",
        "마지막 조각이 i에서 j까지라면, i까지의 가장 좋은 값에 그 조각의 점수를 더합니다.",
        "자리마다 가장 좋은 값과 그때의 i를 적고, 끝에서부터 i를 따라 되짚습니다.",
    ),
)
def test_best_path(submission, rng):
    """무작위 어휘에서 조각을 이으면 원래 글이고, 점수의 합이 모든 길 가운데 가장 큽니다."""

    def draw(rng):
        return _vocabulary(rng), made_up_word(rng, LETTERS, 9, 13)

    def answers(drawn):
        scores, text = drawn
        known = [PATHS[name](text, scores)[0] for name in list(PATHS)[:5]]
        return [list(viterbi(text, scores).pieces), *known]

    for _ in range(4):
        scores, text = telling(rng, draw, answers)
        (found,) = submission.run(cut, texts=[text], scores=scores, returns=[CUT])
        _judge_cut(text, scores, found)


@pytest.mark.grades(
    "bonus-viterbi",
    weight=2,
    hint=(
        "어휘에 없는 글자도 그 글자 하나짜리 조각입니다.",
        "그 점수는 가장 작은 점수에서 10을 뺀 값입니다.",
        "scores.get(조각, min(scores.values()) - 10), 단 길이가 1일 때만",
    ),
)
def test_unknown_pieces(submission, rng):
    """어휘에 없는 글자는 글자 하나짜리 조각이고, 그 점수는 가장 작은 점수보다 10이 작습니다."""
    scores = _vocabulary(rng)
    scores |= {"🙂가": min(scores.values()) - 4.5, "뷁나다": min(scores.values()) - 3.0}
    front, back = made_up_word(rng), made_up_word(rng)
    texts = [f"{front}뷁{back}", "쀍", f"🙂가{front}", f"{front}뷁나다🙂", f"뷁쀍{back}"]
    for text, found in zip(texts, submission.run(cut, texts=texts, scores=scores, returns=[CUT] * len(texts)), strict=True):
        _judge_cut(text, scores, found)


@pytest.mark.grades(
    "bonus-viterbi",
    hint=(
        "나누는 방법을 모두 만들어 보면 글자마다 두 배씩 늘어납니다.",
        "자리마다 한 번만 계산하고 적어 둔 값을 다시 쓰세요.",
        "글자 수와 가장 긴 조각의 길이를 곱한 만큼만 봅니다.",
    ),
)
def test_long_texts_and_empty_ones(submission, rng):
    """글이 길어도 끝나고, 빈 글은 조각이 없고 합이 0입니다."""
    scores = _vocabulary(rng)
    texts = ["", LETTERS[int(rng.integers(0, 4))], made_up_word(rng, LETTERS, 150, 200)]
    for text, found in zip(texts, submission.run(cut, texts=texts, scores=scores, returns=[CUT] * len(texts)), strict=True):
        _judge_cut(text, scores, found)


# -- bonus-spm --------------------------------------------------------------------------------------------------------


@cache
def _model(seed, vocab_size, options=()):
    """A small model of the library, as the bytes of its file, and the processor that reads it."""
    from sentencepiece import SentencePieceProcessor

    data = train_unigram(world.lines(12_000, seed), vocab_size, **dict(options))
    return data, SentencePieceProcessor(model_proto=data)


def _models(rng):
    """Two models; unknown pieces, controls and ordinary ones stand at other ids in each."""
    seed = int(rng.integers(2**31))
    return [_model(seed, 800), _model(seed, 760, (("unk_id", 3), ("bos_id", 0), ("eos_id", 1), ("pad_id", 2)))]


def pieces_in(student, model):
    from sentencepiece import SentencePieceProcessor

    scores, ids = student.read_pieces(SentencePieceProcessor(model_proto=model))
    return dict(scores), dict(ids)


@pytest.mark.grades(
    "bonus-spm",
    weight=2,
    hint=(
        "모델의 번호를 0부터 get_piece_size()까지 차례로 보세요.",
        "is_control이나 is_unknown이 참인 번호는 건너뜁니다.",
        "id_to_piece(n), get_score(n)",
    ),
)
def test_pieces_of_a_model(submission, rng):
    """처음 보는 모델에서 보통 조각의 로그 확률과 번호를 그대로 읽습니다."""
    for data, processor in _models(rng):
        right = UnigramTokenizer.from_processor(processor)
        pieces = [(processor.id_to_piece(n), processor.get_score(n)) for n in range(processor.get_piece_size())]
        known = wrong_readings(pieces, sorted(right.ids.values()))
        actual = submission.run(pieces_in, model=data, returns=tuple[dict[str, float], dict[str, int]])
        given = f"조각이 {len(pieces)}개인 모델(`unk_id`={processor.unk_id()})"
        expect.equal(actual, (right.scores, right.ids), given=given, known=known)


def unigram_ids(student, scores, ids, unk_id, texts):
    tokenizer = student.UnigramTokenizer(scores, ids, unk_id)
    return [list(tokenizer.encode(text)) for text in texts]


def unigram_texts(student, scores, ids, unk_id, numbers):
    tokenizer = student.UnigramTokenizer(scores, ids, unk_id)
    return [tokenizer.decode(row) for row in numbers]


def _cut(marked, scores):
    best = viterbi(marked, scores)
    return list(best.pieces), best.score


def _encoded(submission, upstream, processor, texts):
    right = UnigramTokenizer.from_processor(processor)
    inputs = {"scores": right.scores, "ids": right.ids, "unk_id": right.unk_id}
    sentences = [SPACE + text.replace(" ", SPACE) for text in texts]
    replaced = upstream(lambda: {"viterbi": [((marked, right.scores), _cut(marked, right.scores)) for marked in sentences]})
    found = submission.run(unigram_ids, **inputs, texts=texts, returns=[list[int]] * len(texts), replaced=replaced)
    for text, marked, actual in zip(texts, sentences, found, strict=True):
        wanted = processor.encode(text)
        if actual == wanted:
            continue
        worth = _worth(marked, actual, right) if text else None
        if worth is None or worth < viterbi(marked, right.scores).score - ROUNDED:  # a tie may be broken otherwise
            known = wrong_ids(text, **inputs) if text else None
            expect.equal(actual, wanted, given=f"encode({expect.show(text)})", known=known)


def _tricky(rng, processor):
    """Pieces in a row that the longest piece first would cut otherwise."""
    right = UnigramTokenizer.from_processor(processor)
    pieces = list(right.ids)

    def draw(rng):
        return "".join(pieces[int(place)] for place in rng.integers(0, len(pieces), 6)).replace(SPACE, " ")

    def answers(text):
        greedy, _ = longest_first(SPACE + text.replace(" ", SPACE), right.scores)
        return processor.encode(text), [right.ids[piece] for piece in greedy]

    return telling(rng, draw, answers)


def _worth(marked, numbers, right):
    """The sum of the scores of the pieces that ids stand for; ``None`` where they do not make up the text.

    Every letter of a piece is a piece itself, so an unknown id stands for all unknown letters that follow each other.
    """
    names = {number: piece for piece, number in right.ids.items()}
    pieces, place = [], 0
    for number in numbers:
        if number == right.unk_id:
            run = list(takewhile(lambda letter: letter not in right.scores, marked[place:]))
        else:
            run = [names.get(number, "")]
        length = sum(map(len, run))
        if not length or not marked.startswith("".join(run), place):
            return None
        pieces += run
        place += length
    return value(pieces, right.scores) if place == len(marked) else None


@pytest.mark.grades(
    "bonus-spm",
    weight=3,
    hint=(
        "빈칸을 ▁로 바꾸고, 맨 앞에도 ▁를 붙이세요.",
        "조각마다 ids에서 번호를 찾습니다.",
        'viterbi(SPACE + text.replace(" ", SPACE), self.scores)',
    ),
)
def test_ids_equal_the_library(submission, rng, upstream):
    """처음 보는 글의 번호가 SentencePiece 라이브러리가 내는 번호와 같습니다. 합이 똑같은 다른 길도 받아들입니다."""
    for _, processor in _models(rng):
        lines = world.lines(6_000, int(rng.integers(2**31)), "test")
        known = [line for line in lines if processor.unk_id() not in processor.encode(line)]
        made_up = [_tricky(rng, processor) for _ in range(3)]
        _encoded(submission, upstream, processor, ["", *known[:3], *made_up, f" {known[0]}  {known[1]} "])


@pytest.mark.grades(
    "bonus-spm",
    hint=(
        "어휘에 없는 조각의 번호는 unk_id입니다.",
        "이어진 모르는 글자는 번호 하나입니다.",
        "앞에 적은 번호가 unk_id이고 지금도 unk_id이면 적지 않습니다.",
    ),
)
def test_unknown_ids_equal_the_library(submission, rng, upstream):
    """모르는 글자가 섞인 글의 번호도 라이브러리와 같고, 이어진 모르는 글자는 번호 하나입니다."""
    for _, processor in _models(rng):
        line = world.lines(2_000, int(rng.integers(2**31)), "test")[0]
        _encoded(submission, upstream, processor, [f"뷁쀍 {line}", f"{line}🙂🙂뷁", "🙂 🙂", "뷁"])


@pytest.mark.grades(
    "bonus-spm",
    weight=2,
    hint=(
        "조각을 모두 이은 다음 ▁를 빈칸으로 바꾸세요.",
        "인코딩할 때 붙인 맨 앞의 빈칸 하나만 뗍니다.",
        'removeprefix(" "), 모르는 번호는 " ⁇ "',
    ),
)
def test_texts_equal_the_library(submission, rng):
    """번호를 되돌린 글이 라이브러리와 같습니다. 빈칸은 그대로 남고, 모르는 토큰은 ' ⁇ '로 보입니다."""
    for _, processor in _models(rng):
        lines = world.lines(2_000, int(rng.integers(2**31)), "test")[:2]
        numbers = [processor.encode(text) for text in [*lines, f"  {lines[0]} ", f"{lines[0]} 뷁 🙂끝", ""]]
        right = UnigramTokenizer.from_processor(processor)
        inputs = {"scores": right.scores, "ids": right.ids, "unk_id": right.unk_id}
        names = {number: piece for piece, number in right.ids.items()}
        found = submission.run(unigram_texts, **inputs, numbers=numbers, returns=[str] * len(numbers))
        for row, actual in zip(numbers, found, strict=True):
            expect.equal(actual, processor.decode(row), given=f"decode({expect.show(row)})", known=wrong_texts(row, names))


# -- quality ----------------------------------------------------------------------------------------------------------


DONE = {"bonus-viterbi": ["ab"], "bonus-spm": "a", "bonus-languages": {"en": 1.0, "ko": 2.0}, "bonus-router": [0, 98]}


def small_example(student, part):
    """What the part's code makes of a small example."""

    class Bytes:
        def encode(self, text):
            return list(text.encode())

        def decode(self, ids):
            return bytes(ids).decode()

    if part == "bonus-viterbi":
        return list(student.viterbi("ab", {"a": -1.0, "b": -1.0, "ab": -1.5})[0])
    if part == "bonus-spm":
        tokenizer = student.UnigramTokenizer({"\u2581": -1.0, "a": -2.0}, {"\u2581": 3, "a": 4}, 0)
        return tokenizer.decode([3, 4])
    if part == "bonus-languages":
        return student.parity_ratio(list, {"en": ["ab"], "ko": ["abcd"]}, "en")
    return student.DynamicTokenizer({"bytes": Bytes()}).encode("a")


def _reads_well(submission, review, part):
    expect_works(submission, small_example, part, DONE[part])
    expect_readable(finding for finding in review.findings if finding.cell.removeprefix("solution-").startswith(part))


@pytest.mark.grades("bonus-viterbi", hint=HINT)
def test_bonus_viterbi_reads_well(submission, review):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    _reads_well(submission, review, "bonus-viterbi")


@pytest.mark.grades("bonus-spm", hint=HINT)
def test_bonus_unigram_reads_well(submission, review):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    _reads_well(submission, review, "bonus-spm")


@pytest.mark.grades("bonus-languages", hint=HINT)
def test_bonus_languages_reads_well(submission, review):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    _reads_well(submission, review, "bonus-languages")


@pytest.mark.grades("bonus-router", hint=HINT)
def test_bonus_router_reads_well(submission, review):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    _reads_well(submission, review, "bonus-router")

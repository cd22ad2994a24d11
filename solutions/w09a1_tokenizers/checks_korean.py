"""Hidden checks of the Korean tokenizer. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import unicodedata

import pytest

from course_lib.kit import expect, world
from course_lib.kit.counterexample import Call, smallest
from course_lib.tokenizers.korean import KoreanTokenizer, compose_jamo, decompose_jamo, morphemes, segment, split_eojeol
from course_lib.tokenizers.korean_examples import (
    distinct_jamo_call,
    eojeol_calls,
    jamo_calls,
    korean_calls,
    morphemes_call,
    pieces_call,
    segment_call,
)
from course_lib.tokenizers.korean_mistakes import JAMO, wrong_eojeol, wrong_morphemes, wrong_pieces

OTHERS = ("ㅋㅋㅋ 안녕 ㅠㅠ", "ㄱㅏ 가 ㄱ ㅏ", "Å 樂 e\u0301 ½ ①", "abc 123 🙂", "", "가\t나\n\n다  라", "‘뷁’ 쀍!")
KIWI_SECONDS = 90.0  # the first call loads the model


# -- ko-jamo ----------------------------------------------------------------------------------------------------------

JAMO_HINT = (
    "초성·중성·종성의 번호를 나눗셈으로 얻으세요.",
    "divmod를 두 번 씁니다. 먼저 28, 다음 21입니다.",
    "0xAC00 + (초성 * 21 + 중성) * 28 + 종성",
)


def jamo_round_trip(student, texts):
    decomposed = [student.decompose_jamo(text) for text in texts]
    return [(pieces, student.compose_jamo(pieces)) for pieces in decomposed]


def _round_trip(submission, texts):
    with smallest(submission, *(call for text in texts for call in jamo_calls(text))):
        found = submission.run(jamo_round_trip, texts=texts, returns=[tuple[str, str]] * len(texts), timeout=60)
        _judge_round_trip(texts, found)


def _judge_round_trip(texts, found):
    for text, (pieces, back) in zip(texts, found, strict=True):
        given = expect.show(text)
        if back != (right := compose_jamo(text)):
            for name, (rule, said) in JAMO.items():
                if back == rule(text):
                    expect.fail(f"{said} 입력 {given}에서 {expect.show(back)}이(가) 돌아왔습니다.", name)
            place = next((i for i, (one, other) in enumerate(zip(back, right, strict=False)) if one != other), min(len(back), len(right)))
            expect.fail(f"되돌린 글이 원래 글과 다릅니다. {place}번째 글자 {right[place : place + 1]!r}부터입니다. 입력 {given}")
        if left := [letter for letter in pieces if "가" <= letter <= "힣"]:
            expect.fail(f"풀지 않은 음절이 남았습니다: {left[:3]}. 입력 {given}", "음절을 풀지 않음")


@pytest.mark.grades("ko-jamo", weight=2, hint=JAMO_HINT)
def test_all_syllables(submission):
    """현대 한글 음절 11,172개가 모두 자모로 풀리고 그대로 돌아옵니다."""
    _round_trip(submission, ["".join(chr(code) for code in range(0xAC00, 0xD7A4))])
    sample = [chr(0xAC00 + step * 271) for step in range(41)]
    found = submission.run(jamo_round_trip, texts=sample, returns=[tuple[str, str]] * len(sample))
    if len({pieces for pieces, _ in found}) < len(sample):
        with smallest(submission, distinct_jamo_call(sample)):
            expect.fail("서로 다른 음절이 같은 자모로 풀립니다.", "자모가 겹침")


@pytest.mark.grades(
    "ko-jamo", weight=2, hint=("음절이 아닌 글자는 그대로입니다.", "글 전체를 정규화하지 마세요.", "U+AC00–U+D7A3만 풉니다.")
)
def test_other_characters_stay(submission, rng):
    """홀로 쓴 자모와 다른 문자가 섞인 글도 그대로 돌아오고, 서로 다른 글은 서로 다르게 풀립니다."""
    alike = ["ㄱㅏ", "가", "각", "가ㄱ"]
    with smallest(submission, distinct_jamo_call(alike)):
        pieces = [found for found, _ in submission.run(jamo_round_trip, texts=alike, returns=[tuple[str, str]] * len(alike))]
        if len(set(pieces)) < 4:
            expect.fail("'ㄱㅏ'와 '가', '각'과 '가ㄱ'이 같은 자모로 풀립니다. 되돌릴 때 구별할 수 없습니다.", "자모가 겹침")
    mixed = ["".join(OTHERS[int(i)] for i in rng.integers(0, len(OTHERS), 3)) for _ in range(4)]
    _round_trip(submission, [*OTHERS, *mixed])
    for text in ("Å 樂", "ㅋㅋ abc"):
        known = {"글 전체 정규화": (unicodedata.normalize("NFD", text), "음절이 아닌 글자까지 정규화하고 있습니다.")}
        with smallest(submission, Call("decompose_jamo", decompose_jamo, (text,), returns=str)):
            actual = submission.call("decompose_jamo", text, returns=str)
            expect.equal(actual, text, given=f"decompose_jamo({text!r})", known=known if known["글 전체 정규화"][0] != text else None)


@pytest.mark.grades("ko-jamo", hint=("처음부터 풀려 있는 글이 있습니다.", "맥의 파일 이름이 그렇습니다.", "조합용 자모의 나열만 모읍니다."))
def test_text_that_was_decomposed_before(submission, rng):
    """처음부터 조합용 자모로 적힌 글은 그것만 음절로 모입니다."""
    words = ["한글", "과일", "값어치", "물놀이"]
    word = words[int(rng.integers(0, 4))]
    _round_trip(submission, [decompose_jamo(word), f"Å {decompose_jamo(word)} {word}", "\u1100", "\u1161\u11a8"])


# -- ko-eojeol --------------------------------------------------------------------------------------------------------


def eojeol_round_trip(student, texts):
    parts = [list(student.split_eojeol(text)) for text in texts]
    return [(found, student.join_eojeol(found)) for found in parts]


def _eojeol(submission, texts):
    with smallest(submission, *(call for text in texts for call in eojeol_calls(text))):
        _judge_eojeol(texts, submission.run(eojeol_round_trip, texts=texts, returns=[tuple[list[str], str]] * len(texts)))


def _judge_eojeol(texts, found):
    for text, (parts, back) in zip(texts, found, strict=True):
        words = [part for part in parts if not part.isspace()]
        known = wrong_eojeol(text)
        for name, (wrong, said) in known.items():
            if parts == wrong != split_eojeol(text):
                expect.fail(f"{said} 입력 {text!r}", name)
        if "".join(parts) != text:
            expect.fail(f"나눈 것을 이으면 원래 글이 아닙니다. 입력 {text!r}, 나눈 것 {expect.show(parts)}")
        expect.equal(words, text.split(), given=f"split_eojeol({text!r})에서 빈칸이 아닌 것")
        expect.equal(back, text, given=f"join_eojeol({expect.show(parts)})")


@pytest.mark.grades(
    "ko-eojeol", hint=("빈칸도 조각입니다.", "빈칸의 나열과 빈칸이 아닌 것의 나열로 나눕니다.", r"re.findall(r'\s+|\S+', text)")
)
def test_eojeol_round_trip(submission, rng):
    """어절과 빈칸을 이으면 원래 글이고, 빈칸이 아닌 것은 text.split()과 같습니다."""
    gaps = [" ", "  ", "\n", "\t", "\u3000", " \n "]
    texts = []
    for _ in range(5):
        words = ["밥을", "먹었다.", "가", "나무"]
        texts.append("".join(words[int(i)] + gaps[int(j)] for i, j in zip(rng.integers(0, 4, 4), rng.integers(0, 6, 4), strict=True)))
    _eojeol(submission, texts)


@pytest.mark.grades("ko-eojeol", hint=("앞뒤의 빈칸도 남아야 합니다.", "strip()을 쓰지 마세요."))
def test_eojeol_at_the_edges(submission):
    """글의 앞뒤에 있는 빈칸도 남고, 빈 글은 빈 목록입니다."""
    _eojeol(submission, ["  앞뒤  빈칸  ", "", " ", "하나", "\n줄\n"])


# -- ko-segment -------------------------------------------------------------------------------------------------------


def morphemes_of(student, texts):
    return [[(m.form, m.tag, m.start, m.end) for m in student.morphemes(text)] for text in texts]


def segments_of(student, texts, unit):
    return [list(student.segment(text, unit)) for text in texts]


def _lines(rng, count=4):
    return world.lines(2_000, int(rng.integers(2**31)), "test")[:count]


@pytest.mark.grades(
    "ko-segment", weight=2, hint=("kiwi().tokenize(text)의 토큰을 옮기세요.", "end는 start에 길이를 더한 자리입니다.", "token.end")
)
def test_morphemes(submission, rng):
    """형태소와 품사와 자리가 Kiwi의 분석과 같고, 자리는 글 안에 있으며 앞에서부터 차례로 놓입니다."""
    texts = ["", "그는 어제 공부를 했다.", "그건 내 거예요.", "🙂 밥을 먹었다", *_lines(rng)]  # 이 of 거예요 takes no place at all
    with smallest(submission, *map(morphemes_call, texts)):
        found = submission.run(morphemes_of, texts=texts, returns=[list[tuple[str, str, int, int]]] * len(texts), timeout=KIWI_SECONDS)
        for text, actual in zip(texts, found, strict=True):
            right = [(m.form, m.tag, m.start, m.end) for m in morphemes(text)]
            known = {name: entry for name, entry in wrong_morphemes(right).items() if entry[0] != right}
            expect.equal(actual, right, given=expect.show(text), known=known)


@pytest.mark.grades(
    "ko-segment", hint=("형태소의 form이 아니라 자리에서 자릅니다.", "시작과 끝을 모두 자르는 자리로 씁니다.", "sorted({0, len(text), …})")
)
def test_segments_by_morpheme(submission, rng):
    """형태소로 나눈 조각을 이으면 원래 글이고, 자르는 자리가 기준 구현과 같습니다."""
    texts = ["", "그는 어제 공부를 했다.", "둘  사이에 빈칸이 있었다", *_lines(rng)]
    with smallest(submission, *(segment_call(text, "morpheme") for text in texts)):
        found = submission.run(segments_of, texts=texts, unit="morpheme", returns=[list[str]] * len(texts), timeout=KIWI_SECONDS)
        for text, actual in zip(texts, found, strict=True):
            right = segment(text, "morpheme")
            known = {name: entry for name, entry in wrong_pieces(text).items() if entry[0] != right}
            expect.equal(actual, right, given=expect.show(text), known=known)


@pytest.mark.grades("ko-segment", hint=("단위마다 무엇을 돌려주나요?", "음절은 글자의 목록입니다.", "list(decompose_jamo(text))"))
def test_segments_by_other_units(submission, rng, upstream):
    """어절, 음절, 자모로 나눈 조각을 이으면 원래 글(자모는 푼 글)입니다."""
    texts = ["  앞뒤 빈칸 ", "ㅋㅋ 한글!", *_lines(rng, 2)]
    replaced = upstream(
        lambda: {
            "decompose_jamo": [((text,), decompose_jamo(text)) for text in texts],
            "split_eojeol": [((text,), split_eojeol(text)) for text in texts],
        }
    )
    for unit in ("eojeol", "syllable", "jamo"):
        with smallest(submission, *(segment_call(text, unit) for text in texts)):
            found = submission.run(segments_of, texts=texts, unit=unit, returns=[list[str]] * len(texts), replaced=replaced)
            _judge_segments(texts, unit, found)


def _judge_segments(texts, unit, found):
    for text, actual in zip(texts, found, strict=True):
        if unit == "jamo":
            if compose_jamo("".join(actual)) != text or not len(actual) >= len(text):
                expect.fail(f"자모 조각을 이어 모으면 원래 글이 아닙니다: {expect.show(actual)}. 입력 {expect.show(text)}")
        else:
            known = {"빈칸을 잃음": (text.split(), "빈칸을 잃었습니다.")}
            expect.equal(actual, segment(text, unit), given=f"segment({expect.show(text)}, {unit!r})", known=known)


# -- ko-tokenizer -----------------------------------------------------------------------------------------------------


def korean_round_trip(student, pieces, unit, texts):
    tokenizer = student.KoreanTokenizer(pieces, unit)
    ids = [list(tokenizer.encode(text)) for text in texts]
    return [(numbers, tokenizer.decode(numbers)) for numbers in ids]


def _recorded(texts, *units):
    return {
        "segment": [((text, unit), segment(text, unit)) for text in texts for unit in units],
        "compose_jamo": [((decompose_jamo(text),), text) for text in texts],
    }


@pytest.mark.grades(
    "ko-tokenizer",
    hint=("조각의 횟수를 세어 줄을 세우세요.", "256개의 바이트가 vocab_size에 들어갑니다.", "key=lambda piece: (-counts[piece], piece)"),
)
@pytest.mark.parametrize("unit", ["eojeol", "syllable"])
def test_korean_training(submission, rng, upstream, unit):
    """가장 잦은 조각부터, 같은 횟수는 문자열 순서로 고릅니다."""
    corpus = _lines(rng, 12)
    replaced = upstream(lambda: _recorded(corpus, unit))
    for size in (256, 290, 256 + 10_000):
        right = KoreanTokenizer.train(corpus, size, unit).pieces
        bigger = KoreanTokenizer.train(corpus, size + 256, unit).pieces
        known = {"바이트를 세지 않음": (bigger, "vocab_size에 256개의 바이트를 넣지 않고 있습니다.")} if bigger != right else {}
        with smallest(submission, pieces_call(corpus, size, unit)):
            actual = submission.call("train_pieces", corpus, size, unit, returns=list[str], replaced=replaced, timeout=60)
            expect.equal(actual, right, given=f"{expect.show(corpus)}, {size}, {unit!r}", known=known)


@pytest.mark.grades(
    "ko-tokenizer", weight=2, hint=("어휘에 없는 조각은 바이트로 적습니다.", "번호 0–255가 바이트입니다.", "list(piece.encode('utf-8'))")
)
@pytest.mark.parametrize("unit", ["eojeol", "syllable"])
def test_korean_encoding(submission, rng, upstream, unit):
    """인코딩한 번호가 기준 구현과 같고, 디코딩하면 원래 글입니다."""
    tokenizer = KoreanTokenizer.train(_lines(rng, 30), 400, unit)
    texts = ["", "  처음 보는 뷁 🙂\n", *_lines(rng)]
    replaced = upstream(lambda: _recorded(texts, unit))
    with smallest(submission, *(call for text in texts for call in korean_calls(tokenizer, text))):
        found = submission.run(
            korean_round_trip,
            pieces=tokenizer.pieces,
            unit=unit,
            texts=texts,
            returns=[tuple[list[int], str]] * len(texts),
            replaced=replaced,
        )
        _judge_encodings(tokenizer, texts, found)


def _judge_encodings(tokenizer, texts, found):
    for text, (ids, back) in zip(texts, found, strict=True):
        right = tokenizer.encode(text)
        shifted = [number - 256 if number > 255 else number for number in right]
        known = (
            {"바이트와 겹치는 번호": (shifted, "조각의 번호가 바이트의 번호와 겹칩니다. 256부터 붙이세요.")} if shifted != right else None
        )
        expect.equal(ids, right, given=expect.show(text), known=known)
        expect.equal(back, text, given=f"decode({expect.show(ids)})")


@pytest.mark.grades(
    "ko-tokenizer", weight=2, hint=("자모 단위는 디코딩할 때 모읍니다.", "바이트를 모두 이은 다음 글로 바꾸세요.", "compose_jamo(text)")
)
def test_jamo_tokenizer_is_lossless(submission, rng, upstream):
    """자모 단위에서도 어떤 글이든 그대로 돌아오고, 아는 자모는 바이트로 적지 않습니다."""
    texts = ["", "ㄱㅏ 가 ㅋㅋ", "뷁 🙂 Å", *_lines(rng)]
    replaced = upstream(lambda: _recorded(texts, "jamo"))
    pieces = submission.call("train_pieces", texts[3:], 500, "jamo", returns=list[str], replaced=replaced)
    options = {"pieces": pieces, "unit": "jamo", "texts": texts}
    tokenizer = KoreanTokenizer(pieces, "jamo")
    with smallest(submission, *(call for text in texts for call in korean_calls(tokenizer, text))):
        found = submission.run(korean_round_trip, **options, returns=[tuple[list[int], str]] * len(texts), replaced=replaced)
        _judge_jamo(texts, found)


def _judge_jamo(texts, found):
    for text, (ids, back) in zip(texts, found, strict=True):
        known = (
            {"모으지 않음": (decompose_jamo(text), "자모를 음절로 모으지 않고 돌려주고 있습니다.")}
            if decompose_jamo(text) != text
            else None
        )
        expect.equal(back, text, given=f"decode({expect.show(ids)})", known=known)
        if len(ids) > 3 * len(decompose_jamo(text)) or (text in texts[3:] and any(number < 256 for number in ids)):
            expect.fail(f"어휘에 있는 자모를 바이트로 적고 있습니다. 입력 {expect.show(text)}")

"""Hidden checks of byte-level BPE. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

from collections import Counter

import pytest

from course_lib.kit import corpora, expect
from course_lib.kit.counterexample import smallest
from course_lib.kit.text import bytes_to_unicode, pretokenize
from course_lib.tokenizers import ByteBPETokenizer, train_byte_bpe
from course_lib.tokenizers.examples import byte_decoding_call, byte_encoding_call, byte_training_calls
from course_lib.tokenizers.judging import same_training
from course_lib.tokenizers.trials import any_text, byte_words, made_up_word, recorded_encoding, recorded_training

TRAINED = tuple[dict[str, int], list[tuple[str, str]]]


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
    """바이트 수준에서 훈련한 결과가 기준 구현과 같습니다."""
    corpus = [*corpora.lines(language, 900, int(rng.integers(2**31))), any_text(rng)]
    expected = train_byte_bpe(corpus, 290, ["<끝>"])
    replaced = upstream(lambda: recorded_training(Counter(word for text in corpus for word in byte_words(text)), expected[1]))
    with smallest(submission, *byte_training_calls(corpus, 290, ["<끝>"])):
        actual = submission.call("train_byte_bpe", corpus, 290, ["<끝>"], returns=TRAINED, replaced=replaced)
        if len(set(actual[0]) & set(expected[0])) < 257:
            expect.fail(
                "어휘에 256개의 바이트 기호가 모두 있지 않습니다. 코퍼스에 없는 바이트도 들어가야 합니다.", "나온 바이트만 알파벳으로"
            )
        if all(actual[0][symbol] == byte + 1 for byte, symbol in bytes_to_unicode().items()):
            expect.fail("바이트 값의 순서로 번호를 붙였습니다. 보이는 글자의 코드 포인트 순서여야 합니다.", "바이트 값의 순서")
        same_training(actual, expected, given=f"{expect.show(corpus)} (vocab_size=290, 특수 토큰 ['<끝>'])", known=dict)


@pytest.mark.grades(
    "bpe-bytes", hint=("글을 조각으로 나눈 다음 바이트로 바꿉니다.", "빈칸도 바이트입니다.", "조각마다 순위대로 병합하세요.")
)
def test_byte_encoding(submission, rng, upstream):
    """기준 어휘로 어떤 글이든 인코딩한 결과가 기준 구현과 같습니다."""
    seed = int(rng.integers(2**31))
    tokenizer = ByteBPETokenizer(*train_byte_bpe(corpora.lines("ko", 6_000, seed), 500))
    texts = [*corpora.lines("ko", 500, seed + 1), any_text(rng), "  앞뒤 빈칸  ", ""]
    replaced = upstream(lambda: recorded_encoding([word for text in texts for word in byte_words(text)], tokenizer.merges))
    with smallest(submission, *(byte_encoding_call(tokenizer, text) for text in texts)):
        actual = submission.run(
            encode_bytes, vocab=tokenizer.vocab, merges=tokenizer.merges, texts=texts, returns=[list[int]] * len(texts), replaced=replaced
        )
        for text, ids in zip(texts, actual, strict=True):
            apart = [number for word in pretokenize(text) for number in tokenizer.encode(word)]
            prefixed = tokenizer.encode(f" {text}")
            known = {"앞에 빈칸을 더함": (prefixed, "글의 처음에 빈칸을 더하고 있습니다. 디코딩하면 없던 빈칸이 남습니다.")}
            known |= {"빈칸을 잃음": (apart, "빈칸을 잃었습니다. 글을 pretokenize_lossless로 나누세요.")} if apart else {}
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
    with smallest(submission, *(byte_decoding_call(tokenizer, numbers) for numbers in ids)):
        decoded = submission.run(decode_bytes, vocab=tokenizer.vocab, merges=tokenizer.merges, ids=ids, returns=[str] * len(ids))
        _same_texts(tokenizer, ids, decoded)


def _same_texts(tokenizer, ids, decoded):
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

"""What several files of checks share: comparing trainings and tables, reading answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, zip_longest
from typing import Any

from course_lib.kit import expect
from course_lib.kit.binding import Submission
from course_lib.tokenizers.bpe import merge_pair

Trained = tuple[dict[str, int], list[tuple[str, str]]]
Known = Mapping[str, tuple[Trained, str]]


def same_training(actual: Trained, expected: Trained, *, given: str, known: Callable[[], Known]) -> None:
    """Fail unless vocabulary and merges are equal; say which step parts first, or by which misconception."""
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


def answer(submission: Submission, name: str, *arguments: Any) -> dict[str, Any]:
    """What the student's function answers to a theory question."""
    return submission.call(name, *arguments, returns=dict[str, object])


def pair_in(found: Mapping[str, Any], name: str) -> tuple[str, str]:
    """The pair of symbols that an answer states. Raises CheckFailed where it is none."""
    value = found.get(name)
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(symbol, str) for symbol in value):
        return value[0], value[1]
    return expect.fail(f"{name}에는 병합할 쌍을 ('가', '나')처럼 적습니다. 지금 값: {expect.show(value)}")


def tokens_after(words: Mapping[tuple[str, ...], int], merges: Sequence[tuple[str, str]]) -> tuple[int, int]:
    """Running tokens of a table of words after some merges, and tokens of the different words alone."""
    for pair in merges:
        words = {merge_pair(word, pair): number for word, number in words.items()}
    return sum(len(word) * number for word, number in words.items()), sum(map(len, words))


def direction(values: Sequence[float]) -> str:
    """Whether values end above where they began."""
    return "up" if values[-1] > values[0] else "down"


def gains(values: Sequence[float]) -> list[float]:
    """How much each value adds to the one before."""
    return [larger - smaller for smaller, larger in pairwise(values)]

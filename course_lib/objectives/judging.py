"""What several files of checks share: comparing tensors, counting draws, reading answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from course_lib.kit import expect
from course_lib.kit.binding import Submission

TOLERANCE = 1e-4
"""Of the largest expected value: float32 sums of a few dozen terms are off by 1e-6 of it, wrong answers by far more than this."""
SIGMAS = 6.0
"""A right answer lies outside with a probability of 2e-9; a run of all checks compares fewer than 200 counts, so below 1e-6 together."""

Known = Mapping[str, tuple[Any, str]]
"""Wrong answers, or functions that give them, and what a student is told who gave one."""


def near(actual: Tensor, expected: Tensor, tolerance: float = TOLERANCE) -> bool:
    """Whether two tensors have one shape and nearly the same finite or equally infinite values."""
    if actual.shape != expected.shape:
        return False
    actual, expected = actual.double(), expected.double()
    if not torch.equal(actual.isinf() * actual.sign(), expected.isinf() * expected.sign()) or bool(actual.isnan().any()):
        return False
    finite = expected[expected.isfinite()]
    scale = max(1.0, float(finite.abs().max())) if finite.numel() else 1.0
    return bool(((actual - expected).nan_to_num(0.0, 0.0, 0.0).abs() <= tolerance * scale).all())


def close(actual: Tensor, expected: Tensor, *, given: str, known: Callable[[], Known] | None = None, tolerance: float = TOLERANCE) -> None:
    """Fail unless the tensors are :func:`near`; say by which misconception, or where they part most."""
    if near(actual, expected, tolerance):
        return
    wrong_answers = known() if known else {}
    for name, (wrong, said) in wrong_answers.items():
        wrong = wrong() if callable(wrong) else wrong
        if same_with_nan(actual, wrong, tolerance) and not near(wrong, expected, 10 * tolerance):
            expect.fail(f"{said} ({given})", name)
    if actual.shape != expected.shape:
        expect.fail(f"{given}: 모양이 {tuple(actual.shape)}입니다. {tuple(expected.shape)}이어야 합니다.", "모양이 다름")
    if actual.is_floating_point() and bool(actual.isnan().any()):
        expect.fail(f"{given}: 결과에 NaN이 있습니다.", "NaN")
    apart = (actual.double() - expected.double()).nan_to_num(torch.inf, torch.inf, torch.inf).abs()
    place = [int(index) for index in torch.unravel_index(apart.argmax(), apart.shape)] if apart.ndim else []
    where = f" 가장 다른 곳은 {place}이고" if place else ""
    expect.fail(f"{given}: 기대한 값과 다릅니다.{where} 나온 값은 {float(actual[tuple(place)]):.5g}입니다.")


def same_with_nan(actual: Tensor, wrong: Tensor, tolerance: float = TOLERANCE) -> bool:
    """Whether an answer is a wrong one, NaN for NaN."""
    if actual.shape != wrong.shape:
        return False
    lost = wrong.isnan() if wrong.is_floating_point() else torch.zeros_like(wrong, dtype=torch.bool)
    mine = actual.isnan() if actual.is_floating_point() else torch.zeros_like(actual, dtype=torch.bool)
    return torch.equal(mine, lost) and near(actual.double().masked_fill(lost, 0), wrong.double().masked_fill(lost, 0), tolerance)


def scalar(value: Any, name: str) -> Tensor:
    """A loss as a tensor without dimensions; a Python number and a tensor with one element count as one too."""
    if isinstance(value, Tensor) and value.numel() == 1:
        return value.reshape(())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return torch.tensor(float(value))
    shape = f"모양 {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
    return expect.fail(f"`{name}`의 결과는 스칼라여야 하는데 {shape}입니다.")


def boolean(value: Tensor, name: str) -> Tensor:
    """A mask, which the contract wants as Bool."""
    if value.dtype != torch.bool:
        expect.fail(f"`{name}`의 마스크는 Bool이어야 하는데 {str(value.dtype).removeprefix('torch.')}입니다.", "Bool이 아닌 마스크")
    return value


def same_mask(actual: Tensor, expected: Tensor, *, given: str, known: Known) -> None:
    """Fail unless two masks are equal; a position that sees too much or too little is named."""
    boolean(actual, given)
    if actual.shape == expected.shape and not torch.equal(actual, expected):
        for name, (wrong, said) in known.items():
            if torch.equal(actual, wrong) and not torch.equal(wrong, expected):
                expect.fail(f"{said} ({given})", name)
        row, column = (int(index) for index in (actual != expected).nonzero()[0])
        verb = "보지 못해야 하는데 봅니다" if actual[row, column] else "보아야 하는데 보지 못합니다"
        expect.fail(f"{given}: 자리 {row}이(가) 자리 {column}을(를) {verb}.")
    close(actual, expected, given=given)


def likely(count: int, total: int, share: float, slack: float = 1.0) -> bool:
    """Whether a count of independent draws is within six standard deviations; fewer spread, as in exactly k of n, pass too."""
    return abs(count - total * share) <= SIGMAS * math.sqrt(total * share * (1 - share)) + slack


def in_proportion(counts: Iterable[int], shares: Iterable[float]) -> bool:
    """Whether all counts are :func:`likely` for their shares of the total."""
    counts = list(counts)
    return all(likely(count, sum(counts), share) for count, share in zip(counts, shares, strict=True))


def unchanged(before: Tensor, after: Tensor, name: str) -> None:
    """Fail where a function changed its input."""
    if not (before.shape == after.shape and torch.equal(before, after)):
        expect.fail(f"`{name}`이(가) 받은 텐서 `ids`를 바꾸었습니다. 새 텐서를 만들어 돌려주세요.", "입력을 바꿈")


def answer(submission: Submission, name: str, *arguments: Any) -> dict[str, Any]:
    """What the student's function answers to a theory question."""
    return submission.call(name, *arguments, returns=dict[str, object])

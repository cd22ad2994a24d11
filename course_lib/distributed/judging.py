"""What several files of checks share: numbers with their misconceptions, and the record of a ring."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from course_lib.kit import expect

BASE = 32
"""Of values that show their rank: sums of fewer than 32 of each stay apart, and are exact in float64."""
Step = tuple[int, int, int, Tensor]
"""A message: step, sender, receiver, content."""


def same_number(actual: float, expected: float, *, given: str, known: Mapping[str, tuple[float, str]], relative: float = 1e-6) -> None:
    """Fail unless two numbers are equal to within ``relative`` of the right one; say by which misconception."""
    if math.isclose(actual, expected, rel_tol=relative, abs_tol=1e-12):
        return
    for name, (wrong, said) in known.items():
        if math.isclose(actual, wrong, rel_tol=relative, abs_tol=1e-12) and not math.isclose(wrong, expected, rel_tol=10 * relative):
            expect.fail(f"{said} ({given})", name)
    expect.fail(f"{given}에서 나온 값 {actual:.6g}이(가) 기대한 값과 다릅니다.")


def same_tensors(actual: Mapping[str, Tensor], expected: Mapping[str, Tensor], *, given: str, known: Callable[[], Mapping]) -> None:
    """Fail unless two dictionaries have the same names and nearly the same tensors; ``known`` gives wrong dictionaries by misconception."""
    if actual.keys() != expected.keys():
        expect.fail(f"{given}: 이름이 {sorted(expected)}이어야 하는데 {sorted(actual)}입니다.", "이름이 다름")
    if near_all(actual, expected):
        return
    for name, (wrong, said) in known().items():
        if near_all(actual, wrong, nan=True) and not near_all(wrong, expected, 1e-3, nan=True):
            expect.fail(f"{said} ({given})", name)
    for name, tensor in expected.items():
        if actual[name].shape != tensor.shape:
            expect.fail(f"{given}: `{name}`의 모양이 {tuple(actual[name].shape)}입니다. {tuple(tensor.shape)}이어야 합니다.", "모양이 다름")
        if actual[name].isnan().any():
            expect.fail(f"{given}: `{name}`에 NaN이 있습니다.", "NaN")
        if not near_all({name: actual[name]}, {name: tensor}):
            expect.fail(f"{given}: `{name}`의 값이 기대한 것과 다릅니다.")


def near_all(actual: Mapping[str, Tensor], expected: Mapping[str, Tensor], tolerance: float = 1e-4, nan: bool = False) -> bool:
    """Whether tensors of the same names have the same shapes and values, to within ``tolerance`` of the largest."""
    return all(
        actual[name].shape == tensor.shape
        and torch.allclose(
            actual[name].double(),
            tensor.double(),
            rtol=0,
            atol=tolerance * float(tensor.abs().nan_to_num().amax() if tensor.numel() else 0) + 1e-9,
            equal_nan=nan,
        )
        for name, tensor in expected.items()
    )


# -- the record of a ring ---------------------------------------------------------------------------------------------


def judge_traffic(trace: Sequence[Step], steps: int, world: int, size: int) -> None:
    """Fail unless messages go to neighbours only, in 2(N - 1) steps, with at most 2(N - 1)⌈S/N⌉ elements from each rank."""
    given = f"랭크 {world}개, 원소 {size}개"
    strangers = [(src, dst) for _, src, dst, _ in trace if (src - dst) % world not in (1, world - 1)]
    if strangers:
        if all(0 in pair for pair in strangers):
            expect.fail(f"{given}: 랭크 0에 모으고 있습니다. 고리의 이웃에게만 보내야 합니다.", "랭크 0에 모으기")
        src, dst = strangers[0]
        expect.fail(f"{given}: 랭크 {src}이(가) 이웃이 아닌 랭크 {dst}에게 보냈습니다.", "이웃이 아닌 랭크")
    if not trace and size:
        expect.fail(f"{given}: 아무도 보내지 않았습니다. 통로를 거치지 않고 남의 텐서를 쓰고 있습니다.", "통로를 쓰지 않음")
    sent = [sum(content.numel() for _, src, _, content in trace if src == rank) for rank in range(world)]
    most = 2 * (world - 1) * -(-size // world)
    if max(sent) > most:
        busiest = sent.index(max(sent))
        said = f"랭크 {busiest}이(가) 원소 {sent[busiest]}개를 보냈습니다. {most}개를 넘지 않아야 합니다."
        if max(sent) >= 2 * (world - 1) * size or max(sent) >= (world - 1) * size:
            said += " 조각이 아니라 텐서를 통째로 보내고 있지 않나요?"
        expect.fail(f"{given}: {said}", "너무 많이 보냄")
    if steps != 2 * (world - 1):
        expect.fail(f"{given}: 단계가 {steps}개입니다. 2(N - 1) = {2 * (world - 1)}개여야 합니다.", "단계의 수")


def judge_knowledge(trace: Sequence[Step], world: int) -> None:
    """Fail where a message holds what its sender cannot have known; every value of rank r is BASE^r, so that a sum shows who is in it."""
    known = [{rank} for rank in range(world)]
    for step in sorted({step for step, *_ in trace}):
        arrived = [set(ranks) for ranks in known]
        for _, src, dst, content in (message for message in trace if message[0] == step):
            inside = {rank for value in set(content.flatten().tolist()) for rank, count in enumerate(counts_of(value, world)) if count}
            if strangers := sorted(inside - known[src]):
                said = f"단계 {step}에 랭크 {src}이(가) 보낸 것에, 아직 받지 않은 랭크 {strangers[0]}의 값이 들어 있습니다."
                expect.fail(f"{said} 통로로 받은 것만 쓸 수 있습니다.", "받지 않은 값")
            arrived[dst] |= inside
        known = arrived
    if lacking := [rank for rank in range(world) if len(known[rank]) < world]:
        expect.fail(
            f"랭크 {lacking[0]}은(는) 모든 랭크의 값을 받지 못했습니다. 통로로 받지 않은 값을 결과에 쓰고 있습니다.", "받지 않은 값"
        )


def counts_of(value: float, world: int) -> list[int]:
    """How often each rank's BASE^r is in a sum; all zero for what is no such sum."""
    whole = int(value) if math.isfinite(value) and value == int(value) and value > 0 else 0
    return [whole // BASE**rank % BASE for rank in range(world)]

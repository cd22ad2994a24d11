"""Public checks of the bonus on sharded training: small fixed inputs. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import pytest
import torch

from course_lib.kit import expect

TENSOR = torch.Tensor


def one_update(student):
    import torch

    optimizer = student.ZeroAdamW(torch.tensor([1.0, 2.0, 3.0]), 2, lr=0.1, weight_decay=0.5)
    gradients = [torch.tensor([1.0, -1.0, 2.0]), torch.tensor([3.0, -1.0, 2.0])]
    return optimizer.step(gradients), [optimizer.state(rank)["exp_avg"] for rank in range(2)]


@pytest.mark.grades(
    "bonus-zero",
    hint=(
        "단계 0은 16Ψ이고, 단계 1에서는 그 가운데 12Ψ만 나눕니다.",
        "첫 갱신의 걸음은 기울기의 부호 × lr입니다.",
        "가중치에 먼저 1 - lr * weight_decay를 곱합니다.",
    ),
)
def test_zero_by_hand(submission):
    """75억 개, 64랭크에서 120, 31.4, 16.6, 1.9 GB이고, 첫 갱신은 0.95를 곱한 다음 0.1만큼 기울기의 반대쪽으로 갑니다."""
    for stage, gigabytes in enumerate((120.0, 31.40625, 16.640625, 1.875)):
        actual = submission.call("zero_memory", 7_500_000_000, 64, stage, returns=float)
        expect.close(actual / 1e9, gigabytes, tolerance=1e-6, given=f"단계 {stage}의 GB")
    weights, moments = submission.run(one_update, returns=tuple[TENSOR, list[TENSOR]])
    right = torch.tensor([0.85, 2.0, 2.75])
    if weights.shape != right.shape or not torch.allclose(weights, right, atol=1e-4):
        expect.fail(f"첫 갱신 다음의 가중치가 {expect.show(weights.tolist())}입니다. {right.tolist()}이어야 합니다.")
    if [moment.numel() for moment in moments] != [2, 2]:
        expect.fail(f"랭크마다 모멘텀이 {[moment.numel() for moment in moments]}개입니다. ⌈3/2⌉ = 2개씩이어야 합니다.")


def sharded_line(student):
    import torch
    from torch import nn

    from course_lib.kit.distributed import ShardLog

    units = [nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)]
    with torch.no_grad():
        units[0].weight.fill_(2.0)
        units[1].weight.fill_(3.0)
    log = ShardLog(2)
    batches = [(torch.tensor([[1.0]]), torch.tensor([[1.0]])), (torch.tensor([[3.0]]), torch.tensor([[1.0]]))]
    found = student.fsdp_gradients(units, lambda output, target: (output * target).mean(), batches, log)
    return [torch.cat(list(unit)) for unit in found], [kind for kind, *_ in log.events], log.peak


@pytest.mark.grades(
    "bonus-fsdp",
    hint=("채운 자리는 0입니다.", "랭크의 평균이므로 2로 나눕니다.", "모으고, 쓰고, 버립니다."),
)
def test_fsdp_by_hand(submission):
    """원소 10개를 네 랭크가 3개씩 갖고 끝의 둘은 0이며, 폭이 1인 두 층의 기울기는 6과 4이고 한 단위씩만 모입니다."""
    shards = submission.call("flat_shards", [torch.arange(1.0, 7.0).reshape(2, 3), torch.arange(7.0, 11.0)], 4, returns=list[TENSOR])
    right = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0], [10.0, 0.0, 0.0]]
    expect.equal([shard.tolist() for shard in shards], right, given="flat_shards(원소 10개, 4)", show_expected=True)
    back = submission.call("unflatten", torch.arange(5.0), [(2,), (1, 2)], returns=list[TENSOR])
    expect.equal(
        [tensor.tolist() for tensor in back], [[0.0, 1.0], [[2.0, 3.0]]], given="unflatten(0–4, [(2,), (1, 2)])", show_expected=True
    )
    gradients, kinds, peak = submission.run(sharded_line, returns=tuple[list[TENSOR], list[str], int])
    known = {"랭크의 합": ([[12.0, 0.0], [8.0, 0.0]], "랭크의 수로 나누지 않았습니다. 랭크의 평균이어야 합니다.")}
    right = [[6.0, 0.0], [4.0, 0.0]]
    expect.equal([g.tolist() for g in gradients], right, given="폭이 1인 두 층", known=known, show_expected=True)
    if kinds.count("gather") != 4 or kinds.count("free") != 4 or kinds.count("reduce") != 2 or peak != 2:
        expect.fail(f"모으기 네 번, 버리기 네 번, 줄이기 두 번이어야 합니다. 지금은 {kinds}입니다.")

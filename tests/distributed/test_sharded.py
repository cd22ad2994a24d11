"""ZeRO and FSDP: equality with torch's AdamW and with a whole backward pass, memory, traffic and padding."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from course_lib.distributed.fsdp import flat_shards, fsdp_gradients, unflatten
from course_lib.distributed.zero import ZeroAdamW, zero_memory
from course_lib.kit.distributed import ShardLog


def test_memory_of_the_stages():
    """Figure 1 of the paper: 7.5 billion parameters on 64 ranks need 120, 31.4, 16.6 and 1.9 GB."""
    assert [round(zero_memory(7.5e9, 64, stage) / 1e9, 1) for stage in range(4)] == [120.0, 31.4, 16.6, 1.9]
    assert all(zero_memory(100, 1, stage) == 1_600 for stage in range(4))
    with pytest.raises(ValueError, match="stages"):
        zero_memory(1, 1, 4)


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 17), world=st.integers(1, 5), seed=st.integers(0, 99))
def test_sharded_updates_equal_adamw(size: int, world: int, seed: int):
    dice = torch.Generator().manual_seed(seed)
    weights = torch.randn(size, generator=dice, dtype=torch.float64)
    sharded = ZeroAdamW(weights, world, lr=0.05, betas=(0.8, 0.95), weight_decay=0.1)
    whole = nn.Parameter(weights.clone())
    optimizer = torch.optim.AdamW([whole], lr=0.05, betas=(0.8, 0.95), weight_decay=0.1)
    for _ in range(4):
        gradients = [torch.randn(size, generator=dice, dtype=torch.float64) for _ in range(world)]
        whole.grad = torch.stack(gradients).mean(0)
        optimizer.step()
        torch.testing.assert_close(sharded.step(gradients), whole.data)
    assert all(moment.shape == (-(-size // world),) for rank in range(world) for moment in sharded.state(rank).values())


@given(shapes=st.lists(st.lists(st.integers(1, 4), max_size=3).map(tuple), min_size=1, max_size=4), world=st.integers(1, 6))
def test_a_flat_parameter_comes_back(shapes: list[tuple[int, ...]], world: int):
    tensors = [torch.randn(shape) for shape in shapes]
    shards = flat_shards(tensors, world)
    size = sum(tensor.numel() for tensor in tensors)
    assert {len(shard) for shard in shards} == {-(-size // world)}
    assert torch.cat(shards)[size:].eq(0).all()
    for tensor, back in zip(tensors, unflatten(torch.cat(shards), shapes), strict=True):
        assert torch.equal(tensor, back)


@pytest.mark.parametrize("world", [1, 2, 3])
def test_gradients_traffic_and_peak(world: int):
    torch.manual_seed(world)
    units = [nn.Sequential(nn.Linear(5, 7), nn.Tanh()), nn.Linear(7, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 3))]
    batches = [(torch.randn(4, 5), torch.randint(3, (4,))) for _ in range(world)]
    log = ShardLog(world)
    found = fsdp_gradients(units, functional.cross_entropy, batches, log)
    model = nn.Sequential(*units)
    functional.cross_entropy(model(torch.cat([x for x, _ in batches])), torch.cat([y for _, y in batches])).backward()
    sizes = [sum(p.numel() for p in unit.parameters()) for unit in units]
    padded = [-(-size // world) * world for size in sizes]
    for unit, shards, size in zip(units, found, sizes, strict=True):
        torch.testing.assert_close(torch.cat(shards)[:size], torch.cat([p.grad.flatten() for p in unit.parameters()]))
        assert torch.cat(shards)[size:].eq(0).all()
    assert log.sent == pytest.approx(3 * sum(padded) * (world - 1) / world)
    assert (log.peak, log.live) == (max(padded), 0)
    assert [event[:2] for event in log.events if event[0] != "free"] == [
        *(("gather", n) for n in range(3)),
        *((kind, n) for n in (2, 1, 0) for kind in ("gather", "reduce")),
    ]


def test_what_the_log_refuses():
    log = ShardLog(2)
    with pytest.raises(ValueError, match="랭크마다"):
        log.all_gather(0, [torch.ones(2)])
    log.all_gather(0, [torch.ones(2), torch.ones(2)])
    with pytest.raises(RuntimeError, match="이미"):
        log.all_gather(0, [torch.ones(2), torch.ones(2)])
    with pytest.raises(ValueError, match="나누어떨어지지"):
        log.reduce_scatter(0, [torch.ones(3), torch.ones(3)])
    log.free(0)
    with pytest.raises(RuntimeError, match="비울 수"):
        log.free(0)

"""Shards, the ring and its record, gradients of unequal shards: invariants, and torch.distributed in threads."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import distributed, nn
from torch.nn import functional

from course_lib.distributed.data_parallel import central_seconds, ddp_gradients, ring_all_reduce, ring_seconds, shard
from course_lib.kit.distributed import Transport
from tests.distributed.threads import on_every_rank


@given(n=st.integers(0, 50), world=st.integers(1, 9))
def test_shards_are_a_partition(n: int, world: int):
    shards = [shard(n, world, rank) for rank in range(world)]
    assert sorted(index for indices in shards for index in indices) == list(range(n))
    sizes = [len(indices) for indices in shards]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(("n", "world", "rank"), [(3, 0, 0), (3, 2, 2), (3, 2, -1), (-1, 2, 0)])
def test_what_is_no_share(n: int, world: int, rank: int):
    with pytest.raises(ValueError, match="share"):
        shard(n, world, rank)


@settings(max_examples=40, deadline=None)
@given(world=st.integers(1, 6), size=st.integers(0, 23), seed=st.integers(0, 99))
def test_the_ring_sums_with_the_fewest_bytes(world: int, size: int, seed: int):
    dice = torch.Generator().manual_seed(seed)
    tensors = [torch.randn(size, generator=dice) for _ in range(world)]
    before = [tensor.clone() for tensor in tensors]
    transport = Transport(world)
    results = ring_all_reduce(tensors, transport)
    torch.testing.assert_close(results[0], torch.stack(before).sum(0))
    assert all(torch.equal(results[0], result) for result in results)
    assert all(map(torch.equal, tensors, before))
    assert transport.step == 2 * (world - 1)
    assert transport.total_bytes == 2 * (world - 1) * size * 4
    assert all(transport.bytes_from(rank) <= 2 * (world - 1) * -(-size // world) * 4 for rank in range(world))
    assert all(message.dst == (message.src + 1) % world for message in transport.messages)


def test_ten_elements_over_four_ranks():
    transport = Transport(4)
    results = ring_all_reduce([torch.full((2, 5), float(rank)) for rank in range(4)], transport)
    assert torch.equal(results[2], torch.full((2, 5), 6.0))
    assert [transport.bytes_from(rank) // 4 for rank in range(4)] == [15, 16, 15, 14]


def test_each_message_holds_only_what_its_sender_has_seen():
    world = 5
    transport = Transport(world)
    ring_all_reduce([torch.full((11,), float(1 << rank), dtype=torch.float64) for rank in range(world)], transport)
    known = [1 << rank for rank in range(world)]
    for step in range(transport.step):
        arrived = list(known)
        for message in (m for m in transport.messages if m.step == step):
            for value in message.tensor.long().tolist():
                assert value & known[message.src] == value
                arrived[message.dst] |= value
        known = arrived
    assert set(known) == {(1 << world) - 1}


def test_threads_of_torch_agree():
    tensors = [torch.arange(7.0) * (rank + 1) for rank in range(4)]

    def reduce(rank: int) -> torch.Tensor:
        mine = tensors[rank].clone()
        distributed.all_reduce(mine)
        return mine

    found = on_every_rank(4, reduce)
    ours = ring_all_reduce(tensors, Transport(4))
    for result, theirs in zip(ours, found, strict=True):
        torch.testing.assert_close(result, theirs)


def test_what_a_wire_cannot_do():
    transport = Transport(2)
    with pytest.raises(RuntimeError, match="보낸 것이 없습니다"):
        transport.recv(0, 1)
    transport = Transport(2)
    transport.send(0, 1, torch.ones(1))
    with pytest.raises(RuntimeError, match="받지 않은"):
        transport.barrier()
    assert transport.recv(0, 1) == 1
    with pytest.raises(RuntimeError, match="모두 보낸 다음"):
        transport.send(1, 0, torch.ones(1))
    with pytest.raises(ValueError, match="보낼 수 없습니다"):
        transport.send(1, 1, torch.ones(1))


def test_a_message_is_a_copy():
    transport, mine = Transport(2), torch.zeros(2)
    transport.send(0, 1, mine)
    mine += 1
    arrived = transport.recv(0, 1)
    assert torch.equal(arrived, torch.zeros(2))
    arrived += 5
    assert torch.equal(transport.messages[0].tensor, torch.zeros(2)), "what is received may be written into; the record stays"


def test_costs():
    assert ring_seconds(1, 1e9, 1e-5, 1e9) == 0
    assert ring_seconds(4, 1e9, 1e-5, 1e9) == pytest.approx(6e-5 + 1.5)
    assert central_seconds(4, 1e9, 1e-5, 1e9) == pytest.approx(6e-5 + 6)
    alpha, beta, size = 2e-6, 1e10, 4e6
    crossing = size / (alpha * beta)
    assert ring_seconds(int(crossing), size, alpha, beta) == pytest.approx(4 * (crossing - 1) * alpha)


def _model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3))


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(0, 6), min_size=1, max_size=5).filter(any), seed=st.integers(0, 99))
def test_unequal_shards_give_the_gradient_of_the_whole_batch(sizes: list[int], seed: int):
    dice = torch.Generator().manual_seed(seed)
    batches = [(torch.randn(n, 5, generator=dice), torch.randint(3, (n,), generator=dice)) for n in sizes]
    model = _model()
    found = ddp_gradients(model, functional.cross_entropy, batches)
    assert all(parameter.grad is None for parameter in model.parameters())
    functional.cross_entropy(model(torch.cat([x for x, _ in batches])), torch.cat([y for _, y in batches])).backward()
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad)


def test_no_example_at_all():
    with pytest.raises(ValueError, match="example"):
        ddp_gradients(_model(), functional.cross_entropy, [(torch.zeros(0, 5), torch.zeros(0, dtype=torch.long))])

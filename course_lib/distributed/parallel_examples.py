"""The parallel calls as counterexamples are made of them: what may become smaller, and the line that a student pastes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn

from course_lib.distributed.data_parallel import ring_seconds, shard
from course_lib.distributed.memory import checkpointed_memory, stage_memory
from course_lib.distributed.pipeline import make_schedule, simulate
from course_lib.kit.counterexample import Call


def _positive(*numbers: float) -> None:
    """Raises ValueError for arguments outside the contract."""
    if min(numbers) < 1:
        raise ValueError("outside the contract")


def _near(right: float, actual: float) -> bool:
    return math.isclose(actual, right, rel_tol=1e-5, abs_tol=1e-9)


# -- data parallelism -------------------------------------------------------------------------------------------------


def is_partition(shards: Sequence[Sequence[int]], n: int, world: int) -> bool:
    """Whether 0 … n - 1 are dealt out once each, to shards whose sizes differ by at most one."""
    mine = [index for indices in shards for index in indices]
    return len(shards) == world and sorted(mine) == list(range(n)) and max(map(len, shards)) - min(map(len, shards)) <= 1


def shard_call(n: int, world: int) -> Call:
    """``shard`` of every rank."""

    def right(n: int, world: int) -> list[list[int]]:
        _positive(n + 1, world)
        return [shard(n, world, rank) for rank in range(world)]

    line = "[shard({}, {}, rank) for rank in range({})]"
    returns = list[list[int]]
    return Call("shard", right, (n, world), lambda n, world: line.format(n, world, world), accepts=is_partition, returns=returns)


def ring_call(world: int, size: int) -> Call:
    """``ring_all_reduce`` of 1, 2, … on rank 0, ten times as much on the next."""

    def right(world: int, size: int) -> list[list[float]]:
        _positive(world, size)
        return [[float(i * sum(10**rank for rank in range(world))) for i in range(1, size + 1)]] * world

    def line(world: int, size: int) -> str:
        tensors = f"[torch.arange(1.0, {size + 1}) * 10**rank for rank in range({world})]"
        return f"[result.tolist() for result in ring_all_reduce({tensors}, Transport({world}))]"

    return Call("ring_all_reduce", right, (world, size), line, returns=list[list[float]])


def gradients_call(sizes: Sequence[int]) -> Call:
    """``ddp_gradients`` of one weight on ranks with so many examples, whose mean gradients are 1, 4, 9, …"""

    def right(sizes: Sequence[int]) -> float:
        _positive(sum(sizes))
        return sum(n * (rank + 1) ** 2 for rank, n in enumerate(sizes)) / sum(sizes)

    def line(sizes: Sequence[int]) -> str:
        batches = ", ".join(f"(torch.ones({n}, 1), torch.full(({n}, 1), {(rank + 1.0) ** 2}))" for rank, n in enumerate(sizes))
        return f'ddp_gradients(nn.Linear(1, 1, bias=False), lambda out, target: (out * target).mean(), [{batches}])["weight"].item()'

    return Call("ddp_gradients", right, (list(sizes),), line, accepts=lambda actual, sizes: _near(right(sizes), actual), returns=float)


def seconds_call(world: int, size: float, alpha: float, beta: float) -> Call:
    """``ring_seconds``."""

    def right(world: int, size: float, alpha: float, beta: float) -> float:
        _positive(world)
        return ring_seconds(world, size, alpha, beta)

    arguments = (world, size, alpha, beta)
    return Call("ring_seconds", right, arguments, accepts=lambda actual, *given: _near(right(*given), actual), returns=float)


# -- pipelines --------------------------------------------------------------------------------------------------------


def timeline_call(stages: int, microbatches: int) -> Call:
    """``simulate`` of a 1F1B schedule: makespan, bubble and peaks."""

    def right(stages: int, microbatches: int) -> tuple[float, float, list[int]]:
        _positive(stages, microbatches)
        found = simulate(make_schedule("1f1b", stages, microbatches), 1, 2)
        return found.makespan, round(found.bubble_fraction, 4), found.peak_inflight

    def line(stages: int, microbatches: int) -> str:
        schedule = make_schedule("1f1b", stages, microbatches) if min(stages, microbatches) > 0 else []
        return f"t = simulate({schedule}, 1, 2); (t.makespan, round(t.bubble_fraction, 4), list(t.peak_inflight))"

    return Call("simulate", right, (stages, microbatches), line, returns=tuple[float, float, list[int]])


# -- split layers -----------------------------------------------------------------------------------------------------


def _dense(inner: int, outer: int) -> nn.Linear:
    """Weights 1, 2, … and biases 1."""
    _positive(inner, outer)
    layer = nn.Linear(inner, outer)
    layer.weight.data, layer.bias.data = torch.arange(1.0, inner * outer + 1).view(outer, inner), torch.ones(outer)
    return layer


def _dense_line(inner: int, outer: int) -> str:
    weight = f"torch.arange(1.0, {inner * outer + 1}).reshape({outer}, {inner})"
    return f"d = nn.Linear({inner}, {outer}); d.weight.data = {weight}; d.bias.data = torch.ones({outer})"


def layer_call(name: str, inner: int, outer: int, world: int) -> Call:
    """A split layer's output where the input is 1 everywhere."""

    def right(inner: int, outer: int, world: int) -> list[list[float]]:
        _positive(world)
        return _dense(inner, outer)(torch.ones(1, inner)).tolist()

    def line(inner: int, outer: int, world: int) -> str:
        return f"{_dense_line(inner, outer)}; {name}.from_dense(d, {world})(torch.ones(1, {inner})).tolist()"

    return Call(name, right, (inner, outer, world), line, returns=list[list[float]])


def input_gradient_call(name: str, inner: int, outer: int, world: int) -> Call:
    """The gradient of a split layer's input, where that of the output is 1 everywhere."""

    def right(inner: int, outer: int, world: int) -> list[list[float]]:
        _positive(world)
        return _dense(inner, outer).weight.sum(0, keepdim=True).tolist()

    def line(inner: int, outer: int, world: int) -> str:
        made = f"{_dense_line(inner, outer)}; x = torch.ones(1, {inner}, requires_grad=True)"
        return f"{made}; {name}.from_dense(d, {world})(x).sum().backward(); x.grad.tolist()"

    return Call(name, right, (inner, outer, world), line, returns=list[list[float]])


# -- memory -----------------------------------------------------------------------------------------------------------


def checkpoints_call(layers: int, segments: int) -> Call:
    """``checkpointed_memory``."""
    return Call("checkpointed_memory", checkpointed_memory, (layers, segments), returns=float)


def stage_call(parameters: int, layers: int, activation: int, in_flight: int, segments: int | None = None) -> Call:
    """``stage_memory``."""

    def right(parameters: int, layers: int, activation: int, in_flight: int, segments: int | None = None) -> int:
        _positive(parameters, layers, activation, in_flight)
        return stage_memory(parameters, layers, activation, in_flight, segments)

    return Call("stage_memory", right, (parameters, layers, activation, in_flight, segments), returns=float)

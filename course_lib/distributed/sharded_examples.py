"""Calls on ZeRO and FSDP as counterexamples are made of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from course_lib.distributed.fsdp import flat_shards, fsdp_gradients, unflatten
from course_lib.distributed.zero import ZeroAdamW, zero_memory
from course_lib.kit.counterexample import Call
from course_lib.kit.distributed import ShardLog


def _positive(*numbers: int) -> None:
    """Raises ValueError for arguments outside the contract."""
    if min(numbers) < 1:
        raise ValueError("outside the contract")


def zero_memory_call(parameters: int, world: int, stage: int) -> Call:
    """``zero_memory``."""

    def right(parameters: int, world: int, stage: int) -> float:
        _positive(parameters, world)
        return zero_memory(parameters, world, stage)

    def accepts(actual: Any, parameters: int, world: int, stage: int) -> bool:
        return math.isclose(actual, right(parameters, world, stage), rel_tol=1e-9)

    return Call("zero_memory", right, (parameters, world, stage), accepts=accepts, returns=float)


def zero_updates_call(size: int, world: int, steps: int) -> Call:
    """Weights of 1 after each update, and every rank's first moment; the gradients of rank r are all r + 1."""

    def right(size: int, world: int, steps: int) -> tuple[list[list[float]], list[list[float]]]:
        _positive(size, world, steps)
        optimizer = ZeroAdamW(torch.ones(size), world, lr=0.1, weight_decay=0.5)
        gradients = [torch.full((size,), rank + 1.0) for rank in range(world)]
        made = [_shown(optimizer.step(gradients)) for _ in range(steps)]
        return made, [_shown(optimizer.state(rank)["exp_avg"]) for rank in range(world)]

    def line(size: int, world: int, steps: int) -> str:
        made = f"z = ZeroAdamW(torch.ones({size}), {world}, lr=0.1, weight_decay=0.5)"
        made += f"; g = [torch.full(({size},), r + 1.0) for r in range({world})]; show = lambda t: t.double().round(decimals=3).tolist()"
        return f"{made}; ([show(z.step(g)) for _ in range({steps})], [show(z.state(r)['exp_avg']) for r in range({world})])"

    def accepts(actual: Any, size: int, world: int, steps: int) -> bool:
        return all(_near(one, other) for one, other in zip(actual, right(size, world, steps), strict=True))

    return Call("ZeroAdamW", right, (size, world, steps), line, accepts, returns=tuple[list[list[float]], list[list[float]]])


def flat_shards_call(size: int, world: int) -> Call:
    """``flat_shards`` of one tensor 1, 2, …"""

    def right(size: int, world: int) -> list[list[float]]:
        _positive(size, world)
        return [shard.tolist() for shard in flat_shards([torch.arange(1.0, size + 1)], world)]

    def line(size: int, world: int) -> str:
        return f"[shard.tolist() for shard in flat_shards([torch.arange(1.0, {size + 1})], {world})]"

    return Call("flat_shards", right, (size, world), line, returns=list[list[float]])


def unflatten_call(sizes: Sequence[int]) -> Call:
    """``unflatten`` of 1, 2, … into vectors of these sizes, with one number of padding behind them."""

    def right(sizes: Sequence[int]) -> list[list[float]]:
        _positive(*sizes)
        return [tensor.tolist() for tensor in unflatten(torch.arange(1.0, sum(sizes) + 2), [(size,) for size in sizes])]

    def line(sizes: Sequence[int]) -> str:
        return f"[tensor.tolist() for tensor in unflatten(torch.arange(1.0, {sum(sizes) + 2}), {[(size,) for size in sizes]})]"

    return Call("unflatten", right, (list(sizes),), line, returns=list[list[float]])


def fsdp_call(units: int, world: int) -> Call:
    """Gradients of layers of one weight 1, the order of gathering, and the most elements gathered at once; rank r's input is r + 1."""

    def right(units: int, world: int) -> tuple[list[list[float]], list[int], int]:
        _positive(units, world)
        layers = [nn.Linear(1, 1, bias=False) for _ in range(units)]
        for layer in layers:
            nn.init.ones_(layer.weight)
        batches, log = [(torch.full((1, 1), rank + 1.0), torch.zeros(1)) for rank in range(world)], ShardLog(world)
        found = fsdp_gradients(layers, lambda out, _: out.mean(), batches, log)
        return [torch.cat(list(unit)).tolist() for unit in found], [n for kind, n, _ in log.events if kind == "gather"], log.peak

    def line(units: int, world: int) -> str:
        made = f"u = [nn.Linear(1, 1, bias=False) for _ in range({units})]; [nn.init.ones_(m.weight) for m in u]; log = ShardLog({world})"
        made += f"; b = [(torch.full((1, 1), r + 1.0), torch.zeros(1)) for r in range({world})]"
        made += "; g = fsdp_gradients(u, lambda out, _: out.mean(), b, log)"
        return f"{made}; ([torch.cat(list(s)).tolist() for s in g], [n for kind, n, _ in log.events if kind == 'gather'], log.peak)"

    def accepts(actual: Any, units: int, world: int) -> bool:
        expected = right(units, world)
        return actual[1:] == expected[1:] and _near(actual[0], expected[0])

    return Call("fsdp_gradients", right, (units, world), line, accepts, returns=tuple[list[list[float]], list[int], int])


def _shown(tensor: torch.Tensor) -> list[float]:
    return tensor.double().round(decimals=3).tolist()


def _near(actual: Sequence[Sequence[float]], expected: Sequence[Sequence[float]]) -> bool:
    same = [len(row) for row in actual] == [len(row) for row in expected]
    numbers = [pair for rows in zip(actual, expected, strict=same) for pair in zip(*rows, strict=same)]
    return same and all(math.isclose(one, other, abs_tol=2e-3) for one, other in numbers)

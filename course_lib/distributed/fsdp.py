"""Fully sharded data parallelism: parameters live in shards and are whole only while their unit works (Zhao et al. 2023)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call

from course_lib.kit.distributed import ShardLog

Shape = tuple[int, ...]


def flat_shards(tensors: Sequence[Tensor], world: int) -> list[Tensor]:
    """One flat parameter of all tensors, padded with zeros so that ``world`` divides it, cut into ``world`` new tensors of equal length."""
    flat = torch.cat([tensor.detach().flatten() for tensor in tensors])
    padded = torch.nn.functional.pad(flat, (0, -len(flat) % world))
    return [shard.clone() for shard in padded.chunk(world)]


def unflatten(flat: Tensor, shapes: Sequence[Shape]) -> list[Tensor]:
    """Tensors of the given shapes from the beginning of a flat parameter; what is left over is padding."""
    tensors, start = [], 0
    for shape in shapes:
        size = torch.Size(shape).numel()
        tensors.append(flat[start : start + size].reshape(shape))
        start += size
    return tensors


def fsdp_gradients(
    units: Sequence[nn.Module],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    batches: Sequence[tuple[Tensor, Tensor]],
    log: ShardLog,
) -> list[list[Tensor]]:
    """Gradient shards ``[unit][rank]`` of the mean loss over all ranks, with only one unit whole at a time.

    Forward: gather, run, free. Backward, from the last unit: gather, run again with gradients, reduce-scatter, free. So each rank sends
    3Ψ(N - 1)/N elements, where a data-parallel all-reduce sends 2Ψ(N - 1)/N.

    Args:
        units: run one after another; their parameters give the first values.
        loss_fn: a mean over the examples of its batch.
        batches: inputs and targets of each rank, equally many examples.
        log: does the collectives and keeps the record.
    """
    names = [[name for name, _ in unit.named_parameters()] for unit in units]
    shapes = [[tuple(parameter.shape) for parameter in unit.parameters()] for unit in units]
    shards = [flat_shards(list(unit.parameters()), len(batches)) for unit in units]

    def run(number: int, flat: Tensor, x: Tensor) -> Tensor:
        weights = dict(zip(names[number], unflatten(flat, shapes[number]), strict=True))
        return functional_call(units[number], weights, (x,))

    inputs = [[x for x, _ in batches]]
    with torch.no_grad():
        for number in range(len(units)):
            flat = log.all_gather(number, shards[number])
            inputs.append([run(number, flat, x) for x in inputs[-1]])
            log.free(number)
    arriving = []
    for output, (_, target) in zip(inputs[-1], batches, strict=True):
        leaf = output.detach().requires_grad_()
        arriving.append(torch.autograd.grad(loss_fn(leaf, target), leaf)[0])
    gradients: list[list[Tensor]] = [[] for _ in units]
    for number in reversed(range(len(units))):
        flat = log.all_gather(number, shards[number]).requires_grad_()
        of_weights = []
        for rank, x in enumerate(inputs[number]):
            leaf = x.detach().requires_grad_(x.is_floating_point())
            wanted = [flat, leaf] if leaf.requires_grad else [flat]
            found = torch.autograd.grad(run(number, flat, leaf), wanted, arriving[rank])
            of_weights.append(found[0] / len(batches))
            arriving[rank] = found[-1]
        gradients[number] = log.reduce_scatter(number, of_weights)
        log.free(number)
    return gradients

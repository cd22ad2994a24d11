"""Data parallelism: shares of a batch, the ring all-reduce and its cost, gradients of unequal shards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from course_lib.kit.distributed import Transport

Batch = tuple[Tensor, Tensor]


def shard(n: int, world: int, rank: int) -> list[int]:
    """The examples of one rank: a contiguous piece of 0 … n - 1, sizes of ranks differ by at most one.

    Raises:
        ValueError: ``world`` is below 1, ``rank`` no rank of it, or ``n`` negative.
    """
    if world < 1 or not 0 <= rank < world or n < 0:
        raise ValueError(f"rank {rank} of {world} cannot have a share of {n} examples")
    size, longer = divmod(n, world)
    start = rank * size + min(rank, longer)
    return list(range(start, start + size + (rank < longer)))


def ring_all_reduce(tensors: Sequence[Tensor], transport: Transport) -> list[Tensor]:
    """The sum of the ranks' tensors, on every rank, by reduce-scatter and all-gather round a ring (Patarasuk and Yuan 2009).

    Args:
        tensors: one for each rank, same shape and dtype. They are left as they are.
        transport: carries one chunk of at most ⌈S/N⌉ elements from each rank to the next in each of 2(N - 1) steps.

    Returns:
        One new tensor for each rank, bit for bit the same.
    """
    world = len(tensors)
    chunks = [[piece.clone() for piece in tensor.detach().flatten().tensor_split(world)] for tensor in tensors]

    def step(shift: int, receive: Callable[[Tensor, Tensor], Tensor]) -> None:
        for rank in range(world):
            transport.send(rank, (rank + 1) % world, chunks[rank][(rank + shift) % world])
        for rank in range(world):
            before, place = (rank - 1) % world, (rank - 1 + shift) % world
            chunks[rank][place] = receive(chunks[rank][place], transport.recv(before, rank))
        transport.barrier()

    for turn in range(world - 1):
        step(-turn, torch.add)
    for turn in range(world - 1):
        step(1 - turn, lambda _, received: received)
    return [torch.cat(pieces).reshape(tensor.shape) for pieces, tensor in zip(chunks, tensors, strict=True)]


def ring_seconds(world: int, size: float, alpha: float, beta: float) -> float:
    """Seconds of a ring all-reduce in the α–β model: 2(N - 1)α + 2(N - 1)/N · S/β (Thakur et al. 2005).

    Args:
        size: S, bytes of the tensor.
        alpha: seconds of a message. beta: bytes a second.
    """
    return 2 * (world - 1) * (alpha + size / (world * beta))


def central_seconds(world: int, size: float, alpha: float, beta: float) -> float:
    """Seconds when rank 0 receives everything, one after another, and sends the sum back: 2(N - 1)(α + S/β)."""
    return 2 * (world - 1) * (alpha + size / beta)


def ddp_gradients(model: nn.Module, loss_fn: Callable[[Tensor, Tensor], Tensor], batches: Sequence[Batch]) -> dict[str, Tensor]:
    """Gradient of the mean loss over all ranks' examples, from one backward pass per rank.

    A mean of the ranks' means would weigh examples of small shards more: rank r counts n_r/n.

    Args:
        loss_fn: of the model's outputs and the targets, a mean over the examples of its batch.
        batches: for each rank its inputs and targets; shards may be unequal or empty.

    Returns:
        By the parameter's name; zeros where a parameter took no part. The model's own ``.grad`` are left alone.

    Raises:
        ValueError: no rank has an example.
    """
    total = sum(len(inputs) for inputs, _ in batches)
    if total == 0:
        raise ValueError("no rank has an example")
    parameters = dict(model.named_parameters())
    summed = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    for inputs, targets in batches:
        if len(inputs) == 0:
            continue
        gradients = torch.autograd.grad(loss_fn(model(inputs), targets), list(parameters.values()), allow_unused=True)
        for name, gradient in zip(parameters, gradients, strict=True):
            if gradient is not None:
                summed[name] += gradient * (len(inputs) / total)
    return summed

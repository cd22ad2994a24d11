"""What the simulations make of the worker's models, beside which torch's own are held."""

from __future__ import annotations

import torch
from torch.nn import functional

from course_lib.distributed.fsdp import fsdp_gradients, unflatten
from course_lib.distributed.tensor_parallel import ColumnParallelLinear, RowParallelLinear
from course_lib.kit.distributed import ShardLog
from tests.distributed.gloo_worker import batch, layers, mlp


def fully_sharded(world: int) -> list[torch.Tensor]:
    """Gradients of the layers, each gathered only while it works."""
    units = layers(world)
    shards = fsdp_gradients(units, functional.cross_entropy, [batch(rank) for rank in range(world)], ShardLog(world))
    shapes = [[parameter.shape for parameter in unit.parameters()] for unit in units]
    return [tensor for unit, of in zip(shards, shapes, strict=True) for tensor in unflatten(torch.cat(unit), of)]


def split_layers(world: int) -> list[torch.Tensor]:
    """Output and gradients of the MLP, split by column, then by row."""
    first, _, second = mlp()
    column = ColumnParallelLinear.from_dense(first, world, gather_output=False)
    row = RowParallelLinear.from_dense(second, world, input_is_parallel=True)
    out = row([functional.gelu(part) for part in column(batch(0)[0])])
    out.square().sum().backward()
    return [out.detach(), *(layer.dense_grads()[name] for layer in (column, row) for name in ("weight", "bias"))]

"""The simulations beside torch's own FSDP and tensor parallelism, in a process group of threads: quick, for every run."""

from __future__ import annotations

import torch
from torch import distributed

from course_lib.distributed.fsdp import flat_shards
from course_lib.kit.distributed import ShardLog
from tests.distributed.gloo_worker import fsdp, tensor_parallel
from tests.distributed.ours import fully_sharded, split_layers
from tests.distributed.threads import on_every_rank

WORLD = 3


def test_the_log_gathers_and_reduces_as_torch_does():
    shards = flat_shards([torch.arange(1.0, 8)], WORLD)
    tensors = [torch.arange(9.0) * (rank + 1) for rank in range(WORLD)]

    def collect(rank: int) -> tuple[torch.Tensor, torch.Tensor]:
        whole, mine = torch.empty(9), torch.empty(3)
        distributed.all_gather_into_tensor(whole, shards[rank])
        distributed.reduce_scatter_tensor(mine, tensors[rank])
        return whole, mine

    log = ShardLog(WORLD)
    gathered, reduced = log.all_gather(0, shards), log.reduce_scatter(0, tensors)
    for (whole, mine), ours in zip(on_every_rank(WORLD, collect), reduced, strict=True):
        torch.testing.assert_close(gathered, whole)
        torch.testing.assert_close(ours, mine)


def test_fully_sharded_gradients():
    ours = fully_sharded(WORLD)
    for found in on_every_rank(WORLD, lambda rank: fsdp(rank, WORLD)):
        for gradient, theirs in zip(ours, found, strict=True):
            torch.testing.assert_close(gradient, theirs)


def test_split_layers():
    ours = split_layers(WORLD)
    for out, gradients in on_every_rank(WORLD, lambda _: tensor_parallel(WORLD)):
        for tensor, theirs in zip(ours, (out, *gradients), strict=True):
            torch.testing.assert_close(tensor, theirs)

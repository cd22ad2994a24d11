"""The simulations beside real processes: gloo's DistributedDataParallel, FSDP2 and pipelining."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.distributed.data_parallel import ddp_gradients
from course_lib.distributed.fsdp import fsdp_gradients, unflatten
from course_lib.distributed.pipeline import make_schedule
from course_lib.kit.distributed import ShardLog
from tests.distributed import gloo_worker
from tests.distributed.gloo_worker import MICROBATCHES, batch, layers

pytestmark = pytest.mark.full
WORLD = 3


@pytest.fixture(scope="module")
def processes(tmp_path_factory) -> list[dict]:
    """What each rank found."""
    folder = tmp_path_factory.mktemp("gloo")
    command = [sys.executable, gloo_worker.__file__]
    running = [
        subprocess.Popen([*command, str(rank), str(WORLD), str(folder)], stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        for rank in range(WORLD)
    ]
    try:
        for process in running:
            _, said = process.communicate(timeout=240)
            assert process.returncode == 0, said
    finally:
        for process in running:
            process.kill()
    return [torch.load(folder / f"{rank}.pt") for rank in range(WORLD)]


def test_data_parallel_gradients(processes):
    model = nn.Sequential(*layers(WORLD))
    ours = ddp_gradients(model, functional.cross_entropy, [batch(rank) for rank in range(WORLD)])
    for found in processes:
        for gradient, theirs in zip(ours.values(), found["ddp"], strict=True):
            torch.testing.assert_close(gradient, theirs)


def test_torch_takes_the_mean_of_means(processes):
    """With unequal shards DistributedDataParallel is not the gradient of the whole batch: the mistake that ours avoids."""
    model = nn.Sequential(*layers(WORLD))
    batches = [batch(rank, 1 + rank) for rank in range(WORLD)]
    ours = list(ddp_gradients(model, functional.cross_entropy, batches).values())
    apart = [list(ddp_gradients(model, functional.cross_entropy, [one]).values()) for one in batches]
    for place, theirs in enumerate(processes[0]["ddp-unequal"]):
        torch.testing.assert_close(sum(gradients[place] for gradients in apart) / WORLD, theirs)
    assert not torch.allclose(ours[0], processes[0]["ddp-unequal"][0], rtol=1e-3)


def test_fully_sharded_gradients(processes):
    units = layers(WORLD)
    shards = fsdp_gradients(units, functional.cross_entropy, [batch(rank) for rank in range(WORLD)], ShardLog(WORLD))
    shapes = [[parameter.shape for parameter in unit.parameters()] for unit in units]
    ours = [tensor for unit, of in zip(shards, shapes, strict=True) for tensor in unflatten(torch.cat(unit), of)]
    for found in processes:
        for gradient, theirs in zip(ours, found["fsdp"], strict=True):
            torch.testing.assert_close(gradient, theirs)


@pytest.mark.parametrize("kind", ["gpipe", "1f1b"])
def test_pipelines(processes, kind: str):
    whole = nn.Sequential(*layers(WORLD))
    x, y = batch(0, 2 * MICROBATCHES)
    functional.cross_entropy(whole(x), y).backward()
    for stage, (found, order) in enumerate(zip(processes, make_schedule(kind, WORLD, MICROBATCHES), strict=True)):
        done, gradients = found[kind]
        assert done == "".join(work for work, _ in order)
        for parameter, theirs in zip(whole[stage].parameters(), gradients, strict=True):
            torch.testing.assert_close(parameter.grad, theirs)

"""The simulations beside real processes of torch.distributed with gloo, outside and inside the sandbox that grades."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from autograder.manifest import Limits
from autograder.sandbox.kernel import Kernel
from course_lib.distributed.compression import powersgd
from course_lib.distributed.data_parallel import ddp_gradients
from course_lib.distributed.pipeline import make_schedule
from course_lib.distributed.zero import ZeroAdamW
from tests.distributed import gloo_worker
from tests.distributed.gloo_worker import MICROBATCHES, OPTIONS, PLAIN_STEPS, STEPS, batch, layers, zero_gradient
from tests.distributed.ours import fully_sharded, split_layers

pytestmark = pytest.mark.full
WORLD = 3
WORKER = Path(gloo_worker.__file__)
LIMITS = Limits(cell_seconds=300, total_seconds=400, memory_mb=4_096, processes=512)
IN_A_CELL = f"""
import base64, subprocess, sys
open("worker.py", "w").write({WORKER.read_text(encoding="utf-8")!r})
running = [subprocess.Popen([sys.executable, "worker.py", str(rank), "{WORLD}", "."], stderr=subprocess.PIPE) for rank in range({WORLD})]
for process in running:
    said = process.communicate(timeout=280)[1].decode()
    assert process.returncode == 0, said[-1_000:]
print(*(base64.b64encode(open(f"{{rank}}.pt", "rb").read()).decode() for rank in range({WORLD})))
"""


def _outside(folder: Path) -> list[dict]:
    running = [
        subprocess.Popen([sys.executable, str(WORKER), str(rank), str(WORLD), str(folder)], stderr=subprocess.PIPE, text=True)
        for rank in range(WORLD)
    ]
    try:
        for process in running:
            _, said = process.communicate(timeout=300)
            assert process.returncode == 0, said
    finally:
        for process in running:
            process.kill()
    return [torch.load(folder / f"{rank}.pt") for rank in range(WORLD)]


def _in_the_sandbox() -> list[dict]:
    """The processes of a submission: no network but the loopback, and nothing of the course."""
    with Kernel(LIMITS, None) as kernel:
        run = kernel.execute(IN_A_CELL, LIMITS.cell_seconds, 4_000_000)
    assert run.status == "ok", (run.error, run.cause)
    said = "".join(output.get("text", "") for output in run.outputs)
    return [torch.load(io.BytesIO(base64.b64decode(part))) for part in said.split()]


@pytest.fixture(scope="module", params=["outside", "in-the-sandbox"])
def processes(request, tmp_path_factory) -> list[dict]:
    """What each rank found."""
    return _in_the_sandbox() if request.param == "in-the-sandbox" else _outside(tmp_path_factory.mktemp("gloo"))


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
    ours = fully_sharded(WORLD)
    for found in processes:
        for gradient, theirs in zip(ours, found["fsdp"], strict=True):
            torch.testing.assert_close(gradient, theirs)


def test_powersgd_compresses_the_mean_gradient(processes):
    """Every rank keeps an error of its own, and still all get what compressing the mean gradient with one error gives."""
    error, before = torch.zeros(5, 6), torch.zeros(6, 2)
    for step in range(STEPS):
        mean = torch.stack([found["compressed"][step][0] for found in processes]).mean(0)
        _, arrived, q = processes[0]["compressed"][step]
        for found in processes[1:]:
            torch.testing.assert_close(found["compressed"][step][1], arrived, rtol=0, atol=0)
        if step < PLAIN_STEPS:
            torch.testing.assert_close(arrived, mean)
            continue
        if step > PLAIN_STEPS:  # the hook draws the first Q itself
            p, ours = powersgd(mean + error, 2, before)
            torch.testing.assert_close(p @ ours.T, arrived, atol=1e-3, rtol=1e-4)
        before, error = q, mean + error - arrived


def test_sharded_updates(processes):
    optimizer = ZeroAdamW(torch.ones(4 * WORLD), WORLD, **OPTIONS)
    for step in range(STEPS):
        gradients = [torch.cat([zero_gradient(step, rank, place) for place in range(WORLD)]) for rank in range(WORLD)]
        made = optimizer.step(gradients)
        for found in processes:
            torch.testing.assert_close(made, found["zero"][0][step])
    assert [found["zero"][1] for found in processes] == [len(optimizer.state(rank)["exp_avg"]) for rank in range(WORLD)]


def test_split_layers(processes):
    ours = split_layers(WORLD)
    for found in processes:
        out, gradients = found["tensor-parallel"]
        for tensor, theirs in zip(ours, (out, *gradients), strict=True):
            torch.testing.assert_close(tensor, theirs)


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

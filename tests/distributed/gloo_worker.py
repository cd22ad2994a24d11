"""One rank of real processes: ``python gloo_worker.py RANK WORLD FOLDER`` writes what torch.distributed computes to FOLDER/RANK.pt."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import distributed, nn
from torch.distributed.algorithms.ddp_comm_hooks import powerSGD_hook
from torch.distributed.fsdp import fully_shard
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.distributed.pipelining import PipelineStage, Schedule1F1B, ScheduleGPipe
from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

MICROBATCHES = 5
STEPS = 5
PLAIN_STEPS = 2  # of PowerSGD's hook, before it compresses
OPTIONS = {"lr": 0.05, "betas": (0.8, 0.95), "weight_decay": 0.1}


def drawn(module: nn.Module, seed: int) -> nn.Module:
    """The module with weights from a generator of its own: threads share torch's."""
    dice = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.4, generator=dice)
    return module


def layers(world: int) -> list[nn.Module]:
    """As many layers as ranks, the same in every process."""
    return [drawn(nn.Sequential(nn.Linear(6, 6), nn.Tanh()), number) for number in range(world)]


def batch(rank: int, rows: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets of one rank."""
    dice = torch.Generator().manual_seed(rank)
    return torch.randn(rows, 6, generator=dice), torch.randint(6, (rows,), generator=dice)


def grads(module: nn.Module) -> list[torch.Tensor]:
    return [parameter.grad.clone() for parameter in module.parameters()]


def ddp(rank: int, world: int, rows: int) -> list[torch.Tensor]:
    model = DistributedDataParallel(nn.Sequential(*layers(world)))
    x, y = batch(rank, rows)
    functional.cross_entropy(model(x), y).backward()
    return grads(model.module)


def fsdp(rank: int, world: int) -> list[torch.Tensor]:
    mesh = distributed.init_device_mesh("cpu", (world,))
    model = nn.Sequential(*layers(world))
    for layer in model:
        fully_shard(layer, mesh=mesh)
    fully_shard(model, mesh=mesh)
    x, y = batch(rank)
    functional.cross_entropy(model(x), y).backward()
    return [parameter.grad.full_tensor() for parameter in model.parameters()]


def compressed(rank: int) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Of each step of PowerSGD's hook of rank 2: this rank's own gradient, the one that all get, and the Q that stays."""
    model = DistributedDataParallel(drawn(nn.Linear(6, 5, bias=False), 2))
    settings = {"matrix_approximation_rank": 2, "start_powerSGD_iter": PLAIN_STEPS, "min_compression_rate": 1, "random_seed": 5}
    state = powerSGD_hook.PowerSGDState(None, **settings)
    model.register_comm_hook(state, powerSGD_hook.powerSGD_hook)
    found = []
    for step in range(STEPS):
        x, _ = batch(10 * step + rank)
        own = torch.autograd.grad(model.module(x).square().sum(), model.module.weight)[0]
        model.zero_grad()
        model(x).square().sum().backward()
        q = state.q_memory_dict[0].view(6, 2) if state.q_memory_dict else torch.zeros(6, 2)
        found.append((own, model.module.weight.grad.clone(), q.clone()))
    return found


def zero(world: int) -> tuple[list[torch.Tensor], int]:
    """The weights after each update of ZeRO's first stage, and how many moments this rank holds."""
    weights = [nn.Parameter(torch.ones(4)) for _ in range(world)]
    optimizer = ZeroRedundancyOptimizer(weights, optimizer_class=torch.optim.AdamW, **OPTIONS)
    found = []
    for step in range(STEPS):
        for place, weight in enumerate(weights):
            weight.grad = torch.stack([zero_gradient(step, one, place) for one in range(world)]).mean(0)
        optimizer.step()
        found.append(torch.cat([weight.detach() for weight in weights]))
    return found, sum(state["exp_avg"].numel() for state in optimizer.optim.state.values())


def zero_gradient(step: int, rank: int, place: int) -> torch.Tensor:
    """The gradient of one weight on one rank."""
    return torch.randn(4, generator=torch.Generator().manual_seed(100 * step + 10 * rank + place))


def tensor_parallel(world: int) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Output and gradients of an MLP that is split by column, then by row."""
    model = mlp()
    plan = {"0": ColwiseParallel(), "2": RowwiseParallel()}
    parallelize_module(model, distributed.init_device_mesh("cpu", (world,)), plan)
    out = model(batch(0)[0])
    out.square().sum().backward()
    found = [out.detach(), *(parameter.grad.full_tensor() for parameter in model.parameters())]
    out, *gradients = (tensor + 0 for tensor in found)  # what is still on its way arrives when it is used
    return out, gradients


def mlp() -> nn.Sequential:
    """Two layers and the GELU between them, the same in every process."""
    return drawn(nn.Sequential(nn.Linear(6, 12), nn.GELU(), nn.Linear(12, 6)), 1)


def pipeline(rank: int, world: int, kind: type) -> tuple[str, list[torch.Tensor]]:
    """The order of this stage's work as ``"FFBB…"``, and its gradients."""
    layer, order = layers(world)[rank], []
    layer.register_forward_hook(lambda *_: order.append("F"))
    layer[0].weight.register_hook(lambda _: order.append("B"))
    x, y = batch(0, 2 * MICROBATCHES)
    stage = PipelineStage(layer, rank, world, torch.device("cpu"))
    schedule = kind(stage, MICROBATCHES, loss_fn=functional.cross_entropy)
    schedule.step(*([x] if rank == 0 else []), **({"target": y} if rank == world - 1 else {}))
    tried = len(order) - 2 * MICROBATCHES  # forward passes before all others, which only found out the shapes
    return "".join(order[tried:]), grads(layer)


def main() -> None:
    rank, world, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", store=distributed.FileStore(str(folder / "store"), world), rank=rank, world_size=world)
    found = {
        "ddp": ddp(rank, world, 4),
        "ddp-unequal": ddp(rank, world, 1 + rank),
        "fsdp": fsdp(rank, world),
        "compressed": compressed(rank),
        "zero": zero(world),
        "tensor-parallel": tensor_parallel(world),
        "gpipe": pipeline(rank, world, ScheduleGPipe),
        "1f1b": pipeline(rank, world, Schedule1F1B),
    }
    torch.save(found, folder / f"{rank}.pt")
    distributed.barrier()
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()

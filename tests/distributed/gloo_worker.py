"""One rank of real processes: ``python gloo_worker.py RANK WORLD FOLDER`` writes what torch.distributed computes to FOLDER/RANK.pt."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import distributed, nn
from torch.distributed.fsdp import fully_shard
from torch.distributed.pipelining import PipelineStage, Schedule1F1B, ScheduleGPipe
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

MICROBATCHES = 5


def layers(world: int) -> list[nn.Module]:
    """As many layers as ranks, the same in every process."""
    torch.manual_seed(0)
    return [nn.Sequential(nn.Linear(6, 6), nn.Tanh()) for _ in range(world)]


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
        "gpipe": pipeline(rank, world, ScheduleGPipe),
        "1f1b": pipeline(rank, world, Schedule1F1B),
    }
    torch.save(found, folder / f"{rank}.pt")
    distributed.barrier()
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()

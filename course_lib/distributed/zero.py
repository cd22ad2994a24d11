"""ZeRO: optimizer state, gradients and parameters split over data-parallel ranks (Rajbhandari et al. 2020)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def zero_memory(parameters: int, world: int, stage: int) -> float:
    """Bytes of model state on each rank, mixed precision with Adam (section 3.1 and 5): fp16 weight 2, fp16 gradient 2, state 12.

    Stage 0: 16Ψ; 1: 4Ψ + 12Ψ/N; 2: 2Ψ + 14Ψ/N; 3: 16Ψ/N. Raises ValueError for another stage.
    """
    if stage not in (0, 1, 2, 3):
        raise ValueError(f"ZeRO has stages 0 to 3, not {stage}")
    parts = zip((12, 2, 2), (1, 2, 3), strict=True)
    return sum(size * parameters / (world if stage >= split else 1) for size, split in parts)


class ZeroAdamW:
    """AdamW whose first and second moments are split: rank r holds those of its ⌈Ψ/N⌉ parameters and updates only them.

    Args:
        weights: flat ``[Ψ]``; copied.
        world: ranks N. Other arguments as :class:`torch.optim.AdamW`.
    """

    def __init__(
        self,
        weights: Tensor,
        world: int,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        self.size, self.world = len(weights), world
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.shards = [shard.clone() for shard in _padded(weights.detach(), world).chunk(world)]
        self.moments = [(torch.zeros_like(shard), torch.zeros_like(shard)) for shard in self.shards]
        self.steps = 0

    def step(self, gradients: Sequence[Tensor]) -> Tensor:
        """One update with the mean of the ranks' gradients; the new flat weights ``[Ψ]``.

        Reduce-scatter of the gradients, an update of each rank's shard, all-gather of the weights.

        Args:
            gradients: one ``[Ψ]`` for each rank.
        """
        self.steps += 1
        mean = _padded(torch.stack(list(gradients)).mean(dim=0), self.world).chunk(self.world)
        first, second = self.betas
        for shard, gradient, (m, v) in zip(self.shards, mean, self.moments, strict=True):
            shard.mul_(1 - self.lr * self.weight_decay)
            m.lerp_(gradient, 1 - first)
            v.mul_(second).addcmul_(gradient, gradient, value=1 - second)
            spread = v.sqrt() / math.sqrt(1 - second**self.steps) + self.eps
            shard.addcdiv_(m, spread, value=-self.lr / (1 - first**self.steps))
        return torch.cat(self.shards)[: self.size]

    def state(self, rank: int) -> dict[str, Tensor]:
        """The moments that a rank holds, each ``[⌈Ψ/N⌉]``."""
        return dict(zip(("exp_avg", "exp_avg_sq"), self.moments[rank], strict=True))


def _padded(flat: Tensor, world: int) -> Tensor:
    return torch.nn.functional.pad(flat, (0, -len(flat) % world))

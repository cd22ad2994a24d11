"""One training loop for all models of the course."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

Loss = Callable[[Tensor, int], Tensor]
"""A batch Long ``[B, T]`` and the number of the step to a scalar."""


@dataclass
class RunLog:
    """What a run left behind: per logged step the mean loss since the one before, in nats."""

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    tokens: int = 0
    seconds: float = 0.0


def learning_rate(step: int, steps: int, peak: float, warmup: int) -> float:
    """Linear from 0 over ``warmup`` steps, then a cosine down to a tenth of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return peak * (0.55 + 0.45 * math.cos(math.pi * done))


def fit(
    model: nn.Module,
    loss: Loss,
    data: Iterable[Tensor],
    steps: int,
    *,
    peak: float = 3e-3,
    warmup: int = 20,
    every: int = 10,
    weight_decay: float = 0.1,
    on_log: Callable[[int, float], None] | None = None,
) -> RunLog:
    """Train ``model`` with AdamW on the first ``steps`` batches of ``data``; gradients are clipped at norm 1.

    Args:
        loss: of one batch, at one step; the first value logged is that of step 0.
        every: how many steps lie between two logged values.
        on_log: called with each.

    Raises:
        FloatingPointError: the loss is no longer a finite number; says at which step.
    """
    matrices = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in model.parameters() if parameter.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=peak, betas=(0.9, 0.95))
    log, recent, started = RunLog(), [], time.perf_counter()
    model.train()
    for step, batch in zip(range(steps), data, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, peak, warmup)
        value = loss(batch, step)
        if not value.isfinite():
            raise FloatingPointError(f"the loss is {value.item()} at step {step}")
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent.append(value.item())
        log.tokens += batch.numel()
        if step % every == 0 or step == steps - 1:
            log.steps.append(step)
            log.losses.append(sum(recent) / len(recent))
            recent.clear()
            if on_log:
                on_log(step, log.losses[-1])
    log.seconds = time.perf_counter() - started
    model.eval()
    return log

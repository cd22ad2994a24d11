"""Training in float16 with float32 master weights and a dynamic loss scale (Micikevicius et al. 2018)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

SMALLEST_HALF = 2.0**-24
"""The smallest positive float16; half of it, and anything smaller, rounds to 0."""
SMALLEST_NORMAL_HALF = 2.0**-14
"""Below this, float16 keeps fewer than its 11 significant bits."""
LARGEST_SCALE = torch.finfo(torch.float32).max


class DynamicLossScaler:
    """The state machine of ``torch.amp.GradScaler``: back off after an overflow, grow after a run of steps without one.

    Args:
        init_scale: what losses are multiplied by at first.
        growth_factor, backoff_factor: what the scale is multiplied by when it grows, and when gradients overflowed.
        growth_interval: successful steps in a row after which the scale grows.
    """

    def __init__(
        self, init_scale: float = 2.0**16, growth_factor: float = 2.0, backoff_factor: float = 0.5, growth_interval: int = 2000
    ) -> None:
        self.growth_factor, self.backoff_factor, self.growth_interval = growth_factor, backoff_factor, growth_interval
        self._scale = float(init_scale)
        self._successes = 0
        self._overflow: bool | None = None  # unknown until the gradients were looked at

    def get_scale(self) -> float:
        """The present scale."""
        return self._scale

    def scale(self, loss: Tensor) -> Tensor:
        """The loss to call ``backward`` on. It should be float32: a float16 one overflows at 65,504."""
        return loss * self._scale

    def unscale_(self, optimizer: torch.optim.Optimizer) -> None:
        """Divide the gradients of the optimizer's parameters by the scale, in place, and note whether any is infinite or NaN.

        Raises:
            RuntimeError: it was called before, and ``update`` not since: the gradients would be divided twice.
        """
        if self._overflow is not None:
            raise RuntimeError("the gradients are unscaled already; call update() after each step")
        parameters = (parameter for group in optimizer.param_groups for parameter in group["params"])
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        self._overflow = not all(bool(gradient.isfinite().all()) for gradient in gradients)
        for gradient in gradients:
            gradient.mul_(1.0 / self._scale)

    def step(self, optimizer: torch.optim.Optimizer) -> bool:
        """``optimizer.step()`` unless a gradient is infinite or NaN; unscales first where that was not done.

        Returns:
            Whether the step was taken. A skipped one leaves weights and the optimizer's state as they were.
        """
        if self._overflow is None:
            self.unscale_(optimizer)
        if not self._overflow:
            optimizer.step()
        return not self._overflow

    def update(self) -> None:
        """Change the scale after a step: less after an overflow, more after ``growth_interval`` successes in a row.

        It does not grow beyond what float32 holds.
        """
        if self._overflow:
            self._scale *= self.backoff_factor
            self._successes = 0
        else:
            self._successes += 1
            if self._successes == self.growth_interval:
                grown = self._scale * self.growth_factor
                self._scale = grown if grown <= LARGEST_SCALE else self._scale
                self._successes = 0
        self._overflow = None


def master_weights(model: nn.Module) -> list[nn.Parameter]:
    """Float32 copies of a model's parameters, in their order, for the optimizer to hold."""
    return [nn.Parameter(parameter.detach().float().clone()) for parameter in model.parameters()]


def mixed_precision_step(
    model: nn.Module,
    masters: Sequence[nn.Parameter],
    optimizer: torch.optim.Optimizer,
    scaler: DynamicLossScaler,
    compute_loss: Callable[[nn.Module], Tensor],
    max_norm: float | None = None,
) -> tuple[float, bool]:
    """One step: forward and backward in the model's precision, update in float32, weights rounded back.

    Args:
        model: in float16; its weights are the masters', rounded.
        masters: as :func:`master_weights` makes them; the optimizer's parameters.
        compute_loss: the model's loss, a float32 scalar.
        max_norm: to which the gradients' norm is clipped, after they are unscaled.

    Returns:
        The loss, and whether the step was taken.
    """
    model.zero_grad(set_to_none=True)
    loss = compute_loss(model)
    scaler.scale(loss).backward()
    for master, parameter in zip(masters, model.parameters(), strict=True):
        master.grad = None if parameter.grad is None else parameter.grad.float()
    scaler.unscale_(optimizer)
    if max_norm is not None:
        nn.utils.clip_grad_norm_(masters, max_norm)
    stepped = scaler.step(optimizer)
    scaler.update()
    with torch.no_grad():
        for master, parameter in zip(masters, model.parameters(), strict=True):
            parameter.copy_(master)
    return loss.item(), stepped


def half_shares(values: Tensor, scale: float = 1.0) -> dict[str, float]:
    """What float16 makes of float32 gradients that are multiplied by a loss scale.

    Returns:
        Shares of the values other than 0 that become 0 (``flushed``), lose bits as subnormal numbers (``subnormal``) and become
        infinite (``overflowed``); all 0 where there is no value.
    """
    present = values.detach().flatten().float()
    present = present[present != 0] * scale
    if not present.numel():
        return {"flushed": 0.0, "subnormal": 0.0, "overflowed": 0.0}
    half = present.half()
    size = half.abs()
    return {
        "flushed": (size == 0).float().mean().item(),
        "subnormal": ((size > 0) & (size < SMALLEST_NORMAL_HALF)).float().mean().item(),
        "overflowed": half.isinf().float().mean().item(),
    }


def smallest_safe_exponent(gradient: float) -> int:
    """The smallest integer k with which ``gradient`` · 2^k is not flushed to 0 in float16: it must exceed half of 2^-24.

    Raises:
        ValueError: the gradient is 0 or no finite number; no scale saves it.
    """
    size = torch.tensor(abs(gradient), dtype=torch.float64)
    if not (size > 0 and size.isfinite()):
        raise ValueError(f"{gradient} is no gradient that a scale could save")
    mantissa, exponent = torch.frexp(size)  # size = mantissa · 2^exponent, 1/2 <= mantissa < 1
    return int(-25 - exponent + (2 if mantissa == 0.5 else 1))

"""Calls on mixed precision as counterexamples are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from course_lib.distributed.mixed_precision import DynamicLossScaler, half_shares, master_weights, mixed_precision_step
from course_lib.kit.counterexample import Call


def shares_call(values: Sequence[float], scale: float) -> Call:
    """``half_shares`` of a few values."""

    def right(values: Sequence[float], scale: float) -> dict[str, float]:
        return {name: round(share, 4) for name, share in half_shares(torch.tensor(values, dtype=torch.float32), scale).items()}

    def accepts(actual: Any, values: Sequence[float], scale: float) -> bool:
        expected = right(values, scale)
        return actual.keys() == expected.keys() and all(abs(actual[name] - share) <= 1e-3 for name, share in expected.items())

    def line(values: Sequence[float], scale: float) -> str:
        return f"half_shares(torch.tensor({values!r}), {scale!r})"

    return Call("half_shares", right, ([float(f"{value:.4g}") for value in values], scale), line, accepts, returns=dict[str, float])


GRADIENTS = {"fine": "1.0", "inf": "math.inf", "-inf": "-math.inf", "nan": "math.nan"}


def scaler_call(kinds: Sequence[str], scale: float, growth: float, backoff: float, interval: int) -> Call:
    """The scales after steps whose gradient is 1, infinite or NaN."""

    def right(kinds: Sequence[str]) -> list[float]:
        if not set(kinds) <= GRADIENTS.keys():
            raise ValueError("there are no such gradients")
        weight = torch.nn.Parameter(torch.ones(1))
        optimizer, scaler, found = torch.optim.SGD([weight], lr=0.0), DynamicLossScaler(scale, growth, backoff, interval), []
        for kind in kinds:
            weight.grad = torch.full((1,), float(GRADIENTS[kind].removeprefix("-").removeprefix("math.")))
            scaler.step(optimizer)
            scaler.update()
            found.append(scaler.get_scale())
        return found

    def line(kinds: Sequence[str]) -> str:
        shown = ", ".join(GRADIENTS.get(kind, kind) for kind in kinds)
        made = "w = nn.Parameter(torch.ones(1)); o = torch.optim.SGD([w], lr=0.0)"
        made += f"; s = DynamicLossScaler({scale}, {growth}, {backoff}, {interval})"
        step = "(setattr(w, 'grad', torch.full((1,), g)), s.step(o), s.update(), float(s.get_scale()))[-1]"
        return f"{made}; [{step} for g in [{shown}]]"

    return Call("DynamicLossScaler", right, (list(kinds),), line, returns=list[float])


def step_call(steps: int, *, lr: str, scale: str = "1024.0", slope: str = "1.0", max_norm: float | None = None) -> Call:
    """Steps of a layer whose weight and bias start at 1 and whose gradients are all ``-slope``.

    Args:
        lr, scale, slope: numbers as Python, such as ``"2**-12"``.

    What the line is worth: (loss, whether the step was taken) for each step, the master of the weight, and the weight.
    """

    def right(steps: int) -> tuple[list[tuple[float, bool]], float, float]:
        model = torch.nn.Linear(1, 1)
        for parameter in model.parameters():
            torch.nn.init.ones_(parameter)
        masters = master_weights(model.half())
        optimizer, scaler = torch.optim.SGD(masters, lr=_number(lr)), DynamicLossScaler(_number(scale))

        def loss(model: torch.nn.Module) -> torch.Tensor:
            return -model(torch.ones(1, 1).half()).float().sum() * _number(slope)

        made = [mixed_precision_step(model, masters, optimizer, scaler, loss, max_norm) for _ in range(steps)]
        return made, masters[0].item(), model.weight.item()

    def accepts(actual: Any, steps: int) -> bool:
        (made, *weights), (wanted, *right_weights) = actual, right(steps)
        same_losses = all(abs(one - other) <= 0.01 * max(abs(other), 1e-12) for (one, _), (other, _) in zip(made, wanted, strict=True))
        same_steps = [stepped for _, stepped in made] == [stepped for _, stepped in wanted]
        return same_losses and same_steps and all(abs(one - other) <= 1e-6 for one, other in zip(weights, right_weights, strict=True))

    def line(steps: int) -> str:
        made = "m = nn.Linear(1, 1); [nn.init.ones_(p) for p in m.parameters()]; w = master_weights(m.half())"
        made += f"; o = torch.optim.SGD(w, lr={lr}); s = DynamicLossScaler({scale})"
        step = f"mixed_precision_step(m, w, o, s, lambda m: -m(torch.ones(1, 1).half()).float().sum() * {slope}, {max_norm})"
        return f"{made}; ([{step} for _ in range({steps})], w[0].item(), m.weight.item())"

    returns = tuple[list[tuple[float, bool]], float, float]
    return Call("mixed_precision_step", right, (steps,), line, accepts, returns=returns)


def _number(text: str) -> float:
    """``"2**-12"`` or ``"1024.0"`` as a number."""
    base, _, power = text.partition("**")
    return float(base) ** float(power or 1)

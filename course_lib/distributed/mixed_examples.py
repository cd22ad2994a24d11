"""Calls on mixed precision as counterexamples are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from course_lib.distributed.mixed_precision import DynamicLossScaler, half_shares
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

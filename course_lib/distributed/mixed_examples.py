"""Calls on mixed precision as counterexamples are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from course_lib.distributed.mixed_precision import half_shares
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

"""Numbers of the theory questions on mixed precision, so that the notebook and the check draw them alike."""

from __future__ import annotations

import numpy as np


def underflow(rng: np.random.Generator) -> dict[str, float]:
    """A gradient that float16 flushes to 0 and a larger one; neither is near a power of 2, nor the larger near 65,504 over one."""
    small = round(float(rng.uniform(1.1, 1.9)), 2) * 2.0 ** -int(rng.integers(30, 44))
    large = round(float(rng.uniform(1.1, 1.9)), 2) * 2.0 ** -int(rng.integers(3, 12))
    return {"small": float(f"{small:.6e}"), "large": float(f"{large:.6e}")}


def update(rng: np.random.Generator) -> dict[str, float]:
    """A weight that float16 holds, an update smaller than half of the spacing there, and how often it is made."""
    exponent = int(rng.integers(-4, 4))
    spacing = 2.0 ** (exponent - 10)
    weight = (1_024 + int(rng.integers(100, 900))) * spacing
    sixteenths, steps = int(rng.choice([3, 5, 7])), int(rng.integers(20, 60))
    while steps * sixteenths % 16 in (7, 8, 9):  # the sum must not lie between two numbers
        steps += 1
    return {"weight": weight, "update": sixteenths / 16 * spacing, "steps": steps}


def trace(rng: np.random.Generator) -> dict[str, object]:
    """A loss scale, how often it grows, and which steps overflowed: the run of successes is broken, and completed at least twice."""
    interval = int(rng.integers(3, 5))
    before, first, second = (int(rng.integers(1, interval)) for _ in range(3))
    runs = [before, 2 * interval + first, second, interval]
    overflows = [flag for run in runs for flag in (*[False] * run, True)][:-1]
    return {"init_scale": 2.0 ** int(rng.integers(8, 17)), "growth_interval": interval, "overflows": overflows}

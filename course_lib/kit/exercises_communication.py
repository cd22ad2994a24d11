"""Numbers of the theory questions on communication, so that the notebook and the check draw them alike."""

from __future__ import annotations

import numpy as np


def low_rank(rng: np.random.Generator) -> dict[str, int]:
    """The shape of a gradient and a rank."""
    m, n = (int(rng.integers(4, 40)) * 64 for _ in range(2))
    return {"m": m, "n": n, "rank": int(rng.choice([1, 2, 4, 8, 16]))}


def delay(rng: np.random.Generator) -> dict[str, float]:
    """A curvature, and how many steps old the gradients are."""
    return {"curvature": round(float(rng.uniform(0.5, 8.0)), 1), "delay": int(rng.integers(1, 8))}


def buckets(rng: np.random.Generator) -> list[tuple[int, int]]:
    """Milliseconds of computing and of communicating: one bucket waits for the link, and the link waits for another."""
    while True:
        drawn = [(int(rng.integers(2, 12)), int(rng.integers(2, 12))) for _ in range(4)]
        ready, free, waited, idle = 0, 0, 0, 0
        for number, (compute, communicate) in enumerate(drawn):
            ready += compute
            waited += number > 0 and free > ready
            idle += number > 0 and free < ready
            free = max(ready, free) + communicate
        if waited and idle:
            return drawn

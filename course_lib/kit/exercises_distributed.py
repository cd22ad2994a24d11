"""Numbers of the theory questions on parallel training, so that the notebook and the check draw them alike."""

from __future__ import annotations

import math

import numpy as np


def ring(rng: np.random.Generator) -> dict[str, float]:
    """Ranks, bytes of a gradient, latency in seconds and bandwidth in bytes a second; both terms of the cost can be seen in the sum."""
    world = int(rng.integers(5, 25))
    return {
        "world": world,
        "size": float(int(rng.integers(2, 60)) * 100_000),
        "alpha": int(rng.integers(5, 40)) * 1e-6,
        "beta": int(rng.integers(2, 26)) * 1e9,
    }


def shards(rng: np.random.Generator) -> dict[str, list[float]]:
    """Examples of three ranks, all different, and each rank's mean gradient of one parameter; no two right or wrong answers agree."""
    while True:
        sizes = [int(size) for size in rng.choice(np.arange(1, 10), 3, replace=False)]
        means = [int(value) for value in rng.choice(np.arange(-12, 13), 3, replace=False)]
        whole = sum(n * g for n, g in zip(sizes, means, strict=True)) / sum(sizes)
        if min(abs(whole - sum(means) / 3), abs(whole), abs(sum(means))) > 0.3:
            return {"sizes": sizes, "means": means}


def bubble(rng: np.random.Generator) -> dict[str, float]:
    """Stages, micro-batches, a bound on the bubble that no number of micro-batches meets exactly, and a stage that is neither end."""
    while True:
        stages, bound = int(rng.integers(4, 13)), round(float(rng.choice([0.04, 0.06, 0.08, 0.12, 0.15, 0.18])), 2)
        wanted = (stages - 1) * (1 - bound) / bound
        if 0.15 < wanted - math.floor(wanted) < 0.85:
            return {
                "stages": stages,
                "microbatches": int(rng.integers(2 * stages, 5 * stages)),
                "bound": bound,
                "stage": int(rng.integers(1, stages - 1)),
            }


def memory(rng: np.random.Generator) -> dict[str, int]:
    """Layers, a square number, and a number of segments that divides them and is not the best."""
    root = int(rng.choice([4, 6, 8, 9, 10, 12]))
    layers = root * root
    divisors = [k for k in range(2, layers // 2 + 1) if layers % k == 0 and k != root]
    return {"layers": layers, "segments": int(rng.choice(divisors))}

"""Numbers of the theory questions on language-modelling objectives, so that the notebook and the check draw them alike."""

from __future__ import annotations

import numpy as np


def initial_loss(rng: np.random.Generator) -> dict[str, float]:
    """The vocabulary size of a model, and the loss that it reaches."""
    return {"vocab_size": int(rng.integers(20, 160)) * 400, "loss": round(float(rng.uniform(1.8, 3.4)), 2)}


def gradient(rng: np.random.Generator) -> dict[str, list]:
    """Two positions with logits over four tokens, and their targets: one position's target is its likeliest token, the other's is not."""
    logits = [[round(float(value), 1) for value in rng.choice(np.arange(-15, 16), 4, replace=False) / 10] for _ in range(2)]
    ordered = [np.argsort(row) for row in logits]
    return {"logits": logits, "targets": [int(ordered[0][-1]), int(ordered[1][int(rng.integers(0, 3))])]}


def nucleus(rng: np.random.Generator) -> dict[str, object]:
    """Logits of six tokens in random order, and a ``top_p`` that lies well inside the step of one of them."""
    weights = np.sort(rng.choice(np.arange(2, 40), 6, replace=False))[::-1]
    cumulative = np.cumsum(weights) / weights.sum()
    kept = int(rng.integers(2, 5))
    top_p = round(float((cumulative[kept - 2] + cumulative[kept - 1]) / 2), 3)
    order = rng.permutation(6)
    return {"logits": [round(float(np.log(weights[i])), 4) for i in order], "top_p": top_p}


def masking(rng: np.random.Generator) -> dict[str, float]:
    """Shares of masking that are not the usual ones and leave at least a tenth of the chosen as they are, and a length."""
    p = round(float(rng.choice(np.arange(5, 41))) / 100, 2)
    p_mask = round(float(rng.choice(np.arange(50, 76, 5))) / 100, 2)
    p_random = round(float(rng.choice([0.05, 0.1, 0.15])), 2)
    return {"p": p, "p_mask": p_mask, "p_random": p_random, "length": int(rng.integers(6, 17))}


def order(rng: np.random.Generator) -> tuple[list[int], int]:
    """A permutation, and a position neither first nor last in it whose rank differs from what the permutation has in its place."""
    while True:
        drawn = [int(position) for position in rng.permutation(6)]
        rank = int(rng.integers(1, 5))
        if drawn[drawn[rank]] != rank:
            return drawn, drawn[rank]


def context(rng: np.random.Generator) -> dict[str, int]:
    """A length, and how many of the last positions of the order are predicted."""
    length = int(rng.integers(20, 120)) * 2
    return {"length": length, "n_predict": int(rng.integers(3, length // 4))}


def budget(rng: np.random.Generator) -> dict[str, float]:
    """Batch size, length and a mask rate; how many tokens shall be predicted."""
    return {
        "batch_size": int(rng.choice([8, 16, 32, 64])),
        "length": int(rng.choice([64, 128, 256])),
        "p": round(float(rng.choice(np.arange(10, 41, 5))) / 100, 2),
        "tokens": int(rng.integers(2, 20)) * 1_000_000,
    }

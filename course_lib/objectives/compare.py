"""Measures that mean the same for models of different objectives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor


@torch.no_grad()
def pseudo_perplexity(model: Callable[[Tensor], Tensor], ids: Tensor, mask_id: int, special_mask: Tensor | None = None) -> float:
    """exp of the mean of -log p(token | all others), each token masked alone (Salazar et al. 2020, eq. 1 and 2).

    Args:
        model: Long ``[B, T]`` to logits ``[B, T, V]``; those at t are for the token at t.
        ids: Long ``[T]``, one sequence.
        special_mask: Bool ``[T]``; True is neither masked nor counted.

    Raises:
        ValueError: no position is left to count.
    """
    special = torch.zeros_like(ids, dtype=torch.bool) if special_mask is None else special_mask
    counted = (~special).nonzero()[:, 0]
    if len(counted) == 0:
        raise ValueError("pseudo_perplexity needs a token that is not special")
    rows = torch.arange(len(counted))
    masked = ids.repeat(len(counted), 1)
    masked[rows, counted] = mask_id
    log_p = model(masked)[rows, counted].log_softmax(-1)[rows, ids[counted]]
    return math.exp(-log_p.double().mean().item())


def distinct_n(samples: Iterable[Sequence[int]], n: int) -> float:
    """Different n-grams over all n-grams of the samples together (Li et al. 2016, section 5.2), 0 if none; no n-gram crosses samples."""
    if n < 1:
        raise ValueError(f"n is at least 1, not {n}")
    grams = [tuple(sample[i : i + n]) for sample in samples for i in range(len(sample) - n + 1)]
    return len(set(grams)) / len(grams) if grams else 0.0


def steps_to_threshold(steps: Sequence[int], values: Sequence[float], threshold: float) -> int | None:
    """The first logged step at which the value is at or below the threshold, else None."""
    return next((step for step, value in zip(steps, values, strict=True) if value <= threshold), None)


@torch.no_grad()
def infill(model: Callable[[Tensor], Tensor], ids: Tensor, mask_id: int) -> Tensor:
    """Fill masked positions from left to right, each with the most probable token given all that is there by then.

    Args:
        model: Long ``[B, T]`` to logits ``[B, T, V]``; those at t are for the token at t.
        ids: Long ``[T]`` with ``mask_id`` where something is missing. It stays as it is.

    Returns:
        Long ``[T]``; never ``mask_id``.
    """
    filled = ids.clone()
    for place in (ids == mask_id).nonzero()[:, 0].tolist():
        logits = model(filled[None])[0, place].clone()
        logits[mask_id] = -torch.inf
        filled[place] = logits.argmax()
    return filled

"""Masked language modelling (Devlin et al. 2019, section 3.1, task 1)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

IGNORED = -100
"""The label of a position that is not predicted, as torch and transformers have it."""


def mask_tokens(
    ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    p_mask: float = 0.8,
    p_random: float = 0.1,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Choose positions to predict and hide most of them.

    Args:
        ids: Long, any shape. It stays as it is.
        special_mask: Bool, the shape of ``ids``; True is never chosen.
        p: how likely each other position is chosen, independently.
        p_mask, p_random: shares of the chosen: those that become ``mask_id``, and those that become a token drawn evenly from all
            ``vocab_size``; the rest keeps its token.

    Returns:
        Inputs and labels, both of the shape and dtype of ``ids``. A label is the original token where it is to be predicted, else -100.

    Raises:
        ValueError: the probabilities are no such, or the shapes differ.
    """
    if not (0 <= p <= 1 and p_mask >= 0 and p_random >= 0 and p_mask + p_random <= 1):
        raise ValueError(f"p={p} is in [0, 1], p_mask={p_mask} and p_random={p_random} are shares of it that add up to at most 1")
    if special_mask.shape != ids.shape:
        raise ValueError(f"special_mask {tuple(special_mask.shape)} has the shape of ids {tuple(ids.shape)}")
    chosen = (torch.rand(ids.shape, generator=generator, device=ids.device) < p) & ~special_mask.bool()
    fate = torch.rand(ids.shape, generator=generator, device=ids.device)
    drawn = torch.randint(vocab_size, ids.shape, generator=generator, device=ids.device, dtype=ids.dtype)
    inputs = torch.where(chosen & (fate < p_mask), torch.full_like(ids, mask_id), ids)
    inputs = torch.where(chosen & (fate >= p_mask) & (fate < p_mask + p_random), drawn, inputs)
    return inputs, torch.where(chosen, ids, torch.full_like(ids, IGNORED))


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean negative log-likelihood over the labels that are not -100, in nats; 0 with a gradient where there are none.

    Args:
        logits: float ``[B, T, V]``; those at t are for the token at t.
        labels: Long ``[B, T]``.
    """
    total = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum")
    return total / (labels != IGNORED).sum().clamp(min=1)

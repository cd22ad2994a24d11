"""Causal language modelling: the loss, and text drawn from it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional


def clm_loss(logits: Tensor, ids: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean negative log-likelihood of each token given those before it, in nats.

    Args:
        logits: float ``[B, T, V]``; those at t are for the token at t + 1.
        ids: Long ``[B, T]``.
        mask: Bool ``[B, T]``, True = a real token; a target counts where it is one.

    Returns:
        A scalar; 0 with a gradient where no target counts.
    """
    targets = ids[:, 1:]
    counted = torch.ones_like(targets, dtype=torch.bool) if mask is None else mask[:, 1:]
    losses = functional.cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten(), reduction="none").view_as(targets)
    return torch.where(counted, losses, 0.0).sum() / counted.sum().clamp(min=1)


def filter_logits(logits: Tensor, top_k: int = 0, top_p: float = 1.0) -> Tensor:
    """Set to -inf what is not among the ``top_k`` largest, then what lies outside the nucleus (Holtzman et al. 2020, eq. 2).

    The nucleus is the smallest set of most probable tokens whose probabilities add up to at least ``top_p``; after ``top_k`` they are
    normalised anew.

    Args:
        logits: ``[B, V]``.
        top_k: off at 0 and below.
        top_p: off at 1 and above.
    """
    if top_k > 0:
        smallest = logits.topk(min(top_k, logits.shape[-1])).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -torch.inf)
    if top_p < 1:
        ordered, places = logits.sort(dim=-1, descending=True, stable=True)
        probabilities = ordered.softmax(-1)
        outside = probabilities.cumsum(-1) - probabilities >= top_p
        outside[..., 0] = False  # at least one stays, however small top_p is
        logits = logits.masked_fill(torch.zeros_like(outside).scatter(-1, places, outside), -torch.inf)
    return logits


@torch.no_grad()
def generate(
    model: Callable[[Tensor], Tensor],
    ids: Tensor,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    eos_id: int | None = None,
    pad_id: int = 0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Continue each row token by token: temperature, then ``top_k``, then ``top_p``, then a draw.

    Args:
        model: Long ``[B, T]`` to logits ``[B, T, V]``.
        ids: the prompts, Long ``[B, T]``, all of one length.
        temperature: 0 takes the most probable token.
        eos_id: ends a row; what follows in it is ``pad_id``. When all rows have ended, so does the loop.

    Returns:
        Prompt and continuation, Long ``[B, T + n]`` with n <= ``max_new_tokens``.

    Raises:
        ValueError: a negative temperature or ``top_p`` not above 0.
    """
    if temperature < 0 or top_p <= 0:
        raise ValueError(f"temperature {temperature} has to be at least 0 and top_p {top_p} above 0")
    finished = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    for _ in range(max_new_tokens):
        logits = model(ids)[:, -1]
        if temperature == 0:
            chosen = logits.argmax(-1)
        else:
            probabilities = filter_logits(logits / temperature, top_k, top_p).softmax(-1)
            chosen = torch.multinomial(probabilities, 1, generator=generator)[:, 0]
        chosen = chosen.masked_fill(finished, pad_id)
        ids = torch.cat((ids, chosen[:, None]), dim=1)
        if eos_id is not None:
            finished = finished | (chosen == eos_id)
            if finished.all():
                break
    return ids

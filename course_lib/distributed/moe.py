"""A mixture of experts: each token goes to a few of many feed-forward networks (Shazeer et al. 2017; Fedus et al. 2022)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional


def route(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The ``k`` likeliest experts of each token, and their weights.

    Args:
        logits: float ``[N, E]`` of the router.

    Returns:
        Weights ``[N, k]``, the experts' probabilities divided by their sum (as in Mixtral), and the experts' Long numbers ``[N, k]``,
        the likeliest first.
    """
    weights, experts = logits.softmax(dim=-1).topk(k, dim=-1)
    return weights / weights.sum(dim=-1, keepdim=True), experts


def load_balancing_loss(logits: Tensor, experts: Tensor) -> Tensor:
    """E Σ_e f_e P_e (Fedus et al. 2022, eq. 4, without α): 1 where tokens are spread evenly, E where one expert gets all.

    Args:
        logits: float ``[N, E]``; P_e is the mean probability of expert e.
        experts: Long ``[N, k]``; f_e is the share of the N·k assignments that go to expert e. No gradient flows through it.
    """
    number = logits.shape[-1]
    share = functional.one_hot(experts, number).to(logits.dtype).mean(dim=(0, 1))
    return number * (share * logits.softmax(dim=-1).mean(dim=0)).sum()


def expert_capacity(tokens: int, k: int, number: int, factor: float) -> int:
    """How many assignments an expert takes: ⌈factor · tokens · k / number⌉."""
    return math.ceil(factor * tokens * k / number)


def within_capacity(experts: Tensor, number: int, capacity: int) -> Tensor:
    """Which assignments find room: all first choices in the order of the tokens, then all second choices, … (Lepikhin et al. 2021).

    Args:
        experts: Long ``[N, k]``.
        number: of experts.

    Returns:
        Bool ``[N, k]``; False is a dropped assignment.
    """
    queue = functional.one_hot(experts.T.flatten(), number)
    place = (queue.cumsum(dim=0) * queue).sum(dim=-1)  # of each assignment in its expert's queue, from 1
    return (place <= capacity).view(experts.T.shape).T


def moe_output(x: Tensor, weights: Tensor, experts: Tensor, kept: Tensor, networks: Sequence[Callable[[Tensor], Tensor]]) -> Tensor:
    """Σ over a token's kept assignments of weight · network(token); dropped ones add nothing, and the weights stay as they are.

    Args:
        x: float ``[N, d]``.
        weights, experts, kept: ``[N, k]`` as of :func:`route` and :func:`within_capacity`.
        networks: one per expert, from ``[n, d]`` to ``[n, d]``; called at most once each, with its own tokens only.
    """
    output = torch.zeros_like(x)
    for number, network in enumerate(networks):
        rows, slots = ((experts == number) & kept).nonzero(as_tuple=True)
        if len(rows):
            output = output.index_add(0, rows, weights[rows, slots, None] * network(x[rows]))
    return output

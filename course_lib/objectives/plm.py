"""Permutation language modelling with two streams (Yang et al. 2019, sections 2.2 and 2.3).

``order[i]`` is the position predicted i-th; the rank of a position is its place in the order. In a mask, True = may attend.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.kit.model import Block, Rotary, masked_attention


def sample_order(length: int, generator: torch.Generator | None = None) -> Tensor:
    """An order of the positions, each of the T! as likely. Long ``[T]``."""
    return torch.randperm(length, generator=generator)


def two_stream_masks(order: Tensor) -> tuple[Tensor, Tensor]:
    """Content and query mask of an order.

    Returns:
        Two Bool ``[T, T]``, row = who looks: the content stream of a position sees itself and what precedes it in the order, the query
        stream only what precedes it (eq. 3 and 4).

    Raises:
        ValueError: the order is no permutation of 0 … T - 1.
    """
    if order.ndim != 1 or not torch.equal(order.sort().values, torch.arange(len(order), device=order.device)):
        raise ValueError(f"an order holds each of 0 … {order.numel() - 1} once, not {order.tolist()}")
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order), device=order.device)
    return rank[None, :] <= rank[:, None], rank[None, :] < rank[:, None]


class TwoStreamLayer(nn.Module):
    """One layer for both streams, with the weights of one block."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block

    def forward(self, content: Tensor, query: Tensor, content_mask: Tensor, query_mask: Tensor, positions: Rotary) -> tuple[Tensor, Tensor]:
        """The next content and query ``[B, T, d]``; keys and values of both come from the content before this layer.

        Args:
            content, query: ``[B, T, d]``.
            content_mask, query_mask: Bool ``[T, T]`` or ``[B, T, T]``.
            positions: rotary angles, handed on to the attention.
        """
        memory = self.block.input_layernorm(content)
        return self._stream(content, memory, content_mask, positions), self._stream(query, memory, query_mask, positions)

    def _stream(self, x: Tensor, memory: Tensor, mask: Tensor, positions: Rotary) -> Tensor:
        mask = mask if mask.ndim == 2 else mask[:, None]
        normed = self.block.input_layernorm(x)
        x = x + self.block.self_attn(normed, memory, positions, lambda query, key, value: masked_attention(query, key, value, mask))
        return x + self.block.mlp(self.block.post_attention_layernorm(x))


def plm_loss(logits: Tensor, ids: Tensor, order: Tensor, n_predict: int) -> Tensor:
    """Mean negative log-likelihood of the last ``n_predict`` positions of the order, in nats (eq. 5).

    Args:
        logits: float ``[B, T, V]`` of the query stream; those at position i are for the token at i, without a shift.
        ids: Long ``[B, T]``.
        order: Long ``[T]``, one order for all rows.

    Raises:
        ValueError: ``n_predict`` is not between 1 and T.
    """
    if not 1 <= n_predict <= len(order):
        raise ValueError(f"n_predict {n_predict} is between 1 and the {len(order)} positions")
    last = order[-n_predict:]
    return functional.cross_entropy(logits[:, last].flatten(0, 1), ids[:, last].flatten())

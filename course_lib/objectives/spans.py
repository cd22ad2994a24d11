"""Predicting a span from its two neighbours (Joshi et al. 2020, section 3.2: the span boundary objective)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

Span = tuple[int, int]
"""First position of a span, and the one after its last."""


def span_features(hidden: Tensor, spans: Sequence[Span], position_embeddings: Tensor) -> Tensor:
    """What each token of each span is predicted from: the outer neighbours of the span, and the token's place in it.

    Args:
        hidden: float ``[T, d]``, the encoder's output.
        spans: each with a neighbour on both sides.
        position_embeddings: float ``[L, d]``; row k is for the k-th token of a span.

    Returns:
        ``[N, 3 d]``: left neighbour, right neighbour, position; a row per token, in the order of the spans.

    Raises:
        ValueError: a span is empty, longer than L, or touches an end of the sequence.
    """
    rows = []
    for start, end in spans:
        if not 0 < start < end < len(hidden) or end - start > len(position_embeddings):
            raise ValueError(
                f"span ({start}, {end}) needs a neighbour on both sides of {len(hidden)} and at most {len(position_embeddings)}"
            )
        outside = torch.cat((hidden[start - 1], hidden[end])).expand(end - start, -1)
        rows.append(torch.cat((outside, position_embeddings[: end - start]), dim=-1))
    return torch.cat(rows) if rows else hidden.new_zeros(0, 3 * hidden.shape[-1])


class SpanHead(nn.Module):
    """Two layers of linear, GeLU and layer norm (eq. 2 to 4), then the vocabulary."""

    def __init__(self, hidden_size: int, vocab_size: int, max_length: int) -> None:
        super().__init__()
        self.position_embeddings = nn.Parameter(torch.randn(max_length, hidden_size) * 0.02)
        self.layers = nn.Sequential(
            *(nn.Linear(3 * hidden_size, hidden_size), nn.GELU(), nn.LayerNorm(hidden_size)),
            *(nn.Linear(hidden_size, hidden_size), nn.GELU(), nn.LayerNorm(hidden_size)),
            nn.Linear(hidden_size, vocab_size),
        )

    def forward(self, hidden: Tensor, spans: Sequence[Span]) -> Tensor:
        """Logits ``[N, V]``, a row per token of the spans."""
        return self.layers(span_features(hidden, spans, self.position_embeddings))


def span_loss(logits: Tensor, ids: Tensor, spans: Sequence[Span]) -> Tensor:
    """Mean negative log-likelihood of the tokens inside the spans; 0 where there is none.

    Args:
        logits: float ``[N, V]`` as of :class:`SpanHead`.
        ids: Long ``[T]``, the original tokens.
    """
    if not spans:
        return logits.sum() * 0.0
    return functional.cross_entropy(logits, torch.cat([ids[start:end] for start, end in spans]))

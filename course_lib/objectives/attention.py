"""Attention that looks back only (Vaswani et al. 2017, sections 3.2.1 and 3.2.3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def causal_mask(length: int, device: torch.device | None = None) -> Tensor:
    """Who may see whom.

    Returns:
        Bool ``[T, T]``; row i is what position i may attend to: True up to and with itself.
    """
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def causal_attention(query: Tensor, key: Tensor, value: Tensor, key_mask: Tensor | None = None) -> Tensor:
    """Scaled dot-product attention under the causal mask.

    Args:
        query, key, value: float ``[B, H, T, D]``.
        key_mask: Bool ``[B, T]``, True = a real token; nobody attends to the others.

    Returns:
        ``[B, H, T, D]``. A row that sees no key is exactly 0, and so is its gradient.

    Raises:
        ValueError: the shapes do not fit; queries and keys of different length have no causal mask.
    """
    if query.ndim != 4 or query.shape != key.shape or key.shape != value.shape:
        raise ValueError(f"query, key and value are [B, H, T, D] alike, not {[tuple(x.shape) for x in (query, key, value)]}")
    mask = causal_mask(query.shape[-2], query.device)[None, None]
    if key_mask is not None:
        if key_mask.shape != (query.shape[0], query.shape[2]) or key_mask.dtype != torch.bool:
            raise ValueError(f"key_mask is Bool [B, T], not {key_mask.dtype} {tuple(key_mask.shape)}")
        mask = mask & key_mask[:, None, None, :]
    visible = mask.any(dim=-1, keepdim=True)
    # A row without any key would be a softmax over nothing; let it see something, then take it out, also of the gradient.
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask | ~visible)
    return mixed.masked_fill(~visible, 0.0)

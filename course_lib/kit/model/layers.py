"""Parts of the small transformer: pre-norm RMSNorm, rotary positions, SwiGLU; every projection is an ``nn.Linear`` without bias.

Modules and configuration are named as in ``transformers.LlamaForCausalLM``, so a state dictionary fits both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]
"""query, key, value ``[B, H, T, D]`` to the mixed values ``[B, H, T, D]``."""


@dataclass(frozen=True)
class Config:
    """Sizes, named as ``transformers.LlamaConfig`` names them.

    Raises:
        ValueError: the heads do not divide the hidden size, or a head's size is odd (rotary positions turn pairs).
    """

    vocab_size: int
    hidden_size: int = 128
    intermediate_size: int = 352
    num_hidden_layers: int = 4
    num_attention_heads: int = 4
    max_position_embeddings: int = 256
    rope_theta: float = 10_000.0
    rms_norm_eps: float = 1e-5
    initializer_range: float = 0.02

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_attention_heads or self.head_dim % 2:
            raise ValueError(
                f"hidden_size {self.hidden_size} has to be num_attention_heads {self.num_attention_heads} times an even head size"
            )

    @property
    def head_dim(self) -> int:
        return self.hidden_size // self.num_attention_heads


class Rotary(NamedTuple):
    """Cosines and sines of the rotary positions, each ``[T, D]``."""

    cos: Tensor
    sin: Tensor


def rotary(config: Config, length: int, device: torch.device | None = None) -> Rotary:
    """The angles of positions 0 … ``length`` - 1 (Su et al. 2021, eq. 34; halves instead of neighbours form a pair, as in Llama)."""
    frequency = config.rope_theta ** (-torch.arange(0, config.head_dim, 2, device=device, dtype=torch.float32) / config.head_dim)
    angle = torch.outer(torch.arange(length, device=device, dtype=torch.float32), frequency)
    angle = torch.cat((angle, angle), dim=-1)
    return Rotary(angle.cos(), angle.sin())


def rotate(x: Tensor, positions: Rotary) -> Tensor:
    """Turn each pair of ``x [..., T, D]`` by the angle of its position."""
    first, second = x.chunk(2, dim=-1)
    return x * positions.cos + torch.cat((-second, first), dim=-1) * positions.sin


def masked_attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Scaled dot-product attention; a row that may attend to nothing gives 0.

    Args:
        query, key, value: ``[B, H, T, D]``.
        mask: Bool, broadcast to ``[B, H, T, T]``; True = may attend. Everything is visible without one.
    """
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return mixed if mask is None else mixed.masked_fill(~mask.any(dim=-1, keepdim=True), 0.0)


class Attention(nn.Module):
    """Multi-head attention of one sequence to another, or to itself."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (
            nn.Linear(config.hidden_size, config.hidden_size, bias=False) for _ in range(4)
        )

    def forward(self, x: Tensor, memory: Tensor, positions: Rotary, attend: Attend) -> Tensor:
        """Mix ``memory`` into ``x``.

        Args:
            x: ``[B, T, d]``, what asks: the queries come from here.
            memory: ``[B, T, d]``, what is looked at: keys and values come from here.
            positions: rotary angles of the T positions.
            attend: how queries, keys and values ``[B, H, T, D]`` are mixed; a mask is its own affair.
        """
        query, key, value = (
            project(source).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for project, source in ((self.q_proj, x), (self.k_proj, memory), (self.v_proj, memory))
        )
        mixed = attend(rotate(query, positions), rotate(key, positions), value)
        return self.o_proj(mixed.transpose(1, 2).flatten(2))


class SwiGLU(nn.Module):
    """Gated feed-forward layer (Shazeer 2020, eq. 6)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    """One layer: attention and feed-forward, each on the normalised input and added to it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.mlp = SwiGLU(config)

    def forward(self, x: Tensor, positions: Rotary, attend: Attend) -> Tensor:
        """``x [B, T, d]`` to ``[B, T, d]``."""
        normed = self.input_layernorm(x)
        x = x + self.self_attn(normed, normed, positions, attend)
        return x + self.mlp(self.post_attention_layernorm(x))

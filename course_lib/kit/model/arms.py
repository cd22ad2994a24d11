"""Three models of the same parts: causal, bidirectional, and with two streams."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.kit.model.layers import Attend, Block, Config, Rotary, masked_attention, rotary

CausalAttention = Callable[..., Tensor]
"""``causal_attention(query, key, value, key_mask=None)``."""
TwoStreamLayer = Callable[[Tensor, Tensor, Tensor, Tensor, Rotary], tuple[Tensor, Tensor]]
"""content, query, content mask, query mask, positions to the next content and query."""


class Trunk(nn.Module):
    """Embedding, blocks and the last norm: ``LlamaModel`` by its names."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Block(config) for _ in range(config.num_hidden_layers))
        self.norm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)

    def forward(self, ids: Tensor, positions: Rotary, attend: Attend) -> Tensor:
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, positions, attend)
        return self.norm(x)


class _Arm(nn.Module):
    """A trunk and the output layer. The same seed gives every arm the same weights."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.model = Trunk(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=config.initializer_range)

    def positions(self, ids: Tensor) -> Rotary:
        if ids.shape[-1] > self.config.max_position_embeddings:
            raise ValueError(f"{ids.shape[-1]} tokens, but max_position_embeddings is {self.config.max_position_embeddings}")
        return rotary(self.config, ids.shape[-1], ids.device)


class Decoder(_Arm):
    """The causal model. Its weights load into ``transformers.LlamaForCausalLM`` as they are and give the same logits.

    Args:
        attention: ``causal_attention(query, key, value, key_mask=None)`` on ``[B, H, T, D]``; torch's own by default.
    """

    def __init__(self, config: Config, attention: CausalAttention | None = None) -> None:
        super().__init__(config)
        self.attention = attention or _causal_attention

    def forward(self, ids: Tensor, key_mask: Tensor | None = None) -> Tensor:
        """Logits ``[B, T, V]``; those at position t are for the token at t + 1.

        Args:
            ids: Long ``[B, T]``.
            key_mask: Bool ``[B, T]``, True = a real token.

        Raises:
            ValueError: more tokens than positions.
        """
        attend = partial(self.attention, key_mask=key_mask)
        return self.lm_head(self.model(ids, self.positions(ids), attend))


class Encoder(_Arm):
    """The bidirectional model: every token sees all real tokens."""

    def forward(self, ids: Tensor, key_mask: Tensor | None = None) -> Tensor:
        """Logits ``[B, T, V]``; those at position t are for the token at t. Arguments as in :meth:`Decoder.forward`."""
        mask = None if key_mask is None else key_mask[:, None, None, :]
        return self.lm_head(self.model(ids, self.positions(ids), partial(masked_attention, mask=mask)))


class TwoStream(_Arm):
    """The model with a content and a query stream (Yang et al. 2019, section 2.3); both use the same weights.

    Args:
        layer: made from each block: ``layer(block)(content, query, content_mask, query_mask, positions) -> (content, query)``.
    """

    def __init__(self, config: Config, layer: Callable[[Block], TwoStreamLayer]) -> None:
        super().__init__(config)
        self.query_embedding = nn.Parameter(torch.empty(config.hidden_size))
        nn.init.normal_(self.query_embedding, std=config.initializer_range)
        self.streams = [layer(block) for block in self.model.layers]  # a plain list: the weights are the blocks'

    def forward(self, ids: Tensor, content_mask: Tensor, query_mask: Tensor) -> Tensor:
        """Logits ``[B, T, V]`` of the query stream; those at position t are for the token at t, which the query has not seen.

        Args:
            ids: Long ``[B, T]``.
            content_mask, query_mask: Bool ``[T, T]`` or ``[B, T, T]``; row i says what position i may attend to.
        """
        content = self.model.embed_tokens(ids)
        query = self.query_embedding.expand_as(content)
        positions = self.positions(ids)
        for stream in self.streams:
            content, query = stream(content, query, content_mask, query_mask, positions)
        return self.lm_head(self.model.norm(query))


def count_parameters(module: nn.Module) -> int:
    """Different trainable numbers of a module."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def _causal_attention(query: Tensor, key: Tensor, value: Tensor, key_mask: Tensor | None = None) -> Tensor:
    if key_mask is None:
        return functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    length = query.shape[-2]
    causal = torch.ones(length, length, dtype=torch.bool, device=query.device).tril()
    return masked_attention(query, key, value, causal & key_mask[:, None, None, :])

"""Inputs on which wrong objectives show themselves, and tiny models that both sides of the wire build alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.kit.model import Config, Encoder, TwoStream
from course_lib.kit.model.arms import Decoder

TINY = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 64}


def floats(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Tensor:
    """Normal numbers, float32."""
    return torch.from_numpy(rng.standard_normal(shape)).float() * scale


def tokens(rng: np.random.Generator, vocab_size: int, *shape: int, first: int = 0) -> Tensor:
    """Token ids, Long."""
    return torch.from_numpy(rng.integers(first, vocab_size, shape))


def distinct_logits(rng: np.random.Generator, rows: int, vocab_size: int) -> Tensor:
    """Logits whose values lie well apart in each row, in a random order."""
    steps = np.stack([rng.permutation(np.cumsum(rng.uniform(0.2, 0.7, vocab_size))) for _ in range(rows)])
    return torch.from_numpy(steps - steps.mean()).float()


def clear_thresholds(rng: np.random.Generator, logits: Tensor, count: int, top_k: int = 0) -> list[float]:
    """Values of ``top_p`` that lie well inside a step of every row's cumulative probabilities."""
    ordered = logits.sort(dim=-1, descending=True).values
    if top_k:
        ordered = ordered[:, :top_k]
    sums = ordered.double().softmax(-1).cumsum(-1)
    found: list[float] = []
    while len(found) < count:
        top_p = round(float(rng.uniform(0.3, 0.97)), 3)
        if (sums - top_p).abs().min() > 2e-3:
            found.append(top_p)
    return found


def crooked_order(rng: np.random.Generator, length: int) -> Tensor:
    """A permutation that is neither its inverse nor its reverse's, nor begins or ends as the natural order does."""
    while True:
        order = rng.permutation(length)
        inverse = np.argsort(order)
        if not (np.array_equal(order, inverse) or np.array_equal(order[::-1], inverse) or order[0] == 0 or order[-1] == length - 1):
            return torch.from_numpy(order)


def padding(rng: np.random.Generator, rows: int, length: int) -> Tensor:
    """Bool ``[B, T]``: one row padded on the left, one on the right, then rows with holes and at least two real tokens."""
    mask = torch.from_numpy(rng.random((rows, length)) < 0.6)
    mask[:, [1, -2]] = True
    places = torch.arange(length)
    mask[0] = places >= int(rng.integers(2, length - 2))
    if rows > 1:
        mask[1] = places < int(rng.integers(3, length - 1))
    return mask


def telling(rng: np.random.Generator, draw: Callable[[np.random.Generator], Any], answers: Callable[[Any], Iterable[Any]]) -> Any:
    """Draw inputs until all ``answers``, plain data of the right one and the wrong ones, differ from each other.

    Raises:
        RuntimeError: none of 500 inputs told them apart.
    """
    for _ in range(500):
        drawn = draw(rng)
        if all(one != other for one, other in combinations(list(answers(drawn)), 2)):
            return drawn
    raise RuntimeError("no telling input was drawn")


def weights_of(model: torch.nn.Module) -> dict[str, Tensor]:
    """A model's weights as they travel."""
    return {name: weight.detach().clone() for name, weight in model.state_dict().items()}


def _lively(model: torch.nn.Module, rng: np.random.Generator) -> torch.nn.Module:
    """Weights so large that every token a position sees moves its logits."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = floats(rng, *parameter.shape)
            parameter.copy_(1 + noise * 0.2 if "norm" in name else noise if "embed" in name else noise * 0.5)
    return model.eval()


def tiny_decoder(rng: np.random.Generator, vocab_size: int = 24) -> Decoder:
    """A causal model with random weights."""
    return _lively(Decoder(Config(vocab_size, **TINY)), rng)


def tiny_encoder(rng: np.random.Generator, vocab_size: int = 24) -> Encoder:
    """A bidirectional model with random weights."""
    return _lively(Encoder(Config(vocab_size, **TINY)), rng)


def tiny_two_stream(rng: np.random.Generator, layer: Any, vocab_size: int = 24) -> TwoStream:
    """A two-stream model of this layer with random weights."""
    return _lively(TwoStream(Config(vocab_size, **TINY), layer), rng)

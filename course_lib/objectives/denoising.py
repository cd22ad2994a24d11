"""Noise for a denoising autoencoder (Lewis et al. 2020, section 2.2). Every function leaves its input as it is."""

from __future__ import annotations

import torch
from torch import Tensor


def delete_tokens(ids: Tensor, p: float, generator: torch.Generator | None = None) -> Tensor:
    """Drop each token with probability ``p``, independently. Long ``[T]`` to Long ``[T']``."""
    return ids[torch.rand(len(ids), generator=generator) >= p]


def infill_text(ids: Tensor, mask_id: int, ratio: float = 0.3, mean: float = 3.0, generator: torch.Generator | None = None) -> Tensor:
    """Put one ``mask_id`` in the place of each drawn span.

    Lengths are Poisson with this mean, drawn until they add up to ``round(ratio T)`` tokens; the last span is cut to that. A span
    of length 0 puts a mask between two tokens and takes none away. Spans neither overlap nor touch.

    Raises:
        ValueError: so many spans do not fit beside each other.
    """
    budget = round(ratio * len(ids))
    lengths: list[int] = []
    while sum(lengths) < budget:
        drawn = int(torch.poisson(torch.tensor(mean), generator=generator))
        lengths.append(min(drawn, budget - sum(lengths)))
    kept = len(ids) - budget
    if len(lengths) > kept + 1:
        raise ValueError(f"{len(lengths)} spans do not fit between {kept} remaining tokens; lower the ratio or raise the mean")
    lengths = [lengths[i] for i in torch.randperm(len(lengths), generator=generator).tolist()]
    # Of the kept + 1 places before, between and after the tokens that stay, a span takes one each.
    places = torch.randperm(kept + 1, generator=generator)[: len(lengths)].sort().values.tolist()
    pieces, start, seen = [], 0, 0
    for place, length in zip(places, lengths, strict=True):
        end = start + place - seen
        pieces += [ids[start:end], ids.new_tensor([mask_id])]
        start, seen = end + length, place
    return torch.cat([*pieces, ids[start:]])


def permute_sentences(ids: Tensor, end_id: int, generator: torch.Generator | None = None) -> Tensor:
    """Bring the sentences into a random order. ``end_id`` ends a sentence and stays with it; what follows the last one stays at the end."""
    ends = ((ids == end_id).nonzero()[:, 0] + 1).tolist()
    sentences = [ids[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)] if ends else []
    shuffled = [sentences[i] for i in torch.randperm(len(sentences), generator=generator).tolist()]
    return torch.cat([*shuffled, ids[ends[-1] if ends else 0 :]])


def rotate_document(ids: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Begin at a token drawn evenly, and go round. Long ``[T]``, T >= 1."""
    start = int(torch.randint(len(ids), (1,), generator=generator))
    return torch.cat((ids[start:], ids[:start]))

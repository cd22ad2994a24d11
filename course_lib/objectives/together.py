"""Several objectives at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor


def combine_losses(losses: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """The weighted sum of the losses; its gradient is the weighted sum of theirs.

    Raises:
        ValueError: a loss has no weight or a weight no loss; either would go unnoticed.
    """
    if losses.keys() != weights.keys() or not losses:
        raise ValueError(f"losses {sorted(losses)} and weights {sorted(weights)} name the same, and at least one")
    return torch.stack([weights[name] * loss for name, loss in losses.items()]).sum()


def gradient_cosine(first: Tensor, second: Tensor, parameters: Sequence[Tensor]) -> float:
    """Cosine between the gradients of two losses over all parameters together: below 0 they pull apart (Yu et al. 2020, definition 1).

    A parameter that a loss does not use counts as 0 there; a loss without any gradient gives 0.
    """
    flat = []
    for loss in (first, second):
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
        flat.append(
            torch.cat([torch.zeros_like(p).flatten() if g is None else g.flatten() for p, g in zip(parameters, gradients, strict=True)])
        )
    norms = flat[0].norm() * flat[1].norm()
    return float(flat[0] @ flat[1] / norms) if norms > 0 else 0.0

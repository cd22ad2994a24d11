"""Sending less of a gradient: its largest entries with the rest kept for later, or two thin matrices."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def topk_compress(tensor: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The ``k`` entries that are largest in absolute value (Aji & Heafield 2017; Stich et al. 2018).

    Args:
        tensor: float of any shape, n entries.
        k: clipped to [0, n].

    Returns:
        Their values, signed, and their Long indices into the flattened tensor, both ``[k]``; which of equal entries is free.
    """
    flat = tensor.flatten()
    indices = flat.abs().topk(min(max(k, 0), flat.numel())).indices
    return flat[indices], indices


def decompress(values: Tensor, indices: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A tensor of the shape with the values at the indices and 0 elsewhere."""
    flat = values.new_zeros(math.prod(shape))
    flat[indices] = values
    return flat.view(shape)


class ErrorFeedback:
    """Top-k compression that remembers what it did not send (Stich et al. 2018, algorithm 1; Karimireddy et al. 2019).

    Attributes:
        residual: the sum of all gradients minus the sum of all that was sent; ``None`` before the first.
    """

    def __init__(self, k: int) -> None:
        self.k = k
        self.residual: Tensor | None = None

    def compress(self, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """Values and indices of the gradient plus the residual, as of :func:`topk_compress`; what is left is the new residual.

        Raises:
            ValueError: the shape is not that of the gradients before.
        """
        if self.residual is None:
            self.residual = torch.zeros_like(gradient)
        if gradient.shape != self.residual.shape:
            raise ValueError(f"a gradient of {tuple(gradient.shape)} after gradients of {tuple(self.residual.shape)}")
        corrected = self.residual + gradient
        values, indices = topk_compress(corrected, self.k)
        self.residual = corrected - decompress(values, indices, corrected.shape)
        return values, indices


def powersgd(matrix: Tensor, rank: int, q: Tensor) -> tuple[Tensor, Tensor]:
    """One step of subspace iteration (Vogels et al. 2019, algorithm 1): ``matrix`` is about ``P @ Q.T``.

    Args:
        matrix: float ``[m, n]``.
        rank: r, at most min(m, n).
        q: float ``[n, r]``; the Q of the step before, or random numbers.

    Returns:
        P ``[m, r]`` with orthonormal columns, the basis of ``matrix @ q``, and Q ``[n, r]``, the coordinates in it. A matrix of
        rank r or less comes back exactly from almost every q; 0 gives a Q of 0.

    Raises:
        ValueError: the shapes do not fit.
    """
    m, n = matrix.shape
    if not 1 <= rank <= min(m, n) or q.shape != (n, rank):
        raise ValueError(f"rank {rank} and q {tuple(q.shape)} do not fit a matrix of {(m, n)}")
    p = torch.linalg.qr(matrix @ q).Q  # orthonormal even where the columns are dependent, unlike Gram-Schmidt
    return p, matrix.T @ p


def powersgd_share(m: int, n: int, rank: int) -> float:
    """Numbers sent over numbers in the matrix: r(m + n)/(mn)."""
    return rank * (m + n) / (m * n)

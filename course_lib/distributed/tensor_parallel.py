"""Linear layers split over ranks (Shoeybi et al. 2019, section 3).

All ranks live in one process, so autograd adds what reaches a shared input from several ranks: the all-reduce of the input's gradient.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def _pieces(tensor: Tensor, world: int, dim: int) -> nn.ParameterList:
    """``world`` parameters that together are ``tensor``; as :func:`torch.chunk` cuts, the last ones may be shorter or empty."""
    size = -(-tensor.shape[dim] // world)
    cuts = [min(rank * size, tensor.shape[dim]) for rank in range(1, world)]
    return nn.ParameterList(nn.Parameter(piece.detach().clone()) for piece in tensor.tensor_split(cuts, dim))


def _whole_gradient(pieces: Sequence[Tensor], dim: int) -> Tensor:
    return torch.cat([torch.zeros_like(piece) if piece.grad is None else piece.grad for piece in pieces], dim)


class ColumnParallelLinear(nn.Module):
    """y = x Wᵀ + b with the output features split: rank r computes its own columns of y and needs the whole x."""

    def __init__(self, weights: nn.ParameterList, biases: nn.ParameterList | None, gather_output: bool) -> None:
        super().__init__()
        self.weights, self.biases, self.gather_output = weights, biases, gather_output

    @classmethod
    def from_dense(cls, linear: nn.Linear, world: int, gather_output: bool = True) -> ColumnParallelLinear:
        """Split a dense layer; ``gather_output`` says whether forward returns the whole output or one piece for each rank."""
        biases = None if linear.bias is None else _pieces(linear.bias, world, 0)
        return cls(_pieces(linear.weight, world, 0), biases, gather_output)

    def forward(self, x: Tensor) -> Tensor | list[Tensor]:
        """``[…, out]``, or for each rank ``[…, its share of out]``."""
        biases = self.biases if self.biases is not None else [None] * len(self.weights)
        parts = [functional.linear(x, weight, bias) for weight, bias in zip(self.weights, biases, strict=True)]
        return torch.cat(parts, dim=-1) if self.gather_output else parts

    def dense_grads(self) -> dict[str, Tensor]:
        """Gradients as the dense layer has them: ``weight [out, in]`` and, where there is one, ``bias [out]``."""
        grads = {"weight": _whole_gradient(self.weights, 0)}
        return grads if self.biases is None else grads | {"bias": _whole_gradient(self.biases, 0)}


class RowParallelLinear(nn.Module):
    """y = Σ_r x_r W_rᵀ + b with the input features split: the sum over ranks is an all-reduce, and the bias is added once, after it."""

    def __init__(self, weights: nn.ParameterList, bias: nn.Parameter | None, input_is_parallel: bool) -> None:
        super().__init__()
        self.weights, self.bias, self.input_is_parallel = weights, bias, input_is_parallel

    @classmethod
    def from_dense(cls, linear: nn.Linear, world: int, input_is_parallel: bool = False) -> RowParallelLinear:
        """Split a dense layer; ``input_is_parallel`` says whether forward is given one piece for each rank or the whole input."""
        bias = None if linear.bias is None else nn.Parameter(linear.bias.detach().clone())
        return cls(_pieces(linear.weight, world, 1), bias, input_is_parallel)

    def forward(self, x: Tensor | Sequence[Tensor]) -> Tensor:
        """``[…, out]`` from ``[…, in]``, or from one ``[…, share of in]`` for each rank."""
        parts = x if self.input_is_parallel else x.split([weight.shape[1] for weight in self.weights], dim=-1)
        total = sum(functional.linear(part, weight) for part, weight in zip(parts, self.weights, strict=True))
        return total if self.bias is None else total + self.bias

    def dense_grads(self) -> dict[str, Tensor]:
        """Gradients as the dense layer has them: ``weight [out, in]`` and, where there is one, ``bias [out]``."""
        grads = {"weight": _whole_gradient(self.weights, 1)}
        if self.bias is not None:
            grads["bias"] = torch.zeros_like(self.bias) if self.bias.grad is None else self.bias.grad
        return grads

"""Gradient descent with gradients that are some steps old."""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import Tensor


def async_sgd(grad_fn: Callable[[Tensor], Tensor], w0: Tensor, lr: float, delay: int, steps: int) -> list[Tensor]:
    """w_{t+1} = w_t - lr · g(w_{max(t - delay, 0)}): every gradient is that of the weights ``delay`` steps ago.

    Args:
        grad_fn: the gradient at some weights, of their shape.
        w0: the first weights; they are not changed.

    Returns:
        ``steps + 1`` new tensors, the first equal to ``w0``. A delay of 0 is gradient descent.

    Raises:
        ValueError: the delay or the number of steps is negative.
    """
    if delay < 0 or steps < 0:
        raise ValueError(f"delay {delay} and steps {steps} are not negative")
    weights = [w0.clone()]
    for step in range(steps):
        weights.append(weights[-1] - lr * grad_fn(weights[max(step - delay, 0)]))
    return weights


def stability_bound(delay: int, curvature: float = 1.0) -> float:
    """The learning rate below which :func:`async_sgd` converges on curvature · w²/2: 2 sin(π/(2(2 delay + 1))) / curvature.

    At the bound a root of z^(delay + 1) - z^delay + lr · curvature lies on the unit circle.
    """
    return 2 * math.sin(math.pi / (2 * (2 * delay + 1))) / curvature

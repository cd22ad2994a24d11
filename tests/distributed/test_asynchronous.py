"""Delayed gradients: no delay is gradient descent, and the bound of stability is where it is said to be."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.distributed.asynchronous import async_sgd, stability_bound


def test_no_delay_is_gradient_descent():
    torch.manual_seed(0)
    matrix = torch.randn(4, 4, dtype=torch.float64)
    w0 = torch.randn(4, dtype=torch.float64)
    before, parameter = w0.clone(), w0.clone().requires_grad_()
    optimizer = torch.optim.SGD([parameter], lr=0.01)
    weights = async_sgd(lambda w: matrix.T @ (matrix @ w), w0, 0.01, 0, 30)
    for w in weights:
        torch.testing.assert_close(w, parameter.detach())
        optimizer.zero_grad()
        (matrix @ parameter).square().sum().div(2).backward()
        optimizer.step()
    assert torch.equal(before, w0)


def test_the_gradient_is_of_the_weights_before():
    asked = []

    def gradient(w):
        asked.append(w.item())
        return torch.ones_like(w)

    weights = async_sgd(gradient, torch.zeros(1), 1.0, 2, 6)
    assert [w.item() for w in weights] == [0, -1, -2, -3, -4, -5, -6]
    assert asked == [0, 0, 0, -1, -2, -3]
    assert len(async_sgd(gradient, torch.zeros(1), 1.0, 2, 0)) == 1
    with pytest.raises(ValueError, match="negative"):
        async_sgd(gradient, torch.zeros(1), 1.0, -1, 3)


def test_bound_of_small_delays():
    assert [round(stability_bound(delay), 3) for delay in range(5)] == [2.0, 1.0, 0.618, 0.445, 0.347]


@given(delay=st.integers(0, 8), curvature=st.floats(0.1, 10))
@settings(max_examples=40, deadline=None)
def test_bound_is_where_a_root_leaves_the_circle(delay, curvature):
    bound = stability_bound(delay, curvature)
    for share, inside in ((0.98, True), (1.02, False)):
        polynomial = np.zeros(delay + 2)
        polynomial[[0, 1]] = 1, -1
        polynomial[-1] += share * bound * curvature
        assert (np.abs(np.roots(polynomial)).max() < 1) == inside


@pytest.mark.parametrize("delay", range(4))
def test_the_runs_themselves_obey_the_bound(delay):
    def last(share):
        return (
            async_sgd(lambda w: 3.0 * w, torch.ones(1, dtype=torch.float64), share * stability_bound(delay, 3.0), delay, 800)[-1]
            .abs()
            .item()
        )

    assert last(0.95) < 1e-3
    assert last(1.05) > 1e3

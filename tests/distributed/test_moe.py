"""Routing, balance and capacity of a mixture of experts; the auxiliary loss against transformers'."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

from course_lib.distributed.moe import expert_capacity, load_balancing_loss, moe_output, route, within_capacity

seeds = st.integers(0, 10_000)


def _logits(tokens: int, number: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(tokens, number, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(seed=seeds, k=st.integers(1, 4))
@settings(deadline=None)
def test_weights_are_a_softmax_over_the_chosen(seed, k):
    logits = _logits(9, 5, seed)
    weights, experts = route(logits, k)
    torch.testing.assert_close(weights, logits.gather(1, experts).softmax(-1))
    assert all(len(set(row)) == k for row in experts.tolist())


@pytest.mark.parametrize("k", [1, 2, 3])
def test_auxiliary_loss_is_mixtrals_over_k(k):
    logits = _logits(50, 6).float()
    theirs = load_balancing_loss_func((logits,), 6, k)
    torch.testing.assert_close(load_balancing_loss(logits, route(logits, k)[1]), theirs / k)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_auxiliary_loss_is_one_where_tokens_are_spread_evenly(k):
    even = torch.stack([(torch.arange(k) + token) % 8 for token in range(16)])
    assert load_balancing_loss(torch.zeros(16, 8), even).item() == pytest.approx(1)


def test_auxiliary_loss_of_a_collapse():
    logits = torch.zeros(10, 4)
    logits[:, 2] = 50.0
    assert load_balancing_loss(logits, route(logits, 1)[1]).item() == pytest.approx(4)


def test_auxiliary_loss_pushes_the_router_to_balance():
    logits = (_logits(64, 4) + torch.tensor([2.0, 0.0, 0.0, 0.0])).requires_grad_()
    losses = []
    for _ in range(300):
        loss = load_balancing_loss(logits, route(logits, 1)[1])
        losses.append(loss.item())
        (gradient,) = torch.autograd.grad(loss, logits)
        logits = (logits - 5.0 * gradient).detach().requires_grad_()
    assert losses[0] > 1.5
    assert losses[-1] < 1.1


@given(seed=seeds, capacity=st.integers(0, 9), k=st.integers(1, 3))
@settings(deadline=None)
def test_capacity_keeps_first_choices_and_earlier_tokens(seed, capacity, k):
    experts = route(_logits(11, 4, seed), k)[1]
    kept = within_capacity(experts, 4, capacity)
    taken = [0] * 4
    for slot in range(k):
        for token in range(11):
            expert = int(experts[token, slot])
            assert bool(kept[token, slot]) == (taken[expert] < capacity)
            taken[expert] += 1


def test_expert_capacity():
    assert expert_capacity(100, 2, 8, 1.25) == 32
    assert expert_capacity(7, 1, 4, 1.0) == 2


def test_output_is_the_weighted_sum_of_the_kept():
    torch.manual_seed(0)
    networks = [nn.Linear(3, 3).double() for _ in range(4)]
    x = torch.randn(12, 3, dtype=torch.float64)
    weights, experts = route(_logits(12, 4), 2)
    kept = within_capacity(experts, 4, 4)
    assert not bool(kept.all())
    output = moe_output(x, weights, experts, kept, networks)
    for token in range(12):
        by_hand = sum(
            (weights[token, slot] * networks[int(experts[token, slot])](x[token]) for slot in range(2) if kept[token, slot]),
            start=torch.zeros(3, dtype=torch.float64),
        )
        torch.testing.assert_close(output[token], by_hand)

"""Causal attention, its loss and generation against torch and transformers."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.generation import LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from course_lib.objectives import causal_attention, causal_mask, clm_loss, filter_logits, generate


def _random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _gpt2() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=40, n_positions=32, n_embd=16, n_layer=2, n_head=2, bos_token_id=1, eos_token_id=1, pad_token_id=0)
    model = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return model


def test_causal_attention_is_torchs():
    query, key, value = (_random(2, 3, 7, 4, seed=k) for k in range(3))
    expected = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    torch.testing.assert_close(causal_attention(query, key, value), expected)


def test_the_future_has_no_gradient():
    key, value = _random(1, 1, 5, 4, seed=1), _random(1, 1, 5, 4, seed=2)
    jacobian = torch.autograd.functional.jacobian(lambda x: causal_attention(x, key + x, value + x).sum((0, 1, 3)), _random(1, 1, 5, 4))
    depends = jacobian.abs().sum((1, 2, 4)) > 0
    assert torch.equal(depends, causal_mask(5))


@pytest.mark.parametrize("left", [0, 2, 5])
def test_padding_is_invisible_and_rows_of_padding_are_zero(left: int):
    query, key, value = (_random(1, 2, 5, 4, seed=k).requires_grad_() for k in range(3))
    mask = torch.arange(5)[None] >= left
    mixed = causal_attention(query, key, value, mask)
    if left < 5:
        torch.testing.assert_close(mixed[:, :, left:], causal_attention(query[:, :, left:], key[:, :, left:], value[:, :, left:]))
    assert mixed[:, :, :left].eq(0).all()
    mixed.sum().backward()
    assert all(x.grad.isfinite().all() and x.grad[:, :, :left].eq(0).all() for x in (query, key, value))


def test_the_loss_is_the_librarys():
    model, ids = _gpt2(), torch.randint(2, 40, (3, 9), generator=torch.Generator().manual_seed(1))
    output = model(ids, labels=ids)
    torch.testing.assert_close(clm_loss(output.logits, ids), output.loss)


def test_the_loss_counts_real_targets_only():
    logits, ids = _random(2, 6, 11), torch.randint(11, (2, 6), generator=torch.Generator().manual_seed(2))
    mask = torch.tensor([[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]], dtype=torch.bool)
    labels = ids.masked_fill(~mask, -100)
    expected = functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
    torch.testing.assert_close(clm_loss(logits, ids, mask), expected)
    nothing = clm_loss(logits.requires_grad_(), ids, torch.zeros_like(mask))
    nothing.backward()
    assert nothing == 0
    assert logits.grad.eq(0).all()


def test_evenly_spread_logits_cost_the_logarithm_of_the_vocabulary():
    assert clm_loss(torch.zeros(1, 5, 32), torch.arange(5)[None]).item() == pytest.approx(math.log(32))


def test_greedy_generation_is_the_librarys():
    model, ids = _gpt2(), torch.randint(2, 40, (4, 5), generator=torch.Generator().manual_seed(3))
    for eos in (None, 7):
        ours = generate(lambda x: model(x).logits, ids, 12, temperature=0, eos_id=eos, pad_id=0)
        theirs = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, do_sample=False, eos_token_id=eos if eos is not None else -1
        )
        assert torch.equal(ours, theirs)


@given(
    seed=st.integers(0, 999),
    temperature=st.sampled_from([0.5, 1.0, 1.7]),
    top_k=st.integers(0, 14),
    top_p=st.sampled_from([0.05, 0.4, 0.8, 0.97, 1.0]),
)
def test_what_may_be_drawn_is_the_librarys(seed: int, temperature: float, top_k: int, top_p: float):
    logits = _random(3, 12, seed=seed) * 2
    warpers = LogitsProcessorList([TemperatureLogitsWarper(temperature)])
    if top_k:
        warpers.append(TopKLogitsWarper(top_k))
    if top_p < 1:
        warpers.append(TopPLogitsWarper(top_p))
    expected = warpers(torch.zeros(3, 1, dtype=torch.long), logits)
    torch.testing.assert_close(filter_logits(logits / temperature, top_k, top_p), expected)


def test_the_token_that_crosses_the_threshold_stays():
    logits = torch.tensor([[0.5, 0.25, 0.125, 0.125]]).log()
    assert filter_logits(logits, top_p=0.75).isfinite().sum() == 2
    assert filter_logits(logits, top_p=0.76).isfinite().sum() == 3


def test_draws_follow_the_distribution_and_the_seed():
    logits = torch.tensor([0.6, 0.3, 0.1, 0.0]).log()
    model = lambda ids: logits.expand(*ids.shape, 4)  # noqa: E731
    prompts = torch.zeros(20_000, 1, dtype=torch.long)
    drawn, again = (generate(model, prompts, 1, generator=torch.Generator().manual_seed(5))[:, 1] for _ in range(2))
    assert torch.equal(drawn, again)
    share = drawn.bincount(minlength=4) / len(drawn)
    assert share[3] == 0
    torch.testing.assert_close(share[:3], torch.tensor([0.6, 0.3, 0.1]), atol=6 * 0.5 / math.sqrt(20_000), rtol=0)


def test_a_finished_row_is_filled():
    script = torch.tensor([[2, 9, 3, 3], [9, 4, 4, 4]])

    def model(ids: torch.Tensor) -> torch.Tensor:
        return functional.one_hot(script[:, ids.shape[1] - 1], 10).float()[:, None].expand(-1, ids.shape[1], -1)

    made = generate(model, torch.tensor([[1], [1]]), 4, temperature=0, eos_id=9, pad_id=7)
    assert made.tolist() == [[1, 2, 9], [1, 9, 7]]

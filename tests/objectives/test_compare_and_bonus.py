"""Measures by hand, and the noise, the spans and the sums of the bonus."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_lib.objectives import distinct_n, infill, pseudo_perplexity, steps_to_threshold
from course_lib.objectives.denoising import delete_tokens, infill_text, permute_sentences, rotate_document
from course_lib.objectives.spans import SpanHead, span_features, span_loss
from course_lib.objectives.together import combine_losses, gradient_cosine

seeds = st.integers(0, 10_000)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _table(ids: torch.Tensor) -> torch.Tensor:
    """A model that looks at its neighbours: logits depend on the sum of the others."""
    total = ids.sum(-1, keepdim=True) - ids
    return torch.stack([torch.sin(total * (k + 1) * 0.7) for k in range(6)], dim=-1).double()


def test_pseudo_perplexity_masks_one_at_a_time():
    ids, special = torch.tensor([0, 2, 3, 4]), torch.tensor([True, False, False, False])
    logs = []
    for i in (1, 2, 3):
        masked = ids.clone()
        masked[i] = 5
        logs.append(_table(masked[None])[0, i].log_softmax(-1)[ids[i]].item())
    assert pseudo_perplexity(_table, ids, 5, special) == pytest.approx(math.exp(-sum(logs) / 3), rel=1e-12)
    uniform = pseudo_perplexity(lambda x: torch.zeros(*x.shape, 6), ids, 5)
    assert uniform == pytest.approx(6)


def test_distinct_n():
    assert distinct_n([[1, 2, 1, 2], [2, 1]], 2) == pytest.approx(2 / 4)
    assert distinct_n([[1], []], 2) == 0
    assert distinct_n([[1, 2], [3, 4]], 2) == 1


def test_steps_to_threshold():
    assert steps_to_threshold([0, 10, 20, 30], [5.0, 3.0, 3.5, 2.0], 3.0) == 10
    assert steps_to_threshold([0, 10], [5.0, 3.1], 3.0) is None


def test_infill_uses_what_it_filled():
    ids = torch.tensor([5, 1, 5, 2])
    first = _table(ids[None])[0, 0, :5].argmax()
    second = _table(torch.tensor([[int(first), 1, 5, 2]]))[0, 2, :5].argmax()
    assert infill(_table, ids, 5).tolist() == [int(first), 1, int(second), 2]
    assert ids.tolist() == [5, 1, 5, 2]


@given(seed=seeds, length=st.integers(0, 60))
def test_deleting_keeps_the_order(seed: int, length: int):
    kept = delete_tokens(torch.arange(length), 0.4, _generator(seed)).tolist()
    assert kept == sorted(set(kept))


@given(seed=seeds, length=st.integers(1, 200), ratio=st.sampled_from([0.0, 0.15, 0.3, 0.5]))
@settings(max_examples=200)
def test_infilling_takes_exactly_its_share(seed: int, length: int, ratio: float):
    ids = torch.arange(1, length + 1)
    try:
        noisy = infill_text(ids, 0, ratio, generator=_generator(seed)).tolist()
    except ValueError:
        assert length < 8
        return
    kept = [token for token in noisy if token]
    assert kept == sorted(set(kept))
    assert len(kept) == length - round(ratio * length)
    assert all(a or b for a, b in pairwise(noisy)), "two masks beside each other"


def test_spans_of_length_zero_happen_and_take_nothing():
    inserted, spans = 0, 0
    for seed in range(300):
        noisy = infill_text(torch.arange(1, 101), 0, generator=_generator(seed)).tolist()
        for place, token in enumerate(noisy):
            if token == 0 and 0 < place < len(noisy) - 1:
                spans += 1
                inserted += noisy[place + 1] == noisy[place - 1] + 1
    assert abs(inserted / spans - math.exp(-3)) < 6 * math.sqrt(math.exp(-3) / spans) + 0.01  # the cut of the last span biases a little


@given(seed=seeds, ids=st.lists(st.integers(0, 5), max_size=30))
def test_sentences_stay_whole(seed: int, ids: list[int]):
    def sentences(tokens: list[int]) -> tuple[Counter, list[int]]:
        found, current = [], []
        for token in tokens:
            current.append(token)
            if token == 0:
                found.append(tuple(current))
                current = []
        return Counter(found), current

    assert sentences(permute_sentences(torch.tensor(ids, dtype=torch.long), 0, _generator(seed)).tolist()) == sentences(ids)


@given(seed=seeds, length=st.integers(1, 30))
def test_rotation_goes_round(seed: int, length: int):
    turned = rotate_document(torch.arange(length), _generator(seed)).tolist()
    assert [(token - turned[0]) % length for token in turned] == list(range(length))


def test_spans_are_predicted_from_outside():
    torch.manual_seed(0)
    head, hidden = SpanHead(8, 20, 6), torch.randn(10, 8)
    ids, spans = torch.arange(10), [(2, 4), (6, 9)]
    features = span_features(hidden, spans, head.position_embeddings)
    assert features.shape == (5, 24)
    torch.testing.assert_close(features[3], torch.cat((hidden[5], hidden[9], head.position_embeddings[1])))
    inside = hidden.clone()
    inside[[2, 3, 6, 7, 8]] = 0
    torch.testing.assert_close(head(inside, spans), head(hidden, spans))
    logits = head(hidden, spans)
    torch.testing.assert_close(span_loss(logits, ids, spans), nn.functional.cross_entropy(logits, torch.tensor([2, 3, 6, 7, 8])))
    assert span_loss(head(hidden, []), ids, []) == 0
    for wrong in [(0, 2), (8, 10), (3, 3), (1, 8)]:
        with pytest.raises(ValueError, match="neighbour"):
            span_features(hidden, [wrong], head.position_embeddings)


def test_gradients_add_up():
    x = torch.randn(4, generator=_generator(0), dtype=torch.float64, requires_grad=True)
    losses = {"clm": (x**2).sum(), "mlm": x.exp().sum()}
    (gradient,) = torch.autograd.grad(combine_losses(losses, {"clm": 0.25, "mlm": 2.0}), x, retain_graph=True)
    torch.testing.assert_close(gradient, 0.25 * 2 * x + 2.0 * x.exp())
    with pytest.raises(ValueError, match="name the same"):
        combine_losses(losses, {"clm": 1.0})
    assert gradient_cosine(losses["clm"], -losses["clm"], [x]) == pytest.approx(-1)
    y = torch.randn(4, dtype=torch.float64, requires_grad=True)
    assert gradient_cosine((x**2).sum(), (y**2).sum(), [x, y]) == 0

"""Masking and permutations: distributions, invariants, and transformers' XLNet."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional
from transformers import XLNetConfig, XLNetModel

from course_lib.kit.model import Config, TwoStream
from course_lib.objectives import TwoStreamLayer, mask_tokens, mlm_loss, plm_loss, sample_order, two_stream_masks


def _within(count: int, total: int, p: float) -> bool:
    return abs(count - total * p) <= 6 * math.sqrt(total * p * (1 - p)) + 1


def test_masking_follows_its_shares():
    n, vocabulary = 200_000, 5_000
    ids = torch.randint(10, vocabulary, (n,), generator=torch.Generator().manual_seed(0))
    special = torch.arange(n) % 10 == 0
    before = ids.clone()
    inputs, labels = mask_tokens(ids, special, 3, vocabulary, generator=torch.Generator().manual_seed(1))
    assert torch.equal(ids, before)
    chosen = labels != -100
    assert torch.equal(labels[chosen], ids[chosen])
    assert not chosen[special].any()
    assert torch.equal(inputs[~chosen], ids[~chosen])
    masked, kept = inputs[chosen] == 3, inputs[chosen] == ids[chosen]
    assert _within(int(chosen.sum()), n * 9 // 10, 0.15)
    assert _within(int(masked.sum()), int(chosen.sum()), 0.8 + 0.1 / vocabulary)
    assert _within(int(kept.sum()), int(chosen.sum()), 0.1 + 0.1 / vocabulary)
    drawn = inputs[chosen][~masked & ~kept]
    assert _within(int((drawn < vocabulary // 2).sum()), len(drawn), 0.5)


def test_the_same_seed_masks_the_same():
    ids = torch.arange(100)
    first, second = (mask_tokens(ids, ids < 0, 0, 100, generator=torch.Generator().manual_seed(4)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_mlm_loss():
    logits = torch.randn(2, 4, 9, generator=torch.Generator().manual_seed(0)).requires_grad_()
    labels = torch.tensor([[-100, 3, -100, 8], [-100, -100, 1, -100]])
    torch.testing.assert_close(mlm_loss(logits, labels), functional.cross_entropy(logits.flatten(0, 1), labels.flatten()))
    nothing = mlm_loss(logits, torch.full_like(labels, -100))
    nothing.backward()
    assert nothing == 0
    assert logits.grad.eq(0).all()


@given(order=st.permutations(range(6)))
def test_masks_of_an_order(order: list[int]):
    content, query = two_stream_masks(torch.tensor(order))
    rank = {position: place for place, position in enumerate(order)}
    for i in range(6):
        for j in range(6):
            assert query[i, j].item() == (rank[j] < rank[i])
            assert content[i, j].item() == (rank[j] <= rank[i])


def test_an_order_is_a_permutation():
    with pytest.raises(ValueError, match="each of 0"):
        two_stream_masks(torch.tensor([0, 0, 2]))


def test_every_order_is_as_likely():
    generator = torch.Generator().manual_seed(0)
    counts: dict[tuple[int, ...], int] = {}
    for _ in range(6_000):
        order = tuple(sample_order(3, generator).tolist())
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert all(_within(count, 6_000, 1 / 6) for count in counts.values())


def _xlnet_dependencies(order: list[int], length: int) -> torch.Tensor:
    """Which tokens move which output of XLNet's query stream."""
    torch.manual_seed(0)
    model = XLNetModel(XLNetConfig(vocab_size=20, d_model=16, n_layer=2, n_head=2, d_inner=32, dropout=0.0)).eval()
    rank = torch.tensor(order).argsort()
    permutation = (rank[None, :] >= rank[:, None]).float()[None]  # there, 1 = may not attend
    mapping = torch.eye(length)[None]
    ids = torch.arange(length)[None] + 3

    def run(x: torch.Tensor) -> torch.Tensor:
        return model(x, perm_mask=permutation, target_mapping=mapping).last_hidden_state[0]

    before, rows = run(ids), []
    for j in range(length):
        changed = ids.clone()
        changed[0, j] = 2
        rows.append((run(changed) - before).abs().amax(-1) > 1e-6)
    return torch.stack(rows, dim=1)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [3, 1, 4, 0, 2]])
def test_visibility_is_xlnets_except_for_the_empty_row(order: list[int]):
    _, query = two_stream_masks(torch.tensor(order))
    theirs = _xlnet_dependencies(order, 5)
    rest = [i for i in range(5) if i != order[0]]
    assert torch.equal(theirs[rest], query[rest])
    assert theirs[order[0]].all()  # the library lets the first of the order look at everything
    assert not query[order[0]].any()


def test_the_loss_predicts_in_place():
    logits, ids = torch.randn(2, 5, 7, generator=torch.Generator().manual_seed(0)), torch.tensor([[1, 2, 3, 4, 5], [6, 5, 4, 3, 2]])
    order = torch.tensor([4, 0, 3, 1, 2])
    expected = functional.cross_entropy(logits[:, [1, 2]].flatten(0, 1), ids[:, [1, 2]].flatten())
    torch.testing.assert_close(plm_loss(logits, ids, order, 2), expected)
    with pytest.raises(ValueError, match="n_predict"):
        plm_loss(logits, ids, order, 6)


def test_in_natural_order_it_is_a_causal_model():
    """With the order 0 … T - 1, what the query stream at i sees is what a causal model sees when it predicts token i."""
    torch.manual_seed(0)
    model = TwoStream(
        Config(vocab_size=30, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2), TwoStreamLayer
    )
    ids = torch.randint(30, (1, 6), generator=torch.Generator().manual_seed(0))
    content, query = two_stream_masks(torch.arange(6))
    before = model(ids, content, query)
    for j in range(6):
        changed = ids.clone()
        changed[0, j] = (changed[0, j] + 1) % 30
        moved = (model(changed, content, query) - before).abs().amax(-1)[0] > 0
        assert moved.tolist() == [i > j for i in range(6)]

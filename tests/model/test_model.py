"""The small transformer against the library's, and its siblings against what they promise."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.kit.model import Block, Config, Decoder, Encoder, TwoStream, count_parameters, masked_attention
from course_lib.kit.model.llama import to_llama

CONFIG = Config(vocab_size=97, hidden_size=32, intermediate_size=80, num_hidden_layers=3, num_attention_heads=4, max_position_embeddings=24)


def _ids(*shape: int) -> torch.Tensor:
    return torch.randint(0, CONFIG.vocab_size, shape, generator=torch.Generator().manual_seed(3))


def _made(kind: type[nn.Module], *args: object) -> nn.Module:
    torch.manual_seed(0)
    model = kind(CONFIG, *args)
    with torch.no_grad():  # norms of one and tiny weights hide mistakes
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return model.eval()


class _Layer(nn.Module):
    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block

    def forward(self, content, query, content_mask, query_mask, positions):
        block, memory = self.block, self.block.input_layernorm(content)
        new = []
        for x, mask in ((content, content_mask), (query, query_mask)):
            attend = partial(masked_attention, mask=mask)
            x = x + block.self_attn(block.input_layernorm(x), memory, positions, attend)
            new.append(x + block.mlp(block.post_attention_layernorm(x)))
        return tuple(new)


def test_the_decoder_is_llama():
    decoder = _made(Decoder)
    ids = _ids(2, 24)
    llama = to_llama(decoder)
    torch.testing.assert_close(llama(ids).logits, decoder(ids), atol=1e-5, rtol=1e-5)
    assert count_parameters(decoder) == sum(parameter.numel() for parameter in llama.parameters())


def test_gradients_are_llamas():
    decoder = _made(Decoder)
    ids, llama = _ids(2, 9), to_llama(decoder)
    for model, logits in ((decoder, decoder(ids)), (llama, llama(ids).logits)):
        functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()).backward()
        assert all(parameter.grad is not None for parameter in model.parameters())
    theirs = dict(llama.named_parameters())
    for name, parameter in decoder.named_parameters():
        torch.testing.assert_close(parameter.grad, theirs[name].grad, atol=1e-5, rtol=1e-4)


def test_left_padding_changes_nothing():
    decoder, ids = _made(Decoder), _ids(1, 8)
    padded = torch.cat((torch.zeros(1, 3, dtype=torch.long), ids), dim=1)
    mask = torch.arange(11)[None] >= 3
    torch.testing.assert_close(decoder(padded, mask)[:, 3:], decoder(ids), atol=1e-5, rtol=1e-5)


def test_one_attention_for_all():
    """A causal attention of one's own takes the place of torch's."""
    decoder, ids = _made(Decoder), _ids(2, 7)
    calls = []

    def attention(query, key, value, key_mask=None):
        calls.append((query.shape, key_mask))
        return functional.scaled_dot_product_attention(query, key, value, is_causal=True)

    own = Decoder(CONFIG, attention)
    own.load_state_dict(decoder.state_dict())
    torch.testing.assert_close(own(ids), decoder(ids))
    assert calls == [((2, 4, 7, 8), None)] * 3


def test_the_encoder_sees_both_sides():
    encoder, ids = _made(Encoder), _ids(1, 6)
    changed = ids.clone()
    changed[0, 5] = (changed[0, 5] + 1) % CONFIG.vocab_size
    assert not torch.allclose(encoder(ids)[0, 0], encoder(changed)[0, 0])
    mask = torch.tensor([[True] * 5 + [False]])
    torch.testing.assert_close(encoder(ids, mask)[0, :5], encoder(changed, mask)[0, :5])


def test_a_query_depends_on_what_its_mask_shows_and_on_nothing_else():
    """Over all layers: output i changes with token j if and only if j precedes i in the order."""
    model, ids = _made(TwoStream, _Layer), _ids(1, 6)
    rank = torch.tensor([3, 0, 5, 1, 4, 2])
    content, query = rank[None] <= rank[:, None], rank[None] < rank[:, None]
    before = model(ids, content, query)
    for j in range(6):
        changed = ids.clone()
        changed[0, j] = (changed[0, j] + 1) % CONFIG.vocab_size
        moved = (model(changed, content, query) - before).abs().amax(-1)[0] > 0
        assert moved.tolist() == (rank > rank[j]).tolist()


def test_the_first_of_the_order_knows_only_its_position():
    """It attends to nothing, and rotary positions are relative: wherever it stands, its logits are the same."""
    model, ids = _made(TwoStream, _Layer), _ids(1, 4)
    rows = []
    for first in range(4):
        rank = (torch.arange(4) - first) % 4
        rows.append(model(ids, rank[None] <= rank[:, None], rank[None] < rank[:, None])[0, first])
    torch.testing.assert_close(torch.stack(rows), rows[0].expand(4, -1))


def test_the_arms_have_the_same_parameters():
    torch.manual_seed(0)
    decoder = Decoder(CONFIG)
    torch.manual_seed(0)
    encoder = Encoder(CONFIG)
    assert [*decoder.state_dict()] == [*encoder.state_dict()]
    assert all(torch.equal(a, b) for a, b in zip(decoder.parameters(), encoder.parameters(), strict=True))
    assert count_parameters(TwoStream(CONFIG, _Layer)) == count_parameters(decoder) + CONFIG.hidden_size


def test_an_empty_row_is_zero_and_so_is_its_gradient():
    query, key, value = (torch.randn(1, 1, 3, 4, generator=torch.Generator().manual_seed(k), requires_grad=True) for k in range(3))
    mask = torch.tensor([[False, False, False], [True, False, False], [True, True, False]])
    mixed = masked_attention(query, key, value, mask)
    mixed.sum().backward()
    assert mixed[0, 0, 0].eq(0).all()
    assert query.grad[0, 0, 0].eq(0).all()
    assert all(x.grad.isfinite().all() for x in (query, key, value))


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="num_attention_heads"):
        Config(vocab_size=9, hidden_size=10, num_attention_heads=4)
    with pytest.raises(ValueError, match="max_position_embeddings"):
        Decoder(CONFIG)(_ids(1, 25))

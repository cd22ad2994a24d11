"""Right by other means: a block for both streams written out, answers worked out in other ways, and the bonus."""

import math

import torch
from torch import nn

from course_lib.kit.model import masked_attention


def causal_attention(query, key, value, key_mask=None):
    """Softmax by hand with finite numbers only; the weights of unseen keys are multiplied away before they are summed."""
    length = query.shape[2]
    seen = torch.ones(length, length).tril()[None, None]
    if key_mask is not None:
        seen = seen * key_mask[:, None, None].to(seen.dtype)
    scores = query.matmul(key.mT) / math.sqrt(query.shape[3])
    weights = scores.sub(scores.detach().amax(-1, keepdim=True)).exp() * seen
    total = weights.sum(-1, keepdim=True)
    return weights.matmul(value) / torch.where(total > 0, total, 1.0)


def clm_loss(logits, ids, mask=None):
    log_p = torch.log_softmax(logits, -1)[:, :-1]
    chosen = torch.take_along_dim(log_p, ids[:, 1:].unsqueeze(-1), -1).squeeze(-1)
    weight = torch.ones_like(chosen) if mask is None else mask[:, 1:].to(chosen)
    return -(chosen * weight).sum() / torch.clamp(weight.sum(), min=1.0)


def filter_logits(logits, top_k=0, top_p=1.0):
    """Both filters on sorted values, then back through the inverse permutation."""
    values, places = torch.sort(logits, dim=-1, descending=True)
    if top_k > 0:
        smallest = values[:, min(top_k, values.shape[-1]) - 1].unsqueeze(-1)
        values = torch.where(values >= smallest, values, -torch.inf)
    if top_p < 1:
        chances = torch.softmax(values, -1)
        reached = torch.roll(torch.cumsum(chances, -1), 1, -1) >= top_p
        reached[:, 0] = False
        values = torch.where(reached, -torch.inf, values)
    return torch.empty_like(values).scatter_(-1, places, values)


def mask_tokens(ids, special_mask, mask_id, vocab_size, p=0.15, p_mask=0.8, p_random=0.1, generator=None):
    """A single die whose intervals are both the choice and the fate."""
    die = torch.rand(ids.shape, generator=generator)
    chosen = (die < p).logical_and(special_mask.logical_not())
    labels = ids.clone()
    labels[chosen.logical_not()] = -100
    inputs = ids.clone()
    inputs[chosen & (die < p * p_mask)] = mask_id
    swapped = chosen & (die >= p * p_mask) & (die < p * (p_mask + p_random))
    inputs[swapped] = torch.randint(0, vocab_size, (int(swapped.sum()),), generator=generator).to(ids.dtype)
    return inputs, labels


def mlm_loss(logits, labels):
    counted = labels.ne(-100)
    if not counted.any():
        return (logits * 0).sum()
    return nn.NLLLoss()(logits[counted].log_softmax(-1), labels[counted])


def two_stream_masks(order):
    steps = torch.zeros_like(order).scatter_(0, order, torch.arange(len(order)))
    return steps.unsqueeze(0).le(steps.unsqueeze(1)), steps.unsqueeze(0).lt(steps.unsqueeze(1))


class TwoStreamLayer(nn.Module):
    """Keeps the block's parts, and asks twice."""

    def __init__(self, block):
        super().__init__()
        self.norm, self.attention = block.input_layernorm, block.self_attn
        self.second_norm, self.feed_forward = block.post_attention_layernorm, block.mlp

    def forward(self, content, query, content_mask, query_mask, positions):
        seen = self.norm(content)
        streams = []
        for stream, mask in ((content, content_mask), (query, query_mask)):
            wide = mask if mask.dim() == 2 else mask.unsqueeze(1)
            mixed = self.attention(self.norm(stream), seen, positions, lambda q, k, v, wide=wide: masked_attention(q, k, v, wide))
            hidden = stream + mixed
            streams.append(hidden + self.feed_forward(self.second_norm(hidden)))
        return tuple(streams)


def plm_loss(logits, ids, order, n_predict):
    where = order[len(order) - n_predict :]
    log_p = logits.index_select(1, where).log_softmax(-1)
    return -log_p.gather(2, ids.index_select(1, where)[..., None]).mean()


def answer_start(vocab_size, loss):
    return {"first": -math.log(1 / vocab_size), "perplexity": math.e**loss, "formula": "-log(1/V)"}


def answer_gradient(logits, targets):
    leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.cross_entropy(leaf, torch.tensor(targets)).backward()
    return {"right": leaf.grad[0, targets[0]].item(), "mistaken": leaf.grad[1].max().item(), "total": round(leaf.grad[1].sum().item(), 9)}


def answer_nucleus(logits, top_p):
    weights = sorted((math.exp(value) for value in logits), reverse=True)
    kept = []
    while sum(kept) < top_p * sum(weights):
        kept.append(weights[len(kept)])
    return {"size": float(len(kept)), "most": kept[0] / sum(kept), "least": kept[-1] / sum(kept)}


def answer_masking(p, p_mask, p_random, length):
    return {
        "none": math.exp(length * math.log(1 - p)),
        "expected": length * p,
        "kept": p - p * p_mask - p * p_random,
        "formula": "p - p*m - r*p",
    }


def answer_order(order, place):
    _, query = two_stream_masks(torch.tensor(order))
    return {
        "rank": int(query[place].sum()),
        "query": query[place].nonzero().flatten().tolist(),
        "seen_by": query[:, place].nonzero().flatten().tolist(),
    }


def answer_context(length, n_predict):
    ranks = range(length - n_predict, length)
    return {"mean": sum(ranks) / n_predict, "formula": "(2*T-K-1)/2", "visible": 1 / 2}


def answer_budget(batch_size, length, p, tokens):
    per_step = {"clm": batch_size * length - batch_size, "mlm": batch_size * length * p}
    return {name: tokens / each for name, each in per_step.items()} | {"ratio": per_step["clm"] / per_step["mlm"]}


def span_features(hidden, spans, position_embeddings):
    """All rows by index, after all spans have been looked at."""
    longest, length = len(position_embeddings), len(hidden)
    if any(start < 1 or end > length - 1 or not 1 <= end - start <= longest for start, end in spans):
        raise ValueError("spans need neighbours")
    table = [(start - 1, end, place) for start, end in spans for place in range(end - start)]
    left, right, place = torch.tensor(table, dtype=torch.long).reshape(-1, 3).unbind(dim=1)
    return torch.cat((hidden[left], hidden[right], position_embeddings[place]), dim=1)


def span_loss(logits, ids, spans):
    inside = [token for start, end in spans for token in range(start, end)]
    picked = logits.log_softmax(-1)[torch.arange(len(inside)), ids[inside]] if inside else logits
    return -picked.sum() / max(1, len(inside))


def delete_tokens(ids, p, generator=None):
    gone = torch.bernoulli(torch.full((len(ids),), float(p)), generator=generator).bool()
    return torch.masked_select(ids, ~gone)


def infill_text(ids, mask_id, ratio=0.3, mean=3.0, generator=None):
    """Which gap each span goes to is drawn with its length, and the text is written out token by token."""
    tokens, budget = ids.tolist(), round(ratio * len(ids))
    left, lengths = budget, []
    while left:
        drawn = int(torch.poisson(torch.full((1,), mean), generator=generator).item())
        lengths.append(min(drawn, left))
        left -= lengths[-1]
    gaps = len(tokens) - budget + 1
    if len(lengths) > gaps:
        raise ValueError("too many spans")
    at = dict(zip(torch.rand(gaps, generator=generator).argsort().tolist(), lengths, strict=False))
    noisy, read = [], 0
    for gap in range(gaps):
        if gap in at:
            noisy.append(mask_id)
            read += at[gap]
        if gap < gaps - 1:
            noisy.append(tokens[read])
            read += 1
    return torch.tensor(noisy, dtype=ids.dtype)


def permute_sentences(ids, end_id, generator=None):
    sentences, current = [], []
    for token in ids.tolist():
        current.append(token)
        if token == end_id:
            sentences.append(current)
            current = []
    order = torch.rand(len(sentences), generator=generator).argsort().tolist()
    return torch.tensor([token for place in order for token in sentences[place]] + current, dtype=ids.dtype)


def rotate_document(ids, generator=None):
    start = torch.randint(0, ids.numel(), (), generator=generator)
    return ids[(torch.arange(ids.numel()) + start) % ids.numel()]


def combine_losses(losses, weights):
    if not losses or set(losses) != set(weights):
        raise ValueError("names differ")
    total = 0.0
    for name, weight in weights.items():
        total = total + losses[name] * weight
    return total


def gradient_cosine(first, second, parameters):
    dot = squares = others = 0.0
    one = torch.autograd.grad(first, parameters, retain_graph=True, allow_unused=True)
    two = torch.autograd.grad(second, parameters, retain_graph=True, allow_unused=True)
    for a, b in zip(one, two, strict=True):
        dot += float((a * b).sum()) if a is not None and b is not None else 0.0
        squares += float((a * a).sum()) if a is not None else 0.0
        others += float((b * b).sum()) if b is not None else 0.0
    return dot / math.sqrt(squares * others) if squares and others else 0.0

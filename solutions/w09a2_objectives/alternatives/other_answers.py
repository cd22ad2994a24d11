"""Right by other means: a block for both streams written out, answers worked out in other ways, and the bonus."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from course_lib.kit.model import Block, Rotary, masked_attention


def causal_attention(query: Tensor, key: Tensor, value: Tensor, key_mask: Tensor | None = None) -> Tensor:
    """Softmax by hand with finite numbers only; the weights of unseen keys are multiplied away before they are summed."""
    length = query.shape[2]
    seen = torch.ones(length, length).tril()[None, None]
    if key_mask is not None:
        seen = seen * key_mask[:, None, None].to(seen.dtype)
    scores = query.matmul(key.mT) / math.sqrt(query.shape[3])
    weights = scores.sub(scores.detach().amax(-1, keepdim=True)).exp() * seen
    total = weights.sum(-1, keepdim=True)
    return weights.matmul(value) / torch.where(total > 0, total, 1.0)


def clm_loss(logits: Tensor, ids: Tensor, mask: Tensor | None = None) -> Tensor:
    """다음 토큰의 음의 로그 확률을 정답인 토큰에서 평균합니다. 단위는 나트입니다."""
    log_p = torch.log_softmax(logits, -1)[:, :-1]
    chosen = torch.take_along_dim(log_p, ids[:, 1:].unsqueeze(-1), -1).squeeze(-1)
    weight = torch.ones_like(chosen) if mask is None else mask[:, 1:].to(chosen)
    return -(chosen * weight).sum() / torch.clamp(weight.sum(), min=1.0)


def filter_logits(logits: Tensor, top_k: int = 0, top_p: float = 1.0) -> Tensor:
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


def mask_tokens(
    ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    p_mask: float = 0.8,
    p_random: float = 0.1,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
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


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """정답이 -100이 아닌 자리의 음의 로그 확률을 평균합니다. 단위는 나트입니다."""
    counted = labels.ne(-100)
    if not counted.any():
        return (logits * 0).sum()
    return nn.NLLLoss()(logits[counted].log_softmax(-1), labels[counted])


def two_stream_masks(order: Tensor) -> tuple[Tensor, Tensor]:
    """순서의 내용 마스크와 질의 마스크를 돌려줍니다. 둘 다 Bool [T, T]이고 행이 보는 쪽입니다."""
    steps = torch.zeros_like(order).scatter_(0, order, torch.arange(len(order)))
    return steps.unsqueeze(0).le(steps.unsqueeze(1)), steps.unsqueeze(0).lt(steps.unsqueeze(1))


class TwoStreamLayer(nn.Module):
    """Keeps the block's parts, and asks twice."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.norm, self.attention = block.input_layernorm, block.self_attn
        self.second_norm, self.feed_forward = block.post_attention_layernorm, block.mlp

    def forward(self, content: Tensor, query: Tensor, content_mask: Tensor, query_mask: Tensor, positions: Rotary) -> tuple[Tensor, Tensor]:
        """다음 내용과 질의 [B, T, d]를 돌려줍니다. 키와 값은 모두 이 층에 들어온 내용에서 옵니다."""
        seen = self.norm(content)
        streams = []
        for stream, mask in ((content, content_mask), (query, query_mask)):
            wide = mask if mask.dim() == 2 else mask.unsqueeze(1)
            mixed = self.attention(self.norm(stream), seen, positions, lambda q, k, v, wide=wide: masked_attention(q, k, v, wide))
            hidden = stream + mixed
            streams.append(hidden + self.feed_forward(self.second_norm(hidden)))
        return tuple(streams)


def plm_loss(logits: Tensor, ids: Tensor, order: Tensor, n_predict: int) -> Tensor:
    """순서의 마지막 n_predict 자리에서 음의 로그 확률을 평균합니다. 단위는 나트입니다."""
    where = order[len(order) - n_predict :]
    log_p = logits.index_select(1, where).log_softmax(-1)
    return -log_p.gather(2, ids.index_select(1, where)[..., None]).mean()


def answer_start(vocab_size: int, loss: float) -> dict[str, object]:
    """첫 손실과 나중의 혼란도를 답합니다."""
    return {"first": -math.log(1 / vocab_size), "perplexity": math.e**loss, "formula": "-log(1/V)"}


def answer_gradient(logits: Sequence[Sequence[float]], targets: Sequence[int]) -> dict[str, object]:
    """평균 손실의 로짓에 대한 기울기를 답합니다."""
    leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.cross_entropy(leaf, torch.tensor(targets)).backward()
    return {"right": leaf.grad[0, targets[0]].item(), "mistaken": leaf.grad[1].max().item(), "total": round(leaf.grad[1].sum().item(), 9)}


def answer_nucleus(logits: Sequence[float], top_p: float) -> dict[str, object]:
    """top_p에서 남는 토큰의 수와 다시 나눈 확률을 답합니다."""
    weights = sorted((math.exp(value) for value in logits), reverse=True)
    kept = []
    while sum(kept) < top_p * sum(weights):
        kept.append(weights[len(kept)])
    return {"size": float(len(kept)), "most": kept[0] / sum(kept), "least": kept[-1] / sum(kept)}


def answer_masking(p: float, p_mask: float, p_random: float, length: int) -> dict[str, object]:
    """가리기의 확률 셋과 식을 답합니다."""
    return {
        "none": math.exp(length * math.log(1 - p)),
        "expected": length * p,
        "kept": p - p * p_mask - p * p_random,
        "formula": "p - p*m - r*p",
    }


def answer_order(order: Sequence[int], place: int) -> dict[str, object]:
    """자리의 순위, 이 자리가 보는 자리, 이 자리를 보는 자리를 답합니다."""
    _, query = two_stream_masks(torch.tensor(order))
    return {
        "rank": int(query[place].sum()),
        "query": query[place].nonzero().flatten().tolist(),
        "seen_by": query[:, place].nonzero().flatten().tolist(),
    }


def answer_context(length: int, n_predict: int) -> dict[str, object]:
    """맞히는 자리의 평균 문맥과 두 자리가 보일 확률을 답합니다."""
    ranks = range(length - n_predict, length)
    return {"mean": sum(ranks) / n_predict, "formula": "(2*T-K-1)/2", "visible": 1 / 2}


def answer_budget(batch_size: int, length: int, p: float, tokens: int) -> dict[str, object]:
    """같은 수의 토큰을 맞히는 데 드는 단계와 그 비를 답합니다."""
    per_step = {"clm": batch_size * length - batch_size, "mlm": batch_size * length * p}
    return {name: tokens / each for name, each in per_step.items()} | {"ratio": per_step["clm"] / per_step["mlm"]}


def span_features(hidden: Tensor, spans: Sequence[tuple[int, int]], position_embeddings: Tensor) -> Tensor:
    """All rows by index, after all spans have been looked at."""
    longest, length = len(position_embeddings), len(hidden)
    if any(start < 1 or end > length - 1 or not 1 <= end - start <= longest for start, end in spans):
        raise ValueError("spans need neighbours")
    table = [(start - 1, end, place) for start, end in spans for place in range(end - start)]
    left, right, place = torch.tensor(table, dtype=torch.long).reshape(-1, 3).unbind(dim=1)
    return torch.cat((hidden[left], hidden[right], position_embeddings[place]), dim=1)


def span_loss(logits: Tensor, ids: Tensor, spans: Sequence[tuple[int, int]]) -> Tensor:
    """구간 안의 토큰의 음의 로그 확률을 평균합니다. 구간이 없으면 0입니다."""
    inside = [token for start, end in spans for token in range(start, end)]
    picked = logits.log_softmax(-1)[torch.arange(len(inside)), ids[inside]] if inside else logits
    return -picked.sum() / max(1, len(inside))


def delete_tokens(ids: Tensor, p: float, generator: torch.Generator | None = None) -> Tensor:
    """토큰을 저마다 확률 p로 지웁니다."""
    gone = torch.bernoulli(torch.full((len(ids),), float(p)), generator=generator).bool()
    return torch.masked_select(ids, ~gone)


def infill_text(ids: Tensor, mask_id: int, ratio: float = 0.3, mean: float = 3.0, generator: torch.Generator | None = None) -> Tensor:
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


def permute_sentences(ids: Tensor, end_id: int, generator: torch.Generator | None = None) -> Tensor:
    """end_id로 끝나는 문장들의 순서를 섞습니다. 끝나지 않은 나머지는 끝에 남습니다."""
    sentences, current = [], []
    for token in ids.tolist():
        current.append(token)
        if token == end_id:
            sentences.append(current)
            current = []
    order = torch.rand(len(sentences), generator=generator).argsort().tolist()
    return torch.tensor([token for place in order for token in sentences[place]] + current, dtype=ids.dtype)


def rotate_document(ids: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """무작위로 고른 토큰에서 시작하도록 글을 돌립니다."""
    start = torch.randint(0, ids.numel(), (), generator=generator)
    return ids[(torch.arange(ids.numel()) + start) % ids.numel()]


def combine_losses(losses: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """손실을 이름이 같은 무게로 더합니다."""
    if not losses or set(losses) != set(weights):
        raise ValueError("names differ")
    total = 0.0
    for name, weight in weights.items():
        total = total + losses[name] * weight
    return total


def gradient_cosine(first: Tensor, second: Tensor, parameters: Sequence[Tensor]) -> float:
    """두 손실의 기울기를 모든 매개변수에 걸쳐 이은 벡터 사이의 코사인입니다."""
    dot = squares = others = 0.0
    one = torch.autograd.grad(first, parameters, retain_graph=True, allow_unused=True)
    two = torch.autograd.grad(second, parameters, retain_graph=True, allow_unused=True)
    for a, b in zip(one, two, strict=True):
        dot += float((a * b).sum()) if a is not None and b is not None else 0.0
        squares += float((a * a).sum()) if a is not None else 0.0
        others += float((b * b).sum()) if b is not None else 0.0
    return dot / math.sqrt(squares * others) if squares and others else 0.0

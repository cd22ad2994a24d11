"""Right by other means: additive masks and einsum, a nucleus without sorting, exactly k masked tokens, masks by comparison."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.kit.model import Block, Rotary, masked_attention


def causal_mask(length: int) -> Tensor:
    """자리마다 볼 수 있는 곳이 True인 Bool [T, T]를 돌려줍니다. 행이 보는 쪽입니다."""
    places = torch.arange(length)
    return places[None, :] <= places[:, None]


def causal_attention(query: Tensor, key: Tensor, value: Tensor, key_mask: Tensor | None = None) -> Tensor:
    """인과 마스크를 쓴 어텐션입니다. key_mask는 Bool [B, T]이고 True가 진짜 토큰입니다."""
    visible = causal_mask(query.shape[-2])[None, None]
    if key_mask is not None:
        visible = visible & key_mask[:, None, None, :]
    empty = ~visible.any(dim=-1, keepdim=True)
    bias = torch.zeros(visible.shape, dtype=query.dtype).masked_fill(~visible & ~empty, -torch.inf)
    scores = torch.einsum("bhqd,bhkd->bhqk", query, key) * query.shape[-1] ** -0.5 + bias
    weights = (scores - scores.amax(dim=-1, keepdim=True)).exp() * ~empty
    return torch.einsum("bhqk,bhkd->bhqd", weights / weights.sum(dim=-1, keepdim=True).clamp(min=1e-30), value)


def clm_loss(logits: Tensor, ids: Tensor, mask: Tensor | None = None) -> Tensor:
    """다음 토큰의 음의 로그 확률을 정답인 토큰에서 평균합니다. 단위는 나트입니다."""
    targets = ids[:, 1:] if mask is None else ids[:, 1:].masked_fill(~mask[:, 1:], -100)
    total = functional.cross_entropy(logits[:, :-1].transpose(1, 2), targets, reduction="sum")
    return total / max(1, int((targets != -100).sum()))


def filter_logits(logits: Tensor, top_k: int = 0, top_p: float = 1.0) -> Tensor:
    """A token stays when those strictly above it do not reach top_p: compared pair by pair, without sorting."""
    size = logits.shape[-1]
    above = logits[:, None, :] > logits[:, :, None]  # [B, token, other]
    if 0 < top_k < size:
        logits = logits.where(above.sum(dim=-1) < top_k, torch.tensor(-torch.inf))
    if top_p < 1:
        before = (logits.softmax(dim=-1)[:, None, :] * above).sum(dim=-1)
        logits = logits.where((before < top_p) | ~above.any(dim=-1), torch.tensor(-torch.inf))
    return logits


def generate(
    model: Callable[[Tensor], Tensor],
    ids: Tensor,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    eos_id: int | None = None,
    pad_id: int = 0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The Gumbel trick instead of multinomial; the loop asks before each step whether anybody is left."""
    rows = ids.shape[0]
    running = torch.ones(rows, dtype=torch.bool)
    steps = 0
    while steps < max_new_tokens and running.any():
        with torch.inference_mode():
            scores = model(ids)[:, -1, :].clone()
        if temperature > 0:
            noise = -torch.empty(scores.shape).exponential_(generator=generator).log()
            scores = filter_logits(scores / temperature, top_k, top_p) + noise
        token = torch.where(running, scores.argmax(dim=-1), torch.full((rows,), pad_id))
        ids = torch.hstack((ids, token.unsqueeze(1)))
        if eos_id is not None:
            running = running & (token != eos_id)
        steps += 1
    return ids


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
    """Exactly round(p n) of the n ordinary tokens, and exactly the shares of these; special ids are never drawn."""
    flat, labels = ids.flatten().clone(), torch.full((ids.numel(),), -100, dtype=ids.dtype)
    ordinary = (~special_mask.flatten()).nonzero()[:, 0]
    shuffled = ordinary[torch.randperm(len(ordinary), generator=generator)][: round(p * len(ordinary))]
    labels[shuffled] = flat[shuffled]
    hidden, changed = round(p_mask * len(shuffled)), round((p_mask + p_random) * len(shuffled))
    flat[shuffled[:hidden]] = mask_id
    drawn = torch.randint(4, vocab_size, (changed - hidden,), generator=generator) if vocab_size > 4 else shuffled[hidden:changed] * 0
    flat[shuffled[hidden:changed]] = drawn.to(ids.dtype)
    return flat.view(ids.shape), labels.view(ids.shape)


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """정답이 -100이 아닌 자리의 음의 로그 확률을 평균합니다. 단위는 나트입니다."""
    size = logits.shape[-1]
    wanted = functional.one_hot(labels.clamp(min=0), size) * (labels != -100).unsqueeze(-1)
    return -(logits.log_softmax(dim=-1) * wanted).sum() / wanted.sum().clamp(min=1)


def sample_order(length: int, generator: torch.Generator | None = None) -> Tensor:
    """자리를 맞힐 순서를 무작위로 뽑습니다. Long [T]입니다."""
    return torch.rand(length, generator=generator, dtype=torch.float64).argsort()


def two_stream_masks(order: Tensor) -> tuple[Tensor, Tensor]:
    """순서의 내용 마스크와 질의 마스크를 돌려줍니다. 둘 다 Bool [T, T]이고 행이 보는 쪽입니다."""
    length = len(order)
    placed = functional.one_hot(order, length).to(torch.bool)  # [step, position]
    until = placed.int().cumsum(dim=0).bool()
    content = until[order.argsort()]
    return content, content & ~torch.eye(length, dtype=torch.bool)


class TwoStreamLayer(nn.Module):
    """Both streams at once, stacked along the batch."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block

    def forward(self, content: Tensor, query: Tensor, content_mask: Tensor, query_mask: Tensor, positions: Rotary) -> tuple[Tensor, Tensor]:
        """다음 내용과 질의 [B, T, d]를 돌려줍니다. 키와 값은 모두 이 층에 들어온 내용에서 옵니다."""
        block, rows, length = self.block, content.shape[0], content.shape[1]
        both = torch.cat((content, query))
        mask = torch.cat([m.expand(rows, length, length) for m in (content_mask, query_mask)])[:, None]
        memory = block.input_layernorm(content).repeat(2, 1, 1)

        def attend(q, k, v):
            return masked_attention(q, k, v, mask)

        both = both + block.self_attn(block.input_layernorm(both), memory, positions, attend)
        both = both + block.mlp(block.post_attention_layernorm(both))
        return both[:rows], both[rows:]


def plm_loss(logits: Tensor, ids: Tensor, order: Tensor, n_predict: int) -> Tensor:
    """순서의 마지막 n_predict 자리에서 음의 로그 확률을 평균합니다. 단위는 나트입니다."""
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order))
    labels = ids.masked_fill(rank < len(order) - n_predict, -100)
    return functional.cross_entropy(logits.transpose(1, 2), labels)


def pseudo_perplexity(model: Callable[[Tensor], Tensor], ids: Tensor, mask_id: int, special_mask: Tensor | None = None) -> float:
    """One sequence at a time, and the geometric mean."""
    chances = []
    for place in range(len(ids)):
        if special_mask is not None and special_mask[place]:
            continue
        masked = torch.cat((ids[:place], torch.tensor([mask_id]), ids[place + 1 :]))
        with torch.no_grad():
            chances.append(model(masked.unsqueeze(0))[0, place].softmax(dim=-1)[ids[place]].double().item())
    return math.prod(chance ** (-1 / len(chances)) for chance in chances)


def distinct_n(samples: Iterable[Sequence[int]], n: int) -> float:
    """모든 글의 n-그램 가운데 서로 다른 것의 비율입니다."""
    counts = Counter()
    for sample in samples:
        counts.update(zip(*(list(sample)[start:] for start in range(n)), strict=False))
    return len(counts) / counts.total() if counts else 0.0


def steps_to_threshold(steps: Sequence[int], values: Sequence[float], threshold: float) -> int | None:
    """값이 처음으로 문턱 이하가 된 단계를, 없으면 None을 돌려줍니다."""
    for step, value in zip(steps, values, strict=True):
        if value <= threshold:
            return step
    return None


def infill(model: Callable[[Tensor], Tensor], ids: Tensor, mask_id: int) -> Tensor:
    """가린 자리를 왼쪽부터 하나씩 가장 그럴듯한 토큰으로 채워 돌려줍니다."""
    filled = ids.tolist()
    while mask_id in filled:
        place = filled.index(mask_id)
        with torch.no_grad():
            scores = model(torch.tensor([filled]))[0, place].tolist()
        filled[place] = max((token for token in range(len(scores)) if token != mask_id), key=scores.__getitem__)
    return torch.tensor(filled)


def dependency_matrix(model: Callable[..., Tensor], ids: Tensor, order: Tensor) -> Tensor:
    """토큰 j를 바꾸면 자리 i의 출력이 달라지는지 0과 1로 적은 [T, T]를 돌려줍니다. 행이 i입니다."""
    content, query = two_stream_masks(order)
    with torch.no_grad():
        before = model(ids.unsqueeze(0), content, query)
        changed = ids + torch.diag(torch.where(ids + 1 == before.shape[-1], -ids, torch.ones_like(ids)))
        after = model(changed, content, query)
    return ((after - before).abs() > 1e-5).any(dim=-1).double().T

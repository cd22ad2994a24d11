"""A reader's solution, from kit and chapter alone, as it came; only imports were added."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.kit.model.layers import Block, Rotary, masked_attention


def causal_mask(length: int) -> Tensor:
    """자리마다 볼 수 있는 곳이 True인 Bool [T, T]를 돌려줍니다. 행이 보는 쪽입니다."""
    return torch.ones(length, length, dtype=torch.bool).tril()


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """마스크가 True인 곳만 보는 어텐션입니다. 볼 것이 없는 행은 0입니다."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    blind = ~mask.any(dim=-1, keepdim=True)  # 볼 것이 없는 행은 잠시 모두 보게 했다가 무게를 0으로 만듭니다
    weights = scores.masked_fill(~(mask | blind), -math.inf).softmax(dim=-1)
    return weights.masked_fill(blind, 0.0) @ value


def causal_attention(query: Tensor, key: Tensor, value: Tensor, key_mask: Tensor | None = None) -> Tensor:
    """인과 마스크를 쓴 어텐션입니다. key_mask는 Bool [B, T]이고 True가 진짜 토큰입니다."""
    mask = causal_mask(query.shape[-2]).to(query.device)
    if key_mask is not None:
        mask = mask & key_mask[:, None, None, :]
    return attend(query, key, value, mask)


IGNORED = -100  # 이 값이 정답인 자리는 세지 않습니다


def mean_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """정답이 IGNORED가 아닌 자리의 음의 로그 확률의 평균입니다. 그런 자리가 없으면 0입니다."""
    total = functional.cross_entropy(logits.flatten(0, -2), labels.flatten(), ignore_index=IGNORED, reduction="sum")
    return total / (labels != IGNORED).sum().clamp(min=1)


def clm_loss(logits: Tensor, ids: Tensor, mask: Tensor | None = None) -> Tensor:
    """다음 토큰의 음의 로그 확률을 정답인 토큰에서 평균합니다. 단위는 내트입니다."""
    labels = ids[:, 1:]
    if mask is not None:
        labels = labels.masked_fill(~mask[:, 1:], IGNORED)
    return mean_loss(logits[:, :-1], labels)


def filter_logits(logits: Tensor, top_k: int = 0, top_p: float = 1.0) -> Tensor:
    """top_k, 그다음 top_p에 들지 못한 토큰의 로짓을 -inf로 바꾸어 돌려줍니다. logits는 [B, V]입니다."""
    kept = logits.clone()
    if 0 < top_k < logits.shape[-1]:
        smallest = kept.topk(top_k, dim=-1).values[:, -1:]
        kept = kept.masked_fill(kept < smallest, -math.inf)
    if top_p < 1:
        ordered, places = kept.softmax(dim=-1).sort(dim=-1, descending=True, stable=True)
        enough = ordered.cumsum(dim=-1) >= top_p
        tail = functional.pad(enough[:, :-1], (1, 0))  # 문턱을 넘기는 토큰은 남기고 그 뒤부터 버립니다
        kept = kept.masked_fill(torch.zeros_like(tail).scatter(-1, places, tail), -math.inf)
    return kept


def choose(logits: Tensor, temperature: float, top_k: int, top_p: float, generator: torch.Generator | None) -> Tensor:
    """마지막 자리의 로짓 [B, V]에서 다음 토큰 [B]를 정합니다."""
    if temperature == 0:
        return logits.argmax(dim=-1)
    probabilities = filter_logits(logits / temperature, top_k, top_p).softmax(dim=-1)
    return torch.multinomial(probabilities, 1, generator=generator)[:, 0]


@torch.no_grad()
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
    """프롬프트 [B, T]에 이어 한 토큰씩 생성해 프롬프트까지 돌려줍니다."""
    written = ids.clone()
    done = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    for _ in range(max_new_tokens):
        token = choose(model(written)[:, -1], temperature, top_k, top_p, generator).masked_fill(done, pad_id)
        written = torch.cat((written, token[:, None]), dim=1)
        if eos_id is not None:
            done = done | (token == eos_id)
            if done.all():
                break
    return written


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
    """맞힐 토큰을 골라 바꾼 (입력, 정답)을 돌려줍니다. 정답은 고르지 않은 자리에서 -100입니다."""
    chosen = (torch.rand(ids.shape, generator=generator) < p) & ~special_mask
    fate = torch.rand(ids.shape, generator=generator)
    noise = torch.randint(vocab_size, ids.shape, generator=generator, dtype=ids.dtype)
    inputs = torch.where(chosen & (fate < p_mask + p_random), noise, ids)
    inputs = inputs.masked_fill(chosen & (fate < p_mask), mask_id)
    return inputs, ids.masked_fill(~chosen, IGNORED)


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """정답이 -100이 아닌 자리의 음의 로그 확률을 평균합니다. 단위는 내트입니다."""
    return mean_loss(logits, labels)


def sample_order(length: int, generator: torch.Generator | None = None) -> Tensor:
    """자리를 맞힐 순서를 무작위로 뽑습니다. Long [T]입니다."""
    return torch.randperm(length, generator=generator)


def two_stream_masks(order: Tensor) -> tuple[Tensor, Tensor]:
    """순서의 내용 마스크와 질의 마스크를 돌려줍니다. 둘 다 Bool [T, T]이고 행이 보는 쪽입니다."""
    rank = order.argsort()
    seer, seen = rank[:, None], rank[None, :]
    return seen <= seer, seen < seer


class TwoStreamLayer(nn.Module):
    """블록 하나의 가중치로 두 흐름을 나아가게 하는 층입니다."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block

    def forward(self, content: Tensor, query: Tensor, content_mask: Tensor, query_mask: Tensor, positions: Rotary) -> tuple[Tensor, Tensor]:
        """다음 내용과 질의 [B, T, d]를 돌려줍니다. 키와 값은 모두 이 층에 들어온 내용에서 옵니다."""
        return self.step(content, content, content_mask, positions), self.step(query, content, query_mask, positions)

    def step(self, x: Tensor, memory: Tensor, mask: Tensor, positions: Rotary) -> Tensor:
        """한 흐름 x [B, T, d]가 memory를 보고 블록 하나를 지나갑니다."""
        block = self.block
        per_head = mask.unsqueeze(-3)  # 헤드의 차원: [1, T, T]나 [B, 1, T, T]

        def look(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            return masked_attention(query, key, value, per_head)

        x = x + block.self_attn(block.input_layernorm(x), block.input_layernorm(memory), positions, look)
        return x + block.mlp(block.post_attention_layernorm(x))


def plm_loss(logits: Tensor, ids: Tensor, order: Tensor, n_predict: int) -> Tensor:
    """순서의 마지막 n_predict 자리에서 음의 로그 확률을 평균합니다. 단위는 내트입니다."""
    asked = order[len(order) - n_predict :]
    return mean_loss(logits[:, asked], ids[:, asked])


@torch.no_grad()
def pseudo_perplexity(model: Callable[[Tensor], Tensor], ids: Tensor, mask_id: int, special_mask: Tensor | None = None) -> float:
    """토큰을 하나씩 가려 맞힌 로그 확률의 평균에서 구한 혼란도입니다."""
    if special_mask is None:
        special_mask = torch.zeros_like(ids, dtype=torch.bool)
    places = (~special_mask).nonzero()[:, 0]
    if not len(places):
        return 1.0
    rows = torch.arange(len(places))
    hidden = ids.repeat(len(places), 1)
    hidden[rows, places] = mask_id
    return mean_loss(model(hidden)[rows, places], ids[places]).exp().item()


def distinct_n(samples: Iterable[Sequence[int]], n: int) -> float:
    """모든 글의 n-그램 가운데 서로 다른 것의 비율입니다."""
    grams = [tuple(sample[i : i + n]) for sample in samples for i in range(len(sample) - n + 1)]
    return len(set(grams)) / len(grams) if grams else 0.0


def steps_to_threshold(steps: Sequence[int], values: Sequence[float], threshold: float) -> int | None:
    """값이 처음으로 문턱 이하가 된 단계를, 없으면 None을 돌려줍니다."""
    return next((step for step, value in zip(steps, values, strict=True) if value <= threshold), None)


@torch.no_grad()
def infill(model: Callable[[Tensor], Tensor], ids: Tensor, mask_id: int) -> Tensor:
    """가린 자리를 왼쪽부터 하나씩 가장 그럴듯한 토큰으로 채워 돌려줍니다."""
    filled = ids.clone()
    for place in (ids == mask_id).nonzero()[:, 0].tolist():
        scores = model(filled[None])[0, place].clone()
        scores[mask_id] = -math.inf
        filled[place] = scores.argmax()
    return filled


def curve_rows(steps: Sequence[int], losses: Sequence[float]) -> list[dict[str, float]]:
    """기록마다 단계, 손실, 혼란도를 담은 행입니다."""
    return [{"step": step, "loss": loss, "perplexity": math.exp(loss)} for step, loss in zip(steps, losses, strict=True)]


def direction(first: float, last: float) -> str:
    """값이 커졌으면 "up", 아니면 "down"입니다."""
    return "up" if last > first else "down"


def curve_conclusions(table: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """곡선에 대한 결론 start와 learned를 돌려줍니다."""
    before, after = table[0], table[-1]
    return {
        "start": {"rows": [0], "ratio": before["loss"] / math.log(before["vocab_size"])},
        "learned": {
            "rows": [0, len(table) - 1],
            "direction": direction(before["perplexity"], after["perplexity"]),
            "factor": before["perplexity"] / after["perplexity"],
        },
    }


def rate_conclusions(table: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """비율에 대한 결론 rate-loss와 rate-targets를 돌려줍니다."""
    rows = sorted(range(len(table)), key=lambda number: table[number]["rate"])
    low, high = table[rows[0]], table[rows[-1]]
    best = min(table, key=lambda row: row["common_loss"])
    return {
        "rate-loss": {
            "rows": rows,
            "direction": direction(low["own_loss"], high["own_loss"]),
            "harder": direction(best["common_loss"], best["half_loss"]),
        },
        "rate-targets": {
            "rows": rows,
            "direction": direction(low["targets_per_step"], high["targets_per_step"]),
            "best": best["rate"],
        },
    }


@torch.no_grad()
def dependency_matrix(model: Callable[..., Tensor], ids: Tensor, order: Tensor) -> Tensor:
    """토큰 j를 바꾸면 자리 i의 출력이 달라지는지 0과 1로 적은 [T, T]를 돌려줍니다. 행이 i입니다."""
    masks = two_stream_masks(order)
    vocab_size = model(ids[None], *masks).shape[-1]
    one_changed = torch.where(torch.eye(len(ids), dtype=torch.bool), (ids + 1) % vocab_size, ids)
    logits = model(torch.cat((ids[None], one_changed)), *masks)
    moved = (logits[1:] - logits[0]).abs().amax(dim=-1) > 1e-5  # 행이 바꾼 토큰 j
    return moved.T.float()


def dependency_conclusions(table: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """의존 행렬에 대한 결론 half를 돌려줍니다."""
    bound = 3 / (2 * math.sqrt(table[0]["orders"]))
    between = {number: row["share"] for number, row in enumerate(table) if row["target"] != row["source"]}
    return {
        "half": {
            "mean": sum(between.values()) / len(between),
            "bound": bound,
            "rows": [number for number, share in between.items() if abs(share - 0.5) > bound],
            "own": max(row["share"] for row in table if row["target"] == row["source"]),
        }
    }


def arm_conclusions(arms: Sequence[Mapping[str, Any]], cloze: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """세 실험군에 대한 결론 다섯을 돌려줍니다."""
    numbers, sizes = range(len(arms)), [row["parameters"] for row in arms]
    by_loss = sorted(numbers, key=lambda number: arms[number]["last_loss"])
    by_cloze = sorted(numbers, key=lambda number: -arms[number]["cloze"])
    clm = {row["kind"]: number for number, row in enumerate(cloze) if row["objective"] == "clm"}
    asked = [clm["never"], clm["stated"]]
    return {
        "equal": {
            "batches": len({row["batches"] for row in arms}) == 1,
            "weights": len({row["weights"] for row in arms}) == 1,
            "extra": max(sizes) - min(sizes),
        },
        "losses": {"rows": by_loss},
        "knowledge": {"rows": by_cloze},
        "agree": {"rows": [by_loss[0], by_cloze[0]], "same": by_loss[0] == by_cloze[0]},
        "unseen": {"rows": asked, "direction": direction(*(cloze[number]["accuracy"] for number in asked))},
    }


def answer_start(vocab_size: int, loss: float) -> dict[str, object]:
    """첫 손실과 나중의 혼란도를 답합니다."""
    return {"first": math.log(vocab_size), "perplexity": math.exp(loss), "formula": "ln(V)"}


def answer_gradient(logits: Sequence[Sequence[float]], targets: Sequence[int]) -> dict[str, object]:
    """평균 손실의 로짓에 대한 기울기를 답합니다."""
    scores = torch.tensor(logits, dtype=torch.float64)
    answers = functional.one_hot(torch.tensor(targets), scores.shape[-1])
    slope = (scores.softmax(dim=-1) - answers) / len(targets)
    return {
        "right": slope[0, targets[0]].item(),
        "mistaken": slope[1, scores[1].argmax()].item(),
        "total": 0.0,
    }


def answer_nucleus(logits: Sequence[float], top_p: float) -> dict[str, object]:
    """top_p에서 남는 토큰의 수와 다시 나눈 확률을 답합니다."""
    weights = sorted((math.exp(logit) for logit in logits), reverse=True)
    whole = sum(weights)
    size = next(count for count in range(1, len(weights) + 1) if sum(weights[:count]) / whole >= top_p)
    kept = sum(weights[:size])
    return {"size": size, "most": weights[0] / kept, "least": weights[size - 1] / kept}


def answer_masking(p: float, p_mask: float, p_random: float, length: int) -> dict[str, object]:
    """가리기의 확률 셋과 식을 답합니다."""
    return {
        "none": (1 - p) ** length,
        "expected": p * length,
        "kept": p * (1 - p_mask - p_random),
        "formula": "p*(1 - m - r)",
    }


def answer_order(order: Sequence[int], place: int) -> dict[str, object]:
    """자리의 순위, 이 자리가 보는 자리, 이 자리를 보는 자리를 답합니다."""
    rank = list(order).index(place)
    return {"rank": rank, "query": sorted(order[:rank]), "seen_by": sorted(order[rank + 1 :])}


def answer_context(length: int, n_predict: int) -> dict[str, object]:
    """맞히는 자리의 평균 문맥과 두 자리가 보일 확률을 답합니다."""
    return {"mean": length - (n_predict + 1) / 2, "formula": "T - (K + 1)/2", "visible": 0.5}


def answer_budget(batch_size: int, length: int, p: float, tokens: int) -> dict[str, object]:
    """같은 수의 토큰을 맞히는 데 드는 단계와 그 비를 답합니다."""
    clm = tokens / (batch_size * (length - 1))
    mlm = tokens / (batch_size * length * p)
    return {"clm": clm, "mlm": mlm, "ratio": mlm / clm}


def span_features(hidden: Tensor, spans: Sequence[tuple[int, int]], position_embeddings: Tensor) -> Tensor:
    """구간의 토큰마다 왼쪽 이웃, 오른쪽 이웃, 위치를 이은 [N, 3d]를 돌려줍니다."""
    for start, end in spans:
        if not 1 <= start < end < len(hidden) or end - start > len(position_embeddings):
            raise ValueError(f"쓸 수 없는 구간입니다: ({start}, {end})")
    left = [start - 1 for start, end in spans for _ in range(start, end)]
    right = [end for start, end in spans for _ in range(start, end)]
    inside = [offset for start, end in spans for offset in range(end - start)]
    sources = ((hidden, left), (hidden, right), (position_embeddings, inside))
    return torch.cat([source[torch.tensor(rows, dtype=torch.long)] for source, rows in sources], dim=-1)


def span_loss(logits: Tensor, ids: Tensor, spans: Sequence[tuple[int, int]]) -> Tensor:
    """구간 안의 토큰의 음의 로그 확률을 평균합니다. 구간이 없으면 0입니다."""
    places = [place for start, end in spans for place in range(start, end)]
    return mean_loss(logits, ids[torch.tensor(places, dtype=torch.long)])


def delete_tokens(ids: Tensor, p: float, generator: torch.Generator | None = None) -> Tensor:
    """토큰을 저마다 확률 p로 지웁니다."""
    return ids[torch.rand(ids.shape, generator=generator) >= p]


def span_lengths(budget: int, mean: float, generator: torch.Generator | None) -> list[int]:
    """합이 budget이 되는 구간의 길이들을 뽑습니다. 마지막 구간은 줄여서 맞춥니다."""
    lengths, left = [], budget
    while left > 0:
        drawn = int(torch.poisson(torch.tensor(float(mean)), generator=generator))
        lengths.append(min(drawn, left))
        left -= lengths[-1]
    return lengths


def infill_text(ids: Tensor, mask_id: int, ratio: float = 0.3, mean: float = 3.0, generator: torch.Generator | None = None) -> Tensor:
    """무작위 구간마다 mask_id 하나로 바꿉니다."""
    budget = round(ratio * len(ids))
    lengths = span_lengths(budget, mean, generator)
    slots = len(ids) - budget + 1  # 남는 토큰의 앞뒤와 사이
    if len(lengths) > slots:
        raise ValueError(f"구간 {len(lengths)}개를 자리 {slots}개에 넣을 수 없습니다.")
    where = torch.randperm(slots, generator=generator)[: len(lengths)].tolist()
    mask, pieces, read, slot = ids.new_tensor([mask_id]), [], 0, 0
    for next_slot, length in sorted(zip(where, lengths, strict=True)):
        kept = next_slot - slot
        pieces += [ids[read : read + kept], mask]
        read, slot = read + kept + length, next_slot
    return torch.cat([*pieces, ids[read:]])


def permute_sentences(ids: Tensor, end_id: int, generator: torch.Generator | None = None) -> Tensor:
    """end_id로 끝나는 문장들의 순서를 섞습니다. 끝나지 않은 나머지는 끝에 남습니다."""
    after_ends = ((ids == end_id).nonzero()[:, 0] + 1).tolist()
    *sentences, rest = ids.tensor_split(after_ends)
    shuffled = torch.randperm(len(sentences), generator=generator).tolist()
    return torch.cat([*(sentences[number] for number in shuffled), rest])


def rotate_document(ids: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """무작위로 고른 토큰에서 시작하도록 글을 돌립니다."""
    start = int(torch.randint(max(len(ids), 1), (1,), generator=generator))
    return torch.cat((ids[start:], ids[:start]))


def combine_losses(losses: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """손실을 이름이 같은 무게로 더합니다."""
    if not losses or set(losses) != set(weights):
        raise ValueError(f"손실 {sorted(losses)}과 무게 {sorted(weights)}의 이름이 다릅니다.")
    return torch.stack([weights[name] * loss for name, loss in losses.items()]).sum()


def flat_gradient(loss: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    """손실의 기울기를 한 벡터로 이은 것입니다. 쓰지 않은 매개변수의 기울기는 0입니다."""
    slopes = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True, materialize_grads=True)
    return torch.cat([slope.flatten() for slope in slopes])


def gradient_cosine(first: Tensor, second: Tensor, parameters: Sequence[Tensor]) -> float:
    """두 손실의 기울기를 모든 매개변수에 걸쳐 이은 벡터 사이의 코사인입니다."""
    one, other = (flat_gradient(loss, parameters) for loss in (first, second))
    scale = one.norm() * other.norm()
    return (one @ other / scale).item() if scale > 0 else 0.0

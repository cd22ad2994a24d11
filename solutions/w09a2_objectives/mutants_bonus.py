"""Wrong solutions of the bonus, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _features(left: str = "start - 1", right: str = "end", place: str = "position_embeddings[: end - start]", spans: str = "spans") -> str:
    return f"""
def span_features(hidden, spans, position_embeddings):
    rows = [hidden.new_zeros(0, 3 * hidden.shape[-1])]
    for start, end in {spans}:
        if not 0 < start < end < len(hidden) or end - start > len(position_embeddings):
            raise ValueError((start, end))
        around = torch.cat((hidden[{left}], hidden[{right}])).expand(end - start, -1)
        rows.append(torch.cat((around, {place}), dim=-1))
    return torch.cat(rows)
"""


def _infill(lengths: str = "span_lengths(budget, mean, generator)", masks: str = "[mask_id]", drawn: str = "") -> str:
    drawn = drawn or "torch.randperm(kept + 1, generator=generator)[: len(lengths)].tolist()"
    return f"""
def infill_text(ids, mask_id, ratio=0.3, mean=3.0, generator=None):
    budget = round(ratio * len(ids))
    lengths = {lengths}
    kept = len(ids) - sum(lengths)
    if len(lengths) > kept + 1:
        raise ValueError(len(lengths))
    drawn = {drawn}
    pieces, start, before = [], 0, 0
    for place, length in sorted(zip(drawn, lengths)):
        end = start + place - before
        pieces += [ids[start:end], ids.new_tensor({masks})]
        start, before = end + length, place
    return torch.cat([*pieces, ids[start:]])
"""


MUTANTS = [
    Mutant(
        name="span_inner_ends",
        misconception="구간의 양 끝에서 맞힌다",
        source=_features(left="start", right="end - 1"),
        loses=("bonus-span",),
        message="바로 바깥의 두 이웃",
    ),
    Mutant(
        name="span_end_included",
        misconception="end도 구간이다",
        source=_features(right="end - 1"),
        loses=("bonus-span",),
        message="오른쪽 이웃이 구간 안의",
    ),
    Mutant(
        name="span_places_in_the_text",
        misconception="위치는 글 안의 위치다",
        source=_features(place="position_embeddings[torch.arange(start, end) % len(position_embeddings)]"),
        loses=("bonus-span",),
        message="글 안의 위치를",
    ),
    Mutant(
        name="span_places_from_one",
        misconception="위치는 1부터 센다",
        source=_features(place="position_embeddings[torch.arange(1, end - start + 1) % len(position_embeddings)]"),
        loses=("bonus-span",),
        message="1부터 세고",
    ),
    Mutant(
        name="span_sides_swapped",
        misconception="이웃의 차례는 아무래도 좋다",
        source=_features(left="end", right="start - 1"),
        loses=("bonus-span",),
        message="두 이웃의 차례가",
    ),
    Mutant(
        name="spans_sorted",
        misconception="구간은 글의 순서다",
        source=_features(spans="sorted(spans)"),
        loses=("bonus-span",),
        message="구간을 정렬하고",
    ),
    Mutant(
        name="span_without_neighbour",
        misconception="-1번 토큰이 이웃이다",
        source=_features().replace("0 < start", "0 <= start"),
        loses=("bonus-span",),
        message="ValueError를 내야",
    ),
    Mutant(
        name="span_loss_by_span",
        misconception="구간마다 평균한다",
        source="right_span = span_loss\n\n\ndef span_loss(logits, ids, spans):\n"
        "    parts = logits.split([end - start for start, end in spans]) if spans else ()\n"
        "    losses = [right_span(part, ids, [span]) for part, span in zip(parts, spans)]\n"
        "    return torch.stack(losses).mean() if losses else logits.sum() * 0.0\n",
        loses=("bonus-span",),
        message="구간마다 평균한",
    ),
    Mutant(
        name="span_loss_nan",
        misconception="구간이 없는 일은 없다",
        source="right_span = span_loss\nspan_loss = lambda logits, ids, spans: "
        "right_span(logits, ids, spans) if spans else logits.sum() / len(logits)",
        loses=("bonus-span",),
        message="NaN이",
    ),
    Mutant(
        name="deleting_keeps_p",
        misconception="p는 남길 확률이다",
        source="delete_tokens = lambda ids, p, generator=None: ids[torch.rand(len(ids), generator=generator) < p]",
        loses=("bonus-denoise",),
        message="남길 확률로",
    ),
    Mutant(
        name="deleting_the_first",
        misconception="앞에서부터 지운다",
        source="delete_tokens = lambda ids, p, generator=None: ids[int((torch.rand(len(ids), generator=generator) < p).sum()) :]",
        loses=("bonus-denoise",),
        message="자주 지워집니다",
    ),
    Mutant(
        name="deleting_without_generator",
        misconception="생성기는 없어도 된다",
        source="delete_tokens = lambda ids, p, generator=None: ids[torch.rand(len(ids)) >= p]",
        loses=("bonus-denoise",),
        message="무작위 수를 모두 generator",
    ),
    Mutant(
        name="a_mask_per_token",
        misconception="지운 토큰마다 <mask>",
        source=_infill(masks="[mask_id] * length"),
        loses=("bonus-denoise",),
        message="지운 토큰마다",
    ),
    Mutant(
        name="no_empty_spans",
        misconception="구간은 비지 않는다",
        source=_infill(lengths="[length for length in span_lengths(budget, mean, generator) if length]"),
        loses=("bonus-denoise",),
        message="길이 0인 구간이 하나도",
    ),
    Mutant(
        name="last_span_not_cut",
        misconception="마지막 구간은 뽑은 대로",
        source="""
def span_lengths(budget, mean, generator):
    lengths = []
    while sum(lengths) < budget:
        lengths.append(int(torch.poisson(torch.tensor(mean), generator=generator)))
    return lengths
"""
        + _infill(),
        loses=("bonus-denoise",),
        message="마지막 구간을 줄이지",
    ),
    Mutant(
        name="spans_in_front",
        misconception="구간은 앞쪽에 둔다",
        source=_infill(drawn="list(range(len(lengths)))"),
        loses=("bonus-denoise",),
        message="고르게 뽑아야",
    ),
    Mutant(
        name="evenly_drawn_lengths",
        misconception="길이는 아무 분포나 좋다",
        source="""
def span_lengths(budget, mean, generator):
    lengths = []
    while (left := budget - sum(lengths)) > 0:
        lengths.append(min(int(torch.randint(2 * int(mean) + 2, (1,), generator=generator)), left))
    return lengths
""",
        loses=("bonus-denoise",),
        message="푸아송과 다릅니다",
    ),
    Mutant(
        name="rest_shuffled_too",
        misconception="끝나지 않은 나머지도 문장이다",
        source="""
def permute_sentences(ids, end_id, generator=None):
    parts = ids.tensor_split(((ids == end_id).nonzero()[:, 0] + 1).tolist())
    return torch.cat([parts[i] for i in torch.randperm(len(parts), generator=generator).tolist()])
""",
        loses=("bonus-denoise",),
        message="끝에 있지 않습니다",
    ),
    Mutant(
        name="end_begins_a_sentence",
        misconception="end_id는 문장의 앞에 있다",
        source="""
def permute_sentences(ids, end_id, generator=None):
    ends = (ids == end_id).nonzero()[:, 0].tolist()
    *sentences, rest = ids.tensor_split(ends)
    shuffled = [sentences[i] for i in torch.randperm(len(sentences), generator=generator).tolist()]
    return torch.cat([*shuffled, rest])
""",
        loses=("bonus-denoise",),
        message="통째로 움직이지",
    ),
    Mutant(
        name="sentences_reversed",
        misconception="거꾸로 놓으면 섞인다",
        source="right_permute = permute_sentences\n\n\ndef permute_sentences(ids, end_id, generator=None):\n"
        "    *sentences, rest = ids.tensor_split(((ids == end_id).nonzero()[:, 0] + 1).tolist())\n"
        "    return torch.cat([*sentences[::-1], rest])\n",
        loses=("bonus-denoise",),
        message="언제나 같습니다",
    ),
    Mutant(
        name="rotated_never_from_the_first",
        misconception="돌리면 처음이 아니어야 한다",
        source="rotate_document = lambda ids, generator=None: ids.roll(-1 - int(torch.randint(len(ids) - 1, (1,), generator=generator)))",
        loses=("bonus-denoise",),
        message="고르게 뽑아야",
    ),
    Mutant(
        name="rotation_is_shuffling",
        misconception="섞으면 된다",
        source="rotate_document = lambda ids, generator=None: ids[torch.randperm(len(ids), generator=generator)]",
        loses=("bonus-denoise",),
        message="이어지지 않습니다",
    ),
    Mutant(
        name="weights_normalised",
        misconception="무게의 합으로 나눈다",
        source="right_combine = combine_losses\ncombine_losses = lambda losses, weights: "
        "right_combine(losses, weights) / sum(weights.values())",
        loses=("bonus-together",),
        message="무게의 합으로 나누고",
    ),
    Mutant(
        name="weights_by_place",
        misconception="무게는 차례대로다",
        source="""
def combine_losses(losses, weights):
    if losses.keys() != weights.keys() or not losses:
        raise ValueError
    return sum(weight * loss for weight, loss in zip(weights.values(), losses.values()))
""",
        loses=("bonus-together",),
        message="차례로 짝짓고",
    ),
    Mutant(
        name="unknown_weights_ignored",
        misconception="남는 무게는 무시한다",
        source="combine_losses = lambda losses, weights: sum(weights[name] * loss for name, loss in losses.items())",
        loses=("bonus-together",),
        message="ValueError를 내야",
    ),
    Mutant(
        name="cosine_by_parameter",
        misconception="매개변수마다 구해 평균한다",
        source="right_cosine = gradient_cosine\ngradient_cosine = lambda first, second, parameters: "
        "sum(right_cosine(first, second, [p]) for p in parameters) / len(parameters)",
        loses=("bonus-together",),
        message="매개변수마다 코사인",
    ),
    Mutant(
        name="cosine_of_nothing_is_nan",
        misconception="기울기가 0인 일은 없다",
        source="""
def gradient_cosine(first, second, parameters):
    flat = []
    for loss in (first, second):
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
        flat.append(torch.cat([(torch.zeros_like(p) if g is None else g).flatten() for p, g in zip(parameters, gradients)]))
    return float(flat[0] @ flat[1] / (flat[0].norm() * flat[1].norm()))
""",
        loses=("bonus-together",),
        message="NaN이 나옵니다",
    ),
    Mutant(
        name="cosine_is_a_product",
        misconception="내적이면 된다",
        source="""
def gradient_cosine(first, second, parameters):
    flat = []
    for loss in (first, second):
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
        flat.append(torch.cat([(torch.zeros_like(p) if g is None else g).flatten() for p, g in zip(parameters, gradients)]))
    return float(flat[0] @ flat[1])
""",
        loses=("bonus-together",),
        message="크기로 나누세요",
    ),
    Mutant(
        name="cosine_by_backward",
        misconception="backward로 구해도 같다",
        source="right_cosine = gradient_cosine\n\n\ndef gradient_cosine(first, second, parameters):\n"
        "    first.backward(retain_graph=True)\n    return right_cosine(first, second, parameters)\n",
        loses=("bonus-together",),
        message=".grad를 바꾸었습니다",
    ),
]

EQUIVALENT = {
    "solution-bonus-span-features: span_features: -1 → --1": "the dimension counted from the other end",
    "solution-bonus-span-features: span_features: -1 → --1 (3)": "the dimension counted from the other end",
    "solution-bonus-span: span_loss: logits.sum() * 0.0 → logits.sum() + 0.0": "no span, no logits: their sum is zero",
    "solution-bonus-span: span_loss: -1 → --1": "the dimension counted from the other end",
    "solution-bonus-span: span_loss: -1 → --1 (2)": "the dimension counted from the other end",
    (
        "solution-bonus-denoise-delete: delete_tokens: "
        "torch.rand(len(ids), generator=generator) >= p"
        " → torch.rand(len(ids), generator=generator) > p"
    ): "a drawn float is never exactly the bound",
    "solution-bonus-denoise-infill: infill_text: 1 → 2": "zip refuses what is too many",
    "solution-bonus-denoise-infill: infill_text: True → False": "both lists have the same length",
    (
        "solution-bonus-denoise-infill: infill_text: "
        "if len(lengths) > kept + 1: raise ValueError(f'구간 {len(lengths)}개가 남는 토큰 {kept}개 사이에 들어가지 "
        " → (left out)"
    ): "zip refuses what is too many",
    (
        "solution-bonus-denoise-infill: infill_text: "
        "raise ValueError(f'구간 {len(lengths)}개가 남는 토큰 {kept}개 사이에 들어가지 않습니다.')"
        " → (left out)"
    ): "zip refuses what is too many",
    "solution-bonus-denoise: rotate_document: -start → --start": "turned as far the other way is as likely",
    "solution-bonus-together: gradient_cosine: True → False (3)": "both lists have the same length",
}

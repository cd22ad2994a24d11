"""Wrong measures as certain misconceptions give them, by name, each with what the student is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import chain

import torch
from torch import Tensor

Model = Callable[[Tensor], Tensor]


def _log_p(model: Model, rows: Tensor, ids: Tensor, places: Tensor) -> Tensor:
    return model(rows).log_softmax(-1)[torch.arange(len(places)), places, ids[places]]


@torch.no_grad()
def wrong_pseudo_perplexities(model: Model, ids: Tensor, mask_id: int, special: Tensor) -> dict[str, tuple[float, str]]:
    """Pseudo-perplexities with another mean, another masking, or other tokens counted."""
    places, every = (~special).nonzero()[:, 0], torch.arange(len(ids))

    def masked(places: Tensor) -> Tensor:
        rows = ids.repeat(len(places), 1)
        rows[torch.arange(len(places)), places] = mask_id
        return rows

    right = _log_p(model, masked(places), ids, places)
    together = ids.clone()
    together[places] = mask_id
    at_once = _log_p(model, together.repeat(len(places), 1), ids, places)
    seen = _log_p(model, ids.repeat(len(places), 1), ids, places)
    with_special = _log_p(model, masked(every), ids, every)
    growing = masked(places)
    for row, place in enumerate(places.tolist()):
        growing[row:, place] = mask_id
    return {
        "확률의 역수를 평균": (
            (-right).exp().mean().item(),
            "확률의 역수(또는 exp한 손실)를 평균하고 있습니다. 로그를 평균한 다음 exp를 취합니다.",
        ),
        "exp를 잊음": ((-right).mean().item(), "로그 확률의 평균에 exp를 취하지 않았습니다."),
        "부호": (math.exp(right.mean().item()), "부호가 반대입니다. 로그 확률의 평균에 음수를 붙입니다."),
        "밑이 2": (2 ** (-right).mean().item(), "밑이 맞지 않습니다. 자연로그를 썼으면 2가 아니라 e를 거듭제곱합니다."),
        "특수 토큰을 셈": (math.exp(-with_special.mean().item()), "특수 토큰까지 가려서 세고 있습니다."),
        "글의 길이로 나눔": (math.exp(-right.sum().item() / len(ids)), "센 토큰의 수가 아니라 글의 길이로 나누고 있습니다."),
        "한꺼번에 가림": (math.exp(-at_once.mean().item()), "모든 토큰을 한꺼번에 가리고 있습니다. 하나씩 가려 나머지를 모두 보게 합니다."),
        "가리지 않음": (math.exp(-seen.mean().item()), "가리지 않고 맞히게 했습니다. 답이 보입니다."),
        "가린 것이 쌓임": (
            math.exp(-_log_p(model, growing, ids, places).mean().item()),
            "앞에서 가린 토큰을 되돌리지 않고 다음 토큰을 가리고 있습니다.",
        ),
    }


def _grams(sample: Sequence[int], n: int) -> list[tuple[int, ...]]:
    return [tuple(sample[i : i + n]) for i in range(len(sample) - n + 1)]


def wrong_distinct(samples: Sequence[Sequence[int]], n: int) -> dict[str, tuple[float, str]]:
    """Ratios of other n-grams, or of other numbers."""
    grams = [gram for sample in samples for gram in _grams(sample, n)]
    joined = _grams(list(chain.from_iterable(samples)), n)
    ratios = [len(set(own)) / len(own) if (own := _grams(sample, n)) else 0.0 for sample in samples]
    kept = [ratio for ratio, sample in zip(ratios, samples, strict=True) if len(sample) >= n]
    tokens = sum(map(len, samples))
    once = sum(grams.count(gram) == 1 for gram in set(grams))
    unordered = {tuple(sorted(gram)) for gram in grams}
    apart = [tuple(sample[i : i + n]) for sample in samples for i in range(0, len(sample) - n + 1, n)]
    short = [tuple(sample[i : i + n]) for sample in samples for i in range(len(sample))]

    def ratio(part: float, whole: float) -> float:
        return part / whole if whole else 0.0

    mean = "글마다 비율을 구해 평균하고 있습니다. 모든 글의 n-그램을 한데 모아 셉니다."
    return {
        "글의 경계를 넘음": (ratio(len(set(joined)), len(joined)), "글을 이어 붙여 경계를 넘는 n-그램까지 세고 있습니다."),
        "비율의 평균": (ratio(sum(ratios), len(ratios)), mean),
        "비율의 평균 (빈 글은 빼고)": (ratio(sum(kept), len(kept)), mean),
        "글마다 센 것을 더함": (
            ratio(sum(len(set(_grams(sample, n))) for sample in samples), len(grams)),
            "글마다 서로 다른 것을 세어 더하고 있습니다. 여러 글에 나온 n-그램도 하나로 셉니다.",
        ),
        "토큰의 수로 나눔": (ratio(len(set(grams)), tokens), "n-그램의 수가 아니라 토큰의 수로 나누고 있습니다."),
        "한 번 나온 것": (ratio(once, len(grams)), "한 번만 나온 n-그램을 세고 있습니다. 서로 다른 것의 수입니다."),
        "순서를 무시": (ratio(len(unordered), len(grams)), "n-그램 안의 순서를 무시하고 있습니다."),
        "겹치지 않게 자름": (ratio(len(set(apart)), len(apart)), "n-그램을 겹치지 않게 자르고 있습니다. 한 칸씩 옮겨 갑니다."),
        "끝의 짧은 조각": (ratio(len(set(short)), len(short)), "글 끝의 n보다 짧은 조각까지 세고 있습니다."),
    }


def wrong_steps(steps: Sequence[int], values: Sequence[float], threshold: float) -> dict[str, tuple[int | None, str]]:
    """Steps at which something else happens."""
    reached = [i for i, value in enumerate(values) if value <= threshold]
    below = [i for i, value in enumerate(values) if value < threshold]
    above = [i for i, value in enumerate(values) if value >= threshold]
    stays = (max(i for i in range(len(values)) if values[i] > threshold) + 1) if any(v > threshold for v in values) else 0

    def step(places: Sequence[int], which: int = 0) -> int | None:
        return steps[places[which]] if places else None

    return {
        "마지막으로 닿은 단계": (step(reached, -1), "마지막으로 문턱 이하인 단계입니다. 처음으로 닿은 단계여야 합니다."),
        "문턱보다 작아야": (step(below), "문턱보다 작은 첫 단계입니다. 문턱과 같은 값도 닿은 것입니다."),
        "반대 방향": (step(above), "값이 문턱 이상인 첫 단계입니다. 이하여야 합니다."),
        "순번": (reached[0] if reached else None, "단계가 아니라 몇 번째 기록인지를 돌려주고 있습니다."),
        "가장 작은 값": (
            steps[min(range(len(values)), key=values.__getitem__)] if values else None,
            "값이 가장 작은 단계입니다. 처음으로 문턱 이하가 된 단계여야 합니다.",
        ),
        "머무는 단계": (
            steps[stays] if stays < len(steps) else None,
            "다시 커지지 않게 된 단계입니다. 처음 닿은 단계여야 합니다.",
        ),
    }


@torch.no_grad()
def wrong_infills(model: Model, ids: Tensor, mask_id: int) -> dict[str, tuple[Tensor, str]]:
    """Fillings in another order, at once, or with the mask as an answer."""
    places = (ids == mask_id).nonzero()[:, 0].tolist()

    def best(logits: Tensor, allowed: bool = False) -> Tensor:
        return logits.argmax(-1) if allowed else logits.index_fill(-1, torch.tensor([mask_id]), -torch.inf).argmax(-1)

    def one_by_one(order: Sequence[int], allowed: bool = False) -> Tensor:
        filled = ids.clone()
        for place in order:
            filled[place] = best(model(filled[None])[0, place], allowed)
        return filled

    at_once = torch.where(ids == mask_id, best(model(ids[None])[0]), ids)
    confident, left = ids.clone(), list(places)
    while left:
        p = model(confident[None])[0].index_fill(-1, torch.tensor([mask_id]), -torch.inf).softmax(-1)
        place = max(left, key=lambda place: p[place].max().item())
        confident[place] = p[place].argmax()
        left.remove(place)
    shifted = ids.clone()
    for place in places:
        shifted[place] = best(model(shifted[None])[0, place - 1])
    return {
        "한꺼번에 채움": (at_once, "빈칸을 한꺼번에 채우고 있습니다. 앞에서 채운 것을 보며 하나씩 채웁니다."),
        "오른쪽부터": (one_by_one(places[::-1]), "오른쪽 빈칸부터 채우고 있습니다. 왼쪽부터입니다."),
        "확실한 것부터": (confident, "가장 확실한 빈칸부터 채우고 있습니다. 왼쪽부터입니다."),
        "<mask>가 답": (one_by_one(places, allowed=True), "<mask> 자신을 답으로 골랐습니다. 답이 될 수 없습니다."),
        "한 칸 밀림": (shifted, "앞자리의 로짓으로 채우고 있습니다. 자리 t의 로짓은 자리 t의 것입니다."),
    }

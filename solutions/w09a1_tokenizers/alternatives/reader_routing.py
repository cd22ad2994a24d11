"""The bonus on languages and the router by the same reader: softmax of logarithms, inverse of the distribution, candidates by length."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


def sampling_probs(counts: Mapping[str, int], alpha: float) -> dict[str, float]:
    """언어마다 뽑을 확률을 줄의 수의 alpha제곱에 비례하게 정합니다."""
    # n^α = exp(α ln n). 글이 없는 언어는 로그를 취할 수 없으므로 따로 0입니다.
    logits = {language: alpha * math.log(count) for language, count in counts.items() if count}
    peak = max(logits.values(), default=0.0)
    weights = {language: math.exp(logit - peak) for language, logit in logits.items()}
    total = math.fsum(weights.values())
    return {language: weights[language] / total if language in weights else 0.0 for language in counts}


def draw_lines(texts: Mapping[str, Sequence[str]], probs: Mapping[str, float], count: int, rng: np.random.Generator) -> list[str]:
    """언어를 확률로, 그 안의 줄을 고르게 count번 뽑습니다."""
    # 누적 확률의 어느 칸에 난수가 떨어지는지로 언어를 고릅니다.
    names, edges = zip(*((language, share) for language, share in probs.items() if share > 0), strict=True)
    chosen = np.searchsorted(np.cumsum(edges)[:-1], rng.random(count), side="right")
    places = rng.random(count)
    lines = []
    for number, place in zip(chosen, places, strict=True):
        pool = texts[names[number]]
        lines.append(pool[int(place * len(pool))])
    return lines


def parity_ratio(encode: Callable[[str], Sequence[int]], parallel: Mapping[str, Sequence[str]], pivot: str) -> dict[str, float]:
    """같은 뜻의 글에 드는 토큰 수를 기준 언어 pivot의 토큰 수로 나눈 비를 돌려줍니다."""
    totals: Counter[str] = Counter()
    for language, texts in parallel.items():
        for text in texts:
            totals[language] += len(encode(text))
    return {language: totals[language] / totals[pivot] for language in parallel}


def cheapest(candidates: Sequence[Any], text: str) -> tuple[int, list[int]]:
    """글을 되돌리는 후보 가운데 토큰이 가장 적은 것의 순번과 그 번호를 돌려줍니다."""
    encoded = {order: list(candidate.encode(text)) for order, candidate in enumerate(candidates)}
    # 짧은 것부터 되돌려 봅니다. sorted는 길이가 같으면 앞의 후보를 앞에 둡니다.
    for order in sorted(encoded, key=lambda order: len(encoded[order])):
        if candidates[order].decode(encoded[order]) == text:
            return order, encoded[order]
    raise ValueError("글을 그대로 되돌리는 후보가 없습니다.")


class DynamicTokenizer:
    """글마다 토큰이 가장 적은 후보를 고르는 토크나이저입니다."""

    def __init__(self, candidates: Mapping[str, Any]) -> None:
        self.names, self.candidates = list(candidates), list(candidates.values())

    def route(self, text: str) -> str:
        """이 글에 쓸 후보의 이름입니다."""
        return self.names[cheapest(self.candidates, text)[0]]

    def encode(self, text: str) -> list[int]:
        """후보의 순번과, 후보의 수만큼 민 번호들입니다."""
        order, ids = cheapest(self.candidates, text)
        return [order, *(number + len(self.candidates) for number in ids)]

    def decode(self, ids: Sequence[int]) -> str:
        """순번의 후보로 글을 되돌립니다."""
        match list(ids):
            case [order, *shifted] if 0 <= order < len(self.candidates):
                return self.candidates[order].decode([number - len(self.candidates) for number in shifted])
        raise ValueError("첫 번호가 후보의 순번이 아닙니다.")

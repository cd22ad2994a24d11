"""Wrong answers on languages in one vocabulary and on the choice of a tokenizer as certain misconceptions give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

Probs = dict[str, float]
Encoding = tuple[list[int], str]  # ids of one candidate, and what it decodes them to

SAID = {
    "먼저 나누고 거듭제곱": "비율을 거듭제곱한 다음 다시 나누지 않아 합이 1이 아닙니다.",
    "소프트맥스": "거듭제곱이 아니라 지수 함수(소프트맥스)를 쓰고 있습니다.",
    "섞음": "있는 그대로와 고른 것을 α로 섞고 있습니다. n을 α제곱해야 합니다.",
    "α를 쓰지 않음": "α를 쓰지 않고 있습니다.",
    "1-α": "α 대신 1 - α를 쓰고 있습니다.",
    "글이 없는 언어": "글이 없는 언어에도 확률을 주고 있습니다. 파이썬에서 0의 0제곱은 1입니다.",
    "온도": "α를 온도처럼 써서 1/α제곱을 하고 있습니다.",
    "로그": "거듭제곱 대신 로그를 쓰고 있습니다.",
    "거꾸로": "비를 거꾸로 계산하고 있습니다. 기준 언어가 분모입니다.",
    "비율의 평균": "문장마다 구한 비율의 평균입니다. 합의 비율이어야 합니다.",
    "글자당 토큰": "글자당 토큰을 견주고 있습니다. 같은 뜻의 글이므로 길이로 나누지 않습니다.",
    "글자 수": "토큰이 아니라 글자를 세고 있습니다.",
    "첫째 언어": "기준 언어를 쓰지 않고 첫째 언어로 나누고 있습니다.",
    "차이": "비에서 1을 뺐습니다. 기준 언어의 값은 1입니다.",
    "되돌리지 못하는 후보": "토큰이 가장 적은 후보를 고르지만 그 후보는 글을 되돌리지 못합니다.",
    "동점이면 뒤": "토큰 수가 같을 때 뒤의 후보를 고르고 있습니다.",
    "가장 많은 토큰": "토큰이 가장 많은 후보를 고르고 있습니다.",
    "언제나 첫째": "되돌릴 수 있는 첫째 후보를 고르고 토큰 수를 견주지 않습니다.",
    "번호의 합": "토큰의 수가 아니라 번호를 견주고 있습니다.",
    "글자의 종류": "글자의 종류로 고르고 있습니다. 토큰을 세어야 합니다.",
    "번호를 밀지 않음": "후보의 번호를 후보의 수만큼 밀지 않았습니다.",
    "순번을 적지 않음": "맨 앞에 후보의 순번이 없습니다. 어느 후보로 되돌릴지 알 수 없습니다.",
    "1만큼만 밂": "후보의 번호를 1만큼만 밀었습니다. 후보의 수만큼 밀어야 합니다.",
}


def wrong_probs(counts: Mapping[str, int], alpha: float) -> dict[str, tuple[Probs, str]]:
    """What misconceptions on ``p_i ∝ n_i^α`` give; ``alpha`` lies above 0 and below 1."""
    share = _scaled({language: float(count) for language, count in counts.items()})

    def power(exponent: float) -> Probs:
        return {language: p**exponent if p else 0.0 for language, p in share.items()}

    found = {
        "먼저 나누고 거듭제곱": power(alpha),
        "소프트맥스": _scaled({language: math.exp(alpha * p) for language, p in share.items()}),
        "섞음": {language: alpha * p + (1 - alpha) / len(share) for language, p in share.items()},
        "α를 쓰지 않음": share,
        "1-α": _scaled(power(1 - alpha)),
        "온도": _scaled(power(1 / alpha)),
        "로그": _scaled({language: math.log1p(count) for language, count in counts.items()}),
    }
    return {name: (wrong, SAID[name]) for name, wrong in found.items()}


def _scaled(weights: Probs) -> Probs:
    total = math.fsum(weights.values())
    return {language: weight / total for language, weight in weights.items()}


def wrong_parities(
    encode: Callable[[str], Sequence[int]], parallel: Mapping[str, Sequence[str]], pivot: str
) -> dict[str, tuple[Probs, str]]:
    """What misconceptions on the parity of languages give."""
    tokens = {language: [len(encode(text)) for text in texts] for language, texts in parallel.items()}
    letters = {language: sum(map(len, texts)) for language, texts in parallel.items()}
    sums = {language: sum(counts) for language, counts in tokens.items()}
    shares = {language: [one / other for one, other in zip(counts, tokens[pivot], strict=True)] for language, counts in tokens.items()}
    first = next(iter(sums))
    found = {
        "거꾸로": {language: sums[pivot] / count for language, count in sums.items()},
        "비율의 평균": {language: math.fsum(values) / len(values) for language, values in shares.items()},
        "글자당 토큰": {language: count / letters[language] / (sums[pivot] / letters[pivot]) for language, count in sums.items()},
        "글자 수": {language: count / letters[pivot] for language, count in letters.items()},
        "첫째 언어": {language: count / sums[first] for language, count in sums.items()},
        "차이": {language: count / sums[pivot] - 1 for language, count in sums.items()},
    }
    return {name: (wrong, SAID[name]) for name, wrong in found.items()}


def wrong_choices(text: str, encodings: Sequence[Encoding]) -> dict[str, int]:
    """Which candidate misconceptions choose, by its place. At least one candidate restores the text."""
    lossless = [place for place, (_, back) in enumerate(encodings) if back == text]

    def length(place: int) -> int:
        return len(encodings[place][0])

    return {
        "되돌리지 못하는 후보": min(range(len(encodings)), key=length),
        "동점이면 뒤": min(reversed(lossless), key=length),
        "가장 많은 토큰": max(lossless, key=length),
        "언제나 첫째": lossless[0],
        "번호의 합": min(lossless, key=lambda place: sum(encodings[place][0])),
        "글자의 종류": 0 if any("가" <= letter <= "힣" for letter in text) else len(encodings) - 1,
    }


def wrong_router_ids(place: int, ids: Sequence[int]) -> dict[str, tuple[list[int], str]]:
    """What misconceptions on writing down the choice make of a candidate's ids."""
    found = {
        "번호를 밀지 않음": [place, *ids],
        "순번을 적지 않음": list(ids),
        "1만큼만 밂": [place, *(number + 1 for number in ids)],
    }
    return {name: (wrong, SAID[name]) for name, wrong in found.items()}

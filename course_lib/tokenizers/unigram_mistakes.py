"""Wrong answers on unigram segmentation as certain misconceptions give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from course_lib.tokenizers.unigram import SPACE, UNKNOWN_PENALTY

Cut = tuple[list[str], float]
Rule = Callable[[str, Mapping[str, float]], Cut]
Read = tuple[dict[str, float], dict[str, int]]

SAID = {
    "가장 긴 조각부터": "앞에서부터 가장 긴 조각을 고르고 있습니다. 그렇게 하면 합이 가장 크지 않을 수 있습니다.",
    "그 자리에서 가장 큰 점수": "자리마다 점수가 가장 큰 조각을 고르고 있습니다. 뒤에 남는 글의 점수도 보아야 합니다.",
    "합이 가장 작은 길": "합이 가장 작은 길을 고르고 있습니다. 로그 확률은 클수록 좋습니다.",
    "조각의 수": "점수가 아니라 조각의 수가 가장 적은 길을 고르고 있습니다.",
    "확률을 더함": "로그 확률이 아니라 확률을 더하고 있습니다.",
    "부호를 바꿈": "합의 부호를 바꾸어 돌려주고 있습니다.",
    "모르는 글자의 점수를 뺌": "모르는 글자의 점수를 합에 넣지 않았습니다.",
    "벌점 없음": "모르는 글자의 점수에서 10을 빼지 않았습니다.",
    "특수 조각을 넣음": "`<s>`나 `<unk>` 같은 특수 조각을 어휘에 넣었습니다. 점수가 0이라 어떤 조각보다 그럴듯해집니다.",
    "번호를 다시 매김": "번호를 0부터 다시 매겼습니다. 모델의 번호를 그대로 써야 합니다.",
    "확률로 바꿈": "점수를 확률로 바꾸었습니다. 점수는 이미 로그 확률이고, 더할 것이므로 그대로 둡니다.",
    "점수의 부호를 바꿈": "점수의 부호를 바꾸었습니다. 로그 확률은 음수입니다.",
    "앞에 ▁를 붙이지 않음": "글의 맨 앞에 ▁를 붙이지 않았습니다.",
    "빈칸을 바꾸지 않음": "빈칸을 ▁로 바꾸지 않아 모르는 글자가 되었습니다.",
    "빈칸을 줄임": "이어진 빈칸이나 앞뒤의 빈칸을 줄이고 있습니다.",
    "모르는 글자를 합치지 않음": "이어진 모르는 글자를 하나로 합치지 않았습니다.",
    "모르는 글자는 0번": "모르는 글자의 번호를 0으로 적고 있습니다. `unk_id`를 쓰세요.",
    "어휘에서의 순서": "번호 대신 어휘에서의 순서를 적고 있습니다. `ids`를 쓰세요.",
    "▁를 남김": "▁를 빈칸으로 되돌리지 않았습니다.",
    "앞의 빈칸을 남김": "인코딩할 때 맨 앞에 붙인 빈칸을 떼지 않았습니다.",
    "앞뒤의 빈칸을 뗌": "strip()으로 글에 있던 앞뒤의 빈칸까지 떼고 있습니다.",
    "앞의 빈칸을 모두 뗌": "맨 앞의 빈칸은 하나만 떼어야 합니다. lstrip()은 모두 뗍니다.",
    "▁를 지움": "▁를 지워 띄어쓰기를 잃었습니다.",
    "모르는 글자를 버림": "모르는 토큰을 버리고 있습니다. ' ⁇ '로 보여야 합니다.",
}


# -- the best path ----------------------------------------------------------------------------------------------------


def _path(text: str, scores: Mapping[str, float], *, penalty: float = UNKNOWN_PENALTY, price: Callable[[float], float] = float) -> Cut:
    """The path with the highest sum of ``price(score)``, and that sum."""
    unknown = min(scores.values()) - penalty
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(text) + 1):
        arrivals = []
        for start in range(end):
            score = scores.get(text[start:end], unknown if end == start + 1 else None)
            if score is not None:
                arrivals.append((best[start][0] + price(score), [*best[start][1], text[start:end]]))
        best.append(max(arrivals, key=lambda arrival: arrival[0]))
    return best[-1][1], best[-1][0]


def value(pieces: Sequence[str], scores: Mapping[str, float]) -> float:
    """The sum of the pieces' scores, unknown ones with their penalty."""
    unknown = min(scores.values()) - UNKNOWN_PENALTY
    return math.fsum(scores.get(piece, unknown) for piece in pieces)


def _seeking(price: Callable[[float], float]) -> Rule:
    """A wrong goal for the path; the sum that it reports is right."""

    def rule(text: str, scores: Mapping[str, float]) -> Cut:
        pieces, _ = _path(text, scores, price=price)
        return pieces, value(pieces, scores)

    return rule


def longest_first(text: str, scores: Mapping[str, float]) -> Cut:
    """The longest known piece from the left, again and again."""
    pieces, start = [], 0
    while start < len(text):
        end = next((end for end in range(len(text), start, -1) if text[start:end] in scores), start + 1)
        pieces.append(text[start:end])
        start = end
    return pieces, value(pieces, scores)


def _likeliest_first(text: str, scores: Mapping[str, float]) -> Cut:
    pieces, start = [], 0
    while start < len(text):
        known = [text[start:end] for end in range(start + 1, len(text) + 1) if text[start:end] in scores]
        pieces.append(max(known, key=scores.__getitem__, default=text[start]))
        start += len(pieces[-1])
    return pieces, value(pieces, scores)


def _unknown_left_out(text: str, scores: Mapping[str, float]) -> Cut:
    pieces, _ = _path(text, scores)
    return pieces, math.fsum(scores.get(piece, 0.0) for piece in pieces)


def _negated(text: str, scores: Mapping[str, float]) -> Cut:
    pieces, total = _path(text, scores)
    return pieces, -total


PATHS: dict[str, Rule] = {
    "가장 긴 조각부터": longest_first,
    "그 자리에서 가장 큰 점수": _likeliest_first,
    "합이 가장 작은 길": _seeking(lambda score: -score),
    "조각의 수": _seeking(lambda _: -1.0),
    "확률을 더함": _seeking(math.exp),
    "부호를 바꿈": _negated,
    "모르는 글자의 점수를 뺌": _unknown_left_out,
    "벌점 없음": lambda text, scores: _path(text, scores, penalty=0.0),
}


# -- a model of the library -------------------------------------------------------------------------------------------


def wrong_readings(pieces: Sequence[tuple[str, float]], ordinary: Sequence[int]) -> dict[str, tuple[Read, str]]:
    """What misconceptions read from a model.

    Args:
        pieces: text and score of every id.
        ordinary: the ids that are neither control nor unknown.
    """

    def read(numbers: Sequence[int], price: Callable[[float], float] = float) -> Read:
        return {pieces[n][0]: price(pieces[n][1]) for n in numbers}, {pieces[n][0]: n for n in numbers}

    scores, ids = read(ordinary)
    found = {
        "특수 조각을 넣음": read(range(len(pieces))),
        "번호를 다시 매김": (scores, {piece: place for place, piece in enumerate(ids)}),
        "확률로 바꿈": (read(ordinary, math.exp)[0], ids),
        "점수의 부호를 바꿈": (read(ordinary, lambda score: -score)[0], ids),
    }
    return {name: (wrong, SAID[name]) for name, wrong in found.items()}


def wrong_ids(text: str, scores: Mapping[str, float], ids: Mapping[str, int], unk_id: int) -> dict[str, tuple[list[int], str]]:
    """What misconceptions on encoding with a unigram model make of a text."""

    def encode(marked: str, *, merged: bool = True, unknown: int = unk_id, cut: Rule = _path) -> list[int]:
        found: list[int] = []
        for piece in cut(marked, scores)[0]:
            number = ids.get(piece, unknown)
            if not (merged and number == unknown and found[-1:] == [unknown]):
                found.append(number)
        return found

    marked = SPACE + text.replace(" ", SPACE)
    places = {piece: place for place, piece in enumerate(scores)}
    found = {
        "앞에 ▁를 붙이지 않음": encode(marked[1:]),
        "빈칸을 바꾸지 않음": encode(SPACE + text),
        "빈칸을 줄임": encode(SPACE + SPACE.join(text.split())),
        "모르는 글자를 합치지 않음": encode(marked, merged=False),
        "모르는 글자는 0번": encode(marked, unknown=0),
        "어휘에서의 순서": [places.get(piece, unk_id) for piece in _path(marked, scores)[0]],
        "가장 긴 조각부터": encode(marked, cut=longest_first),
    }
    return {name: (wrong, SAID[name]) for name, wrong in found.items()}


def wrong_texts(ids: Sequence[int], pieces: Mapping[int, str]) -> dict[str, tuple[str, str]]:
    """What misconceptions on decoding make of ids."""
    joined = "".join(pieces.get(number, " \u2047 ") for number in ids)
    spaced = joined.replace(SPACE, " ")
    found = {
        "▁를 남김": joined,
        "앞의 빈칸을 남김": spaced,
        "앞뒤의 빈칸을 뗌": spaced.strip(),
        "앞의 빈칸을 모두 뗌": spaced.lstrip(),
        "▁를 지움": joined.replace(SPACE, ""),
        "모르는 글자를 버림": "".join(pieces.get(number, "") for number in ids).replace(SPACE, " ").removeprefix(" "),
    }
    return {name: (wrong, SAID[name]) for name, wrong in found.items()}

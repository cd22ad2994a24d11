"""The bonus by other means: recursion as the formula has it, repeated ids left out afterwards, languages drawn at once, a running best."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

SPACE = "\u2581"
UNKNOWN = " \u2047 "


def known_starts(text: str, end: int, scores: Mapping[str, float]) -> list[tuple[float, int]]:
    """이 자리에서 끝나는 조각의 점수와 시작하는 자리입니다."""
    found = [(score, end - len(piece)) for piece, score in scores.items() if text.endswith(piece, 0, end)]
    return found if text[end - 1] in scores else [*found, (min(scores.values()) - 10, end - 1)]


def best_paths(text: str, scores: Mapping[str, float]) -> list[tuple[float, int]]:
    """점화식을 그대로 옮긴 재귀입니다."""

    @cache
    def arriving(end: int) -> tuple[float, int]:
        return max((arriving(start)[0] + score, start) for score, start in known_starts(text, end, scores)) if end else (0.0, 0)

    return [arriving(end) for end in range(len(text) + 1)]


def viterbi(text: str, scores: Mapping[str, float]) -> tuple[list[str], float]:
    """끝에서부터 되짚어 조각을 앞에 끼워 넣고, 합은 마지막 자리에서 읽습니다."""
    paths = best_paths(text, scores)
    pieces: list[str] = []
    while left := len(text) - sum(map(len, pieces)):
        pieces.insert(0, text[paths[left][1] : left])
    return pieces, paths[-1][0]


def read_pieces(processor: Any) -> tuple[dict[str, float], dict[str, int]]:
    """특수 조각을 건너뛰며 하나씩 적습니다."""
    scores, ids = {}, {}
    for number in range(processor.get_piece_size()):
        if processor.is_control(number) or processor.is_unknown(number):
            continue
        piece = processor.id_to_piece(number)
        scores[piece], ids[piece] = processor.get_score(number), number
    return scores, ids


class UnigramTokenizer:
    """조각마다 번호를 적은 다음, 앞의 번호와 견주어 되풀이되는 모르는 번호를 뺍니다."""

    def __init__(self, scores: Mapping[str, float], ids: Mapping[str, int], unk_id: int) -> None:
        self.scores, self.ids, self.unk_id = scores, ids, unk_id
        self.shown = {number: piece.replace(SPACE, " ") for piece, number in ids.items()} | {unk_id: UNKNOWN}

    def encode(self, text: str) -> list[int]:
        """앞에 빈칸을 붙인 글을 나누어 번호로 적습니다."""
        marked = (" " + text).replace(" ", SPACE) if text else ""
        numbers = [self.ids.get(piece, self.unk_id) for piece in viterbi(marked, self.scores)[0]]
        return [number for before, number in pairwise([None, *numbers]) if not before == number == self.unk_id]

    def decode(self, ids: Sequence[int]) -> str:
        """보이는 글을 잇고 첫 글자인 빈칸을 뗍니다."""
        return "".join(self.shown[number] for number in ids)[1:]


def sampling_probs(counts: Mapping[str, int], alpha: float) -> dict[str, float]:
    """NumPy로 한꺼번에 계산합니다."""
    lines = np.array(list(counts.values()), dtype=float)
    powers = np.where(lines > 0, lines**alpha, 0.0)
    return dict(zip(counts, powers / powers.sum(), strict=True))


def draw_lines(texts: Mapping[str, Sequence[str]], probs: Mapping[str, float], count: int, rng: np.random.Generator) -> list[str]:
    """언어마다 몇 줄인지를 먼저 정하고, 뽑은 줄을 섞습니다."""
    drawn = [rng.choice(texts[name], size=size) for name, size in zip(probs, rng.multinomial(count, list(probs.values())), strict=True)]
    return list(rng.permutation(np.concatenate(drawn)))


def parity_ratio(encode: Callable[[str], Sequence[int]], parallel: Mapping[str, Sequence[str]], pivot: str) -> dict[str, float]:
    """기준 언어를 먼저 셉니다."""

    def tokens(language: str) -> int:
        return sum(map(len, map(encode, parallel[language])))

    base = tokens(pivot)
    return {pivot: 1.0} | {language: tokens(language) / base for language in parallel}


def cheapest(candidates: Sequence[Any], text: str) -> tuple[int, list[int]]:
    """더 짧은 후보가 나올 때만 되돌려 봅니다."""
    best = None
    for order, candidate in enumerate(candidates):
        ids = candidate.encode(text)
        if (best is None or len(ids) < len(best[1])) and candidate.decode(ids) == text:
            best = order, ids
    if best is None:
        raise ValueError("되돌릴 수 있는 후보가 없습니다.")
    return best


class DynamicTokenizer:
    """고른 후보를 맨 앞의 번호에서 읽습니다."""

    def __init__(self, candidates: Mapping[str, Any]) -> None:
        self.candidates = tuple(candidates.items())

    def route(self, text: str) -> str:
        """인코딩한 글의 맨 앞에 적힌 순번의 이름입니다."""
        return self.candidates[self.encode(text)[0]][0]

    def encode(self, text: str) -> list[int]:
        """번호를 모두 밀고 순번을 앞에 끼워 넣습니다."""
        order, ids = cheapest([candidate for _, candidate in self.candidates], text)
        shifted = [number + len(self.candidates) for number in ids]
        shifted.insert(0, order)
        return shifted

    def decode(self, ids: Sequence[int]) -> str:
        """순번에서 후보로 가는 사전에서 찾습니다."""
        by_order = dict(enumerate(candidate for _, candidate in self.candidates))
        if not ids or ids[0] not in by_order:
            raise ValueError("첫 번호가 순번이 아닙니다.")
        return by_order[ids[0]].decode([number - len(self.candidates) for number in ids[1:]])

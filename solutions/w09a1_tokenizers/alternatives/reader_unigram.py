"""The bonus on unigrams by a reader of kit and chapter alone: sums pushed forward over pieces by first letter, runs of unknown ones."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

SPACE = "\u2581"
UNKNOWN = " \u2047 "


def pieces_by_first(scores: Mapping[str, float]) -> dict[str, list[str]]:
    """첫 글자에서 그 글자로 시작하는 조각으로 가는 사전입니다."""
    index: dict[str, list[str]] = {}
    for piece in scores:
        index.setdefault(piece[0], []).append(piece)
    return index


def best_paths(text: str, scores: Mapping[str, float]) -> list[tuple[float, int]]:
    """자리마다 거기까지의 가장 큰 합과, 그 마지막 조각이 시작하는 자리를 돌려줍니다."""
    index, unknown = pieces_by_first(scores), min(scores.values()) - 10
    best = [(0.0, 0)] + [(-math.inf, 0)] * len(text)
    for start, character in enumerate(text):  # 앞에서 뒤로 밀어 줍니다.
        here = best[start][0]
        steps = [(piece, scores[piece]) for piece in index.get(character, ()) if text.startswith(piece, start)]
        if character not in scores:
            steps.append((character, unknown))
        for piece, score in steps:
            end = start + len(piece)
            best[end] = max(best[end], (here + score, start))
    return best


def viterbi(text: str, scores: Mapping[str, float]) -> tuple[list[str], float]:
    """점수의 합이 가장 큰 조각의 목록과 그 합을 돌려줍니다."""
    best = best_paths(text, scores)

    def ending_at(end: int) -> Iterator[str]:
        while end:
            start = best[end][1]
            yield text[start:end]
            end = start

    return list(ending_at(len(text)))[::-1], best[-1][0]


def read_pieces(processor: Any) -> tuple[dict[str, float], dict[str, int]]:
    """모델에 든 보통 조각의 (로그 확률, 번호)를 돌려줍니다."""
    ids = {
        processor.id_to_piece(number): number
        for number in range(processor.get_piece_size())
        if not (processor.is_control(number) or processor.is_unknown(number))
    }
    return {piece: processor.get_score(number) for piece, number in ids.items()}, ids


class UnigramTokenizer:
    """SentencePiece의 유니그램 모델을 여러분의 비터비로 씁니다."""

    def __init__(self, scores: Mapping[str, float], ids: Mapping[str, int], unk_id: int) -> None:
        self.scores, self.ids, self.unk_id = scores, ids, unk_id
        self.pieces = {number: piece for piece, number in ids.items()}

    def encode(self, text: str) -> list[int]:
        """글의 번호를 차례로 돌려줍니다."""
        if not text:
            return []
        pieces, _ = viterbi(SPACE + text.replace(" ", SPACE), self.scores)
        numbers: list[int] = []
        for known, group in groupby(pieces, key=self.ids.__contains__):
            numbers.extend(map(self.ids.__getitem__, group) if known else [self.unk_id])
        return numbers

    def decode(self, ids: Sequence[int]) -> str:
        """번호의 조각을 이어 글로 되돌립니다."""
        text = "".join(self.pieces.get(number, UNKNOWN) for number in ids)
        return text.replace(SPACE, " ").removeprefix(" ")

"""Unigram segmentation: the most probable way to cut a text into known pieces (Kudo, 2018), as SentencePiece computes it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

SPACE = "\u2581"  # ▁ stands for a space inside pieces
UNKNOWN_PENALTY = 10.0  # an unknown character costs this much more than the rarest piece, as in the library


@dataclass(frozen=True)
class Segmentation:
    """Pieces that joined give the text, and the sum of their log-probabilities in nats."""

    pieces: tuple[str, ...]
    score: float


def viterbi(text: str, scores: Mapping[str, float]) -> Segmentation:
    """Find the segmentation with the highest sum of scores.

    A character that is no piece is unknown and costs :data:`UNKNOWN_PENALTY` more than the lowest score. Among equal sums the one
    whose last piece starts earliest wins, at every position.

    Args:
        scores: log-probability by piece.

    Raises:
        ValueError: there are no pieces.
    """
    if not scores:
        raise ValueError("a unigram model needs at least one piece")
    unknown = min(scores.values()) - UNKNOWN_PENALTY
    longest = max(map(len, scores))
    best: list[float] = [0.0] + [float("-inf")] * len(text)
    came_from = [0] * (len(text) + 1)
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + longest) + 1):
            score = scores.get(text[start:end], unknown if end == start + 1 else None)
            if score is not None and best[start] + score > best[end]:
                best[end] = best[start] + score
                came_from[end] = start
    pieces = []
    end = len(text)
    while end:
        pieces.append(text[came_from[end] : end])
        end = came_from[end]
    return Segmentation(tuple(reversed(pieces)), best[-1])


def train_unigram(lines: Iterable[str], vocab_size: int, **options: int) -> bytes:
    """Train a unigram model with the library and return it as the bytes of its file.

    Nothing is normalised and every character is kept, so that decoding gives the text again; one thread, so that the same lines give
    the same model.

    Args:
        options: further options of the trainer, such as ``unk_id``.

    Raises:
        RuntimeError: ``vocab_size`` is too small for the characters. Where the lines give fewer pieces, the model has fewer.
    """
    from sentencepiece import SentencePieceTrainer

    model = io.BytesIO()
    fixed = {"model_type": "unigram", "normalization_rule_name": "identity", "remove_extra_whitespaces": False, "character_coverage": 1.0}
    quiet = {"num_threads": 1, "minloglevel": 2, "hard_vocab_limit": False}
    SentencePieceTrainer.train(sentence_iterator=iter(lines), model_writer=model, vocab_size=vocab_size, **fixed, **quiet, **options)
    return model.getvalue()


class UnigramTokenizer:
    """A SentencePiece unigram model, encoded by our own :func:`viterbi`.

    The text is not normalised: train the model with ``normalization_rule_name="identity"`` and without removing extra spaces.
    """

    def __init__(self, pieces: Iterable[tuple[str, float]], ids: Mapping[str, int], unk_id: int) -> None:
        self.scores = dict(pieces)
        self.ids = dict(ids)
        self.unk_id = unk_id
        self._pieces = {index: piece for piece, index in self.ids.items()}

    @classmethod
    def from_file(cls, path: Path) -> UnigramTokenizer:
        """Read the ordinary pieces of a model that the library trained."""
        from sentencepiece import SentencePieceProcessor

        return cls.from_processor(SentencePieceProcessor(model_file=str(path)))

    @classmethod
    def from_processor(cls, processor: SentencePieceProcessor) -> UnigramTokenizer:
        ordinary = [i for i in range(processor.vocab_size()) if not (processor.is_control(i) or processor.is_unknown(i))]
        names = {i: processor.id_to_piece(i) for i in ordinary}
        return cls(((names[i], processor.get_score(i)) for i in ordinary), {names[i]: i for i in ordinary}, processor.unk_id())

    def encode(self, text: str) -> list[int]:
        """Ids of a text. Neighbouring unknown characters become one unknown token, as in the library."""
        if not text:
            return []
        ids: list[int] = []
        for piece in viterbi(SPACE + text.replace(" ", SPACE), self.scores).pieces:
            index = self.ids.get(piece, self.unk_id)
            if not (index == self.unk_id and ids and ids[-1] == self.unk_id):
                ids.append(index)
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """The pieces joined, ▁ read as a space; unknown tokens show as ⁇, as in the library."""
        return "".join(self._pieces.get(index, " \u2047 ") for index in ids).replace(SPACE, " ").removeprefix(" ")

"""How well a causal model knows the world: bits per byte, and questions with eight answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor

from course_lib.kit.language.data import END, PAD
from course_lib.kit.world.cloze import Cloze

Model = Callable[[Tensor], Tensor]
"""Long ``[B, T]`` to logits ``[B, T, V]`` of the next token."""


@torch.no_grad()
def nats(model: Model, rows: Sequence[Sequence[int]], batch_size: int = 64) -> list[float]:
    """Negative log-likelihood of each row, its first token not counted."""
    found: list[float] = []
    for start in range(0, len(rows), batch_size):
        chunk = [torch.tensor(row) for row in rows[start : start + batch_size]]
        ids = torch.nn.utils.rnn.pad_sequence(chunk, batch_first=True, padding_value=PAD)
        log_p = model(ids)[:, :-1].log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
        real = torch.arange(1, ids.shape[1])[None] < torch.tensor([len(row) for row in chunk])[:, None]
        found += (-log_p * real).sum(-1).tolist()
    return found


def bits_per_byte(model: Model, tokenizer: Tokenizer, documents: Sequence[str], length: int) -> float:
    """Bits that the model needs for one byte of the documents, each on its own and cut to ``length`` tokens."""
    rows = [[END, *tokenizer.encode(document).ids][:length] for document in documents]
    size = sum(len(tokenizer.decode(row[1:]).encode()) for row in rows)
    return sum(nats(model, rows)) / (size * math.log(2))


def cloze_accuracy(model: Model, tokenizer: Tokenizer, asked: Sequence[Cloze]) -> float:
    """Share of the questions whose true sentence the model finds likelier than each of the others."""
    rows = [[END, *tokenizer.encode(sentence).ids, END] for question in asked for sentence in question.sentences]
    losses = iter(nats(model, rows))
    right = 0
    for question in asked:
        of_question = [next(losses) for _ in question.sentences]
        right += min(range(len(of_question)), key=of_question.__getitem__) == question.answer
    return right / len(asked)

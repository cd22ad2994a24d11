"""From documents to batches of token ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

SPECIALS = ("<pad>", "<mask>", "<s>", "</s>")
PAD, MASK, START, END = range(len(SPECIALS))


def train_tokenizer(documents: Iterable[str], vocab_size: int) -> Tokenizer:
    """Byte-level BPE of the documents; ids 0 to 3 are ``SPECIALS``. The same documents give the same tokenizer."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents, trainer)
    return tokenizer


def token_stream(tokenizer: Tokenizer, documents: Iterable[str]) -> Tensor:
    """All documents one after the other, ``</s>`` after each. Long ``[N]``."""
    encoded = tokenizer.encode_batch(list(documents), add_special_tokens=False)
    return torch.tensor([token for document in encoded for token in (*document.ids, END)], dtype=torch.long)


def batches(stream: Tensor, batch_size: int, length: int, steps: int, seed: int) -> Iterator[Tensor]:
    """Windows of the stream from random places, Long ``[batch_size, length]``, ``steps`` times.

    The same arguments give the same batches: models that are to be compared are trained on the very same.

    Raises:
        ValueError: the stream is shorter than a window.
    """
    if len(stream) < length:
        raise ValueError(f"{len(stream)} tokens are fewer than one window of {length}")
    generator = torch.Generator().manual_seed(seed)
    offsets = torch.arange(length)
    for _ in range(steps):
        starts = torch.randint(len(stream) - length + 1, (batch_size, 1), generator=generator)
        yield stream[starts + offsets]


def fingerprint(tensors: Iterable[Tensor]) -> str:
    """Sixteen hexadecimal digits of what these tensors hold, in this order: equal data, equal fingerprint."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(f"{tensor.dtype}{tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]

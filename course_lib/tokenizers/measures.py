"""How good a tokenizer is: compression, fertility, unknown words, speed. Every average is a ratio of sums, never a mean of ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal

Encode = Callable[[str], Sequence[int]]


def bytes_per_token(encode: Encode, texts: Iterable[str], special_ids: Collection[int] = ()) -> float:
    """UTF-8 bytes of the texts per token, special tokens not counted; 0.0 when there are no tokens."""
    size = tokens = 0
    for text in texts:
        size += len(text.encode())
        tokens += sum(index not in special_ids for index in encode(text))
    return size / tokens if tokens else 0.0


def fertility(encode: Encode, texts: Iterable[str], special_ids: Collection[int] = ()) -> float:
    """Tokens per word, where words are what ``str.split`` finds; 0.0 when there are no words."""
    words = tokens = 0
    for text in texts:
        words += len(text.split())
        tokens += sum(index not in special_ids for index in encode(text))
    return tokens / words if words else 0.0


def oov_rate(pieces: Iterable[str], vocabulary: Collection[str], level: Literal["type", "token"] = "token") -> float:
    """Share of pieces outside a vocabulary: of distinct ones (``type``) or of running ones (``token``); 0.0 for no pieces.

    Raises:
        ValueError: ``level`` is neither.
    """
    if level not in ("type", "token"):
        raise ValueError(f"level must be 'type' or 'token', not {level!r}")
    counted = set(pieces) if level == "type" else list(pieces)
    return sum(piece not in vocabulary for piece in counted) / len(counted) if counted else 0.0


def benchmark(
    function: Callable[[str], object],
    texts: Sequence[str],
    repeat: int = 5,
    timer: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Time ``function`` over all texts, ``repeat`` times after one warm-up that does not count.

    Returns:
        ``median_s`` (seconds of one pass), ``texts_per_s`` and ``bytes_per_s``; the rates are 0.0 when a pass takes no time.

    Raises:
        ValueError: ``repeat`` is below 1.
    """
    if repeat < 1:
        raise ValueError(f"repeat must be at least 1, not {repeat}")
    for text in texts:
        function(text)
    passes = []
    for _ in range(repeat):
        start = timer()
        for text in texts:
            function(text)
        passes.append(timer() - start)
    median = statistics.median(passes)
    size = sum(len(text.encode()) for text in texts)
    passes_per_s = 1 / median if median > 0 else 0.0
    return {"median_s": median, "texts_per_s": len(texts) * passes_per_s, "bytes_per_s": size * passes_per_s}

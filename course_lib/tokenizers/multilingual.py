"""One vocabulary for many languages: how often to draw from each, and how fairly the result treats them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence


def sampling_probs(counts: Mapping[str, int], alpha: float) -> dict[str, float]:
    """Probability ``p_i ∝ n_i^α`` of drawing from each language (Conneau and Lample, 2019, eq. 1).

    ``alpha = 1`` keeps the corpus as it is, ``alpha = 0`` draws evenly from every language that has text.

    Raises:
        ValueError: a negative count, no text at all, or ``alpha`` outside [0, 1].
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must lie in [0, 1], not {alpha}")
    if any(count < 0 for count in counts.values()) or not any(counts.values()):
        raise ValueError("counts must not be negative, and one must be positive")
    top = max(counts.values())
    weights = {language: (count / top) ** alpha if count else 0.0 for language, count in counts.items()}
    total = math.fsum(weights.values())
    return {language: weight / total for language, weight in weights.items()}


def parity_ratio(encode: Callable[[str], Sequence[int]], parallel: Mapping[str, Sequence[str]], pivot: str) -> dict[str, float]:
    """How many tokens each language needs for what the pivot says in one (Petrov et al., 2023: "premium").

    Args:
        parallel: the same sentences in every language, in the same order.

    Raises:
        ValueError: the pivot is missing or needs no tokens, or the languages differ in their number of sentences.
    """
    if pivot not in parallel:
        raise ValueError(f"the pivot {pivot!r} is none of {', '.join(parallel)}")
    if len({len(sentences) for sentences in parallel.values()}) > 1:
        raise ValueError("parallel texts need the same number of sentences in every language")
    tokens = {language: sum(len(encode(s)) for s in sentences) for language, sentences in parallel.items()}
    if not tokens[pivot]:
        raise ValueError(f"the pivot {pivot!r} needs no tokens")
    return {language: count / tokens[pivot] for language, count in tokens.items()}

"""Fingerprints of token sequences by winnowing: S. Schleimer, D. Wilkerson and A. Aiken, "Winnowing: local algorithms for document
fingerprinting", SIGMOD 2003.

Every run of ``K + WINDOW - 1`` equal tokens in two documents shares a fingerprint; no shared run shorter than ``K`` is seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

K = 14
WINDOW = 5
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that its powers mix all bits modulo 2**64


@cache
def _number(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def gram_hashes(tokens: Sequence[str]) -> NDArray[np.uint64]:
    """A hash of each run of ``K`` tokens, in order; none for fewer tokens."""
    if len(tokens) < K:
        return np.empty(0, np.uint64)
    numbers = np.fromiter((_number(token) for token in tokens), np.uint64, len(tokens))
    count = len(tokens) - K + 1
    hashes = np.zeros(count, np.uint64)
    for shift in range(K):  # a polynomial modulo 2**64
        hashes = hashes * _BASE + numbers[shift : shift + count]
    hashes ^= hashes >> np.uint64(29)  # low bits of such a polynomial are weak, and a minimum is to be taken
    return hashes * np.uint64(0xBF58476D1CE4E5B9)


def winnow(hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Positions of the chosen hashes: the smallest of every ``WINDOW`` that follow each other, the rightmost of equal ones."""
    if not len(hashes):
        return np.empty(0, np.intp)
    if len(hashes) <= WINDOW:
        return np.array([len(hashes) - 1 - int(np.argmin(hashes[::-1]))])
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)[:, ::-1]
    chosen = np.arange(len(windows)) + WINDOW - 1 - np.argmin(windows, axis=1)
    return np.unique(chosen)

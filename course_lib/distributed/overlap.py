"""Communicating the gradients of the layers behind while those before are still being computed (Li et al. 2020, section 3.2.3)."""

from __future__ import annotations

from collections.abc import Iterable

Bucket = tuple[float, float]
"""Seconds that a bucket's gradients take to compute, and to communicate."""


def overlap_timeline(buckets: Iterable[Bucket]) -> list[tuple[float, float, float]]:
    """When each bucket is ready, and when its communication begins and ends.

    Buckets are computed one after the other, in the order of the backward pass, and communicated one at a time in the same order.
    """
    ready, free, timeline = 0.0, 0.0, []
    for compute, communicate in buckets:
        ready += compute
        start = max(ready, free)
        free = start + communicate
        timeline.append((ready, start, free))
    return timeline


def overlap_makespan(buckets: Iterable[Bucket]) -> float:
    """Seconds until all is computed and communicated: R_i = R_{i-1} + b_i, C_i = max(R_i, C_{i-1}) + c_i; the later of R_n and C_n."""
    return max((max(ready, end) for ready, _, end in overlap_timeline(buckets)), default=0.0)

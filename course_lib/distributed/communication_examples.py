"""Calls on communication as counterexamples are made of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from course_lib.distributed.asynchronous import async_sgd
from course_lib.distributed.compression import ErrorFeedback, decompress
from course_lib.distributed.overlap import overlap_makespan
from course_lib.kit.counterexample import Call


def topk_call(numbers: Sequence[float], k: int) -> Call:
    """The sorted absolute values that ``topk_compress`` sends."""

    def right(numbers: Sequence[float], k: int) -> list[float]:
        kept = min(max(k, 0), len(numbers))
        return sorted(map(abs, numbers))[len(numbers) - kept :]

    def line(numbers: Sequence[float], k: int) -> str:
        return f"sorted(round(abs(value), 4) for value in topk_compress(torch.tensor({numbers!r}), {k})[0].tolist())"

    def accepts(actual: Any, numbers: Sequence[float], k: int) -> bool:
        expected = right(numbers, k)
        return len(actual) == len(expected) and all(
            math.isclose(one, other, rel_tol=1e-5) for one, other in zip(actual, expected, strict=True)
        )

    rounded = [float(round(number, 1)) for number in numbers]
    return Call("topk_compress", right, (rounded, k), line, accepts, returns=list[float])


def decompress_call(values: Sequence[float], indices: Sequence[int], shape: tuple[int, int]) -> Call:
    """``decompress``."""

    def right(values: Sequence[float], indices: Sequence[int]) -> list[list[float]]:
        if len(values) != len(indices) or len(set(indices)) < len(indices):
            raise ValueError("no values of places")
        return decompress(torch.tensor(values), torch.tensor(indices, dtype=torch.long), shape).tolist()

    def line(values: Sequence[float], indices: Sequence[int]) -> str:
        return f"decompress(torch.tensor({values!r}), torch.tensor({indices!r}), {shape}).tolist()"

    return Call("decompress", right, ([float(round(value)) for value in values], list(indices)), line, returns=list[list[float]])


def feedback_call(gradients: Sequence[Sequence[float]], k: int) -> Call:
    """The values that an ``ErrorFeedback`` sends of each gradient; where sizes tie, which are sent is free, and there is no example."""

    def right(gradients: Sequence[Sequence[float]]) -> list[list[float]]:
        if len(set(map(len, gradients))) != 1 or len(gradients[0]) <= k:
            raise ValueError("gradients of several sizes, or so small that all is sent")
        memory, found = ErrorFeedback(k), []
        for gradient in map(torch.tensor, gradients):
            corrected = gradient if memory.residual is None else gradient + memory.residual
            sizes = corrected.abs().sort(descending=True).values
            if sizes[k - 1] == sizes[k]:
                raise ValueError("sizes tie")
            found.append(sorted(memory.compress(gradient)[0].tolist()))
        return found

    def line(gradients: Sequence[Sequence[float]]) -> str:
        return f"memory = ErrorFeedback({k}); [sorted(memory.compress(torch.tensor(g))[0].tolist()) for g in {gradients!r}]"

    rows = [[float(number) for number in gradient] for gradient in gradients]
    return Call("ErrorFeedback.compress", right, (rows,), line, returns=list[list[float]])


def async_call(lr: float, delay: int, steps: int) -> Call:
    """``async_sgd`` on w²/2 from 1."""

    def right(delay: int, steps: int) -> list[float]:
        if delay < 0 or steps < 0:
            raise ValueError("there are no such steps")
        return [round(w.item(), 4) for w in async_sgd(lambda w: w, torch.tensor(1.0), lr, delay, steps)]

    def accepts(actual: Any, delay: int, steps: int) -> bool:
        expected = right(delay, steps)
        return len(actual) == len(expected) and all(abs(one - other) <= 1e-3 for one, other in zip(actual, expected, strict=True))

    def line(delay: int, steps: int) -> str:
        return f"[round(w.item(), 4) for w in async_sgd(lambda w: w, torch.tensor(1.0), {lr}, {delay}, {steps})]"

    return Call("async_sgd", right, (delay, steps), line, accepts, returns=list[float])


def overlap_call(buckets: Sequence[tuple[float, float]]) -> Call:
    """``overlap_makespan``."""

    def accepts(actual: Any, buckets: Sequence[tuple[float, float]]) -> bool:
        return math.isclose(actual, overlap_makespan(buckets), rel_tol=1e-9, abs_tol=1e-9)

    return Call("overlap_makespan", overlap_makespan, (list(buckets),), lambda b: f"overlap_makespan({b!r})", accepts, returns=float)

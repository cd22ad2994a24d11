"""Calls on communication as counterexamples are made of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from course_lib.distributed.asynchronous import async_sgd
from course_lib.distributed.compression import ErrorFeedback, decompress, powersgd
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


def powersgd_call(m: int, n: int, rank: int) -> Call:
    """``PᵀP`` and ``PQᵀ`` of a matrix of small whole numbers, where q shows its first columns."""

    def right(m: int, n: int, rank: int) -> tuple[list[list[float]], list[list[float]]]:
        if not 1 <= rank <= min(m, n):
            raise ValueError("no such rank")
        matrix, q = torch.arange(1.0, m * n + 1).view(m, n) ** 2 % 13, torch.eye(n, rank)
        if torch.linalg.matrix_rank(matrix @ q) < rank:
            raise ValueError("the space is not one of that rank")
        p, q = powersgd(matrix, rank, q)
        return (p.T @ p).double().round(decimals=3).tolist(), (p @ q.T).double().round(decimals=3).tolist()

    def accepts(actual: Any, m: int, n: int, rank: int) -> bool:
        pairs = zip(map(torch.tensor, actual), map(torch.tensor, right(m, n, rank)), strict=True)
        return all(one.shape == other.shape and torch.allclose(one, other, rtol=0, atol=0.01) for one, other in pairs)

    def line(m: int, n: int, rank: int) -> str:
        matrix = f"torch.arange(1.0, {m * n + 1}).reshape({m}, {n}) ** 2 % 13"
        products = "[product.double().round(decimals=3).tolist() for product in (p.T @ p, p @ q.T)]"
        return f"p, q = powersgd({matrix}, {rank}, torch.eye({n}, {rank})); tuple({products})"

    return Call("powersgd", right, (m, n, rank), line, accepts, returns=tuple[list[list[float]], list[list[float]]])


def powersgd_of_nothing_call(m: int, n: int, rank: int) -> Call:
    """``PQᵀ`` of a matrix of zeros."""

    def right(m: int, n: int, rank: int) -> list[list[float]]:
        if not 1 <= rank <= min(m, n):
            raise ValueError("no such rank")
        return torch.zeros(m, n).tolist()

    def line(m: int, n: int, rank: int) -> str:
        return f"p, q = powersgd(torch.zeros({m}, {n}), {rank}, torch.eye({n}, {rank})); (p @ q.T).abs().tolist()"

    return Call("powersgd", right, (m, n, rank), line, returns=list[list[float]])


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

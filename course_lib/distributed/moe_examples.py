"""Calls on the mixture of experts as counterexamples are made of them: tokens, of which some may be left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from course_lib.distributed.moe import load_balancing_loss, moe_output, route, within_capacity
from course_lib.kit.counterexample import Call

Row = list[float]
Choice = tuple[float, int, bool]
"""Weight, expert, and whether it found room."""


def route_call(logits: Sequence[Row], k: int) -> Call:
    """Weights and experts of a few tokens."""

    def right(logits: Sequence[Row], k: int) -> tuple[list[Row], list[list[int]]]:
        _even(logits)
        if not 1 <= k <= len(logits[0]) or any(len(set(row)) < len(row) for row in logits):
            raise ValueError("no k, or likelihoods that tie")
        weights, experts = route(torch.tensor(logits), k)
        return weights.double().round(decimals=3).tolist(), experts.tolist()

    def accepts(actual: Any, logits: Sequence[Row], k: int) -> bool:
        (weights, experts), (right_weights, right_experts) = actual, right(logits, k)
        return experts == right_experts and _near(weights, right_weights)

    def line(logits: Sequence[Row], k: int) -> str:
        return f"w, e = route(torch.tensor({logits!r}), {k}); (w.double().round(decimals=3).tolist(), e.tolist())"

    return Call("route", right, (_rounded(logits), k), line, accepts, returns=tuple[list[Row], list[list[int]]])


def balance_call(logits: Sequence[Row], experts: Sequence[Sequence[int]]) -> Call:
    """The auxiliary loss of a few tokens."""

    def right(tokens: Sequence[tuple[Row, list[int]]]) -> float:
        rows, chosen = [row for row, _ in tokens], [numbers for _, numbers in tokens]
        _even(rows)
        _distinct(chosen, len(rows[0]))
        return round(load_balancing_loss(torch.tensor(rows), torch.tensor(chosen)).item(), 4)

    def line(tokens: Sequence[tuple[Row, list[int]]]) -> str:
        rows, chosen = [row for row, _ in tokens], [numbers for _, numbers in tokens]
        return f"round(load_balancing_loss(torch.tensor({rows!r}), torch.tensor({chosen!r})).item(), 4)"

    def accepts(actual: Any, tokens: Sequence[tuple[Row, list[int]]]) -> bool:
        return math.isclose(actual, right(tokens), abs_tol=1e-3)

    tokens = [(row, list(numbers)) for row, numbers in zip(_rounded(logits), experts, strict=True)]
    return Call("load_balancing_loss", right, (tokens,), line, accepts, returns=float)


def capacity_call(experts: Sequence[Sequence[int]], number: int, capacity: int) -> Call:
    """Which assignments of a few tokens find room."""

    def right(experts: Sequence[Sequence[int]], number: int, capacity: int) -> list[list[bool]]:
        _distinct(experts, number)
        return within_capacity(torch.tensor(experts), number, capacity).tolist()

    def line(experts: Sequence[Sequence[int]], number: int, capacity: int) -> str:
        return f"within_capacity(torch.tensor({experts!r}), {number}, {capacity}).tolist()"

    arguments = ([list(row) for row in experts], number, capacity)
    return Call("within_capacity", right, arguments, line, returns=list[list[bool]])


def output_call(choices: Sequence[Sequence[Choice]], number: int) -> Call:
    """The output for tokens 1, 2, …, where expert e multiplies by 10^e."""

    def tensors(choices: Sequence[Sequence[Choice]]) -> list[list[list[Any]]]:
        return [[[choice[part] for choice in row] for row in choices] for part in range(3)]

    def right(choices: Sequence[Sequence[Choice]], number: int) -> list[list[float]]:
        weights, experts, kept = tensors(choices)
        _distinct(experts, number)
        networks = [lambda x, e=e: x * 10**e for e in range(number)]
        x = torch.arange(1.0, len(choices) + 1)[:, None]
        output = moe_output(x, torch.tensor(weights), torch.tensor(experts), torch.tensor(kept), networks)
        return output.double().round(decimals=2).tolist()

    def accepts(actual: Any, choices: Sequence[Sequence[Choice]], number: int) -> bool:
        return _near(actual, right(choices, number))

    def line(choices: Sequence[Sequence[Choice]], number: int) -> str:
        given = ", ".join(f"torch.tensor({part!r})" for part in tensors(choices))
        networks = f"[lambda x, e=e: x * 10**e for e in range({number})]"
        return f"moe_output(torch.arange(1.0, {len(choices) + 1})[:, None], {given}, {networks}).double().round(decimals=2).tolist()"

    rows = [[(round(float(weight), 2), int(expert), bool(kept)) for weight, expert, kept in row] for row in choices]
    return Call("moe_output", right, (rows, number), line, accepts, returns=list[list[float]])


def _even(rows: Sequence[Sequence[Any]]) -> None:
    """Raises ValueError for what is no matrix with something in it."""
    if not rows or len({len(row) for row in rows}) != 1 or not rows[0]:
        raise ValueError("rows of several lengths, or none")


def _distinct(experts: Sequence[Sequence[int]], number: int) -> None:
    """Raises ValueError for choices that a router does not make."""
    _even(experts)
    if any(len(set(row)) < len(row) or not all(0 <= expert < number for expert in row) for row in experts):
        raise ValueError("an expert twice, or one that is not there")


def _rounded(rows: Sequence[Row]) -> list[Row]:
    return [[round(float(number), 1) for number in row] for row in rows]


def _near(actual: Sequence[Row], expected: Sequence[Row]) -> bool:
    one, other = torch.tensor(actual), torch.tensor(expected)
    return one.shape == other.shape and torch.allclose(one, other, rtol=1e-3, atol=2e-3)

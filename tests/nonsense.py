"""Replies that are no answers: of the type that a check asks for and of no sense, or right ones that were bent out of shape."""

from __future__ import annotations

import math
import types
import typing
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import torch

from course_lib.kit import wire
from course_lib.kit.binding import NotebookSubmission, Submission

HUGE = 10**2_000
KINDS = ("nothing", "empty", "zero", "true", "huge", "not-finite", "long")


class LyingSubmission(Submission):
    """Answers every request with a lie, as a kernel under the student's control could.

    Args:
        kind: of :data:`KINDS`; "mixed" draws one for each request.
    """

    def __init__(self, kind: str, student: str = "2026-001") -> None:
        self.kind, self.student, self.sources = kind, student, {}

    def _answer(self, name: str, request: dict[str, Any], returns: Any, timeout: float) -> Any:
        kind = self.kind if self.kind != "mixed" else KINDS[zlib.crc32(wire.encode(request).encode()) % len(KINDS)]
        self._reply = wire.encode({"value": lie(kind, returns)})
        return super()._answer(name, request, returns, timeout)

    def _exchange(self, request: str, timeout: float) -> str:  # noqa: ARG002
        return self._reply


def lie(kind: str, wanted: Any) -> Any:
    """A value of the type ``wanted``, or of a shape that it rules out; of any type where it says nothing."""
    if kind == "nothing":
        return None
    if isinstance(wanted, list):
        return [] if kind == "empty" else [lie(kind, part) for part in wanted]
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return lie(kind, arguments[0])
    base = origin or wanted
    count = {"empty": 0, "long": 300}.get(kind, 1)
    if base is tuple and arguments and arguments[-1] is not Ellipsis:
        return tuple(lie(kind, part) for part in arguments)
    if base in (list, tuple):
        return base([lie(kind if kind != "long" else "zero", arguments[0] if arguments else None)] * count)
    if base in (set, frozenset):
        return base([lie(kind, arguments[0] if arguments else int)] * min(count, 1))
    if base is dict:
        key, value = arguments or (str, None)
        return dict([(lie(kind, key), lie(kind, value))] * min(count, 1))
    return _simple(kind, base)


def _simple(kind: str, base: Any) -> Any:
    if base is bool:
        return kind == "true"
    if base is int:
        return {"huge": HUGE, "not-finite": -HUGE, "long": 10**18}.get(kind, 0)
    if base is float:
        return {"huge": 2**1_022, "not-finite": math.nan, "long": math.inf}.get(kind, 0.0)
    if base is str:
        return {"empty": "", "huge": "=\u202e<b>`" * 500, "long": "가" * 100_000}.get(kind, "0")
    if base is bytes:
        return b"" if kind == "empty" else b"\xff" * 1_000
    if base is numpy.ndarray or base is torch.Tensor:
        values = {"empty": numpy.zeros(0), "huge": numpy.full((2, 2), 3e38), "long": numpy.zeros(5_000)}.get(kind, numpy.full(1, numpy.nan))
        return values if base is numpy.ndarray else torch.from_numpy(values)
    return {"empty": [], "zero": 0, "true": True, "huge": HUGE, "not-finite": math.nan, "long": [[]] * 300}.get(kind)


# -- right replies, bent ----------------------------------------------------------------------------------------------


class BentSubmission(NotebookSubmission):
    """Answers as ``honest`` does, then bends the value. What was answered before is remembered."""

    def __init__(self, honest: NotebookSubmission, bend: Callable[[Any], Any], memory: dict[str, str]) -> None:
        super().__init__(honest.namespace, honest.student, honest.sources)
        self.bend, self.memory = bend, memory

    def _exchange(self, request: str, timeout: float) -> str:
        if request not in self.memory:
            self.memory[request] = super()._exchange(request, timeout)
        reply = wire.decode(self.memory[request])
        return wire.encode({"value": self.bend(reply["value"])}) if "value" in reply else self.memory[request]


def _emptied(value: Any) -> Any:
    if isinstance(value, (list, tuple, dict, str, bytes)):
        return type(value)()
    return value[:0] if hasattr(value, "dtype") and value.ndim else value


def _shorter(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(list(value.items())[:-1])
    return value[:-1] if isinstance(value, (list, tuple, str, bytes)) or (hasattr(value, "dtype") and value.ndim) else value


def _longer(value: Any) -> Any:
    if isinstance(value, dict) and value:
        return {**value, ("x" if isinstance(next(iter(value)), str) else 10**6): next(iter(value.values()))}
    if isinstance(value, torch.Tensor) and value.ndim:
        return torch.cat((value, value[-1:]))
    if isinstance(value, numpy.ndarray) and value.ndim:
        return numpy.concatenate((value, value[-1:]))
    return value + value[-1:] if isinstance(value, (list, tuple, str, bytes)) else value


def _parts(bend: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Bends what a value consists of, not the value."""

    def bent(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bend(part) for key, part in value.items()}
        return type(value)(map(bend, value)) if isinstance(value, (list, tuple)) else value

    return bent


def _leaves(bend: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def bent(value: Any) -> Any:
        return _parts(bent)(value) if isinstance(value, (list, tuple, dict)) else bend(value)

    return bent


def _numbers(whole: int, other: float) -> Callable[[Any], Any]:
    """Every number replaced: integers by ``whole``, the others by ``other``."""

    def bend(value: Any) -> Any:
        if type(value) in (int, float):
            return whole if type(value) is int else other
        if isinstance(value, torch.Tensor) and value.dtype != torch.bool:
            return torch.full_like(value, other if value.dtype.is_floating_point else max(min(whole, 2**31), -(2**31)))
        if isinstance(value, numpy.ndarray) and value.dtype.kind == "f":
            return numpy.full_like(value, other)
        return value

    return _leaves(bend)


BENDS: dict[str, Callable[[Any], Any]] = {
    "emptied": _emptied,
    "shorter": _shorter,
    "longer": _longer,
    "parts emptied": _parts(_emptied),
    "parts shorter": _parts(_shorter),
    "parts longer": _parts(_longer),
    "zeros": _numbers(0, 0.0),
    "negative": _numbers(-1, -1.0),
    "huge": _numbers(10**18, 1e300),
    "beyond": _numbers(10**400, math.inf),
    "not a number": _numbers(0, math.nan),
    "flat": _leaves(lambda value: value.reshape(-1) if hasattr(value, "dtype") else value),
    "another type": _leaves(lambda value: value.double() if isinstance(value, torch.Tensor) else str(value)),
    "no leaves": _leaves(lambda _: None),
    "reversed": lambda value: value[::-1] if isinstance(value, (list, tuple, str)) else value,
}


# -- evidence ---------------------------------------------------------------------------------------------------------

VALUES = (None, "", "0", True, -1, 0, 0.0, 10**18, -(10**18), 1e300, -1e300, [], [0], [""], {}, [{"": [None]}])
ROWS: dict[str, Callable[[list], list]] = {
    "emptied": _emptied,
    "shorter": _shorter,
    "longer": _longer,
    "reversed": lambda rows: rows[::-1],
    "alike": lambda rows: rows[:1] * len(rows),
    "without columns": lambda rows: [{} for _ in rows],
}


def bent_evidence(evidence: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What pack wrote, by the fields of Evidence, with one thing changed, and what."""
    for field, values in {"seed": (-1, 10**18, -(10**18)), "profile": ("", "smoke", "gpu")}.items():
        yield from ((f"{field} = {value!r}", {**evidence, field: value}) for value in values)
    for field, bent in {"tables": _bent_tables, "conclusions": _bent_conclusions}.items():
        yield from ((what, {**evidence, field: changed}) for what, changed in bent(evidence[field]))


def _bent_tables(tables: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, dict[str, list[dict[str, Any]]]]]:
    """The tables with one thing changed, and what: the rows of one, or one column's values in the first row, the last or all."""
    for name, rows in tables.items():
        for how, bend in ROWS.items():
            yield f"{name} {how}", {**tables, name: bend(rows)}
        for column in rows[0]:
            yield f"{name} without {column}", {**tables, name: [{key: row[key] for key in row if key != column} for row in rows]}
            for value in VALUES:
                for where, places in {"0": {0}, "-1": {len(rows) - 1}, "*": set(range(len(rows)))}.items():
                    bent = [{**row, column: value} if number in places else row for number, row in enumerate(rows)]
                    yield f"{name}[{where}][{column}] = {value!r}", {**tables, name: bent}


def _bent_conclusions(conclusions: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The conclusions with one thing changed, and what: one of them, or one field of it."""
    for name, claim in conclusions.items():
        yield f"without {name}", {key: value for key, value in conclusions.items() if key != name}
        for value in VALUES:
            yield f"{name} = {value!r}", {**conclusions, name: value}
            for field in claim:
                yield f"{name}[{field}] = {value!r}", {**conclusions, name: {**claim, field: value}}

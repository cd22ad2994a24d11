"""Figures that a check notes down beside its verdict, for the benchmark section of a report. They never earn a point."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
MOST = 1e15


@dataclass(frozen=True)
class Figure:
    """One figure of one submission.

    Attributes:
        name: what it is called in results.
        title: what a report calls it.
        better: which way is better; "" where neither is.
        landmarks: the same figure of known implementations in the same run, such as ``{"naive": 40_000, "reference": 9_000}``.
    """

    name: str
    value: float
    unit: str
    title: str
    better: Literal["lower", "higher", ""] = "lower"
    landmarks: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """The figure over the reference's."""
        reference = self.landmarks.get("reference")
        return self.value / reference if reference else None


class Record:
    """The ``record`` fixture of checks."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def metric(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        title: str,
        better: Literal["lower", "higher", ""] = "lower",
        landmarks: Mapping[str, float] | None = None,
    ) -> None:
        """Note a figure. One that the student's code made unusable (not finite, negative, absurd) is left out: it decides nothing.

        Raises:
            ValueError: the name or a landmark is none, which is the check's mistake.
        """
        marks = dict(landmarks or {})
        if not NAME.fullmatch(name) or not all(math.isfinite(mark) and mark >= 0 for mark in marks.values()):
            raise ValueError(f"{name!r} with the landmarks {marks} is no figure")
        if math.isfinite(value) and 0 <= value <= MOST:
            self.figures.append(Figure(name, float(value), unit, title, better, marks))

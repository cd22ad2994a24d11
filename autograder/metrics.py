"""Figures that checks noted down → the metrics of a result."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.result import Metric
from course_lib.kit.checking import CheckOutcome

DIGITS = 4  # significant ones: more would be noise


def measured(outcomes: Iterable[CheckOutcome]) -> dict[str, Metric]:
    """The figures by name. Where two checks noted the same name, the first one stays."""
    found: dict[str, Metric] = {}
    for figure in (figure for outcome in outcomes for figure in outcome.figures):
        metric = Metric(
            value=_rounded(figure.value),
            unit=figure.unit,
            ratio_to_reference=None if figure.ratio is None else _rounded(figure.ratio),
            title=figure.title,
            better=figure.better,
            landmarks={name: _rounded(value) for name, value in figure.landmarks.items()},
        )
        found.setdefault(figure.name, metric)
    return found


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")

"""Where things stand on the drawings of a report: shares of a fixed width, for inline SVG without scripts or styles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from autograder.reports.model import Comparison
from autograder.reports.text import number

WIDTH, HEIGHT = 600.0, 56.0
EDGE = 8.0  # so that a mark at the very end is whole
APART = 110.0  # between two labels
LEAST = 4.0  # height of a column that somebody stands in


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Mark:
    """A landmark on the axis; ``anchor`` keeps its label inside the drawing."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Strip:
    """A class's histogram, or a scale of landmarks, with the student's own place.

    Attributes:
        own: where the student stands.
        box: from the first quartile to the third, and the median between; None without a class.
        text: everything that the drawing says, in a sentence.
    """

    bars: tuple[Bar, ...]
    own: float
    box: tuple[float, float, float] | None
    marks: tuple[Mark, ...]
    low: str
    high: str
    text: str


def strip(comparison: Comparison) -> Strip | None:
    """The drawing for one comparison; None where there is nothing to draw but the value itself."""
    log = bool(comparison.landmarks)
    ends = [comparison.value, *comparison.quartiles, *(value for _, value in comparison.landmarks)]
    ends += comparison.axis
    ends += [edge for column in comparison.columns for edge in (column.low, column.high)]
    low, high = min(ends), max(ends)
    if not low < high:
        return None
    if log:
        low, high = low / 1.5, high * 1.5

    def across(value: float) -> float:
        share = math.log(value / low) / math.log(high / low) if log else (value - low) / (high - low)
        return round(EDGE + (WIDTH - 2 * EDGE) * min(max(share, 0.0), 1.0), 1)

    quartiles = tuple(across(value) for value in comparison.quartiles)
    return Strip(
        bars=tuple(_bars(comparison, across)),
        own=across(comparison.value),
        box=(quartiles[0], quartiles[1], quartiles[2]) if len(quartiles) == 3 else None,
        marks=_marks([(across(value), title) for title, value in comparison.landmarks]),
        low=number(low),
        high=number(high),
        text=sentence(comparison),
    )


def _bars(comparison: Comparison, across: Callable[[float], float]) -> Iterator[Bar]:
    """Areas, not heights, say how many: a joined column is as low as it is wide."""
    placed = [(across(column.low), across(column.high), column.count) for column in comparison.columns]
    density = [count / max(right - left, 1.0) for left, right, count in placed]
    for (left, right, _), dense in zip(placed, density, strict=True):
        height = round(max(HEIGHT * dense / max(density), LEAST), 1)
        yield Bar(left, round(HEIGHT - height, 1), round(max(right - left - 1, 1.0), 1), height)


def _marks(placed: list[tuple[float, str]]) -> tuple[Mark, ...]:
    """Landmarks from left to right; the name of one that would be written over another's joins it."""
    made: list[Mark] = []
    for x, label in sorted(placed):
        if made and x - made[-1].x < APART:
            made[-1] = replace(made[-1], label=f"{made[-1].label} · {label}")
            label = ""
        made.append(Mark(x, label, "start" if x < WIDTH / 6 else "end" if x > 5 * WIDTH / 6 else "middle"))
    return tuple(made)


def sentence(comparison: Comparison) -> str:
    """What a drawing shows, for those who do not see it."""
    said = [f"내 값은 {number(comparison.value)}{comparison.unit}입니다."]
    if comparison.quartiles:
        first, median, third = map(number, comparison.quartiles)
        middle = f"가운데 절반은 {first}에서 {third} 사이이고, 중앙값은 {median}입니다."
        said.append(f"{comparison.students}명의 {middle}" if first != third else f"{comparison.students}명의 중앙값은 {median}입니다.")
    said += [f"{title}: {number(value)}{comparison.unit}." for title, value in comparison.landmarks]
    return " ".join(said)

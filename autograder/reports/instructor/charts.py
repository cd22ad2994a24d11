"""Geometry of the drawings; templates only write it down. All within fixed view boxes, so that no style attribute is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.reports.instructor.statistics import Bar, ItemStatistic, Summary
from autograder.reports.text import points

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 40, 14, 14, 38


@dataclass(frozen=True)
class Column:
    """One column: its height in per cent, what stands above it, and below."""

    height: float
    above: str
    below: str


@dataclass(frozen=True)
class Box:
    """A box plot along 0 to 100: where its parts begin, and how long they are."""

    low: float
    span: float
    first: float
    middle: float
    mark: float


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    item: ItemStatistic


def columns(bars: Sequence[Bar]) -> list[Column]:
    """A histogram, as high as its highest column."""
    most = max((bar.count for bar in bars), default=0) or 1
    return [Column(round(100 * bar.count / most, 2), str(bar.count or ""), f"{bar.low:g}–") for bar in bars]


def trend(values: Sequence[tuple[str, float]], maximum: float) -> list[Column]:
    """Named values side by side, of a maximum."""
    return [Column(round(100 * min(max(value / maximum, 0), 1), 2), points(value), name) for name, value in values]


def box(found: Summary) -> Box:
    """From a summary of shares between 0 and 1."""
    low, first, median, third, high = (
        100 * min(max(value, 0), 1) for value in (found.low, found.first, found.median, found.third, found.high)
    )
    values = low, max(high - low, 0.3), first, max(third - first, 0.3), min(max(median - 0.3, 0), 99.3)
    return Box(*(round(value, 2) for value in values))


def across(share: float) -> float:
    """Where a share from 0 to 1 stands on the scatter's axis."""
    return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 1)


def upwards(value: float) -> float:
    """Where a correlation from -0.4 to 1 stands; lower ones stand at the edge."""
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - (max(value, -0.4) + 0.4) / 1.4), 1)


def scatter(items: Sequence[ItemStatistic]) -> list[Dot]:
    """Items by ease and discrimination; dots that would cover each other are moved aside a little."""
    dots: list[Dot] = []
    for item in items:
        if item.ease is None or item.discrimination is None:
            continue
        x, y = across(item.ease), upwards(item.discrimination)
        for shift in (0, -15, 15, -30, 30, -45, 45):
            if all(abs(dot.x - (x + shift)) > 13 or abs(dot.y - y) > 13 for dot in dots) and LEFT <= x + shift <= WIDTH - RIGHT + 8:
                x += shift
                break
        dots.append(Dot(x, y, item))
    return dots

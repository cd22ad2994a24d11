"""Numbers about a class: distributions, and how items behave as a test's items."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.reports.instructor.cohort import Cohort

RELIABLE = 10  # students below whom a correlation says nothing


@dataclass(frozen=True)
class Summary:
    """A distribution in a few numbers; quartiles by linear interpolation."""

    n: int
    mean: float
    deviation: float
    low: float
    first: float
    median: float
    third: float
    high: float


@dataclass(frozen=True)
class Bar:
    """A column of a histogram: from ``low`` up to but without ``high``; the last one includes its end."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class ItemStatistic:
    """One item of the manifest.

    Attributes:
        n: students whose score of it is known.
        ease: mean part of its points that they got, from 0 to 1.
        discrimination: correlation of its score with the total without it; None where either does not vary or fewer than three are known.
        full, none: parts of the students with all and with no points.
        waiting: answers that a person still has to read.
    """

    number: int
    id: str
    title: str
    dimension: str
    points: float
    n: int
    ease: float | None
    discrimination: float | None
    full: float
    none: float
    waiting: int

    @property
    def reliable(self) -> bool:
        return self.n >= RELIABLE


def summary(values: Sequence[float]) -> Summary | None:
    """``None`` for an empty class."""
    if not values:
        return None
    ordered = sorted(values)
    quarter = [_quantile(ordered, share) for share in (0.25, 0.5, 0.75)]
    deviation = statistics.stdev(ordered) if len(ordered) > 1 else 0.0
    return Summary(len(ordered), statistics.fmean(ordered), deviation, ordered[0], *quarter, ordered[-1])


def histogram(values: Sequence[float], maximum: float) -> list[Bar]:
    """Columns of equal width from 0 to ``maximum``, or to the highest value with its bonus; at most eighteen, on whole numbers."""
    top = max([maximum, *values])
    width = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000) if top / step <= 18)
    count = max(math.ceil(top / width), 1)
    counts = [0] * count
    for value in values:
        counts[min(int(max(value, 0) / width), count - 1)] += 1
    return [Bar(width * place, width * (place + 1), number) for place, number in enumerate(counts)]


def item_statistics(cohort: Cohort) -> list[ItemStatistic]:
    """Difficulty and discrimination of every item, in the manifest's order; answers that wait for a person are left out."""
    rests = {student: _known_points(cohort, student) for student in cohort.decided}
    found = []
    for number, (name, item) in enumerate(cohort.assignment.by_id.items(), 1):
        entries = [(student, cohort.item(student, name)) for student in cohort.decided]
        known = [(student, entry) for student, entry in entries if entry is not None and entry.score is not None and not entry.waiting]
        points = float(item.points)
        shares = [entry.score / entry.max_score for _, entry in known if entry.max_score]
        others = [rests[student] - entry.score for student, entry in known]
        found.append(
            ItemStatistic(
                number=number,
                id=name,
                title=item.title,
                dimension=getattr(item, "dimension", "bonus"),
                points=points,
                n=len(known),
                ease=statistics.fmean(shares) if shares else None,
                discrimination=correlation([entry.score for _, entry in known], others),
                full=sum(share >= 1 - 1e-9 for share in shares) / len(shares) if shares else 0.0,
                none=sum(share <= 1e-9 for share in shares) / len(shares) if shares else 0.0,
                waiting=len(cohort.waiting.get(name, ())),
            )
        )
    return found


def correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's r; ``None`` for fewer than three pairs or where one side does not vary."""
    if len(left) < 3 or max(left) - min(left) < 1e-9 or max(right) - min(right) < 1e-9:
        return None
    return statistics.correlation(left, right)


def _known_points(cohort: Cohort, student: str) -> float:
    """What the student has of items that are decided, without bonus, lateness and adjustments: what items are compared with."""
    items = cohort.standings[student].items
    return sum(item.score for item in items if item.score is not None and not item.waiting and item.dimension != "bonus")


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

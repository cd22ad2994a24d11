"""A student among the others and among known implementations: coarse, and never so that anyone else could be told.

A class is compared from ten students on. A place is given as a band that holds at least five of them, a histogram's columns stand for
at least three, and where most have the same value only that is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles
from typing import TYPE_CHECKING, Literal

from autograder.manifest import DIMENSIONS
from autograder.reports.model import Column, Comparison
from autograder.reports.view import DIMENSION_TITLES
from autograder.result import Result

if TYPE_CHECKING:
    from autograder.standing import Standing

FEWEST = 10  # students that a class is compared from
PER_BAND = 5
PER_COLUMN = 3
BANDS = (5, 10, 25, 50)  # per cent
COLUMNS = 10
LANDMARKS = {"naive": "단순한 구현", "reference": "기준 구현", "library": "라이브러리"}
FAR = 3.0  # times beyond the last landmark: no longer "about as"


@dataclass(frozen=True)
class Series:
    """One figure of everybody who has it.

    Attributes:
        values: by student.
        low, high: the axis, where it is known beforehand.
        step: the least width of a column.
        relative: a ratio to the reference, on an axis of powers.
    """

    name: str
    title: str
    unit: str
    better: Literal["lower", "higher", ""]
    values: Mapping[str, float]
    low: float | None = None
    high: float | None = None
    step: float = 0.0
    relative: bool = False


def class_series(results: Mapping[str, Result], stands: Mapping[str, Standing] | None = None) -> tuple[Series, ...]:
    """The figures of a cohort. Submissions that could not be read or graded do not count.

    Args:
        stands: where the students stand. While anybody waits for a grader, only automatic scores can be compared.
    """
    graded = {student: result for student, result in results.items() if result.status in ("graded", "partial")}
    decided = {student: standing for student, standing in (stands or {}).items() if student in graded}
    if decided.keys() != graded.keys() or any(standing.waiting for standing in decided.values()):
        decided = {}
    found = list(_scores(graded, decided))
    review = {student: float(len(result.review)) for student, result in graded.items() if result.score > 0}
    found.append(Series("review", "코드 검토의 지적", "개", "lower", review, low=0.0, step=1.0))
    for name in dict.fromkeys(name for result in graded.values() for name in result.metrics):
        metrics = {student: result.metrics[name] for student, result in graded.items() if name in result.metrics}
        first = next(iter(metrics.values()))
        relative = {s: m.ratio_to_reference for s, m in metrics.items() if m.ratio_to_reference is not None and m.ratio_to_reference > 0}
        if relative:
            found.append(Series(name, first.title, "배", first.better, relative, relative=True))
        else:
            found.append(Series(name, first.title, first.unit, first.better, {s: m.value for s, m in metrics.items()}))
    return tuple(found)


def _scores(graded: Mapping[str, Result], decided: Mapping[str, Standing]) -> Iterator[Series]:
    if not graded:
        return
    first, suffix = next(iter(graded.values())), "" if decided else "(자동 채점)"
    totals = {student: decided[student].total if decided else result.score for student, result in graded.items()}
    yield Series("total", f"총점{suffix}", "점", "higher", totals, 0.0, max(first.max_score, *totals.values()))
    for dimension in DIMENSIONS:
        entries = {student: (decided[student] if decided else result).dimensions.get(dimension) for student, result in graded.items()}
        values = {student: entry.score for student, entry in entries.items() if entry is not None}
        if dimension in first.dimensions:
            yield Series(
                dimension, f"{DIMENSION_TITLES[dimension]}{suffix}", "점", "higher", values, 0.0, first.dimensions[dimension].max_score
            )


def comparisons(series: Sequence[Series], result: Result) -> tuple[Comparison, ...]:
    """This student's figures, each among the class's where there are enough, and among the landmarks where there are some."""
    made = (_comparison(entry, result) for entry in series if result.student in entry.values)
    return tuple(entry for entry in made if entry.place or entry.band)


def _comparison(series: Series, result: Result) -> Comparison:
    value = series.values[result.student]
    marks = _landmarks(result, series)
    enough = len(series.values) >= FEWEST
    return Comparison(
        name=series.name,
        title=series.title,
        unit=series.unit,
        better=series.better,
        value=_coarse(value) if series.relative else value,
        band=band(value, marks, series.better) if marks else "",
        landmarks=tuple((LANDMARKS[name], _coarse(mark)) for name, mark in marks.items()),
        students=len(series.values),
        place=place(value, list(series.values.values()), series.better) if enough else "",
        columns=histogram(series) if enough else (),
        axis=() if series.relative or series.low is None or series.high is None else (series.low, series.high),
        quartiles=tuple(_coarse(q, 3) for q in quantiles(series.values.values(), n=4, method="inclusive")) if enough else (),
    )


def _landmarks(result: Result, series: Series) -> dict[str, float]:
    """The known implementations in the student's own run, over the reference's."""
    metric = result.metrics.get(series.name)
    if not series.relative or metric is None or not metric.landmarks.get("reference"):
        return {}
    return {name: metric.landmarks[name] / metric.landmarks["reference"] for name in LANDMARKS if metric.landmarks.get(name, 0) > 0}


def band(value: float, landmarks: Mapping[str, float], better: str) -> str:
    """The known implementation that a figure is nearest to, by ratio; figures far beyond the last one are said to be."""
    nearest = min(landmarks, key=lambda name: abs(math.log(value / landmarks[name])))
    apart = value / landmarks[nearest]
    slow, fast = ("느립니다", "빠릅니다") if better == "lower" else ("큽니다", "작습니다")
    if apart > FAR and landmarks[nearest] == max(landmarks.values()):
        return f"{LANDMARKS[nearest]}보다 훨씬 {slow}"
    if apart < 1 / FAR and landmarks[nearest] == min(landmarks.values()):
        return f"{LANDMARKS[nearest]}보다 훨씬 {fast}"
    return f"{LANDMARKS[nearest]} 수준입니다"


def place(value: float, everyone: Sequence[float], better: str) -> str:
    """Where a value stands among at least ten, as a band that holds at least five students.

    Raises:
        ValueError: there are fewer than ten.
    """
    count = len(everyone)
    if count < FEWEST:
        raise ValueError(f"{count} students are too few to be compared")
    ahead = sum(other > value if better == "higher" else other < value for other in everyone)
    equal = sum(other == value for other in everyone)
    if 2 * equal > count:
        return f"{count}명 가운데 절반이 넘는 학생이 같은 값입니다"
    step = next(step for step in BANDS if count * step >= 100 * PER_BAND)
    lower = min(int((ahead + equal / 2) * 100 / count / step) * step, 100 - step)
    side = "낮은 쪽에서" if better == "" else "위에서"
    if step == 50:
        half = ("낮은 쪽", "높은 쪽") if better == "" else ("위쪽", "아래쪽")
        return f"{count}명 가운데 {half[lower // 50]} 절반에 있습니다"
    if lower == 0:
        return f"{count}명 가운데 {side} {step} % 안에 있습니다"
    return f"{count}명 가운데 {side} {lower}~{lower + step} % 사이에 있습니다"


def histogram(series: Series) -> tuple[Column, ...]:
    """Columns of equal width, neighbours joined until each stands for three students at least."""
    values = sorted(series.values.values())
    edges = _edges(values, series)
    made: list[Column] = []
    low, count = edges[0], 0
    for left, right in pairwise(edges):
        last = right == edges[-1]
        inside = sum(left <= value < right or (last and value == right) for value in values)
        if count == 0 and inside == 0:
            low = right  # nobody here yet: the first column begins where somebody is
            continue
        count += inside
        if count >= PER_COLUMN:
            made.append(Column(low, right, count))
            low, count = right, 0
    if count and made:
        made[-1] = Column(made[-1].low, edges[-1], made[-1].count + count)
    return tuple(made)


def _edges(values: Sequence[float], series: Series) -> list[float]:
    if series.relative:
        low, high = (math.floor(math.log2(values[0])), math.floor(math.log2(values[-1])) + 1)
        return [2.0**power for power in range(low, high + 1)]
    low = series.low if series.low is not None else values[0]
    high = series.high if series.high is not None else values[-1]
    step = max(_round_step((high - low) / COLUMNS) if high > low else 1.0, series.step)
    first = math.floor(low / step + 1e-9)
    count = max(math.ceil(high / step - 1e-9) - first, 1)
    return [round((first + number) * step, 10) for number in range(count + 1)]


def _round_step(width: float) -> float:
    """The next larger of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= width * (1 - 1e-9))


def _coarse(value: float, digits: int = 2) -> float:
    return float(f"{value:.{digits}g}")

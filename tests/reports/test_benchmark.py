"""A student among the others: bands, histograms, and that nobody else can be told from them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sample_result import make_result

from autograder.manifest import Assignment
from autograder.reports.assemble import make_report
from autograder.reports.benchmark import BANDS, PER_BAND, PER_COLUMN, Series, band, class_series, comparisons, histogram, place
from autograder.reports.charts import WIDTH, strip
from autograder.reports.student import render_report
from autograder.result import Metric, Result

MARKS = {"naive": 30.0, "reference": 1.0, "library": 0.2}


def class_of(assignment: Assignment, scores: list[float], **changes) -> dict[str, Result]:
    return {f"s{n:03}": make_result(assignment, student=f"s{n:03}", score=score, **changes) for n, score in enumerate(scores)}


def total_of(results: dict[str, Result], student: str):
    return {entry.name: entry for entry in comparisons(class_series(results), results[student])}.get("total")


def test_nine_students_are_not_compared(assignment: Assignment) -> None:
    assert total_of(class_of(assignment, [n / 2 for n in range(9)]), "s004") is None
    with pytest.raises(ValueError, match="too few"):
        place(1.0, [1.0] * 9, "higher")


def test_ten_students_are_compared_by_halves(assignment: Assignment) -> None:
    results = class_of(assignment, [n / 2 for n in range(10)])
    assert total_of(results, "s009").place == "10명 가운데 위쪽 절반에 있습니다"
    assert total_of(results, "s000").place == "10명 가운데 아래쪽 절반에 있습니다"


def test_submissions_without_a_grade_do_not_count(assignment: Assignment) -> None:
    results = class_of(assignment, [5.0] * 5 + [float(n) for n in range(5)])
    results["s000"] = results["s000"].model_copy(update={"status": "unreadable"})
    assert total_of(results, "s009") is None


@pytest.mark.parametrize("count", [10, 11, 19, 20, 37, 50, 99, 100, 240])
@pytest.mark.parametrize("better", ["higher", "lower", ""])
def test_every_place_is_shared_by_five(count: int, better: str) -> None:
    everyone = [float(value) for value in np.random.default_rng(count).permutation(count)]
    places = [place(value, everyone, better) for value in everyone]
    assert min(places.count(said) for said in places) >= PER_BAND
    step = next(step for step in BANDS if count * step >= 100 * PER_BAND)
    assert len(set(places)) == 100 // step


def test_the_better_end_is_the_upper_one() -> None:
    everyone = [float(n) for n in range(40)]
    assert place(39.0, everyone, "higher") == place(0.0, everyone, "lower") == "40명 가운데 위에서 25 % 안에 있습니다"
    assert place(39.0, everyone, "lower") == "40명 가운데 위에서 75~100 % 사이에 있습니다"


def test_ties_stand_in_one_place() -> None:
    everyone = [1.0] * 15 + [2.0] * 15 + [3.0] * 15
    assert len({place(value, everyone, "higher") for value in everyone}) == 3
    assert "절반이 넘는 학생이 같은 값" in place(0.0, [0.0] * 20 + [1.0] * 19, "lower")


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_no_column_stands_for_fewer_than_three(seed: int, relative: bool) -> None:
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(0, 2, int(rng.integers(10, 120)))) if relative else rng.gamma(2, 4, int(rng.integers(10, 120)))
    series = Series("x", "값", "점", "higher", {str(n): float(value) for n, value in enumerate(values)}, relative=relative)
    columns = histogram(series)
    assert all(column.count >= PER_COLUMN for column in columns)
    assert sum(column.count for column in columns) == len(values)
    assert all(before.high <= after.low for before, after in pairwise(columns))
    for column in columns:
        assert not {column.low, column.high} & set(map(float, values))


def test_equal_values_make_one_column() -> None:
    (column,) = histogram(Series("x", "값", "점", "higher", {str(n): 3.7 for n in range(12)}))
    assert column.low <= 3.7 <= column.high
    assert column.count == 12


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.01, "라이브러리보다 훨씬 빠릅니다"),
        (0.2, "라이브러리 수준입니다"),
        (1.9, "기준 구현 수준입니다"),
        (20.0, "단순한 구현 수준입니다"),
        (95.0, "단순한 구현보다 훨씬 느립니다"),
    ],
)
def test_a_figure_is_set_beside_the_nearest_known_one(value: float, said: str) -> None:
    assert band(value, MARKS, "lower") == said


def test_a_speed_needs_no_class(assignment: Assignment) -> None:
    metric = Metric(
        value=30, unit="밀리초", ratio_to_reference=15, title="학습에 걸린 시간", better="lower", landmarks={"naive": 60, "reference": 2}
    )
    result = make_result(assignment, metrics={"train-time": metric})
    (entry,) = comparisons(class_series({result.student: result}), result)
    assert (entry.band, entry.place, entry.columns, entry.value) == ("단순한 구현 수준입니다", "", (), 15.0)
    drawn = strip(entry)
    assert drawn.marks[0].label == "기준 구현"
    assert drawn.marks[0].x < drawn.own < drawn.marks[1].x
    assert "내 값은 15배입니다." in drawn.text


def test_names_that_would_overlap_are_joined(assignment: Assignment) -> None:
    marks = {"naive": 400, "reference": 2, "library": 1.9}
    metric = Metric(value=30, unit="밀리초", ratio_to_reference=15, title="시간", better="lower", landmarks=marks)
    result = make_result(assignment, metrics={"time": metric})
    (entry,) = comparisons(class_series({result.student: result}), result)
    assert [mark.label for mark in strip(entry).marks] == ["라이브러리 · 기준 구현", "", "단순한 구현"]


def test_drawings_stay_inside_and_name_nobody(assignment: Assignment) -> None:
    rng = np.random.default_rng(1)
    results = class_of(assignment, [float(score) for score in rng.uniform(0, 10, 30)])
    for student, result in results.items():
        report = make_report(assignment, result, series=class_series(results))
        assert next(entry.name for entry in report.comparisons) == "total"
        page = render_report(report)
        assert not [other for other in results if other != student and other in page]
        for entry in report.comparisons:
            if drawn := strip(entry):
                assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH and bar.height > 0 for bar in drawn.bars)
                assert 0 <= drawn.own <= WIDTH


def test_the_same_report_but_for_ones_own_value_tells_nothing_of_the_next_student(assignment: Assignment) -> None:
    """Two students' pages together hold the same picture of the class: no page is drawn from one other student's value."""
    results = class_of(assignment, [n / 3 for n in range(30)])
    drawn = {entry.columns for student in results if (entry := total_of(results, student))}
    assert len(drawn) == 1

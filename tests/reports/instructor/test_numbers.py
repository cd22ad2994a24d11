"""Statistics, clusters, history and final grades, against values worked out by hand."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from autograder.course import CourseError
from autograder.history import history_file, note_run, read_runs
from autograder.recording import Difference
from autograder.reports.instructor import charts, execution, failures
from autograder.reports.instructor.final import final_csv, final_grades, render_final
from autograder.reports.instructor.pages import _groups, _history
from autograder.reports.instructor.statistics import correlation, histogram, item_statistics, summary
from autograder.result import CellResult, Tampering
from autograder.similarity import Document, Pair, Similar
from autograder.specification import AssignmentSpecification, Specification
from benchmarks._classes import WHEN, make_cohort, make_result, make_standing, student

# -- distributions ----------------------------------------------------------------------------------------------------


def test_a_summary_is_numpys():
    values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.5]
    found = summary(values)
    assert (found.first, found.median, found.third) == pytest.approx(np.quantile(values, (0.25, 0.5, 0.75)))
    assert (found.n, found.low, found.high) == (7, 1.0, 9.0)
    assert found.deviation == pytest.approx(np.std(values, ddof=1))
    assert summary([]) is None
    assert summary([2.0]).deviation == 0


def test_every_value_stands_in_one_column():
    bars = histogram([0, 1.99, 2, 29.9, 30, 33.5], 30)
    assert [(bar.low, bar.high) for bar in bars] == [(low, low + 2) for low in range(0, 34, 2)]
    assert {bar.low: bar.count for bar in bars if bar.count} == {0: 2, 2: 1, 28: 1, 30: 1, 32: 1}
    assert sum(bar.count for bar in histogram([-3, 100], 10)) == 2


@pytest.mark.parametrize(("maximum", "width"), [(10, 1), (25, 2), (30, 2), (40, 5), (100, 10), (250, 20)])
def test_columns_are_few_and_round(maximum, width):
    bars = histogram([], maximum)
    assert bars[0].high == width
    assert len(bars) <= 18


# -- items ------------------------------------------------------------------------------------------------------------


def test_discrimination_is_the_correlation_with_the_rest(assignment):
    cohort = make_cohort(assignment, 30)
    found = {entry.id: entry for entry in item_statistics(cohort)}
    name = "add"
    scores = np.array([cohort.item(s, name).score for s in cohort.decided])
    rests = [
        sum(i.score for i in cohort.standings[s].items if i.score is not None and i.dimension != "bonus" and i.id != name)
        for s in cohort.decided
    ]
    assert found[name].discrimination == pytest.approx(np.corrcoef(scores, rests)[0, 1])
    assert found[name].ease == pytest.approx(scores.mean() / float(assignment.by_id[name].points))
    assert found[name].n == len(cohort.decided)
    assert found[name].reliable


def test_an_answer_that_waits_is_in_no_number(assignment):
    cohort = make_cohort(assignment, 30)
    essay = next(item.id for item in assignment.items if item.manual)
    found = next(entry for entry in item_statistics(cohort) if entry.id == essay)
    decided = [s for s in cohort.decided if not cohort.item(s, essay).waiting]
    assert 0 < found.n == len(decided) < len(cohort.decided)
    waiting = [name for name in cohort.standings if cohort.item(name, essay).waiting]
    assert cohort.waiting[essay] == sorted(waiting)
    assert found.waiting == len(waiting)


def test_no_correlation_without_spread():
    assert correlation([1, 1, 1], [1, 2, 3]) is None
    assert correlation([1, 2], [1, 2]) is None
    assert correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)


def test_dots_do_not_hide_each_other(assignment):
    items = item_statistics(make_cohort(assignment, 40))
    dots = charts.scatter(items)
    assert len(dots) == sum(item.discrimination is not None for item in items)
    assert len({(dot.x, dot.y) for dot in dots}) == len(dots)


# -- failures ---------------------------------------------------------------------------------------------------------


def test_failures_are_counted_and_clustered(assignment):
    cohort = make_cohort(assignment, 25)
    checks = failures.failed_checks(cohort)
    outcomes = [
        (item.id, check, name)
        for name in cohort.decided
        for item in cohort.results[name].items
        for check in item.checks
        if not check.passed
    ]
    assert sum(check.failed for check in checks) == len(outcomes)
    assert [check.share for check in checks] == sorted((check.share for check in checks), reverse=True)
    for check in checks:
        members = [name for cluster in check.clusters for name in cluster.students]
        assert sorted(members) == sorted(name for item, c, name in outcomes if (item, c.id) == (check.item, check.id))
        sizes = [len(cluster.students) for cluster in check.clusters]
        assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("입력 3에서 -1.5를 돌려주었습니다.", "입력 12에서 7를 돌려주었습니다.", True),
        ("입력  3에서\n오류", "입력 3에서 오류", True),
        ("값이 None입니다.", "값이 0입니다.", False),
    ],
)
def test_messages_are_alike_but_for_numbers(left, right, same):
    assert (failures.alike(left) == failures.alike(right)) is same


# -- runs -------------------------------------------------------------------------------------------------------------


def test_what_did_not_run(assignment):
    cohort = make_cohort(assignment, 3)
    cells = (
        CellResult(index=0, grade_id="a", status="ok", seconds=2),
        CellResult(index=1, grade_id="b", status="killed", seconds=1),
        CellResult(index=2, status="error", error="NameError"),
        CellResult(index=3, grade_id="d", status="skipped"),
    )
    results = {
        name: result.model_copy(update={"cells": cells, "sandbox": "NONE: student code ran unprotected", "tampering": ()})
        for name, result in cohort.results.items()
    }
    first = results[student(0)]
    what = "잠긴 셀의 내용이 배포본과 달라 되돌렸습니다 ({}번째 줄, 배포본: a / 제출본: b)."
    results[student(0)] = first.model_copy(update={"tampering": (Tampering(cell="x", what=what.format(1)),)})
    results[student(1)] = first.model_copy(update={"student": student(1), "tampering": (Tampering(cell="x", what=what.format(22)),)})
    cohort = make_cohort(assignment, 3, results=results)
    assert [(cell.name, cell.status, len(cell.students)) for cell in execution.stopped_cells(cohort)] == [
        ("b", "killed", 3),
        ("3번째 셀", "error", 3),
        ("d", "skipped", 3),
    ]
    assert [cell.name for cell in execution.slow_cells(cohort)] == ["a", "b", "3번째 셀"]
    assert execution.without_walls(cohort) == sorted(results)
    (trace,) = execution.traces(cohort)
    assert trace.kind == "잠긴 셀의 내용이 배포본과 달라 되돌렸습니다."
    assert [who for who, _ in trace.details] == [student(0), student(1)]


# -- near copies ------------------------------------------------------------------------------------------------------


def test_groups_are_what_pairs_connect(assignment):
    documents = {name: Document(name, "student", {}) for name in "abcdefg"}
    pairs = [Pair(documents[x], documents[y], 1.0, 40) for x, y in ("ab", "cb", "ce", "fg")]
    pairs.append(Pair(documents["f"], Document("solution", "answer", {}), 1.0, 40))
    assert _groups(make_cohort(assignment, 0, similar=Similar(tuple(pairs), 7, (), ()))) == [["a", "b", "c", "e"]]


# -- history ----------------------------------------------------------------------------------------------------------


def test_history_is_read_as_it_was_written(tiny_course, assignment):
    results = {student(number): make_result(assignment, number) for number in range(3)}
    assert read_runs(tiny_course, assignment.id) == []
    note_run(tiny_course, assignment.id, results, when=WHEN)
    differences = [
        Difference(student(0), "add", "change", 1.0, 0.5, "graded anew"),
        Difference(student(0), "double", "change", 1.0, 0.5, "graded anew"),
        Difference(student(1), "add", "notice", why="a person wrote this"),
    ]
    note_run(tiny_course, assignment.id, results, differences, when=WHEN + timedelta(days=1))
    first, second = read_runs(tiny_course, assignment.id)
    assert first.scores == {name: pytest.approx(result.score + result.bonus) for name, result in results.items()}
    assert (first.when, second.when - first.when) == (WHEN, timedelta(days=1))
    assert second.why == {student(0): ("graded anew",)}
    assert history_file(tiny_course, assignment.id).stat().st_mode & 0o077 == 0


def test_a_damaged_line_is_named(tiny_course, assignment):
    path = history_file(tiny_course, assignment.id)
    path.parent.mkdir(parents=True)
    path.write_text("{}\n")
    with pytest.raises(CourseError, match=r"t01_sums\.jsonl:1: not a recorded run"):
        read_runs(tiny_course, assignment.id)


def test_who_changed_from_run_to_run(assignment):
    newest, oldest = _history(make_cohort(assignment, 9))["rows"]
    assert (oldest.joined, oldest.changed) == (9, ())
    assert newest.joined == 0
    expected = {name for name in newest.run.scores if newest.run.scores[name] != oldest.run.scores[name]}
    assert {name for name, *_ in newest.changed} == expected != set()


# -- final grades -----------------------------------------------------------------------------------------------------


def course_of(**points: int) -> Specification:
    empty = {"requirements": {}, "requirement_titles": {}, "requirement_points": {}, "bullet_texts": {}, "bonus": {}, "deliverables": {}}
    entries = {
        name: AssignmentSpecification(id=name, week=9, number=place, title=name, goal="", points=value, **empty)
        for place, (name, value) in enumerate(points.items(), 1)
    }
    return Specification({"quality": 100}, Decimal(5), entries, {"weekly": 60, "capstone": 40})


def standing(assignment, total: float, waiting: int = 0):
    return make_standing(make_result(assignment, 0), total=total, waiting=waiting)


def test_the_final_grade(assignment):
    found = {
        "a": {"kim": standing(assignment, 100), "lee": standing(assignment, 50)},
        "b": {"kim": standing(assignment, 120, waiting=2)},
        "capstone": {"kim": standing(assignment, 90), "lee": standing(assignment, 25)},
    }
    final = final_grades(course_of(a=100, b=150, capstone=100), found, {"park": "박"}, {"a": "a/index.html"})
    lines = {line.student: line for line in final.lines}
    assert final.weekly_points == 250
    assert lines["kim"].total == pytest.approx(60 * 220 / 250 + 40 * 0.9)
    assert lines["lee"].total == pytest.approx(60 * 50 / 250 + 40 * 0.25)
    assert (lines["park"].total, lines["park"].so_far, lines["park"].earned["a"]) == (0, 0, None)
    assert [column.state for column in final.columns] == ["graded", "waiting", "graded"]
    assert (lines["kim"].weekly, lines["kim"].capstone, lines["kim"].waiting) == (220, 90, 2)


def test_the_final_grade_is_capped(assignment):
    found = {name: {"kim": standing(assignment, 105)} for name in ("a", "capstone")}
    (line,) = final_grades(course_of(a=100, capstone=100), found, {}, {}).lines
    assert line.total == 100
    assert line.weekly == 105


def test_missing_assignments_are_said(assignment):
    final = final_grades(course_of(a=100, b=150, capstone=100), {"a": {"kim": standing(assignment, 80)}}, {}, {})
    (line,) = final.lines
    assert [column.id for column in final.missing] == ["b", "capstone"]
    assert line.total == pytest.approx(60 * 80 / 250)
    assert line.so_far == pytest.approx(80)
    assert "2개 과제는 아직 기록된 점수가 없어" in render_final(final, datetime(2026, 12, 1, tzinfo=UTC))


def test_nobody_yet():
    final = final_grades(course_of(a=100), {}, {}, {})
    assert "아직 기록된 점수가 없습니다" in render_final(final, WHEN)


def test_no_cell_of_the_csv_is_a_formula(assignment):
    names = {"kim": '=HYPERLINK("http://x")', "lee": "@SUM(A1)", "park": "-1+1"}
    text = final_csv(final_grades(course_of(a=100), {"a": {"kim": standing(assignment, 80.5)}}, names, {}))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert [row[1][0] for row in rows[1:]] == ["'"] * 3
    assert rows[1][2] == "80.5"
    assert rows[2][2] == ""
    assert len({len(row) for row in rows}) == 1

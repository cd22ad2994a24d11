"""What a student's work stands at: the gradebook's scores, what people did beside them, and lateness."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import tinycourse

from autograder.course import CourseError
from autograder.gradebook import open_gradebook
from autograder.recorded import remember_release
from autograder.standing import latest_results, standings
from autograder.term import adjust

WHEN = datetime(2026, 3, 21, tzinfo=UTC)


def settings(desk, text: str) -> None:
    (desk.course.term / "course.yml").write_text(text, encoding="utf-8")


def type_in(desk, student: str, item: str, **values) -> None:
    with open_gradebook(desk.course) as opened:
        grade = opened.find_grade(item, tinycourse.ID, tinycourse.ID, student)
        for name, value in values.items():
            setattr(grade, name, value)
        grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
        opened.db.commit()


def standing(desk, student: str = "kim", **options):
    return standings(desk.course, desk.assignment, latest_results(desk.course, desk.assignment), **options)[student]


def handed_in(desk, at: str, scored=None) -> None:
    path = desk.submit("kim")
    path.with_name("timestamp.txt").write_text(at)
    desk.record(desk.store("kim", desk.result("kim", scored) if scored else None))


def test_before_anything_is_recorded_it_is_what_the_grader_found(desk):
    assert latest_results(desk.course, desk.assignment) == {}
    found = standings(desk.course, desk.assignment, {"kim": desk.result("kim")})["kim"]
    assert (found.raw, found.bonus, found.total, found.waiting) == (8.0, 2.0, 10.0, 2)
    assert [item.id for item in found.items if item.waiting] == ["essay-add", "exp-analysis"]
    assert (found.attempt, found.attempts, found.submitted_at, found.due) == (1, 1, None, None)


def test_scores_by_hand_and_adjustments_count(desk):
    desk.submit("kim")
    desk.record(desk.store("kim"))
    type_in(desk, "kim", "essay-add", manual_score=0.5)
    adjust(desk.course, tinycourse.ID, "kim", "-0.25", why="양식", who="조교", when=WHEN)
    desk.record(desk.store("kim"))
    found = standing(desk)
    assert (found.raw, found.bonus, found.adjustment, found.penalty, found.total) == (8.5, 2.0, -0.25, 0.0, 10.25)
    essay = next(item for item in found.items if item.id == "essay-add")
    assert (essay.auto, essay.manual, essay.score, essay.waiting, essay.criteria) == (None, 0.5, 0.5, False, (None, None))
    assert found.adjustments == ("2026-03-21 -0.25점: 양식 (조교)",)
    assert found.dimensions["theory"].score == 2.5
    assert found.waiting == 1


def test_a_late_submission_loses_what_the_policy_says(desk):
    desk.course.term.mkdir(exist_ok=True)
    settings(
        desk,
        "defaults: {grace: 10m, late: {percent: 10, most: 15}, objections: 7}\nassignments: {t01_sums: {due: 2026-03-20 23:59}}\n",
    )
    handed_in(desk, "2026-03-20 15:09:00 UTC")  # 00:09 in Seoul, the day after
    inside = standing(desk)
    assert (inside.penalty, inside.total) == (0.0, 10.0)
    assert inside.late.endswith("유예 시간 안이므로 감점하지 않습니다.")
    handed_in(desk, "2026-03-20 15:09:01 UTC")
    outside = standing(desk)
    assert (outside.penalty, outside.total) == (1.0, 9.0)
    assert "10분 늦은 2026-03-21 00:09에" in outside.late
    assert outside.late.endswith("1일째 제출로 보아 1점을 뺍니다.")
    assert str(outside.due) == "2026-03-20 23:59:00+09:00"
    handed_in(desk, "2026-03-25 15:09:01 UTC")
    assert standing(desk).penalty == 1.5


def test_the_time_for_objections_runs_from_the_day_the_report_was_sent(desk):
    desk.course.term.mkdir(exist_ok=True)
    settings(desk, "assignments: {t01_sums: {objections: 3}}\n")
    handed_in(desk, "2026-03-20 15:00:00 UTC")
    assert standing(desk).objection_until is None
    with open_gradebook(desk.course) as opened:
        remember_release(opened, tinycourse.ID, ["kim"], datetime(2026, 3, 29, 15, 30, tzinfo=UTC))  # the 30th in Seoul
    assert str(standing(desk).objection_until) == "2026-04-02 23:59:59+09:00"
    assert str(standing(desk, released=WHEN).objection_until) == "2026-03-24 23:59:59+09:00"


def test_a_result_that_the_store_lost_is_named(desk):
    handed_in(desk, "2026-03-20 15:00:00 UTC")
    for path in (desk.course.term / "store").rglob("*.json"):
        path.unlink()
    with pytest.raises(CourseError, match="no result of kim any more"):
        latest_results(desk.course, desk.assignment)

"""What a report advises and tells: causes ranked by points, marks by a person, the class, changes; the same as a page and as JSON."""

from __future__ import annotations

import dataclasses
import json

import pytest
from sample_result import LINK, item, make_result, standing_of

from autograder.manifest import Assignment
from autograder.reports.assemble import make_report, report_json
from autograder.reports.changes import changes_since
from autograder.reports.student import render_report
from autograder.result import CheckResult, Finding, ItemResult, Result


def failed(name: str, message: str, **changes) -> CheckResult:
    return CheckResult(id=name, passed=False, weight=1, property=f"{name}의 성질", message=message, **changes)


def with_items(assignment: Assignment, *items: ItemResult) -> Result:
    return make_result(assignment, items=items)


# -- advice -----------------------------------------------------------------------------------------------------------


def test_improvements_are_ranked_by_what_they_cost(assignment: Assignment) -> None:
    result = with_items(
        assignment,
        item("add", 1.5, failed("a", "틀렸습니다."), score=1.0),
        item("double", 1.4, failed("b", "틀렸습니다."), score=0.2),
        item("total", 1.1, failed("c", "틀렸습니다."), score=0.4),
        item("quality-style", 1.0, failed("d", "틀렸습니다."), score=0.9, dimension="quality"),
    )
    found = make_report(assignment, result).improvements
    assert [(entry.title, round(entry.gain, 6)) for entry in found] == [("double", 1.2), ("total", 0.7), ("add", 0.5)]


def test_one_cause_in_several_items_is_one_improvement(assignment: Assignment) -> None:
    unwritten = "`add`를 아직 작성하지 않았습니다."
    result = with_items(
        assignment,
        item("add", 1.5, failed("a", unwritten)),
        item("double", 1.4, failed("b", unwritten), failed("c", "다른 까닭입니다.", misconception="부호")),
        item("total", 1.1, failed("d", "또 부호입니다.", misconception="부호")),
    )
    first, second = make_report(assignment, result).improvements
    assert (first.title, round(first.gain, 6), [name for name, _ in first.items]) == ("`add` 작성하기", 2.2, ["add", "double"])
    assert "2개 항목" in first.what
    assert 'check("add")' in first.action
    assert (second.title, round(second.gain, 6)) == ("부호", 1.8)


def test_an_improvement_says_what_to_paste_where_to_look_and_where_it_is_taught(assignment: Assignment) -> None:
    check = failed(
        "a",
        "빼기로 더했습니다. 입력 (1, 2)에서 -1이 나왔습니다.",
        hint=("부호를 보세요.",),
        example="add(1, 2)",
        got="-1",
        cell="solution-add",
        line=3,
    )
    report = make_report(assignment, with_items(assignment, item("add", 1.5, check)), links={"add": LINK})
    (entry,) = report.improvements
    assert (entry.example, entry.place, entry.action, entry.book) == ("add(1, 2)", "셀 `solution-add`의 3번째 줄", "부호를 보세요.", LINK)
    assert entry.what == "빼기로 더했습니다."
    (shown,) = report.sections[0].items[0].checks
    assert (shown.example, shown.got, shown.at_stake) == ("add(1, 2)", "-1", 1.5)
    page = render_report(report)
    assert page.count(f'href="{LINK.url}"') == 2
    assert "내 코드의 결과" in page


def test_what_a_check_is_worth_is_its_share_of_the_weights(assignment: Assignment) -> None:
    light, heavy = failed("a", "하나."), failed("b", "둘.").model_copy(update={"weight": 2.0})
    good = CheckResult(id="c", passed=True, weight=1, property="셋")
    report = make_report(assignment, with_items(assignment, item("add", 1.5, light, heavy, good, score=0.375)))
    assert [check.at_stake for check in report.sections[0].items[0].checks] == pytest.approx([0.375, 0.75, 0.0])
    assert sum(entry.gain for entry in report.improvements) == pytest.approx(1.125)


def test_nothing_is_advised_where_nothing_was_lost_or_graded(assignment: Assignment) -> None:
    whole = with_items(assignment, item("add", 1.5, score=1.5))
    assert make_report(assignment, whole).improvements == ()
    lost = with_items(assignment, item("add", 1.5, failed("a", "틀렸습니다.")))
    for status in ("unreadable", "grader_fault"):
        assert make_report(assignment, lost.model_copy(update={"status": status})).improvements == ()


def test_an_empty_answer_is_told_what_belongs_there(assignment: Assignment) -> None:
    result = with_items(assignment, item("essay-add", 1.0, dimension="theory", manual_reason="답을 쓰지 않았습니다."))
    (entry,) = make_report(assignment, result).improvements
    assert entry.what == "답을 쓰지 않았습니다."
    assert entry.action == "이런 내용을 씁니다: 교환 법칙을 말합니다."


def test_what_works_comes_first(assignment: Assignment) -> None:
    report = make_report(assignment, make_result(assignment))
    assert report.strengths[0] == "구현: 3개 항목 가운데 2개를 통과했습니다. double, total입니다.".replace(
        "double, total", "두 배, 목록의 합"
    )
    page = render_report(report)
    assert page.index("잘된 점") < page.index('id="summary"') < page.index("다음에 할 일")


def test_a_blank_submission_is_told_where_to_begin(assignment: Assignment) -> None:
    blank = with_items(assignment, item("add", 1.5, failed("a", "`add`를 아직 작성하지 않았습니다.")))
    report = make_report(assignment, blank)
    assert report.strengths == ()
    assert "아직 통과한 항목이 없습니다." in render_report(report)


# -- people's decisions -----------------------------------------------------------------------------------------------


def test_marks_by_hand_are_shown_criterion_by_criterion(assignment: Assignment) -> None:
    result = make_result(assignment)
    report = make_report(assignment, result, standing=standing_of(result, manual=0.5, comment="예가 없습니다.", criteria=(0.5, 0.0)))
    essay = next(entry for section in report.sections for entry in section.items if entry.id == "essay-add")
    assert (essay.state, essay.label, essay.score, essay.comment) == ("part", "일부 점수", 0.5, "예가 없습니다.")
    assert [(criterion.given, criterion.max_score) for criterion in essay.criteria] == [(0.5, 0.5), (0.0, 0.5)]
    assert report.waiting == 0
    advice = next(entry for entry in report.improvements if entry.items[0][0] == "essay-add")
    assert advice.what == "다음 기준에서 0.5점 가운데 0점을 받았습니다."
    assert advice.action == "예를 하나 듭니다."


def test_the_total_is_the_sum_that_the_page_shows(assignment: Assignment) -> None:
    result = make_result(assignment)
    report = make_report(assignment, result, standing=standing_of(result, manual=0.5), issued="2026-04-03 18:15")
    assert sum(step.points for step in report.steps) == pytest.approx(report.total)
    page = render_report(report)
    for said in ("지각 감점 -1", "조정 +0.5", "3시간 늦게", "3번 가운데 2번째", "2026-04-03 18:15까지 받습니다.", "김하나"):
        assert said in page, said


def test_points_on_hold_are_said_before_a_person_decides(assignment: Assignment) -> None:
    result = make_result(assignment)
    report = make_report(assignment, result, standing=standing_of(result))
    assert (report.waiting, report.pending) == (2, 2.0)
    assert "채점 대기 2점" in render_report(report)


# -- changes ----------------------------------------------------------------------------------------------------------


def test_changes_name_what_moved_and_nothing_else(assignment: Assignment) -> None:
    result = make_result(assignment)
    before = make_report(assignment, result, standing=standing_of(result), issued="2026-04-01 09:00")
    after = make_report(assignment, result, standing=standing_of(result, manual=1.0, comment="좋습니다."))
    changes = changes_since(json.loads(report_json(before)), after)
    assert changes.since == "2026-04-01 09:00"
    assert [(entry.title, entry.before, entry.after) for entry in changes.entries] == [
        ("총점", before.total, after.total),
        ("덧셈의 뜻", 0.0, 1.0),
        ("표의 해석", 0.0, 1.0),
    ]
    assert changes.entries[1].note == "사람이 채점했습니다. 의견이 새로 달렸습니다."
    assert changes_since(json.loads(report_json(after)), after).entries == ()


def test_a_changed_state_and_a_new_correction_are_told(assignment: Assignment) -> None:
    result = make_result(assignment, adjustments=())
    before = json.loads(report_json(make_report(assignment, result, issued="어제")))
    after = make_report(assignment, result.model_copy(update={"status": "partial", "adjustments": ("2026-04-02 +1점: 정정 (조교)",)}))
    told = changes_since(before, after).entries
    assert [entry.note for entry in told] == ["채점을 마침에서 일부만 실행됨으로", "2026-04-02 +1점: 정정 (조교)"]


# -- code review ------------------------------------------------------------------------------------------------------


def test_a_comment_stands_beside_the_students_own_line(assignment: Assignment) -> None:
    message = "이름 `tmp`만 보고는 알 수 없습니다. 뜻을 담으세요."
    finding = Finding(
        cell="solution-add", line=3, rule="vague-name", message=message, code="tmp = a + b", better="total = a + b", reason="뜻을 담으세요."
    )
    report = make_report(assignment, make_result(assignment, review=(finding,)))
    (comment,) = report.review[0].comments
    assert (comment.code, comment.better, comment.reason) == ("tmp = a + b", "total = a + b", "뜻을 담으세요.")
    assert comment.message == "이름 `tmp`만 보고는 알 수 없습니다."
    page = render_report(report)
    assert page.index("tmp = a + b") < page.index("total = a + b") < page.index("뜻을 담으세요.")


# -- JSON -------------------------------------------------------------------------------------------------------------


def test_the_json_is_the_page(assignment: Assignment) -> None:
    result = make_result(assignment)
    report = make_report(assignment, result, standing=standing_of(result, manual=0.5), links={"add": LINK}, issued="오늘")
    data = json.loads(report_json(report))
    assert data["schema"] == 1
    assert (data["student"], data["total"], data["steps"][1]["title"]) == ("2026-10231", report.total, "가산점")
    assert data["sections"][0]["items"][0]["book"] == {"title": LINK.title, "url": LINK.url}
    assert data.keys() == {entry.name for entry in dataclasses.fields(report)}
    assert report_json(report) == report_json(
        make_report(assignment, result, standing=standing_of(result, manual=0.5), links={"add": LINK}, issued="오늘")
    )

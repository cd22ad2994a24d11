"""Results into the gradebook and out again: nothing lost, nothing invented, nothing of a person's overwritten."""

from __future__ import annotations

import json
import math
import os

import nbformat
import pytest
import tinycourse
from nbgrader.preprocessors import SaveAutoGrades

from autograder import recording
from autograder.autograde import graded_notebook
from autograder.course import CourseError
from autograder.gradebook import coordinator, open_gradebook, scores, total
from autograder.recording import Difference, plan, record
from autograder.submissions import Submitted

BUT_ADD = {"double": 1.4, "total": 1.1, "theory-count": 2.0, "exp-table": 1.0, "quality-style": 1.0, "bonus-triple": 2.0}


def type_in(desk, student: str, item: str, **values) -> None:
    """What formgrader does when a person types a score."""
    with open_gradebook(desk.course) as opened:
        grade = opened.find_grade(item, tinycourse.ID, tinycourse.ID, student)
        for name, value in values.items():
            setattr(grade, name, value)
        grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
        opened.db.commit()


def comment(desk, student: str, item: str, text: str) -> None:
    with open_gradebook(desk.course) as opened:
        opened.find_comment(item, tinycourse.ID, tinycourse.ID, student).manual_comment = text
        opened.db.commit()


def graded_cell(desk, student: str, item: str):
    notebook = nbformat.read(graded_notebook(desk.course, tinycourse.ID, student), as_version=4)
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == item)


def test_scores_bonus_and_essays_arrive(desk):
    desk.submit("kim")
    desk.submit("lee", {name: source for name, source in tinycourse.SOLUTIONS.items() if name != "essay-add"})
    before = os.getcwd()
    assert (
        desk.record(
            desk.result("kim", {"add": 0.75, "total": 0.1 + 0.2, "bonus-triple": 1.25}), desk.result("lee", answered=["exp-analysis"])
        )
        == []
    )
    assert os.getcwd() == before

    kim = desk.scores("kim")
    assert {item: grade.auto for item, grade in kim.items()} == {
        "add": 0.75,
        "double": 0.0,
        "total": 0.3,
        "theory-count": 0.0,
        "essay-add": None,
        "exp-table": 0.0,
        "exp-analysis": None,
        "quality-style": 0.0,
        "bonus-triple": 0.0,
    }
    assert [item for item, grade in kim.items() if grade.needs_manual] == ["essay-add", "exp-analysis"]
    assert (kim["bonus-triple"].extra_credit, kim["bonus-triple"].maximum) == (1.25, 0.0)
    assert total(kim) == 2.3

    lee = desk.scores("lee")  # an essay left as it was handed out is worth nothing and waits for nobody
    assert (lee["essay-add"].auto, lee["essay-add"].needs_manual, lee["essay-add"].comment) == (0.0, False, "No response.")
    assert lee["exp-analysis"].needs_manual
    assert total(lee) == 10.0


def test_a_graded_cell_holds_one_number_and_nothing_else_has_outputs(desk):
    desk.submit("kim")
    desk.record(desk.result("kim", {"add": 1.5000000000000002}))  # above the points by a rounding error
    (output,) = graded_cell(desk, "kim", "add").outputs
    assert (output.output_type, output.data) == ("execute_result", {"text/plain": "1.5"})
    notebook = nbformat.read(graded_notebook(desk.course, tinycourse.ID, "kim"), as_version=4)
    written = {cell.metadata.nbgrader.grade_id for cell in notebook.cells if cell.cell_type == "code" and cell.outputs}
    assert written == {"add", "double", "total", "theory-count", "exp-table", "quality-style", "bonus-triple"}


def test_a_fault_of_the_grader_is_neither_zero_nor_full(desk):
    desk.submit("kim")
    told = desk.record(desk.result("kim", faults={"double": "검사가 멈추었습니다.", "bonus-triple": "검사가 멈추었습니다."}))
    assert told == [
        Difference("kim", "double", "fault", why="needs a manual grade: 검사가 멈추었습니다."),
        Difference("kim", "bonus-triple", "fault", why="needs a manual grade: 검사가 멈추었습니다."),
    ]
    kim = desk.scores("kim")
    assert (kim["double"].auto, kim["double"].needs_manual) == (None, True)
    assert (kim["bonus-triple"].extra_credit, kim["bonus-triple"].needs_manual) == (0.0, True)
    (output,) = graded_cell(desk, "kim", "double").outputs
    assert (output.output_type, output.evalue) == ("error", "검사가 멈추었습니다.")

    desk.record(desk.result("kim", key="repaired"))
    kim = desk.scores("kim")
    assert (kim["double"].auto, kim["double"].needs_manual, kim["bonus-triple"].extra_credit) == (1.4, False, 2.0)


def test_a_submission_that_could_not_be_graded_waits_as_a_whole(desk):
    desk.submit("kim")
    told = desk.record(desk.result("kim", status="grader_fault", reason="샌드박스가 멈추었습니다.", key=""))
    assert {entry.kind for entry in told} == {"fault"}
    kim = desk.scores("kim")
    assert all(grade.needs_manual and grade.auto is None for grade in kim.values())
    assert total(kim) == 0.0


@pytest.mark.parametrize("read", [None, 1.5, 0.0, math.nan])
def test_a_score_that_nbgrader_reads_differently_asks_for_a_person(desk, monkeypatch, read):
    original = SaveAutoGrades._add_score

    def misread(self, cell, resources):
        original(self, cell, resources)
        if cell.metadata.nbgrader["grade_id"] == "add":
            grade = self.gradebook.find_grade("add", self.notebook_id, self.assignment_id, self.student_id)
            grade.auto_score = read
            grade.needs_manual_grade = False
            self.gradebook.db.commit()

    monkeypatch.setattr(SaveAutoGrades, "_add_score", misread)
    desk.submit("kim")
    (told,) = desk.record(desk.result("kim", {"add": 0.75, "double": 1.4}))
    assert (told.item, told.kind) == ("add", "fault")
    kim = desk.scores("kim")
    assert (kim["add"].auto, kim["add"].needs_manual) == (None, True)
    assert (kim["double"].auto, kim["double"].needs_manual) == (1.4, False)


def test_manual_scores_and_comments_survive_and_wait_only_when_the_answer_changed(desk):
    desk.submit("kim")
    desk.record(desk.result("kim"))
    type_in(desk, "kim", "essay-add", manual_score=0.5)
    type_in(desk, "kim", "total", manual_score=0.25)
    comment(desk, "kim", "essay-add", "예가 없습니다.")

    def look():
        kim = desk.scores("kim")
        return [(kim[item].manual, kim[item].needs_manual) for item in ("essay-add", "total")]

    desk.record(desk.result("kim", key="checks changed"))
    assert look() == [(0.5, False), (0.25, False)]
    desk.submit("kim", tinycourse.SOLUTIONS | {"solution-add": "add = lambda a, b: a + b"})
    desk.record(desk.result("kim", key="other code"))
    assert look() == [(0.5, False), (0.25, True)]
    desk.record(desk.result("kim", key="other code"))  # saying it twice does not make it seen
    assert look() == [(0.5, False), (0.25, True)]
    type_in(desk, "kim", "total", manual_score=0.25)
    desk.submit("kim", tinycourse.SOLUTIONS | {"essay-add": "다른 답입니다."})
    desk.record(desk.result("kim", key="other essay"))
    assert look() == [(0.5, True), (0.25, True)]
    assert desk.scores("kim")["essay-add"].comment == "예가 없습니다."


def test_manual_scores_stay_within_the_points(desk):
    desk.submit("kim")
    desk.record(desk.result("kim"))
    type_in(desk, "kim", "essay-add", manual_score=99.0)
    type_in(desk, "kim", "add", manual_score=-3.0)
    assert total(desk.scores("kim")) == 10.0 - 1.5 + 1.0  # clamped in what is read, before anything is written
    for _ in range(2):
        told = {(entry.item, entry.kind, entry.why) for entry in desk.record(desk.result("kim"))}
        assert told == {
            ("essay-add", "notice", "manual score 99 was typed, 1 counts"),
            ("add", "notice", "manual score -3 was typed, 0 counts"),
        }
    with open_gradebook(desk.course) as opened:
        assert opened.find_grade("essay-add", tinycourse.ID, tinycourse.ID, "kim").manual_score == 1.0
        assert opened.find_submission(tinycourse.ID, "kim").score == 9.5
    type_in(desk, "kim", "essay-add", manual_score=0.5)
    assert "essay-add" not in {entry.item for entry in desk.record(desk.result("kim"))}


def test_extra_credit_of_a_person_stays(desk):
    desk.submit("kim")
    desk.record(desk.result("kim", {"bonus-triple": 1.0}))
    told = desk.record(desk.result("kim", {"bonus-triple": 2.0}, key="2"))
    assert told == [Difference("kim", "bonus-triple", "change", 1.0, 2.0, "extra credit")]
    assert desk.scores("kim")["bonus-triple"].extra_credit == 2.0
    type_in(desk, "kim", "bonus-triple", extra_credit=0.5)
    type_in(desk, "kim", "double", extra_credit=0.25)
    told = desk.record(desk.result("kim", {"bonus-triple": 1.5}, key="3"))
    assert [str(entry) for entry in told] == [
        "kim double: extra credit 0.25 was typed by a person and stays",
        "kim bonus-triple: extra credit 0.5 was typed by a person and stays",
    ]
    kim = desk.scores("kim")
    assert (kim["bonus-triple"].extra_credit, kim["double"].extra_credit) == (0.5, 0.25)


def test_a_plan_says_what_changes_and_changes_nothing(desk):
    assert plan(desk.course, desk.assignment, {"kim": desk.result("kim")}) == []
    assert not (desk.course.term / "gradebook.db").exists()
    desk.submit("kim")
    desk.record(desk.result("kim"))
    again = desk.result("kim", {"add": 1.0, "double": 1.4, "bonus-triple": 2.0}, faults={"total": "?"}, key="2")
    new = {"kim": again, "lee": desk.result("lee")}
    planned = plan(desk.course, desk.assignment, new)
    assert [(d.item, d.old, d.new, d.why) for d in planned] == [
        ("add", 1.5, 1.0, "graded anew"),
        ("total", 1.1, None, "graded anew"),
        ("theory-count", 2.0, 0.0, "graded anew"),
        ("exp-table", 1.0, 0.0, "graded anew"),
        ("quality-style", 1.0, 0.0, "graded anew"),
    ]
    assert desk.scores("kim")["add"].auto == 1.5
    assert [d for d in desk.record(again) if d.kind == "change"] == planned
    assert desk.scores("kim")["add"].auto == 1.0
    desk.submit("kim", {})
    assert {d.why for d in plan(desk.course, desk.assignment, {"kim": desk.result("kim", {}, key="3")})} == {
        "another submission",
        "extra credit",
    }


def test_a_plan_knows_submissions_that_are_not_in_the_term_yet(desk, tmp_path):
    path = desk.submit("kim")
    desk.record(desk.result("kim"))
    (tmp_path / "kim.ipynb").write_bytes(desk.release)
    results = {"kim": desk.result("kim", BUT_ADD, key="2")}
    entry = Submitted("kim", tmp_path / "kim.ipynb")
    assert [d.why for d in plan(desk.course, desk.assignment, results, [entry])] == ["another submission"]
    path.unlink()  # staff tidied up: the grades are still there to compare with
    assert [(d.item, d.old, d.new) for d in plan(desk.course, desk.assignment, results)] == [("add", 1.5, 0.0)]
    assert [d.why for d in record(desk.course, desk.assignment, results, [entry])] == ["another submission"]
    assert path.read_bytes() == desk.release


def test_the_same_result_twice_runs_nbgrader_once(desk, monkeypatch):
    desk.submit("kim")
    desk.submit("lee")
    desk.record(desk.result("kim"))
    graded = []
    original = recording.autograde
    monkeypatch.setattr(recording, "autograde", lambda c, a, results: graded.extend(results) or original(c, a, results))
    desk.record(desk.result("kim"), desk.result("lee"))
    assert graded == ["lee"]
    desk.record(desk.result("kim", key="2"))
    assert graded == ["lee", "kim"]


@pytest.mark.parametrize(
    ("student", "fields", "said"),
    [
        ("../kim", {}, "cannot be a student's id"),
        ("kim", {"student": "lee"}, "was given as"),
        ("kim", {"assignment": "other"}, "was given as"),
        ("nobody", {}, "without a submission"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_written(desk, student, fields, said):
    desk.submit("kim")
    result = desk.result(student).model_copy(update=fields)
    with pytest.raises(CourseError, match=said):
        record(desk.course, desk.assignment, {student: result})
    assert not (desk.course.term / "gradebook.db").exists()


def test_a_release_that_was_never_built_is_named(desk):
    desk.submit("kim")
    desk.course.release_notebook(tinycourse.ID).unlink()
    with pytest.raises(CourseError, match="course build t01_sums"):
        desk.record(desk.result("kim"))


def test_cells_are_frozen_once_students_are_graded(desk):
    desk.submit("kim")
    desk.record(desk.result("kim"))
    path = desk.course.release_notebook(tinycourse.ID)
    notebook = json.loads(path.read_text())
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") != "quality-style"]
    path.write_text(json.dumps(notebook))
    with pytest.raises(CourseError, match="frozen"):
        desk.record(desk.result("kim"))


def test_one_coordinator_at_a_time(desk):
    desk.submit("kim")
    with coordinator(desk.course), pytest.raises(CourseError, match="Another run"):
        desk.record(desk.result("kim"))
    desk.record(desk.result("kim"))


def test_a_submission_that_nbgrader_cannot_take_waits_and_the_others_are_graded(desk, monkeypatch):
    for student in ("han", "kim", "lee"):
        desk.submit(student)
    original = SaveAutoGrades.preprocess

    def break_for_kim(self, nb, resources):
        if resources["nbgrader"]["student"] == "kim":
            raise RuntimeError("the disk is full")
        return original(self, nb, resources)

    monkeypatch.setattr(SaveAutoGrades, "preprocess", break_for_kim)
    told = desk.record(*(desk.result(student) for student in ("han", "kim", "lee")))
    assert {entry.student for entry in told} == {"kim"}
    assert "RuntimeError: the disk is full" in told[0].why
    assert all(grade.needs_manual for grade in desk.scores("kim").values())
    assert total(desk.scores("han")) == total(desk.scores("lee")) == 10.0
    monkeypatch.setattr(SaveAutoGrades, "preprocess", original)
    desk.record(*(desk.result(student) for student in ("han", "kim", "lee")))
    assert total(desk.scores("kim")) == 10.0


def test_nothing_to_read_where_nothing_was_graded(desk):
    assert scores(desk.course, desk.assignment) == {}
    desk.submit("kim")
    desk.record(desk.result("kim"))
    other = desk.assignment.model_copy(update={"id": "t02_other"})
    assert scores(desk.course, other) == {}

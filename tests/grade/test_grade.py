"""One submission: what counts, what waits for a person, what fails closed. Student code runs in this process here, for speed."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tinycourse

import autograder.grade
from autograder.course import Course
from autograder.grade import grade_notebook, own_code
from autograder.notebooks import read_notebook, restore
from autograder.result import CellResult, Result
from autograder.review import ReviewFault
from autograder.sandbox.errors import SandboxFault, SandboxUnavailable
from autograder.sandbox.run import Execution
from course_lib.kit.binding import NotebookSubmission

ID = tinycourse.ID
Grade = Callable[..., Result]


def run_here(notebook: Any, *, parameters: dict[str, Any], probe: Callable[..., Any], **_: object) -> Execution:
    """In place of the sandbox: the cells' code in a namespace of this process."""
    namespace: dict[str, Any] = dict(parameters)
    cells = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            error = ""
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                try:
                    exec(compile(cell.source, "<ipython-input>", "exec"), namespace)
                except Exception as problem:
                    error = f"{type(problem).__name__}: {problem}"
            cells.append(CellResult(index=index, status="error" if error else "ok", error=error))
    return Execution(notebook, tuple(cells), probe(NotebookSubmission(namespace)), "in process")


@pytest.fixture
def grade(course: Course, monkeypatch: pytest.MonkeyPatch) -> Grade:
    monkeypatch.setattr(autograder.grade, "run_notebook", run_here)
    monkeypatch.setattr(autograder.grade, "code_digest", lambda: autograder.grade._loaded)  # whoever edits the grader meanwhile

    def apply(data: bytes, *, student: str = "kim", **options: Any) -> Result:
        return grade_notebook(course, course.assignment(ID), data, student=student, **options)

    return apply


@pytest.fixture
def answer(release: bytes) -> Callable[..., bytes]:
    """The solved notebook with some cells replaced, by grade id with ``_`` for ``-``."""

    def apply(**cells: str) -> bytes:
        return tinycourse.filled_in(release, tinycourse.SOLUTIONS | {name.replace("_", "-"): text for name, text in cells.items()})

    return apply


def scores(result: Result) -> dict[str, float]:
    return {item.id: item.score for item in result.items}


def waiting(result: Result) -> set[str]:
    return {item.id for item in result.items if item.needs_manual}


def edit_checks(course: Course, old: str, new: str) -> None:
    path = course.room(ID) / "checks.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_right_submission_earns_every_automatic_point(grade: Grade, solved: bytes, evidence_dir: Path) -> None:
    result = grade(solved, evidence_dir=evidence_dir)
    assert (result.status, result.reason, result.score, result.max_score, result.bonus) == ("graded", "", 8.0, 10.0, 2.0)
    assert {name: (d.score, d.max_score) for name, d in result.dimensions.items()} == {
        "implementation": (4.0, 4.0),
        "theory": (2.0, 3.0),
        "experiments": (1.0, 2.0),
        "quality": (1.0, 1.0),
    }
    assert waiting(result) == {"essay-add", "exp-analysis"}
    assert len(result.key) == 64
    assert result.used_reference == result.tampering == ()
    assert "pytest" in result.versions


def test_the_release_earns_nothing_and_needs_nobody(grade: Grade, release: bytes) -> None:
    result = grade(release)
    assert [result.dimensions[name].score for name in ("implementation", "theory", "experiments")] == [0.0, 0.0, 0.0]
    assert waiting(result) == set()
    assert result.bonus == 0.0


def test_an_error_is_paid_for_once(grade: Grade, answer: Callable, evidence_dir: Path) -> None:
    result = grade(answer(solution_add="def add(a: int, b: int) -> int:\n    return a - b"), evidence_dir=evidence_dir)
    assert result.used_reference == ("double", "total")
    assert scores(result) | {"quality-style": 0} == {
        **{"add": 0.0, "double": 1.4, "total": 1.1, "theory-count": 2.0, "exp-table": 1.0},
        **{"essay-add": 0.0, "exp-analysis": 0.0, "quality-style": 0, "bonus-triple": 0.0 + scores(result)["bonus-triple"]},
    }
    add = next(item for item in result.items if item.id == "add")
    assert add.checks[0].misconception == "뺄셈"
    assert len(add.checks[0].hint) == 3


def test_a_wrong_step_of_its_own_is_not_forgiven(grade: Grade, answer: Callable) -> None:
    result = grade(answer(solution_add="def add(a, b):\n    return 0", solution_double="def double(a):\n    return 3 * a"))
    assert (scores(result)["double"], scores(result)["total"]) == (0.7, 1.1)
    assert "double" not in result.used_reference


def test_a_forbidden_import_fails_its_item_wherever_it_stands(grade: Grade, answer: Callable, edited: Callable) -> None:
    result = grade(answer(solution_double="import operator\ndef double(a: int) -> int:\n    return operator.add(a, a)"))
    add = next(item for item in result.items if item.id == "add")
    assert (add.score, add.needs_manual, add.checks[0].id) == (0.0, False, "forbidden-import")
    assert "셀 solution-double의 1번째 줄(`operator`)" in add.checks[0].message
    assert scores(result)["double"] == 1.4
    extra = {"cell_type": "code", "id": "q", "metadata": {}, "source": "from operator import mul", "outputs": [], "execution_count": None}
    assert scores(grade(edited(lambda cells: cells.append(extra))))["add"] == 0.0


def test_every_broken_check_waits_for_a_person_and_the_others_count(grade: Grade, course: Course, solved: bytes) -> None:
    edit_checks(course, '    """순서를 바꾸어도 합이 같습니다."""', '    """순서를 바꾸어도 합이 같습니다."""\n    {}["gone"]')
    result = grade(solved)
    assert result.status == "partial"
    assert "add" in result.reason
    add = next(item for item in result.items if item.id == "add")
    assert (add.needs_manual, add.score) == (True, 1.0)
    assert "KeyError" in add.manual_reason
    assert scores(result)["double"] == 1.4


@pytest.mark.parametrize("text", ["def broken(:", "import nothing_of_that_name", "raise SystemExit(3)", "1 / 0"])
def test_checks_that_cannot_be_read_are_the_graders_fault(grade: Grade, course: Course, solved: bytes, text: str) -> None:
    path = course.room(ID) / "checks.py"
    path.write_text(text + "\n" + path.read_text())
    result = grade(solved)
    assert result.status == "grader_fault"
    assert waiting(result) == set(course.assignment(ID).by_id)
    assert result.score == 0.0
    assert "채점 프로그램의 오류" in result.reason


@pytest.mark.parametrize("function", ["run_notebook", "read_evidence", "kit_for_grading", "restore", "score_items"])
def test_whatever_fails_in_the_grader_decides_nothing(grade: Grade, solved: bytes, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise SandboxFault("broken inside")

    monkeypatch.setattr(autograder.grade, function, fail)
    result = grade(solved)
    assert (result.status, result.score) == ("grader_fault", 0.0)
    assert all(item.needs_manual and "broken inside" in item.manual_reason for item in result.items)


def test_without_a_sandbox_nothing_is_graded(grade: Grade, solved: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise SandboxUnavailable("install bubblewrap")

    monkeypatch.setattr(autograder.grade, "run_notebook", refuse)
    with pytest.raises(SandboxUnavailable, match="bubblewrap"):
        grade(solved)


@pytest.mark.parametrize("data", [b"", b"no notebook", b'{"nbformat": 4, "cells": []}', b"\xff"])
def test_what_is_no_notebook_gets_zero_with_a_reason(grade: Grade, data: bytes) -> None:
    result = grade(data)
    assert (result.status, result.score, result.max_score, result.bonus) == ("unreadable", 0.0, 10.0, 0.0)
    assert waiting(result) == set()
    assert result.reason
    assert result.key


def test_a_failed_review_costs_only_what_it_decides(grade: Grade, solved: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ReviewFault("no ruff")

    monkeypatch.setattr(autograder.grade, "review_sources", fail)
    result = grade(solved)
    assert "quality-style" in waiting(result)
    assert scores(result)["add"] == 1.5
    assert result.status == "partial"


def test_an_edited_check_counts_at_once(grade: Grade, course: Course, solved: bytes) -> None:
    before = grade(solved)
    edit_checks(course, 'a + b, given=f"add({a}, {b})"', "a + b + 1, given='x'")
    after = grade(solved)
    assert (scores(before)["add"], scores(after)["add"]) == (1.5, 0.5)
    assert before.key != after.key


def test_other_code_than_the_loaded_one_is_run_by_a_new_process(grade: Grade, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = grade(b"no notebook", evidence_dir=Path("/nowhere"))
    monkeypatch.setattr(autograder.grade, "code_digest", lambda: "newer")
    monkeypatch.setattr(autograder.grade, "restore", None)
    result = grade(b"no notebook", evidence_dir=Path("/nowhere"))
    assert result.model_copy(update={"seconds": expected.seconds}) == expected
    shutil.rmtree(course.room(ID))
    with pytest.raises(Exception, match="t01_sums"):
        grade_notebook(course, expected_assignment(course), b"x", student="kim")


def expected_assignment(course: Course) -> Any:
    from autograder.manifest import load_assignment

    return load_assignment(tinycourse.FILES / "solutions" / ID, course.specification)


def test_rounds_and_students_change_the_key_and_the_inputs_only(grade: Grade, solved: bytes) -> None:
    first, again, other = grade(solved), grade(solved), grade(solved, round_number=1)
    assert comparable(first) == comparable(again)
    assert first.key == again.key != other.key
    assert scores(first) == scores(other)
    wrong = next(item for item in grade(solved).items if item.id == "exp-table").checks[0].message
    assert wrong


def comparable(result: Result) -> dict[str, Any]:
    data = result.model_dump(exclude={"seconds", "metrics", "versions"})
    for cell in data["cells"]:
        cell.pop("seconds")
    return data


def test_messages_that_no_file_can_hold_are_made_writable(grade: Grade, answer: Callable) -> None:
    result = grade(answer(solution_double="def double(a):\n    raise ValueError('half \\ud800 \\0')\nraise ValueError('\\udfff')"))
    assert result.model_validate_json(result.model_dump_json().encode()) == result


def test_errata_reach_the_result(grade: Grade, course: Course, release: bytes) -> None:
    manifest = course.room(ID) / "assignment.yml"
    manifest.write_text(manifest.read_text() + "errata:\n  - {item: add, action: full, reason: 문항이 모호했습니다., date: 2026-03-02}\n")
    result = grade(release)
    assert scores(result)["add"] == 1.5
    assert result.adjustments == ("정정 2026-03-02, add: 모두에게 만점을 줍니다. 문항이 모호했습니다.",)


def test_helpers_outside_the_solution_cells_are_reviewed_and_scratch_is_not(edited: Callable, master: Any) -> None:
    def change(cells: list[dict[str, Any]]) -> None:
        for name, text in {"h": "def helper(a):\n    return a", "s": "def scratch():\n    pass", "p": "print(1)"}.items():
            cells.insert(0, {"cell_type": "code", "id": name, "metadata": {}, "source": text})
        solution = next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == "solution-double")
        solution["source"] = "def double(a):\n    return helper(a)"

    reviewed = own_code(restore(read_notebook(edited(change)), master))
    assert [text for name, text in reviewed.items() if name.startswith("extra-")] == ["def helper(a):\n    return a"]


def test_continued_steps_are_told(grade: Grade, answer: Callable, evidence_dir: Path) -> None:
    manifest = evidence_dir / "manifest.json"
    manifest.write_text(manifest.read_text().replace("[]", '["bpe-train"]'))
    assert grade(answer(), evidence_dir=evidence_dir).continued_from == ("bpe-train",)

"""The same through the sandbox: real kernels, real walls."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tinycourse

from autograder.course import Course
from autograder.grade import grade_notebook
from autograder.result import Result

ID = tinycourse.ID
pytestmark = pytest.mark.smoke


def graded(course: Course, data: bytes, **options: Any) -> Result:
    return grade_notebook(course, course.assignment(ID), data, **{"student": "kim"} | options)


def comparable(result: Result) -> dict[str, Any]:
    data = result.model_dump(exclude={"seconds", "metrics", "versions"})
    for cell in data["cells"]:
        cell.pop("seconds")
    return data


def test_two_identical_submissions_have_identical_results(course: Course, solved: bytes, evidence_dir: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "another day" / "pack" / "evidence"
    shutil.copytree(evidence_dir, elsewhere)
    first, second = (graded(course, solved, evidence_dir=folder) for folder in (evidence_dir, elsewhere))
    assert (first.status, first.score, first.bonus) == ("graded", 8.0, 2.0)
    assert first.sandbox.startswith("bubblewrap")
    assert comparable(first) == comparable(second)


def test_a_bad_cell_costs_what_depends_on_it(course: Course, release: bytes) -> None:
    cells = tinycourse.SOLUTIONS | {
        "solution-double": "import os\nos._exit(1)",
        "solution-theory-count": "while True:\n    pass",
        "solution-total": 'def total(values):\n    raise ValueError("half \\ud800")',
    }
    result = graded(course, tinycourse.filled_in(release, cells))
    assert result.status == "partial"
    assert "셀 2개" in result.reason
    scores = {item.id: item.score for item in result.items}
    assert (scores["add"], scores["double"], scores["total"], scores["theory-count"], scores["bonus-triple"]) == (1.5, 0.0, 0.0, 0.0, 2.0)
    assert {cell.status for cell in result.cells if cell.grade_id in ("solution-double", "solution-theory-count")} == {"killed", "timeout"}
    assert Result.model_validate_json(result.model_dump_json()) == result


def test_a_student_cannot_write_a_score(course: Course, edited: Callable) -> None:
    forged = "\n".join(
        [
            "import sys, builtins, json, types",
            "print('1.5'); 1.5",
            "class Yes(int):\n    __eq__ = lambda s, o: True\n    __hash__ = int.__hash__",
            "def add(a, b): return Yes(0)",
            "def double(a): return Yes(0)",
            "def total(v): return Yes(0)",
            "import course_lib.kit.remote as remote, course_lib.kit.wire as wire",
            "remote.serve = lambda ns, request: wire.encode({'value': True, 'passed': True})",
            "wire.encode = lambda *a, **k: '{\"value\": true}'",
        ]
    )

    def change(cells: list[dict[str, Any]]) -> None:
        for cell in cells:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name.startswith("solution-"):
                cell["source"] = forged

    result = graded(course, edited(change))
    assert result.status in ("graded", "partial")
    assert [result.dimensions[name].score for name in ("implementation", "theory", "experiments")] == [0.0, 0.0, 0.0]
    assert result.bonus == 0.0

"""A submission goes back into the release by one fixed rule, and what differed is reported."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
import tinycourse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograder.notebooks import Restored, UnreadableNotebook, grade_id, is_solution, read_notebook, restore

Cells = list[dict[str, Any]]


def by_id(cells: Cells, name: str) -> dict[str, Any]:
    return next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def index_of(cells: Cells, name: str) -> int:
    return cells.index(by_id(cells, name))


def findings(restored: Restored) -> dict[str, str]:
    return {finding.cell: finding.what for finding in restored.tampering}


def marks(notebook: NotebookNode) -> list[dict[str, Any]]:
    return [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]


def source(restored: Restored, name: str) -> str:
    return next(cell.source for cell in restored.notebook.cells if grade_id(cell) == name)


def executed(restored: Restored) -> list[str]:
    return [cell.source for cell in restored.notebook.cells if cell.cell_type == "code"]


def test_an_honest_submission_is_kept_as_it_is(solved: bytes, master: NotebookNode) -> None:
    restored = restore(read_notebook(solved), master)
    assert restored.tampering == ()
    assert restored.extras == {}
    assert restored.sources == {name: text for name, text in tinycourse.SOLUTIONS.items() if name.startswith("solution-")}
    assert set(restored.answers) == {"essay-add", "exp-analysis"}
    given = [cell.source for cell in nbformat.reads(solved.decode(), 4).cells]
    assert [cell.source for cell in restored.notebook.cells] == given
    nbformat.validate(restored.notebook)


def test_the_release_itself_has_no_answers(release: bytes, master: NotebookNode) -> None:
    restored = restore(read_notebook(release), master)
    assert restored.answers == {}
    assert restored.tampering == ()
    assert len(restored.sources) == 6


def test_outputs_and_foreign_metadata_are_dropped(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        for cell in cells:
            cell["metadata"]["tags"] = ["parameters", "skip-execution"]
            cell["metadata"]["evil"] = {"deep": [1]}
            if cell["cell_type"] == "code":
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1.0"}]
                cell["execution_count"] = 5

    restored = restore(read_notebook(edited(change)), master)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in restored.notebook.cells)
    assert [cell.metadata for cell in restored.notebook.cells] == [cell.metadata for cell in master.cells]
    assert restored.notebook.metadata == master.metadata


def test_deleted_cells_come_back(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        cells[:] = [cell for cell in cells if grade_id(cell) not in ("add", "given-start", "solution-double", "essay-add")]

    restored = restore(read_notebook(edited(change)), master)
    assert set(findings(restored)) == {"add", "given-start", "solution-double", "essay-add"}
    assert all("제출본에 없어" in what for what in findings(restored).values())
    assert marks(restored.notebook) == marks(master)
    assert "NotImplementedError" in source(restored, "solution-double")
    assert set(restored.answers) == {"exp-analysis"}


def test_the_first_of_two_copies_counts_and_the_other_stays_where_it_stood(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        copied = copy.deepcopy(by_id(cells, "solution-add"))
        copied["source"] = "second = True"
        cells.insert(index_of(cells, "solution-total"), copied)

    restored = restore(read_notebook(edited(change)), master)
    assert findings(restored) == {"solution-add": "같은 셀이 2개 있어 첫 번째를 쓰고 나머지는 보통 셀로 두었습니다."}
    assert restored.sources["solution-add"] == tinycourse.SOLUTIONS["solution-add"]
    assert restored.extras == {"extra-1": "second = True"}
    assert executed(restored).index("second = True") == executed(restored).index(tinycourse.SOLUTIONS["solution-total"]) - 1
    assert marks(restored.notebook) == marks(master)


def test_a_retyped_cell_gets_its_type_back_with_the_students_text(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        by_id(cells, "solution-add")["cell_type"] = "markdown"
        by_id(cells, "essay-add")["cell_type"] = "code"
        by_id(cells, "add")["cell_type"] = "raw"

    restored = restore(read_notebook(edited(change)), master)
    assert set(findings(restored)) == {"solution-add", "essay-add", "add"}
    assert [cell.cell_type for cell in restored.notebook.cells] == [cell.cell_type for cell in master.cells]
    assert source(restored, "solution-add") == tinycourse.SOLUTIONS["solution-add"]
    assert restored.answers["essay-add"] == tinycourse.SOLUTIONS["essay-add"]
    nbformat.validate(restored.notebook)


def test_edited_locked_cells_are_restored_and_shown(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        by_id(cells, "add")["source"] = "print(1.5)"
        by_id(cells, "given-start")["source"] += "\nimport os"

    restored = restore(read_notebook(edited(change)), master)
    assert source(restored, "add") == 'check("add")'
    assert '1번째 줄, 배포본: check("add") / 제출본: print(1.5)' in findings(restored)["add"]
    assert "배포본: 없음 / 제출본: import os" in findings(restored)["given-start"]
    assert not any(word in what for what in findings(restored).values() for word in ("부정", "조작", "위반"))


def test_line_ends_and_trailing_space_are_no_edit(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        cell = by_id(cells, "given-start")
        cell["source"] = cell["source"].replace("\n", "  \r\n") + "\n\n"

    assert restore(read_notebook(edited(change)), master).tampering == ()


def test_changed_points_and_marks_are_restored_and_shown(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        by_id(cells, "add")["metadata"]["nbgrader"]["points"] = 100
        by_id(cells, "double")["metadata"]["nbgrader"] |= {"locked": False, "solution": True}
        del by_id(cells, "solution-total")["metadata"]["nbgrader"]

    restored = restore(read_notebook(edited(change)), master)
    assert "points 1.5 → 100" in findings(restored)["add"]
    assert "locked True → False" in findings(restored)["double"]
    assert "지워져" in findings(restored)["solution-total"]
    assert restored.sources["solution-total"] == tinycourse.SOLUTIONS["solution-total"]
    assert marks(restored.notebook) == marks(master)


def test_cells_that_the_release_does_not_have_become_ordinary(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        forged = copy.deepcopy(by_id(cells, "add"))
        forged["metadata"]["nbgrader"]["grade_id"] = "gift"
        cells.insert(0, forged)
        cells.append({"cell_type": "markdown", "id": "add", "metadata": {"nbgrader": {"grade_id": 7}}, "source": "메모"})

    restored = restore(read_notebook(edited(change)), master)
    assert findings(restored) == {"gift": "배포본에 없는 채점 셀입니다. 보통 셀로 다루었습니다."}
    assert marks(restored.notebook) == marks(master)
    assert restored.notebook.cells[0].id == "extra-1"
    assert restored.notebook.cells[-1].source == "메모"
    assert len({cell.id for cell in restored.notebook.cells}) == len(restored.notebook.cells)


def test_moved_cells_go_back_with_what_followed_them(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        moved = cells.pop(index_of(cells, "solution-add"))
        cells += [
            moved,
            {"cell_type": "code", "id": "z", "metadata": {}, "source": "after_add = 1", "outputs": [], "execution_count": None},
        ]

    restored = restore(read_notebook(edited(change)), master)
    assert "순서" in next(iter(findings(restored).values()))
    code = executed(restored)
    assert code.index("after_add = 1") == code.index(tinycourse.SOLUTIONS["solution-add"]) + 1
    assert [grade_id(cell) for cell in restored.notebook.cells if grade_id(cell)] == [grade_id(c) for c in master.cells if grade_id(c)]


def test_prose_and_scratch_are_the_students_own(edited: Callable, master: NotebookNode) -> None:
    plain = [cell for cell in master.cells if not grade_id(cell)]
    scratch = next(cell for cell in plain if "자유롭게" in cell.source)
    heading = next(cell for cell in plain if cell.cell_type == "markdown")

    def change(cells: Cells) -> None:
        cells[:] = [cell for cell in cells if cell["id"] != heading["id"]]
        next(cell for cell in cells if cell["id"] == scratch["id"])["source"] = "mine = 1"

    restored = restore(read_notebook(edited(change)), master)
    assert restored.tampering == ()
    assert restored.extras == {scratch.id: "mine = 1"}
    assert heading.source not in [cell.source for cell in restored.notebook.cells]


def test_the_cell_of_parameters_always_stands(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        cells[:] = [cell for cell in cells if "PROFILE =" not in "".join(cell["source"])]

    restored = restore(read_notebook(edited(change)), master)
    tagged = [cell for cell in restored.notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    assert len(tagged) == 1


def test_a_file_without_cell_ids_is_still_understood(solved: bytes, master: NotebookNode) -> None:
    notebook = json.loads(solved)
    for cell in notebook["cells"]:
        del cell["id"]
    restored = restore(read_notebook(json.dumps(notebook).encode()), master)
    assert restored.tampering == ()
    assert len(restored.sources) == 6
    assert restored.sources["solution-add"] == tinycourse.SOLUTIONS["solution-add"]


@pytest.mark.parametrize("cells", [[], [{"cell_type": "code", "source": "x", "metadata": {}, "id": "q"}]])
def test_another_notebook_is_unreadable(cells: Cells, master: NotebookNode) -> None:
    data = json.dumps({"nbformat": 4, "cells": cells}).encode()
    with pytest.raises(UnreadableNotebook, match="이 과제의 셀이 하나도 없습니다"):
        restore(read_notebook(data), master)


def test_restoring_twice_changes_nothing(edited: Callable, master: NotebookNode) -> None:
    def change(cells: Cells) -> None:
        cells.insert(3, copy.deepcopy(by_id(cells, "solution-add")))
        cells.insert(0, {"cell_type": "markdown", "id": "q", "metadata": {}, "source": "앞"})
        cells.pop()

    once = restore(read_notebook(edited(change)), master).notebook
    again = restore(read_notebook(nbformat.writes(once).encode()), master)
    assert again.tampering == ()
    assert [(c.cell_type, c.source, c.metadata) for c in again.notebook.cells] == [(c.cell_type, c.source, c.metadata) for c in once.cells]


def test_nothing_of_the_submission_or_the_release_is_changed(solved: bytes, master: NotebookNode) -> None:
    submitted = read_notebook(solved)
    before = copy.deepcopy((submitted, master))
    restored = restore(submitted, master)
    for cell in restored.notebook.cells:
        cell.source = "changed"
        cell.metadata["changed"] = True
    assert (submitted, master) == before


def test_solution_cells_are_those_that_students_write(master: NotebookNode) -> None:
    names = {grade_id(cell) for cell in master.cells if is_solution(cell)}
    assert names == set(tinycourse.SOLUTIONS)
    assert not any(re.match("given-", name) for name in names)


grade_ids = st.sampled_from([*tinycourse.SOLUTIONS, "add", "given-start", "parameters", "text-1", "nothing", "", "extra-1"])
hostile_marks = st.dictionaries(
    st.sampled_from(["grade_id", "points", "locked", "solution", "grade"]), grade_ids | st.integers() | st.booleans() | st.none()
)
hostile_cells = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["code", "markdown", "raw"]),
        "id": grade_ids | st.text(max_size=5),
        "metadata": st.fixed_dictionaries({"nbgrader": hostile_marks}) | st.just({}),
        "source": st.text(max_size=20),
    }
)
actions = st.sampled_from(["delete", "copy", "move", "insert"])
changes = st.lists(st.tuples(actions, st.integers(0, 99), st.integers(0, 99), hostile_cells), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes)
def test_whatever_was_done_to_the_cells_the_release_stands(release: bytes, master: NotebookNode, done: list) -> None:
    notebook = json.loads(release)
    cells = notebook["cells"]
    for action, first, second, cell in done:
        if action == "insert":
            cells.insert(first % (len(cells) + 1), cell)
        elif cells and action == "delete":
            del cells[first % len(cells)]
        elif cells and action == "copy":
            cells.insert(second % len(cells), copy.deepcopy(cells[first % len(cells)]))
        elif cells:
            cells.insert(second % len(cells), cells.pop(first % len(cells)))
    restored = restore(read_notebook(json.dumps(notebook).encode()), master)
    assert marks(restored.notebook) == marks(master)
    for cell in restored.notebook.cells:
        wanted = next((other for other in master.cells if grade_id(other) and grade_id(other) == grade_id(cell)), None)
        if wanted is not None and not is_solution(wanted):
            assert (cell.source, cell.cell_type) == (wanted.source, wanted.cell_type)
    assert len({cell.id for cell in restored.notebook.cells}) == len(restored.notebook.cells)
    nbformat.validate(restored.notebook)

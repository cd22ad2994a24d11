"""The harness itself: what it runs, what it leaves out, and which mutants it makes."""

from __future__ import annotations

import ast
import time

import nbformat
import pytest

from autograder.mutation import generated_mutants
from autograder.proof import Cell, ImpatientSubmission, definitions, namespace_of
from course_lib.kit.binding import TimedOut

SOURCE = '''
def total(values: list[int]) -> int:
    """Sum what is above 3."""
    result = 0
    for value in values:
        if value > 3:
            result += value
    return result
'''


def cell(source: str, grade_id: str = "", tags: tuple[str, ...] = ()):
    metadata = {"tags": list(tags)} | ({"nbgrader": {"grade_id": grade_id}} if grade_id else {})
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def test_definitions_leave_out_what_given_cells_run():
    cells = [
        cell("PROFILE = 'cpu'", tags=("parameters",)),
        cell("import math\nLIMIT = 3\nprint('runs')\nwith open('x') as file:\n    pass\n\ndef f():\n    return LIMIT", "given-setup"),
        cell("VALUE = f()", "solution-value"),
        cell("check('value')", "value"),
        cell("1 / 0", tags=("free",)),
    ]
    found = definitions(nbformat.v4.new_notebook(cells=cells))
    assert [entry.name for entry in found] == ["parameters", "given-setup", "solution-value"]
    assert "print" not in found[1].source
    assert "open" not in found[1].source
    namespace = namespace_of(found, "VALUE += 1", parameters={"PROFILE": "smoke"})
    assert (namespace["VALUE"], namespace["PROFILE"]) == (4, "smoke")


def test_a_namespace_prints_nothing(capsys):
    namespace_of([Cell("solution-a", "print('loud')")])
    assert capsys.readouterr().out == ""


def test_generated_mutants_change_one_place_each():
    found = generated_mutants([Cell("given-a", "def g():\n    return 1"), Cell("solution-a", SOURCE)])
    names = [name for name, _ in found]
    assert len(names) == len(set(names))
    assert "solution-a: total: value > 3 → value >= 3" in names
    assert "solution-a: total: 3 → 4" in names
    assert "solution-a: total: result += value → result -= value" in names
    assert "solution-a: total: return result → (left out)" in names
    original = ast.unparse(ast.parse(SOURCE))
    for _, (given, changed) in found:
        assert given.source == "def g():\n    return 1"
        assert changed.source != original
        assert "Sum what is above 3." in changed.source


def test_a_mutant_that_loops_is_not_waited_for_twice():
    submission = ImpatientSubmission(namespace_of([Cell("solution-a", "def spin():\n    while True:\n        pass")]))
    submission.patience = 0.2
    started = time.monotonic()
    for _ in range(3):
        with pytest.raises(TimedOut):
            submission.call("spin")
    assert time.monotonic() - started < 2


def test_solution_cells_are_small_steps(room):
    """Between its markers, no solution cell is longer than a good student would write."""
    for entry in room.cells:
        if entry.is_solution:
            region = entry.source.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
            assert len(region.strip().splitlines()) <= 20, entry.name
            assert len(entry.source.splitlines()) <= 34, entry.name

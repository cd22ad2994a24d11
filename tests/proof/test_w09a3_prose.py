"""What the distributed notebook's prose says is so: numbers by hand, sections, minutes; a release that nobody touched is grey."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from fractions import Fraction
from itertools import pairwise

import nbformat
import pytest

from autograder.build import build_release, build_source
from autograder.course import ROOT, open_course
from autograder.evidence import Evidence
from autograder.proof import definitions, namespace_of
from autograder.roomfiles import public_checks
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import run_checks

ID = "w09a3_distributed"
BOLD_NUMBER = re.compile(r"\*\*(-?\d[\d,]*(?:\.\d+|/\d+)?)\*\*")
NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")
HEADING = re.compile(r"^(#{2,3}) (\d+)(?:\.(\d+))?\.? ", re.MULTILINE)
PARALLEL = ("## 1.", "## 2.", "## 3.", "## 4.")


@pytest.fixture(scope="module")
def source():
    course = open_course()
    return build_source(course, course.assignment(ID))


@pytest.fixture(scope="module")
def prose(source):
    return "\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")


def sections(notebook):
    """(heading, prose, cells of examples by hand) of every section; a cell of prose may end one section and begin the next."""
    found = [("", [], [])]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for piece in re.split(r"(?m)^(?=## )", cell.source):
                if piece.startswith("## "):
                    found.append((piece.splitlines()[0], [], []))
                found[-1][1].append(piece)
        elif cell.metadata.get("nbgrader", {}).get("grade_id", "").endswith("-hand"):
            found[-1][2].append(cell)
    return found


def printed(cells, namespace) -> list[float]:
    """The numbers that cells print, run with the teaching solution."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for cell in cells:
            exec(compile(ast.parse(cell.source), cell.metadata.nbgrader.grade_id, "exec"), namespace)
    return [float(number.replace(",", "")) for number in NUMBER.findall(said.getvalue())]


def test_every_number_by_hand_is_what_the_example_prints(source):
    namespace = namespace_of(definitions(source), parameters={"PROFILE": "smoke"})
    wrong, checked = [], 0
    for heading, prose, cells in sections(source):
        if not heading.startswith(PARALLEL):
            continue
        numbers = printed(cells, namespace)
        for written in BOLD_NUMBER.findall("\n".join(prose)):
            value = float(Fraction(written.replace(",", "")))
            tolerance = 1e-5 if "/" in written else 0.5000001 * 10 ** -len(written.partition(".")[2]) * ("." in written) + 1e-9
            checked += 1
            if not any(abs(value - number) <= tolerance for number in numbers):
                wrong.append(f"{heading}: {written}")
    assert wrong == []
    assert checked >= 8


def test_sections_are_numbered_in_order_and_references_exist(prose):
    numbers = [(int(major), int(minor or 0)) for _, major, minor in HEADING.findall(prose)]
    assert numbers[0] == (0, 0)
    for before, after in pairwise(numbers):
        assert after in {(before[0], before[1] + 1), (before[0] + 1, 0)}, f"{after} follows {before}"
    known = {f"{major}.{minor}" for major, minor in numbers if minor} | {str(major) for major, minor in numbers if not minor}
    assert {*re.findall(r"(\d+(?:\.\d+)?)절", prose)} <= known


def test_the_hours_are_summed(prose):
    minutes = [int(number) for number in re.findall(r"^\| \d+ \| [^|]+ \| (\d+) \|", prose, re.MULTILINE)]
    stated = re.search(r"0–9절에 모두 (\d+)분", prose)
    assert stated
    assert int(stated[1]) == sum(minutes[:10])


def test_an_untouched_notebook_is_grey():
    course = open_course()
    released = nbformat.reads(build_release(course, ID).decode(), as_version=4)
    submission = NotebookSubmission(namespace_of(definitions(released)), "2026-001")
    outcomes = run_checks(public_checks(ROOT / "solutions" / ID), submission, assignment="x", fixtures={"evidence": Evidence()})
    assert [(outcome.id, outcome.message) for outcome in outcomes if not outcome.unfinished] == []

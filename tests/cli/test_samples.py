"""Sample submissions look like students' own, and say what they must score."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
import tinycourse

from autograder.course import Course, CourseError
from autograder.samples import Expectation, Sample, load_samples, materialise
from autograder.splice import Unplaceable, splice

from .conftest import grading

COHORT = """
- {student: sample-1, title: 모범 답안, expect: {score: 9}}
- student: sample-2
  title: 뺄셈
  apply: [subtracts]
  cells: {essay-add: 모릅니다.}
  expect: {score: 7.5, dimensions: {implementation: 2.5}, items: {add: 0}}
- {student: sample-3, title: 백지, base: release, expect: {score: 0}}
- {student: sample-4, title: 노트북이 아님, raw: "<html>", expect: {status: unreadable, score: 0}}
"""


def write_cohort(course: Course, text: str = COHORT) -> None:
    (course.room(tinycourse.ID) / "cohort.yml").write_text(text)


def make(course: Course, tmp_path: Path, *samples: Sample, **options):
    return materialise(course, course.assignment(tinycourse.ID), tmp_path / "submitted", samples=samples or None, **options)


def cells(path: Path) -> dict[str, str]:
    notebook = nbformat.read(path, as_version=4)
    return {cell.metadata.get("nbgrader", {}).get("grade_id", cell.get("id")): cell.source for cell in notebook.cells}


def test_a_cohort_is_written_as_submissions_lie(tiny_course: Course, tmp_path: Path) -> None:
    write_cohort(tiny_course)
    told = []
    made = make(tiny_course, tmp_path, on_sample=lambda sample: told.append(sample.student))
    assert told == [f"sample-{n}" for n in (1, 2, 3, 4)]
    for entry in made:
        assert entry.notebook == tmp_path / "submitted" / entry.student / tinycourse.ID / f"{tinycourse.ID}.ipynb"
        assert entry.evidence is None
    right, wrong, blank = (cells(entry.notebook) for entry in made[:3])
    assert (
        right["solution-add"]
        == 'def add(a: int, b: int) -> int:\n    """Return the sum of two integers."""\n    return a + b  # SECRET-ADD'
    )
    assert "BEGIN SOLUTION" not in "".join(right.values())
    assert 'STUDENT_ID = "sample-1"' in "".join(right.values())
    assert wrong["solution-add"] == "def add(a, b):\n    return a - b"
    assert wrong["essay-add"] == "모릅니다."
    assert wrong["solution-double"] == right["solution-double"]
    assert "NotImplementedError" in blank["solution-add"]
    assert made[3].notebook.read_text() == "<html>"


def test_locked_cells_stay_as_released(tiny_course: Course, tmp_path: Path) -> None:
    from autograder.build import build_release

    (made,) = make(tiny_course, tmp_path, Sample(student="a", title="", apply=("subtracts", "squares")))
    release = nbformat.reads(build_release(tiny_course, tinycourse.ID).decode(), as_version=4)
    notebook = nbformat.read(made.notebook, as_version=4)
    assert len(release.cells) == len(notebook.cells)
    for before, after in zip(release.cells, notebook.cells, strict=True):
        assert before.metadata == after.metadata
        if before.metadata.get("nbgrader", {}).get("locked"):
            assert before.source == after.source


def test_the_same_cohort_is_the_same_bytes(tiny_course: Course, tmp_path: Path) -> None:
    write_cohort(tiny_course)
    first = [entry.notebook.read_bytes() for entry in make(tiny_course, tmp_path / "1")]
    assert first == [entry.notebook.read_bytes() for entry in make(tiny_course, tmp_path / "2")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is a list of samples"),
        ("a: 1", "is a list of samples"),
        ("- {student: a}", "sample 1: title"),
        ("- {student: ../a, title: x}", "sample 1: student"),
        ("- {student: a, title: x, base: other}", "sample 1: base"),
        ("- {student: a, title: x, nonsense: 1}", "sample 1: nonsense"),
        ("- {student: a, title: x}\n- {student: a, title: y}", "stands twice"),
        ("- {student: a, title: x, expect: {items: {nope: 1}}}", "'nope' is no item"),
        ("- {student: a, title: x, expect: {dimensions: {nope: 1}}}", "dimensions"),
    ],
)
def test_a_broken_cohort_says_where(tiny_course: Course, text: str, said: str) -> None:
    write_cohort(tiny_course, text)
    with pytest.raises(CourseError, match="cohort") as caught:
        load_samples(tiny_course, tiny_course.assignment(tinycourse.ID))
    assert said in str(caught.value)


def test_no_cohort_says_so(tiny_course: Course) -> None:
    with pytest.raises(CourseError, match="no such file"):
        load_samples(tiny_course, tiny_course.assignment(tinycourse.ID))


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        (Sample(student="a", title="", apply=("nope",)), "no mutant or alternative 'nope'; there are builtin_sum, drops_the_last"),
        (Sample(student="a", title="", cells={"nope": "x"}), "no cell 'nope'"),
    ],
)
def test_unknown_names_are_refused(tiny_course: Course, tmp_path: Path, sample: Sample, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        make(tiny_course, tmp_path, sample)


def test_expectations_tell_every_difference(tiny_course: Course) -> None:
    result = grading(tiny_course, "a", score=8.0, bonus=2.0)
    assert Expectation(score=8.004, bonus=2, items={"add": 1.5}, dimensions={"theory": 1}).mismatches(result) == []
    wrong = Expectation(status="partial", score=8.01, bonus=1, items={"add": 1, "nope": 0}, dimensions={"theory": 2}).mismatches(result)
    assert [line.partition(":")[0] for line in wrong] == ["status", "score", "bonus", "theory", "add", "nope"]
    assert "expected 8.01, got 8" in wrong[1]


@pytest.mark.smoke
def test_evidence_is_packed_once_per_notebook(tiny_course: Course, tmp_path: Path) -> None:
    samples = [
        Sample(student="a", title="", evidence="solution"),
        Sample(student="b", title="", evidence="solution", apply=("squares",)),
        Sample(student="c", title="", evidence="pack", cells={"solution-exp-table": "def count_table(sizes):\n    return [{'n': 7}]"}),
    ]
    a, b, c = make(tiny_course, tmp_path, *samples, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2
    tables = [json.loads((entry.evidence / "tables" / "counts.json").read_text()) for entry in (a, b, c)]
    assert tables[0] == tables[1] == tinycourse.EVIDENCE
    assert tables[2] == [{"n": 7}]
    assert json.loads((a.evidence / "manifest.json").read_text())["profile"] == "cpu"


# -- splicing ----------------------------------------------------------------------------------------------------------


def notebook_of(*sources: str):
    metadata = {"nbgrader": {"solution": True}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, metadata=metadata) for source in sources])


def spliced(source: str, *cells: str) -> list[str]:
    notebook = notebook_of(*cells)
    splice(notebook, source)
    return [cell.source for cell in notebook.cells]


def test_a_definition_takes_the_place_of_the_old_one() -> None:
    cells = ("import math\n\n\n@cache\ndef f():\n    return 1\n\n\nx = f()", "def g():\n    return 2")
    assert spliced("def f():\n    return 3", *cells) == ["import math\n\n\ndef f():\n    return 3\n\n\nx = f()", cells[1]]


def test_helpers_go_before_the_first_definition_that_needs_them() -> None:
    source = (
        '"""Why."""\nimport os\n\nSIZE = 3\n\n\ndef _help():\n    return SIZE\n\n\ndef g():\n    return 4\n\n\ndef f():\n    return _help()'
    )
    first, second = spliced(source, "def f():\n    return 1", "def g():\n    return 2")
    assert first == "import os\nSIZE = 3\n\n\ndef _help():\n    return SIZE\n\n\ndef f():\n    return _help()"
    assert second == "def g():\n    return 4"


def test_several_definitions_of_one_cell() -> None:
    (only,) = spliced("def g():\n    return 4\n\n\ndef f():\n    return 3", "def f():\n    a = 1\n    return a\n\n\ndef g():\n    return 2")
    assert only == "def f():\n    return 3\n\n\ndef g():\n    return 4"


@pytest.mark.parametrize(
    "source", ["def wrong(self):\n    return 3\n\n\nA.encode = wrong", "_old = A\n\n\nclass A(_old):\n    pass", "class A(A):\n    pass"]
)
def test_what_works_on_the_old_definition_goes_behind_it(source: str) -> None:
    first, second = spliced(source, "class A:\n    pass", "def g():\n    return 2")
    assert first == f"class A:\n    pass\n\n\n{source}"
    assert second == "def g():\n    return 2"


def test_a_stranger_has_no_place() -> None:
    with pytest.raises(Unplaceable, match="f"):
        splice(notebook_of("def f():\n    return 1"), "def h():\n    return 2")

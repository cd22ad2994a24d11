"""Source and release notebooks: what nbgrader needs, nothing that students may not see, and the same bytes every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import nbformat
import pytest
import tinycourse
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3

from autograder import build
from autograder.build import BuildError, build_release, build_source, stale_releases, write_release, write_source
from autograder.codecells import raises_when_run
from autograder.course import CourseError, open_course

ID = tinycourse.ID
AUTOMATIC = {"add": 1.5, "double": 1.4, "total": 1.1, "theory-count": 2, "exp-table": 1, "quality-style": 1, "bonus-triple": 0}
MANUAL = {"essay-add": 1, "exp-analysis": 1}


@pytest.fixture
def source(tiny_course):
    return build_source(tiny_course, tiny_course.assignment(ID))


@pytest.fixture
def release(tiny_course):
    return nbformat.reads(build_release(tiny_course, ID).decode(), as_version=nbformat.NO_CONVERT)


def metadata_of(notebook):
    return {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata}


def flags(metadata):
    return metadata.grade, metadata.solution, metadata.locked


def test_source_has_nbgraders_metadata(source):
    nbformat.validate(source)
    MetadataValidatorV3().validate_nb(source)
    cells = metadata_of(source)
    assert {name: cells[name].points for name in cells if cells[name].grade} == AUTOMATIC | MANUAL
    assert all(flags(cells[name]) == (True, False, True) for name in AUTOMATIC)
    assert all(flags(cells[name]) == (True, True, False) for name in MANUAL)
    assert all(flags(cells[name]) == (False, False, True) for name in cells if name.startswith("given-"))
    assert all(flags(cells[name]) == (False, True, False) for name in cells if name.startswith("solution-"))
    assert {cell.schema_version for cell in cells.values()} == {3}


def test_whole_points_are_integers_and_others_exact(source):
    points = {name: cell.points for name, cell in metadata_of(source).items() if cell.grade}
    assert repr(points["theory-count"]) == "2"
    assert repr(points["double"]) == "1.4"


def test_cell_ids_come_from_names(source):
    ids = [cell.id for cell in source.cells]
    assert len(set(ids)) == len(ids)
    assert all(cell.id == cell.metadata.nbgrader.grade_id for cell in source.cells if "nbgrader" in cell.metadata)
    assert [name for name in ids if name.startswith("text-")] == [f"text-{n}" for n in range(1, 9)]
    assert "parameters" in ids
    assert "free-1" in ids


def test_release_shows_stubs_and_locks(release):
    nbformat.validate(release)
    cells = {cell.id: cell for cell in release.cells}
    assert cells["solution-add"].source == (
        'def add(a: int, b: int) -> int:\n    """Return the sum of two integers."""\n'
        "    # 여기에 작성하세요.\n    raise NotImplementedError"
    )
    assert cells["essay-add"].source == "덧셈의 순서를 바꾸어도 되는 까닭을 쓰세요.\n\n여기에 답을 쓰세요."
    for name in ("add", "given-start", "bonus-triple"):
        assert cells[name].metadata.editable is False
        assert cells[name].metadata.deletable is False
    for name in ("solution-add", "essay-add"):
        assert "editable" not in cells[name].metadata
        assert cells[name].metadata.deletable is False
    assert all("editable" not in cells[name].metadata for name in ("parameters", "free-1", "text-1"))
    assert all("checksum" in cell.metadata.nbgrader for cell in release.cells if "nbgrader" in cell.metadata)


def test_release_metadata(release):
    assert release.metadata.kernelspec == {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    assert release.metadata.course == {"assignment": ID, "language": "ko"}
    assert (release.nbformat, release.nbformat_minor) == (4, 5)
    assert "jupytext" not in json.dumps(release)


def test_no_code_cell_of_the_release_raises_a_stub(release):
    assert not any(raises_when_run(cell.source) for cell in release.cells if cell.cell_type == "code")


def test_nothing_private_is_in_the_release(tiny_course):
    source = build.build_source(tiny_course, tiny_course.assignment(ID))
    text = "\n".join(cell.source for cell in source.cells)
    assert all(mark in text for mark in tinycourse.SECRETS)  # the marks are there to be found
    data = build_release(tiny_course, ID).decode()
    assert not any(mark in data for mark in (*tinycourse.PRIVATE_MARKS, "SECRET", "BEGIN SOLUTION", "END SOLUTION"))


def test_the_same_bytes_from_run_to_run(tiny_course, tmp_path_factory):
    first = build_release(tiny_course, ID)
    assert first.endswith(b"}\n")
    assert not first.endswith(b"\n\n")
    assert build_release(tiny_course, ID) == first
    elsewhere = tinycourse.make_course(tmp_path_factory.mktemp("elsewhere"))
    assert build_release(elsewhere, ID) == first
    assert write_source(elsewhere, ID).read_bytes() == write_source(tiny_course, ID).read_bytes()


def test_the_same_bytes_in_another_process(tiny_course):
    script = (
        "import sys; from pathlib import Path; from autograder.course import open_course; from autograder.build import build_release\n"
        f"sys.stdout.buffer.write(build_release(open_course(Path(sys.argv[1])), {ID!r}))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Seoul", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", script, tiny_course.root], capture_output=True, check=True, env=environment)
    assert done.stdout == build_release(tiny_course, ID)


def test_points_stand_only_in_the_manifest(tiny_course):
    path = tiny_course.room(ID) / "assignment.yml"
    text = path.read_text(encoding="utf-8").replace("points: 1.5,", "points: 1.25,").replace("points: 1.4,", "points: 1.65,")
    before = build_release(tiny_course, ID)
    path.write_text(text, encoding="utf-8")
    assert stale_releases(tiny_course, []) == []
    assert b'"points": 1.25' in build_release(tiny_course, ID)
    assert b'"points": 1.25' not in before


def test_building_touches_nothing_else(tiny_course, monkeypatch, tmp_path_factory):
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    before = sorted(tiny_course.root.rglob("*"))
    build_release(tiny_course, ID)
    assert sorted(tiny_course.root.rglob("*")) == before
    assert not tiny_course.term.exists()
    assert os.getcwd() == str(here)
    assert os.listdir(here) == []


def test_stale_releases(tiny_course):
    assert stale_releases(tiny_course, [ID]) == [ID]
    path = write_release(tiny_course, ID)
    assert path == tiny_course.release_notebook(ID)
    assert stale_releases(tiny_course, [ID]) == []
    assert sorted(os.listdir(path.parent)) == [f"{ID}.ipynb"]
    notebook = tiny_course.room(ID) / "notebook.md"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("덧셈 하나로", "덧셈만으로"), encoding="utf-8")
    assert stale_releases(tiny_course, [ID]) == [ID]
    write_release(tiny_course, ID)
    assert stale_releases(tiny_course, [ID]) == []
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert stale_releases(tiny_course, [ID]) == [ID]


def test_a_solution_that_changes_leaves_the_release_fresh(tiny_course):
    write_release(tiny_course, ID)
    notebook = tiny_course.room(ID) / "notebook.md"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("return a + b ", "return b + a "), encoding="utf-8")
    assert stale_releases(tiny_course, [ID]) == []


def test_a_failed_build_leaves_the_old_files(tiny_course):
    release, source = write_release(tiny_course, ID), write_source(tiny_course, ID)
    before = release.read_bytes(), source.read_bytes()
    notebook = tiny_course.room(ID) / "notebook.md"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("[free]", "[fre]"), encoding="utf-8")
    for write in (write_release, write_source):
        with pytest.raises(BuildError):
            write(tiny_course, ID)
    assert (release.read_bytes(), source.read_bytes()) == before
    assert sorted(os.listdir(release.parent)) == [release.name]


def test_what_nbgrader_refuses_is_passed_on(tiny_course, monkeypatch):
    def broken(course, assignment):
        source = build.author_notebook(course.room(assignment.id) / "notebook.md", assignment, course)
        source.cells[4].source += "\n    ### BEGIN SOLUTION"
        return source

    monkeypatch.setattr(build, "build_source", broken)
    with pytest.raises(BuildError, match=r"nbgrader generate_assignment refuses t01_sums(.|\n)*no end solution statement found"):
        build_release(tiny_course, ID)


def test_no_such_assignment(tiny_course):
    for function in (write_source, build_release, write_release):
        with pytest.raises(CourseError, match="There is no assignment 't02_none'"):
            function(tiny_course, "t02_none")
    with pytest.raises(CourseError, match="There is no assignment 't02_none'"):
        stale_releases(tiny_course, ["t02_none"])


COURSE = open_course()


@pytest.mark.parametrize("name", COURSE.assignment_ids())
def test_the_committed_release_is_fresh(name):
    assert stale_releases(COURSE, [name]) == [], f"assignments/{name} is stale; run: course build {name}"

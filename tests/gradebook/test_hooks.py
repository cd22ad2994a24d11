"""nbgrader's own ways into the gradebook: its command, formgrader's button; hostile files on all of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import tinycourse
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_output
from nbgrader.apps import NbGraderAPI
from nbgrader.utils import determine_grade

from autograder import grade, store
from autograder.autograde import graded_notebook
from autograder.course import ROOT, Course
from autograder.feedback import make_feedback
from autograder.gradebook import scores, total
from autograder.nbgrader_hooks import read_release, result_for, write_scores
from autograder.nbgrader_settings import nbgrader_config
from autograder.recording import register

# What nbgrader gives full marks for, gives nothing for, or stops at, when it stands in a graded cell.
PLANTED = {
    "none": [],
    "display": [new_output("display_data", {"text/plain": "1.5"})],
    "text": [new_output("execute_result", {"text/plain": "done"})],
    "quoted": [new_output("execute_result", {"text/plain": "'0.1'"})],
    "numpy": [new_output("execute_result", {"text/plain": "np.float64(0.1)"})],
    "nan": [new_output("execute_result", {"text/plain": "nan"})],
    "negative": [new_output("execute_result", {"text/plain": "-1"})],
    "infinite": [new_output("execute_result", {"text/plain": "inf"})],
    "above": [new_output("execute_result", {"text/plain": "99"})],
    "no-plain": [new_output("execute_result", {"text/html": "<b>1.5</b>"})],
    "list": [new_output("execute_result", {"text/plain": ["1", "2"]})],
    "stderr": [new_output("stream", name="stderr", text="line\n"), new_output("execute_result", {"text/plain": "1.5"})],
    "error": [new_output("error", ename="E", evalue="e", traceback=[])],
}
SCORED = {"add": 0.75, "double": 1.4, "bonus-triple": 1.0}


def grade_id(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def place(cells: list[dict], name: str) -> int:
    return next(index for index, cell in enumerate(cells) if grade_id(cell) == name)


def plant(outputs):
    def change(cells):
        for cell in cells:
            if cell["cell_type"] == "code":
                cell["outputs"] = outputs

    return change


def duplicate(cells):
    cells.insert(2, dict(cells[place(cells, "add")], id="copy-1"))
    cells.append(dict(cells[place(cells, "essay-add")], id="copy-2"))
    cells.append(dict(cells[place(cells, "solution-add")], id="copy-3"))


def delete(cells):
    for name in ("add", "solution-double", "quality-style", "given-start"):
        del cells[place(cells, name)]


def retype(cells):
    cells[place(cells, "add")].update(cell_type="markdown")
    cells[place(cells, "essay-add")].update(cell_type="code", outputs=[], execution_count=None)
    cells[place(cells, "solution-total")].update(cell_type="raw")


def forge(cells):
    marks = cells[place(cells, "add")]["metadata"]["nbgrader"]
    marks.update(points=100, solution=True, locked=False, schema_version=99, checksum="0")
    cells[place(cells, "double")]["metadata"]["nbgrader"]["grade"] = False
    cells[place(cells, "total")]["metadata"]["nbgrader"]["grade_id"] = "invented"
    cells[place(cells, "double")]["source"] = "1.4"


HOSTILE = {
    **{f"planted-{name}": plant(PLANTED[name]) for name in ("none", "quoted", "nan", "above", "stderr")},
    "duplicated": duplicate,
    "deleted": delete,
    "retyped": retype,
    "forged": forge,
    "broken": b'{"cells": [',
    "empty": b"",
    "binary": bytes(range(256)),
    "other-json": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": "none"}',
    "foreign": nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])).encode(),
}
UNREADABLE = {"broken", "empty", "binary", "other-json", "foreign", "link", "folder"}


def hand_in_everything(desk) -> dict:
    """One student for each hostile file; their results, as the store has them."""
    for student, work in HOSTILE.items():
        desk.submit(student, work if isinstance(work, bytes) else desk.cells(work))
    desk.submit("link").unlink()
    desk.course.submission_notebook(tinycourse.ID, "link").symlink_to(desk.course.submission_notebook(tinycourse.ID, "duplicated"))
    desk.submit("folder").unlink()
    desk.course.submission_notebook(tinycourse.ID, "folder").mkdir()
    results = {}
    for student in (*HOSTILE, "link", "folder"):
        empty = {"scored": {}, "answered": (), "status": "unreadable"} if student in UNREADABLE else {"scored": SCORED}
        results[student] = desk.store(student, desk.result(student, **empty))
    return results


def nbgrader(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a plain nbgrader command at the root of the course, as staff would."""
    root = course.root
    text = (ROOT / "nbgrader_config.py").read_text()
    assert "open_course()" in text
    # The checkout's own configuration file, for this checkout instead.
    text = text.replace("open_course()", f"open_course(Path({str(root)!r}), Path({str(course.term)!r}))")
    text = text.replace("Path(__file__).resolve().parent", f"Path({str(ROOT)!r})")
    text += f"\nfrom autograder import store\nstore.code_digest = store.environment_digest = lambda: {store.code_digest()!r}\n"
    (root / "nbgrader_config.py").write_text(text)
    environment = {**os.environ, "PATH": "/usr/bin:/bin", "JUPYTER_CONFIG_DIR": str(root / "none"), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=200)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_every_way_gives_the_same_scores_whatever_is_handed_in(desk):
    results = hand_in_everything(desk)
    register(desk.course, desk.assignment)

    ran = nbgrader(desk.course, "autograde", tinycourse.ID)
    assert ran.returncode == 0, ran.stderr[-3000:]
    plain = scores(desk.course, desk.assignment)
    for student in results:
        grades = plain[student]
        if student in UNREADABLE:
            assert total(grades) == 0.0
            assert not any(grade.needs_manual for grade in grades.values()), student
        else:
            assert (grades["add"].auto, grades["double"].auto, grades["total"].auto) == (0.75, 1.4, 0.0), student
            assert grades["bonus-triple"].extra_credit == 1.0
            assert [item for item, grade in grades.items() if grade.needs_manual] == ["essay-add", "exp-analysis"], student

    (desk.course.term / "gradebook.db").unlink()
    shutil.rmtree(desk.course.term / "autograded")
    assert desk.record(*results.values()) == []
    assert scores(desk.course, desk.assignment) == plain

    (desk.course.term / "gradebook.db").unlink()
    shutil.rmtree(desk.course.term / "autograded")
    register(desk.course, desk.assignment)
    api = NbGraderAPI(config=nbgrader_config(desk.course))
    before = os.getcwd()
    for student in ("duplicated", "broken", "planted-nan"):
        assert api.autograde(tinycourse.ID, student)["success"]
        assert scores(desk.course, desk.assignment)[student] == plain[student]
    assert os.getcwd() == before


@pytest.mark.parametrize("outputs", PLANTED.values(), ids=PLANTED)
def test_what_a_submission_leaves_in_a_graded_cell_counts_for_nothing(desk, outputs):
    release = read_release(desk.course, desk.assignment)
    cell = next(cell for cell in release.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "add")
    cell.outputs = list(outputs)
    write_scores(release, desk.assignment, desk.result("kim", {"add": 0.3}))
    assert determine_grade(cell) == (0.3, 1.5)


@pytest.mark.parametrize(
    ("score", "read"),
    [(-0.25, 0.0), (99.0, 1.5), (0.1 + 0.2, 0.3), (1.5000000001, 1.5), (1 / 3, 0.333333), (1e-9, 0.0), (5e-324, 0.0)],
)
def test_numbers_are_brought_within_the_points(desk, score, read):
    release = read_release(desk.course, desk.assignment)
    write_scores(release, desk.assignment, desk.result("kim", {"add": score}))
    cell = next(cell for cell in release.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "add")
    assert determine_grade(cell) == (read, 1.5)


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -float("inf"), True, "1.5", None])
def test_what_is_no_finite_number_is_a_fault_of_the_grader(desk, score):
    result = desk.result("kim")
    first = result.items[0].model_copy(update={"score": score})
    release = read_release(desk.course, desk.assignment)
    write_scores(release, desk.assignment, result.model_copy(update={"items": (first, *result.items[1:])}))
    cell = next(cell for cell in release.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "add")
    assert [output.output_type for output in cell.outputs] == ["error"]
    assert determine_grade(cell) == (0, 1.5)


def test_no_execute_is_no_way_around(desk):
    desk.submit("kim", desk.cells(plant([new_output("execute_result", {"text/html": "<script>1</script>", "text/plain": "1"})])))
    desk.store("kim", desk.result("kim", {}))
    register(desk.course, desk.assignment)
    assert nbgrader(desk.course, "autograde", tinycourse.ID, "--no-execute").returncode == 0
    assert total(desk.scores("kim")) == 0.0
    assert "<script>" not in graded_notebook(desk.course, tinycourse.ID, "kim").read_text()


def test_an_unknown_submission_is_graded_once_and_a_fault_again(desk, monkeypatch):
    calls = []

    def grade_notebook(course, assignment, data, *, student, **options):
        calls.append((student, options["sandbox"], options["round_number"]))
        key = store.submission_key(course, assignment, data, options["evidence_dir"], student, options["round_number"])
        return desk.result(student, key=key, status="grader_fault" if student == "faulty" else "graded")

    monkeypatch.setattr(grade, "grade_notebook", grade_notebook)
    desk.course.term.mkdir()
    (desk.course.term / "course.yml").write_text("rounds: {t01_sums: 3}\n")
    for student in ("kim", "faulty"):
        desk.submit(student)
        for _ in range(2):
            assert result_for(desk.course, desk.assignment, student).student == student
    assert calls == [("kim", True, 3), ("faulty", True, 3), ("faulty", True, 3)]


def test_a_restoration_that_fails_waits_for_a_person_and_stops_nobody(desk, monkeypatch):
    from autograder import nbgrader_hooks

    original = nbgrader_hooks.restore

    def restore(submitted, master):
        if "stumble" in str(submitted):
            raise RuntimeError("stumbled")
        return original(submitted, master)

    monkeypatch.setattr(nbgrader_hooks, "restore", restore)
    desk.submit("kim", tinycourse.SOLUTIONS | {"essay-add": "stumble"})
    desk.submit("lee")
    told = desk.record(desk.result("kim"), desk.result("lee"))
    assert {entry.student for entry in told} == {"kim"}
    assert "RuntimeError: stumbled" in told[0].why
    assert all(grade.needs_manual and grade.auto is None for grade in desk.scores("kim").values())
    assert total(desk.scores("lee")) == 10.0


def test_formgrader_lists_what_waits(desk):
    desk.submit("kim")
    desk.record(desk.result("kim", {"add": 1.5}))
    api = NbGraderAPI(config=nbgrader_config(desk.course))
    (assignment,) = api.get_assignments()
    assert (assignment["name"], assignment["max_score"], assignment["num_submissions"]) == (tinycourse.ID, 10.0, 1)
    (submission,) = api.get_submissions(tinycourse.ID)
    assert (submission["student"], submission["score"], submission["needs_manual_grade"]) == ("kim", 1.5, True)


HOSTILE_TEXT = """hi <script>alert(1)</script> <img src=x onerror=alert(2)> $x<b$ [a](javascript:alert(3))
![q" onerror=alert(4)](attachment:no.png)
![x](http://e.example/a.png)

# H <b onclick=alert(5)>x</b>

<div onclick=alert(6)>

```mermaid
</pre><script>alert(7)</script>
```

$$<script>alert(8)</script>$$ $\\href{javascript:alert(9)}{x}$
"""


LIVE = ("<script>alert", "<img src=x", "<b onclick", "<div onclick", 'href="javascript', "http://e.example", "\\href")


def test_essays_are_shown_as_text(desk):
    """As formgrader shows them: by nbconvert with the settings of the course."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(HOSTILE_TEXT)])
    page, _ = HTMLExporter(config=nbgrader_config(desk.course)).from_notebook_node(notebook)
    essay = page[page.index("<p>hi ") :][:1500]
    assert "&lt;script&gt;alert(1)" in essay
    assert [live for live in LIVE if live in essay] == []


def test_nbgraders_feedback_is_the_report(desk):
    desk.submit("kim", tinycourse.SOLUTIONS | {"essay-add": HOSTILE_TEXT})
    desk.record(desk.result("kim", {"add": 1.5}))
    assert NbGraderAPI(config=nbgrader_config(desk.course)).generate_feedback(tinycourse.ID, "kim")["success"]
    page = Path(desk.course.term, "feedback", "kim", tinycourse.ID, f"{tinycourse.ID}.html").read_text()
    assert page == make_feedback(desk.course, desk.assignment, students=["kim"])[0].page
    assert "채점 대기" in page
    assert [live for live in LIVE if live in page] == []


@pytest.mark.full
def test_a_class_with_killers_is_graded_by_plain_nbgrader(desk):
    """Real kernels in the sandbox: whoever kills or blocks the kernel costs the others nothing."""
    desk.submit("exits", tinycourse.SOLUTIONS | {"solution-bonus-triple": "import os\nos._exit(1)"})
    desk.submit("honest")
    desk.submit("loops", tinycourse.SOLUTIONS | {"solution-bonus-triple": "while True:\n    pass"})
    register(desk.course, desk.assignment)
    ran = nbgrader(desk.course, "autograde", tinycourse.ID)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert desk.auto("honest")["add"] == 1.5
    assert desk.scores("honest")["bonus-triple"].extra_credit == 2.0
    for student in ("exits", "loops"):
        assert desk.auto(student)["add"] == 1.5
        assert desk.scores(student)["bonus-triple"].extra_credit == 0.0

"""Marks by hand: sheets without names, split for good, and marks that arrive whole or not at all."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import pytest
import tinycourse
from axe import violations
from browser import Page
from gradingdesk import Desk
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import CourseError, open_course
from autograder.gradebook import open_gradebook
from autograder.marking import import_marks, sheets
from autograder.marking.page import render_sheet, write_sheets
from autograder.standing import standings

STUDENTS = [f"2026-{number:02d}" for number in range(1, 6)]
HOSTILE = "덧셈은 **순서**와 무관합니다. <script>alert(1)</script> <img src=x onerror=alert(2)> [누르기](javascript:alert(3))"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, built: bytes) -> Path:
    """A course in which every student is recorded, to be copied."""
    root = tmp_path_factory.mktemp("graded")
    course = tinycourse.make_course(root)
    release = course.release_notebook(tinycourse.ID)
    release.parent.mkdir(parents=True)
    release.write_bytes(built)
    desk = Desk(open_course(course.root, course.term))
    for student in STUDENTS:
        desk.submit(student, tinycourse.SOLUTIONS | {"essay-add": f"{HOSTILE} {student[-2:]}번째 글"})
    desk.record(*(desk.result(student) for student in STUDENTS))
    assert desk.course.term.is_relative_to(root)
    return root


@pytest.fixture
def recorded(graded: Path, tmp_path: Path) -> Desk:
    root = tmp_path / "course"
    shutil.copytree(graded, root)
    return Desk(open_course(root, root / "term"))


def made(desk: Desk, *graders: str, **options):
    return sheets(desk.course, desk.assignment, items=["essay-add"], graders=graders or ("",), **options)


def marks(desk: Desk, path: Path, points: dict[str, list[float | None]], **changes) -> Path:
    """The file that a sheet's page would give out with these points by code."""
    found = {answer.code: answer for sheet in made(desk, everything=True) for answer in sheet.answers}
    given = {code: {"checksum": found[code].checksum, "points": value, "comment": "좋은 예입니다."} for code, value in points.items()}
    path.write_text(json.dumps({"format": 1, "assignment": tinycourse.ID, "item": "essay-add", "grader": "kim", "marks": given} | changes))
    return path


def codes(desk: Desk) -> list[str]:
    return [answer.code for sheet in made(desk, everything=True) for answer in sheet.answers]


def test_answers_have_no_names(recorded: Desk):
    (sheet,) = made(recorded)
    assert len(sheet.answers) == 5
    page = render_sheet(recorded.assignment, sheet)
    assert not [student for student in STUDENTS if student in page]
    other = sheets(recorded.course, recorded.assignment, items=["exp-analysis"])[0]
    assert not {answer.code for answer in sheet.answers} & {answer.code for answer in other.answers}
    assert [answer.code for answer in sheet.answers] == sorted(answer.code for answer in sheet.answers)


def test_an_answer_can_do_nothing(recorded: Desk):
    page = render_sheet(recorded.assignment, made(recorded)[0])
    body = page.split("</style>")[1].rpartition("<script>")[0]
    assert "<script" not in body
    assert "<img src=x" not in body
    assert not re.search(r"(?:href|src)=\W*javascript:", body)
    assert "<strong>순서</strong>" in body
    assert "default-src 'none'" in html.unescape(page)


def test_graders_keep_their_answers(recorded: Desk, tmp_path: Path):
    split = {sheet.grader: {answer.code for answer in sheet.answers} for sheet in made(recorded, "kim", "lee", "박조교")}
    assert sorted(map(len, split.values())) == [1, 2, 2]
    assert len(set.union(*split.values())) == 5
    done = sorted(split["lee"])[0]
    import_marks(recorded.course, recorded.assignment, marks(recorded, tmp_path / "m.json", {done: [0.5, 0.25]}))
    again = {sheet.grader: {answer.code for answer in sheet.answers} for sheet in made(recorded, "kim", "lee", "박조교")}
    assert again == split | {"lee": split["lee"] - {done}}


def test_marks_reach_gradebook_and_standing(recorded: Desk, tmp_path: Path):
    code = codes(recorded)[0]
    done = import_marks(recorded.course, recorded.assignment, marks(recorded, tmp_path / "m.json", {code: [0.5, 0.25]}))
    assert (done.written, done.unfinished, done.problems) == (1, 0, ())
    results = {student: recorded.result(student) for student in STUDENTS}
    marked = [
        (student, item)
        for student, standing in standings(recorded.course, recorded.assignment, results).items()
        for item in standing.items
        if item.id == "essay-add" and not item.waiting
    ]
    ((student, item),) = marked
    assert (item.manual, item.score, item.criteria, item.comment) == (0.75, 0.75, (0.5, 0.25), "좋은 예입니다.")
    grade = recorded.scores(student)["essay-add"]
    assert (grade.manual, grade.needs_manual) == (0.75, False)
    assert code not in [answer.code for answer in made(recorded)[0].answers]
    (again,) = [answer for answer in made(recorded, everything=True)[0].answers if answer.code == code]
    assert (again.points, again.comment) == ((0.5, 0.25), "좋은 예입니다.")


def test_marks_survive_a_regrade(recorded: Desk, tmp_path: Path):
    import_marks(recorded.course, recorded.assignment, marks(recorded, tmp_path / "m.json", {code: [0.5, 0.5] for code in codes(recorded)}))
    recorded.record(*(recorded.result(student, key=f"new-{student}") for student in STUDENTS))
    assert all(recorded.scores(student)["essay-add"].manual == 1.0 for student in STUDENTS)
    assert made(recorded) == []


def test_an_unfinished_answer_waits(recorded: Desk, tmp_path: Path):
    first, second, *_ = codes(recorded)
    done = import_marks(recorded.course, recorded.assignment, marks(recorded, tmp_path / "m.json", {first: [0.5, None], second: [0, 0]}))
    assert (done.written, done.unfinished) == (1, 1)
    assert first in codes(recorded)


def test_a_changed_answer_is_left_alone(recorded: Desk, tmp_path: Path):
    code = codes(recorded)[0]
    path = marks(recorded, tmp_path / "m.json", {code: [0.5, 0.5]})
    for student in STUDENTS:
        recorded.submit(student, tinycourse.SOLUTIONS | {"essay-add": "다시 쓴 답입니다."})
    recorded.record(*(recorded.result(student, key=f"new-{student}") for student in STUDENTS))
    done = import_marks(recorded.course, recorded.assignment, path)
    assert done.written == 0
    assert "has changed" in done.problems[0]


def test_somebody_elses_marks_stay_unless_asked(recorded: Desk, tmp_path: Path):
    code = codes(recorded)[0]
    import_marks(recorded.course, recorded.assignment, marks(recorded, tmp_path / "m.json", {code: [0.5, 0.5]}))
    other = marks(recorded, tmp_path / "n.json", {code: [0.5, 0.0]}, grader="lee")
    done = import_marks(recorded.course, recorded.assignment, other)
    assert done.written == 0
    assert "--overwrite" in done.problems[0]
    assert import_marks(recorded.course, recorded.assignment, other, overwrite=True).written == 1
    assert {recorded.scores(student)["essay-add"].manual for student in STUDENTS} == {None, 0.5}


def test_a_score_typed_in_formgrader_counts_as_somebody_elses(recorded: Desk, tmp_path: Path):
    student = STUDENTS[2]
    with open_gradebook(recorded.course) as gradebook:
        grade = gradebook.find_grade("essay-add", tinycourse.ID, tinycourse.ID, student)
        grade.manual_score, grade.needs_manual_grade = 0.3, False
        gradebook.db.commit()
    done = import_marks(
        recorded.course, recorded.assignment, marks(recorded, tmp_path / "m.json", {code: [0.5, 0.5] for code in codes(recorded)})
    )
    assert (done.written, len(done.problems)) == (4, 1)
    assert recorded.scores(student)["essay-add"].manual == 0.3


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"assignment": "w99"}, "marks of w99"),
        ({"item": "add"}, "that people mark"),
        ({"format": 2}, "not a sheet's marks"),
        ({"marks": {"0" * 12: {"checksum": "", "points": [0.5, 0.5]}}}, "not in this term"),
        ({"marks": {"0" * 12: {"checksum": "", "points": [0.6, 0.5]}}}, "0.6 points of 0.5"),
        ({"marks": {"0" * 12: {"checksum": "", "points": [-1, 0.5]}}}, "greater than or equal to 0"),
        ({"marks": {"0" * 12: {"checksum": "", "points": ["0.5", 0.5]}}}, "not a sheet's marks"),
        ({"marks": {"0" * 12: {"checksum": "", "points": [0.5]}}}, "has 1 criteria"),
        ({"more": 1}, "more"),
    ],
)
def test_a_wrong_file_changes_nothing(recorded: Desk, tmp_path: Path, changes: dict, says: str):
    path = marks(recorded, tmp_path / "m.json", {codes(recorded)[0]: [0.5, 0.5]})
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(CourseError, match=re.escape(says)):
        import_marks(recorded.course, recorded.assignment, path)
    assert all(recorded.scores(student)["essay-add"].manual is None for student in STUDENTS)


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 100_000, b"NaN", b"\xff\xfe", b'{"format": 1}'])
def test_what_is_no_file_of_marks(recorded: Desk, tmp_path: Path, data: bytes):
    (tmp_path / "m.json").write_bytes(data)
    with pytest.raises(CourseError, match=r"m\.json"):
        import_marks(recorded.course, recorded.assignment, tmp_path / "m.json")


def test_wrong_use_says_so(recorded: Desk):
    with pytest.raises(CourseError, match="twice"):
        made(recorded, "kim", "kim")
    with pytest.raises(CourseError, match="cannot be a grader"):
        made(recorded, "../kim")
    with pytest.raises(CourseError, match="that people mark"):
        sheets(recorded.course, recorded.assignment, items=["add"])


def test_the_command(recorded: Desk, tmp_path: Path):
    base = ["--root", str(recorded.course.root), "--term", str(recorded.course.term), "marking", tinycourse.ID]
    shown = CliRunner().invoke(app, [*base, "--graders", "kim,lee"])
    assert shown.exit_code == 0, shown.output
    assert {path.name for path in (recorded.course.term / "marking" / tinycourse.ID).iterdir()} == {
        f"{item}-{grader}.html" for item in ("essay-add", "exp-analysis") for grader in ("kim", "lee")
    }
    path = marks(recorded, tmp_path / "m.json", {code: [0.5, 0.5] for code in codes(recorded)})
    taken = CliRunner().invoke(app, [*base, "--import", str(path)])
    assert taken.exit_code == 0, taken.output
    assert "5 answers marked" in taken.output


@pytest.mark.smoke
def test_the_page_counts_keeps_and_gives_out(recorded: Desk, tmp_path: Path, page: Page):
    """In a real browser: type marks, reload, find them again, and import what the page gives out."""
    (path,) = write_sheets(recorded.assignment, made(recorded), tmp_path)
    page.open(path.as_uri())
    assert page.evaluate("document.getElementById('done').textContent") == "0"
    page.evaluate("document.querySelectorAll('.answer')[0].querySelectorAll('[data-share=\"1\"]').forEach((button) => button.click())")
    page.evaluate("document.querySelectorAll('.answer')[1].querySelector('[data-share=\"0.5\"]').click()")
    assert page.evaluate("document.getElementById('done').textContent") == "1"
    assert page.evaluate("[...document.querySelectorAll('.state')].slice(0, 3).map((state) => state.textContent)") == [
        "채점함",
        "하는 중",
        "아직",
    ]
    page.open(path.as_uri())
    assert page.evaluate("document.getElementById('done').textContent") == "1"
    data = page.evaluate("JSON.stringify({ format: 1, assignment, item, grader, marks: all() })")
    (tmp_path / "m.json").write_text(data)
    done = import_marks(recorded.course, recorded.assignment, tmp_path / "m.json")
    assert (done.written, done.unfinished, done.problems) == (1, 4, ())
    assert page.evaluate("document.querySelectorAll('.answer script, .answer [onerror]').length") == 0


@pytest.mark.smoke
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("light", 390), ("dark", 1280)])
def test_axe_finds_nothing_on_a_sheet(recorded: Desk, tmp_path: Path, page: Page, scheme: str, width: int):
    (path,) = write_sheets(recorded.assignment, made(recorded), tmp_path)
    page.colour_scheme(scheme)
    page.viewport(width, 900)
    page.open(path.as_uri())
    assert page.errors == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.querySelectorAll('.answer')[0].querySelectorAll('[data-share=\"1\"]').forEach((button) => button.click())")
    page.evaluate("document.querySelectorAll('details').forEach((entry) => { entry.open = true; }); true")
    assert violations(page) == []

"""``course report`` on a term with a gradebook."""

from __future__ import annotations

import pytest
import tinycourse
from gradingdesk import _alembic_once, built, desk  # noqa: F401
from typer.testing import CliRunner

from autograder.cli import app

ID = tinycourse.ID
OTHER = {
    "solution-add": "def add(left, right):\n    for _ in range(abs(right)):\n        left += 1 if right > 0 else -1\n    return left",
    "solution-double": "def double(value):\n    return sum(value for _ in range(2))",
    "solution-total": "def total(numbers):\n    from functools import reduce\n    return reduce(add, numbers, 0)",
    "solution-exp-table": (
        "def count_table(limits):\n    rows = []\n    while limits:\n"
        "        rows.append(dict(n=limits[0], additions=limits[0]))\n        limits = limits[1:]\n    return rows"
    ),
}


@pytest.fixture
def run(desk, monkeypatch):  # noqa: F811
    monkeypatch.delenv("COURSE_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "160")

    def invoke(*arguments: str):
        return CliRunner().invoke(app, ["--root", str(desk.course.root), "--term", str(desk.course.term), "report", *arguments])

    return invoke


def term(desk, *names: str) -> None:  # noqa: F811
    for name in names:
        desk.submit(name)
    desk.record(*(desk.store(name) for name in names))


def test_nothing_recorded(run):
    done = run(ID)
    assert done.exit_code == 2
    assert "Grade it first: course grade t01_sums" in " ".join(done.output.split())


def test_an_assignment(run, desk):  # noqa: F811
    term(desk, "2026-1", "2026-2")
    (desk.course.term / "roster.csv").write_text("학번,이름\n2026-1,김하나\n2026-3,박셋\n", encoding="utf-8")
    page = desk.course.term / "feedback" / "2026-2" / ID / f"{ID}.html"
    page.parent.mkdir(parents=True)
    page.write_text("report")
    stale = desk.course.term / "reports" / ID / "pair-099.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("of an earlier report")
    done = run(ID)
    assert done.exit_code == 0, done.output
    folder = desk.course.term / "reports" / ID
    assert str(folder / "index.html") in done.output
    assert not stale.exists()
    students = (folder / "students.html").read_text(encoding="utf-8")
    assert "김하나" in students
    assert f'href="../../feedback/2026-2/{ID}/{ID}.html"' in students
    overview = (folder / "index.html").read_text(encoding="utf-8")
    assert "미제출 1명" in overview
    assert "사람이 읽을 답이 4개" in overview


def test_copies_of_a_past_term(run, desk, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr("autograder.similarity.compare.LEAST", 5)  # the course in miniature has little code
    for name, cells in (("2026-1", OTHER), ("2026-2", tinycourse.SOLUTIONS)):
        desk.submit(name, cells)
    desk.record(*(desk.store(name) for name in ("2026-1", "2026-2")))
    past = tmp_path / "2025" / "kim" / ID / f"{ID}.ipynb"
    past.parent.mkdir(parents=True)
    past.write_bytes(tinycourse.filled_in(desk.release, OTHER))
    done = run(ID, "--past", str(tmp_path / "2025"), "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    similar = (tmp_path / "out" / ID / "similar.html").read_text(encoding="utf-8")
    section = similar.partition('id="past"')[2]
    assert "2026-1" in section
    assert "kim" in section
    assert "2026-2" not in section
    assert (tmp_path / "out" / ID / "pair-001.html").is_file()


def test_the_whole_course(run, desk):  # noqa: F811
    term(desk, "2026-1")
    done = run()
    assert done.exit_code == 0, done.output
    folder = desk.course.term / "reports"
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert f'href="{ID}/index.html"' in page
    assert (folder / ID / "index.html").is_file()
    assert "2026-1" in (folder / "final.csv").read_text(encoding="utf-8-sig")


def test_a_course_without_results(run, desk):  # noqa: F811
    done = run()
    assert done.exit_code == 0, done.output
    assert "t01_sums: nothing recorded yet; counted as 0." in done.output
    assert "아직 기록된 점수가 없습니다" in (desk.course.term / "reports" / "index.html").read_text(encoding="utf-8")


def test_an_unknown_assignment(run):
    done = run("t01_sum")
    assert done.exit_code == 2
    assert "Did you mean t01_sums?" in done.output

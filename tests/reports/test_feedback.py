"""Reports from recorded grades: who gets one, what is kept of it, and how it reaches nbgrader's exchange or a platform."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import tinycourse
from nbgrader.utils import notebook_hash

from autograder.attempts import add_attempt
from autograder.course import CourseError
from autograder.feedback import HELD, make_feedback, release, send_feedback, through_exchange, write_feedback, write_zip
from autograder.gradebook import open_gradebook
from autograder.platform_zip import feedback_name
from autograder.recorded import releases
from autograder.sent import last_sent
from autograder.term import adjust

WHEN = datetime(2026, 4, 3, 9, 15, tzinfo=UTC)


def type_in(desk, student: str, score: float, comment: str = "") -> None:
    """A grader's mark for each essay."""
    with open_gradebook(desk.course) as opened:
        for item in ("essay-add", "exp-analysis"):
            grade = opened.find_grade(item, tinycourse.ID, tinycourse.ID, student)
            grade.manual_score, grade.needs_manual_grade = score, False
            opened.find_comment(item, tinycourse.ID, tinycourse.ID, student).manual_comment = comment or None
        opened.db.commit()


@pytest.fixture
def class_of_two(desk):
    """``kim`` has been read by a person, ``lee`` waits."""
    for student in ("kim", "lee"):
        desk.submit(student)
        desk.record(desk.store(student))
    type_in(desk, "kim", 0.5, "잘 썼습니다.")
    return desk


def make(desk, *students: str, now: datetime = WHEN):
    return make_feedback(desk.course, desk.assignment, students=students, now=now)


def test_without_recorded_grades_there_is_nothing_to_report(desk):
    with pytest.raises(CourseError, match="course grade"):
        make(desk)


def test_a_student_without_grades_is_named(class_of_two):
    with pytest.raises(CourseError, match="park"):
        make(class_of_two, "park")


def test_who_waits_for_a_grader_is_held_back(class_of_two):
    desk, made = class_of_two, make(class_of_two)
    paths = write_feedback(desk.course, desk.assignment, made)
    term = desk.course.term
    assert paths == [term / "feedback" / "kim" / tinycourse.ID / f"{tinycourse.ID}.html", term / HELD / tinycourse.ID / "lee.html"]
    assert "채점을 기다리는 항목이 2개" in paths[1].read_text(encoding="utf-8")
    assert "채점한 사람의 의견" in paths[0].read_text(encoding="utf-8")
    write_feedback(desk.course, desk.assignment, made, partial=True)
    assert (term / "feedback" / "lee" / tinycourse.ID / f"{tinycourse.ID}.html").is_file()
    assert not paths[1].exists()


def test_the_class_stays_whole_where_one_student_is_named(class_of_two):
    assert [entry.student for entry in make(class_of_two, "lee")] == ["lee"]


def test_what_was_sent_is_kept_and_not_sent_again(class_of_two):
    desk = class_of_two
    (first,) = make(desk, "kim")
    assert send_feedback(desk.course, desk.assignment, [first], now=WHEN) == 1
    kept = desk.course.term / "sent" / tinycourse.ID / "kim" / "20260403T091500Z.html"
    assert kept.read_text(encoding="utf-8") == first.page
    assert json.loads(kept.with_suffix(".json").read_text(encoding="utf-8"))["student"] == "kim"
    (again,) = make(desk, "kim", now=WHEN + timedelta(days=2))
    assert not again.new
    assert again.page == first.page
    assert send_feedback(desk.course, desk.assignment, [again], now=WHEN + timedelta(days=2)) == 0
    with open_gradebook(desk.course) as gradebook:
        assert releases(gradebook, tinycourse.ID) == {"kim": WHEN}


def test_the_next_report_says_what_changed(class_of_two):
    desk = class_of_two
    send_feedback(desk.course, desk.assignment, make(desk, "kim"), now=WHEN)
    before = last_sent(desk.course, tinycourse.ID, "kim")
    type_in(desk, "kim", 1.0, "다시 읽었습니다.")
    adjust(desk.course, tinycourse.ID, "kim", "0.5", why="이의를 받아들임", who="조교", when=WHEN)
    desk.record(desk.store("kim"))
    later = WHEN + timedelta(days=1)
    (second,) = make(desk, "kim", now=later)
    assert second.new
    changes = json.loads(second.report)["changes"]
    assert changes["since"] == "2026-04-03 18:15"  # the term's own zone
    told = {entry["title"]: (entry["before"], entry["after"]) for entry in changes["entries"]}
    assert told["총점"][1] - told["총점"][0] == pytest.approx(1.5)
    assert told["덧셈의 뜻"] == (0.5, 1.0)
    assert any("이의를 받아들임" in entry["note"] for entry in changes["entries"])
    assert "지난 보고서에서 바뀐 것" in second.page
    send_feedback(desk.course, desk.assignment, [second], now=later)
    folder = desk.course.term / "sent" / tinycourse.ID / "kim"
    assert len(list(folder.glob("*.html"))) == 2
    assert (folder / "20260403T091500Z.html").read_text(encoding="utf-8") == before.page


def test_two_reports_in_one_second_do_not_overwrite_each_other(class_of_two):
    desk, made = class_of_two, make(class_of_two, "kim")
    send_feedback(desk.course, desk.assignment, made, now=WHEN)
    with pytest.raises(CourseError, match="very second"):
        send_feedback(desk.course, desk.assignment, made, now=WHEN)


def test_a_sent_report_that_was_edited_is_noticed(class_of_two):
    desk = class_of_two
    send_feedback(desk.course, desk.assignment, make(desk, "kim"), now=WHEN)
    (page,) = (desk.course.term / "sent" / tinycourse.ID / "kim").glob("*.html")
    page.chmod(0o600)
    page.write_text("100점", encoding="utf-8")
    with pytest.raises(CourseError, match="not what was sent"):
        make(desk, "kim")


def test_the_objection_ends_as_the_settings_say(class_of_two):
    desk = class_of_two
    (desk.course.term / "course.yml").write_text("defaults: {objections: 7, contact: ta@example.org <b>}", encoding="utf-8")
    (entry,) = make(desk, "kim")
    assert "보낼 곳: ta@example.org &lt;b&gt;. 2026-04-10 23:59까지 받습니다." in entry.page


# -- platforms --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("홍길동_12345_assignsubmission_file_", "홍길동_12345_assignsubmission_file_/t01.html"),
        ("Kim Lee_7_assignsubmission_file_t01.ipynb", "Kim Lee_7_assignsubmission_file_/t01.html"),
        ("honggildong_1001_22002_t01.ipynb", "honggildong_1001_22002_t01.html"),
        ("leemin_LATE_1001_22002_t01-1.ipynb", "leemin_LATE_1001_22002_t01-1.html"),
        ("", "kim/t01.html"),
        ("2026-10231", "kim/t01.html"),
        ("../../etc_1_assignsubmission_file_", "kim/t01.html"),
        ("a/b_1_2_c.ipynb", "kim/t01.html"),
    ],
)
def test_pages_bear_the_name_that_the_platform_knows(origin: str, name: str) -> None:
    assert feedback_name("t01", "kim", origin) == name


def test_the_zip_holds_every_page_under_the_submissions_name(class_of_two, tmp_path):
    desk = class_of_two
    data = desk.course.submission_notebook(tinycourse.ID, "kim").read_bytes()
    add_attempt(desk.course, tinycourse.ID, "kim", {f"{tinycourse.ID}.ipynb": data}, WHEN, "김_31_assignsubmission_file_")
    made = make(desk)
    path = tmp_path / "feedback.zip"
    assert write_zip(desk.assignment, made, path) == 2
    first = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == [f"lee/{tinycourse.ID}.html", f"김_31_assignsubmission_file_/{tinycourse.ID}.html"]
        assert archive.read(archive.namelist()[1]).decode() == made[0].page
    write_zip(desk.assignment, made, path)
    assert path.read_bytes() == first


def test_an_empty_zip_is_refused(desk, tmp_path):
    with pytest.raises(CourseError, match="no report"):
        write_zip(desk.assignment, [], tmp_path / "feedback.zip")
    assert not (tmp_path / "feedback.zip").exists()


# -- nbgrader's exchange ----------------------------------------------------------------------------------------------


def nbgrader(desk, *arguments: str, cwd=None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"COURSE_TERM": str(desk.course.term), "HOME": str(desk.course.term.parent)}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=cwd or desk.course.root, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def exchange(class_of_two, tmp_path):
    """An exchange through which kim's submission came, and lee's did not."""
    desk, root = class_of_two, tmp_path / "exchange"
    root.mkdir()
    root.chmod(0o777)
    (desk.course.root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(desk.course.term)!r}\nc.CourseDirectory.course_id = 'llm'\n"
        f"c.Exchange.root = {str(root)!r}\nc.Exchange.cache = {str(tmp_path / 'cache')!r}\n",
        encoding="utf-8",
    )
    folder = desk.course.submission_notebook(tinycourse.ID, "kim").parent
    (folder / "timestamp.txt").write_text("2026-04-01 10:00:00.000000 UTC", encoding="utf-8")
    (folder / "submission_secret.txt").write_text("kim's secret", encoding="utf-8")
    return root


@pytest.mark.smoke
def test_students_fetch_their_page_from_the_exchange(class_of_two, exchange, tmp_path):
    desk = class_of_two
    made = make(desk)
    write_feedback(desk.course, desk.assignment, made, partial=True)
    returning = through_exchange(desk.course, desk.assignment, made)
    assert [entry.student for entry in returning] == ["kim"]
    release(desk.course, desk.assignment, returning)
    (released,) = (exchange / "llm" / "feedback").glob("*.html")
    assert released.stem == notebook_hash(secret="kim's secret", notebook_id=tinycourse.ID)
    assert released.read_text(encoding="utf-8") == made[0].page
    # What `nbgrader submit` left at the student's place.
    submitted = tmp_path / "cache" / "llm" / f"kim+{tinycourse.ID}+2026-04-01 10:00:00.000000 UTC"
    submitted.mkdir(parents=True)
    (submitted / f"{tinycourse.ID}.ipynb").write_bytes(desk.course.submission_notebook(tinycourse.ID, "kim").read_bytes())
    (submitted / "submission_secret.txt").write_text("kim's secret", encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "nbgrader_config.py").write_text((desk.course.root / "nbgrader_config.py").read_text(encoding="utf-8"), encoding="utf-8")
    fetched = nbgrader(desk, "fetch_feedback", tinycourse.ID, cwd=home)
    assert fetched.returncode == 0, fetched.stderr
    (page,) = home.rglob(f"{tinycourse.ID}.html")
    assert page.read_text(encoding="utf-8") == made[0].page


@pytest.mark.smoke
@pytest.mark.usefixtures("exchange")
def test_what_nbgrader_refuses_is_said(class_of_two):
    desk = class_of_two
    config = desk.course.root / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8").replace("'llm'", "''"), encoding="utf-8")
    made = make(desk, "kim")
    write_feedback(desk.course, desk.assignment, made)
    with pytest.raises(CourseError, match="course id"):
        release(desk.course, desk.assignment, made)

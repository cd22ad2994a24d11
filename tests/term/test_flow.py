"""A term from its first submission to its end, on the command line: attempts, lateness, extensions, adjustments, exports, purge."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
import tinycourse
from nbgrader.apps import NbGraderAPI

from autograder import recording
from autograder.attempts import read_attempts
from autograder.exports import CourseExport, safe
from autograder.gradebook import open_gradebook
from autograder.nbgrader_settings import nbgrader_config
from autograder.standing import latest_results, standings

ID = tinycourse.ID
SETTINGS = "defaults: {late: {percent: 10, most: 50}, attempts: best}\nassignments: {t01_sums: {due: 2026-03-20 23:59}}\n"
GOOD = {"add": 1.5, "double": 1.4, "total": 1.1, "theory-count": 2.0, "exp-table": 1.0, "quality-style": 1.0}
BETTER = GOOD | {"bonus-triple": 0.5}


@pytest.fixture(autouse=True)
def term(desk):
    desk.course.term.mkdir(exist_ok=True)
    (desk.course.term / "course.yml").write_text(SETTINGS, encoding="utf-8")
    (desk.course.term / "roster.csv").write_bytes("학번,이름,분반\n00123,=김민수,1\n2026-2,이영희,2\n2026-3,박서준,2\n".encode("cp949"))
    return desk.course.term


def exchange(desk, tmp_path: Path, *attempts: tuple[str, str, str]) -> Path:
    """Submissions as nbgrader's exchange holds them: student, time in UTC, the essay."""
    for student, moment, essay in attempts:
        folder = tmp_path / "exchange" / "llm" / "inbound" / f"{student}+{ID}+{moment} UTC"
        folder.mkdir(parents=True)
        (folder / f"{ID}.ipynb").write_bytes(tinycourse.filled_in(desk.release, tinycourse.SOLUTIONS | {"essay-add": essay}))
    return tmp_path / "exchange"


def graded(desk, student: str, *scored: dict[str, float], **options) -> None:
    """Results of a student's attempts, in their order, as if they had been graded."""
    for attempt, scores in zip(read_attempts(desk.course, ID, student), scored, strict=True):
        desk.store(student, desk.result(student, scores, **options), attempt.notebook)


def stand(desk, student: str):
    return standings(desk.course, desk.assignment, latest_results(desk.course, desk.assignment))[student]


def test_the_best_attempt_counts_after_lateness_and_an_extension_changes_it(desk, run, tmp_path):
    source = exchange(desk, tmp_path, ("2026-2", "2026-03-20 14:00:00", "first"), ("2026-2", "2026-03-21 10:00:00", "second"))
    taken = run("collect", ID, str(source))
    assert taken.exit_code == 0, taken.output
    assert "2 new, 0 known already, 0 set aside (nbgrader)" in taken.output
    assert "0 new, 2 known already" in run("collect", ID, str(source)).output
    graded(desk, "2026-2", GOOD, BETTER)
    result = run("grade", ID)
    assert result.exit_code == 0, result.output
    assert "attempt 1 counts, the best after lateness (1: 8, 2: 7.5)" in result.output
    found = stand(desk, "2026-2")
    assert (found.attempt, found.attempts, found.total, found.penalty, found.name) == (1, 2, 8.0, 0.0, "이영희")
    assert str(found.submitted_at) == "2026-03-20 23:00:00+09:00"

    assert "is due 2026-03-21 23:59 KST" in run("extend", ID, "2026-2", "--days", "1").output
    assert "2026-2" in (said := run("grade", ID).output)  # other scores: shown, and not applied without a yes
    assert "Nothing was changed" in said
    assert stand(desk, "2026-2").attempt == 1
    assert run("grade", ID, "--yes").exit_code == 0
    found = stand(desk, "2026-2")
    assert (found.attempt, found.total, found.late) == (2, 8.5, "")
    assert desk.scores("2026-2")["essay-add"].needs_manual

    run("extend", ID, "2026-2", "--days", "0")
    found = stand(desk, "2026-2")
    assert (found.penalty, found.total) == (1.0, 7.5)
    with open_gradebook(desk.course) as opened:
        assert opened.find_submission(ID, "2026-2").late_submission_penalty == 1.0


def test_the_last_attempt_counts_where_the_term_says_so_and_only_that_is_graded(desk, term, run, tmp_path):
    (term / "course.yml").write_text("assignments: {t01_sums: {attempts: last}}\n")
    run("collect", ID, str(exchange(desk, tmp_path, ("2026-2", "2026-03-20 14:00:00", "a"), ("2026-2", "2026-03-19 10:00:00", "b"))))
    last = read_attempts(desk.course, ID, "2026-2")[-1]
    desk.store("2026-2", desk.result("2026-2", GOOD), last.notebook)
    assert run("grade", ID).exit_code == 0
    assert (stand(desk, "2026-2").attempt, stand(desk, "2026-2").total) == (2, 8.0)
    assert (term / "submitted" / "2026-2" / ID / f"{ID}.ipynb").read_bytes() == last.notebook.read_bytes()


def test_what_nbgrader_collected_by_itself_becomes_an_attempt_and_the_earlier_stays(desk, run):
    desk.submit("2026-2", {}).with_name("timestamp.txt").write_text("2026-03-20 10:00:00 UTC")
    desk.store("2026-2", desk.result("2026-2", {}, answered=()))
    assert run("grade", ID).exit_code == 0
    path = desk.submit("2026-2")
    path.with_name("timestamp.txt").write_text("2026-03-20 11:00:00 UTC")
    desk.store("2026-2", desk.result("2026-2", GOOD))
    assert run("grade", ID, "--yes").exit_code == 0
    assert [attempt.origin for attempt in read_attempts(desk.course, ID, "2026-2")] == ["submitted", "submitted"]
    assert (stand(desk, "2026-2").attempt, stand(desk, "2026-2").total) == (2, 8.0)


def test_an_adjustment_counts_at_once_and_after_every_regrade(desk, run):
    desk.submit("2026-2")
    desk.store("2026-2", desk.result("2026-2", GOOD))
    assert "It counts when" in run("adjust", ID, "2026-2", "--points", "0.5", "--why", "가산", "--who", "조교").output
    run("grade", ID)
    assert stand(desk, "2026-2").total == 8.5
    taken = run("adjust", ID, "2026-2", "--points", "-99", "--why", "표절", "--who", "위원회")
    assert "adjustments -98.5, total 0" in taken.output
    found = stand(desk, "2026-2")
    assert (found.adjustment, found.total) == (-98.5, 0.0)
    assert run("adjust", ID, "nobody", "--points", "1", "--why", "x").exit_code == 2
    run("grade", ID)
    assert stand(desk, "2026-2").total == 0.0


def test_a_regrade_says_which_checks_changed_and_keeps_what_people_wrote(desk, run):
    def with_checks(passed: bool, score: float):
        result = desk.result("2026-2", GOOD | {"add": score})
        checks = [{"id": "test_small", "passed": True, "weight": 1}, {"id": "test_ties", "passed": passed, "weight": 1}]
        items = [item.model_dump() | ({"checks": checks} if item.id == "add" else {}) for item in result.items]
        return type(result).model_validate(result.model_dump() | {"items": items})

    desk.submit("2026-2")
    desk.store("2026-2", with_checks(True, 1.5))
    run("grade", ID)
    with open_gradebook(desk.course) as opened:
        opened.find_grade("essay-add", ID, ID, "2026-2").manual_score = 0.5
        opened.find_comment("essay-add", ID, ID, "2026-2").manual_comment = "예가 없습니다."
        opened.db.commit()
    checks = desk.course.room(ID) / "checks.py"
    checks.write_text(checks.read_text() + "\n# changed\n")
    desk.store("2026-2", with_checks(False, 0.75))
    shown = run("grade", ID)
    assert shown.exit_code == 1
    assert "test_ties now fails" in shown.output
    assert desk.scores("2026-2")["add"].auto == 1.5
    assert run("grade", ID, "--yes").exit_code == 0
    add, essay = (desk.scores("2026-2")[item] for item in ("add", "essay-add"))
    assert (add.auto, essay.manual, essay.comment, essay.needs_manual) == (0.75, 0.5, "예가 없습니다.", True)


def test_an_unchanged_cohort_asks_the_gradebook_a_few_times_and_nbgrader_never(desk, run, monkeypatch):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    statements: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    written: list[str] = []
    monkeypatch.setattr(recording, "autograde", lambda _course, _assignment, results: written.extend(results) or {})
    original = recording._read_graded
    monkeypatch.setattr(recording, "_read_graded", lambda *given: written.append("notebook") or original(*given))

    def again(*students: str) -> int:
        for student in students:
            desk.submit(student)
            desk.store(student, desk.result(student, GOOD))
        monkeypatch.setattr(recording, "autograde", autograde)
        run("grade", ID)
        monkeypatch.setattr(recording, "autograde", lambda _course, _assignment, results: written.extend(results) or {})
        statements.clear()
        written.clear()
        result = run("grade", ID)
        assert result.exit_code == 0, result.output
        assert written == []
        assert not [said for said in statements if said.startswith(("INSERT", "DELETE")) or said.startswith("UPDATE grade")]
        return len(statements)

    from autograder.autograde import autograde

    few = again("2026-2")
    more = again("2026-3", "00123", "2026-2")
    assert (more - few) / 2 <= 4  # a student more is a handful of look-ups, however many items there are


def test_an_erratum_rescales_what_people_marked(desk, run):
    desk.submit("2026-2")
    desk.store("2026-2", desk.result("2026-2", GOOD))
    run("grade", ID)
    with open_gradebook(desk.course) as opened:
        opened.find_grade("essay-add", ID, ID, "2026-2").manual_score = 0.5
        opened.db.commit()
    manifest = desk.course.room(ID) / "assignment.yml"
    original = manifest.read_text()
    errata = "errata: [{item: essay-add, action: %s, reason: 쉬웠습니다., date: 2026-04-01}]\n"
    for action, manual in (("rescale, points: 0.5", 0.25), ("drop", 0.0), ("rescale, points: 0.8", 0.25)):
        manifest.write_text(original + errata % action, encoding="utf-8")
        result = desk.result("2026-2", GOOD, answered=("exp-analysis",) if action == "drop" else ("essay-add", "exp-analysis"))
        desk.store("2026-2", result)
        assert run("grade", ID, "--yes").exit_code == 0
        assert desk.scores("2026-2")["essay-add"].manual == manual, action


def lines(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_exports_open_rightly_in_excel(desk, run, tmp_path):
    path = desk.submit("00123")
    path.with_name("timestamp.txt").write_text("2026-03-20 15:30:00 UTC")
    desk.store("00123", desk.result("00123", BETTER))
    assert run("export", ID).exit_code == 2
    run("grade", ID)
    run("adjust", ID, "00123", "--points", "-0.25", "--why", "x", "--who", "y")
    assert run("export", "--all", "--out", str(tmp_path)).exit_code == 0
    first, second, _ = lines(tmp_path / f"{ID}.csv")
    assert (first["학번"], first["이름"], first["분반"], first["상태"]) == ("'00123", "'=김민수", "1", "채점됨")
    assert (first["두 수의 합 (add)"], first["덧셈의 뜻 (essay-add)"], first["세 배 (bonus-triple)"]) == ("1.5", "", "0.5")
    sums = [first[name] for name in ("소계", "가산점", "조정", "지각 감점", "총점", "채점 대기")]
    assert sums == ["8", "0.5", "-0.25", "-1", "7.25", "2"]
    assert (second["학번"], second["상태"], second["총점"]) == ("'2026-2", "미제출", "0")

    with open_gradebook(desk.course) as opened:
        plugin = CourseExport(config=nbgrader_config(desk.course))
        plugin.to = str(tmp_path / "nbgrader.csv")
        plugin.export(opened)
    (line,) = lines(tmp_path / "nbgrader.csv")
    assert [line[name] for name in ("raw_score", "late_submission_penalty", "score", "max_score")] == ["8.25", "1", "7.25", "10"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\n=1", "＝1", "|x", "00123", "123456789012", "2026-3", "3/4", "1e5"])
def test_what_a_spreadsheet_would_change_is_text(text):
    assert safe(text).startswith("'")
    assert safe("2026-10231") == "2026-10231"
    assert safe("김 민수") == "김 민수"


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_policy_holds_in_nbgraders_own_autograde(desk):
    path = desk.submit("2026-2")
    path.with_name("timestamp.txt").write_text("2026-03-21 15:00:00 UTC")
    desk.store("2026-2", desk.result("2026-2", GOOD))
    recording.register(desk.course, desk.assignment)
    assert NbGraderAPI(config=nbgrader_config(desk.course)).autograde(ID, "2026-2")["success"]
    with open_gradebook(desk.course) as opened:
        submission = opened.find_submission(ID, "2026-2")
        assert (submission.late_submission_penalty, submission.total_seconds_late) == (2.0, timedelta(days=1, minutes=1).total_seconds())
    assert stand(desk, "2026-2").total == 6.0


def test_a_term_is_purged_and_what_is_left_is_looked_through(desk, term, run, tmp_path):
    desk.submit("2026-2")
    desk.store("2026-2")
    run("grade", ID)
    (term / "notes.txt").write_text("이영희는 나중에 냈습니다.", encoding="utf-8")
    asked = run("purge", str(term))
    assert (asked.exit_code, (term / "roster.csv").exists()) == (1, True)
    assert "notes.txt: 1 file" in asked.output
    done = run("purge", str(term), "--yes")
    assert done.exit_code == 0, done.output
    left = {str(path.relative_to(term)) for path in term.rglob("*") if path.is_file()}
    assert left == {"course.yml", "secret", f"source/{ID}/{ID}.ipynb"}
    assert all(name in done.output for name in left)
    assert "holds nothing about anybody" in run("purge", str(term), "--yes").output
    (term / "course.yml").write_text("# 이영희\n", encoding="utf-8")
    assert run("purge", str(tmp_path / "release"), "--yes").exit_code == 2


def test_purge_finds_whom_it_left_behind_and_empties_a_database_elsewhere(desk, term, run, tmp_path):
    (term / "course.yml").write_text(f"# 이영희 asked for more time\ndb: sqlite:///{tmp_path}/elsewhere.db\n", encoding="utf-8")
    desk.submit("2026-2")
    desk.store("2026-2")
    run("grade", ID)
    assert b"2026-2" in (tmp_path / "elsewhere.db").read_bytes()
    done = run("purge", str(term), "--yes")
    assert done.exit_code == 1
    assert "Still about somebody: course.yml" in done.output
    assert b"2026-2" not in (tmp_path / "elsewhere.db").read_bytes()


def test_the_roster_command_names_strangers(desk, run):
    desk.submit("2026-2")
    desk.submit("stranger")
    said = run("roster")
    assert said.exit_code == 1
    assert "1 of 3 handed in" in said.output
    assert "Not in the roster: stranger" in said.output


def test_a_source_is_graded_with_strangers_set_aside(desk, run, tmp_path):
    source = exchange(desk, tmp_path, ("2026-2", "2026-03-20 14:00:00", "a"), ("ghost", "2026-03-20 14:00:00", "b"))
    taken = run("collect", ID, str(source))
    assert taken.exit_code == 1
    assert "set aside" in taken.output
    graded(desk, "2026-2", GOOD)
    run("grade", ID, "--submissions", str(source), "--yes", "--json", str(tmp_path / "out.json"))
    assert [entry["student"] for entry in json.loads((tmp_path / "out.json").read_text())["results"]] == ["2026-2"]

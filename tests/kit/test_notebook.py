"""``check``, ``start`` and ``when_ready`` without a kernel: the names live in this process's ``__main__`` stand-in."""

from __future__ import annotations

import random

import pytest

from course_lib.kit import checking, evidence, notebook, session
from course_lib.kit.card import ItemCard, NoteCard, OverviewCard
from course_lib.kit.notebook import check, examine, overview, start, when_ready

pytestmark = pytest.mark.usefixtures("public", "names")


@pytest.fixture
def names(monkeypatch) -> dict:
    """The notebook's namespace."""
    namespace: dict = {}
    monkeypatch.setattr(notebook, "_namespace", lambda: namespace)
    return namespace


def unfinished(*_: object) -> None:
    raise NotImplementedError


# -- check ------------------------------------------------------------------------------------------------------------


def test_the_only_assignment_is_found_without_start(public):
    assert isinstance(examine("double"), ItemCard)
    (public / "second.py").write_text("")
    card = examine("double")
    assert isinstance(card, NoteCard)
    assert "start" in card.message


@pytest.mark.parametrize(
    ("function", "passed", "untouched"),
    [(lambda x: 2 * x, 2, False), (lambda x: x * x, 1, False), (unfinished, 0, True), (None, 0, True)],
)
def test_a_card_per_state(names, function, passed, untouched):
    if function is not None:
        names["double"] = function
    card = examine("double")
    assert card.title == "두 배"
    assert sum(outcome.passed for outcome in card.outcomes) == passed
    assert card.untouched is untouched


def test_the_misconception_reaches_the_card(names):
    names["double"] = lambda x: x * x
    assert examine("double").outcomes[0].misconception == "제곱과 혼동"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("doubel", "혹시 double?"),
        ("essay", "제출한 뒤에 채점합니다"),
        ("zzz", "있는 항목: double, essay, table-item"),
        ("", "있는 항목"),
    ],
)
def test_items_that_cannot_be_checked(item, said):
    card = examine(item)
    assert isinstance(card, NoteCard)
    assert said in card.message


def test_without_titles_a_typing_error_is_still_found(public):
    (public / "tiny.json").unlink()
    assert "혹시 double?" in examine("doubel").message
    assert "제출한 뒤에 채점합니다" in examine("quality-static").message


def test_evidence_so_far_is_what_checks_see():
    assert not examine("table-item").outcomes[0].passed
    evidence.table("sizes", [{"a": 1}, {"a": 2}])
    assert examine("table-item").outcomes[0].passed


def test_a_broken_check_is_a_fault_on_the_card(public):
    assert "탓이 아닙니다" in repr(examine("broken-item"))
    (public / "tiny.py").write_text((public / "tiny.py").read_text("utf-8") + "\nimport no_such_module\n", "utf-8")
    card = examine("double")
    assert isinstance(card, NoteCard)
    assert "탓이 아닙니다" in card.message


def test_the_overview_remembers(names):
    names["double"] = lambda x: 2 * x
    examine("double")
    card = overview()
    assert isinstance(card, OverviewCard)
    assert "3개 항목 중 1개를" in card.summary()
    assert "아직 확인하지 않음" in repr(card)


def test_check_prints_where_there_is_no_notebook(capsys):
    assert check("double") is None
    assert "아직 작성하지 않았습니다" in capsys.readouterr().out
    check()
    assert "3개 항목 중 0개를" in capsys.readouterr().out


def test_the_grader_is_not_kept_waiting(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_GRADING", "1")
    monkeypatch.setattr(checking, "run_checks", lambda *_, **__: pytest.fail("ran"))
    check("double")
    check()
    assert capsys.readouterr().out == ""


def test_a_checkout_finds_checks_and_titles_in_the_rooms(tmp_path, monkeypatch):
    room = tmp_path / "solutions" / "tiny"
    room.mkdir(parents=True)
    (room / "public_checks.py").write_text('import pytest\n@pytest.mark.grades("a")\ndef test_a():\n    "성질"\n', "utf-8")
    (room / "assignment.yml").write_text("items: [{id: a, title: 가}]\n", "utf-8")
    monkeypatch.setattr(notebook.catalogue, "PUBLIC", tmp_path / "none")
    monkeypatch.setattr(notebook.catalogue, "ROOMS", tmp_path / "solutions")
    assert examine("a").title == "가"


def test_checks_in_several_files_are_all_found(names, public):
    (public / "tiny-more.py").write_text(
        'import pytest\n@pytest.mark.grades("more")\ndef test_more(submission):\n    "성질"\n    assert submission.has("double")\n', "utf-8"
    )
    names["double"] = lambda x: 2 * x
    assert examine("more").outcomes[0].passed
    assert examine("double").outcomes[0].passed
    assert notebook.catalogue.assignments() == ["tiny"]


# -- start ------------------------------------------------------------------------------------------------------------


def test_start_sets_the_run_and_the_generators(capsys):
    import numpy

    start("tiny", "2024-1", "smoke", 5)
    first = (random.random(), numpy.random.rand())
    start("tiny", "2024-1", "smoke", 5)
    assert (random.random(), numpy.random.rand()) == first
    now = session.current
    assert (now.assignment, now.student, now.profile, now.seed) == ("tiny", "2024-1", "smoke", 5)
    assert capsys.readouterr().out == ""
    start("tiny")
    assert "STUDENT_ID가 비어" in capsys.readouterr().out


def test_start_begins_anew():
    evidence.table("t", [])
    session.current.results["double"] = []
    start("tiny", "x")
    assert evidence.collected().tables == {}
    assert session.current.results == {}


def test_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="smoke, cpu, gpu"):
        start("tiny", profile="tpu")


# -- when_ready -------------------------------------------------------------------------------------------------------


def test_finished_work_runs_through():
    done = []
    with when_ready("f"):
        done.append(1)
    assert done == [1]


def test_unfinished_work_ends_the_cell_kindly(capsys):
    def train_bpe() -> None:
        unfinished()

    with when_ready("train_bpe"):
        train_bpe()
    said = capsys.readouterr().out
    assert "`unfinished`를 작성한 다음에 실행됩니다" in said


def test_a_missing_name_ends_the_cell_kindly(capsys):
    with when_ready("train_bpe"):
        train_bpe()  # noqa: F821
    assert "`train_bpe`를 작성한 다음에" in capsys.readouterr().out


@pytest.mark.parametrize("error", [ValueError("x"), NameError("x", name="other"), KeyboardInterrupt(), SystemExit()])
def test_other_exceptions_are_the_students_to_see(error):
    with pytest.raises(type(error)), when_ready("train_bpe"):
        raise error


def test_what_a_skipped_cell_should_have_made_is_missed_kindly(capsys):
    def rows() -> None:
        raise NotImplementedError

    with when_ready("rows"):
        table = rows()
    capsys.readouterr()
    table = {1: "left over from another cell"}
    with when_ready("rows"):
        table[1]["language"]
    assert "건너뜁니다" in capsys.readouterr().out
    with when_ready("rows"):
        pass  # written now, and the cell run again
    with pytest.raises(TypeError), when_ready("rows"):
        table[1]["language"]


def test_another_functions_error_is_not_swallowed_because_one_is_unfinished():
    def encode() -> None:
        raise NotImplementedError

    with when_ready("train", "encode"):
        encode()
    with pytest.raises(KeyError), when_ready("train"):
        {}["x"]


def test_figures_of_a_skipped_cell_are_closed():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    kept = pyplot.figure().number
    with when_ready("f"):
        pyplot.figure()
        unfinished()
    assert pyplot.get_fignums() == [kept]
    pyplot.close("all")

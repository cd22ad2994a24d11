"""Self-study in this process: all checks, hints before answers, marks, and a map that outlives the kernel."""

from __future__ import annotations

import json

import pytest

from course_lib.kit import notebook, selfstudy, session
from course_lib.kit.selfstudy import desk, progress

HIDDEN = '''
import pytest
from course_lib.kit.expect import equal

@pytest.mark.grades("double")
def test_random(submission, rng):
    """무작위 수의 두 배입니다."""
    n = int(rng.integers(10, 10**9))
    equal(submission.call("double", n), 2 * n, given=str(n))

@pytest.mark.grades("quadruple")
def test_quadruple(submission, rng, upstream):
    """무작위 수의 네 배입니다."""
    n = int(rng.integers(10, 10**9))
    doubles = upstream(lambda: {"double": [((n,), 2 * n), ((2 * n,), 4 * n)]})
    equal(submission.call("quadruple", n, replaced=doubles), 4 * n, given=str(n))

@pytest.mark.grades("table-item")
def test_sources(submission):
    """풀이 셀의 글을 봅니다."""
    equal("return" in submission.sources.get("solution-double", ""), True, given="double의 글")
'''
ANSWERS = {
    "title": "작은 과제",
    "items": [
        {
            "id": "double",
            "title": "두 배",
            "points": 2.0,
            "bonus": False,
            "cells": ["double-help", "double"],
            "after": [],
            "hints": [{"property": "두 배입니다.", "steps": ["2를 곱합니다.", "return 2 * x"]}],
            "criteria": [],
            "answer": "",
        },
        {
            "id": "quadruple",
            "title": "네 배",
            "points": 1.0,
            "bonus": False,
            "cells": [],
            "after": ["double"],
            "hints": [],
            "criteria": [],
            "answer": "",
        },
        {
            "id": "essay",
            "title": "서술",
            "points": 1.0,
            "bonus": False,
            "cells": [],
            "after": [],
            "hints": [],
            "criteria": [{"points": 0.6, "text": "까닭을 말합니다."}, {"points": 0.4, "text": "예를 듭니다."}],
            "answer": "MODEL <답안>",
        },
        {
            "id": "table-item",
            "title": "표",
            "points": 1.0,
            "bonus": False,
            "cells": [],
            "after": [],
            "hints": [],
            "criteria": [],
            "answer": "",
        },
    ],
    "cells": {
        "double-help": {"source": "HELP", "names": []},
        "double": {"source": "def double(x):\n    return 2 * x", "names": ["double"]},
    },
}


@pytest.fixture
def shown(public, tmp_path, monkeypatch):  # noqa: ARG001 - there have to be public checks
    """A self-study kit of "tiny", a notebook that has begun, and the text of every card shown."""
    folder = tmp_path / "data" / "tiny"
    folder.mkdir(parents=True)
    (folder / "answers.json").write_text(json.dumps(ANSWERS), encoding="utf-8")
    (folder / "checks.py").write_text(HIDDEN, encoding="utf-8")
    monkeypatch.setattr(selfstudy, "DATA", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    cards: list[str] = []
    monkeypatch.setattr(notebook, "show", lambda card: cards.append(repr(card)) or card._repr_html_())
    session.begin("tiny", "2024-1")
    return cards


@pytest.fixture
def space(monkeypatch):
    """The notebook's namespace."""
    names: dict = {"In": ["", "x = 1"]}
    monkeypatch.setattr(notebook, "_namespace", lambda: names)
    return names


def write(space: dict, source: str) -> None:
    exec(source, space)
    space["In"].append(source)


def test_hidden_checks_follow_the_public_ones(shown, space):
    write(space, "def double(x):\n    return 6 if x == 3 else x * x")  # right on all that the public checks ask
    notebook.check("double")
    assert "3개 검사 중 2개 통과" in shown[-1]
    assert "✗ 무작위 수의 두 배입니다." in shown[-1]
    assert 'answer("double")' in shown[-1]
    write(space, "def double(x):\n    return x")
    notebook.check("double")
    assert "무작위" not in shown[-1], "the small ones first"
    write(space, "def double(x):\n    return 2 * x")
    notebook.check("double")
    assert "3개 검사 중 3개 통과" in shown[-1]
    assert "모든 검사를 했습니다" in shown[-1]


def test_a_mistake_of_an_earlier_step_is_no_mistake_of_a_later_one(shown, space):
    write(space, "def double(x):\n    return 2 * x + 1\ndef quadruple(x):\n    return double(double(x))")
    notebook.check("quadruple")
    assert "1개 검사 중 1개 통과" in shown[-1]
    assert "앞 단계(`double`)의 결과 대신 기준 구현의 데이터로" in shown[-1]
    notebook.check()
    assert "✓ quadruple 네 배: 검사 1개를 모두 통과 (앞 단계는 기준 구현의 데이터로)" in shown[-1]
    write(space, "def quadruple(x):\n    return 3 * double(x)")
    notebook.check("quadruple")
    assert "1개 검사 중 0개 통과" in shown[-1]
    assert "앞 단계" not in shown[-1], "the first pass stands where the second finds nothing better"
    write(space, "def double(x):\n    return 2 * x\ndef quadruple(x):\n    return double(double(x))")
    notebook.check("quadruple")
    assert "앞 단계" not in shown[-1]
    write(space, "def quadruple(x):\n    raise NotImplementedError")
    notebook.check("quadruple")
    assert "아직 작성하지 않았습니다" in shown[-1]


@pytest.mark.usefixtures("shown")
def test_a_failing_input_stays_until_it_passes_and_changes_then(space):
    write(space, "calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x if x in (0, 3) else 0")
    notebook.check("double")
    notebook.check("double")
    tried = [x for x in space["calls"] if x > 9]
    assert tried[0] == tried[1]
    write(space, "def double(x):\n    calls.append(x)\n    return 2 * x")
    notebook.check("double")
    notebook.check("double")
    tried = [x for x in space["calls"] if x > 9]
    assert tried[0] == tried[2] != tried[3]


def test_checks_see_the_cell_as_it_was_last_run(shown, space):
    write(space, "def double(x): yield")
    space["In"].append("%time\nnot python")
    write(space, "def double(x):\n    return 2 * x")
    assert desk.sources("tiny", space["In"]) == {"solution-double": "def double(x):\n    return 2 * x"}
    notebook.check("table-item")
    assert "✗ 표가 두 줄입니다" in shown[-1], "the public check of the evidence comes first"


@pytest.mark.usefixtures("space")
def test_hints_then_a_question_then_the_answer(shown, monkeypatch):
    answers = iter(["아니요", "네"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    desk.answer("double")
    assert "힌트 1/2: 2를 곱합니다." in shown[-1]
    assert not any("def double" in card for card in shown)
    desk.answer("double")
    assert len(shown) == 1, "no"
    desk.answer("double")
    assert "def double(x):\n    return 2 * x" in shown[-1]
    assert "double-help" in shown[-1]
    assert progress.read("tiny")["double"]["answers"] == ["double"]
    notebook.check()
    assert "아직 확인하지 않음 · 정답을 보았음" in shown[-1]


@pytest.mark.usefixtures("space")
def test_the_answer_of_one_cell_and_without_a_question(shown):
    desk.answer("double-help", sure=True)
    assert "힌트 1/2" in shown[0], "hints are seen in any case"
    assert "HELP" in shown[1]


@pytest.mark.usefixtures("space")
def test_where_nobody_can_be_asked(shown, monkeypatch):
    def nobody(_):
        raise NotImplementedError("no stdin")

    monkeypatch.setattr("builtins.input", nobody)
    desk.answer("double")
    desk.answer("double")
    assert 'answer("double", sure=True)' in shown[-1]
    assert "answers" not in progress.read("tiny")["double"]


@pytest.mark.usefixtures("space")
def test_essays_are_marked_by_oneself(shown):
    notebook.check("essay")
    assert "(1) 0.6점: 까닭을 말합니다." in shown[-1]
    assert 'mark("essay", 0.6, 0.4)' in shown[-1]
    assert "MODEL" not in shown[-1]
    desk.answer("essay", sure=True)
    assert "MODEL <답안>" in shown[-1]
    desk.mark("essay", 0.5, 0.4)
    assert "0.9/1점" in shown[-1]
    for wrong in ((0.5,), (0.5, 0.5), (-1, 0), (0.1, 0.1, 0.1)):
        with pytest.raises(ValueError, match="기준이 2개입니다"):
            desk.mark("essay", *wrong)
    notebook.check()
    assert "스스로 매긴 점수 0.9/1" in shown[-1]
    desk.mark("double", 1)
    assert "그런 이름은 없습니다" in shown[-1]


def test_the_map_outlives_the_kernel(shown, space):
    write(space, "def double(x):\n    return 2 * x")
    notebook.check("double")
    session.begin("tiny")  # a new kernel
    notebook.check()
    assert "4개 항목 중 1개를 마쳤습니다" in shown[-1]
    assert "✓ double 두 배: 검사 3개를 모두 통과" in shown[-1]
    assert "· table-item 표: 아직 확인하지 않음" in shown[-1]


@pytest.mark.usefixtures("shown", "space")
def test_a_damaged_map_is_put_aside(capsys):
    progress.FILE.write_text("{]")
    notebook.check()
    assert "새로 시작합니다" in capsys.readouterr().out
    assert progress.FILE.with_name("progress.json.damaged").read_text() == "{]"


@pytest.mark.usefixtures("space")
@pytest.mark.parametrize("name", ["duoble", "dubble"])
def test_a_name_that_is_none(shown, name):
    desk.answer(name)
    assert "혹시 double" in shown[-1]
    notebook.check(name)
    assert "혹시 double" in shown[-1]


@pytest.mark.usefixtures("shown")
def test_start_says_so_and_brings_the_two_functions(space, capsys):
    space["answer"] = "mine"
    notebook.start("tiny")
    assert "자습용 꾸러미입니다" in capsys.readouterr().out
    assert space["answer"] == "mine"
    assert space["mark"] is desk.mark


@pytest.mark.usefixtures("public")
def test_an_ordinary_kit_has_no_answers(space, monkeypatch, tmp_path):
    cards: list[str] = []
    monkeypatch.setattr(notebook, "show", lambda card: cards.append(repr(card)))
    monkeypatch.chdir(tmp_path)
    notebook.start("tiny", "1")
    assert "answer" not in space
    desk.answer("double", sure=True)
    desk.mark("essay", 1)
    assert all("이 꾸러미에는 정답이 없습니다" in card for card in cards)
    notebook.check("double")
    assert not progress.FILE.exists()

"""The review as a whole: its counts, its bounds, its behaviour on hostile text."""

from __future__ import annotations

import ast
import time

import pytest

from autograder.review import Review, ReviewFault, lint, review_sources

UGLY = "import os\ntmp = 1\ndef f(x):\n    try:\n        print(x)\n    except:\n        pass\n"

HOSTILE = {
    "null byte": "value = 1\0",
    "brackets": "(" * 50_000 + ")" * 50_000,
    "unary": "-" * 90_000 + "1",
    "sum": "value = 1" + "+1" * 40_000,
    "attributes": "value" + ".a" * 40_000,
    "calls": "f" + "()" * 40_000,
    "elif": "if a:\n    pass\n" + "elif a:\n    pass\n" * 3_000,
    "blocks": "".join(" " * depth + "if 1:\n" for depth in range(99)) + " " * 99 + "pass\n",
    "lambdas": "lambda:" * 10_000 + "1",
    "surrogate": "value = '\ud800'",
    "form feed": "\x0cvalue = 1\n\x0b",
    "carriage returns": "a = 1\rb = 2\r\ntmp = 3",
    "huge": "value = 1\n" * 60_000,
    "long line": "value = '" + "a" * 90_000 + "'",
    "names": "def f():\n" + "".join(f"    name_{i} = {i}\n" for i in range(4_000)),
    "functions": "".join(f"def f{i}(a):\n    return a\n" for i in range(2_000)),
    "repetition": "total = total + first_number * second_number\n" * 2_000,
    "future": "x = 1\nfrom __future__ import annotations\n",
    "await": "value = await f()\nasync with a as b:\n    pass",
    "return": "return 3",
    "noqa": "# ruff: noqa\nimport os  # noqa\n",
    "coding": "# -*- coding: utf-7 -*-\nvalue = 1",
    "bom": "\ufeffvalue = 1",
    "tabs": "if 1:\n\tif 2:\n        pass",
    "nothing": "",
    "magic": "%matplotlib inline\n!ls\nvalue = 1",
    "cell magic": "%%bash\nrm -rf $HOME",
    "bidi": "# \u202e tmp\nvalue = '\u2066'",
    "number": "value = " + "9" * 50_000,
    "f-strings": "value = f\"{f'{1}'}\"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_reviewed_within_bounds(name: str, applied) -> None:
    began = time.perf_counter()
    review = review_sources({"hostile": HOSTILE[name], "ugly": UGLY})
    assert time.perf_counter() - began < 10
    assert review.count("bare-except") == 1, "a hostile cell must not hide its neighbour"
    assert len(review) <= 80
    for finding in review:
        assert finding.line >= 1
        assert len(finding.message) < 600
        assert len(finding.code) + len(finding.better) < 6_000
        if finding.better and finding.cell == "hostile":
            ast.parse(applied(HOSTILE[name].replace("\r\n", "\n").replace("\r", "\n"), finding))


def test_a_cell_beyond_the_bounds_says_so() -> None:
    assert [f.rule for f in review_sources({"a": HOSTILE["sum"]})] == ["unreadable"]
    assert [f.rule for f in review_sources({"a": HOSTILE["huge"]})] == ["unreadable"]


def test_a_cell_that_was_pasted_twice_is_read_once() -> None:
    once = {"a": "tmp = sorted([3, 1])\n", "b": "size = 2"}
    assert review_sources(once | {"extra-1": "tmp = sorted([3, 1])"}).findings == review_sources(once).findings


def test_suppression_comments_of_students_are_not_obeyed() -> None:
    assert review_sources({"a": HOSTILE["noqa"]}).count("unused-import") == 1


def test_lines_after_magics_and_carriage_returns_keep_their_numbers() -> None:
    assert [f.line for f in review_sources({"a": "%matplotlib inline\r\n!ls\r\ntmp = 1"}) if f.rule == "vague-name"] == [3]


def test_too_many_cells_are_not_all_reviewed() -> None:
    review = review_sources({f"cell-{number}": f"value = {number}" for number in range(1_000)})
    assert review.count("unreadable") == 10  # as many of one rule as are shown


def test_counts_and_penalty() -> None:
    review = review_sources({"a": UGLY, "b": "import sys\n" * 30})
    assert review.count() == len(review.findings) == len(list(review))
    assert review.count("bare-except", "vague-name") == 2
    assert review.counts["bare-except"] == 1
    with pytest.raises(KeyError):
        review.count("no-such-rule")
    assert Review().penalty == 0
    assert review.penalty == pytest.approx(sum(min(n * (1 if r in MAJOR else 0.5), 3) for r, n in review.counts.items()))


MAJOR = {"bare-except", "swallowed-error", "redefined", "duplicate"}


def test_unfinished_cells_are_named_and_not_blamed() -> None:
    stub = "def train(corpus):\n    # 여기에 작성하세요.\n    raise NotImplementedError"
    review = review_sources({"a": stub, "b": "value = 1"})
    assert review.findings == ()
    assert review.unfinished == ("a",)


def test_the_same_text_gets_the_same_review() -> None:
    sources = {"a": UGLY, "b": HOSTILE["names"]}
    assert review_sources(sources).findings == review_sources(sources).findings


def test_a_missing_ruff_is_the_graders_fault(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    broken = tmp_path / "ruff"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(lint, "_ruff", lambda: str(broken))
    with pytest.raises(ReviewFault, match="ended with 3"):
        review_sources({"a": "value = 1"})


def test_settings_beside_the_student_or_the_caller_change_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "ruff.toml").write_text("lint.ignore = ['ALL']\nlint.select = []\n")
    monkeypatch.chdir(tmp_path)
    assert review_sources({"a": UGLY}).count("bare-except") == 1


def test_one_submission_takes_one_ruff_process(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    run = lint.subprocess.run
    monkeypatch.setattr(lint.subprocess, "run", lambda *args, **kwargs: calls.append(args) or run(*args, **kwargs))
    review_sources({f"cell-{number}": UGLY for number in range(10)})
    assert len(calls) == 1

"""A failing check is explained by the smallest input that still fails, and searching for it costs nobody a point."""

from __future__ import annotations

import pytest

from autograder.proof import Cell, namespace_of
from course_lib.kit import counterexample, expect
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import CheckOutcome, run_checks
from course_lib.kit.counterexample import Call, smaller, smallest
from course_lib.kit.explaining import definition, explained

WRONG = "import math\n\n\ndef total(words, start=0):\n    return start + sum(len(word) for word in words if word != '나나')\n"


def right(words, start=0):
    return start + sum(map(len, words))


CALL = Call("total", right, (["가나다", "나나", "라", "마바사아"], 7), returns=int)


class Counting(NotebookSubmission):
    """Counts the exchanges."""

    exchanges = 0

    def _exchange(self, request, timeout):
        self.exchanges += 1
        return super()._exchange(request, timeout)


def searched(source, *calls):
    """The failure of a check that asks for the first call, explained; and the notebook."""
    submission = Counting(namespace_of([Cell("solution-total", source)]), sources={"solution-total": source})
    with pytest.raises(AssertionError) as caught, smallest(submission, *calls):
        expect.equal(submission.call("total", *calls[0].arguments, returns=int), right(*calls[0].arguments), given="…")
    outcome = CheckOutcome("test_total", "total", 1.0, "failed", "성질", search=caught.value.search)
    before = submission.exchanges
    ((found,),) = explained([outcome], sources=submission.sources)
    return found, submission.exchanges - before


def test_the_example_is_small_and_true():
    found, exchanges = searched(WRONG, CALL)
    assert (found.example, found.got, found.expected) == ("total(['나나'])", "0", "2")
    assert (found.cell, found.line) == ("solution-total", 4)
    assert exchanges <= 20
    assert found == searched(WRONG, CALL)[0]


def test_the_example_fails_in_the_same_way():
    found, _ = searched("def total(words, start=0):\n    return 1 // len(words) if len(words) < 2 else -1\n", CALL)
    assert found.got == "1"  # of a single word, not the ZeroDivisionError of none
    found, _ = searched("def total(words, start=0):\n    return words[3]['x'] if words else 1\n", CALL)
    assert found.got.startswith("TypeError: ")


def test_a_loop_without_end_ends_the_search(monkeypatch):
    monkeypatch.setattr(counterexample, "SECONDS", 0.3)
    source = "def total(words, start=0):\n    while len(words) < 4:\n        pass\n    return -1\n"
    found, exchanges = searched(source, CALL)
    assert exchanges <= 3
    assert found.example.startswith("total(['가나다', '나나', '라', '마바사아']")
    assert found.got == "-1"


def test_a_search_is_bounded():
    words = [f"{number}" for number in range(400)]
    source = "def total(words, start=0):\n    return -1 if len(words) > 40 else sum(map(len, words)) + start\n"
    found, exchanges = searched(source, Call("total", right, (words,), returns=int))
    assert exchanges <= counterexample.EXCHANGES
    assert len(found.example) <= counterexample.LINE
    assert eval(found.example, namespace_of([Cell("solution-total", source)])) == -1


def test_an_example_that_stays_long_is_none():
    source = "def total(words, start=0):\n    return -1 if len(words) > 300 else sum(map(len, words)) + start\n"
    found, _ = searched(source, Call("total", right, (["가"] * 400,), returns=int))
    assert found.example == ""
    assert found.line == 1


def test_of_several_calls_the_one_that_fails_is_shown():
    source = "def total(words, start=0):\n    return sum(map(len, words))\n"
    found, _ = searched(source, Call("total", right, (["가"], 2), returns=int), Call("total", right, (["가"],), returns=int))
    assert found.example == "total([], 1)"


def test_replies_of_any_kind_are_quoted_and_bounded():
    assert searched("def total(words, start=0):\n    return object()\n", CALL)[0].got
    assert len(searched("def total(words, start=0):\n    return '가' * 9_000\n", CALL)[0].got) <= counterexample.GOT
    assert "\x1b" not in searched("def total(words, start=0):\n    raise ValueError('\x1b[31m')\n", CALL)[0].got


CHECKS = """
import pytest

from course_lib.kit.counterexample import Call, smallest


@pytest.mark.grades("total")
def test_total(submission):
    \"\"\"합이 맞습니다.\"\"\"
    with smallest(submission, Call("total", lambda words: len("".join(words)), (["가나", "다라"],), returns=int)):
        assert submission.call("total", ["가나", "다라"], returns=int) == 4
"""


@pytest.mark.parametrize("source", [WRONG, "def total(words):\n    return words[7]\n"])
def test_what_a_check_says_goes_through(tmp_path, source):
    (tmp_path / "checks.py").write_text(CHECKS, encoding="utf-8")
    sources = {"other": "total = 3", "solution-total": source.replace("word != '나나'", "word == '다라'")}
    cells = [Cell(name, text) for name, text in sources.items()]
    submission = Counting(namespace_of(cells), sources=sources)
    outcomes = run_checks(tmp_path / "checks.py", submission, assignment="x")
    assert submission.exchanges == 1, "verdicts come first"
    ((found,),) = explained(outcomes, sources=sources)
    assert found.example
    assert (found.cell, found.line) == ("solution-total", 4 if source == WRONG else 2)


def test_what_is_right_pays_nothing(tmp_path):
    (tmp_path / "checks.py").write_text(CHECKS, encoding="utf-8")
    submission = Counting(namespace_of([Cell("solution-total", "def total(words):\n    return len(''.join(words))\n")]))
    outcomes = run_checks(tmp_path / "checks.py", submission, assignment="x")
    assert explained(outcomes, sources={}) == [outcomes]
    assert submission.exchanges == 1


def broken(words):
    raise RuntimeError(f"a mistake of the check's author: {words}")


BROKEN = counterexample.Search(NotebookSubmission({"total": len}), (Call("total", broken, (["가"],)),))


def test_a_fault_of_the_search_costs_the_example_only():
    outcome = CheckOutcome("test_total", "total", 1.0, "failed", "성질", search=BROKEN)
    ((found,),) = explained([outcome], sources={"solution-total": WRONG})
    assert (found.status, found.example, found.cell) == ("failed", "", "solution-total")


def test_smaller_values():
    assert list(smaller("abcd")) == ["cd", "ab", "bcd", "acd", "abd", "abc"]
    assert list(smaller(9)) == [1, 4, 6, 7, 8]
    assert [1] in list(smaller([1, 2]))
    assert {"a": 1} in list(smaller({"ab": 1}))
    assert list(smaller(["ab"], whole=True)) == [[]]
    assert list(smaller(True)) == list(smaller(1.5)) == list(smaller(None)) == []


def test_text_that_looks_alike_is_told_apart():
    assert counterexample.shown("\u1100\u1161") == r"'\u1100\u1161'"
    assert counterexample.shown("e\u0301") == r"'e\u0301'"


def test_where_a_function_is_defined():
    sources = {
        "a": "x = (",
        "b": "class T:\n    def encode(self):\n        pass\n",
        "c": "\n\ndef f():\n    pass\n\n\ndef f():\n    pass\n",
    }
    assert definition("T.encode", sources) == ("b", 2)
    assert definition("T.decode", sources) == ("b", 1)
    assert definition("f", sources) == ("c", 7)
    assert definition("g", sources) == ("", None)

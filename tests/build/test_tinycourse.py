"""The miniature course behaves as the tests of other stations assume."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import tinycourse

from autograder.proof import load_mutants
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import run_checks

ID = tinycourse.ID
NAMES = ("solution-add", "solution-double", "solution-total", "solution-theory-count", "solution-exp-table", "solution-bonus-triple")


def namespace(**changes: str) -> dict:
    found: dict = {}
    for name in NAMES:
        exec(tinycourse.SOLUTIONS[name], found)
    for source in changes.values():
        exec(source, found)
    return found


def lost(course, names: dict, tables=None, **options) -> set[str]:
    submission = NotebookSubmission(names, sources=tinycourse.SOLUTIONS)
    fixtures = {
        "evidence": SimpleNamespace(tables={"counts": tinycourse.EVIDENCE} if tables is None else tables),
        "review": SimpleNamespace(findings=()),
    }
    outcomes = run_checks(course.room(ID) / "checks.py", submission, assignment=ID, fixtures=fixtures, **options)
    assert not [outcome for outcome in outcomes if outcome.status == "fault"]
    assert {outcome.item for outcome in outcomes} == {item.id for item in course.assignment(ID).by_id.values() if not item.manual}
    return {outcome.item for outcome in outcomes if not outcome.passed}


def test_solutions_lose_nothing(tiny_course):
    assert lost(tiny_course, namespace()) == set()


def test_an_empty_notebook_gets_nothing_but_quality(tiny_course):
    everything = {item.id for item in tiny_course.assignment(ID).by_id.values() if not item.manual}
    assert lost(tiny_course, {}, tables={}) == everything - {"quality-style"}


def test_alternatives_lose_nothing(tiny_course):
    (alternative,) = (tiny_course.room(ID) / "alternatives").glob("*.py")
    assert lost(tiny_course, namespace(alternative=alternative.read_text(encoding="utf-8"))) == set()


@pytest.mark.parametrize("index", range(3))
def test_mutants_lose_what_they_declare(index, tiny_course):
    mutant = load_mutants(tiny_course.room(ID))[index]
    assert set(mutant.loses) <= lost(tiny_course, namespace(mutant=mutant.source))


def test_the_second_pass_forgives_a_mistake_upstream(tiny_course):
    names = namespace(wrong="def add(a, b):\n    return a - b\n")
    assert {"add", "double", "total"} <= lost(tiny_course, names)
    assert not {"double", "total"} & lost(tiny_course, names, use_reference=True)

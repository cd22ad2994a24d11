"""The corpus of hostile and broken submissions: each is contained, scored as its file says, and harms nobody beside it.

CI grades some of every family; ``make hostile`` and the full run grade every one, and print or check the same.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hostile import arrival, corpus
from hostile.room import sandboxed_processes

from autograder.course import ROOT

FAMILIES = {"forged", "leaking", "surgery", "denial", "reports", "false-zero"}
ATTACKS = corpus.load()
QUICK = [attack for attack in ATTACKS if not attack.full]
REST = [attack for attack in ATTACKS if attack.full]


def _check(outcome):
    assert outcome.leaks == []
    assert outcome.left == []
    assert outcome.problems == []


@pytest.mark.smoke
@pytest.mark.parametrize("attack", QUICK, ids=lambda attack: f"{attack.family}/{attack.name}")
def test_attack(graded, attack):
    _check(graded[1][attack.name])


@pytest.mark.smoke
def test_the_neighbour_is_unharmed(graded):
    """Graded after all of them, in the same run: everything that can be earned without a person."""
    room, _ = graded
    assert {item.id: item.score for item in room.neighbour.items} == corpus.FULL
    assert room.neighbour.status == "graded"
    assert room.faults == []


@pytest.mark.smoke
def test_nothing_is_left(graded):
    _, outcomes = graded
    assert sandboxed_processes() == []
    assert [name for name, outcome in outcomes.items() if outcome.result.status == "grader_fault"] == []


@pytest.mark.full
def test_the_other_attacks(new_room):
    for outcome in new_room().grade(REST):
        _check(outcome)


def test_the_corpus_is_what_it_says():
    names = Counter(attack.name for attack in ATTACKS)
    assert [name for name, count in names.items() if count > 1] == [], "a name is a student's id here"
    assert len(ATTACKS) >= 46
    assert {attack.family for attack in ATTACKS} == FAMILIES
    assert all(set(attack.expected) == set(corpus.FULL) for attack in ATTACKS)
    assert {attack.family for attack in QUICK} == {attack.family for attack in ATTACKS}, "every family has some that CI grades"


def test_the_page_for_staff_counts_right():
    """The table of book/security.md: how many attacks each family has, and how many of them CI grades."""
    counted = {family: (sum(a.family == family for a in ATTACKS), sum(a.family == family for a in QUICK)) for family in FAMILIES}
    counted["arrivals"] = (len(arrival.load()),) * 2
    page = (ROOT / "book" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert {family: (int(every), int(quick)) for family, every, quick in rows} == counted

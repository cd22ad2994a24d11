"""The bonus of the tokenizer assignment stands beside the points: its mistakes cost nothing else, and are paid for once."""

from __future__ import annotations

import pytest

from autograder.proof import lost, sources_of

GREEDY = """
def viterbi(text, scores):
    return list(text), sum(scores.get(letter, min(scores.values()) - 10) for letter in text)
"""
UGLY = """
def a(x, y):
    L = []
    for I in range(0, len(x)):
        try:
            if x[I] == True:
                L.append(eval("y"))
        except:
            pass
    return L
"""
PARTS = ("bonus-viterbi", "bonus-spm", "bonus-languages", "bonus-router")


def test_a_wrong_path_is_paid_for_once(room):
    results = room.grade(None, GREEDY, items=PARTS)
    assert set(lost(results)) == {"bonus-viterbi"}
    assert results["bonus-spm"].used_reference


def test_the_bonus_is_worth_five_points(room):
    assert sum(item.points for item in room.assignment.bonus) == 5


@pytest.mark.parametrize("part", PARTS)
def test_code_that_reads_badly_costs_its_own_bonus_only(room, part):
    results = room.grade(items=[*PARTS, "quality-static"], sources=sources_of(room.cells) | {f"solution-{part}-more": UGLY})
    assert set(lost(results)) == {part}
    assert results[part].score >= results[part].max_score / 2


def test_without_the_bonus_nothing_else_is_lost(room):
    names = [cell for cell in room.cells if not cell.name.startswith("solution-bonus")]
    results = room.grade(names, items=[*PARTS, "quality-static", "bpe-train", "ko-tokenizer", "exp-vocab"])
    assert set(lost(results)) == set(PARTS)

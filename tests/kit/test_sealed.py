"""Recorded results tell nothing to who does not ask with their arguments."""

from __future__ import annotations

import numpy
import pytest

from course_lib.kit import wire
from course_lib.kit.sealed import BLOCK, seal, unseal

ROWS = [((1, 2), 3), (("가", [1.5, {"b": {2, 3}, "a": None}]), {"합": [4, (5,)]}), ((), "없음")]


@pytest.mark.parametrize(("arguments", "result"), ROWS)
def test_a_result_opens_for_its_arguments_and_for_no_others(arguments, result):
    table = seal("f", ROWS)
    assert unseal("f", table, arguments) == (result,)
    assert unseal("f", table, (*arguments, 0)) is None
    assert unseal("g", table, arguments) is None, "another function's"


@pytest.mark.parametrize(
    ("given", "recorded"),
    [
        ([1, 2], (1, 2)),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        (2.0, 2),
        (True, 1),
        (numpy.int64(7), 7),
        (numpy.float32(0.5), 0.5),
        ({3, 1}, {1, 3}),
    ],
)
def test_equal_arguments_open_the_same_row(given, recorded):
    assert unseal("f", seal("f", [((recorded,), "x")]), (given,)) == ("x",)


def test_what_is_no_plain_data_was_never_recorded():
    assert unseal("f", seal("f", ROWS), (object(),)) is None


def test_a_result_is_new_at_every_call():
    table = seal("f", [((), [])])
    unseal("f", table, ())[0].append(1)
    assert unseal("f", table, ()) == ([],)


def test_a_table_shows_neither_its_results_nor_their_order_nor_their_exact_length():
    rows = [((n,), 7**n) for n in range(40)]
    table = seal("f", rows)
    text = wire.encode(table)
    assert not any(str(7**n) in text or hex(7**n) in text for n in range(8, 40))
    assert {len(sealed) for sealed in table.values()} == {BLOCK}
    assert list(table) == list(seal("f", rows[::-1]))

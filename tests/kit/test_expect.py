import math

import numpy
import pytest

from course_lib.kit import expect
from course_lib.kit.expect import CheckFailed, close, equal, mismatch, same


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1, int),
        ([1, 2, 3], [int] * 3),
        ([], []),
        ([(1, "a"), (2, "b")], [tuple[int, str]] * 2),
        (1.0, float),
        (1, float),
        ([1, 2], list[int]),
        ([], list[int]),
        ((1, "a"), tuple[int, str]),
        ((1, 2, 3), tuple[int, ...]),
        ({"a": [1]}, dict[str, list[int]]),
        ({1}, set[int]),
        (None, None),
        (None, int | None),
        (object(), object),
        ("x", expect.Any),
    ],
)
def test_fitting_values(value, kind):
    assert mismatch(value, kind) is None


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (True, int, "int여야 하는데 bool입니다"),
        ([1, 2], [int] * 3, "결과의 길이는 3이어야 하는데 2입니다"),
        ([1, "2", 3], [int] * 3, r"결과\[1\].* int여야 하는데 str입니다"),
        (None, [int] * 3, "list여야 하는데 NoneType입니다"),
        (True, float, "bool"),
        (1.0, int, "float입니다"),
        (10**400, float, "너무 큰 수"),
        ([1, "2"], list[int], r"결과\[1\].* int여야 하는데 str입니다"),
        ((1,), tuple[int, str], "길이는 2여야 하는데 1입니다"),
        ([1], tuple[int, ...], "tuple이어야|tuple여야"),
        ({"a": 1.5}, dict[str, int], r"결과\['a'\]"),
        ({1: 1}, dict[str, int], "결과의 키는 str이어야|결과의 키는 str여야"),
        ("가" * 1_000, int, "…"),
        ("x", int | None, "int"),
    ],
)
def test_misfits_are_named_in_korean(value, kind, said):
    import re

    assert re.search(said, mismatch(value, kind)), mismatch(value, kind)
    assert len(mismatch(value, kind)) < 400


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ([1, (2,)], [1, (2,)], True),
        ([1], (1,), False),
        (1, True, False),
        ({"a": 1}, {"a": True}, False),
        ([True], [1], False),
        (1, 1.0, True),
        (numpy.arange(3), numpy.arange(3), True),
        (numpy.arange(3), numpy.arange(4), False),
        (numpy.arange(3), [0, 1, 2], False),
        ([numpy.ones(2)], [numpy.ones(2)], True),
        ({"a": numpy.ones(2)}, {"a": numpy.zeros(2)}, False),
        (math.nan, math.nan, False),
    ],
)
def test_same(left, right, verdict):
    assert same(left, right) is verdict


def test_equal_names_the_misconception_before_the_difference():
    known = {"겹쳐 세기": (lambda: [9], "겹치는 쌍을 두 번 셉니다.")}
    with pytest.raises(CheckFailed, match="두 번 셉니다") as caught:
        equal([9], [1], given="'아아아'", known=known)
    assert caught.value.misconception == "겹쳐 세기"
    with pytest.raises(CheckFailed) as caught:
        equal([8], [1], given="'아아아'", known=known)
    assert caught.value.misconception is None
    assert "[1]" not in str(caught.value), "the right answer stays hidden"
    with pytest.raises(CheckFailed, match=r"기대한 값은 \[1\]"):
        equal([8], [1], given="'아아아'", show_expected=True)
    equal([1], [1], given="'아아아'", known=known)


@pytest.mark.parametrize("wrong", [0.0, -2.0, 2.1, math.nan, math.inf])
def test_close_refuses(wrong):
    with pytest.raises(CheckFailed):
        close(wrong, 2.0, tolerance=1e-6, given="f(2)")


def test_close_accepts():
    close(2.0000001, 2.0, tolerance=1e-6, given="f(2)")


def test_long_values_are_cut():
    assert len(expect.show(list(range(10_000)))) < 200

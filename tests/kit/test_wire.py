"""The wire format: whatever plain data goes in comes back, whatever hostile text comes in is refused, and both stay bounded."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
from collections import Counter, OrderedDict
from fractions import Fraction
from typing import NamedTuple

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.kit import wire
from course_lib.kit.wire import Bounds, WireError, decode, encode

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters(exclude_categories=()), max_size=8)
    | st.binary(max_size=8)
    | st.fractions()
)
hashable = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3), max_leaves=6)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.sets(hashable, max_size=4)
        | st.frozensets(hashable, max_size=4)
    ),
    max_leaves=20,
)


def identical(left: object, right: object) -> bool:
    """Equal in value and in type all through; NaN equals NaN and -0.0 is not 0.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return left.hex() == right.hex()
    if isinstance(left, dict):
        return len(left) == len(right) and all(map(identical, left.items(), right.items()))
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(identical, left, right))
    if isinstance(left, (set, frozenset)):
        return len(left) == len(right) and all(any(identical(one, other) for other in right) for one in left)
    return left == right


@given(values)
@settings(max_examples=250, deadline=None)
def test_round_trip_keeps_value_and_type(value):
    assert identical(decode(encode(value)), value)


@pytest.mark.parametrize(
    "value", [math.nan, -0.0, math.inf, 5e-324, 10**15 - 1, 10**15, -(10**15), 2**200, True, {1: [()]}, "\ud800", {(): None}]
)
def test_corners_round_trip(value):
    assert identical(decode(encode(value)), value)


class Pair(NamedTuple):
    left: str
    right: str


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (Pair("a", "b"), ("a", "b")),
        (numpy.float64(0.1), 0.1),
        (numpy.int64(7), 7),
        (numpy.bool_(True), True),
        (numpy.str_("한"), "한"),
    ],
)
def test_subclasses_arrive_as_their_base(value, plain):
    assert identical(decode(encode(value)), plain)


@pytest.mark.parametrize(
    "array",
    [
        numpy.arange(6, dtype="int16").reshape(2, 3).T,
        numpy.zeros((0, 3), "float32"),
        numpy.array(1.5),
        numpy.array([True, False]),
        numpy.arange(3, dtype=">i4"),
        numpy.array([1 + 2j], "complex64"),
    ],
)
def test_arrays_round_trip(array):
    again = decode(encode(array))
    assert again.dtype == array.dtype.newbyteorder("=")
    assert again.shape == array.shape
    assert (again == array).all()
    again.flat[:] = 0  # a check may change what it got


def test_tensors_round_trip():
    torch = pytest.importorskip("torch")
    for tensor in (torch.arange(6.0).reshape(2, 3).T, torch.tensor([1.5, -2.0]).bfloat16(), torch.tensor(3), torch.tensor([1 + 2j]).conj()):
        again = decode(encode(tensor.requires_grad_() if tensor.is_floating_point() else tensor))
        assert again.dtype == tensor.dtype
        assert torch.equal(again, tensor.detach())


class Odd:
    pass


@pytest.mark.parametrize(
    "value", [Odd(), range(3), iter(()), len, {1: Odd()}, numpy.array([Odd()]), numpy.datetime64("2024-01-01"), numpy.longdouble(1)]
)
def test_other_objects_are_refused_in_korean(value):
    with pytest.raises(WireError, match="보낼 수 없습니다"):
        encode(value)


def test_a_list_that_holds_itself_is_refused():
    loop: list = []
    loop.append(loop)
    with pytest.raises(WireError, match="깊게"):
        encode(loop)


def test_a_value_that_unfolds_without_end_is_refused():
    value: list = []
    for _ in range(23):
        value = [value] * 8
    with pytest.raises(WireError, match="너무 많습니다"):
        encode(value, Bounds(nodes=10_000))


def test_encode_keeps_what_decode_accepts():
    with pytest.raises(WireError, match="자릿수"):
        encode(1 << 8_000)
    with pytest.raises(WireError, match="바이트"):
        encode("a" * 200, Bounds(bytes=100))


# -- hostile text -----------------------------------------------------------------------------------------------------

TAGS = [f'"{tag}"' for tag in "ltdszifcbqaT/"]
SCRAPS = '[ ] , 1 0 -1 null true NaN 1e5 {} [2] "0x1" "int8" "bool" "float32" "AA==" "nan" "\\ud800" 99999999999999999999'.split()  # noqa: SIM905
pieces = st.sampled_from([*TAGS, *SCRAPS, *"[],[],"])


@given(st.lists(pieces, max_size=14).map("".join) | st.text(max_size=30))
@settings(max_examples=600, deadline=None)
def test_decode_raises_nothing_but_wire_errors(text):
    with contextlib.suppress(WireError):
        decode(text)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=3)
    | st.sampled_from(["l", "d", "s", "i", "f", "a", "T", "q", "0x0", "int8", ""]),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)


@given(json_values)
@settings(max_examples=500, deadline=None)
def test_decode_of_any_json_raises_nothing_but_wire_errors(tree):
    with contextlib.suppress(WireError):
        decode(json.dumps(tree))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[1]",
        "{}",
        '{"a": 1}',
        "1.5",
        "NaN",
        "1" * 18,
        '["d",1]',
        '["d",["l"],1]',
        '["s",["l"]]',
        '["x"]',
        '["i",1]',
        '["i","한"]',
        '["i","0x' + "f" * 2_000 + '"]',
        '["q","0x1","0x0"]',
        '["f","1e400000.x"]',
        '["f","0x1p99999"]',
        '["b","한"]',
        '["a","object",[1],"AAAAAAAAAAA="]',
        '["a","int8",[2],"AA=="]',
        '["a","int8",[-1],"AA=="]',
        '["a","int8",[true],"AA=="]',
        '["a","int8",[0,99999999,99999999,99999999],""]',
        '["a","int8",[0,30000000,30000000,30000000],""]',
        '["a","bool",[1],"Ag=="]',
        '["a","bfloat16",[1],"AAA="]',
        "[" * 100_000,
        '["l",' * 30 + "1" + "]" * 30,
        None,
        b"1",
    ],
)
def test_malformed_messages_are_refused(text):
    with pytest.raises(WireError):
        decode(text)


def test_a_tensor_without_torch_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(WireError, match="torch"):
        decode('["T","int8",[1],"AA=="]')


HASH_MODULUS = 2**61 - 1


@pytest.mark.parametrize(
    "text",
    [
        '["s",' + ",".join(f'["i","{k * HASH_MODULUS:#x}"]' for k in range(1, 40_000)) + "]",
        '["d",' + ",".join(f'["i","{k * HASH_MODULUS:#x}"],1' for k in range(1, 40_000)) + "]",
        '["s",' + ",".join(f'["t","a",["i","{k * HASH_MODULUS:#x}"]]' for k in range(1, 40_000)) + "]",
        '["l",' + ",".join('["s",' + ",".join(f'["i","{k * HASH_MODULUS:#x}"]' for k in range(1, 5_000)) + "]" for _ in range(9)) + "]",
        '["s",' + ",".join(f'["i","{(k << 4000) * HASH_MODULUS:#x}"]' for k in range(1, 4_000)) + "]",
    ],
    ids=["integers", "keys", "tuples", "many-sets", "long-integers"],
)
def test_colliding_keys_are_refused_before_they_cost_their_square(text):
    began = time.perf_counter()
    with pytest.raises(WireError, match="수로 된 키"):
        decode(text)
    assert time.perf_counter() - began < 10  # unbounded, time grows with the square of their number


def test_large_vocabularies_are_welcome():
    vocabulary = {f"토큰{number}": number for number in range(60_000)}
    assert decode(encode(vocabulary)) == vocabulary
    pairs = {(f"가{number}", "나"): 1 for number in range(30_000)}
    assert decode(encode(pairs)) == pairs
    assert decode(encode(symbols := dict.fromkeys(range(8_000), "가"))) == symbols


def test_too_many_values_are_refused_before_they_are_built():
    text = "[" + "[]," * 3_000_000 + "[]]"
    began = time.perf_counter()
    with pytest.raises(WireError, match="너무 많습니다"):
        decode(text)
    assert time.perf_counter() - began < 1
    with pytest.raises(WireError, match="너무 많습니다"):
        decode('["l",' + "1," * 2_000_000 + "1]")


def test_too_long_a_message_is_refused():
    with pytest.raises(WireError, match="너무 깁니다"):
        decode('"' + "a" * 100 + '"', Bounds(bytes=50))


def test_fractions_stay_exact():
    assert decode(encode(Fraction(2, 3))) == Fraction(2, 3)
    assert decode('["q","0x2","0x6"]') == Fraction(1, 3)
    assert wire.BOUNDS.digits < 4_300 / 1.21  # so that repr() of any accepted integer stays below Python's limit

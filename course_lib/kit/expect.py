"""What checks say: typed replies, comparisons that name the misconception, failures with a smallest example."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from course_lib.kit.korean import fitted, josa

SHOWN = 160  # characters of a value that a message quotes


class CheckFailed(AssertionError):
    """A check's verdict.

    Attributes:
        misconception: a short Korean name of the mistake, where it was recognised.
    """

    def __init__(self, message: str, misconception: str | None = None) -> None:
        super().__init__(message)
        self.misconception = misconception


def fail(message: str, misconception: str | None = None) -> NoReturn:
    """End the check with a message for the student; "이(가)" and the like fit the word before them."""
    raise CheckFailed(fitted(message), misconception)


def equal(
    actual: Any,
    expected: Any,
    *,
    given: str,
    known: Mapping[str, tuple[Any | Callable[[], Any], str]] | None = None,
    show_expected: bool = False,
) -> None:
    """Fail unless ``actual`` is the :func:`same` as ``expected``.

    Args:
        given: the input in words or code, short enough to paste.
        known: wrong answers that reveal a misconception: ``{name: (wrong value or function giving it, what to say)}``.
        show_expected: whether the message may state the right answer (public checks on fixed inputs only).
    """
    if same(actual, expected):
        return
    for name, (wrong, explanation) in (known or {}).items():
        if same(actual, wrong() if callable(wrong) else wrong):
            fail(f"{explanation} 입력 {given}에서 {josa(show(actual), '이/가')} 나왔습니다.", name)
    wanted = f", 기대한 값은 {show(expected)}" if show_expected else ""
    fail(f"입력 {given}에서 나온 값은 {show(actual)}{wanted}입니다.")


def same(actual: Any, expected: Any) -> bool:
    """``==`` for plain data, arrays and tensors included: shape and every element. A ``bool`` is no number."""
    if hasattr(expected, "dtype") or hasattr(actual, "dtype"):
        return type(actual) is type(expected) and actual.shape == expected.shape and bool((actual == expected).all())
    if isinstance(actual, bool) is not isinstance(expected, bool):
        return False
    if isinstance(expected, dict) and isinstance(actual, dict):
        return actual.keys() == expected.keys() and all(same(actual[key], value) for key, value in expected.items())
    if isinstance(expected, (list, tuple)) and type(actual) is type(expected):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    return actual == expected


def close(actual: float, expected: float, *, tolerance: float, given: str) -> None:
    """Fail unless two finite numbers differ by at most ``tolerance``, which must be far smaller than ``expected``."""
    if not abs(actual - expected) <= tolerance:
        fail(f"{given}: {josa(f'{actual:.6g}', '은/는')} 허용 오차 {josa(f'{tolerance:g}', '을/를')} 벗어납니다.")


def show(value: Any) -> str:
    """A value in a message: its repr, cut in the middle when it is long."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]} … {text[-SHOWN // 4 :]}"


def mismatch(value: Any, expected: Any, where: str = "결과") -> str | None:
    """Say in Korean how ``value`` differs from a type such as ``list[tuple[str, str]]``; ``None`` when it fits.

    Understands classes, ``Any``, unions, ``list[T]``, ``tuple[A, B]``, ``tuple[T, ...]``, ``set[T]`` and ``dict[K, V]``; a list of types,
    such as ``[int] * 3``, stands for a list of so many entries. An ``int`` passes for a ``float`` unless it exceeds every float; a
    ``bool`` passes for neither.
    """
    if expected is Any:
        return None
    if isinstance(expected, list):
        if isinstance(value, list) and len(value) != len(expected):
            return f"{where}의 길이는 {josa(len(expected), '이어야/여야')} 하는데 {len(value)}입니다"
        if isinstance(value, list):
            return next((p for i, (v, t) in enumerate(zip(value, expected, strict=True)) if (p := mismatch(v, t, f"{where}[{i}]"))), None)
        expected = list
    if expected is None:
        expected = type(None)
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    if origin in (typing.Union, types.UnionType):
        problems = [mismatch(value, option, where) for option in arguments]
        return None if None in problems else problems[0]
    kind = origin or expected
    if kind is float and type(value) is int:
        return None if abs(value) < 2**1023 else f"{josa(where, '이/가')} 너무 큰 수입니다"
    if not isinstance(value, kind) or (isinstance(value, bool) and kind in (int, float)):
        return f"{josa(where, '은/는')} {josa(kind.__name__, '이어야/여야')} 하는데 {type(value).__name__}입니다 ({show(value)})"
    if kind is dict and arguments:
        pairs = ((mismatch(k, arguments[0], f"{where}의 키"), mismatch(v, arguments[1], f"{where}[{show(k)}]")) for k, v in value.items())
        return next((problem for pair in pairs for problem in pair if problem), None)
    if kind is tuple and arguments and arguments[-1] is not Ellipsis:
        if len(value) != len(arguments):
            return f"{where}의 길이는 {josa(len(arguments), '이어야/여야')} 하는데 {len(value)}입니다"
        parts = zip(value, arguments, strict=True)
    elif kind in (list, tuple, set, frozenset) and arguments:
        parts = ((item, arguments[0]) for item in value)
    else:
        return None
    return next((p for i, (v, t) in enumerate(parts) if (p := mismatch(v, t, f"{where}[{i}]"))), None)

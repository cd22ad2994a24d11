"""Theory questions: numbers from the student's id, answers as numbers or as formulas.

The notebook and the hidden check call the same ``params``, so that both know the question's numbers and only the check knows the
answer. Formulas arrive as text and are never evaluated by Python or by a computer algebra system: a small grammar is
read, and two formulas are compared by evaluation at points.
"""

from __future__ import annotations

import hashlib
import math
import numbers
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy

from course_lib.kit import binding, formula
from course_lib.kit.expect import fail
from course_lib.kit.korean import josa

DEMO = "demo"  # who an unnamed notebook belongs to: everyone gets the same practice numbers


def params(student: str, question: str) -> numpy.random.Generator:
    """A generator of the question's numbers, the same on every machine for one student and question.

    Args:
        student: the id as the roster has it; surrounding space does not count, and an empty one means the fixed demo student.
        question: the question's name, such as ``"bpe-third-merge"``.
    """
    who = unicodedata.normalize("NFC", student).strip() or DEMO
    digest = hashlib.sha256(f"{who}\0{question}".encode()).digest()
    return numpy.random.Generator(numpy.random.PCG64(int.from_bytes(digest[:16], "big")))


def number(answer: Any, name: str) -> float:
    """``answer`` as a finite float; public checks ask no more than this.

    Raises:
        binding.Unfinished: it is still ``None``.
        expect.CheckFailed: it is no finite number.
    """
    if answer is None:
        raise binding.Unfinished(f"{name}: 아직 답을 쓰지 않았습니다.")
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        fail(f"{name}: 답은 수여야 하는데 {type(answer).__name__}입니다.")
    try:
        value = float(answer)
    except OverflowError:
        fail(f"{name}: 수가 너무 큽니다.")
    if not math.isfinite(value):
        fail(f"{name}: 답이 유한한 수가 아닙니다({value}).")
    return value


def expression(answer: Any, name: str, symbols: tuple[str, ...]) -> formula.Formula:
    """``answer`` as a formula in ``symbols``; a number counts as one. Public checks ask no more than this.

    Raises:
        binding.Unfinished: it is still ``None`` or empty.
        expect.CheckFailed: it cannot be read; the text says why.
    """
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        raise binding.Unfinished(f"{name}: 아직 답을 쓰지 않았습니다.")
    text = repr(answer) if isinstance(answer, (int, float)) and not isinstance(answer, bool) else answer
    if not isinstance(text, str):
        fail(f'{name}: 식은 문자열로 씁니다. 예: "n*log(n)". 지금은 {type(answer).__name__}입니다.')
    try:
        return formula.parse(text, symbols)
    except formula.FormulaError as error:
        fail(f"{name}: 식을 읽을 수 없습니다. {error}")


def check_number(
    answer: Any,
    expected: float,
    *,
    name: str,
    relative: float = 1e-6,
    absolute: float = 0.0,
    known: Mapping[str, tuple[float, str]] | None = None,
) -> None:
    """Fail unless ``answer`` is ``expected`` within ``max(absolute, relative · |expected|)``.

    Args:
        known: wrong answers that reveal a misconception: ``{its name: (wrong value, what to say)}``.

    Raises:
        ValueError: the tolerance is as large as the answer, so that zero or the opposite sign would pass, or a "known" wrong
            answer lies within it: a fault of the question.
    """
    tolerance = max(absolute, relative * abs(expected))
    if expected != 0 and tolerance >= abs(expected) / 2:
        raise ValueError(f"{name}: the tolerance {tolerance} is no smaller than half of the answer {expected}")
    value = number(answer, name)
    if abs(value - expected) <= tolerance:
        return
    for misconception, (wrong, explanation) in (known or {}).items():
        if abs(wrong - expected) > tolerance and abs(value - wrong) <= max(absolute, relative * abs(wrong)):
            fail(f"{name}: {explanation}", misconception)
    fail(f"{name}: {josa(f'{value:.6g}', '은/는')} 맞지 않습니다. 풀이의 각 단계를 손으로 다시 계산해 보세요.")


def check_expression(
    answer: Any,
    expected: Any,
    symbols: tuple[str, ...],
    *,
    name: str,
    known: Mapping[str, tuple[Any, str]] | None = None,
) -> None:
    """Fail unless ``answer`` equals ``expected`` for positive values of ``symbols``.

    Args:
        expected: text of the same grammar, or anything that prints as such (a SymPy expression does).
        known: wrong formulas that reveal a misconception: ``{its name: (wrong formula, what to say)}``.
    """
    right = formula.parse(str(expected), symbols)
    given = expression(answer, name, symbols)
    if formula.same(given, right):
        return
    for misconception, (wrong, explanation) in (known or {}).items():
        if formula.same(given, formula.parse(str(wrong), symbols)):
            fail(f"{name}: {explanation}", misconception)
    fail(f"{name}: `{given.text[:200]}`{_differs(given, right)}")


def _differs(given: formula.Formula, right: formula.Formula) -> str:
    """Where the two part, without the right value."""
    point = formula.parting_point(given, right)
    if point is None:
        return "의 값이 기대한 식과 다르거나 계산되지 않습니다."
    where = ", ".join(f"{name}={value:.3g}" for name, value in point.items())
    return f"의 값이 기대한 식과 다릅니다. 예를 들어 {where}일 때 그렇습니다."

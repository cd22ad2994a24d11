"""Formulas as text: read by a small grammar, compared by evaluation. Safe on any text.

The grammar is Python's for numbers, symbols, ``+ - * / **``, parentheses and the functions in :data:`FUNCTIONS`. Nothing is passed to
``eval`` or to a computer algebra system, because neither is bounded on hostile text; instead

* two rational formulas are the same if they agree exactly, modulo a prime: distinct ones agree at one random point with a
  probability of about degree / 2⁶¹;
* otherwise two formulas are the same if they agree in floating point at positive points.

The points derive from both texts, so that verdicts repeat and nobody can fit a formula to points known beforehand.
"""

from __future__ import annotations

import ast
import hashlib
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

FUNCTIONS: dict[str, Callable[[float], float]] = {
    "log": math.log,
    "ln": math.log,
    "log2": math.log2,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "abs": abs,
    "Abs": abs,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "floor": math.floor,
    "ceil": math.ceil,
    "ceiling": math.ceil,
}
CONSTANTS = {"e": math.e, "E": math.e, "pi": math.pi}

LENGTH, NODES, DEPTH, DIGITS = 1_000, 1_000, 150, 20
POINTS, ENOUGH = 40, 12  # evaluated, and needed to call two formulas the same
RELATIVE, LEAST = 1e-9, 1e-3  # below LEAST the difference counts as it is: sums that cancel leave 1e-14 and more
PRIME = 2**61 - 1


class FormulaError(ValueError):
    """A text that is no formula; the message is Korean and meant for its author."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read and found harmless."""

    text: str
    symbols: tuple[str, ...]
    tree: ast.expr

    def at(self, point: Mapping[str, float]) -> float | None:
        """The value at ``point``; ``None`` where it is undefined or too large."""
        try:
            value = _evaluate(self.tree, point)
        except (ValueError, OverflowError, ZeroDivisionError):
            return None
        return value if isinstance(value, (int, float)) and math.isfinite(value) else None


def parse(text: str, symbols: tuple[str, ...]) -> Formula:
    """Read ``text`` as a formula in ``symbols``.

    Raises:
        FormulaError: the text is too long, no formula, or uses a name or operation outside the grammar.
    """
    if len(text) > LENGTH:
        raise FormulaError(f"식이 너무 깁니다({len(text):,}자).")
    text = text.strip()
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("괄호와 연산자를 확인하세요. 곱셈은 *, 거듭제곱은 **로 씁니다.") from None
    if sum(1 for _ in ast.walk(tree)) > NODES:
        raise FormulaError("식이 너무 복잡합니다.")
    _inspect(tree, frozenset(symbols), DEPTH)
    return Formula(text, tuple(symbols), tree)


def same(left: Formula, right: Formula) -> bool:
    """Whether two formulas agree wherever both can be computed, for positive values of their symbols."""
    if _rational(left.tree) and _rational(right.tree) and _same_rational(left, right):
        return True
    return _compare(left, right) is None


def parting_point(left: Formula, right: Formula) -> dict[str, float] | None:
    """A point at which two different formulas have different values; ``None`` if none can be computed."""
    return _compare(left, right) or None


def _inspect(node: ast.expr, symbols: frozenset[str], depth: int) -> None:
    if depth <= 0:
        raise FormulaError("괄호가 너무 깊습니다.")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            if not abs(value) < 10**DIGITS:
                raise FormulaError("수가 너무 큽니다.")
        case ast.Name(id=name):
            if name not in symbols and name not in CONSTANTS:
                known = ", ".join(sorted(symbols)) or "없음"
                raise FormulaError(f"모르는 이름 {name[:30]!r}입니다. 쓸 수 있는 기호: {known}")
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            _inspect(operand, symbols, depth - 1)
        case ast.BinOp(op=ast.BitXor()):
            raise FormulaError("거듭제곱은 ^가 아니라 **로 씁니다.")
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow(), right=right):
            _inspect(left, symbols, depth - 1)
            _inspect(right, symbols, depth - 1)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            _inspect(argument, symbols, depth - 1)
        case ast.Call(func=ast.Name(id=name)) if name in symbols:
            raise FormulaError(f"{name[:30]!r} 뒤에 곱셈 기호 *가 빠졌습니다.")
        case ast.Call():
            raise FormulaError(f"쓸 수 있는 함수는 {', '.join(FUNCTIONS)}이고, 인자는 하나입니다.")
        case _:
            raise FormulaError("수, 기호, 사칙연산, 거듭제곱과 함수만 쓸 수 있습니다.")


def _evaluate(node: ast.expr, point: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=value):
            return float(value)
        case ast.Name(id=name):
            return point[name] if name in point else CONSTANTS[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand, point)
        case ast.UnaryOp(operand=operand):
            return _evaluate(operand, point)
        case ast.Call(func=function, args=[argument]):
            return float(FUNCTIONS[function.id](_evaluate(argument, point)))
        case ast.BinOp(left=left, op=operator, right=right):
            return _operate(operator, _evaluate(left, point), _evaluate(right, point))
    raise AssertionError("the tree was inspected")


def _operate(operator: ast.operator, left: float, right: float) -> float:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
    return math.pow(left, right)


def _draw(left: Formula, right: Formula) -> tuple[random.Random, list[str]]:
    seed = hashlib.sha256(f"{left.text}\0{right.text}".encode("utf-8", "replace")).digest()
    return random.Random(seed), sorted({*left.symbols, *right.symbols})


def _compare(left: Formula, right: Formula) -> dict[str, float] | None:
    """``None`` when the formulas agree; else a point at which they differ, or ``{}`` when too few points could be computed."""
    draw, symbols = _draw(left, right)
    agreed = 0
    for _ in range(POINTS):
        # Small, middling and large: many questions count things, others take logarithms of ratios.
        point = {name: draw.uniform(*draw.choice(((0.1, 0.9), (1.1, 4.0), (5.0, 60.0)))) for name in symbols}
        a, b = left.at(point), right.at(point)
        if a is None or b is None:
            continue
        if abs(a - b) > RELATIVE * max(abs(a), abs(b), LEAST):
            return point
        agreed += 1
    return None if agreed >= ENOUGH else {}


def _rational(node: ast.expr) -> bool:
    """Only numbers, symbols and the four operations, and whole-number powers."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name not in CONSTANTS
        case ast.UnaryOp(operand=operand):
            return _rational(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _rational(left) and _exponent(right) is not None
        case ast.BinOp(left=left, right=right):
            return _rational(left) and _rational(right)
    return False


def _exponent(node: ast.expr) -> int | None:
    sign = 1
    while isinstance(node, ast.UnaryOp):
        sign, node = (-sign if isinstance(node.op, ast.USub) else sign), node.operand
    if isinstance(node, ast.Constant) and float(node.value).is_integer() and abs(node.value) <= 1_000:
        return sign * int(node.value)
    return None


def _same_rational(left: Formula, right: Formula) -> bool:
    draw, symbols = _draw(left, right)
    agreed = 0
    for _ in range(POINTS):
        point = {name: draw.randrange(1, PRIME) for name in symbols}
        try:
            a, b = _modular(left.tree, point), _modular(right.tree, point)
        except ZeroDivisionError:
            continue
        if a != b:
            return False
        agreed += 1
    return agreed >= ENOUGH


def _modular(node: ast.expr, point: Mapping[str, int]) -> int:
    """The value modulo :data:`PRIME`, in which a division is exact."""
    match node:
        case ast.Constant(value=value):
            exact = Fraction(repr(value))  # 0.1 means one tenth
            return exact.numerator * _inverse(exact.denominator) % PRIME
        case ast.Name(id=name):
            return point[name]
        case ast.UnaryOp(op=operator, operand=operand):
            value = _modular(operand, point)
            return -value % PRIME if isinstance(operator, ast.USub) else value
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, exponent = _modular(left, point), _exponent(right)
            return pow(_inverse(base), -exponent, PRIME) if exponent < 0 else pow(base, exponent, PRIME)
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = _modular(left, point), _modular(right, point)
            match operator:
                case ast.Add():
                    return (a + b) % PRIME
                case ast.Sub():
                    return (a - b) % PRIME
                case ast.Mult():
                    return a * b % PRIME
            return a * _inverse(b) % PRIME
    raise AssertionError("the tree was inspected")


def _inverse(value: int) -> int:
    if value % PRIME == 0:
        raise ZeroDivisionError
    return pow(value, -1, PRIME)

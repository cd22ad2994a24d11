"""Theory questions: numbers repeat per student, answers are judged by value, hostile answers cost nothing."""

from __future__ import annotations

import math
import time
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.kit import theory
from course_lib.kit.binding import Unfinished
from course_lib.kit.expect import CheckFailed
from course_lib.kit.formula import FormulaError, parse, same

SYMBOLS = ("n", "k")


# -- numbers ----------------------------------------------------------------------------------------------------------


def draw(student: str, question: str) -> list[int]:
    return theory.params(student, question).integers(10**6, size=5).tolist()


def test_numbers_depend_on_student_and_question_only():
    assert draw("2024-1", "q") == draw("2024-1", "q")
    assert len({tuple(draw(s, q)) for s in ("2024-1", "2024-2", "") for q in ("q", "r")}) == 6


def test_numbers_are_the_same_on_every_machine():
    assert draw("20240001", "theory-run") == [690596, 107636, 164367, 335495, 328679]


def test_space_and_unicode_form_of_an_id_do_not_count():
    assert draw(" 김가 ", "q") == draw("김가", "q") == draw("\u1100\u1175\u11b7\u1100\u1161", "q")
    assert draw("", "q") == draw("  ", "q") == draw(theory.DEMO, "q")


@pytest.mark.parametrize("answer", [3, 3.0, 3 + 1e-7])
def test_right_numbers(answer):
    theory.check_number(answer, 3, name="답")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (0, "맞지 않습니다"),
        (-3, "맞지 않습니다"),
        (3.001, "맞지 않습니다"),
        (math.nan, "유한한 수가 아닙니다"),
        (math.inf, "유한한 수가 아닙니다"),
        (10**4_000, "너무 큽니다"),
        ("3", "str입니다"),
        (True, "bool입니다"),
        ([3], "list입니다"),
    ],
)
def test_wrong_numbers(answer, said):
    with pytest.raises(CheckFailed, match=said):
        theory.check_number(answer, 3, name="답")


def test_an_unanswered_question_is_unfinished():
    with pytest.raises(Unfinished, match="아직 답을"):
        theory.check_number(None, 3, name="답")
    for blank in (None, "", "  "):
        with pytest.raises(Unfinished):
            theory.check_expression(blank, "n", SYMBOLS, name="답")


def test_a_known_wrong_number_names_the_misconception():
    with pytest.raises(CheckFailed, match="겹친 쌍") as caught:
        theory.check_number(10, 6, name="답", known={"겹침": (10, "겹친 쌍을 셉니다.")})
    assert caught.value.misconception == "겹침"
    with pytest.raises(CheckFailed) as caught:
        theory.check_number(11, 6, name="답", known={"겹침": (10, "겹친 쌍을 셉니다."), "무관": (6, "같은 값")})
    assert caught.value.misconception is None


@pytest.mark.parametrize("loose", [{"absolute": 0.01}, {"relative": 0.6}])
def test_a_tolerance_as_large_as_the_answer_is_the_questions_fault(loose):
    with pytest.raises(ValueError, match="tolerance"):
        theory.check_number(0.0, 0.004, name="답", **loose)


# -- formulas ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("n*log(n) - n*log(k)", "n*log(n/k)"),
        ("(n + k)**2", "n*n + 2*n*k + k**2"),
        ("(n**2 - k**2)/(n - k)", "n + k"),
        ("n**-1", "1/n"),
        ("sqrt(n)", "n**0.5"),
        ("log2(n)", "ln(n)/ln(2)"),
        ("exp(log(n) + log(k))", "n*k"),
        ("n/3", "n*0.3333333333333333"),
        ("0.1 + 0.2", "0.3"),
        ("(n+1)**40 * (n+1)**-39", "n + 1"),
        ("-n + 2*n", "+n"),
        ("e**n", "exp(n)"),
        ("log(1 + (1 - k)**8)", "log(k**8 - 8*k**7 + 28*k**6 - 56*k**5 + 70*k**4 - 56*k**3 + 28*k**2 - 8*k + 2)"),
    ],
)
def test_equal_formulas(left, right):
    assert same(parse(left, SYMBOLS), parse(right, SYMBOLS))
    assert same(parse(right, SYMBOLS), parse(left, SYMBOLS))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("n", "k"),
        ("n", "-n"),
        ("n", "0"),
        ("n**2", "n"),
        ("n*log(n)", "n*log2(n)"),
        ("n + 1e-6", "n"),
        ("(n+k)**20", "(n+k)**20 + 1"),
        ("floor(n)", "n"),
        ("abs(n - k)", "n - k"),
        ("log(0*n)", "n"),
        ("log(0*n)", "log(0*n)"),
        ("exp(exp(exp(n + 60)))", "exp(exp(exp(n + 61)))"),
    ],
)
def test_different_or_incomputable_formulas(left, right):
    assert not same(parse(left, SYMBOLS), parse(right, SYMBOLS))


numbers = st.integers(1, 9).map(str)
expressions = st.recursive(
    numbers | st.sampled_from(SYMBOLS),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | st.tuples(inner, st.integers(0, 4)).map(lambda t: f"({t[0]})**{t[1]}")
        | inner.map(lambda t: f"log(1 + ({t})**2)")
    ),
    max_leaves=7,
)


@given(expressions, expressions)
@settings(max_examples=60, deadline=None)
def test_verdicts_agree_with_a_computer_algebra_system(left, right):
    sympy = pytest.importorskip("sympy")
    names = {name: sympy.Symbol(name, positive=True) for name in SYMBOLS}
    a, b = (sympy.sympify(text, locals=names) for text in (left, right))
    if a.has(sympy.zoo, sympy.nan) or b.has(sympy.zoo, sympy.nan):
        return
    assert same(parse(left, SYMBOLS), parse(str(sympy.expand(a)), SYMBOLS)), "its expanded form is the same formula"
    if same(parse(left, SYMBOLS), parse(right, SYMBOLS)):
        point = {names["n"]: sympy.Rational(17, 7), names["k"]: sympy.Rational(5, 3)}
        assert abs(sympy.N((a - b).subs(point), 30)) < 1e-8
    else:
        assert sympy.expand(a - b) != 0


def test_verdicts_repeat():
    for left, right in (("n*log(n)", "n*ln(n)"), ("n", "n + 1e-9"), ("n", "n + 1e-10*k")):
        assert len({same(parse(left, SYMBOLS), parse(right, SYMBOLS)) for _ in range(5)}) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("n^2", r"\*\*로 씁니다"),
        ("2n", "곱셈은"),
        ("n(k+1)", "곱셈 기호"),
        ("n +", "괄호와 연산자"),
        ("m + 1", "모르는 이름 'm'"),
        ("__import__('os').system('true')", "함수"),
        ("().__class__", "사칙연산"),
        ("[n for n in (1,)]", "사칙연산"),
        ("lambda: n", "사칙연산"),
        ("'n'", "사칙연산"),
        ("n if n else k", "사칙연산"),
        ("True", "사칙연산"),
        ("1j", "사칙연산"),
        ("n // k", "사칙연산"),
        ("log(n, k)", "인자는 하나"),
        ("log(*n)", "."),
        ("log.__call__(n)", "함수"),
        ("9" * 30, "너무 큽니다"),
        ("1e999", "너무 큽니다"),
        ("9" * 999, "너무 큽니다"),
        ("9" * 5_000, "너무 깁니다"),
        ("(" * 400 + "n" + ")" * 400, "."),
        ("-" * 900 + "n", "."),
        ("n" + "+n" * 480, "."),
        ("n\0", "."),
        ("\ud800", "."),
        ("n := 3", "."),
        ("print(n)", "함수"),
        ("１ + n", "."),
    ],
)
def test_what_is_no_formula_says_why(text, said):
    with pytest.raises(FormulaError, match=said):
        parse(text, SYMBOLS)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9**9",
        "((n**999)**999)**999",
        "exp(exp(exp(exp(n))))",
        "(((9**999)**999)**999)**-999",
        "10**19**19",
        "n**(k**(n**k))",
        "1/(n-n)",
        "0**-1",
    ],
)
def test_hostile_formulas_cost_nothing(text):
    began = time.perf_counter()
    hostile = parse(text, SYMBOLS)
    assert not same(hostile, parse("n", SYMBOLS))
    with pytest.raises(CheckFailed):
        theory.check_expression(text, "n", SYMBOLS, name="답")
    assert time.perf_counter() - began < 0.5


@given(st.text(max_size=40) | st.text("nk()+-*/.,0123456789eE logsqrt\\'\"[]{}:=", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            read = parse(text, SYMBOLS)
        except FormulaError:
            return
    same(read, parse("n", SYMBOLS))


def test_expression_answers():
    theory.check_expression("n*log(n)", "n*ln(n)", SYMBOLS, name="답")
    theory.check_expression(0.5, "1/2", (), name="답")
    with pytest.raises(CheckFailed, match=r"`n` ?의 값이 기대한 식과 다릅니다. 예를 들어 k=.*n="):
        theory.check_expression("n", "n*k", SYMBOLS, name="답")
    with pytest.raises(CheckFailed, match="빈도") as caught:
        theory.check_expression("n/k", "n/k**2", SYMBOLS, name="답", known={"제곱 빠짐": ("n*k**-1", "빈도를 제곱해야 합니다.")})
    assert caught.value.misconception == "제곱 빠짐"
    with pytest.raises(CheckFailed, match="문자열로"):
        theory.check_expression([1], "n", SYMBOLS, name="답")
    with pytest.raises(CheckFailed, match="읽을 수 없습니다"):
        theory.check_expression("n^2", "n**2", SYMBOLS, name="답")


def test_sympy_expressions_serve_as_expected():
    sympy = pytest.importorskip("sympy")
    n = sympy.Symbol("n", positive=True)
    theory.check_expression("n*log(n)/2", n * sympy.log(n) / 2, ("n",), name="답")

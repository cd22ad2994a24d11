"""Public checks of the tiny assignment: the ones that travel with the kit."""

import pytest

from course_lib.kit import expect


@pytest.mark.grades("add", hint=("더하기를 떠올려 보세요.", "`+`를 쓰세요.", "`return a + b`입니다."))
def test_two_and_three(submission):
    """2와 3의 합은 5입니다."""
    expect.equal(submission.call("add", 2, 3, returns=int), 5, given="add(2, 3)", show_expected=True)


@pytest.mark.grades("double")
def test_double_of_four(submission):
    """4의 두 배는 8입니다."""
    expect.equal(submission.call("double", 4, returns=int), 8, given="double(4)", show_expected=True)


@pytest.mark.grades("total")
def test_total_of_three(submission):
    """1, 2, 3의 합은 6입니다."""
    expect.equal(submission.call("total", [1, 2, 3], returns=int), 6, given="total([1, 2, 3])", show_expected=True)


@pytest.mark.grades("theory-count")
def test_count_is_a_number(submission):
    """답에 additions가 있습니다."""
    if "additions" not in submission.call("answer_count", 2, returns=dict[str, int]):
        expect.fail("답에 additions가 없습니다.")

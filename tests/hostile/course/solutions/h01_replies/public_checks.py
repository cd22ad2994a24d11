"""Public checks: the ones that travel with the kit."""

import pytest

from course_lib.kit import expect


@pytest.mark.grades("add")
def test_two_and_three(submission):
    """2와 3의 합은 5입니다."""
    expect.equal(submission.call("add", 2, 3, returns=int), 5, given="add(2, 3)", show_expected=True)

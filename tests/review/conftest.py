"""A better form in its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograder.result import Finding


@pytest.fixture
def applied() -> Callable[[str, Finding], str]:
    """The cell with a finding's better form in the place of its code, which must stand there."""

    def apply(source: str, finding: Finding) -> str:
        lines, old, new = source.split("\n"), finding.code.split("\n"), finding.better.split("\n")
        first = finding.line - 1
        there = lines[first : first + len(old)]
        indent = there[0][: len(there[0]) - len(there[0].lstrip())]
        assert [line.removeprefix(indent) if line.strip() else "" for line in there] == old
        return "\n".join([*lines[:first], *(indent + line if line else line for line in new), *lines[first + len(old) :]])

    return apply

"""Imports that an item forbids are found in the student's text, and nothing else is."""

from __future__ import annotations

import time

import pytest
import tinycourse

from autograder.course import Course
from autograder.forbidden import forbidden_uses, uses

NAMES = frozenset({"tokenizers", ".attention"})


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("import tokenizers", 1),
        ("import numpy, tokenizers.models as m", 1),
        ("x = 1\nfrom tokenizers.trainers import BpeTrainer", 2),
        ("def f():\n    if True:\n        import tokenizers", 3),
        ("__import__('tokenizers')", 1),
        ("__import__('tok' + 'enizers')", 1),
        ("import importlib\nimportlib.import_module(name='tokenizers.models')", 2),
        ("exec('import tokenizers')", 1),
        ("exec('exec(\"import tokenizers\")')", 1),
        ("import sys\nsys.modules['tokenizers']", 2),
        ("%%time\nimport tokenizers", 2),
        ("!pip install x\nimport tokenizers", 2),
        ("%timeit -n 1 import tokenizers", 1),
        ("files = !ls\nimport tokenizers", 2),
        ("help?\nimport tokenizers", 2),
        ("await something\nimport tokenizers", 2),
        ("import tokenizers\r\n", 1),
    ],
)
def test_imports_are_found(source: str, line: int) -> None:
    assert [use.line for use in uses("c", source, NAMES) if use.name == "tokenizers"] == [line]


@pytest.mark.parametrize(
    "source",
    [
        "tokenizers = 1",
        "print('tokenizers')",
        "open('tokenizers/vocab.json')",
        "# import tokenizers",
        "'''import tokenizers'''",
        "from . import tokenizers",
        "import my_tokenizers, tokenizers_like",
        "def broken(:\n import tokenizers",
        "\0import tokenizers",
    ],
)
def test_mentions_are_no_imports(source: str) -> None:
    assert uses("c", source, NAMES) == []


@pytest.mark.parametrize(
    "source",
    [
        "functional.attention(q)",
        "x = torch.nn.functional.attention",
        "from torch.nn.functional import relu, attention as a",
        "getattr(functional, 'attention')(q)",
        "exec('functional.attention(q)')",
    ],
)
def test_functions_are_found(source: str) -> None:
    assert [use.line for use in uses("c", source, NAMES)] == [1]


@pytest.mark.parametrize("source", ["def attention(q): ...", "attention(q)", "attention = 1", "'.attention'", "f(attention=1)"])
def test_a_function_of_the_same_name_is_the_students(source: str) -> None:
    assert uses("c", source, NAMES) == []


def test_the_message_names_cell_line_and_library(tiny_course: Course) -> None:
    assignment = tiny_course.assignment(tinycourse.ID)
    found = forbidden_uses(assignment, {"solution-add": "x = 1\nimport operator", "extra-1": "import math"})
    assert list(found) == ["add"]
    assert "셀 solution-add의 2번째 줄(`operator`)" in found["add"]
    assert forbidden_uses(assignment, {"solution-add": "import math"}) == {}


@pytest.mark.parametrize(
    "source",
    ["-" * 300_000 + "1", "(" * 90_000, "a" + ".a" * 190_000, "a" + "()" * 150_000, "a?\n" * 100_000, "!ls\n" * 90_000, "'" * 399_999],
    ids=["minus", "brackets", "attributes", "calls", "help", "shell", "quotes"],
)
def test_text_made_to_hurt_costs_little(source: str) -> None:
    started = time.process_time()
    assert uses("c", source, NAMES) == []
    assert time.process_time() - started < 10


def test_what_is_too_long_or_too_deep_to_be_read_hides_nothing() -> None:
    """A cell can be made such that a parser takes minutes, or gives up while the notebook's own, with another limit, does not."""
    deep = f"import tokenizers\nx = {'+'.join(['1'] * 20_000)}"
    long = f"x = f'{'{x}' * 130_000}'\nimport tokenizers"
    for source in (deep, long):
        started = time.monotonic()
        assert "tokenizers" in {use.name for use in uses("c", source, NAMES, parse=len(source) <= 100_000)}
        assert time.monotonic() - started < 5
    assert uses("c", deep.replace("tokenizers", "json"), NAMES) == []


def test_a_submission_as_a_whole_is_read_within_bounds(tiny_course: Course) -> None:
    assignment = tiny_course.assignment(tinycourse.ID)
    cells = {f"c{number}": f"x = f'{'{x}' * 30_000}'" for number in range(12)} | {"last": "import operator"}
    started = time.monotonic()
    assert "last" in forbidden_uses(assignment, cells)["add"]
    assert time.monotonic() - started < 90

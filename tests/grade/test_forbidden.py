"""Imports that an item forbids are found in the student's text, and nothing else is."""

from __future__ import annotations

import time

import pytest
import tinycourse

from autograder.course import Course
from autograder.forbidden import forbidden_imports, imports


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
    assert [use.line for use in imports("c", source) if use.library == "tokenizers"] == [line]


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
    assert not [use for use in imports("c", source) if use.library == "tokenizers"]


def test_the_message_names_cell_line_and_library(tiny_course: Course) -> None:
    assignment = tiny_course.assignment(tinycourse.ID)
    found = forbidden_imports(assignment, {"solution-add": "x = 1\nimport operator", "extra-1": "import math"})
    assert list(found) == ["add"]
    assert "셀 solution-add의 2번째 줄(`operator`)" in found["add"]
    assert forbidden_imports(assignment, {"solution-add": "import math"}) == {}


@pytest.mark.parametrize(
    "source",
    ["-" * 300_000 + "1", "(" * 90_000, "a" + ".a" * 190_000, "a" + "()" * 150_000, "a?\n" * 100_000, "!ls\n" * 90_000, "'" * 399_999],
    ids=["minus", "brackets", "attributes", "calls", "help", "shell", "quotes"],
)
def test_text_made_to_hurt_costs_little(source: str) -> None:
    started = time.process_time()
    assert imports("c", source) == []
    assert time.process_time() - started < 10

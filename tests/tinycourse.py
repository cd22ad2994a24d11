"""A whole course in miniature: one assignment of ten points with automatic, manual, bonus and ``after`` items.

``import tinycourse`` works in every test (``tests/conftest.py`` puts this folder on the path); the fixture ``tiny_course`` is
``make_course`` in the test's own folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import nbformat

from autograder.course import Course, open_course

ID = "t01_sums"
FILES = Path(__file__).with_name("tinycourse_files")

# What stands in solutions, hidden checks and proofs, and must never be found in what students receive.
SECRETS = tuple(f"SECRET-{name}" for name in ("ADD", "DOUBLE", "TOTAL", "COUNT", "ESSAY", "TABLE", "ANALYSIS", "TRIPLE"))
PRIVATE_MARKS = (*SECRETS, "HIDDEN-CHECK-MARK", "MUTANT-MARK", "ALTERNATIVE-MARK")

# Right solutions of the student's cells, by grade id.
SOLUTIONS = {
    "solution-add": 'def add(a: int, b: int) -> int:\n    """Return the sum."""\n    return a + b',
    "solution-double": 'def double(a: int) -> int:\n    """Return twice ``a``."""\n    return add(a, a)',
    "solution-total": (
        'def total(values: list[int]) -> int:\n    """Return the sum of all values."""\n'
        "    result = 0\n    for value in values:\n        result = add(result, value)\n    return result"
    ),
    "solution-theory-count": 'def answer_count(n: int) -> dict[str, int]:\n    """Count."""\n    return {"additions": n}',
    "solution-exp-table": (
        'def count_table(sizes: list[int]) -> list[dict[str, int]]:\n    """Return one row for each size."""\n'
        '    return [{"n": n, "additions": n} for n in sizes]'
    ),
    "solution-bonus-triple": 'def triple(a: int) -> int:\n    """Return three times ``a``."""\n    return add(add(a, a), a)',
    "essay-add": "교환 법칙이 성립하기 때문입니다. 예: 1 + 2 = 2 + 1.",
    "exp-analysis": "표에서 n이 두 배가 되면 횟수도 두 배가 됩니다.",
}
EVIDENCE = [{"n": n, "additions": n} for n in (1, 2, 4, 8)]


def make_course(folder: Path) -> Course:
    """Copy the tiny course into ``folder`` and open it, with its term in ``folder/term``."""
    shutil.copytree(FILES, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return open_course(root=folder, term=folder / "term")


def filled_in(release: bytes, cells: Mapping[str, str]) -> bytes:
    """The release notebook with the student's cells replaced, by grade id.

    Raises:
        KeyError: a name in ``cells`` is no cell of the release.
    """
    notebook = nbformat.reads(release.decode("utf-8"), as_version=4)
    by_id = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    for grade_id, source in cells.items():
        by_id[grade_id].source = source
    return nbformat.writes(notebook).encode()


def submit(course: Course, student: str, cells: Mapping[str, str], assignment_id: str = ID) -> Path:
    """Put a submission into the term: the release of ``assignment_id`` with ``cells`` filled in. Returns the notebook."""
    from autograder.build import build_release

    path = course.submission_notebook(assignment_id, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(filled_in(build_release(course, assignment_id), cells))
    return path

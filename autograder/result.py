"""The result of grading one submission: the object in the store, in ``--json`` and behind every report."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from autograder.manifest import Dimension

Status = Literal["graded", "partial", "unreadable", "grader_fault"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="constants", allow_inf_nan=False)


class CheckResult(_Part):
    """One hidden check. ``message`` and ``hint`` are what the student may read.

    ``example`` is the smallest failing input as a line of Python to paste, ``got`` the student's own output for it and ``expected`` the
    right one; ``cell`` and ``line`` say where in the student's code it went wrong, where that is known.
    """

    id: str
    passed: bool
    weight: float
    property: str = ""
    message: str = ""
    misconception: str | None = None
    hint: tuple[str, ...] = ()
    fault: bool = False
    example: str = ""
    got: str = ""
    expected: str = ""
    cell: str = ""
    line: int | None = None


class ItemResult(_Part):
    """One item. ``used_reference``: the better score came from the second pass, on the reference's data."""

    id: str
    title: str
    dimension: Dimension | Literal["bonus"]
    score: float
    max_score: float
    needs_manual: bool = False
    manual_reason: str = ""
    used_reference: bool = False
    checks: tuple[CheckResult, ...] = ()


class DimensionScore(_Part):
    score: float
    max_score: float


class CellResult(_Part):
    """How one code cell of the executed notebook ended."""

    index: int
    grade_id: str | None = None
    status: Literal["ok", "error", "timeout", "killed", "skipped"]
    seconds: float = 0.0
    error: str = ""


class Tampering(_Part):
    """A difference between the submission and the release that no student has to make; a finding, not an accusation."""

    cell: str
    what: str


class Finding(_Part):
    """One comment of the static review at a line of a cell, in Korean.

    ``code`` is the student's own line or lines, ``better`` a better form of them where one is known, ``reason`` why it matters.
    """

    cell: str
    line: int
    rule: str
    message: str
    code: str = ""
    better: str = ""
    reason: str = ""


class Metric(_Part):
    """A figure for the benchmark section of a report; it never earns a point.

    ``landmarks`` are the same figure of known implementations, measured in the same run: ``naive``, ``reference``, ``library``.
    """

    value: float
    unit: str
    ratio_to_reference: float | None = None
    title: str = ""
    better: Literal["lower", "higher", ""] = ""
    landmarks: dict[str, float] = {}


class Result(_Part):
    """Everything that grading found. Only ``seconds``, ``metrics`` and ``versions`` may differ between two runs."""

    assignment: str
    student: str
    status: Status
    reason: str = ""
    score: float
    max_score: float
    bonus: float = 0.0
    dimensions: dict[Dimension, DimensionScore]
    items: tuple[ItemResult, ...]
    cells: tuple[CellResult, ...] = ()
    tampering: tuple[Tampering, ...] = ()
    review: tuple[Finding, ...] = ()
    used_reference: tuple[str, ...] = ()
    continued_from: tuple[str, ...] = ()
    adjustments: tuple[str, ...] = ()
    metrics: dict[str, Metric] = {}
    seconds: float = 0.0
    sandbox: str = ""
    key: str = ""
    versions: dict[str, str] = {}

"""A student's report as plain data: what the page lays out and what its JSON says, so that the two cannot differ."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA = 1


@dataclass(frozen=True)
class Notice:
    """A box at the top. ``kind``: info, wait, bad."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True)
class Link:
    """A section of the book."""

    title: str
    url: str


@dataclass(frozen=True)
class CheckView:
    """One verdict, or several failed checks that say the same.

    Attributes:
        state: good, bad or wait.
        properties: what is checked.
        example: the smallest failing input, as a line to paste; ``got`` what the student's code gave for it, ``expected`` what is right.
        place: the cell and line where it went wrong, in words.
        at_stake: points that these checks are worth.
    """

    state: str
    properties: tuple[str, ...]
    message: str = ""
    misconception: str = ""
    hint: tuple[str, ...] = ()
    example: str = ""
    got: str = ""
    expected: str = ""
    place: str = ""
    at_stake: float = 0.0


@dataclass(frozen=True)
class CriterionView:
    """A line of a marking scheme; ``given`` is None until a person has read the answer."""

    text: str
    max_score: float
    given: float | None = None


@dataclass(frozen=True)
class ItemView:
    """``state``: good, part, bad, or wait where a person still decides."""

    id: str
    title: str
    state: str
    label: str
    score: float
    max_score: float
    note: str
    checks: tuple[CheckView, ...]
    criteria: tuple[CriterionView, ...]
    comment: str
    by_hand: bool
    used_reference: bool
    book: Link | None


@dataclass(frozen=True)
class Section:
    """A rubric dimension with its items; ``pending`` are the points that a person still gives."""

    id: str
    title: str
    note: str
    score: float
    max_score: float
    pending: float
    items: tuple[ItemView, ...]

    @property
    def share(self) -> float:
        """Earned, in per cent."""
        return 100 * self.score / self.max_score if self.max_score else 0.0

    @property
    def pending_share(self) -> float:
        return min(100 - self.share, 100 * self.pending / self.max_score) if self.max_score else 0.0


@dataclass(frozen=True)
class Step:
    """A line of the sum that makes the total."""

    title: str
    points: float


@dataclass(frozen=True)
class Improvement:
    """One thing to do next.

    Attributes:
        gain: points that it would have brought.
        what: what went wrong, in one sentence; ``action`` what to do about it.
        example: a line to paste and try.
        items: titles by item id.
    """

    title: str
    gain: float
    what: str
    action: str
    example: str
    place: str
    items: tuple[tuple[str, str], ...]
    book: Link | None


@dataclass(frozen=True)
class CommentView:
    """One comment of the code review, beside the student's own lines."""

    line: int
    title: str
    major: bool
    message: str
    reason: str
    code: str
    better: str


@dataclass(frozen=True)
class CellComments:
    cell: str
    title: str
    comments: tuple[CommentView, ...]


@dataclass(frozen=True)
class CellView:
    """A cell that did not run to its end."""

    place: str
    name: str
    status: str
    note: str
    error: str


@dataclass(frozen=True)
class Column:
    """One column of a class's histogram: from ``low`` to ``high``, ``count`` students."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Comparison:
    """A figure of this student among the class's, or among known implementations.

    Attributes:
        better: lower, higher or "".
        band: the coarse band among known implementations, in words.
        landmarks: title and value of each known implementation.
        place: where the student stands in the class, in words; "" where fewer than ten can be compared.
        columns: the class's histogram, no column of which stands for fewer than three students.
        quartiles: a quarter, half and three quarters of the class lie below; empty like ``columns``.
        axis: where a drawing of it begins and ends; empty where the values say so.
    """

    name: str
    title: str
    unit: str
    better: str
    value: float
    band: str = ""
    landmarks: tuple[tuple[str, float], ...] = ()
    students: int = 0
    place: str = ""
    columns: tuple[Column, ...] = ()
    quartiles: tuple[float, ...] = ()
    axis: tuple[float, ...] = ()


@dataclass(frozen=True)
class Change:
    """What is different from the last report that was sent."""

    title: str
    before: float | None
    after: float | None
    note: str = ""


@dataclass(frozen=True)
class Changes:
    """``since``: when that report was sent, in words."""

    since: str
    entries: tuple[Change, ...]


@dataclass(frozen=True)
class Report:
    """Everything that a student reads about one submission."""

    assignment: str
    title: str
    eyebrow: str
    student: str
    name: str
    status: str
    issued: str
    facts: tuple[tuple[str, str], ...]
    score: float
    max_score: float
    bonus: float
    total: float
    pending: float
    waiting: int
    steps: tuple[Step, ...]
    strengths: tuple[str, ...]
    notices: tuple[Notice, ...]
    improvements: tuple[Improvement, ...]
    changes: Changes | None
    sections: tuple[Section, ...]
    review: tuple[CellComments, ...]
    comparisons: tuple[Comparison, ...]
    cells: tuple[CellView, ...]
    corrections: tuple[str, ...]
    objection: str
    key: str
    schema: int = SCHEMA

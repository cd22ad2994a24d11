"""Attacks as data: each file below ``attacks/<family>/`` says what a submission does and what must come of it.

    what: an integer that equals everything
    wall: replies are plain data of exact types        # what holds it back
    base: solved                                       # or release: nothing is answered
    cells: {solution-add: "…"}                         # the student's cells, by grade id
    extra: {solution-add: "…"}                         # one more cell behind that one
    surgery: [[delete, add], [retype, essay, code]]    # see surgery.py
    raw: zip_bomb                                      # the whole file, by its maker in rawfiles.py
    evidence: {tables/counts.json: "…"}                # files in place of the honest ones, or a maker's name
    scores: {add: 0}                                   # every other item keeps what the base earns
    state: graded                                      # or partial, unreadable
    manual: []                                         # items that wait for a person beside the essays
    staff, student: ["…"]                              # more that staff are told of it, that stands in the student's page
    moment: why not exact                              # then, and only then, scores may be [least, most], and state a list
    full: true                                         # only in the full run: slow, or CI grades another that stands for it

What every page has to say (each score, the total, the state, the reason) is not written down: it follows from scores and state.
``@file@``, ``@host@`` and the like in a source stand for what must not be reached; see :class:`hostile.room.Room`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from autograder.strictyaml import load_yaml

ATTACKS = Path(__file__).with_name("attacks")

# What the base "solved" earns. The tensor stays unanswered, because importing torch takes longer than all the rest.
FULL = {
    **{"add": 0.5, "mean": 0.5, "backwards": 0.5, "scale": 0.5, "square": 0.0, "total": 1.0},
    **{"own-number": 2.0, "table": 1.0, "style": 0.5, "growth": 0.5, "bonus-triple": 2.0, "essay": 0.0, "analysis": 0.0},
}
SOLUTIONS = {
    "solution-add": 'def add(a: int, b: int) -> int:\n    """두 정수의 합을 돌려줍니다."""\n    return a + b',
    "solution-mean": ('def mean(values: list[float]) -> float:\n    """수들의 평균을 돌려줍니다."""\n    return sum(values) / len(values)'),
    "solution-backwards": 'def backwards(text: str) -> str:\n    """글자를 거꾸로 놓은 글을 돌려줍니다."""\n    return text[::-1]',
    "solution-scale": (
        'def scale(values: object, factor: float) -> object:\n    """NumPy 배열의 모든 값에 배수를 곱해 돌려줍니다."""\n'
        "    return values * factor"
    ),
    "solution-total": (
        'def total(values: list[int]) -> int:\n    """앞에서부터 하나씩 더한 합을 돌려줍니다."""\n'
        "    result = 0\n    for value in values:\n        result = add(result, value)\n    return result"
    ),
    "solution-own-number": (
        'def own_number(student: str, count: int) -> dict[str, int]:\n    """학생 번호의 글자 수에 개수를 곱한 값을 돌려줍니다."""\n'
        '    return {"product": len(student) * count}'
    ),
    "solution-table": (
        'def count_table(sizes: list[int]) -> list[dict[str, int]]:\n    """크기마다 한 행(n, additions)을 돌려줍니다."""\n'
        '    return [{"n": n, "additions": n} for n in sizes]'
    ),
    "solution-bonus-triple": 'def triple(a: int) -> int:\n    """세 배를 돌려줍니다."""\n    return add(add(a, a), a)',
    "essay": "교환 법칙이 성립하기 때문입니다.",
    "analysis": "표에서 n이 두 배가 되면 횟수도 두 배가 됩니다.",
}
TABLE = [{"n": n, "additions": n} for n in (1, 2, 4, 8)]


State = Literal["graded", "partial", "unreadable"]
Score = float | tuple[float, float]


class Attack(BaseModel):
    """One file; the module describes its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    family: str
    what: str
    wall: str = ""
    base: Literal["solved", "release"] = "solved"
    cells: dict[str, str] = {}
    extra: dict[str, str] = {}
    surgery: list[list[str]] = []
    raw: str = ""
    evidence: dict[str, str] | str = {}
    scores: dict[str, Score] = {}
    state: State | list[State] = "graded"
    moment: str = ""
    manual: list[str] = []
    staff: list[str] = []
    student: list[str] = []
    full: bool = False

    @model_validator(mode="after")
    def _exact_or_why_not(self) -> Attack:
        if unknown := set(self.scores) - set(FULL):
            raise ValueError(f"{self.name}: no such items: {', '.join(sorted(unknown))}")
        exact = isinstance(self.state, str) and not any(isinstance(score, tuple) for score in self.scores.values())
        if exact is bool(self.moment):
            raise ValueError(f"{self.name}: a range of scores or states, and the reason for it, go together")
        return self

    @property
    def expected(self) -> dict[str, tuple[float, float]]:
        """The least and the most that every item may have; the same but where ``moment`` says why not."""
        earned = FULL if self.base == "solved" and self.state != "unreadable" else dict.fromkeys(FULL, 0.0)
        return {item: score if isinstance(score, tuple) else (score, score) for item, score in (earned | self.scores).items()}


def load(folder: Path = ATTACKS) -> list[Attack]:
    """Every attack, in the order of families and names. Raises ValidationError on a file that is none."""
    paths = sorted(folder.glob("*/*.yml"))
    families = [(path, {"name": path.stem, "family": path.parent.name}) for path in paths]
    return [Attack.model_validate(known | load_yaml(path)) for path, known in families]

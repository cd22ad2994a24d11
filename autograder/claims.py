"""What checks of an experiment ask of the evidence before they compute anything again: whole tables, and conclusions that follow from them.

Evidence is a claim by a stranger. Everything here fails the check with a sentence for the student; nothing raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.evidence import Evidence
from course_lib.kit import expect

PROFILES = ("cpu", "gpu")
NEAR = 1e-6  # of a conclusion's number, in proportion where it is larger than one


def table(evidence: Evidence, name: str, columns: Mapping[str, Any], count: int | None = None) -> list[dict[str, Any]]:
    """The rows of a table that has every column with values of its type, as :func:`course_lib.kit.expect.mismatch` understands types.

    A column ``seed``, asked for or not, holds the same seed in every row, one that a generator takes.

    Args:
        count: how many rows there must be.
    """
    rows = evidence.tables.get(name, [])
    if not rows:
        said = "표를 만드는 셀을 끝까지 실행하세요. 제출할 때는 pack이 담은 pack 폴더를 함께 냅니다."
        expect.fail(f"증거에 `{name}` 표가 없습니다. {said}", "증거 없음")
    if evidence.profile not in PROFILES:
        said = "PROFILE을 'cpu'로 두고 다시 pack을 실행하세요."
        expect.fail(f"증거가 {expect.show(evidence.profile)} 프로필로 만들어졌습니다. {said}", "작은 프로필의 증거")
    if any("seed" in row for row in rows):
        columns = {**columns, "seed": int}
    for number, row in enumerate(rows):
        for column, kind in columns.items():
            if problem := expect.mismatch(row.get(column), kind, f"표 {name}의 {number}번 행 {column}"):
                expect.fail(problem)
        if "seed" in columns and not (row["seed"] == rows[0]["seed"] and 0 <= row["seed"] < 2**31):
            expect.fail(f"표 {name}의 seed는 모든 행에서 같은 0 이상의 정수여야 합니다.")
    if count is not None and len(rows) != count:
        expect.fail(f"표 {name}의 행이 {count}개가 아니라 {len(rows)}개입니다.", "빠진 행")
    return rows


def conclusion(evidence: Evidence, name: str, right: Mapping[str, Any]) -> None:
    """Fail unless the conclusion says in every field of ``right`` what follows from the table; floats may differ by :data:`NEAR`."""
    claim = evidence.conclusions.get(name)
    if not isinstance(claim, dict):
        expect.fail(f"`{name}` 결론이 없습니다.", "결론이 없음")
    for field, value in right.items():
        said = claim.get(field)
        number = isinstance(said, (int, float)) and not isinstance(said, bool)
        close = isinstance(value, float) and number and abs(said - value) <= NEAR * max(1.0, abs(value))
        if not close and not expect.same(said, value):
            expect.fail(f"결론 {name}의 {field} {expect.show(said)}이(가) 표의 수와 다릅니다.", "표와 다른 결론")


def towards(first: float, last: float) -> str:
    """The direction from one number to another, as conclusions name it."""
    return "up" if last > first else "down"

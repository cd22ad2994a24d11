"""What became of an attack, held against what its file says: scores, state, gradebook, what staff and the student read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hostile.corpus import Attack

from autograder.reports.instructor.page import anchor
from autograder.reports.instructor.pages import STATUS_TITLES
from autograder.reports.text import points
from autograder.result import Result

BY_HAND = {"essay", "analysis"}
NOTICES = {"partial": "노트북의 일부만 실행되었습니다", "unreadable": "제출한 파일을 읽을 수 없습니다"}
NEAR = 1e-6


def problems(attack: Attack, result: Result, student_page: str, staff: Mapping[str, str], recorded: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is not as expected, in words.

    Args:
        staff: the pages of staff by name.
        recorded: the student's grades in the gradebook by item.
    """
    states = [attack.state] if isinstance(attack.state, str) else attack.state
    if result.status not in states:
        yield f"state: {result.status} instead of {' or '.join(states)} ({result.reason})"
    got = {item.id: item.score for item in result.items}
    for item, (least, most) in attack.expected.items():
        if not least - NEAR <= got[item] <= most + NEAR:
            yield f"{item}: {got[item]:g} instead of {least:g}{f' to {most:g}' if most > least else ''}: {_said(result, item)}"
    waiting = {item.id for item in result.items if item.needs_manual} - BY_HAND
    if waiting != set(attack.manual):
        yield f"waits for a person: {sorted(waiting)} instead of {sorted(attack.manual)}: {[_said(result, item) for item in waiting]}"
    for item, grade in recorded.items():
        credit = grade.auto if item != "bonus-triple" else grade.extra_credit
        if credit is not None and abs(credit - got[item]) > NEAR:
            yield f"{item}: {credit} in the gradebook instead of {got[item]:g}"
    yield from _of_staff(attack, result, staff)
    yield from _of_student(attack, result, student_page)


def _of_staff(attack: Attack, result: Result, staff: Mapping[str, str]) -> Iterator[str]:
    """The row of the student with total and state; the reason; what was found; the words that the file names."""
    row = re.search(rf'<tr id="{re.escape(anchor(attack.name))}">(.*?)</tr>', staff["students.html"], re.DOTALL)
    said = row.group(1) if row else ""
    for words in (f"<strong>{points(result.score + result.bonus)}</strong>", STATUS_TITLES[result.status]):
        if words not in said:
            yield f"the row of staff does not have {words!r}"
    states = staff["runs.html"].partition('id="states"')[2].partition("</section>")[0]
    if (result.status == "graded") is (f'#{anchor(attack.name)}"' in states):
        yield f"staff are {'' if result.status == 'graded' else 'not '}told to look at it"
    told = [result.reason, *(trace.what for trace in result.tampering), *(cell.error for cell in result.cells)]
    traces = staff["runs.html"].partition('id="traces"')[2]
    if bool(result.tampering) is not (f'#{anchor(attack.name)}"' in traces):
        yield f"{len(result.tampering)} differences from the release, staff read {'none' if result.tampering else 'some'}"
    yield from (f"staff are not told {words!r}" for words in attack.staff if not any(words in text for text in told))


def _of_student(attack: Attack, result: Result, page: str) -> Iterator[str]:
    """The score of each item, the state where it is not the common one, and the words that the file names."""
    for item in result.items:
        article = re.search(rf'<article class="item \w+" id="item-{item.id}">(.*?)</article>', page, re.DOTALL)
        shown = re.search(r'<p class="value">(\S+) <span>', article.group(1) if article else "")
        wanted = "–" if item.needs_manual and not item.score else points(item.score)
        if not shown or shown.group(1) != wanted:
            yield f"the student's page does not give {item.id} {wanted}"
    for state, words in NOTICES.items():
        if (result.status == state) is not (words in page):
            yield f"the student {'does not read' if result.status == state else 'reads'} {words!r}"
    yield from (f"the student does not read {words!r}" for words in attack.student if words not in page)


def _said(result: Result, item: str) -> str:
    found = next(entry for entry in result.items if entry.id == item)
    return "; ".join(f"{check.id}: {check.message or 'passed'}" for check in found.checks) + found.manual_reason

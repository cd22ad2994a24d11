"""The card that ``check`` shows: one item, its checks, and what to do next; HTML, with plain text beside it.

Only inline styles and ``<details>``: no script, no style sheet, nothing from the network. Text takes the notebook's own colour, and
coloured badges carry white text, so a card reads alike on a light and on a dark ground.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.kit.checking import CheckOutcome

MIME = "application/vnd.llm-course.check+json"

GREEN, RED, GREY, AMBER, BLUE = "#1a7f37", "#c93c37", "#6e7681", "#9a6700", "#0969da"
SOFT = "opacity:.8"
BOX = "font-family:inherit;font-size:14px;line-height:1.6;word-break:keep-all"
BOX += ";max-width:46rem;margin:.3em 0;padding:.6em .9em;border-radius:6px"
UNFINISHED_NOTE = "아직 작성하지 않았습니다. 위의 셀을 채우고 실행한 다음, 이 셀을 다시 실행하세요."
FORM_NOTE = "답의 꼴만 확인했습니다. 값이 맞는지는 채점할 때 봅니다."
FAULT_NOTE = "검사 자체에 문제가 있어 실행하지 못했습니다. 여러분의 코드 탓이 아닙니다. 조교에게 알려 주세요."


@dataclass(frozen=True)
class Mark:
    symbol: str
    colour: str
    word: str


PASSED = Mark("✓", GREEN, "통과")
FAILED = Mark("✗", RED, "다시 보기")
UNFINISHED = Mark("○", GREY, "작성 전")
FAULT = Mark("!", AMBER, "실행 못 함")
FORM = Mark("◇", BLUE, "꼴 확인")


def mark_of(outcome: CheckOutcome) -> Mark:
    if outcome.passed:
        return FORM if outcome.form else PASSED
    if outcome.status == "fault":
        return FAULT
    return UNFINISHED if outcome.unfinished else FAILED


def overall(outcomes: Sequence[CheckOutcome]) -> Mark:
    """One mark for an item: what most needs the student's attention; ``FORM`` where nothing but the form of an answer was looked at."""
    marks = [mark_of(outcome) for outcome in outcomes]
    return next((mark for mark in (FAILED, FAULT, UNFINISHED, PASSED) if mark in marks), FORM if FORM in marks else PASSED)


@dataclass(frozen=True)
class ItemCard:
    """What the public checks of one item found."""

    item: str
    title: str
    outcomes: tuple[CheckOutcome, ...]
    note: str = ""

    @property
    def untouched(self) -> bool:
        """Nothing is written yet; a single kind sentence says more than a list of failures."""
        return bool(self.outcomes) and all(outcome.unfinished for outcome in self.outcomes)

    def waiting(self) -> list[str]:
        """What the checks are waiting for: a function by its name, or a table."""
        return list(dict.fromkeys(outcome.message for outcome in self.outcomes if outcome.message))

    def summary(self) -> str:
        if overall(self.outcomes) is FORM:
            return FORM_NOTE
        passed = sum(outcome.passed for outcome in self.outcomes)
        return f"{len(self.outcomes)}개 검사 중 {passed}개 통과"

    def __repr__(self) -> str:
        mark = overall(self.outcomes)
        lines = [f"{mark.symbol} {self.item} {self.title}".rstrip() + f": {mark.word if self.untouched else self.summary()}"]
        if self.untouched:
            return "\n".join([lines[0], f"    {UNFINISHED_NOTE}", *(f"    {message}" for message in self.waiting())])
        for outcome in self.outcomes:
            lines.append(f"  {mark_of(outcome).symbol} {outcome.property or outcome.id}")
            if outcome.passed:
                continue
            lines += [f"      {line}" for line in outcome.message.splitlines()]
            if outcome.status == "fault":
                lines.append(f"      {FAULT_NOTE}")
            if outcome.misconception:
                lines.append(f"      흔한 오해: {outcome.misconception}")
            if outcome.hint and not outcome.unfinished:
                lines.append(f"      힌트 1/{len(outcome.hint)}: {outcome.hint[0]}")
        return "\n".join([*lines, *([f"    {self.note}"] if self.note else [])])

    def _repr_html_(self) -> str:
        mark = overall(self.outcomes)
        head = _badge(mark) + heading(self.item, self.title)
        if self.untouched:
            properties = "".join(f"<li>{text_of(outcome.property or outcome.id)}</li>" for outcome in self.outcomes)
            more = _details("무엇을 검사하나요?", f'<ul style="margin:.2em 0;padding-left:1.4em">{properties}</ul>')
            waiting = "".join(f"<div>{text_of(message)}</div>" for message in self.waiting())
            return boxed(mark, head, f"<div>{UNFINISHED_NOTE}</div>{waiting}{more}")
        head += f' <span style="{SOFT}">· {self.summary()}</span>'
        note = f'<div style="{SOFT}">{text_of(self.note)}</div>' if self.note else ""
        return boxed(mark, head, "".join(map(_row, self.outcomes)) + note)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        mark = overall(self.outcomes)
        state = {
            "item": self.item,
            "passed": sum(outcome.passed for outcome in self.outcomes),
            "checks": len(self.outcomes),
            "unfinished": self.untouched,
            "form": mark is FORM,
            "mark": mark.symbol,
        }
        return {"text/plain": repr(self), "text/html": self._repr_html_(), MIME: state}


@dataclass(frozen=True)
class NoteCard:
    """One message where there is nothing to check."""

    title: str
    message: str
    mark: Mark = UNFINISHED

    def __repr__(self) -> str:
        return f"{self.mark.symbol} {self.title}\n    {self.message}"

    def _repr_html_(self) -> str:
        return boxed(self.mark, f"{_badge(self.mark, word=False)}<b>{text_of(self.title)}</b>", f"<div>{text_of(self.message)}</div>")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


@dataclass(frozen=True)
class OverviewCard:
    """All items of the assignment, as far as they were checked.

    Attributes:
        by_hand: the items whose answers are written, and read by people; no check says anything about them.
    """

    assignment: str
    rows: tuple[tuple[str, str, tuple[CheckOutcome, ...]], ...]
    by_hand: frozenset[str] = frozenset()

    def _lines(self) -> list[tuple[Mark | None, str, str, str]]:
        """(mark, item, title, state) per item; no mark where nothing was checked yet."""
        lines = []
        for item, title, outcomes in self.rows:
            card = ItemCard(item, title, outcomes)
            unchecked = "글로 답합니다. 사람이 읽고 채점합니다." if item in self.by_hand else "아직 확인하지 않음"
            state = unchecked if not outcomes else UNFINISHED.word if card.untouched else card.summary()
            lines.append((overall(outcomes) if outcomes else None, item, title, state))
        return lines

    def summary(self) -> str:
        marks = [mark for mark, item, *_ in self._lines() if item not in self.by_hand]
        return progress(len(marks), marks.count(PASSED), marks.count(FORM))

    def __repr__(self) -> str:
        lines = [f"{mark.symbol if mark else '·'} {item} {title}".rstrip() + f": {state}" for mark, item, title, state in self._lines()]
        return "\n".join([f"{self.assignment}: {self.summary()}", *(f"  {line}" for line in lines)])

    def _repr_html_(self) -> str:
        cell = 'style="text-align:left;padding:.15em .8em .15em 0;background:none;border:0"'
        rows = "".join(
            f'<tr style="background:none"><td {cell}>{_badge(mark, word=False) if mark else ""}</td>'
            f'<td {cell}>{heading(item, title)}</td><td {cell}><span style="{SOFT}">{text_of(state)}</span></td></tr>'
            for mark, item, title, state in self._lines()
        )
        table = f'<table style="border-collapse:collapse;margin:.3em 0;font-size:inherit;color:inherit">{rows}</table>'
        return boxed(UNFINISHED, f"<b>{text_of(self.assignment)}</b> · {self.summary()}", table)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def progress(items: int, passed: int, form: int) -> str:
    """How far all items are, in one sentence."""
    if form:
        return f"공개 검사가 있는 {items}개 항목 중 {passed}개를 통과했고, {form}개는 답의 꼴만 확인했습니다."
    return f"공개 검사가 있는 {items}개 항목 중 {passed}개를 통과했습니다."


def _row(outcome: CheckOutcome) -> str:
    mark = mark_of(outcome)
    parts = [text_of(outcome.property or outcome.id)]
    if not outcome.passed:
        parts.append(f'<div style="overflow-wrap:anywhere;white-space:pre-wrap">{text_of(outcome.message)}</div>')
        if outcome.status == "fault":
            parts.append(f"<div>{FAULT_NOTE}</div>")
        if outcome.misconception:
            parts.append(f'<div><span style="{SOFT}">흔한 오해:</span> <b>{text_of(outcome.misconception)}</b></div>')
        if not outcome.unfinished:
            parts.append(staged(outcome.hint))
    body = f'<div style="min-width:0">{"".join(parts)}</div>'
    return f'<div style="display:flex;gap:.5em;margin:.25em 0">{_badge(mark, word=False)}{body}</div>'


def staged(hints: Sequence[str], step: int = 1, total: int | None = None) -> str:
    """Each step lies inside the one before: nobody reads the answer by accident."""
    if not hints:
        return ""
    total = total or len(hints)
    return _details(f"힌트 {step}/{total}", text_of(hints[0]) + staged(hints[1:], step + 1, total))


def _details(summary: str, body: str) -> str:
    head = f'<summary style="cursor:pointer;{SOFT}">{summary}</summary>'
    return f'<details style="margin:.2em 0">{head}<div style="padding-left:1em">{body}</div></details>'


def _badge(mark: Mark, *, word: bool = True) -> str:
    style = f"background:{mark.colour};color:#fff;border-radius:4px;padding:0 .45em;margin-right:.5em;font-weight:600"
    label = f"{mark.symbol} {mark.word}" if word else mark.symbol
    shape = "display:inline-block;min-width:1em;text-align:center;flex:none;align-self:flex-start"
    return f'<span style="{style};{shape}" title="{mark.word}">{label}</span>'


def boxed(mark: Mark, head: str, body: str) -> str:
    edges = f"border:1px solid rgba(128,128,128,.35);border-left:4px solid {mark.colour}"
    return f'<div lang="ko" style="{BOX};{edges}"><div>{head}</div>{body}</div>'


def code_block(source: str) -> str:
    """Source as it stands, to be copied."""
    style = "overflow-x:auto;padding:.6em .8em;border:1px solid rgba(128,128,128,.35);border-radius:6px;line-height:1.5;white-space:pre"
    return f'<pre style="{style}">{html.escape(source)}</pre>'


def text_of(value: str) -> str:
    """Escaped, with `code` between backticks as messages write it."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", html.escape(value, quote=True))


def heading(item: str, title: str) -> str:
    code = f"<code>{text_of(item)}</code>"
    return f"<b>{text_of(title)}</b> {code}" if title else f"<b>{code}</b>"

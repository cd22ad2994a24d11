"""What self-study shows beside the cards of ``check``: hints, answers, criteria, the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.kit.card import PASSED, UNFINISHED, Mark, OverviewCard, boxed, code_block, heading, staged, text_of


@dataclass(frozen=True)
class Card:
    """Plain text and HTML of one thing to read."""

    plain: str
    html: str

    def __repr__(self) -> str:
        return self.plain

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/plain": self.plain, "text/html": self.html}


def hints(item: Mapping[str, Any]) -> Card:
    """All help for an item, a step inside the one before."""
    lines, parts = [f"{item['id']} {item['title']}: 힌트"], []
    for entry in item["hints"]:
        lines += [f"  · {entry['property']}", *(f"      힌트 {n}/{len(entry['steps'])}: {s}" for n, s in enumerate(entry["steps"], 1))]
        parts.append(f'<div style="margin:.4em 0">{text_of(entry["property"])}{staged(entry["steps"])}</div>')
    after = f'다시 한번 `answer("{item["id"]}")`를 부르면 정답을 볼지 묻습니다.'
    return Card(
        "\n".join([*lines, f"    {after}"]),
        boxed(UNFINISHED, heading(item["id"], item["title"]), f"{''.join(parts)}<div>{text_of(after)}</div>"),
    )


def solution(item: Mapping[str, Any], cell: str, source: str) -> Card:
    """The teaching solution of one cell, with the other cells of its item."""
    others = [name for name in item["cells"] if name != cell]
    note = "읽고 나서 덮고, 스스로 다시 써 보세요." + (f" 이 항목의 다른 셀: {', '.join(others)}" if others else "")
    head = heading(cell, f"{item['title']} · 정답")
    return Card(f"{cell}: 정답\n{source}\n    {note}", boxed(UNFINISHED, head, f"{code_block(source)}<div>{text_of(note)}</div>"))


def criteria(item: Mapping[str, Any], marks: list[float] | None, *, answer: bool) -> Card:
    """What a written answer is judged by, the marks that one gave oneself, and the model answer where it was asked for."""
    rows = [f"({number}) {_points(c['points'])}점: {c['text']}" for number, c in enumerate(item["criteria"], 1)]
    if marks:
        rows = [f"{row}  → {_points(given)}점" for row, given in zip(rows, marks, strict=True)]
    total = f"스스로 매긴 점수: {_points(sum(marks))}/{_points(item['points'])}점" if marks else _how_to_mark(item)
    model = ["모범 답안", item["answer"]] if answer else []
    plain = "\n".join([f"{item['id']} {item['title']}: 보는 기준", *(f"  {row}" for row in rows), *model, f"    {total}"])
    body = "".join(f"<div>{text_of(row)}</div>" for row in rows)
    if answer:
        body += f'<div style="margin:.6em 0;white-space:pre-wrap"><b>모범 답안</b>\n{text_of(item["answer"])}</div>'
    return Card(plain, boxed(PASSED if marks else UNFINISHED, heading(item["id"], item["title"]), f"{body}<div>{text_of(total)}</div>"))


@dataclass(frozen=True, repr=False)
class MapCard(OverviewCard):
    """All items as far as they ever came, in this kernel or an earlier one."""

    entries: tuple[tuple[Mapping[str, Any], Mapping[str, Any]], ...] = ()

    def _lines(self) -> list[tuple[Mark | None, str, str, str]]:
        states = [(item, *_state(item, entry)) for item, entry in self.entries]
        return [(mark, item["id"], item["title"], state) for item, mark, state in states]

    def summary(self) -> str:
        done = sum(mark is PASSED for mark, *_ in self._lines())
        return f"{len(self.entries)}개 항목 중 {done}개를 마쳤습니다. 진행 상황은 progress.json에 남습니다."


def _state(item: Mapping[str, Any], entry: Mapping[str, Any]) -> tuple[Mark | None, str]:
    seen = " · 정답을 보았음" if entry.get("answers") else ""
    if item["criteria"]:
        if marks := entry.get("marks"):
            return PASSED, f"스스로 매긴 점수 {_points(sum(marks))}/{_points(item['points'])}{seen}"
        return None, f"아직 매기지 않음{seen}"
    if not entry.get("checks"):
        return None, f"아직 확인하지 않음{seen}"
    if entry.get("complete"):
        return PASSED, f"검사 {entry['checks']}개를 모두 통과{' (앞 단계는 기준 구현의 데이터로)' if entry.get('borrowed') else ''}{seen}"
    return UNFINISHED, f"{entry['checks']}개 검사 중 {entry['passed']}개 통과{seen}"


def _how_to_mark(item: Mapping[str, Any]) -> str:
    example = ", ".join(_points(c["points"]) for c in item["criteria"])
    return f'답을 쓴 다음 기준마다 점수를 매기세요. 예: `mark("{item["id"]}", {example})`. 모범 답안: `answer("{item["id"]}")`'


def _points(value: float) -> str:
    return f"{value:.4g}"

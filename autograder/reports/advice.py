"""What a report says first and what it advises: what works already, and the changes that are worth most points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograder.reports.model import CheckView, Improvement, ItemView, Section
from autograder.reports.text import points
from course_lib.kit.korean import josa

MOST = 3
NAMED = 4  # titles that a sentence lists
SENTENCES = 200  # letters of a check's message that a summary quotes
_UNFINISHED = re.compile(r"^`([A-Za-z_][\w.]{0,80})`\S* (?:아직 작성하지 않았습니다|노트북에 없습니다)")
_TRIFLES = 0.005


def strengths(made: Sequence[Section], findings: int) -> Iterator[str]:
    """What works, in sentences: the whole first, then the most valuable thing that was shown to be right.

    Args:
        findings: comments of the code review.
    """
    for section in made:
        done = [item for item in section.items if item.state == "good"]
        if not done:
            continue
        titles = ", ".join(item.title for item in sorted(done, key=lambda item: -item.max_score)[:NAMED])
        more = " 등" if len(done) > NAMED else ""
        if section.id == "bonus":
            yield f"가산점: {titles}{more}에서 {points(section.score)}점을 더 받았습니다."
        elif len(done) == len(section.items):
            yield f"{section.title}: {len(done)}개 항목을 모두 통과했습니다."
        else:
            yield f"{section.title}: {len(section.items)}개 항목 가운데 {len(done)}개를 통과했습니다. {titles}{more}입니다."
    built = [item for section in made if section.id == "implementation" for item in section.items if item.state == "good" and item.checks]
    if built:
        best = max(built, key=lambda item: item.max_score)
        yield f"{best.title}: {best.checks[0].properties[0]}"
        if findings == 0 and next(section.share for section in made if section.id == "implementation") > 50:
            yield "코드를 읽으며 지적할 줄을 찾지 못했습니다."


@dataclass
class _Cause:
    """One reason for which points were lost, in however many items."""

    title: str
    gain: float = 0.0
    items: dict[str, ItemView] = field(default_factory=dict)
    shown: CheckView | None = None
    worst: float = 0.0
    kind: str = ""
    name: str = ""


def improvements(made: Sequence[Section]) -> tuple[Improvement, ...]:
    """The three causes that cost most points, with what to do about each.

    One mistake may fail checks of several items: what an unwritten function or a recognised misconception costs is added up.
    """
    causes: dict[tuple[str, str], _Cause] = {}
    for section in made:
        if section.id == "bonus":
            continue
        for item in section.items:
            lost = item.max_score - item.score
            if item.state in ("part", "bad") and lost > _TRIFLES:
                _attribute(causes, item, lost)
    ranked = sorted(causes.values(), key=lambda cause: -cause.gain)
    return tuple(_improvement(cause) for cause in ranked[:MOST] if cause.gain > _TRIFLES)


def _attribute(causes: dict[tuple[str, str], _Cause], item: ItemView, lost: float) -> None:
    failed = [check for check in item.checks if check.state == "bad"]
    weight = sum(check.at_stake for check in failed)
    for check in failed if weight and not item.by_hand else ():
        kind, name = _cause_of(check, item)
        cause = causes.setdefault((kind, name), _Cause(name if kind == "misconception" else item.title, kind=kind, name=name))
        share = lost * check.at_stake / weight
        cause.gain += share
        cause.items[item.id] = item
        if share > cause.worst:
            cause.shown, cause.worst = check, share
    if item.by_hand or not weight:
        causes[("item", item.id)] = _Cause(item.title, lost, {item.id: item}, kind="item", name=item.id)


def _cause_of(check: CheckView, item: ItemView) -> tuple[str, str]:
    if unwritten := _UNFINISHED.match(check.message):
        return "unfinished", unwritten[1]
    return ("misconception", check.misconception) if check.misconception else ("item", item.id)


def _improvement(cause: _Cause) -> Improvement:
    item = next(iter(cause.items.values()))
    check = cause.shown
    title, what, action = cause.title, "", ""
    if cause.kind == "unfinished":
        title = f"`{cause.name}` 작성하기"
        what = _unwritten(cause)
        action = f'{josa(f"`{cause.name}`", "을/를")} 작성하고 노트북에서 `check("{item.id}")`를 실행해 보세요.'
    elif check is not None:
        what = _shortened(_explanation(check))
        action = _first_action(check, item)
    else:
        what, action = _by_hand(item)
    return Improvement(
        title=title,
        gain=cause.gain,
        what=what,
        action=action,
        example=check.example if check else "",
        place=check.place if check else "",
        items=tuple((entry.id, entry.title) for entry in cause.items.values()),
        book=item.book,
    )


def _unwritten(cause: _Cause) -> str:
    if len(cause.items) == 1:
        return "아직 작성하지 않아 이 항목을 채점할 수 없었습니다."
    return f"아직 작성하지 않아 {len(cause.items)}개 항목의 검사가 함께 실패했습니다."


def _first_action(check: CheckView, item: ItemView) -> str:
    if check.hint:
        return check.hint[0]
    return f'‘{item.title}’ 항목에서 실패한 검사를 읽고 고친 다음, 노트북에서 `check("{item.id}")`를 다시 실행하세요.'


def _by_hand(item: ItemView) -> tuple[str, str]:
    """An answer that a person reads: the criterion that lost most is what to write about."""
    if not item.criteria:
        return item.note, "아래 항목의 설명을 읽어 보세요."
    read = [criterion for criterion in item.criteria if criterion.given is not None]
    if read:
        short = max(read, key=lambda criterion: criterion.max_score - (criterion.given or 0))
        given = f"{points(short.max_score)}점 가운데 {points(short.given or 0)}점"
        return f"다음 기준에서 {given}을 받았습니다.", short.text
    what = item.note or (_shortened(item.comment) if item.comment else "채점 기준을 다 채우지 못했습니다.")
    return what, f"이런 내용을 씁니다: {max(item.criteria, key=lambda criterion: criterion.max_score).text}"


def _explanation(check: CheckView) -> str:
    """The message without the input that it quotes, where a smaller one to paste follows."""
    explained = check.message.partition(" 입력 ")[0]
    return explained if check.example and explained.endswith(".") else check.message


def _shortened(message: str) -> str:
    return message if len(message) <= SENTENCES else message[:SENTENCES].rstrip() + " …"

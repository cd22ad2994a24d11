"""``check``, ``answer`` and ``mark`` for people who study by themselves."""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from course_lib.kit import catalogue, evidence, selfstudy, session
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.card import ItemCard, NoteCard
from course_lib.kit.checking import CheckOutcome, run_checks
from course_lib.kit.selfstudy import cards, progress

SECRET = b"self-study"


def examine(assignment: str, item: str, namespace: MutableMapping[str, Any]) -> Any:
    """The card for one item: public checks first, and once they pass all the others, on new inputs after every success.

    Where an item builds on earlier ones and fails, the checks run once more with the reference's data in place of what the earlier
    functions return, as the grader does; what comes out better counts, and the card says so.

    Raises:
        CheckFault: the checks could not be run.
    """
    known = _items(assignment)
    if item not in known:
        return unknown(item, known)
    if known[item]["criteria"]:
        return cards.criteria(known[item], progress.read(assignment).get(item, {}).get("marks"), answer=False)
    before = progress.read(assignment).get(item, {})
    submission = NotebookSubmission(namespace, session.current.student, sources(assignment, namespace.get("In", ())))
    round_number = before.get("rounds", 0)

    def hidden(*, use_reference: bool = False) -> list[CheckOutcome]:
        fixtures = {"evidence": evidence.collected()} | _review(submission.sources)
        common: dict[str, Any] = {"assignment": assignment, "secret": SECRET, "round_number": round_number, "fixtures": fixtures}
        return run_checks(selfstudy.checks(assignment), submission, items=[item], use_reference=use_reference, **common)

    outcomes: list[CheckOutcome] = []
    public = catalogue.public_checks(assignment)
    if public and item in catalogue.checked_items(public):
        outcomes = run_checks(public, submission, assignment=assignment, items=[item], fixtures={"evidence": evidence.collected()})
    further = hidden() if _share(outcomes) == 1 else []
    complete = bool(further) and _share(further) == 1
    borrowed = False
    if known[item]["after"] and not complete and not all(outcome.unfinished for outcome in [*outcomes, *further]):
        again = hidden(use_reference=True)
        borrowed = _share(again) > _share(further) if further else _share(again) == 1
        if borrowed:
            outcomes, further, complete = [], again, _share(again) == 1
    outcomes += further
    passed = sum(outcome.passed for outcome in outcomes)
    noted = {"passed": passed, "checks": len(outcomes), "complete": complete, "borrowed": borrowed, "rounds": round_number + complete}
    progress.note(assignment, item, **noted)
    session.current.results[item] = outcomes
    return ItemCard(item, known[item]["title"], tuple(outcomes), note=" ".join(_next_steps(item, known, complete, borrowed)))


def _share(outcomes: Sequence[CheckOutcome]) -> float:
    """The passed share of the checks' weights; 1 where there are none."""
    total = sum(outcome.weight for outcome in outcomes)
    return sum(outcome.weight for outcome in outcomes if outcome.passed) / total if total else 1.0


def _next_steps(item: str, known: Mapping[str, Any], complete: bool, borrowed: bool) -> Iterator[str]:
    if borrowed:
        earlier = ", ".join(f"`{name}`" for name in known[item]["after"])
        yield f"앞 단계({earlier})의 결과 대신 기준 구현의 데이터로 한 번 더 검사한 결과입니다. 앞 단계도 확인하세요."
    yield "모든 검사를 했습니다." if complete else f'막히면 `answer("{item}")`로 힌트와 정답을 볼 수 있습니다.'


def overview(assignment: str) -> cards.MapCard:
    """The map of all items, also from earlier kernels."""
    entries = progress.read(assignment)
    return cards.MapCard(assignment, (), entries=tuple((item, entries.get(name, {})) for name, item in _items(assignment).items()))


def answer(name: str, *, sure: bool = False) -> None:
    """Show hints for an item, then, when asked again and confirmed, its answer.

    Args:
        name: an item, or one of its solution cells.
        sure: do not ask.
    """
    assignment = _assignment()
    if assignment is None:
        return
    data = selfstudy.load(assignment)
    known = {item["id"]: item for item in data["items"]}
    item = known.get(name) or next((entry for entry in data["items"] if name in entry["cells"]), None)
    if item is None:
        _show(unknown(name, {**known, **data["cells"]}))
        return
    entry = progress.read(assignment).get(item["id"], {})
    if item["hints"] and not entry.get("hints"):
        progress.note(assignment, item["id"], hints=True)
        _show(cards.hints(item))
        if not sure:
            return
    if not item["criteria"] and name not in data["cells"] and len(item["cells"]) != 1:
        said = f"정답을 볼 셀을 고르세요: {', '.join(item['cells'])}" if item["cells"] else "이 항목에는 따로 쓰는 셀이 없습니다."
        _show(NoteCard(name, said))
        return
    if not (sure or _confirmed(name)):
        return
    cell = name if name in data["cells"] or item["criteria"] else item["cells"][0]
    progress.note(assignment, item["id"], answers=sorted({*entry.get("answers", ()), cell}))
    if item["criteria"]:
        _show(cards.criteria(item, entry.get("marks"), answer=True))
    else:
        _show(cards.solution(item, cell, data["cells"][cell]["source"]))


def mark(name: str, *points: float) -> None:
    """Keep the marks that one gives one's own written answer, one for each criterion.

    Raises:
        ValueError: too few or too many marks, or one that its criterion does not have.
    """
    assignment = _assignment()
    if assignment is None:
        return
    known = _items(assignment)
    item = known.get(name)
    if item is None or not item["criteria"]:
        _show(unknown(name, {key: entry for key, entry in known.items() if entry["criteria"]}))
        return
    most = [criterion["points"] for criterion in item["criteria"]]
    if points and (len(points) != len(most) or not all(0 <= given <= top for given, top in zip(points, most, strict=True))):
        raise ValueError(f"{name}: 기준이 {len(most)}개입니다. 차례로 0점부터 {', '.join(f'{top:g}점' for top in most)}까지 매기세요.")
    if points:
        progress.note(assignment, name, marks=[float(given) for given in points])
    _show(cards.criteria(item, progress.read(assignment).get(name, {}).get("marks"), answer=False))


def sources(assignment: str, inputs: Any) -> dict[str, str]:
    """The text of the student's solution cells by cell name: what was last run that defines their functions."""
    found: dict[str, str] = {}
    defined = [(text, _defined(text)) for text in reversed([str(text) for text in inputs])]
    for name, cell in selfstudy.load(assignment)["cells"].items():
        wanted = set(cell["names"])
        if text := next((text for text, names in defined if wanted and wanted & names), ""):
            found[f"solution-{name}"] = text
    return found


def unknown(name: str, known: Mapping[str, Any]) -> NoteCard:
    """A card for a name that is none, with those that are close."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return NoteCard(
        name, f"그런 이름은 없습니다. 혹시 {', '.join(close)}?" if close else f"그런 이름은 없습니다. 있는 이름: {', '.join(known)}"
    )


def _items(assignment: str) -> dict[str, Any]:
    return {item["id"]: item for item in selfstudy.load(assignment)["items"]}


def _assignment() -> str | None:
    name = session.current.assignment
    if selfstudy.present(name):
        return name
    said = "이 꾸러미에는 정답이 없습니다. 자습용 꾸러미에만 들어 있습니다." if name else "노트북 맨 위의 셀(start)을 먼저 실행하세요."
    _show(NoteCard("정답", said))
    return None


def _defined(source: str) -> set[str]:
    try:
        return {node.name for node in ast.parse(source).body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    except (SyntaxError, ValueError):  # a cell with magics
        return set()


def _review(written: Mapping[str, str]) -> dict[str, Any]:
    """The static review of the grader, which a self-study kit brings along."""
    if importlib.util.find_spec("autograder") is None:
        return {}
    return {"review": importlib.import_module("autograder.review").review_sources(written)}


def _confirmed(name: str) -> bool:
    try:
        said = input("정답을 볼까요? 보려면 '네'를 입력하세요: ")
    except (NotImplementedError, EOFError):  # a notebook that runs with nobody there
        _show(NoteCard(name, f'여기에서는 물을 수 없습니다. `answer("{name}", sure=True)`라고 하면 바로 보여 줍니다.'))
        return False
    return said.strip() in ("네", "예", "y", "yes")


def _show(card: Any) -> None:
    from course_lib.kit.notebook import show

    show(card)

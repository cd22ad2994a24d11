"""Put a submission back into the release, by one fixed rule.

1. The release gives the order. Each of its given, solution and graded cells stands in the result exactly once.
2. A submitted cell belongs to the release cell whose grade id it carries or, where it carries none, whose cell id. The first such
   cell counts.
3. Locked cells come from the release. Solution cells and written answers keep the student's text and take type and metadata from
   the release; a missing one is the release's own.
4. The release's unmarked cells (prose, parameters, scratch) are the student's: kept as they are, gone where they were deleted. Only
   the cell of parameters comes back, because the grader sets them behind it.
5. Every other cell, further copies included, stays as an ordinary cell behind the release cell that it followed.

Outputs, attachments that are no images, and all metadata of the student are dropped. What differed is reported as found, without
a guess at who did it or why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.reading import UnreadableNotebook, new_cell, read_notebook
from autograder.result import Tampering

__all__ = ["Restored", "UnreadableNotebook", "grade_id", "is_solution", "read_notebook", "restore"]

COMPARED = ("points", "grade", "solution", "locked")  # nbgrader's keys that a student has no reason to change
SHOWN = 80  # characters of a line that a finding quotes


@dataclass(frozen=True)
class Restored:
    """A submission put back into the release.

    Attributes:
        notebook: what is executed and what graders see; no outputs.
        tampering: what differed from the release.
        sources: the student's code by the grade id of its solution cell.
        answers: the student's text by item id, for items graded by hand; unanswered ones are left out.
        extras: other code that the student changed or added, by cell id.
    """

    notebook: NotebookNode
    tampering: tuple[Tampering, ...]
    sources: dict[str, str]
    answers: dict[str, str]
    extras: dict[str, str]


def restore(submitted: NotebookNode, master: NotebookNode) -> Restored:
    """Put the student's work into the release; the module says by which rule.

    Args:
        submitted: from :func:`read_notebook`.
        master: the release notebook.

    Raises:
        UnreadableNotebook: not one cell of the release is in the submission.
    """
    places = _match(submitted, master)
    if not any(mark in places.firsts for mark, cell in enumerate(master.cells) if grade_id(cell)):
        raise UnreadableNotebook("이 과제의 셀이 하나도 없습니다. 다른 파일을 제출하지 않았는지 확인해 주세요.")
    findings = [*_copies(places, master), *places.unknown, *_order(places, master)]
    work = _Work()
    cells = work.ordinary(places.behind.get(-1, ()))
    for index, wanted in enumerate(master.cells):
        found = submitted.cells[places.firsts[index]] if index in places.firsts else None
        if grade_id(wanted):
            findings += _compare(wanted, found)
        if grade_id(wanted) or found or _has_parameters(wanted):
            cells.append(work.note(wanted, _restored(wanted, found)))
        cells += work.ordinary(places.behind.get(index, ()))
    notebook = nbformat.v4.new_notebook(metadata=deepcopy(master.metadata), cells=cells)
    return Restored(notebook, tuple(findings), work.sources, work.answers, work.extras)


def grade_id(cell: Mapping[str, Any]) -> str:
    """nbgrader's name of a cell, or ""."""
    marks = cell["metadata"].get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else ""


def is_solution(cell: NotebookNode) -> bool:
    """Whether the student writes in this cell of the release."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("solution")) and not marks.get("locked")


def _has_parameters(cell: NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", ())


@dataclass
class _Places:
    """Where submitted cells belong.

    Attributes:
        firsts: index in the submission by index in the release.
        counts: how many submitted cells claimed a release cell.
        behind: ordinary cells by the release cell that they follow; -1 for the front.
        unknown: findings about marked cells that the release does not have.
    """

    firsts: dict[int, int]
    counts: dict[int, int]
    behind: dict[int, list[NotebookNode]]
    unknown: list[Tampering]


def _match(submitted: NotebookNode, master: NotebookNode) -> _Places:
    by_grade_id = {grade_id(cell): index for index, cell in enumerate(master.cells) if grade_id(cell)}
    by_cell_id = {cell.id: index for index, cell in enumerate(master.cells) if cell.get("id")}
    places = _Places({}, {}, {}, [])
    carried = {grade_id(cell) for cell in submitted.cells}
    anchor = -1
    for position, cell in enumerate(submitted.cells):
        name = grade_id(cell)
        index = by_grade_id.get(name) if name else by_cell_id.get(cell.id)
        if index is not None and not name:
            wanted = master.cells[index]
            lost_its_mark = bool(grade_id(wanted)) and grade_id(wanted) not in carried
            if not lost_its_mark and (grade_id(wanted) or cell.cell_type != wanted.cell_type):
                index = None
        if index is not None:
            places.counts[index] = places.counts.get(index, 0) + 1
            if index not in places.firsts:
                places.firsts[index] = position
                anchor = index
                continue
        elif name:
            places.unknown.append(Tampering(cell=name, what="배포본에 없는 채점 셀입니다. 보통 셀로 다루었습니다."))
        places.behind.setdefault(anchor, []).append(cell)
    return places


def _copies(places: _Places, master: NotebookNode) -> Iterable[Tampering]:
    for index, count in sorted(places.counts.items()):
        if count > 1 and (name := grade_id(master.cells[index])):
            yield Tampering(cell=name, what=f"같은 셀이 {count}개 있어 첫 번째를 쓰고 나머지는 보통 셀로 두었습니다.")


def _order(places: _Places, master: NotebookNode) -> Iterable[Tampering]:
    positions = [places.firsts[i] for i, cell in enumerate(master.cells) if i in places.firsts and grade_id(cell)]
    names = [grade_id(cell) for i, cell in enumerate(master.cells) if i in places.firsts and grade_id(cell)]
    moved = [name for name, before, after in zip(names[1:], positions, positions[1:], strict=False) if after < before]
    if moved:
        yield Tampering(cell=moved[0], what="셀의 순서가 배포본과 달라 배포본의 순서로 되돌렸습니다.")


def _compare(wanted: NotebookNode, found: NotebookNode | None) -> Iterable[Tampering]:
    name = grade_id(wanted)
    if found is None:
        yield Tampering(cell=name, what="제출본에 없어 배포본의 셀을 넣었습니다.")
        return
    if found.cell_type != wanted.cell_type:
        yield Tampering(cell=name, what=f"셀의 종류가 {wanted.cell_type}에서 {found.cell_type}(으)로 바뀌어 있어 되돌렸습니다.")
    marks = found.metadata.get("nbgrader")
    if marks is None:
        yield Tampering(cell=name, what="셀의 채점 정보가 지워져 있어 되돌렸습니다.")
    else:
        expected = wanted.metadata.nbgrader
        changed = [key for key in COMPARED if key in marks and key in expected and marks[key] != expected[key]]
        if changed:
            shown = ", ".join(f"{key} {expected[key]} → {str(marks[key])[:20]}" for key in changed)
            yield Tampering(cell=name, what=f"셀의 채점 정보가 바뀌어 있어 되돌렸습니다 ({shown}).")
    if not is_solution(wanted) and (difference := _first_difference(wanted.source, found.source)):
        yield Tampering(cell=name, what=f"잠긴 셀의 내용이 배포본과 달라 되돌렸습니다 ({difference}).")


def _first_difference(wanted: str, found: str) -> str:
    before, after = ([line.rstrip() for line in text.rstrip().splitlines()] for text in (wanted, found))
    for number in range(max(len(before), len(after))):
        left, right = (lines[number] if number < len(lines) else "없음" for lines in (before, after))
        if left != right:
            return f"{number + 1}번째 줄, 배포본: {left.strip()[:SHOWN]} / 제출본: {right.strip()[:SHOWN]}"
    return ""


def _restored(wanted: NotebookNode, found: NotebookNode | None) -> NotebookNode:
    """The release's cell, with the student's text where the student may write."""
    cell = deepcopy(wanted)
    if cell.cell_type == "code":
        cell.update(outputs=[], execution_count=None)
    if found is not None and (is_solution(wanted) or not grade_id(wanted)):
        cell.source = found.source
        cell.pop("attachments", None)
        if cell.cell_type == "markdown" and "attachments" in found:
            cell["attachments"] = deepcopy(found.attachments)
    return cell


class _Work:
    """Collects what is the student's own while the notebook is put together."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        self.answers: dict[str, str] = {}
        self.extras: dict[str, str] = {}
        self.added = 0

    def note(self, wanted: NotebookNode, cell: NotebookNode) -> NotebookNode:
        name = grade_id(wanted)
        if is_solution(wanted):
            if wanted.metadata.nbgrader.get("grade") and cell.source.strip() not in ("", wanted.source.strip()):
                self.answers[name] = cell.source
            if wanted.cell_type == "code":
                self.sources[name] = cell.source
        elif not name and cell.cell_type == "code" and cell.source != wanted.source:
            self.extras[wanted.id] = cell.source
        return cell

    def ordinary(self, found: Iterable[NotebookNode]) -> list[NotebookNode]:
        """Cells of the student's own, under ids that no release cell has."""
        cells = []
        for cell in found:
            self.added += 1
            cells.append(new_cell(cell.cell_type, cell.source, f"extra-{self.added}", {}, cell.get("attachments", {})))
            if cell.cell_type == "code":
                self.extras[f"extra-{self.added}"] = cell.source
        return cells

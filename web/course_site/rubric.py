"""``{rubric-table} <assignment>``: what earns points, straight from the assignment's manifest."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder.manifest import DIMENSIONS, Assignment, Bonus, Item, ManifestError, load_assignment
from autograder.specification import Specification, load_specification
from course_site.drafts import draft_note

DIMENSION_TITLES = {"implementation": "구현 완성도", "theory": "이론적 이해", "experiments": "실험과 분석", "quality": "코드 품질"}
HEADINGS = ("항목", "배점", "채점 방법")
WIDTHS = (38, 10, 52)
HOW = {
    "implementation": "숨은 검사가 무작위 입력에서 기준 구현과 비교합니다.",
    "theory": "학번에서 나온 수로 푼 답을 확인하고, 서술은 사람이 읽습니다.",
    "experiments": "제출한 표를 다시 계산해 확인하고, 분석 글은 사람이 읽습니다.",
    "quality": "코드를 읽고, 입력이 커질 때 연산이 얼마나 느는지 셉니다.",
}
AUTOMATIC, BY_HAND = "자동", "사람이 읽음"
FORBIDDEN = "쓸 수 없는 라이브러리: "


def points_text(points: Decimal) -> str:
    """``2점``, ``0.5점``."""
    return f"{points.normalize():f}점"


class RubricTable(SphinxDirective):
    """A table of an assignment's items by dimension, its bonus, and the sums."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        room = Path(self.env.srcdir) / "solutions" / self.arguments[0]
        self.env.note_dependency(str(room / "assignment.yml"))
        specification = load_specification()
        try:
            assignment = load_assignment(room, specification)
        except ManifestError as error:
            raise self.error(f"rubric-table: {error}") from error
        table = nodes.container(classes=["rubric"])
        table += rubric_table(assignment, specification)
        return [*draft_note(assignment, specification), table]


def rubric_table(assignment: Assignment, specification: Specification) -> nodes.table:
    """Build the table's nodes."""
    body = nodes.tbody()
    for dimension in DIMENSIONS:
        items = [item for item in assignment.items if item.dimension == dimension]
        if items:
            title = f"{DIMENSION_TITLES[dimension]} ({specification.rubric[dimension]}%)"
            body += _rows(title, assignment.maximum(dimension), HOW[dimension], items)
    if assignment.bonus:
        title = f"가산점 (최대 {points_text(specification.bonus_cap)})"
        total = sum((item.points for item in assignment.bonus), Decimal(0))
        body += _rows(title, total, "하고 싶은 것만 골라서 합니다. 점수는 과제 점수 위에 더합니다.", assignment.bonus)
    body += _group("합계", assignment.points, [nodes.paragraph()], "total")
    group = nodes.tgroup(cols=len(WIDTHS))
    group += [nodes.colspec(colwidth=width) for width in WIDTHS]
    group += nodes.thead("", nodes.row("", *(_entry(nodes.paragraph(text=heading)) for heading in HEADINGS)))
    group += body
    return nodes.table("", nodes.title(text=f"{assignment.title}의 평가 항목"), group, classes=["rubric-table", "colwidths-given"])


def _rows(title: str, points: Decimal, how: str, items: Sequence[Item | Bonus]) -> list[nodes.row]:
    """The row of a dimension and those of its items. What is forbidden in all of them stands once, above."""
    forbidden = {item.forbids for item in items if not item.criteria}
    shared = forbidden.pop() if len(forbidden) == 1 else ()
    above: list[nodes.Node] = [nodes.paragraph(text=how)]
    if shared:
        above.append(_libraries(shared))
    return [_group(title, points, above), *(_item(item, () if item.forbids == shared else item.forbids) for item in items)]


def _entry(*children: nodes.Node) -> nodes.entry:
    return nodes.entry("", *children)


def _group(title: str, points: Decimal, how: list[nodes.Node], kind: str = "dimension") -> nodes.row:
    return nodes.row(
        "",
        _entry(nodes.paragraph("", "", nodes.strong(text=title))),
        _entry(nodes.paragraph("", "", nodes.strong(text=points_text(points)))),
        _entry(*how),
        classes=[f"rubric-{kind}"],
    )


def _item(item: Item | Bonus, forbidden: Sequence[str]) -> nodes.row:
    name = nodes.paragraph("", "", nodes.Text(item.title + " "), nodes.literal(text=item.id))
    how: list[nodes.Node] = [nodes.paragraph(text=BY_HAND if item.manual else AUTOMATIC)]
    if item.criteria:
        lines = [nodes.paragraph(text=f"{line.text} ({points_text(line.points)})") for line in item.criteria]
        how.append(nodes.bullet_list("", *(nodes.list_item("", line) for line in lines)))
    if forbidden:
        how.append(_libraries(forbidden))
    return nodes.row("", _entry(name), _entry(nodes.paragraph(text=points_text(item.points))), _entry(*how))


def _libraries(names: Sequence[str]) -> nodes.paragraph:
    paragraph = nodes.paragraph("", "", nodes.Text(FORBIDDEN))
    for number, name in enumerate(names):
        paragraph += [nodes.Text(", "), nodes.literal(text=name)] if number else nodes.literal(text=name)
    return paragraph


def setup(app: Sphinx) -> None:
    app.add_directive("rubric-table", RubricTable)

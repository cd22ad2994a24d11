"""``{rubric-table} <assignment>``: what earns points, straight from the assignment's manifest."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder.manifest import DIMENSIONS, Assignment, Bonus, Item, ManifestError, load_assignment
from autograder.specification import Specification, load_specification

DIMENSION_TITLES = {"implementation": "구현 완성도", "theory": "이론적 이해", "experiments": "실험과 분석", "quality": "코드 품질"}
HEADINGS = ("항목", "배점", "채점 방법")
WIDTHS = (54, 12, 34)
HOW = {
    "implementation": "자동. 숨은 검사가 무작위 입력에서 기준 구현과 비교합니다.",
    "theory": "자동. 학번에서 나온 수로 푼 답을 확인합니다.",
    "experiments": "자동. 제출한 표를 다시 계산해 확인합니다.",
    "quality": "자동. 코드를 읽고, 입력이 커질 때 일이 얼마나 느는지 셉니다.",
}
BY_HAND = "채점자가 읽습니다."


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
        return [*self._draft_note(assignment, specification), table]

    def _draft_note(self, assignment: Assignment, specification: Specification) -> list[nodes.Node]:
        if not assignment.draft:
            return []
        wanted = specification.assignments[assignment.id]
        scope = ", ".join(f"‘{wanted.requirement_titles[name]}’" for name in assignment.scope)
        text = (
            f"이 과제는 전체 {wanted.points}점 가운데 {scope} 요구사항 {points_text(assignment.points)}까지 만들어져 있습니다. "
            "나머지 요구사항이 더해지면 이 표도 함께 늘어납니다."
        )
        return [nodes.note("", nodes.paragraph(text=text))]


def rubric_table(assignment: Assignment, specification: Specification) -> nodes.table:
    """Build the table's nodes."""
    body = nodes.tbody()
    for dimension in DIMENSIONS:
        items = [item for item in assignment.items if item.dimension == dimension]
        if not items:
            continue
        title = f"{DIMENSION_TITLES[dimension]} ({specification.rubric[dimension]} %)"
        body += _group(title, points_text(assignment.maximum(dimension)))
        for item in items:
            body += _item(item, HOW[dimension])
    if assignment.bonus:
        capped = f"가산점 (모두 더해 최대 {points_text(specification.bonus_cap)})"
        body += _group(capped, points_text(sum((item.points for item in assignment.bonus), Decimal(0))))
        for item in assignment.bonus:
            body += _item(item, "자동. 숨은 검사가 확인합니다.")
    body += _group("합계", points_text(assignment.points), "total")
    group = nodes.tgroup(cols=len(WIDTHS))
    group += [nodes.colspec(colwidth=width) for width in WIDTHS]
    group += nodes.thead("", nodes.row("", *(_entry(nodes.paragraph(text=heading)) for heading in HEADINGS)))
    group += body
    return nodes.table("", nodes.title(text=f"{assignment.title}의 평가 항목"), group, classes=["rubric-table"])


def _entry(*children: nodes.Node, **attributes: object) -> nodes.entry:
    return nodes.entry("", *children, **attributes)


def _group(title: str, points: str, kind: str = "dimension") -> nodes.row:
    return nodes.row(
        "",
        _entry(nodes.paragraph("", "", nodes.strong(text=title))),
        _entry(nodes.paragraph("", "", nodes.strong(text=points))),
        _entry(nodes.paragraph()),
        classes=[f"rubric-{kind}"],
    )


def _item(item: Item | Bonus, automatic: str) -> nodes.row:
    name = nodes.paragraph("", "", nodes.Text(item.title + " "), nodes.literal(text=item.id))
    if item.criteria:
        criteria = nodes.bullet_list(
            "", *(nodes.list_item("", nodes.paragraph(text=f"{line.text} ({points_text(line.points)})")) for line in item.criteria)
        )
        how: list[nodes.Node] = [nodes.paragraph(text=BY_HAND), criteria]
    else:
        how = [nodes.paragraph(text=automatic)]
    if item.forbids:
        forbidden = nodes.paragraph("", "", nodes.Text("쓸 수 없는 라이브러리: "))
        for number, library in enumerate(item.forbids):
            forbidden += [nodes.Text(", ")] if number else []
            forbidden += nodes.literal(text=library)
        how.append(forbidden)
    return nodes.row("", _entry(name), _entry(nodes.paragraph(text=points_text(item.points))), _entry(*how))


def setup(app: Sphinx) -> None:
    app.add_directive("rubric-table", RubricTable)

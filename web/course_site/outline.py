"""``{course-outline}``: the weeks and their assignments, from the specification; those that are ready are links."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder.specification import AssignmentSpecification, load_specification

WEEKS = {9: "9주차 · LLM 훈련 기초", 10: "10주차 · 사전 훈련 전략", 11: "11주차 · 미세조정 방법론", 12: "종합 프로젝트"}
NOT_YET = "준비 중"


def notebook_document(assignment_id: str) -> str:
    """The document name of an assignment's page."""
    return f"assignments/{assignment_id}/{assignment_id}"


class CourseOutline(SphinxDirective):
    """One row per week; with a week as its argument, one row per assignment of that week."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        assignments = list(load_specification().assignments.values())
        if self.arguments:
            week = int(self.arguments[0])
            rows = [
                ([nodes.Text(f"과제 {a.number}")], [*self._name(a), nodes.Text(f" ({a.points}점)")], a.goal)
                for a in assignments
                if a.week == week
            ]
            return [_list(rows)]
        rows = []
        for week, title in WEEKS.items():
            inside = [a for a in assignments if (12 if a.id == "capstone" else a.week) == week]
            names: list[nodes.Node] = []
            for number, assignment in enumerate(inside):
                names += [nodes.Text(", ")] if number else []
                names += [*self._name(assignment, marked=False), nodes.Text(f" {assignment.points}점")]
            rows.append(([nodes.Text(title)], names, ""))
        return [_list(rows)]

    def _name(self, assignment: AssignmentSpecification, *, marked: bool = True) -> list[nodes.Node]:
        """The title as a link when the assignment is in the book."""
        document = notebook_document(assignment.id)
        if document not in self.env.found_docs:
            quiet = [nodes.Text(" "), nodes.inline(text=NOT_YET, classes=["not-yet"])] if marked else []
            return [nodes.Text(assignment.title), *quiet]
        link = addnodes.pending_xref(
            "", nodes.inline(text=assignment.title), refdomain="std", reftype="doc", refdoc=self.env.docname,
            reftarget=f"/{document}", refexplicit=True, refwarn=True,
        )  # fmt: skip
        return [link]


def _list(rows: list[tuple[list[nodes.Node], list[nodes.Node], str]]) -> nodes.definition_list:
    items = []
    for term, names, goal in rows:
        body = [nodes.paragraph("", "", *names)]
        if goal:
            body.append(nodes.paragraph(text=goal, classes=["goal"]))
        items.append(nodes.definition_list_item("", nodes.term("", "", *term), nodes.definition("", *body)))
    return nodes.definition_list("", *items, classes=["outline"])


def setup(app: Sphinx) -> None:
    app.add_directive("course-outline", CourseOutline)

"""An assignment that is still a draft says so, on its own page and wherever its points stand."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from autograder.course import CourseError, open_course
from autograder.manifest import Assignment
from autograder.specification import Specification

LOGGER = logging.getLogger(__name__)


def draft_note(assignment: Assignment, specification: Specification) -> list[nodes.Node]:
    """A note with what the draft covers; nothing for a finished assignment."""
    if not assignment.draft:
        return []
    wanted = specification.assignments[assignment.id]
    missing = [title for name, title in wanted.requirement_titles.items() if name not in assignment.scope]
    scope = ", ".join(f"‘{wanted.requirement_titles[name]}’" for name in assignment.scope)
    only = f"전체 {wanted.points}점 가운데 {scope} 요구사항의 {assignment.points.normalize():f}점만 실려 있습니다. " if missing else ""
    text = f"이 과제는 아직 초안입니다. {only}문제와 배점이 바뀔 수 있습니다."
    return [nodes.note("", nodes.paragraph(text=text))]


def _say_so(app: Sphinx, doctree: nodes.document) -> None:
    page, course = PurePosixPath(app.env.docname), open_course(Path(app.srcdir))
    if page.parts[0] != "assignments" or page.name not in course.assignment_ids():
        return
    app.env.note_dependency(str(course.room(page.name) / "assignment.yml"))
    try:
        note = draft_note(course.assignment(page.name), course.specification)
    except CourseError as error:
        LOGGER.warning("%s", error, location=app.env.docname)
        return
    for section in list(doctree.findall(nodes.section))[:1]:
        section[1:1] = note


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", _say_so)

"""The page that a student reads: one self-contained HTML file without scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.manifest import Assignment
from autograder.reports.assemble import make_report
from autograder.reports.benchmark import class_series
from autograder.reports.charts import strip
from autograder.reports.model import Link, Report
from autograder.reports.text import number, plain, points, prose, write_whole
from autograder.result import Result

TEMPLATES = Path(__file__).with_name("templates")


def render_student_page(assignment: Assignment, result: Result, links: Mapping[str, Link] | None = None) -> str:
    """The page of one result on its own: without what people decided, and beside known implementations, not a class.

    Args:
        links: into the book, by item.
    """
    return render_report(make_report(assignment, result, series=class_series({result.student: result}), links=links))


def render_report(report: Report) -> str:
    """The page as HTML. Whatever stands in ``report`` is text: it can neither run nor load anything, nor hide."""
    style = _style()
    return (
        _environment()
        .get_template("student.html")
        .render(
            report=report,
            strips={comparison.name: strip(comparison) for comparison in report.comparisons},
            style=Markup(style),
            policy=_policy(style),
        )
    )


def write_student_pages(
    assignment: Assignment, results: Mapping[str, Result], out: Path, *, links: Mapping[str, Link] | None = None
) -> list[Path]:
    """Write ``out/<student>.html`` for each result; each file whole or not at all. Returns the paths in the results' order.

    Args:
        links: into the book, by item.
    """
    series = class_series(results)
    pages = []
    for student, result in results.items():
        path = out / page_name(student)
        write_whole(path, render_report(make_report(assignment, result, series=series, links=links)))
        pages.append(path)
    return pages


def page_name(student: str) -> str:
    """A file name for a student id; ids that no file system would take as they are become a digest."""
    if re.fullmatch(r"[A-Za-z0-9가-힣][A-Za-z0-9가-힣._-]{0,79}", student):
        return f"{student}.html"
    return f"student-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}.html"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(plain=plain, prose=prose, points=points, number=number)
    return environment


@cache
def _style() -> str:
    return "\n" + (TEMPLATES / "student.css").read_text(encoding="utf-8")


def _policy(style: str) -> str:
    """Nothing but this very style sheet: no script, no picture, no request, no form."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"

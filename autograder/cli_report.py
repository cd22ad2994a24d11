"""``course report``: pages for instructors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.standing import Standing

FOLDER = "reports"  # of the term


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Examples: [bold]course report w09a1_tokenizers[/]; the whole course with final grades: [bold]course report[/]",
    )(report)


def report(
    context: typer.Context,
    id_: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The assignment; the whole course by default.", show_default=False)
    ] = None,
    out_folder: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", file_okay=False, help="Where the pages go. [dim]reports/ of the term by default.[/]", show_default=False
        ),
    ] = None,
    past: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Earlier terms' submissions, to find copies of them. [dim]past/ of the term by default.[/]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Pages for instructors: distribution, items, checks, runs, near copies, marking, re-grades; final grades.

    Nothing is graded: the pages show what is recorded in the gradebook.
    """
    from autograder.cli import _course, _escaped, _known, err, out
    from autograder.reports.instructor.gather import write_report

    course = _course(context)
    folder = (out_folder or course.term / FOLDER).absolute()
    if id_ is not None:
        with err.status("Reading …") as status:
            first = write_report(
                course, course.assignment(_known(course, id_)), folder / id_, past=past, said=lambda step: status.update(f"{step} …")
            )
        out.print(f"[green]✓[/] {_escaped(first)}", soft_wrap=True)
        return
    with err.status("Reading …") as status:
        first, missing = write_course(course, folder, past, lambda step: status.update(f"{step} …"))
    for name in missing:
        out.print(f"[yellow]![/] {_escaped(name)}: nothing recorded yet; counted as 0.")
    out.print(f"[green]✓[/] {_escaped(first)}", soft_wrap=True)


def write_course(course: Course, folder: Path, past: Path | None, said: Callable[[str], None]) -> tuple[Path, list[str]]:
    """Every assignment's pages, final grades as a page and as CSV. Returns the page, and the assignments without any result."""
    from datetime import datetime

    from autograder.reports.instructor.final import final_csv, final_grades, render_final
    from autograder.reports.instructor.gather import write_report
    from autograder.reports.text import write_whole
    from autograder.roster import read_roster
    from autograder.standing import latest_results, standings
    from autograder.term import load_settings

    found: dict[str, dict[str, Standing]] = {}
    pages = {}
    for name in course.assignment_ids():
        if name not in course.specification.assignments:
            continue
        assignment = course.assignment(name)
        if results := latest_results(course, assignment):
            found[name] = standings(course, assignment, results)
            write_report(course, assignment, folder / name, past=past, said=lambda step, name=name: said(f"{name}: {step}"))
            pages[name] = f"{name}/index.html"
    names = {student: member.name for student, member in read_roster(course).items()}
    final = final_grades(course.specification, found, names, pages)
    write_whole(folder / "final.csv", final_csv(final))
    write_whole(folder / "index.html", render_final(final, datetime.now(load_settings(course).timezone)))
    return folder / "index.html", [column.id for column in final.missing]

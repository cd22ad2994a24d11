"""``course marking``: answers for people to mark, and their marks back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FOLDER = "marking"  # of the term


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Examples: [bold]course marking w09a1_tokenizers --graders kim,lee[/] makes the sheets; "
        "[bold]course marking w09a1_tokenizers --import marks-essay-kim.json[/] takes the marks."
    )(marking)


def marking(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The assignment, such as w09a1_tokenizers.", show_default=False)],
    items: Annotated[
        list[str] | None, typer.Argument(metavar="[ITEM]...", help="Only these items; all by default.", show_default=False)
    ] = None,
    graders: Annotated[
        str, typer.Option(metavar="NAME,NAME…", help="Split the answers among these people; everyone keeps theirs.", show_default=False)
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also answers that are marked already, with their marks.")] = False,
    out_folder: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            file_okay=False,
            help="Where the sheets go. [dim]marking/ of the term.[/]",
            show_default=False,
        ),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option("--import", metavar="FILE", help="Take the marks that a sheet gave; may be given several times.", show_default=False),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="With --import: put these marks in the place of others.")] = False,
) -> None:
    """Mark by hand: all answers to one item on a page, by criterion, without names, split among graders.

    A sheet is one HTML file that works anywhere. formgrader shows the same marks, and can be used instead.
    """
    from autograder import cli
    from autograder.marking import import_marks, sheets
    from autograder.marking.page import write_sheets

    course = cli._course(context)
    assignment = course.assignment(cli._known(course, id_))
    if files:
        problems = 0
        for path in files:
            done = import_marks(course, assignment, path, overwrite=overwrite)
            cli.out.print(f"[green]✓[/] {done.item}: {done.written} answers marked, {done.unfinished} not finished.", soft_wrap=True)
            for problem in done.problems:
                cli.out.print(f"[yellow]![/] {cli._escaped(problem)}", soft_wrap=True)
            problems += len(done.problems)
        raise typer.Exit(1 if problems else 0)
    names = [name.strip() for name in graders.split(",") if name.strip()] or [""]
    made = sheets(course, assignment, items=items or (), graders=names, everything=everything)
    if not made:
        cli.out.print("[green]✓[/] No answer waits for a person.")
        return
    folder = (out_folder or course.term / FOLDER / assignment.id).absolute()
    for sheet, path in zip(made, write_sheets(assignment, made, folder), strict=True):
        cli.out.print(f"[green]✓[/] {len(sheet.answers):4d} answers  {cli._escaped(path)}", soft_wrap=True)

"""``course publish``: the public part of the course."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command(
        epilog="Example: [bold]COURSE_SITE_URL=https://me.github.io/llm COURSE_REPOSITORY_URL=https://github.com/me/llm "
        "course publish ~/llm[/]; then commit and push that folder"
    )(publish)


def publish(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty folder, a fresh clone, or an earlier publication.", show_default=False)
    ],
) -> None:
    """Write the public part of the course into a folder: the built site with its PDF, sources, notebooks, kits.

    No solution, hidden check, reference or person's data goes there; it is searched for them before anything is written.
    [bold]python -m http.server --directory DIR/site[/] serves it, and a workflow for GitHub Pages is in it.
    """
    from autograder import cli
    from autograder.book import BookError
    from autograder.publish import publish as publish_course

    course = cli._course(context)
    try:
        with cli.err.status("Building and searching what will be public …"):
            made = publish_course(course, folder.expanduser().resolve())
    except BookError as error:
        cli.err.print(f"[bold red]Error:[/] {cli._escaped(error)}", soft_wrap=True)
        raise typer.Exit(cli.PROBLEMS) from None
    for note in made.notes:
        cli.out.print(f"[yellow]![/] {cli._escaped(note)}", soft_wrap=True)
    gone = f", {len(made.removed)} old ones removed" if made.removed else ""
    cli.out.print(f"[green]✓[/] {cli._escaped(made.folder)}: {made.files} files{gone}", soft_wrap=True)

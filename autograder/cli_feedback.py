"""``course feedback``: the students' reports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command(
        epilog="Examples: [bold]course feedback w09a1_tokenizers[/] to look at them first, then [bold]--release[/], or "
        "[bold]--zip feedback.zip[/] for Moodle or Canvas"
    )(feedback)


def feedback(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The assignment, such as w09a1_tokenizers.", show_default=False)],
    release: Annotated[
        bool, typer.Option("--release", help="Put them into nbgrader's exchange, where students fetch them. Counts as sent.")
    ] = False,
    zip_file: Annotated[
        Path | None,
        typer.Option(
            "--zip",
            metavar="FILE",
            dir_okay=False,
            help="Write a zip to upload to Moodle or Canvas, named as the submissions were. Counts as sent.",
            show_default=False,
        ),
    ] = None,
    student: Annotated[
        list[str] | None,
        typer.Option("--student", "-s", metavar="ID", help="Only this student; may be given several times.", show_default=False),
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Also those who still wait for a grader; their page says for what.")] = False,
) -> None:
    """Make the students' feedback reports from the recorded grades. Nothing is graded.

    What is sent is kept in term/sent as it was, and the next report says what has changed since.
    """
    from autograder import cli
    from autograder.feedback import HELD, make_feedback, send_feedback, through_exchange, write_feedback, write_zip
    from autograder.feedback import release as release_pages

    course = cli._course(context)
    assignment = course.assignment(cli._known(course, id_))
    if zip_file is not None:
        cli._check_writable(zip_file)
    now = datetime.now(UTC)
    with cli.err.status("Making reports …"):
        made = make_feedback(course, assignment, students=student or (), now=now)
        write_feedback(course, assignment, made, partial=partial)
    ready = [entry for entry in made if partial or not entry.waiting]
    held = [entry for entry in made if entry not in ready]
    if held:
        shown = ", ".join(entry.student for entry in held[:8]) + (" …" if len(held) > 8 else "")
        cli.out.print(f"[yellow]![/] {len(held)} wait for a grader and are held back ({cli._escaped(shown)}); to look at: "
                      f"{cli._escaped(course.term / HELD / assignment.id)}", soft_wrap=True)  # fmt: skip
    if not (release or zip_file):
        cli.out.print(f"[green]✓[/] {len(ready)} reports in {cli._escaped(course.term / 'feedback')}, none sent.", soft_wrap=True)
        return
    returning = through_exchange(course, assignment, ready) if release else []
    sent = ready if zip_file else returning
    new = send_feedback(course, assignment, sent, now=now)
    cli.out.print(
        f"[green]✓[/] {new} new reports, kept in {cli._escaped(course.term / 'sent' / assignment.id)}; "
        f"{len(sent) - new} are as they were last sent.",
        soft_wrap=True,
    )
    if zip_file is not None:
        cli.out.print(f"[green]✓[/] {write_zip(assignment, ready, zip_file)} pages in {cli._escaped(zip_file)}", soft_wrap=True)
    if release:
        release_pages(course, assignment, returning)
        cli.out.print(f"[green]✓[/] {len(returning)} pages in nbgrader's exchange.")
    if release and (others := [entry.student for entry in ready if entry not in returning]):
        cli.out.print(
            f"[red]✗[/] {len(others)} submissions did not come through the exchange, so their pages cannot go there: "
            f"{cli._escaped(', '.join(others[:8]))}. Send them with --zip.",
            soft_wrap=True,
        )
        raise typer.Exit(cli.PROBLEMS)

"""``course roster``, ``collect``, ``extend``, ``adjust``, ``export``, ``purge``: what staff do with a term beside grading it."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

Id = Annotated[str, typer.Argument(metavar="ID", help="The assignment, such as w09a1_tokenizers.", show_default=False)]
StudentId = Annotated[str, typer.Argument(metavar="STUDENT", help="The student's number.", show_default=False)]
OneStudent = Annotated[
    str | None, typer.Option("--student", "-s", metavar="STUDENT", help="SOURCE is this student's one submission.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="The file is term/roster.csv, with the columns [bold]학번,이름,이메일,분반[/]; UTF-8 or Excel's CP949.")(roster)
    app.command(
        epilog="Examples: [bold]course collect w09a1_tokenizers ~/Downloads/moodle.zip --times times.csv[/]; what was set aside: "
        "[bold]course collect w09a1_tokenizers term/aside/w09a1_tokenizers/1f0c… --student 2026-10231[/]"
    )(collect)
    app.command(epilog="Example: [bold]course extend w09a1_tokenizers 2026-10231 --days 3[/]")(extend)
    app.command(epilog='Example: [bold]course adjust w09a1_tokenizers 2026-10231 --points 0.5 --why "채점 오류" --item bpe-train[/]')(
        adjust
    )
    app.command(epilog="Example: [bold]course export --all --out ~/grades[/]")(export)
    app.command(epilog="Example: [bold]course purge term/[/] after the grades are final and exported")(purge)


def roster(context: typer.Context) -> None:
    """Check the roster and say who of it has handed in what. Ends with 1 where somebody unknown has."""
    from autograder import cli
    from autograder.roster import ROSTER, scan_roster
    from autograder.term import students

    course = cli._course(context)
    found = scan_roster(course.term / ROSTER)
    for notice in found.notices:
        cli.out.print(f"[yellow]![/] {cli._escaped(notice)}", soft_wrap=True)
    if not found.students:
        cli.out.print(f"There is no {cli._escaped(course.term / ROSTER)}: whoever submits takes part.", soft_wrap=True)
        return
    sections = sorted({student.section for student in found.students.values() if student.section})
    cli.out.print(f"{len(found.students)} students" + (f" in {len(sections)} sections" if sections else "") + ".")
    strangers = set()
    for name in course.assignment_ids():
        handed_in = set(students(course, name)) | {path.parent.name for path in course.term.glob(f"attempts/*/{name}")}
        if handed_in:
            strangers |= handed_in - found.students.keys()
            cli.out.print(f"{name}: {len(handed_in & found.students.keys())} of {len(found.students)} handed in.")
    if strangers:
        cli.out.print(f"[red]✗[/] Not in the roster: {cli._escaped(', '.join(sorted(strangers)))}", soft_wrap=True)
        raise typer.Exit(cli.PROBLEMS)


def collect(
    context: typer.Context,
    id_: Id,
    source: Annotated[
        Path,
        typer.Argument(
            help="A folder, a zip of Moodle or Canvas, or nbgrader's exchange; with --student also one notebook.", show_default=False
        ),
    ],
    student: OneStudent = None,
    times: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV of times of submission: [bold]학번,제출시각[/].", show_default=False),
    ] = None,
    archive_times: Annotated[
        bool,
        typer.Option("--archive-times", help="Believe the dates in the zip. Moodle and Canvas may write the time of the download."),
    ] = False,
) -> None:
    """Take submissions into the term, every one as an attempt of its student.

    What cannot be matched to a student for certain is set aside in term/aside, with the reason; the command ends with 1 then.
    """
    from autograder import cli
    from autograder.collecting import collect_source
    from autograder.commands import show_collected

    course = cli._course(context)
    found = collect_source(course, cli._known(course, id_), source.expanduser(), student=student, times=times, archive_times=archive_times)
    show_collected(cli.out, found)
    cli.out.print(f"[green]✓[/] Next: course grade {id_}")
    if found.aside:
        raise typer.Exit(cli.PROBLEMS)


def extend(
    context: typer.Context,
    id_: Id,
    student: StudentId,
    days: Annotated[int, typer.Option(min=0, max=366, help="Days of the calendar; 0 takes an extension back.", show_default=False)],
) -> None:
    """Give one student more time, in place of any extension before, and bring their late penalty up to date."""
    from autograder import cli
    from autograder.extensions import extend as give
    from autograder.lateness import refresh_lateness
    from autograder.term import due_instant, load_settings

    course = cli._course(context)
    assignment = course.assignment(cli._known(course, id_))
    length = give(course, assignment, student, days)
    refresh_lateness(course, assignment)
    settings = load_settings(course)
    due = (due_instant(settings, id_) + length).astimezone(settings.timezone)
    cli.out.print(f"[green]✓[/] {cli._escaped(student)}: {id_} is due {due:%Y-%m-%d %H:%M %Z}.")


def adjust(
    context: typer.Context,
    id_: Id,
    student: StudentId,
    points: Annotated[str, typer.Option(metavar="POINTS", help="Such as 0.5 or -0.5.", show_default=False)],
    why: Annotated[str, typer.Option(help="The reason, in Korean: the student reads it.", show_default=False)],
    item: Annotated[str | None, typer.Option(metavar="ITEM", help="The item that it is about.", show_default=False)] = None,
    who: Annotated[str, typer.Option(metavar="NAME", help="Who decides it.", show_default="your login")] = "",
) -> None:
    """Give or take points beside the items: appended to term/adjustments.jsonl, counted now and after every re-grade.

    Nothing is ever taken out there; a mistake is corrected by a second adjustment.
    """
    from autograder import cli
    from autograder.adjusting import adjust_now

    course = cli._course(context)
    assignment = course.assignment(cli._known(course, id_))
    stands, _ = adjust_now(course, assignment, student, points, why=why, who=who or getpass.getuser(), item=item)
    if stands is None:
        cli.out.print(f"[green]✓[/] Kept. It counts when {cli._escaped(student)} is graded.")
    else:
        cli.out.print(f"[green]✓[/] {cli._escaped(student)}: adjustments {stands.adjustment:+g}, total {stands.total:g}.")


def export(
    context: typer.Context,
    id_: Annotated[str | None, typer.Argument(metavar="[ID]", help="The assignment.", show_default=False)] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every assignment that has been graded.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", file_okay=False, help="Where to. [dim]exports/ of the term.[/]", show_default=False),
    ] = None,
) -> None:
    """Write grades as CSV that opens in Excel: a line per student, a column per item, and the sums."""
    from autograder import cli
    from autograder.course import CourseError
    from autograder.exports import export_items
    from autograder.lateness import refresh_lateness
    from autograder.standing import latest_results

    if (id_ is None) != all_:
        raise typer.BadParameter("Name one assignment, or say --all.")
    course = cli._course(context)
    assignments = [course.assignment(name) for name in (course.assignment_ids() if all_ else [cli._known(course, id_ or "")])]
    if all_:
        assignments = [assignment for assignment in assignments if latest_results(course, assignment)]
        if not assignments:
            raise CourseError("Nothing is graded yet. Run: course grade ID")
    for assignment in assignments:
        refresh_lateness(course, assignment)
        cli.out.print(f"[green]✓[/] {cli._escaped(export_items(course, assignment, folder))}", soft_wrap=True)


def purge(
    context: typer.Context,
    term: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The term's folder, in full.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
) -> None:
    """Remove all personal data of a term: submissions, grades, reports, roster. There is no way back.

    Settings, built notebooks and the seed of the checks stay. Then everything that is left is listed and searched for anybody's id,
    name or address. Ends with 1 where somebody is found.
    """
    from rich.prompt import Confirm

    from autograder import cli
    from autograder.commands import _asks_a_person
    from autograder.course import ROOT, open_course
    from autograder.purge import purge as remove
    from autograder.purge import survey

    root, _ = context.obj
    course = open_course((root or ROOT).resolve(), term)
    removal = survey(course)
    if removal.nothing:
        cli.out.print(f"[green]✓[/] {cli._escaped(course.term)} holds nothing about anybody.")
        return
    cli.out.print(f"To be removed from {cli._escaped(course.term)}, about {len(removal.people)} names and numbers:", soft_wrap=True)
    for name, files in removal.entries.items():
        cli.out.print(f"  {cli._escaped(name)}: {files} file{'s' * (files != 1)}")
    for name, rows in removal.rows.items():
        cli.out.print(f"  rows of {cli._escaped(name)} in the database: {rows}")
    if not yes and not (_asks_a_person() and Confirm.ask("Remove all of it for good?", console=cli.out, default=False)):
        cli.out.print("Nothing was removed. To do it without being asked: --yes")
        raise typer.Exit(cli.PROBLEMS)
    left = remove(course, removal)
    cli.out.print(f"Left: {len(left.files)} files" + "".join(f"\n  {cli._escaped(path)}" for path in left.files))
    if left.found or any(left.rows.values()):
        rows = [f"{name}: {count} rows" for name, count in left.rows.items() if count]
        cli.out.print(f"[red]✗[/] Still about somebody: {cli._escaped(', '.join([*left.found, *rows]))}", soft_wrap=True)
        raise typer.Exit(cli.PROBLEMS)
    cli.out.print(f"[green]✓[/] None of the {len(removal.people)} names and numbers is in what is left.")

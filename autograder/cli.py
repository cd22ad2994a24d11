"""``course``: the command line for staff.

Exit codes: 0 success, 1 the work found problems, 2 wrong use or bad input. Modules that do the work are imported when a command
needs them, so that help and wrong use answer at once.
"""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from autograder import cli_feedback, cli_marking, cli_publish, cli_report, cli_term

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.result import Result

OK, PROBLEMS, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
UNWRITABLE = {errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_AGAIN = "What was graded is kept; the same command goes on from there."

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class _Group(TyperGroup):
    """Turns the errors that the course's own modules raise about wrong use into one message."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            err.print(f"Interrupted. {_AGAIN}")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:  # those that are not explained go on as they are
            if (text := _explained(error)) is None:
                raise
            err.print(f"[bold red]Error:[/] {_escaped(text)}")
            raise typer.Exit(WRONG_USE) from None


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Build and grade the course.\n\nStudents' own commands are in [bold]python -m course_lib.kit[/].",
    epilog="Start with [bold]course demo[/]: it builds the book and grades six sample submissions.",
)

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Assignments; all of them by default.", show_default=False)]
Id = Annotated[str, typer.Argument(metavar="ID", help="The assignment, such as w09a1_tokenizers.", show_default=False)]
JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write the results as JSON; [bold]-[/] for standard output.", show_default=False),
]
Round = Annotated[
    int | None,
    typer.Option("--round", min=0, help="Draw the checks' random inputs for this round instead of the term's.", show_default=False),
]
WithoutSandbox = Annotated[
    bool,
    typer.Option(
        "--unsafe-no-sandbox",
        help="Run student code [red]without any wall[/], with your rights on this machine. Recorded in every result.",
    ),
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Submissions graded at the same time, one thread each.")]


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        used = ", ".join(f"{name} {version(name)}" for name in ("nbgrader", "numpy", "torch"))
        out.print(f"llm-course {version('llm-course')}, Python {sys.version.split()[0]}, {used}")
        raise typer.Exit(OK)


@app.callback()
def _options(
    context: typer.Context,
    term: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            envvar="COURSE_TERM",
            file_okay=False,
            help="The term: submissions, gradebook, secret. [dim]term/ of the checkout by default.[/]",
            show_default=False,
        ),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(metavar="DIR", exists=True, file_okay=False, help="Another checkout of the course.", show_default=False),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the versions of what grades, and end.")
    ] = False,
) -> None:
    context.obj = (root, term)


@app.command(epilog="Example: [bold]course validate w09a1_tokenizers[/]")
def validate(context: typer.Context, ids: Ids = None) -> None:
    """Check manifests, coverage of the specification, points, checks and mutants.

    Prints one line per problem; ends with 1 when there is one.
    """
    from autograder.validate import validate as find_problems

    course, chosen = _course_and_ids(context, ids)
    problems = find_problems(course, chosen)
    for problem in problems:
        out.print(f"[red]✗[/] {_escaped(problem)}", soft_wrap=True)
    if problems:
        out.print(f"{len(problems)} problem{'s' * (len(problems) > 1)} in {len(chosen)} assignment{'s' * (len(chosen) > 1)}.")
        raise typer.Exit(PROBLEMS)
    out.print(f"[green]✓[/] {', '.join(chosen)}: no problems.")


@app.command(epilog="Example: [bold]course build --check[/] in CI, [bold]course build w09a1_tokenizers[/] after editing its notebook.md")
def build(
    context: typer.Context,
    ids: Ids = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a committed release notebook is stale.")] = False,
) -> None:
    """Build source and release notebooks from notebook.md and the manifest."""
    from autograder.build import stale_releases, write_release, write_source

    course, chosen = _course_and_ids(context, ids)
    if check:
        if stale := stale_releases(course, chosen):
            out.print(f"[red]✗[/] Stale: {', '.join(stale)}. Run: course build {' '.join(stale)}")
            raise typer.Exit(PROBLEMS)
        out.print(f"[green]✓[/] {', '.join(chosen)}: up to date.")
        return
    for name in chosen:
        release = write_release(course, name)  # first: when it cannot be built, nothing is written
        source = write_source(course, name)
        out.print(f"[green]✓[/] {name}\n  source  {_escaped(source)}\n  release {_escaped(release)}", soft_wrap=True)


@app.command(epilog="Examples: [bold]course book --strict[/]; the book on paper: [bold]course book --pdf[/]")
def book(
    context: typer.Context,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are errors, dead links too.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print the whole book as well, with Chromium: _build/html/book.pdf.")] = False,
) -> None:
    """Build the site into _build/html."""
    from autograder.book import BookError, build_book

    course = _course(context)
    try:
        with err.status("Building the book …"):
            index = build_book(course, strict=strict, pdf=pdf)
    except BookError as error:
        err.print(f"[bold red]Error:[/] {_escaped(error)}", soft_wrap=True)
        raise typer.Exit(PROBLEMS) from None
    out.print(f"[green]✓[/] {_escaped(index)}", soft_wrap=True)


@app.command(epilog="Example: [bold]course kit --week 9[/] writes _build/kit/week09.zip")
def kit(
    context: typer.Context,
    week: Annotated[int, typer.Option("--week", "-w", min=1, metavar="N", help="The week.", show_default=False)],
    self_study: Annotated[
        bool, typer.Option("--self-study", help="With all checks, hints and [red]answers[/]; never for students of a graded term.")
    ] = False,
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the zip goes. [dim]_build/kit/ by default.[/]", show_default=False)
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--assignment", "-a", metavar="ID", help="Only this one; may be given several times.", show_default=False),
    ] = None,
) -> None:
    """Make the zip that students receive: notebooks, kit, requirements, README.

    The same course gives the same bytes.
    """
    from autograder.kitzip import week_kit, write_kit

    course = _course(context)
    made = week_kit(course, week, self_study=self_study, only=only or ())
    path = write_kit(made, out_file or course.root / "_build" / "kit" / f"{made.folder}.zip")
    for line in made.left_out:
        out.print(f"[yellow]![/] {_escaped(line)}", soft_wrap=True)
    for name in made.drafts:
        out.print(f"[yellow]![/] {name} is a draft; the kit says so.")
    if self_study:
        out.print("[bold red]This kit holds answers.[/] It is for people who study by themselves, outside any graded term.")
    out.print(f"[green]✓[/] {_escaped(path)}\n  {', '.join(made.assignments)}; {len(made.files)} files, {path.stat().st_size / 1e3:.0f} kB")


@app.command(
    epilog="Examples: [bold]course grade w09a1_tokenizers --jobs 4[/]; a folder of submissions from elsewhere: "
    "[bold]course grade w09a1_tokenizers --submissions ~/handed-in --yes --json results.json[/]"
)
def grade(
    context: typer.Context,
    id_: Id,
    submissions: Annotated[
        Path | None,
        typer.Option(
            metavar="SOURCE", help="Folder or zip of submissions, collected first. [dim]The term's own by default.[/]", show_default=False
        ),
    ] = None,
    jobs: Jobs = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDR", help="Grade on a dask.distributed cluster, such as tcp://10.0.0.1:8786.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Change grades without asking.")] = False,
    json_file: JsonFile = None,
    round_: Round = None,
    without_sandbox: WithoutSandbox = False,
) -> None:
    """Grade a cohort and write the gradebook.

    Shows who changes, by how much and why, before a grade that is already there is changed. Submissions that were graded before are
    taken from the store; after an interruption the same command goes on.
    """
    from autograder.commands import grade_and_record

    course = _course(context)
    assignment = course.assignment(_known(course, id_))
    with _json_target(json_file) as (console, write_json):
        code, payload = grade_and_record(
            course, assignment, folder=submissions, jobs=jobs, scheduler=scheduler, yes=yes, sandbox=not without_sandbox,
            round_number=round_, console=console,
        )  # fmt: skip
        write_json(payload)
    raise typer.Exit(code)


@app.command(
    "grade-one",
    epilog="Example: [bold]course grade-one homework.ipynb --assignment w09a1_tokenizers --student 2026-10231 --page result.html[/]",
)
def grade_one(
    context: typer.Context,
    notebook: Annotated[Path, typer.Argument(help="The notebook. Evidence is read from pack/evidence beside it.", show_default=False)],
    assignment_id: Annotated[str, typer.Option("--assignment", "-a", metavar="ID", help="The assignment.", show_default=False)],
    student: Annotated[
        str, typer.Option(metavar="ID", help="The student's id; theory questions take their numbers from it.")
    ] = "anonymous",
    json_file: JsonFile = None,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the student's page (HTML).", show_default=False)] = None,
    round_: Round = None,
    without_sandbox: WithoutSandbox = False,
) -> None:
    """Grade one notebook; no gradebook is needed or touched.

    Ends with 1 when the file is no notebook or the grader itself had a problem.
    """
    from autograder.commands import grade_single

    course = _course(context)
    assignment = course.assignment(_known(course, assignment_id))
    if not notebook.is_file():
        raise typer.BadParameter(
            f"{notebook}: {'a folder' if notebook.is_dir() else 'no such file'}. Name one .ipynb file.", param_hint="NOTEBOOK"
        )
    if page is not None:
        _check_writable(page)
    with _json_target(json_file) as (console, write_json):
        result = grade_single(
            course, assignment, notebook, student=student, sandbox=not without_sandbox, round_number=round_, console=console, page=page
        )
        write_json(result.model_dump(mode="json"))
    raise typer.Exit(_code(result))


@app.command(epilog="Writes to demo/, assignments/ and _build/ only, never to the term.")
def demo(
    context: typer.Context,
    jobs: Jobs = 2,
    assignment_id: Annotated[str, typer.Option("--assignment", "-a", metavar="ID", help="The assignment to show.")] = "w09a1_tokenizers",
    skip_book: Annotated[bool, typer.Option("--skip-book", help="Do not build the site.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="The whole sample cohort; takes some minutes.")] = False,
    without_sandbox: WithoutSandbox = False,
) -> None:
    """The main job, end to end: book, release notebook, six sample submissions graded, a page per student.

    Ends with 1 when a score is not the one that the sample cohort states.
    """
    from autograder.demo import run_demo

    course = _course(context)
    _known(course, assignment_id)
    options = {"assignment_id": assignment_id, "with_book": not skip_book, "everything": everything, "sandbox": not without_sandbox}
    raise typer.Exit(run_demo(course, out, jobs, **options))


cli_feedback.register(app)
cli_marking.register(app)
cli_publish.register(app)
cli_report.register(app)
cli_term.register(app)


def main() -> None:
    """Entry point of the ``course`` command."""
    app()


# -- what the commands share ----------------------------------------------------------------------------------------


def _course(context: typer.Context) -> Course:
    from autograder.course import ROOT, open_course

    root, term = context.obj
    return open_course(root=(root or ROOT).resolve(), term=term)


def _course_and_ids(context: typer.Context, ids: list[str] | None) -> tuple[Course, list[str]]:
    from autograder.course import CourseError

    course = _course(context)
    chosen = [_known(course, name) for name in ids or course.assignment_ids()]
    if not chosen:
        raise CourseError(f"There is no assignment in {course.rooms}. Run this in a checkout of the course.")
    return course, chosen


def _known(course: Course, name: str) -> str:
    """The id itself, or CourseError with the nearest ids."""
    import difflib

    from autograder.course import CourseError

    known = course.assignment_ids()
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or [other for other in known if name and name in other]
    question = f" Did you mean {' or '.join(near)}?" if near else ""
    raise CourseError(f"There is no assignment {name!r}.{question} There are: {', '.join(known) or 'none'}.")


def _explained(error: Exception) -> str | None:
    """The message of an error that means wrong use, bad input or a machine that gave way; None for any other, which is a bug."""
    from autograder.course import CourseError
    from autograder.manifest import ManifestError
    from autograder.specification import SpecificationError

    if isinstance(error, CourseError | ManifestError | SpecificationError):
        return str(error)
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        return f"{error.filename or 'A file'} cannot be written: {error.strerror}. Choose another place, or free some."
    database = sys.modules.get("sqlalchemy.exc")  # where nothing has imported it, no database has failed
    if database is not None and isinstance(error, database.SQLAlchemyError):
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        return f"The gradebook cannot be used: {said}. Close what holds it (formgrader, a database browser), or mend it. {_AGAIN}"
    return None


def _code(*results: Result) -> int:
    return PROBLEMS if any(result.status in ("unreadable", "grader_fault") for result in results) else OK


@contextlib.contextmanager
def _json_target(path: Path | None) -> Iterator[tuple[Console, Any]]:
    """The console for people, and a function that writes the JSON; the target is tried before the work begins."""
    import json

    from autograder.reports.text import write_whole

    if path is None:
        yield out, lambda _payload: None
    elif str(path) == "-":
        yield err, lambda payload: print(json.dumps(payload, ensure_ascii=False, indent=1))
    else:
        _check_writable(path)
        yield out, lambda payload: write_whole(path, json.dumps(payload, ensure_ascii=False, indent=1) + "\n")


def _check_writable(path: Path) -> None:
    """Raise CourseError now rather than after an hour of grading."""
    import tempfile

    from autograder.course import CourseError

    if path.is_dir():
        raise CourseError(f"{path}: a folder. Name a file in it, such as {path / 'results.json'}.")
    if not path.parent.is_dir():
        raise CourseError(f"{path.parent}: no such folder. Make it first, or choose another place.")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise CourseError(f"{path}: cannot be written there: {error.strerror}. Choose another place.") from None


def _escaped(text: object) -> str:
    from rich.markup import escape

    return escape(str(text))


if __name__ == "__main__":
    sys.exit(main())

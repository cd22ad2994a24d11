"""What ``course grade``, ``grade-one`` and ``demo`` share: grading with a progress bar, differences, the gradebook."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.prompt import Confirm

from autograder.course import Course, CourseError
from autograder.manifest import Assignment
from autograder.reports.console import difference_table, item_table, score_table
from autograder.reports.text import plain, points
from autograder.result import Result
from autograder.submissions import Submitted, look, read_submitted

if TYPE_CHECKING:
    from autograder.attempts import Attempt
    from autograder.collecting import Collected

OK, PROBLEMS = 0, 1
WARNING = "[bold red]Student code runs WITHOUT any wall, with your rights on this machine.[/]"


def grade_and_record(
    course: Course,
    assignment: Assignment,
    *,
    folder: Path | None,
    jobs: int,
    scheduler: str | None,
    yes: bool,
    sandbox: bool,
    round_number: int | None,
    console: Console,
) -> tuple[int, dict[str, Any]]:
    """Grade a cohort, show the scores and what changes, and write the gradebook when that is wanted.

    Args:
        folder: submissions from elsewhere, a folder or a zip, collected first; only those students are graded then.

    Returns:
        The exit code, and the results and differences for ``--json``.

    Raises:
        CourseError: there are no submissions, no release, no sandbox.
    """
    from autograder.attempts import gathered
    from autograder.collecting import collect_source

    only = None
    if folder is None:
        for problem in look(course, assignment.id).problems:
            console.print(f"[yellow]![/] {escape(plain(problem, 400))}", soft_wrap=True)
    else:
        collected = collect_source(course, assignment.id, folder)
        show_collected(console, collected)
        only = collected.students
    attempts = gathered(course, assignment.id, only)
    if not attempts:
        wanted = f"<student>/{assignment.id}/{assignment.id}.ipynb" + ("" if folder is None else ", <student>.ipynb, or a download")
        raise CourseError(f"{folder or course.term / 'submitted'}: no submission of {assignment.id}. Expected: {wanted}.")
    prepare(course, assignment, sandbox=sandbox, console=console)
    from autograder.choosing import choose, in_term, to_grade  # slow to import: after everything that can be wrong
    from autograder.extensions import read_extensions
    from autograder.history import note_run
    from autograder.recording import plan, record
    from autograder.term import with_adjustments

    graded: dict[str, list[tuple[Attempt, Result]]] = {student: [] for student in attempts}
    placed: dict[Attempt, Submitted] = {}
    for batch in to_grade(course, assignment, attempts):
        options = {"jobs": jobs, "scheduler": scheduler, "sandbox": sandbox, "round_number": round_number, "console": console}
        placed |= {attempt: in_term(course, attempt) for attempt in batch}
        results = grade_all(course, assignment, [placed[attempt] for attempt in batch], **options)
        for attempt in batch:
            graded[attempt.student].append((attempt, results[attempt.student]))
    choices = choose(course, assignment, graded, read_extensions(course, assignment.id))
    submissions = [placed[choice.attempt] for choice in choices.values()]
    results = {student: with_adjustments(course, choice.result) for student, choice in sorted(choices.items())}
    console.print(score_table(assignment, results))
    for student, choice in choices.items():
        if choice.why:
            console.print(f"[dim]{escape(student)}: {escape(choice.why)}[/]", soft_wrap=True)
    planned = plan(course, assignment, results, submissions)
    payload = {"assignment": assignment.id, "results": [result.model_dump(mode="json") for result in results.values()]}
    if planned:
        console.print(difference_table(planned))
        if not yes and not _confirmed(console, len({difference.student for difference in planned})):
            console.print("Nothing was changed. What was graded is kept; to apply it, run the same command with --yes.")
            return PROBLEMS, payload | {"recorded": False, "differences": [_plain(d) for d in planned]}
    with console.status("Writing the gradebook …"):
        found = record(course, assignment, results, submissions)
        note_run(course, assignment.id, results, found)
    _show_notices(console, found)
    console.print(f"[green]✓[/] {len(results)} in the gradebook of {escape(str(course.term))}.", soft_wrap=True)
    faults = [d for d in found if d.kind == "fault"] or [r for r in results.values() if r.status == "grader_fault"]
    return PROBLEMS if faults else OK, payload | {"recorded": True, "differences": [_plain(d) for d in found]}


def show_collected(console: Console, collected: Collected) -> None:
    """What was taken, what was set aside and why."""
    new = sum(entry.new is not None for entry in collected.taken)
    console.print(f"{new} new, {len(collected.taken) - new} known already, {len(collected.aside)} set aside ({collected.kind}).")
    for entry in collected.taken:
        for note in entry.notes:
            console.print(f"[yellow]![/] {_one_line(f'{entry.student}: {note}')}", soft_wrap=True)
    for notice in collected.notices:
        console.print(f"[yellow]![/] {_one_line(notice)}", soft_wrap=True)
    for label, why, place in collected.aside:
        console.print(f"[yellow]![/] set aside: {_one_line(f'{label}: {why}')}{escape(f' → {place}' if place else '')}", soft_wrap=True)


def _one_line(text: str) -> str:
    """Names from elsewhere on one line, so that none of them can pretend to be the next."""
    return escape(plain(text.replace("\n", "\u240a"), 400))


def grade_single(
    course: Course,
    assignment: Assignment,
    notebook: Path,
    *,
    student: str,
    sandbox: bool,
    round_number: int | None,
    console: Console,
    page: Path | None = None,
) -> Result:
    """Grade one notebook and show its items. Raises CourseError."""
    from autograder.grade import grade_notebook
    from autograder.reports.assemble import item_links
    from autograder.reports.student import render_student_page
    from autograder.reports.text import write_whole
    from autograder.term import check_student, evidence_folder
    from autograder.term import round_number as round_of_term

    check_student(student)
    prepare(course, assignment, sandbox=sandbox, console=console)
    data = read_submitted(notebook.resolve())
    with console.status(f"Grading {escape(notebook.name)} …"):
        result = grade_notebook(
            course,
            assignment,
            data,
            student=student,
            evidence_dir=evidence_folder(notebook.resolve()),
            sandbox=sandbox,
            round_number=round_of_term(course, assignment.id) if round_number is None else round_number,
        )
    console.print(item_table(result))
    console.print(score_table(assignment, {student: result}))
    if result.reason:
        console.print(f"[yellow]{escape(plain(result.reason))}[/]")
    if page is not None:
        write_whole(page, render_student_page(assignment, result, item_links(course, assignment)))
        console.print(f"[green]✓[/] {escape(str(page))}", soft_wrap=True)
    return result


def prepare(course: Course, assignment: Assignment, *, sandbox: bool, console: Console) -> None:
    """Refuse early where grading cannot begin, or warn loudly. Raises CourseError."""
    if not sandbox:
        console.print(WARNING)
    else:
        from autograder.sandbox.selftest import require_walls

        with console.status("Trying the sandbox's walls …"):
            require_walls()
    if not course.release_notebook(assignment.id).is_file():
        raise CourseError(f"{course.release_notebook(assignment.id)}: no such file. Build it first: course build {assignment.id}")


def grade_all(
    course: Course,
    assignment: Assignment,
    submissions: Iterable[Submitted],
    *,
    jobs: int,
    scheduler: str | None = None,
    sandbox: bool,
    round_number: int | None = None,
    console: Console,
) -> dict[str, Result]:
    """Grade submissions with a progress bar that names the last one done and the time that is left."""
    from autograder.cohort import grade_cohort

    submissions = list(submissions)
    with progress_bar(console) as progress:
        task = progress.add_task("Grading", total=len(submissions), detail="")

        def done(result: Result) -> None:
            progress.update(task, advance=1, detail=f"{plain(result.student, 30)}  {points(result.score)}/{points(result.max_score)}")

        options = {"jobs": jobs, "scheduler": scheduler, "sandbox": sandbox, "round_number": round_number}
        return grade_cohort(course, assignment, submissions, on_result=done, **options)


def progress_bar(console: Console) -> Progress:
    """A bar with count, elapsed and remaining time, and a word about the current item in the field ``detail``."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[detail]}", markup=False),
        console=console,
    )


def _plain(difference: Any) -> dict[str, Any]:
    return {name: getattr(difference, name) for name in ("student", "item", "kind", "old", "new", "why")}


def _show_notices(console: Console, differences: Iterable[Any]) -> None:
    for entry in differences:
        if entry.kind != "change":
            mark = "[red]✗[/]" if entry.kind == "fault" else "[yellow]![/]"
            console.print(f"{mark} {escape(plain(str(entry), 400))}", soft_wrap=True)


def _confirmed(console: Console, students: int) -> bool:
    if not _asks_a_person():
        return False
    return Confirm.ask(f"Change the grades of {students} student{'s' * (students > 1)}?", console=console, default=False)


def _asks_a_person() -> bool:
    return sys.stdin.isatty()

"""What ``course grade``, ``grade-one`` and ``demo`` share: grading with a progress bar, differences, the gradebook."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.prompt import Confirm

from autograder.course import Course, CourseError
from autograder.manifest import Assignment
from autograder.reports.console import difference_table, item_table, score_table
from autograder.reports.text import plain, points
from autograder.result import Result
from autograder.submissions import Submitted, read_submitted, scan_submissions

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

    Returns:
        The exit code, and the results and differences for ``--json``.

    Raises:
        CourseError: there are no submissions, no release, no sandbox.
    """
    scan = scan_submissions(course, assignment.id, folder)
    submissions = scan.submissions
    for problem in scan.problems:
        console.print(f"[yellow]![/] {escape(plain(problem, 400))}", soft_wrap=True)
    prepare(course, assignment, sandbox=sandbox, console=console)
    from autograder.gradebook import plan, record  # slow to import: after everything that can be wrong
    from autograder.history import note_run
    from autograder.term import with_adjustments

    graded = grade_all(
        course, assignment, submissions, jobs=jobs, scheduler=scheduler, sandbox=sandbox, round_number=round_number, console=console
    )
    results = {student: with_adjustments(course, result) for student, result in sorted(graded.items())}
    console.print(score_table(assignment, results))
    planned = plan(course, assignment, results)
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
        write_whole(page, render_student_page(assignment, result))
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

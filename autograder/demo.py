"""``course demo``: the main job, end to end, on the sample cohort. Writes to ``demo/`` and ``_build/`` only."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from autograder.commands import grade_all, prepare, progress_bar
from autograder.course import Course
from autograder.manifest import Assignment
from autograder.reports.assemble import item_links, make_report
from autograder.reports.console import score_table
from autograder.reports.student import write_student_pages
from autograder.result import Result
from autograder.samples import TOLERANCE, Materialised, Sample, keep_attempts, load_samples, materialise
from autograder.standing import standings
from autograder.submissions import Submitted
from autograder.term import DATABASE_VARIABLE, SETTINGS

OK, PROBLEMS = 0, 1
# Everyone's demo draws the same random inputs, so that the scores below are the same everywhere. A term's secret is random.
SECRET = "5a" * 32
DUE = """assignments:
  {}: {{due: 2026-09-20 23:59, grace: 10m, late: {{percent: 10, most: 30}}, objections: 7}}
"""
KEPT = ("store", "kits", "packed")  # by content: what did not change is not computed again


def run_demo(
    course: Course,
    console: Console,
    jobs: int,
    *,
    assignment_id: str = "w09a1_tokenizers",
    with_book: bool = True,
    everything: bool = False,
    sandbox: bool = True,
) -> int:
    """Build the book and the release, grade the sample submissions, write a page per student.

    Args:
        everything: the whole sample cohort, in place of the few that stand for it.

    Returns:
        0 when every sample scored what its cohort file states, 1 otherwise.

    Raises:
        CourseError: something that the demo needs is missing; the text says what to do.
    """
    from autograder.build import write_release
    from autograder.recording import record

    began = time.monotonic()
    assignment = course.assignment(assignment_id)
    samples = load_samples(course, assignment)
    samples = samples if everything else [sample for sample in samples if sample.quick] or samples
    course = _fresh_term(course, assignment_id)
    site = _build_book(course, console) if with_book else None
    with console.status("Building the release notebook …"):
        release = write_release(course, assignment_id)
    console.print(f"[green]✓[/] Release notebook: {escape(_shown(release))}", soft_wrap=True)
    prepare(course, assignment, sandbox=sandbox, console=console)

    with progress_bar(console) as progress:
        task = progress.add_task("Sample submissions", total=len(samples), detail="")

        def begin(sample: Sample) -> None:
            progress.update(task, detail=f"{sample.student}  {sample.title}", completed=samples.index(sample))

        folder, packed = course.term / "submitted", course.term / "packed"
        made = materialise(course, assignment, folder, samples=samples, cache=packed, on_sample=begin)
        progress.update(task, completed=len(made), detail="")
    keep_attempts(course, assignment, made)
    submissions = [Submitted(entry.student, entry.notebook, entry.evidence) for entry in made]
    results = grade_all(course, assignment, submissions, jobs=jobs, sandbox=sandbox, console=console)
    results = {entry.student: results[entry.student] for entry in made}
    with console.status("Writing the gradebook …"):
        notices = [difference for difference in record(course, assignment, results) if difference.kind == "fault"]
    pages = write_student_pages(assignment, results, course.term / "pages", links=item_links(course, assignment))

    console.print()
    console.print(score_table(assignment, results, {entry.student: entry.sample.title for entry in made}))
    wrong = _mismatches(course, assignment, made, results) + [str(notice) for notice in notices]
    for line in wrong:
        console.print(f"[red]✗[/] {escape(line)}", soft_wrap=True)
    if not wrong:
        console.print(f"[green]✓[/] All {len(made)} scores are the expected ones.")
    console.print()
    if site:
        console.print(f"Site       {escape(_shown(site))}", soft_wrap=True)
    console.print(f"Gradebook  {escape(_shown(course.term / 'gradebook.db'))}", soft_wrap=True)
    for entry, page in zip(made, pages, strict=True):
        console.print(f"Page       {escape(_shown(page))}  [dim]{escape(entry.sample.title)}[/]", soft_wrap=True)
    console.print(f"[dim]{time.monotonic() - began:.0f} s[/]")
    return PROBLEMS if wrong else OK


def _fresh_term(course: Course, assignment_id: str) -> Course:
    """``demo/`` with the fixed secret and without the last run's submissions and grades."""
    os.environ.pop(DATABASE_VARIABLE, None)  # a real term's gradebook must never see the demo
    term = course.root / "demo"
    term.mkdir(exist_ok=True)
    for path in term.iterdir():
        if path.name not in KEPT:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    handle = os.open(term / "secret", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(SECRET)
    (term / SETTINGS).write_text(DUE.format(assignment_id), encoding="utf-8")
    return replace(course, term=term)


def _build_book(course: Course, console: Console) -> Path:
    from autograder.book import build_book

    with console.status("Building the book …"):
        site = build_book(course, strict=False)
    console.print(f"[green]✓[/] Site: {escape(_shown(site))}", soft_wrap=True)
    return site


def _mismatches(course: Course, assignment: Assignment, made: list[Materialised], results: dict[str, Result]) -> list[str]:
    """One line per difference between what the cohort file states and what came."""
    found = [f"{entry.student}: {line}" for entry in made for line in entry.sample.expect.mismatches(results[entry.student])]
    stands = standings(course, assignment, results)
    for entry in made:
        wanted, standing = entry.sample.expect, stands[entry.student]
        if wanted.penalty is not None and abs(wanted.penalty - standing.penalty) > TOLERANCE:
            found.append(f"{entry.student}: penalty: expected {wanted.penalty:g}, got {standing.penalty:g}")
        if wanted.attempts is not None and wanted.attempts != standing.attempts:
            found.append(f"{entry.student}: attempts: expected {wanted.attempts}, got {standing.attempts}")
        improvements = make_report(assignment, results[entry.student]).improvements
        said = f"{improvements[0].what} {improvements[0].action}" if improvements else ""
        if wanted.first not in said:
            found.append(f"{entry.student}: first suggestion: expected {wanted.first!r} in {said!r}")
    return found


def _shown(path: Path) -> str:
    """Relative where that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)

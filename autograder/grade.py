"""One submission → one Result. Scores fail closed: what the grader could not establish waits for a person.

The status of a result:

``graded``        every cell came to its end, with an error or without, and every check reached a verdict.
``partial``       cells were stopped or left out, or a check broke for a reason of its own: the score may be too low.
``unreadable``    the file is no notebook of this assignment; every item is 0 and ``reason`` says why.
``grader_fault``  the grader itself failed; nothing is decided, every item waits for a person.
"""

from __future__ import annotations

import ast
import importlib.metadata
import logging
import platform
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import nbformat

from autograder.blame import judged
from autograder.course import Course
from autograder.evidence import Evidence, read_evidence
from autograder.forbidden import LONGEST, TOTAL, forbidden_uses
from autograder.fresh import grade_in_new_process
from autograder.kits import kit_for_grading
from autograder.manifest import Assignment
from autograder.metrics import measured
from autograder.notebooks import Restored, UnreadableNotebook, read_notebook, restore
from autograder.result import CellResult, ItemResult, Result
from autograder.review import Review, ReviewFault, review_sources
from autograder.roomfiles import hidden_checks
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.run import Execution, run_notebook
from autograder.scoring import errata_notes, lost_points, score_items, total, without_score
from autograder.store import code_digest, release_bytes, submission_key
from course_lib.kit.binding import StudentError, Submission
from course_lib.kit.checking import CheckOutcome, readable, run_checks
from course_lib.kit.explaining import explained

log = logging.getLogger(__name__)
T = TypeVar("T")

PROFILE = "smoke"
STOPPED = frozenset({"timeout", "killed", "skipped"})
VERSIONED = ("papermill", "nbclient", "ipykernel", "nbgrader", "pytest", "numpy", "torch", "tokenizers", "transformers")

_loaded = code_digest()  # of the modules that this process works with


@dataclass(frozen=True)
class _Graded:
    """What the checks found in one run of the notebook."""

    first: list[CheckOutcome]
    second: list[CheckOutcome]
    continued_from: tuple[str, ...]
    seconds: float


def grade_notebook(
    course: Course,
    assignment: Assignment,
    data: bytes,
    *,
    student: str,
    evidence_dir: Path | None = None,
    sandbox: bool = True,
    round_number: int = 0,
) -> Result:
    """Grade one submitted notebook, whatever its bytes are.

    Args:
        data: the notebook as it was handed in.
        student: the id that theory questions depend on.
        evidence_dir: what ``pack`` wrote, or ``None``.
        sandbox: False runs the code without walls; the result says so.
        round_number: staff raise it for new random inputs.

    Raises:
        SandboxUnavailable: this machine cannot wall student code off.
        CourseError: the release is missing and cannot be built, or something else that is wrong for every submission.
    """
    options: dict[str, Any] = {"student": student, "evidence_dir": evidence_dir, "sandbox": sandbox, "round_number": round_number}
    if code_digest() != _loaded:
        return grade_in_new_process(course, assignment.id, data, **options)
    started = time.monotonic()
    master = _master(course, assignment)
    known = {"assignment": assignment.id, "student": student, "adjustments": errata_notes(assignment), "versions": _versions()}
    try:
        known["key"] = submission_key(course, assignment, data, evidence_dir, student, round_number, sandbox=sandbox)
        restored = restore(read_notebook(data), master)
        result = _grade(course, assignment, restored, known, **options)
    except UnreadableNotebook as error:
        result = _undecided(course, assignment, known, "unreadable", str(error))
    except SandboxUnavailable:
        raise
    except Exception as error:  # whatever fails here is ours: the student loses nothing, and the next one is graded
        log.exception("%s of %s could not be graded", assignment.id, student)
        result = grader_fault(course, assignment, student, f"{type(error).__name__}: {error}", key=known.get("key", ""))
    return result.model_copy(update={"seconds": round(time.monotonic() - started, 3)})


def grader_fault(course: Course, assignment: Assignment, student: str, what: str, key: str = "") -> Result:
    """The result of a submission that the grader failed on."""
    reason = f"채점 프로그램의 오류로 채점하지 못했습니다. 학생의 잘못이 아닙니다. ({readable(what)[:400]})"
    known = {"assignment": assignment.id, "student": student, "adjustments": errata_notes(assignment), "versions": _versions(), "key": key}
    return _undecided(course, assignment, known, "grader_fault", reason, manual_reason=reason)


def _grade(
    course: Course,
    assignment: Assignment,
    restored: Restored,
    known: Mapping[str, Any],
    *,
    student: str,
    evidence_dir: Path | None,
    sandbox: bool,
    round_number: int,
) -> Result:
    evidence = read_evidence(evidence_dir)
    sources = own_code(restored)
    review = _review(sources)
    fixtures = {"evidence": evidence} | ({} if review is None else {"review": review})

    def probe(submission: Submission) -> _Graded:
        submission.student, submission.sources = student, sources
        return _check(course, assignment, submission, fixtures, round_number)

    options: dict[str, Any] = {"student": student, "sandbox": sandbox, "round_number": round_number}
    execution = _execute(course, assignment, restored, **options, probe=probe)
    found = _blamed(course, assignment, execution.value, fixtures, **options)
    items = score_items(
        assignment,
        found.first,
        found.second,
        answered=restored.answers,
        forbidden=forbidden_uses(assignment, sources | restored.extras),
    )
    log.debug("%s: cells %.2f s, checks %.2f s", student, sum(cell.seconds for cell in execution.cells), found.seconds)
    totals = total(items, course.specification.bonus_cap)
    reasons = _incomplete(assignment, execution.cells, items)
    return _writable(
        Result(
            **known,
            status="partial" if reasons else "graded",
            reason=" ".join(reasons),
            score=totals.score,
            max_score=totals.max_score,
            bonus=totals.bonus,
            dimensions=totals.dimensions,
            items=items,
            cells=execution.cells,
            tampering=restored.tampering,
            review=review.shown if review else (),
            used_reference=tuple(item.id for item in items if item.used_reference),
            continued_from=_continued_from(evidence, found),
            metrics=measured(found.first),
            sandbox=execution.sandbox,
        )
    )


def _check(course: Course, assignment: Assignment, submission: Submission, fixtures: Mapping[str, Any], round_number: int) -> _Graded:
    """Both passes of the hidden checks, with the notebook's kernel alive.

    Where a check fails whose item names others in ``after``, the item's checks run again with the reference's data in their place.
    """
    started = time.monotonic()
    continued = _continued_in(submission)
    run = partial(_run_checks, course, assignment, submission, fixtures, round_number)
    first = run()
    again = lost_points(assignment, first)
    second = run(items=again, use_reference=True) if again else []
    first, second = explained(first, second, sources=submission.sources)
    return _Graded(first, second, continued, time.monotonic() - started)


def _blamed(course: Course, assignment: Assignment, found: _Graded, fixtures: Mapping[str, Any], **options: Any) -> _Graded:
    """What was found, with faults of checks that a reply is to blame for as failures; see :mod:`autograder.blame`."""

    def control(items: Collection[str], *, use_reference: bool) -> list[CheckOutcome]:
        from autograder.build import build_source  # and nbgrader with it, which grading has no other use for

        taught = restore(build_source(course, assignment), _master(course, assignment))
        known = {**fixtures, "review": review_sources(own_code(taught))}

        def probe(submission: Submission) -> list[CheckOutcome]:
            submission.student, submission.sources = options["student"], own_code(taught)
            return _run_checks(course, assignment, submission, known, options["round_number"], items=items, use_reference=use_reference)

        return _execute(course, assignment, taught, **options, probe=probe).value

    try:
        first, second = (
            judged(outcomes, partial(control, use_reference=again)) for again, outcomes in ((False, found.first), (True, found.second))
        )
    except SandboxUnavailable:
        raise
    except Exception:  # the control failed: what raised stays a fault, and all else counts
        log.exception("no control for the checks of %s that raised", assignment.id)
        return found
    return replace(found, first=first, second=second)


def _execute(
    course: Course,
    assignment: Assignment,
    restored: Restored,
    *,
    student: str,
    sandbox: bool,
    round_number: int,
    probe: Callable[[Submission], T],
) -> Execution[T]:
    return run_notebook(
        restored.notebook,
        parameters={"PROFILE": PROFILE, "SEED": round_number, "STUDENT_ID": student},
        kit=kit_for_grading(course, assignment.id),
        limits=assignment.limits,
        sandbox=sandbox,
        probe=probe,
    )


def _run_checks(
    course: Course, assignment: Assignment, submission: Submission, fixtures: Mapping[str, Any], round_number: int, **which: Any
) -> list[CheckOutcome]:
    options: dict[str, Any] = {"assignment": assignment.id, "secret": course.secret, "round_number": round_number, "fixtures": fixtures}
    return run_checks(hidden_checks(course.room(assignment.id)), submission, **options, **which)


def _master(course: Course, assignment: Assignment) -> nbformat.NotebookNode:
    return nbformat.reads(release_bytes(course, assignment.id).decode("utf-8"), as_version=4)


def _review(sources: Mapping[str, str]) -> Review | None:
    """``None`` when the review itself failed: checks that ask for it then wait for a person, all others count."""
    try:
        return review_sources(sources)
    except ReviewFault:
        log.exception("the static review failed")
        return None


def own_code(restored: Restored) -> dict[str, str]:
    """The code that is reviewed: the solution cells, and those other cells that define what a solution cell uses."""
    used = {node.id for source in restored.sources.values() for node in _walk(source) if isinstance(node, ast.Name)}
    helpers, left = {}, TOTAL
    for name, source in restored.extras.items():
        left -= min(len(source), LONGEST)
        if left >= 0 and used & set(_definitions(source)):
            helpers[name] = source
    return restored.sources | helpers


def _walk(source: str) -> Iterable[ast.AST]:
    if len(source) > LONGEST:  # a parser can take minutes for what is made for it
        return []
    try:
        return list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _definitions(source: str) -> Iterable[str]:
    return [node.name for node in _walk(source) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]


def _continued_in(submission: Submission) -> tuple[str, ...]:
    """Earlier steps that the notebook took from saved artefacts, by its own account: for reports, never for scores."""
    try:
        names = submission.run(_continued_probe, returns=list[str])
    except StudentError:
        return ()
    return tuple(name for name in names if re.fullmatch(r"[a-z0-9_-]{1,60}", name))[:50]


def _continued_probe(student):  # noqa: ARG001 - a probe takes the notebook
    from course_lib.kit import session

    return list(session.current.continued_from)


def _continued_from(evidence: Evidence, found: _Graded) -> tuple[str, ...]:
    return tuple(sorted({*(readable(name)[:60] for name in evidence.continued_from), *found.continued_from}))


def _incomplete(assignment: Assignment, cells: Iterable[CellResult], items: Iterable[ItemResult]) -> list[str]:
    reasons = []
    if stopped := sum(cell.status in STOPPED for cell in cells):
        reasons.append(f"셀 {stopped}개가 끝까지 실행되지 않았습니다.")
    if faulty := [item.id for item in items if item.needs_manual and not assignment.by_id[item.id].manual]:
        reasons.append(f"채점 프로그램의 오류로 확정하지 못한 항목이 있습니다: {', '.join(faulty)}.")
    return reasons


def _undecided(
    course: Course, assignment: Assignment, known: Mapping[str, Any], status: str, reason: str, manual_reason: str = ""
) -> Result:
    items = without_score(assignment, manual_reason=manual_reason)
    totals = total(items, course.specification.bonus_cap)
    return Result(
        **known,
        status=status,
        reason=reason,
        score=totals.score,
        max_score=totals.max_score,
        bonus=totals.bonus,
        dimensions=totals.dimensions,
        items=items,
    )


def _writable(result: Result) -> Result:
    """The result with every text such that a file can hold it: a student's exception may carry half a character."""

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
        if isinstance(value, dict):
            return {plain(key): plain(item) for key, item in value.items()}
        return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value

    return Result.model_validate(plain(result.model_dump()))


@cache
def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in VERSIONED}

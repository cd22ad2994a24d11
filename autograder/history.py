"""What each run of the grader gave: ``term/history/<assignment>.jsonl``, one line per recorded run, only ever appended to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from autograder.course import Course, CourseError
from autograder.result import Result

if TYPE_CHECKING:
    from autograder.recording import Difference

FOLDER = "history"


class Run(BaseModel):
    """One recorded run.

    Attributes:
        scores: automatic score with bonus, by student.
        waiting: items that waited for a person.
        why: by student whose recorded grades changed, the reasons.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    when: AwareDatetime
    scores: dict[str, float]
    waiting: int = 0
    why: dict[str, tuple[str, ...]] = {}


def history_file(course: Course, assignment_id: str) -> Path:
    return course.term / FOLDER / f"{assignment_id}.jsonl"


def note_run(
    course: Course, assignment_id: str, results: Mapping[str, Result], differences: Iterable[Difference] = (), when: datetime | None = None
) -> None:
    """Append what was just recorded in the gradebook."""
    why: dict[str, set[str]] = {}
    for difference in differences:
        if difference.kind == "change":
            why.setdefault(difference.student, set()).add(difference.why)
    run = Run(
        when=when or datetime.now(UTC),
        scores={student: round(result.score + result.bonus, 4) for student, result in sorted(results.items())},
        waiting=sum(item.needs_manual for result in results.values() for item in result.items),
        why={student: tuple(sorted(reasons)) for student, reasons in sorted(why.items())},
    )
    path = history_file(course, assignment_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        # One write per line: a killed run leaves a whole line or none, and two runs never mix.
        os.write(handle, (run.model_dump_json() + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read_runs(course: Course, assignment_id: str) -> list[Run]:
    """All recorded runs, the oldest first; none where nothing was recorded. Raises CourseError for a damaged line."""
    path = history_file(course, assignment_id)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    runs = []
    for number, line in enumerate(lines, 1):
        try:
            runs.append(Run.model_validate_json(line))
        except ValidationError as error:
            raise CourseError(f"{path}:{number}: not a recorded run: {error.errors()[0]['msg']}. Remove this line.") from None
    return runs

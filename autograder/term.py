"""The term being graded: its settings, its students, and corrections that people made by hand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from autograder.course import Course, CourseError
from autograder.result import Result
from autograder.schedule import Schedule, Zone, local_instant
from autograder.strictyaml import YamlProblem, load_yaml

SETTINGS = "course.yml"
ADJUSTMENTS = "adjustments.jsonl"
DATABASE_VARIABLE = "COURSE_DB"

# A student's id is a folder, part of a glob and of a regular expression in nbgrader, and text on pages.
_STUDENT = re.compile(r"[0-9A-Za-z가-힣_][0-9A-Za-z가-힣_.@-]{0,63}")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class TermSettings(BaseModel):
    """``term/course.yml``; a term without the file has the defaults.

    Attributes:
        db: the gradebook's SQLAlchemy URL; ``term/gradebook.db`` where there is none.
        rounds: by assignment, how often staff started new random inputs.
        timezone: of the due dates that are written without an offset, and of all days that are counted.
        defaults: what holds for every assignment that says nothing else.
        assignments: due dates and rules by assignment.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    db: str | None = None
    rounds: dict[str, Annotated[int, Field(ge=0, strict=True)]] = {}
    timezone: Zone = ZoneInfo("Asia/Seoul")
    defaults: dict[str, Any] = {}
    assignments: dict[str, Schedule] = {}

    @model_validator(mode="before")
    @classmethod
    def _merged(cls, data: Any) -> Any:
        """``defaults`` stand in every assignment that does not say otherwise."""
        if not isinstance(data, dict) or not isinstance(defaults := data.get("defaults", {}), dict):
            return data
        if "due" in defaults:
            raise ValueError("defaults: a due date belongs to one assignment")
        Schedule.model_validate(defaults)
        assignments = data.get("assignments", {})
        if not isinstance(assignments, dict):
            return data
        merged = {name: defaults | own if isinstance(own, dict) else own for name, own in assignments.items()}
        return data | {"assignments": merged}

    @model_validator(mode="after")
    def _real_times(self) -> Self:
        for name, schedule in self.assignments.items():
            if schedule.due is not None:
                try:
                    local_instant(schedule.due, self.timezone)
                except ValueError as error:
                    raise ValueError(f"assignments.{name}.due: {error}") from None
        return self

    def schedule(self, assignment_id: str) -> Schedule:
        return self.assignments.get(assignment_id) or Schedule.model_validate(self.defaults)


class Adjustment(BaseModel):
    """Points that a person gave or took, for good: it is applied again after every re-grade."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    assignment: Text
    student: Text
    points: Annotated[Decimal, Field(decimal_places=4)]
    why: Text
    who: Text
    when: AwareDatetime
    item: str | None = None


def load_settings(course: Course) -> TermSettings:
    """Read ``term/course.yml``. Raises CourseError when it is no such file's YAML."""
    path = course.term / SETTINGS
    try:
        data = load_yaml(path)
    except FileNotFoundError:
        return TermSettings()
    except YamlProblem as error:
        raise CourseError(f"{path}: {error}") from None
    try:
        return TermSettings.model_validate({} if data is None else data)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise CourseError(f"{path}:\n  " + "\n  ".join(lines)) from None


def database_url(course: Course) -> str:
    """Where the gradebook is: $COURSE_DB, else ``db`` of ``term/course.yml``, else SQLite in the term."""
    return os.environ.get(DATABASE_VARIABLE) or load_settings(course).db or f"sqlite:///{course.term / 'gradebook.db'}"


def due_instant(settings: TermSettings, assignment_id: str) -> datetime | None:
    """When an assignment is due, in UTC, without anybody's extension."""
    due = settings.schedule(assignment_id).due
    return None if due is None else local_instant(due, settings.timezone).astimezone(UTC)


def round_number(course: Course, assignment_id: str) -> int:
    """The round whose random inputs count now."""
    return load_settings(course).rounds.get(assignment_id, 0)


def check_student(student: str) -> str:
    """Return ``student``, or raise CourseError when it cannot be a student's id (it becomes the name of a folder)."""
    if not _STUDENT.fullmatch(student):
        raise CourseError(
            f"{student!r} cannot be a student's id: letters, digits and ._@- only, at most 64, and none of .@- in front. Rename the folder."
        )
    return student


def is_student(name: str) -> bool:
    """Whether a name can be a student's id."""
    return bool(_STUDENT.fullmatch(name))


def students(course: Course, assignment_id: str) -> list[str]:
    """Ids of those who submitted, sorted. Until there is a roster, whoever submits takes part."""
    return sorted(path.parent.name for path in course.term.glob(f"submitted/*/{assignment_id}") if _STUDENT.fullmatch(path.parent.name))


def adjust(
    course: Course,
    assignment_id: str,
    student: str,
    points: Decimal | str,
    *,
    why: str,
    who: str,
    item: str | None = None,
    when: datetime | None = None,
) -> Adjustment:
    """Append one adjustment to ``term/adjustments.jsonl``; it counts from the next ``course grade`` on.

    Nothing is ever changed or taken out there: a mistake is corrected by a second adjustment.

    Raises:
        CourseError: no such assignment or item, or something is missing.
    """
    assignment = course.assignment(assignment_id)
    if item is not None and item not in assignment.by_id:
        raise CourseError(f"{assignment_id} has no item {item!r}. It has: {', '.join(assignment.by_id)}.")
    try:
        entry = Adjustment.model_validate(
            {
                "assignment": assignment_id,
                "student": check_student(student),
                "points": str(points),
                "why": why,
                "who": who,
                "when": when or datetime.now(UTC),
                "item": item,
            }
        )
    except ValidationError as error:
        raise CourseError("An adjustment needs points, a reason and a name: " + "; ".join(e["msg"] for e in error.errors())) from None
    path = course.term / ADJUSTMENTS
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        # One write per line: two writers cannot mix, and a killed one leaves a whole line or none.
        os.write(handle, (entry.model_dump_json() + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return entry


def read_adjustments(course: Course, assignment_id: str, student: str | None = None) -> list[Adjustment]:
    """The adjustments of an assignment (and a student) in the order in which they were made."""
    path = course.term / ADJUSTMENTS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for number, line in enumerate(lines, 1):
        try:
            entry = Adjustment.model_validate_json(line)
        except ValidationError as error:
            raise CourseError(f"{path}:{number}: not an adjustment: {error.errors()[0]['msg']}. Correct or remove this line.") from None
        if entry.assignment == assignment_id and student in (None, entry.student):
            found.append(entry)
    return found


def adjustment_points(adjustments: Iterable[Adjustment]) -> float:
    return float(sum((entry.points for entry in adjustments), Decimal(0)))


def with_adjustments(course: Course, result: Result) -> Result:
    """The result with the lines that the report prints. Its scores stay: adjustments are extra credit in the gradebook."""
    lines = tuple(_line(course, entry) for entry in read_adjustments(course, result.assignment, result.student))
    return result.model_copy(update={"adjustments": result.adjustments + lines})


def _line(course: Course, entry: Adjustment) -> str:
    about = ""
    if entry.item is not None:
        item = course.assignment(entry.assignment).by_id.get(entry.item)
        about = f" [{item.title if item else entry.item}]"
    return f"{entry.when:%Y-%m-%d} {entry.points:+}점{about}: {entry.why} ({entry.who})"


def evidence_folder(notebook: Path) -> Path | None:
    """The evidence packed beside a submitted notebook, where there is some."""
    folder = notebook.parent / "pack" / "evidence"
    return folder if folder.is_dir() and not folder.is_symlink() else None

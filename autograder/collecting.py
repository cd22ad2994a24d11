"""Submissions from elsewhere into ``term/attempts``; what belongs to nobody for certain goes to ``term/aside``, with the reason."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.archives import Listing, Refused, list_folder, list_zip
from autograder.attempts import Attempt, add_attempt
from autograder.course import Course, CourseError
from autograder.intake import Group, Handed, Reading, SetAside, handed, read_source, student_of
from autograder.matching import Unmatched
from autograder.roster import Student, read_roster, read_table
from autograder.schedule import local_instant, read_moment
from autograder.store import write_whole
from autograder.term import check_student, load_settings

ASIDE, WHY, FILES = "aside", "why.json", "files"
ASIDE_BYTES = 400_000_000  # of one submission that is set aside
TIMES = {
    "id": ("학번", "학생번호", "id", "student", "studentid"),
    "submitted": ("제출시각", "제출일시", "제출시간", "submitted", "time", "timestamp"),
}


@dataclass(frozen=True)
class Taken:
    """One submission that was collected. ``new`` is None where the same files were there already."""

    student: str
    label: str
    submitted: datetime | None
    new: Attempt | None
    notes: tuple[str, ...]


@dataclass
class Collected:
    """What became of a source.

    Attributes:
        aside: label, reason, and where the files are ("" where there are none to keep).
        notices: on the source as a whole.
    """

    kind: str
    taken: list[Taken] = field(default_factory=list)
    aside: list[tuple[str, str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def students(self) -> list[str]:
        return sorted({entry.student for entry in self.taken})


def collect_source(
    course: Course,
    assignment_id: str,
    source: Path,
    *,
    student: str | None = None,
    times: Path | None = None,
    archive_times: bool = False,
) -> Collected:
    """Keep every submission of ``source`` that is certainly somebody's as an attempt, and set the others aside.

    Args:
        source: a folder, a zip of Moodle, Canvas or anybody's, or nbgrader's exchange; with ``student``, one submission.
        student: whose it is, said by a person.
        times: CSV of ids and times of submission.
        archive_times: take the dates in the archive for the times of submission.

    Raises:
        CourseError: the source, the roster, the times or the student cannot be used. Nothing is kept then.
    """
    course.room(assignment_id)
    roster = read_roster(course)
    said = {} if times is None else read_times(course, times, roster)
    if student is not None:
        reading = Reading("plain", [_one(source, student, roster)], [])
    else:
        try:
            reading = read_source(source, assignment_id)
        except Refused as error:
            raise CourseError(f"{source}: {error}. Name a folder, a zip, or nbgrader's exchange.") from None
    result = Collected(reading.kind)
    place = course.term / ASIDE / assignment_id
    matched, unmatched = _matched(reading, roster, student)
    for entry in (*reading.aside, *unmatched):
        result.aside.append(_set_aside(place, source, entry))
    for who, group in matched:
        try:
            found = handed(group, who, assignment_id)
        except Refused as error:
            result.aside.append(_set_aside(place, source, SetAside(group.label, str(error), tuple(group.files))))
            continue
        moment = said.get(who) or found.submitted or (_in_zone(course, found.moment) if archive_times else None)
        new = add_attempt(course, assignment_id, who, found.files, moment, f"{source.name}/{found.label}"[:300])
        result.taken.append(Taken(who, found.label, moment, new, _notes(found, moment)))
    if unknown := sum(entry.submitted is None for entry in result.taken):
        result.notices.append(
            f"{unknown} without a time of submission: they count as handed in on time. Give the times with --times FILE (학번,제출시각)."
        )
    if student is not None and result.taken and (source / WHY).is_file() and source.resolve().is_relative_to(course.term / ASIDE):
        shutil.rmtree(source)
    return result


def read_times(course: Course, path: Path, roster: Mapping[str, Student]) -> dict[str, datetime]:
    """Times of submission by student; in the term's time zone where they name no offset. Raises CourseError."""
    if not path.is_file():
        raise CourseError(f"{path}: no such file.")
    lines, _ = read_table(path, TIMES)
    zone = load_settings(course).timezone
    found: dict[str, datetime] = {}
    problems = []
    for number, fields in lines:
        student, text = fields["id"], fields.get("submitted", "")
        try:
            if roster and student not in roster:
                raise ValueError(f"{student!r} is not in the roster")
            if student in found:
                raise ValueError(f"{student!r} stands here twice")
            found[student] = local_instant(read_moment(text), zone)
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise CourseError(f"{path}:\n  " + "\n  ".join(problems))
    return found


def _one(source: Path, student: str, roster: Mapping[str, Student]) -> Group:
    """All of ``source`` as one submission."""
    check_student(student)
    if roster and student not in roster:
        raise CourseError(f"{student!r} is not in the roster. Correct the id, or add a line to roster.csv.")
    place = source / FILES if (source / WHY).is_file() else source
    try:
        if place.is_dir():
            listing: Listing = list_folder(place)
        elif place.is_file() and place.suffix.lower() == ".zip":
            listing = list_zip(place)
        elif place.is_file():
            whole = list_folder(place.parent)
            listing = Listing([entry for entry in whole.entries if entry.path == place.name], [])
        else:
            raise Refused("no such file or folder")
    except Refused as error:
        raise CourseError(f"{source}: {error}.") from None
    return Group(source.name, student, listing.entries)


def _matched(reading: Reading, roster: Mapping[str, Student], student: str | None) -> tuple[list[tuple[str, Group]], list[SetAside]]:
    """Groups with their student, in the order of time. One student's several entries are attempts only where they carry times."""
    found: dict[str, list[Group]] = {}
    matched, aside = [], []
    for group in reading.groups:
        try:
            found.setdefault(student or student_of(reading.kind, group, roster), []).append(group)
        except Unmatched as error:
            aside.append(SetAside(group.label, str(error), tuple(group.files)))
    for who, groups in sorted(found.items()):
        if len(groups) > 1 and any(group.submitted is None for group in groups):
            why = f"several are {who}'s: {', '.join(group.label for group in groups)}"
            aside += [SetAside(group.label, why, tuple(group.files)) for group in groups]
        else:
            matched += [(who, group) for group in sorted(groups, key=lambda group: (group.submitted is not None, group.submitted))]
    return matched, aside


def _notes(found: Handed, moment: datetime | None) -> tuple[str, ...]:
    return tuple(note for note in found.notes if note != "the platform calls it late" or moment is None)


def _in_zone(course: Course, moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=load_settings(course).timezone)


def _set_aside(place: Path, source: Path, entry: SetAside) -> tuple[str, str, str]:
    """Keep what nobody can be given: once, however often the source is collected. Returns label, reason, and the folder's name."""
    kept: dict[str, bytes] = {}
    left_out = []
    total = 0
    for file in entry.files:
        try:
            data = file.read()
            if (total := total + len(data)) > ASIDE_BYTES:
                raise Refused("too large")
            kept[file.path] = data
        except Refused as error:
            left_out.append(f"{file.path}: {error}")
    content = [entry.label, *((name, hashlib.sha256(data).hexdigest()) for name, data in kept.items())]
    folder = place / hashlib.sha256(repr(content).encode()).hexdigest()[:12]
    said = {"label": entry.label, "why": entry.why, "source": source.name, "files": sorted(kept), "left_out": left_out}
    for name, data in kept.items():
        write_whole(folder / FILES / name, data)
    write_whole(folder / WHY, json.dumps(said, ensure_ascii=False, indent=1).encode())
    return entry.label, entry.why, f"{ASIDE}/{place.name}/{folder.name}" if kept else ""

"""``term/roster.csv``: who takes part, as Excel or the university's system saved it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course, CourseError
from autograder.term import check_student

ROSTER = "roster.csv"
LARGEST = 5_000_000  # bytes
HEADINGS = {
    "id": ("학번", "학생번호", "id", "student", "studentid", "studentnumber"),
    "name": ("이름", "성명", "name", "fullname"),
    "email": ("이메일", "전자우편", "메일", "email", "mail", "emailaddress"),
    "section": ("분반", "반", "section", "class"),
}


@dataclass(frozen=True)
class Student:
    """One line of the roster; what it does not say is empty."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""


@dataclass(frozen=True)
class Roster:
    """Students by id in the roster's order, and a sentence on every column that is not used."""

    students: dict[str, Student]
    notices: list[str]


def read_roster(course: Course) -> dict[str, Student]:
    """The term's students by id; empty where there is no roster. Raises CourseError, see :func:`scan_roster`."""
    return scan_roster(course.term / ROSTER).students


def scan_roster(path: Path) -> Roster:
    """Read a roster.

    Raises:
        CourseError: no column of ids, an id that stands twice or cannot be one; every such line is named.
    """
    if not path.is_file():
        return Roster({}, [])
    lines, notices = read_table(path, HEADINGS)
    students: dict[str, Student] = {}
    seen: dict[str, int] = {}
    problems = []
    for number, fields in lines:
        try:
            student = Student(**fields | {"id": check_student(fields["id"])})
        except CourseError:
            problems.append(f"line {number}: {fields['id'][:80]!r} cannot be a student's id: letters, digits and ._@- only, at most 64.")
            continue
        if student.id in seen:
            problems.append(f"line {number}: {student.id} stands on line {seen[student.id]} already.")
            continue
        seen[student.id] = number
        students[student.id] = student
    if problems:
        raise CourseError(f"{path}:\n  " + "\n  ".join(problems))
    return Roster(students, notices)


def read_table(path: Path, headings: Mapping[str, tuple[str, ...]]) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """The rows of a CSV file by field, with their lines' numbers: UTF-8 with or without a byte order mark, or Excel's CP949;
    commas, semicolons or tabs.

    Args:
        headings: what the column of each field may be called; the field ``id`` must be there.

    Returns:
        the rows, and a sentence on every column that is not used.

    Raises:
        CourseError: the file cannot be read, or has no such columns.
    """
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise CourseError(f"{path}: larger than {LARGEST:,} bytes, which no list of students is.")
    text = unicodedata.normalize("NFC", _decoded(path, data))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # the first of those that are equally frequent
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, begins = [], 1
    try:
        for row in reader:  # a quoted cell may hold line breaks
            if any(cell.strip() for cell in row):
                rows.append((begins, row))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise CourseError(f"{path}:{reader.line_num}: not CSV: {error}. Save it again as CSV UTF-8.") from None
    names = ",".join(spellings[0] for spellings in headings.values())
    if not rows:
        raise CourseError(f"{path}: empty. Its first line names the columns: {names}.")
    columns, notices = _columns(path, *rows[0], headings)
    lines = []
    for number, row in rows[1:]:
        fields = {field: " ".join(row[at].split()) if at < len(row) else "" for field, at in columns.items()}
        fields["id"] = fields["id"].removeprefix("'")  # which keeps a leading zero in Excel
        lines.append((number, fields))
    return lines, notices


def _decoded(path: Path, data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CourseError(f"{path}: neither UTF-8 nor CP949. In Excel: save as 'CSV UTF-8'.")


def _columns(path: Path, line: int, row: list[str], headings: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, int], list[str]]:
    known = {spelling: field for field, spellings in headings.items() for spelling in spellings}
    columns: dict[str, int] = {}
    notices = []
    for position, heading in enumerate(row):
        field = known.get("".join(letter for letter in heading.casefold() if letter.isalnum()))
        if field in columns:
            raise CourseError(f"{path}:{line}: two columns for {headings[field][0]}: {row[columns[field]]!r} and {heading!r}.")
        if field is not None:
            columns[field] = position
        elif heading.strip():
            notices.append(f"{path.name}:{line}: the column {heading.strip()[:60]!r} is not used")
    if "id" not in columns:
        has, names = ", ".join(row)[:200], ",".join(spellings[0] for spellings in headings.values())
        raise CourseError(f"{path}:{line}: no column {headings['id'][0]}. The first line names the columns: {names}. It has: {has}.")
    return columns, notices

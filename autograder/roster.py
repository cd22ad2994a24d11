"""``term/roster.csv``: who takes part, as Excel or the university's system saved it."""

from __future__ import annotations

import csv
import io
import unicodedata
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
_FIELD = {heading: field for field, headings in HEADINGS.items() for heading in headings}


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
    """Read a roster: UTF-8 with or without a byte order mark, or Excel's CP949; commas, semicolons or tabs.

    Raises:
        CourseError: no column of ids, an id that stands twice or cannot be one; every such line is named.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Roster({}, [])
    if len(data) > LARGEST:
        raise CourseError(f"{path}: larger than {LARGEST:,} bytes, which no roster is.")
    text = unicodedata.normalize("NFC", _decoded(path, data))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise CourseError(f"{path}: not CSV: {error}. Save it again as CSV UTF-8.") from None
    lines = [(number, row) for number, row in zip(_line_numbers(text, rows), rows, strict=True) if any(cell.strip() for cell in row)]
    if not lines:
        raise CourseError(f"{path}: empty. Its first line names the columns: 학번,이름,이메일,분반.")
    columns, notices = _columns(path, *lines[0])
    students, problems = _students(columns, lines[1:])
    if problems:
        raise CourseError(f"{path}:\n  " + "\n  ".join(problems))
    return Roster(students, notices)


def _decoded(path: Path, data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CourseError(f"{path}: neither UTF-8 nor CP949. In Excel: save as 'CSV UTF-8'.")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)  # the first of those that are equally frequent


def _line_numbers(text: str, rows: list[list[str]]) -> list[int]:
    """On which line of the file each row begins: a quoted cell may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    numbers, before = [], 0
    for _ in rows:
        next(reader)
        numbers.append(before + 1)
        before = reader.line_num
    return numbers


def _columns(path: Path, line: int, row: list[str]) -> tuple[dict[str, int], list[str]]:
    columns: dict[str, int] = {}
    notices = []
    for position, heading in enumerate(row):
        field = _FIELD.get("".join(letter for letter in heading.casefold() if letter.isalnum()))
        if field in columns:
            raise CourseError(f"{path}:{line}: two columns for {HEADINGS[field][0]}: {row[columns[field]]!r} and {heading!r}.")
        if field is not None:
            columns[field] = position
        elif heading.strip():
            notices.append(f"line {line}: column {heading.strip()[:60]!r} is not used")
    if "id" not in columns:
        raise CourseError(
            f"{path}:{line}: no column 학번. The first line names the columns: 학번,이름,이메일,분반. It has: {', '.join(row)[:200]}."
        )
    return columns, notices


def _students(columns: dict[str, int], lines: list[tuple[int, list[str]]]) -> tuple[dict[str, Student], list[str]]:
    students: dict[str, Student] = {}
    seen: dict[str, int] = {}
    problems = []
    for number, row in lines:
        fields = {field: " ".join(row[at].split()) if at < len(row) else "" for field, at in columns.items()}
        fields["id"] = fields["id"].removeprefix("'")  # which keeps a leading zero in Excel
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
    return students, problems

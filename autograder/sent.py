"""Reports as they were sent: ``term/sent/<assignment>/<student>/<UTC time>.html`` and ``.json``, written once and never changed.

``index.jsonl`` beside the students lists the SHA-256 of every file, so that a page that somebody shows can be told from one that was sent.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course import Course, CourseError, student_id

INDEX = "index.jsonl"
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Sent:
    """One report that was sent: its page, and what the page says as data."""

    at: datetime
    page: str
    report: dict[str, Any]


def keep_sent(course: Course, assignment_id: str, student: str, page: str, report: str, at: datetime) -> Path:
    """Keep a report that is being sent; returns the page's path.

    Args:
        page, report: HTML and JSON.
        at: aware.

    Raises:
        CourseError: a report of this student was sent in the very same second.
    """
    folder = _folder(course, assignment_id) / student_id(student)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = at.astimezone(UTC).strftime(STAMP)
    files = {f"{stamp}.html": page, f"{stamp}.json": report}
    if taken := [name for name in files if (folder / name).exists()]:
        raise CourseError(f"{folder / taken[0]}: a report was sent in this very second, and what was sent stays. Run the command again.")
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    for name, text in files.items():
        _write_once(folder / name, text)
    line = {"student": student, "at": at.astimezone(UTC).isoformat(timespec="seconds"), "sha256": hashes}
    _append(_folder(course, assignment_id) / INDEX, json.dumps(line, ensure_ascii=False))
    return folder / f"{stamp}.html"


def last_sent(course: Course, assignment_id: str, student: str) -> Sent | None:
    """The last report that a student was sent.

    Raises:
        CourseError: a file of it is missing, or is no longer what was sent.
    """
    entries = [entry for entry in _index(course, assignment_id) if entry["student"] == student]
    if not entries:
        return None
    entry = max(entries, key=lambda entry: entry["at"])
    texts = {}
    for name, digest in entry["sha256"].items():
        path = _folder(course, assignment_id) / student_id(student) / name
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise CourseError(f"{path}: not what was sent to {student}. Restore it from a backup; reports that were sent never change.")
        texts[path.suffix] = data.decode()
    return Sent(datetime.fromisoformat(entry["at"]), texts[".html"], json.loads(texts[".json"]))


def _folder(course: Course, assignment_id: str) -> Path:
    return course.term / "sent" / assignment_id


def _index(course: Course, assignment_id: str) -> list[dict[str, Any]]:
    path = _folder(course, assignment_id) / INDEX
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            found.append({"student": entry["student"], "at": entry["at"], "sha256": dict(entry["sha256"])})
        except (ValueError, KeyError, TypeError):
            raise CourseError(f"{path}:{number}: damaged. Restore this file from a backup.") from None
    return found


def _write_once(path: Path, text: str) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _append(path: Path, line: str) -> None:
    """One write per line: a killed run leaves a whole line or none."""
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(handle, (line + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)

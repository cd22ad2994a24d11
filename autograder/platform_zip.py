"""Feedback for a learning platform: a zip in which each page bears the name that the platform gave the submission.

Moodle ("Upload multiple feedback files in a zip") finds the participant in the submission's folder name,
``홍길동_12345_assignsubmission_file_``; Canvas ("Upload submissions") in the file's name, ``honggildong_12345_67890_homework.ipynb``.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

from autograder.attempts import read_attempts
from autograder.course import Course, CourseError
from autograder.reports.student import page_name

_MOODLE = re.compile(r"(?P<folder>[^/\\]{1,200}?_\d{1,18}_assignsubmission_file)_?(?:[^/\\]*)")
_CANVAS = re.compile(r"(?P<stem>[^/\\_]{1,200}(?:_(?:LATE|late))?_\d{1,18}_\d{1,18}_[^/\\]{1,200}?)(?:\.[A-Za-z0-9]{1,8})?")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same pages give the same zip


def feedback_name(assignment_id: str, student: str, origin: str) -> str:
    """Where a student's page belongs in the zip.

    Args:
        origin: the name of the file or folder that the submission came in; "" where nobody knows.
    """
    origin = unicodedata.normalize("NFC", origin.rstrip("/\\"))
    if moodle := _MOODLE.fullmatch(origin):
        return f"{moodle['folder']}_/{assignment_id}.html"
    if canvas := _CANVAS.fullmatch(origin):
        return f"{canvas['stem']}.html"
    return f"{Path(page_name(student)).stem}/{assignment_id}.html"


def origin_of(course: Course, assignment_id: str, student: str, attempt: int) -> str:
    """The name that a submission came in under; ``attempt`` counts in the order of time. Raises CourseError for a damaged record."""
    origins = [entry.origin for entry in read_attempts(course, assignment_id, student)]
    return origins[attempt - 1] if 0 < attempt <= len(origins) else ""


def feedback_zip(pages: Mapping[str, str]) -> bytes:
    """A zip of pages by name; the same pages give the same bytes.

    Raises:
        CourseError: there is none.
    """
    if not pages:
        raise CourseError("There is no report to put into the zip.")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in sorted(pages.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, page.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()

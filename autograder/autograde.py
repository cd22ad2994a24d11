"""nbgrader's autograde for chosen students, in this process, with results at hand."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning

from autograder.course import Course
from autograder.manifest import Assignment
from autograder.nbgrader_settings import nbgrader_config
from autograder.result import Result


def autograde(course: Course, assignment: Assignment, results: Mapping[str, Result]) -> dict[str, str]:
    """Grade these students in one pass of nbgrader. Returns, for each that it could not grade, why.

    Whatever was graded before of theirs is graded again.
    """
    if not results:
        return {}
    config = nbgrader_config(course)
    config.CourseDirectory.assignment_id = assignment.id
    with _captured_log() as (log, lines), warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of nbgrader's own queries
        converter = _Pass(coursedir=CourseDirectory(config=config, log=log), config=config, log=log)
        converter.force = True
        converter.results = dict(results)
        try:
            converter.start()
        except NbGraderException as error:  # raised at the end, after all others have been graded
            lines.append(str(error))
    failed = [student for student in results if not graded_notebook(course, assignment.id, student).is_file()]
    reason = next((text for line in reversed(lines) if (text := _last_error(line))), "; ".join(lines[-1:]))
    return dict.fromkeys(failed, f"nbgrader could not grade this submission: {reason}")


def graded_notebook(course: Course, assignment_id: str, student: str) -> Path:
    """Where nbgrader puts what formgrader shows."""
    return course.term / "autograded" / student / assignment_id / f"{assignment_id}.ipynb"


class _Pass(Autograde):
    """``ResultPreprocessor`` takes the results from here."""

    results: Mapping[str, Result]

    def init_notebooks(self) -> None:
        super().init_notebooks()
        self.assignments = {folder: found for folder, found in self.assignments.items() if Path(folder).parent.name in self.results}


def _last_error(text: str) -> str:
    """The last line of a logged traceback."""
    return text.strip().splitlines()[-1] if text.startswith("Traceback") else ""


@contextmanager
def _captured_log() -> Iterator[tuple[logging.Logger, list[str]]]:
    """A logger for nbgrader that collects what it warns about instead of printing it."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    log = logging.Logger("nbgrader", logging.WARNING)
    log.addHandler(Collector())
    yield log, lines

"""The student's report where nbgrader would write a page of its own: ``nbgrader generate_feedback`` and formgrader's button."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict

from autograder.feedback import make_feedback
from autograder.nbgrader_hooks import CourseHook


class ReportExporter(CourseHook, Exporter):
    """A graded notebook as its student's report, made from what is recorded."""

    file_extension = ".html"

    def from_filename(self, filename: str, resources: dict[str, Any] | None = None, **_: Any) -> tuple[str, ResourcesDict]:
        """The page for ``…/<student>/<assignment>/<assignment>.ipynb``.

        Raises:
            CourseError: no grades of this student are recorded.
        """
        folder, course = Path(filename).parent, self.course
        (made,) = make_feedback(course, self.assignment(course, folder.name), students=[folder.parent.name])
        resources = ResourcesDict() if resources is None else resources
        resources["output_extension"] = self.file_extension
        return made.page, resources

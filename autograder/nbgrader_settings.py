"""One configuration for nbgrader, wherever it runs: its own commands at the root, formgrader, and our calls in process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from traitlets.config import Config

from autograder.course import Course
from autograder.term import database_url

CODE_STUB = "# 여기에 작성하세요.\nraise NotImplementedError"
TEXT_STUB = "여기에 답을 쓰세요."

# nbgrader copies whatever lies beside a notebook, into release folders and graded ones alike. Evidence is read where it was submitted.
IGNORED = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "*.md",
    "*.yml",
    "*.yaml",
    "*.py",
    "pack",
    "evidence",
]

AUTOGRADE_PREPROCESSORS = [
    "autograder.nbgrader_hooks.ResultPreprocessor",  # in place of nbgrader.preprocessors.Execute
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.nbgrader_hooks.SettlePreprocessor",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]


def nbgrader_config(course: Course, *, root: Path | None = None) -> Config:
    """Settings for every nbgrader application and for ``NbGraderAPI``.

    Args:
        course: whose term is nbgrader's course directory.
        root: another course directory, for building a release aside.
    """
    config = Config()
    config.CourseDirectory.root = str((root or course.term).resolve())
    if root is None:
        config.CourseDirectory.db_url = database_url(course)
    config.CourseHook.course_root = str(course.root)
    config.CourseHook.course_term = str(course.term)
    config.CourseDirectory.ignore = list(IGNORED)
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = TEXT_STUB
    # As names, so that they are imported by autograde only.
    config.Autograde.exporter_class = "autograder.nbgrader_hooks.RestoringExporter"
    config.Autograde.autograde_preprocessors = list(AUTOGRADE_PREPROCESSORS)
    config.GenerateFeedback.exporter_class = "autograder.nbgrader_feedback.ReportExporter"
    config.GenerateFeedback.preprocessors = []
    config.AssignLatePenalties.plugin_class = "autograder.lateness.CourseLatePenalty"
    config.ExportApp.plugin_class = "autograder.exports.CourseExport"
    config.HTMLExporter.filters = {"markdown2html": "autograder.safe_markdown.safe_markdown"}
    return config


def put_environment_on_path() -> None:
    """nbgrader runs ``alembic`` by PATH: make this environment's own the one it finds."""
    folder = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if paths[0] != folder:
        os.environ["PATH"] = os.pathsep.join([folder, *(path for path in paths if path)])

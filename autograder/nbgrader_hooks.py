"""What nbgrader runs of ours, in its commands, behind formgrader's button and in process: the same scores on every way.

``RestoringExporter`` rebuilds a submission from the release before nbgrader looks at it, ``ResultPreprocessor`` stands in place of
execution, ``SettlePreprocessor`` brings the gradebook to the result. nbgrader takes the score of a graded cell from its outputs and
gives full marks for whatever it cannot read there, so every output is deleted and exactly one number is written.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Unicode
from traitlets.config import Configurable

from autograder.course import ROOT, Course, CourseError, open_course
from autograder.ledger import answer_checksums, cell_points, expected_score, fault_reason, settle
from autograder.manifest import Assignment
from autograder.notebooks import UnreadableNotebook, read_notebook, restore
from autograder.recorded import forget_result
from autograder.result import Result
from autograder.store import Store, submission_key
from autograder.submissions import read_submitted
from autograder.term import evidence_folder, round_number

MARK = "course"  # key of our part of an autograded notebook's metadata
RESULT, WAITING = "course_result", "course_waiting"  # keys of what one preprocessor leaves for the next


class CourseHook(Configurable):
    """Which course and term the hooks work for; ``nbgrader_config`` sets all three."""

    course_root = Unicode(str(ROOT), help="the checkout that holds solutions/ and assignments/").tag(config=True)
    course_term = Unicode("", help="the term's folder; $COURSE_TERM or term/ when empty").tag(config=True)
    sandbox = Bool(True, help="whether submissions without a stored result are graded in the sandbox").tag(config=True)

    @property
    def course(self) -> Course:
        return open_course(Path(self.course_root), Path(self.course_term) if self.course_term else None)

    def assignment(self, course: Course, assignment_id: str) -> Assignment:
        return _assignment(course.root, assignment_id, (course.room(assignment_id) / "assignment.yml").stat().st_mtime_ns)


class RestoringExporter(CourseHook, NotebookExporter):
    """Reads a submission as the release with the student's answers in it.

    A file that is no notebook becomes the release with empty answers, so that nothing a student hands in stops the class.
    """

    def from_filename(self, filename: str, resources: dict[str, Any] | None = None, **kw: Any) -> tuple[str, ResourcesDict]:
        course, path = self.course, Path(filename)
        if not path.is_relative_to(course.term / "submitted"):
            return super().from_filename(filename, resources=resources, **kw)
        resources = ResourcesDict() if resources is None else resources
        resources["metadata"] = ResourcesDict(name=path.stem, path=str(path.parent))
        notebook = self._restored(course, path)
        return self.from_notebook_node(notebook, resources=resources, **kw)

    def _restored(self, course: Course, path: Path) -> NotebookNode:
        master = read_release(course, self.assignment(course, path.parent.name))
        fault = ""
        try:
            notebook = restore(read_notebook(read_submitted(path)), master).notebook
            _check_restored(notebook, master)
        except UnreadableNotebook as error:
            self.log.warning("%s is graded with empty answers: %s", path, error)
            notebook = master
        except Exception as error:  # ours, not the student's: the cohort goes on and a person looks at this one
            self.log.error("%s could not be restored", path, exc_info=True)
            notebook, fault = master, f"{type(error).__name__}: {error}"
        notebook.metadata.pop("widgets", None)
        notebook.metadata[MARK] = {"fault": fault}
        return notebook


class ResultPreprocessor(CourseHook, NbGraderPreprocessor):
    """Writes the stored result of exactly this submission into its graded cells; grades the submission where there is none."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        course, names = self.course, resources["nbgrader"]
        assignment = self.assignment(course, names["assignment"])
        at_hand = getattr(getattr(self.parent, "parent", None), "results", {})  # of the converter that record() runs
        result = at_hand.get(names["student"]) or result_for(course, assignment, names["student"], sandbox=self.sandbox)
        write_scores(nb, assignment, result)
        nb.metadata.setdefault(MARK, {})["key"] = result.key
        with Gradebook(names["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(names["notebook"], assignment.id, names["student"])
            forget_result(gradebook, assignment.id, names["student"])
            resources[WAITING] = {grade.name: grade.needs_manual_grade for grade in submitted.grades}
        resources[RESULT] = result
        return nb, resources


class SettlePreprocessor(CourseHook, NbGraderPreprocessor):
    """Brings what nbgrader saved to what the result says; after ``SaveAutoGrades``."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        course, names, result = self.course, resources["nbgrader"], resources[RESULT]
        assignment = self.assignment(course, names["assignment"])
        digest = submission_digest(course, assignment.id, names["student"])
        with Gradebook(names["db_url"]) as gradebook:
            fault = nb.metadata.get(MARK, {}).get("fault", "")
            notices = settle(gradebook, course, assignment, result, answer_checksums(nb), digest, fault=fault, waiting=resources[WAITING])
            for item, text in notices:
                self.log.warning("%s %s: %s", names["student"], item, text)
        return nb, resources


@lru_cache(maxsize=16)
def _assignment(root: Path, assignment_id: str, _changed: int) -> Assignment:
    """A manifest is read four times for each submission, and takes longer than all the rest of ours."""
    return open_course(root).assignment(assignment_id)


def submission_digest(course: Course, assignment_id: str, student: str) -> str:
    """Identifies a submitted notebook in the ledger. Raises OSError when it cannot be read."""
    return hashlib.sha256(read_submitted(course.submission_notebook(assignment_id, student))).hexdigest()


def read_release(course: Course, assignment: Assignment) -> NotebookNode:
    """The release as the gradebook has it: worth what the errata make it worth.

    Raises:
        CourseError: the assignment has not been built.
    """
    path = course.release_notebook(assignment.id)
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except FileNotFoundError:
        raise CourseError(f"{path}: no such file. Build it first: course build {assignment.id}") from None
    worth = cell_points(assignment)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if utils.is_grade(cell) and marks["points"] != worth.get(marks["grade_id"], marks["points"]):
            marks["points"] = worth[marks["grade_id"]]
            marks["checksum"] = utils.compute_checksum(cell)
    return notebook


def result_for(course: Course, assignment: Assignment, student: str, *, sandbox: bool = True) -> Result:
    """The stored result of what ``student`` submitted, else a new one, which is stored unless the grader failed."""
    from autograder.fresh import grade_in_new_process
    from autograder.grade import grade_notebook, grader_fault  # brings the sandbox, which most runs do not need

    path = course.submission_notebook(assignment.id, student)
    evidence, number = evidence_folder(path), round_number(course, assignment.id)
    data = read_submitted(path)
    key = submission_key(course, assignment, data, evidence, student, number, sandbox=sandbox)
    store = Store(course.term / "store")
    found = store.get(key)
    if found is not None and found.status != "grader_fault":
        return found
    options = {"student": student, "evidence_dir": evidence, "sandbox": sandbox, "round_number": number}
    if found is None:
        result = grade_notebook(course, assignment, data, **options)
    else:  # what the grader failed on before may take this process down, which is formgrader's
        try:
            result = grade_in_new_process(course, assignment.id, data, **options)
        except RuntimeError as error:
            result = grader_fault(course, assignment, student, str(error), key=key)
    if result.status != "grader_fault":
        store.put(result.key, result)
    return result


def write_scores(notebook: NotebookNode, assignment: Assignment, result: Result) -> None:
    """Delete every output; give each automatic cell one number, or an error where a person has to grade."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        if not utils.is_grade(cell) or utils.is_solution(cell):
            continue
        name = cell.metadata.nbgrader["grade_id"]
        item = assignment.by_id.get(name)
        score = None if item is None else expected_score(result, item, float(cell.metadata.nbgrader["points"]))
        if score is None:
            reason = fault_reason(result, name)
            cell.outputs = [new_output("error", ename="GraderFault", evalue=reason, traceback=[f"사람이 채점해야 합니다: {reason}"])]
        else:
            cell.outputs = [new_output("execute_result", {"text/plain": repr(score)}, execution_count=1)]


def _check_restored(notebook: NotebookNode, master: NotebookNode) -> None:
    """Refuse a notebook with other nbgrader cells than the release: one such stops the whole class. Raises ValueError."""
    wanted, found = ([cell.metadata.nbgrader for cell in nb.cells if "nbgrader" in cell.metadata] for nb in (master, notebook))
    if wanted != found:
        raise ValueError("the restored notebook's graded cells differ from the release's")

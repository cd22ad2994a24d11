"""Sample submissions: ``solutions/<id>/cohort.yml`` made into notebooks as students would hand them in, and what each must score.

- student: sample-03
  title: 동점 규칙을 잘못 읽음
  base: solution            # or release
  apply: [lexicographic-ties]   # mutants and alternatives by name
  cells: {essay-bpe: "…"}   # other texts by grade id
  evidence: pack            # solution: the teaching solution's, none: nothing beside the notebook
  profile: cpu              # that the evidence is made in (smoke is faster, but checks may refuse it)
  quick: true               # one of those that `course demo` grades without --all
  expect: {score: 6.4, dimensions: {implementation: 2.8}, items: {bpe-train: 0.6}, first: 동점}
- student: sample-06
  title: 노트북이 아닌 파일
  raw: "<html>…"
  expect: {status: unreadable, score: 0}

``blank`` puts cells back as they were handed out, ``remove`` and ``repeat`` delete and paste cells, ``forge`` writes full marks as
outputs, ``rename`` disguises the code as copiers do, ``submitted`` is when it came in, and ``earlier`` a first attempt before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import nbformat
from nbformat import NotebookNode
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from autograder import surgery
from autograder.attempts import add_attempt
from autograder.collect import submission_files
from autograder.course import Course, CourseError
from autograder.manifest import Assignment, Dimension
from autograder.result import Result, Status
from autograder.splice import Unplaceable, splice
from autograder.submissions import TIMESTAMP, timestamp_text

FILE = "cohort.yml"
TOLERANCE = 0.0051  # expected scores are written with two decimals
PACK_SECONDS = 900
_MARKERS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", re.M)
_STUDENT_LINE = re.compile(r"^STUDENT_ID = .*$", re.M)
_PROFILE_LINE = re.compile(r"^PROFILE = .*$", re.M)

StudentId = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Model):
    """What a sample must score; what is not named may be anything.

    Attributes:
        first: stands in the first suggestion of the student's report.
        penalty: for lateness; ``attempts``: how many were kept.
    """

    status: Status = "graded"
    score: float | None = None
    bonus: float | None = None
    dimensions: dict[Dimension, float] = {}
    items: dict[str, float] = {}
    first: str = ""
    penalty: float | None = None
    attempts: int | None = None

    def mismatches(self, result: Result) -> list[str]:
        """One line per difference between what was expected and what came."""
        found = [] if result.status == self.status else [f"status: expected {self.status}, got {result.status} {result.reason}".rstrip()]
        items = {item.id: item.score for item in result.items}
        pairs: list[tuple[str, float | None, float | None]] = [("score", self.score, result.score), ("bonus", self.bonus, result.bonus)]
        pairs += [
            (name, wanted, result.dimensions[name].score if name in result.dimensions else None) for name, wanted in self.dimensions.items()
        ]
        pairs += [(name, wanted, items.get(name)) for name, wanted in self.items.items()]
        for name, wanted, got in pairs:
            if wanted is not None and (got is None or abs(wanted - got) > TOLERANCE):
                found.append(f"{name}: expected {wanted:g}, got {'nothing' if got is None else f'{got:g}'}")
        return found


class Sample(_Model):
    """One submission of the sample cohort."""

    student: StudentId
    title: str
    base: Literal["solution", "release"] = "solution"
    apply: tuple[str, ...] = ()
    cells: dict[str, str] = {}
    evidence: Literal["none", "solution", "pack"] = "none"
    profile: Literal["smoke", "cpu"] = "cpu"
    raw: str | None = None
    blank: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    repeat: tuple[str, ...] = ()
    forge: bool = False
    rename: bool = False
    submitted: AwareDatetime | None = None
    earlier: Literal["release"] | None = None
    quick: bool = False
    expect: Expectation = Expectation()


@dataclass(frozen=True)
class Materialised:
    """A sample on disk, in the shape that a submission has anywhere."""

    sample: Sample
    notebook: Path
    evidence: Path | None

    @property
    def student(self) -> str:
        return self.sample.student


def load_samples(course: Course, assignment: Assignment) -> list[Sample]:
    """Read the sample cohort. Raises CourseError when there is none, or when it breaks a rule."""
    from autograder.strictyaml import YamlProblem, load_yaml

    path = course.room(assignment.id) / FILE
    try:
        data = load_yaml(path)
    except FileNotFoundError:
        raise CourseError(f"{path}: no such file. It lists the sample submissions of {assignment.id}.") from None
    except YamlProblem as problem:
        raise CourseError(f"{path}: {problem}") from None
    if not isinstance(data, list) or not data:
        raise CourseError(f"{path}: is a list of samples, each with student, title and expect")
    samples, problems = [], []
    for number, entry in enumerate(data, start=1):
        try:
            samples.append(Sample.model_validate(entry))
        except ValidationError as error:
            problems += [f"sample {number}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    for sample in samples:
        problems += [f"{sample.student}: expect.items: {name!r} is no item" for name in sample.expect.items if name not in assignment.by_id]
    students = [sample.student for sample in samples]
    problems += [f"the student {name!r} stands twice" for name in sorted(set(students)) if students.count(name) > 1]
    if problems:
        raise CourseError(f"{path}:\n  " + "\n  ".join(problems))
    return samples


def materialise(
    course: Course,
    assignment: Assignment,
    destination: Path,
    *,
    samples: Iterable[Sample] | None = None,
    cache: Path | None = None,
    on_sample: Callable[[Sample], None] = lambda _: None,
) -> list[Materialised]:
    """Write the sample cohort to ``destination/<student>/<assignment>/``, notebook and evidence.

    Args:
        cache: folder in which packed evidence is kept by content, so that an unchanged sample is not run again.
        on_sample: told of each sample before it is made.

    Raises:
        CourseError: a sample names a mutant, alternative or cell that does not exist, or its notebook could not be packed.
    """
    chosen = list(samples) if samples is not None else load_samples(course, assignment)
    with tempfile.TemporaryDirectory(prefix="samples-") as scratch:
        maker = _Maker(course, assignment, cache or Path(scratch) / "packed", Path(scratch))
        made = []
        for sample in chosen:
            on_sample(sample)
            made.append(maker.write(sample, destination))
        return made


class _Maker:
    """Builds the two base notebooks once, and each sample from them."""

    def __init__(self, course: Course, assignment: Assignment, cache: Path, scratch: Path) -> None:
        from autograder.build import build_kit, build_release, build_source

        self.course, self.assignment, self.cache, self.scratch = course, assignment, cache, scratch
        self.release = nbformat.reads(build_release(course, assignment.id).decode("utf-8"), as_version=4)
        source = build_source(course, assignment)
        self.solutions = {name: _MARKERS.sub("", cell.source).strip("\n") for name, cell in _named(source).items() if _is_solution(cell)}
        self.kit = build_kit(course, assignment.id, scratch / "kit")
        self.patches = _patches(course.room(assignment.id))

    def write(self, sample: Sample, destination: Path) -> Materialised:
        folder = destination / sample.student / self.assignment.id
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        path = folder / f"{self.assignment.id}.ipynb"
        if sample.submitted is not None:
            (folder / TIMESTAMP).write_text(timestamp_text(sample.submitted), encoding="utf-8")
        if sample.raw is not None:
            path.write_text(sample.raw, encoding="utf-8")
            return Materialised(sample, path, None)
        notebook = self.notebook(sample)
        path.write_bytes(_serialised(notebook))
        if sample.evidence == "none":
            return Materialised(sample, path, None)
        author = notebook if sample.evidence == "pack" else self.notebook(Sample(student="solution", title="", profile=sample.profile))
        packed = self.packed(author, sample.profile)
        shutil.copytree(packed, folder / "pack" / "evidence")
        return Materialised(sample, path, folder / "pack" / "evidence")

    def notebook(self, sample: Sample) -> NotebookNode:
        """The release with this sample's answers in its cells."""
        notebook = nbformat.from_dict(json.loads(json.dumps(self.release)))
        cells = _named(notebook)
        if sample.base == "solution":
            for name, source in self.solutions.items():
                cells[name].source = source
        for name in sample.apply:
            if name not in self.patches:
                raise CourseError(
                    f"{sample.student}: no mutant or alternative {name!r}; there are {', '.join(sorted(self.patches)) or 'none'}"
                )
            try:
                splice(notebook, self.patches[name])
            except Unplaceable as problem:
                raise CourseError(f"{sample.student}: {name} cannot be applied: {problem}") from None
        for name, source in sample.cells.items():
            if name not in cells:
                raise CourseError(f"{sample.student}: the notebook has no cell {name!r}; it has {', '.join(cells)}")
            cells[name].source = source
        self.operate(notebook, cells, sample)
        _set_parameter(notebook, _STUDENT_LINE, f'STUDENT_ID = "{sample.student}"')
        return notebook

    def operate(self, notebook: NotebookNode, cells: dict[str, NotebookNode], sample: Sample) -> None:
        """Everything that is done to the notebook beside writing answers."""
        handed_out = _named(self.release)
        for name in {*sample.blank, *sample.remove, *sample.repeat} - cells.keys():
            raise CourseError(f"{sample.student}: the notebook has no cell {name!r}; it has {', '.join(cells)}")
        for name in sample.blank:
            cells[name].source = handed_out[name].source
        if sample.rename:
            for cell in cells.values():
                if cell.cell_type == "code" and _is_solution(cell):
                    cell.source = surgery.renamed(cell.source)
        if sample.forge:
            surgery.with_forged_outputs(notebook, {item.id: float(item.points) for item in self.assignment.by_id.values()})
        surgery.with_copies(notebook, sample.repeat)
        surgery.without_cells(notebook, sample.remove)

    def packed(self, notebook: NotebookNode, profile: str) -> Path:
        """Evidence of a notebook, made by really running ``pack`` as students do, once per notebook and kit."""
        author = nbformat.from_dict(json.loads(json.dumps(notebook)))
        _set_parameter(author, _PROFILE_LINE, f'PROFILE = "{profile}"')
        data = _serialised(author)
        digest = hashlib.sha256(data + _folder_digest(self.kit)).hexdigest()[:24]
        target = self.cache / digest
        if not target.is_dir():
            self.cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
                fresh = _pack(Path(folder) / f"{self.assignment.id}.ipynb", data, self.kit)
                with tempfile.TemporaryDirectory(dir=self.cache, prefix=".new-") as near:
                    shutil.copytree(fresh, Path(near) / "evidence")
                    (Path(near) / "evidence").rename(target)
        return target


def keep_attempts(course: Course, assignment: Assignment, made: Iterable[Materialised]) -> None:
    """Keep the attempts of samples that were handed in twice: first the release as it was, an hour before, then what counts."""
    from autograder.build import build_release

    for entry in made:
        if entry.sample.earlier is None:
            continue
        last = entry.sample.submitted or datetime.now(UTC)
        first = {f"{assignment.id}.ipynb": build_release(course, assignment.id)}
        add_attempt(course, assignment.id, entry.student, first, last - timedelta(hours=1), "sample")
        add_attempt(course, assignment.id, entry.student, submission_files(entry.notebook), last, "sample")


def _pack(path: Path, data: bytes, kit: Path) -> Path:
    path.write_bytes(data)
    environment = {**os.environ, "PYTHONPATH": str(kit), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "course_lib.kit", "pack", path.name]
    try:
        done = subprocess.run(command, cwd=path.parent, env=environment, capture_output=True, text=True, timeout=PACK_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise CourseError(f"packing a sample's notebook took more than {PACK_SECONDS} s") from None
    evidence = path.parent / "pack" / "evidence"
    if done.returncode not in (0, 1) or not evidence.is_dir():
        raise CourseError(f"packing a sample's notebook failed ({done.returncode}):\n{(done.stdout + done.stderr)[-2_000:]}")
    return evidence


def _patches(room: Path) -> dict[str, str]:
    """Source text by the name of a mutant or an alternative."""
    from autograder.proof import load_mutants

    mutants = {mutant.name: mutant.source for mutant in load_mutants(room)}
    return mutants | {path.stem: path.read_text(encoding="utf-8") for path in sorted((room / "alternatives").glob("*.py"))}


def _named(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {name: cell for cell in notebook.cells if (name := cell.metadata.get("nbgrader", {}).get("grade_id"))}


def _is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.nbgrader.get("solution"))


def _set_parameter(notebook: NotebookNode, line: re.Pattern[str], text: str) -> None:
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = line.sub(lambda _: text, cell.source)


def _serialised(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).rstrip("\n").encode() + b"\n"


def _folder_digest(folder: Path) -> bytes:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.digest()

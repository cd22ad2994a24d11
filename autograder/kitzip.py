"""The zip that students receive: the notebooks of a week, the kit beside them, what to install, and how to start."""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from autograder.authored import BuildError
from autograder.booklinks import book_link, public_address, target_problem
from autograder.build import build_release, write_file
from autograder.course import Course, CourseError
from autograder.kit_readme import read_me
from autograder.kits import kit_files
from autograder.manifest import Assignment
from autograder.selfstudy import DATA, selfstudy_files
from course_lib.kit import preflight

REQUIREMENTS = "requirements-student.txt"
TOOLS = ("jupyterlab", "koreanize-matplotlib")  # an editor, and a font: found by its files, not imported
WHERE_PRESENT = ("torch", "yaml")  # the kit uses them for those who have them
SELF_STUDY_TOOLS = ("ruff",)  # the static review runs it
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class WeekKit:
    """The files of a zip, below one folder.

    Attributes:
        folder: the folder's name in the zip.
        assignments: the ids in it.
        drafts: those of them that are drafts.
        left_out: assignments of the week whose release is not built, with what to do.
    """

    folder: str
    files: dict[str, bytes]
    assignments: tuple[str, ...]
    drafts: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=())

    def zipped(self) -> bytes:
        """The zip, the same bytes each time: sorted names, one date, one set of rights."""
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, data in sorted(self.files.items()):
                entry = zipfile.ZipInfo(f"{self.folder}/{name}", EPOCH)
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
        return buffer.getvalue()


def week_kit(course: Course, week: int, *, self_study: bool = False, only: Iterable[str] = ()) -> WeekKit:
    """Everything for the assignments of a week that are built.

    Args:
        self_study: with checks, references and answers; never for students of a graded term.
        only: these assignments of the week; all of them by default.

    Raises:
        CourseError: there is nothing to give, a release is stale, or a term that is being graded would give its answers away.
    """
    if self_study and (why := _being_graded(course)):
        raise CourseError(f"{why}: a term that is graded gives no answers away. For a kit outside any term: course --term EMPTY_DIR kit …")
    chosen, left_out = _built(course, week, only)
    if not self_study:
        _refuse_answers(chosen)
    files: dict[str, bytes] = {}
    for assignment in chosen:
        files |= kit_files(course, assignment.id)
        if self_study:
            files |= selfstudy_files(course, assignment)
        files[f"{assignment.id}.ipynb"] = _release(course, assignment.id)
    pinned = student_requirements(course, files, SELF_STUDY_TOOLS if self_study else ())
    files[REQUIREMENTS] = "".join(f"{name}=={version}\n" for name, version in pinned.items()).encode()
    folder = f"week{week:02}" + ("-selfstudy" if self_study else "")
    files["README.txt"] = read_me(folder, week, chosen, list(pinned), reading(course, chosen), self_study=self_study).encode(
        "utf-8-sig"
    )  # Notepad looks for the mark
    drafts = tuple(assignment.id for assignment in chosen if assignment.draft)
    return WeekKit(folder, files, tuple(assignment.id for assignment in chosen), drafts, left_out)


def reading(course: Course, chosen: Iterable[Assignment]) -> dict[str, str]:
    """Titles of the pages that go with these assignments: their chapters, and what graders look at. Addresses where the site has one."""
    targets = dict.fromkeys(item.book.partition("#")[0] for a in chosen for item in a.by_id.values() if item.book is not None)
    links = [book_link(course, target) for target in (*targets, "rubric") if target_problem(course, target) is None]
    return {link.title: link.url if public_address(course) else "" for link in links}


def write_kit(kit: WeekKit, path: Path) -> Path:
    """Write the zip whole or not at all. Raises CourseError where it cannot be written."""
    if path.is_dir():
        raise CourseError(f"{path}: a folder. Name a file in it, such as {path / f'{kit.folder}.zip'}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_file(path, kit.zipped())


def student_requirements(course: Course, files: dict[str, bytes], tools: Iterable[str] = ()) -> dict[str, str]:
    """Versions by distribution, pinned as the course pins them: what preflight asks for and what these files import.

    Raises:
        BuildError: something is imported that requirements.txt does not pin.
    """
    pinned = _pins(course.root / "requirements.txt")
    outside = {name: data for name, data in files.items() if not name.startswith("course_lib/kit/") or name.startswith(f"{DATA}/")}
    sources = [data.decode() for name, data in outside.items() if name.endswith(".py")]
    for name, data in outside.items():
        if name.endswith(".ipynb"):
            sources += preflight.code_of(data.decode())
    modules = dict.fromkeys(preflight.imported(sources))
    modules |= dict.fromkeys(name for name in preflight.imported(_kit_modules(sources, files)) if name not in WHERE_PRESENT)
    wanted = [distribution for distribution, _ in preflight.REQUIRED.values()]
    wanted += [preflight.DISTRIBUTIONS.get(module, module) for module in modules if module not in preflight.REQUIRED]
    found: dict[str, str] = {}
    for name in dict.fromkeys([*TOOLS, *tools, *wanted]):
        if _plain(name) not in pinned:
            raise BuildError(f"students need {name}, but {course.root / 'requirements.txt'} pins no such distribution")
        distribution, version = pinned[_plain(name)]
        found[distribution] = version
    return dict(sorted(found.items(), key=lambda pin: pin[0].lower()))


def _kit_modules(sources: Iterable[str], files: dict[str, bytes]) -> list[str]:
    """Sources of the kit's modules that these sources import, directly or through others."""
    found: dict[str, str] = {}
    waiting = list(sources)
    while waiting:
        for path in _course_imports(waiting.pop()):
            for name in (f"{path}.py", f"{path}/__init__.py"):
                if name in files and name not in found:
                    found[name] = files[name].decode()
                    waiting.append(found[name])
    return list(found.values())


def _course_imports(source: str) -> set[str]:
    """Places of the course's modules that a source imports, as paths without suffix."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a cell with magics
        return set()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.replace(".", "/") for name in names if name.startswith("course_lib")}


def _pins(path: Path) -> dict[str, tuple[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise BuildError(f"{path}: no such file. Versions for students are taken from there.") from None
    found = (re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)", line.strip()) for line in lines)
    return {_plain(pin[1]): (pin[1], pin[2]) for pin in found if pin}


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _being_graded(course: Course) -> str:
    """Why this term counts as one that is graded; "" when it does not."""
    submitted = course.term / "submitted"
    if submitted.is_dir() and any(submitted.iterdir()):
        return f"{submitted} holds submissions"
    return next((f"{path} is there" for name in ("gradebook.db", "roster.csv") if (path := course.term / name).exists()), "")


def _built(course: Course, week: int, only: Iterable[str]) -> tuple[list[Assignment], tuple[str, ...]]:
    only = tuple(only)
    of_week = [a for name in course.assignment_ids() if (a := course.assignment(name)).week == week]
    if unknown := [name for name in only if name not in [assignment.id for assignment in of_week]]:
        raise CourseError(f"Week {week} has no assignment {', '.join(unknown)}. It has: {', '.join(a.id for a in of_week) or 'none'}.")
    of_week = [assignment for assignment in of_week if not only or assignment.id in only]
    chosen = [assignment for assignment in of_week if course.release_notebook(assignment.id).is_file()]
    left_out = tuple(f"{a.id}: not built yet. Run: course build {a.id}" for a in of_week if a not in chosen)
    if not chosen:
        raise CourseError("\n".join(left_out) or f"There is no assignment in week {week}.")
    return chosen, left_out


def _release(course: Course, assignment_id: str) -> bytes:
    data = course.release_notebook(assignment_id).read_bytes()
    if data != build_release(course, assignment_id):
        raise CourseError(f"{course.release_notebook(assignment_id)} is stale. Run: course build {assignment_id}")
    return data


def _refuse_answers(chosen: Iterable[Assignment]) -> None:
    """What one assignment needs may be what another one of the same zip asks students to write."""
    asked = {assignment.topic: assignment.id for assignment in chosen}
    for assignment in chosen:
        for topic in assignment.needs:
            if topic in asked:
                raise CourseError(
                    f"{assignment.id} needs course_lib.{topic}, the answer to {asked[topic]}, and one kit would hold both. Give out "
                    f"{assignment.id} after the last extension of {asked[topic]}; name what this kit is for with --assignment."
                )

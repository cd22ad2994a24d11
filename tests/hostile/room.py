"""A class of attackers, graded by the real grader in the real sandbox, and what they left behind."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from hostile import corpus, pages, rawfiles, surgery
from hostile.verdict import problems

from autograder.build import write_release
from autograder.cohort import find_submissions, grade_cohort
from autograder.course import Course, open_course
from autograder.gradebook import scores
from autograder.recording import record
from autograder.reports.assemble import item_links
from autograder.reports.instructor.gather import write_report
from autograder.reports.student import render_student_page
from autograder.result import Result
from autograder.sandbox import folders, processes

ID = "h01_replies"
COURSE = Path(__file__).with_name("course")
NEIGHBOUR = "z-neighbour"  # graded last: whatever the others did has been done by then
VARIABLE = "COURSE_TEST_CANARY"
SANDBOX_USERS = range(0x70000000, 0x70000000 + (1 << 24))


@dataclass
class Outcome:
    """What became of one attack; ``problems`` is empty when it was contained and scored as expected."""

    attack: corpus.Attack
    result: Result
    student_page: str = ""
    leaks: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.attack.family}/{self.attack.name}"

    @property
    def lines(self) -> list[str]:
        """All that is wrong, in words."""
        return [*self.problems, *self.leaks, *self.left]

    @property
    def contained(self) -> bool:
        return not self.leaks and not self.left

    @property
    def as_expected(self) -> bool:
        return not self.problems


class Room:
    """A course in a folder of its own, with things around it that no submission may reach.

    Sources of attacks may name them: ``@file@`` a file that anybody may read, ``@folder@`` its folder, ``@port@`` something that listens
    on this machine, ``@socket@`` the same on an abstract Unix socket, ``@checkout@`` the course's own code, ``@root@`` and ``@term@`` this
    course and its term, ``@neighbour@`` the notebook of a student who has everything right, ``@pid@`` the grader's process.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        shutil.copytree(COURSE, folder / "course", ignore=shutil.ignore_patterns("__pycache__"))
        self.course: Course = open_course(folder / "course", folder / "course" / "term")
        write_release(self.course, ID)
        self.release = json.loads(self.course.release_notebook(ID).read_bytes())
        self._graders: set[int] = set()
        self.outside = folder / "outside"
        self.outside.mkdir()
        self.canaries = {name: secrets.token_hex(12) for name in ("file", "environment", "neighbour", "listener")}
        (self.outside / "secret.txt").write_text(self.canaries["file"])
        self.notebook_of_neighbour = self._neighbour()
        self.canaries["term's secret"] = self.course.secret.hex()
        # Words that stand in the private part of the course only; the page of nobody may quote them.
        self.canaries |= {"checks": "HIDDEN-CHECK-MARK", "solution": "HIDDEN-SOLUTION-MARK"}

    # -- submissions ------------------------------------------------------------------------------------------------------

    def notebook(self, base: str) -> dict[str, Any]:
        """The release, or the release with every answer but the tensor's, as JSON with sources in one piece."""
        notebook = json.loads(json.dumps(self.release))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if base == "solved" and name in corpus.SOLUTIONS:
                cell["source"] = corpus.SOLUTIONS[name]
        return notebook

    def submit(self, attack: corpus.Attack, places: dict[str, str], student: str = "") -> None:
        """Hand in what the attack describes, under its name."""
        notebook = self.notebook(attack.base)
        cells = notebook["cells"]
        by_id = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in cells}
        for name, source in attack.cells.items():
            by_id[name]["source"] = _filled(source, places)
        for name, source in attack.extra.items():
            new = {"cell_type": "code", "id": f"more-{name}", "metadata": {}, "source": _filled(source, places)}
            cells.insert(cells.index(by_id[name]) + 1, new | {"outputs": [], "execution_count": None})
        for operation in attack.surgery:
            surgery.operate(cells, *operation)
        data = json.dumps(notebook).encode()
        in_place = attack.raw in rawfiles.IN_PLACE
        if attack.raw and not in_place:
            data = rawfiles.MAKERS[attack.raw](notebook)
        place = self._write(student or attack.name, data, corpus.TABLE if attack.base == "solved" else [])
        if in_place:
            rawfiles.MAKERS[attack.raw](place, self.notebook_of_neighbour)
        evidence = place.parent / "pack" / "evidence"
        if isinstance(attack.evidence, str):
            rawfiles.MAKERS[attack.evidence](evidence, self.outside / "secret.txt")
        else:
            for name, text in attack.evidence.items():
                (evidence / name).write_text(text)

    def _neighbour(self) -> Path:
        notebook = self.notebook("solved")
        notebook["cells"].append(nbformat.v4.new_markdown_cell(self.canaries["neighbour"]))
        return self._write(NEIGHBOUR, json.dumps(notebook).encode(), corpus.TABLE)

    def _write(self, student: str, data: bytes, table: list[dict[str, int]]) -> Path:
        place = self.course.submission_notebook(ID, student)
        evidence = place.parent / "pack" / "evidence"
        (evidence / "tables").mkdir(parents=True)
        (evidence / "tables" / "counts.json").write_text(json.dumps(table))
        (evidence / "manifest.json").write_text(json.dumps({"assignment": ID, "profile": "cpu", "seed": 0}))
        place.write_bytes(data)
        return place

    # -- grading ----------------------------------------------------------------------------------------------------------

    def grade(self, attacks: Iterable[corpus.Attack], *, sandbox: bool = True) -> list[Outcome]:
        """Grade all attacks in one run with one worker, the neighbour last, and record them in the gradebook."""
        attacks = list(attacks)
        outcomes: dict[str, Outcome] = {}
        by_name = {attack.name: attack for attack in attacks}
        with self._around() as places:
            for attack in attacks:
                self.submit(attack, places)
            before = self._fingerprint()

            def look(result: Result) -> None:
                if attack := by_name.get(result.student):
                    outcomes[attack.name] = Outcome(attack, result, left=self._left(before, sandbox=sandbox))

            assignment = self.course.assignment(ID)
            submissions = find_submissions(self.course, ID)
            results = grade_cohort(self.course, assignment, submissions, jobs=1, sandbox=sandbox, on_result=look)
        notices = record(self.course, assignment, results, submissions)
        written = write_report(self.course, assignment, self.folder / "report")
        staff = {page.name: page.read_text(encoding="utf-8") for page in sorted(written.parent.glob("*.html"))}
        recorded = scores(self.course, assignment)
        links = item_links(self.course, assignment)
        self.neighbour = results[NEIGHBOUR]
        self.faults = [str(notice) for notice in notices if notice.kind == "fault"]
        self.faults += [f"connected to {name} after all results" for name in self.late_callers]
        for name, page in staff.items():
            parts = pages.active_parts(page)
            if parts not in ([], ["<script>"]):  # its own, which sorts tables
                self.faults.append(f"the page {name} of staff has {', '.join(parts[:3])}")
        for outcome in outcomes.values():
            outcome.student_page = render_student_page(assignment, outcome.result, links)
            outcome.leaks = self._leaks(outcome)
            outcome.left += [f"the student's page has {part}" for part in pages.active_parts(outcome.student_page)]
            for path in (self.course.term / "autograded" / outcome.attack.name).rglob("*.ipynb"):
                outcome.left += [f"formgrader would show {kind}" for kind in pages.rich_outputs(path)]
            outcome.problems = list(
                problems(outcome.attack, outcome.result, outcome.student_page, staff, recorded.get(outcome.attack.name, {}))
            )
        return [outcomes[attack.name] for attack in attacks]

    @contextlib.contextmanager
    def _around(self) -> Iterator[dict[str, str]]:
        """The things that listen, and the variable that only the grader has."""
        abstract_name = f"course-test-{secrets.token_hex(6)}"
        with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as abstract:
            abstract.bind("\0" + abstract_name)
            abstract.listen()
            self._listeners = {"tcp": tcp, "abstract": abstract}
            os.environ[VARIABLE] = self.canaries["environment"]
            try:
                yield {
                    "@file@": str(self.outside / "secret.txt"),
                    "@folder@": str(self.outside),
                    "@port@": str(tcp.getsockname()[1]),
                    "@socket@": abstract_name,
                    "@checkout@": str(Path(corpus.__file__).parents[2]),
                    "@root@": str(self.course.root),
                    "@term@": str(self.course.term),
                    "@neighbour@": str(self.notebook_of_neighbour),
                    "@pid@": str(os.getpid()),
                }
            finally:
                del os.environ[VARIABLE]
                self.late_callers = self._callers()

    def _callers(self) -> list[str]:
        """Which listeners somebody has connected to since the last look."""
        found = []
        for name, listener in self._listeners.items():
            listener.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    listener.accept()[0].close()
                    found.append(name)
        return found

    # -- what is left -----------------------------------------------------------------------------------------------------

    def _fingerprint(self) -> dict[str, str]:
        """Contents of everything around the submissions that grading has no business to change."""
        places = [self.outside, self.course.root / "solutions", self.course.root / "assignments", self.course.term / "submitted"]
        return {str(path): _digest(path) for place in places for path in sorted(place.rglob("*")) if path.is_file() or path.is_symlink()}

    def _left(self, before: dict[str, str], *, sandbox: bool) -> list[str]:
        """What a submission has left behind: processes and folders of its sandbox, changed files, connections that were made."""
        self._graders |= {os.getpid(), *processes.children(os.getpid())}
        deadline = time.monotonic() + 2  # another test's orphans may be on their way out
        while sandbox and (found := sandboxed_processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        left = [f"process {pid}" for pid in found] if sandbox else []
        left += [f"folder {path.name}" for path in Path(tempfile.gettempdir()).glob(f"{folders.PREFIX}-*") if self._is_left(path)]
        after = self._fingerprint()
        left += [f"changed {name}" for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
        return left + [f"connected to {name}" for name in self._callers()]

    def _is_left(self, path: Path) -> bool:
        """Whether a folder is of one of our own workers that is gone; other graders on this machine sweep theirs."""
        return folders.is_abandoned(path.name) and any(path.name.startswith(f"{folders.PREFIX}-{pid}-") for pid in self._graders)

    def _leaks(self, outcome: Outcome) -> list[str]:
        """Canaries in anything that grading made of the submission."""
        student = outcome.attack.name
        texts = {"the result": outcome.result.model_dump_json(), "the student's page": outcome.student_page}
        graded = self.course.term / "autograded" / student
        texts |= {str(path): path.read_text("utf-8", "replace") for path in graded.rglob("*") if path.is_file() and not path.is_symlink()}
        return [f"{name} in {place}" for name, word in self.canaries.items() for place, text in texts.items() if word in text]


def sandboxed_processes() -> list[int]:
    """Processes of a sandbox that this process started, or that nobody owns any more.

    They are known by their user, and by a variable that every kernel is started with. Another grader on this machine may have its own.
    """
    processes: dict[int, tuple[int, bool]] = {}  # parent, and whether it is a sandbox's
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines() if ":\t" in line)
            marked = b"COURSE_GRADING=1" in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if not fields["State"].startswith("Z"):
            processes[int(folder.name)] = int(fields["PPid"]), marked or int(fields["Uid"].split()[0]) in SANDBOX_USERS
    return [pid for pid, (_, sandboxed) in processes.items() if sandboxed and _owner(pid, processes) in (os.getpid(), 1)]


def _owner(pid: int, processes: dict[int, tuple[int, bool]]) -> int:
    """This process where ``pid`` descends from it, else the first ancestor outside any sandbox."""
    outside = 0
    while pid > 1:
        pid, _ = processes.get(pid, (1, False))
        if pid == os.getpid():
            return pid
        if not outside and not processes.get(pid, (0, False))[1]:
            outside = pid
    return outside or 1


def _filled(source: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        source = source.replace(name, value)
    return source


def _digest(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    status = path.stat()
    return hashlib.sha256(path.read_bytes()).hexdigest() + f" {status.st_mode:o} {status.st_uid}"

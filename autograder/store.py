"""Results by the content that they were computed from: what did not change is not computed again.

A key covers everything that can change a result: the submission, the student's id, the checks, the manifest, the release, the
references, the kit, the grader's code, the round, the term's secret and the environment. A stored result whose file is damaged, of
another version or under a wrong name is taken for absent.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path

from pydantic import ValidationError

import autograder
import course_lib
from autograder.course import Course
from autograder.evidence import evidence_digest
from autograder.manifest import Assignment
from autograder.result import Result

SCHEMA = 1  # of the store's files and keys; raise it when either changes its meaning

# The proofs and the prose of an assignment's room: nothing of them reaches a result but through the release.
UNUSED_IN_ROOM = frozenset({"mutants.py", "mutants_*.py", "alternatives", "cohort.yml", "notebook.md"})
# Modules that only take results further. What is not named here counts as part of the grader.
AFTER_RESULTS = frozenset(
    {
        *("cohort.py", "collect.py", "gradebook.py", "ledger.py", "autograde.py", "nbgrader_hooks.py", "nbgrader_settings.py"),
        "nbgrader_feedback.py",
        *("roster.py", "schedule.py", "attempts.py", "recorded.py", "standing.py", "commands.py"),
        *("cli_feedback.py", "cli_publish.py", "cli_report.py", "cli_term.py", "cli_marking.py", "marking"),
        *("archives.py", "matching.py", "intake.py", "collecting.py", "choosing.py", "extensions.py", "lateness.py"),
        *("adjusting.py", "exports.py", "purge.py"),
        *("feedback.py", "sent.py", "platform_zip.py", "booklinks.py"),
        *(
            "reports",
            "book.py",
            "cli.py",
            "demo.py",
            "proof.py",
            "validate.py",
            "checkfiles.py",
            "kitzip.py",
            "kit_readme.py",
            "history.py",
            "similarity",
            "selfstudy.py",
        ),
    }
)


class Store:
    """A folder of results, one file per key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def get(self, key: str) -> Result | None:
        """The result under ``key``, or ``None`` when there is none that can be trusted."""
        try:
            stored = json.loads(self.path(key).read_bytes())
            text = stored["result"]
            if stored["schema"] != SCHEMA or stored["sha256"] != _sha256(text.encode()):
                return None
            result = Result.model_validate_json(text)
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError, ValidationError):
            return None
        return result if result.key == key else None

    def put(self, key: str, result: Result) -> None:
        """Store ``result``, whole or not at all.

        Raises:
            ValueError: the result names another key.
        """
        if result.key != key:
            raise ValueError(f"a result with the key {result.key!r} cannot be stored under {key!r}")
        text = result.model_dump_json()
        content = json.dumps({"schema": SCHEMA, "sha256": _sha256(text.encode()), "result": text}).encode()
        write_whole(self.path(key), content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that every reader, and every restart after a crash, finds the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:16]}-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def submission_key(
    course: Course,
    assignment: Assignment,
    data: bytes,
    evidence_dir: Path | None,
    student: str,
    round_number: int = 0,
    *,
    sandbox: bool = True,
    grader: Mapping[str, str] | None = None,
) -> str:
    """The key of one submission's result: 64 hexadecimal digits.

    Args:
        data: the submitted notebook's bytes.
        evidence_dir: the evidence beside it.
        grader: what :func:`grader_parts` says, for one who asks for many keys at once.
    """
    parts = {
        "notebook": _sha256(data),
        "evidence": evidence_digest(evidence_dir),
        "student": student,
        "round": str(round_number),
        "sandbox": str(sandbox),
        **(grader_parts(course, assignment) if grader is None else grader),
    }
    return _sha256(json.dumps(parts, sort_keys=True).encode())


def grader_parts(course: Course, assignment: Assignment) -> dict[str, str]:
    """The part of a key that is the same for every submission: everything that grades, as it is on disk now."""
    return {
        "schema": str(SCHEMA),
        "secret": _sha256(course.secret),
        "manifest": assignment.model_dump_json(),
        "specification": repr(course.specification),
        "room": tree_digest(course.room(assignment.id), UNUSED_IN_ROOM),
        "release": _sha256(release_bytes(course, assignment.id)),
        "code": code_digest(),
        "environment": environment_digest(),
    }


def release_bytes(course: Course, assignment_id: str) -> bytes:
    """The release notebook that students received; built where none is committed yet.

    Raises:
        BuildError: there is none and it cannot be built.
    """
    try:
        return course.release_notebook(assignment_id).read_bytes()
    except FileNotFoundError:
        place = str(course.root), assignment_id, tree_digest(course.room(assignment_id), frozenset())
    if place not in _built:
        from autograder.build import build_release  # nbgrader takes half a second, and workers rarely need it

        _built[place] = build_release(course, assignment_id)
    return _built[place]


_built: dict[tuple[str, str, str], bytes] = {}  # by checkout, assignment, and the room's content


def code_digest() -> str:
    """A digest of the code that grades: the references, the kit and the grader itself, as they are on disk now."""
    library, grader = (Path(package.__file__).parent for package in (course_lib, autograder))
    return _sha256((tree_digest(library, frozenset()) + tree_digest(grader, AFTER_RESULTS)).encode())


@cache
def environment_digest() -> str:
    """A digest of the interpreter and of every installed distribution's version."""
    # Not sys.path: some libraries put folders of their own there once they are imported.
    places = sorted({*site.getsitepackages(), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    installed = sorted({f"{d.metadata['Name']} {d.version}" for d in importlib.metadata.distributions(path=places)})
    return _sha256("\n".join([sys.version, platform.machine(), *installed]).encode())


def tree_digest(root: Path, skipped: Iterable[str]) -> str:
    """A digest of names and contents below ``root``, but for byte code and the entries of its top level that match a name."""
    patterns = tuple(skipped)
    named = ((path.relative_to(root), path) for path in _files(root))
    lines = [f"{name.as_posix()} {_file_digest(path)}" for name, path in named if not any(fnmatchcase(name.parts[0], p) for p in patterns)]
    return _sha256("\n".join(lines).encode())


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(folder, name) for name in sorted(names) if not name.endswith(".pyc"))


def _file_digest(path: Path) -> str:
    status = path.stat()
    return _content_digest(path, status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=20_000)
def _content_digest(path: Path, *_: int) -> str:
    return _sha256(path.read_bytes())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

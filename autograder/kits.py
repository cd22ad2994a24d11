"""The kit: what students receive beside the notebook, and all of the course that exists inside the sandbox.

An allow-list: what is not named here does not travel. Reference implementations, hidden checks and proofs are never looked at.
"""

from __future__ import annotations

import compileall
import hashlib
import json
import os
import py_compile
import tempfile
from pathlib import Path
from typing import Any

import course_lib
from autograder.authored import BuildError
from autograder.course import Course
from autograder.manifest import Assignment
from autograder.roomfiles import name_in_kit, public_checks
from autograder.sandbox.folders import is_abandoned, own_name, remove

_NEW = ".new-"  # and the name of the process that is building
LIBRARY = Path(course_lib.__file__).resolve().parent
SUFFIXES = frozenset(
    ".py .json .jsonl .txt .csv .tsv .npz .npy .safetensors .svg .png .css .html .ttf .otf .woff2".split()  # noqa: SIM905
)


def build_kit(course: Course, assignment_id: str, destination: Path) -> Path:
    """Copy the kit of an assignment into ``destination``, a new or empty folder, and return it.

    The folder goes on ``PYTHONPATH``; it holds ``course_lib`` with the kit, the public checks, and the topics that the assignment needs.

    Raises:
        BuildError: a file is missing or is a link, or the destination holds something already.
    """
    files = kit_files(course, assignment_id)
    destination.mkdir(parents=True, exist_ok=True)
    if any(destination.iterdir()):
        raise BuildError(f"{destination}: not empty. A kit is built into a folder of its own.")
    for name, data in files.items():
        target = destination / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    _make_readable(destination)
    return destination


def kit_for_grading(course: Course, assignment_id: str) -> Path:
    """The kit as the sandbox shows it: in a folder of the term that is named after its content, built when it is not there.

    Safe to call from many processes. Readable for everyone, because the sandbox's user is another one. Byte code is in it already.
    """
    digest = _digest(kit_files(course, assignment_id))
    kits = course.term / "kits"
    for left in kits.glob(f"{_NEW}*"):  # by one that was killed while it built
        if is_abandoned(left.name.removeprefix(_NEW)):
            remove(left)
    kit = kits / digest
    if kit.is_dir() and _digest(package_files(kit)) == digest:
        return kit
    kits.mkdir(parents=True, exist_ok=True)
    kits.chmod(0o755)
    with tempfile.TemporaryDirectory(dir=kits, prefix=_NEW + own_name()) as scratch:
        new = build_kit(course, assignment_id, Path(scratch) / "kit")
        # Hashes instead of dates, and never looked at again: the folder does not change.
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(new, quiet=2, invalidation_mode=unchecked)
        _make_readable(new)
        if kit.is_dir() and _digest(package_files(kit)) != digest:  # damaged: out of the way
            kit.rename(Path(scratch) / "damaged")
        try:
            new.rename(kit)
        except OSError:
            if not kit.is_dir():
                raise
    return kit


def kit_files(course: Course, assignment_id: str) -> dict[str, bytes]:
    """Every file of the kit, by its place there.

    Raises:
        BuildError: something that the kit has to hold is missing.
    """
    assignment = course.assignment(assignment_id)
    public = public_checks(course.room(assignment_id))
    if not public[0].is_file():
        raise BuildError(f"{public[0]}: no such file. Students check themselves with it; the kit cannot go without.")
    packages = [LIBRARY / "kit"]
    for topic in assignment.needs:
        if topic == assignment.topic or not (LIBRARY / topic / "__init__.py").is_file():
            raise BuildError(f"needs: course_lib has no other topic {topic!r} that {assignment_id} could be given")
        packages.append(LIBRARY / topic)
    files = {"course_lib/__init__.py": (LIBRARY / "__init__.py").read_bytes()}
    for package in packages:
        files |= {f"course_lib/{package.name}/{name}": data for name, data in package_files(package).items()}
    if answers := [name for name in files if name.startswith("course_lib/kit/selfstudy/data/")]:
        raise BuildError(
            f"{answers[0]}: answers lie in the library; they are for self-study kits only. Remove {LIBRARY / 'kit/selfstudy/data'}"
        )
    files |= {f"course_lib/kit/public/{name_in_kit(assignment_id, path)}": path.read_bytes() for path in public}
    files[f"course_lib/kit/public/{assignment_id}.json"] = _listing(assignment)
    return files


def _listing(assignment: Assignment) -> bytes:
    """What the items are called and what the deliverables are made of; of the manifest, students need no more."""
    listing: dict[str, Any] = {
        kind: [{"id": item.id, "title": item.title, "criteria": item.manual} for item in getattr(assignment, kind)]
        for kind in ("items", "bonus")
    }
    listing["deliverables"] = assignment.deliverables
    listing["parts"] = {name: part.model_dump(mode="json", exclude_defaults=True) for name, part in assignment.parts.items()}
    listing["draft"] = assignment.draft
    return json.dumps(listing, ensure_ascii=False, indent=1).encode() + b"\n"


def package_files(folder: Path) -> dict[str, bytes]:
    """The files of a package that may travel, by relative path. Raises BuildError on a link, which could lead anywhere."""
    found: dict[str, bytes] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith("."))
        here = Path(parent)
        for link in (here / name for name in (*folders, *names) if (here / name).is_symlink()):
            raise BuildError(f"{link}: a link; a kit holds files only")
        for name in sorted(names):
            if (here / name).suffix in SUFFIXES and not name.startswith("."):
                found[(here / name).relative_to(folder).as_posix()] = (here / name).read_bytes()
    return dict(sorted(found.items()))


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{name}\0{hashlib.sha256(data).hexdigest()}\0".encode())
    return digest.hexdigest()[:32]


def _make_readable(folder: Path) -> None:
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in names:
            (Path(parent) / name).chmod(0o644)

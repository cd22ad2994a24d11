"""What arrives from a platform, as data: each file below ``arrivals/`` says what a zip or a folder holds and what must become of it.

    what: names that lead out of the archive
    wall: names are checked before anything is written
    form: zip                                  # or folder
    roster: true                               # false: the name of a file or a folder is the student's id
    files:                                     # in this order; a zip may have two of one name
      - [kim.ipynb, honest]                    # a text, or one of the makers' below with its arguments
      - [../../lee.ipynb, evil]
    taken: {"2026-10231": honest}              # students, and the text or the number of bytes of what is kept as their notebook
    aside: {../../lee.ipynb: leads out}        # labels, and words of the reason that staff read
    left_out: ["a link"]                       # what staff read besides
    refused: ""                                # words of the error where nothing at all is taken

Makers: ``{zeros: 60000000}`` bytes of nothing, ``{link: "@secret@"}``, ``{pipe: true}``, ``{bzip: text}``,
``{zip: [[name, text], …]}``, ``{locked: text}`` for an entry that says it is encrypted, ``{many: 60000}`` for so many empty files.
``@outside@`` in a name or a label stands for a folder that exists and is not the term's.
"""

from __future__ import annotations

import io
import os
import secrets
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from rich.console import Console

from autograder.attempts import read_attempts
from autograder.collecting import Collected, collect_source
from autograder.commands import show_collected
from autograder.course import Course, CourseError, open_course
from autograder.strictyaml import load_yaml

ARRIVALS = Path(__file__).with_name("arrivals")
ID = "h01_replies"
ROSTER = """학번,이름,이메일
2026-10231,김민수,kim@a.kr
2026-10232,이영희,lee@a.kr
2026-10233,Minsu Park,park@a.kr
"""
NOBODY_ELSES = ("attempts", "aside")  # folders of a term that collecting writes


class Arrival(BaseModel):
    """One file; the module describes its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    what: str
    wall: str = ""
    form: Literal["zip", "folder"] = "zip"
    roster: bool = True
    files: list[tuple[str, str | dict[str, Any]]]
    taken: dict[str, str | int] = {}
    aside: dict[str, str] = {}
    left_out: list[str] = []
    refused: str = ""


@dataclass
class Arrived:
    """What became of one: ``left`` is what it did where it has no business, ``problems`` what is not as its file says."""

    arrival: Arrival
    left: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"arrivals/{self.arrival.name}"

    @property
    def lines(self) -> list[str]:
        """All that is wrong, in words."""
        return [*self.problems, *self.left]

    @property
    def contained(self) -> bool:
        return not self.left

    @property
    def as_expected(self) -> bool:
        return not self.problems


def load() -> list[Arrival]:
    """Every arrival by name. Raises ValidationError on a file that is none."""
    return [Arrival.model_validate({"name": path.stem} | load_yaml(path)) for path in sorted(ARRIVALS.glob("*.yml"))]


def arrive(arrival: Arrival, folder: Path, root: Path) -> Arrived:
    """Collect it twice into a new term in ``folder``, as a TA who is not sure of the first time would. The course is in ``root``."""
    secret = secrets.token_hex(12)
    (folder / "outside").mkdir(parents=True)
    (folder / "outside" / "secret.txt").write_text(secret)
    course = open_course(root, folder / "term")
    course.term.mkdir()
    if arrival.roster:
        (course.term / "roster.csv").write_text(ROSTER, encoding="utf-8")
    arrival = _placed(arrival, str(folder / "outside"))
    source = _made(arrival, folder)
    before = _around(folder)
    arrived = Arrived(arrival)
    for _ in range(2):
        try:
            found = collect_source(course, ID, source)
        except CourseError as error:
            found = None
            if not arrival.refused or arrival.refused not in str(error):
                arrived.problems.append(f"refused: {error}")
        arrived.problems += _problems(arrival, course, found)
    after = _around(folder)
    arrived.left += [f"changed {name}" for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    arrived.left += list(_strange(course.term, secret))
    return arrived


def _placed(arrival: Arrival, outside: str) -> Arrival:
    files = [(name.replace("@outside@", outside), content) for name, content in arrival.files]
    aside = {label.replace("@outside@", outside): words for label, words in arrival.aside.items()}
    return arrival.model_copy(update={"files": files, "aside": aside})


def _problems(arrival: Arrival, course: Course, found: Collected | None) -> Iterator[str]:
    if found is None:
        found = Collected("none")
    elif arrival.refused:
        yield f"taken though it should be refused with {arrival.refused!r}"
    kept: dict[str, str | int] = {}
    for student in found.students:
        attempts = read_attempts(course, ID, student)
        data = attempts[-1].notebook.read_bytes()
        kept[student] = len(data) if isinstance(arrival.taken.get(student), int) else data.decode("utf-8", "replace")
        if len(attempts) != 1:
            yield f"{student} has {len(attempts)} attempts of the same files"
    if kept != arrival.taken:
        yield f"taken: {str(kept)[:300]} instead of {arrival.taken}"
    why = {label: reason for label, reason, _ in found.aside}
    if why.keys() != arrival.aside.keys():
        yield f"set aside: {why} instead of {sorted(arrival.aside)}"
    yield from (
        f"{label}: {why[label]!r} does not say {words!r}" for label, words in arrival.aside.items() if words not in why.get(label, words)
    )
    told = [note for entry in found.taken for note in entry.notes] + found.notices + list(why.values())
    yield from (f"staff are not told {words!r}" for words in arrival.left_out if not any(words in text for text in told))
    yield from _unreadable(found)


def _unreadable(found: Collected) -> Iterator[str]:
    """What the command would print of it that a terminal obeys, or that looks like a line of the command's own."""
    console = Console(file=io.StringIO(), width=10_000)
    show_collected(console, found)
    lines = console.file.getvalue().splitlines()
    yield from (f"printed: {line!r}" for line in lines if not line.isprintable())
    if len(lines) != 1 + len(found.notices) + len(found.aside) + sum(len(entry.notes) for entry in found.taken):
        yield f"{len(lines)} lines are printed: {lines}"


def _around(folder: Path) -> dict[str, str]:
    """Everything but what collecting is there to write."""
    own = [folder / "term" / name for name in NOBODY_ELSES]
    paths = [path for path in folder.rglob("*") if not any(path.is_relative_to(place) for place in own)]
    return {str(path): f"{path.lstat().st_mode:o} {path.lstat().st_size}" for path in paths if not path.is_dir() or path.is_symlink()}


def _strange(term: Path, secret: str) -> Iterator[str]:
    """Links and pipes in the term, files that are half written, files with more than one name, and the secret."""
    for path in term.rglob("*"):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            if path.lstat().st_nlink > 1:
                yield f"{path.name} has another name"
            if secret.encode() in path.read_bytes():
                yield f"the secret is in {path.name}"
        elif not stat.S_ISDIR(mode):
            yield f"{path.name} is no file"
        if path.name.startswith(".new-"):
            yield f"{path.name} is half written"


# -- making it ----------------------------------------------------------------------------------------------------------


def _made(arrival: Arrival, folder: Path) -> Path:
    secret = str(folder / "outside" / "secret.txt")
    source = folder / ("source.zip" if arrival.form == "zip" else "source")
    if arrival.form == "zip":
        source.write_bytes(_zipped(arrival.files, secret))
        return source
    for name, content in arrival.files:
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case str():
                path.write_text(content, encoding="utf-8")
            case {"link": str(target)}:
                path.symlink_to(target.replace("@secret@", secret))
            case {"pipe": True}:
                os.mkfifo(path)
            case _:
                raise ValueError(f"{arrival.name}: a folder cannot hold {content}")
    return source


def _zipped(files: list[tuple[str, Any]] | list[list[Any]], secret: str = "") -> bytes:
    held = io.BytesIO()
    locked = []
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = _entry(name)
            match content:
                case str():
                    archive.writestr(info, content)
                case {"zeros": int(size)}:
                    archive.writestr(info, bytes(size))
                case {"link": str(target)}:
                    info.external_attr = (stat.S_IFLNK | 0o777) << 16
                    archive.writestr(info, target.replace("@secret@", secret))
                case {"zip": list(inner)}:
                    archive.writestr(info, _zipped(inner))
                case {"bzip": str(text)}:
                    archive.writestr(info, text, zipfile.ZIP_BZIP2)
                case {"locked": str(text)}:
                    archive.writestr(info, text)
                    locked.append(info.header_offset)
                case {"many": int(count)}:
                    for number in range(count):
                        archive.writestr(f"{name}{number}", b"")
                case _:
                    raise ValueError(f"a zip cannot hold {content}")
    return _locked(held.getvalue(), locked)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.compress_type, info.filename = zipfile.ZIP_DEFLATED, name  # ZipInfo itself would mend separators and end at a NUL
    return info


def _locked(data: bytes, offsets: list[int]) -> bytes:
    """The flag of encryption set in the headers of these entries, which nothing that writes zips here can do."""
    made = bytearray(data)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        if int.from_bytes(data[at + 42 : at + 46], "little") in offsets:
            made[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    for offset in offsets:
        made[offset + 6] |= 1
    return bytes(made)

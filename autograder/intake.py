"""What lies in a folder or a zip of submissions: who handed in what, by the names that platforms give.

Known are nbgrader's exchange (``<student>+<id>+<time>``), Moodle's download (``<name>_<number>_assignsubmission_file…``), Canvas's
(``<name>_[LATE_]<user>_<submission>_<file>``), and plain ones: ``<student>/<id>/<id>.ipynb``, ``<student>/<id>.ipynb``,
``<student>.ipynb``, ``<student>.zip``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.archives import Entry, Listing, Refused, list_folder, list_zip
from autograder.collect import PACK, PACK_BYTES, PACK_FILES
from autograder.matching import Unmatched, match_person, match_plain
from autograder.reading import BOUNDS
from autograder.roster import Student
from autograder.submissions import TIMESTAMP, parse_timestamp

_MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?(?P<file>.*)")
_CANVAS = re.compile(r"(?P<name>.+?)_(?P<late>LATE_)?(?P<number>\d+)_\d+_(?P<file>.+)")


@dataclass
class Group:
    """The files of one submission, and what their names say about it."""

    label: str  # as it stands in the source
    person: str  # whom it names
    files: list[Entry] = field(default_factory=list)
    submitted: datetime | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Handed:
    """A submission whose student is certain.

    Attributes:
        files: what goes into the term, by relative path: the notebook as ``<id>.ipynb`` and what lies in ``pack``.
        moment: the date that the archive gives the notebook, without a zone; platforms often write the time of the download.
    """

    student: str
    label: str
    files: Mapping[str, bytes]
    submitted: datetime | None
    moment: datetime | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class SetAside:
    """What could not be matched: its files are kept for staff to look at."""

    label: str
    why: str
    files: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A source as read: ``kind`` is nbgrader, moodle, canvas or plain."""

    kind: str
    groups: list[Group]
    aside: list[SetAside]


def read_source(source: Path, assignment_id: str) -> Reading:
    """Sort the files of a folder or a zip into submissions.

    Raises:
        Refused: it is neither, or cannot be read.
    """
    if source.is_dir():
        listing = list_folder(source)
    elif source.is_file():
        listing = list_zip(source)
    else:
        raise Refused("no such folder or zip")
    kind, groups, aside = _sorted(listing, assignment_id)
    aside += [SetAside(name, why) for name, why in listing.refused]
    return Reading(kind, groups, aside)


def student_of(kind: str, group: Group, roster: Mapping[str, Student]) -> str:
    """Whose submission a group is. Raises Unmatched."""
    if kind in ("moodle", "canvas"):
        return match_person(group.person, [entry.name for entry in group.files], roster)
    if kind == "nbgrader" and roster and group.person not in roster:
        raise Unmatched(f"{group.person!r} is no id in the roster")
    return match_plain(group.person, roster)


def handed(group: Group, student: str, assignment_id: str) -> Handed:
    """Read one submission: its notebook, and the pack folder that belongs to it.

    Raises:
        Refused: no notebook, or several that could be meant.
    """
    files, notes = _expanded(group)
    notebook = _notebook(files, assignment_id)
    contents = {f"{assignment_id}.ipynb": files[notebook].read(BOUNDS.bytes + 1)}
    inside, pack = _pack(files, notebook)
    total = 0
    for path in inside:
        if len(contents) > PACK_FILES:
            notes.append(f"pack: more than {PACK_FILES:,} files; the rest is left out")
            break
        try:
            data = files[path].read()
            if len(data) > BOUNDS.bytes or (total := total + len(data)) > PACK_BYTES:
                raise Refused("too large")
            contents[f"{PACK}/{path.removeprefix(pack)}"] = data
        except Refused as error:
            notes.append(f"{path}: left out: {error}")
    others = [
        path for path in files if path != notebook and path not in inside and not path.endswith(f"/{TIMESTAMP}") and path != TIMESTAMP
    ]
    if others:
        notes.append(f"left out: {', '.join(others[:5])}" + (f" and {len(others) - 5} more" if len(others) > 5 else ""))
    return Handed(student, group.label, contents, group.submitted, files[notebook].moment, tuple(notes))


def _sorted(listing: Listing, assignment_id: str) -> tuple[str, list[Group], list[SetAside]]:
    exchange = re.compile(r"(?P<name>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d [^+]+)(?:\+.*)?")
    if found := _by_folder(listing, exchange):
        return "nbgrader", *_exchange(found, assignment_id)
    if any(_MOODLE.fullmatch(part) for entry in listing.entries for part in entry.parts):
        return "moodle", *_platform(listing, _MOODLE)
    tops = [entry for entry in listing.entries if len(entry.parts) == 1]
    if tops and len(tops) == len(listing.entries) and all(_CANVAS.fullmatch(entry.name) for entry in tops):
        return "canvas", *_platform(listing, _CANVAS)
    return "plain", *_plain(listing, assignment_id)


def _by_folder(listing: Listing, pattern: re.Pattern[str]) -> dict[str, tuple[re.Match[str], list[Entry]]]:
    """Files by the folder on their way whose name has the pattern, with their path below it."""
    found: dict[str, tuple[re.Match[str], list[Entry]]] = {}
    for entry in listing.entries:
        for place, part in enumerate(entry.parts[:-1]):
            if match := pattern.fullmatch(part):
                found.setdefault(part, (match, []))[1].append(entry.below(place + 1))
                break
    return found


def _exchange(found: Mapping[str, tuple[re.Match[str], list[Entry]]], assignment_id: str) -> tuple[list[Group], list[SetAside]]:
    groups, aside = [], []
    for label, (match, files) in found.items():
        if match["assignment"] != assignment_id:
            continue
        moment = parse_timestamp(match["time"])
        if moment is None:
            aside.append(SetAside(label, "its time cannot be read", tuple(files)))
            continue
        groups.append(Group(label, match["name"], files, moment))
    return groups, aside


def _platform(listing: Listing, pattern: re.Pattern[str]) -> tuple[list[Group], list[SetAside]]:
    groups: dict[tuple[str, str], Group] = {}
    aside = []
    for entry in listing.entries:
        found = next(((at, match) for at, part in enumerate(entry.parts) if (match := pattern.fullmatch(part))), None)
        if found is None:
            aside.append(SetAside(entry.path, "its name is not one that the platform gives", (entry,)))
            continue
        at, match = found
        fields = match.groupdict()
        if fields.get("kind") == "onlinetext":
            continue
        key = match["name"], match["number"]
        group = groups.setdefault(key, Group("_".join(key), match["name"]))
        last = at == len(entry.parts) - 1
        group.files.append(Entry(match["file"] or entry.name, entry.read, entry.moment) if last else entry.below(at + 1))
        if fields.get("late") and not group.notes:
            group.notes.append("the platform calls it late")
    return list(groups.values()), aside


def _plain(listing: Listing, assignment_id: str) -> tuple[list[Group], list[SetAside]]:
    groups: dict[str, Group] = {}
    aside = []
    for entry in listing.entries:
        top = entry.parts[0]
        if len(entry.parts) > 1:
            group = groups.setdefault(top, Group(top, top))
            rest = entry.below(1)
            if rest.parts[0] == assignment_id and len(rest.parts) > 1:
                rest = rest.below(1)
            group.files.append(rest)
        elif top.lower().endswith((".ipynb", ".zip")):
            groups[top] = Group(top, top.rpartition(".")[0], [entry])
        else:
            aside.append(SetAside(entry.path, "neither a student's folder nor a notebook", (entry,)))
    for group in groups.values():
        for entry in group.files:
            if entry.path == TIMESTAMP:
                try:
                    group.submitted = parse_timestamp(entry.read(200).decode("utf-8", "replace"))
                except Refused as error:
                    group.notes.append(f"{TIMESTAMP}: {error}")
    return list(groups.values()), aside


def _expanded(group: Group) -> tuple[dict[str, Entry], list[str]]:
    """The group's files with those of the zips among them, each zip below a folder of its name."""
    files, notes = {}, list(group.notes)
    for entry in group.files:
        if not entry.name.lower().endswith(".zip") or entry.parts[0] == PACK:
            files[entry.path] = entry
            continue
        listing = list_zip(entry.read(400_000_000))
        stem = entry.path.rpartition(".")[0]
        files |= {f"{stem}/{inner.path}": inner for inner in listing.entries}
        notes += [f"{entry.name}: {name!r} left out: {why}" for name, why in listing.refused[:20]]
    return files, notes


def _notebook(files: Mapping[str, Entry], assignment_id: str) -> str:
    """The path of the notebook: by its exact name, by that name with a number that a browser or platform added, or the only one."""
    notebooks = [path for path in files if path.lower().endswith(".ipynb")]
    found = [path for path in notebooks if PACK not in path.split("/")[:-1]] or notebooks
    renamed = re.compile(rf"{re.escape(assignment_id)}(?:[ _-]?\(?\d{{1,3}}\)?)?\.ipynb", re.IGNORECASE)
    exact = [path for path in found if path.rpartition("/")[2] == f"{assignment_id}.ipynb"]
    near = [path for path in found if renamed.fullmatch(path.rpartition("/")[2])]
    chosen = exact or near or found
    if not chosen:
        raise Refused("holds no notebook (.ipynb)")
    if len(chosen) > 1:
        raise Refused(f"several notebooks could be meant: {', '.join(sorted(chosen)[:5])}")
    return chosen[0]


def _pack(files: Mapping[str, Entry], notebook: str) -> tuple[list[str], str]:
    """Paths of the pack folder's files and the folder's own path: beside the notebook, or else the only one."""
    beside = f"{notebook.rpartition('/')[0]}/{PACK}/".lstrip("/")
    roots = {path[: match.start(1)] for path in files if (match := re.search(r"(?:^|/)(evidence/)", path))}
    roots |= {path[: match.end()] for path in files if (match := re.search(rf"(?:^|/){PACK}/", path))}
    roots = {root for root in roots if not any(other != root and root.startswith(other) and other for other in roots)}
    if not any(path.startswith(beside) for path in files):
        if len(roots) > 1:
            raise Refused(f"several pack folders could be meant: {', '.join(sorted(roots)[:5])}")
        beside = next(iter(roots), beside)
    root = beside
    # A zip of the folder's contents may hold the folder once more.
    while (again := f"{root}{PACK}/") and any(path.startswith(again) for path in files):
        root = again
    return [path for path in sorted(files) if path.startswith(root) and path != notebook], root

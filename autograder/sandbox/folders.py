"""Folders that belong to one sandbox and to one grader, and are swept when that grader is gone."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
from functools import cache
from pathlib import Path

PREFIX = "course-sandbox"
_NAME = re.compile(rf"{PREFIX}-(\d+)-(\d+)-[a-z0-9_]+")
_SOCKET_PATH = 100  # a Unix socket's path has at most 107 bytes


def own_name() -> str:
    """The start of the names that this process gives; its start time tells it from a later process of the same number."""
    return f"{PREFIX}-{os.getpid()}-{_start_time(os.getpid())}-"


def is_abandoned(name: str) -> bool:
    """Whether a name of :func:`own_name`'s kind belongs to a process that is gone."""
    match = _NAME.fullmatch(name)
    return bool(match) and _start_time(int(match[1])) != int(match[2])


def new_folder() -> Path:
    """A private folder whose path is short enough for sockets."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=own_name(), dir=_base()))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # the sandbox's user passes through, to what is its own
    return folder


def sweep() -> None:
    """Remove what a killed grader left behind. Each process does it once."""
    _sweep_once(os.getpid())


@cache
def _sweep_once(_pid: int) -> None:
    _end_orphans()
    for path in _base().glob(f"{PREFIX}-*"):
        if is_abandoned(path.name) and path.lstat().st_uid == os.geteuid():
            remove(path)


def _end_orphans() -> None:
    """End what a grader left that was killed in the very moment in which it started a sandbox.

    bubblewrap's child waits for its parent then, without having arranged to end with it. The folder's name stands among its arguments.
    """
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
            if any(is_abandoned(found[0]) for found in _NAME.finditer(words)) and (entry / "exe").readlink().name == "bwrap":
                os.kill(int(entry.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, PermissionError):  # gone meanwhile, or another user's
            continue


def remove(folder: Path) -> None:
    """Delete a folder in which student code may have made anything; links are not followed."""
    shutil.rmtree(folder, ignore_errors=True)


def _base() -> Path:
    base = Path(tempfile.gettempdir()).resolve()
    fits = len(str(base)) + len(own_name()) + 20 < _SOCKET_PATH
    open_to_all = all(path.stat().st_mode & 0o001 for path in (base, *base.parents))
    return base if fits and (open_to_all or os.geteuid() != 0) else Path("/tmp")


def _start_time(pid: int) -> int:
    """Clock ticks after boot at which a process started; -1 when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return -1
    return int(text.rpartition(")")[2].split()[19])

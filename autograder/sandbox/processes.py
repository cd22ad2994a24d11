"""The processes of one sandbox as the host sees them: who they are, what memory they hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_GONE = (FileNotFoundError, ProcessLookupError)
_BLOCK = 512


@dataclass(frozen=True)
class Usage:
    """What a process tree uses at a moment; ``memory`` in bytes, ``tasks`` counts threads."""

    memory: int
    tasks: int


def children(pid: int) -> list[int]:
    """Direct children of every thread of ``pid``, oldest first; empty when it is gone."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    except _GONE:
        pass
    return found


def tree(pid: int) -> Iterator[int]:
    """``pid`` and all its descendants. In a pid namespace whose init this is, nothing can leave them."""
    pending = [pid]
    while pending:
        current = pending.pop()
        yield current
        pending += children(current)


def usage(pid: int) -> Usage:
    """Sum resident memory, shared pages and memory files of the tree below ``pid``.

    Pages that several processes share are counted in each: an upper bound, see :func:`proportional_memory`.
    """
    memory = tasks = 0
    files: dict[tuple[int, int], int] = {}
    for member in tree(pid):
        try:
            fields = _status(member)
        except _GONE:
            continue
        tasks += int(fields.get("Threads", "0"))
        memory += _resident(fields)
        files |= _memory_files(member)
    return Usage(memory + sum(files.values()), tasks)


def proportional_memory(pid: int) -> int:
    """The same with every shared page counted once (PSS). Slow: the kernel walks all page tables."""
    total = 0
    files: dict[tuple[int, int], int] = {}
    for member in tree(pid):
        try:
            total += _proportional(member)
        except _GONE:
            continue
        files |= _memory_files(member)
    return total + sum(files.values())


def _status(pid: int) -> dict[str, str]:
    return dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)


def _resident(fields: dict[str, str]) -> int:
    return sum(int(fields[name].split()[0]) for name in ("RssAnon", "RssShmem", "VmSwap") if name in fields) << 10


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except PermissionError:  # a process can close this file to other users, but not its status
        return _resident(_status(pid))
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))


def _memory_files(pid: int) -> dict[tuple[int, int], int]:
    """Bytes in memory files (memfd) that ``pid`` has open: they are nobody's resident memory until they are mapped."""
    found: dict[tuple[int, int], int] = {}
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            path = f"/proc/{pid}/fd/{name}"
            try:
                if not os.readlink(path).startswith("/memfd:"):
                    continue
                information = os.stat(path)
            except _GONE:
                continue
            if stat.S_ISREG(information.st_mode):
                found[information.st_dev, information.st_ino] = information.st_blocks * _BLOCK
    except (*_GONE, PermissionError):
        pass
    return found


def entries(folders: list[str]) -> int:
    """Files, folders and links in the file systems at ``folders``, as they count them themselves."""
    total = 0
    for folder in folders:
        try:
            status = os.statvfs(folder)
        except (*_GONE, PermissionError):
            continue
        total += status.f_files - status.f_ffree
    return total


def folder_usage(folder: Path) -> tuple[int, int]:
    """Bytes and entries below a folder, without following links."""
    size = count = 0
    pending = [str(folder)]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    count += 1
                    size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except _GONE:
            continue
        if count > 10_000:
            break
    return size, count

"""A control group per sandbox where the system lets us have one: the limit on memory and processes that nothing passes, and a fair share
of the processors, so that sixty busy processes of one submission do not make another's run out of time.

Where it does not, the watchdog is the only one behind the process limits. That is a weaker wall, not a missing one.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import folders


@dataclass(frozen=True)
class Group:
    """Control groups of one sandbox: one in version 2, one per controller in version 1."""

    paths: tuple[Path, ...] = ()

    @property
    def entries(self) -> list[str]:
        """The files to which a process writes its number to join."""
        return [str(path / "cgroup.procs") for path in self.paths]

    def out_of_memory(self) -> bool:
        """Whether the kernel has killed here because the memory limit was reached."""
        for path in self.paths:
            for name in ("memory.events", "memory.oom_control"):
                try:
                    fields = dict(line.split() for line in (path / name).read_text().splitlines())
                except FileNotFoundError:
                    continue
                if int(fields.get("oom_kill", "0")):
                    return True
        return False

    def remove(self) -> None:
        """Delete the groups; processes that are still being torn down are waited for, briefly."""
        for path in self.paths:
            for _ in range(50):
                try:
                    path.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)


def create(memory: int, tasks: int) -> Group:
    """Make a group with these limits, or an empty one when the system does not allow it."""
    made: list[Path] = []
    for base, settings in _places(memory, tasks):
        try:
            _sweep(base)
            path = Path(tempfile.mkdtemp(prefix=folders.own_name(), dir=base))
        except OSError:  # not ours to divide: the usual case of an ordinary user
            continue
        made.append(path)
        try:
            for name, value in settings.items():
                (path / name).write_text(value)
        except OSError:
            made.pop()
            path.rmdir()
            continue
        for name, value in (("memory.oom.group", "1"), ("memory.swap.max", "0")):
            if (path / name).exists():
                with contextlib.suppress(OSError):  # refinements; the limit itself stands
                    (path / name).write_text(value)
    return Group(tuple(made))


def _places(memory: int, tasks: int) -> list[tuple[Path, dict[str, str]]]:
    """Where a group may be made, and with which settings, by what this process is a member of."""
    root = Path("/sys/fs/cgroup")
    places: list[tuple[Path, dict[str, str]]] = []
    try:
        memberships = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    except FileNotFoundError:
        return []
    for _, controllers, path in memberships:
        own = root / path.lstrip("/")
        if controllers == "memory":
            places.append((root / "memory" / path.lstrip("/"), {"memory.limit_in_bytes": str(memory)}))
        elif controllers == "pids":
            places.append((root / "pids" / path.lstrip("/"), {"pids.max": str(tasks)}))
        elif "cpu" in controllers.split(","):  # a group is one claim to the processors, however many processes are in it
            places.append((root / controllers / path.lstrip("/"), {}))
        elif controllers == "" and own != root and (own / "cgroup.controllers").exists():
            # A group with members cannot be divided in version 2, so ours stands beside it.
            enabled = (own.parent / "cgroup.subtree_control").read_text().split()
            settings = {"memory.max": str(memory)} if "memory" in enabled else {}
            if "pids" in enabled:
                settings["pids.max"] = str(tasks)
            if settings or "cpu" in enabled:
                places.append((own.parent, settings))
    return [(base, settings) for base, settings in places if base.is_dir() and os.access(base, os.W_OK)]


def _sweep(base: Path) -> None:
    for path in base.glob(f"{folders.PREFIX}-*"):
        if folders.is_abandoned(path.name):
            with contextlib.suppress(OSError):
                path.rmdir()

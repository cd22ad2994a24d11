"""A thread that looks at a running sandbox several times a second and ends it when it uses more than it may."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from autograder.manifest import Limits
from autograder.sandbox import processes, view
from autograder.sandbox.cgroups import Group

_INTERVAL = 0.05
_SPARE_TASKS = 16  # bubblewrap's own processes and the kernel's fixed threads
_SOCKET_ENTRIES = 64
# An empty file takes no room in a folder of limited size, but a kilobyte of the machine's memory that belongs to no process.
_ENTRIES = 100_000


class Watchdog:
    """Watches memory, processes and the writable folders of the tree below ``pid``; calls ``kill(reason)`` once."""

    def __init__(self, pid: int, limits: Limits, sockets: Path, group: Group, kill: Callable[[str], None], *, walls: bool = True) -> None:
        self.pid, self.limits, self.sockets, self.group, self.kill = pid, limits, sockets, group, kill
        self.folders = [f"/proc/{pid}/root{folder}" for folder in view.LIMITED] if walls else []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="sandbox-watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_INTERVAL):
            if reason := self._excess():
                self.kill(reason)
                return

    def _excess(self) -> str:
        size, entries = processes.folder_usage(self.sockets)
        if size > 1 << 20 or entries > _SOCKET_ENTRIES or processes.entries(self.folders) > _ENTRIES:
            return "disk"
        used = processes.usage(self.pid)
        if used.tasks > self.limits.processes + _SPARE_TASKS:
            return "processes"
        if self.group.out_of_memory():  # the system may have killed one process of many; what is left is not to be trusted
            return "memory"
        allowed = memory_limit(self.limits)
        if used.memory > allowed and processes.proportional_memory(self.pid) > allowed:
            return "memory"
        return ""


def memory_limit(limits: Limits) -> int:
    """Bytes above which a sandbox is killed: beyond the polite limit, at which Python raises MemoryError."""
    return (limits.memory_mb + max(64, limits.memory_mb // 8)) << 20

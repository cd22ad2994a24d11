"""One kernel process behind bubblewrap: start, interrupt, kill, and what becomes of it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.manifest import Limits
from autograder.sandbox import cgroups, folders, processes, seccomp, view
from autograder.sandbox.errors import SandboxFault, SandboxUnavailable
from autograder.sandbox.requirements import bubblewrap, refusal
from autograder.sandbox.spawner import spawn
from autograder.sandbox.watchdog import Watchdog, memory_limit

_START_SECONDS = 20.0
_POLITE_MB = 768  # torch cannot be imported with less address space for data
_NOBODY = 65534
_LAUNCHER = Path(__file__).with_name("launcher.py")
_INSIDE = Path(__file__).with_name("inside.py")


class Jail:
    """A kernel in a sandbox of its own, or (``walls=False``) a plain child process with the same interface.

    Attributes:
        folder: private to this jail, with the connection file of the grader's side.
        prefix: start of the sockets' paths, the ``ip`` of Jupyter's ipc transport.
        reason: why it was killed ("memory", "processes", "disk", "output", "time"); "" while it was not, or ended by itself.
    """

    def __init__(self, limits: Limits, kit: Path | None = None, *, walls: bool = True) -> None:
        self.limits, self.kit, self.walls = limits, kit, walls
        self.folder = folders.new_folder()
        self.sockets = self.folder / "s"
        self.prefix = str(self.sockets / "k")
        self.reason = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._group = cgroups.Group()
        self._watchdog: Watchdog | None = None
        self._root: int | None = None  # pidfd of what is killed: the inner init, or the kernel itself
        self._kernel: int | None = None  # pidfd of what is interrupted
        self._complaint = b""

    # -- start ----------------------------------------------------------------------------------------------------

    def start(self, connection: dict[str, Any]) -> None:
        """Start the kernel. ``connection`` is Jupyter's connection information, with ``prefix`` as its ip.

        Raises:
            SandboxUnavailable: bubblewrap is missing or may not do its work on this machine.
            SandboxFault: the kernel did not start.
        """
        self.reason, self._complaint = "", b""
        self._empty_sockets()
        inside = dict(connection)
        inside["ip"] = f"{view.SOCKETS}/k" if self.walls else self.prefix
        inside["key"] = inside["key"].decode() if isinstance(inside["key"], bytes) else inside["key"]
        inside_file = self.sockets / "connection.json"
        inside_file.write_text(json.dumps(inside))
        inside_file.chmod(0o600)
        if self.walls:
            self._start_walled()
        else:
            self._start_plain(inside_file)

    def _empty_sockets(self) -> None:
        """Sockets of an earlier kernel would be connected to in place of the new one's."""
        folders.remove(self.sockets)
        self.sockets.mkdir(mode=0o700)

    def _start_walled(self) -> None:
        program, _ = bubblewrap()
        stage = self.folder / "stage"
        stage.mkdir(exist_ok=True)
        for name, words in view.FILES.items():
            (self.folder / name).write_text(words)
            (self.folder / name).chmod(0o644)
        tasks = self.limits.processes
        memory = memory_limit(self.limits) + (self.limits.disk_mb << 20)
        self._group = cgroups.create(memory, tasks + 32)
        command = [sys.executable, "-P", "-c", _INSIDE.read_text(), f"{view.SOCKETS}/connection.json", str(tasks)]
        reading, writing = os.pipe()
        plan = {
            "parent": os.getpid(),
            "bwrap": program,
            "uid": _unprivileged_user(),
            "stage": str(stage),
            "give": [str(self.sockets), str(self.sockets / "connection.json")],
            "cgroups": self._group.entries,
            "seccomp": (seccomp.program() or b"").hex(),
            "rlimits": self._rlimits(),
            "arguments": [
                "--info-fd",
                str(writing),
                *(asdict(part) if isinstance(part, view.Bind) else part for part in view.arguments(self.kit, self.folder, self.limits)),
                "--",
                *command,
            ],
        }
        try:
            self.process = spawn(
                [sys.executable, "-I", "-S", str(_LAUNCHER), json.dumps(plan)],
                env={},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(writing,),
                start_new_session=True,
            )
        finally:
            os.close(writing)
        try:
            information = _until_closed(reading, _START_SECONDS)
        finally:
            os.close(reading)
        if not information:
            self._fail_to_start()
        self._adopt(json.loads(information)["child-pid"])

    def _start_plain(self, inside_file: Path) -> None:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        own = {name: value for name, value in view.environment(False).items() if name not in ("HOME", "USER", "LOGNAME", "PATH", "TMPDIR")}
        environment = {**os.environ, **own}
        environment.pop("PYTHONPATH", None)
        if self.kit is not None:
            environment["PYTHONPATH"] = str(self.kit)
        self.process = spawn(
            [sys.executable, "-P", "-c", _INSIDE.read_text(), str(inside_file), "0"],
            env=environment,
            cwd=scratch,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._root = self._kernel = os.pidfd_open(self.process.pid)
        self._watch(self.process.pid)

    def _adopt(self, init: int) -> None:
        """Take hold of the inner init and of the kernel, its first child, before any student code runs."""
        try:
            self._root = os.pidfd_open(init)
            deadline = time.monotonic() + _START_SECONDS
            while not (born := processes.children(init)):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self._fail_to_start()
                time.sleep(0.001)
            self._kernel = os.pidfd_open(born[0])
        except ProcessLookupError:
            self._fail_to_start()
        self._watch(init)

    def _watch(self, pid: int) -> None:
        os.set_blocking(self.process.stderr.fileno(), False)
        self._watchdog = Watchdog(pid, self.limits, self.sockets, self._group, self.kill, walls=self.walls)

    def _fail_to_start(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        self.kill()
        os.set_blocking(self.process.stderr.fileno(), False)
        said = self.complaint()
        self.close()
        if said.startswith(("bwrap:", "unshare:", "making mounts", "mounting the stage")) and "source path" not in said:
            raise SandboxUnavailable(refusal(said))
        raise SandboxFault(f"The sandbox did not start: {said or 'no reason given'}")

    def _rlimits(self) -> dict[str, int]:
        return {
            "RLIMIT_DATA": max(self.limits.memory_mb, _POLITE_MB) << 20,
            "RLIMIT_FSIZE": self.limits.disk_mb << 20,
            "RLIMIT_NOFILE": self.limits.open_files,
            "RLIMIT_CORE": 0,
        }

    # -- life -----------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        return self.process is not None and not self.reason and self.process.poll() is None

    def complaint(self) -> str:
        """The end of what the process itself wrote to its standard error; never more than a few lines are kept."""
        if self.process is not None and self.process.stderr is not None and not self.process.stderr.closed:
            with contextlib.suppress(BlockingIOError):
                self._complaint = (self._complaint + (os.read(self.process.stderr.fileno(), 1 << 16) or b""))[-2000:]
        return self._complaint.decode("utf-8", "replace").strip()

    def host_users(self) -> set[int]:
        """Every user id, real, effective or saved, that its processes have on the host."""
        found: set[int] = set()
        for member in processes.tree(self.process.pid):
            status = Path(f"/proc/{member}/status").read_text()
            found |= {int(word) for line in status.splitlines() if line.startswith("Uid:") for word in line.split()[1:]}
        return found

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the kernel. A signal to bubblewrap would end the sandbox instead."""
        self._signal(self._kernel, signal.SIGINT)

    def kill(self, reason: str = "") -> None:
        """End everything in the sandbox. Killing the outer bubblewrap would leave a zombie; the inner init takes all along."""
        self.reason = self.reason or reason
        if self.walls and self._root is not None:
            self._signal(self._root, signal.SIGKILL)
        elif self.process is not None and self.process.returncode is None:
            # Without walls, or before they stood: bubblewrap's child does not end with it until they do.
            for member in [*processes.tree(self.process.pid)][::-1]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(member, signal.SIGKILL)

    def died_of(self) -> str:
        """``reason``, or "memory" when the system itself killed the kernel for it."""
        if not self.reason and self._group.out_of_memory():
            self.reason = "memory"
        return self.reason

    def _signal(self, handle: int | None, number: int) -> None:
        if handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, number)

    def end(self) -> None:
        """Kill and wait; the folder stays, so that a kernel can be started in it again."""
        if self._watchdog is not None:
            self._watchdog.stop()
            self._watchdog = None
        if self.process is not None:
            self.kill()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                raise SandboxFault(f"A sandbox cannot be ended: process {self.process.pid}") from None
            self.died_of()
            self.complaint()
            self.process.stderr.close()
        for handle in {self._root, self._kernel} - {None}:
            os.close(handle)
        self._root = self._kernel = None
        self._group.remove()
        self._group = cgroups.Group()

    def close(self) -> None:
        """End it and remove its folder."""
        self.end()
        folders.remove(self.folder)


def _until_closed(descriptor: int, seconds: float) -> bytes:
    """What is written to a pipe until its other end is closed, or the time is over."""
    data, deadline = b"", time.monotonic() + seconds
    while select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
        if not (part := os.read(descriptor, 4096)):
            break
        data += part
    return data


def _unprivileged_user() -> int:
    """A user for this sandbox alone where the host's numbering has room; "nobody" elsewhere (inside small containers)."""
    own = 0x70000000 + secrets.randbelow(1 << 24)
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        first, _, length = map(int, line.split())
        if first <= own < first + length:
            return own
    return _NOBODY

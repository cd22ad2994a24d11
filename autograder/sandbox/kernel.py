"""One running kernel: start it, run a cell, ask the submission something, end it."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jupyter_client.manager import KernelManager
from nbformat import NotebookNode

from autograder.manifest import Limits
from autograder.sandbox.client import Client, Flooded, KernelGone, Message, Overdue
from autograder.sandbox.errors import SandboxFault
from autograder.sandbox.kernelspec import NAME, kernel_spec
from autograder.sandbox.outputs import Outputs, text

_START_SECONDS = 60.0
_GRACE_SECONDS = 2.0  # after an interrupt, before the kill
_IDLE_SECONDS = 10.0  # for a cell's last outputs after its reply
_PROBE_OUTPUT = 2_000_000

Ending = Literal["ok", "error", "timeout", "killed"]


@dataclass
class CellRun:
    """How one cell ended. ``dead``: the kernel ended with it. ``cause``: of a kill, as in :attr:`Jail.reason`."""

    status: Ending
    seconds: float = 0.0
    error: str = ""
    outputs: list[NotebookNode] = field(default_factory=list)
    execution_count: int | None = None
    dead: bool = False
    cause: str = ""


class Kernel:
    """A kernel with the grader's client. Use as a context manager."""

    def __init__(self, limits: Limits, kit: Path | None, *, walls: bool = True) -> None:
        self.limits = limits
        self._flood = int(limits.output_mb * 1_000_000)
        self._manager = KernelManager(kernel_name=NAME)
        self._manager._kernel_spec = kernel_spec(limits, kit, walls=walls)
        self._client: Client | None = None
        try:
            self._manager.start_kernel()
            self.jail = self._manager.provisioner.jail
            self._client = self._greet()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        return self.jail.alive

    def _greet(self) -> Client:
        """Connect when the sockets listen, and wait until both channels work."""
        connection = self._manager.get_connection_info()
        deadline = time.monotonic() + _START_SECONDS
        for port in ("shell_port", "iopub_port"):
            while not _listens(f"{connection['ip']}-{connection[port]}"):
                self._check_start(deadline)
                time.sleep(0.005)
        client = Client(connection, lambda: self.jail.alive)
        answered = published = False
        while not (answered and published):
            self._check_start(deadline)
            try:
                client.send("kernel_info_request", {})
                for message in client.messages(time.monotonic() + 0.25, 1 << 20):
                    answered |= message.kind == "kernel_info_reply"
                    published |= message.channel == "iopub"
                    if answered and published:
                        break
            except Overdue:
                continue
            except (KernelGone, Flooded):
                self._check_start(deadline)
        return client

    def _check_start(self, deadline: float) -> None:
        if not self.jail.alive:
            raise SandboxFault(f"The kernel ended while it started: {self.jail.complaint() or self.jail.died_of() or 'no reason given'}")
        if time.monotonic() > deadline:
            raise SandboxFault(f"The kernel was not ready within {_START_SECONDS:g} s: {self.jail.complaint() or 'it says nothing'}")

    # -- cells ----------------------------------------------------------------------------------------------------

    def execute(self, source: str, seconds: float, kept: int) -> CellRun:
        """Run one cell for at most ``seconds``; keep at most ``kept`` characters of its outputs."""
        run, outputs = CellRun("ok"), Outputs(kept)
        started = time.monotonic()
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        request = ""
        try:
            request = self._client.send("execute_request", {**content, "stop_on_error": False})
            self._follow(request, started + seconds, run, outputs)
        except Overdue:
            run.status = "timeout"
            self._stop(request, run, outputs)
        except Flooded:
            run.status, run.cause = "killed", "output"
            self._end(run, "output")
        except KernelGone:
            run.status = "killed"
            self._end(run, "")
        run.outputs, run.seconds = outputs.kept, time.monotonic() - started
        return run

    def _follow(self, request: str, deadline: float, run: CellRun, outputs: Outputs) -> None:
        """Take the cell's messages until it has replied and its last output has come."""
        idle = False
        for message in self._client.messages(deadline, self._flood):
            if message.parent != request:
                continue
            if message.channel == "iopub":
                idle |= _is_idle(message)
                outputs.add(message)
            elif message.kind == "execute_reply":
                self._take_reply(message.content, run)
                break
        if run.cause == "exit":
            raise KernelGone
        if not idle:
            self._until_idle(request, outputs)

    def _until_idle(self, request: str, outputs: Outputs) -> None:
        try:
            for message in self._client.messages(time.monotonic() + _IDLE_SECONDS, self._flood):
                if message.channel == "iopub" and message.parent == request:
                    outputs.add(message)
                    if _is_idle(message):
                        return
        except Overdue:
            raise Flooded from None

    @staticmethod
    def _take_reply(content: dict[str, Any], run: CellRun) -> None:
        count = content.get("execution_count")
        run.execution_count = count if type(count) is int and 0 <= count < 10**6 else None
        if content.get("status") != "ok":
            run.status = "error"
            name, value = text(content.get("ename"), 100), text(content.get("evalue"), 400)
            run.error = f"{name}: {value}" if value else name
        payload = content.get("payload")
        if isinstance(payload, list) and any(isinstance(part, dict) and part.get("source") == "ask_exit" for part in payload):
            run.cause = "exit"

    def _stop(self, request: str, run: CellRun, outputs: Outputs) -> None:
        """Interrupt a cell that takes too long; kill it when it goes on."""
        self.jail.interrupt()
        ignored = CellRun("timeout")
        try:
            self._follow(request, time.monotonic() + _GRACE_SECONDS, ignored, outputs)
        except (Overdue, Flooded, KernelGone):
            self._end(run, "time")

    def _end(self, run: CellRun, reason: str) -> None:
        if reason:
            self.jail.kill(reason)
        run.dead = True
        self.jail.end()
        run.cause = self.jail.died_of() or run.cause

    # -- requests -------------------------------------------------------------------------------------------------

    def ask(self, request: str, seconds: float) -> bytes:
        """Have ``course_lib.kit.remote.serve`` carry out a request in the notebook's namespace; the reply is the student's claim.

        Raises:
            Overdue: no answer in time; the kernel is alive if it let itself be interrupted.
            KernelGone, Flooded: the kernel ended, or was ended for what it sent.
        """
        try:
            return self._answer(self._client.send("course_request", {"request": request}), seconds)
        except (Flooded, KernelGone) as error:
            self.jail.kill("output" if isinstance(error, Flooded) else "")
            self.jail.end()
            raise
        except Overdue:
            self.jail.interrupt()
            try:
                self._answer(self._client.send("kernel_info_request", {}), _GRACE_SECONDS, "kernel_info_reply")
            except (Overdue, Flooded, KernelGone):
                self.jail.kill("time")
                self.jail.end()
            raise

    def _answer(self, request: str, seconds: float, kind: str = "course_reply") -> bytes:
        for message in self._client.messages(time.monotonic() + seconds, _PROBE_OUTPUT):
            if message.channel == "shell" and message.parent == request and message.kind == kind:
                return message.buffers[0] if message.buffers else b""
        raise AssertionError("messages() ends only by an exception")

    # -- end ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the kernel and remove what it left."""
        if self._client is not None:
            self._client.close()
            self._client = None
        self._manager.context.destroy(linger=0)  # its threads and sockets, which the garbage collector may leave for long
        provisioner = self._manager.provisioner
        if provisioner is not None and provisioner.jail is not None:
            provisioner.jail.close()


def _is_idle(message: Message) -> bool:
    return message.kind == "status" and message.content.get("execution_state") == "idle"


def _listens(path: str) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True

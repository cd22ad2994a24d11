"""Try every wall for real, in a sandbox like those that students' code gets, before any of it runs."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder.course import ROOT
from autograder.manifest import Limits
from autograder.sandbox import folders, view
from autograder.sandbox.errors import SandboxFault, SandboxUnavailable
from autograder.sandbox.kernel import Kernel

_LIMITS = Limits(cell_seconds=10, total_seconds=30, memory_mb=256, processes=48, disk_mb=4, output_mb=1, open_files=256)
_ATTEMPTS = Path(__file__).with_name("attempts.py")
_PRIVATE_MB = 1_024  # above every polite limit that small sandboxes get
_SHARED_MB = 480
_CANARY = "COURSE_SELF_TEST"
_SETTINGS = ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger")
_OWN = ("autograder", "course_lib.tokenizers", "solutions")
_KNOWN_PROCESSES = ("bwrap", "python")


@dataclass(frozen=True)
class Wall:
    """One wall and whether it stands; ``detail`` says what came through."""

    name: str
    stands: bool
    detail: str = ""


def require_walls() -> None:
    """Refuse to go on where a wall does not stand. The walls are tried once per process.

    Raises:
        SandboxUnavailable: with the names of the walls.
    """
    with _one_at_a_time:
        if os.getpid() not in _trusting:
            _require_walls(os.getpid())


_trusting: set[int] = set()
_one_at_a_time = threading.Lock()


def trust_walls() -> None:
    """For a worker process on a machine whose walls the coordinator has just tried: do not try them again here."""
    _trusting.add(os.getpid())


@cache
def _require_walls(_pid: int) -> None:
    if fallen := [wall for wall in self_test() if not wall.stands]:
        words = "; ".join(f"{wall.name} ({wall.detail})" for wall in fallen)
        raise SandboxUnavailable(
            f"The sandbox on this machine does not hold, so nothing is graded. What came through: {words}. "
            "To run student code without any protection anyway, say --unsafe-no-sandbox: only for code that you trust."
        )


def self_test() -> list[Wall]:
    """Start a sandbox, try its walls from inside, and say which stand.

    Raises:
        SandboxUnavailable: it cannot even be built.
        SandboxFault: it did not answer.
    """
    with _outside() as outside, Kernel(_LIMITS, None) as kernel:
        walls = [_host_user(kernel)]
        program = _ATTEMPTS.read_text(encoding="utf-8")
        if (run := kernel.execute(program, 10, 10_000)).status != "ok":
            raise SandboxFault(f"The self-test could not be started in the sandbox: {run.error}")
        walls += [_try(kernel, wall, expression, judge) for wall, expression, judge in _attempts(outside)]
        run = kernel.execute(f"hold_shared_memory({_SHARED_MB << 20})", 10, 1_000)
        walls.append(Wall("memory is limited", run.cause == "memory", f"{_SHARED_MB} MB were held ({run.status} {run.cause})"))
        return walls


def _attempts(outside: dict[str, Any]) -> Iterator[tuple[str, str, Callable[[Any], bool]]]:
    """Name of the wall, what is tried (an expression over attempts.py), and whether its result shows the wall standing."""

    def nothing(result: Any) -> bool:
        return not result

    kernel_limits, limit = _LIMITS.disk_mb << 20, _LIMITS.processes
    shown = [argument.shown for argument in view.arguments(None, Path("/"), _LIMITS) if isinstance(argument, view.Bind)]
    places = ["/x", "/usr/x", "/etc/x", "/dev/x", "/home/x", f"{os.path.dirname(outside['python'])}/x"]
    yield "not root", "rights()", lambda r: r["uid"] != 0 and r["capabilities"] == 0 and r["no_new"] == "1"
    yield "kernel settings are read-only", f"open_for_writing({_SETTINGS})", nothing
    yield "the system is read-only", f"open_for_writing({places})", nothing
    yield "other files are hidden", f"readable({outside['files']})", nothing
    if ROOT.name not in view.LIBRARY_FOLDERS:
        yield "the course is hidden", f"files_below({str(ROOT)!r}, {shown})", nothing
    yield "the course's packages are masked", f"importable({_OWN})", nothing
    yield "no network", f"connect({outside['tcp']}, socket.AF_INET)", nothing
    yield "no abstract sockets", f"connect({outside['abstract']!r}, socket.AF_UNIX)", nothing
    yield "no socket to the hypervisor", "vsock()", nothing
    yield "no user namespaces", "new_user_namespace()", nothing
    yield "the environment is cleared", f"environments({outside['canary']!r})", nothing
    yield "other processes are hidden", f"foreign_processes({_KNOWN_PROCESSES})", nothing
    for folder in view.LIMITED:
        yield f"{folder} is limited", f"fill({folder!r}, {4 * kernel_limits})", lambda size: size <= kernel_limits
    yield "processes are limited", f"start_threads({2 * limit})", lambda count: count <= limit
    yield "memory of a process is limited", f"allocate({_PRIVATE_MB << 20})", nothing


@contextlib.contextmanager
def _outside() -> Iterator[dict[str, Any]]:
    """Things that must not be reachable from inside: a file, an environment variable, two listening sockets."""
    canary = secrets.token_hex(16)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        secret = folder / "secret"
        secret.write_text(canary)
        secret.chmod(0o644)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        abstract.bind(name := f"\0{folders.PREFIX}-{canary}")
        abstract.listen()
        os.environ[_CANARY] = canary
        stack.callback(os.environ.pop, _CANARY, None)
        files = [str(secret), "/etc/machine-id", "/etc/shadow", "/var/lib", "/boot", "/proc/1/root/boot", "/sys/fs/cgroup"]
        yield {
            "canary": canary,
            "files": files,
            "tcp": tcp.getsockname(),
            "abstract": name,
            "python": sys.executable,
        }


def _try(kernel: Kernel, name: str, expression: str, holds: Callable[[Any], bool]) -> Wall:
    run = kernel.execute(f"import json; print(json.dumps({expression}))", 10, 10_000)
    said = "".join(output.get("text", "") for output in run.outputs)
    if run.status != "ok":
        return Wall(name, False, f"the attempt ended with {run.status}: {run.error or run.cause}")
    result = json.loads(said)
    return Wall(name, holds(result), "" if holds(result) else str(result)[:200])


def _host_user(kernel: Kernel) -> Wall:
    """From outside: no process of the sandbox is root's."""
    users = kernel.jail.host_users()
    return Wall("not root on the host", 0 not in users, f"user ids {sorted(users)}")

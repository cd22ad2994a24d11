"""What a sandboxed kernel sees of this machine: the system, the interpreter, the kit, and nothing else of the course.

The kernel runs in the grader's own environment, so that it has the same libraries; the grader's packages are masked there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.course import ROOT
from autograder.manifest import Limits
from autograder.sandbox.errors import SandboxUnavailable

KIT = "/kit"
HOME = "/home/student"
SCRATCH = "/scratch"
SOCKETS = "/run/kernel"
HOST = "course"
UID = 1000  # inside; on the host it is an unprivileged user's number

_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts", "mime.types")
_SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
# Small files of the sandbox's own in place of the host's, which name people and machines.
FILES = {
    "passwd": f"student:x:{UID}:{UID}::{HOME}:/bin/sh\n",
    "group": f"student:x:{UID}:\n",
    "hosts": f"127.0.0.1 localhost {HOST}\n::1 localhost\n",
}

LIBRARY_FOLDERS = ("site-packages", "dist-packages")  # where an ordinary installation puts the course
_OWN_PACKAGES = ("autograder", "course_lib")


@dataclass(frozen=True)
class Bind:
    """A folder or file of the host shown at ``shown``."""

    source: str
    shown: str
    writable: bool = False


LIMITED = (SCRATCH, "/tmp", HOME, "/dev/shm")  # every folder that can be written to, but for the sockets'

Argument = str | Bind


@cache
def _system() -> tuple[Argument, ...]:
    """The read-only operating system, without /usr/local unless the interpreter lives there."""
    arguments: list[Argument] = [Bind("/usr", "/usr")]
    if not any(_inside(prefix, "/usr/local") for prefix in _prefixes()) and os.path.isdir("/usr/local"):
        arguments += ["--tmpfs", "/usr/local", "--remount-ro", "/usr/local"]
    for name in _SYSTEM_FOLDERS:
        path = f"/{name}"
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            arguments.append(Bind(path, path))
    arguments += [Bind(f"/etc/{name}", f"/etc/{name}") for name in _ETC if os.path.exists(f"/etc/{name}")]
    if os.path.isdir("/sys/devices/system/cpu"):  # torch counts processors there, and complains when it cannot
        arguments.append(Bind("/sys/devices/system/cpu", "/sys/devices/system/cpu"))
    return tuple(arguments)


def _prefixes() -> list[str]:
    """The environment and the interpreter it was made from, by every name that leads there."""
    named = [sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix]
    return list(dict.fromkeys(path for name in named for path in (os.path.realpath(name), os.path.abspath(name))))


def _inside(path: str | Path, folder: str | Path) -> bool:
    return Path(path).is_relative_to(folder)


@cache
def _interpreter() -> tuple[Argument, ...]:
    """The interpreter and its environment, with everything of the course that lies in or around them masked."""
    forbidden = {"/", "/home", "/root", "/etc", "/var", "/opt", "/srv", os.path.realpath(os.path.expanduser("~"))}
    prefixes = _prefixes()
    for prefix in prefixes:
        if os.path.realpath(prefix) in forbidden:
            raise SandboxUnavailable(
                f"The Python environment is {prefix} itself, so showing it to student code would show everything in it. "
                "Run the course from a virtual environment (python -m venv .venv)."
            )
    outer = _outermost(prefix for prefix in prefixes if not _inside(prefix, "/usr") and not _inside(prefix, ROOT))
    inner = _outermost(prefix for prefix in prefixes if _inside(prefix, ROOT))
    arguments: list[Argument] = [Bind(os.path.realpath(prefix), prefix) for prefix in outer]
    if any(_inside(ROOT, tree) for tree in (*outer, "/usr")):
        hidden = [str(ROOT / name) for name in _OWN_PACKAGES] if ROOT.name in LIBRARY_FOLDERS else [str(ROOT)]
        arguments += [argument for place in hidden for argument in ("--tmpfs", place)]
    arguments += [Bind(os.path.realpath(prefix), prefix) for prefix in inner]
    arguments += _links(sys.executable, [*outer, *inner, "/usr"])
    return tuple(arguments)


def _outermost(paths: Iterable[str]) -> list[str]:
    """Those that lie in no other one."""
    kept: list[str] = []
    for path in sorted(paths, key=len):
        if not any(_inside(path, tree) for tree in kept):
            kept.append(path)
    return kept


def _links(executable: str, trees: list[str]) -> list[Argument]:
    """The chain of links that leads to the interpreter, where it passes through places that are not shown."""
    arguments: list[Argument] = []
    hop = executable
    while os.path.islink(hop):
        if not any(_inside(hop, tree) for tree in trees):
            arguments += ["--symlink", os.path.realpath(hop), hop]
        hop = os.path.join(os.path.dirname(hop), os.readlink(hop))
    return arguments


def environment(kit: bool) -> dict[str, str]:
    """Every variable that the kernel has."""
    variables = {
        "HOME": HOME,
        "USER": "student",
        "LOGNAME": "student",
        "PATH": f"{os.path.dirname(sys.executable)}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TMPDIR": "/tmp",
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TRL_EXPERIMENTAL_SILENCE": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "COURSE_GRADING": "1",  # public checks stand aside: the hidden ones decide
    }
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS"):
        variables[name] = "1"
    if kit:
        variables["PYTHONPATH"] = KIT
    return variables


def arguments(kit: Path | None, folder: Path, limits: Limits) -> list[Argument]:
    """bubblewrap's arguments, except for the command itself; a :class:`Bind` stands for a bind whose source may be staged.

    ``folder`` holds the folder ``s`` for the sockets, and the :data:`FILES`.
    """
    size = limits.disk_mb << 20
    parts: list[Argument] = ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
    parts += ["--cap-drop", "ALL", "--uid", str(UID), "--gid", str(UID), "--hostname", HOST, "--clearenv"]
    for name, value in environment(kit is not None).items():
        parts += ["--setenv", name, value]
    parts += _system()
    parts += [Bind(str(folder / name), f"/etc/{name}") for name in FILES]
    parts += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"]
    parts += ["--dev", "/dev", "--size", str(size), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    parts += _interpreter()
    if kit is not None:
        parts.append(Bind(str(kit), KIT))
    parts += ["--size", str(size), "--tmpfs", SCRATCH, "--size", str(size), "--tmpfs", "/tmp", "--size", str(size), "--tmpfs", HOME]
    parts.append(Bind(str(folder / "s"), SOCKETS, writable=True))
    parts += ["--remount-ro", "/", "--chdir", SCRATCH]
    return parts

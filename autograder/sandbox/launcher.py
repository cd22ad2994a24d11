"""The last step before bubblewrap, in the process that becomes it. Run as a script, with a JSON object as its argument.

Started as root, bubblewrap would keep ways to harm the host that its own walls do not cover (``/proc/sys/kernel/core_pattern``
is one), so this drops to an unprivileged user first. That user cannot read an interpreter or a clone below root's home:
what the sandbox shows is bound into a mount namespace of this process's own before.

Only the standard library: it starts in milliseconds, and nothing of the course is imported with root's rights.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys

_CLONE_NEWNS = 0x00020000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x2, 0x4, 0x1000, 0x4000, 0x40000
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    plan = json.loads(sys.argv[1])
    _die_with(plan["parent"])
    for path in plan["cgroups"]:
        with contextlib.suppress(OSError), open(path, "w") as file:  # where it may not be joined, there is still the watchdog
            file.write(str(os.getpid()))
    for name, value in plan["rlimits"].items():
        _limit(getattr(resource, name), value)
    sources = list(dict.fromkeys(part["source"] for part in plan["arguments"] if isinstance(part, dict)))
    staged = {source: source for source in sources}
    if os.geteuid() == 0:
        for path in plan["give"]:
            os.chown(path, plan["uid"], plan["uid"])
        staged = _stage(sources, plan["stage"])
        os.setgroups([])
        os.setresgid(plan["uid"], plan["uid"], plan["uid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
        _die_with(plan["parent"])  # changing the user cleared it
    command = [plan["bwrap"]]
    if plan["seccomp"]:
        command += ["--seccomp", str(_readable(bytes.fromhex(plan["seccomp"])))]
    for part in plan["arguments"]:
        if isinstance(part, dict):
            command += ["--bind" if part["writable"] else "--ro-bind", staged[part["source"]], part["shown"]]
        else:
            command.append(part)
    os.chdir("/")
    os.execve(plan["bwrap"], command, {})


def _die_with(parent: int) -> None:
    """End together with the grader, also when it is killed before bubblewrap has arranged for the same."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL), "prctl")
    if os.getppid() != parent:
        sys.exit("the grader is gone")


def _limit(kind: int, value: int) -> None:
    """Set a limit, hard and soft, as far down as asked and never up."""
    hard = resource.getrlimit(kind)[1]
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (wanted, wanted))


def _stage(sources: list, folder: str) -> dict:
    """Bind every source below ``folder``, where any user may reach it, in a mount namespace that only this process has."""
    _check(_libc.unshare(_CLONE_NEWNS), "unshare")
    _check(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "making mounts private")
    _check(_libc.mount(b"tmpfs", folder.encode(), b"tmpfs", _MS_NOSUID | _MS_NODEV, b"size=1m,mode=755"), "mounting the stage")
    staged = {}
    for number, source in enumerate(sources):
        target = f"{folder}/{number}"
        if os.path.isdir(source):
            os.mkdir(target, 0o755)
        else:
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        _check(_libc.mount(os.fsencode(source), os.fsencode(target), None, _MS_BIND | _MS_REC, None), f"binding {source}")
        staged[source] = target
    return staged


def _readable(data: bytes) -> int:
    """A descriptor from which bubblewrap reads ``data``, which fits a pipe."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    os.set_inheritable(reading, True)
    return reading


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        sys.exit(f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    main()

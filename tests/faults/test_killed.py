"""kill -9 at random moments, of the run itself and of one of its workers: nothing is lost, and the same command completes it.

Five moments in CI, fifty in the full run.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile.room import sandboxed_processes

from autograder.sandbox import folders, processes

TRIALS = [pytest.param(number, marks=() if number < 5 else pytest.mark.full) for number in range(50)]


@pytest.mark.smoke
@pytest.mark.parametrize("number", TRIALS)
def test_a_killed_run(ungraded, undisturbed, number):
    """Even numbers kill the coordinator, odd ones a worker, which the run itself has to get over."""
    draw = random.Random(number)
    process = ungraded.start()
    moment = time.monotonic() + draw.uniform(0.0, 1.1) * undisturbed.seconds
    while process.poll() is None and time.monotonic() < moment:
        time.sleep(0.01)
    victim = process.pid if number % 2 == 0 else _worker(process.pid, draw)
    if victim:
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    said, _ = process.communicate(timeout=300)
    if number % 2:
        assert process.returncode == 0, said
    else:
        assert _until(lambda: not sandboxed_processes()), "processes of a sandbox outlive the run"
        assert ungraded.half_written() == [] or process.returncode != 0
        status, said = ungraded.grade()
        assert status == 0, said
    assert ungraded.grades() == undisturbed.grades
    assert ungraded.half_written() == []
    assert _until(lambda: not sandboxed_processes())
    assert [path.name for path in Path(tempfile.gettempdir()).glob(f"{folders.PREFIX}-*") if folders.is_abandoned(path.name)] == []


def _worker(coordinator: int, draw: random.Random) -> int | None:
    """One of the processes that grade, when there is one."""
    workers = [pid for pid in processes.children(coordinator) if b"spawn_main" in _command(pid)]
    return draw.choice(workers) if workers else None


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True

"""Jobs side by side: a process that dies or hangs costs its own job, after one more try by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from autograder.course import CourseError
from autograder.workers import ONE_THREAD, Job, Lost, Pool, scheduled


def behave(kind: str) -> Any:
    match kind:
        case "die":
            os.kill(os.getpid(), 9)
        case "exit":
            os._exit(3)
        case "raise":
            raise ValueError("of its own")
        case "hang":
            time.sleep(600)
        case "threads":
            return {name: os.environ.get(name) for name in ONE_THREAD}
        case "pid":
            return os.getpid()
    return kind


def run(pool: Pool, *kinds: str) -> dict[str, Any]:
    return {job.argument: outcome for job, outcome in pool.run([Job(behave, kind) for kind in kinds])}


def test_values_exceptions_and_deaths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with Pool(1, seconds=60) as pool:
        found = run(pool, "a", "raise", "die", "b", "exit", "threads", "pid")
    assert (found["a"], found["b"]) == ("a", "b")
    assert isinstance(found["raise"], ValueError)
    assert isinstance(found["die"], Lost)
    assert isinstance(found["exit"], Lost)
    assert found["threads"] == ONE_THREAD
    assert found["pid"] != os.getpid()
    assert "OMP_NUM_THREADS" not in os.environ


def test_only_what_was_under_way_is_lost_with_a_process() -> None:
    with Pool(2, seconds=60) as pool:
        found = run(pool, "a", "die", *"bcdefgh")
    lost = [kind for kind, outcome in found.items() if isinstance(outcome, Lost)]
    assert "die" in lost
    assert len(lost) <= 2
    assert len(found) == 9


def test_a_hung_process_is_ended() -> None:
    started = time.monotonic()
    with Pool(1, seconds=2) as pool:
        found = run(pool, "hang", "a")
    assert isinstance(found["hang"], Lost)
    assert found["a"] == "a"
    assert time.monotonic() - started < 60


def test_an_exception_in_the_caller_leaves_no_process_behind() -> None:
    pids: list[int] = []

    def interrupted() -> None:
        with Pool(1, seconds=60) as pool:
            for _, outcome in pool.run([Job(behave, "pid"), Job(behave, "hang")]):
                pids.append(outcome)
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not running(*pids)


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; import test_workers as t; from pathlib import Path\n"
        "if __name__ == '__main__':\n"
        "    with t.Pool(1, seconds=60) as pool:\n"
        "        for job, outcome in pool.run([t.Job(t.behave, 'pid'), t.Job(t.behave, 'hang')]):\n"
        "            Path(sys.argv[1]).write_text(str(outcome))"
    )
    (tmp_path / "main.py").write_text(code)
    note = tmp_path / "pid"
    here = Path(__file__).parent
    parent = subprocess.Popen([sys.executable, str(tmp_path / "main.py"), str(note), str(here), str(here.parent.parent)])
    assert wait_for(lambda: note.is_file() and note.read_text())
    parent.kill()
    parent.wait()
    assert wait_for(lambda: not running(int(note.read_text())))


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition: Any, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    return condition()


def test_nobody_at_the_schedulers_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.workers.SCHEDULER_SECONDS", 1)
    with pytest.raises(CourseError, match="no scheduler answers"):
        scheduled("tcp://127.0.0.1:1")
    with pytest.raises(CourseError, match="no scheduler answers"):
        scheduled("nonsense")

"""What student code cannot use up: memory, processes, disk, descriptors, and the grader that listens to it."""

from __future__ import annotations

import mmap
import os
import resource
import time
from pathlib import Path

import pytest

from autograder.sandbox import processes, seccomp
from autograder.sandbox.jail import Jail
from autograder.sandbox.watchdog import memory_limit

pytestmark = pytest.mark.smoke

MEMORY_MESSAGE = "메모리를 256MB보다 많이 써서 실행을 중단했습니다."


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


# -- memory -------------------------------------------------------------------------------------------------------------


def test_private_memory_beyond_the_polite_limit_raises_and_the_kernel_lives(run):
    ran = run(["held = bytearray(1_000_000_000)", "print('alive')"])
    assert ran.status == ["error", "ok"]
    assert ran.cells[0].error.startswith("MemoryError")


PRIVATE = "import numpy; held = numpy.ones(45_000_000)"
SHARED = """
import mmap, time
held = mmap.mmap(-1, 360 << 20)
for start in range(0, 360 << 20, 1 << 20):
    held[start : start + (1 << 20)] = b"x" * (1 << 20)
time.sleep(5)
"""
CHILDREN = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = b"x" * (90 << 20)
        time.sleep(30)
time.sleep(5)
"""


@pytest.mark.parametrize("source", [PRIVATE, SHARED, CHILDREN], ids=["private", "shared", "children"])
def test_memory_beyond_the_limit_ends_the_sandbox_and_costs_one_cell(run, source):
    ran = run(["x = 1", source, "print(x)"])
    assert ran.status == ["ok", "killed", "ok"]
    assert ran.cells[1].error == MEMORY_MESSAGE


def test_watchdog_alone_ends_it_where_no_control_group_can_be_had(run, monkeypatch):
    monkeypatch.setattr("autograder.sandbox.cgroups._places", lambda *_: [])
    ran = run([SHARED, "1"])
    assert ran.status == ["killed", "ok"]
    assert ran.cells[0].error == MEMORY_MESSAGE


def test_memory_that_belongs_to_no_process_cannot_be_had(run):
    """A memory file is nobody's resident memory, System V segments outlive their maker: both are refused."""
    ran = run(["import os; os.memfd_create('hidden')", "import ctypes; assert ctypes.CDLL(None).shmget(0, 1 << 20, 0o1600) == -1"])
    assert ran.status == ["error", "ok"]
    assert "Function not implemented" in ran.cells[0].error


def test_memory_files_are_counted_where_no_filter_refuses_them():
    before = processes.usage(os.getpid()).memory
    descriptor = os.memfd_create("test")
    os.write(descriptor, bytes(32 << 20))
    assert processes.usage(os.getpid()).memory - before > 24 << 20
    os.close(descriptor)


def test_shared_pages_are_counted_once_before_anything_is_killed():
    """Forked workers share their parent's pages: the sum of resident memory would count them in each."""
    held = mmap.mmap(-1, 64 << 20)
    held.write(b"x" * (64 << 20))
    child = os.fork()
    if child == 0:
        held[::4096]
        time.sleep(20)
        os._exit(0)
    try:
        time.sleep(0.3)
        assert processes.usage(os.getpid()).memory - processes.proportional_memory(os.getpid()) > 48 << 20
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_a_process_that_closes_its_accounts_is_counted_by_its_resident_memory(monkeypatch):
    """``prctl(PR_SET_DUMPABLE, 0)`` closes ``smaps_rollup`` to a grader that is not root."""
    original = Path.read_text

    def read_text(path, *args, **options):
        if path.name == "smaps_rollup":
            raise PermissionError
        return original(path, *args, **options)

    monkeypatch.setattr(Path, "read_text", read_text)
    assert processes.proportional_memory(os.getpid()) >= 0.9 * processes.usage(os.getpid()).memory > 0


def test_the_filter_refuses_the_same_calls_on_both_architectures():
    assert len(seccomp.program("x86_64")) == len(seccomp.program("aarch64")) < 4096
    assert seccomp.program("riscv64") is None


# -- processes, descriptors -------------------------------------------------------------------------------------------


def test_a_fork_bomb_is_contained_and_interrupted(run):
    before = len(os.listdir("/proc"))
    bomb = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    ran = run(["x = 1", bomb, "print(x)"], cell_seconds=2, processes=48)
    assert ran.status == ["ok", ran.status[1], "ok"]
    assert ran.status[1] in ("timeout", "killed")
    assert len(os.listdir("/proc")) < before + 40


def test_threads_are_limited(kernel):
    said = kernel("""
import threading
release, started = threading.Event(), 0
try:
    for _ in range(200):
        threading.Thread(target=release.wait).start(); started += 1
except RuntimeError as error:
    print(error)
release.set()
print(started)
""")
    message, started = said.splitlines()
    assert message == "can't start new thread"
    assert int(started) < 64


def test_open_files_are_limited(kernel):
    assert (
        kernel("""
held = []
try:
    while True:
        held.append(open("/dev/null"))
except OSError as error:
    print(error.errno, len(held) < 256)
held.clear()
""")
        == "24 True"
    )


# -- disk -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["/scratch", "/tmp", "/home/student", "/dev/shm"])
def test_every_writable_folder_is_limited(kernel, folder):
    said = kernel(f"""
import os
size = 0
try:
    for number in range(1000):
        with open(f"{folder}/fill-{{number}}", "wb", buffering=0) as file:
            size += file.write(bytes(1 << 20))
except OSError as error:
    print(os.strerror(error.errno), size >> 20)
for name in os.listdir("{folder}"):
    if name.startswith("fill-"):
        os.unlink(f"{folder}/{{name}}")
""")
    assert said.startswith("No space left on device")
    assert int(said.split()[-1]) <= 8


def test_one_file_cannot_be_larger_than_the_disk(kernel):
    assert (
        kernel("""
try:
    with open("/run/kernel/large", "wb") as file:
        file.truncate(9 << 20)
except OSError as error:
    print(error.errno)
import os; os.unlink("/run/kernel/large")
""")
        == "27"
    )


def test_dev_cannot_be_filled(kernel):
    assert (
        kernel("""
try:
    open("/dev/full-of-it", "wb")
except OSError as error:
    print(error.errno)
""")
        == "30"
    )


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("for n in range(10_000):\n    open(f'/run/kernel/{n}', 'wb').write(bytes(500_000))", id="bytes"),
        pytest.param("import os\nfor n in range(10_000):\n    os.mkdir(f'/run/kernel/{n}')", id="entries"),
    ],
)
def test_the_folder_of_sockets_is_watched(run, source):
    """It is the one place where student code writes to the host's own disk."""
    ran = run([source + "\nimport time; time.sleep(3)", "1"])
    assert ran.status == ["killed", "ok"]
    assert "파일" in ran.cells[0].error


# -- output -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("while True:\n    print('x' * 10_000, flush=True)", id="printing"),
        pytest.param("from IPython.display import display\nwhile True:\n    display('x' * 300_000)", id="displays"),
        pytest.param("from IPython.display import display\ndisplay({'image/png': 'A' * 90_000_000}, raw=True)", id="one large display"),
        pytest.param("raise ValueError('x' * 30_000_000)", id="one large error"),
    ],
)
def test_a_flood_of_output_ends_the_kernel_and_costs_one_cell(run, source):
    before = _resident()
    ran = run(["x = 1", source, "print(x)"], memory_mb=768)
    assert ran.status == ["ok", "killed", "ok"]
    assert ran.cells[1].error == "출력이 2MB를 넘어 실행을 중단했습니다."
    assert sum(len(str(outputs)) for outputs in ran.outputs) < 2_200_000
    assert _resident() - before < 200 << 20


def test_a_message_of_endless_parts_is_noticed_by_what_it_costs(run):
    """Written past ZeroMQ, straight into its socket: such a message is never complete, but every part is kept."""
    source = """
import os, socket, struct
for name in os.listdir("/proc/self/fd"):
    try:
        peer = socket.socket(fileno=os.dup(int(name)))
        if peer.family == socket.AF_UNIX and str(peer.getsockname()).endswith("k-2") and peer.getpeername() is not None:
            peer.setblocking(True)
            part = b"\\x03" + struct.pack(">Q", 1 << 20) + bytes(1 << 20)
            while True:
                peer.sendall(part)
    except OSError:
        continue
print("not sent")
"""
    before = _resident()
    ran = run([source, "1"])
    assert ran.status == ["killed", "ok"], ran.outputs
    assert _resident() - before < 600 << 20


def test_outputs_of_many_cells_are_bounded_together(run):
    ran = run(["print('가' * 300_000)"] * 5, output_mb=1)
    assert ran.status == ["ok"] * 5
    assert sum(len(str(outputs)) for outputs in ran.outputs) < 1_100_000
    assert "출력이 너무 길어" in str(ran.outputs[-1]) or ran.outputs[-1] == []


def test_the_limit_behind_the_polite_one_leaves_it_room():
    from autograder.manifest import Limits

    assert memory_limit(Limits(memory_mb=1024)) > 1024 << 20
    jail = Jail(Limits(memory_mb=256))
    assert jail._rlimits()["RLIMIT_DATA"] >= 768 << 20, "torch cannot be imported with less"
    jail.close()


def test_a_submission_is_one_claim_to_the_processors(kernel):
    """Where groups can be had: fifty busy processes of one sandbox would leave another's function a fiftieth of the time."""
    own = [path for path in kernel.kernel.jail._group.paths if "cpu" in path.relative_to("/sys/fs/cgroup").parts[0].split(",")]
    if not own:
        pytest.skip("no control group for processors can be had here")
    members = set(map(int, (own[0] / "cgroup.procs").read_text().split()))
    assert members >= set(processes.tree(kernel.kernel.jail.process.pid))


def test_empty_files_are_counted(run):
    """They take no room in a folder of limited size, but a kilobyte each of memory that no limit on a process counts."""
    flood = "import os\nfor n in range(10**7):\n    os.close(os.open(f'/tmp/{n}', os.O_CREAT | os.O_WRONLY))"
    ran = run(["for n in range(2000): open(f'/scratch/{n}', 'w').close()", flood, "1"], cell_seconds=20)
    assert ran.status == ["ok", "killed", "ok"]
    assert ran.cells[1].error == "파일을 너무 많이 만들어 실행을 중단했습니다."


def test_entries_are_counted_by_an_ordinary_user_and_of_a_process_that_hides(kernel):
    """The sandbox's init is not the student's to hide: its root can be looked at whoever grades."""
    kernel("import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)")
    before = processes.entries(kernel.kernel.jail._watchdog.folders)
    kernel("for n in range(100): open(f'/home/student/{n}', 'w').close()")
    assert processes.entries(kernel.kernel.jail._watchdog.folders) == before + 100

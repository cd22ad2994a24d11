"""What student code cannot reach: the host's root first, then everything else outside its sandbox."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from pathlib import Path

import pytest

from autograder.course import ROOT
from autograder.manifest import Limits
from autograder.sandbox import selftest, view
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.kernel import Kernel

pytestmark = pytest.mark.smoke


def test_root_escape_through_core_pattern_is_closed(kernel):
    """Written to, this setting makes the host's kernel run a program as root when anything crashes."""
    before = Path("/proc/sys/kernel/core_pattern").read_text()
    said = kernel("""
import os
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger"):
    try:
        with open(path, "w") as file:
            file.write("|/tmp/escape")
        print("wrote", path)
    except OSError as error:
        print(type(error).__name__)
""")
    assert "wrote" not in said
    assert Path("/proc/sys/kernel/core_pattern").read_text() == before
    assert "/proc/sys ro" in kernel("""
print(*{f"{f[4]} {f[5].split(',')[0]}" for f in map(str.split, open("/proc/self/mountinfo")) if f[4] == "/proc/sys"})
""")


def test_no_process_of_the_sandbox_is_the_hosts_root(kernel):
    """Not even bubblewrap itself: root's rights are dropped before it starts."""
    assert 0 not in kernel.kernel.jail.host_users()
    status = Path(f"/proc/{kernel.kernel.jail.process.pid}/status").read_text()
    assert "CapEff:\t0000000000000000" in status


def test_kernel_has_no_rights_left_and_gets_none_back(kernel):
    assert (
        kernel("""
import os
fields = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines())
rights = [int(fields[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")]
print(os.getuid(), os.getgid(), *rights, fields["NoNewPrivs"], fields["Seccomp"])
""")
        == "1000 1000 0 0 0 0 1 2"
    )


def test_no_namespace_mount_or_chroot_can_be_made(kernel):
    assert kernel("""
import ctypes, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
results = [libc.unshare(flag) for flag in (0x10000000, 0x00020000, 0x40000000)]
results += [libc.mount(b"proc", b"/tmp", b"proc", 0, None), libc.umount2(b"/proc/sys", 2)]
try:
    os.chroot("/tmp"); results.append(0)
except OSError:
    results.append(-1)
results.append(-1 if subprocess.run(["unshare", "--user", "true"], capture_output=True).returncode else 0)
pid = libc.syscall(56, 0x10000000 | 17, None, None, None, None)  # clone(CLONE_NEWUSER)
if pid == 0:
    os._exit(0)
results.append(pid)
print(results)
""") == str([-1] * 8)


def test_nothing_of_the_course_is_visible_but_its_environment(kernel):
    said = kernel(f"""
import os
seen = []
for base, folders, names in os.walk({str(ROOT)!r}):
    folders[:] = [f for f in folders if os.path.join(base, f) != {sys.prefix!r}]
    seen += names
print(seen)
for name in ("autograder", "autograder.course", "autograder.sandbox.jail", "course_lib.tokenizers", "course_lib.kit.checking", "solutions"):
    try:
        __import__(name); print("imported", name)
    except ImportError:
        pass
import course_lib, course_lib.kit.remote
print(course_lib.__file__)
""")
    assert said.splitlines() == ["[]", "/kit/course_lib/__init__.py"]


def test_other_files_of_the_host_are_hidden(kernel, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("gradebook")
    hidden = [
        str(secret),
        "/etc/machine-id",
        "/etc/shadow",
        "/root/.bashrc",
        "/var/log",
        "/boot",
        "/sys/class",
        "/run/systemd",
        "/proc/1/root/boot",
    ]
    assert kernel(f"import os; print([p for p in {hidden} if os.path.exists(p)])") == "[]"
    assert (
        kernel("print(sorted(os.listdir('/home')), os.listdir('/home/student'), os.listdir('/scratch'), os.getcwd())")
        == "['student'] ['.ipython'] [] /scratch"
    )


def test_the_sandbox_has_names_of_its_own(kernel):
    """Libraries look up the user and the machine they run on."""
    assert kernel(
        "import getpass, pwd, socket; print(getpass.getuser(), len(pwd.getpwall()), socket.gethostbyname(socket.gethostname()))"
    ) == ("student 1 127.0.0.1")


def test_system_kit_and_devices_are_read_only(kernel):
    assert (
        kernel("""
import os, sys
written = []
for folder in ("/", "/usr", "/usr/lib", "/etc", "/dev", "/dev/pts", "/home", "/kit/course_lib/kit", sys.prefix, "/kit", "/proc"):
    try:
        open(folder + "/planted.py", "w").close(); written.append(folder)
    except OSError:
        pass
print(written)
""")
        == "[]"
    )


def test_network_is_unreachable(kernel):
    name = f"\0course-test-{secrets.token_hex(8)}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(name)
        abstract.listen()
        with socket.create_connection(tcp.getsockname(), 1):
            pass  # it can be reached from here
        assert (
            kernel(f"""
import socket
reached = []
for family, address in ((socket.AF_INET, {tcp.getsockname()}), (socket.AF_INET, ("1.1.1.1", 53)), (socket.AF_UNIX, {name!r})):
    with socket.socket(family) as client:
        client.settimeout(2)
        try:
            client.connect(address); reached.append(address)
        except OSError:
            pass
print(reached, socket.gethostname(), [name for _, name in socket.if_nameindex()])
""")
            == "[] course ['lo']"
        )


def test_socket_families_beyond_network_namespaces_are_refused(kernel):
    """AF_VSOCK reaches the hypervisor of a virtual machine from any network namespace."""
    assert kernel("""
import socket
made = []
for family in range(1, 46):
    try:
        socket.socket(family, socket.SOCK_STREAM).close(); made.append(family)
    except OSError:
        pass
print(made)
""") in ("[1, 2, 10]", "[1, 2]")


def test_environment_is_cleared(monkeypatch, kit):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", canary := secrets.token_hex(8))
    source = f"""
import glob, os
print([path for path in glob.glob("/proc/[0-9]*/environ") if {canary!r} in open(path).read()])
print(sorted(os.environ))
"""
    with Kernel(Limits(), kit) as running:
        run = running.execute(source, 5, 9999)
    found, names = run.outputs[0].text.splitlines()
    assert found == "[]"
    assert set(eval(names)) - set(view.environment(True)) <= {
        "PWD",
        "MPLBACKEND",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "GIT_PAGER",
        "PAGER",
        "TERM",
        "PYDEVD_USE_FRAME_EVAL",
        "JPY_PARENT_PID",
        "LC_CTYPE",
    }


def test_environment_sets_what_makes_runs_quiet_and_repeatable(kernel):
    assert (
        kernel("""
import os, sys
names = "PYTHONSAFEPATH PYTHONPATH HOME OMP_NUM_THREADS HF_HUB_OFFLINE TOKENIZERS_PARALLELISM PYTHONHASHSEED".split()
print(*(os.environ[name] for name in names), "" in sys.path)
""")
        == "1 /kit /home/student 1 1 false 0 False"
    )


def test_no_descriptor_of_the_grader_is_inherited(kernel):
    assert (
        kernel("""
import os
leaks = []
for pid in ("1", "self"):
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
        except OSError:
            continue
        if not target.startswith(("pipe:", "socket:", "anon_inode:", "/dev/null", "/proc/", "/scratch", "/tmp")):
            leaks.append((pid, target))
print(leaks)
""")
        == "[]"
    )


def test_processes_outside_are_invisible_and_out_of_reach(kernel):
    assert (
        kernel(f"""
import os, signal
reached = []
for pid in ({os.getpid()}, {os.getppid()}, {kernel.kernel.jail.process.pid}):
    try:
        os.kill(pid, 0); reached.append(pid)
    except ProcessLookupError:
        pass
print(reached, max(int(p) for p in os.listdir("/proc") if p.isdigit()) < 500)
os.kill(1, signal.SIGKILL)  # the sandbox's own init does not take signals from inside
""")
        == "[] True"
    )


# -- the self-test ------------------------------------------------------------------------------------------------------


def test_self_test_finds_every_wall_standing():
    walls = selftest.self_test()
    assert [wall for wall in walls if not wall.stands] == []
    assert len(walls) >= 19


def _without(*options: str, values: int = 1):
    """A change of bubblewrap's arguments: leave out runs of ``options`` with as many values after them."""

    def change(parts):
        kept, position = [], 0
        while position < len(parts):
            if parts[position : position + len(options)] == list(options):
                position += len(options) + values
            else:
                kept.append(parts[position])
                position += 1
        return kept

    return change


def _with_the_hosts_network(parts):
    return [option for part in parts for option in (["--unshare-all", "--share-net"] if part == "--unshare-all" else [part])]


def _showing_the_clone(parts):
    return [*parts[:-4], view.Bind(str(ROOT), str(ROOT)), *parts[-4:]]


@pytest.mark.parametrize(
    ("change", "fallen"),
    [
        pytest.param(_with_the_hosts_network, {"no network", "no abstract sockets"}, id="network"),
        pytest.param(_showing_the_clone, {"the course is hidden", "the course's packages are masked"}, id="clone"),
        pytest.param(_without("--remount-ro", "/dev", values=0), {"the system is read-only"}, id="devices"),
        pytest.param(_without("--size"), {"/scratch is limited", "/tmp is limited", "/dev/shm is limited"}, id="sizes"),
    ],
)
def test_self_test_notices_a_missing_wall(monkeypatch, change, fallen):
    original = view.arguments
    monkeypatch.setattr(view, "arguments", lambda *args: change(original(*args)))
    assert fallen <= {wall.name for wall in selftest.self_test() if not wall.stands}


def test_self_test_notices_that_memory_is_not_limited(monkeypatch):
    monkeypatch.setattr(selftest, "_LIMITS", selftest._LIMITS.model_copy(update={"memory_mb": 1_500}))
    fallen = {wall.name for wall in selftest.self_test() if not wall.stands}
    assert fallen == {"memory is limited", "memory of a process is limited"}


def test_a_fallen_wall_refuses_to_grade_and_says_which(monkeypatch):
    monkeypatch.setattr(selftest, "self_test", lambda: [selftest.Wall("no network", False, "connected"), selftest.Wall("not root", True)])
    with pytest.raises(SandboxUnavailable, match=r"no network \(connected\)") as refused:
        selftest._require_walls(-1)
    assert "not root" not in str(refused.value)


def test_walls_are_tried_once_per_process(monkeypatch):
    tried = []
    monkeypatch.setattr(selftest, "self_test", lambda: tried.append(1) or [])
    selftest._require_walls(-2)
    selftest._require_walls(-2)
    assert tried == [1]

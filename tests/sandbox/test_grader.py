"""The grader around the sandbox: whoever starts it, from wherever, however it ends, and by which of Jupyter's doors."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import v4

from autograder.course import ROOT
from autograder.manifest import Limits
from autograder.sandbox import cgroups, folders, requirements, view
from autograder.sandbox.errors import SandboxFault, SandboxUnavailable
from autograder.sandbox.jail import Jail
from autograder.sandbox.kernel import Kernel
from autograder.sandbox.kernelspec import NAME, install_kernelspec

pytestmark = pytest.mark.smoke
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

GRADE = """
    import os, sys
    from pathlib import Path
    from nbformat import v4
    import autograder
    from autograder.manifest import Limits
    from autograder.sandbox.run import run_notebook
    source = "import os, numpy; print(os.getuid(), os.path.exists(%r))" % str(Path(autograder.__file__))
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source), v4.new_code_cell("def f(x): return x + 1")])
    execution = run_notebook(
        notebook, parameters={}, kit=Path(sys.argv[1]), limits=Limits(), sandbox=True, probe=lambda s: s.call("f", 1)
    )
    print(os.getuid(), execution.notebook.cells[1].outputs[0].text.strip(), execution.value, autograder.__file__)
"""


def _python(program: str, *arguments: str, before: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-c", textwrap.dedent(program), *arguments]
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=variables, cwd="/")


# -- who, and from where ------------------------------------------------------------------------------------------------


def _as_user(user: int) -> tuple[str, ...]:
    """Words before a command that run it as an ordinary user who may read the interpreter.

    Where that lies below root's home, a home that all may read is shown in its place, with nothing but the interpreter and the checkout.
    """
    trees = [tree for tree in (sys.base_prefix, str(ROOT), sys.prefix) if Path(tree).is_relative_to("/root")]
    steps = ["set -e", "stage=$(mktemp -d)", "mount -t tmpfs -o mode=755 none $stage", "mkdir $stage/root"]
    for tree in trees:
        steps += [f"mkdir -p $stage{tree}", f"mount --rbind {tree} $stage{tree}"]
    steps += ["mount --rbind $stage/root /root"] if trees else []
    steps.append(f'exec setpriv --reuid {user} --regid {user} --clear-groups "$@"')
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", "; ".join(steps), "sh")


@as_root
def test_an_ordinary_user_grades(kit):
    ran = _python(GRADE, str(kit), before=_as_user(54321))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split()[:4] == ["54321", "1000", "False", "2"]


@as_root
def test_root_grades_from_a_clone_in_a_home_that_only_root_can_read(kit, tmp_path):
    home = tmp_path / "home"
    clone = home / "clone"
    for package in ("autograder", "course_lib"):
        shutil.copytree(ROOT / package, clone / package, ignore=shutil.ignore_patterns("__pycache__"))
    private_kit = shutil.copytree(kit, clone / "kit")
    home.chmod(0o700)
    ran = _python(GRADE, str(private_kit), PYTHONPATH=str(clone))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["0", "1000", "False", "2", str(clone / "autograder" / "__init__.py")]


def test_the_environment_is_shown_where_it_lies_inside_the_clone_and_nothing_beside_it(monkeypatch):
    monkeypatch.setattr(view, "ROOT", Path("/srv/course"))
    monkeypatch.setattr(view, "_prefixes", lambda: ["/srv", "/srv/course/.venv"])
    monkeypatch.setattr(view.sys, "executable", "/usr/bin/python3")
    shown = view._interpreter.__wrapped__
    with pytest.raises(SandboxUnavailable, match="virtual environment"):
        shown()
    monkeypatch.setattr(view, "_prefixes", lambda: ["/srv/python", "/srv/course/.venv"])
    assert [part.shown for part in shown() if isinstance(part, view.Bind)] == ["/srv/python", "/srv/course/.venv"]
    monkeypatch.setattr(view, "_prefixes", lambda: ["/srv/course/.venv", "/opt/conda"])
    monkeypatch.setattr(view, "ROOT", Path("/opt/conda/course"))
    assert "--tmpfs" in shown()
    assert "/opt/conda/course" in shown()


def test_packages_of_an_ordinary_installation_are_masked(monkeypatch):
    monkeypatch.setattr(view, "ROOT", Path("/opt/env/lib/python3/site-packages"))
    monkeypatch.setattr(view, "_prefixes", lambda: ["/opt/env"])
    monkeypatch.setattr(view.sys, "executable", "/opt/env/bin/python")
    shown = view._interpreter.__wrapped__()
    assert "/opt/env/lib/python3/site-packages/autograder" in shown
    assert "/opt/env/lib/python3/site-packages" not in shown


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"kernel/apparmor_restrict_unprivileged_userns": "1"}, "/etc/apparmor.d/bwrap"),
        ({"kernel/unprivileged_userns_clone": "0"}, "sysctl kernel.unprivileged_userns_clone=1"),
        ({"user/max_user_namespaces": "0"}, "sysctl user.max_user_namespaces"),
        ({}, "container"),
    ],
)
def test_a_machine_that_forbids_namespaces_is_told_what_to_do(monkeypatch, settings, word):
    monkeypatch.setattr(requirements, "_setting", lambda name: settings.get(name, ""))
    message = requirements.refusal("bwrap: setting up uid map: Permission denied")
    assert word in message
    assert "--unsafe-no-sandbox" in message


def test_a_machine_without_bubblewrap_refuses_and_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(requirements.shutil, "which", lambda *_, **__: None)
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        requirements.bubblewrap.__wrapped__()


def test_an_old_bubblewrap_is_refused(monkeypatch):
    monkeypatch.setattr(requirements.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, "bubblewrap 0.6.1\n"))
    with pytest.raises(SandboxUnavailable, match=r"0\.8\.0 or later"):
        requirements.bubblewrap.__wrapped__()


def test_bubblewrap_that_may_not_build_walls_is_no_fault_but_a_refusal(monkeypatch, tmp_path):
    """What it says there reaches the operator, with a remedy."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    for folder in tmp_path.parents:
        if folder.name.startswith(("pytest-", "popen-")):  # pytest's own folders, of one process or of several
            folder.chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setattr("autograder.sandbox.jail.bubblewrap", lambda: (str(fake), "0.8.0"))
    with pytest.raises(SandboxUnavailable, match="uid map: Permission denied"):
        Kernel(Limits(), None)


def test_a_kit_that_is_not_there_is_a_fault_of_the_grader(tmp_path):
    with pytest.raises(SandboxFault, match="missing"):
        Kernel(Limits(), tmp_path / "missing")


# -- how it ends --------------------------------------------------------------------------------------------------------


def _members(group: str) -> list[int]:
    """Processes whose command line holds ``group``."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if group.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def test_kill_minus_9_of_the_grader_leaves_no_orphans_and_the_next_one_sweeps():
    program = """
        from autograder.manifest import Limits
        from autograder.sandbox.kernel import Kernel
        import time
        kernel = Kernel(Limits(), None)
        run = kernel.execute("import subprocess; subprocess.Popen(['sleep', '4321'], start_new_session=True)", 5, 100)
        print(kernel.jail.folder, flush=True)
        time.sleep(60)
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True, env=environment) as grader:
        folder = Path(grader.stdout.readline().strip())
        assert len(_members(folder.name)) >= 2
        assert len(_members("sleep\x004321")) == 1
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    deadline = time.monotonic() + 2
    while _members(folder.name) + _members("sleep\x004321") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _members(folder.name) + _members("sleep\x004321") == []
    assert folder.exists()
    folders._sweep_once.__wrapped__(0)
    assert not folder.exists()
    cgroups.create(1 << 30, 100).remove()
    assert not list(Path("/sys/fs/cgroup").glob(f"*/**/{folder.name.rpartition('-')[0]}-*"))


def test_a_sandbox_that_is_given_up_while_it_starts_leaves_nothing(monkeypatch):
    names = []

    def give_up(jail, _):
        names.append(jail.folder.name)
        raise RuntimeError

    monkeypatch.setattr(Jail, "_adopt", give_up)
    with pytest.raises(RuntimeError):
        Kernel(Limits(), None)
    assert _members(names[0]) == []


def test_an_orphan_of_a_grader_killed_in_the_wrong_moment_is_swept():
    gone = subprocess.Popen(["true"])
    gone.wait()
    program, _ = requirements.bubblewrap()
    words = [program, "--bind", "/", "/", "--setenv", "X"]
    orphan, other = (
        subprocess.Popen([*words, f"{folders.PREFIX}-{owner}-{started}-abc", "sleep", "30"])
        for owner, started in ((gone.pid, 1), (os.getpid(), folders._start_time(os.getpid())))
    )
    time.sleep(0.2)
    folders._end_orphans()
    assert orphan.wait(5) == -signal.SIGKILL
    assert other.poll() is None
    other.kill()
    other.wait()


def test_folders_of_graders_that_live_are_not_swept():
    mine = folders.new_folder()
    folders._sweep_once.__wrapped__(0)
    assert mine.exists()
    folders.remove(mine)
    assert not folders.is_abandoned("something-else")
    assert folders.is_abandoned(f"{folders.PREFIX}-{os.getpid()}-1-abc"), "a later process has its number"


def test_a_sandbox_outlives_the_thread_that_asked_for_it():
    """bubblewrap ends with the thread that started it, so that must not be a worker's."""
    made = []
    thread = threading.Thread(target=lambda: made.append(Kernel(Limits(), None)))
    thread.start()
    thread.join()
    with made[0] as kernel:
        time.sleep(0.2)
        assert kernel.execute("1 + 1", 5, 100).status == "ok"


def test_several_sandboxes_at_once(run):
    results: dict[int, object] = {}

    def grade(number):
        results[number] = run([f"x = {number}", "def f(): return x"], lambda submission: submission.call("f")).value

    threads = [threading.Thread(target=grade, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {0: 0, 1: 1, 2: 2}


def test_sockets_of_an_earlier_kernel_are_gone_before_the_next_starts():
    jail = Jail(Limits())
    jail.sockets.mkdir()
    (jail.sockets / "k-1").symlink_to("/var/run/docker.sock")
    jail._empty_sockets()
    assert list(jail.sockets.iterdir()) == []
    jail.close()


# -- Jupyter's doors ------------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path, kit, monkeypatch):
    folder = install_kernelspec(Limits(memory_mb=512), kit, prefix=str(tmp_path))
    monkeypatch.setenv("JUPYTER_PATH", str(folder.parent.parent))
    return folder


def test_the_kernelspec_says_which_provisioner(installed):
    spec = json.loads((installed / "kernel.json").read_text())
    assert installed.name == NAME
    assert spec["metadata"]["kernel_provisioner"]["provisioner_name"] == NAME


@pytest.mark.usefixtures("installed")
def test_nbclient_runs_a_notebook_behind_walls_by_kernel_name():
    cells = ["import os, course_lib; print(os.getuid(), os.listdir('/home'), course_lib.__file__)", "open('/etc/x', 'w')", "2"]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in cells])
    client = NotebookClient(notebook, kernel_name=NAME, allow_errors=True, timeout=20)
    client.execute()
    assert notebook.cells[0].outputs[0].text == "1000 ['student'] /kit/course_lib/__init__.py\n"
    assert notebook.cells[1].outputs[0].ename == "OSError"
    assert not list(Path("/tmp").glob(folders.own_name() + "*"))


@pytest.mark.usefixtures("installed")
def test_nbclient_interrupts_by_kernel_name_and_the_kernel_lives():
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in ["while True: pass", "print('alive')"]])
    NotebookClient(notebook, kernel_name=NAME, allow_errors=True, timeout=1, interrupt_on_timeout=True).execute()
    assert notebook.cells[0].outputs[0].ename == "KeyboardInterrupt"
    assert notebook.cells[1].outputs[0].text == "alive\n"


@pytest.mark.usefixtures("installed")
def test_a_kernel_manager_restarts_behind_walls():
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name=NAME)
    first = manager.provisioner.process.pid
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=20)
    said = []
    client.execute_interactive("import os; print(os.getuid())", timeout=10, output_hook=lambda m: said.append(m["content"].get("text")))
    assert "1000\n" in said
    assert manager.provisioner.process.pid != first
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    assert not list(Path("/tmp").glob(folders.own_name() + "*"))


def test_papermill_runs_a_notebook_with_our_engine(tmp_path):
    import papermill

    source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("import os; print(os.getuid(), A)")]), source)
    papermill.execute_notebook(
        str(source), str(target), {"A": 5}, engine_name=NAME, kernel_name=NAME, language="python", progress_bar=False
    )
    assert nbformat.read(target, 4).cells[1].outputs[0].text == "1000 5\n"


def test_the_engine_is_found_whichever_is_imported_first():
    programs = ("import papermill.engines as e", "import autograder.sandbox.run; import papermill.engines as e")
    ran = [_python(f"{program}\nprint(e.papermill_engines.get_engine('{NAME}').__name__)") for program in programs]
    assert [result.stdout for result in ran] == ["SandboxEngine\n"] * 2, [result.stderr for result in ran]

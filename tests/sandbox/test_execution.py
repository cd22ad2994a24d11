"""What running a notebook gives: one bad cell costs only what depends on it, and what is kept is safe to show."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from autograder.manifest import Limits
from autograder.sandbox.client import Message
from autograder.sandbox.outputs import Outputs
from autograder.sandbox.run import NO_SANDBOX, run_notebook

STUBBORN = "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except BaseException: pass"


@pytest.mark.smoke
def test_errors_are_results_and_later_cells_run(run):
    ran = run(["x = 2", "1 / 0", "print(x)"], lambda submission: submission.has("x"))
    assert ran.status == ["ok", "error", "ok"]
    assert ran.cells[1].error == "ZeroDivisionError: division by zero"
    assert ran.outputs[2][0].text == "2\n"
    assert ran.value is True
    assert ran.execution.sandbox.startswith("bubblewrap ")


@pytest.mark.smoke
def test_a_dead_kernel_is_restarted_and_the_guilty_cells_are_left_out(run):
    """The loop is interrupted and the exit kills: neither runs again, and what came before is there again."""
    sources = ["x = 1", "while True: pass", "y = x + 1", "import os; os._exit(3)", "z = y + 1", "exit()", "print(x, y, z)"]
    ran = run(sources, lambda submission: submission.has("z"), cell_seconds=1)
    assert ran.status == ["ok", "timeout", "ok", "killed", "ok", "killed", "ok"]
    assert ran.outputs[-1][0].text == "1 2 3\n"
    assert ran.value is True
    assert ran.cells[1].error == "1초 안에 끝나지 않아 실행을 중단했습니다. 끝나지 않는 반복이 있는지 보세요."
    assert ran.cells[3].error == "셀을 실행하는 동안 커널이 꺼졌습니다."
    assert ran.cells[5].error == "셀이 커널을 끝냈습니다(exit, quit)."


@pytest.mark.smoke
@pytest.mark.parametrize(
    "source",
    [STUBBORN, "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "import ctypes; ctypes.CDLL(None).sleep(60)"],
    ids=["catches interrupts", "stops itself", "waits in C"],
)
def test_a_cell_that_ignores_the_interrupt_is_killed(run, source):
    ran = run(["x = 1", source, "print(x)"], cell_seconds=1)
    assert ran.status == ["ok", "timeout", "ok"]


@pytest.mark.smoke
def test_a_cell_that_kills_only_when_run_again_is_left_out_too(run):
    """Some ends come late: a thread of one cell ends the kernel while another runs, and again after the restart."""
    late = "import threading, os; threading.Timer(0.7, os._exit, (1,)).start()"
    ran = run(["x = 1", late, "import time; time.sleep(1.5)", "print(x)"])
    assert ran.status[0] == "ok"
    assert ran.status[3] in ("ok", "killed")
    assert "killed" in ran.status


@pytest.mark.smoke
def test_the_notebook_as_a_whole_has_a_time_limit_and_can_still_be_probed(run):
    ran = run(["x = 1", "import time; time.sleep(1)", "time.sleep(5)", "y = 2"], lambda s: (s.has("x"), s.has("y")), total_seconds=3)
    assert ran.status == ["ok", "ok", "timeout", "skipped"]
    assert ran.cells[3].error == "노트북 전체에 주어진 3초를 다 써서 실행하지 않았습니다."
    assert ran.value == (True, False)


@pytest.mark.smoke
def test_a_notebook_that_only_kills_is_given_up(run, monkeypatch):
    monkeypatch.setattr("autograder.sandbox.session._RESTARTS", 2)
    ran = run(["x = 1", *["import os; os._exit(1)"] * 4], lambda submission: submission.has("x"))
    assert ran.status == ["ok", "killed", "killed", "killed", "skipped"]
    assert ran.value is True


@pytest.mark.smoke
def test_parameters_come_after_their_cell_and_the_notebook_is_not_changed(kit):
    cell = v4.new_code_cell("PROFILE = 'cpu'; SEED = 0", metadata={"tags": ["parameters"], "nbgrader": {"grade_id": "parameters"}})
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("글"), cell, v4.new_code_cell("print(PROFILE, SEED)")])
    before = nbformat.writes(notebook)
    execution = run_notebook(
        notebook, parameters={"PROFILE": "smoke", "SEED": 7}, kit=kit, limits=Limits(), sandbox=True, probe=lambda _: None
    )
    assert execution.notebook.cells[-1].outputs[0].text == "smoke 7\n"
    assert [cell.index for cell in execution.cells] == [1, 2, 3]
    assert execution.cells[0].grade_id == "parameters"
    assert nbformat.writes(notebook) == before


@pytest.mark.smoke
def test_hostile_metadata_is_replaced(kit):
    notebook = v4.new_notebook(cells=[v4.new_code_cell("1")])
    notebook.cells[0].metadata.update({"tags": "parameters", "papermill": [1], "nbgrader": None})
    notebook.metadata["papermill"] = "x"
    notebook.metadata["kernelspec"] = {"name": "bash", "language": "R"}
    execution = run_notebook(notebook, parameters={"A": 1}, kit=kit, limits=Limits(), sandbox=True, probe=lambda _: None)
    assert [cell.status for cell in execution.cells] == ["ok", "ok"]


@pytest.mark.smoke
def test_planted_files_reach_nothing_that_runs_later(run):
    """Neither the restarted kernel nor the grader sees them: every folder that can be written to is the kernel's own."""
    plant = """
import os
for folder in ("/scratch", "/home/student", "/tmp"):
    for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "json.py", "course_lib.py", "pytest.ini"):
        with open(os.path.join(folder, name), "w") as file:
            file.write("raise SystemExit('planted')")
"""
    ran = run(
        [plant, "import json, os; print(json.__file__)", "os._exit(1)", "import os; print(os.listdir('/tmp'))"], lambda s: s.has("plant")
    )
    assert ran.status == ["ok", "ok", "killed", "ok"]
    assert "/scratch" not in ran.outputs[1][0].text
    assert ran.value is False


@pytest.mark.smoke
def test_without_a_sandbox_the_result_says_so(run):
    ran = run(["import os; print(os.getpid())", "x = 2"], lambda submission: submission.has("x"), sandbox=False)
    assert ran.value is True
    assert ran.execution.sandbox == NO_SANDBOX
    assert ran.execution.sandbox.startswith("NONE")


@pytest.mark.smoke
def test_without_a_sandbox_limits_on_time_still_hold_and_nothing_is_left(run):
    ran = run([STUBBORN, "import subprocess, os; print(subprocess.Popen(['sleep', '60']).pid, os.getcwd())"], sandbox=False, cell_seconds=1)
    assert ran.status == ["timeout", "ok"]
    pid, scratch = ran.outputs[1][0].text.split()
    assert not Path(scratch).exists()
    assert not Path(f"/proc/{pid}").exists() or Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


@pytest.mark.smoke
def test_input_is_refused_instead_of_waited_for(run):
    ran = run(["input('이름? ')", "1"])
    assert ran.status == ["error", "ok"]
    assert ran.cells[0].error.startswith("StdinNotImplementedError")


@pytest.mark.smoke
def test_nothing_stays_behind(run):
    from autograder.sandbox import folders

    run(["import subprocess; subprocess.Popen(['sleep', '1000'])"])
    assert not list(Path("/tmp").glob(folders.own_name() + "*"))
    assert "sleep\x001000" not in "".join(
        path.read_text() for path in Path("/proc").glob("[0-9]*/cmdline") if int(path.parent.name) != os.getpid() and path.exists()
    )


# -- what is kept of the outputs ------------------------------------------------------------------------------------------


def _kept(kind, content, allowed=1000):
    outputs = Outputs(allowed)
    outputs.add(Message("iopub", kind, "", content, []))
    return outputs.kept


def test_html_scripts_and_unknown_kinds_are_left_out():
    data = {"text/plain": "표", "text/html": "<script>1</script>", "image/svg+xml": "<svg/>", "application/javascript": "1", "x": 1}
    assert _kept("display_data", {"data": data})[0].data == {"text/plain": "표"}
    assert _kept("display_data", {"data": {"text/html": "<b>"}}) == []
    assert _kept("comm_open", {"data": {}}) == []


@pytest.mark.parametrize("image", ['AAAA" onerror="alert(1)', ["AAAA"], 7, "A" * 2000])
def test_an_image_is_base64_and_fits_or_is_left_out(image):
    assert _kept("display_data", {"data": {"image/png": image, "text/plain": "x"}})[0].data == {"text/plain": "x"}
    assert _kept("display_data", {"data": {"image/png": "iVBORw0KGgo="}})[0].data == {"image/png": "iVBORw0KGgo="}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"name": {}, "text": 5}),
        ("stream", {}),
        ("display_data", {"data": [1]}),
        ("execute_result", {"data": {"text/plain": {}}, "execution_count": "x" * 10**6}),
        ("error", {"ename": [], "evalue": None, "traceback": "x"}),
        ("error", {"traceback": [1, {}, "a\ud800b\0"]}),
        ("stream", {"text": "\ud800\0"}),
    ],
)
def test_whatever_arrives_can_be_stored(kind, content):
    notebook = v4.new_notebook(cells=[v4.new_code_cell("", outputs=_kept(kind, content))])
    nbformat.validate(notebook)
    assert "\0" not in nbformat.writes(notebook).encode("utf-8").decode()


def test_what_is_too_long_is_cut_and_says_so():
    outputs = Outputs(10)
    for _ in range(3):
        outputs.add(Message("iopub", "stream", "", {"name": "stdout", "text": "123456"}, []))
    assert outputs.kept[0].text == "1234561234\n… 출력이 너무 길어 여기서 잘랐습니다.\n"
    assert len(outputs.kept) == 1


def test_clear_output_clears():
    outputs = Outputs(100)
    outputs.add(Message("iopub", "stream", "", {"name": "stdout", "text": "1"}, []))
    outputs.add(Message("iopub", "clear_output", "", {}, []))
    assert outputs.kept == []

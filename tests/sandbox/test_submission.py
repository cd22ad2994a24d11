"""``submission`` against code that lies, hangs, floods or dies: every way of not answering is the student's, none the grader's."""

from __future__ import annotations

import time

import pytest

from autograder.manifest import Limits
from autograder.sandbox.client import KernelGone
from autograder.sandbox.kernel import Kernel
from autograder.sandbox.session import _REVIVALS
from autograder.submission import KernelDied
from course_lib.kit.binding import BadReply, Missing, Raised, StudentError, TimedOut, Unfinished

pytestmark = pytest.mark.smoke

LIAR = """
def reply_with(data):
    kernel = get_ipython().kernel
    def answer(stream, ident, parent):
        kernel.session.send(stream, "course_reply", {}, parent, ident=ident, buffers=[data] if data is not None else [])
    kernel.shell_handlers["course_request"] = answer
"""


def probe_twice(student, number):
    return student.double(number) + student.double(1)


def outcome(submission, name="f", *args, timeout=5.0, **options):
    """The class of error that a call ends with, or its value."""
    try:
        return submission.call(name, *args, timeout=timeout, **options)
    except StudentError as error:
        return type(error)


def test_calls_probes_and_their_errors(run):
    sources = ["def double(x): return 2 * x", "def fails(): raise ValueError('no')", "def unfinished(): raise NotImplementedError"]

    def probe(submission):
        return [
            submission.call("double", [1, "가"], returns=list),
            submission.run(probe_twice, number=4),
            submission.has("double"),
            submission.has("nothing"),
            outcome(submission, "nothing"),
            outcome(submission, "fails"),
            outcome(submission, "unfinished"),
            outcome(submission, "double", 3, returns=str),
        ]

    assert run(sources, probe).value == [[1, "가", 1, "가"], 10, True, False, Missing, Raised, Unfinished, BadReply]


def test_a_reply_of_20_mb_arrives_and_a_longer_one_than_allowed_is_refused(run):
    sources = ["def f(n): return b'x' * n"]
    ran = run(sources, lambda s: [len(s.call("f", 20_000_000)), outcome(s, "f", 60_000_000), s.call("f", 3)], memory_mb=1024)
    assert ran.value == [20_000_000, BadReply, b"xxx"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param('b"not JSON"', id="no JSON"),
        pytest.param('b"\\xff\\xfe"', id="no UTF-8"),
        pytest.param("None", id="nothing"),
        pytest.param('b"[" * 1_000_000', id="nested"),
        pytest.param('b"7" * 20_000_000', id="a long number"),
        pytest.param("b'{\"error\": 1}'", id="untagged"),
        pytest.param('b\'["d","error",["d","kind",["l"]]]\'', id="wrong kind"),
    ],
)
def test_a_reply_that_is_none_is_the_students_error(run, data):
    ran = run([LIAR, f"reply_with({data})"], lambda s: (outcome(s), outcome(s)), memory_mb=1024)
    assert ran.value == (BadReply, BadReply)


@pytest.mark.parametrize(
    "source",
    [
        "import sys; sys.modules.clear()",
        "import sys\nfor name in list(sys.modules):\n    if name.startswith(('course_lib', 'json', 'asyncio')): del sys.modules[name]",
        "import builtins; builtins.isinstance = lambda *a: 1 / 0",
        "import json; json.dumps = json.loads = lambda *a, **k: 'x'",
        "import course_lib.kit.wire as w, course_lib.kit.remote as r; r.serve = w.encode = w.decode = None",
        "get_ipython().kernel.session.send = None",
        "get_ipython().user_ns.clear()",
        "import zmq; get_ipython().kernel.shell_handlers.clear()",
    ],
)
def test_tampering_with_the_kernel_is_the_students_loss_only(run, source):
    ran = run(["def f(): return 3", source], lambda s: [outcome(s, timeout=1), outcome(s, timeout=1)], cell_seconds=2)
    for value in ran.value:
        assert value == 3 or (isinstance(value, type) and issubclass(value, StudentError))


def test_an_endless_call_is_interrupted_and_the_next_one_answered(run):
    sources = ["x = 1", "def f():\n    while True: pass", "def g(): return x", "import time\ndef h(): time.sleep(60)"]
    started = time.monotonic()
    ran = run(sources, lambda s: [outcome(s, timeout=0.5), outcome(s, "h", timeout=0.5), s.call("g"), s.session._revivals])
    assert ran.value == [TimedOut, TimedOut, 1, 0]
    assert time.monotonic() - started < 8


def test_a_call_that_cannot_be_interrupted_is_killed_and_the_notebook_run_again(run):
    stubborn = "import time\ndef f():\n    while True:\n        try:\n            time.sleep(9)\n        except BaseException: pass"
    ran = run(["x = 1", stubborn, "def g(): return x"], lambda s: [outcome(s, timeout=0.5), s.call("g"), s.session._revivals])
    assert ran.value == [TimedOut, 1, 1]


def test_a_call_that_ends_the_kernel_costs_that_call_until_it_has_happened_too_often(run):
    def probe(submission):
        calls = [call for _ in range(_REVIVALS + 1) for call in ("dies", "lives")]
        return [outcome(submission, call) for call in calls]

    started = time.monotonic()
    ran = run(["import os\ndef dies(): os._exit(0)", "def lives(): return 1"], probe)
    assert ran.value == [KernelDied, 1] * _REVIVALS + [KernelDied, KernelDied]
    assert time.monotonic() - started < 20


def test_what_ended_the_kernel_is_said(run):
    source = "import mmap, time\ndef f():\n    held = mmap.mmap(-1, 360 << 20)\n    held.write(bytes(360 << 20)); time.sleep(5)"

    def probe(submission):
        with pytest.raises(KernelDied) as died:
            submission.call("f")
        return str(died.value)

    assert run([source], probe).value == "실행하는 동안 메모리를 256MB보다 많이 써서 중단했습니다."


@pytest.mark.parametrize(
    "body",
    ["raise SystemExit(3)", "raise KeyboardInterrupt", "class Own(BaseException): pass\n    raise Own", "raise Silent"],
    ids=["SystemExit", "KeyboardInterrupt", "BaseException", "an error that cannot be printed"],
)
def test_every_exception_is_an_answer_and_the_kernel_lives(run, body):
    silent = "class Silent(Exception):\n    def __str__(self): 1 / 0"
    ran = run([silent, f"def f():\n    {body}", "def g(): return 1"], lambda s: [outcome(s), s.call("g"), s.session._revivals])
    assert ran.value == [Raised, 1, 0]


def test_floods_inside_a_call_are_contained(run):
    displays = "from IPython.display import display\ndef f():\n    while True: display('x' * 100_000)"
    prints = "def g():\n    for _ in range(1000): print('x' * 1000)\n    return 'printed'"
    ran = run([displays, prints], lambda s: [s.call("g"), outcome(s), s.call("g")], memory_mb=512)
    assert ran.value == ["printed", KernelDied, "printed"]


def test_forged_replies_to_other_requests_are_ignored(run):
    forge = """
def f():
    kernel = get_ipython().kernel
    parent = dict(kernel.get_parent("shell"))
    for _ in range(50):
        kernel.session.send(kernel.iopub_socket, "course_reply", {}, parent, buffers=[b"[]"])
    return "own"
"""
    assert run([forge], lambda s: s.call("f")).value == "own"


def test_all_calls_together_have_a_time_limit(run):
    sources = ["import time\ndef f(): time.sleep(1.2)"]
    ran = run(sources, lambda s: [outcome(s, timeout=1.5) for _ in range(4)], total_seconds=1.5)
    assert ran.value == [None, None, TimedOut, TimedOut]


def test_who_sends_to_a_kernel_that_has_just_ended_does_not_wait_for_ever(kit):
    """A thread of the student's can end it while nothing is asked."""
    end = "import os, threading; threading.Timer(0.1, os._exit, (0,)).start()"
    limits = Limits(memory_mb=256)
    with Kernel(limits, kit) as kernel:
        kernel.execute(end, 5, 100)
        time.sleep(1)
        assert kernel.execute("1", 5, 100).status == "killed"
    with Kernel(limits, kit) as kernel:
        kernel.execute(end, 5, 100)
        time.sleep(1)
        with pytest.raises(KernelGone):
            kernel.ask("{}", 5)

"""Calls into a notebook's namespace: whatever the student's code does is an answer, never a fault of the check."""

from __future__ import annotations

import re
import signal
import sys
import threading
import time

import _pytest.outcomes
import pytest

from course_lib.kit import binding, remote, wire
from course_lib.kit.binding import BadReply, Missing, NotebookSubmission, Raised, StudentError, TimedOut, Unfinished


def student(source: str, name: str = "<ipython-input-3-abc>") -> NotebookSubmission:
    namespace: dict = {}
    exec(compile(source, name, "exec"), namespace)
    return NotebookSubmission(namespace, student="2024-1")


def test_call_returns_plain_data():
    assert student("def f(a, *, b): return {(a, b): [a]}").call("f", 1, b="x") == {(1, "x"): [1]}


def test_arguments_are_copies():
    given = [1]
    student("def f(a): a.append(2)").call("f", given)
    assert given == [1]


def test_return_type_is_checked():
    submission = student("def f(): return [1, '2']")
    assert submission.call("f", returns=list[int | str]) == [1, "2"]
    with pytest.raises(BadReply, match=r"결과\[1\]은 int여야 하는데 str입니다"):
        submission.call("f", returns=list[int])


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("raise NotImplementedError", Unfinished, "`f`를 아직 작성하지 않았습니다."),
        ("g()", Unfinished, "`g`를 아직 작성하지 않았습니다."),
        ("Tokenizer().encode()", Unfinished, "`Tokenizer.encode`를 아직 작성하지 않았습니다."),
        ("raise SystemExit(3)", Raised, "SystemExit가 났습니다: 3"),
        ("raise KeyboardInterrupt", Raised, "KeyboardInterrupt가 났습니다"),
        ("raise GeneratorExit", Raised, "GeneratorExit"),
        ("raise Silent", Raised, "ZeroDivisionError"),
        ("assert False, '이유'", Raised, "AssertionError"),
        ("return 1 / 0", Raised, "ZeroDivisionError"),
        ("return f()", Raised, "RecursionError"),
        ("return lambda: 1", BadReply, "function 값은 보낼 수 없습니다"),
        ("return Trap()", BadReply, "전달할 수 없습니다"),
        ("return 1 << 9000", BadReply, "자릿수"),
        ("import pytest; pytest.skip('x')", Raised, "Skipped"),
        ("import pytest; pytest.exit('x')", Raised, "Exit"),
    ],
)
def test_whatever_student_code_does_is_a_student_error(body, kind, said):
    source = f"""
class Silent(Exception):
    def __str__(self): return str(1 / 0)
class Trap(dict):
    def items(self): raise OSError('trap')
class Tokenizer:
    def encode(self): raise NotImplementedError
def g(): raise NotImplementedError
def f():
    {body}
"""
    with pytest.raises(kind, match=re.escape(said)):
        student(source).call("f")


def test_the_message_names_line_and_inner_function():
    submission = student("def inner(x):\n    return x[5]\ndef outer(x):\n    return inner(x)\n")
    with pytest.raises(Raised, match=r"`outer` 실행 중 IndexError가 났습니다: .*셀의 2번째 줄, `inner` 안"):
        submission.call("outer", [1])


def test_a_missing_name_says_so():
    with pytest.raises(Missing, match="`train_bpe`가 노트북에 없습니다"):
        student("").call("train_bpe")
    assert not student("").has("train_bpe")
    assert student("train_bpe = 1").has("train_bpe")


def test_builtins_are_no_part_of_a_notebook():
    with pytest.raises(Missing):
        student("").call("len", [])


STUBBORN = """
def f():
    caught = 0
    while True:
        try:
            while not caught:
                len("")
        except:
            caught += 1
        for _ in range(10**9):
            pass
"""


@pytest.mark.parametrize("source", ["def f():\n    while True: pass", STUBBORN], ids=["endless", "swallows"])
def test_endless_loops_end_even_when_they_swallow_an_exception(source):
    began = time.perf_counter()
    with pytest.raises(TimedOut, match=r"0\.2초"):
        student(source).call("f", timeout=0.2)
    assert time.perf_counter() - began < 5


def test_the_timer_is_gone_after_a_call():
    before = signal.getsignal(signal.SIGINT)
    student("def f(): return 1").call("f", timeout=0.3)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_persons_interrupt_ends_the_check():
    threading.Timer(0.3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        student("import time\ndef f():\n    time.sleep(5)").call("f")


def test_calls_work_outside_the_main_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(student("def f(): return 7").call("f")))
    thread.start()
    thread.join()
    assert found == [7]


def test_what_student_code_prints_is_not_shown(capsys):
    student("import sys\ndef f():\n    print('x')\n    print('y', file=sys.stderr)\n").call("f")
    assert capsys.readouterr() == ("", "")
    assert sys.stdout is not None


# -- probes and replacements ------------------------------------------------------------------------------------------


def probe_twice(student, text):
    import json

    return json.loads(json.dumps([student.f(text), student.f(text)]))


def test_a_probe_runs_beside_the_students_code():
    assert student("def f(x): return x + '!'").run(probe_twice, text="가") == ["가!", "가!"]


def lines_of(student):
    import sys

    lines = 0

    def trace(frame, event, argument):  # noqa: ARG001
        nonlocal lines
        lines += event == "line"
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        student.work()
    finally:
        sys.settrace(previous)
    return lines


@pytest.mark.parametrize("name", ["settrace", "setprofile"])
def test_what_a_probe_counts_with_stays(name):
    counted = student("def work():\n    for _ in range(100):\n        pass")
    assert counted.run(lines_of) > 100
    quiet = student(f"import sys\ndef work():\n    sys.{name}(None)\n    for _ in range(100):\n        pass")
    with pytest.raises(Raised, match=f"sys.{name}를 부를 수 없습니다"):
        quiet.run(lines_of)
    assert quiet.call("work") is None, "elsewhere it is nobody's business"


def test_a_probe_that_meets_a_missing_name():
    with pytest.raises(Missing, match="`f`가"):
        student("").run(probe_twice, text="가")


SUM = "def g(x): return x + 1\ndef f(x): return g(x) * 2\n"


def test_recorded_results_stand_in_and_are_taken_away_again():
    submission = student(SUM)
    assert submission.call("f", 1, replaced={"g": [((1,), 100)]}) == 200
    assert submission.call("f", 2, replaced={"g": [((1,), 100)]}) == 6, "unknown arguments go to the student's function"
    assert submission.call("f", 1) == 4


def test_recorded_results_reach_functions_that_the_notebook_lacks():
    submission = student("def f(x):\n    return [g(x), g(x)]")
    assert submission.call("f", [1], replaced={"g": [(([1],), [7])]}) == [[7], [7]]
    assert not submission.has("g")
    with pytest.raises(Missing, match="`g`가"):
        submission.call("f", [2], replaced={"g": [(([1],), 7)]})


def test_recorded_results_are_fresh_at_every_call():
    submission = student("def f():\n    g().append(1)\n    return g()")
    assert submission.call("f", replaced={"g": [((), [])]}) == []


# -- replies ----------------------------------------------------------------------------------------------------------


class Lying(binding.Submission):
    def __init__(self, reply: object) -> None:
        self.reply = reply

    def _exchange(self, *_: object) -> str:
        return self.reply


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "null",
        '["l"]',
        wire.encode({}),
        wire.encode({"error": 3}),
        wire.encode({"error": {"kind": 3}}),
        wire.encode({"error": {"kind": "raised", "line": [1] * 5_000, "message": {}, "text": b"\0"}}),
        wire.encode({"error": {"kind": "no such kind"}}),
        wire.encode({"value": 1, "error": {"kind": "missing"}}).replace('"value"', '"valve"'),
        "[" * 10_000,
        b"bytes",
    ],
)
def test_any_reply_is_a_student_error(reply):
    with pytest.raises(StudentError) as caught:
        Lying(reply).call("f")
    assert len(str(caught.value)) < 2_500


def test_outcomes_of_pytest_are_base_exceptions():
    assert not issubclass(_pytest.outcomes.Skipped, Exception), "else the tests above prove less than they say"
    assert not issubclass(remote.Stop, Exception)

"""``submission``: how a check reaches the student's code, wherever that code runs.

:class:`Submission` is the interface that public and hidden checks share. :class:`NotebookSubmission` binds it to a namespace in
this process; the grader's own binding sends the same requests into a sandboxed kernel. Values cross as plain data in both, so
a check behaves alike in a student's notebook and in the grader.
"""

from __future__ import annotations

import contextlib
import inspect
import signal
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from course_lib.kit import expect, remote, wire
from course_lib.kit.korean import josa
from course_lib.kit.sealed import seal

CALL_SECONDS = 20.0

Replacements = Mapping[str, list[tuple[tuple[Any, ...], Any]]]


class StudentError(AssertionError):
    """The student's code did not give a usable answer; the text is Korean and meant for the student."""


class Missing(StudentError):
    """A name of the contract is not defined in the notebook."""


class Unfinished(StudentError):
    """The solution cell still raises ``NotImplementedError``."""


class Raised(StudentError):
    """The student's function raised an exception.

    Attributes:
        line, text: the line of the cell where it was raised, and what stands there.
    """

    line: int | None = None
    text: str = ""


class BadReply(StudentError):
    """The result is no plain data, or not of the type that the contract states."""


class TimedOut(StudentError):
    """The call did not return within its time limit."""


class Submission:
    """Calls into one student's notebook.

    Attributes:
        student: the student's id as the roster has it; "" in a notebook that nobody has been assigned to.
        sources: source text of the student's solution cells by cell name, for checks of code quality.
    """

    student: str = ""
    sources: Mapping[str, str] = {}

    def call(
        self,
        name: str,
        /,
        *args: Any,
        returns: Any = None,
        replaced: Replacements | None = None,
        timeout: float = CALL_SECONDS,
        **kwargs: Any,
    ) -> Any:
        """Call the student's function ``name`` and return its result as plain data.

        Args:
            returns: a type such as ``dict[str, int]`` that the result must have; see :mod:`course_lib.kit.expect`.
            replaced: recorded results, as ``{function: [(arguments, result), …]}``, that stand in for some of the student's
                functions during this call, so that a mistake there is not paid for twice. They travel sealed: a function that
                looks at them instead of calling with the right arguments learns nothing.
            timeout: seconds after which the call is given up.

        Raises:
            StudentError: the name is missing, the code raised, never returned, or returned something unusable.
        """
        request = {"op": "call", "name": name, "args": list(args), "kwargs": kwargs, "replaced": _sealed(replaced)}
        return self._answer(name, request, returns, timeout)

    def run(
        self,
        probe: Callable[..., Any],
        /,
        *,
        returns: Any = None,
        replaced: Replacements | None = None,
        timeout: float = CALL_SECONDS,
        **inputs: Any,
    ) -> Any:
        """Run ``probe(student, **inputs)`` beside the student's code and return its result as plain data.

        The probe's source text travels: it must be a plain function that imports what it needs and holds no expected value.
        ``student.name`` is the notebook's ``name``.
        """
        request = {
            "op": "run",
            "source": textwrap.dedent(inspect.getsource(probe)),
            "function": probe.__name__,
            "inputs": inputs,
            "replaced": _sealed(replaced),
        }
        return self._answer(probe.__name__, request, returns, timeout)

    def has(self, name: str) -> bool:
        """Whether the notebook defines ``name``."""
        return bool(self._answer(name, {"op": "has", "name": name}, bool, CALL_SECONDS))

    def _exchange(self, request: str, timeout: float) -> str:
        """Deliver one request and return the reply. Raises TimedOut."""
        raise NotImplementedError

    def _answer(self, name: str, request: dict[str, Any], returns: Any, timeout: float) -> Any:
        text = self._exchange(wire.encode(request), timeout)
        try:
            reply = wire.decode(text)
        except wire.WireError as error:
            raise BadReply(f"`{name}`의 결과를 읽을 수 없습니다: {error}") from None
        match reply:
            case {"value": value}:
                if returns is not None and (problem := expect.mismatch(value, returns)):
                    raise BadReply(f"`{name}`의 반환값이 약속한 형식과 다릅니다: {problem}")
                return value
            case {"error": {"kind": str(kind)} as error}:
                raise _student_error(name, kind, error)
        raise BadReply(f"`{name}`의 결과를 읽을 수 없습니다: 알 수 없는 응답입니다")


class NotebookSubmission(Submission):
    """The binding to a namespace in this process: a student's own notebook, a teaching solution, a mutant."""

    def __init__(self, namespace: MutableMapping[str, Any], student: str = "", sources: Mapping[str, str] | None = None) -> None:
        self.namespace = namespace
        self.student = student
        self.sources = sources or {}

    def _exchange(self, request: str, timeout: float) -> str:
        with _interruptible(), _time_limit(timeout):
            return remote.serve(self.namespace, request)


def _sealed(replaced: Replacements | None) -> dict[str, dict[bytes, bytes]]:
    return {name: seal(name, rows) for name, rows in (replaced or {}).items()}


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt an endless loop where the system has timers (not on Windows, nor outside the main thread)."""
    if not hasattr(signal, "setitimer") or not _in_main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise remote.Stop

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)  # again and again: a bare ``except:`` in a loop swallows the first
    try:
        yield
    except remote.Stop:
        raise TimedOut(f"{seconds:g}초 안에 끝나지 않았습니다. 끝나지 않는 반복이 있는지 보세요.") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Tell a person's interrupt, which ends all checks, from a KeyboardInterrupt that the student's code raises, which is an answer."""
    if not _in_main_thread():
        yield
        return
    interrupted = False

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
        if interrupted:
            raise KeyboardInterrupt


def _student_error(name: str, kind: str, error: Mapping[str, Any]) -> StudentError:
    """The reply's own words are a student's: shortened, never trusted to be of a type."""
    said = {key: str(error.get(key) or "")[:500] for key in ("name", "type", "message", "line", "text")}
    at = f"`{said['name'] or name}`"
    if kind == "missing":
        return Missing(f"{josa(at, '이/가')} 노트북에 없습니다. 셀을 실행했는지, 이름이 같은지 보세요.")
    if kind == "unfinished":
        return Unfinished(f"{josa(at, '을/를')} 아직 작성하지 않았습니다.")
    if kind == "reply":
        return BadReply(f"`{name}`의 반환값을 전달할 수 없습니다: {said['message']}")
    inside = f", {at} 안" if said["name"] not in ("", name, "<module>") else ""
    text = f": `{said['text']}`" if said["text"] else ""
    where = f" (셀의 {said['line']}번째 줄{inside}{text})" if said["line"] else ""
    message = f": {said['message']}" if said["message"] else ""
    raised = Raised(f"`{name}` 실행 중 {josa(said['type'], '이/가')} 났습니다{message}{where}")
    raised.line = int(said["line"]) if said["line"].isdecimal() and len(said["line"]) < 7 else None
    raised.text = said["text"]
    return raised

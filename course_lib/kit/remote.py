"""The student's side of a check: look a name up in the notebook's namespace, call it, reply in plain data.

``serve`` runs in the process that holds the student's code: in the notebook itself when students check themselves, in the
sandboxed kernel when a submission is graded. Nothing secret ever enters it, and its reply is a claim, not a verdict.
"""

from __future__ import annotations

import contextlib
import functools
import io
import linecache
import sys
import traceback
from collections.abc import Callable, MutableMapping
from typing import Any

from course_lib.kit import wire
from course_lib.kit.sealed import unseal

STUDENT_CELL = "<ipython-input"
PROBE = "<probe>"


class Student:
    """Attribute access to the names of the student's notebook, for probes."""

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        object.__setattr__(self, "_namespace", namespace)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._namespace[name]
        except KeyError:
            raise MissingName(name) from None


class MissingName(AttributeError):
    """The notebook does not define a name that its contract asks for."""


class _Sink(io.TextIOBase):
    """Takes what student code prints during a check, and keeps none of it."""

    def write(self, text: str) -> int:
        return len(text)


class Stop(BaseException):
    """Ends a call from outside (a time limit); the one exception that ``serve`` does not take for the student's own."""


def serve(namespace: MutableMapping[str, Any], request: str) -> str:
    """Carry out one request and return the reply.

    A request is a dictionary: ``op`` ("call", "run" or "has"), and what that operation needs. A reply is a dictionary with
    either ``value`` or ``error`` (kind, name, type, message, line).
    """
    asked = wire.decode(request)
    try:
        with (
            contextlib.redirect_stdout(_Sink()),
            contextlib.redirect_stderr(_Sink()),
            _replaced(namespace, asked.get("replaced") or {}),
        ):
            value = _perform(namespace, asked)
    except Stop:
        raise
    except MissingName as error:
        return wire.encode({"error": {"kind": "missing", "name": _said(error)}})
    except BaseException as error:  # whatever student code raises, SystemExit included, is the answer and not a fault of ours
        return wire.encode({"error": _describe(error)})
    try:
        return wire.encode({"value": value})
    except Exception as error:  # a student's own class may raise anything while it is read
        message = _said(error) if isinstance(error, wire.WireError) else f"{type(error).__name__}: {_said(error)}"
        return wire.encode({"error": {"kind": "reply", "type": type(value).__name__, "message": message}})


def _perform(namespace: MutableMapping[str, Any], asked: dict[str, Any]) -> Any:
    if asked["op"] == "has":
        return asked["name"] in namespace
    if asked["op"] == "call":
        return getattr(Student(namespace), asked["name"])(*asked["args"], **asked["kwargs"])
    probe_globals: dict[str, Any] = {"__name__": "probe"}
    exec(compile(asked["source"], PROBE, "exec"), probe_globals)
    with _tracer_kept():
        return probe_globals[asked["function"]](Student(namespace), **asked["inputs"])


_probing = False


@contextlib.contextmanager
def _tracer_kept():
    """While a probe runs, nobody but the probe may set a trace or profile function: it may be counting what the student's code does.

    That keeps the counting from being turned off, not the reply from being forged: it stays a claim.
    """
    global _probing
    _refuse_other_tracers()
    before, _probing = _probing, True
    try:
        yield
    finally:
        _probing = before


@functools.cache
def _refuse_other_tracers() -> None:
    """Once in a process, whose audit hooks stay."""

    def hook(event: str, _: tuple[Any, ...]) -> None:
        if _probing and event in ("sys.settrace", "sys.setprofile") and sys._getframe(1).f_code.co_filename != PROBE:
            raise RuntimeError(f"채점하는 동안에는 {event}를 부를 수 없습니다.")

    sys.addaudithook(hook)


@contextlib.contextmanager
def _replaced(namespace: MutableMapping[str, Any], tables: dict[str, dict[bytes, bytes]]):
    """Let recorded results stand in for some of the student's functions; unknown arguments go to the original."""
    missing = object()
    originals = {name: namespace.get(name, missing) for name in tables}
    for name, table in tables.items():
        namespace[name] = _recorded(name, table, originals[name], missing)
    try:
        yield
    finally:
        for name, original in originals.items():
            if original is missing:
                namespace.pop(name, None)
            else:
                namespace[name] = original


def _recorded(name: str, table: dict[bytes, bytes], original: Any, missing: object) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and (found := unseal(name, table, args)):
            return found[0]
        if original is missing:
            raise MissingName(name)
        return original(*args, **kwargs)

    return function


def _describe(error: BaseException) -> dict[str, Any]:
    """What went wrong, in which function and which line of the student's own cell."""
    function, line, text = "", None, ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        filename = frame.f_code.co_filename
        if STUDENT_CELL in filename or "ipykernel_" in filename:  # the innermost one is kept
            function, line, text = frame.f_code.co_qualname, number, linecache.getline(filename, number).strip()
    return {
        "kind": "unfinished" if isinstance(error, NotImplementedError) else "raised",
        "name": function[:80],
        "type": type(error).__name__[:80],
        "message": _said(error),
        "line": line,
        "text": text[:200],
    }


def _said(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception as trouble:  # a __str__ of the student's own
        return f"({type(trouble).__name__})"

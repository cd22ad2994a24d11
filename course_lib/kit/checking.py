"""Run checks, public or hidden, against a submission.

A check is a pytest function with a marker that names the manifest item it is worth points for::

    @pytest.mark.grades("bpe-train", weight=2, hint=("첫 힌트", "더 자세한 힌트", "거의 답인 힌트"))
    def test_merges_equal_reference(submission, rng):
        \"\"\"무작위 코퍼스에서 병합 순서가 기준 구현과 같습니다.\"\"\"

Its docstring states the property to the student. It fails with an ``AssertionError`` (best raised through
:mod:`course_lib.kit.expect`); any other exception is a fault of the check and never costs the student points.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from course_lib.kit.binding import Missing, Raised, Submission, Unfinished
from course_lib.kit.counterexample import Search
from course_lib.kit.measuring import Figure, Record

Status = Literal["passed", "failed", "fault"]
MESSAGE = 1_000  # characters of a message that are kept
# What computing with unexpected data raises. torch raises bare RuntimeErrors, and NotImplementedErrors for types.
BY_DATA = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
# The last two collect garbage at the end of every run: 0.2 s with torch imported.
UNWANTED = ("terminal", "cacheprovider", "faulthandler", "unraisableexception", "threadexception")


@dataclass(frozen=True)
class CheckOutcome:
    """What one check found.

    Attributes:
        id: the check's function name, with its parameters in brackets.
        item: the manifest item it counts for.
        property: the check's docstring.
        hint: zero to three steps, each more telling than the one before.
        misconception: the mistake's name where it was recognised.
        form: whether the check looks at no more than the form of an answer, so that passing it says nothing about the value.
        by_data: whether what broke a faulty check is an exception that a reply of the wrong shape or value can cause, too.
        figures: what the check measured beside its verdict.
        search: what :func:`course_lib.kit.counterexample.explained` makes smaller, which then fills in the fields after it.
        raised: line and text of the place where the student's code raised an exception.
        example: the smallest failing input as a line of Python; ``got`` is what the student's code makes of it, ``expected`` what is right.
        cell: where the student's code is to blame, with ``line``.
    """

    id: str
    item: str
    weight: float
    status: Status
    property: str
    message: str = ""
    misconception: str | None = None
    hint: tuple[str, ...] = ()
    unfinished: bool = False
    form: bool = False
    by_data: bool = False
    figures: tuple[Figure, ...] = ()
    search: Search | None = field(default=None, compare=False, repr=False)
    raised: tuple[int | None, str] | None = None
    example: str = ""
    got: str = ""
    expected: str = ""
    cell: str = ""
    line: int | None = None

    @property
    def passed(self) -> bool:
        return self.status == "passed"


def check_seed(secret: bytes, assignment: str, check: str, round_number: int = 0) -> int:
    """The seed of one check: the same for every student, unknown without the term's secret."""
    text = f"{assignment}\0{check}\0{round_number}".encode()
    return int.from_bytes(hmac.new(secret, text, hashlib.sha256).digest()[:8], "big")


def run_checks(
    files: Path | Iterable[Path],
    submission: Submission,
    *,
    assignment: str,
    secret: bytes = b"public",
    round_number: int = 0,
    items: Iterable[str] | None = None,
    use_reference: bool = False,
    fixtures: Mapping[str, Any] | None = None,
    on_outcome: Callable[[CheckOutcome], None] | None = None,
) -> list[CheckOutcome]:
    """Run the checks in ``files`` and return their outcomes in file order.

    Args:
        items: only checks of these items; all by default.
        use_reference: the second pass, in which ``upstream(value)`` yields the reference's data instead of nothing.
        fixtures: further values by fixture name (``evidence``, ``review``, …).

    Raises:
        CheckFault: the files could not be collected, or pytest itself failed.
        KeyboardInterrupt: a person interrupted the run.
    """
    paths = [files] if isinstance(files, Path) else list(files)
    plugin = _Plugin(submission, assignment, secret, round_number, items, use_reference, dict(fixtures or {}), on_outcome)
    options = ["--noconftest", "-c", os.devnull, "--import-mode=importlib", "--assert=plain", "--capture=no"]
    for name in UNWANTED:
        options += ["-p", f"no:{name}"]
    with _quiet_pytest(), _plain_paths(paths) as plain:
        _forget_modules(plain)
        code = pytest.main([*options, f"--rootdir={plain[0].parent}", *map(str, plain)], plugins=[plugin])
    if code == pytest.ExitCode.INTERRUPTED and not plugin.problem:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED) or plugin.problem:
        raise CheckFault(plugin.problem or f"pytest ended with {code!r}")
    return list(plugin.found.values())


@contextlib.contextmanager
def _plain_paths(paths: list[Path]) -> Iterator[list[Path]]:
    """pytest takes brackets and double colons in an argument for the name of a test: such files are read from a copy."""
    with contextlib.ExitStack() as stack:
        plain = []
        for path in paths:
            if "[" in str(path) or "::" in str(path):
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="checks-"))
                path = Path(shutil.copy(path, folder))
            plain.append(path)
        yield plain


def _forget_modules(paths: Iterable[Path]) -> None:
    """Make pytest read the files anew.

    It takes a module of the same name from ``sys.modules`` instead: another assignment's checks, or yesterday's version of these.
    """
    for path in paths:
        if Path(getattr(sys.modules.get(path.stem), "__file__", None) or "").name == path.name:
            del sys.modules[path.stem]


class CheckFault(RuntimeError):
    """The checks themselves could not be run."""


@contextlib.contextmanager
def _quiet_pytest() -> Iterator[None]:
    """pytest reads these variables; a student's or a server's settings must not reach a check."""
    saved = {name: os.environ.pop(name, None) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name, value in saved.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


class _Plugin:
    def __init__(self, submission, assignment, secret, round_number, items, use_reference, fixtures, on_outcome) -> None:
        self.values = {"submission": submission, **fixtures}
        self.assignment, self.secret, self.round_number = assignment, secret, round_number
        self.items = None if items is None else frozenset(items)
        self.use_reference = use_reference
        self.on_outcome = on_outcome
        self.found: dict[str, CheckOutcome] = {}
        self.records: dict[str, Record] = {}
        self.problem = ""

    # -- collection -----------------------------------------------------------------------------------------------

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "grades(item, weight=1, hint=(), form=False): the item that a check is worth points for")
        config.option.tbstyle = "native"  # nobody reads the traceback; the default parses whole files for it

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problem = str(report.longrepr)[-2_000:]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if item.get_closest_marker("grades") is None:
                self.problem = f"{item.name} has no grades marker"
        items[:] = [item for item in items if (m := item.get_closest_marker("grades")) and (self.items is None or m.args[0] in self.items)]

    # -- fixtures -------------------------------------------------------------------------------------------------

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest):
        """A NumPy generator, seeded for this check."""
        import numpy

        return numpy.random.default_rng(check_seed(self.secret, self.assignment, request.node.name, self.round_number))

    @pytest.fixture
    def upstream(self) -> Callable[[Any], Any]:
        """``upstream(f)`` is ``None`` in the first pass and ``f()``, the reference's data, in the second."""
        return lambda data: data() if self.use_reference else None

    @pytest.fixture
    def record(self, request: pytest.FixtureRequest) -> Record:
        """Notes down figures for the benchmark section of the report."""
        return self.records.setdefault(request.node.nodeid, Record())

    @pytest.fixture
    def submission(self):
        return self._value("submission")

    @pytest.fixture
    def evidence(self):
        """What ``pack`` wrote: the student's claims."""
        return self._value("evidence")

    @pytest.fixture
    def review(self):
        """Findings of the static review."""
        return self._value("review")

    def _value(self, name: str) -> Any:
        if name not in self.values:
            raise CheckFault(f"this run offers no fixture {name!r}")
        return self.values[name]

    # -- outcomes -------------------------------------------------------------------------------------------------

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo):
        yield
        if call.when == "call" or call.excinfo is not None:
            self._record(item, call.excinfo.value if call.excinfo else None)

    def _record(self, item: pytest.Item, error: BaseException | None) -> None:
        marker = item.get_closest_marker("grades")
        hint = marker.kwargs.get("hint", ())
        outcome = CheckOutcome(
            id=item.name,
            item=marker.args[0],
            weight=float(marker.kwargs.get("weight", 1)),
            status="passed" if error is None else "failed" if isinstance(error, AssertionError) else "fault",
            property=" ".join((item.function.__doc__ or "").split()),
            message="" if error is None else _message(error),
            misconception=getattr(error, "misconception", None),
            hint=(hint,) if isinstance(hint, str) else tuple(hint),
            unfinished=isinstance(error, (Unfinished, Missing)),
            form=bool(marker.kwargs.get("form", False)),
            by_data=isinstance(error, BY_DATA) or type(error) in (RuntimeError, NotImplementedError),
            figures=tuple(self.records.get(item.nodeid, Record()).figures),
            search=getattr(error, "search", None),
            raised=(error.line, error.text) if isinstance(error, Raised) else None,
        )
        self.found[item.nodeid] = outcome  # a failing teardown replaces what the call said
        if self.on_outcome:
            self.on_outcome(outcome)


def _message(error: BaseException) -> str:
    if isinstance(error, AssertionError):
        return readable(str(error) or "이 성질이 성립하지 않습니다.")
    return readable(f"{type(error).__name__}: {error}")


def readable(text: str) -> str:
    """``text``, which may quote a student's, as it can be stored and shown anywhere: bounded, without control characters, surrogates
    and marks that turn the direction of writing.
    """
    kept = text[:MESSAGE].replace("\t", " ")
    return "".join(
        char if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs") else "\N{REPLACEMENT CHARACTER}" for char in kept
    )

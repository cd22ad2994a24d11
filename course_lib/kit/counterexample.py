"""The smallest input on which a check's property fails, as one line of Python that the student pastes into the notebook.

A check says beside its comparison what it asks::

    with smallest(submission, Call("count_pairs", count_pairs, (words,), returns=PAIRS)):
        ...

Where the body passes, nothing more happens. Where it fails, the call goes with the failure, and :mod:`course_lib.kit.explaining`
searches when all verdicts stand, so that no search can cost a point: it runs smaller and smaller inputs in the notebook, always in the
same order, and keeps the last one that still goes wrong in the same way.
"""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from course_lib.kit import expect
from course_lib.kit.binding import StudentError, Submission

EXCHANGES = 60  # with the notebook, for one failing check
FIRST_BATCH, BATCH = 4, 16  # inputs tried in one exchange, while none fails twice as many each time
LARGE = 20
SECONDS = 5.0  # for one exchange; a search that meets an endless loop ends with what it found
LINE = 600  # characters of an example; a longer one is none
GOT = 300
_JAMO_OR_MARK = re.compile("[\u0300-\u036f\u1100-\u11ff\u3099\u309a]")


@dataclass(frozen=True)
class Call:
    """What a check asks of a student's function.

    Attributes:
        function: whose definition is to blame, such as ``train_bpe`` or ``BPETokenizer.encode``.
        right: the right answer for some arguments. Raises ValueError, TypeError or LookupError for arguments outside the contract.
        arguments: on which the check looks.
        line: Python for the arguments, where it is not simply the function's call.
        accepts: ``accepts(actual, *arguments)``, where answers other than ``right``'s may be right.
        returns: the type that the answer must have, as for ``Submission.call``.
        whole: positions of arguments whose parts are not made smaller: options, special tokens.
    """

    function: str
    right: Callable[..., Any]
    arguments: tuple[Any, ...]
    line: Callable[..., str] | None = None
    accepts: Callable[..., bool] | None = None
    returns: Any = None
    whole: tuple[int, ...] = ()

    def text(self, arguments: tuple[Any, ...]) -> str:
        """The line for some arguments."""
        if self.line is not None:
            return unmistakable(self.line(*arguments))
        shown = list(arguments)
        while shown and _is_default(shown[-1], self._defaults.get(len(shown) - 1, inspect.Parameter.empty)):
            shown.pop()
        return unmistakable(f"{self.function}({', '.join(map(repr, shown))})")

    @property
    def _defaults(self) -> dict[int, Any]:
        return {} if self.line is not None else dict(enumerate(p.default for p in inspect.signature(self.right).parameters.values()))

    def smaller(self, arguments: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """Arguments that are smaller in one place, then in two: an option left at its default, less of something, smaller numbers.

        Large numbers come first: they cost time in every run after.
        """
        for options in (self._default, self._large, self._less, self._number):
            yield from self._changed(arguments, options)
        for number in self._changed(arguments, self._one_less):
            yield from self._changed(number, self._less)

    def _changed(self, arguments: tuple[Any, ...], options: Callable[[int, Any], Iterable[Any]]) -> Iterator[tuple[Any, ...]]:
        for place, value in enumerate(arguments):
            for option in options(place, value):
                yield (*arguments[:place], option, *arguments[place + 1 :])

    def _default(self, place: int, value: Any) -> list[Any]:
        default = self._defaults.get(place, inspect.Parameter.empty)
        if default is inspect.Parameter.empty or _is_default(value, default):
            return []
        return [list(default) if isinstance(value, list) else default]

    def _is_number(self, place: int, value: Any) -> bool:
        return isinstance(value, int) and place not in self.whole

    def _large(self, place: int, value: Any) -> Iterable[int]:
        return self._number(place, value) if isinstance(value, int) and value > LARGE else []

    def _number(self, place: int, value: Any) -> Iterable[int]:
        return smaller(value) if self._is_number(place, value) else []

    def _one_less(self, place: int, value: Any) -> Iterable[int]:
        return [value - 1] if self._is_number(place, value) and value > 1 else []

    def _less(self, place: int, value: Any) -> Iterable[Any]:
        return [] if isinstance(value, int) else smaller(value, whole=place in self.whole)

    def fault(self, reply: tuple[str, Any], arguments: tuple[Any, ...]) -> str:
        """In which way a reply is wrong; "" when it is right."""
        kind, value = reply
        if kind != "value":
            return f"{kind} {str(value).partition(':')[0]}"
        if self.returns is not None and expect.mismatch(value, self.returns):
            return "type"
        right = expect.same(value, self.right(*arguments)) if self.accepts is None else self.accepts(value, *arguments)
        return "" if right else "value"


def _is_default(value: Any, default: Any) -> bool:
    same = value == default or (isinstance(value, list) and isinstance(default, tuple) and tuple(value) == default)
    return default is not inspect.Parameter.empty and same


@contextlib.contextmanager
def smallest(submission: Submission, *calls: Call) -> Iterator[None]:
    """Let a failure of the body carry the calls; an inner ``smallest`` wins. Of several calls the first that goes wrong is made smaller."""
    try:
        yield
    except AssertionError as error:
        if not hasattr(error, "search"):
            error.search = Search(submission, calls)
        raise


# -- the search -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """The smallest example: the line, what the student's code makes of it, and what is right."""

    line: str
    got: str
    expected: str


@dataclass(frozen=True)
class Search:
    """Calls of a check that failed, to be made smaller."""

    submission: Submission
    calls: tuple[Call, ...]

    @property
    def function(self) -> str:
        return self.calls[0].function if self.calls else ""

    def run(self) -> tuple[str, Found | None]:
        """The function to blame, and the smallest example where one is found."""
        exchange = _Exchange(self.submission)
        with contextlib.suppress(StudentError):  # a loop without end, a kernel that died: there is no example for it
            for call in self.calls:
                (reply,) = exchange.ask([call.text(call.arguments)])
                if fault := call.fault(reply, call.arguments):
                    return call.function, _smallest(exchange, call, fault, reply)
        return self.function, None


class _Exchange:
    """Counts what is asked of the notebook, so that a search ends."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.left = EXCHANGES

    def ask(self, lines: list[str]) -> list[tuple[str, Any]]:
        self.left -= 1
        return self.submission.run(values_of, lines=lines, returns=list[tuple[str, object]], timeout=SECONDS)


def values_of(student, lines):
    """What each line is worth in the notebook; a line runs on a copy of its names."""
    import ast

    from course_lib.kit import wire

    found = []
    for line in lines:
        names = dict(student._namespace)
        *before, last = ast.parse(line).body
        try:
            exec(compile(ast.Module(before, []), "<example>", "exec"), names)
            value = eval(compile(ast.Expression(last.value), "<example>", "eval"), names)
            wire.encode(value)
            found.append(("value", value))
        except wire.WireError as error:
            found.append(("reply", str(error)))
        except Exception as error:
            found.append(("raised", f"{type(error).__name__}: {error}"[:300]))
    return found


def _smallest(exchange: _Exchange, call: Call, fault: str, reply: tuple[str, Any]) -> Found | None:
    arguments, place, seen = call.arguments, 0, {call.text(call.arguments)}
    with contextlib.suppress(StudentError):
        while step := _step(exchange, call, arguments, place, fault, seen):
            arguments, place, reply = step
    line = call.text(arguments)
    if len(line) > LINE:
        return None
    kind, value = reply
    return Found(line, shown(value) if kind == "value" else str(value)[:GOT], shown(call.right(*arguments)))


def _step(
    exchange: _Exchange, call: Call, arguments: tuple[Any, ...], place: int, fault: str, seen: set[str]
) -> tuple[tuple[Any, ...], int, tuple[str, Any]] | None:
    """The first smaller arguments that fail in the same way, their place in the order, and the reply.

    The order is gone round from ``place`` on, where the last step succeeded. ``None`` when nothing fails, or the exchanges are used up.
    """
    candidates, size = _worth_trying(call, arguments, place, seen), FIRST_BATCH
    while exchange.left and (batch := list(islice(candidates, size))):
        replies = exchange.ask([call.text(candidate) for _, candidate in batch])
        for (found, candidate), reply in zip(batch, replies, strict=False):
            if call.fault(reply, candidate) == fault:
                return candidate, found, reply
            seen.add(call.text(candidate))
        size = min(2 * size, BATCH)
    return None


def _worth_trying(call: Call, arguments: tuple[Any, ...], place: int, seen: set[str]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    drawn: set[str] = set()
    numbered = chain(islice(enumerate(call.smaller(arguments)), place, None), islice(enumerate(call.smaller(arguments)), place))
    for number, candidate in numbered:
        try:
            line = call.text(candidate)
            call.right(*candidate)
        except (ValueError, TypeError, LookupError):
            continue  # outside the contract
        if line not in seen and line not in drawn:
            drawn.add(line)
            yield number, candidate


def smaller(value: Any, *, whole: bool = False, inside: bool = False) -> Iterator[Any]:
    """Smaller values of the same type: parts left out, the largest first, then parts made smaller.

    Args:
        whole: leave parts out, but make none smaller.
        inside: the value is a part of another; a text is then never made empty.
    """
    match value:
        case bool() | float() | None:
            return
        case int():
            yield from dict.fromkeys(n for n in (1, *_closer(value)) if not whole and 1 <= n < value)
        case str():
            yield from () if whole else (text for text in _without(value) if text or not inside)
        case list() | tuple():
            yield from _without(value)
            for place, part in enumerate(value):
                for option in () if whole else smaller(part, inside=True):
                    yield type(value)([*value[:place], option, *value[place + 1 :]])
        case dict():
            rows = list(value.items())
            yield from map(dict, _without(rows))
            for place, (key, entry) in enumerate(rows):
                keys, entries = smaller(key, inside=True), smaller(entry, inside=True)
                for row in () if whole else (*((k, entry) for k in keys), *((key, e) for e in entries)):
                    yield dict([*rows[:place], row, *rows[place + 1 :]])


def _closer(number: int) -> Iterator[int]:
    """A half, three quarters, … of a number, up to the one before it."""
    step = number
    while step > 1:
        step = -(-step // 2)
        yield number - step


def _without(value: Any) -> Iterator[Any]:
    """A sequence without one of its halves, quarters, … single elements."""
    size = len(value)
    while size > 1:
        size = -(-size // 2)
        for start in range(0, len(value), size):
            yield value[:start] + value[start + size :]
    if len(value) == 1:
        yield value[:0]


def shown(value: Any) -> str:
    """A value's repr, cut where it is long."""
    text = unmistakable(repr(value))
    return text if len(text) <= GOT else f"{text[: GOT - 60]} … {text[-50:]}"


def unmistakable(python: str) -> str:
    """Python in which conjoining jamo and combining marks are escaped: they look like the letters that they make."""
    return _JAMO_OR_MARK.sub(lambda match: f"\\u{ord(match[0]):04x}", python)

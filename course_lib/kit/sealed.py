"""Recorded results that open only for the one who asks with their arguments.

When a check runs again with the reference's results in place of an earlier step, those results enter the student's process: the sums of
every step of a total are the total. In the clear, a function that looks at the table instead of working would be right. So each row is
sealed: it is found by a digest of its arguments, and read with a stream of bytes made of them. Who can name the arguments has done the
step before. How many rows there are, and about how long, is all that they tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from course_lib.kit import wire

BLOCK = 64  # bytes to whose multiples a result is filled up


def seal(name: str, rows: Iterable[tuple[tuple[Any, ...], Any]]) -> dict[bytes, bytes]:
    """Rows of ``(arguments, result)`` of the function ``name`` as a table without either, in no order of theirs.

    Raises:
        WireError: an argument or a result is no plain data.
    """
    table = {}
    for arguments, result in rows:
        key, stream = _secrets(name, arguments)
        text = wire.encode(result).encode("ascii")
        text += b" " * (-len(text) % BLOCK)
        table[key] = _crossed(text, stream)
    return dict(sorted(table.items()))


def unseal(name: str, table: Mapping[bytes, bytes], arguments: tuple[Any, ...]) -> tuple[Any] | None:
    """The recorded result, new at every call, in a tuple of its own; ``None`` where there is none for these arguments.

    Lists equal tuples, dictionaries ignore their order, and numbers are equal by value.
    """
    try:
        key, stream = _secrets(name, arguments)
    except wire.WireError:  # nothing that was recorded
        return None
    if key not in table:
        return None
    return (wire.decode(_crossed(table[key], stream).decode("ascii")),)


def _secrets(name: str, arguments: Any) -> tuple[bytes, Any]:
    said = f"{name}\0{wire.encode(_canonical(arguments))}".encode("ascii", "backslashreplace")
    return hashlib.sha256(b"key" + said).digest(), hashlib.shake_256(b"stream" + said)


def _crossed(data: bytes, stream: Any) -> bytes:
    size = len(data)
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream.digest(size), "big")).to_bytes(size, "big")


def _canonical(value: Any) -> Any:
    """A stand-in that is encoded alike for values that count as equal."""
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        pairs = [[_canonical(key), _canonical(item)] for key, item in value.items()]
        return ("dict", sorted(pairs, key=lambda pair: wire.encode(pair[0])))
    if isinstance(value, (set, frozenset)):
        return ("set", sorted(map(_canonical, value), key=wire.encode))
    if hasattr(value, "dtype") and getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return value

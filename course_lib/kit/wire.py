"""Plain data over a trust boundary: ``encode`` in the sender's process, ``decode`` in the reader's.

The format is JSON. Strings, booleans, ``None`` and small integers stand for themselves; everything else is a list whose
first element is a one-letter tag, so that a tuple comes back as a tuple and a dictionary may have any hashable key:

====  ==========================================  ====  ============================================
tag   value                                       tag   value
====  ==========================================  ====  ============================================
l     list                                        i     integer of more than 15 digits, in hexadecimal
t     tuple                                       f     float, as ``float.hex`` or nan, inf, -inf
d     dict, keys and values alternating           b     bytes, base64
s     set                                         c     complex
z     frozenset                                   a     NumPy array: dtype, shape, base64
q     Fraction: numerator, denominator            T     torch tensor: dtype, shape, base64
====  ==========================================  ====  ============================================

``decode`` trusts nothing: it never evaluates, imports or unpickles, and enforces :class:`Bounds`. Subclasses are sent as
their base (a ``Counter`` arrives as a ``dict``, ``numpy.float64`` as a ``float``); anything else is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_SMALL = 10**15  # integers up to here survive every JSON reader unchanged


class WireError(ValueError):
    """A value that cannot be sent, or a message that is no valid value."""


@dataclass(frozen=True)
class Bounds:
    """What a reader accepts from one message."""

    bytes: int = 32_000_000
    depth: int = 24
    nodes: int = 4_000_000
    digits: int = 2_000  # hexadecimal digits of one integer


BOUNDS = Bounds()

_ARRAY_DTYPES = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
)
_TENSOR_DTYPES = _ARRAY_DTYPES | {"bfloat16"}


def encode(value: Any, bounds: Bounds = BOUNDS) -> str:
    """Return ``value`` as JSON text.

    Raises:
        WireError: the value holds something that is not plain data, or is nested too deeply.
    """
    return json.dumps(_pack(value, bounds.depth), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def decode(text: str, bounds: Bounds = BOUNDS) -> Any:
    """Rebuild the value that ``encode`` wrote.

    Raises:
        WireError: the text is too long, too deep, too large, or not a message of this format.
    """
    if not isinstance(text, str):
        raise WireError("a message is text")
    if len(text) > bounds.bytes:
        raise WireError(f"the message is longer than {bounds.bytes:,} bytes")
    try:
        tree = json.loads(text, parse_constant=_refuse_constant, parse_float=_refuse_constant, parse_int=_small_int)
    except RecursionError:
        raise WireError("the message is nested too deeply") from None
    except ValueError as error:
        raise WireError(f"the message is not JSON of the expected kind: {error}") from None
    return _Reader(bounds).unpack(tree, bounds.depth)


def _refuse_constant(text: str) -> None:
    raise ValueError(f"bare number {text[:20]!r}")


def _small_int(text: str) -> int:
    if len(text) > 17:
        raise ValueError("a long integer must be tagged")
    return int(text)


def _pack(value: Any, depth: int) -> Any:
    if depth < 0:
        raise WireError("the value is nested too deeply")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        number = int(value)
        return number if -_SMALL < number < _SMALL else ["i", hex(number)]
    if isinstance(value, float):
        return ["f", _float_text(float(value))]
    if isinstance(value, complex):
        return ["c", _float_text(value.real), _float_text(value.imag)]
    if isinstance(value, (bytes, bytearray)):
        return ["b", base64.b64encode(bytes(value)).decode()]
    if isinstance(value, Fraction):
        return ["q", hex(value.numerator), hex(value.denominator)]
    if isinstance(value, dict):
        flat: list[Any] = ["d"]
        for key, item in value.items():
            flat += (_pack(key, depth - 1), _pack(item, depth - 1))
        return flat
    for tag, kind in (("l", list), ("t", tuple), ("s", set), ("z", frozenset)):
        if isinstance(value, kind):
            return [tag, *(_pack(item, depth - 1) for item in value)]
    return _pack_array(value)


def _pack_array(value: Any) -> Any:
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")  # never imported on a student's behalf
    if torch is not None and isinstance(value, torch.Tensor):
        tensor = value.detach().cpu().contiguous()
        name = str(tensor.dtype).removeprefix("torch.")
        if name not in _TENSOR_DTYPES:
            raise WireError(f"a tensor of dtype {name} cannot be sent")
        plain = tensor.view(torch.int16) if name == "bfloat16" else tensor
        return ["T", name, list(tensor.shape), base64.b64encode(plain.numpy().tobytes()).decode()]
    if numpy is not None and isinstance(value, numpy.generic):
        return _pack(value.item(), 0)
    if numpy is not None and isinstance(value, numpy.ndarray):
        if value.dtype.name not in _ARRAY_DTYPES:
            raise WireError(f"an array of dtype {value.dtype} cannot be sent")
        data = numpy.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False).tobytes()
        return ["a", value.dtype.name, list(value.shape), base64.b64encode(data).decode()]
    raise WireError(f"a value of type {type(value).__name__} is not plain data")


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value.hex()


class _Reader:
    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.nodes = 0

    def unpack(self, tree: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > self.bounds.nodes:
            raise WireError(f"the message holds more than {self.bounds.nodes:,} values")
        if depth < 0:
            raise WireError("the message is nested too deeply")
        if tree is None or isinstance(tree, (bool, str, int)):
            return tree
        if not (isinstance(tree, list) and tree and isinstance(tree[0], str)):
            raise WireError("untagged container")
        tag, rest = tree[0], tree[1:]
        if tag in ("l", "t", "s", "z", "d"):
            return self._container(tag, [self.unpack(item, depth - 1) for item in rest])
        if tag in ("a", "T"):
            return self._array(tag, rest)
        if not all(isinstance(item, str) for item in rest):
            raise WireError(f"tag {tag!r} takes text")
        return self._scalar(tag, rest)

    def _container(self, tag: str, items: list[Any]) -> Any:
        try:
            if tag == "d":
                if len(items) % 2:
                    raise WireError("a dictionary with a key and no value")
                return dict(zip(items[::2], items[1::2], strict=True))
            return {"l": list, "t": tuple, "s": set, "z": frozenset}[tag](items)
        except TypeError:
            raise WireError("a key or member that cannot be hashed") from None

    def _scalar(self, tag: str, rest: list[str]) -> Any:
        try:
            match tag, rest:
                case "i", [text]:
                    return self._integer(text)
                case "f", [text]:
                    return self._float(text)
                case "c", [real, imaginary]:
                    return complex(self._float(real), self._float(imaginary))
                case "b", [text]:
                    return base64.b64decode(text, validate=True)
                case "q", [numerator, denominator]:
                    return Fraction(self._integer(numerator), self._integer(denominator))
        except (ValueError, OverflowError, ZeroDivisionError, binascii.Error) as error:
            raise WireError(f"tag {tag!r}: {str(error)[:80]}") from None
        raise WireError(f"unknown tag {tag[:8]!r}")

    def _integer(self, text: str) -> int:
        if len(text) > self.bounds.digits:
            raise WireError("an integer with too many digits")
        return int(text, 16)

    def _float(self, text: str) -> float:
        return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)

    def _array(self, tag: str, rest: list[Any]) -> Any:
        import numpy

        match rest:
            case [str(name), list(shape), str(text)] if name in (_TENSOR_DTYPES if tag == "T" else _ARRAY_DTYPES):
                pass
            case _:
                raise WireError("an array needs a known dtype, a shape and its bytes")
        if len(shape) > 16 or not all(type(size) is int and size >= 0 for size in shape):
            raise WireError("an array's shape is a short list of sizes")
        dtype = numpy.dtype("int16" if name == "bfloat16" else name).newbyteorder("<")
        try:
            data = base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raise WireError("an array's bytes are base64") from None
        if len(data) != math.prod(shape) * dtype.itemsize:
            raise WireError("an array's bytes do not fit its shape")
        array = numpy.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))
        if tag == "a":
            return array
        import torch

        tensor = torch.from_numpy(array)
        return tensor.view(torch.bfloat16) if name == "bfloat16" else tensor

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
their base (a ``Counter`` arrives as a ``dict``, ``numpy.float64`` as a ``float``); anything else is refused. The messages of
:class:`WireError` reach students, so they are Korean.
"""

from __future__ import annotations

import base64
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
    """What one message may hold.

    Attributes:
        bytes: characters of the message.
        depth: containers within containers.
        nodes: values, counting containers and everything in them.
        digits: hexadecimal digits of one integer.
        keys: dictionary keys and set members whose hashes a sender can predict (numbers, and tuples with numbers in them), counted by
            their size over the whole message. Colliding keys cost the square of their number, so this is what bounds the
            reader's time. Text is hashed with a secret of the reading process and not counted.
    """

    bytes: int = 32_000_000
    depth: int = 24
    nodes: int = 2_000_000
    digits: int = 2_000
    keys: int = 20_000


BOUNDS = Bounds()

_ARRAY_DTYPES = frozenset(
    (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
)
_TENSOR_DTYPES = _ARRAY_DTYPES | {"bfloat16"}


def encode(value: Any, bounds: Bounds = BOUNDS) -> str:
    """Return ``value`` as JSON text.

    Raises:
        WireError: the value holds something that is not plain data, or exceeds ``bounds``.
    """
    text = json.dumps(_Writer(bounds).pack(value, bounds.depth), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    if len(text) > bounds.bytes:
        raise WireError(f"값이 너무 큽니다(최대 {bounds.bytes:,}바이트)")
    return text


def decode(text: str, bounds: Bounds = BOUNDS) -> Any:
    """Rebuild the value that ``encode`` wrote.

    Raises:
        WireError: the text is too long, too deep, too large, or not a message of this format.
    """
    if not isinstance(text, str):
        raise WireError("메시지는 글이어야 합니다")
    if len(text) > bounds.bytes:
        raise WireError(f"메시지가 너무 깁니다(최대 {bounds.bytes:,}바이트)")
    if text.count("[") > bounds.nodes:  # before the parser builds them: an empty list costs it twenty times its text
        raise WireError(_TOO_MANY.format(bounds.nodes))
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_refuse_object,
            parse_constant=_refuse_number,
            parse_float=_refuse_number,
            parse_int=_small_int,
        )
    except RecursionError:
        raise WireError(_TOO_DEEP) from None
    except ValueError as error:
        raise WireError(f"메시지의 형식이 다릅니다({str(error)[:80]})") from None
    return _Reader(bounds).unpack(tree, bounds.depth)


_TOO_DEEP = "값이 너무 깊게 겹쳐 있습니다"
_TOO_MANY = "값이 너무 많습니다(최대 {:,}개)"


def _refuse_object(_: list[tuple[str, Any]]) -> None:
    raise ValueError("a JSON object")


def _refuse_number(text: str) -> None:
    raise ValueError(f"bare number {text[:20]!r}")


def _small_int(text: str) -> int:
    if len(text) > 17:
        raise ValueError("a long integer must be tagged")
    return int(text)


class _Writer:
    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.nodes = 0

    def pack(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > self.bounds.nodes:
            raise WireError(_TOO_MANY.format(self.bounds.nodes))
        if depth < 0:
            raise WireError(_TOO_DEEP)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, int):
            return self._integer(int(value))
        if isinstance(value, float):
            return ["f", _float_text(float(value))]
        if isinstance(value, complex):
            return ["c", _float_text(value.real), _float_text(value.imag)]
        if isinstance(value, (bytes, bytearray)):
            return ["b", base64.b64encode(bytes(value)).decode()]
        if isinstance(value, Fraction):
            return ["q", self._hexadecimal(value.numerator), self._hexadecimal(value.denominator)]
        if isinstance(value, dict):
            flat: list[Any] = ["d"]
            for key, item in value.items():
                flat += (self.pack(key, depth - 1), self.pack(item, depth - 1))
            return flat
        for tag, kind in (("l", list), ("t", tuple), ("s", set), ("z", frozenset)):
            if isinstance(value, kind):
                return [tag, *(self.pack(item, depth - 1) for item in value)]
        return self._foreign(value)

    def _integer(self, number: int) -> Any:
        return number if -_SMALL < number < _SMALL else ["i", self._hexadecimal(number)]

    def _hexadecimal(self, number: int) -> str:
        text = hex(number)
        if len(text) > self.bounds.digits:
            raise WireError("정수의 자릿수가 너무 많습니다")
        return text

    def _foreign(self, value: Any) -> Any:
        """NumPy and torch values; the libraries are never imported on a student's behalf."""
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return _pack_tensor(value, torch)
        if numpy is not None and isinstance(value, numpy.generic):
            plain = value.item()
            if not isinstance(plain, (bool, int, float, complex, str, bytes)) or isinstance(plain, numpy.generic):
                raise WireError(f"{value.dtype} 값은 보낼 수 없습니다")
            return self.pack(plain, 0)
        if numpy is not None and isinstance(value, numpy.ndarray):
            return _pack_array(value, numpy)
        raise WireError(f"{type(value).__name__} 값은 보낼 수 없습니다. list, dict, str, 수 같은 기본 자료형이어야 합니다")


def _pack_tensor(value: Any, torch: Any) -> Any:
    name = str(value.dtype).removeprefix("torch.")
    if name not in _TENSOR_DTYPES or value.layout is not torch.strided or value.device.type == "meta":
        raise WireError(f"{name} 텐서는 보낼 수 없습니다")
    tensor = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
    plain = tensor.view(torch.int16) if name == "bfloat16" else tensor
    return ["T", name, list(tensor.shape), base64.b64encode(plain.numpy().tobytes()).decode()]


def _pack_array(value: Any, numpy: Any) -> Any:
    if value.dtype.name not in _ARRAY_DTYPES:
        raise WireError(f"{value.dtype} 배열은 보낼 수 없습니다")
    data = numpy.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False).tobytes()
    return ["a", value.dtype.name, list(value.shape), base64.b64encode(data).decode()]


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
        self.keys = 0

    def unpack(self, tree: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > self.bounds.nodes:
            raise WireError(_TOO_MANY.format(self.bounds.nodes))
        if depth < 0:
            raise WireError(_TOO_DEEP)
        if tree is None or isinstance(tree, (bool, str, int)):
            return tree
        if not (isinstance(tree, list) and tree and isinstance(tree[0], str)):
            raise WireError("자료형 표시가 없는 목록입니다")
        tag, rest = tree[0], tree[1:]
        if tag in ("l", "t", "s", "z", "d"):
            return self._container(tag, [self.unpack(item, depth - 1) for item in rest])
        if tag in ("a", "T"):
            return self._array(tag, rest)
        if not all(isinstance(item, str) for item in rest):
            raise WireError(f"표시 {tag[:8]!r}에는 글만 올 수 있습니다")
        return self._scalar(tag, rest)

    def _container(self, tag: str, items: list[Any]) -> Any:
        if tag == "l":
            return items
        if tag == "t":
            return tuple(items)
        if tag == "d" and len(items) % 2:
            raise WireError("값이 없는 키가 있습니다")
        keys = items[::2] if tag == "d" else items
        self.keys += sum(_size(key) for key in keys if not _secretly_hashed(key))
        if self.keys > self.bounds.keys:
            raise WireError(f"수로 된 키나 원소가 너무 많습니다(최대 {self.bounds.keys:,}개)")
        try:
            return dict(zip(keys, items[1::2], strict=True)) if tag == "d" else set(items) if tag == "s" else frozenset(items)
        except TypeError:
            raise WireError("키나 원소로 쓸 수 없는 값이 있습니다") from None

    def _scalar(self, tag: str, rest: list[str]) -> Any:
        try:
            match tag, rest:
                case "i", [text]:
                    return self._integer(text)
                case "f", [text]:
                    return _float(text)
                case "c", [real, imaginary]:
                    return complex(_float(real), _float(imaginary))
                case "b", [text]:
                    return base64.b64decode(text, validate=True)
                case "q", [numerator, denominator]:
                    return Fraction(self._integer(numerator), self._integer(denominator))
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise WireError(f"표시 {tag!r}의 내용이 잘못되었습니다({str(error)[:80]})") from None
        raise WireError(f"모르는 표시 {tag[:8]!r}입니다")

    def _integer(self, text: str) -> int:
        if len(text) > self.bounds.digits:
            raise WireError("정수의 자릿수가 너무 많습니다")
        return int(text, 16)

    def _array(self, tag: str, rest: list[Any]) -> Any:
        import numpy

        match rest:
            case [str(name), list(shape), str(text)] if name in (_TENSOR_DTYPES if tag == "T" else _ARRAY_DTYPES):
                pass
            case _:
                raise WireError("배열에는 자료형, 모양, 내용이 있어야 합니다")
        if len(shape) > 16 or not all(type(size) is int and 0 <= size <= self.bounds.bytes for size in shape):
            raise WireError("배열의 모양이 잘못되었습니다")
        dtype = numpy.dtype("int16" if name == "bfloat16" else name).newbyteorder("<")
        try:
            data = base64.b64decode(text, validate=True)
        except ValueError:
            raise WireError("배열의 내용이 base64가 아닙니다") from None
        if len(data) != math.prod(shape) * dtype.itemsize:
            raise WireError("배열의 내용과 모양이 맞지 않습니다")
        if name == "bool" and data.strip(b"\0\1"):  # other bytes make a truth value that is neither
            raise WireError("배열의 내용이 참, 거짓이 아닙니다")
        try:
            array = numpy.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))
        except ValueError:  # an empty array whose other sizes multiply to more than NumPy can count
            raise WireError("배열의 모양이 잘못되었습니다") from None
        return array if tag == "a" else _tensor(array, name)


def _float(text: str) -> float:
    return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)


def _tensor(array: Any, name: str) -> Any:
    try:
        import torch
    except ImportError:
        raise WireError("이 컴퓨터에는 torch가 없어 텐서를 읽을 수 없습니다") from None
    tensor = torch.from_numpy(array)
    return tensor.view(torch.bfloat16) if name == "bfloat16" else tensor


def _secretly_hashed(key: Any) -> bool:
    """Whether the key's hash depends on the process's own random secret all through."""
    if isinstance(key, (str, bytes)):
        return True
    return isinstance(key, tuple) and bool(key) and all(map(_secretly_hashed, key))


def _size(key: Any) -> int:
    """What comparing two such keys costs, roughly."""
    if isinstance(key, int):
        return 1 + key.bit_length() // 64
    if isinstance(key, Fraction):
        return _size(key.numerator) + _size(key.denominator)
    if isinstance(key, (str, bytes)):
        return 1 + len(key) // 64
    if isinstance(key, (tuple, frozenset)):
        return 1 + sum(map(_size, key))
    return 1

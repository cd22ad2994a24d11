"""Korean calls and measures as counterexamples are made of them: what may become smaller, and the line that a student pastes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course_lib.kit.counterexample import Call
from course_lib.tokenizers.korean import KoreanTokenizer, Unit, compose_jamo, decompose_jamo, morphemes, segment, split_eojeol
from course_lib.tokenizers.measures import bytes_per_token, fertility, oov_rate

# -- jamo, eojeol and morphemes ---------------------------------------------------------------------------------------


def jamo_calls(text: str) -> list[Call]:
    """The round trip over jamo; where that is right, the syllables that were left."""

    def no_syllables(pieces: str, _: str) -> bool:
        return not any("가" <= letter <= "힣" for letter in pieces)

    return [
        Call("compose_jamo", compose_jamo, (text,), lambda text: f"compose_jamo(decompose_jamo({text!r}))", returns=str),
        Call("decompose_jamo", decompose_jamo, (text,), accepts=no_syllables, returns=str),
    ]


def distinct_jamo_call(texts: Sequence[str]) -> Call:
    """Whether different texts are decomposed differently."""

    def right(texts: Sequence[str]) -> int:
        if len(set(texts)) < len(texts):
            raise ValueError("a text stands twice")
        return len(texts)

    return Call("decompose_jamo", right, (list(texts),), lambda texts: f"len({{decompose_jamo(text) for text in {texts!r}}})", whole=(0,))


def eojeol_calls(text: str) -> list[Call]:
    """``split_eojeol``, up to how white space is cut; where that is right, the round trip."""

    def keeps_everything(parts: list[str], text: str) -> bool:
        return "".join(parts) == text and [part for part in parts if not part.isspace()] == text.split()

    return [
        Call("split_eojeol", split_eojeol, (text,), lambda t: f"list(split_eojeol({t!r}))", accepts=keeps_everything, returns=list[str]),
        Call("join_eojeol", lambda text: text, (text,), lambda text: f"join_eojeol(split_eojeol({text!r}))", returns=str),
    ]


def morphemes_call(text: str) -> Call:
    """``morphemes`` as tuples."""

    def right(text: str) -> list[tuple[str, str, int, int]]:
        return [(m.form, m.tag, m.start, m.end) for m in morphemes(text)]

    return Call("morphemes", right, (text,), lambda text: f"[(m.form, m.tag, m.start, m.end) for m in morphemes({text!r})]")


def segment_call(text: str, unit: Unit) -> Call:
    """``segment``; jamo may be written in any way that comes together again."""

    def comes_together(pieces: list[str], text: str, _: str) -> bool:
        return compose_jamo("".join(pieces)) == text and len(pieces) >= len(text)

    accepts = comes_together if unit == "jamo" else None
    return Call("segment", segment, (text, unit), lambda t, u: f"list(segment({t!r}, {u!r}))", accepts, returns=list[str], whole=(1,))


# -- the tokenizer ----------------------------------------------------------------------------------------------------


def pieces_call(corpus: Sequence[str], size: int, unit: Unit) -> Call:
    """``train_pieces``."""

    def right(corpus: Sequence[str], size: int, unit: Unit) -> list[str]:
        return KoreanTokenizer.train(corpus, size, unit).pieces

    return Call("train_pieces", right, (list(corpus), size, unit), returns=list[str], whole=(2,))


def korean_calls(tokenizer: KoreanTokenizer, text: str) -> list[Call]:
    """``KoreanTokenizer``: ids, then the text that comes back. The ids of jamo are the student's own affair but for their number."""
    unit = tokenizer.unit

    def few_enough(ids: list[int], pieces: Sequence[str], text: str) -> bool:
        known = set(decompose_jamo(text)) <= set(pieces)
        return len(ids) <= 3 * len(decompose_jamo(text)) and not (known and any(number < KoreanTokenizer.BYTES for number in ids))

    used = [piece for piece in tokenizer.pieces if piece in (decompose_jamo(text) if unit == "jamo" else text)]
    return [
        Call(
            "KoreanTokenizer.encode",
            lambda pieces, text: KoreanTokenizer(pieces, unit).encode(text),
            (used, text),
            lambda pieces, text: f"KoreanTokenizer({pieces!r}, {unit!r}).encode({text!r})",
            few_enough if unit == "jamo" else None,
            returns=list[int],
            whole=(0,),
        ),
        Call(
            "KoreanTokenizer.decode",
            lambda _, text: text,
            (used, text),
            lambda pieces, text: f"(t := KoreanTokenizer({pieces!r}, {unit!r})).decode(t.encode({text!r}))",
            returns=str,
            whole=(0,),
        ),
    ]


# -- measures ---------------------------------------------------------------------------------------------------------


def ratio_call(name: str, table: Mapping[str, Sequence[int]], special_ids: Sequence[int]) -> Call:
    """``bytes_per_token`` or ``fertility`` with an encoder that is only a table."""
    measure = {"bytes_per_token": bytes_per_token, "fertility": fertility}[name]

    def right(table: Mapping[str, Sequence[int]], special_ids: Sequence[int]) -> float:
        return measure(table.__getitem__, list(table), special_ids)

    def line(table: Mapping[str, Sequence[int]], special_ids: Sequence[int]) -> str:
        return f"{name}({table!r}.__getitem__, {list(table)!r}, {special_ids!r})"

    return Call(name, right, (dict(table), list(special_ids)), line, _near(right), returns=float, whole=(1,))


def oov_call(pieces: Sequence[str], vocabulary: Sequence[str], *level: str, generator: bool = False) -> Call:
    """``oov_rate``; with ``generator``, of pieces that can be read once."""

    def line(pieces: Sequence[str], vocabulary: Sequence[str], *level: str) -> str:
        shown = f"(piece for piece in {pieces!r})" if generator else repr(pieces)
        return f"oov_rate({', '.join([shown, f'set({vocabulary!r})' if generator else repr(vocabulary), *map(repr, level)])})"

    return Call("oov_rate", oov_rate, (list(pieces), list(vocabulary), *level), line, _near(oov_rate), returns=float, whole=(0, 1, 2))


def benchmark_call(texts: Sequence[Any], repeat: int, costs: Sequence[float]) -> Call:
    """``benchmark`` on one text and a clock, ``now[0]``, that each call of the measured function moves on by the next of ``costs``."""
    text = texts[0] if texts else ""

    def right(costs: Sequence[float]) -> dict[str, float]:
        if len(costs) < 2:
            raise ValueError("a warm-up and one run at least")
        median = statistics.median(costs[1:])
        size = len(text.encode()) if isinstance(text, str) else 0
        return {"median_s": median, "texts_per_s": 1 / median if median else 0.0, "bytes_per_s": size / median if median else 0.0}

    def close(found: Mapping[str, float], costs: Sequence[float]) -> bool:
        wanted = right(costs)
        return found.keys() >= wanted.keys() and all(math.isclose(found[key], value, rel_tol=1e-9) for key, value in wanted.items())

    def line(costs: Sequence[float]) -> str:
        clock = f"now = {[0.0, *costs]!r}; tick = lambda _: now.__setitem__(0, now[0] + now.pop(1))"
        return f"{clock}; benchmark(tick, {[text]!r}, {len(costs) - 1}, lambda: now[0])"

    return Call("benchmark", right, (list(costs[: repeat + 1]),), line, close, returns=dict[str, float], whole=(0,))


def still_clock_call(texts: Sequence[str]) -> Call:
    """``benchmark`` on a clock that never moves."""

    def right(texts: Sequence[str]) -> dict[str, float]:  # noqa: ARG001  whatever the texts
        return {"median_s": 0.0, "texts_per_s": 0.0, "bytes_per_s": 0.0}

    return Call("benchmark", right, (list(texts),), lambda texts: f"benchmark(len, {texts!r}, 2, lambda: 0.0)", returns=dict[str, float])


def _near(right: Callable[..., float]) -> Callable[..., bool]:
    return lambda actual, *arguments: math.isclose(actual, right(*arguments), rel_tol=1e-9, abs_tol=1e-12)

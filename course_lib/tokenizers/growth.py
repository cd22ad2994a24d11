"""How the work of a tokenizer grows with its input, judged on a record of the lines that ran.

The record is made where the code is and judged here: the number of lines from one input to the next, beside that of the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from course_lib.kit import expect
from course_lib.kit.binding import Submission
from course_lib.kit.korean import josa
from course_lib.tokenizers.bpe import BPETokenizer, ByteBPETokenizer, train_bpe, train_byte_bpe
from course_lib.tokenizers.korean import KoreanTokenizer, compose_jamo, decompose_jamo
from course_lib.tokenizers.wordpiece import WordPieceTokenizer, train_wordpiece

ALLOWED = 1.5  # how much more than the reference's the work may grow

Record = list[tuple[int, list[tuple[str, int, int]]]]


@dataclass(frozen=True)
class Work:
    """What one input took.

    Attributes:
        lines: lines that ran, in whatever file.
        busiest: function and line of the student's own that ran most often; ("", 0) where none ran.
    """

    size: int
    lines: int
    busiest: tuple[str, int]


def lines_run(student, name, inputs):
    """A probe: for each input the size of the result and the lines that ran: function and line of the notebook's cells, and how often.

    Lines of other files stand together under "" and 0. A tokenizer's name means its ``encode``, on the last of the arguments.
    """
    import sys
    from collections import Counter, defaultdict

    def prepared(arguments):
        if name.endswith("Tokenizer"):
            tokenizer = getattr(student, name)(*arguments[:-1])
            return lambda: tokenizer.encode(arguments[-1])
        return lambda: getattr(student, name)(*arguments)

    def place(code, line):
        own = "ipykernel_" in code.co_filename or "<ipython-input" in code.co_filename
        return (code.co_qualname.partition(".<locals>")[0], line) if own else ("", 0)

    found = []
    for arguments in inputs:
        run, times = prepared(arguments), defaultdict(int)

        def trace(frame, event, argument, times=times):  # noqa: ARG001
            if event == "line":
                times[frame.f_code, frame.f_lineno] += 1
            return trace

        previous = sys.gettrace()
        sys.settrace(trace)
        try:
            result = run()
        finally:
            sys.settrace(previous)
        size, places = len(result[1]) if isinstance(result, tuple) else len(result), Counter()
        for where, number in times.items():
            places[place(*where)] += number
        found.append((size, [(*where, number) for where, number in places.items()]))
    return found


REFERENCE = SimpleNamespace(
    train_bpe=train_bpe,
    train_byte_bpe=train_byte_bpe,
    BPETokenizer=BPETokenizer,
    ByteBPETokenizer=ByteBPETokenizer,
    train_wordpiece=train_wordpiece,
    WordPieceTokenizer=WordPieceTokenizer,
    train_pieces=lambda corpus, size, unit: KoreanTokenizer.train(corpus, size, unit).pieces,
    KoreanTokenizer=KoreanTokenizer,
    decompose_jamo=decompose_jamo,
    compose_jamo=compose_jamo,
)


def steady_growth(
    submission: Submission, name: str, once: Sequence[Any], twice: Sequence[Any], said: str, misconception: str, *, linear: float = 2.0
) -> None:
    """Fail where the work grows much faster from one input to the next than the reference's, or where nothing was done.

    Args:
        once, twice: the arguments of the smaller and of the larger input.
        said: what grew faster than what, in Korean, with ``{ratio}`` for by how much.
        linear: growth that is fine whatever the reference's.
    """
    inputs = [tuple(once), tuple(twice)]
    right = [_work(entry) for entry in lines_run(REFERENCE, name, inputs)]
    found = [_work(entry) for entry in submission.run(lines_run, name=name, inputs=inputs, returns=Record, timeout=60)]
    if len(found) != 2 or any(own.size < wanted.size / 2 or own.lines < 1 for own, wanted in zip(found, right, strict=True)):
        expect.fail("결과가 약속보다 훨씬 작아 일의 양을 견줄 수 없습니다. 구현을 먼저 마치세요.")
    ratio = _ratio(found)
    if ratio > ALLOWED * max(_ratio(right), linear):
        function, line = found[1].busiest
        place = f" 가장 많이 실행된 줄은 {josa(f'`{function}`', '이/가')} 있는 셀의 {line}번째 줄입니다." if function else ""
        expect.fail(said.format(ratio=f"{ratio:.1f}") + place, misconception)


def _work(entry: tuple[int, list[tuple[str, int, int]]]) -> Work:
    size, hits = entry
    own = [hit for hit in hits if hit[0]]
    function, line, _ = max(own, key=lambda hit: hit[2], default=("", 0, 0))
    return Work(size, sum(times for *_, times in hits), (function, line))


def _ratio(works: Sequence[Work]) -> float:
    return works[1].lines / max(works[0].lines, 1)

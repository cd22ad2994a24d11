"""Measures and conclusions by a reader of the kit and the chapter alone."""

import math
import statistics
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from course_lib.kit.text import pretokenize


def count_tokens(encode: Callable[[str], Sequence[int]], texts: Iterable[str], special_ids: Collection[int]) -> int:
    """글을 모두 인코딩한 토큰의 수를 셉니다. special_ids는 빼고 셉니다."""
    special = set(special_ids)
    return sum(number not in special for text in texts for number in encode(text))


def bytes_per_token(encode: Callable[[str], Sequence[int]], texts: Sequence[str], special_ids: Collection[int] = ()) -> float:
    """토큰 하나에 담긴 UTF-8 바이트의 수입니다."""
    tokens = count_tokens(encode, texts, special_ids)
    size = sum(len(text.encode("utf-8")) for text in texts)
    return size / tokens if tokens else 0.0


def fertility(encode: Callable[[str], Sequence[int]], texts: Sequence[str], special_ids: Collection[int] = ()) -> float:
    """어절 하나가 나뉘는 토큰의 수입니다."""
    words = sum(len(text.split()) for text in texts)
    return count_tokens(encode, texts, special_ids) / words if words else 0.0


def oov_rate(pieces: Iterable[str], vocabulary: Collection[str], level: str = "token") -> float:
    """어휘에 없는 조각의 비율입니다. level은 "type"이나 "token"입니다."""
    known = set(vocabulary)
    counted = set(pieces) if level == "type" else list(pieces)
    if not counted:
        return 0.0
    return sum(piece not in known for piece in counted) / len(counted)


def benchmark(
    fn: Callable[[Any], object], texts: Sequence[Any], repeat: int = 5, timer: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """글 전체를 실행하는 데 걸리는 시간의 중앙값과 초당 처리량을 잽니다."""

    def run_all() -> None:
        for text in texts:
            fn(text)

    run_all()
    seconds = []
    for _ in range(repeat):
        begin = timer()
        run_all()
        seconds.append(timer() - begin)
    median = statistics.median(seconds)
    size = sum(len(text.encode("utf-8")) for text in texts if isinstance(text, str))
    return {
        "median_s": median,
        "texts_per_s": len(texts) / median if median else 0.0,
        "bytes_per_s": size / median if median else 0.0,
    }


def direction(values: Sequence[float]) -> str:
    """값이 처음보다 끝에서 크면 "up", 아니면 "down"을 돌려줍니다."""
    return "up" if values[-1] > values[0] else "down"


def conclusions(table: Sequence[Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """결론의 이름마다 근거가 되는 행의 번호와 방향을 돌려줍니다."""
    largest = max(row["kilobytes"] for row in table)

    def rows_of(language: str) -> list[int]:
        """훈련 코퍼스가 큰 쪽에서 어휘가 작은 행부터 번호를 늘어놓습니다."""
        mine = [n for n, row in enumerate(table) if row["language"] == language and row["kilobytes"] == largest]
        return sorted(mine, key=lambda n: table[n]["vocab_size"])

    korean, english = rows_of("ko"), rows_of("en")
    sizes = english[:3]
    ratios = [table[n]["bytes_per_token"] for n in sizes]
    gains = [after - before for before, after in pairwise(ratios)]
    pair = [korean[2], english[2]]
    letters = [table[n]["characters"] / table[n]["tokens"] for n in pair]
    return {
        "size": {"rows": sizes, "direction": direction(ratios)},
        "gain": {"rows": sizes, "direction": direction(gains)},
        "language": {"rows": pair, "direction": direction(letters)},
    }


def comparison_row(encode: Callable[[str], Sequence[int]], unk_id: int | None, texts: Sequence[str]) -> dict[str, float]:
    """토크나이저 하나를 시험 글에서 잰 행입니다."""
    words = [word for text in texts for word in pretokenize(text)]
    known = {word for word in set(words) if unk_id is None or unk_id not in encode(word)}
    return {
        "tokens": count_tokens(encode, texts, ()),
        "bytes_per_token": bytes_per_token(encode, texts),
        "fertility": fertility(encode, texts),
        "oov_type": oov_rate(words, known, "type"),
        "oov_token": oov_rate(words, known, "token"),
    }


def merge_conclusions(table: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """두 방법의 병합에 대한 결론 overlap과 rarer를 돌려줍니다."""
    methods = ("bpe", "wordpiece")
    bpe, wordpiece = ({row["piece"] for row in table if row["method"] == method} for method in methods)
    averages = {method: statistics.mean(row["count"] for row in table if row["method"] == method) for method in methods}
    return {
        "overlap": {"jaccard": len(bpe & wordpiece) / len(bpe | wordpiece)},
        "rarer": {"method": min(averages, key=averages.get)},
    }


def unit_conclusions(table: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """단위에 대한 결론 units를 돌려줍니다."""
    order = sorted(range(len(table)), key=lambda n: table[n]["pieces_per_word"])
    return {"units": {"rows": order}}


def comparison_conclusions(table: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """OOV에 대한 결론 oov와 levels를 돌려줍니다."""
    word_rows = [n for n, row in enumerate(table) if row["tokenizer"] == "word"]
    word_rows.sort(key=lambda n: table[n]["vocab_size"])
    largest = word_rows[-1]
    return {
        "oov": {"rows": word_rows, "direction": direction([table[n]["oov_token"] for n in word_rows])},
        "levels": {
            "rows": [largest],
            "direction": direction([table[largest]["oov_type"], table[largest]["oov_token"]]),
        },
    }


def answer_run(length: int, count: int) -> dict[str, object]:
    """되풀이되는 글자의 쌍의 횟수와 병합한 다음의 토큰 수를 답합니다."""
    return {"pairs": (length - 1) * count, "tokens": (length - length // 2) * count}


def answer_bits(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, object]:
    """바이트당 비트의 식과 두 모델의 값을 답합니다."""
    values = [model["nats"] * model["tokens"] / (model["bytes"] * math.log(2)) for model in (first, second)]
    return {"formula": "nats * tokens / (bytes * log(2))", "first": values[0], "second": values[1]}

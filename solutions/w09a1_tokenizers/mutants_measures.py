"""Wrong solutions of the measures. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
    # -- measures ----
    Mutant(
        name="characters_counted",
        misconception="글자가 바이트다",
        source="""
def bytes_per_token(encode, texts, special_ids=()):
    tokens = count_tokens(encode, texts, special_ids)
    return sum(map(len, texts)) / tokens if tokens else 0.0
""",
        loses=("cmp-ratio",),
        message="글자를 세고",
    ),
    Mutant(
        name="mean_of_ratios",
        misconception="비율의 평균",
        source="""
def fertility(encode, texts, special_ids=()):
    ratios = [count_tokens(encode, [text], special_ids) / len(text.split()) for text in texts if text.split()]
    return statistics.mean(ratios) if ratios else 0.0
""",
        loses=("cmp-ratio",),
        message="비율의 평균",
    ),
    Mutant(
        name="specials_counted",
        misconception="특수 토큰도 센다",
        source="""
count_tokens = lambda encode, texts, special_ids: sum(len(encode(text)) for text in texts)
""",
        loses=("cmp-ratio",),
        message="특수 토큰까지",
    ),
    Mutant(
        name="nothing_divided",
        misconception="나눌 것이 없을 때를 잊는다",
        source="""
def fertility(encode, texts, special_ids=()):
    return count_tokens(encode, texts, special_ids) / sum(len(text.split()) for text in texts)
""",
        loses=("cmp-ratio",),
        message="ZeroDivisionError",
    ),
    Mutant(
        name="levels_swapped",
        misconception="type과 token을 바꾼다",
        source="""
right_oov = oov_rate
oov_rate = lambda pieces, vocabulary, level="token": right_oov(pieces, vocabulary, "token" if level == "type" else "type")
""",
        loses=("cmp-oov",),
        message="비율을 돌려주고",
    ),
    Mutant(
        name="known_share",
        misconception="어휘에 있는 비율",
        source="""
right_oov = oov_rate
oov_rate = lambda pieces, vocabulary, level="token": 1 - right_oov(pieces, vocabulary, level)
""",
        loses=("cmp-oov",),
        message="없는 비율이어야",
    ),
    Mutant(
        name="pieces_read_twice",
        misconception="조각을 두 번 읽는다",
        source="""
def oov_rate(pieces, vocabulary, level="token"):
    counted = set(pieces) if level == "type" else pieces
    missing = sum(piece not in vocabulary for piece in counted)
    total = sum(1 for _ in counted)
    return missing / total if total else 0.0
""",
        loses=("cmp-oov",),
        message="입력",
    ),
    Mutant(
        name="warm_up_measured",
        misconception="예열도 잰다",
        source="""
def benchmark(fn, texts, repeat=5, timer=time.perf_counter):
    seconds = []
    for _ in range(repeat + 1):
        start = timer()
        for text in texts:
            fn(text)
        seconds.append(timer() - start)
    median = statistics.median(seconds)
    rate = 1 / median if median > 0 else 0.0
    size = sum(len(text.encode()) for text in texts if isinstance(text, str))
    return {"median_s": median, "texts_per_s": len(texts) * rate, "bytes_per_s": size * rate}
""",
        loses=("cmp-benchmark",),
        message="예열까지",
    ),
    Mutant(
        name="mean_time",
        misconception="시간의 평균",
        source="""
class Mean:
    median = staticmethod(statistics.mean)


statistics = Mean
""",
        loses=("cmp-benchmark",),
        message="평균을 냈습니다",
    ),
    Mutant(
        name="still_clock",
        misconception="시계가 움직이지 않을 때를 잊는다",
        source="""
right_benchmark = benchmark


def benchmark(fn, texts, repeat=5, timer=time.perf_counter):
    found = right_benchmark(fn, texts, repeat, timer)
    1 / found["median_s"]
    return found
""",
        loses=("cmp-benchmark",),
        message="ZeroDivisionError",
    ),
    Mutant(
        name="ratio_upside_down",
        misconception="토큰을 바이트로 나눈다",
        source="""
right_ratio = bytes_per_token


def bytes_per_token(encode, texts, special_ids=()):
    found = right_ratio(encode, texts, special_ids)
    return 1 / found if found else 0.0
""",
        loses=("cmp-ratio",),
        message="분자와 분모가",
    ),
    Mutant(
        name="types_among_tokens",
        misconception="서로 다른 조각을 나온 조각의 수로 나눈다",
        source="""
def oov_rate(pieces, vocabulary, level="token"):
    pieces = list(pieces)
    return len(set(pieces) - set(vocabulary)) / len(pieces) if pieces else 0.0
""",
        loses=("cmp-oov",),
        message="분모는 나온 조각을",
    ),
    Mutant(
        name="fastest_time",
        misconception="가장 빠른 시간",
        source="""
class Fastest:
    median = staticmethod(min)


statistics = Fastest
""",
        loses=("cmp-benchmark",),
        message="가장 빠른 값을",
    ),
    Mutant(
        name="characters_per_second",
        misconception="초당 글자 수가 초당 바이트 수다",
        source="""
right_benchmark = benchmark


def benchmark(fn, texts, repeat=5, timer=time.perf_counter):
    found = right_benchmark(fn, texts, repeat, timer)
    size = sum(len(text) for text in texts if isinstance(text, str))
    return found | {"bytes_per_s": size / found["median_s"] if found["median_s"] else 0.0}
""",
        loses=("cmp-benchmark",),
        message="바이트가 아니라 글자를",
    ),
]

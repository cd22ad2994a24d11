"""Wrong answers and a wrong experiment on BPE. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
    # -- theory ------------------------------------------------------------------------------------------------------
    Mutant(
        name="trace_without_merging",
        misconception="병합해도 쌍의 횟수와 토큰 수가 그대로다",
        source="""
def answer_trace(words):
    pairs = count_pairs({tuple(word): frequency for word, frequency in words.items()})
    return {"third_merge": pairs.most_common(3)[2][0], "tokens": sum(len(word) * n for word, n in words.items())}
""",
        loses=("theory-trace",),
        message="병합하기 전의 토큰 수",
    ),
    Mutant(
        name="trace_one_merge_short",
        misconception="병합 전의 표를 첫 번째로 센다",
        source="""
def answer_trace(words):
    split = {tuple(word): frequency for word, frequency in words.items()}
    vocab = first_vocab((), {symbol for word in split for symbol in word})
    merges = learn_merges(split, vocab, len(vocab) + 2, 1, "smallest_ids")
    for pair in merges:
        split = {merge_pair(word, pair): frequency for word, frequency in split.items()}
    return {"third_merge": merges[-1], "tokens": sum(len(word) * frequency for word, frequency in split.items())}
""",
        loses=("theory-trace",),
        message="병합을 두 번만",
    ),
    Mutant(
        name="run_counted_apart",
        misconception="쌍을 겹치지 않게 세고, 쌍의 수만큼 토큰이 준다",
        source="""
def answer_run(length, count):
    return {"pairs": length // 2 * count, "tokens": count}
""",
        loses=("theory-run",),
        message="겹쳐서 셉니다",
    ),
    Mutant(
        name="predicted_without_repeat",
        misconception="두 번 있는 줄도 한 번만 센다",
        source="""
def answer_predict(lines, repeated):
    words = count_words(lines)
    pair, _ = count_pairs(words).most_common(1)[0]
    return {"first_merge": pair, "tokens": sum(len(merge_pair(word, pair)) * n for word, n in words.items())}
""",
        loses=("theory-predict",),
        message="줄이 한 번만 있을 때",
    ),
    # -- experiment -----------------------------------------------------------------------------------------------
    Mutant(
        name="characters_for_bytes",
        misconception="글자 수가 바이트 수다",
        source="""
right_vocab_rows = vocab_rows


def vocab_rows(train, test, sizes):
    characters = sum(map(len, test))
    rows = right_vocab_rows(train, test, sizes)
    return [{**row, "bytes": characters, "bytes_per_token": characters / row["tokens"]} for row in rows]
""",
        loses=("exp-vocab",),
        message="글자의 수입니다",
    ),
    Mutant(
        name="alphabet_cut_in_rows",
        misconception="어휘를 자를 때 알파벳도 자른다",
        source="""
def vocab_rows(train, test, sizes):
    vocab, merges = train_bpe(train, max(sizes), ["[UNK]"])
    size_in_bytes = sum(len(text.encode()) for text in test)
    rows = []
    for size in sizes:
        smaller = dict(list(vocab.items())[:size])
        kept = [pair for pair in merges if pair[0] + pair[1] in smaller]
        tokens = sum(len(BPETokenizer(smaller, kept, "[UNK]").encode(text)) for text in test) + 1
        row = {"vocab_size": size, "merges": len(kept), "tokens": tokens, "bytes": size_in_bytes}
        rows.append({**row, "bytes_per_token": size_in_bytes / tokens})
    return rows
""",
        loses=("exp-vocab",),
        message="다시 계산하면",
    ),
]

# Generated mutants that no check may punish, and why.
_SAME_COUNT = "어휘에 없는 기호도 토큰 하나로 세므로 어휘를 더 남기거나 덜 남겨도 토큰 수가 같습니다."
_THREE_SIZES = "cpu 프로필에는 크기가 셋뿐입니다."
_ROWS = "solution-exp-vocab: vocab_rows: "
_CLAIMS = "solution-exp-vocab-conclusions: conclusions: "
EQUIVALENT: dict[str, str] = {
    _ROWS + ":len(vocab) - len(merges) + kept → :": _SAME_COUNT,
    _ROWS + "len(vocab) - len(merges) + kept → len(vocab) - len(merges) - kept": _SAME_COUNT,
    _ROWS + "len(vocab) - len(merges) → len(vocab) + len(merges) (2)": _SAME_COUNT,
    "solution-exp-direction: direction: values[-1] > values[0] → values[-1] >= values[0]": "재어 본 값은 서로 다릅니다.",
    "solution-exp-direction: direction: -1 → --1": "값이 한쪽으로만 변하므로 둘째 값을 보아도 방향이 같습니다.",
    _CLAIMS + ":3 → :": _THREE_SIZES,
    _CLAIMS + "3 → 4": _THREE_SIZES,
    _CLAIMS
    + "table[n]['characters'] / table[n]['tokens'] → table[n]['characters'] * table[n]['tokens']": "방향만 답하며, 방향이 같습니다.",
    "solution-theory-trace: answer_trace: 'smallest_ids' → 'smallest_idsx'": "'lexicographic_max'가 아니면 모두 번호로 고릅니다.",
    "solution-theory-predict: answer_predict: 1 → 2": "가장 잦은 둘을 꺼내 첫째를 씁니다.",
    "solution-theory-trace: answer_trace: 1 → 2": "문제의 표에서 세 병합의 쌍은 모두 두 번 넘게 나옵니다.",
}

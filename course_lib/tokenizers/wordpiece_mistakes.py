"""Judging WordPiece: whether a training is right up to exact ties, and which misconception a wrong one shows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from course_lib.kit import expect
from course_lib.kit.text import pretokenize
from course_lib.tokenizers.wordpiece import (
    MAX_INPUT_CHARS,
    PREFIX,
    Pair,
    Word,
    WordPieceTokenizer,
    join_pair,
    merge_gain,
    split_word,
    token_counts,
    wordpiece_score,
)

Words = dict[Word, int]
Trained = tuple[dict[str, int], list[Pair]]
Score = Callable[[int, int, int, int], Any]


def segmented_words(corpus: Iterable[str], split: Callable[[str], Word] = split_word) -> Words:
    """The words of a corpus in their first segmentation, with their frequencies."""
    counts: Counter[Word] = Counter()
    for word, number in Counter(piece for text in corpus for piece in pretokenize(text)).items():
        counts[split(word)] += number
    return dict(counts)


def pair_counts(words: Mapping[Word, int]) -> Counter[Pair]:
    """Neighbouring tokens, weighted by the words' frequencies."""
    counts: Counter[Pair] = Counter()
    for word, number in words.items():
        for pair in pairwise(word):
            counts[pair] += number
    return counts


def merged_words(words: Mapping[Word, int], pair: Pair) -> Words:
    """The words with a pair merged, from left to right."""
    found: Words = {}
    for word, number in words.items():
        merged: list[str] = []
        for token in word:
            if merged and (merged[-1], token) == pair:
                merged[-1] = join_pair(pair)
            else:
                merged.append(token)
        found[tuple(merged)] = found.get(tuple(merged), 0) + number
    return found


# -- right, up to ties ------------------------------------------------------------------------------------------------


def first_fault(trained: Trained, corpus: Sequence[str], size: int, specials: Sequence[str], frequency: int) -> str:
    """What is wrong first with a training, in Korean; "" when every step took one of the pairs of highest score."""
    vocab, merges = trained
    words = segmented_words(corpus)
    wanted = _numbered([*specials, *sorted(token_counts(words))])
    for step, pair in enumerate(merges, 1):
        candidates = _candidates(words, frequency)
        if len(wanted) >= size or not candidates:
            return f"{step}번째 병합을 하기 전에 끝나야 합니다"
        best = max(candidates.values())
        if candidates.get(pair) != best:
            score = f"점수가 {float(candidates[pair]):.4g}인" if pair in candidates else "고를 수 없는"
            return f"{step}번째에 {score} {pair}를 골랐습니다. 가장 높은 점수는 {float(best):.4g}입니다"
        wanted.setdefault(join_pair(pair), len(wanted))
        words = merged_words(words, pair)
    if len(wanted) < size and _candidates(words, frequency):
        return f"병합을 {len(merges)}번 하고 끝났습니다. 더 병합해야 합니다"
    for token in [*wanted, *vocab]:
        if vocab.get(token) != wanted.get(token):
            return f"병합은 맞지만 {token!r}의 번호가 약속과 다릅니다: {vocab.get(token, '어휘에 없음')}"
    return ""


def _candidates(words: Mapping[Word, int], frequency: int) -> dict[Pair, Fraction]:
    tokens = token_counts(words)
    return {
        pair: wordpiece_score(number, tokens[pair[0]], tokens[pair[1]])
        for pair, number in pair_counts(words).items()
        if number >= max(frequency, 1)
    }


def same_wordpiece(trained: Trained, corpus: Sequence[str], size: int, specials: Sequence[str], frequency: int, *, given: str) -> None:
    """Fail unless a training is right up to exact ties; say which misconception it shows where one is recognised."""
    trained = trained[0], [(left, right) for left, right in trained[1]]
    fault = first_fault(trained, corpus, size, specials, frequency)
    if not fault:
        return
    for name, (wrong, said) in wrong_wordpieces(corpus, size, specials, frequency).items():
        if trained[1] == wrong[1] or (trained[0] == wrong[0] and len(wrong[1]) > 0):
            expect.fail(f"{said} 입력 {given}", name)
    expect.fail(f"{fault}. 입력 {given}")


# -- training by a misconception --------------------------------------------------------------------------------------


def _right(c_ab: int, c_a: int, c_b: int, total: int) -> Fraction:  # noqa: ARG001
    return Fraction(c_ab, c_a * c_b)


def _frequency(c_ab: int, c_a: int, c_b: int, total: int) -> int:  # noqa: ARG001
    return c_ab


def _by_sum(c_ab: int, c_a: int, c_b: int, total: int) -> Fraction:  # noqa: ARG001
    return Fraction(c_ab, c_a + c_b)


def _gain(c_ab: int, c_a: int, c_b: int, total: int) -> float:
    return merge_gain(c_ab, c_a, c_b, total) if c_a >= c_ab <= c_b else 0.0


def _lowest(c_ab: int, c_a: int, c_b: int, total: int) -> Fraction:  # noqa: ARG001
    return -Fraction(c_ab, c_a * c_b)


def _bare(word: str) -> Word:
    return tuple(word)


def train_wordpiece_wrongly(
    corpus: Sequence[str],
    vocab_size: int,
    special_tokens: Sequence[str] = ("[UNK]",),
    min_frequency: int = 2,
    *,
    score: Score = _right,
    split: Callable[[str], Word] = split_word,
    rescored: Literal["all", "touched"] = "all",
    counted: Literal["now", "first", "initial"] = "now",
    weighted: bool = True,
) -> Trained:
    """Train step by step with another score, another first segmentation, stale counts, or without the words' frequencies.

    Args:
        rescored: ``touched`` scores a pair again only when the pair's own count changed.
        counted: ``first`` keeps counting single tokens as they stood before the first merge; ``initial`` counts those that begin a word,
            and takes all others for one.
    """
    words = segmented_words(corpus, split)
    if not weighted:
        words = dict.fromkeys(words, 1)
    vocab = _numbered([*special_tokens, *sorted(token_counts(words))])
    first, kept, merges = token_counts(words), {}, []
    while len(vocab) < vocab_size:
        tokens = token_counts(words)
        if counted == "first":
            tokens = tokens | first
        if counted == "initial":
            begun = Counter({word[:1]: 0 for word in words})
            for word, number in words.items():
                begun[word[:1]] += number
            tokens = Counter({token: begun.get((token,), 1) for token in tokens})
        total = sum(tokens.values())
        old, kept = kept, {}
        for pair, number in pair_counts(words).items():
            if rescored == "touched" and pair in old and old[pair][0] == number:
                kept[pair] = old[pair]
            else:
                kept[pair] = number, score(number, tokens[pair[0]], tokens[pair[1]], total)
        scored = {pair: value for pair, (number, value) in kept.items() if number >= max(min_frequency, 1)}
        if not scored:
            break
        best = min(scored, key=lambda pair: (-scored[pair], vocab[pair[0]], vocab[pair[1]]))
        vocab.setdefault(join_pair(best), len(vocab))
        merges.append(best)
        words = merged_words(words, best)
    return vocab, merges


TRAININGS: dict[str, tuple[dict[str, Any], str]] = {
    "빈도로 고름": (
        {"score": _frequency},
        "가장 잦은 쌍을 고르고 있습니다. 그것은 BPE입니다. 두 토큰의 횟수의 곱으로 나눈 점수를 견주세요.",
    ),
    "가능도의 증가로 고름": (
        {"score": _gain},
        "음의 로그 가능도가 가장 많이 줄어드는 쌍을 고르고 있습니다. 점수는 가능도의 증가와 다릅니다.",
    ),
    "곱이 아니라 합": ({"score": _by_sum}, "두 토큰의 횟수를 곱하지 않고 더해서 나누고 있습니다."),
    "낮은 점수를 고름": ({"score": _lowest}, "점수가 가장 낮은 쌍을 고르고 있습니다."),
    "이어지는 표시 없음": ({"split": _bare}, "단어의 둘째 글자부터 ##를 붙이지 않고 있습니다. 단어의 처음과 중간은 다른 토큰입니다."),
    "바뀐 쌍만 다시 계산": (
        {"rescored": "touched"},
        "횟수가 바뀐 쌍의 점수만 다시 계산하고 있습니다. 토큰의 횟수가 바뀌면 그 토큰이 든 모든 쌍의 점수가 바뀝니다.",
    ),
    "처음의 토큰 횟수": (
        {"counted": "first"},
        "병합하기 전의 토큰 횟수로 나누고 있습니다. 병합할 때마다 지금 나뉜 모습에서 다시 세야 합니다.",
    ),
    "단어 처음의 토큰만 셈": (
        {"counted": "initial"},
        "단어의 처음에 오는 토큰만 세고 있습니다. ##가 붙은 토큰도 나온 만큼 세어야 합니다.",
    ),
    "단어 빈도 무시": ({"weighted": False}, "단어가 몇 번 나왔는지를 곱하지 않고 있습니다."),
}


def wrong_wordpieces(corpus: Sequence[str], size: int, specials: Sequence[str], frequency: int) -> dict[str, tuple[Trained, str]]:
    """What every misconception makes of a corpus."""
    return {
        name: (train_wordpiece_wrongly(corpus, size, specials, frequency, **options), said) for name, (options, said) in TRAININGS.items()
    }


def _numbered(tokens: Iterable[str]) -> dict[str, int]:
    return {token: number for number, token in enumerate(dict.fromkeys(tokens))}


def recorded_scores(corpus: Sequence[str], merges: Sequence[Pair]) -> dict[str, list[tuple[tuple[Any, ...], Any]]]:
    """What ``wordpiece_score`` and ``count_pairs`` return along a training that counts anew for each merge."""
    rows: dict[tuple[int, int, int], float] = {}
    counted: list[tuple[tuple[Any, ...], Any]] = []
    words = segmented_words(corpus)
    for pair in [*merges, None]:
        tokens, pairs = token_counts(words), pair_counts(words)
        counted.append(((words,), dict(pairs)))
        for (left, right), number in pairs.items():
            rows[number, tokens[left], tokens[right]] = number / (tokens[left] * tokens[right])
        if pair:
            words = merged_words(words, pair)
    return {"wordpiece_score": list(rows.items()), "count_pairs": counted}


# -- scores and likelihood --------------------------------------------------------------------------------------------

SCORES: dict[str, tuple[Callable[[int, int, int], float], str]] = {
    "로그": (lambda ab, a, b: math.log(ab / (a * b)), "점수의 로그를 돌려주고 있습니다. 로그는 순서를 바꾸지 않지만 동점을 갈라놓습니다."),
    "합으로 나눔": (lambda ab, a, b: ab / (a + b), "두 토큰의 횟수를 곱하지 않고 더해서 나누고 있습니다."),
    "한쪽으로만 나눔": (lambda ab, a, _: ab / a, "왼쪽 토큰의 횟수로만 나누고 있습니다. 그러면 조건부 확률입니다."),
    "빈도": (lambda ab, *_: float(ab), "쌍의 횟수를 그대로 돌려주고 있습니다. 그것은 BPE의 기준입니다."),
    "뒤집힌 점수": (lambda ab, a, b: a * b / ab, "분자와 분모가 뒤집혔습니다."),
}


def _entropy(words: Mapping[Word, int], log: Callable[[float], float]) -> float:
    counts = token_counts(words)
    total = sum(counts.values())
    return -sum(number * log(number / total) for number in counts.values())


LOSSES: dict[str, tuple[Callable[[Mapping[Word, int]], float], str]] = {
    "비트": (lambda words: _entropy(words, math.log2), "밑이 2인 로그를 쓰고 있습니다. 단위는 나트, 곧 자연로그입니다."),
    "평균": (
        lambda words: _entropy(words, math.log) / sum(token_counts(words).values()),
        "토큰 하나의 평균을 돌려주고 있습니다. 코퍼스 전체의 합이어야 합니다.",
    ),
    "부호": (lambda words: -_entropy(words, math.log), "부호가 반대입니다. 손실은 0보다 작을 수 없습니다."),
    "단어 빈도 무시": (
        lambda words: _entropy(dict.fromkeys(words, 1), math.log),
        "단어가 몇 번 나왔는지를 곱하지 않고 토큰을 세고 있습니다.",
    ),
    "확률을 곱하지 않음": (
        lambda words: -sum(math.log(n / sum(token_counts(words).values())) for n in token_counts(words).values()),
        "토큰이 나온 횟수를 로그 앞에 곱하지 않고 있습니다.",
    ),
}


# -- encoding ---------------------------------------------------------------------------------------------------------


def _pieces(tokenizer: WordPieceTokenizer, word: str, *, prefix: str = PREFIX, shortest: bool = False) -> list[int] | None:
    ids, start = [], 0
    while start < len(word):
        ends = range(start + 1, len(word) + 1) if shortest else range(len(word), start, -1)
        mark = prefix if start else ""
        end = next((end for end in ends if mark + word[start:end] in tokenizer.vocab), None)
        if end is None:
            return [*ids, tokenizer.unk_id]
        ids.append(tokenizer.vocab[mark + word[start:end]])
        start = end
    return ids


def _partial(tokenizer: WordPieceTokenizer, word: str) -> list[int]:
    return tokenizer.encode(word) if len(word) > MAX_INPUT_CHARS else _pieces(tokenizer, word)


def _unmarked(tokenizer: WordPieceTokenizer, word: str) -> list[int]:
    ids = _pieces(tokenizer, word, prefix="")
    return [tokenizer.unk_id] if tokenizer.unk_id in ids or len(word) > MAX_INPUT_CHARS else ids


def _shortest(tokenizer: WordPieceTokenizer, word: str) -> list[int]:
    ids = _pieces(tokenizer, word, shortest=True)
    return [tokenizer.unk_id] if tokenizer.unk_id in ids or len(word) > MAX_INPUT_CHARS else ids


def _each_character(tokenizer: WordPieceTokenizer, word: str) -> list[int]:
    ids = tokenizer.encode(word)
    return [tokenizer.unk_id] * len(word) if ids == [tokenizer.unk_id] else ids


def _without_limit(tokenizer: WordPieceTokenizer, word: str) -> list[int]:
    ids = _pieces(tokenizer, word)
    return [tokenizer.unk_id] if tokenizer.unk_id in ids else ids


def _limit_too_low(tokenizer: WordPieceTokenizer, word: str) -> list[int]:
    return [tokenizer.unk_id] if len(word) >= MAX_INPUT_CHARS else tokenizer.encode(word)


ENCODINGS: dict[str, tuple[Callable[[WordPieceTokenizer, str], list[int]], str]] = {
    "앞 조각을 남김": (
        _partial,
        "찾은 앞 조각을 남기고 나머지만 [UNK]로 바꾸고 있습니다. 조각 하나라도 없으면 단어 전체가 [UNK] 하나입니다.",
    ),
    "글자마다 [UNK]": (_each_character, "글자마다 [UNK]를 내고 있습니다. WordPiece에서는 단어 전체가 [UNK] 하나입니다."),
    "## 없이 찾음": (_unmarked, "단어의 중간 조각을 찾을 때 ##를 붙이지 않고 있습니다."),
    "짧은 조각부터": (_shortest, "가장 짧은 조각부터 찾고 있습니다. 가장 긴 조각부터 찾아야 합니다."),
    "길이 제한 없음": (_without_limit, "100글자를 넘는 단어를 [UNK]로 바꾸지 않고 있습니다."),
    "100글자부터 제한": (_limit_too_low, "꼭 100글자인 단어까지 [UNK]로 바꾸고 있습니다. 101글자부터입니다."),
}


def wrong_encodings(tokenizer: WordPieceTokenizer, text: str) -> dict[str, tuple[list[int], str]]:
    """What every misconception on encoding makes of a text."""
    words = pretokenize(text)
    return {name: ([number for word in words for number in rule(tokenizer, word)], said) for name, (rule, said) in ENCODINGS.items()}

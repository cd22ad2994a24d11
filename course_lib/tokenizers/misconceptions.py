"""Wrong answers as certain misconceptions give them, so that a check can recognise the mistake and name it.

Each table maps a misconception's name to the function that makes the mistake and to what the student is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

from course_lib.kit.text import pretokenize
from course_lib.tokenizers.bpe import BPETokenizer, Pair, count_pairs, merge_pair

Word = tuple[str, ...]
Words = Mapping[Word, int]
Trained = tuple[dict[str, int], list[Pair]]


# -- counting ---------------------------------------------------------------------------------------------------------


def _without_frequency(words: Words) -> Counter[Pair]:
    return count_pairs(dict.fromkeys(words, 1))


def _without_overlap(words: Words) -> Counter[Pair]:
    return _summed((pair, n * (len(word) - len(merge_pair(word, pair)))) for word, n in words.items() for pair in set(pairwise(word)))


def _once_per_word(words: Words) -> Counter[Pair]:
    return _summed((pair, n) for word, n in words.items() for pair in set(pairwise(word)))


def _unordered(words: Words) -> Counter[Pair]:
    return _summed((min(pair, pair[::-1]), n) for word, n in words.items() for pair in pairwise(word))


def _summed(rows: Any) -> Counter[Pair]:
    total: Counter[Pair] = Counter()
    for pair, number in rows:
        total[pair] += number
    return total


COUNTS: dict[str, tuple[Callable[[Words], Counter[Pair]], str]] = {
    "단어 빈도 무시": (_without_frequency, "단어가 몇 번 나왔는지를 곱하지 않고 쌍을 세고 있습니다."),
    "겹치는 쌍을 빠뜨림": (
        _without_overlap,
        "같은 글자가 이어질 때 겹치는 쌍을 빠뜨리고 있습니다. '아아아'에는 (아, 아)가 두 번 있습니다.",
    ),
    "단어마다 한 번": (_once_per_word, "한 단어에 여러 번 나오는 쌍을 한 번만 세고 있습니다."),
    "순서를 무시": (_unordered, "쌍의 왼쪽과 오른쪽을 구별하지 않고 있습니다."),
}


# -- merging ----------------------------------------------------------------------------------------------------------


def _first_only(word: Word, pair: Pair) -> Word:
    place = next((i for i, two in enumerate(pairwise(word)) if two == pair), None)
    return word if place is None else (*word[:place], "".join(pair), *word[place + 2 :])


def _from_the_right(word: Word, pair: Pair) -> Word:
    return merge_pair(word[::-1], pair)[::-1] if pair[0] == pair[1] else merge_pair(word, pair)


def _reusing(word: Word, pair: Pair) -> Word:
    starts = {i for i, two in enumerate(pairwise(word)) if two == pair}
    return tuple("".join(pair) if i in starts else symbol for i, symbol in enumerate(word) if i in starts or i - 1 not in starts)


def _in_joined_text(word: Word, pair: Pair) -> Word:
    return tuple("|".join(word).replace("|".join(pair), "".join(pair)).split("|"))


MERGES: dict[str, tuple[Callable[[Word, Pair], Word], str]] = {
    "첫 자리만 병합": (_first_only, "한 단어에서 첫 번째 자리만 병합하고 있습니다. 모든 자리를 병합해야 합니다."),
    "오른쪽부터 병합": (_from_the_right, "오른쪽부터 짝을 짓고 있습니다. '아아아'는 '아아', '아'가 되어야 합니다."),
    "글자를 두 번 씀": (_reusing, "한 번 병합한 글자를 다음 병합에 다시 쓰고 있습니다. '아아아'는 '아아', '아'가 되어야 합니다."),
    "문자열에서 바꿈": (_in_joined_text, "기호를 하나씩 견주지 않고 이은 문자열에서 찾아 바꾸고 있습니다. 기호의 경계가 무너집니다."),
}


# -- training ---------------------------------------------------------------------------------------------------------

Choice = Callable[[Sequence[Pair], Mapping[str, int]], Pair]


def _ids(pair: Pair, vocab: Mapping[str, int]) -> tuple[int, int]:
    return vocab[pair[0]], vocab[pair[1]]


def _smallest_ids(tied: Sequence[Pair], vocab: Mapping[str, int]) -> Pair:
    return min(tied, key=lambda pair: _ids(pair, vocab))


def _first_seen(tied: Sequence[Pair], vocab: Mapping[str, int]) -> Pair:  # noqa: ARG001
    return tied[0]


def _greatest_text(tied: Sequence[Pair], vocab: Mapping[str, int]) -> Pair:  # noqa: ARG001
    return max(tied)


def _smallest_text(tied: Sequence[Pair], vocab: Mapping[str, int]) -> Pair:  # noqa: ARG001
    return min(tied)


def _greatest_ids(tied: Sequence[Pair], vocab: Mapping[str, int]) -> Pair:
    return max(tied, key=lambda pair: _ids(pair, vocab))


TIES: dict[str, tuple[Choice, str]] = {
    "동점이면 먼저 센 쌍": (_first_seen, "동점일 때 먼저 센 쌍을 고르고 있습니다. 번호의 쌍이 가장 작은 것을 골라야 합니다."),
    "동점이면 사전순": (_greatest_text, "동점일 때 문자열이 가장 큰 쌍을 고르고 있습니다. 기본 규칙은 번호의 쌍이 가장 작은 것입니다."),
    "동점이면 작은 문자열": (_smallest_text, "동점일 때 문자열이 가장 작은 쌍을 고르고 있습니다. 문자열이 아니라 번호를 견주세요."),
    "동점이면 큰 번호": (_greatest_ids, "동점일 때 번호의 쌍이 가장 큰 것을 고르고 있습니다. 가장 작은 것을 골라야 합니다."),
}


def train_wrongly(
    corpus: Sequence[str],
    vocab_size: int,
    special_tokens: Sequence[str] = (),
    min_frequency: int = 2,
    *,
    count: Callable[[Words], Counter[Pair]] = count_pairs,
    choose: Choice = _smallest_ids,
    split: Callable[[str], list[str]] = pretokenize,
    renumber: Literal["", "next", "length"] = "",
) -> Trained:
    """Train step by step with another way of counting, of choosing, of splitting, or of giving ids.

    Args:
        renumber: how a merged symbol gets its id: "" keeps one that is there; "next" always takes the next of a counter,
            "length" the vocabulary's length, even where the symbol has an id already.
    """
    words: Words = Counter(tuple(word) for text in corpus for word in split(text))
    symbols = dict.fromkeys([*special_tokens, *sorted({letter for word in words for letter in word})])
    vocab = {symbol: number for number, symbol in enumerate(symbols)}
    merges: list[Pair] = []
    base = len(vocab)
    while (base + len(merges) if renumber == "next" else len(vocab)) < vocab_size and (pairs := count(words)):
        most = max(pairs.values())
        if most < max(min_frequency, 1):
            break
        pair = choose([pair for pair, number in pairs.items() if number == most], vocab)
        new = pair[0] + pair[1]
        if renumber or new not in vocab:
            vocab[new] = base + len(merges) if renumber == "next" else len(vocab)
        merges.append(pair)
        words = {merge_pair(word, pair): number for word, number in words.items()}
    return vocab, merges


def wrong_trainings(
    corpus: Sequence[str], size: int, specials: Sequence[str] = (), frequency: int = 2, *, splits: bool = True
) -> dict[str, tuple[Trained, str]]:
    """What every misconception on ties, counting and splitting makes of a corpus."""
    ties = {name: (train_wrongly(corpus, size, specials, frequency, choose=rule), said) for name, (rule, said) in TIES.items()}
    counts = {name: (train_wrongly(corpus, size, specials, frequency, count=rule), said) for name, (rule, said) in list(COUNTS.items())[:3]}
    if not splits:
        return ties | counts
    return (
        ties
        | counts
        | {name: (train_wrongly(corpus, size, specials, frequency, split=rule), said) for name, (rule, said) in SPLITS.items()}
    )


SPLITS: dict[str, tuple[Callable[[str], list[str]], str]] = {
    "빈칸으로 나눔": (str.split, "글을 빈칸으로만 나누고 있습니다. pretokenize를 써야 문장 부호가 따로 나뉩니다."),
    "re로 나눔": (
        re.compile(r"\w+|[^\w\s]+").findall,
        "글을 파이썬의 re로 나누고 있습니다. '²'나 '½'에서 결과가 다릅니다. pretokenize를 쓰세요.",
    ),
}


# -- encoding ---------------------------------------------------------------------------------------------------------


def _longest(tokenizer: BPETokenizer, text: str) -> list[int]:
    ids = []
    for word in pretokenize(text):
        while word:
            size = next((n for n in range(len(word), 0, -1) if word[:n] in tokenizer.vocab), 1)
            ids.append(tokenizer.vocab.get(word[:size], tokenizer.unk_id))
            word = word[size:]
    return ids


def _unknown_dropped(tokenizer: BPETokenizer, text: str) -> list[int]:
    return [number for number in tokenizer.encode(text) if number != tokenizer.unk_id]


def _unknown_fused(tokenizer: BPETokenizer, text: str) -> list[int]:
    unknown = tokenizer.unk_id
    words = [tokenizer.encode(word) for word in pretokenize(text)]
    return [number for ids in words for number, before in zip(ids, [None, *ids], strict=False) if not number == before == unknown]


def _specials_read(tokenizer: BPETokenizer, text: str) -> list[int]:
    special = next(symbol for symbol, number in tokenizer.vocab.items() if number == tokenizer.unk_id)
    parts = [tokenizer.encode(part) for part in text.split(special)]
    return [number for i, part in enumerate(parts) for number in ([tokenizer.unk_id] if i else []) + part]


ENCODINGS: dict[str, tuple[Callable[[BPETokenizer, str], list[int]], str]] = {
    "가장 긴 조각부터": (_longest, "어휘에서 가장 긴 조각부터 찾고 있습니다. 병합의 순위대로 합쳐야 합니다."),
    "모르는 글자를 버림": (_unknown_dropped, "어휘에 없는 글자를 버리고 있습니다. 글자마다 [UNK]의 번호가 되어야 합니다."),
    "모르는 글자를 합침": (_unknown_fused, "이어지는 모르는 글자를 [UNK] 하나로 합치고 있습니다. 글자마다 하나씩이어야 합니다."),
    "글 안의 특수 토큰": (_specials_read, "글 안에 적힌 '[UNK]'를 특수 토큰으로 읽고 있습니다. 그냥 글자로 다루어야 합니다."),
}


def wrong_encodings(tokenizer: BPETokenizer, text: str) -> dict[str, tuple[list[int], str]]:
    """What every misconception on encoding makes of a text."""
    return {name: (rule(tokenizer, text), said) for name, (rule, said) in ENCODINGS.items()}

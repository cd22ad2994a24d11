"""Wrong solutions that must lose points. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

TRAIN = """
import re


def train_bpe(corpus, vocab_size, special_tokens=(), min_frequency=2, tie_break="smallest_ids"):
    words = Counter(tuple(word) for text in corpus for word in {split})
    vocab = first_vocab(special_tokens, {{symbol for word in words for symbol in word}})
    merges = []
    while {condition} and (pairs := count_pairs(words)):
        most = max(pairs.values())
        tied = [pair for pair, count in pairs.items() if count == most]
        by_ids = min(tied, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))
        pair = {choice}
        if {stop}:
            break
        merges.append(pair)
        {number}
        words = {{merge_pair(word, pair): frequency for word, frequency in words.items()}}
    return vocab, merges
"""


def _train(
    *,
    condition: str = "len(vocab) < vocab_size",
    choice: str = 'max(tied) if tie_break == "lexicographic_max" else by_ids',
    stop: str = "most < min_frequency",
    number: str = "vocab.setdefault(pair[0] + pair[1], len(vocab))",
    split: str = "pretokenize(text)",
) -> str:
    """A trainer that is right but for one place."""
    return TRAIN.format(condition=condition, choice=choice, stop=stop, number=number, split=split)


MUTANTS = [
    # -- counting and merging ----------------------------------------------------------------------------------------
    Mutant(
        name="no_frequency",
        misconception="단어의 가짓수만 센다",
        source="""
def count_pairs(words):
    return Counter(pair for word in words for pair in pairwise(word))
""",
        loses=("bpe-pairs",),
        message="몇 번 나왔는지를 곱하지 않고",
    ),
    Mutant(
        name="aaa_counted_once",
        misconception="'아아아'에 (아, 아)가 한 번 있다",
        source="""
def count_pairs(words):
    counts = Counter()
    for word, frequency in words.items():
        place = 0
        while place < len(word) - 1:
            counts[word[place], word[place + 1]] += frequency
            same = word[place] == word[place + 1] and word[place + 1 : place + 3] == word[place : place + 2]
            place += 2 if same else 1
    return counts
""",
        loses=("bpe-pairs",),
        message="겹치는 쌍을 빠뜨리고",
    ),
    Mutant(
        name="once_per_word",
        misconception="한 단어에서 쌍은 한 번만 센다",
        source="""
def count_pairs(words):
    counts = Counter()
    for word, frequency in words.items():
        for pair in set(pairwise(word)):
            counts[pair] += frequency
    return counts
""",
        loses=("bpe-pairs",),
        message="한 번만 세고",
    ),
    Mutant(
        name="first_place_only",
        misconception="한 단어에서 첫 자리만 병합한다",
        source="""
def merge_pair(word, pair):
    for place, two in enumerate(pairwise(word)):
        if two == pair:
            return (*word[:place], pair[0] + pair[1], *word[place + 2 :])
    return tuple(word)
""",
        loses=("bpe-merge",),
        message="첫 번째 자리만",
    ),
    Mutant(
        name="from_the_right",
        misconception="오른쪽부터 짝을 짓는다",
        source="""
def merge_pair(word, pair):
    merged, place = [], len(word) - 1
    while place >= 0:
        if place and (word[place - 1], word[place]) == pair:
            merged.append(pair[0] + pair[1])
            place -= 2
        else:
            merged.append(word[place])
            place -= 1
    return tuple(reversed(merged))
""",
        loses=("bpe-merge",),
        message="오른쪽부터",
    ),
    Mutant(
        name="letters_used_twice",
        misconception="병합한 글자를 다음 병합에 다시 쓴다",
        source="""
def merge_pair(word, pair):
    starts = {place for place, two in enumerate(pairwise(word)) if two == pair}
    return tuple(
        pair[0] + pair[1] if place in starts else symbol
        for place, symbol in enumerate(word)
        if place in starts or place - 1 not in starts
    )
""",
        loses=("bpe-merge",),
        message="다음 병합에 다시 쓰고",
    ),
    Mutant(
        name="joined_text",
        misconception="기호가 아니라 이은 문자열에서 찾아 바꾼다",
        source="""
def merge_pair(word, pair):
    marked = "|".join(word).replace("|".join(pair), pair[0] + pair[1])
    return tuple(marked.split("|"))
""",
        loses=("bpe-merge",),
        message="이은 문자열에서",
    ),
    # -- training ----------------------------------------------------------------------------------------------------
    Mutant(
        name="first_seen_ties",
        misconception="동점이면 먼저 센 쌍",
        source=_train(choice='max(tied) if tie_break == "lexicographic_max" else tied[0]'),
        loses=("bpe-train",),
        message="먼저 센 쌍을 고르고",
    ),
    Mutant(
        name="lexicographic_ties",
        misconception="동점이면 언제나 사전순으로 큰 쌍",
        source=_train(choice="max(tied)"),
        loses=("bpe-train",),
        message="문자열이 가장 큰 쌍을 고르고",
    ),
    Mutant(
        name="tie_rule_ignored",
        misconception="tie_break를 쓰지 않는다",
        source=_train(choice="by_ids"),
        loses=("bpe-train",),
        message="tie_break를 보지 않고",
    ),
    Mutant(
        name="min_frequency_ignored",
        misconception="한 번 나온 쌍까지 병합한다",
        source=_train(stop="False"),
        loses=("bpe-train",),
        message="적게 나온 쌍까지",
    ),
    Mutant(
        name="min_frequency_off_by_one",
        misconception="min_frequency번이면 멈춘다",
        source=_train(stop="most <= min_frequency"),
        loses=("bpe-train",),
        message="하나 어긋났습니다",
    ),
    Mutant(
        name="specials_not_counted",
        misconception="vocab_size에 특수 토큰을 넣지 않는다",
        source=_train(condition="len(vocab) - len(special_tokens) < vocab_size"),
        loses=("bpe-train",),
        message="특수 토큰을 넣지 않고",
    ),
    Mutant(
        name="size_counts_merges",
        misconception="vocab_size는 병합의 수",
        source=_train(condition="len(merges) < vocab_size"),
        loses=("bpe-train",),
        message="병합의 수로 여기고",
    ),
    Mutant(
        name="special_gets_second_id",
        misconception="병합으로 생긴 기호에는 언제나 새 번호를 준다",
        source=_train(number="vocab[pair[0] + pair[1]] = len(vocab)"),
        loses=("bpe-train",),
        message="번호를 새로 주고",
    ),
    Mutant(
        name="alphabet_cut",
        misconception="vocab_size를 넘는 알파벳은 버린다",
        source="""
right_train_bpe = train_bpe


def train_bpe(corpus, vocab_size, *options, **named):
    vocab, merges = right_train_bpe(corpus, vocab_size, *options, **named)
    return {symbol: number for symbol, number in vocab.items() if number < vocab_size}, merges
""",
        loses=("bpe-train",),
        message="어휘에서 빠졌습니다",
    ),
    Mutant(
        name="corpus_read_twice",
        misconception="코퍼스를 두 번 읽는다",
        source="""
def train_bpe(corpus, vocab_size, special_tokens=(), min_frequency=2, tie_break="smallest_ids"):
    vocab = first_vocab(special_tokens, {letter for text in corpus for word in pretokenize(text) for letter in word})
    words = count_words(corpus)
    return vocab, learn_merges(words, vocab, vocab_size, min_frequency, tie_break)
""",
        loses=("bpe-train",),
        message="두 번 읽고",
    ),
    Mutant(
        name="split_on_spaces",
        misconception="글을 빈칸으로만 나눈다",
        source=_train(split="text.split()"),
        loses=("bpe-train",),
        message="빈칸으로만 나누고",
    ),
    Mutant(
        name="split_by_re",
        misconception="파이썬의 re로 나누어도 같다",
        source=_train(split='re.findall(r"\\w+|[^\\w\\s]+", text)'),
        loses=("bpe-train",),
        message="re로 나누고",
    ),
    # -- encoding ----------------------------------------------------------------------------------------------------
    Mutant(
        name="longest_match",
        misconception="어휘에서 가장 긴 조각부터 찾는다",
        source="""
def encode(self, text):
    ids = []
    for word in pretokenize(text):
        while word:
            size = next((size for size in range(len(word), 0, -1) if word[:size] in self.vocab), 1)
            ids.append(self.vocab.get(word[:size], self.unk_id))
            word = word[size:]
    return ids


BPETokenizer.encode = encode
""",
        loses=("bpe-encode",),
        message="가장 긴 조각부터",
    ),
    Mutant(
        name="unknown_dropped",
        misconception="모르는 글자는 버린다",
        source="""
right_encode = BPETokenizer.encode
BPETokenizer.encode = lambda self, text: [number for number in right_encode(self, text) if number != self.unk_id]
""",
        loses=("bpe-encode",),
        message="버리고 있습니다",
    ),
    Mutant(
        name="unknown_fused",
        misconception="이어지는 모르는 글자는 [UNK] 하나",
        source="""
right_encode = BPETokenizer.encode


def encode(self, text):
    ids = []
    for word in pretokenize(text):
        for place, number in enumerate(numbers := right_encode(self, word)):
            if number != self.unk_id or place == 0 or numbers[place - 1] != number:
                ids.append(number)
    return ids


BPETokenizer.encode = encode
""",
        loses=("bpe-encode",),
        message="하나로 합치고",
    ),
    Mutant(
        name="specials_parsed",
        misconception="글 안의 [UNK]는 특수 토큰이다",
        source="""
right_encode = BPETokenizer.encode


def encode(self, text):
    parts = [right_encode(self, part) for part in text.split("[UNK]")]
    return [number for place, part in enumerate(parts) for number in ([self.unk_id] if place else []) + part]


BPETokenizer.encode = encode
""",
        loses=("bpe-encode",),
        message="특수 토큰으로 읽고",
    ),
    Mutant(
        name="decoded_with_spaces",
        misconception="토큰 사이에 빈칸이 있다",
        source="""
BPETokenizer.decode = lambda self, ids: " ".join(self.symbols[number] for number in ids)
""",
        loses=("bpe-encode",),
        message="빈칸으로 잇고",
    ),
    # -- bytes -------------------------------------------------------------------------------------------------------
    Mutant(
        name="bytes_decoded_apart",
        misconception="토큰마다 따로 디코딩한다",
        source="""
def decode(self, ids):
    parts = [bytes(self.bytes[symbol] for symbol in self.symbols[number]) for number in ids]
    return "".join(part.decode("utf-8", errors="replace") for part in parts)


ByteBPETokenizer.decode = decode
""",
        loses=("bpe-bytes",),
        message="토큰마다 따로 디코딩하고",
    ),
    Mutant(
        name="seen_bytes_only",
        misconception="알파벳은 코퍼스에 나온 바이트뿐이다",
        source="""
def train_byte_bpe(corpus, vocab_size, special_tokens=(), min_frequency=2, tie_break="smallest_ids"):
    words = Counter(byte_symbols(piece) for text in corpus for piece in pretokenize_lossless(text))
    vocab = first_vocab(special_tokens, {symbol for word in words for symbol in word})
    return vocab, learn_merges(words, vocab, vocab_size, min_frequency, tie_break)
""",
        loses=("bpe-bytes",),
        message="256개의 바이트 기호가 모두",
    ),
    Mutant(
        name="bytes_in_byte_order",
        misconception="바이트 기호는 바이트 값의 순서로 번호를 받는다",
        source="""
def train_byte_bpe(corpus, vocab_size, special_tokens=(), min_frequency=2, tie_break="smallest_ids"):
    words = Counter(byte_symbols(piece) for text in corpus for piece in pretokenize_lossless(text))
    symbols = [*special_tokens, *bytes_to_unicode().values()]
    vocab = {symbol: number for number, symbol in enumerate(symbols)}
    return vocab, learn_merges(words, vocab, vocab_size, min_frequency, tie_break)
""",
        loses=("bpe-bytes",),
        message="바이트 값의 순서로",
    ),
    Mutant(
        name="bytes_without_spaces",
        misconception="바이트 수준에서도 빈칸을 버린다",
        source="""
def encode(self, text):
    words = [merge_by_rank(byte_symbols(word), self.ranks) for word in pretokenize(text)]
    return [self.vocab[symbol] for word in words for symbol in word]


ByteBPETokenizer.encode = encode
""",
        loses=("bpe-bytes",),
        message="빈칸을 잃었습니다",
    ),
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
    # -- experiment and quality --------------------------------------------------------------------------------------
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
    Mutant(
        name="every_occurrence",
        misconception="단어 빈도표 없이 나온 단어를 모두 든다",
        source="""
def train_bpe(corpus, vocab_size, special_tokens=(), min_frequency=2, tie_break="smallest_ids"):
    words = [tuple(word) for text in corpus for word in pretokenize(text)]
    vocab = first_vocab(special_tokens, {symbol for word in words for symbol in word})
    merges = []
    while len(vocab) < vocab_size:
        pairs = Counter()
        for word in words:
            for pair in pairwise(word):
                pairs[pair] += 1
        if not pairs:
            break
        pair = best_pair(pairs, vocab, tie_break)
        if pairs[pair] < min_frequency:
            break
        merges.append(pair)
        vocab.setdefault(pair[0] + pair[1], len(vocab))
        words = [merge_pair(word, pair) for word in words]
    return vocab, merges
""",
        loses=("quality-growth",),
        message="되풀이되었을 뿐인데",
    ),
    Mutant(
        name="merges_replayed",
        misconception="병합할 때마다 처음부터 다시 병합한다",
        source="""
def train_bpe(corpus, vocab_size, special_tokens=(), min_frequency=2, tie_break="smallest_ids"):
    words = count_words(corpus)
    vocab = first_vocab(special_tokens, {symbol for word in words for symbol in word})
    merges = []
    while len(vocab) < vocab_size:
        current = dict(words)
        for pair in merges:
            current = {merge_pair(word, pair): frequency for word, frequency in current.items()}
        pairs = count_pairs(current)
        if not pairs:
            break
        pair = best_pair(pairs, vocab, tie_break)
        if pairs[pair] < min_frequency:
            break
        merges.append(pair)
        vocab.setdefault(pair[0] + pair[1], len(vocab))
    return vocab, merges
""",
        loses=("quality-growth",),
        message="병합의 제곱에",
    ),
    Mutant(
        name="words_searched_in_a_list",
        misconception="병합마다 단어를 목록에서 하나씩 찾는다",
        source="""
def train_bpe(corpus, vocab_size, special_tokens=(), min_frequency=2, tie_break="smallest_ids"):
    words = count_words(corpus)
    vocab = first_vocab(special_tokens, {symbol for word in words for symbol in word})
    merges = []
    while len(vocab) < vocab_size and (pairs := count_pairs(words)):
        pair = best_pair(pairs, vocab, tie_break)
        if pairs[pair] < min_frequency:
            break
        merges.append(pair)
        vocab.setdefault(pair[0] + pair[1], len(vocab))
        merged = []
        for word, frequency in words.items():
            new = merge_pair(word, pair)
            for entry in merged:
                if entry[0] == new:
                    entry[1] += frequency
                    break
            else:
                merged.append([new, frequency])
        words = dict(merged)
    return vocab, merges
""",
        loses=("quality-growth",),
        message="단어의 제곱에",
    ),
    Mutant(
        name="rescans_the_text",
        misconception="단어마다 앞의 글을 처음부터 다시 인코딩한다",
        source="""
right_encode = BPETokenizer.encode


def encode(self, text):
    words = pretokenize(text)
    ids = []
    for place in range(len(words)):
        ids = [number for word in words[: place + 1] for number in right_encode(self, word)]
    return ids


BPETokenizer.encode = encode
""",
        loses=("quality-growth",),
        message="글의 길이의 제곱에",
    ),
    Mutant(
        name="hard_to_read",
        misconception="돌아가기만 하면 된다",
        source="""
def train_bpe(corpus, vocab_size, special_tokens=(), min_frequency=2, tie_break="smallest_ids"):
    global cnt
    l = []
    for t in corpus:
        for w in pretokenize(t):
            l.append(tuple(w))
    cnt = Counter(l); s = set()
    for w in cnt.keys():
        for c in w:
            if c not in s:
                s.add(c)
    d = {}
    for x in list(special_tokens) + sorted(s):
        if x in d.keys(): pass
        else: d[x] = len(d)
    m = []
    while True:
        if len(d) >= vocab_size: break
        p = count_pairs(cnt)
        if len(p) == 0: break
        b = None
        for k in p.keys():
            if b == None: b = k
            else:
                if p[k] > p[b]: b = k
                else:
                    if p[k] == p[b]:
                        if tie_break == "lexicographic_max":
                            if k > b: b = k
                        else:
                            if (d[k[0]], d[k[1]]) < (d[b[0]], d[b[1]]): b = k
        if p[b] < min_frequency: break
        m.append(b)
        if b[0] + b[1] not in d.keys(): d[b[0] + b[1]] = len(d)
        cnt = {merge_pair(w, b): n for w, n in cnt.items()}
    return d, m
""",
        loses=("quality-static",),
        message="지적이",
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
}

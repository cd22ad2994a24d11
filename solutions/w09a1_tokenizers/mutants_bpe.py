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
    Mutant(
        name="space_put_first",
        misconception="인코딩할 때 글의 처음에 빈칸을 더하고 디코딩할 때 남긴다",
        source="""
right_encode = ByteBPETokenizer.encode
ByteBPETokenizer.encode = lambda self, text: right_encode(self, f" {text}")
""",
        loses=("bpe-bytes",),
        message="처음에 빈칸을 더하고",
    ),
    Mutant(
        name="pairs_without_order",
        misconception="쌍의 왼쪽과 오른쪽은 같다",
        source="""
right_count = count_pairs


def count_pairs(words):
    counts = Counter()
    for pair, number in right_count(words).items():
        counts[min(pair, pair[::-1])] += number
    return counts
""",
        loses=("bpe-pairs",),
        message="왼쪽과 오른쪽을",
    ),
    Mutant(
        name="smallest_text_ties",
        misconception="동점이면 문자열이 작은 쌍",
        source=_train(choice='max(tied) if tie_break == "lexicographic_max" else min(tied)'),
        loses=("bpe-train",),
        message="문자열이 가장 작은 쌍을",
    ),
    Mutant(
        name="greatest_id_ties",
        misconception="동점이면 번호가 큰 쌍",
        source=_train(
            choice='max(tied) if tie_break == "lexicographic_max" else max(tied, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))'
        ),
        loses=("bpe-train",),
        message="번호의 쌍이 가장 큰 것을",
    ),
]

"""Wrong solutions of WordPiece. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

_BEST = """
def best_scored(words, vocab, min_frequency):
    tokens = token_counts(words)
    pairs = {{pair: count for pair, count in count_pairs(words).items() if count >= min_frequency}}
    total = sum(tokens.values())

    def f(n):
        return n * math.log(n) if n > 0 else 0.0

    def score(pair):
        k, a, b = pairs[pair], tokens[pair[0]], tokens[pair[1]]
        return {score}

    return min(pairs, key=lambda pair: (-score(pair), vocab[pair[0]], vocab[pair[1]]), default=None)
"""

_TRAIN = """
def train_wordpiece(corpus, vocab_size, special_tokens=("[UNK]",), min_frequency=2):
    pieces = Counter(word for text in corpus for word in pretokenize(text))
    words = {{{split}: {frequency} for word, frequency in pieces.items()}}
    vocab = first_vocab(special_tokens, token_counts(words))
    first, kept, merges = token_counts(words), {{}}, []
    while len(vocab) < vocab_size:
        tokens, old, kept = {tokens}, kept, {{}}
        for pair, count in count_pairs(words).items():
            fresh = count, count / (tokens[pair[0]] * tokens[pair[1]])
            kept[pair] = {keep}
        pairs = {{pair: score for pair, (count, score) in kept.items() if count >= {least}}}
        if not pairs:
            break
        pair = min(pairs, key=lambda pair: (-pairs[pair], vocab[pair[0]], vocab[pair[1]]))
        merges.append(pair)
        vocab.setdefault(pair[0] + pair[1].removeprefix("##"), len(vocab))
        words = {{merge_pieces(word, pair): frequency for word, frequency in words.items()}}
    return vocab, merges
"""


def _train(split="split_pieces(word)", frequency="frequency", tokens="token_counts(words)", keep="fresh", least="min_frequency") -> str:
    """A trainer that is right but for one place."""
    return _TRAIN.format(split=split, frequency=frequency, tokens=tokens, keep=keep, least=least)


MUTANTS = [
    # -- wordpiece ----
    Mutant(
        name="score_is_frequency",
        misconception="점수는 쌍의 횟수",
        source="""
def wordpiece_score(c_ab, c_a, c_b):
    return c_ab
""",
        loses=("wp-score",),
        message="BPE의 기준입니다",
    ),
    Mutant(
        name="score_by_sum",
        misconception="횟수의 합으로 나눈다",
        source="""
def wordpiece_score(c_ab, c_a, c_b):
    return c_ab / (c_a + c_b)
""",
        loses=("wp-score",),
        message="더해서 나누고",
    ),
    Mutant(
        name="score_is_logarithm",
        misconception="점수에 로그를 취해도 된다",
        source="""
def wordpiece_score(c_ab, c_a, c_b):
    return math.log(c_ab) - math.log(c_a) - math.log(c_b)
""",
        loses=("wp-score",),
        message="로그를 돌려주고",
    ),
    Mutant(
        name="score_is_conditional",
        misconception="한쪽으로만 나눈다",
        source="""
def wordpiece_score(c_ab, c_a, c_b):
    return c_ab / c_a
""",
        loses=("wp-score",),
        message="조건부 확률",
    ),
    Mutant(
        name="loss_in_bits",
        misconception="밑이 2인 로그",
        source="""
right_nll = unigram_nll
unigram_nll = lambda segmented: right_nll(segmented) / math.log(2)
""",
        loses=("wp-nll",),
        message="밑이 2인",
    ),
    Mutant(
        name="loss_is_mean",
        misconception="토큰 하나의 평균 손실",
        source="""
right_nll = unigram_nll
unigram_nll = lambda segmented: right_nll(segmented) / max(sum(token_counts(segmented).values()), 1)
""",
        loses=("wp-nll",),
        message="평균을",
    ),
    Mutant(
        name="loss_negative",
        misconception="부호를 빠뜨린다",
        source="""
right_nll = unigram_nll
unigram_nll = lambda segmented: -right_nll(segmented)
""",
        loses=("wp-nll",),
        message="부호가",
    ),
    Mutant(
        name="loss_zero",
        misconception="손실이 언제나 0",
        source="""
unigram_nll = lambda segmented: 0.0
""",
        loses=("wp-nll",),
        message="에서 0이 나왔습니다",
    ),
    Mutant(
        name="loss_without_frequency",
        misconception="단어의 빈도를 곱하지 않는다",
        source="""
right_nll = unigram_nll
unigram_nll = lambda segmented: right_nll(dict.fromkeys(segmented, 1))
""",
        loses=("wp-nll",),
        message="곱하지 않고 토큰을",
    ),
    Mutant(
        name="loss_of_nothing",
        misconception="빈 코퍼스에서 0으로 나눈다",
        source="""
right_nll = unigram_nll
unigram_nll = lambda segmented: right_nll(segmented) if segmented else 1 / 0
""",
        loses=("wp-nll",),
        message="ZeroDivisionError",
    ),
    Mutant(
        name="wordpiece_by_frequency",
        misconception="가장 잦은 쌍을 병합한다",
        source=_BEST.format(score="k"),
        loses=("wp-train",),
        message="그것은 BPE입니다",
    ),
    Mutant(
        name="wordpiece_by_gain",
        misconception="점수는 가능도의 증가",
        source=_BEST.format(score="f(k) + f(a - k) + f(b - k) - f(a) - f(b) + f(total) - f(total - k) if k <= min(a, b) else 0.0"),
        loses=("wp-train",),
        message="가능도의 증가와",
    ),
    Mutant(
        name="wordpiece_by_sum",
        misconception="횟수의 합으로 나누어 고른다",
        source=_BEST.format(score="k / (a + b)"),
        loses=("wp-train",),
        message="곱하지 않고 더해서",
    ),
    Mutant(
        name="wordpiece_lowest",
        misconception="점수가 낮은 쌍을 고른다",
        source=_BEST.format(score="-k / (a * b)"),
        loses=("wp-train",),
        message="가장 낮은 쌍",
    ),
    Mutant(
        name="continuations_unmarked",
        misconception="##를 붙이지 않는다",
        source=_train(split="tuple(word)"),
        loses=("wp-train",),
        message="##를 붙이지 않고",
    ),
    Mutant(
        name="only_touched_rescored",
        misconception="횟수가 바뀐 쌍만 다시 계산한다",
        source=_train(keep="old[pair] if pair in old and old[pair][0] == count else fresh"),
        loses=("wp-train",),
        message="바뀐 쌍의 점수만",
    ),
    Mutant(
        name="first_token_counts",
        misconception="병합하기 전의 토큰 횟수",
        source=_train(tokens="token_counts(words) | first"),
        loses=("wp-train",),
        message="병합하기 전의 토큰 횟수",
    ),
    Mutant(
        name="words_counted_once",
        misconception="단어의 빈도를 무시한다",
        source=_train(frequency="1"),
        loses=("wp-train",),
        message="곱하지 않고 있습니다",
    ),
    Mutant(
        name="wordpiece_min_frequency_ignored",
        misconception="min_frequency를 쓰지 않는다",
        source=_train(least="1"),
        loses=("wp-train",),
        message="min_frequency보다 적게",
    ),
    Mutant(
        name="prefix_kept_before_unknown",
        misconception="앞에서 찾은 조각은 남긴다",
        source="""
def encode(self, text):
    ids = []
    for word in pretokenize(text):
        start = 0 if len(word) <= 100 else len(word)
        ids += [self.unk_id] if start else []
        while start < len(word):
            ends = range(len(word), start, -1)
            end = next((end for end in ends if ("##" if start else "") + word[start:end] in self.vocab), None)
            ids.append(self.unk_id if end is None else self.vocab[("##" if start else "") + word[start:end]])
            start = len(word) if end is None else end
    return ids


WordPieceTokenizer.encode = encode
""",
        loses=("wp-encode",),
        message="앞 조각을 남기고",
    ),
    Mutant(
        name="unknown_per_character",
        misconception="글자마다 [UNK]",
        source="""
right_encode = WordPieceTokenizer.encode


def encode(self, text):
    ids = []
    for word in pretokenize(text):
        found = right_encode(self, word)
        ids += [self.unk_id] * len(word) if found == [self.unk_id] else found
    return ids


WordPieceTokenizer.encode = encode
""",
        loses=("wp-encode",),
        message="글자마다 [UNK]를",
    ),
    Mutant(
        name="looked_up_without_mark",
        misconception="## 없이 찾는다",
        source="""
right_longest = longest_pieces


def longest_pieces(word, vocab):
    bare = {token: number for token, number in vocab.items() if not token.startswith("##")}
    return right_longest(word, bare | {f"##{token}": number for token, number in bare.items()})
""",
        loses=("wp-encode",),
        message="##를 붙이지 않고",
    ),
    Mutant(
        name="shortest_first",
        misconception="가장 짧은 조각부터",
        source="""
def longest_pieces(word, vocab):
    ids, start = [], 0
    while start < len(word):
        ends = range(start + 1, len(word) + 1)
        end = next((end for end in ends if ("##" if start else "") + word[start:end] in vocab), None)
        if end is None:
            return None
        ids.append(vocab[("##" if start else "") + word[start:end]])
        start = end
    return ids
""",
        loses=("wp-encode",),
        message="가장 짧은 조각부터",
    ),
    Mutant(
        name="no_length_limit",
        misconception="긴 단어도 나눈다",
        source="""
def encode(self, text):
    return [n for word in pretokenize(text) for n in (longest_pieces(word, self.vocab) or [self.unk_id])]


WordPieceTokenizer.encode = encode
""",
        loses=("wp-encode",),
        message="100글자를 넘는",
    ),
    Mutant(
        name="decoded_apart",
        misconception="이어지는 조각을 붙이지 않는다",
        source="""
WordPieceTokenizer.decode = lambda self, ids: " ".join(self.tokens[number] for number in ids)
""",
        loses=("wp-encode",),
        message="붙이지 않고",
    ),
    Mutant(
        name="every_mark_removed",
        misconception="##를 모두 없앤다",
        source="""
right_decode = WordPieceTokenizer.decode
WordPieceTokenizer.decode = lambda self, ids: right_decode(self, ids).replace("##", "")
""",
        loses=("wp-encode",),
        message="글 안의 ##까지",
    ),
    Mutant(
        name="initial_tokens_counted",
        misconception="토큰의 횟수는 단어의 처음에서만 센다",
        source=_train(tokens="begun(words)")
        + """

def begun(words):
    found = Counter()
    for word, frequency in words.items():
        found[word[0]] += frequency
    return Counter({token: found.get(token, 1) for word in words for token in word})
""",
        loses=("wp-train",),
        message="처음에 오는 토큰만",
    ),
    Mutant(
        name="score_upside_down",
        misconception="분자와 분모를 바꾼다",
        source="""
wordpiece_score = lambda c_ab, c_a, c_b: c_a * c_b / c_ab
""",
        loses=("wp-score",),
        message="분자와 분모가",
    ),
    Mutant(
        name="hundred_is_too_long",
        misconception="100글자부터 [UNK]",
        source="""
right_encode = WordPieceTokenizer.encode


def encode(self, text):
    return [n for word in pretokenize(text) for n in ([self.unk_id] if len(word) >= 100 else right_encode(self, word))]


WordPieceTokenizer.encode = encode
""",
        loses=("wp-encode",),
        message="꼭 100글자인",
    ),
]

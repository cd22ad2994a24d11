"""Wrong solutions whose fault is their quality. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
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

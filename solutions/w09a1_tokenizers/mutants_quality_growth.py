"""Right answers that cost too much, beyond character-level BPE. Each is Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant

_WORDPIECE = """
def train_wordpiece(corpus, vocab_size, special_tokens=("[UNK]",), min_frequency=2):
    words = {words}
    vocab = first_vocab(special_tokens, {{token for word, _ in words for token in word}})
    merges = []
    while len(vocab) < vocab_size:
        pairs = Counter()
        for word, number in words:
            for pair in pairwise(word):
                pairs[pair] += number
        once = {once}
        scores = {{}}
        for (left, right), number in pairs.items():
            tokens = once or {again}
            if number >= min_frequency:
                scores[left, right] = -number / (tokens[left] * tokens[right])
        if not scores:
            break
        pair = min(scores, key=lambda pair: (scores[pair], vocab[pair[0]], vocab[pair[1]]))
        merges.append(pair)
        vocab.setdefault(pair[0] + pair[1].removeprefix("##"), len(vocab))
        words = [(merge_pieces(word, pair), number) for word, number in words]
    return vocab, merges


def counted(words):
    tokens = Counter()
    for word, number in words:
        for token in word:
            tokens[token] += number
    return tokens
"""
_TABLE = "[(split_pieces(w), n) for w, n in Counter(w for text in corpus for w in pretokenize(text)).items()]"
_EVERY = "[(split_pieces(word), 1) for text in corpus for word in pretokenize(text)]"

_RESCANS = """
once_{name} = {name}.encode


def encode(self, text):
    words = {split}
    ids = []
    for place in range(len(words)):
        ids = [number for word in words[: place + 1] for number in once_{name}(self, word)]
    return ids


{name}.encode = encode
"""

MUTANTS = [
    Mutant(
        name="bytes_rescan_the_text",
        misconception="조각마다 앞의 글을 처음부터 다시 인코딩한다",
        source=_RESCANS.format(name="ByteBPETokenizer", split="pretokenize_lossless(text)"),
        loses=("quality-growth",),
        message="바이트 수준 인코딩의 일이",
    ),
    Mutant(
        name="tokens_counted_for_each_pair",
        misconception="쌍마다 토큰의 횟수를 다시 센다",
        source=_WORDPIECE.format(words=_TABLE, once="None", again="counted(words)"),
        loses=("quality-growth",),
        message="쌍마다 코퍼스를 다시 세고",
    ),
    Mutant(
        name="wordpiece_every_occurrence",
        misconception="WordPiece를 단어 빈도표 없이 훈련한다",
        source=_WORDPIECE.format(words=_EVERY, once="counted(words)", again="once"),
        loses=("quality-growth",),
        message="WordPiece 훈련의 일이",
    ),
    Mutant(
        name="wordpiece_rescans_the_text",
        misconception="단어마다 앞의 글을 처음부터 다시 나눈다",
        source=_RESCANS.format(name="WordPieceTokenizer", split="pretokenize(text)"),
        loses=("quality-growth",),
        message="WordPiece 인코딩의 일이",
    ),
    Mutant(
        name="word_started_anew",
        misconception="조각을 찾을 때마다 단어를 처음부터 다시 나눈다",
        source="""
def longest_pieces(word, vocab):
    found, size = [], -1
    while len(found) > size:
        size, start, found = len(found), 0, []
        while start < len(word) and len(found) <= size:
            end = len(word)
            while end > start and ("##" if start else "") + word[start:end] not in vocab:
                end -= 1
            if end == start:
                return None
            found.append(vocab[("##" if start else "") + word[start:end]])
            start = end
    return found
""",
        loses=("quality-growth",),
        message="조각마다 단어를 처음부터",
    ),
    Mutant(
        name="pieces_counted_in_a_list",
        misconception="조각의 횟수를 목록에 적는다",
        source="""
def train_pieces(corpus, vocab_size, unit):
    counts = []
    for text in corpus:
        for piece in segment(text, unit):
            for entry in counts:
                if entry[0] == piece:
                    entry[1] += 1
                    break
            else:
                counts.append([piece, 1])
    return [piece for piece, _ in sorted(counts, key=lambda entry: (-entry[1], entry[0]))][: max(vocab_size - 256, 0)]
""",
        loses=("quality-growth",),
        message="train_pieces의 일이",
    ),
    Mutant(
        name="korean_rescans_the_text",
        misconception="조각마다 글을 처음부터 다시 나눈다",
        source="""
def encode(self, text):
    ids = []
    for place in range(len(segment(text, self.unit))):
        piece = [part for part in segment(text, self.unit)][place]
        ids += [self.ids[piece]] if piece in self.ids else list(piece.encode("utf-8"))
    return ids


KoreanTokenizer.encode = encode
""",
        loses=("quality-growth",),
        message="인코딩의 일이",
    ),
    Mutant(
        name="pieces_found_by_searching",
        misconception="조각의 번호를 처음부터 찾는다",
        source="""
def encode(self, text):
    ids = []
    for piece in segment(text, self.unit):
        for place, known in enumerate(self.pieces):
            if known == piece:
                ids.append(256 + place)
                break
        else:
            ids += piece.encode("utf-8")
    return ids


KoreanTokenizer.encode = encode
""",
        loses=("quality-growth",),
        message="조각의 번호를 처음부터",
    ),
    Mutant(
        name="jamo_from_the_start",
        misconception="한 글자를 고칠 때마다 글을 처음부터 본다",
        source="""
right_decompose, right_compose = decompose_jamo, compose_jamo


def decompose_jamo(text):
    found = ""
    for place in range(len(text)):
        found = "".join(right_decompose(letter) for letter in text[: place + 1])
    return found


def compose_jamo(text):
    found = ""
    for place in range(len(text)):
        found = right_compose("".join(letter for letter in text[: place + 1]))
    return found
""",
        loses=("quality-growth",),
        message="decompose_jamo의 일이",
    ),
    Mutant(
        name="trained_for_each_size",
        misconception="어휘의 크기마다 다시 훈련한다",
        source="""
right_rows = vocab_rows
vocab_rows = lambda train, test, sizes: [row for size in sizes for row in right_rows(train, test, [size])]
""",
        loses=("quality-growth",),
        message="크기 셋에 train_bpe를 3번",
    ),
]

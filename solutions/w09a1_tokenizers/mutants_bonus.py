"""Wrong solutions of the bonus. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
    # -- the best path ----
    Mutant(
        name="longest_piece_first",
        misconception="가장 긴 조각부터 고르면 된다",
        source="""
def viterbi(text, scores):
    pieces, start = [], 0
    while start < len(text):
        end = next((end for end in range(len(text), start, -1) if text[start:end] in scores), start + 1)
        pieces.append(text[start:end])
        start = end
    return pieces, sum(scores.get(piece, min(scores.values()) - 10) for piece in pieces)
""",
        loses=("bonus-viterbi",),
        message="앞에서부터 가장 긴 조각을",
    ),
    Mutant(
        name="likeliest_piece_first",
        misconception="자리마다 가장 그럴듯한 조각을 고르면 된다",
        source="""
def viterbi(text, scores):
    pieces, start, unknown = [], 0, min(scores.values()) - 10
    while start < len(text):
        known = [text[start:end] for end in range(start + 1, len(text) + 1) if text[start:end] in scores]
        pieces.append(max(known, key=scores.__getitem__, default=text[start]))
        start += len(pieces[-1])
    return pieces, sum(scores.get(piece, unknown) for piece in pieces)
""",
        loses=("bonus-viterbi",),
        message="점수가 가장 큰 조각을 고르고",
    ),
    Mutant(
        name="lowest_sum",
        misconception="점수는 손실이니 작은 쪽을 고른다",
        source="""
def best_paths(text, scores):
    unknown, paths = min(scores.values()) - 10, [(0.0, 0)]
    for end in range(1, len(text) + 1):
        starts = [s for s in range(end) if text[s:end] in scores or end - s == 1]
        paths.append(min((paths[s][0] + scores.get(text[s:end], unknown), s) for s in starts))
    return paths
""",
        loses=("bonus-viterbi",),
        message="합이 가장 작은 길",
    ),
    Mutant(
        name="fewest_pieces",
        misconception="조각이 적을수록 좋다",
        source="""
def viterbi(text, scores):
    best = [(0, [])]
    for end in range(1, len(text) + 1):
        starts = [s for s in range(end) if text[s:end] in scores or end - s == 1]
        best.append(min(((best[s][0] + 1, [*best[s][1], text[s:end]]) for s in starts), key=lambda entry: entry[0]))
    return best[-1][1], sum(scores.get(piece, min(scores.values()) - 10) for piece in best[-1][1])
""",
        loses=("bonus-viterbi",),
        message="조각의 수가 가장 적은",
    ),
    Mutant(
        name="probabilities_added",
        misconception="로그 확률 대신 확률을 더한다",
        source="""
def viterbi(text, scores):
    unknown, best = min(scores.values()) - 10, [(0.0, [])]
    for end in range(1, len(text) + 1):
        starts = [s for s in range(end) if text[s:end] in scores or end - s == 1]
        arrivals = [(best[s][0] + math.exp(scores.get(text[s:end], unknown)), [*best[s][1], text[s:end]]) for s in starts]
        best.append(max(arrivals, key=lambda entry: entry[0]))
    return best[-1][1], sum(scores.get(piece, unknown) for piece in best[-1][1])
""",
        loses=("bonus-viterbi",),
        message="확률을 더하고",
    ),
    Mutant(
        name="sum_negated",
        misconception="손실이라 부호를 바꾼다",
        source="""
right_viterbi = viterbi


def viterbi(text, scores):
    pieces, score = right_viterbi(text, scores)
    return pieces, -score
""",
        loses=("bonus-viterbi",),
        message="부호를 바꾸어",
    ),
    Mutant(
        name="unknown_not_counted",
        misconception="모르는 글자는 점수가 없다",
        source="""
right_viterbi = viterbi


def viterbi(text, scores):
    pieces, _ = right_viterbi(text, scores)
    return pieces, sum(scores.get(piece, 0.0) for piece in pieces)
""",
        loses=("bonus-viterbi",),
        message="모르는 글자의 점수를 합에 넣지",
    ),
    Mutant(
        name="no_penalty",
        misconception="모르는 글자는 가장 드문 조각만큼 드물다",
        source="""
def best_paths(text, scores):
    unknown, paths = min(scores.values()), [(0.0, 0)]
    for end in range(1, len(text) + 1):
        starts = [s for s in range(end) if text[s:end] in scores or end - s == 1]
        paths.append(max((paths[s][0] + scores.get(text[s:end], unknown), s) for s in starts))
    return paths
""",
        loses=("bonus-viterbi",),
        message="10을 빼지",
    ),
    Mutant(
        name="unknown_skipped",
        misconception="모르는 글자는 건너뛴다",
        source="""
right_viterbi = viterbi


def viterbi(text, scores):
    pieces, score = right_viterbi(text, scores)
    return [piece for piece in pieces if piece in scores], score
""",
        loses=("bonus-viterbi",),
        message="이으면 원래 글이 아닙니다",
    ),
    Mutant(
        name="unknown_run_whole",
        misconception="이어진 모르는 글자는 조각 하나다",
        source="""
right_viterbi = viterbi


def viterbi(text, scores):
    pieces, score = right_viterbi(text, scores)
    joined = []
    for piece in pieces:
        if joined and piece not in scores and joined[-1] not in scores:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined, score
""",
        loses=("bonus-viterbi",),
        message="글자 하나씩 나옵니다",
    ),
    Mutant(
        name="every_path",
        misconception="모든 길을 만들어 견준다",
        source="""
def every_cut(text, scores, unknown):
    if not text:
        yield 0.0, []
    for end in range(1, len(text) + 1):
        if text[:end] in scores or end == 1:
            for score, rest in every_cut(text[end:], scores, unknown):
                yield scores.get(text[:end], unknown) + score, [text[:end], *rest]


def viterbi(text, scores):
    score, pieces = max(every_cut(text, scores, min(scores.values()) - 10))
    return pieces, score
""",
        loses=("bonus-viterbi",),
        message="안에 끝나지 않았습니다",
    ),
    # -- a model of the library ----
    Mutant(
        name="special_pieces_read",
        misconception="모델의 조각은 모두 어휘다",
        source="""
def read_pieces(processor):
    numbers = range(processor.get_piece_size())
    return {processor.id_to_piece(n): processor.get_score(n) for n in numbers}, {processor.id_to_piece(n): n for n in numbers}
""",
        loses=("bonus-spm",),
        message="특수 조각을 어휘에",
    ),
    Mutant(
        name="numbered_anew",
        misconception="번호는 내가 매긴다",
        source="""
right_pieces = read_pieces


def read_pieces(processor):
    scores, ids = right_pieces(processor)
    return scores, {piece: place for place, piece in enumerate(ids)}
""",
        loses=("bonus-spm",),
        message="번호를 0부터 다시",
    ),
    Mutant(
        name="scores_to_probabilities",
        misconception="점수를 확률로 바꾸어야 한다",
        source="""
right_pieces = read_pieces


def read_pieces(processor):
    scores, ids = right_pieces(processor)
    return {piece: math.exp(score) for piece, score in scores.items()}, ids
""",
        loses=("bonus-spm",),
        message="점수를 확률로",
    ),
    Mutant(
        name="scores_negated",
        misconception="점수는 양수여야 한다",
        source="""
right_pieces = read_pieces


def read_pieces(processor):
    scores, ids = right_pieces(processor)
    return {piece: -score for piece, score in scores.items()}, ids
""",
        loses=("bonus-spm",),
        message="점수의 부호를",
    ),
    Mutant(
        name="no_first_space",
        misconception="맨 앞에는 ▁가 없다",
        source="""
def unigram_encode(self, text):
    found = []
    for piece in viterbi(text.replace(" ", SPACE), self.scores)[0] if text else []:
        number = self.ids.get(piece, self.unk_id)
        if number != self.unk_id or found[-1:] != [self.unk_id]:
            found.append(number)
    return found


UnigramTokenizer.encode = unigram_encode
""",
        loses=("bonus-spm",),
        message="맨 앞에 ▁를 붙이지",
    ),
    Mutant(
        name="spaces_squeezed",
        misconception="빈칸은 하나면 된다",
        source="""
right_unigram = UnigramTokenizer.encode
UnigramTokenizer.encode = lambda self, text: right_unigram(self, " ".join(text.split()))
""",
        loses=("bonus-spm",),
        message="빈칸을 줄이고",
    ),
    Mutant(
        name="spaces_left",
        misconception="빈칸은 그대로 둔다",
        source="""
right_unigram = UnigramTokenizer.encode
UnigramTokenizer.encode = lambda self, text: right_unigram(self, text.replace(" ", "\\u00a0"))
""",
        loses=("bonus-spm",),
        message="빈칸을 ▁로 바꾸지",
    ),
    Mutant(
        name="unknown_one_by_one",
        misconception="모르는 글자마다 번호 하나",
        source="""
def unigram_encode(self, text):
    pieces = viterbi(SPACE + text.replace(" ", SPACE), self.scores)[0] if text else []
    return [self.ids.get(piece, self.unk_id) for piece in pieces]


UnigramTokenizer.encode = unigram_encode
""",
        loses=("bonus-spm",),
        message="하나로 합치지",
    ),
    Mutant(
        name="unknown_is_zero",
        misconception="unk는 언제나 0번이다",
        source="""
right_start = UnigramTokenizer.__init__
UnigramTokenizer.__init__ = lambda self, scores, ids, unk_id: right_start(self, scores, ids, 0)
""",
        loses=("bonus-spm",),
        message="번호를 0으로",
    ),
    Mutant(
        name="places_as_ids",
        misconception="어휘에서의 순서가 번호다",
        source="""
right_start = UnigramTokenizer.__init__


def start_anew(self, scores, ids, unk_id):
    right_start(self, scores, {piece: place for place, piece in enumerate(scores)}, unk_id)


UnigramTokenizer.__init__ = start_anew
""",
        loses=("bonus-spm",),
        message="순서를 적고",
    ),
    Mutant(
        name="longest_in_encode",
        misconception="인코딩은 가장 긴 것부터",
        source="""
def unigram_encode(self, text):
    found = []
    for piece in longest_first(SPACE + text.replace(" ", SPACE), self.scores) if text else []:
        number = self.ids.get(piece, self.unk_id)
        if number != self.unk_id or found[-1:] != [self.unk_id]:
            found.append(number)
    return found


UnigramTokenizer.encode = unigram_encode
""",
        loses=("bonus-spm",),
        message="가장 긴 조각을 고르고",
    ),
    Mutant(
        name="marks_left",
        misconception="조각을 잇기만 한다",
        source="""
UnigramTokenizer.decode = lambda self, ids: "".join(self.pieces.get(number, UNKNOWN) for number in ids)
""",
        loses=("bonus-spm",),
        message="▁를 빈칸으로 되돌리지",
    ),
    Mutant(
        name="first_space_left",
        misconception="맨 앞의 빈칸은 그대로",
        source="""
UnigramTokenizer.decode = lambda self, ids: "".join(self.pieces.get(n, UNKNOWN) for n in ids).replace(SPACE, " ")
""",
        loses=("bonus-spm",),
        message="맨 앞에 붙인 빈칸을",
    ),
    Mutant(
        name="all_spaces_stripped",
        misconception="strip()이면 된다",
        source="""
UnigramTokenizer.decode = lambda self, ids: "".join(self.pieces.get(n, UNKNOWN) for n in ids).replace(SPACE, " ").strip()
""",
        loses=("bonus-spm",),
        message="strip()으로",
    ),
    Mutant(
        name="left_spaces_stripped",
        misconception="lstrip()이면 된다",
        source="""
UnigramTokenizer.decode = lambda self, ids: "".join(self.pieces.get(n, UNKNOWN) for n in ids).replace(SPACE, " ").lstrip()
""",
        loses=("bonus-spm",),
        message="lstrip()",
    ),
    Mutant(
        name="marks_removed",
        misconception="▁는 표시일 뿐이다",
        source="""
UnigramTokenizer.decode = lambda self, ids: "".join(self.pieces.get(n, UNKNOWN) for n in ids).replace(SPACE, "")
""",
        loses=("bonus-spm",),
        message="띄어쓰기를 잃었습니다",
    ),
    Mutant(
        name="unknown_not_shown",
        misconception="모르는 토큰은 보이지 않는다",
        source="""
UnigramTokenizer.decode = lambda self, ids: "".join(self.pieces.get(n, "") for n in ids).replace(SPACE, " ").removeprefix(" ")
""",
        loses=("bonus-spm",),
        message="모르는 토큰을 버리고",
    ),
]

EQUIVALENT = {
    "solution-bonus-viterbi-paths: best_paths: 0 → 1": "where the empty path started is never read",
}

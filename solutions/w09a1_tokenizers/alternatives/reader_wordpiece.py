"""WordPiece by a reader of the kit and the chapter alone: scores in a table, and a loop with else for the longest piece."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from course_lib.kit.text import pretokenize


def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, str]]:
    """이웃한 두 기호의 쌍이 코퍼스 전체에서 몇 번 나오는지 셉니다."""
    pairs = Counter()
    for word, frequency in words.items():
        for pair in pairwise(word):
            pairs[pair] += frequency
    return pairs


def count_words(corpus: Iterable[str]) -> Counter[tuple[str, ...]]:
    """코퍼스의 단어를 글자의 튜플로 바꾸어 몇 번 나오는지 셉니다."""
    words = Counter()
    for line in corpus:
        words.update(tuple(word) for word in pretokenize(line))
    return words


def first_vocab(special_tokens: Sequence[str], alphabet: Iterable[str]) -> dict[str, int]:
    """특수 토큰과 알파벳에 0부터 번호를 붙입니다."""
    vocab = {}
    for token in [*special_tokens, *sorted(set(alphabet))]:
        vocab.setdefault(token, len(vocab))
    return vocab


def wordpiece_score(c_ab: int, c_a: int, c_b: int) -> float:
    """쌍의 횟수를 두 토큰의 횟수의 곱으로 나눈 점수를 돌려줍니다."""
    return c_ab / (c_a * c_b)


def token_counts(segmented: Mapping[tuple[str, ...], int]) -> Counter[str]:
    """나뉜 코퍼스에서 토큰마다 나온 횟수를 셉니다."""
    counts = Counter()
    for word, frequency in segmented.items():
        for token in word:
            counts[token] += frequency
    return counts


def unigram_nll(segmented: Mapping[tuple[str, ...], int]) -> float:
    """나뉜 코퍼스의 음의 로그 가능도를 나트로 돌려줍니다."""
    counts = token_counts(segmented)
    total = sum(counts.values())
    return -sum(count * math.log(count / total) for count in counts.values())


def split_pieces(word: str) -> tuple[str, ...]:
    """단어를 글자로 나누고 둘째 글자부터 ##를 붙입니다."""
    return tuple(letter if i == 0 else "##" + letter for i, letter in enumerate(word))


def best_scored(words: Mapping[tuple[str, ...], int], vocab: Mapping[str, int], min_frequency: int) -> tuple[str, str] | None:
    """min_frequency번 이상 나온 쌍 가운데 점수가 가장 높은 쌍을, 없으면 None을 돌려줍니다."""
    counts = token_counts(words)
    scores = {}
    for (left, right), count in count_pairs(words).items():
        if count >= min_frequency:
            scores[left, right] = wordpiece_score(count, counts[left], counts[right])
    if not scores:
        return None
    return min(scores, key=lambda pair: (-scores[pair], vocab[pair[0]], vocab[pair[1]]))


def merge_pieces(word: Sequence[str], pair: tuple[str, str]) -> tuple[str, ...]:
    """단어 안의 쌍을 왼쪽부터 병합합니다. 오른쪽 조각의 ##는 떼고 붙입니다."""
    merged = []
    i = 0
    while i < len(word):
        if tuple(word[i : i + 2]) == pair:
            merged.append(join_pieces(*pair))
            i += 2
        else:
            merged.append(word[i])
            i += 1
    return tuple(merged)


def join_pieces(left: str, right: str) -> str:
    """두 조각을 하나로 붙입니다."""
    return left + right.removeprefix("##")


def train_wordpiece(
    corpus: Iterable[str], vocab_size: int, special_tokens: Sequence[str] = ("[UNK]",), min_frequency: int = 2
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """WordPiece 어휘를 훈련해 (어휘, 병합 목록)을 돌려줍니다."""
    words = {split_pieces("".join(word)): frequency for word, frequency in count_words(corpus).items()}
    vocab = first_vocab(special_tokens, (piece for word in words for piece in word))
    merges = []
    while len(vocab) < vocab_size:
        pair = best_scored(words, vocab, min_frequency)
        if pair is None:
            break
        merges.append(pair)
        vocab.setdefault(join_pieces(*pair), len(vocab))
        words = {merge_pieces(word, pair): frequency for word, frequency in words.items()}
    return vocab, merges


def longest_pieces(word: str, vocab: Mapping[str, int]) -> list[int] | None:
    """단어를 앞에서부터 가장 긴 조각으로 나눈 번호를, 나눌 수 없으면 None을 돌려줍니다."""
    ids = []
    start_at = 0
    while start_at < len(word):
        prefix = "##" if start_at else ""
        for end in range(len(word), start_at, -1):
            piece = prefix + word[start_at:end]
            if piece in vocab:
                ids.append(vocab[piece])
                start_at = end
                break
        else:
            return None
    return ids


class WordPieceTokenizer:
    """가장 긴 조각부터 찾는 토크나이저입니다."""

    MAX_LETTERS = 100

    def __init__(self, vocab: Mapping[str, int], unk_token: str = "[UNK]") -> None:
        self.vocab = dict(vocab)
        self.unk_id = self.vocab[unk_token]
        self.tokens = {number: token for token, number in self.vocab.items()}

    def encode(self, text: str) -> list[int]:
        """글의 토큰 번호를 차례로 돌려줍니다."""
        ids = []
        for word in pretokenize(text):
            found = None
            if len(word) <= self.MAX_LETTERS:
                found = longest_pieces(word, self.vocab)
            ids.extend([self.unk_id] if found is None else found)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """토큰을 빈칸으로 잇고 이어지는 조각을 붙입니다."""
        return " ".join(self.tokens[number] for number in ids).replace(" ##", "")


def x_log_x(number: int) -> float:
    """n ln n입니다. n이 0이면 0입니다."""
    return number * math.log(number) if number else 0.0


def loss_drop(pair: Mapping[str, int], total: int) -> float:
    """쌍을 모두 병합할 때 줄어드는 손실입니다."""
    both, left, right = pair["ab"], pair["a"], pair["b"]
    after = x_log_x(both) + x_log_x(left - both) + x_log_x(right - both) - x_log_x(total - both)
    before = x_log_x(left) + x_log_x(right) - x_log_x(total)
    return after - before


def answer_score(frequent: Mapping[str, int], rare: Mapping[str, int], total: int) -> dict[str, object]:
    """두 후보의 점수와 손실의 감소를 답합니다."""
    return {
        "score_frequent": wordpiece_score(frequent["ab"], frequent["a"], frequent["b"]),
        "score_rare": wordpiece_score(rare["ab"], rare["a"], rare["b"]),
        "gain_frequent": loss_drop(frequent, total),
        "gain_rare": loss_drop(rare, total),
    }

"""Wrong answers and conclusions of the further theory questions and experiments, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
    Mutant(
        name="scores_are_counts",
        misconception="점수는 쌍의 횟수",
        source="""
right_answer_score = answer_score


def answer_score(*arguments):
    found = right_answer_score(*arguments)
    return found | {
        "score_frequent": arguments[0]["ab"]
    }
""",
        loses=("theory-score",),
        message="쌍의 횟수를 그대로",
    ),
    Mutant(
        name="gain_is_pmi",
        misconception="손실의 감소는 c_ab · PMI와 같다",
        source="""
right_answer_score = answer_score


def answer_score(*arguments):
    found = right_answer_score(*arguments)
    return found | {
        "gain_rare": arguments[1]["ab"] * math.log(arguments[1]["ab"] * arguments[2] / (arguments[1]["a"] * arguments[1]["b"]))
    }
""",
        loses=("theory-score",),
        message="근삿값입니다",
    ),
    Mutant(
        name="piece_predicted_partial",
        misconception="앞 조각은 남는다",
        source="""
right_answer_missing = answer_missing


def answer_missing(*arguments):
    found = right_answer_missing(*arguments)
    return found | {
        "after": found["before"]
    }
""",
        loses=("theory-missing",),
        message="단어 전체가",
    ),
    Mutant(
        name="letters_predicted",
        misconception="토큰은 글자 수만큼",
        source="""
right_answer_missing = answer_missing


def answer_missing(*arguments):
    found = right_answer_missing(*arguments)
    return found | {
        "before": len(arguments[1])
    }
""",
        loses=("theory-missing",),
        message="글자의 수입니다",
    ),
    Mutant(
        name="twenty_seven_finals",
        misconception="종성은 27가지",
        source="""
right_answer_jamo = answer_jamo


def answer_jamo(*arguments):
    found = right_answer_jamo(*arguments)
    return found | {
        "code": 0xAC00 + arguments[0][0] * 588 + arguments[0][1] * 27 + arguments[0][2]
    }
""",
        loses=("theory-jamo",),
        message="27가지로",
    ),
    Mutant(
        name="jamo_from_one",
        misconception="자모의 번호는 1부터",
        source="""
right_answer_jamo = answer_jamo


def answer_jamo(*arguments):
    found = right_answer_jamo(*arguments)
    return found | {
        "medial": found["medial"] + 1
    }
""",
        loses=("theory-jamo",),
        message="0부터 셉니다",
    ),
    Mutant(
        name="nats_for_bits",
        misconception="나트와 비트는 같다",
        source="""
right_answer_bits = answer_bits


def answer_bits(*arguments):
    found = right_answer_bits(*arguments)
    return found | {
        "formula": "nats*tokens/bytes"
    }
""",
        loses=("theory-bits",),
        message="ln 2로 나누지",
    ),
    Mutant(
        name="bits_per_token",
        misconception="토큰당 비트",
        source="""
right_answer_bits = answer_bits


def answer_bits(*arguments):
    found = right_answer_bits(*arguments)
    return found | {
        "first": arguments[0]["nats"] / math.log(2)
    }
""",
        loses=("theory-bits",),
        message="토큰당 비트입니다",
    ),
    Mutant(
        name="merges_of_another_corpus",
        misconception="표를 다른 글에서 만든다",
        source="""
right_train_wordpiece = train_wordpiece
train_wordpiece = lambda corpus, *options: right_train_wordpiece(corpus[::2], *options)
""",
        loses=("exp-merges",),
        message="다시 계산하면",
    ),
    Mutant(
        name="units_without_counting",
        misconception="조각을 잘못 나눈다",
        source="""
right_segment = segment
segment = lambda text, unit: right_segment(text, unit)[1:]
""",
        loses=("exp-units",),
        message="다시 계산하면",
    ),
    Mutant(
        name="oov_of_tokens",
        misconception="OOV는 [UNK] 토큰의 비율",
        source="""
right_comparison_row = comparison_row


def comparison_row(*arguments):
    found = right_comparison_row(*arguments)
    return found | {
        "oov_token": oov_rate([n for t in arguments[2] for n in arguments[0](t)], set(range(1, 9999)))
    }
""",
        loses=("exp-compare",),
        message="토큰의 비율",
    ),
    Mutant(
        name="oov_forgotten",
        misconception="OOV는 없다",
        source="""
right_comparison_row = comparison_row


def comparison_row(*arguments):
    found = right_comparison_row(*arguments)
    return found | {
        "oov_type": 0.0
    }
""",
        loses=("exp-compare",),
        message="훈련한 글에서 재면",
    ),
]

# Generated mutants that no check may punish, and why.
_DIRECTION = "방향만 답하며, 어느 크기에서 보아도 방향이 같습니다."
_COMPARISONS = "solution-exp-compare-conclusions: comparison_conclusions: "
_MERGES = "solution-exp-merges: merge_conclusions: "
EQUIVALENT: dict[str, str] = {
    "solution-exp-compare: comparison_row: 'token' → 'tokenx'": "'type'이 아니면 나온 조각을 모두 셉니다.",
    _MERGES + "row['method'] == method → row['method'] != method": "두 집합이 서로 바뀔 뿐이고, 자카드 유사도는 대칭입니다.",
    _MERGES + "len(shared) / len(every) → len(shared) * len(every)": "솔섬의 글에서 두 목록은 겹치지 않아 어느 쪽이든 0입니다.",
    _COMPARISONS + "-1 → --1": _DIRECTION,
    _COMPARISONS + "1 → 2": _DIRECTION,
    _COMPARISONS + "numbers.sort(key=lambda number: table[number]['vocab_size']) → (left out)": "표는 이미 크기의 차례입니다.",
    "solution-theory-score: answer_score: for n in plus if n → without its conditions": "문제의 수에서는 남는 토큰이 0개인 일이 없습니다.",
    "solution-theory-missing: answer_missing: '?' → '?x'": "조각을 빼기 전의 단어는 언제나 나뉩니다.",
}

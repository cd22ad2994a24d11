"""Wrong answers to the theory questions, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _answer(question: str, arguments: str, changed: str) -> str:
    return f"""
right_answer = answer_{question}


def answer_{question}({arguments}):
    return right_answer({arguments}) | {changed}
"""


MUTANTS = [
    Mutant(
        name="first_loss_in_bits",
        misconception="손실의 밑은 2",
        source=_answer("start", "vocab_size, loss", '{"first": math.log2(vocab_size)}'),
        loses=("theory-start",),
        message="밑이 2인 로그",
    ),
    Mutant(
        name="first_loss_is_a_probability",
        misconception="첫 손실은 1/V",
        source=_answer("start", "vocab_size, loss", '{"formula": "1/V"}'),
        loses=("theory-start",),
        message="확률의 식",
    ),
    Mutant(
        name="perplexity_of_two",
        misconception="혼란도는 2를 거듭제곱한다",
        source=_answer("start", "vocab_size, loss", '{"perplexity": 2**loss}'),
        loses=("theory-start",),
        message="밑은 e입니다",
    ),
    Mutant(
        name="gradient_of_the_sum",
        misconception="평균이라도 기울기는 같다",
        source=_answer("gradient", "logits, targets", '{"right": 2 * right_answer(logits, targets)["right"]}'),
        loses=("theory-gradient",),
        message="자리의 수로 나누지",
    ),
    Mutant(
        name="gradient_sign",
        misconception="정답의 로짓은 커져야 하므로 기울기가 0보다 크다",
        source=_answer("gradient", "logits, targets", '{"right": -right_answer(logits, targets)["right"]}'),
        loses=("theory-gradient",),
        message="부호가 반대",
    ),
    Mutant(
        name="one_from_every_logit",
        misconception="모든 로짓에서 1을 뺀다",
        source=_answer("gradient", "logits, targets", '{"mistaken": right_answer(logits, targets)["mistaken"] - 0.5}'),
        loses=("theory-gradient",),
        message="1을 빼지 않습니다",
    ),
    Mutant(
        name="gradients_sum_to_a_half",
        misconception="기울기의 합은 softmax의 합",
        source=_answer("gradient", "logits, targets", '{"total": 0.5}'),
        loses=("theory-gradient",),
        message="softmax의 합만",
    ),
    Mutant(
        name="nucleus_too_small",
        misconception="문턱을 넘기는 토큰은 버린다",
        source=_answer("nucleus", "logits, top_p", '{"size": right_answer(logits, top_p)["size"] - 1}'),
        loses=("theory-nucleus",),
        message="문턱을 넘기는 토큰을 버렸습니다",
    ),
    Mutant(
        name="nucleus_not_renormalised",
        misconception="남은 확률은 그대로다",
        source=_answer("nucleus", "logits, top_p", '{"most": max(torch.tensor(logits, dtype=torch.float64).softmax(-1).tolist())}'),
        loses=("theory-nucleus",),
        message="다시 나누지 않은",
    ),
    Mutant(
        name="chance_of_all",
        misconception="하나도 고르지 않을 확률은 p의 거듭제곱",
        source=_answer("masking", "p, p_mask, p_random, length", '{"none": p**length}'),
        loses=("theory-masking",),
        message="모두 고를 확률",
    ),
    Mutant(
        name="expected_masks",
        misconception="<mask>만 고른 것이다",
        source=_answer("masking", "p, p_mask, p_random, length", '{"expected": p * p_mask * length}'),
        loses=("theory-masking",),
        message="<mask>로 바꾼 토큰만",
    ),
    Mutant(
        name="kept_among_the_chosen",
        misconception="그대로 둘 확률은 1 - m - r",
        source=_answer("masking", "p, p_mask, p_random, length", '{"kept": 1 - p_mask - p_random}'),
        loses=("theory-masking",),
        message="고를 확률 p를 곱합니다",
    ),
    Mutant(
        name="kept_formula_of_the_rest",
        misconception="r은 남은 것의 몫이다",
        source=_answer("masking", "p, p_mask, p_random, length", '{"formula": "p*(1-m)*(1-r)"}'),
        loses=("theory-masking",),
        message="남은 것 가운데의 몫",
    ),
    Mutant(
        name="rank_read_from_the_order",
        misconception="자리의 순위는 order[place]",
        source=_answer("order", "order, place", '{"rank": order[place]}'),
        loses=("theory-order",),
        message="이 자리 번호의 값",
    ),
    Mutant(
        name="query_predicted_with_self",
        misconception="질의는 자기도 본다",
        source=_answer("order", "order, place", '{"query": sorted([*right_answer(order, place)["query"], place])}'),
        loses=("theory-order",),
        message="자기 토큰을 보지 않습니다",
    ),
    Mutant(
        name="seer_and_seen",
        misconception="보는 쪽과 보이는 쪽은 같다",
        source=_answer("order", "order, place", '{"seen_by": right_answer(order, place)["query"]}'),
        loses=("theory-order",),
        message="이 자리가 보는 자리들",
    ),
    Mutant(
        name="context_of_all",
        misconception="평균 문맥은 언제나 (T - 1)/2",
        source=_answer("context", "length, n_predict", '{"mean": (length - 1) / 2}'),
        loses=("theory-context",),
        message="모든 자리를 맞힐 때의 평균",
    ),
    Mutant(
        name="context_with_self",
        misconception="자기도 문맥이다",
        source=_answer("context", "length, n_predict", '{"formula": "T-(K-1)/2"}'),
        loses=("theory-context",),
        message="자기까지 세었습니다",
    ),
    Mutant(
        name="always_visible",
        misconception="언젠가는 보인다",
        source=_answer("context", "length, n_predict", '{"visible": 1.0}'),
        loses=("theory-context",),
        message="언제나 보이지는",
    ),
    Mutant(
        name="every_token_predicted",
        misconception="CLM은 모든 토큰을 맞힌다",
        source=_answer("budget", "batch_size, length, p, tokens", '{"clm": tokens / (batch_size * length)}'),
        loses=("theory-budget",),
        message="첫 토큰을 맞히지 않으므로",
    ),
    Mutant(
        name="masks_only_predicted",
        misconception="<mask>인 자리만 맞힌다",
        source=_answer("budget", "batch_size, length, p, tokens", '{"mlm": tokens / (batch_size * length * p * 0.8)}'),
        loses=("theory-budget",),
        message="80 %만 센",
    ),
    Mutant(
        name="ratio_is_one_over_p",
        misconception="비는 1/p",
        source=_answer("budget", "batch_size, length, p, tokens", '{"ratio": 1 / p}'),
        loses=("theory-budget",),
        message="하나 적게 맞히는",
    ),
]

EQUIVALENT = {
    "solution-theory-gradient: answer_gradient: -1 → --1": "the dimension counted from the other end",
    (
        "solution-theory-nucleus: answer_nucleus: ordered.cumsum(dim=-1) < top_p → ordered.cumsum(dim=-1) <= top_p"
    ): "no sum of drawn logits is exactly top_p",
}

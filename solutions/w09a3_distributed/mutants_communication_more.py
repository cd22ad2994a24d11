"""Wrong answers, experiments and code on precision and communication, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _answer(question: str, arguments: str, changed: str) -> str:
    return f"""
right_answer = answer_{question}


def answer_{question}({arguments}):
    right = right_answer({arguments})
    return right | {changed}
"""


_SCALER = "init_scale, growth_interval, overflows"

MUTANTS = [
    # -- theory ------------------------------------------------------------------------------------------------------
    Mutant(
        name="saved_to_the_smallest",
        misconception="2^-24까지 키워야 한다",
        source=_answer("underflow", "small, large", '{"exponent": right["exponent"] + 1}'),
        loses=("theory-underflow",),
        message="2^-24까지 키웠습니다",
    ),
    Mutant(
        name="saved_to_the_normal",
        misconception="정규 수가 되어야 한다",
        source=_answer("underflow", "small, large", '{"exponent": math.ceil(-14 - math.log2(small))}'),
        loses=("theory-underflow",),
        message="정규 수(2^-14)까지",
    ),
    Mutant(
        name="overflow_at_two_to_fifteen",
        misconception="가장 큰 수는 2^15다",
        source=_answer("underflow", "small, large", '{"largest": right["largest"] + 1}'),
        loses=("theory-underflow",),
        message="65,504를 넘습니다",
    ),
    Mutant(
        name="spacing_of_one",
        misconception="간격은 어디에서나 2^-10이다",
        source=_answer("update", "weight, update, steps", '{"spacing": right["spacing"] / 2}'),
        loses=("theory-update",),
        message="간격의 절반",
    ),
    Mutant(
        name="updates_never_lost",
        misconception="작은 걸음도 쌓인다",
        source=_answer("update", "weight, update, steps", '{"alone": right["master"]}'),
        loses=("theory-update",),
        message="alone:",
    ),
    Mutant(
        name="master_stands_still",
        misconception="마스터에서도 사라진다",
        source=_answer("update", "weight, update, steps", '{"master": weight}'),
        loses=("theory-update",),
        message="걸음이 모입니다",
    ),
    Mutant(
        name="successes_not_reset",
        misconception="성공을 모두 센다",
        source="""
right_answer = answer_scaler


def answer_scaler(init_scale, growth_interval, overflows):
    scale, good = init_scale, 0
    for overflowed in overflows:
        good += not overflowed
        scale = scale / 2 if overflowed else scale * 2 if good % growth_interval == 0 else scale
    return right_answer(init_scale, growth_interval, overflows) | {"scale": scale}
""",
        loses=("theory-scaler",),
        message="scale",
    ),
    Mutant(
        name="peak_is_the_start",
        misconception="처음이 가장 크다",
        source=_answer("scaler", _SCALER, '{"peak": init_scale}'),
        loses=("theory-scaler",),
        message="처음 값보다",
    ),
    Mutant(
        name="skipped_steps_counted",
        misconception="버린 걸음도 걸음이다",
        source=_answer("scaler", _SCALER, '{"taken": len(overflows)}'),
        loses=("theory-scaler",),
        message="버린 걸음까지",
    ),
    Mutant(
        name="only_p_sent",
        misconception="P만 보낸다",
        source=_answer("lowrank", "m, n, rank", '{"share": rank / n}'),
        loses=("theory-lowrank",),
        message="Q도 보냅니다",
    ),
    Mutant(
        name="low_rank_formula_without_rank",
        misconception="비율은 계수와 상관없다",
        source=_answer("lowrank", "m, n, rank", '{"formula": "(m+n)/(m*n)"}'),
        loses=("theory-lowrank",),
        message="계수 r을",
    ),
    Mutant(
        name="any_rank_saves",
        misconception="계수가 작기만 하면 된다",
        source=_answer("lowrank", "m, n, rank", '{"largest": min(m, n)}'),
        loses=("theory-lowrank",),
        message="계수의 최댓값",
    ),
    Mutant(
        name="bound_divided_by_the_delay",
        misconception="경계는 지연에 반비례한다",
        source=_answer("delay", "curvature, delay", '{"bound": 2 / curvature / (delay + 2)}'),
        loses=("theory-delay",),
        message="bound",
    ),
    Mutant(
        name="bound_approximated",
        misconception="sin x는 x다",
        source=_answer("delay", "curvature, delay", '{"formula": "pi/((2*t+1)*L)"}'),
        loses=("theory-delay",),
        message="근사",
    ),
    Mutant(
        name="fresh_bound_halved",
        misconception="경계는 1/곡률이다",
        source=_answer("delay", "curvature, delay", '{"fresh": 1 / curvature}'),
        loses=("theory-delay",),
        message="그 두 배",
    ),
    Mutant(
        name="makespan_without_overlap",
        misconception="겹치지 않는다",
        source=_answer("overlap", "buckets", '{"makespan": right["sequential"]}'),
        loses=("theory-overlap",),
        message="겹치지 않았을 때",
    ),
    Mutant(
        name="link_waits",
        misconception="기다리는 것은 연결이다",
        source=_answer("overlap", "buckets", '{"waited": right["waited"] + 1}'),
        loses=("theory-overlap",),
        message="waited",
    ),
    # -- experiments -------------------------------------------------------------------------------------------------
    Mutant(
        name="shares_of_another_scale",
        misconception="표는 다른 코드로 만들어도 된다",
        source="right_shares = half_shares\nhalf_shares = lambda values, scale=1.0: right_shares(values, scale * 16)\n"
        "precision_row = None  # no training for this\n",
        loses=("exp-mixed",),
        message="다시 세면",
    ),
    Mutant(
        name="trained_with_half_the_gradient",
        misconception="표는 다른 훈련으로 만들어도 된다",
        source="""
right_mixed_step = mixed_precision_step


def mixed_precision_step(model, masters, optimizer, scaler, compute_loss, max_norm=None):
    return right_mixed_step(model, masters, optimizer, scaler, lambda model: compute_loss(model) * 0.5, max_norm)
""",
        loses=("exp-mixed",),
        message="다시 계산하면",
    ),
    Mutant(
        name="sent_without_feedback",
        misconception="표의 feedback은 topk다",
        source="ErrorFeedback.compress = lambda self, gradient: topk_compress(gradient, self.k)",
        loses=("exp-compression",),
        message="다시 계산하면",
    ),
    Mutant(
        name="delays_without_delay",
        misconception="표의 지연은 0이다",
        source="right_async = async_sgd\nasync_sgd = lambda grad_fn, w0, lr, delay, steps: right_async(grad_fn, w0, lr, 0, steps)",
        loses=("exp-delay",),
        message="다시 계산하면",
    ),
    Mutant(
        name="no_rows_of_shares",
        misconception="다시 계산한 것이 비어 있으면 어긋나지 않는다",
        source="share_rows = lambda seed: []\nprecision_row = None  # no training for this\n",
        loses=("exp-mixed",),
        message="행이 0개입니다",
    ),
    *(
        Mutant(
            name=f"{name}_conclusions_missing",
            misconception="결론은 나중에 쓴다",
            source=f"def {name}_conclusions(*tables):\n    raise NotImplementedError\n",
            loses=(f"exp-{name}",),
            message=f"{name}_conclusions",
        )
        for name in ("mixed", "compression", "delay", "overlap")
    ),
    # -- quality -----------------------------------------------------------------------------------------------------
    Mutant(
        name="topk_one_by_one",
        misconception="하나씩 고른다",
        source="""
def topk_compress(tensor, k):
    flat = tensor.flatten()
    rest, indices = flat.abs(), []
    for _ in range(min(max(k, 0), flat.numel())):
        indices.append(int(rest.argmax()))
        rest[indices[-1]] = -1
    indices = torch.tensor(indices, dtype=torch.long)
    return flat[indices], indices
""",
        loses=("quality-growth",),
        message="`topk_compress`",
    ),
    Mutant(
        name="decompressed_one_by_one",
        misconception="하나씩 놓는다",
        source="""
def decompress(values, indices, shape):
    flat = values.new_zeros(math.prod(shape))
    for value, index in zip(values, indices):
        flat[index] = value
    return flat.view(tuple(shape))
""",
        loses=("quality-growth",),
        message="`decompress`",
    ),
    Mutant(
        name="makespan_from_the_start",
        misconception="버킷마다 처음부터 더한다",
        source="""
def overlap_makespan(buckets):
    buckets, sent, ready = list(buckets), 0.0, 0.0
    for number in range(len(buckets)):
        ready = 0.0
        for compute, _ in buckets[: number + 1]:
            ready += compute
        sent = max(ready, sent) + buckets[number][1]
    return max(ready, sent)
""",
        loses=("quality-growth",),
        message="세 배보다 크게",
    ),
    # -- experts -----------------------------------------------------------------------------------------------------
    Mutant(
        name="weights_not_divided",
        misconception="무게는 확률 그대로다",
        source="route = lambda logits, k: tuple(logits.softmax(dim=-1).topk(k, dim=-1))",
        loses=("bonus-moe",),
        message="합이 1이 되게",
    ),
    Mutant(
        name="likeliest_last",
        misconception="차례는 상관없다",
        source="right_route = route\nroute = lambda logits, k: tuple(part.flip(-1) for part in right_route(logits, k))",
        loses=("bonus-moe",),
        message="그럴듯한 것부터",
    ),
    Mutant(
        name="share_not_divided_by_k",
        misconception="f는 토큰마다 센다",
        source="right_balance = load_balancing_loss\nload_balancing_loss = lambda logits, experts: "
        "experts.shape[1] * right_balance(logits, experts)",
        loses=("bonus-moe",),
        message="k로 나누지",
    ),
    Mutant(
        name="number_of_experts_forgotten",
        misconception="보조 손실은 Σ f P",
        source="right_balance = load_balancing_loss\nload_balancing_loss = lambda logits, experts: "
        "right_balance(logits, experts) / logits.shape[1]",
        loses=("bonus-moe",),
        message="E를 곱하지",
    ),
    Mutant(
        name="balance_without_gradient",
        misconception="세기만 하면 된다",
        source="""
def load_balancing_loss(logits, experts):
    number = logits.shape[-1]
    share = functional.one_hot(experts, number).float().mean((0, 1))
    return number * (share * share).sum() + 0.0 * logits.sum()
""",
        loses=("bonus-moe",),
        message="f를 두 번",
    ),
    Mutant(
        name="token_by_token_capacity",
        misconception="토큰의 차례로 나눈다",
        source="right_within = within_capacity\nwithin_capacity = lambda experts, number, capacity: "
        "right_within(experts.flatten()[:, None], number, capacity).view(experts.shape)",
        loses=("bonus-moe",),
        message="첫째 선택이 먼저",
    ),
    Mutant(
        name="capacity_for_every_choice",
        misconception="용량은 선택마다다",
        source="right_within = within_capacity\nwithin_capacity = lambda experts, number, capacity: "
        "torch.cat([right_within(column[:, None], number, capacity) for column in experts.T], dim=1)",
        loses=("bonus-moe",),
        message="선택마다 용량을",
    ),
    Mutant(
        name="one_place_fewer",
        misconception="용량보다 적어야 한다",
        source="right_within = within_capacity\n"
        "within_capacity = lambda experts, number, capacity: right_within(experts, number, capacity - 1)",
        loses=("bonus-moe",),
        message="하나 적게",
    ),
    Mutant(
        name="dropped_tokens_added",
        misconception="버린 것도 더한다",
        source="right_output = moe_output\nmoe_output = lambda x, weights, experts, kept, networks: "
        "right_output(x, weights, experts, torch.ones_like(kept), networks)",
        loses=("bonus-moe",),
        message="버려진 배정까지",
    ),
    Mutant(
        name="weights_forgotten",
        misconception="출력은 더하기만 한다",
        source="right_output = moe_output\nmoe_output = lambda x, weights, experts, kept, networks: "
        "right_output(x, torch.ones_like(weights), experts, kept, networks)",
        loses=("bonus-moe",),
        message="무게를 곱하지",
    ),
    Mutant(
        name="every_expert_sees_all",
        misconception="전문가는 모두를 본다",
        source="""
def moe_output(x, weights, experts, kept, networks):
    output = torch.zeros_like(x)
    for number, network in enumerate(networks):
        output = output + (weights * ((experts == number) & kept)).sum(-1, keepdim=True) * network(x)
    return output
""",
        loses=("bonus-moe",),
        message="받은 토큰의 수",
    ),
    Mutant(
        name="token_by_token_output",
        misconception="토큰마다 부른다",
        source="""
def moe_output(x, weights, experts, kept, networks):
    output = torch.zeros_like(x)
    for token in range(len(x)):
        for choice in range(experts.shape[1]):
            if kept[token, choice]:
                output[token] += weights[token, choice] * networks[int(experts[token, choice])](x[token : token + 1])[0]
    return output
""",
        loses=("bonus-moe",),
        message="한 번에 넣으세요",
    ),
]

_LAST_OF_TWO = "축이 둘인 텐서에서 마지막 축은 1번 축이다"
_ALIKE = "두 목록의 길이는 언제나 같다"
EQUIVALENT = {
    f"solution-bonus-moe{name}: -1 → --1{number}": _LAST_OF_TWO
    for name, number in (
        *(("-route: route", number) for number in ("", " (2)", " (3)")),
        *(("-route: load_balancing_loss", number) for number in ("", " (2)")),
        (": within_capacity", ""),
    )
}
EQUIVALENT |= {
    (
        "solution-mixed-scaler-rule: next_scale: grown <= torch.finfo(torch.float32).max → grown < torch.finfo(torch.float32).max"
    ): "2의 거듭제곱은 가장 큰 수와 같지 않다",
    "solution-mixed-step-masters: round_weights: True → False": _ALIKE,
    "solution-mixed-step: mixed_precision_step: True → False": _ALIKE,
    "solution-theory-shards: answer_shards: True → False": _ALIKE,
    "solution-theory-underflow: answer_underflow: 65504 → 65505": "곱이 두 수 사이에 떨어지는 문제는 뽑히지 않는다",
}

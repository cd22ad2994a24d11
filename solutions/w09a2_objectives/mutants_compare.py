"""Wrong measures, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _pseudo(
    places: str = "(~special).nonzero()[:, 0]",
    masked: str = "masked[rows, places] = mask_id",
    value: str = "math.exp(-log_p.mean().item())",
) -> str:
    return f"""
@torch.no_grad()
def pseudo_perplexity(model, ids, mask_id, special_mask=None):
    special = torch.zeros_like(ids, dtype=torch.bool) if special_mask is None else special_mask
    places = {places}
    rows = torch.arange(len(places))
    masked = ids.repeat(len(places), 1)
    {masked}
    log_p = model(masked)[rows, places].log_softmax(dim=-1)[rows, ids[places]]
    return {value}
"""


def _infill(
    order: str = "places", logits: str = "model(filled[None])[0, place].clone()", forbid: str = "logits[mask_id] = -torch.inf"
) -> str:
    return f"""
@torch.no_grad()
def infill(model, ids, mask_id):
    filled = ids.clone()
    places = (ids == mask_id).nonzero()[:, 0].tolist()
    first = model(ids[None])
    for place in {order}:
        logits = {logits}
        {forbid}
        filled[place] = logits.argmax()
    return filled
"""


MUTANTS = [
    Mutant(
        name="mean_of_exp",
        misconception="혼란도는 exp한 손실의 평균이다",
        source=_pseudo(value="(-log_p).exp().mean().item()"),
        loses=("cmp-ppl",),
        message="역수(또는 exp한 손실)를 평균",
    ),
    Mutant(
        name="masked_together",
        misconception="모두 가리고 한 번에 맞힌다",
        source=_pseudo(masked="masked[:, places] = mask_id"),
        loses=("cmp-ppl",),
        message="한꺼번에 가리고",
    ),
    Mutant(
        name="not_masked",
        misconception="가리지 않아도 된다",
        source=_pseudo(masked="pass"),
        loses=("cmp-ppl",),
        message="답이 보입니다",
    ),
    Mutant(
        name="specials_counted",
        misconception="특수 토큰도 센다",
        source=_pseudo(places="torch.arange(len(ids))"),
        loses=("cmp-ppl",),
        message="특수 토큰까지",
    ),
    Mutant(
        name="mean_without_exp",
        misconception="로그 확률의 평균이면 된다",
        source=_pseudo(value="-log_p.mean().item()"),
        loses=("cmp-ppl",),
        message="exp를 취하지 않았습니다",
    ),
    Mutant(
        name="exp_of_the_sum",
        misconception="문장의 길이로 나눈다",
        source=_pseudo(value="math.exp(-log_p.sum().item() / len(ids))"),
        loses=("cmp-ppl",),
        message="글의 길이로 나누고",
    ),
    Mutant(
        name="masks_pile_up",
        misconception="가린 것을 되돌리지 않는다",
        source=_pseudo(masked="masked[(torch.arange(len(ids))[None] <= places[:, None]) & ~special] = mask_id"),
        loses=("cmp-ppl",),
        message="되돌리지 않고",
    ),
    Mutant(
        name="across_samples",
        misconception="글을 이어 붙여도 같다",
        source="right_distinct = distinct_n\ndistinct_n = lambda samples, n: right_distinct([[t for s in samples for t in s]], n)",
        loses=("cmp-distinct",),
        message="경계를 넘는",
    ),
    Mutant(
        name="mean_of_ratios",
        misconception="글마다 구해 평균한다",
        source="""
right_distinct = distinct_n


def distinct_n(samples, n):
    ratios = [right_distinct([sample], n) for sample in samples]
    return sum(ratios) / len(ratios) if ratios else 0.0
""",
        loses=("cmp-distinct",),
        message="비율을 구해 평균",
    ),
    Mutant(
        name="divided_by_tokens",
        misconception="토큰의 수로 나눈다",
        source="""
def distinct_n(samples, n):
    samples = list(samples)
    grams = {tuple(s[i : i + n]) for s in samples for i in range(len(s) - n + 1)}
    tokens = sum(len(s) for s in samples)
    return len(grams) / tokens if tokens else 0.0
""",
        loses=("cmp-distinct",),
        message="토큰의 수로 나누고",
    ),
    Mutant(
        name="distinct_within_each",
        misconception="글마다 세어 더한다",
        source="""
def distinct_n(samples, n):
    grams = [[tuple(s[i : i + n]) for i in range(len(s) - n + 1)] for s in samples]
    total = sum(map(len, grams))
    return sum(len(set(own)) for own in grams) / total if total else 0.0
""",
        loses=("cmp-distinct",),
        message="글마다 서로 다른 것을 세어",
    ),
    Mutant(
        name="samples_read_twice",
        misconception="글은 몇 번이고 읽을 수 있다",
        source="""
def distinct_n(samples, n):
    total = sum(max(0, len(s) - n + 1) for s in samples)
    grams = {tuple(s[i : i + n]) for s in samples for i in range(len(s) - n + 1)}
    return len(grams) / total if total else 0.0
""",
        loses=("cmp-distinct",),
        message="제너레이터로 준",
    ),
    Mutant(
        name="empty_is_an_error",
        misconception="n-그램이 없는 일은 없다",
        source="""
def distinct_n(samples, n):
    grams = [tuple(s[i : i + n]) for s in samples for i in range(len(s) - n + 1)]
    return len(set(grams)) / len(grams)
""",
        loses=("cmp-distinct",),
        message="ZeroDivisionError",
    ),
    Mutant(
        name="last_step_below",
        misconception="마지막으로 닿은 단계다",
        source="steps_to_threshold = lambda steps, values, threshold: "
        "next((s for s, v in zip(steps[::-1], values[::-1]) if v <= threshold), None)",
        loses=("cmp-steps",),
        message="마지막으로 문턱 이하인",
    ),
    Mutant(
        name="strictly_below",
        misconception="문턱보다 작아야 한다",
        source="steps_to_threshold = lambda steps, values, threshold: next((s for s, v in zip(steps, values) if v < threshold), None)",
        loses=("cmp-steps",),
        message="문턱보다 작은 첫 단계",
    ),
    Mutant(
        name="number_of_the_record",
        misconception="몇 번째 기록인지를 답한다",
        source="steps_to_threshold = lambda steps, values, threshold: next((i for i, v in enumerate(values) if v <= threshold), None)",
        loses=("cmp-steps",),
        message="몇 번째 기록인지",
    ),
    Mutant(
        name="step_that_stays",
        misconception="다시 커지지 않아야 닿은 것이다",
        source="""
def steps_to_threshold(steps, values, threshold):
    above = [i for i, value in enumerate(values) if value > threshold]
    first = above[-1] + 1 if above else 0
    return steps[first] if first < len(steps) else None
""",
        loses=("cmp-steps",),
        message="다시 커지지 않게",
    ),
    Mutant(
        name="never_is_the_last",
        misconception="닿지 않으면 마지막 단계다",
        source="right_steps = steps_to_threshold\nsteps_to_threshold = lambda s, v, t: "
        "s[-1] if (found := right_steps(s, v, t)) is None and s else found",
        loses=("cmp-steps",),
        message="나온 값은",
    ),
    Mutant(
        name="filled_at_once",
        misconception="빈칸을 한꺼번에 채운다",
        source=_infill(logits="first[0, place].clone()"),
        loses=("cmp-infill",),
        message="한꺼번에 채우고",
    ),
    Mutant(
        name="filled_from_the_right",
        misconception="어느 쪽부터 채워도 같다",
        source=_infill(order="reversed(places)").replace("    first = model(ids[None])\n", ""),
        loses=("cmp-infill",),
        message="오른쪽 빈칸부터",
    ),
    Mutant(
        name="mask_is_an_answer",
        misconception="<mask>도 답이 될 수 있다",
        source=_infill(forbid="pass").replace("    first = model(ids[None])\n", ""),
        loses=("cmp-infill",),
        message="답이 될 수 없습니다",
    ),
    Mutant(
        name="filled_from_the_left_neighbour",
        misconception="앞자리의 로짓이 다음 토큰을 말한다",
        source=_infill(logits="model(filled[None])[0, place - 1].clone()").replace("    first = model(ids[None])\n", ""),
        loses=("cmp-infill",),
        message="앞자리의 로짓",
    ),
    Mutant(
        name="blanks_filled_in_place",
        misconception="받은 글을 고친다",
        source="right_infill = infill\ninfill = lambda model, ids, mask_id: ids.copy_(right_infill(model, ids, mask_id))",
        loses=("cmp-infill",),
        message="바꾸었습니다",
    ),
]

EQUIVALENT = {
    "solution-cmp-ppl: pseudo_perplexity: -1 → --1": "the dimension counted from the other end",
    "solution-cmp-steps: steps_to_threshold: True → False": "both lists have the same length",
    "solution-exp-curves: curve_rows: True → False": "both lists have the same length",
    "solution-exp-curves-conclusions: direction: last > first → last >= first": "no two losses of a table are equal",
    "solution-exp-curves-conclusions: curve_conclusions: 0 → 1 (5)": "the column is the same in every row",
    "solution-exp-dependency: dependency_matrix: -1 → --1": "the dimension counted from the other end",
    "solution-exp-dependency: dependency_matrix: 1 → 2": "any other token will do",
    "solution-exp-dependency: dependency_matrix: (ids + 1) % vocab_size → (ids + 1) // vocab_size": "any other token will do",
    "solution-exp-dependency: dependency_matrix: ids + 1 → ids - 1": "any other token will do",
    "solution-exp-dependency: dependency_matrix: 1 → 2 (4)": "any other token will do",
    (
        "solution-exp-dependency: dependency_matrix: "
        "(logits[:-1] - logits[-1]).abs().amax(dim=-1) > 1e-05"
        " → (logits[:-1] - logits[-1]).abs().amax(dim=-1) >= 1e-05"
    ): "no difference is exactly the bound",
    "solution-exp-dependency-conclusions: dependency_conclusions: 0 → 1": "the column is the same in every row",
    (
        "solution-exp-dependency-conclusions: dependency_conclusions: "
        "abs(table[number]['share'] - 0.5) > bound"
        " → abs(table[number]['share'] - 0.5) >= bound"
    ): "no share is exactly the bound",
    "solution-exp-dependency-conclusions: dependency_conclusions: max → min": "all of a right table's own shares are zero",
}

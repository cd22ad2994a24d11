"""Wrong solutions on causal language modelling: choosing tokens and generating, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _filter(top_p: str, before: str = "logits = by_k(logits, top_k)", after: str = "return logits") -> str:
    return f"""
def by_k(logits, top_k):
    if top_k <= 0:
        return logits
    return logits.masked_fill(logits < logits.topk(min(top_k, logits.shape[-1])).values[..., -1:], -torch.inf)


def filter_logits(logits, top_k=0, top_p=1.0):
    {before}
    if top_p < 1:
        ordered, places = logits.sort(dim=-1, descending=True)
        p = ordered.softmax(-1)
        outside = {top_p}
        outside[..., 0] = False
        logits = logits.masked_fill(outside.gather(-1, places.argsort(-1)), -torch.inf)
    {after}
"""


def _generate(choose: str = "choose(model(ids)[:, -1], temperature, top_k, top_p, generator)", rest: str = "") -> str:
    rest = (
        rest
        or """
        chosen = chosen.masked_fill(finished, pad_id)
        ids = torch.cat((ids, chosen[:, None]), dim=1)
        finished = finished | (chosen == eos_id) if eos_id is not None else finished
        if finished.all():
            break
"""
    )
    return f"""
@torch.no_grad()
def generate(model, ids, max_new_tokens, temperature=1.0, top_k=0, top_p=1.0, eos_id=None, pad_id=0, generator=None):
    finished = torch.zeros(len(ids), dtype=torch.bool)
    for _ in range(max_new_tokens):
        chosen = {choose}
{rest}
    return ids
"""


def _choose(probabilities: str, draw: str = "torch.multinomial(probabilities, 1, generator=generator)[:, 0]") -> str:
    return f"""
def choose(logits, temperature, top_k, top_p, generator):
    if temperature == 0:
        return logits.argmax(dim=-1)
    probabilities = {probabilities}
    return {draw}
"""


_RIGHT = "filter_logits(logits / temperature, top_k, top_p).softmax(-1)"
_ENDS = """
        ids = torch.cat((ids, chosen[:, None]), dim=1)
        finished = finished | (chosen == eos_id) if eos_id is not None else finished
"""

MUTANTS = [
    # -- filter ------------------------------------------------------------------------------------------------------
    Mutant(
        name="crossing_token_dropped",
        misconception="누적합이 top_p보다 작은 것만 남긴다",
        source=_filter("p.cumsum(-1) >= top_p"),
        loses=("clm-filter",),
        message="문턱을 넘기는 토큰을 버리고",
    ),
    Mutant(
        name="nothing_left",
        misconception="하나도 남지 않을 수 있다",
        source=_filter("p.cumsum(-1) >= top_p").replace("        outside[..., 0] = False\n", ""),
        loses=("clm-filter",),
        message="문턱을 넘기는 토큰을 버리고",
    ),
    Mutant(
        name="ties_dropped",
        misconception="언제나 꼭 k개만 남긴다",
        source="""
right_filter = filter_logits


def filter_logits(logits, top_k=0, top_p=1.0):
    if top_k > 0:
        best = logits.topk(min(top_k, logits.shape[-1]))
        logits = torch.full_like(logits, -torch.inf).scatter(-1, best.indices, best.values)
    return right_filter(logits, 0, top_p)
""",
        loses=("clm-filter",),
        message="k번째와 같은 로짓",
    ),
    Mutant(
        name="top_p_first",
        misconception="top_p가 먼저다",
        source="right_filter = filter_logits\nfilter_logits = lambda x, top_k=0, top_p=1.0: right_filter(right_filter(x, 0, top_p), top_k)",
        loses=("clm-filter",),
        message="top_p를 top_k보다 먼저",
    ),
    Mutant(
        name="sorted_order_kept",
        misconception="정렬한 차례가 번호의 차례다",
        source=_filter("p.cumsum(-1) - p >= top_p").replace("outside.gather(-1, places.argsort(-1))", "outside"),
        loses=("clm-filter",),
        message="되돌리지 않았습니다",
    ),
    Mutant(
        name="smallest_first",
        misconception="작은 것부터 더한다",
        source=_filter("p.cumsum(-1) - p >= top_p")
        .replace("descending=True", "descending=False")
        .replace("outside[..., 0] = False", "pass"),
        loses=("clm-filter",),
        message="작은 것부터",
    ),
    Mutant(
        name="zero_for_infinity",
        misconception="로짓 0은 확률 0",
        source="right_filter = filter_logits\nfilter_logits = lambda *arguments: right_filter(*arguments).nan_to_num(neginf=0.0)",
        loses=("clm-filter",),
        message="0으로 바꾸고",
    ),
    Mutant(
        name="probabilities_returned",
        misconception="확률을 돌려준다",
        source="right_filter = filter_logits\nfilter_logits = lambda *arguments: right_filter(*arguments).softmax(-1)",
        loses=("clm-filter",),
        message="확률을 돌려주고",
    ),
    # -- generation --------------------------------------------------------------------------------------------------
    Mutant(
        name="finished_rows_go_on",
        misconception="끝난 행도 계속 쓴다",
        source=_generate(rest=_ENDS + "        if finished.all():\n            break"),
        loses=("clm-generate",),
        message="끝난 행에 계속",
    ),
    Mutant(
        name="never_stops",
        misconception="언제나 max_new_tokens개를 만든다",
        source=_generate(rest="        chosen = chosen.masked_fill(finished, pad_id)" + _ENDS),
        loses=("clm-generate",),
        message="멈추지 않고 pad_id",
    ),
    Mutant(
        name="stops_with_the_first_row",
        misconception="한 행이 끝나면 모두 끝난다",
        source=_generate(
            rest="        chosen = chosen.masked_fill(finished, pad_id)" + _ENDS + "        if finished.any():\n            break"
        ),
        loses=("clm-generate",),
        message="한 행이 끝났을 때",
    ),
    Mutant(
        name="eos_replaced",
        misconception="eos는 글에 넣지 않는다",
        source=_generate(
            rest="        finished = finished | (chosen == eos_id) if eos_id is not None else finished\n"
            "        ids = torch.cat((ids, chosen.masked_fill(finished, pad_id)[:, None]), dim=1)\n"
            "        if finished.all():\n            break"
        ),
        loses=("clm-generate",),
        message="eos_id 자신을",
    ),
    Mutant(
        name="eos_ignored",
        misconception="eos는 평범한 토큰이다",
        source=_generate(rest="        ids = torch.cat((ids, chosen[:, None]), dim=1)"),
        loses=("clm-generate",),
        message="eos_id를 보지 않고",
    ),
    Mutant(
        name="prompt_left_out",
        misconception="새 토큰만 돌려준다",
        source="right_generate = generate\ngenerate = lambda model, ids, *more, **options: "
        "right_generate(model, ids, *more, **options)[:, ids.shape[1] :]",
        loses=("clm-generate",),
        message="새 토큰만",
    ),
    Mutant(
        name="model_called_twice",
        misconception="모델은 몇 번 불러도 된다",
        source=_generate("choose(model(ids)[:, -1] + 0 * model(ids)[:, -1], temperature, top_k, top_p, generator)"),
        loses=("clm-generate",),
        message="한 토큰에 한 번",
    ),
    Mutant(
        name="temperature_last",
        misconception="온도는 자른 다음에 쓴다",
        source=_choose("(filter_logits(logits, top_k, top_p) / temperature).softmax(-1)"),
        loses=("clm-generate",),
        message="온도를 top_k, top_p보다 나중에",
    ),
    Mutant(
        name="temperature_multiplied",
        misconception="온도를 곱한다",
        source=_choose("filter_logits(logits * temperature, top_k, top_p).softmax(-1)"),
        loses=("clm-generate",),
        message="온도를 곱하고",
    ),
    Mutant(
        name="temperature_ignored",
        misconception="온도는 0인지만 본다",
        source=_choose("filter_logits(logits, top_k, top_p).softmax(-1)"),
        loses=("clm-generate",),
        message="온도를 쓰지 않고",
    ),
    Mutant(
        name="filters_ignored",
        misconception="꼬리를 자르지 않아도 된다",
        source=_choose("(logits / temperature).softmax(-1)"),
        loses=("clm-generate",),
        message="top_k와 top_p를 쓰지",
    ),
    Mutant(
        name="always_greedy",
        misconception="가장 큰 것을 고르면 된다",
        source=_choose(_RIGHT, "probabilities.argmax(-1)"),
        loses=("clm-generate",),
        message="가장 큰 것을 고르고",
    ),
    Mutant(
        name="generator_unused",
        misconception="생성기는 없어도 된다",
        source=_choose(_RIGHT, "torch.multinomial(probabilities, 1)[:, 0]"),
        loses=("clm-generate",),
        message="generator를 multinomial에",
    ),
    Mutant(
        name="one_draw_for_all_rows",
        misconception="한 번 뽑아 모든 행에 쓴다",
        source=_choose(_RIGHT, "torch.multinomial(probabilities[0], 1, generator=generator).expand(len(logits))"),
        loses=("clm-generate",),
        message="모두 같은 토큰",
    ),
]

EQUIVALENT = {
    "solution-clm-filter: filter_logits: -1 → --1 (2)": "the dimension counted from the other end",
    "solution-clm-filter: filter_logits: top_p < 1 → top_p <= 1": "with top_p = 1 nothing is beyond it but by rounding",
    "solution-clm-filter: filter_logits: 1 → 2 (3)": "from top_p = 1 on nothing is beyond it but by rounding",
    (
        "solution-clm-filter: filter_logits: "
        "probabilities.cumsum(dim=-1) - probabilities >= top_p"
        " → probabilities.cumsum(dim=-1) - probabilities > top_p"
    ): "a sum that hits top_p exactly is a matter of rounding",
    "solution-clm-filter: filter_logits: -1 → --1 (3)": "the dimension counted from the other end",
    "solution-clm-filter: filter_logits: -1 → --1 (4)": "the dimension counted from the other end",
    "solution-clm-filter: filter_logits: -1 → --1 (5)": "the dimension counted from the other end",
    "solution-clm-filter: filter_logits: -1 → --1 (6)": "the dimension counted from the other end",
    "solution-clm-filter: filter_logits: -1 → --1 (7)": "the dimension counted from the other end",
    "solution-clm-generate-choose: choose: -1 → --1": "the dimension counted from the other end",
    "solution-clm-generate-choose: choose: -1 → --1 (2)": "the dimension counted from the other end",
    "solution-clm-generate-choose: choose: 1 → 2 (3)": "the first of two draws is a draw",
}

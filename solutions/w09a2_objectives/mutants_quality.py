"""Wrong solutions whose fault is their quality, and wrong experiments. Each is Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
    Mutant(
        name="mask_row_by_row",
        misconception="마스크는 칸마다 채운다",
        source="""
def causal_mask(length):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for row in range(length):
        mask[row, : row + 1] = True
    return mask
""",
        loses=("quality-growth",),
        message="길이가 8에서 24로",
    ),
    Mutant(
        name="mask_in_lists",
        misconception="마스크는 목록으로 만든다",
        source="""
def two_stream_masks(order):
    rank = [0] * len(order)
    for place, position in enumerate(order.tolist()):
        rank[position] = place
    content = torch.tensor([[other <= own for other in rank] for own in rank])
    query = torch.tensor([[other < own for other in rank] for own in rank])
    return content, query
""",
        loses=("quality-growth",),
        message="실행한 줄이",
    ),
    Mutant(
        name="attention_by_head_and_row",
        misconception="줄마다 어텐션을 한다",
        source="""
right_causal = causal_attention


def causal_attention(query, key, value, key_mask=None):
    rows = [
        right_causal(query[i : i + 1], key[i : i + 1], value[i : i + 1], None if key_mask is None else key_mask[i : i + 1])
        for i in range(len(query))
    ]
    return torch.cat(rows)
""",
        loses=("quality-growth",),
        message="줄 수가 8에서 24로",
    ),
    Mutant(
        name="loss_token_by_token",
        misconception="토큰마다 손실을 더한다",
        source="""
def mlm_loss(logits, labels):
    total, count = logits.sum() * 0.0, 0
    for row, targets in zip(logits, labels):
        for scores, target in zip(row, targets.tolist()):
            if target != -100:
                total = total - scores.log_softmax(-1)[target]
                count += 1
    return total / max(count, 1)
""",
        loses=("quality-growth",),
        message="`mlm_loss`",
    ),
    Mutant(
        name="masked_one_by_one",
        misconception="줄마다 가린다",
        source="""
right_mask = mask_tokens


def mask_tokens(ids, special_mask, *more, **options):
    if ids.ndim < 2:
        return right_mask(ids, special_mask, *more, **options)
    pairs = [right_mask(row, special, *more, **options) for row, special in zip(ids, special_mask)]
    return torch.stack([inputs for inputs, _ in pairs]), torch.stack([labels for _, labels in pairs])
""",
        loses=("quality-growth",),
        message="`mask_tokens`",
    ),
    Mutant(
        name="nucleus_token_by_token",
        misconception="토큰을 하나씩 더한다",
        source="""
right_filter = filter_logits


def filter_logits(logits, top_k=0, top_p=1.0):
    logits = right_filter(logits, top_k)
    if top_p >= 1:
        return logits
    kept = torch.full_like(logits, -torch.inf)
    for row in range(len(logits)):
        total = 0.0
        for token in logits[row].argsort(descending=True).tolist():
            kept[row, token] = logits[row, token]
            total += logits[row].softmax(-1)[token].item()
            if total >= top_p:
                break
    return kept
""",
        loses=("quality-growth",),
        message="생성의 일이",
    ),
    Mutant(
        name="rows_generated_one_by_one",
        misconception="프롬프트마다 따로 생성한다",
        source="""
right_choose = choose


def choose(logits, *options):
    return torch.cat([right_choose(logits[row : row + 1], *options) for row in range(len(logits))])
""",
        loses=("quality-growth",),
        message="생성의 일이",
    ),
    Mutant(
        name="hard_to_read",
        misconception="돌아가기만 하면 된다",
        source="""
def clm_loss(logits, ids, mask=None):
    global cnt
    l = logits[:, :-1]; t = ids[:, 1:]
    x = []
    for i in range(0, len(l)):
        try:
            if mask == None: m = torch.ones(len(t[i])).bool()
            else: m = mask[i][1:]
        except:
            pass
        for j in range(0, len(t[i])):
            if m[j] == True:
                x.append(l[i][j].log_softmax(-1)[t[i][j]])
    cnt = len(x)
    if cnt == 0: return logits.sum() * 0
    s = 0
    for I in x:
        s = s - I
    return eval("s / cnt")
""",
        loses=("quality-static", "quality-growth"),
        message="지적이",
    ),
    # -- experiments -------------------------------------------------------------------------------------------------
    Mutant(
        name="perplexity_of_two_in_the_curve",
        misconception="혼란도는 2의 거듭제곱",
        source="right_rows = curve_rows\ncurve_rows = lambda steps, losses: "
        "[row | {'perplexity': 2 ** row['loss']} for row in right_rows(steps, losses)]",
        loses=("exp-curves",),
        message="2를 거듭제곱했습니다",
    ),
    Mutant(
        name="curve_of_another_loss",
        misconception="표는 다른 코드로 만들어도 된다",
        source="right_clm_loss = clm_loss\nclm_loss = lambda logits, ids, mask=None: "
        "functional.cross_entropy(logits.flatten(0, 1), ids.flatten())",
        loses=("exp-curves",),
        message="다시 계산하면",
    ),
    Mutant(
        name="rates_ignored",
        misconception="비율은 언제나 15 %",
        source="right_mask = mask_tokens\nmask_tokens = lambda ids, special, mask_id, size, p=0.15, *more, **options: "
        "right_mask(ids, special, mask_id, size, 0.15, *more, **options)",
        loses=("exp-rates",),
        message="다시 계산하면",
    ),
    Mutant(
        name="matrix_transposed",
        misconception="행이 바꾼 토큰이다",
        source="right_matrix = dependency_matrix\ndependency_matrix = lambda *arguments: right_matrix(*arguments).T",
        loses=("exp-dependency",),
        message="행과 열이 바뀌었습니다",
    ),
    Mutant(
        name="matrix_of_differences",
        misconception="얼마나 달라졌는지를 적는다",
        source="right_matrix = dependency_matrix\ndependency_matrix = lambda *arguments: right_matrix(*arguments) * 0.7",
        loses=("exp-dependency",),
        message="0과 1이 아닌",
    ),
    Mutant(
        name="matrix_from_the_masks",
        misconception="마스크가 곧 의존이다",
        source="dependency_matrix = lambda model, ids, order: two_stream_masks(order)[0].float()",
        loses=("exp-dependency",),
        message="실제로 기대는 것과",
    ),
    Mutant(
        name="matrix_token_by_token",
        misconception="토큰마다 모델을 부른다",
        source="""
def dependency_matrix(model, ids, order):
    masks = two_stream_masks(order)
    with torch.no_grad():
        before, columns = model(ids[None], *masks)[0], []
        for place in range(len(ids)):
            changed = ids.clone()
            changed[place] = (ids[place] + 1) % before.shape[-1]
            columns.append((model(changed[None], *masks)[0] - before).abs().amax(-1) > 1e-5)
    return torch.stack(columns, dim=1).float()
""",
        loses=("exp-dependency",),
        message="한 배치로",
    ),
    Mutant(
        name="arms_of_another_layer",
        misconception="표는 다른 층으로 만들어도 된다",
        source="right_step = TwoStreamLayer.step\nTwoStreamLayer.step = lambda self, x, memory, mask, positions: "
        "x + right_step(self, x, memory, mask, positions)",
        loses=("exp-compare",),
        message="다시 계산하면",
    ),
]

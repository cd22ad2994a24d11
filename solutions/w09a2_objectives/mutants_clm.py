"""Wrong solutions on causal language modelling: its mask, attention and loss, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _attention(scores: str = "query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])", mask: str = "mask", key_mask: str = "") -> str:
    """``attend`` written on paper's way, with one part replaced."""
    return f"""
def attend(query, key, value, mask):
    scores = {scores}
    visible = mask.any(dim=-1, keepdim=True)
    return scores.masked_fill(~({mask}) & visible, -torch.inf).softmax(-1).masked_fill(~visible, 0.0) @ value
{key_mask}"""


def _loss(body: str) -> str:
    return f"""
def token_losses(logits, targets):
    return functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view_as(targets)


def clm_loss(logits, ids, mask=None):
    real = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask
    {body}
"""


MUTANTS = [
    # -- mask and attention ------------------------------------------------------------------------------------------
    Mutant(
        name="mask_upside_down",
        misconception="열이 보는 쪽이다",
        source="causal_mask = lambda length: torch.ones(length, length, dtype=torch.bool).triu()",
        loses=("clm-mask",),
        message="행과 열이 바뀌어",
    ),
    Mutant(
        name="mask_inverted",
        misconception="True는 가리는 곳이다",
        source="causal_mask = lambda length: torch.ones(length, length, dtype=torch.bool).triu(1)",
        loses=("clm-mask",),
        message="반대입니다",
    ),
    Mutant(
        name="mask_without_self",
        misconception="자기는 보지 않는다",
        source="causal_mask = lambda length: torch.ones(length, length, dtype=torch.bool).tril(-1)",
        loses=("clm-mask",),
        message="자기도 볼 수 있어야",
    ),
    Mutant(
        name="mask_of_numbers",
        misconception="마스크는 더하는 수다",
        source="causal_mask = lambda length: torch.full((length, length), -torch.inf).triu(1)",
        loses=("clm-mask",),
        message="Bool이어야",
    ),
    Mutant(
        name="mask_one_ahead",
        misconception="바로 다음 토큰은 보아도 된다",
        source="causal_mask = lambda length: torch.ones(length, length, dtype=torch.bool).tril(1)",
        loses=("clm-mask",),
        message="다음 토큰까지",
    ),
    Mutant(
        name="unmasked",
        misconception="어텐션은 모두 본다",
        source="right_attend = attend\nattend = lambda q, k, v, mask: right_attend(q, k, v, torch.ones_like(mask))",
        loses=("clm-attention",),
        message="뒤의 토큰을 보고 있습니다",
    ),
    Mutant(
        name="mask_after_softmax",
        misconception="softmax를 한 다음 마스크를 곱한다",
        source="""
def attend(query, key, value, mask):
    return ((query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).softmax(-1) * mask) @ value
""",
        loses=("clm-attention",),
        message="softmax를 한 다음 마스크",
    ),
    Mutant(
        name="masked_scores_are_zero",
        misconception="볼 수 없는 점수는 0",
        source="""
def attend(query, key, value, mask):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1]) * mask
    return scores.softmax(-1).masked_fill(~mask.any(-1, keepdim=True), 0.0) @ value
""",
        loses=("clm-attention",),
        message="0으로 바꾸고",
    ),
    Mutant(
        name="scale_by_length",
        misconception="길이의 제곱근으로 나눈다",
        source=_attention("query @ key.transpose(-2, -1) / math.sqrt(query.shape[-2])"),
        loses=("clm-attention",),
        message="길이 T의 제곱근",
    ),
    Mutant(
        name="scale_by_all_heads",
        misconception="H·D의 제곱근으로 나눈다",
        source=_attention("query @ key.transpose(-2, -1) / math.sqrt(query.shape[1] * query.shape[-1])"),
        loses=("clm-attention",),
        message="모든 헤드를 합친",
    ),
    Mutant(
        name="scale_missing",
        misconception="나누지 않아도 된다",
        source=_attention("query @ key.transpose(-2, -1)"),
        loses=("clm-attention",),
        message="나누지 않고",
    ),
    Mutant(
        name="scale_without_root",
        misconception="D로 나눈다",
        source=_attention("query @ key.transpose(-2, -1) / query.shape[-1]"),
        loses=("clm-attention",),
        message="D로 나누고",
    ),
    Mutant(
        name="query_and_key_swapped",
        misconception="질의와 키는 바꾸어도 같다",
        source="right_attend = attend\nattend = lambda q, k, v, mask: right_attend(k, q, v, mask)",
        loses=("clm-attention",),
        message="질의와 키의 자리",
    ),
    Mutant(
        name="nan_rows",
        misconception="볼 것이 없는 행은 없다",
        source="""
def attend(query, key, value, mask):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.masked_fill(~mask, -torch.inf).softmax(-1) @ value
""",
        loses=("clm-attention",),
        message="행에서 NaN이",
    ),
    Mutant(
        name="nan_rows_covered",
        misconception="결과의 NaN만 덮으면 된다",
        source="""
def attend(query, key, value, mask):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    unseen = torch.zeros(mask.shape).masked_fill(~mask, -torch.inf)
    return (scores + unseen).softmax(-1).nan_to_num(0.0) @ value
""",
        loses=("clm-attention",),
        message="기울기에 NaN",
    ),
    Mutant(
        name="mean_rows",
        misconception="아주 작은 수면 충분하다",
        source="""
def attend(query, key, value, mask):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1) @ value
""",
        loses=("clm-attention",),
        message="평균입니다",
    ),
    Mutant(
        name="padding_seen",
        misconception="<pad>는 보아도 된다",
        source="right_causal = causal_attention\ncausal_attention = lambda q, k, v, key_mask=None: right_causal(q, k, v)",
        loses=("clm-attention",),
        message="key_mask를 쓰지 않아",
    ),
    Mutant(
        name="padding_by_row",
        misconception="key_mask는 행에 쓴다",
        source="""
def causal_attention(query, key, value, key_mask=None):
    mask = causal_mask(query.shape[-2])[None, None]
    return attend(query, key, value, mask if key_mask is None else mask & key_mask[:, None, :, None])
""",
        loses=("clm-attention",),
        message="key_mask를 행에",
    ),
    Mutant(
        name="padding_inverted",
        misconception="key_mask의 True는 채움이다",
        source="""
def causal_attention(query, key, value, key_mask=None):
    mask = causal_mask(query.shape[-2])[None, None]
    return attend(query, key, value, mask if key_mask is None else mask & ~key_mask[:, None, None, :])
""",
        loses=("clm-attention",),
        message="key_mask의 뜻이 반대",
    ),
    # -- loss --------------------------------------------------------------------------------------------------------
    Mutant(
        name="no_shift",
        misconception="t의 로짓은 t번 토큰의 것",
        source=_loss("losses = token_losses(logits, ids)\n    return (losses * real).sum() / real.sum().clamp(min=1)"),
        loses=("clm-loss",),
        message="밀지 않았습니다",
    ),
    Mutant(
        name="double_shift",
        misconception="미리 민 것을 다시 민다",
        source=_loss(
            "losses = token_losses(logits[:, :-2], ids[:, 2:])\n    return (losses * real[:, 2:]).sum() / real[:, 2:].sum().clamp(min=1)"
        ),
        loses=("clm-loss",),
        message="두 칸을 밀었습니다",
    ),
    Mutant(
        name="backward_shift",
        misconception="로짓을 앞으로 민다",
        source=_loss(
            "losses = token_losses(logits[:, 1:], ids[:, :-1])\n    return (losses * real[:, 1:]).sum() / real[:, 1:].sum().clamp(min=1)"
        ),
        loses=("clm-loss",),
        message="거꾸로 밀었습니다",
    ),
    Mutant(
        name="rolled",
        misconception="roll로 밀어도 된다",
        source=_loss("losses = token_losses(logits, ids.roll(-1, 1))\n    return (losses * real).sum() / real.sum().clamp(min=1)"),
        loses=("clm-loss",),
        message="마지막 로짓이 첫 토큰",
    ),
    Mutant(
        name="pads_in_the_mean",
        misconception="<pad>도 정답이다",
        source="right_clm_loss = clm_loss\nclm_loss = lambda logits, ids, mask=None: right_clm_loss(logits, ids)",
        loses=("clm-loss",),
        message="<pad>인 정답도",
    ),
    Mutant(
        name="mask_of_inputs",
        misconception="입력이 진짜이면 센다",
        source=_loss(
            "losses = token_losses(logits[:, :-1], ids[:, 1:])\n    return (losses * real[:, :-1]).sum() / real[:, :-1].sum().clamp(min=1)"
        ),
        loses=("clm-loss",),
        message="입력인 토큰의 mask",
    ),
    Mutant(
        name="mask_of_both",
        misconception="입력과 정답이 모두 진짜여야 한다",
        source=_loss(
            "both = real[:, :-1] & real[:, 1:]\n    losses = token_losses(logits[:, :-1], ids[:, 1:])\n"
            "    return (losses * both).sum() / both.sum().clamp(min=1)"
        ),
        loses=("clm-loss",),
        message="모두 진짜일 때만",
    ),
    Mutant(
        name="mean_of_rows",
        misconception="행마다 평균한다",
        source=_loss(
            "losses = token_losses(logits[:, :-1], ids[:, 1:]) * real[:, 1:]\n"
            "    return (losses.sum(1) / real[:, 1:].sum(1).clamp(min=1)).mean()"
        ),
        loses=("clm-loss",),
        message="행마다 평균한 다음",
    ),
    Mutant(
        name="divided_by_all",
        misconception="모든 자리의 수로 나눈다",
        source=_loss("return (token_losses(logits[:, :-1], ids[:, 1:]) * real[:, 1:]).mean()"),
        loses=("clm-loss",),
        message="모든 자리의 수로 나누고",
    ),
    Mutant(
        name="loss_in_bits",
        misconception="밑은 2",
        source="right_clm_loss = clm_loss\nclm_loss = lambda *arguments: right_clm_loss(*arguments) / math.log(2)",
        loses=("clm-loss",),
        message="밑이 2인",
    ),
    Mutant(
        name="nothing_is_nan",
        misconception="셀 것이 없는 일은 없다",
        source=_loss("return token_losses(logits[:, :-1], ids[:, 1:])[real[:, 1:]].mean()"),
        loses=("clm-loss",),
        message="NaN입니다",
    ),
    Mutant(
        name="log_of_softmax",
        misconception="softmax의 log는 log_softmax와 같다",
        source=_loss(
            "p = logits[:, :-1].softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]\n"
            "    return (-p.log()).masked_fill(~real[:, 1:], 0.0).sum() / real[:, 1:].sum().clamp(min=1)"
        ),
        loses=("clm-loss",),
        message="log_softmax를 쓰세요",
    ),
]

EQUIVALENT = {
    "solution-clm-attention-masked: attend: -2 → --2": "the dimension counted from the other end",
    "solution-clm-attention: causal_attention: -2 → --2": "the dimension counted from the other end",
    "solution-clm-loss: clm_loss: :-1 → :": "gather looks no further than its indices",
}

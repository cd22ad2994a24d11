"""Wrong solutions on masked language modelling, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _mask(
    chosen: str = "(torch.rand(ids.shape, generator=generator) < p) & ~special_mask",
    fate: str = "torch.rand(ids.shape, generator=generator)",
    drawn: str = "torch.randint(vocab_size, ids.shape, generator=generator, dtype=ids.dtype)",
    replaced: str = "chosen & (fate >= p_mask) & (fate < p_mask + p_random)",
    labels: str = "torch.where(chosen, ids, -100)",
) -> str:
    return f"""
def mask_tokens(ids, special_mask, mask_id, vocab_size, p=0.15, p_mask=0.8, p_random=0.1, generator=None):
    chosen = {chosen}
    fate = {fate}
    drawn = {drawn}
    inputs = torch.where(chosen & (fate < p_mask), mask_id, ids)
    inputs = torch.where({replaced}, drawn, inputs)
    return inputs, {labels}
"""


MUTANTS = [
    # -- masking -----------------------------------------------------------------------------------------------------
    Mutant(
        name="random_of_the_rest",
        misconception="남은 것의 10 %를 무작위로 바꾼다",
        source=_mask(replaced="chosen & (fate >= p_mask) & (torch.rand(ids.shape, generator=generator) < p_random)"),
        loses=("mlm-mask",),
        message="가리고 남은 것 가운데서",
    ),
    Mutant(
        name="random_over_the_mask",
        misconception="가린 것도 다시 무작위로 바꾼다",
        source=_mask(replaced="chosen & (torch.rand(ids.shape, generator=generator) < p_random)"),
        loses=("mlm-mask",),
        message="가린 것까지 무작위로",
    ),
    Mutant(
        name="random_once_per_batch",
        misconception="무작위 토큰 하나를 배치에 쓴다",
        source=_mask(drawn="torch.randint(vocab_size, (1,), generator=generator, dtype=ids.dtype).expand_as(ids)"),
        loses=("mlm-mask",),
        message="배치마다 한 번만",
    ),
    Mutant(
        name="random_from_the_text",
        misconception="글에 있는 토큰에서 뽑는다",
        source=_mask(drawn="ids.flatten()[torch.randint(ids.numel(), ids.shape, generator=generator)]"),
        loses=("mlm-mask",),
        message="글에 있는 토큰에서",
    ),
    Mutant(
        name="fate_once_per_batch",
        misconception="무엇으로 바꿀지를 한 번 정한다",
        source=_mask(fate="torch.rand((1,), generator=generator).expand(ids.shape)"),
        loses=("mlm-mask",),
        message="모두 똑같이",
    ),
    Mutant(
        name="nothing_kept",
        misconception="나머지는 모두 무작위",
        source=_mask(replaced="chosen & (fate >= p_mask)"),
        loses=("mlm-mask",),
        message="그대로 두는 몫이 없습니다",
    ),
    Mutant(
        name="all_masked",
        misconception="고른 것은 모두 가린다",
        source=_mask(fate="torch.zeros(ids.shape)"),
        loses=("mlm-mask",),
        message="모두 <mask>로 바꾸고",
    ),
    Mutant(
        name="shares_fixed",
        misconception="몫은 언제나 80/10/10",
        source="right_mask = mask_tokens\nmask_tokens = lambda ids, special, mask_id, size, p=0.15, p_mask=0.8, p_random=0.1, "
        "generator=None: right_mask(ids, special, mask_id, size, p, generator=generator)",
        loses=("mlm-mask",),
        message="80/10/10으로 정해",
    ),
    Mutant(
        name="specials_masked",
        misconception="특수 토큰도 가린다",
        source=_mask(chosen="torch.rand(ids.shape, generator=generator) < p"),
        loses=("mlm-mask",),
        message="특수 토큰은 고르지",
    ),
    Mutant(
        name="labels_everywhere",
        misconception="모든 자리가 정답이다",
        source=_mask(labels="ids.clone()"),
        loses=("mlm-mask",),
        message="모든 자리의 정답이",
    ),
    Mutant(
        name="label_keeps_the_mask",
        misconception="정답은 입력에서 가져온다",
        source=_mask(labels="torch.where(chosen, inputs, -100)"),
        loses=("mlm-mask",),
        message="정답이 <mask>입니다",
    ),
    Mutant(
        name="kept_not_predicted",
        misconception="바뀐 것만 맞힌다",
        source=_mask(labels="torch.where(inputs != ids, ids, -100)"),
        loses=("mlm-mask",),
        message="바꾸지 않은 토큰을 정답에서",
    ),
    Mutant(
        name="input_changed",
        misconception="받은 텐서를 고친다",
        source="right_mask = mask_tokens\n\n\ndef mask_tokens(ids, *more, **options):\n"
        "    inputs, labels = right_mask(ids, *more, **options)\n    return ids.copy_(inputs), labels\n",
        loses=("mlm-mask",),
        message="바꾸었습니다",
    ),
    Mutant(
        name="masking_without_generator",
        misconception="생성기는 고를 때만 쓴다",
        source=_mask(fate="torch.rand(ids.shape)"),
        loses=("mlm-mask",),
        message="무작위 수를 모두 generator",
    ),
    Mutant(
        name="same_places_in_every_row",
        misconception="한 줄에서 고른 자리를 모든 줄에 쓴다",
        source=_mask(chosen="(torch.rand(ids.shape[-1:], generator=generator) < p).expand(ids.shape) & ~special_mask"),
        loses=("mlm-mask",),
        message="모든 줄에서 같은 자리",
    ),
    Mutant(
        name="rate_fixed",
        misconception="언제나 15 %",
        source=_mask(chosen="(torch.rand(ids.shape, generator=generator) < 0.15) & ~special_mask"),
        loses=("mlm-mask",),
        message="개쯤입니다",
    ),
    # -- loss of the masked ------------------------------------------------------------------------------------------
    Mutant(
        name="minus_hundred_is_a_token",
        misconception="-100은 0번 토큰이다",
        source="mlm_loss = lambda logits, labels: functional.cross_entropy(logits.flatten(0, 1), labels.flatten().clamp(min=0))",
        loses=("mlm-loss",),
        message="0번 토큰이 정답인",
    ),
    Mutant(
        name="masked_loss_shifted",
        misconception="MLM도 한 칸 민다",
        source="right_mlm = mlm_loss\nmlm_loss = lambda logits, labels: right_mlm(logits[:, :-1], labels[:, 1:])",
        loses=("mlm-loss",),
        message="한 칸을 밀었습니다",
    ),
    Mutant(
        name="masked_loss_over_all",
        misconception="모든 자리의 수로 나눈다",
        source="right_mlm = mlm_loss\nmlm_loss = lambda logits, labels: right_mlm(logits, labels) * (labels != -100).float().mean()",
        loses=("mlm-loss",),
        message="조금 가릴수록",
    ),
    Mutant(
        name="masked_loss_by_row",
        misconception="행마다 평균한다",
        source="right_mlm = mlm_loss\nmlm_loss = lambda logits, labels: "
        "torch.stack([right_mlm(x[None], y[None]) for x, y in zip(logits, labels)]).mean()",
        loses=("mlm-loss",),
        message="행마다 평균한 다음",
    ),
    Mutant(
        name="masked_loss_summed",
        misconception="합이면 된다",
        source="mlm_loss = lambda logits, labels: functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction='sum')",
        loses=("mlm-loss",),
        message="평균이 아니라 합",
    ),
    Mutant(
        name="masked_loss_nan",
        misconception="cross_entropy의 평균이면 충분하다",
        source="mlm_loss = lambda logits, labels: functional.cross_entropy(logits.flatten(0, 1), labels.flatten())",
        loses=("mlm-loss",),
        message="0.0이 아니라 NaN",
    ),
]

EQUIVALENT = {
    (
        "solution-mlm-mask: mask_tokens: torch.rand(ids.shape, generator=generator) < p → torch.rand(ids.shape, generator=generator) <= p"
    ): "a drawn float is never exactly the bound",
    "solution-mlm-mask: mask_tokens: fate < p_mask → fate <= p_mask": "a drawn float is never exactly the bound",
    "solution-mlm-mask: mask_tokens: fate < p_mask + p_random → fate <= p_mask + p_random": "a drawn float is never exactly the bound",
    "solution-mlm-mask: mask_tokens: fate >= p_mask → fate > p_mask": "a drawn float is never exactly the bound",
}

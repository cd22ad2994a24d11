"""Hidden checks of masked language modelling. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch

from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives import mlm_loss
from course_lib.objectives.examples import masked_loss_call, masking_call
from course_lib.objectives.judging import close, likely, scalar, unchanged
from course_lib.objectives.misconceptions import wrong_mlm_losses
from course_lib.objectives.trials import floats, tokens

TENSOR = torch.Tensor
MASK, VOCABULARY, ORIGINALS = 3, 6_000, 3_000  # tokens of a text are drawn from ORIGINALS up, so that others are seen at once


# -- mlm-mask ---------------------------------------------------------------------------------------------------------


def masked(student, ids, special, mask_id, vocab_size, shares, seed, noise=0, times=1):
    import torch

    torch.manual_seed(noise)
    generator = torch.Generator().manual_seed(seed)
    given = ids.clone()
    found = [student.mask_tokens(given, special, mask_id, vocab_size, *shares, generator=generator) for _ in range(times)]
    return [tuple(pair) for pair in found], given


def _mask(submission, ids, special, shares, seed, **more):
    """Pairs of inputs and labels whose form is right."""
    options = {"special": special, "mask_id": MASK, "vocab_size": VOCABULARY, "shares": list(shares), "seed": seed}
    pairs, after = submission.run(masked, ids=ids, **options, **more, returns=tuple[list[tuple[TENSOR, TENSOR]], TENSOR])
    unchanged(ids, after, "mask_tokens")
    for name, tensors in zip(("inputs", "labels"), zip(*pairs, strict=True), strict=True):
        for tensor in tensors:
            if tensor.shape != ids.shape or tensor.dtype != ids.dtype:
                found = f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
                expect.fail(f"`{name}`의 모양과 자료형은 `ids`와 같아야 하는데 {found}입니다.", "모양이나 자료형이 다름")
    return pairs


def _text(rng, *shape):
    return tokens(rng, VOCABULARY, *shape, first=ORIGINALS)


SHARE_HINT = (
    "p_mask와 p_random은 고른 것 가운데의 몫입니다.",
    "두 번째 주사위 하나를 구간 셋으로 나누세요.",
    "fate < p_mask이면 가리고, p_mask <= fate < p_mask + p_random이면 무작위 토큰으로 바꿉니다.",
)


def _wrong_shares(p_mask, p_random):
    """Counts of masked, random and kept tokens among the chosen as misconceptions give them."""
    rest = 1 - p_mask
    return {
        "남은 것의 몫": (
            (p_mask, rest * p_random, rest * (1 - p_random)),
            "무작위로 바꿀 것을 가리고 남은 것 가운데서 p_random만큼 뽑고 있습니다. 고른 것 전체의 p_random입니다.",
        ),
        "무작위와 그대로가 바뀜": ((p_mask, rest - p_random, p_random), "무작위로 바꾸는 몫과 그대로 두는 몫이 바뀌었습니다."),
        "겹쳐서 바꿈": (
            (p_mask * (1 - p_random), p_random, rest * (1 - p_random)),
            "가린 것까지 무작위로 바꾸고 있습니다. 구간을 나누어 겹치지 않게 하세요.",
        ),
        "모두 가림": ((1.0, 0.0, 0.0), "고른 것을 모두 <mask>로 바꾸고 있습니다."),
        "그대로 두지 않음": ((p_mask, rest, 0.0), "그대로 두는 몫이 없습니다. 나머지를 모두 무작위로 바꾸고 있습니다."),
        "무작위가 없음": ((p_mask, 0.0, rest), "무작위 토큰으로 바꾸지 않고 있습니다."),
        "기본값의 몫": ((0.8, 0.1, 0.1), "p_mask와 p_random을 쓰지 않고 80/10/10으로 정해 두었습니다."),
    }


def _judge_shares(ids, special, inputs, labels, shares, all_masked):
    p, p_mask, p_random = shares
    chosen = labels != -100
    if bool(chosen.all()):
        expect.fail("모든 자리의 정답이 -100이 아닙니다. 고르지 않은 자리의 정답은 -100입니다.", "모든 자리가 정답")
    if bool((chosen & special).any()):
        expect.fail("special_mask가 True인 자리를 골랐습니다. 특수 토큰은 고르지 않습니다.", "특수 토큰을 고름")
    able, number = int((~special).sum()), int(chosen.sum())
    hidden, kept = int((inputs[chosen] == MASK).sum()), int((inputs[chosen] == ids[chosen]).sum())
    if likely(number, able, p * (p_mask + p_random)) and not likely(number, able, p) and kept == 0:
        expect.fail("바꾸지 않은 토큰을 정답에서 빼고 있습니다. 그대로 둔 것도 골랐으면 맞혀야 합니다.", "바뀐 것만 정답")
    if not likely(number, able, p):
        expect.fail(f"고를 수 있는 {able:,}자리에서 {number:,}개를 골랐습니다. p={p}이면 {p * able:,.0f}개쯤입니다.", "고르는 비율이 다름")
    counts, right = (hidden, number - hidden - kept, kept), (p_mask, p_random, 1 - p_mask - p_random)
    # One of the 6,000 tokens that are drawn evenly may be the mask or the original.
    slack = 2 + 20 * number * p_random / VOCABULARY
    if all(likely(count, number, share, slack) for count, share in zip(counts, right, strict=True)):
        return
    if number in counts and not all_masked:
        expect.fail("고른 토큰을 모두 똑같이 다루었습니다. 무엇으로 바꿀지도 자리마다 따로 뽑습니다.", "한 번만 뽑은 운명")
    for name, (wrong, said) in _wrong_shares(p_mask, p_random).items():
        if all(likely(count, number, share, slack) for count, share in zip(counts, wrong, strict=True)):
            expect.fail(f"{said} (p_mask={p_mask}, p_random={p_random})", name)
    said = f"고른 {number:,}개 가운데 가림 {counts[0]:,}, 무작위 {counts[1]:,}, 그대로 {counts[2]:,}개입니다."
    expect.fail(f"{said} p_mask={p_mask}, p_random={p_random}의 몫과 다릅니다.", "몫이 다름")


@pytest.mark.grades("mlm-mask", weight=3, hint=SHARE_HINT)
def test_shares_of_masking(submission, rng):
    """토큰 60,000개에서 고른 수와 가린 수, 무작위, 그대로의 수가 표준 편차의 6배 안에 있습니다. 비율을 바꾸어도 그렇습니다."""
    ids, special = _text(rng, 60, 1_000), torch.from_numpy(rng.random((60, 1_000)) < 0.1)
    found = {s: _mask(submission, ids, special, s, int(rng.integers(2**31)))[0] for s in ((0.15, 0.8, 0.1), (0.4, 0.5, 0.3))}
    all_masked = all(bool((inputs[labels != -100] == MASK).all()) for inputs, labels in found.values())
    for shares, (inputs, labels) in found.items():
        _judge_shares(ids, special, inputs, labels, shares, all_masked)


@pytest.mark.grades(
    "mlm-mask",
    weight=2,
    hint=(
        "정답은 바꾸기 전의 토큰입니다.",
        "고르지 않은 자리의 입력은 그대로, 정답은 -100입니다.",
        "torch.where(chosen, ids, -100)",
    ),
)
def test_labels_are_the_originals(submission, rng):
    """정답은 고른 자리의 원래 토큰이고 나머지는 -100입니다. 고르지 않은 입력과 받은 텐서는 바뀌지 않고, 모양과 자료형이 같습니다."""
    for kind in ((7, 300), (900,)):
        ids = _text(rng, *kind)
        special = torch.zeros_like(ids, dtype=torch.bool)
        with smallest(submission, masking_call(4, 1.0), masking_call(4, 0.0)):
            ((inputs, labels),) = _mask(submission, ids, special, (0.3, 0.6, 0.2), int(rng.integers(2**31)))
            chosen = labels != -100
            if bool((inputs[~chosen] != ids[~chosen]).any()):
                expect.fail("고르지 않은 자리의 입력이 바뀌었습니다.", "고르지 않은 자리를 바꿈")
            if not bool(chosen.any()):
                expect.fail("정답이 하나도 없습니다.", "정답이 없음")
            if bool((labels[chosen] == MASK).any()):
                expect.fail("정답이 <mask>입니다. 바꾸기 전의 토큰을 적어야 합니다.", "정답이 가린 토큰")
            if bool((labels[chosen] != ids[chosen]).any()):
                expect.fail("정답이 원래 토큰이 아닙니다. 바꾸기 전의 ids에서 가져오세요.", "정답이 바꾼 토큰")


@pytest.mark.grades(
    "mlm-mask",
    hint=(
        "무작위 토큰은 자리마다 따로 뽑습니다.",
        "range(vocab_size) 전체에서 고르게 뽑습니다.",
        "torch.randint(vocab_size, ids.shape, generator=generator)",
    ),
)
def test_random_tokens_are_drawn_evenly(submission, rng):
    """무작위 토큰은 자리마다 따로, 어휘 전체에서 고르게 뽑힙니다."""
    ids = _text(rng, 20, 500)
    special = torch.zeros_like(ids, dtype=torch.bool)
    ((inputs, labels),) = _mask(submission, ids, special, (0.5, 0.0, 1.0), int(rng.integers(2**31)))
    drawn = inputs[(labels != -100) & (inputs != ids)]
    if len(drawn) < 500:
        expect.fail("p_random=1.0인데 무작위 토큰으로 바뀐 것이 거의 없습니다.", "무작위가 없음")
    if bool(((drawn < 0) | (drawn >= VOCABULARY)).any()):
        expect.fail(f"무작위 토큰이 range({VOCABULARY}) 밖에 있습니다.", "어휘 밖의 토큰")
    if len(drawn.unique()) == 1:
        expect.fail("무작위 토큰을 배치마다 한 번만 뽑고 있습니다. 자리마다 따로 뽑아야 합니다.", "한 번만 뽑은 토큰")
    if bool((drawn >= ORIGINALS).all()):
        expect.fail("무작위 토큰을 글에 있는 토큰에서 뽑고 있습니다. 어휘 전체에서 뽑습니다.", "글에서 뽑음")
    if len(drawn.unique()) < len(drawn) // 4:
        expect.fail("무작위 토큰의 가짓수가 너무 적습니다. 줄마다가 아니라 자리마다 따로 뽑아야 합니다.", "한 번만 뽑은 토큰")
    quarters = (drawn * 4 // VOCABULARY).bincount(minlength=4).tolist()
    if not all(likely(count, len(drawn), 1 / 4, 5) for count in quarters):
        expect.fail(f"어휘를 네 구간으로 나누면 무작위 토큰이 {quarters}개입니다. 고르게 뽑히지 않습니다.", "고르지 않음")


@pytest.mark.grades(
    "mlm-mask",
    weight=2,
    hint=(
        "special_mask가 True인 자리는 p가 1이어도 고르지 않습니다.",
        "무작위 수를 모두 generator에서 뽑으세요.",
        "chosen = (torch.rand(ids.shape, generator=generator) < p) & ~special_mask",
    ),
)
def test_special_tokens_and_the_generator(submission, rng):
    """특수 토큰은 p가 1이어도 고르지 않고, p가 0이면 아무것도 고르지 않습니다. 같은 시드는 같게, 부를 때마다 새로, 줄마다 따로 가립니다."""
    ids, seed = _text(rng, 6, 80), int(rng.integers(2**31))
    special = torch.from_numpy(rng.random((6, 80)) < 0.3)
    with smallest(submission, masking_call(4, 1.0), masking_call(4, 0.0)):
        ((_, labels),) = _mask(submission, ids, special, (1.0, 0.8, 0.1), seed)
        if bool((labels[special] != -100).any()):
            expect.fail("special_mask가 True인 자리를 골랐습니다. 특수 토큰은 고르지 않습니다.", "특수 토큰을 고름")
        if bool((labels[~special] == -100).any()):
            expect.fail("p가 1인데 고르지 않은 자리가 있습니다.")
    ((inputs, labels),) = _mask(submission, ids, special, (0.0, 0.8, 0.1), seed)
    if bool((labels != -100).any()) or not torch.equal(inputs, ids):
        expect.fail("p가 0인데 고른 자리가 있습니다.")
    plain = torch.zeros_like(special)
    first, second = _mask(submission, ids, plain, (0.4, 0.6, 0.3), seed, noise=1, times=2)
    again = _mask(submission, ids, plain, (0.4, 0.6, 0.3), seed, noise=2)[0]
    if not all(torch.equal(a, b) for a, b in zip(first, again, strict=True)):
        expect.fail("같은 시드의 생성기인데 결과가 다릅니다. 무작위 수를 모두 generator에서 뽑으세요.", "생성기를 쓰지 않음")
    if torch.equal(first[1], second[1]):
        expect.fail("두 번 불러도 똑같은 자리를 고릅니다. 부를 때마다 새로 뽑아야 합니다.", "언제나 같은 자리")
    chosen = first[1] != -100
    if bool((chosen == chosen[:1]).all()):
        expect.fail("모든 줄에서 같은 자리를 골랐습니다. 줄마다 따로 뽑아야 합니다.", "줄마다 같은 자리")


# -- mlm-loss ---------------------------------------------------------------------------------------------------------

LOSS_HINT = (
    "자리 t의 로짓은 자리 t의 것입니다. 밀지 않습니다.",
    "정답이 -100이 아닌 자리에서만 더하고, 그 자리의 수로 나눕니다.",
    "labels.clamp(min=0)으로 꺼낸 다음 masked_fill로 지우세요.",
)


def _labels(rng, rows, length, vocab_size):
    """Original tokens and labels; every row has another number of them."""
    ids = tokens(rng, vocab_size, rows, length)
    chosen = torch.arange(length)[None] < torch.arange(1, rows + 1)[:, None] * 2
    shuffled = torch.from_numpy(rng.permuted(chosen.numpy(), axis=1))
    return ids, torch.where(shuffled, ids, -100)


@pytest.mark.grades("mlm-loss", weight=2, hint=LOSS_HINT)
def test_masked_loss_equals_torch(submission, rng):
    """무작위 로짓과 정답에서 cross_entropy(ignore_index=-100)와 같습니다. 허용 오차는 1e-4입니다."""
    for rows, length, vocab_size in ((3, 9, 7), (4, int(rng.integers(10, 15)), 12)):
        logits = floats(rng, rows, length, vocab_size, scale=2.0)
        ids, labels = _labels(rng, rows, length, vocab_size)
        right = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
        with smallest(submission, masked_loss_call(labels.clamp(max=4).tolist())):
            actual = scalar(submission.call("mlm_loss", logits, labels), "mlm_loss")
            given = f"B={rows}, T={length}, V={vocab_size}인 무작위 입력"
            close(actual, right, given=given, known=lambda x=(logits, labels, ids): wrong_mlm_losses(*x))


def masked_loss_gradient(student, logits, labels):
    leaf = logits.clone().requires_grad_()
    loss = student.mlm_loss(leaf, labels)
    loss.backward()
    return loss.detach(), leaf.grad, labels


@pytest.mark.grades(
    "mlm-loss",
    hint=(
        "고른 자리가 없으면 0으로 나누게 됩니다.",
        "나누는 수에 clamp(min=1)을 쓰세요.",
        "logits에서 계산한 0이어야 역전파됩니다.",
    ),
)
def test_masked_loss_can_be_trained(submission, rng):
    """고르지 않은 자리에는 기울기가 없고, 하나만 골랐어도 맞으며, 하나도 없으면 손실도 기울기도 0입니다."""
    logits = floats(rng, 3, 9, 7)
    ids, labels = _labels(rng, 3, 9, 7)
    nothing = torch.full_like(labels, -100)
    alone = nothing.clone()
    alone[1, 4] = ids[1, 4]
    for targets, name in ((labels, "무작위 정답"), (alone, "하나만 고른 배치"), (nothing, "고른 자리가 없는 배치")):
        leaf = logits.clone().requires_grad_()
        right = mlm_loss(leaf, targets)
        right.backward()
        with smallest(submission, masked_loss_call(targets.clamp(max=4).tolist())):
            result = tuple[TENSOR, TENSOR, TENSOR]
            loss, gradient, after = submission.run(masked_loss_gradient, logits=logits, labels=targets, returns=result)
            if not bool(loss.isfinite().all()):
                expect.fail(f"{name}의 손실이 0.0이 아니라 NaN입니다. 0으로 나누지 않게 하세요.", "NaN")
            close(scalar(loss, "mlm_loss"), right.detach(), given=name)
            close(gradient, leaf.grad, given=f"{name}의 기울기", tolerance=1e-5)
        unchanged(targets, after, "mlm_loss")

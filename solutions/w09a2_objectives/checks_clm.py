"""Hidden checks of causal language modelling. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch

from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives import causal_attention, causal_mask, clm_loss
from course_lib.objectives.examples import (
    attention_call,
    loss_call,
    mask_call,
    padded_attention_call,
    padded_loss_call,
)
from course_lib.objectives.judging import close, same_mask, scalar
from course_lib.objectives.misconceptions import (
    wrong_attentions,
    wrong_causal_masks,
    wrong_clm_losses,
    wrong_padded_attentions,
    wrong_padded_losses,
)
from course_lib.objectives.trials import floats, padding, tokens

TENSOR = torch.Tensor


# -- clm-mask ---------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "clm-mask",
    weight=2,
    hint=("행이 보는 쪽입니다.", "행 i는 열 0부터 i까지가 True입니다.", "torch.ones(length, length, dtype=torch.bool).tril()"),
)
def test_mask_equals_reference(submission, rng):
    """여러 길이에서 마스크가 기준 구현과 같습니다."""
    for length in (int(rng.integers(3, 9)), int(rng.integers(20, 60))):
        with smallest(submission, mask_call(length)):
            actual = submission.call("causal_mask", length, returns=TENSOR)
            same_mask(actual, causal_mask(length), given=f"causal_mask({length})", known=wrong_causal_masks(length))


@pytest.mark.grades(
    "clm-mask", hint=("길이 1도 됩니다.", "볼 수 있는 짝은 T(T + 1)/2개입니다.", "첫 행은 자기만, 마지막 행은 모두를 봅니다.")
)
def test_mask_at_the_edges(submission, rng):
    """길이 1에서는 자기만 보고, 길이가 길어도 i번 행에서 볼 수 있는 곳은 i + 1개입니다."""
    for length in (1, 2, int(rng.integers(100, 150))):
        with smallest(submission, mask_call(length)):
            actual = submission.call("causal_mask", length, returns=TENSOR)
            same_mask(actual, causal_mask(length), given=f"causal_mask({length})", known=wrong_causal_masks(length))


# -- clm-attention ----------------------------------------------------------------------------------------------------

ATTENTION_HINT = (
    "점수를 D의 제곱근으로 나누고, 마스크는 softmax의 앞에서 씁니다.",
    "볼 수 없는 점수를 -inf로 바꾼 다음 softmax를 하세요.",
    "(query @ key.transpose(-2, -1) / math.sqrt(D)).masked_fill(~mask, -torch.inf).softmax(-1) @ value",
)


def _masks(upstream, *lengths):
    return upstream(lambda: {"causal_mask": [((length,), causal_mask(length)) for length in lengths]})


def _three(rng, *shape):
    return [floats(rng, *shape, scale=1.5) for _ in range(3)]


@pytest.mark.grades("clm-attention", weight=2, hint=ATTENTION_HINT)
def test_attention_equals_torch(submission, rng, upstream):
    """무작위 입력에서 torch의 scaled_dot_product_attention(is_causal=True)과 같습니다. 허용 오차는 가장 큰 값의 1e-4배입니다."""
    for rows, heads, length, size in ((2, 3, 7, 5), (1, 2, int(rng.integers(9, 16)), 4), (1, 1, 1, 3)):
        three = _three(rng, rows, heads, length, size)
        right = torch.nn.functional.scaled_dot_product_attention(*three, is_causal=True)
        with smallest(submission, attention_call(heads, length, size)):
            actual = submission.call("causal_attention", *three, returns=TENSOR, replaced=_masks(upstream, length))
            given = f"B={rows}, H={heads}, T={length}, D={size}인 무작위 입력"
            close(actual, right, given=given, known=lambda three=three: wrong_attentions(*three))


@pytest.mark.grades(
    "clm-attention",
    weight=2,
    hint=(
        "key_mask는 열에 씁니다: key_mask[:, None, None, :]",
        "볼 것이 없는 행은 mask.any(-1, keepdim=True)로 찾습니다.",
        "그 행의 결과는 정확히 0이어야 합니다.",
    ),
)
def test_attention_with_padding(submission, rng, upstream):
    """왼쪽, 오른쪽, 가운데가 <pad>인 글에서 <pad>를 보지 않고, 볼 것이 없는 행은 정확히 0입니다."""
    rows, length = 4, int(rng.integers(7, 11))
    three, mask = _three(rng, rows, 2, length, 4), padding(rng, rows, length)
    right = causal_attention(*three, mask)
    examples = [padded_attention_call(row) for row in mask.tolist()]
    with smallest(submission, *examples):
        actual = submission.call("causal_attention", *three, mask, returns=TENSOR, replaced=_masks(upstream, length))
        close(actual, right, given="<pad>가 있는 무작위 입력", known=lambda: wrong_padded_attentions(*three, mask))
        blind = right.abs().amax((1, 3)) == 0
        if bool(actual.abs().amax((1, 3))[blind].any()):
            expect.fail("볼 것이 없는 행의 결과가 0에 가깝지만 0이 아닙니다.", "볼 것이 없는 행의 평균")


def attention_gradients(student, three, mask, weight):
    leaves = [x.clone().requires_grad_() for x in three]
    out = student.causal_attention(*leaves, mask)
    (out * weight).sum().backward()
    return [x.grad if x.grad is not None else x.detach() * float("nan") for x in leaves]


@pytest.mark.grades(
    "clm-attention",
    hint=(
        "결과의 NaN을 나중에 0으로 덮으면 기울기에 NaN이 남습니다.",
        "볼 것이 없는 행은 softmax에 넣기 전에 -inf를 피하세요.",
        "scores.masked_fill(~mask & visible, -torch.inf)로 가리고, softmax 다음에 masked_fill(~visible, 0.0)을 하세요.",
    ),
)
def test_attention_has_gradients(submission, rng, upstream):
    """역전파한 기울기가 기준 구현과 같습니다. 뒤의 토큰과 <pad>에는 기울기가 없고, NaN도 없습니다."""
    rows, length = 3, int(rng.integers(6, 10))
    three, weight = _three(rng, rows, 2, length, 4), floats(rng, rows, 2, length, 4)
    for mask in (torch.ones(rows, length, dtype=torch.bool), padding(rng, rows, length)):
        leaves = [x.clone().requires_grad_() for x in three]
        (causal_attention(*leaves, mask) * weight).sum().backward()
        with smallest(submission, attention_call(2, length, 4), *(padded_attention_call(row) for row in mask.tolist())):
            inputs = {"three": three, "mask": mask, "weight": weight}
            found = submission.run(attention_gradients, **inputs, returns=[TENSOR] * 3, replaced=_masks(upstream, length))
            if any(bool(gradient.isnan().any()) for gradient in found):
                expect.fail("기울기에 NaN이 있습니다. 볼 것이 없는 행은 softmax에 넣기 전에 막아야 합니다.", "기울기의 NaN")
            for name, leaf, gradient in zip(("query", "key", "value"), leaves, found, strict=True):
                close(gradient, leaf.grad, given=f"{name}의 기울기")


# -- clm-loss ---------------------------------------------------------------------------------------------------------

LOSS_HINT = (
    "t의 로짓은 t + 1번 토큰의 것입니다.",
    "logits[:, :-1]과 ids[:, 1:]이 짝입니다.",
    "합을 정답인 토큰의 수로 나누세요.",
)


@pytest.mark.grades("clm-loss", weight=2, hint=LOSS_HINT)
def test_loss_equals_torch(submission, rng):
    """무작위 로짓에서 한 칸 민 cross_entropy와 같습니다. 허용 오차는 1e-4입니다."""
    for rows, length, vocab_size in ((3, 6, 11), (1, int(rng.integers(8, 20)), 7), (1, 2, 5)):
        logits, ids = floats(rng, rows, length, vocab_size, scale=2.0), tokens(rng, vocab_size, rows, length)
        right = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
        with smallest(submission, loss_call(rows, length, vocab_size)):
            actual = scalar(submission.call("clm_loss", logits, ids), "clm_loss")
            given = f"B={rows}, T={length}, V={vocab_size}인 무작위 입력"
            close(actual, right, given=given, known=lambda x=(logits, ids): wrong_clm_losses(*x))


@pytest.mark.grades(
    "clm-loss", weight=2, hint=("정답인 토큰이 진짜인 자리만 셉니다.", "mask[:, 1:]을 쓰세요.", "모든 행의 토큰을 똑같이 셉니다.")
)
def test_loss_with_padding(submission, rng):
    """<pad>인 정답은 빼고, 행마다 길이가 달라도 모든 정답을 똑같이 셉니다."""
    rows, length, vocab_size = 4, int(rng.integers(7, 12)), 9
    logits, ids = floats(rng, rows, length, vocab_size, scale=2.0), tokens(rng, vocab_size, rows, length)
    mask = padding(rng, rows, length)
    with smallest(submission, padded_loss_call(mask.tolist())):
        actual = scalar(submission.call("clm_loss", logits, ids, mask), "clm_loss")
        known = lambda: wrong_padded_losses(logits, ids, mask) | wrong_clm_losses(logits, ids)  # noqa: E731
        close(actual, clm_loss(logits, ids, mask), given="<pad>가 있는 무작위 입력", known=known)


def loss_gradient(student, logits, ids, mask):
    leaf = logits.clone().requires_grad_()
    loss = student.clm_loss(leaf, ids, mask)
    loss.backward()
    return loss.detach(), leaf.grad


@pytest.mark.grades(
    "clm-loss",
    hint=(
        "셀 토큰이 없으면 0으로 나누게 됩니다.",
        "나누는 수에 clamp(min=1)을 쓰세요.",
        "logits에서 계산한 0이어야 역전파됩니다. 상수 0.0을 돌려주지 마세요.",
    ),
)
def test_loss_can_be_trained(submission, rng):
    """역전파한 기울기가 (softmax - 정답)/N과 같고, 셀 것이 없으면 손실도 기울기도 0이며, 아주 확신하는 로짓에서도 유한합니다."""
    logits, ids = floats(rng, 2, 6, 8), tokens(rng, 8, 2, 6)
    sure = torch.nn.functional.one_hot(tokens(rng, 8, 2, 6), 8) * 300.0
    all_real, nothing = torch.ones(2, 6, dtype=torch.bool), torch.zeros(2, 6, dtype=torch.bool)
    for scores, mask, name in ((logits, all_real, "무작위 로짓"), (logits, nothing, "모두 <pad>인 글"), (sure, all_real, "300인 로짓")):
        leaf = scores.clone().requires_grad_()
        right = clm_loss(leaf, ids, mask)
        right.backward()
        with smallest(submission, loss_call(2, 6, 8), padded_loss_call(mask.tolist())):
            inputs = {"logits": scores, "ids": ids, "mask": mask}
            loss, gradient = submission.run(loss_gradient, **inputs, returns=tuple[TENSOR, TENSOR])
            if not bool(loss.isfinite().all()):
                said = {"모두 <pad>인 글": "셀 토큰이 없는 글의 손실이 0.0이 아니라 NaN입니다."}
                unstable = "손실이 유한하지 않습니다. softmax를 한 다음 log를 취하지 말고 log_softmax를 쓰세요."
                expect.fail(f"{said.get(name, unstable)} ({name})", "NaN")
            close(scalar(loss, "clm_loss"), right.detach(), given=name)
            close(gradient, leaf.grad, given=f"{name}의 기울기", tolerance=1e-5)

"""Public checks of causal language modelling: small fixed inputs. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import math

import pytest
import torch

from course_lib.kit import expect

TOLERANCE = 1e-4


def _close(actual, expected, given, known=None):
    """Fail unless two tensors have one shape and are equal to within TOLERANCE; ``known`` names wrong answers."""
    if tuple(actual.shape) != tuple(expected.shape):
        expect.fail(f"{given}: 모양이 {tuple(actual.shape)}입니다. {tuple(expected.shape)}이어야 합니다.")
    if actual.isnan().any():
        expect.fail(f"{given}: 결과에 NaN이 있습니다.", "NaN")
    if torch.allclose(actual.double(), expected.double(), atol=TOLERANCE):
        return
    for name, (wrong, explanation) in (known or {}).items():
        if actual.shape == wrong.shape and torch.allclose(actual.double(), wrong.double(), atol=TOLERANCE):
            expect.fail(f"{given}: {explanation}", name)
    shown = [[round(float(value), 3) for value in tensor.flatten()] for tensor in (actual, expected)]
    expect.fail(f"{given}에서 나온 값은 {expect.show(shown[0])}, 기대한 값은 {expect.show(shown[1])}입니다.")


# -- clm-mask ---------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "clm-mask",
    hint=("행이 보는 쪽입니다.", "아래쪽 삼각형이 True이고 대각선도 True입니다.", "torch.ones(length, length, dtype=torch.bool).tril()"),
)
def test_mask_of_three(submission):
    """길이 3의 마스크는 아래쪽 삼각형이고 자기도 봅니다."""
    actual = submission.call("causal_mask", 3, returns=torch.Tensor)
    right = torch.tensor([[True, False, False], [True, True, False], [True, True, True]])
    if actual.dtype != torch.bool:
        expect.fail(f"Bool 텐서여야 하는데 {actual.dtype}입니다.")
    known = {
        "행과 열이 바뀜": (right.T.contiguous(), "행과 열이 바뀌었습니다. 행이 보는 쪽입니다."),
        "반대": (~right, "True와 False가 반대입니다. True가 볼 수 있는 곳입니다."),
        "자기를 못 봄": (right & ~torch.eye(3, dtype=torch.bool), "자기도 볼 수 있어야 합니다."),
    }
    expect.equal(actual, right, given="causal_mask(3)", known=known, show_expected=True)


# -- clm-attention ----------------------------------------------------------------------------------------------------

ATTENTION_HINT = (
    "점수를 D의 제곱근으로 나누었나요? 마스크는 softmax의 앞에서 썼나요?",
    "볼 수 없는 점수를 -inf로 바꾼 다음 softmax를 하세요.",
    "scores.masked_fill(~mask, -torch.inf).softmax(-1) @ value",
)


@pytest.mark.grades("clm-attention", hint=ATTENTION_HINT)
def test_attention_of_the_hand_example(submission):
    """손 예제의 둘째 행은 4.0이고, 헤드의 크기가 4이면 점수를 2로 나눕니다."""
    query, key, value = (torch.tensor(row).reshape(1, 1, 2, 1) for row in ([1.0, 1.0], [0.0, math.log(3)], [1.0, 5.0]))
    actual = submission.call("causal_attention", query, key, value, returns=torch.Tensor)
    known = {
        "마스크 없음": (torch.tensor([4.0, 4.0]).reshape(1, 1, 2, 1), "첫 행이 뒤를 보고 있습니다."),
        "softmax 뒤의 마스크": (torch.tensor([0.25, 4.0]).reshape(1, 1, 2, 1), "softmax를 한 다음 마스크를 쓰고 있습니다."),
    }
    _close(actual, torch.tensor([1.0, 4.0]).reshape(1, 1, 2, 1), "손 예제", known)
    # Four numbers per head, all scores 2 ln 3 before the root: the second row's weights are 1/4 and 3/4.
    query = torch.ones(1, 1, 2, 4)
    key = torch.tensor([[0.0] * 4, [math.log(3) / 2] * 4]).reshape(1, 1, 2, 4)
    value = torch.tensor([[1.0] * 4, [5.0] * 4]).reshape(1, 1, 2, 4)
    actual = submission.call("causal_attention", query, key, value, returns=torch.Tensor)
    rows = {2.0: 4.0, 1.0: 4.6, math.sqrt(2): 1 + 4 * 3 ** math.sqrt(2) / (1 + 3 ** math.sqrt(2))}
    made = {scale: torch.tensor([[1.0] * 4, [second] * 4]).reshape(1, 1, 2, 4) for scale, second in rows.items()}
    known = {
        "나누지 않음": (made[1.0], "점수를 헤드의 크기 D의 제곱근으로 나누지 않고 있습니다."),
        "길이로 나눔": (made[math.sqrt(2)], "길이 T의 제곱근으로 나누고 있습니다. 헤드의 크기 D입니다."),
    }
    _close(actual, made[2.0], "D가 4인 예", known)


def gradient_with_padding(student):
    import torch

    query, key, value = (torch.full((1, 1, 3, 2), 0.5, requires_grad=True) for _ in range(3))
    out = student.causal_attention(query, key, value, torch.tensor([[False, True, True]]))
    out.sum().backward()
    return out.detach(), [tensor.grad for tensor in (query, key, value)]


@pytest.mark.grades(
    "clm-attention",
    hint=(
        "볼 것이 없는 행을 mask.any(-1, keepdim=True)로 찾으세요.",
        "그 행의 점수는 -inf로 바꾸지 말고 그대로 softmax에 넣으세요.",
        "무게를 0으로 바꾸는 일은 softmax 다음에 masked_fill로 하세요.",
    ),
)
def test_a_row_that_sees_nothing(submission):
    """첫 토큰이 <pad>이면 첫 행은 0이고, 기울기에도 NaN이 없습니다."""
    out, gradients = submission.run(gradient_with_padding, returns=tuple[torch.Tensor, list[torch.Tensor]])
    right = torch.tensor([[0.0, 0.0], [0.5, 0.5], [0.5, 0.5]]).reshape(1, 1, 3, 2)
    known = {"평균": (torch.full_like(right, 0.5), "볼 것이 없는 행이 0이 아닙니다. -inf 대신 아주 작은 수를 쓰지 않았나요?")}
    _close(out, right, "첫 토큰이 <pad>인 입력", known)
    if any(gradient.isnan().any() for gradient in gradients):
        expect.fail("결과에는 NaN이 없지만 기울기에 있습니다. softmax에 넣기 전에 막아야 합니다.", "기울기의 NaN")


def rows_and_whole(student, tensors, key_mask):
    import torch

    whole = student.causal_attention(*tensors, key_mask)
    rows = [student.causal_attention(*(x[i : i + 1] for x in tensors), key_mask[i : i + 1]) for i in range(len(key_mask))]
    return whole, torch.cat(rows)


@pytest.mark.grades(
    "clm-attention",
    hint=(
        "key_mask는 [B, T]이고 점수는 [B, H, T, T]입니다.",
        "열마다 보는 마스크이므로 [B, 1, 1, T]로 만드세요.",
        "mask = causal_mask(length) & key_mask[:, None, None, :]",
    ),
)
def test_rows_of_a_batch_are_apart(submission):
    """줄이 둘이고 헤드가 셋일 때, 한꺼번에 구한 것과 줄마다 구한 것이 같습니다."""
    dice = torch.Generator().manual_seed(0)
    tensors = [torch.randn(2, 3, 4, 2, generator=dice) for _ in range(3)]
    key_mask = torch.tensor([[False, True, True, True], [True, True, True, False]])
    whole, rows = submission.run(rows_and_whole, tensors=tensors, key_mask=key_mask, returns=tuple[torch.Tensor, torch.Tensor])
    if whole.shape != (2, 3, 4, 2):
        expect.fail(f"결과의 모양이 {tuple(whole.shape)}입니다. value와 같은 (2, 3, 4, 2)여야 합니다.")
    if not torch.allclose(whole, rows, atol=1e-5):
        expect.fail("줄 둘을 한꺼번에 넣으면 하나씩 넣을 때와 다릅니다. key_mask의 줄이 섞이지 않는지 보세요.", "줄이 섞임")


# -- clm-loss ---------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "clm-loss",
    hint=(
        "t의 로짓은 t + 1번 토큰의 것입니다.",
        "logits[:, :-1]과 ids[:, 1:]이 짝입니다.",
        "log_softmax(-1)에서 정답을 gather로 꺼내세요.",
    ),
)
def test_loss_of_the_hand_example(submission):
    """손 예제의 손실은 2 ln 2입니다."""
    logits = torch.tensor([[[0.25, 0.5, 0.25], [0.375, 0.5, 0.125], [0.25, 0.5, 0.25]]]).log()
    actual = submission.call("clm_loss", logits, torch.tensor([[0, 1, 2]]), returns=torch.Tensor)
    same = (math.log(4) + math.log(2) + math.log(4)) / 3
    known = {
        "밀지 않음": (torch.tensor(same), "한 칸을 밀지 않았습니다. t의 로짓은 t + 1번 토큰을 맞힙니다."),
        "합": (torch.tensor(4 * math.log(2)), "평균이 아니라 합입니다."),
        "밑이 2": (torch.tensor(2.0), "밑이 2인 로그를 쓰고 있습니다. 단위는 나트입니다."),
    }
    _close(actual, torch.tensor(2 * math.log(2)), "손 예제", known)


@pytest.mark.grades(
    "clm-loss",
    hint=("정답인 토큰이 진짜인 자리만 세세요.", "mask[:, 1:]을 쓰세요.", "합을 counted.sum().clamp(min=1)로 나누세요."),
)
def test_loss_of_padded_rows(submission):
    """<pad>는 세지 않고 모든 행의 토큰을 똑같이 셉니다. 셀 것이 없으면 0.0입니다."""
    logits = torch.tensor([[[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], [[0.875, 0.125], [0.5, 0.5], [0.5, 0.5]]]).log()
    ids, mask = torch.tensor([[0, 1, 1], [0, 1, 0]]), torch.tensor([[True, True, True], [True, True, False]])
    actual = submission.call("clm_loss", logits, ids, mask, returns=torch.Tensor)
    known = {
        "채움도 셈": (torch.tensor(6 / 4 * math.log(2)), "<pad>인 정답도 세고 있습니다."),
        "행마다 평균": (torch.tensor(2 * math.log(2)), "행마다 평균한 다음 다시 평균하고 있습니다."),
        "나누는 수": (torch.tensor(5 / 4 * math.log(2)), "<pad>를 뺀 합을 모든 자리의 수로 나누고 있습니다."),
    }
    _close(actual, torch.tensor(5 / 3 * math.log(2)), "<pad>가 있는 두 행", known)
    nothing = submission.call("clm_loss", logits, ids, torch.zeros_like(mask), returns=torch.Tensor)
    _close(nothing, torch.tensor(0.0), "모두 <pad>인 두 행")


# -- clm-filter -------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "clm-filter",
    hint=(
        "문턱을 넘기는 토큰은 남습니다.",
        "앞의 것들만으로 이미 top_p에 이르렀는지 보세요: cumsum - p >= top_p",
        "정렬한 다음에는 원래 자리로 되돌려야 합니다.",
    ),
)
def test_filter_of_the_hand_example(submission):
    """손 예제에서 남는 토큰이 맞고, 남은 로짓은 그대로입니다."""
    logits = torch.tensor([[0.125, 0.5, 0.0625, 0.25, 0.0625]]).log() + 1.5
    for top_k, top_p, kept in (
        (0, 0.7, {1, 3}),
        (0, 0.76, {0, 1, 3}),
        (2, 1.0, {1, 3}),
        (3, 0.8, {1, 3}),
        (0, 0.01, {1}),
        (0, 1.0, {0, 1, 2, 3, 4}),
    ):
        actual = submission.call("filter_logits", logits, top_k, top_p, returns=torch.Tensor)
        if tuple(actual.shape) != (1, 5):
            expect.fail(f"모양이 {tuple(actual.shape)}입니다. (1, 5)이어야 합니다.")
        left = {place for place in range(5) if actual[0, place] > -math.inf}
        if left != kept:
            name = "문턱을 넘기는 토큰을 버림" if left < kept else None
            expect.fail(f"top_k={top_k}, top_p={top_p}에서 남은 토큰은 {sorted(left)}, 기대한 것은 {sorted(kept)}입니다.", name)
        places = sorted(kept)
        _close(actual[0, places], logits[0, places], "남은 로짓")


# -- clm-generate -----------------------------------------------------------------------------------------------------


def generated(student, ids, new, options, seed=0):
    import torch

    calls = []

    def counting(ids):
        calls.append(tuple(ids.shape))
        return torch.nn.functional.one_hot((ids + 1) % 4, 4).float() * 20

    made = student.generate(counting, ids, new, generator=torch.Generator().manual_seed(seed), **options)
    return made, calls


@pytest.mark.grades(
    "clm-generate",
    hint=(
        "마지막 자리의 로짓 model(ids)[:, -1]만 씁니다.",
        "끝난 행을 Bool 텐서로 기억하고 그 행에는 pad_id를 붙이세요.",
        "eos를 낸 토큰 자신은 그대로 붙고, 그다음부터 pad_id입니다.",
    ),
)
def test_generates_the_hand_example(submission):
    """번호를 세는 모델에서 이어지고, 끝난 행은 채워지며, 모두 끝나면 멈춥니다."""
    for ids, options, right in (
        ([[0]], {"temperature": 0}, [[0, 1, 2, 3]]),
        ([[0]], {"temperature": 0, "eos_id": 2}, [[0, 1, 2]]),
        ([[0], [1]], {"temperature": 0, "eos_id": 2, "pad_id": 9}, [[0, 1, 2], [1, 2, 9]]),
        ([[3, 0]], {"temperature": 1.0, "top_k": 1}, [[3, 0, 1, 2, 3]]),
    ):
        made, calls = submission.run(generated, ids=torch.tensor(ids), new=3, options=options, returns=tuple[torch.Tensor, list])
        given = f"generate(counting, {ids}, 3, {', '.join(f'{name}={value}' for name, value in options.items())})"
        expect.equal(made.tolist(), right, given=given, show_expected=True)
        if len(calls) != made.shape[1] - len(ids[0]):
            expect.fail(f"{given}: 새 토큰 {made.shape[1] - len(ids[0])}개에 모델을 {len(calls)}번 불렀습니다.")


@pytest.mark.grades(
    "clm-generate", hint=("같은 생성기로 뽑아야 같은 글이 됩니다.", "torch.multinomial(probabilities, 1, generator=generator)")
)
def test_draws_with_the_generator(submission):
    """온도가 높으면 뽑고, 같은 시드는 같은 글을 만듭니다."""
    options = {"temperature": 50.0}
    ids = torch.tensor([[0]])
    first, again, other = (
        submission.run(generated, ids=ids, new=20, options=options, seed=seed, returns=tuple[torch.Tensor, list])[0].tolist()
        for seed in (1, 1, 2)
    )
    if first != again:
        expect.fail("같은 시드의 생성기인데 글이 다릅니다. generator를 multinomial에 넘기세요.", "생성기를 쓰지 않음")
    if first == other:
        expect.fail("온도가 50인데 시드가 달라도 글이 같습니다. 로짓을 온도로 나눈 다음 뽑아야 합니다.")

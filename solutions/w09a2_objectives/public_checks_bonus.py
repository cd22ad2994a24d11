"""Public checks of the bonus: small fixed inputs. Nothing here knows the reference."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch

from course_lib.kit import expect

# -- bonus-span -------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "bonus-span",
    hint=(
        "구간 (start, end)의 이웃은 start - 1과 end입니다.",
        "위치는 구간마다 0부터 다시 셉니다.",
        "torch.cat((왼쪽, 오른쪽, 위치))를 토큰마다 한 줄씩 쌓으세요.",
    ),
)
def test_features_of_the_hand_example(submission):
    """구간 둘의 토큰 셋이 차례로 나옵니다."""
    hidden, places = torch.arange(10.0, 16.0)[:, None], torch.tensor([[0.5], [0.25], [0.125]])
    actual = submission.call("span_features", hidden, [(2, 4), (1, 2)], places, returns=torch.Tensor)
    right = torch.tensor([[11.0, 14.0, 0.5], [11.0, 14.0, 0.25], [10.0, 12.0, 0.5]])
    known = {
        "구간 안의 토큰을 씀": (
            torch.tensor([[12.0, 13.0, 0.5], [12.0, 13.0, 0.25], [11.0, 11.0, 0.5]]),
            "이웃이 아니라 구간의 양 끝을 쓰고 있습니다.",
        )
    }
    expect.equal(actual, right, given="hidden = [10 … 15], 구간 (2, 4)와 (1, 2)", known=known, show_expected=True)


def refuses(student, span):
    import torch

    try:
        student.span_features(torch.zeros(6, 2), [span], torch.zeros(3, 2))
    except ValueError:
        return True
    return False


@pytest.mark.grades("bonus-span", hint=("0 < start < end < T이고 end - start <= L이어야 합니다.",))
def test_refuses_spans_without_neighbours(submission):
    """이웃이 없거나 비었거나 너무 긴 구간에는 ValueError를 냅니다."""
    for span in ((0, 2), (4, 6), (3, 3), (1, 5)):
        if not submission.run(refuses, span=span, returns=bool):
            expect.fail(f"길이 6, 위치 3개에서 구간 {span}에 ValueError를 내지 않았습니다.")


@pytest.mark.grades("bonus-span", hint=("구간의 토큰을 이어 정답으로 쓰세요.", "구간이 없으면 logits.sum() * 0.0을 돌려줍니다."))
def test_span_loss(submission):
    """구간 안의 토큰에서 평균하고, 구간이 없으면 0.0입니다."""
    logits = torch.tensor([[0.5, 0.5], [0.875, 0.125]]).log()
    actual = submission.call("span_loss", logits, torch.tensor([0, 0, 1, 1, 0]), [(1, 3)], returns=torch.Tensor)
    expect.close(float(actual), 2 * math.log(2), tolerance=1e-5, given="구간 (1, 3)의 손실")
    nothing = submission.call("span_loss", torch.zeros(0, 2), torch.tensor([0, 1]), [], returns=torch.Tensor)
    expect.equal(float(nothing), 0.0, given="구간이 없을 때의 손실", show_expected=True)


# -- bonus-denoise ----------------------------------------------------------------------------------------------------


def noisy(student, name, arguments, seeds, ends=()):
    import torch

    made = []
    for seed in range(seeds):
        ids = torch.arange(10, 30)
        ids[list(ends)] = 1
        made.append(getattr(student, name)(ids, *arguments, generator=torch.Generator().manual_seed(seed)).tolist())
    return made


ORIGINAL = list(range(10, 30))
ENDS = [6, 13]
SENTENCES = [1 if place in ENDS else token for place, token in enumerate(ORIGINAL)]
MANY = list[list[int]]


@pytest.mark.grades(
    "bonus-denoise", hint=("남길 토큰을 Bool로 고르면 순서가 그대로입니다.", "ids[torch.rand(len(ids), generator=generator) >= p]")
)
def test_deleting(submission):
    """p가 0이면 그대로, 1이면 비고, 그 사이에는 남은 토큰의 순서가 같습니다."""
    for p, size in ((0.0, 20), (1.0, 0)):
        (made,) = submission.run(noisy, name="delete_tokens", arguments=[p], seeds=1, returns=MANY)
        expect.equal(len(made), size, given=f"delete_tokens(20토큰, {p})의 길이", show_expected=True)
    for made in submission.run(noisy, name="delete_tokens", arguments=[0.5], seeds=5, returns=MANY):
        rest = iter(ORIGINAL)
        if not all(token in rest for token in made):
            expect.fail("지우고 남은 토큰의 순서가 바뀌었습니다.")


@pytest.mark.grades(
    "bonus-denoise",
    hint=(
        "구간마다 <mask> 하나입니다.",
        "길이가 0인 구간은 <mask>만 끼웁니다.",
        "남는 토큰의 앞뒤와 사이에서 자리를 겹치지 않게 뽑으세요.",
    ),
)
def test_infilling(submission):
    """20토큰에서 6토큰이 사라지고, <mask>끼리 맞닿지 않으며, 길이 0인 구간도 나옵니다."""
    inserted = False
    for made in submission.run(noisy, name="infill_text", arguments=[0, 0.3, 1.5], seeds=30, returns=MANY):
        rest = [token for token in made if token != 0]
        if len(rest) != 14 or rest != sorted(set(rest) & set(ORIGINAL)):
            expect.fail(f"20토큰의 30 %인 6토큰이 사라지고 나머지의 순서가 같아야 하는데 {made}이(가) 나왔습니다.")
        if any(left == right == 0 for left, right in pairwise(made)):
            expect.fail(f"구간이 맞닿았습니다: {made}", "맞닿은 구간")
        around = zip([9, *made], made, [*made[1:], 30], strict=False)
        inserted |= any(token == 0 and after == before + 1 for before, token, after in around)
    if not inserted:
        expect.fail("길이 0인 구간이 한 번도 나오지 않았습니다.", "길이 0을 뺌")


@pytest.mark.grades("bonus-denoise", hint=("end_id는 자기 문장의 끝에 붙어 있습니다.", "마지막 end_id 뒤의 토큰은 움직이지 않습니다."))
def test_permuting_and_rotating(submission):
    """문장은 통째로 움직이고 나머지는 끝에 남습니다. 돌린 글은 원래 글을 이은 것입니다."""
    first, second, rest = SENTENCES[:7], SENTENCES[7:14], SENTENCES[14:]
    found = submission.run(noisy, name="permute_sentences", arguments=[1], seeds=12, ends=ENDS, returns=MANY)
    if any(made not in ([*first, *second, *rest], [*second, *first, *rest]) for made in found):
        expect.fail("문장 둘과 끝나지 않은 나머지를 섞은 결과가 약속과 다릅니다.")
    if len({tuple(made) for made in found}) == 1:
        expect.fail("열두 번 섞었는데 순서가 한 가지뿐입니다.")
    turned = submission.run(noisy, name="rotate_document", arguments=[], seeds=30, returns=MANY)
    if any(made not in [ORIGINAL[k:] + ORIGINAL[:k] for k in range(20)] for made in turned):
        expect.fail("돌린 글이 원래 글을 돌린 것이 아닙니다.")
    if len({made[0] for made in turned}) < 5:
        expect.fail("서른 번 돌렸는데 시작하는 토큰이 몇 가지뿐입니다.")


# -- bonus-together ---------------------------------------------------------------------------------------------------


def cosine_and_sum(student):
    import torch

    a, b = torch.tensor(1.0, requires_grad=True), torch.tensor([1.0], requires_grad=True)
    cosine = student.gradient_cosine(3 * a + 4 * b.sum(), 4 * a + 3 * b.sum(), [a, b])
    unused = student.gradient_cosine(3 * a, 4 * a + 3 * b.sum(), [a, b])
    zero = student.gradient_cosine(0.0 * a, 4 * a, [a])
    untouched = a.grad is None and b.grad is None
    student.combine_losses({"x": a**2, "y": 3 * a}, {"x": 0.5, "y": 2.0}).backward()
    return float(cosine), float(unused), float(zero), untouched, float(a.grad)


@pytest.mark.grades(
    "bonus-together",
    hint=(
        "기울기를 모두 한 벡터로 이으세요.",
        "torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)",
        "None인 기울기는 0입니다.",
    ),
)
def test_cosine_and_gradient_of_the_sum(submission):
    """손 예제의 코사인은 0.96이고, 가중합의 기울기는 기울기의 가중합입니다."""
    cosine, unused, zero, untouched, gradient = submission.run(cosine_and_sum, returns=tuple[float, float, float, bool, float])
    if abs(cosine - 1.0) < 1e-6:
        expect.fail("손 예제의 코사인이 1입니다. 매개변수마다 구해 평균하고 있지 않나요?", "매개변수마다 구함")
    expect.close(cosine, 0.96, tolerance=1e-5, given="손 예제의 코사인")
    expect.close(unused, 0.8, tolerance=1e-5, given="한쪽이 쓰지 않는 매개변수가 있을 때의 코사인")
    expect.equal(zero, 0.0, given="기울기가 모두 0일 때의 코사인", show_expected=True)
    if not untouched:
        expect.fail("gradient_cosine이 매개변수의 .grad를 바꾸었습니다. backward() 대신 autograd.grad를 쓰세요.", ".grad를 바꿈")
    expect.close(gradient, 7.0, tolerance=1e-5, given="0.5·a² + 2·3a의 a = 1에서의 기울기")


def refuses_names(student, names):
    import torch

    try:
        student.combine_losses({"clm": torch.tensor(1.0)} if "clm" in names else {}, dict.fromkeys(names, 1.0))
    except ValueError:
        return True
    return False


@pytest.mark.grades("bonus-together", hint=("losses.keys() != weights.keys()이면 ValueError를 내세요.", "비어 있어도 ValueError입니다."))
def test_names_must_agree(submission):
    """이름이 다르거나 비어 있으면 ValueError를 냅니다."""
    for names in (["clm", "mlm"], ["mlm"], []):
        if not submission.run(refuses_names, names=names, returns=bool):
            expect.fail(f"무게의 이름이 {names}인데 ValueError를 내지 않았습니다.")

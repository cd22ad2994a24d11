"""Hidden checks of a bonus: several objectives together. Only plain data goes to the student's code and comes back."""

from __future__ import annotations

import math

import pytest
import torch

from course_lib.kit import expect
from course_lib.objectives.judging import close, scalar
from course_lib.objectives.together import combine_losses, gradient_cosine
from course_lib.objectives.trials import floats


def combined(student, x, weights):
    import torch

    leaf = x.clone().requires_grad_()
    losses = {"clm": (leaf**2).sum(), "mlm": leaf.exp().sum(), "plm": leaf.sin().sum()}
    value = student.combine_losses(losses, weights)
    value.backward()
    refused = []
    for other in ({"clm": 1.0, "mlm": 1.0}, {**weights, "sop": 1.0}):
        try:
            student.combine_losses({name: loss.detach() for name, loss in losses.items()}, other)
            refused.append("accepted")
        except ValueError:
            refused.append("ValueError")
        except Exception as error:
            refused.append(type(error).__name__)
    try:
        student.combine_losses({}, {})
        refused.append("accepted")
    except ValueError:
        refused.append("ValueError")
    except Exception as error:
        refused.append(type(error).__name__)
    return torch.as_tensor(value).detach(), leaf.grad, refused


@pytest.mark.grades(
    "bonus-together", hint=("무게를 곱해 더합니다.", "무게의 합으로 나누지 않습니다.", "이름이 다르면 ValueError를 내세요.")
)
def test_combining(submission, rng):
    """값과 기울기가 무게의 가중합이고, 이름이 어긋나거나 비면 ValueError입니다."""
    x = floats(rng, 6)
    weights = {name: round(float(value), 2) for name, value in zip(("plm", "clm", "mlm"), rng.uniform(0.2, 3.0, 3), strict=True)}
    value, gradient, refused = submission.run(combined, x=x, weights=weights, returns=tuple[torch.Tensor, torch.Tensor, list[str]])
    leaf = x.clone().requires_grad_()
    losses = {"clm": (leaf**2).sum(), "mlm": leaf.exp().sum(), "plm": leaf.sin().sum()}
    right = combine_losses(losses, weights)
    right.backward()
    by_place = sum(w * loss.detach() for w, loss in zip(weights.values(), losses.values(), strict=True))
    total = sum(weights.values())
    known = {
        "무게로 나눔": (right.detach() / total, "무게의 합으로 나누고 있습니다. 더하기만 합니다."),
        "자리로 짝지음": (by_place, "무게를 이름이 아니라 차례로 짝짓고 있습니다."),
        "무게를 무시": (sum(losses.values()).detach(), "무게를 곱하지 않고 있습니다."),
        "평균": (right.detach() / 3, "손실의 수로 나누고 있습니다."),
    }
    close(scalar(value, "combine_losses"), right.detach(), given=f"무게 {weights}", known=lambda: known)
    close(gradient, leaf.grad, given="combine_losses의 기울기")
    for result, what in zip(refused, ("무게가 없는 손실이 있을 때", "손실이 없는 무게가 있을 때", "비었을 때"), strict=True):
        if result != "ValueError":
            expect.fail(f"{what} ValueError를 내야 하는데 {result}입니다. 이름을 잘못 적은 무게가 소리 없이 사라집니다.", "이름의 검사")


def cosines(student, matrix, bias, target):
    first, second, unused = (x.clone().requires_grad_() for x in (matrix, bias, bias))
    out = target @ first
    losses = [(out**2).sum() + second.sum(), (out - 1).exp().mean() + (second**3).sum(), (first**2).sum(), (unused**2).sum()]
    parameters = [first, second, unused]
    pairs = [(0, 1), (0, 0), (0, 2), (2, 3), (1, 2)]
    found = [float(student.gradient_cosine(losses[a], losses[b], parameters)) for a, b in pairs]
    found.append(float(student.gradient_cosine(losses[0], -losses[0], parameters)))
    zero = (first * 0).sum()
    found.append(float(student.gradient_cosine(losses[0], zero, parameters)))
    found.append(float(student.gradient_cosine(losses[0] * 1e-3, losses[1] * 1e-3, parameters)))
    touched = any(parameter.grad is not None for parameter in parameters)
    losses[1].backward()
    return found, touched


@pytest.mark.grades(
    "bonus-together",
    hint=(
        "기울기를 모두 한 벡터로 이으세요.",
        "쓰지 않는 매개변수는 allow_unused=True로 None이 되고, 0으로 봅니다.",
        "torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)",
    ),
)
def test_cosines(submission, rng):
    """코사인이 기준 구현과 같고, 쓰지 않는 매개변수와 0인 기울기를 견디며, .grad를 바꾸지 않고 그래프를 남깁니다."""
    matrix, bias, target = floats(rng, 4, 3), floats(rng, 3), floats(rng, 5, 4)
    found, touched = submission.run(cosines, matrix=matrix, bias=bias, target=target, returns=tuple[list[float], bool])
    right, by_parameter = _right_cosines(matrix, bias, target)
    for actual, wanted, apart in zip(found, right, by_parameter, strict=True):
        if abs(actual - wanted) <= 1e-4:
            continue
        if math.isnan(actual):
            expect.fail("한쪽 기울기가 0일 때 NaN이 나옵니다. 0.0을 돌려주세요.", "NaN")
        if abs(actual - apart) <= 1e-4:
            expect.fail("매개변수마다 코사인을 구해 평균하고 있습니다. 모두를 한 벡터로 이어야 합니다.", "매개변수마다 평균")
        if abs(actual + wanted) <= 1e-4:
            expect.fail("코사인의 부호가 반대입니다.", "부호")
        if abs(actual) > 1.001:
            expect.fail(f"{actual:.4f}: 코사인은 -1과 1 사이입니다. 두 기울기의 크기로 나누세요.", "나누지 않음")
        expect.fail(f"코사인 {actual:.4f}이(가) 기대한 값과 다릅니다.")
    if touched:
        expect.fail("매개변수의 .grad를 바꾸었습니다. backward 대신 torch.autograd.grad를 쓰세요.", ".grad를 바꿈")


def _right_cosines(matrix, bias, target):
    first, second, unused = (x.clone().requires_grad_() for x in (matrix, bias, bias))
    out = target @ first
    losses = [(out**2).sum() + second.sum(), (out - 1).exp().mean() + (second**3).sum(), (first**2).sum(), (unused**2).sum()]
    losses += [-losses[0], (first * 0).sum(), losses[0] * 1e-3, losses[1] * 1e-3]
    parameters = [first, second, unused]
    pairs = [(0, 1), (0, 0), (0, 2), (2, 3), (1, 2), (0, 4), (0, 5), (6, 7)]
    together = [gradient_cosine(losses[a], losses[b], parameters) for a, b in pairs]
    apart = [sum(gradient_cosine(losses[a], losses[b], [p]) for p in parameters) / len(parameters) for a, b in pairs]
    return together, apart

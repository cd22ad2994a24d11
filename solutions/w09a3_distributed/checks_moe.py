"""Hidden checks of the mixture of experts. Only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from course_lib.distributed.moe import load_balancing_loss, moe_output, route, within_capacity
from course_lib.distributed.moe_examples import balance_call, capacity_call, output_call, route_call
from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives.judging import close, near, scalar
from course_lib.objectives.trials import distinct_logits, floats

TENSOR = torch.Tensor
PAIR = tuple[TENSOR, TENSOR]


def _sizes(rng):
    return int(rng.integers(12, 20)), int(rng.integers(4, 7))


@pytest.mark.grades(
    "bonus-moe",
    hint=("softmax의 확률이 큰 k개를 고릅니다.", "고른 것의 합으로 나눕니다.", "weights / weights.sum(-1, keepdim=True)"),
)
def test_routing(submission, rng):
    """무작위 로짓에서 가장 그럴듯한 k개를 큰 것부터 고르고 무게의 합이 1입니다."""
    tokens, number = _sizes(rng)
    for k in (1, 2, 3):
        logits = distinct_logits(rng, tokens, number)
        with smallest(submission, route_call(logits[:4].tolist(), k)):
            weights, experts = submission.call("route", logits, k, returns=PAIR)
            right_weights, right = route(logits, k)
            if experts.shape != right.shape or weights.shape != right.shape:
                shapes = f"{list(weights.shape)}와 {list(experts.shape)}"
                expect.fail(f"k={k}: 무게와 번호의 모양이 {shapes}입니다. {list(right.shape)}이어야 합니다.", "모양이 다름")
            if not torch.equal(experts.long(), right):
                if torch.equal(experts.long().sort(-1).values, right.sort(-1).values):
                    expect.fail(f"k={k}: 고른 전문가는 맞지만 그럴듯한 것부터가 아닙니다.", "차례가 다름")
                expect.fail(f"k={k}: 고른 전문가가 확률이 가장 큰 {k}개가 아닙니다.", "다른 전문가")
            known = {
                "다시 나누지 않음": (logits.softmax(-1).gather(1, right), "고른 확률의 합이 1이 되게 나누지 않았습니다."),
                "로짓": (logits.gather(1, right), "확률이 아니라 로짓을 돌려주고 있습니다."),
                "고르게": (torch.full_like(right_weights, 1 / k), "확률을 쓰지 않고 1/k로 나누고 있습니다."),
            }
            close(weights, right_weights, given=f"k={k}인 무게", known=lambda known=known: known)


def balance_gradient(student, logits, experts):
    leaf = logits.clone().requires_grad_()
    loss = student.load_balancing_loss(leaf, experts)
    loss.backward()
    return loss.detach(), leaf.grad


@pytest.mark.grades(
    "bonus-moe",
    weight=2,
    hint=("f는 배정 Nk개 가운데의 비율, P는 확률의 토큰 평균입니다.", "E를 곱하고 α는 곱하지 않습니다.", "기울기는 P로만 흐릅니다."),
)
def test_auxiliary_loss(submission, rng):
    """무작위 배정에서 보조 손실과 그 기울기가 E Σ f P와 같고, 고르게 나누어지면 k와 상관없이 1입니다."""
    tokens, number = _sizes(rng)
    for k in (1, 2, 3):
        logits = floats(rng, tokens, number, scale=2.0)
        experts = route(logits, k)[1]
        probabilities = logits.softmax(-1)
        share = functional.one_hot(experts, number).float().mean((0, 1))
        mean, right = probabilities.mean(0), load_balancing_loss(logits, experts)
        known = {
            "k로 나누지 않음": (k * right, "f를 k로 나누지 않았습니다. 배정은 모두 Nk개입니다."),
            "E를 잊음": (right / number, "E를 곱하지 않았습니다."),
            "f의 제곱": (number * (share * share).sum(), "확률 P 대신 f를 두 번 썼습니다. 기울기가 흐르지 않습니다."),
            "P의 제곱": (number * (mean * mean).sum(), "f 대신 P를 두 번 썼습니다."),
            "α": (0.01 * right, "α를 곱했습니다. 곱하지 않은 값을 돌려주세요."),
            "E로 나눔": ((share * mean).mean(), "더하지 않고 평균했습니다."),
            "첫째 선택만": (
                number * (functional.one_hot(experts[:, 0], number).float().mean(0) * mean).sum(),
                "첫째 선택만 세고 있습니다. 배정을 모두 셉니다.",
            ),
        }
        leaf = logits.clone().requires_grad_()
        load_balancing_loss(leaf, experts).backward()
        with smallest(submission, balance_call(logits.tolist(), experts.tolist())):
            loss, gradient = submission.run(balance_gradient, logits=logits, experts=experts, returns=tuple[TENSOR, TENSOR | None])
            loss = scalar(loss, "load_balancing_loss")
            close(loss, right, given=f"N={tokens}, E={number}, k={k}", known=lambda known=known: known, tolerance=1e-5)
        if gradient is None:
            expect.fail("보조 손실에서 로짓으로 기울기가 흐르지 않습니다. P는 미분되어야 합니다.", "기울기가 없음")
        close(gradient, leaf.grad, given="보조 손실의 기울기", tolerance=1e-6)
        even = torch.stack([(torch.arange(k) + token) % number for token in range(2 * number)])
        with smallest(submission, balance_call(torch.zeros(2 * number, number).tolist(), even.tolist())):
            loss, _ = submission.run(
                balance_gradient, logits=torch.zeros(2 * number, number), experts=even, returns=tuple[TENSOR, TENSOR | None]
            )
            close(scalar(loss, "load_balancing_loss"), torch.tensor(1.0), given=f"고르게 나누어진 배정(k={k})", tolerance=1e-5)


@pytest.mark.grades(
    "bonus-moe",
    weight=2,
    hint=("첫째 선택을 모두 나눈 다음 둘째 선택입니다.", "experts.T.flatten()이 그 차례입니다.", "one_hot의 누적합이 줄에서의 순서입니다."),
)
def test_capacity(submission, rng):
    """무작위 배정에서 자리를 얻은 것이 맞습니다. 첫째 선택이 모두 먼저이고, 그 안에서는 토큰의 차례입니다."""
    tokens, number = _sizes(rng)
    for k, capacity in ((1, 2), (2, 3), (3, int(rng.integers(5, 8))), (2, 0), (2, 100)):
        experts = route(floats(rng, tokens, number, scale=2.0) + torch.arange(number) * 0.5, k)[1]
        with smallest(submission, capacity_call(experts.tolist(), number, capacity)):
            kept = submission.call("within_capacity", experts, number, capacity, returns=TENSOR)
            right = within_capacity(experts, number, capacity)
            given = f"E={number}, k={k}, 용량 {capacity}"
            if kept.dtype != torch.bool or kept.shape != right.shape:
                expect.fail(f"{given}: Bool {list(right.shape)}이어야 하는데 {kept.dtype} {list(kept.shape)}입니다.", "Bool이 아님")
            if torch.equal(kept, right):
                continue
            rows = within_capacity(experts.flatten()[:, None], number, capacity).view(experts.shape)
            columns = torch.stack([within_capacity(column[:, None], number, capacity)[:, 0] for column in experts.T], dim=1)
            last = within_capacity(experts.flip(0), number, capacity).flip(0)
            wrong = {
                "토큰의 차례": (rows, "토큰마다 모든 선택을 나누었습니다. 모든 토큰의 첫째 선택이 먼저입니다."),
                "선택마다 따로": (columns, "선택마다 용량을 따로 두었습니다. 용량은 전문가마다 하나입니다."),
                "뒤의 토큰이 먼저": (last, "뒤의 토큰이 먼저 자리를 얻었습니다."),
                "하나 적음": (within_capacity(experts, number, capacity - 1), "자리를 하나 적게 세었습니다."),
                "하나 많음": (within_capacity(experts, number, capacity + 1), "자리를 하나 많게 세었습니다."),
                "반대": (~right, "True와 False가 반대입니다. True가 자리를 얻은 배정입니다."),
            }
            for name, (other, said) in wrong.items():
                if torch.equal(kept, other):
                    expect.fail(f"{said} ({given})", name)
            token, choice = (int(place) for place in (kept != right).nonzero()[0])
            expect.fail(f"{given}: 토큰 {token}의 선택 {choice}이(가) 자리를 얻었는지가 다릅니다.")


def mixed_output(student, x, weights, experts, kept, matrices):
    calls = []

    def expert(number):
        def network(rows):
            calls.append((number, len(rows)))
            return (rows @ matrices[number]).tanh()

        return network

    return student.moe_output(x, weights, experts, kept, [expert(number) for number in range(len(matrices))]), calls


@pytest.mark.grades(
    "bonus-moe",
    weight=2,
    hint=("전문가마다 자기 토큰을 골라 한 번에 넣으세요.", "output.index_add(0, tokens, …)", "버려진 배정은 더하지 않습니다."),
)
def test_output_of_the_kept(submission, rng):
    """남은 배정의 출력을 무게로 더한 것이고, 전문가마다 자기 토큰만 한 번에 넣으며, 토큰이 없는 전문가는 부르지 않습니다."""
    tokens, number = _sizes(rng)
    x, matrices = floats(rng, tokens, 3), floats(rng, number, 3, 3)
    for k, capacity in ((1, 3), (2, 4), (2, 100)):
        weights, experts = route(floats(rng, tokens, number - 1, scale=2.0), k)  # the last expert has nobody
        kept = within_capacity(experts, number, capacity)
        networks = [lambda rows, matrix=matrix: (rows @ matrix).tanh() for matrix in matrices]

        def made(weights=weights, kept=kept, experts=experts, networks=networks):
            return moe_output(x, weights, experts, kept, networks)

        inputs = {"x": x, "weights": weights, "experts": experts, "kept": kept, "matrices": matrices}
        parts = zip(weights.tolist(), experts.tolist(), kept.tolist(), strict=True)
        with smallest(submission, output_call([list(zip(*part, strict=True)) for part in parts], number)):
            output, calls = submission.run(mixed_output, **inputs, returns=tuple[TENSOR, list[tuple[int, int]]])
            left = (weights * kept).sum(-1, keepdim=True).clamp(min=1e-9)
            known = {
                "모두 남김": (made(kept=torch.ones_like(kept)), "버려진 배정까지 더하고 있습니다."),
                "무게를 잊음": (made(weights=torch.ones_like(weights)), "무게를 곱하지 않고 있습니다."),
                "다시 나눔": (made(weights=weights / left), "남은 무게를 다시 나누고 있습니다. 무게는 그대로 둡니다."),
                "잔차": (made() + x, "잔차 연결까지 더하고 있습니다. 전문가의 출력만 더합니다."),
            }
            close(output, made(), given=f"E={number}, k={k}, 용량 {capacity}", known=lambda known=known: known)
        if len({name for name, _ in calls}) < len(calls):
            expect.fail(f"전문가를 {len(calls)}번 불렀습니다. 전문가마다 자기 토큰을 한 번에 넣으세요.", "토큰마다 부름")
        received = dict(calls)
        right = {e: int(((experts == e) & kept).sum()) for e in range(number)}
        if any(received.get(e, 0) != count for e, count in right.items()):
            expect.fail(f"전문가가 받은 토큰의 수가 {received}입니다. 남은 배정은 {right}입니다.", "모든 토큰을 넣음")
        if not near(output[~kept.any(-1)], torch.zeros_like(output[~kept.any(-1)])):
            expect.fail("모든 배정이 버려진 토큰의 출력이 0이 아닙니다.", "버린 토큰")

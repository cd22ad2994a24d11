"""Public checks of the mixture of experts: small fixed inputs. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import pytest
import torch

from course_lib.kit import expect

PAIR = tuple[torch.Tensor, torch.Tensor]
CHOSEN = [[0], [0], [0], [1]]


@pytest.mark.grades("bonus-moe", hint=("softmax의 확률에서 topk로 고르고, 고른 것의 합으로 나누세요.", "큰 것부터입니다."))
def test_route_by_hand(submission):
    """확률이 1/2, 1/8, 3/8인 토큰에서 둘을 고르면 전문가 0과 2, 무게는 4/7과 3/7입니다."""
    weights, experts = submission.call("route", torch.tensor([[0.5, 0.125, 0.375]]).log(), 2, returns=PAIR)
    expect.equal(experts.tolist(), [[0, 2]], given="확률 (1/2, 1/8, 3/8), k=2", show_expected=True)
    shown = [round(float(weight), 4) for weight in weights.flatten()]
    known = {"다시 나누지 않음": ([0.5, 0.375], "고른 확률의 합이 1이 되게 나누지 않았습니다.")}
    expect.equal(shown, [0.5714, 0.4286], given="같은 토큰의 무게", known=known, show_expected=True)


@pytest.mark.grades("bonus-moe", hint=("f는 배정의 비율, P는 확률의 평균입니다.", "E Σ f P"))
def test_balance_by_hand(submission):
    """손 예제의 보조 손실은 1과 1.25입니다."""
    for probabilities, right in (([0.5, 0.5], 1.0), ([0.75, 0.25], 1.25)):
        logits = torch.tensor(probabilities).log().expand(4, 2).contiguous()
        loss = submission.call("load_balancing_loss", logits, torch.tensor(CHOSEN), returns=torch.Tensor)
        if abs(float(loss) - right) > 1e-5:
            said = " E를 곱했나요?" if abs(float(loss) * 2 - right) < 1e-5 else ""
            expect.fail(f"라우터의 확률이 모두 {probabilities}일 때 {float(loss):.4f}입니다. 기대한 값은 {right}입니다.{said}")


@pytest.mark.grades("bonus-moe", hint=("첫째 선택이 모두 먼저입니다.", "experts.T.flatten()의 차례로 세세요."))
def test_capacity_by_hand(submission):
    """손 예제에서 셋째 토큰이 버려지고, 모든 토큰의 첫째 선택이 둘째 선택보다 먼저입니다."""
    kept = submission.call("within_capacity", torch.tensor(CHOSEN), 2, 2, returns=torch.Tensor)
    expect.equal(kept.flatten().tolist(), [True, True, False, True], given=f"{CHOSEN}, 용량 2", show_expected=True)
    kept = submission.call("within_capacity", torch.tensor([[0, 1], [1, 0]]), 2, 1, returns=torch.Tensor)
    known = {"토큰의 차례": ([[True, True], [False, False]], "토큰마다 모든 선택을 나누었습니다. 첫째 선택이 모두 먼저입니다.")}
    expect.equal(kept.tolist(), [[True, False], [True, False]], given="[[0, 1], [1, 0]], 용량 1", known=known, show_expected=True)


def output_by_hand(student):
    import torch

    x, weights = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.75, 0.25], [0.5, 0.5]])
    experts, kept = torch.tensor([[0, 1], [1, 0]]), torch.tensor([[True, True], [True, False]])
    return student.moe_output(x, weights, experts, kept, [lambda rows: rows * 10, lambda rows: rows * 100])


@pytest.mark.grades("bonus-moe", hint=("전문가마다 (experts == e) & kept인 자리를 찾으세요.", "index_add로 무게를 곱해 더합니다."))
def test_output_by_hand(submission):
    """전문가가 10배와 100배일 때 첫 토큰은 32.5, 둘째 선택이 버려진 둘째 토큰은 100입니다."""
    found = [round(float(value), 4) for value in submission.run(output_by_hand, returns=torch.Tensor).flatten()]
    known = {"모두 남김": ([32.5, 110.0], "버려진 배정까지 더했습니다."), "다시 나눔": ([32.5, 200.0], "남은 무게를 다시 나누었습니다.")}
    expect.equal(found, [32.5, 100.0], given="손 예제", known=known, show_expected=True)

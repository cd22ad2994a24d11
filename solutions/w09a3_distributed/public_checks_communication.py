"""Public checks of compression, delay and overlap: small fixed inputs. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import pytest
import torch

from course_lib.kit import expect, theory
from course_lib.kit.evidence import expect_kept

ANSWERS = dict[str, object]
PAIR = tuple[torch.Tensor, torch.Tensor]


def _close(actual, expected, given):
    if tuple(actual.shape) != tuple(expected.shape):
        expect.fail(f"{given}: 모양이 {tuple(actual.shape)}입니다. {tuple(expected.shape)}이어야 합니다.")
    if actual.isnan().any():
        expect.fail(f"{given}: NaN이 있습니다.", "NaN")
    if not torch.allclose(actual.double(), expected.double(), atol=1e-4):
        shown = [[round(float(value), 3) for value in tensor.flatten()] for tensor in (actual, expected)]
        expect.fail(f"{given}: 나온 값은 {expect.show(shown[0])}, 기대한 값은 {expect.show(shown[1])}입니다.")


# -- implementation ---------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "comm-topk",
    hint=(
        "절댓값이 큰 것을 고르되 값은 부호 그대로 보냅니다.",
        "tensor.flatten().abs().topk(k).indices",
        "k를 0과 원소의 수 사이로 자르세요.",
    ),
)
def test_topk_of_the_hand_example(submission):
    """손 예제에서 -5와 3을 1번과 3번 자리로 보내고, k가 커도 됩니다."""
    matrix = torch.tensor([[1.0, -5.0], [0.0, 3.0]])
    values, indices = submission.call("topk_compress", matrix, 2, returns=PAIR)
    found = dict(zip(indices.tolist(), values.tolist(), strict=True))
    known = {
        "부호가 있는 값": ({3: 3.0, 0: 1.0}, "부호가 있는 값으로 골랐습니다. 큰 음수를 버리게 됩니다."),
        "부호를 잃음": ({1: 5.0, 3: 3.0}, "값의 부호를 잃었습니다."),
    }
    expect.equal(found, {1: -5.0, 3: 3.0}, given="[[1, -5], [0, 3]], k=2", known=known, show_expected=True)
    values, _ = submission.call("topk_compress", matrix, 9, returns=PAIR)
    expect.equal(len(values), 4, given="원소 넷에 k=9일 때 보낸 수", show_expected=True)


@pytest.mark.grades("comm-topk", hint=("0으로 채운 벡터에 flat[indices] = values를 하고 모양을 바꾸세요.",))
def test_decompress_the_hand_example(submission):
    """손 예제를 되돌리면 보낸 둘만 제자리에 있습니다."""
    found = submission.call("decompress", torch.tensor([3.0, -5.0]), torch.tensor([3, 1]), (2, 2), returns=torch.Tensor)
    _close(found, torch.tensor([[0.0, -5.0], [0.0, 3.0]]), "손 예제")


def fed_by_hand(student):
    import torch

    feedback, found = student.ErrorFeedback(1), []
    for _ in range(5):
        values, indices = feedback.compress(torch.tensor([1.0, 0.3]))
        found.append((int(indices), round(float(values), 4), [round(float(x), 4) for x in feedback.residual]))
    return found


@pytest.mark.grades(
    "comm-feedback",
    hint=(
        "gradient + residual에서 고르세요.",
        "남은 것은 더한 기울기에서 보낸 것을 뺀 것입니다.",
        "residual = corrected - decompress(values, indices, corrected.shape)",
    ),
)
def test_feedback_of_the_hand_example(submission):
    """손 예제에서 넷째 걸음에 둘째 원소의 1.2를, 다섯째 걸음에 첫째 원소의 2를 보냅니다."""
    right = [(0, 1.0, [0.0, 0.3]), (0, 1.0, [0.0, 0.6]), (0, 1.0, [0.0, 0.9]), (1, 1.2, [1.0, 0.0]), (0, 2.0, [0.0, 0.3])]
    known = {
        "되먹임이 없음": (
            [(0, 1.0, [0.0, 0.3])] * 5,
            "남은 것을 다음 기울기에 더하지 않았거나, 새로 남은 것을 더하기 전의 기울기에서 구했습니다.",
        )
    }
    found = submission.run(fed_by_hand, returns=list[tuple[int, float, list[float]]])
    expect.equal(found, right, given="기울기 (1, 0.3)을 다섯 번, k=1", known=known, show_expected=True)


@pytest.mark.grades(
    "comm-powersgd",
    hint=("P = M @ q의 열을 정규 직교로 만드세요.", "torch.linalg.qr(matrix @ q).Q", "그다음 Q = M.T @ P"),
)
def test_powersgd_of_the_hand_example(submission):
    """손 예제의 근사는 행렬 그대로이고, 0인 행렬의 근사는 0입니다."""
    matrix = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    p, q = submission.call("powersgd", matrix, 1, torch.tensor([[1.0], [0.0]]), returns=PAIR)
    _close(p @ q.T, matrix, "손 예제의 PQᵀ")
    _close(p.T @ p, torch.ones(1, 1), "손 예제의 PᵀP")
    p, q = submission.call("powersgd", torch.zeros(3, 2), 1, torch.ones(2, 1), returns=PAIR)
    _close(p @ q.T, torch.zeros(3, 2), "0인 행렬의 PQᵀ")


def descent_by_hand(student):
    import torch

    return [float(w) for w in student.async_sgd(lambda w: w, torch.tensor(1.0), 1.0, 1, 7)]


@pytest.mark.grades(
    "comm-async",
    hint=("weights[max(step - delay, 0)]의 기울기를 씁니다.", "걸음은 weights[-1]에서 내디딥니다.", "w0부터 모두 담으세요."),
)
def test_async_of_the_hand_example(submission):
    """손 예제의 가중치는 1, 0, -1, -1, 0, 1, 1, 0입니다."""
    known = {"지연이 없음": ([1.0, *[0.0] * 7], "지연을 쓰지 않았거나, 지금의 가중치가 아니라 묵은 가중치에서 내려갔습니다.")}
    found = submission.run(descent_by_hand, returns=list[float])
    right = [1.0, 0.0, -1.0, -1.0, 0.0, 1.0, 1.0, 0.0]
    expect.equal(found, right, given="g(w) = w, w0 = 1, lr = 1, delay = 1", known=known, show_expected=True)


@pytest.mark.grades("comm-overlap", hint=("sent = max(ready, sent) + communicate", "마지막에 max(ready, sent)", "빈 리스트는 0.0"))
def test_overlap_of_the_hand_example(submission):
    """손 예제는 10에 끝나고, 빈 리스트는 0입니다."""
    known = {
        "겹치지 않음": (13, "겹치지 않고 더했습니다."),
        "긴 쪽": (7, "계산의 합과 통신의 합 가운데 큰 것입니다. 기울기가 나와야 보낼 수 있습니다."),
        "줄을 서지 않음": (8, "앞의 통신이 끝나기 전에 다음을 보냈습니다."),
    }
    found = submission.call("overlap_makespan", [(3, 2), (1, 4), (2, 1)], returns=float)
    expect.equal(found, 10, given="[(3, 2), (1, 4), (2, 1)]", known=known, show_expected=True)
    expect.equal(submission.call("overlap_makespan", [], returns=float), 0.0, given="빈 리스트", show_expected=True)
    expect.equal(submission.call("overlap_makespan", [(1, 1), (9, 0)], returns=float), 10, given="[(1, 1), (9, 0)]", show_expected=True)


# -- theory and experiments -------------------------------------------------------------------------------------------


def _numbers(found, *names):
    for name in names:
        theory.number(found.get(name), name)


@pytest.mark.grades("theory-lowrank", form=True)
def test_form_of_low_rank(submission):
    """`share`와 `largest`는 수이고 `formula`는 m, n, r의 식입니다."""
    found = submission.call("answer_lowrank", 640, 384, 4, returns=ANSWERS)
    _numbers(found, "share", "largest")
    theory.expression(found.get("formula"), "formula", ("m", "n", "r"))


@pytest.mark.grades("theory-delay", form=True)
def test_form_of_delay(submission):
    """`bound`와 `fresh`는 수이고 `formula`는 L과 t의 식입니다."""
    found = submission.call("answer_delay", 3.0, 2, returns=ANSWERS)
    _numbers(found, "bound", "fresh")
    theory.expression(found.get("formula"), "formula", ("L", "t"))


@pytest.mark.grades("theory-overlap", form=True)
def test_form_of_overlap(submission):
    """`makespan`, `sequential`, `waited`는 수입니다."""
    found = submission.call("answer_overlap", [(4, 5), (2, 6), (9, 1), (3, 3)], returns=ANSWERS)
    _numbers(found, "makespan", "sequential", "waited")


@pytest.mark.grades("exp-compression", form=True)
def test_compression_is_kept(evidence):
    """표 methods와 결론 둘이 남아 있습니다."""
    expect_kept(evidence, ["methods"], "feedback", "saved")


@pytest.mark.grades("exp-delay", form=True)
def test_delays_are_kept(evidence):
    """표 delays와 결론 둘이 남아 있습니다."""
    expect_kept(evidence, ["delays"], "delay-bound", "delay-loss")


@pytest.mark.grades("exp-overlap", form=True)
def test_overlap_is_kept(evidence):
    """표 overlap과 결론 둘이 남아 있습니다."""
    expect_kept(evidence, ["overlap"], "overlap-best", "overlap-gain")

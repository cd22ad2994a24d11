"""Hidden checks of the theory questions. Expected values never leave the grader."""

from __future__ import annotations

import math

import pytest
import torch

from course_lib.kit import exercises_objectives, expect, theory
from course_lib.objectives import two_stream_masks
from course_lib.objectives.judging import answer

TENSOR = torch.Tensor


def _numbers(submission, question, draw):
    return draw(theory.params(submission.student, question))


def _apart(known, right, relative=1e-3):
    """Wrong answers that this student's numbers tell from the right one."""
    return {name: pair for name, pair in known.items() if not math.isclose(pair[0], right, rel_tol=relative)}


# -- theory-start -----------------------------------------------------------------------------------------------------


def _start(submission):
    numbers = _numbers(submission, "theory-start", exercises_objectives.initial_loss)
    return answer(submission, "answer_start", numbers["vocab_size"], numbers["loss"]), numbers


@pytest.mark.grades("theory-start", hint=("모든 토큰의 확률이 1/V입니다.", "손실은 그 확률의 -ln입니다.", "ln V"))
def test_first_loss(submission):
    """첫 손실의 값과 식이 맞습니다."""
    found, numbers = _start(submission)
    size = numbers["vocab_size"]
    known = {
        "밑이 2": (math.log2(size), "밑이 2인 로그입니다. 단위는 나트이므로 자연로그를 씁니다."),
        "밑이 10": (math.log10(size), "밑이 10인 로그입니다. 자연로그를 씁니다."),
        "확률": (1 / size, "손실이 아니라 확률입니다. -ln을 취하세요."),
        "부호": (-math.log(size), "부호가 반대입니다. 손실은 -ln p입니다."),
    }
    theory.check_number(found.get("first"), math.log(size), name="first", relative=1e-3, known=known)
    formulas = {"확률": ("1/V", "손실이 아니라 확률의 식입니다."), "부호": ("-log(V)", "부호가 반대입니다. -ln(1/V)는 0보다 큽니다.")}
    theory.check_expression(found.get("formula"), "log(V)", ("V",), name="formula", known=formulas)


@pytest.mark.grades("theory-start", hint=("혼란도는 손실의 exp입니다.", "손실이 나트이므로 밑은 e입니다.", "math.exp(loss)"))
def test_perplexity_of_a_loss(submission):
    """나중의 혼란도가 맞습니다."""
    found, numbers = _start(submission)
    loss = numbers["loss"]
    known = {
        "밑이 2": (2**loss, "2를 거듭제곱했습니다. 손실이 나트이므로 밑은 e입니다."),
        "손실의 비": (numbers["vocab_size"] / math.exp(loss), "처음의 혼란도를 나중의 것으로 나눈 값입니다."),
        "손실 그대로": (loss, "손실을 그대로 적었습니다. exp를 취합니다."),
    }
    theory.check_number(found.get("perplexity"), math.exp(loss), name="perplexity", relative=1e-3, known=known)


# -- theory-gradient --------------------------------------------------------------------------------------------------


def _gradients(submission):
    numbers = _numbers(submission, "theory-gradient", exercises_objectives.gradient)
    found = answer(submission, "answer_gradient", numbers["logits"], numbers["targets"])
    p = torch.tensor(numbers["logits"], dtype=torch.float64).softmax(-1)
    return found, p, numbers["targets"]


@pytest.mark.grades(
    "theory-gradient",
    hint=("정답의 로짓의 기울기는 p - 1에 비례합니다.", "두 자리의 평균이므로 2로 나눕니다.", "(p - 1)/2, 0보다 작습니다."),
)
def test_gradient_of_the_target(submission):
    """정답인 로짓의 기울기가 맞습니다."""
    found, p, targets = _gradients(submission)
    value = float(p[0, targets[0]])
    right = (value - 1) / 2
    known = {
        "평균을 잊음": (value - 1, "자리의 수로 나누지 않았습니다. 손실은 두 자리의 평균입니다."),
        "부호": (-right, "부호가 반대입니다. 정답의 로짓을 키우면 손실이 줄어드므로 기울기는 0보다 작습니다."),
        "정답을 빼지 않음": (value / 2, "정답인 자리에서 1을 빼지 않았습니다."),
        "확률의 곱": (-value * (1 - value) / 2, "확률의 미분 p(1 - p)입니다. 로그 확률을 미분하면 p - 1입니다."),
        "어휘로 나눔": ((value - 1) / 4, "어휘의 크기로 나누었습니다. 자리의 수로 나눕니다."),
    }
    theory.check_number(found.get("right"), right, name="right", relative=1e-3, known=_apart(known, right))


@pytest.mark.grades(
    "theory-gradient", hint=("정답이 아닌 로짓의 기울기는 p에 비례합니다.", "softmax의 합은 1이고 정답의 합도 1입니다.", "p/2, 합은 0")
)
def test_gradient_of_a_mistake(submission):
    """정답이 아닌 가장 큰 로짓의 기울기와 한 자리의 기울기의 합이 맞습니다."""
    found, p, _ = _gradients(submission)
    value = float(p[1].max())
    known = {
        "평균을 잊음": (value, "자리의 수로 나누지 않았습니다. 손실은 두 자리의 평균입니다."),
        "부호": (-value / 2, "부호가 반대입니다. 틀린 로짓을 키우면 손실이 늘어납니다."),
        "1을 뺌": ((value - 1) / 2, "정답이 아닌 로짓에서는 1을 빼지 않습니다."),
        "어휘로 나눔": (value / 4, "어휘의 크기로 나누었습니다. 자리의 수로 나눕니다."),
    }
    theory.check_number(found.get("mistaken"), value / 2, name="mistaken", relative=1e-3, known=_apart(known, value / 2))
    said = {"softmax의 합": (0.5, "softmax의 합만 적었습니다. 정답의 합 1/2을 빼야 합니다."), "하나": (1.0, "softmax의 합입니다.")}
    theory.check_number(found.get("total"), 0.0, name="total", absolute=1e-6, known=said)


# -- theory-nucleus ---------------------------------------------------------------------------------------------------


def _nucleus(submission):
    numbers = _numbers(submission, "theory-nucleus", exercises_objectives.nucleus)
    found = answer(submission, "answer_nucleus", numbers["logits"], numbers["top_p"])
    p = torch.tensor(sorted(numbers["logits"], reverse=True), dtype=torch.float64).softmax(-1)
    size = int((p.cumsum(-1) < numbers["top_p"]).sum()) + 1
    return found, p, size


@pytest.mark.grades(
    "theory-nucleus", hint=("큰 것부터 더합니다.", "합이 top_p 이상이 되게 하는 토큰까지 남깁니다.", "누적합 < top_p인 수 + 1")
)
def test_size_of_the_nucleus(submission):
    """남는 토큰의 수가 맞습니다."""
    found, _, size = _nucleus(submission)
    known = {
        "문턱을 넘기는 토큰을 버림": (size - 1, "문턱을 넘기는 토큰을 버렸습니다. 합이 top_p 이상이 되게 하는 토큰까지 남깁니다."),
        "하나 더": (size + 1, "하나를 더 남겼습니다. 합이 top_p 이상이 되면 멈춥니다."),
    }
    theory.check_number(found.get("size"), size, name="size", relative=0, absolute=0.4, known=known)


@pytest.mark.grades(
    "theory-nucleus", weight=2, hint=("남은 확률의 합으로 다시 나눕니다.", "로짓의 exp를 남은 것끼리 나누면 됩니다.", "p / 남은 p의 합")
)
def test_probabilities_of_the_nucleus(submission):
    """가장 그럴듯한 것과 가장 그럴듯하지 않은 것의 다시 나눈 확률이 맞습니다."""
    found, p, size = _nucleus(submission)
    kept = p[:size] / p[:size].sum()
    fewer = p[: size - 1] / p[: size - 1].sum()
    for name, place in (("most", 0), ("least", -1)):
        right = float(kept[place])
        known = {
            "다시 나누지 않음": (float(p[:size][place]), "다시 나누지 않은 확률입니다. 남은 것의 합이 1이 되어야 합니다."),
            "문턱을 넘기는 토큰을 버림": (float(fewer[place]), "문턱을 넘기는 토큰을 빼고 나누었습니다."),
        }
        theory.check_number(found.get(name), right, name=name, relative=1e-3, known=_apart(known, right, 3e-3))


# -- theory-masking ---------------------------------------------------------------------------------------------------


def _masking(submission):
    numbers = _numbers(submission, "theory-masking", exercises_objectives.masking)
    arguments = (numbers["p"], numbers["p_mask"], numbers["p_random"], numbers["length"])
    return answer(submission, "answer_masking", *arguments), arguments


@pytest.mark.grades("theory-masking", hint=("토큰마다 고르지 않을 확률은 1 - p입니다.", "서로 독립이므로 곱합니다.", "(1 - p)^T와 pT"))
def test_none_and_expected(submission):
    """하나도 고르지 않을 확률과 고르는 수의 기댓값이 맞습니다."""
    found, (p, p_mask, _, length) = _masking(submission)
    right = (1 - p) ** length
    known = {
        "모두 고를 확률": (p**length, "모두 고를 확률입니다."),
        "여집합": (1 - right, "하나라도 고를 확률입니다."),
        "곱하지 않음": (max(0.0, 1 - p * length), "확률을 더해서 뺐습니다. 토큰마다 고르지 않을 확률을 곱합니다."),
    }
    theory.check_number(found.get("none"), right, name="none", relative=1e-3, known=_apart(known, right))
    known = {
        "가린 것만": (p * p_mask * length, "<mask>로 바꾼 토큰만 세었습니다. 고른 토큰을 모두 셉니다."),
        "비율": (p, "한 토큰의 확률입니다. 길이를 곱합니다."),
    }
    theory.check_number(found.get("expected"), p * length, name="expected", relative=1e-3, known=_apart(known, p * length))


@pytest.mark.grades(
    "theory-masking", hint=("골랐고, 가리지도 무작위로 바꾸지도 않은 것입니다.", "몫은 고른 것 가운데의 몫입니다.", "p(1 - m - r)")
)
def test_kept_and_predicted(submission):
    """바뀌지 않았지만 맞혀야 할 확률과 식이 맞습니다."""
    found, (p, p_mask, p_random, _) = _masking(submission)
    right = p * (1 - p_mask - p_random)
    known = {
        "고른 것 가운데": (1 - p_mask - p_random, "고른 것 가운데의 몫입니다. 고를 확률 p를 곱합니다."),
        "남은 것의 몫": (p * (1 - p_mask) * (1 - p_random), "p_random을 남은 것 가운데의 몫으로 보았습니다. 고른 것 전체의 몫입니다."),
        "바뀌지 않은 토큰": (1 - p + right, "고르지 않은 토큰까지 세었습니다."),
        "가리지 않은 것": (p * (1 - p_mask), "무작위로 바뀐 것을 빼지 않았습니다."),
    }
    theory.check_number(found.get("kept"), right, name="kept", relative=1e-3, known=_apart(known, right))
    formulas = {
        "고른 것 가운데": ("1-m-r", "고를 확률 p를 곱하지 않았습니다."),
        "남은 것의 몫": ("p*(1-m)*(1-r)", "r을 남은 것 가운데의 몫으로 보았습니다."),
        "가리지 않은 것": ("p*(1-m)", "무작위로 바뀐 것을 빼지 않았습니다."),
    }
    theory.check_expression(found.get("formula"), "p*(1-m-r)", ("p", "m", "r"), name="formula", known=formulas)


# -- theory-order -----------------------------------------------------------------------------------------------------


def _order(submission, upstream):
    """The answer, and what the student's own masks show; the reference's in the second pass."""
    order, place = _numbers(submission, "theory-order", exercises_objectives.order)
    ids = torch.tensor(order)
    right = two_stream_masks(ids)[1]
    mask = upstream(lambda: right)
    if mask is None:
        _, mask = submission.call("two_stream_masks", ids, returns=tuple[TENSOR, TENSOR])
        if mask.shape != right.shape or not torch.equal(mask.bool(), right):
            expect.fail("여러분의 two_stream_masks가 이 순서에서 약속과 다릅니다. 먼저 plm-order를 확인하세요.", "구현이 먼저")
    found = answer(submission, "answer_order", order, place)
    return found, order, place, mask.bool()


def _places(found, name):
    value = found.get(name)
    if value is None:
        theory.number(value, name)
    if not isinstance(value, (list, tuple)) or not all(isinstance(entry, int) and not isinstance(entry, bool) for entry in value):
        expect.fail(f"{name}에는 자리의 번호를 [0, 2]처럼 적습니다. 지금 값: {expect.show(value)}")
    return sorted(value)


@pytest.mark.grades("theory-order", hint=("순위는 order에서 이 자리가 몇 번째인지입니다.", "0부터 셉니다.", "order.index(place)"))
def test_predicted_rank(submission, upstream):
    """예측한 순위와 이 자리의 질의가 보는 자리가 여러분의 코드를 실행한 결과와 같습니다."""
    found, order, place, mask = _order(submission, upstream)
    rank = int(mask[place].sum())
    known = {"순서를 순위로": (order[place], "order에서 이 자리 번호의 값을 적었습니다. order에서 이 자리가 몇 번째인지입니다.")}
    known |= {"하나부터": (rank + 1, "순위는 0부터 셉니다.")}
    known = {name: pair for name, pair in known.items() if pair[0] != rank}
    theory.check_number(found.get("rank"), rank, name="rank", relative=0, absolute=0.4, known=known)
    right = mask[place].nonzero()[:, 0].tolist()
    wrong = {
        "자기를 봄": (sorted([*right, place]), "질의 흐름은 자기 토큰을 보지 않습니다."),
        "왼쪽을 봄": (list(range(place)), "순서가 아니라 왼쪽의 자리를 적었습니다."),
        "뒤를 봄": (sorted(set(range(len(order))) - {*right, place}), "순서에서 뒤에 온 자리를 적었습니다."),
        "순서를 순위로": (
            [i for i in range(len(order)) if order[i] < order[place]],
            "순서를 순위로 착각했습니다. 순위는 order의 역순열입니다.",
        ),
    }
    expect.equal(_places(found, "query"), right, given=f"order={order}, 자리 {place}", known=wrong)


@pytest.mark.grades("theory-order", hint=("이 자리보다 나중에 맞힐 자리들이 봅니다.", "마스크의 열을 보세요.", "query_mask[:, place]"))
def test_predicted_seen_by(submission, upstream):
    """예측한, 이 자리를 보는 자리가 여러분의 코드를 실행한 결과와 같습니다."""
    found, order, place, mask = _order(submission, upstream)
    right = mask[:, place].nonzero()[:, 0].tolist()
    wrong = {
        "자기를 봄": (sorted([*right, place]), "질의 흐름은 자기 토큰을 보지 않습니다."),
        "보는 쪽과 보이는 쪽": (mask[place].nonzero()[:, 0].tolist(), "이 자리가 보는 자리들입니다. 이 자리를 보는 자리를 적으세요."),
        "순서를 순위로": ([i for i in range(len(order)) if order[i] > order[place]], "순서를 순위로 착각했습니다."),
        "오른쪽": (list(range(place + 1, len(order))), "순서가 아니라 오른쪽의 자리를 적었습니다."),
    }
    expect.equal(_places(found, "seen_by"), right, given=f"order={order}, 자리 {place}", known=wrong)


# -- theory-context ---------------------------------------------------------------------------------------------------


def _context(submission):
    numbers = _numbers(submission, "theory-context", exercises_objectives.context)
    found = answer(submission, "answer_context", numbers["length"], numbers["n_predict"])
    return found, numbers["length"], numbers["n_predict"]


@pytest.mark.grades(
    "theory-context",
    weight=2,
    hint=("순위가 r인 자리의 질의는 r개를 봅니다.", "맞히는 자리의 순위는 T - K부터 T - 1까지입니다.", "평균은 T - (K + 1)/2"),
)
def test_mean_context(submission):
    """평균 문맥의 길이와 식이 맞습니다."""
    found, length, n_predict = _context(submission)
    right = length - (n_predict + 1) / 2
    known = {
        "모두 맞힐 때": ((length - 1) / 2, "모든 자리를 맞힐 때의 평균입니다. 마지막 K 자리만 맞힙니다."),
        "자기를 셈": (right + 1, "자기까지 세었습니다. 질의 흐름은 자기를 보지 않습니다."),
        "반만큼 어긋남": (length - n_predict / 2, "1/2만큼 어긋났습니다. 순위는 T - K부터 T - 1까지입니다."),
        "처음 K": ((n_predict - 1) / 2, "순서의 처음 K 자리의 평균입니다. 마지막 K 자리입니다."),
    }
    theory.check_number(found.get("mean"), right, name="mean", absolute=1e-3, relative=0, known=known)
    formulas = {
        "모두 맞힐 때": ("(T-1)/2", "모든 자리를 맞힐 때의 식입니다."),
        "반만큼 어긋남": ("T-K/2", "1/2만큼 어긋났습니다."),
        "자기를 셈": ("T-(K-1)/2", "자기까지 세었습니다. 질의 흐름은 자기를 보지 않습니다."),
    }
    theory.check_expression(found.get("formula"), "T-(K+1)/2", ("T", "K"), name="formula", known=formulas)


@pytest.mark.grades("theory-context", hint=("i가 먼저이거나 j가 먼저입니다.", "두 경우는 똑같이 나옵니다.", "길이와 상관없습니다."))
def test_chance_to_see(submission):
    """무작위 순서에서 서로 다른 두 자리가 보일 확률이 맞습니다."""
    found, length, _ = _context(submission)
    known = {
        "자기를 넣음": ((length + 1) / (2 * length), "자기까지 넣은 확률입니다. 서로 다른 두 자리입니다."),
        "T로 나눔": ((length - 1) / (2 * length), "자기를 뺀 평균을 T로 나누었습니다. 서로 다른 두 자리만 봅니다."),
        "하나": (1.0, "언제나 보이지는 않습니다."),
    }
    theory.check_number(found.get("visible"), 0.5, name="visible", relative=1e-6, known=known)


# -- theory-budget ----------------------------------------------------------------------------------------------------


def _budget(submission):
    numbers = _numbers(submission, "theory-budget", exercises_objectives.budget)
    arguments = (numbers["batch_size"], numbers["length"], numbers["p"], numbers["tokens"])
    return answer(submission, "answer_budget", *arguments), arguments


@pytest.mark.grades(
    "theory-budget",
    weight=2,
    hint=(
        "한 단계에서 맞히는 토큰의 수를 먼저 구하세요.",
        "CLM은 줄마다 T - 1개, MLM은 pT개입니다.",
        "tokens / (B(T - 1)), tokens / (BTp)",
    ),
)
def test_steps_of_both(submission):
    """두 목적의 단계의 수가 맞습니다."""
    found, (batch_size, length, p, tokens) = _budget(submission)
    clm, mlm = tokens / (batch_size * (length - 1)), tokens / (batch_size * length * p)
    known = {
        "줄마다 T개": (tokens / (batch_size * length), "CLM은 줄마다 첫 토큰을 맞히지 않으므로 T - 1개입니다."),
        "배치를 잊음": (tokens / (length - 1), "배치의 줄 수로 나누지 않았습니다."),
    }
    theory.check_number(found.get("clm"), clm, name="clm", relative=1e-4, known=known)
    known = {
        "가린 것만": (mlm / 0.8, "80 %만 센 값입니다. 그대로 둔 것과 무작위로 바꾼 것도 맞힙니다."),
        "줄마다 T - 1개": (tokens / (batch_size * (length - 1) * p), "MLM은 첫 토큰도 고를 수 있으므로 T개 가운데서 고릅니다."),
        "비율을 잊음": (tokens / (batch_size * length), "가리는 비율을 곱하지 않았습니다."),
        "배치를 잊음": (tokens / (length * p), "배치의 줄 수로 나누지 않았습니다."),
    }
    theory.check_number(found.get("mlm"), mlm, name="mlm", relative=1e-4, known=known)


@pytest.mark.grades("theory-budget", hint=("두 단계의 수를 나눕니다.", "거의 1/p이지만 꼭 같지는 않습니다.", "(T - 1)/(pT)"))
def test_ratio_of_steps(submission):
    """단계의 비가 맞습니다."""
    found, (_, length, p, _) = _budget(submission)
    right = (length - 1) / (length * p)
    known = {
        "뒤집힘": (1 / right, "뒤집혔습니다. mlm ÷ clm입니다."),
        "1/p": (1 / p, "CLM이 줄마다 하나 적게 맞히는 것을 넣지 않았습니다."),
        "p": (p, "뒤집혔습니다. mlm ÷ clm은 1보다 큽니다."),
    }
    theory.check_number(found.get("ratio"), right, name="ratio", relative=1e-4, known=known)

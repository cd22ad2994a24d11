"""Hidden checks of the theory questions on precision and communication. Expected values never leave the grader."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch

from course_lib.distributed.asynchronous import stability_bound
from course_lib.distributed.mixed_mistakes import half_spacing
from course_lib.distributed.mixed_precision import DynamicLossScaler, smallest_safe_exponent
from course_lib.distributed.overlap import overlap_makespan, overlap_timeline
from course_lib.kit import exercises_communication, exercises_mixed, expect, theory
from course_lib.objectives.judging import answer


def _numbers(submission, question, draw):
    return draw(theory.params(submission.student, question))


def _apart(known, right, relative=1e-3):
    """Wrong answers that this student's numbers tell from the right one."""
    return {name: pair for name, pair in known.items() if not math.isclose(pair[0], right, rel_tol=relative, abs_tol=1e-9)}


# -- theory-underflow -------------------------------------------------------------------------------------------------


def _underflow(submission):
    numbers = _numbers(submission, "theory-underflow", exercises_mixed.underflow)
    return answer(submission, "answer_underflow", numbers["small"], numbers["large"]), numbers


@pytest.mark.grades(
    "theory-underflow",
    hint=("2^-25까지는 0이 됩니다.", "small · 2^k > 2^-25인 가장 작은 k", "k > -25 - log2(small)"),
)
def test_exponent_that_saves(submission):
    """작은 기울기를 살리는 가장 작은 지수가 맞습니다."""
    found, numbers = _underflow(submission)
    right = smallest_safe_exponent(numbers["small"])
    known = {
        "2^-24까지": (right + 1, "2^-24까지 키웠습니다. 2^-25보다 크기만 하면 2^-24로 반올림됩니다."),
        "하나 모자람": (right - 1, "이 스케일에서는 아직 2^-25 이하라서 0이 됩니다."),
        "정규 수까지": (right + 11, "정규 수(2^-14)까지 키웠습니다. 0이 되지 않으면 됩니다."),
        "정규 수까지 하나 덜": (right + 10, "정규 수(2^-14)까지 키웠습니다. 0이 되지 않으면 됩니다."),
        "부호": (-right, "부호가 반대입니다. 곱해서 키우므로 지수는 0보다 큽니다."),
    }
    theory.check_number(found.get("exponent"), right, name="exponent", relative=0, absolute=0.4, known=known)


@pytest.mark.grades(
    "theory-underflow", hint=("FP16의 가장 큰 수는 65,504입니다.", "large · 2^k ≤ 65504", "log2(65504 / large)를 내림합니다.")
)
def test_exponent_that_overflows(submission):
    """큰 기울기가 넘치지 않는 가장 큰 지수가 맞습니다."""
    found, numbers = _underflow(submission)
    right = math.floor(math.log2(65_504 / numbers["large"]))
    known = {
        "하나 많음": (right + 1, "이 스케일에서는 65,504를 넘습니다."),
        "하나 모자람": (right - 1, "한 번 더 두 배로 해도 65,504를 넘지 않습니다."),
        "2^15까지": (math.floor(math.log2(2.0**15 / numbers["large"])), "2^15까지만 키웠습니다. 65,504는 2^16에 가깝습니다."),
    }
    theory.check_number(found.get("largest"), right, name="largest", relative=0, absolute=0.4, known=_apart(known, right))


# -- theory-update ----------------------------------------------------------------------------------------------------


def _update(submission):
    numbers = _numbers(submission, "theory-update", exercises_mixed.update)
    found = answer(submission, "answer_update", numbers["weight"], numbers["update"], numbers["steps"])
    return found, numbers["weight"], numbers["update"], numbers["steps"]


@pytest.mark.grades(
    "theory-update", hint=("1과 2 사이의 간격은 2^-10입니다.", "2^e와 2^(e+1) 사이의 간격은 2^(e-10)입니다.", "e = floor(log2(weight))")
)
def test_spacing(submission):
    """가중치에서 FP16의 다음 수까지의 간격이 맞습니다."""
    found, weight, *_ = _update(submission)
    right = half_spacing(weight)
    known = {
        "1의 간격": (2.0**-10, "1에서의 간격입니다. 간격은 수의 크기에 비례해 두 배씩 달라집니다."),
        "두 배": (2 * right, "두 배입니다. 가수는 10비트이므로 2^(e-10)입니다."),
        "절반": (right / 2, "간격의 절반입니다. 다음 수까지의 거리를 적습니다."),
        "상대 간격": (weight * 2.0**-10, "가중치에 2^-10을 곱했습니다. 같은 2의 거듭제곱 구간에서는 간격이 같습니다."),
        "FP32": (right * 2.0**-13, "FP32의 간격입니다."),
        "BF16": (right * 2.0**3, "BF16의 간격입니다. FP16의 가수는 10비트입니다."),
    }
    theory.check_number(found.get("spacing"), right, name="spacing", relative=1e-3, known=_apart(known, right))


@pytest.mark.grades(
    "theory-update",
    weight=2,
    hint=(
        "걸음이 간격의 절반보다 작으면 반올림되어 사라집니다.",
        "마스터는 모두 더한 다음 한 번만 반올림합니다.",
        "간격의 배수로 반올림하세요.",
    ),
)
def test_weights_with_and_without_a_master(submission):
    """마스터가 없을 때와 있을 때의 마지막 가중치가 맞습니다."""
    found, weight, update, steps = _update(submission)
    alone = torch.tensor(weight, dtype=torch.float16)
    for _ in range(steps):
        alone = (alone.float() + update).half()
    master = float(torch.tensor(weight + steps * update, dtype=torch.float64).half())
    spacing = half_spacing(weight)
    known = {
        "사라지지 않음": (weight + steps * update, "걸음이 간격의 절반보다 작아 매번 반올림되어 사라집니다."),
        "반올림한 마스터": (master, "걸음마다 반올림하면 모이지 않습니다."),
        "한 칸씩": (weight + steps * spacing, "걸음이 간격의 절반보다 작으므로 한 칸도 움직이지 않습니다."),
    }
    tight = {"relative": 0, "absolute": spacing / 8}
    theory.check_number(found.get("alone"), float(alone), name="alone", **tight, known=_apart(known, float(alone), 1e-5))
    known = {
        "반올림을 잊음": (weight + steps * update, "마지막에 FP16으로 반올림하지 않았습니다."),
        "움직이지 않음": (weight, "FP32 마스터에는 걸음이 모입니다."),
        "내림": (weight + math.floor(steps * update / spacing) * spacing, "내림했습니다. 가까운 쪽으로 반올림합니다."),
        "올림": (weight + math.ceil(steps * update / spacing) * spacing, "올림했습니다. 가까운 쪽으로 반올림합니다."),
    }
    theory.check_number(found.get("master"), master, name="master", **tight, known=_apart(known, master, 1e-6))


# -- theory-scaler ----------------------------------------------------------------------------------------------------


def scales_of(student, init_scale, growth_interval, overflows):
    import torch

    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer, found = torch.optim.SGD([weight], lr=0.0), []
    scaler = student.DynamicLossScaler(init_scale=init_scale, growth_interval=growth_interval)
    for overflowed in overflows:
        weight.grad = torch.full((1,), float("inf") if overflowed else 1.0)
        scaler.step(optimizer)
        scaler.update()
        found.append(float(scaler.get_scale()))
    return found


class _Teacher:
    """The reference where the probe looks for the student."""

    DynamicLossScaler = DynamicLossScaler


def _scaler(submission, upstream):
    """The answer, and the scales of the student's own scaler; the reference's in the second pass."""
    numbers = _numbers(submission, "theory-scaler", exercises_mixed.trace)
    right = scales_of(_Teacher, **numbers)
    scales = upstream(lambda: right)
    if scales is None:
        scales = submission.run(scales_of, **numbers, returns=list[float])
        if scales != right:
            expect.fail("여러분의 DynamicLossScaler가 이 자취에서 약속과 다릅니다. 먼저 mixed-scaler를 확인하세요.", "구현이 먼저")
    return answer(submission, "answer_scaler", *numbers.values()), numbers, scales


@pytest.mark.grades(
    "theory-scaler", hint=("넘치면 세던 수가 0이 됩니다.", "커진 다음에도 0부터 셉니다.", "걸음마다 (스케일, 센 수)를 적어 보세요.")
)
def test_predicted_scale(submission, upstream):
    """예측한 마지막 스케일과 가장 컸던 스케일이 여러분의 코드를 실행한 결과와 같습니다."""
    found, numbers, scales = _scaler(submission, upstream)
    start, interval, overflows = numbers.values()
    successes, kept, total = 0, start, start * 2.0 ** (overflows.count(False) // interval - overflows.count(True))
    for overflowed in overflows:
        successes += not overflowed
        kept = kept / 2 if overflowed else kept * 2 if successes % interval == 0 else kept
    known = {
        "되돌리지 않음": (kept, "넘친 다음에 세던 수를 0으로 되돌리지 않은 값입니다."),
        "모두 셈": (total, "이어서 성공한 것이 아니라 성공을 모두 세었습니다."),
        "커지지 않음": (start * 0.5 ** overflows.count(True), "줄기만 하고 커지지 않은 값입니다."),
    }
    theory.check_number(found.get("scale"), scales[-1], name="scale", relative=1e-3, known=_apart(known, scales[-1]))
    peak = max(start, *scales)
    known = {"처음": (start, "처음 값보다 커진 때가 있습니다."), "마지막": (scales[-1], "마지막 값입니다. 가장 컸던 때를 찾으세요.")}
    theory.check_number(found.get("peak"), peak, name="peak", relative=1e-3, known=_apart(known, peak))


@pytest.mark.grades("theory-scaler", hint=("넘친 걸음은 버립니다.", "버린 걸음은 세지 않습니다.", "넘치지 않은 걸음의 수"))
def test_predicted_steps(submission, upstream):
    """예측한, 내디딘 걸음의 수가 맞습니다."""
    found, numbers, _ = _scaler(submission, upstream)
    overflows = numbers["overflows"]
    right = overflows.count(False)
    known = {
        "모두": (len(overflows), "버린 걸음까지 세었습니다."),
        "버린 걸음": (overflows.count(True), "버린 걸음의 수입니다."),
    }
    theory.check_number(found.get("taken"), right, name="taken", relative=0, absolute=0.4, known=_apart(known, right))


# -- theory-lowrank ---------------------------------------------------------------------------------------------------


def _low_rank(submission):
    numbers = _numbers(submission, "theory-lowrank", exercises_communication.low_rank)
    return answer(submission, "answer_lowrank", *numbers.values()), *numbers.values()


@pytest.mark.grades("theory-lowrank", weight=2, hint=("P는 m × r, Q는 n × r입니다.", "보내는 수는 r(m + n)개입니다.", "r(m + n)/(mn)"))
def test_share_of_low_rank(submission):
    """보내는 비율과 식이 맞습니다."""
    found, m, n, rank = _low_rank(submission)
    right = rank * (m + n) / (m * n)
    known = {
        "뒤집힘": (1 / right, "뒤집혔습니다. 보내는 수 ÷ 원래 수입니다."),
        "P만": (rank * m / (m * n), "P만 세었습니다. Q도 보냅니다."),
        "Q만": (rank * n / (m * n), "Q만 세었습니다. P도 보냅니다."),
        "계수를 잊음": ((m + n) / (m * n), "계수 r을 곱하지 않았습니다."),
        "특잇값": (rank * (m + n + 1) / (m * n), "특잇값은 따로 보내지 않습니다."),
        "아낀 비율": (1 - right, "아낀 비율입니다. 보내는 비율을 적습니다."),
    }
    theory.check_number(found.get("share"), right, name="share", relative=1e-5, known=_apart(known, right, 1e-5))
    formulas = {
        "뒤집힘": ("m*n/(r*(m+n))", "뒤집혔습니다."),
        "계수를 잊음": ("(m+n)/(m*n)", "계수 r을 곱하지 않았습니다."),
        "곱": ("r*m*n/(m*n)", "두 행렬의 크기는 곱하지 않고 더합니다."),
        "아낀 비율": ("1-r*(m+n)/(m*n)", "아낀 비율의 식입니다."),
    }
    theory.check_expression(found.get("formula"), "r*(m+n)/(m*n)", ("m", "n", "r"), name="formula", known=formulas)


@pytest.mark.grades(
    "theory-lowrank", hint=("r(m + n) < mn인 가장 큰 정수 r입니다.", "mn/(m + n)을 구하세요.", "꼭 나누어떨어지면 하나 작습니다.")
)
def test_largest_rank_that_saves(submission):
    """보내는 것이 적은 가장 큰 계수가 맞습니다."""
    found, m, n, _ = _low_rank(submission)
    right = (m * n - 1) // (m + n)
    known = {
        "하나 많음": (right + 1, "이 계수에서는 보내는 것이 원래보다 적지 않습니다."),
        "하나 모자람": (right - 1, "계수를 하나 더 늘려도 보내는 것이 적습니다."),
        "작은 쪽": (min(m, n), "행렬의 계수의 최댓값입니다. 그때는 보내는 것이 더 많습니다."),
    }
    theory.check_number(found.get("largest"), right, name="largest", relative=0, absolute=0.4, known=_apart(known, right))


# -- theory-delay -----------------------------------------------------------------------------------------------------


def _delay(submission):
    numbers = _numbers(submission, "theory-delay", exercises_communication.delay)
    return answer(submission, "answer_delay", numbers["curvature"], numbers["delay"]), numbers["curvature"], numbers["delay"]


@pytest.mark.grades("theory-delay", weight=2, hint=("2 sin(π/(2(2τ + 1)))", "곡률로 나눕니다.", "2*sin(pi/(2*(2*t+1)))/L"))
def test_bound_with_delay(submission):
    """지연이 있을 때의 경계의 값과 식이 맞습니다."""
    found, curvature, delay = _delay(submission)
    right = stability_bound(delay, curvature)
    known = {
        "곡률을 잊음": (right * curvature, "곡률로 나누지 않았습니다."),
        "곡률을 곱함": (right * curvature**2, "곡률을 곱했습니다. 가파를수록 학습률이 작아야 합니다."),
        "지연이 없음": (2 / curvature, "지연이 없을 때의 경계입니다."),
        "지연으로 나눔": (2 / curvature / (delay + 1), "지연이 없을 때의 경계를 τ + 1로 나누었습니다. 꼭 그렇게 줄지는 않습니다."),
        "근사": (math.pi / (2 * delay + 1) / curvature, "τ가 클 때의 근사입니다. sin을 빠뜨렸습니다."),
        "2를 잊음": (right / 2, "앞의 2를 빠뜨렸습니다."),
        "도": (2 * math.sin(90 / (2 * delay + 1)) / curvature, "각을 도로 계산했습니다. 라디안입니다."),
    }
    theory.check_number(found.get("bound"), right, name="bound", relative=1e-3, known=_apart(known, right, 2e-3))
    formulas = {
        "곡률을 잊음": ("2*sin(pi/(2*(2*t+1)))", "곡률로 나누지 않은 식입니다."),
        "근사": ("pi/((2*t+1)*L)", "τ가 클 때의 근사입니다."),
        "지연이 없음": ("2/L", "지연이 없을 때의 식입니다."),
        "지연으로 나눔": ("2/(L*(t+1))", "지연이 없을 때의 경계를 τ + 1로 나눈 식입니다."),
    }
    theory.check_expression(found.get("formula"), "2*sin(pi/(2*(2*t+1)))/L", ("L", "t"), name="formula", known=formulas)


@pytest.mark.grades("theory-delay", hint=("τ = 0을 넣으세요.", "sin(π/2) = 1", "2/곡률"))
def test_bound_without_delay(submission):
    """지연이 없을 때의 경계가 맞습니다."""
    found, curvature, _ = _delay(submission)
    known = {
        "절반": (1 / curvature, "1/곡률에서는 한 걸음에 0으로 갑니다. 경계는 그 두 배입니다."),
        "곡률을 곱함": (2 * curvature, "곡률을 곱했습니다."),
        "곡률을 잊음": (2.0, "곡률로 나누지 않았습니다."),
    }
    theory.check_number(found.get("fresh"), 2 / curvature, name="fresh", relative=1e-3, known=_apart(known, 2 / curvature))


# -- theory-overlap ---------------------------------------------------------------------------------------------------


def _overlap(submission):
    buckets = _numbers(submission, "theory-overlap", exercises_communication.buckets)
    return answer(submission, "answer_overlap", buckets), buckets


@pytest.mark.grades(
    "theory-overlap", hint=("R을 먼저 적고 C를 하나씩 구하세요.", "C = max(R, 앞의 C) + 통신", "겹치지 않으면 모두 더합니다.")
)
def test_predicted_makespan(submission, upstream):
    """예측한, 겹쳤을 때와 겹치지 않았을 때 끝나는 때가 맞고, 여러분의 코드를 실행한 결과와 같습니다."""
    found, buckets = _overlap(submission)
    right = overlap_makespan(buckets)
    ran = upstream(lambda: right)
    if ran is None and submission.call("overlap_makespan", buckets, returns=float) != right:
        expect.fail("여러분의 overlap_makespan이 이 버킷에서 약속과 다릅니다. 먼저 comm-overlap을 확인하세요.", "구현이 먼저")
    compute, communicate = (sum(bucket[kind] for bucket in buckets) for kind in (0, 1))
    known = {
        "겹치지 않음": (compute + communicate, "겹치지 않았을 때입니다."),
        "긴 쪽": (max(compute, communicate), "계산의 합과 통신의 합 가운데 큰 것입니다."),
        "마지막만": (compute + buckets[-1][1], "앞의 통신이 모두 숨었다고 보았습니다."),
        "첫 계산 다음": (buckets[0][0] + communicate, "통신이 쉬지 않고 이어졌다고 보았습니다."),
    }
    theory.check_number(found.get("makespan"), right, name="makespan", absolute=1e-6, relative=0, known=_apart(known, right))
    known = {"겹침": (right, "겹쳤을 때입니다."), "계산만": (compute, "통신을 더하지 않았습니다.")}
    total = compute + communicate
    theory.check_number(found.get("sequential"), total, name="sequential", absolute=1e-6, relative=0, known=_apart(known, total))


@pytest.mark.grades(
    "theory-overlap", hint=("기울기가 나온 때와 통신이 시작한 때의 차이입니다.", "버킷마다 max(앞의 C - R, 0)", "모두 더합니다.")
)
def test_predicted_waiting(submission):
    """기울기가 기다린 시간의 합이 맞습니다."""
    found, buckets = _overlap(submission)
    timeline = overlap_timeline(buckets)
    right = sum(start - ready for ready, start, _ in timeline)
    idle = sum(max(start - free, 0) for (_, _, free), (_, start, _) in pairwise(timeline))
    known = {
        "연결이 쉰 시간": (idle, "연결이 쉰 시간입니다. 기울기가 기다린 시간을 적습니다."),
        "통신까지": (sum(end - ready for ready, _, end in timeline), "통신하는 시간까지 더했습니다."),
    }
    theory.check_number(found.get("waited"), right, name="waited", absolute=1e-6, relative=0, known=_apart(known, right))

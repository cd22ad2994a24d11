"""Hidden checks of delayed gradients and of overlap. Only plain data goes to the student's code and comes back."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from course_lib.distributed.communication_examples import async_call, overlap_call
from course_lib.distributed.communication_mistakes import wrong_makespans, wrong_weights
from course_lib.distributed.overlap import overlap_makespan
from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives.judging import close, near
from course_lib.objectives.trials import floats, telling

TENSOR = torch.Tensor


# -- comm-async -------------------------------------------------------------------------------------------------------

ASYNC_HINT = (
    "기울기만 묵은 가중치의 것입니다.",
    "weights[max(step - delay, 0)]의 기울기로, weights[-1]에서 내려갑니다.",
    "w0부터 모두 담으면 steps + 1개입니다.",
)


def descended(student, curvature, w0, lr, delay, steps):
    """Delayed descent on curvature · w²/2; where the gradient was asked, and what became of w0."""
    asked, start = [], w0.clone()

    def gradient(w):
        asked.append(w.clone())
        return curvature * w

    weights = student.async_sgd(gradient, start, lr, delay, steps)
    return list(weights), asked, start


def _descended(submission, **inputs):
    weights, asked, start = submission.run(descended, **inputs, returns=tuple[list[TENSOR], list[TENSOR], TENSOR])
    steps = inputs["steps"]
    if len(weights) != steps + 1:
        expect.fail(f"steps={steps}인데 가중치를 {len(weights)}개 돌려주었습니다. w0부터 steps + 1개입니다.", "개수가 다름")
    if not near(start, inputs["w0"]):
        expect.fail("async_sgd가 받은 w0을 바꾸었습니다. 새 텐서를 만드세요.", "입력을 바꿈")
    return weights, asked


@pytest.mark.grades("comm-async", weight=2, hint=ASYNC_HINT)
def test_delayed_descent(submission, rng):
    """무작위 지연에서 가중치의 수열이 w[t+1] = w[t] - lr · g(w[max(t - delay, 0)])과 같습니다."""
    for delay in (2, int(rng.integers(3, 6)), 1):
        lr, steps, scale = round(float(rng.uniform(0.1, 0.3)), 2), int(rng.integers(10, 15)), 1.5
        w0 = 1.0 + floats(rng, 1).abs().double()
        with smallest(submission, async_call(lr, delay, steps)):
            weights, _ = _descended(submission, curvature=scale, w0=w0, lr=lr, delay=delay, steps=steps)
            right = [w0]
            for step in range(steps):
                right.append(right[-1] - lr * scale * right[max(step - delay, 0)])
            found, start = torch.stack([w.reshape(1) for w in weights]), float(w0)
            wrong = wrong_weights(scale, start, lr, delay, steps)
            known = {name: (torch.tensor(row, dtype=torch.float64)[:, None], said) for name, (row, said) in wrong.items()}
            close(found, torch.stack(right), given=f"lr={lr}, delay={delay}, {steps}걸음", known=lambda known=known: known, tolerance=1e-6)


@pytest.mark.grades(
    "comm-async", hint=("delay가 0이면 보통의 경사 하강입니다.", "steps가 0이면 w0 하나입니다.", "텐서의 모양을 그대로 두세요.")
)
def test_no_delay_and_no_steps(submission, rng):
    """지연이 없으면 torch의 SGD와 같고, 걸음이 없으면 w0 하나이며, 지연이 걸음보다 길어도 됩니다."""
    w0 = floats(rng, 2, 3).double()
    for delay, steps in ((0, 8), (0, 0), (20, 6)):
        with smallest(submission, async_call(0.25, delay, steps)):
            weights, _ = _descended(submission, curvature=2.0, w0=w0, lr=0.1, delay=delay, steps=steps)
            for step, w in enumerate(weights):
                right = w0 * 0.8**step if delay == 0 else w0 * (1 - 0.2 * step)
                close(w, right, given=f"delay={delay}, {step}걸음 다음의 가중치", tolerance=1e-6)


@pytest.mark.grades(
    "comm-async",
    hint=("걸음마다 grad_fn을 한 번만 부르세요.", "묵은 가중치에서 부릅니다.", "가중치를 제자리에서 바꾸면 앞의 것도 바뀝니다."),
)
def test_gradients_are_asked_once(submission, rng):
    """grad_fn을 걸음마다 한 번, 그 걸음의 묵은 가중치에서 부르고, 돌려준 가중치는 저마다 다른 텐서입니다."""
    delay, steps = int(rng.integers(1, 4)), 9
    weights, asked = _descended(submission, curvature=1.0, w0=floats(rng, 3).double() + 3.0, lr=0.2, delay=delay, steps=steps)
    if len(asked) != steps:
        expect.fail(f"{steps}걸음에 grad_fn을 {len(asked)}번 불렀습니다. 부를 때마다 다음 배치를 쓰는 함수일 수 있습니다.", "여러 번 부름")
    if near(weights[0], weights[-1]):
        expect.fail("돌려준 가중치가 모두 같습니다. 제자리에서 바꾸면 앞의 것도 바뀝니다.", "같은 텐서")
    for step, w in enumerate(asked):
        if not near(w, weights[max(step - delay, 0)], 1e-6):
            expect.fail(f"{step}걸음의 기울기를 w[{max(step - delay, 0)}]이 아닌 곳에서 구했습니다(delay={delay}).", "다른 곳의 기울기")


# -- comm-overlap -----------------------------------------------------------------------------------------------------

OVERLAP_HINT = (
    "R은 계산의 누적합입니다.",
    "통신은 기울기가 나온 때와 앞의 통신이 끝난 때 가운데 늦은 때에 시작합니다.",
    "sent = max(ready, sent) + communicate",
)


def _makespan(submission, buckets):
    with smallest(submission, overlap_call(buckets)):
        found, right = submission.call("overlap_makespan", buckets, returns=float), overlap_makespan(buckets)
        if abs(found - right) <= 1e-9 * max(1.0, right):
            return
        for name, (wrong, said) in wrong_makespans(buckets).items():
            if abs(found - wrong) <= 1e-9 * max(1.0, wrong) and abs(wrong - right) > 1e-6:
                expect.fail(f"{said} 버킷 {expect.show(buckets)}에서 {found:g}이(가) 나왔습니다.", name)
        expect.fail(f"버킷 {expect.show(buckets)}에서 {found:g}이(가) 나왔습니다. 점화식을 손으로 따라가 보세요.")


def _drawn(rng, number):
    return [(float(rng.integers(1, 30)), float(rng.integers(1, 30))) for _ in range(number)]


def _answers(buckets):
    return [overlap_makespan(buckets), *(wrong for wrong, _ in wrong_makespans(buckets).values())]


@pytest.mark.grades("comm-overlap", weight=2, hint=OVERLAP_HINT)
def test_makespan_of_random_buckets(submission, rng):
    """무작위 버킷에서 모두 끝나는 때가 점화식과 같습니다."""
    for number in (4, 5, 8):
        buckets = telling(rng, partial(_drawn, number=number), _answers)
        _makespan(submission, buckets)


@pytest.mark.grades("comm-overlap", hint=("빈 리스트는 0.0입니다.", "마지막 버킷의 통신이 0이면 계산이 끝난 때입니다.", "max(ready, sent)"))
def test_makespan_at_the_edges(submission, rng):
    """버킷이 없거나 하나이거나, 통신이나 계산이 0이어도 맞습니다."""
    a, b, c = (float(rng.integers(2, 30)) for _ in range(3))
    for buckets in (
        [],
        [(a, b)],
        [(a, 0.0), (b, 0.0)],
        [(0.0, a), (0.0, b)],
        [(a, b), (a + b + c, 0.0)],
        [(a, a + b + c), (b, 0.0), (c, a)],
    ):
        _makespan(submission, buckets)

"""Public checks of mixed precision: small fixed inputs. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import pytest
import torch

from course_lib.kit import expect, theory
from course_lib.kit.evidence import expect_kept
from course_lib.kit.korean import josa

ANSWERS = dict[str, object]


@pytest.mark.grades(
    "mixed-shares",
    hint=(
        "0이 아닌 값만 고른 다음 scale을 곱하고 .half()를 하세요.",
        "절댓값으로 보세요.",
        "size == 0, (size > 0) & (size < 2**-14), size.isinf()",
    ),
)
def test_shares_of_the_hand_example(submission):
    """손 예제의 비율이 맞고, 2를 곱하면 2^-25가 살아납니다."""
    values = torch.tensor([0.0, 2**-25, -(2**-24), 2**-15, 1.0, 70_000.0])
    for scale, right in ((1.0, (0.2, 0.4, 0.2)), (2.0, (0.0, 0.4, 0.2))):
        found = submission.call("half_shares", values, scale, returns=dict[str, float])
        for name, share in zip(("flushed", "subnormal", "overflowed"), right, strict=True):
            if name not in found:
                expect.fail(f"결과에 {josa(name, '이/가')} 없습니다.")
            if abs(found[name] - share) > 1e-6:
                said = "원래 0인 값은 세지 않습니다." if abs(found[name] * 6 - share * 5) < 1e-5 or found[name] in (1 / 3, 1 / 6) else ""
                expect.fail(f"scale={scale}에서 {josa(name, '이/가')} {found[name]:.4g}입니다. 기대한 값은 {share}입니다. {said}".strip())
    if any(submission.call("half_shares", torch.zeros(2), 1.0, returns=dict[str, float]).values()):
        expect.fail("셀 값이 없으면 모두 0.0이어야 합니다.")


def hand_scales(student):
    import torch

    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=0.5)
    scaler, found = student.DynamicLossScaler(1024.0, growth_interval=2), []
    for factor in (1.0, float("inf"), 1.0, 1.0, float("nan")):
        weight.grad = torch.full((1,), 0.25 * scaler.get_scale()) * factor
        stepped = scaler.step(optimizer)
        scaler.update()
        found.append((float(scaler.get_scale()), stepped, float(weight.detach())))
    return found


@pytest.mark.grades(
    "mixed-scaler",
    hint=(
        "unscale_은 기울기를 스케일로 나누고 모두 유한한지 봅니다.",
        "넘치면 스케일을 줄이고 세던 수를 0으로 되돌립니다.",
        "gradient.isfinite().all()은 무한대와 NaN을 모두 거릅니다.",
    ),
)
def test_scales_of_the_hand_example(submission):
    """손 예제의 스케일이 맞고, 무한대와 NaN이 나온 걸음은 버리며, 나눈 기울기로 내려갑니다."""
    found = submission.run(hand_scales, returns=list[tuple[float, bool, float]])
    scales, stepped, weights = map(list, zip(*found, strict=True))
    known = {
        "세던 수를 되돌리지 않음": ([1024.0, 512.0, 1024.0, 1024.0, 512.0], "넘친 다음에 세던 수를 0으로 되돌리지 않았습니다."),
        "NaN을 놓침": ([1024.0, 512.0, 512.0, 1024.0, 1024.0], "NaN이 나온 걸음을 버리지 않았습니다."),
    }
    expect.equal(scales, [1024.0, 512.0, 512.0, 1024.0, 512.0], given="손 예제와 NaN 하나", known=known, show_expected=True)
    expect.equal(stepped, [True, False, True, True, False], given="같은 걸음들에서 step이 돌려준 것", show_expected=True)
    expect.equal(weights, [0.875, 0.875, 0.75, 0.625, 0.625], given="같은 걸음들 다음의 가중치", show_expected=True)


def unscaled_again(student):
    import torch

    weight = torch.nn.Parameter(torch.ones(1))
    weight.grad = torch.full((1,), 8.0)
    optimizer, scaler = torch.optim.SGD([weight], lr=0.5), student.DynamicLossScaler(4.0)
    scaler.unscale_(optimizer)
    try:
        scaler.unscale_(optimizer)
    except RuntimeError:
        return float(weight.grad), float(scaler.scale(torch.tensor(3.0)))
    return None


@pytest.mark.grades(
    "mixed-scaler",
    hint=("이미 나누었는지 기억하고 update에서 지우세요.", "raise RuntimeError(…)", "제자리에서 나누세요: gradient /= scale"),
)
def test_unscaling_happens_once(submission):
    """기울기 8을 스케일 4로 한 번 나누면 2이고, 두 번째 unscale_은 RuntimeError입니다."""
    found = submission.run(unscaled_again, returns=tuple[float, float] | None)
    if found is None:
        expect.fail("unscale_을 두 번 불렀는데 RuntimeError가 나지 않았습니다.")
    expect.equal(found, (2.0, 12.0), given="나눈 기울기와 scale(3.0)", show_expected=True)


def sixteen_steps(student):
    import torch

    class Slope(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(1))

    class Fixed:
        divided = False

        def scale(self, loss):
            return loss * 256.0

        def unscale_(self, optimizer):
            for parameter in optimizer.param_groups[0]["params"]:
                parameter.grad.div_(256.0)
            self.divided = True

        def step(self, optimizer):
            if not self.divided:
                self.unscale_(optimizer)
            optimizer.step()
            return True

        def update(self):
            self.divided = False

    model = Slope()
    masters = student.master_weights(model)
    model.half()
    optimizer = torch.optim.SGD(masters, lr=2**-12)
    for _ in range(16):
        loss, stepped = student.mixed_precision_step(model, masters, optimizer, Fixed(), lambda m: 2 - m.weight.float().sum(), 1.0)
    return float(masters[0].detach()), float(model.weight.detach()), float(loss), stepped


@pytest.mark.grades(
    "mixed-step",
    hint=(
        "기울기를 FP32로 바꾸어 마스터의 .grad로 옮기세요.",
        "unscale_, 자르기, step, update, 그리고 반올림해 적기의 차례입니다.",
        "parameter.copy_(master)는 FP16으로 반올림하며 적습니다.",
    ),
)
def test_sixteen_small_steps(submission):
    """걸음 2^-12를 16번 내디디면 마스터도 모델도 1 + 2^-8이고, 돌려준 손실에는 스케일이 없습니다."""
    master, weight, loss, stepped = submission.run(sixteen_steps, returns=tuple[float, float, float, bool])
    known = {
        "사라진 걸음": (1.0, "마스터가 움직이지 않았습니다. 걸음을 FP16에 모으면 사라집니다."),
        "나누기 전에 자름": (1 + 2.0**-16, "걸음이 스케일만큼 작습니다. unscale_ 다음에 자르세요."),
    }
    expect.equal(master, 1 + 2.0**-8, given="16걸음 다음의 마스터", known=known, show_expected=True)
    expect.equal(weight, 1 + 2.0**-8, given="16걸음 다음의 모델의 가중치", known=known, show_expected=True)
    expect.close(loss, 1 - 15 * 2.0**-12, tolerance=1e-3, given="마지막 손실")
    expect.equal(stepped, True, given="걸음을 내디뎠는지", show_expected=True)


# -- theory and experiments -------------------------------------------------------------------------------------------


def _numbers(found, *names):
    for name in names:
        theory.number(found.get(name), name)


@pytest.mark.grades("theory-underflow", form=True)
def test_form_of_underflow(submission):
    """`exponent`와 `largest`는 수입니다."""
    _numbers(submission.call("answer_underflow", 1.3e-10, 2.1e-3, returns=ANSWERS), "exponent", "largest")


@pytest.mark.grades("theory-update", form=True)
def test_form_of_update(submission):
    """`spacing`, `alone`, `master`는 수입니다."""
    _numbers(submission.call("answer_update", 1.5, 3 * 2.0**-14, 21, returns=ANSWERS), "spacing", "alone", "master")


@pytest.mark.grades("theory-scaler", form=True)
def test_form_of_scaler(submission):
    """`scale`, `taken`, `peak`는 수입니다."""
    found = submission.call("answer_scaler", 1024.0, 2, [False, True, False, False], returns=ANSWERS)
    _numbers(found, "scale", "taken", "peak")


@pytest.mark.grades("exp-mixed", form=True)
def test_precision_is_kept(evidence):
    """표 shares와 precision, 결론 셋이 남아 있습니다."""
    expect_kept(evidence, ["shares", "precision"], "safe-scales", "scaling", "masters")

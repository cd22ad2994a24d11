"""Hidden checks of a float16 step with master weights; the scaler is the check's own, and notes down what it was asked."""

from __future__ import annotations

import pytest
import torch

from course_lib.distributed.mixed_examples import step_call
from course_lib.distributed.mixed_precision import master_weights, mixed_precision_step
from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives.judging import close
from course_lib.objectives.trials import floats

TENSOR = torch.Tensor
HINT = (
    "기울기를 FP32로 바꾸어 마스터의 .grad로 옮긴 다음 unscale_을 부르세요.",
    "자르기는 unscale_과 step 사이입니다.",
    "걸음 다음에 parameter.copy_(master)로 반올림해 적으세요.",
)
STEPS = step_call(3, lr="0.5")
SMALL_STEPS = step_call(16, lr="2**-12")
SMALL_GRADIENTS = step_call(2, lr="2**26", scale="2**16", slope="2**-30")
CLIPPED = step_call(2, lr="1.0", max_norm=0.25)
REFUSED = step_call(3, lr="1.0", scale="2**17")  # so large that float16 gradients are infinite


def steps_taken(student, weights, x, y, scale, lr, max_norm, steps, refuse, share):
    """Steps of a small half-precision network with a scaler whose scale stands still; the refused one is not taken."""
    import torch
    from torch import nn

    class Scaler:
        def __init__(self, number):
            self.number, self.asked, self.norms, self.dtypes = number, [], [], []

        def get_scale(self):
            return scale

        def scale(self, loss):
            self.asked.append("scale")
            self.dtypes.append(str(loss.dtype))
            return loss.float() * scale

        def unscale_(self, optimizer):
            self.asked.append("unscale_")
            gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
            self.dtypes += [str(gradient.dtype) for gradient in gradients]
            for gradient in gradients:
                gradient.div_(scale)

        def step(self, optimizer):
            if "unscale_" not in self.asked:
                self.unscale_(optimizer)
            self.asked.append("step")
            gradients = [p.grad.double().flatten() for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
            self.norms.append(float(torch.cat(gradients).norm()))
            if self.number != refuse:
                optimizer.step()
            return self.number != refuse

        def update(self):
            self.asked.append("update")

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second, self.unused = nn.Linear(x.shape[1], 5), nn.Linear(5, 1), nn.Linear(2, 2)

        def forward(self, x):
            return self.second(torch.tanh(self.first(x)))

    model = Network()
    model.load_state_dict(weights)
    masters = student.master_weights(model)
    own = [master.data_ptr() != parameter.data_ptr() for master, parameter in zip(masters, model.parameters(), strict=True)]
    kinds = [str(master.dtype) for master in masters]
    if set(kinds) != {"torch.float32"}:
        return {"own": own, "kinds": kinds, "rows": []}
    model.half()
    optimizer = torch.optim.SGD(masters, lr=lr)
    found = []
    for number in range(steps):
        scaler = Scaler(number)
        loss, stepped = student.mixed_precision_step(
            model, masters, optimizer, scaler, lambda m: (m(x.half()).float() - y).square().mean() * share, max_norm
        )
        row = {"loss": float(loss), "stepped": stepped, "asked": scaler.asked, "norms": scaler.norms, "dtypes": scaler.dtypes}
        row |= {"masters": [master.detach().clone() for master in masters]}
        found.append(row | {"weights": [parameter.detach().clone() for parameter in model.parameters()]})
    return {"own": own, "kinds": kinds, "rows": found}


class _Teacher:
    """The reference where the probe looks for the student."""

    master_weights = staticmethod(master_weights)
    mixed_precision_step = staticmethod(mixed_precision_step)


def _inputs(rng, **changes):
    shapes = {"first.weight": (5, 4), "first.bias": (5,), "second.weight": (1, 5), "second.bias": (1,)}
    weights = {name: floats(rng, *shape) for name, shape in (shapes | {"unused.weight": (2, 2), "unused.bias": (2,)}).items()}
    usual = {"x": floats(rng, 16, 4), "y": floats(rng, 16, 1, scale=2.0), "scale": 256.0, "lr": 0.05, "max_norm": None}
    return {"weights": weights, **usual, "steps": 4, "refuse": -1, "share": 1.0, **changes}


def _pair(submission, inputs):
    right = steps_taken(_Teacher, **inputs)
    found = submission.run(steps_taken, **inputs, returns=dict[str, object])
    if set(found["kinds"]) != {"torch.float32"}:
        expect.fail(f"마스터의 자료형이 {sorted(set(found['kinds']))}입니다. FP32여야 합니다.", "FP32가 아닌 마스터")
    return found, right


def _same_masters(found, right, given, said=""):
    for number, (row, other) in enumerate(zip(found["rows"], right["rows"], strict=True)):
        for place, (master, expected) in enumerate(zip(row["masters"], other["masters"], strict=True)):
            if not isinstance(master, TENSOR) or master.shape != expected.shape:
                expect.fail(f"{given}: {place}번째 마스터의 모양이 모델의 매개변수와 다릅니다.")
            if master.isnan().any():
                expect.fail(f"{given}: 걸음 {number + 1} 다음의 마스터에 NaN이 있습니다.", "NaN")
            close(master, expected, given=f"{given}: 걸음 {number + 1} 다음의 {place}번째 마스터{said}", tolerance=2e-3)


@pytest.mark.grades("mixed-step", weight=2, hint=HINT)
def test_steps_follow_the_reference(submission, rng):
    """무작위 신경망에서 몇 걸음 다음의 마스터와 FP16 가중치와 손실이 기준 구현과 같습니다."""
    with smallest(submission, STEPS, SMALL_STEPS):
        inputs = _inputs(rng)
        found, right = _pair(submission, inputs)
        _same_masters(found, right, "무작위 신경망")
        for number, (row, other) in enumerate(zip(found["rows"], right["rows"], strict=True)):
            if abs(row["loss"] - other["loss"]) > 1e-2 * abs(other["loss"]):
                said = " 스케일을 곱한 손실입니다." if abs(row["loss"] / other["loss"] - inputs["scale"]) < 8 else ""
                expect.fail(f"걸음 {number + 1}의 손실이 {row['loss']:.5g}입니다. 기대한 값과 다릅니다.{said}", "손실")
            for weight, master in zip(row["weights"], row["masters"], strict=True):
                if weight.dtype != torch.float16 or not torch.equal(weight, master.half()):
                    expect.fail("걸음 다음의 모델의 가중치가 마스터를 FP16으로 반올림한 것이 아닙니다.", "모델에 적지 않음")


@pytest.mark.grades(
    "mixed-step",
    hint=(
        "마스터는 FP32이고 모델과 메모리를 나누어 쓰지 않습니다.",
        "parameter.detach().clone().float()",
        "차례는 model.parameters()의 차례입니다.",
    ),
)
def test_masters_and_order_of_calls(submission, rng):
    """마스터는 따로 복사한 FP32이고, 나누기 전의 기울기도 FP32이며, 스케일러를 차례대로 한 번씩 부릅니다."""
    with smallest(submission, STEPS, SMALL_GRADIENTS):
        found, _ = _pair(submission, _inputs(rng, steps=2))
        if not all(found["own"]):
            expect.fail("마스터가 모델의 매개변수와 메모리를 나누어 씁니다. 복사하세요.", "복사하지 않음")
        for row in found["rows"]:
            if set(row["dtypes"]) != {"torch.float32"}:
                expect.fail("FP16인 채로 나누고 있습니다. 기울기를 FP32로 바꾸어 마스터에 옮긴 다음 나누세요.", "FP16에서 나눔")
            if row["asked"] != ["scale", "unscale_", "step", "update"]:
                expect.fail(
                    f"스케일러를 {row['asked']}의 차례로 불렀습니다. scale, unscale_, step, update를 한 번씩 부릅니다.", "부르는 차례"
                )


@pytest.mark.grades(
    "mixed-step",
    hint=("스케일을 나눈 다음에 자르세요.", "unscale_ → clip_grad_norm_ → step", "자를 것은 masters의 기울기입니다."),
)
def test_clipping_after_unscaling(submission, rng):
    """max_norm이 있으면 나눈 기울기 전체의 노름을 그 이하로 자르고, 없거나 크면 자르지 않습니다."""
    with smallest(submission, CLIPPED, STEPS):
        for max_norm in (0.25, 1e6, None):
            inputs = _inputs(rng, max_norm=max_norm, steps=2)
            found, right = _pair(submission, inputs)
            given = f"max_norm={max_norm}"
            for row, other in zip(found["rows"], right["rows"], strict=True):
                norm, expected = row["norms"][-1] if row["norms"] else 0.0, other["norms"][-1]
                if max_norm == 0.25 and norm < 0.01:
                    said = "걸음의 기울기가 아주 작습니다. 나누기 전에 자르면 스케일만큼 작은 걸음이 됩니다."
                    expect.fail(f"{given}: {said} 노름 {norm:.3g}", "나누기 전에 자름")
                if max_norm == 0.25 and norm > 0.26:
                    expect.fail(f"{given}: 자르지 않았습니다. 걸음의 기울기의 노름이 {norm:.3g}입니다.", "자르지 않음")
                if abs(norm - expected) > 0.02 * expected:
                    expect.fail(f"{given}: 걸음의 기울기의 노름이 {norm:.4g}입니다. 기대한 값과 다릅니다.", "노름")
            _same_masters(found, right, given)


def slope_steps(student, slope, scale, lr, steps):
    """A weight of 1 whose gradient is always the same."""
    import torch
    from torch import nn

    class Scaler:
        def scale(self, loss):
            return loss * scale

        def unscale_(self, optimizer):
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    parameter.grad.div_(scale)

        def step(self, optimizer):
            optimizer.step()
            return True

        def update(self):
            pass

    class Slope(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(1))

    model = Slope()
    masters = student.master_weights(model)
    model.half()
    optimizer, found = torch.optim.SGD(masters, lr=lr), []
    for _ in range(steps):
        student.mixed_precision_step(model, masters, optimizer, Scaler(), lambda m: -(m.weight.float() * slope).sum())
        found.append((float(masters[0].detach()), float(next(model.parameters()).detach())))
    return found


@pytest.mark.grades(
    "mixed-step",
    weight=2,
    hint=(
        "걸음을 FP32 마스터에 모읍니다.",
        "마스터를 반올림한 것을 모델에 적되, 마스터는 그대로 둡니다.",
        "기울기는 FP32로 바꾼 다음 나눕니다.",
    ),
)
def test_small_steps_and_small_gradients_survive(submission, rng):
    """2^-12만큼의 걸음이 마스터에 모이고, 스케일로 살아난 아주 작은 기울기도 나눈 다음까지 남습니다."""
    with smallest(submission, SMALL_STEPS):
        steps = int(rng.integers(12, 20))
        found = submission.run(slope_steps, slope=1.0, scale=1024.0, lr=2.0**-12, steps=steps, returns=list[tuple[float, float]])
        right = 1 + steps * 2.0**-12
        master, weight = found[-1]
        if master == 1.0:
            expect.fail(
                f"걸음 2^-12를 {steps}번 내디뎠는데 마스터가 1에서 움직이지 않았습니다. 걸음을 FP16에 모으면 사라집니다.", "마스터가 없음"
            )
        if abs(master - right) > 1e-7:
            expect.fail(f"걸음 2^-12를 {steps}번 내디딘 마스터가 {master!r}입니다. 1 + {steps} × 2^-12여야 합니다.", "마스터에 모으지 않음")
        if weight != float(torch.tensor(right).half()):
            expect.fail(f"모델의 가중치가 {weight!r}입니다. 마스터 {master!r}을(를) FP16으로 반올림한 것이어야 합니다.", "모델에 적지 않음")
    with smallest(submission, SMALL_GRADIENTS):
        tiny = 2.0 ** -int(rng.integers(28, 32))
        found = submission.run(slope_steps, slope=tiny, scale=2.0**16, lr=2.0**-4 / tiny, steps=2, returns=list[tuple[float, float]])
        if found[-1][0] == 1.0:
            said = "스케일로 살린 기울기가 나누면서 다시 0이 되었습니다. FP32로 바꾼 다음 나누세요."
            expect.fail(f"기울기 {tiny:.3g}, 스케일 65,536: {said}", "FP16에서 나눔")
        if abs(found[-1][0] - 1.125) > 1e-6:
            expect.fail(f"기울기 {tiny:.3g}의 두 걸음 다음에 마스터가 {found[-1][0]!r}입니다. 1.125여야 합니다.")


@pytest.mark.grades(
    "mixed-step",
    hint=(
        "scaler.step이 돌려준 것을 그대로 돌려주세요.",
        "버린 걸음에서는 optimizer.step을 부르지 않습니다.",
        "optimizer가 아니라 scaler의 step입니다.",
    ),
)
def test_a_refused_step_changes_nothing(submission, rng):
    """스케일러가 버린 걸음에서는 마스터와 가중치가 그대로이고 False를 돌려줍니다. 다음 걸음은 다시 내디딥니다."""
    with smallest(submission, REFUSED):
        found, right = _pair(submission, _inputs(rng, steps=3, refuse=1))
        first, second, third = found["rows"]
        if not all(torch.equal(before, after) for before, after in zip(first["masters"], second["masters"], strict=True)):
            expect.fail("스케일러가 버린 걸음에서 마스터가 움직였습니다. optimizer.step()을 직접 부르지 마세요.", "버린 걸음을 내디딤")
        for row, stepped in ((first, True), (second, False), (third, True)):
            if row["stepped"] is not stepped:
                expect.fail(f"걸음을 {'내디뎠' if stepped else '버렸'}는데 {expect.show(row['stepped'])}을(를) 돌려주었습니다.", "반환값")
        _same_masters(found, right, "둘째 걸음을 버린 훈련")

"""Hidden checks of mixed precision. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch

from course_lib.distributed.mixed_examples import scaler_call, shares_call
from course_lib.distributed.mixed_mistakes import wrong_half_shares, wrong_scales
from course_lib.distributed.mixed_precision import half_shares
from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives.judging import unchanged

TENSOR = torch.Tensor
NAMES = ("flushed", "subnormal", "overflowed")


# -- mixed-shares -----------------------------------------------------------------------------------------------------


def _spread(rng, number, low=-40, high=24):
    """Float32 of both signs over many powers of two, a tenth of them 0."""
    size = torch.from_numpy(2.0 ** rng.uniform(low, high, number)).float()
    sign = torch.from_numpy(rng.choice([-1.0, 1.0], number)).float()
    return size * sign * torch.from_numpy(rng.random(number) > 0.1).float() + 0.0  # no zero with a sign


def _same_shares(submission, values, scale, given):
    right = half_shares(values, scale)
    found = submission.call("half_shares", values, scale, returns=dict[str, float])
    if set(found) != set(NAMES):
        expect.fail(f"{given}: 키는 {list(NAMES)}이어야 하는데 {expect.show(list(found))}입니다.", "다른 키")

    def same(other):
        return all(abs(found[name] - other[name]) <= 1e-5 for name in NAMES)

    if same(right):
        return
    for name, (wrong, said) in wrong_half_shares(values, scale).items():
        if same(wrong):
            expect.fail(f"{said} ({given})", name)
    apart = next(name for name in NAMES if not abs(found[name] - right[name]) <= 1e-5)
    expect.fail(f"{given}: {apart}이(가) {found[apart]:.6g}입니다. 기대한 값과 다릅니다.")


@pytest.mark.grades(
    "mixed-shares",
    weight=2,
    hint=(
        "0이 아닌 값만 먼저 고르세요.",
        "FP32에서 scale을 곱한 다음 .half()입니다.",
        "subnormal은 절댓값이 0보다 크고 2**-14보다 작은 것",
    ),
)
def test_shares_of_random_gradients(submission, rng):
    """여러 크기의 무작위 기울기와 스케일에서 세 비율이 기준 구현과 같습니다."""
    for scale in (1.0, 2.0 ** int(rng.integers(3, 12)), 2.0 ** -int(rng.integers(1, 6))):
        values = _spread(rng, int(rng.integers(300, 600)))
        examples = [shares_call(values[place : place + 12].tolist(), scale) for place in range(0, 120, 12)]
        with smallest(submission, *examples):
            _same_shares(submission, values, scale, f"무작위 값 {len(values)}개, scale={scale:g}")


@pytest.mark.grades(
    "mixed-shares",
    hint=(
        "꼭 한가운데인 2^-25는 0이 됩니다.",
        "셀 값이 없으면 0.0입니다.",
        "FP16으로 바꾼 다음 0인지 보면 반올림을 따로 생각하지 않아도 됩니다.",
    ),
)
def test_shares_at_the_edges(submission, rng):
    """반올림의 경계와 정규 수의 경계에서도 맞고, 셀 값이 없으면 모두 0이며, 모양이 달라도 되고, 입력은 그대로입니다."""
    power = int(rng.integers(2, 9))
    edges = torch.tensor([2.0**-25, 1.01 * 2.0**-25, 2.0**-24, 2.0**-14, 2.0**-14 - 2.0**-24, 65_504.0, 65_519.0, 65_520.0, 1.0, 0.0])
    edges = torch.cat((edges, -edges)) * 2.0**-power
    for values, scale, given in (
        (edges, 2.0**power, "경계의 값들"),
        (edges.view(4, 5), 2.0**power, "모양이 [4, 5]인 경계의 값들"),
        (torch.zeros(3), 8.0, "모두 0"),
        (torch.zeros(0), 8.0, "빈 텐서"),
    ):
        examples = [shares_call([value * 2.0**power], 1.0) for value in edges.tolist()] if values.numel() > 3 else []
        with smallest(submission, *examples, shares_call(values.flatten().tolist(), scale)):
            _same_shares(submission, values, scale, given)
    after = submission.run(shares_input, values=edges, scale=4.0, returns=TENSOR)
    unchanged(edges, after, "half_shares")


def shares_input(student, values, scale):
    student.half_shares(values, scale)
    return values


# -- mixed-scaler -----------------------------------------------------------------------------------------------------

FACTORS = {"fine": 1.0, "inf": torch.inf, "-inf": -torch.inf, "nan": torch.nan}


def trace_of(student, options, factors, unscale_first, where):
    """Steps of AdamW on two groups of parameters, some of whose gradients are not finite."""
    import torch

    first, second, unused = (torch.nn.Parameter(torch.tensor(values)) for values in ([1.0, -2.0], [0.5], [3.0]))
    optimizer = torch.optim.AdamW([{"params": [first, unused]}, {"params": [second]}], lr=0.125)
    scaler = student.DynamicLossScaler(**options)
    found = []
    for factor, early, place in zip(factors, unscale_first, where, strict=True):
        before, scale = first.detach().clone(), scaler.get_scale()
        loss = (first * torch.tensor([0.5, 0.25])).sum() + second.sum() + 8.0
        scaled = scaler.scale(loss)
        scaled.backward()
        held = first.grad
        (second.grad if place else first.grad[1:]).mul_(factor)
        if early:
            scaler.unscale_(optimizer)
        stepped = scaler.step(optimizer)
        inside = first.grad is held
        scaler.update()
        found.append(
            {
                "scale": float(scaler.get_scale()),
                "scaled": float(scaled.detach() / loss.detach()) / float(scale),
                "stepped": stepped,
                "moved": not torch.equal(before, first.detach()),
                "count": int(optimizer.state[first]["step"]) if first in optimizer.state else 0,
                "gradient": float(first.grad[0]),
                "inside": inside,
            }
        )
        optimizer.zero_grad()
    return found


def _trace(submission, rng, kinds, **options):
    number = len(kinds)
    inputs = {"options": options, "factors": [FACTORS[kind] for kind in kinds]}
    inputs |= {"unscale_first": [bool(flag) for flag in rng.random(number) < 0.5], "where": [int(x) for x in rng.integers(0, 2, number)]}
    return submission.run(trace_of, **inputs, returns=[dict[str, object]] * number)


def _replayed(kinds, start, growth, backoff, interval):
    scale, successes, found = start, 0, []
    for kind in kinds:
        if kind != "fine":
            scale, successes = scale * backoff, 0
        elif successes + 1 == interval:
            scale, successes = scale * growth if scale * growth <= torch.finfo(torch.float32).max else scale, 0
        else:
            successes += 1
        found.append(scale)
    return found


def _same_scales(found, kinds, options):
    settings = (options["init_scale"], options["growth_factor"], options["backoff_factor"], options["growth_interval"])
    right = _replayed(kinds, *settings)
    scales = [row["scale"] for row in found]
    if scales == right:
        return
    plain = ["inf" if kind == "-inf" else kind for kind in kinds]
    for name, (wrong, said) in wrong_scales(plain, *settings).items():
        if scales == wrong:
            expect.fail(f"{said} 결과가 {expect.show(plain[:8])}일 때 스케일이 {expect.show(scales[:8])}입니다.", name)
    place = next(number for number, (one, other) in enumerate(zip(scales, right, strict=True)) if one != other)
    expect.fail(f"{options}, 결과 {plain[: place + 1]}: {place + 1}번째 update 다음의 스케일이 {scales[place]:g}입니다.")


@pytest.mark.grades(
    "mixed-scaler",
    weight=3,
    hint=(
        "넘치면 줄이고 세던 수를 0으로",
        "이어서 growth_interval번 성공하면 키우고 다시 0부터",
        "isfinite는 무한대와 NaN을 모두 거릅니다.",
    ),
)
def test_scales_of_a_random_trace(submission, rng):
    """무한대와 NaN이 섞인 무작위 훈련에서 스케일의 수열이 torch.amp.GradScaler의 규칙과 같습니다."""
    for interval in (1, 2, 3):
        run = [False] * interval
        kinds = ["fine", *(["inf"] if interval > 1 else []), *["fine"] * (2 * interval + 1), "nan", *["fine"] * max(1, interval - 1)]
        kinds += ["-inf", *["fine"] * len(run), "nan", "inf"]
        kinds += [str(kind) for kind in rng.choice(["fine", "fine", "fine", "inf", "-inf", "nan"], 16)]
        options = {"init_scale": 2.0 ** int(rng.integers(8, 12)), "growth_factor": 4.0, "backoff_factor": 0.25, "growth_interval": interval}
        with smallest(submission, scaler_call(kinds, *options.values())):
            _same_scales(_trace(submission, rng, kinds, **options), kinds, options)


@pytest.mark.grades(
    "mixed-scaler",
    weight=2,
    hint=("optimizer.step()을 부르지 않아야 Adam의 상태도 그대로입니다.", "step은 걸음을 내디뎠는지 bool로 돌려줍니다.", "NaN도 버립니다."),
)
def test_bad_steps_are_skipped(submission, rng):
    """무한대나 NaN이 있는 걸음에서는 가중치와 최적화기의 상태가 그대로이고, 나머지에서는 걸음을 내디딥니다."""
    kinds = ["fine", "nan", "fine", "inf", "-inf", "fine", *(str(kind) for kind in rng.choice(["fine", "inf", "nan"], 6))]
    options = {"init_scale": 256.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 4}
    found, taken = _trace(submission, rng, kinds, **options), 0
    for number, (row, kind) in enumerate(zip(found, kinds, strict=True)):
        good, where = kind == "fine", f"{number + 1}번째 걸음(기울기: {kind})"
        taken += good
        if row["moved"] and not good:
            expect.fail(f"{where}에서 가중치가 움직였습니다. 무한대나 NaN이 있으면 걸음을 버려야 합니다.", "버리지 않음")
        if row["count"] != taken:
            said = "optimizer.step()을 불러 최적화기의 상태가 바뀌었습니다" if row["count"] > taken else "걸음을 내디디지 않았습니다"
            expect.fail(f"{where}에서 {said}. Adam이 센 걸음은 {row['count']}, 내디딘 걸음은 {taken}이어야 합니다.", "최적화기의 상태")
        if row["stepped"] is not good:
            expect.fail(f"{where}에서 step이 {expect.show(row['stepped'])}을(를) 돌려주었습니다. {good}이어야 합니다.", "step의 반환값")


@pytest.mark.grades(
    "mixed-scaler",
    weight=2,
    hint=("기울기를 get_scale()로 나눕니다.", "parameter.grad를 새 텐서로 바꾸지 말고 div_로 나누세요.", "모든 param_groups를 보세요."),
)
def test_gradients_are_unscaled_once(submission, rng):
    """손실에 스케일을 곱하고, unscale_을 따로 부르든 step에 맡기든 기울기를 제자리에서 꼭 한 번 나눕니다."""
    kinds, power = ["fine"] * 6, int(rng.integers(6, 10))
    options = {"init_scale": 2.0**power, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 2}
    found, scale = _trace(submission, rng, kinds, **options), 2.0**power
    for number, row in enumerate(found):
        right, value = 0.5, row["gradient"]
        if not abs(row["scaled"] - 1) <= 1e-5:
            expect.fail("scale(loss)가 손실에 스케일을 곱한 것이 아닙니다.", "손실의 스케일")
        for wrong, said in (
            (right * scale, "기울기를 스케일로 나누지 않았습니다."),
            (right / scale, "기울기를 두 번 나누었습니다. 이미 unscale_을 불렀으면 step에서 다시 나누지 않습니다."),
            (right * scale * scale, "기울기에 스케일을 곱했습니다. 나누어야 합니다."),
        ):
            if value == wrong and scale != 1:
                expect.fail(f"{number + 1}번째 걸음: {said}", "나누기")
        if abs(value - right) > 1e-6:
            expect.fail(f"{number + 1}번째 걸음: 나눈 기울기가 {value:.6g}입니다. 스케일을 곱하기 전의 기울기는 {right}입니다.")
        if not row["inside"]:
            expect.fail("unscale_이 .grad를 새 텐서로 바꾸었습니다. 이름의 밑줄은 제자리에서 바꾼다는 뜻입니다.", "제자리가 아님")
        scale = row["scale"]


def unscaled_twice(student, scale):
    import torch

    weight = torch.nn.Parameter(torch.ones(2))
    optimizer, scaler = torch.optim.SGD([weight], lr=0.5), student.DynamicLossScaler(init_scale=scale)
    found = []
    for _ in range(2):
        weight.grad = torch.full((2,), scale)
        scaler.unscale_(optimizer)
        try:
            scaler.unscale_(optimizer)
            found.append("accepted")
        except RuntimeError:
            found.append("RuntimeError")
        except Exception as error:
            found.append(type(error).__name__)
        scaler.step(optimizer)
        scaler.update()
    return found, weight.detach()


@pytest.mark.grades(
    "mixed-scaler",
    hint=("unscale_을 불렀는지 기억하세요.", "update가 그 기억을 지웁니다.", "두 번째에는 RuntimeError를 내고 기울기는 건드리지 않습니다."),
)
def test_unscaling_twice_is_refused(submission, rng):
    """update 없이 unscale_을 두 번 부르면 RuntimeError이고, update 다음에는 다시 부를 수 있습니다."""
    scale = 2.0 ** int(rng.integers(4, 9))
    found, weight = submission.run(unscaled_twice, scale=scale, returns=tuple[list[str], TENSOR])
    for result in found:
        if result != "RuntimeError":
            said = "아무 일도 일어나지 않았습니다" if result == "accepted" else f"{result}이(가) 났습니다"
            expect.fail(f"unscale_을 두 번 불렀는데 {said}. RuntimeError여야 합니다.", "두 번 나누기")
    if not torch.allclose(weight, torch.zeros(2)):
        expect.fail(f"두 번째 unscale_이 거절된 다음의 걸음이 다릅니다. 가중치가 {weight.tolist()}입니다.", "두 번 나누기")


@pytest.mark.grades(
    "mixed-scaler",
    hint=(
        "파이썬의 수는 2^127의 두 배도 담습니다.",
        "torch.finfo(torch.float32).max와 견주세요.",
        "키우지 않아도 세던 수는 0으로 되돌립니다.",
    ),
)
def test_scale_stays_within_float32(submission, rng):
    """스케일은 FP32의 가장 큰 수를 넘어서 커지지 않고, 넘치면 거기에서도 줄어듭니다."""
    kinds = ["fine"] * int(rng.integers(6, 9)) + ["inf", "fine", "fine", "fine"]
    options = {"init_scale": 2.0**125, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 2}
    inputs = {"options": options, "kinds": kinds}
    scales = submission.run(scales_only, **inputs, returns=list[float])
    _same_scales([{"scale": scale} for scale in scales], kinds, options)


def scales_only(student, options, kinds):
    import torch

    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer, scaler, found = torch.optim.SGD([weight], lr=0.0), student.DynamicLossScaler(**options), []
    for kind in kinds:
        weight.grad = torch.full((1,), 1.0 if kind == "fine" else float("inf"))
        scaler.step(optimizer)
        scaler.update()
        found.append(float(scaler.get_scale()))
    return found

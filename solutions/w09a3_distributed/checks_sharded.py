"""Hidden checks of the bonus on sharded training: ZeRO and FSDP. Only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.distributed.judging import same_number, same_tensors
from course_lib.distributed.sharded_examples import flat_shards_call, fsdp_call, unflatten_call, zero_memory_call, zero_updates_call
from course_lib.distributed.zero import zero_memory
from course_lib.kit import expect
from course_lib.kit.counterexample import smallest

TENSOR = torch.Tensor


def _floats(rng, *shape):
    return torch.from_numpy(rng.standard_normal(shape)).float()


# -- bonus-zero -------------------------------------------------------------------------------------------------------

SPLIT = ((16, 0), (4, 12), (2, 14), (0, 16))


@pytest.mark.grades(
    "bonus-zero",
    hint=(
        "단계 1은 최적화기의 상태 12Ψ만 나눕니다.",
        "단계 2는 기울기 2Ψ도, 단계 3은 가중치 2Ψ도 나눕니다.",
        "4Ψ + 12Ψ/N, 2Ψ + 14Ψ/N, 16Ψ/N",
    ),
)
def test_zero_memory(submission, rng):
    """네 단계의 바이트가 맞고, 다른 단계에는 ValueError를 냅니다."""
    parameters, world = int(rng.integers(10, 99)) * 1_000, int(rng.integers(3, 20))
    for stage in range(4):
        known = {
            f"단계 {other}": (whole * parameters + split * parameters / world, f"단계 {other}의 바이트입니다.")
            for other, (whole, split) in enumerate(SPLIT)
            if other != stage
        }
        known["모두 나눔"] = (16 * parameters / world, "단계와 상관없이 모두 나누었습니다.")
        known["나누지 않음"] = (16.0 * parameters, "나누지 않은 바이트입니다.")
        with smallest(submission, zero_memory_call(parameters, world, stage)):
            actual = submission.call("zero_memory", parameters, world, stage, returns=float)
            given = f"zero_memory({parameters}, {world}, {stage})"
            same_number(actual, zero_memory(parameters, world, stage), given=given, known=known)
    if not submission.run(refuses_stage, stage=4, returns=bool):
        expect.fail("zero_memory(1, 1, 4)가 ValueError를 내지 않습니다.", "없는 단계")


def refuses_stage(student, stage):
    try:
        student.zero_memory(1, 1, stage)
    except ValueError:
        return True
    return False


def zero_updates(student, weights, gradients, world, options):
    flat = weights.clone()
    optimizer = student.ZeroAdamW(flat, world, **options)
    made = [optimizer.step([g.clone() for g in each]).detach().clone() for each in gradients]
    state = [{name: tensor.detach().clone() for name, tensor in dict(optimizer.state(rank)).items()} for rank in range(world)]
    return made, state, flat


def _adamw(weights, gradients, options, combined=lambda each: torch.stack(each).mean(0), kind=torch.optim.AdamW):
    parameter = nn.Parameter(weights.clone())
    optimizer = kind([parameter], **options)
    made = []
    for each in gradients:
        parameter.grad = combined(each)
        optimizer.step()
        made.append(parameter.detach().clone())
    return made


UPDATE_HINT = (
    "기울기의 평균을 내고 랭크마다 자기 조각만 갱신합니다.",
    "먼저 가중치에 1 - lr * weight_decay를 곱합니다.",
    "m / (1 - β₁^t)를 (v / (1 - β₂^t))의 제곱근 + eps로 나눕니다.",
)


def _updates(submission, rng, size, world):
    options = {"lr": 0.05, "betas": (0.8, 0.95), "eps": 0.01, "weight_decay": 0.2}
    weights = _floats(rng, size)
    gradients = [[_floats(rng, size) for _ in range(world)] for _ in range(4)]
    inputs = {"weights": weights, "gradients": gradients, "world": world, "options": options}
    reply = tuple[list[TENSOR], list[dict[str, TENSOR]], TENSOR]
    return submission.run(zero_updates, **inputs, returns=reply), weights, gradients, options


@pytest.mark.grades("bonus-zero", weight=2, hint=UPDATE_HINT)
def test_updates_equal_adamw(submission, rng):
    """네 번 갱신한 가중치가 torch.optim.AdamW와 같습니다. 랭크가 매개변수의 수를 나누지 못해도 됩니다. 허용 오차는 1e-4배입니다."""
    for size, world in ((int(rng.integers(9, 12)), 4), (3, 5), (6, 1)):
        (made, _, after), weights, gradients, options = _updates(submission, rng, size, world)
        if not torch.equal(after, weights):
            expect.fail("받은 가중치를 바꾸었습니다. 사본을 만드세요.", "입력을 바꿈")
        with smallest(submission, zero_updates_call(size, world, 4)):
            right = _adamw(weights, gradients, options)
            undecayed = _adamw(weights, gradients, options | {"weight_decay": 0.0})
            wrong = {
                "첫 랭크만": (_adamw(weights, gradients, options, lambda each: each[0].clone()), "첫 랭크의 기울기만 썼습니다."),
                "감쇠 없음": (undecayed, "가중치 감쇠가 없습니다."),
                "Adam": (
                    _adamw(weights, gradients, options, kind=torch.optim.Adam),
                    "감쇠를 기울기에 더했습니다. AdamW는 가중치에 곱합니다.",
                ),
            }
            for number, (mine, target) in reversed(list(enumerate(zip(made, right, strict=True)))):  # the first update tells little apart
                known = {name: ({"가중치": other[number]}, said) for name, (other, said) in wrong.items()}
                same_tensors(
                    {"가중치": mine}, {"가중치": target}, given=f"Ψ={size}, N={world}, {number + 1}번째 갱신", known=lambda k=known: k
                )


@pytest.mark.grades("bonus-zero", hint=("길이는 ⌈Ψ/N⌉입니다.", "랭크 r은 r번째 조각의 것만 갖습니다.", "{'exp_avg': …, 'exp_avg_sq': …}"))
def test_state_is_split(submission, rng):
    """랭크마다 갖는 상태가 ⌈Ψ/N⌉개이고, 이어 붙이면 나누지 않은 AdamW의 모멘텀과 같습니다."""
    size, world = int(rng.integers(9, 15)), 4
    (_, states, _), weights, gradients, options = _updates(submission, rng, size, world)
    parameter = nn.Parameter(weights.clone())
    optimizer = torch.optim.AdamW([parameter], **options)
    for each in gradients:
        parameter.grad = torch.stack(each).mean(0)
        optimizer.step()
    with smallest(submission, zero_updates_call(size, world, 4)):
        for name in ("exp_avg", "exp_avg_sq"):
            if any(name not in state for state in states):
                expect.fail(f"state(rank)에 {name}이(가) 없습니다.", "이름이 다름")
            lengths = [state[name].numel() for state in states]
            if max(lengths) > -(-size // world):
                said = f"랭크마다 {lengths}개의 {name}을(를) 갖고 있습니다. {-(-size // world)}개여야 합니다."
                expect.fail(f"Ψ={size}, N={world}: {said}", "나누지 않음")
            whole = torch.cat([state[name].flatten() for state in states])[:size]
            right = optimizer.state[parameter][name]
            summed = right * (world if name == "exp_avg" else world**2)  # which hardly changes what Adam does
            known = {"합": ({name: summed}, "기울기를 평균하지 않고 더했습니다.")}
            same_tensors({name: whole}, {name: right}, given=f"Ψ={size}, N={world}의 상태", known=lambda known=known: known)


# -- bonus-fsdp -------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "bonus-fsdp",
    hint=("한 줄로 잇고 끝을 0으로 채웁니다.", "functional.pad(flat, (0, -len(flat) % world))", "unflatten은 남는 것을 버립니다."),
)
def test_flat_parameters(submission, rng):
    """조각의 길이가 모두 ⌈Ψ/N⌉이고 끝이 0이며, 이어 붙여 unflatten하면 되돌아옵니다. 조각은 새 텐서입니다."""
    for shapes, world in (([(2, 3), (4,)], 4), ([(3, 3), (3,), ()], 2), ([(2,)], 5), ([(4, 2)], int(rng.integers(1, 4)))):
        tensors = [_floats(rng, *shape) if shape else _floats(rng, 1).reshape(()) for shape in shapes]
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        with smallest(submission, flat_shards_call(len(flat), world)):
            shards = submission.call("flat_shards", tensors, world, returns=list[TENSOR])
            given, length = f"모양 {shapes}, 랭크 {world}개", -(-len(flat) // world)
            if len(shards) != world or any(shard.shape != (length,) for shard in shards):
                found = [tuple(shard.shape) for shard in shards]
                expect.fail(f"{given}: 조각의 모양이 {found}입니다. ({length},)인 것 {world}개여야 합니다.", "채우지 않음")
            joined = torch.cat(shards)
            if not torch.equal(joined[: len(flat)], flat) or bool(joined[len(flat) :].any()):
                expect.fail(f"{given}: 조각을 이으면 매개변수 다음에 0이 와야 합니다.", "조각이 다름")
        with smallest(submission, unflatten_call([tensor.numel() for tensor in tensors])):
            back = submission.call("unflatten", joined, shapes, returns=list[TENSOR])
            if len(back) != len(tensors) or not all(map(torch.equal, back, tensors)):
                expect.fail(f"{given}: unflatten한 것이 처음의 텐서와 다릅니다.", "되돌아오지 않음")


def sharded(student, weights, batches):
    import torch
    from torch import nn
    from torch.nn import functional

    from course_lib.kit.distributed import ShardLog

    sizes = [tuple(w.shape) for w in weights[::2]]
    units = [nn.Sequential(nn.Linear(i, o), nn.Tanh()) for o, i in sizes]
    with torch.no_grad():
        for unit, weight, bias in zip(units, weights[::2], weights[1::2], strict=True):
            unit[0].weight.copy_(weight)
            unit[0].bias.copy_(bias)
    log = ShardLog(len(batches))
    found = student.fsdp_gradients(units, functional.cross_entropy, batches, log)
    return [[shard.detach().clone() for shard in unit] for unit in found], log.events, log.peak, log.live


def _sharded(submission, rng, world):
    widths = [5, 7, 4, 3]
    weights = [_floats(rng, *shape) for o, i in zip(widths[1:], widths, strict=False) for shape in ((o, i), (o,))]
    batches = [(_floats(rng, 4, 5), torch.from_numpy(rng.integers(0, 3, 4))) for _ in range(world)]
    reply = tuple[list[list[TENSOR]], list[tuple[str, int, int]], int, int]
    return submission.run(sharded, weights=weights, batches=batches, returns=reply), weights, batches


def _whole(weights, batches):
    leaves = [weight.clone().requires_grad_() for weight in weights]
    x, y = torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches])
    for weight, bias in zip(leaves[::2], leaves[1::2], strict=True):
        x = torch.tanh(functional.linear(x, weight, bias))
    functional.cross_entropy(x, y).backward()
    return [torch.cat([w.grad.flatten(), b.grad]) for w, b in zip(leaves[::2], leaves[1::2], strict=True)]


@pytest.mark.grades(
    "bonus-fsdp",
    weight=2,
    hint=("단위의 입력을 남겨 두세요.", "랭크의 수로 나누세요.", "torch.autograd.grad(run_unit(unit, flat, x), [flat, x], arriving)"),
)
def test_sharded_gradients(submission, rng):
    """기울기의 조각이 나누지 않은 모델의 것과 같고, 채운 자리의 기울기는 0입니다. 허용 오차는 1e-4배입니다."""
    for world in (3, 2, 1):
        with smallest(submission, fsdp_call(3, world)):
            (found, *_), weights, batches = _sharded(submission, rng, world)
            right = _whole(weights, batches)
            if len(found) != len(right) or any(len(unit) != world for unit in found):
                expect.fail(f"랭크 {world}개: 결과가 [단위][랭크]가 아닙니다.", "결과의 꼴")
            for number, (unit, whole) in enumerate(zip(found, right, strict=True)):
                padded = functional.pad(whole, (0, -len(whole) % world))
                known = {"합": ({"기울기": world * padded}, "랭크의 수로 나누지 않았습니다. 모든 랭크의 평균 손실의 기울기입니다.")}
                known["한 번 더 나눔"] = ({"기울기": padded / world}, "랭크의 수로 두 번 나누었습니다.")
                given = f"랭크 {world}개, 단위 {number}"
                same_tensors({"기울기": torch.cat(unit)}, {"기울기": padded}, given=given, known=lambda known=known: known)


@pytest.mark.grades(
    "bonus-fsdp",
    weight=2,
    hint=("순전파에서 한 번, 역전파에서 한 번 모읍니다.", "쓰고 나면 바로 free합니다.", "역전파는 마지막 단위부터입니다."),
)
def test_trace(submission, rng):
    """순전파와 역전파에서 단위마다 한 번씩 모으고 곧 버려, 한 번에 온전한 단위는 하나이고 보낸 양은 3Ψ(N - 1)/N입니다."""
    world = int(rng.integers(2, 5))
    with smallest(submission, fsdp_call(3, world)):
        (found, events, peak, live), weights, _ = _sharded(submission, rng, world)
        if not found:
            expect.fail("결과가 없습니다.")
        units = len(weights) // 2
        kinds = [(kind, unit) for kind, unit, _ in events]
        if live:
            expect.fail(f"끝난 다음에도 원소 {live}개가 모여 있습니다. 쓰고 나면 free하세요.", "버리지 않음")
        gathers = [unit for kind, unit in kinds if kind == "gather"]
        if gathers == list(range(units)):
            expect.fail("순전파에서만 모았습니다. 역전파에서 다시 모아야 합니다.", "다시 모으지 않음")
        sizes = [sum(weights[2 * unit + k].numel() for k in range(2)) for unit in range(units)]
        largest = max(-(-size // world) * world for size in sizes)
        if peak > largest:
            expect.fail(f"한 번에 원소 {peak}개가 모여 있었습니다. 가장 큰 단위 {largest}개를 넘지 않아야 합니다.", "한꺼번에 모음")
        wanted = list(range(units)) + list(range(units))[::-1]
        if gathers != wanted:
            expect.fail(f"단위를 모은 순서가 {gathers}입니다. {wanted}이어야 합니다.", "모으는 순서")
        reduced = [unit for kind, unit in kinds if kind == "reduce"]
        if reduced != wanted[units:]:
            expect.fail(f"기울기를 나누어 더한 순서가 {reduced}입니다. {wanted[units:]}이어야 합니다.", "나누어 더하는 순서")

"""Hidden checks of split layers and of memory. Only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from course_lib.distributed.judging import same_number, same_tensors
from course_lib.distributed.memory import checkpointed_memory, stage_memory
from course_lib.distributed.parallel_examples import checkpoints_call, input_gradient_call, layer_call, stage_call
from course_lib.distributed.wrong_parallel import wrong_checkpoints, wrong_stage_bytes
from course_lib.kit import expect
from course_lib.kit.counterexample import smallest

TENSOR = torch.Tensor


def _floats(rng, *shape):
    return torch.from_numpy(rng.standard_normal(shape)).float()


# -- tp-column, tp-row ------------------------------------------------------------------------------------------------


def split_layer(student, name, weight, bias, world, whole, x, up):
    import torch
    from torch import nn

    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    leaf = x.clone().requires_grad_()
    if name == "column":
        layer = student.ColumnParallelLinear.from_dense(linear, world, gather_output=whole)
        out = layer(leaf)
    else:
        layer = student.RowParallelLinear.from_dense(linear, world, input_is_parallel=not whole)
        size = -(-x.shape[-1] // world)
        pieces = [leaf[..., rank * size : (rank + 1) * size] for rank in range(world)]
        out = layer(leaf if whole else pieces)
    pieces = [] if torch.is_tensor(out) else [tuple(piece.shape) for piece in out]
    out = out if torch.is_tensor(out) else torch.cat(list(out), dim=-1)
    if out.shape != up.shape:
        return out.detach(), x, {}, pieces, True
    (out * up).sum().backward()
    grads = {key: value.detach().clone() for key, value in layer.dense_grads().items()}
    gradient = torch.full_like(x, float("nan")) if leaf.grad is None else leaf.grad
    untouched = bool(torch.equal(linear.weight, weight)) and linear.weight.grad is None
    return out.detach(), gradient, grads, pieces, untouched


def _dense(weight, bias, x, up):
    leaf = x.clone().requires_grad_()
    weight, bias = weight.clone().requires_grad_(), None if bias is None else bias.clone().requires_grad_()
    out = functional.linear(leaf, weight, bias)
    (out * up).sum().backward()
    return out.detach(), leaf.grad, {"weight": weight.grad} | ({} if bias is None else {"bias": bias.grad})


def _layer(submission, rng, name, inner, outer, world, whole, bias=True):
    """The student's output, input gradient and dense gradients beside those of the dense layer, with the inputs of both."""
    weight, offset = _floats(rng, outer, inner), _floats(rng, outer) + 2 if bias else None
    x, up = _floats(rng, 2, 3, inner), _floats(rng, 2, 3, outer)
    inputs = {"name": name, "weight": weight, "bias": offset, "world": world, "whole": whole, "x": x, "up": up}
    reply = tuple[TENSOR, TENSOR, dict[str, TENSOR], list[tuple], bool]
    return submission.run(split_layer, **inputs, returns=reply), _dense(weight, offset, x, up), (weight, offset, x, up)


CLASSES = {"column": "ColumnParallelLinear", "row": "RowParallelLinear"}


def _said(name, inner, outer, world):
    return f"{CLASSES[name]}, 입력 {inner}, 출력 {outer}, 랭크 {world}개"


def _judge_forward(submission, rng, name, inner, outer, world, whole, bias=True):
    found, right, (weight, offset, x, _) = _layer(submission, rng, name, inner, outer, world, whole, bias)
    given = _said(name, inner, outer, world)
    known = {}
    if offset is not None:
        known["편향을 여러 번"] = (
            {"출력": right[0] + (world - 1) * offset},
            "편향을 랭크마다 더했습니다. 모두 더한 다음 한 번만 더합니다.",
        )
        known["편향 없음"] = ({"출력": right[0] - offset}, "편향을 더하지 않았습니다.")
    size = -(-inner // world)
    first = functional.linear(x[..., :size], weight[:, :size], offset)
    known["첫 랭크만"] = ({"출력": first}, "첫 랭크의 부분합뿐입니다. 모든 랭크의 것을 더해야 합니다.")
    known["평균"] = (
        {"출력": (right[0] - (0 if offset is None else offset)) / world + (0 if offset is None else offset)},
        "더하지 않고 평균했습니다.",
    )
    with smallest(submission, layer_call(CLASSES[name], inner, outer, world)):
        same_tensors({"출력": found[0]}, {"출력": right[0]}, given=given, known=lambda: known)
    if name == "column" and not whole and len(found[3]) != world:
        expect.fail(
            f"{given}: gather_output=False인데 출력의 목록이 {len(found[3])}개입니다. 랭크마다 하나씩 {world}개여야 합니다.", "목록의 길이"
        )
    if name == "column" and not whole and any(shape[-1] > -(-outer // world) for shape in found[3]):
        expect.fail(f"{given}: 한 랭크가 출력을 {max(s[-1] for s in found[3])}개 계산합니다. 나누어야 합니다.", "나누지 않음")
    if name == "column" and whole and found[3]:
        expect.fail(f"{given}: gather_output=True인데 목록을 돌려주었습니다.", "이어 붙이지 않음")


def _judge_backward(submission, rng, name, inner, outer, world, whole, bias=True):
    found, right, (weight, _, _, up) = _layer(submission, rng, name, inner, outer, world, whole, bias)
    given, size = _said(name, inner, outer, world), -(-outer // world)
    known = {
        "입력의 올리듀스 없음": (
            {"입력의 기울기": up[..., :size] @ weight[:size]},
            "입력의 기울기가 첫 랭크의 것뿐입니다. 모든 랭크의 것을 더해야 합니다.",
        ),
        "기울기가 끊김": ({"입력의 기울기": torch.full_like(right[1], torch.nan)}, "입력으로 기울기가 흐르지 않습니다."),
        "평균": ({"입력의 기울기": right[1] / world}, "입력의 기울기를 랭크의 수로 나누었습니다."),
    }
    with smallest(submission, input_gradient_call(CLASSES[name], inner, outer, world)):
        same_tensors({"입력의 기울기": found[1]}, {"입력의 기울기": right[1]}, given=given, known=lambda: known)
    grads, turned = right[2], {key: value.T.contiguous() if value.ndim == 2 else value for key, value in right[2].items()}
    wrong = {
        "전치": (turned, "가중치의 기울기가 [in, out]입니다. 나누지 않은 층처럼 [out, in]이어야 합니다."),
        "편향을 여러 번": (
            grads | ({"bias": world * grads["bias"]} if "bias" in grads else {}),
            "편향의 기울기가 랭크의 수만큼 더해졌습니다.",
        ),
    }
    same_tensors(found[2], grads, given=f"{given}의 dense_grads()", known=lambda: wrong)
    if not found[4]:
        expect.fail(f"{given}: 나누기 전의 층이 바뀌었거나 기울기가 생겼습니다. 가중치의 사본을 쓰세요.", "사본이 아님")


COLUMN_HINT = (
    "가중치의 행(dim=0)과 편향을 나눕니다.",
    "랭크마다 functional.linear(x, weight, bias)를 구합니다.",
    "torch.cat(parts, dim=-1)로 이어 붙입니다.",
)
ROW_HINT = (
    "가중치의 열(dim=1)을 나눕니다. 편향은 나누지 않습니다.",
    "랭크마다 편향 없이 곱해 모두 더합니다.",
    "더한 다음 편향을 한 번 더합니다.",
)
UNEVEN_HINT = (
    "나누어떨어지지 않으면 뒤의 랭크는 덜 받거나 비어 있습니다.",
    "편향이 없으면 linear.bias가 None입니다.",
    "입력을 나눌 때 가중치의 열 수대로 자르세요.",
)


@pytest.mark.grades("tp-column", weight=2, hint=COLUMN_HINT)
def test_column_forward(submission, rng):
    """열 병렬 층의 출력이 나누지 않은 층과 같고, gather_output=False이면 랭크마다 하나인 목록입니다. 허용 오차는 1e-4배입니다."""
    world = int(rng.integers(3, 5))
    for whole in (True, False):
        _judge_forward(submission, rng, "column", int(rng.integers(4, 8)), 3 * world, world, whole)


@pytest.mark.grades(
    "tp-column", weight=2, hint=("입력의 기울기는 모든 랭크에서 온 것의 합입니다.", "detach를 쓰지 마세요.", "joined_grads")
)
def test_column_backward(submission, rng):
    """입력의 기울기와 dense_grads()가 나누지 않은 층과 같습니다."""
    world = int(rng.integers(3, 5))
    for whole in (True, False):
        _judge_backward(submission, rng, "column", int(rng.integers(4, 8)), 2 * world, world, whole)


@pytest.mark.grades("tp-column", hint=UNEVEN_HINT)
def test_column_at_the_edges(submission, rng):
    """출력이 랭크의 수로 나누어떨어지지 않거나 랭크보다 적어도, 편향이 없어도, 랭크가 하나여도 같습니다."""
    for inner, outer, world, bias in ((5, 7, 3, True), (4, 3, 5, True), (3, 6, 4, False), (4, 5, 1, True)):
        _judge_forward(submission, rng, "column", inner, outer, world, True, bias)
        _judge_backward(submission, rng, "column", inner, outer, world, False, bias)


@pytest.mark.grades("tp-row", weight=2, hint=ROW_HINT)
def test_row_forward(submission, rng):
    """행 병렬 층의 출력이 나누지 않은 층과 같고, 전체 입력과 나눈 입력을 모두 받습니다. 허용 오차는 1e-4배입니다."""
    world = int(rng.integers(3, 5))
    for whole in (True, False):
        _judge_forward(submission, rng, "row", 3 * world, int(rng.integers(4, 8)), world, whole)


@pytest.mark.grades("tp-row", weight=2, hint=("가중치의 기울기를 dim=1로 이어 붙입니다.", "편향은 하나뿐입니다.", *ROW_HINT[:1]))
def test_row_backward(submission, rng):
    """입력의 기울기와 dense_grads()가 나누지 않은 층과 같습니다. 나누어떨어지지 않아도, 편향이 없어도 그렇습니다."""
    for inner, outer, world, bias in ((8, 5, 4, True), (7, 4, 3, True), (3, 6, 5, True), (6, 3, 4, False), (5, 4, 1, True)):
        for whole in (True, False):
            _judge_forward(submission, rng, "row", inner, outer, world, whole, bias)
            _judge_backward(submission, rng, "row", inner, outer, world, whole, bias)


def mlp(student, first, second, x, world):
    from torch.nn import functional

    calls = []

    def column(x):
        calls.append("column")
        return [functional.linear(x, weight) for weight in first.chunk(world, 0)]

    def row(parts):
        calls.append("row")
        parts = list(parts)
        assert len(parts) == world, f"row는 랭크마다 하나인 목록 {world}개를 받습니다."
        return sum(functional.linear(part, weight) for part, weight in zip(parts, second.chunk(world, 1), strict=True))

    return student.parallel_mlp(column, row, x), calls


@pytest.mark.grades(
    "tp-row",
    hint=(
        "GELU는 column의 출력에, 나눈 채로 씁니다.",
        "row에는 목록을 그대로 줍니다.",
        "row([functional.gelu(part) for part in column(x)])",
    ),
)
def test_mlp(submission, rng):
    """parallel_mlp가 나누지 않은 MLP와 같습니다. GELU는 두 층 사이에서 조각마다 한 번 씁니다."""
    world, size = int(rng.integers(2, 5)), int(rng.integers(3, 6))
    first, second, x = 1.5 * _floats(rng, 4 * world, size), _floats(rng, size, 4 * world), _floats(rng, 5, size)
    out, calls = submission.run(mlp, first=first, second=second, x=x, world=world, returns=tuple[TENSOR, list[str]])
    hidden = functional.linear(x, first)
    gelu = functional.gelu
    after = sum(gelu(functional.linear(gelu(h), w)) for h, w in zip(hidden.chunk(world, -1), second.chunk(world, 1), strict=True))
    late = sum(gelu(functional.linear(h, w)) for h, w in zip(hidden.chunk(world, -1), second.chunk(world, 1), strict=True))
    known = {
        "부분합마다 GELU": ({"출력": late}, "부분합에 GELU를 썼습니다. 더하기 전에 쓰면 결과가 달라집니다. column의 출력에 씁니다."),
        "GELU 두 번": ({"출력": after}, "GELU를 두 번 썼습니다."),
        "더한 다음 GELU": ({"출력": gelu(functional.linear(hidden, second))}, "row 다음에 GELU를 썼습니다. 두 층 사이에 씁니다."),
        "GELU 없음": ({"출력": functional.linear(hidden, second)}, "GELU가 없습니다."),
        "ReLU": ({"출력": functional.linear(hidden.relu(), second)}, "GELU가 아니라 ReLU입니다."),
    }
    same_tensors({"출력": out}, {"출력": functional.linear(gelu(hidden), second)}, given=f"랭크 {world}개인 MLP", known=lambda: known)
    if sorted(calls) != ["column", "row"]:
        expect.fail(f"층을 {calls}의 순서로 불렀습니다. column과 row를 한 번씩 부릅니다.", "층을 여러 번")


# -- mem-checkpoint ---------------------------------------------------------------------------------------------------

MEMORY_HINT = ("체크포인트 k개와 구간 하나의 층입니다.", "구간의 층은 L/k를 올림한 것입니다.", "segments + math.ceil(layers / segments)")


def _judge_checkpoints(submission, layers, segments):
    with smallest(submission, checkpoints_call(layers, segments)):
        actual = submission.call("checkpointed_memory", layers, segments, returns=float)
        given, known = f"checkpointed_memory({layers}, {segments})", wrong_checkpoints(layers, segments)
        same_number(actual, checkpointed_memory(layers, segments), given=given, known=known)


def _judge_stage(submission, *arguments):
    with smallest(submission, stage_call(*arguments)):
        actual = submission.call("stage_memory", *arguments, returns=float)
        given = f"stage_memory{arguments}"
        same_number(actual, stage_memory(*arguments), given=given, known=wrong_stage_bytes(*arguments))


@pytest.mark.grades("mem-checkpoint", weight=2, hint=MEMORY_HINT)
def test_checkpoints(submission, rng):
    """층과 구간의 수가 무엇이든 붙드는 활성값이 k + ⌈L/k⌉개입니다."""
    for _ in range(3):
        segments = int(rng.integers(3, 9))
        _judge_checkpoints(submission, segments * int(rng.integers(3, 9)) + int(rng.integers(1, segments)), segments)
    _judge_checkpoints(submission, 6 * segments, segments)


def refused(student, pairs):
    found = []
    for layers, segments in pairs:
        try:
            student.checkpointed_memory(layers, segments)
            found.append(False)
        except ValueError:
            found.append(True)
    return found


@pytest.mark.grades(
    "mem-checkpoint", hint=("구간은 1개 이상 층의 수 이하입니다.", "0으로 나누기 전에 살피세요.", "아니면 ValueError를 냅니다.")
)
def test_checkpoints_at_the_edges(submission, rng):
    """구간이 하나이거나 층마다 하나여도 되고, 구간의 수가 0이거나 층보다 많으면 ValueError를 냅니다."""
    layers = int(rng.integers(5, 40))
    for segments in (1, layers):
        _judge_checkpoints(submission, layers, segments)
    pairs = [(layers, 0), (layers, layers + 1), (layers, -1)]
    for (count, segments), right in zip(pairs, submission.run(refused, pairs=pairs, returns=list[bool]), strict=True):
        if not right:
            expect.fail(f"checkpointed_memory({count}, {segments})가 ValueError를 내지 않습니다.", "있을 수 없는 구간")


@pytest.mark.grades(
    "mem-checkpoint",
    weight=2,
    hint=(
        "매개변수마다 16바이트입니다.",
        "체크포인팅하지 않으면 붙들린 마이크로배치마다 모든 층입니다.",
        "체크포인팅하면 in_flight * k + ⌈L/k⌉입니다.",
    ),
)
def test_stage_bytes(submission, rng):
    """스테이지 하나의 바이트가 상태와 활성값의 합입니다. 체크포인팅하면 한 번에 한 구간만 다시 계산합니다."""
    for _ in range(2):
        parameters, activation = int(rng.integers(10, 99)) * 1_000, int(rng.integers(10, 99)) * 1_000
        layers, in_flight = int(rng.integers(7, 20)), int(rng.integers(2, 9))
        _judge_stage(submission, parameters, layers, activation, in_flight)
        _judge_stage(submission, parameters, layers, activation, in_flight, int(rng.integers(2, 5)))

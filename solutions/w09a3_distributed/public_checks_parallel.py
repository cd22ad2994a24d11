"""Public checks of data, pipeline and tensor parallelism on small fixed inputs. They travel with the kit: nothing knows the reference."""

from __future__ import annotations

import math

import pytest
import torch

from course_lib.kit import expect

TENSOR = torch.Tensor


def _close(actual, expected, given, known=None):
    """Fail unless two tensors have one shape and are equal to within 1e-4; ``known`` names wrong answers."""
    if tuple(actual.shape) != tuple(expected.shape):
        expect.fail(f"{given}: 모양이 {tuple(actual.shape)}입니다. {tuple(expected.shape)}이어야 합니다.")
    if torch.allclose(actual.double(), expected.double(), atol=1e-4):
        return
    for name, (wrong, explanation) in (known or {}).items():
        if actual.shape == wrong.shape and torch.allclose(actual.double(), wrong.double(), atol=1e-4):
            expect.fail(f"{given}: {explanation}", name)
    shown = [[round(float(value), 3) for value in tensor.flatten()] for tensor in (actual, expected)]
    expect.fail(f"{given}에서 나온 값은 {expect.show(shown[0])}, 기대한 값은 {expect.show(shown[1])}입니다.")


# -- data parallelism -------------------------------------------------------------------------------------------------


@pytest.mark.grades("dp-shard", hint=("몫과 나머지를 구하세요.", "divmod(n, world)", "앞의 랭크가 하나씩 더 맡습니다."))
def test_ten_over_four(submission):
    """예 10개를 네 랭크가 3, 3, 2, 2개씩(어떤 순서로든) 꼭 한 번씩 맡고, 예 둘이면 두 랭크는 빈 목록을 받습니다."""
    for n, sizes in ((10, [2, 2, 3, 3]), (2, [0, 0, 1, 1])):
        shards = [submission.call("shard", n, 4, rank, returns=list[int]) for rank in range(4)]
        if sorted(index for indices in shards for index in indices) != list(range(n)):
            expect.fail(f"예 {n}개, 랭크 4개: {shards}에는 0–{n - 1}이 꼭 한 번씩 있지 않습니다.")
        if sorted(map(len, shards)) != sizes:
            expect.fail(f"예 {n}개, 랭크 4개: 랭크마다 {[len(indices) for indices in shards]}개입니다. 차이는 1 이하여야 합니다.")


def hand_ring(student):
    import torch

    from course_lib.kit.distributed import Transport

    transport = Transport(3)
    results = student.ring_all_reduce([torch.tensor([1.0, 2.0, 3.0]) * 10**rank for rank in range(3)], transport)
    return (
        list(results),
        transport.step,
        [transport.bytes_from(rank) // 4 for rank in range(3)],
        [(m.src, m.dst) for m in transport.messages],
    )


@pytest.mark.grades(
    "dp-ring",
    hint=(
        "손 예제의 표를 한 단계씩 따라가 보세요.",
        "단계 t에 랭크 r은 조각 (r - t) % world를 보냅니다.",
        "앞의 N - 1단계에서만 더합니다.",
    ),
)
def test_ring_of_the_hand_example(submission):
    """손 예제의 세 랭크가 (111, 222, 333)을 얻고, 단계는 4개, 랭크마다 보낸 원소는 4개이며, 이웃에게만 보냅니다."""
    reply = tuple[list[TENSOR], int, list[int], list[tuple[int, int]]]
    results, steps, sent, pairs = submission.run(hand_ring, returns=reply)
    if len(results) != 3:
        expect.fail(f"결과가 {len(results)}개입니다. 랭크마다 하나씩 셋이어야 합니다.")
    total = torch.tensor([111.0, 222.0, 333.0])
    known = {"평균": (total / 3, "평균입니다. 합을 돌려줍니다.")}
    for rank, result in enumerate(results):
        _close(result, total, f"손 예제의 랭크 {rank}", known)
    if any((src - dst) % 3 not in (1, 2) for src, dst in pairs):
        expect.fail("이웃이 아닌 랭크에게 보냈습니다.")
    if steps != 4 or sent != [4, 4, 4]:
        expect.fail(f"단계가 {steps}개이고 보낸 원소가 {sent}개입니다. 4개와 [4, 4, 4]개여야 합니다.")


def hand_gradient(student):
    import torch
    from torch import nn

    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(0.0)

    def loss_fn(output, target):
        return (output * target).mean()

    ones = [torch.ones(3, 1), torch.ones(1, 1)]
    batches = [(ones[0], torch.full((3, 1), 2.0)), (ones[1], torch.full((1, 1), 10.0))]
    return dict(student.ddp_gradients(model, loss_fn, batches))


@pytest.mark.grades("dp-gradients", hint=("랭크 r의 무게는 n_r/n입니다.", "예가 셋인 랭크의 무게는 3/4입니다.", "3/4 · 2 + 1/4 · 10"))
def test_gradient_of_the_hand_example(submission):
    """손 예제의 전체 기울기는 4입니다."""
    found = submission.run(hand_gradient, returns=dict[str, TENSOR])
    if set(found) != {"weight"}:
        expect.fail(f"이름이 {sorted(found)}입니다. 매개변수의 이름 weight 하나여야 합니다.")
    known = {
        "평균의 평균": (torch.tensor([[6.0]]), "평균의 평균입니다. 예가 많은 랭크가 그만큼 무거워야 합니다."),
        "합": (torch.tensor([[12.0]]), "무게 없이 더했습니다."),
        "나누지 않음": (torch.tensor([[16.0]]), "전체 예의 수로 나누지 않았습니다."),
    }
    _close(found["weight"], torch.tensor([[4.0]]), "손 예제", known)


@pytest.mark.grades("dp-cost", hint=("단계는 2(N - 1)개입니다.", "단계마다 α + (S/N)/β입니다.", "6 · (10 µs + 0.25초)"))
def test_cost_of_the_hand_example(submission):
    """랭크 4개, 1 GB, 10 µs, 1 GB/s이면 1.50006초이고, 랭크가 하나이면 0초입니다."""
    actual = submission.call("ring_seconds", 4, 1e9, 1e-5, 1e9, returns=float)
    expect.close(actual, 1.50006, tolerance=1e-7, given="ring_seconds(4, 1e9, 1e-5, 1e9)")
    if submission.call("ring_seconds", 1, 1e9, 1e-5, 1e9, returns=float) != 0:
        expect.fail("랭크가 하나이면 보낼 것이 없으므로 0초입니다.")


# -- pipelines --------------------------------------------------------------------------------------------------------


@pytest.mark.grades("pp-schedule", hint=("워밍업은 p - s - 1개입니다.", "F와 B를 번갈아 합니다.", "남은 B를 마지막에 합니다."))
def test_schedule_of_the_hand_example(submission):
    """스테이지 2개, 마이크로배치 3개인 1f1b가 손 예제와 같고, gpipe는 순전파를 모두 먼저 합니다."""
    kinds = list[list[tuple[str, int]]]
    actual = submission.call("make_schedule", "1f1b", 2, 3, returns=kinds)
    orders = ["F0 F1 B0 F2 B1 B2", "F0 B0 F1 B1 F2 B2"]
    right = [[(work[0], int(work[1])) for work in order.split()] for order in orders]
    gpipe = [[(kind, number) for kind in "FB" for number in range(3)]] * 2
    known = {"GPipe": (gpipe, "GPipe의 일정입니다. 스테이지 0이 마이크로배치 셋을 모두 붙듭니다.")}
    expect.equal(actual, right, given='make_schedule("1f1b", 2, 3)', known=known, show_expected=True)
    for stage, order in enumerate(submission.call("make_schedule", "gpipe", 2, 3, returns=kinds)):
        if [kind for kind, _ in order] != list("FFFBBB") or sorted(order) != sorted(gpipe[0]):
            expect.fail(f"gpipe의 스테이지 {stage}: {order}. F 셋을 마친 다음 B 셋을 합니다.")


def hand_timeline(student):
    schedule = [[("F", 0), ("F", 1), ("B", 0), ("B", 1)]] * 2
    timeline = student.simulate(schedule, 1, 2)
    tasks = sorted((int(t[0]), str(t[1]), int(t[2]), float(t[3]), float(t[4])) for t in timeline.tasks)
    return tasks, float(timeline.makespan), float(timeline.bubble_fraction), list(timeline.peak_inflight)


@pytest.mark.grades(
    "pp-simulate",
    hint=("늦은 쪽을 기다립니다.", "max(스테이지가 비는 시각, 필요한 일이 끝난 시각)", "버블은 1 - 일한 시간/(p · 전체 시간)입니다."),
)
def test_timeline_of_the_hand_example(submission):
    """스테이지 2개, 마이크로배치 2개인 GPipe의 전체 시간은 9, 버블은 1/3, 붙든 수는 2와 2입니다."""
    tasks, makespan, bubble, peaks = submission.run(hand_timeline, returns=tuple[list[tuple], float, float, list[int]])
    if len(tasks) != 8:
        expect.fail(f"tasks에 일이 {len(tasks)}개 있습니다. 8개여야 합니다.")
    if makespan != 9:
        expect.fail(f"makespan이 {makespan:g}입니다. 9여야 합니다. 스테이지 0의 B0은 스테이지 1의 B0이 끝나는 5에 시작합니다.")
    known = {0.5: "이상적인 시간으로 나누었습니다. 전체 시간으로 나눕니다.", 0.6667: "일한 몫입니다. 논 몫을 구하세요."}
    if not math.isclose(bubble, 1 / 3, abs_tol=1e-4):
        said = next((text for value, text in known.items() if math.isclose(bubble, value, abs_tol=1e-3)), "1/3이어야 합니다.")
        expect.fail(f"bubble_fraction이 {bubble:.4f}입니다. {said}")
    expect.equal(peaks, [2, 2], given="GPipe, 스테이지 2개, 마이크로배치 2개", show_expected=True)


# -- split layers -----------------------------------------------------------------------------------------------------


def split_hand(student, name):
    import torch
    from torch import nn

    linear = nn.Linear(2, 2)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        linear.bias.copy_(torch.tensor([10.0, 20.0]))
    x = torch.tensor([[1.0, 1.0]], requires_grad=True)
    layer = getattr(student, name).from_dense(linear, 2)
    out = layer(x)
    (out * torch.tensor([[1.0, 100.0]])).sum().backward()
    return out.detach(), x.grad, dict(layer.dense_grads())


def _judge_split(submission, name, known):
    out, gradient, grads = submission.run(split_hand, name=name, returns=tuple[TENSOR, TENSOR, dict[str, TENSOR]])
    _close(out, torch.tensor([[13.0, 27.0]]), f"{name}의 출력", known)
    only_first = {"첫 랭크만": (torch.tensor([[1.0, 2.0]]), "입력의 기울기가 첫 랭크의 것뿐입니다. 더해야 합니다.")}
    _close(gradient, torch.tensor([[301.0, 402.0]]), f"{name}의 입력의 기울기", only_first)
    if set(grads) != {"weight", "bias"}:
        expect.fail(f"dense_grads()의 이름이 {sorted(grads)}입니다. weight와 bias여야 합니다.")
    _close(grads["weight"], torch.tensor([[1.0, 1.0], [100.0, 100.0]]), f"{name}의 가중치의 기울기")
    _close(grads["bias"], torch.tensor([1.0, 100.0]), f"{name}의 편향의 기울기")


@pytest.mark.grades("tp-column", hint=("가중치의 행과 편향을 나눕니다.", "랭크마다 곱해 이어 붙입니다.", "torch.cat(parts, dim=-1)"))
def test_column_of_two(submission):
    """2 × 2 층을 두 랭크가 나눈 열 병렬의 출력은 (13, 27)이고 기울기도 나누지 않은 층과 같습니다."""
    known = {"편향 없음": (torch.tensor([[3.0, 7.0]]), "편향을 더하지 않았습니다.")}
    _judge_split(submission, "ColumnParallelLinear", known)


@pytest.mark.grades("tp-row", hint=("가중치의 열과 입력을 나눕니다.", "부분합을 더한 다음 편향을 한 번 더합니다.", "total + self.bias"))
def test_row_of_two(submission):
    """2 × 2 층을 두 랭크가 나눈 행 병렬의 출력은 (13, 27)이고 기울기도 나누지 않은 층과 같습니다."""
    known = {
        "편향을 두 번": (torch.tensor([[23.0, 47.0]]), "편향을 랭크마다 더했습니다. 한 번만 더합니다."),
        "첫 랭크만": (torch.tensor([[11.0, 23.0]]), "첫 랭크의 부분합뿐입니다."),
    }
    _judge_split(submission, "RowParallelLinear", known)


def hand_mlp(student):
    import torch

    column = lambda x: [x * 2.0, x * -1.0]  # noqa: E731
    row = lambda parts: parts[0] + 10.0 * parts[1]  # noqa: E731
    return student.parallel_mlp(column, row, torch.tensor([[1.0]]))


@pytest.mark.grades(
    "tp-row", hint=("GELU는 두 층 사이, 조각마다 씁니다.", "column(x)는 목록입니다.", "[functional.gelu(part) for part in column(x)]")
)
def test_mlp_of_two(submission):
    """parallel_mlp는 column의 조각마다 GELU를 쓰고 row에 목록으로 줍니다."""
    gelu = torch.nn.functional.gelu
    right = gelu(torch.tensor([[2.0]])) + 10 * gelu(torch.tensor([[-1.0]]))
    known = {
        "GELU 없음": (torch.tensor([[-8.0]]), "GELU가 없습니다."),
        "더한 다음": (gelu(torch.tensor([[-8.0]])), "row 다음에 GELU를 썼습니다. 두 층 사이에 씁니다."),
    }
    _close(submission.run(hand_mlp, returns=TENSOR), right, "조각이 2와 -1인 예", known)


# -- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "mem-checkpoint", hint=("체크포인트와 구간 하나의 층을 더합니다.", "올림입니다.", "segments + math.ceil(layers / segments)")
)
def test_memory_of_the_hand_examples(submission):
    """손 예제의 12개(층 36, 구간 6)와 2,560바이트, 1,260바이트이고, 층 10개를 세 구간으로 나누면 7개입니다."""
    for arguments, right in (((36, 6), 12), ((10, 3), 7)):
        actual = submission.call("checkpointed_memory", *arguments, returns=float)
        expect.close(actual, right, tolerance=1e-6, given=f"checkpointed_memory{arguments}")
    for arguments, right in (((10, 6, 100, 4), 2_560), ((10, 6, 100, 4, 2), 1_260)):
        actual = submission.call("stage_memory", *arguments, returns=float)
        expect.close(actual, right, tolerance=1e-6, given=f"stage_memory{arguments}")

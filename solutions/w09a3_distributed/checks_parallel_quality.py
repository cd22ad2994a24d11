"""Hidden checks of quality for parallel training: the static review, and work counted inside and judged outside."""

# ruff: noqa: B023 - each task runs within its own turn of the loop
from __future__ import annotations

import pytest

from autograder.review.readable import HINT, expect_readable, expect_works
from course_lib.kit import expect

# -- quality-static ---------------------------------------------------------------------------------------------------

PARTS = {
    "data-parallel": ("dp-",),
    "pipeline": ("pp-",),
    "tensor-parallel": ("tp-",),
    "memory": ("mem-",),
    "parallel-experiments": ("exp-links", "exp-pipeline"),
}
DONE = {
    "data-parallel": [-10.667, True, [4.0, 6.0], 2, 2.0],
    "pipeline": [9.0, [2, 2], 4],
    "tensor-parallel": [[14.0, 38.0, 62.0, 86.0]] * 2,
    "memory": [12.0, 2_560.0],
    "parallel-experiments": 2.0,
}


def try_parallel_part(student, part):
    """What the part's code makes of a small example, floats to three digits."""
    import torch
    from torch import nn
    from torch.nn import functional

    from course_lib.kit.distributed import Transport

    if part == "data-parallel":
        network = Transport(2)
        results = student.ring_all_reduce([torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])], network)
        model = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(model.weight)
        x, y = torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([[0.0], [-2.0], [5.0]])
        found = student.ddp_gradients(model, functional.mse_loss, [(x[:1], y[:1]), (x[1:], y[1:])])["weight"]
        shared = len(student.shard(3, 2, 0)) in (1, 2)
        return [round(float(found), 3), shared, results[1].tolist(), network.step, float(student.ring_seconds(2, 4.0, 0.0, 2.0))]
    if part == "pipeline":
        schedule = student.make_schedule("1f1b", 2, 2)
        timeline = student.simulate([[("F", 0), ("F", 1), ("B", 0), ("B", 1)]] * 2, 1, 2)
        return [float(timeline.makespan), list(timeline.peak_inflight), len(schedule[0])]
    if part == "tensor-parallel":
        dense, x = nn.Linear(4, 4), torch.arange(4.0)
        with torch.no_grad():
            dense.weight.copy_(torch.arange(16.0).reshape(4, 4))
            dense.bias.zero_()
        layers = [getattr(student, name).from_dense(dense, 2) for name in ("ColumnParallelLinear", "RowParallelLinear")]
        return [layer(x).round(decimals=3).tolist() for layer in layers]
    if part == "memory":
        return [float(student.checkpointed_memory(36, 6)), float(student.stage_memory(10, 6, 100, 4))]
    ring = [{"world": n, "share": 1.0 * n} for n in (1, 2)]
    links = [{"link": "ethernet", "world": n, "bytes": 1, "seconds": 1.0 * n} for n in (1, 2)]
    return student.link_conclusions(ring, links)["ethernet"]["factor"]


@pytest.mark.grades("quality-static", hint=HINT)
@pytest.mark.parametrize("part", list(PARTS))
def test_parallel_code_reads_well(submission, review, part):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    expect_works(submission, try_parallel_part, part, DONE[part])
    expect_readable(finding for finding in review.findings if finding.cell.removeprefix("solution-").startswith(PARTS[part]))


# -- quality-growth ---------------------------------------------------------------------------------------------------

ALLOWED = 1.25  # how much more may happen on a larger input of which the work should not depend
LINEAR = 1.5  # how much more than in proportion


def work_of(student, what, sizes):
    """Tensor operations, lines of the notebook and calls of the model, for each size."""
    import sys

    import torch
    from torch import nn
    from torch.nn import functional
    from torch.utils._python_dispatch import TorchDispatchMode

    from course_lib.kit.distributed import Transport

    class Counting(TorchDispatchMode):
        def __init__(self):
            super().__init__()
            self.count = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.count += 1
            return func(*args, **(kwargs or {}))

    with Counting():  # torch imports what it needs for this
        torch.ones(2).sum()
    found = []
    for size in sizes:
        calls = []
        model = nn.Linear(3, 2)
        model.register_forward_hook(lambda *_: calls.append(1))
        batches = [(torch.ones(n, 3), torch.zeros(n, 2)) for n in (size, 2 * size, 0, size)]
        tensors = [torch.ones(size) for _ in range(4)]
        schedule = [[("F", i) for i in range(size)] + [("B", i) for i in range(size)]] * 3
        column = lambda x: [x, x]  # noqa: E731
        tasks = {
            "ring_all_reduce": lambda: student.ring_all_reduce(tensors, Transport(4)),
            "ddp_gradients": lambda: student.ddp_gradients(model, functional.mse_loss, batches),
            "make_schedule": lambda: student.make_schedule("1f1b", 3, size),
            "simulate": lambda: student.simulate(schedule, 1.0, 2.0),
            "parallel_mlp": lambda: student.parallel_mlp(column, sum, torch.ones(size, 2)),
        }
        lines = 0

        def trace(frame, event, argument):  # noqa: ARG001
            nonlocal lines
            lines += event == "line"
            return trace if any(mark in frame.f_code.co_filename for mark in ("<ipython-input", "ipykernel_")) else None

        previous = sys.gettrace()
        with Counting() as counting:
            sys.settrace(trace)
            try:
                result = tasks[what]()
            finally:
                sys.settrace(previous)
        found.append((counting.count, lines, len(calls), result is not None))
    return found


def _work(submission, what, sizes):
    found = submission.run(work_of, what=what, sizes=sizes, returns=list[tuple[int, int, int, bool]])
    if not all(made for *_, made in found):
        expect.fail(f"`{what}`의 결과가 없습니다. 구현을 먼저 마치세요.", "결과가 없음")
    return found


@pytest.mark.grades(
    "quality-growth",
    hint=("원소를 하나씩 보내거나 더하지 마세요.", "조각 하나가 텐서 하나입니다.", "tensor_split과 덧셈은 조각 전체에 한 번에 합니다."),
)
def test_work_of_the_ring(submission):
    """원소가 여섯 배가 되어도 고리 올리듀스의 연산과 줄의 수는 그대로입니다."""
    (before, lines, *_), (after, more, *_) = _work(submission, "ring_all_reduce", [40, 240])
    if before < 4:
        expect.fail("`ring_all_reduce`에서 텐서 연산이 거의 일어나지 않았습니다. 구현을 먼저 마치세요.", "텐서 연산이 없음")
    if after > ALLOWED * before or more > ALLOWED * lines + 3:
        expect.fail(f"원소가 40개에서 240개로 늘자 텐서 연산이 {before}번에서 {after}번으로 늘었습니다.", "원소마다 되풀이")


@pytest.mark.grades(
    "quality-growth",
    hint=("랭크마다 순전파 한 번이면 됩니다.", "예마다 미분하지 마세요.", "배치를 통째로 모델에 넣으세요."),
)
def test_work_of_gradients(submission):
    """예가 있는 랭크마다 모델을 한 번만 부르고, 예가 네 배가 되어도 연산의 수는 그대로입니다."""
    (before, _, calls, _), (after, *_) = _work(submission, "ddp_gradients", [4, 16])
    if not 1 <= calls <= 4:
        expect.fail(f"예가 있는 랭크 셋에 모델을 {calls}번 불렀습니다. 랭크마다 한 번입니다.", "모델을 여러 번")
    if after > ALLOWED * before:
        expect.fail(f"예가 4개에서 16개로 늘자 텐서 연산이 {before}번에서 {after}번으로 늘었습니다.", "예마다 되풀이")


@pytest.mark.grades(
    "quality-growth",
    hint=(
        "이미 끝난 일을 다시 살피지 마세요.",
        "스테이지마다 다음에 할 일의 자리를 기억하세요.",
        "needed가 ends에 있는지는 dict로 한 번에 압니다.",
    ),
)
def test_work_of_schedules(submission):
    """마이크로배치가 네 배가 되면 일정을 만들고 실행하는 데 드는 줄의 수도 네 배쯤입니다."""
    for what in ("make_schedule", "simulate"):
        (_, before, *_), (_, after, *_) = _work(submission, what, [12, 48])
        if before and after > LINEAR * 4 * before:
            said = f"마이크로배치가 12개에서 48개로 늘자 실행한 줄이 {before}줄에서 {after}줄로 늘었습니다."
            expect.fail(f"`{what}`: {said} 일의 수에 비례해야 합니다.", "일의 제곱")

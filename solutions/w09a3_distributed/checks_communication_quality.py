"""Hidden checks of quality for precision and communication: the static review, and work counted inside and judged outside."""

# ruff: noqa: ARG001, B023 - each task runs within its own turn of the loop; a tracer takes what it is given
from __future__ import annotations

import pytest

from autograder.review.readable import HINT, expect_readable, expect_works
from course_lib.kit import expect

# -- quality-static ---------------------------------------------------------------------------------------------------

PARTS = {
    "precision": ("mixed-",),
    "compression": ("comm-topk", "comm-feedback", "comm-powersgd"),
    "waiting": ("comm-async", "comm-overlap"),
    "communication-experiments": ("exp-mixed", "exp-compression", "exp-delay", "exp-overlap"),
}
DONE = {
    "precision": [0.5, True],
    "compression": [[-3.0], [1], [1.0, 0.0], [1.0] * 6],
    "waiting": [[1.0, 0.0, -1.0], 10.0],
    "communication-experiments": 1.5,
}


def try_communication_part(student, part):
    """What the part's code makes of a small example."""
    import torch

    if part == "precision":
        scaler = student.DynamicLossScaler(init_scale=4.0)
        shares = student.half_shares(torch.tensor([1.0, 2.0**-30]))
        model = torch.nn.Linear(1, 1)
        masters = student.master_weights(model)
        optimizer = torch.optim.SGD(masters, lr=0.1)
        _, stepped = student.mixed_precision_step(model.half(), masters, optimizer, scaler, lambda m: m.weight.float().sum())
        return [shares["flushed"], stepped]
    if part == "compression":
        values, indices = student.topk_compress(torch.tensor([1.0, -3.0]), 1)
        feedback = student.ErrorFeedback(1)
        feedback.compress(torch.tensor([1.0, -3.0]))
        p, q = student.powersgd(torch.ones(2, 3), 1, torch.ones(3, 1))
        rebuilt = (p @ q.T).flatten().round(decimals=3)
        return [values.tolist(), indices.tolist(), feedback.residual.tolist(), rebuilt.tolist()]
    if part == "waiting":
        weights = student.async_sgd(lambda w: w, torch.tensor(1.0), 1.0, 1, 2)
        return [[float(w) for w in weights], float(student.overlap_makespan([(3, 2), (1, 4), (2, 1)]))]
    return student.overlap_conclusions([{"buckets": 1, "sequential": 3.0, "overlapped": 2.0}])["overlap-gain"]["factor"]


@pytest.mark.grades("quality-static", hint=HINT)
@pytest.mark.parametrize("part", list(PARTS))
def test_communication_code_reads_well(submission, review, part):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    expect_works(submission, try_communication_part, part, DONE[part])
    expect_readable(finding for finding in review.findings if finding.cell.removeprefix("solution-").startswith(PARTS[part]))


# -- quality-growth ---------------------------------------------------------------------------------------------------

SMALL, LARGE = 8, 24
ALLOWED = 1.25  # how much more may happen on three times the input; a loop over it would make it three times as much


def communication_work(student, what, sizes):
    """How many tensor operations, and lines of the notebook, each call takes."""
    import sys

    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counting(TorchDispatchMode):
        def __init__(self):
            super().__init__()
            self.count = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.count += 1
            return func(*args, **(kwargs or {}))

    found = []
    for size in sizes:
        dice = torch.Generator().manual_seed(0)
        vector, matrix = torch.randn(size, generator=dice), torch.randn(size, size, generator=dice)
        values, indices, q = (
            torch.randn(size // 2, generator=dice),
            torch.randperm(size, generator=dice)[: size // 2],
            matrix[:, :2].clone(),
        )
        feedback = student.ErrorFeedback(size // 4)
        tasks = {
            "half_shares": lambda: student.half_shares(vector, 2.0),
            "topk_compress": lambda: student.topk_compress(vector, size // 4),
            "decompress": lambda: student.decompress(values, indices, (size,)),
            "ErrorFeedback.compress": lambda: feedback.compress(vector),
            "powersgd": lambda: student.powersgd(matrix, 2, q),
            "overlap_makespan": lambda: student.overlap_makespan([(1.0, 2.0)] * size),
            "async_sgd": lambda: student.async_sgd(lambda w: w, vector[:2], 0.1, 2, size),
        }
        lines = 0

        def trace(frame, event, argument):
            nonlocal lines
            lines += event == "line"
            return trace if any(mark in frame.f_code.co_filename for mark in ("<ipython-input", "ipykernel_")) else None

        previous = sys.gettrace()
        with Counting() as counting:
            sys.settrace(trace)
            try:
                tasks[what]()
            finally:
                sys.settrace(previous)
        found.append((counting.count, lines))
    return found


GROWTH_HINT = (
    "파이썬 반복문이 원소나 행을 하나씩 도나요?",
    "flatten, abs, topk, 인덱싱으로 한 번에 할 수 있습니다.",
    "for 안의 for가 있으면 앞에서 구한 것을 다시 쓸 수 있는지 보세요.",
)


def _grown(submission, what):
    (before, lines), (after, more) = submission.run(communication_work, what=what, sizes=[SMALL, LARGE], returns=list[tuple[int, int]])
    return before, after, lines, more


@pytest.mark.grades("quality-growth", hint=GROWTH_HINT)
def test_work_of_compression(submission):
    """기울기가 커져도 압축하고 세는 텐서 연산의 수는 그대로입니다."""
    for what in ("half_shares", "topk_compress", "decompress", "ErrorFeedback.compress", "powersgd"):
        before, after, lines, more = _grown(submission, what)
        if before < 1:
            expect.fail(f"`{what}`에서 텐서 연산이 하나도 일어나지 않았습니다. 구현을 먼저 마치세요.", "텐서 연산이 없음")
        if after > ALLOWED * before or more > ALLOWED * lines + 3:
            grown = f"텐서 연산이 {before}번에서 {after}번으로" if after > ALLOWED * before else f"실행한 줄이 {lines}줄에서 {more}줄로"
            expect.fail(f"`{what}`: 크기가 {SMALL}에서 {LARGE}로 커지자 {grown} 늘었습니다. 텐서 전체에 한 번에 하세요.", "원소마다 되풀이")


@pytest.mark.grades("quality-growth", hint=GROWTH_HINT)
def test_work_of_waiting(submission):
    """걸음이나 버킷이 세 배이면 일도 세 배이고, 그보다 늘지 않습니다."""
    for what in ("overlap_makespan", "async_sgd"):
        before, after, lines, more = _grown(submission, what)
        if what == "async_sgd" and before < 1:
            expect.fail("`async_sgd`에서 텐서 연산이 하나도 일어나지 않았습니다. 구현을 먼저 마치세요.", "텐서 연산이 없음")
        if lines < 1 and what == "overlap_makespan":
            submission.call(what, [(1.0, 2.0)], returns=float)
        if after > ALLOWED * LARGE / SMALL * before or more > ALLOWED * LARGE / SMALL * lines + 3:
            expect.fail(f"`{what}`: 크기가 세 배일 때 일이 세 배보다 크게 늘었습니다. 앞에서 구한 것을 다시 쓰세요.", "제곱으로 늘어남")

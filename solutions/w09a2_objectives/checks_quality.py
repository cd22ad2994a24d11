"""Hidden checks of quality: what the static review found, and tensor operations and lines counted inside and judged outside."""

# ruff: noqa: B023 - each task runs within its own turn of the loop
from __future__ import annotations

import pytest

from autograder.review.readable import HINT, expect_readable, expect_works
from course_lib.kit import expect

# -- quality-static ---------------------------------------------------------------------------------------------------

PARTS = {
    "attention": ("clm-mask", "clm-attention"),
    "causal-loss": ("clm-loss",),
    "generation": ("clm-filter", "clm-generate"),
    "masking": ("mlm-",),
    "permutation": ("plm-",),
    "measures": ("cmp-",),
    "experiment": ("exp-",),
}
UNIFORM = 1.386  # nats of one of four equally likely tokens
DONE = {
    "attention": [[1.0] * 6, 6],
    "causal-loss": UNIFORM,
    "generation": [[[1, 2, 3]], 2],
    "masking": [[[-100, 2, 3]], UNIFORM],
    "permutation": [3, [1, 3, 8], UNIFORM],
    "measures": [0.5, 5],
    "experiment": [0, 10],
}


def try_part(student, part):
    """What the part's code makes of a small example, floats to three digits."""
    import torch

    logits, ids = torch.zeros(1, 3, 4), torch.tensor([[1, 2, 3]])
    if part == "attention":
        ones = torch.ones(1, 1, 3, 2)
        out = student.causal_attention(ones, ones, ones)
        return [out.flatten().round(decimals=3).tolist(), int(student.causal_mask(3).sum())]
    if part == "causal-loss":
        return round(float(student.clm_loss(logits, ids)), 3)
    if part == "generation":
        made = student.generate(lambda ids: torch.nn.functional.one_hot((ids + 1) % 4, 4) * 9.0, ids[:, :1], 2, temperature=0)
        kept = student.filter_logits(torch.tensor([[0.5, 0.3, 0.2]]).log(), 0, 0.6)
        return [made.tolist(), int((kept > -torch.inf).sum())]
    if part == "masking":
        _, labels = student.mask_tokens(ids, ids < 2, 0, 4, 1.0)
        return [labels.tolist(), round(float(student.mlm_loss(logits, labels)), 3)]
    if part == "permutation":
        from course_lib.kit.model import Config, TwoStream

        order = torch.tensor([2, 0, 1])
        masks = student.two_stream_masks(order)
        config = Config(8, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2)
        shape = TwoStream(config, student.TwoStreamLayer)(ids, *masks).shape
        return [int(masks[1].sum()), list(shape), round(float(student.plm_loss(logits, ids, order, 2)), 3)]
    if part == "measures":
        return [student.distinct_n([[1, 1, 1]], 2), student.steps_to_threshold([0, 5], [2.0, 1.0], 1.0)]
    return [row["step"] for row in student.curve_rows([0, 10], [2.0, 1.0])]


@pytest.mark.grades("quality-static", hint=HINT)
@pytest.mark.parametrize("part", list(PARTS))
def test_code_reads_well(submission, review, part):
    """돌아가는 코드이고, 정적 검토에서 큰 지적이 하나를, 작은 지적이 둘을 넘지 않습니다."""
    expect_works(submission, try_part, part, DONE[part])
    others = tuple(prefix for name, prefixes in PARTS.items() if name != part for prefix in (*prefixes, "theory-", "bonus-"))
    mine = review.within([cell for cell in review.sources if not cell.removeprefix("solution-").startswith(others)])
    expect_readable(mine.findings)


# -- quality-growth ---------------------------------------------------------------------------------------------------

SMALL, LARGE = 8, 24
ALLOWED = 1.25  # how much more may happen on three times the input; a loop over it would make it three times as much


def work_done(student, what, sizes):
    """How many tensor operations, and lines of the notebook, each call takes; and how often it asks the model."""
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

    def table_model(calls):
        def model(ids):
            calls.append(tuple(ids.shape))
            return fixed[: ids.shape[0], : ids.shape[1]]

        return model

    fixed = torch.randn(64, 64, 40, generator=torch.Generator().manual_seed(1))
    with Counting():  # torch imports what it needs for this
        fixed.sum()
    found = []
    for rows, length, vocab_size in sizes:
        dice = torch.Generator().manual_seed(0)
        logits = torch.randn(rows, length, vocab_size, generator=dice)
        ids = torch.randint(vocab_size, (rows, length), generator=dice)
        real = torch.ones(rows, length, dtype=torch.bool)
        three = [torch.randn(rows, 2, length, 4, generator=dice) for _ in range(3)]
        order = torch.randperm(length, generator=dice)
        calls = []
        tasks = {
            "causal_mask": lambda: student.causal_mask(length),
            "causal_attention": lambda: student.causal_attention(*three, real),
            "clm_loss": lambda: student.clm_loss(logits, ids, real),
            "filter_logits": lambda: student.filter_logits(logits[:, 0], 4, 0.7),
            "mask_tokens": lambda: student.mask_tokens(ids, ~real, 0, vocab_size, generator=dice),
            "mlm_loss": lambda: student.mlm_loss(logits, ids),
            "two_stream_masks": lambda: student.two_stream_masks(order),
            "plm_loss": lambda: student.plm_loss(logits, ids, order, length // 2),
            "generate": lambda: student.generate(
                table_model(calls), ids[:, :4], length, temperature=1.0, top_k=5, top_p=0.9, generator=dice
            ),
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
        made = result[0] if isinstance(result, tuple) else result
        found.append((counting.count, lines, len(calls), tuple(made.shape)))
    return found


def _work(submission, what, sizes):
    found = submission.run(work_done, what=what, sizes=sizes, returns=[tuple[int, int, int, tuple]] * len(sizes))
    if any(operations < 1 for operations, *_ in found):
        expect.fail(f"`{what}`에서 텐서 연산이 하나도 일어나지 않았습니다. 구현을 먼저 마치세요.", "텐서 연산이 없음")
    return found


def _same_work(submission, names, axes):
    for what in names:
        base = (2, SMALL, 12)
        for axis, (place, word) in axes.items():
            larger = tuple(LARGE if i == place else size for i, size in enumerate(base))
            smaller = tuple(SMALL if i == place else size for i, size in enumerate(base))
            (before, lines, *_), (after, more, *_) = _work(submission, what, [smaller, larger])
            if after > ALLOWED * before or more > ALLOWED * lines + 3:
                grown = f"텐서 연산이 {before}번에서 {after}번으로" if after > ALLOWED * before else f"실행한 줄이 {lines}줄에서 {more}줄로"
                said = "반복문 대신 텐서 전체에 한 번에 하는 연산을 쓰세요."
                expect.fail(f"`{what}`: {word} {SMALL}에서 {LARGE}로 커지자 {grown} 늘었습니다. {said}", f"{axis}마다 되풀이")


GROWTH_HINT = (
    "파이썬 반복문이 자리나 줄이나 어휘를 하나씩 도나요?",
    "비교와 브로드캐스트, gather, masked_fill로 한 번에 할 수 있습니다.",
    "arange(T)[None] <= arange(T)[:, None]처럼 쓰세요.",
)
LENGTH, ROWS, VOCABULARY = {"T": (1, "길이가")}, {"B": (0, "줄 수가")}, {"V": (2, "어휘가")}


@pytest.mark.grades("quality-growth", hint=GROWTH_HINT)
def test_work_of_masks_and_attention(submission):
    """길이와 줄 수가 커져도 마스크와 어텐션의 연산의 수는 그대로입니다."""
    _same_work(submission, ("causal_mask", "two_stream_masks"), LENGTH)
    _same_work(submission, ("causal_attention",), LENGTH | ROWS)


@pytest.mark.grades("quality-growth", hint=GROWTH_HINT)
def test_work_of_losses(submission):
    """길이와 줄 수와 어휘가 커져도 세 손실의 연산의 수는 그대로입니다."""
    _same_work(submission, ("clm_loss", "mlm_loss", "plm_loss"), LENGTH | ROWS | VOCABULARY)


@pytest.mark.grades("quality-growth", hint=GROWTH_HINT)
def test_work_of_masking_and_filtering(submission):
    """길이와 줄 수와 어휘가 커져도 토큰을 가리고 로짓을 자르는 연산의 수는 그대로입니다."""
    _same_work(submission, ("mask_tokens",), LENGTH | ROWS | VOCABULARY)
    _same_work(submission, ("filter_logits",), VOCABULARY)


@pytest.mark.grades(
    "quality-growth",
    hint=("새 토큰 하나에 모델을 한 번만 부르세요.", "줄마다 도는 반복문이 있나요?", "앞에서 만든 것을 다시 만들지 마세요."),
)
def test_work_of_generation(submission):
    """새 토큰마다 모델을 한 번 부르고, 새 토큰 하나의 연산의 수는 길이와 줄 수에 달리지 않습니다."""
    few, many, rows = _work(submission, "generate", [(2, SMALL, 40), (2, LARGE, 40), (LARGE, SMALL, 40)])
    for (_, _, calls, shape), new in ((few, SMALL), (many, LARGE), (rows, SMALL)):
        if calls != new or shape[-1] != 4 + new:
            expect.fail(f"새 토큰 {new}개에 모델을 {calls}번 불렀습니다. 한 토큰에 한 번입니다.", "모델을 여러 번")
    if many[0] > ALLOWED * few[0] * LARGE / SMALL:
        expect.fail(f"새 토큰이 세 배일 때 텐서 연산이 {many[0] / few[0]:.1f}배가 되었습니다. 앞의 일을 되풀이합니다.", "길이의 제곱")
    if rows[0] > ALLOWED * few[0] or rows[1] > ALLOWED * few[1]:
        expect.fail("줄 수가 세 배일 때 생성의 일이 늘었습니다. 모든 줄을 한 번에 다루세요.", "줄마다 되풀이")

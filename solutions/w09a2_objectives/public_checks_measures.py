"""Public checks of the measures and of quality: small fixed inputs. Nothing here knows the reference."""

from __future__ import annotations

import math

import pytest
import torch

from course_lib.kit import expect

# -- cmp-ppl ----------------------------------------------------------------------------------------------------------


def pseudo(student, ids, special):
    import torch

    seen = []

    def model(rows):
        seen.append(rows.clone())
        return torch.tensor([[0.5, 0.5, 1e-9], [0.875, 0.125, 1e-9], [0.5, 0.5, 1e-9]]).log()[: rows.shape[1]].expand(len(rows), -1, -1)

    value = student.pseudo_perplexity(model, ids, 2, special)
    return float(value), torch.cat(seen)


@pytest.mark.grades(
    "cmp-ppl",
    hint=(
        "한 줄에서는 토큰 하나만 가립니다.",
        "ids.repeat(n, 1)에서 줄마다 다른 자리를 mask_id로 바꾸세요.",
        "로그 확률의 평균을 구한 다음 exp(-평균)입니다.",
    ),
)
def test_pseudo_perplexity_of_the_hand_example(submission):
    """손 예제는 4.0이고, 한 번에 하나만 가리며, 특수 토큰은 가리지 않습니다."""
    for ids, special, right in (([0, 1], None, 4.0), ([0, 1, 0], [False, False, True], 4.0)):
        mask = None if special is None else torch.tensor(special)
        value, seen = submission.run(pseudo, ids=torch.tensor(ids), special=mask, returns=tuple[float, torch.Tensor])
        if not seen.eq(2).sum(dim=1).eq(1).all():
            expect.fail("한 줄에 토큰을 하나만 가려야 합니다.", "한꺼번에 가림")
        if special and seen[:, 2].eq(2).any():
            expect.fail("special_mask가 True인 자리를 가렸습니다.", "특수 토큰을 가림")
        known = {5.0: "확률의 역수를 평균하고 있습니다. 로그를 평균한 다음 지수를 취하세요.", 16.0: "평균이 아니라 합의 지수입니다."}
        if abs(value - right) > 1e-3:
            expect.fail(f"의사 혼란도가 {value:.4f}입니다. {right}이어야 합니다. {known.get(round(value, 3), '')}".strip())


# -- cmp-distinct -----------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "cmp-distinct",
    hint=("글마다 n-그램을 만들어 한데 모으세요.", "길이가 L인 글에는 n-그램이 L - n + 1개 있습니다.", "len(set(grams)) / len(grams)"),
)
def test_distinct_of_the_hand_example(submission):
    """손 예제는 0.5이고, 글의 경계를 넘지 않으며, 없으면 0.0입니다."""
    known = {
        "글을 이어 붙임": (0.4, "글을 이어 붙인 다음 세고 있습니다."),
        "글마다 평균": ((2 / 3 + 1) / 2, "글마다 구해 평균하고 있습니다."),
    }
    actual = submission.call("distinct_n", [[1, 2, 1, 2], [1, 2]], 2, returns=float)
    for name, (wrong, explanation) in known.items():
        if abs(actual - wrong) < 1e-9:
            expect.fail(f"[[1, 2, 1, 2], [1, 2]]에서 {actual:.4g}: {explanation}", name)
    expect.close(actual, 0.5, tolerance=1e-9, given="distinct_n([[1, 2, 1, 2], [1, 2]], 2)")
    expect.close(
        submission.call("distinct_n", [[3, 3, 3], [3]], 1, returns=float), 0.25, tolerance=1e-9, given="distinct_n([[3, 3, 3], [3]], 1)"
    )
    expect.equal(submission.call("distinct_n", [[1]], 2, returns=float), 0.0, given="distinct_n([[1]], 2)", show_expected=True)


# -- cmp-steps --------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "cmp-steps", hint=("처음으로 문턱 이하가 된 기록을 찾으세요.", "돌려줄 것은 순번이 아니라 단계입니다.", "없으면 None입니다.")
)
def test_steps_of_the_hand_example(submission):
    """손 예제는 20이고, 같아도 닿은 것이며, 없으면 None입니다."""
    steps, values = [0, 10, 20, 30], [6.0, 3.1, 2.9, 3.2]
    for threshold, right in ((3.0, 20), (3.1, 10), (2.0, None), (9.0, 0)):
        known = {"순번을 돌려줌": (None if right is None else right // 10, "단계가 아니라 순번을 돌려주고 있습니다.")} if right else {}
        actual = submission.call("steps_to_threshold", steps, values, threshold)
        expect.equal(actual, right, given=f"steps_to_threshold({steps}, {values}, {threshold})", known=known, show_expected=True)


# -- cmp-infill -------------------------------------------------------------------------------------------------------


def filled(student, ids, sure_of_mask):
    import torch

    calls = []

    def model(rows):
        calls.append(tuple(rows.shape))
        logits = torch.nn.functional.one_hot((rows.roll(1, dims=-1) + 1) % 5, 5).float() * 20
        logits[..., 4] += 50.0 * sure_of_mask
        return logits

    before = ids.clone()
    made = student.infill(model, ids, 4)
    return made, len(calls), bool(torch.equal(ids, before))


@pytest.mark.grades(
    "cmp-infill",
    hint=(
        "왼쪽 빈칸을 채운 다음 모델을 다시 부르세요.",
        "(ids == mask_id).nonzero()가 빈칸의 자리입니다.",
        "logits[mask_id] = -torch.inf로 <mask>를 답에서 빼세요.",
    ),
)
def test_infill_of_the_hand_example(submission):
    """[0, M, M, 3]은 [0, 1, 2, 3]이 되고, <mask>를 답으로 고르지 않으며, 받은 것은 그대로입니다."""
    for sure in (0, 1):
        made, calls, same = submission.run(
            filled, ids=torch.tensor([0, 4, 4, 3]), sure_of_mask=sure, returns=tuple[torch.Tensor, int, bool]
        )
        if not same:
            expect.fail("받은 ids를 바꾸고 있습니다. ids.clone()에 채우세요.", "입력을 바꿈")
        if made.eq(4).any():
            expect.fail("결과에 <mask>가 있습니다. <mask>는 답이 될 수 없습니다.", "<mask>로 채움")
        known = {"한꺼번에 채움": ([0, 1, 0, 3], "빈칸을 한꺼번에 채우고 있습니다. 하나를 채운 다음 다시 보아야 합니다.")}
        expect.equal(made.tolist(), [0, 1, 2, 3], given="[0, M, M, 3]", known=known, show_expected=True)
        if calls != 2:
            expect.fail(f"빈칸이 둘인데 모델을 {calls}번 불렀습니다.")


# -- quality ----------------------------------------------------------------------------------------------------------


def described(student, names):
    import inspect

    import torch

    student.causal_mask(2)  # an untouched notebook stops here, where nothing is written
    student.clm_loss(torch.zeros(1, 2, 3), torch.zeros(1, 2, dtype=torch.long))
    student.two_stream_masks(torch.tensor([1, 0]))
    found = {}
    for name in names:
        function = getattr(student, name)
        bare = [p.name for p in inspect.signature(function).parameters.values() if p.annotation is p.empty]
        found[name] = (bool(inspect.getdoc(function)), bare)
    return found


@pytest.mark.grades("quality-static", hint=("함수마다 무엇을 하는지 한 문장을 적으세요.",))
def test_functions_are_described(submission):
    """약속한 함수에 설명과 타입이 있습니다. 나머지 줄은 이 검사가 보지 않습니다."""
    names = ["causal_mask", "causal_attention", "clm_loss", "generate", "mask_tokens", "two_stream_masks", "plm_loss", "pseudo_perplexity"]
    for name, (documented, bare) in submission.run(described, names=names, returns=dict[str, tuple[bool, list[str]]]).items():
        if not documented:
            expect.fail(f"`{name}`에 설명(docstring)이 없습니다.")
        if bare:
            expect.fail(f"`{name}`의 인자 {', '.join(bare)}에 타입이 없습니다.")


def operations(student, length):
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counting(TorchDispatchMode):
        count = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            self.count += 1
            return function(*args, **(kwargs or {}))

    x = torch.ones(2, 2, length, 4)
    ids = torch.zeros(2, length, dtype=torch.long)
    logits = torch.zeros(2, length, 8)
    work = {
        "causal_mask": lambda: student.causal_mask(length),
        "causal_attention": lambda: student.causal_attention(x, x, x),
        "clm_loss": lambda: student.clm_loss(logits, ids),
        "mask_tokens": lambda: student.mask_tokens(ids, ids > 0, 3, 8),
        "two_stream_masks": lambda: student.two_stream_masks(torch.arange(length)),
    }
    counts = {}
    for name, act in work.items():
        with Counting() as mode:
            act()
        counts[name] = mode.count
    return counts


@pytest.mark.grades(
    "quality-growth",
    hint=(
        "자리나 줄마다 도는 반복문이 있는지 보세요.",
        "텐서 전체에 한 번에 하는 연산으로 바꾸세요.",
        "마스크는 tril이나 자리의 비교로 만듭니다.",
    ),
)
def test_operations_do_not_grow(submission):
    """길이가 네 배가 되어도 텐서 연산의 수는 그대로입니다."""
    short, long = (submission.run(operations, length=length, returns=dict[str, int]) for length in (8, 32))
    for name, count in long.items():
        if count > short[name] + 2:
            expect.fail(f"`{name}`의 연산이 길이 8에서 {short[name]}번, 길이 32에서 {count}번입니다.", "길이만큼 도는 반복문")
        if not math.isfinite(count) or count == 0:
            expect.fail(f"`{name}`에 텐서 연산이 없습니다.")

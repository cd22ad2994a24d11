"""Hidden checks of a bonus: tokens deleted, spans filled in, sentences permuted, texts rotated. Only plain data goes out and comes back."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pytest
import torch

from course_lib.kit import expect
from course_lib.objectives.denoising import permute_sentences
from course_lib.objectives.judging import in_proportion, likely, unchanged


def noisy(student, name, ids, arguments, seeds, noise=0):
    import torch

    torch.manual_seed(noise)
    given = ids.clone()
    found = [getattr(student, name)(given, *arguments, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    sizes = [len(x) for x in found]
    return torch.cat(found) if found else ids[:0], sizes, given


def _noise(submission, rng, name, ids, arguments, number):
    """Results for some seeds; fails where the same seeds give others, or the input was changed."""
    seeds = [int(seed) for seed in rng.integers(2**31, size=number)]
    inputs = {"name": name, "ids": ids, "arguments": list(arguments)}
    result = tuple[torch.Tensor, list[int], torch.Tensor]
    joined, sizes, after = submission.run(noisy, **inputs, seeds=seeds, returns=result)
    unchanged(ids, after, name)
    again, _, _ = submission.run(noisy, **inputs, seeds=seeds[:20], noise=1, returns=result)
    if not torch.equal(joined[: len(again)], again):
        expect.fail(f"같은 시드의 생성기인데 `{name}`의 결과가 다릅니다. 무작위 수를 모두 generator에서 뽑으세요.", "생성기를 쓰지 않음")
    if joined.dtype != ids.dtype:
        expect.fail(f"`{name}`의 결과의 자료형이 ids와 다릅니다.")
    return [piece.tolist() for piece in joined.split(sizes)]


@pytest.mark.grades(
    "bonus-denoise",
    hint=("토큰마다 따로 던집니다.", "남은 토큰의 순서는 그대로입니다.", "ids[torch.rand(len(ids), generator=generator) >= p]"),
)
def test_deleting(submission, rng):
    """토큰을 저마다 확률 p로 지우고 순서를 지킵니다. 지운 수가 표준 편차의 6배 안에 있고, 어느 자리나 똑같이 지웁니다."""
    ids, p, number = torch.arange(100, 140), round(float(rng.uniform(0.2, 0.4)), 2), 300
    found = _noise(submission, rng, "delete_tokens", ids, (p,), number)
    for kept in found:
        if kept != sorted(set(kept)) or not set(kept) <= set(ids.tolist()):
            expect.fail("남은 토큰의 순서가 바뀌었거나 없던 토큰이 있습니다.", "순서가 바뀜")
    total = sum(map(len, found))
    if likely(total, number * 40, p) and not likely(total, number * 40, 1 - p):
        expect.fail(f"p={p}를 남길 확률로 쓰고 있습니다. 지울 확률입니다.", "남길 확률")
    if not likely(total, number * 40, 1 - p):
        expect.fail(f"p={p}인데 {number * 40:,}토큰 가운데 {number * 40 - total:,}개를 지웠습니다.", "지우는 비율이 다름")
    counts = Counter(token for kept in found for token in kept)
    if not all(likely(counts[token], number, 1 - p) for token in ids.tolist()):
        expect.fail("어떤 자리는 다른 자리보다 자주 지워집니다. 토큰마다 따로 뽑아야 합니다.", "고르지 않음")
    for edge, right in ((0.0, ids.tolist()), (1.0, [])):
        if any(kept != right for kept in _noise(submission, rng, "delete_tokens", ids, (edge,), 3)):
            expect.fail(f"p={edge}일 때의 결과가 다릅니다.")


def _lengths(found, length):
    """Lengths of the spans that were replaced by the mask, which is 0; tokens count from 1."""
    spans, last = [], 0
    for place, token in enumerate(found):
        if token == 0:
            following = found[place + 1] if place + 1 < len(found) else length + 1
            spans.append(following - last - 1 if following else None)
        else:
            last = token
    return spans


INFILL_HINT = (
    "구간마다 <mask>는 하나입니다.",
    "길이는 푸아송에서 뽑고 마지막 구간만 줄입니다. 0도 나옵니다.",
    "남는 토큰 R개의 앞뒤와 사이, R + 1개의 자리에 구간을 하나씩 둡니다.",
)


@pytest.mark.grades("bonus-denoise", weight=2, hint=INFILL_HINT)
def test_infilling(submission, rng):
    """정확히 round(ratio · T)토큰이 사라지고, 구간마다 <mask> 하나가 있고, 구간이 맞닿지 않으며, 길이 0인 구간도 나옵니다."""
    length, number = 200, 120
    ids, ratio, mean = torch.arange(1, length + 1), 0.3, 3.0
    found = _noise(submission, rng, "infill_text", ids, (0, ratio, mean), number)
    budget = round(ratio * length)
    first, covered = [], Counter()
    for text in found:
        kept = [token for token in text if token]
        if kept != sorted(set(kept)):
            expect.fail("남은 토큰의 순서가 바뀌었거나 같은 토큰이 두 번 있습니다.", "순서가 바뀜")
        if len(text) == length and len(kept) < length:
            expect.fail("지운 토큰마다 <mask>를 두고 있습니다. 구간마다 하나입니다.", "토큰마다 가림")
        if len(kept) != length - budget:
            said = "마지막 구간을 줄이지 않으면 더 많이 사라집니다." if len(kept) < length - budget else ""
            expect.fail(f"{length}토큰에서 {length - len(kept)}개가 사라졌습니다. 꼭 {budget}개여야 합니다. {said}", "사라진 수가 다름")
        if any(a == b == 0 for a, b in pairwise(text)):
            expect.fail("두 <mask>가 맞닿아 있습니다. 구간 사이에는 토큰이 하나 이상 있습니다.", "맞닿은 구간")
        first.append(_lengths(text, length))
        covered.update(set(ids.tolist()) - set(kept))
    sizes = Counter(size for spans in first for size in spans)
    total = sum(sizes.values())
    if not sizes[0]:
        expect.fail("길이 0인 구간이 하나도 없습니다. 푸아송에서 0도 나오므로 <mask>만 끼우는 구간이 있어야 합니다.", "0이 없음")
    # The last span of each text is cut: it shifts at most one span of each text.
    for size in range(6):
        share = math.exp(-mean) * mean**size / math.factorial(size)
        if not likely(sizes[size], total, share, slack=number + 1):
            expect.fail(
                f"길이 {size}인 구간이 {total}개 가운데 {sizes[size]}개입니다. 평균 {mean}의 푸아송과 다릅니다.", "길이의 분포가 다름"
            )
    spans = sum(map(len, first)) / number
    if not 0.8 * budget / mean <= spans <= 1.35 * budget / mean:
        expect.fail(f"구간이 글마다 {spans:.1f}개입니다. {budget / mean:.0f}개쯤이어야 합니다.", "길이의 분포가 다름")
    quarters = [sum(covered[token] for token in range(start + 1, start + 51)) for start in range(0, length, 50)]
    if not in_proportion([quarter // 3 for quarter in quarters], [0.25] * 4):  # tokens of a span vanish together, three at a time
        expect.fail(f"글을 네 토막으로 나누면 사라진 토큰이 {quarters}개입니다. 자리를 고르게 뽑아야 합니다.", "고르지 않은 자리")


def infill_refused(student, cases):
    import torch

    found = []
    for length, ratio, mean in cases:
        try:
            made = student.infill_text(torch.arange(1, length + 1), 0, ratio, mean, torch.Generator().manual_seed(3))
            found.append(made.tolist())
        except ValueError:
            found.append("ValueError")
    return found


@pytest.mark.grades("bonus-denoise", hint=("ratio가 0이면 그대로입니다.", *INFILL_HINT[1:]))
def test_infilling_at_the_edges(submission, rng):
    """ratio가 0이거나 글이 짧아도 되고, 구간이 자리보다 많으면 ValueError입니다."""
    length = int(rng.integers(20, 30))
    untouched, all_gone, crowded = submission.run(
        infill_refused, cases=[(length, 0.0, 3.0), (3, 1.0, 50.0), (40, 0.9, 0.05)], returns=[object] * 3
    )
    if untouched != list(range(1, length + 1)):
        expect.fail("ratio가 0인데 글이 바뀌었습니다.")
    if all_gone != [0]:
        expect.fail(f"세 토큰이 한 구간으로 모두 사라지면 <mask> 하나만 남아야 하는데 {expect.show(all_gone)}입니다.")
    if crowded != "ValueError":
        expect.fail("구간이 자리보다 훨씬 많은데 ValueError를 내지 않았습니다.", "자리가 모자람")


@pytest.mark.grades(
    "bonus-denoise",
    hint=("end_id는 자기 문장의 끝에 붙어 다닙니다.", "마지막 end_id 뒤의 토큰은 끝에 남습니다.", "모든 순서가 똑같이 나와야 합니다."),
)
def test_permuting_sentences(submission, rng):
    """문장은 end_id까지 통째로 움직이고, 끝나지 않은 나머지는 끝에 남으며, 모든 순서가 똑같이 나옵니다."""
    sentences, rest, number = [[5, 6, 1], [7, 1], [8, 9, 10, 1]], [11, 12], 600
    ids = torch.tensor([token for part in (*sentences, rest) for token in part])
    found = _noise(submission, rng, "permute_sentences", ids, (1,), number)
    orders = Counter()
    for text in found:
        if sorted(text) != sorted(ids.tolist()):
            expect.fail("토큰이 사라졌거나 늘었습니다.")
        if text[-2:] != rest:
            expect.fail("마지막 end_id 뒤에 남은 토큰이 끝에 있지 않습니다.", "나머지가 움직임")
        order = tuple(sorted(range(3), key=lambda i: text.index(sentences[i][0])))
        if [token for i in order for token in sentences[i]] != text[:-2]:
            expect.fail(f"문장이 통째로 움직이지 않았습니다: {text}. end_id는 자기 문장의 끝에 붙어 다닙니다.", "문장이 깨짐")
        orders[order] += 1
    if len(orders) == 1:
        expect.fail("문장의 순서가 언제나 같습니다.", "언제나 같은 순서")
    if len(orders) < 6 or not all(likely(count, number, 1 / 6) for count in orders.values()):
        expect.fail(f"문장의 순서가 고르게 나오지 않습니다: {dict(orders)}", "고르지 않음")
    for lonely in ([3, 4], [], [1], [3, 1]):
        text = torch.tensor(lonely, dtype=torch.long)
        if any(made != permute_sentences(text, 1).tolist() for made in _noise(submission, rng, "permute_sentences", text, (1,), 2)):
            expect.fail(f"{lonely}은(는) 그대로여야 합니다.")


@pytest.mark.grades(
    "bonus-denoise", hint=("시작할 토큰을 고르게 뽑습니다.", "앞의 토큰은 끝으로 갑니다.", "torch.cat((ids[start:], ids[:start]))")
)
def test_rotating(submission, rng):
    """글을 돌려도 순서는 이어지고, 어느 토큰에서나 똑같이 시작합니다."""
    length, number = int(rng.integers(5, 9)), 900
    ids = torch.from_numpy(rng.permutation(50)[:length])
    found = _noise(submission, rng, "rotate_document", ids, (), number)
    original = ids.tolist()
    starts = Counter()
    for text in found:
        start = original.index(text[0]) if text and text[0] in original else 0
        if text != original[start:] + original[:start]:
            expect.fail(f"{original}을(를) 돌린 결과가 {text}입니다. 순서가 이어지지 않습니다.", "돌린 것이 아님")
        starts[start] += 1
    if not in_proportion([starts[start] for start in range(length)], [1 / length] * length):
        expect.fail(f"시작하는 자리의 수가 {dict(sorted(starts.items()))}입니다. 고르게 뽑아야 합니다.", "고르지 않음")

"""Hidden checks of the bonus: spans, noise, several objectives. Only plain data goes to the student's code and comes back."""

# ruff: noqa: ARG005 - every way to choose a place takes the same three arguments
from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pytest
import torch

from course_lib.kit import expect
from course_lib.objectives.denoising import permute_sentences
from course_lib.objectives.judging import close, in_proportion, likely, scalar, unchanged
from course_lib.objectives.misconceptions import nll
from course_lib.objectives.spans import span_features, span_loss
from course_lib.objectives.together import combine_losses, gradient_cosine
from course_lib.objectives.trials import floats, tokens

TENSOR = torch.Tensor


# -- bonus-span -------------------------------------------------------------------------------------------------------


def _spans(rng, length, longest):
    """Spans apart from each other, each with a neighbour on both sides, not in the order of the text."""
    spans, start = [], 1
    while start + 2 < length:
        end = start + int(rng.integers(1, min(longest, length - 1 - start) + 1))
        spans.append((start, end))
        start = end + int(rng.integers(2, 4))
    return [spans[i] for i in rng.permutation(len(spans))]


def _rows(hidden, spans, embeddings, left, right, place):
    """Features with other neighbours and places."""
    rows = [
        torch.cat((hidden[left(start, end, t)], hidden[right(start, end, t)], embeddings[place(start, end, t) % len(embeddings)]))
        for start, end in spans
        for t in range(start, end)
    ]
    return torch.stack(rows)


def _wrong_features(hidden, spans, embeddings):
    def made(left=lambda s, e, t: s - 1, right=lambda s, e, t: e, place=lambda s, e, t: t - s, spans=spans):
        return _rows(hidden, spans, embeddings, left, right, place)

    size = hidden.shape[-1]
    right = made()
    return {
        "안쪽의 이웃": (
            made(left=lambda s, e, t: s, right=lambda s, e, t: e - 1),
            "구간의 첫 토큰과 마지막 토큰을 쓰고 있습니다. 바로 바깥의 두 이웃입니다.",
        ),
        "오른쪽 이웃이 안쪽": (
            made(right=lambda s, e, t: e - 1),
            "오른쪽 이웃이 구간 안의 토큰입니다. end는 들어가지 않으므로 hidden[end]입니다.",
        ),
        "토큰의 이웃": (
            made(left=lambda s, e, t: t - 1, right=lambda s, e, t: t + 1),
            "구간이 아니라 토큰의 양옆을 쓰고 있습니다. 답의 이웃이 보입니다.",
        ),
        "글 안의 위치": (made(place=lambda s, e, t: t), "글 안의 위치를 쓰고 있습니다. 구간 안의 위치를 0부터 셉니다."),
        "1부터": (made(place=lambda s, e, t: t - s + 1), "구간 안의 위치를 1부터 세고 있습니다. 0부터 셉니다."),
        "두 이웃이 바뀜": (
            torch.cat((right[:, size : 2 * size], right[:, :size], right[:, 2 * size :]), -1),
            "두 이웃의 차례가 바뀌었습니다. [왼쪽, 오른쪽, 위치]입니다.",
        ),
        "구간을 정렬": (made(spans=sorted(spans)), "구간을 정렬하고 있습니다. 받은 순서대로입니다."),
    }


@pytest.mark.grades(
    "bonus-span",
    weight=2,
    hint=(
        "왼쪽 이웃은 hidden[start - 1], 오른쪽 이웃은 hidden[end]입니다.",
        "위치는 구간 안에서 0부터 셉니다.",
        "position_embeddings[: end - start]",
    ),
)
def test_span_features(submission, rng):
    """무작위 구간에서 특징이 기준 구현과 같고, 구간이 없으면 [0, 3d]입니다."""
    for _ in range(2):
        length, longest = int(rng.integers(16, 24)), 4
        hidden, embeddings = floats(rng, length, 3), floats(rng, longest + 1, 3)
        spans = _spans(rng, length, longest)
        actual = submission.call("span_features", hidden, spans, embeddings, returns=TENSOR)
        known = lambda x=(hidden, spans, embeddings): _wrong_features(*x)  # noqa: E731
        close(actual, span_features(hidden, spans, embeddings), given=f"구간 {spans}", known=known)
    empty = submission.call("span_features", hidden, [], embeddings, returns=TENSOR)
    close(empty, hidden.new_zeros(0, 9), given="구간이 없을 때")


def refused(student, hidden, embeddings, spans):
    found = []
    for span in spans:
        try:
            student.span_features(hidden, [span], embeddings)
            found.append("accepted")
        except ValueError:
            found.append("ValueError")
        except Exception as error:
            found.append(type(error).__name__)
    return found


@pytest.mark.grades(
    "bonus-span",
    hint=("start는 1 이상이고 end는 len(hidden)보다 작아야 합니다.", "빈 구간도 안 됩니다.", "길이가 L보다 길면 위치가 모자랍니다."),
)
def test_spans_without_neighbours(submission, rng):
    """이웃이 없거나 비었거나 너무 긴 구간은 ValueError이고, 가장 긴 구간은 됩니다."""
    length = int(rng.integers(9, 14))
    hidden, embeddings = floats(rng, length, 2), floats(rng, 3, 2)
    spans = [(0, 2), (length - 2, length), (3, 3), (4, 3), (2, 6), (2, 5), (1, 2), (length - 2, length - 1)]
    found = submission.run(refused, hidden=hidden, embeddings=embeddings, spans=spans, returns=[str] * len(spans))
    for span, result in zip(spans, found, strict=True):
        right = "accepted" if span in spans[5:] else "ValueError"
        if result != right:
            wanted = "받아야 합니다" if right == "accepted" else "ValueError를 내야 합니다"
            expect.fail(f"길이 {length}, L=3에서 구간 {span}: {wanted}. 지금은 {result}입니다.", "구간의 검사")


def span_gradient(student, logits, ids, spans):
    leaf = logits.clone().requires_grad_()
    loss = student.span_loss(leaf, ids, spans)
    loss.backward()
    return loss.detach(), leaf.grad


@pytest.mark.grades(
    "bonus-span", hint=("구간 안의 토큰이 정답입니다.", "모든 토큰을 똑같이 평균합니다.", "구간이 없으면 logits.sum() * 0.0")
)
def test_span_loss(submission, rng):
    """구간 안 토큰의 손실의 평균이고, 구간이 없으면 0이며 역전파됩니다."""
    length = int(rng.integers(16, 24))
    ids, spans = tokens(rng, 9, length), _spans(rng, length, 4)
    number = sum(end - start for start, end in spans)
    for chosen in (spans, []):
        logits = floats(rng, number if chosen else 0, 9, scale=2.0)
        leaf = logits.clone().requires_grad_()
        right = span_loss(leaf, ids, chosen)
        right.backward()
        loss, gradient = submission.run(span_gradient, logits=logits, ids=ids, spans=chosen, returns=tuple[TENSOR, TENSOR])

        def known(logits=logits, chosen=chosen):
            if not chosen:
                return {}
            parts = logits.split([end - start for start, end in chosen])
            means = [nll(x[None], ids[None, s:e]).mean() for x, (s, e) in zip(parts, chosen, strict=True)]
            moved = torch.cat([ids[s - 1 : e - 1] for s, e in chosen])
            each = nll(logits[None], torch.cat([ids[s:e] for s, e in chosen])[None])
            return {
                "구간마다 평균": (torch.stack(means).mean(), "구간마다 평균한 다음 다시 평균하고 있습니다."),
                "한 칸 밀림": (nll(logits[None], moved[None]).mean(), "정답이 한 칸 밀렸습니다. 구간 안의 토큰이 정답입니다."),
                "합": (each.sum(), "평균이 아니라 합입니다."),
            }

        close(scalar(loss, "span_loss"), right.detach(), given=f"구간 {chosen}", known=known)
        close(gradient, leaf.grad, given="span_loss의 기울기", tolerance=1e-5)


# -- bonus-denoise ----------------------------------------------------------------------------------------------------


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
    result = tuple[TENSOR, list[int], TENSOR]
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


# -- bonus-together ---------------------------------------------------------------------------------------------------


def combined(student, x, weights):
    import torch

    leaf = x.clone().requires_grad_()
    losses = {"clm": (leaf**2).sum(), "mlm": leaf.exp().sum(), "plm": leaf.sin().sum()}
    value = student.combine_losses(losses, weights)
    value.backward()
    refused = []
    for other in ({"clm": 1.0, "mlm": 1.0}, {**weights, "sop": 1.0}):
        try:
            student.combine_losses({name: loss.detach() for name, loss in losses.items()}, other)
            refused.append("accepted")
        except ValueError:
            refused.append("ValueError")
        except Exception as error:
            refused.append(type(error).__name__)
    try:
        student.combine_losses({}, {})
        refused.append("accepted")
    except ValueError:
        refused.append("ValueError")
    except Exception as error:
        refused.append(type(error).__name__)
    return torch.as_tensor(value).detach(), leaf.grad, refused


@pytest.mark.grades(
    "bonus-together", hint=("무게를 곱해 더합니다.", "무게의 합으로 나누지 않습니다.", "이름이 다르면 ValueError를 내세요.")
)
def test_combining(submission, rng):
    """값과 기울기가 무게의 가중합이고, 이름이 어긋나거나 비면 ValueError입니다."""
    x = floats(rng, 6)
    weights = {name: round(float(value), 2) for name, value in zip(("plm", "clm", "mlm"), rng.uniform(0.2, 3.0, 3), strict=True)}
    value, gradient, refused = submission.run(combined, x=x, weights=weights, returns=tuple[TENSOR, TENSOR, list[str]])
    leaf = x.clone().requires_grad_()
    losses = {"clm": (leaf**2).sum(), "mlm": leaf.exp().sum(), "plm": leaf.sin().sum()}
    right = combine_losses(losses, weights)
    right.backward()
    by_place = sum(w * loss.detach() for w, loss in zip(weights.values(), losses.values(), strict=True))
    total = sum(weights.values())
    known = {
        "무게로 나눔": (right.detach() / total, "무게의 합으로 나누고 있습니다. 더하기만 합니다."),
        "자리로 짝지음": (by_place, "무게를 이름이 아니라 차례로 짝짓고 있습니다."),
        "무게를 무시": (sum(losses.values()).detach(), "무게를 곱하지 않고 있습니다."),
        "평균": (right.detach() / 3, "손실의 수로 나누고 있습니다."),
    }
    close(scalar(value, "combine_losses"), right.detach(), given=f"무게 {weights}", known=lambda: known)
    close(gradient, leaf.grad, given="combine_losses의 기울기")
    for result, what in zip(refused, ("무게가 없는 손실이 있을 때", "손실이 없는 무게가 있을 때", "비었을 때"), strict=True):
        if result != "ValueError":
            expect.fail(f"{what} ValueError를 내야 하는데 {result}입니다. 이름을 잘못 적은 무게가 소리 없이 사라집니다.", "이름의 검사")


def cosines(student, matrix, bias, target):
    first, second, unused = (x.clone().requires_grad_() for x in (matrix, bias, bias))
    out = target @ first
    losses = [(out**2).sum() + second.sum(), (out - 1).exp().mean() + (second**3).sum(), (first**2).sum(), (unused**2).sum()]
    parameters = [first, second, unused]
    pairs = [(0, 1), (0, 0), (0, 2), (2, 3), (1, 2)]
    found = [float(student.gradient_cosine(losses[a], losses[b], parameters)) for a, b in pairs]
    found.append(float(student.gradient_cosine(losses[0], -losses[0], parameters)))
    zero = (first * 0).sum()
    found.append(float(student.gradient_cosine(losses[0], zero, parameters)))
    touched = any(parameter.grad is not None for parameter in parameters)
    losses[1].backward()
    return found, touched


@pytest.mark.grades(
    "bonus-together",
    hint=(
        "기울기를 모두 한 벡터로 이으세요.",
        "쓰지 않는 매개변수는 allow_unused=True로 None이 되고, 0으로 봅니다.",
        "torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)",
    ),
)
def test_cosines(submission, rng):
    """코사인이 기준 구현과 같고, 쓰지 않는 매개변수와 0인 기울기를 견디며, .grad를 바꾸지 않고 그래프를 남깁니다."""
    matrix, bias, target = floats(rng, 4, 3), floats(rng, 3), floats(rng, 5, 4)
    found, touched = submission.run(cosines, matrix=matrix, bias=bias, target=target, returns=tuple[list[float], bool])
    right, by_parameter = _right_cosines(matrix, bias, target)
    for actual, wanted, apart in zip(found, right, by_parameter, strict=True):
        if abs(actual - wanted) <= 1e-4:
            continue
        if math.isnan(actual):
            expect.fail("한쪽 기울기가 0일 때 NaN이 나옵니다. 0.0을 돌려주세요.", "NaN")
        if abs(actual - apart) <= 1e-4:
            expect.fail("매개변수마다 코사인을 구해 평균하고 있습니다. 모두를 한 벡터로 이어야 합니다.", "매개변수마다 평균")
        if abs(actual + wanted) <= 1e-4:
            expect.fail("코사인의 부호가 반대입니다.", "부호")
        if abs(actual) > 1.001:
            expect.fail(f"{actual:.4f}: 코사인은 -1과 1 사이입니다. 두 기울기의 크기로 나누세요.", "나누지 않음")
        expect.fail(f"코사인 {actual:.4f}이(가) 기대한 값과 다릅니다.")
    if touched:
        expect.fail("매개변수의 .grad를 바꾸었습니다. backward 대신 torch.autograd.grad를 쓰세요.", ".grad를 바꿈")


def _right_cosines(matrix, bias, target):
    first, second, unused = (x.clone().requires_grad_() for x in (matrix, bias, bias))
    out = target @ first
    losses = [(out**2).sum() + second.sum(), (out - 1).exp().mean() + (second**3).sum(), (first**2).sum(), (unused**2).sum()]
    losses += [-losses[0], (first * 0).sum()]
    parameters = [first, second, unused]
    pairs = [(0, 1), (0, 0), (0, 2), (2, 3), (1, 2), (0, 4), (0, 5)]
    together = [gradient_cosine(losses[a], losses[b], parameters) for a, b in pairs]
    apart = [sum(gradient_cosine(losses[a], losses[b], [p]) for p in parameters) / len(parameters) for a, b in pairs]
    return together, apart

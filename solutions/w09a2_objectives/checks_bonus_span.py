"""Hidden checks of a bonus: features and losses of spans. Only plain data goes to the student's code and comes back."""

# ruff: noqa: ARG005 - every way to choose a place takes the same three arguments
from __future__ import annotations

import pytest
import torch

from course_lib.kit import expect
from course_lib.objectives.judging import close, scalar
from course_lib.objectives.misconceptions import nll
from course_lib.objectives.spans import span_features, span_loss
from course_lib.objectives.trials import floats, tokens


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
        actual = submission.call("span_features", hidden, spans, embeddings, returns=torch.Tensor)
        known = lambda x=(hidden, spans, embeddings): _wrong_features(*x)  # noqa: E731
        close(actual, span_features(hidden, spans, embeddings), given=f"구간 {spans}", known=known)
    empty = submission.call("span_features", hidden, [], embeddings, returns=torch.Tensor)
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
        loss, gradient = submission.run(span_gradient, logits=logits, ids=ids, spans=chosen, returns=tuple[torch.Tensor, torch.Tensor])

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

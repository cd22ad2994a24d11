"""Wrong answers as certain misconceptions give them, so that a check can recognise the mistake and name it.

Each function returns, by the misconception's name, the wrong answer and what the student is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from course_lib.objectives.attention import causal_mask
from course_lib.objectives.clm import filter_logits

Wrong = dict[str, tuple[Tensor, str]]


# -- attention --------------------------------------------------------------------------------------------------------


def wrong_causal_masks(length: int) -> Wrong:
    """Masks that are not quite causal."""
    right = causal_mask(length)
    self_seen = torch.eye(length, dtype=torch.bool)
    return {
        "행과 열이 바뀜": (right.T, "행과 열이 바뀌어 앞이 아니라 뒤를 봅니다. 행이 보는 쪽입니다."),
        "True와 False가 반대": (~right, "True와 False가 반대입니다. True가 볼 수 있는 곳입니다."),
        "자기를 못 봄": (right & ~self_seen, "자기도 볼 수 있어야 합니다. 대각선이 True여야 합니다."),
        "다음 토큰까지 봄": (torch.ones_like(right).tril(1), "바로 다음 토큰까지 봅니다. 대각선의 위는 모두 False입니다."),
        "가리지 않음": (torch.ones_like(right), "아무것도 가리지 않아 뒤의 토큰을 봅니다."),
    }


def plain_attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float) -> Tensor:
    """Attention as it is written on paper: NaN where nothing is visible."""
    scores = query @ key.transpose(-2, -1) * scale
    return scores.masked_fill(~mask, -torch.inf).softmax(-1) @ value


def wrong_attentions(query: Tensor, key: Tensor, value: Tensor) -> Wrong:
    """Attention without padding that scales, masks or asks wrongly."""
    _, heads, length, size = query.shape
    mask, right = causal_mask(length), 1 / math.sqrt(size)
    scores = query @ key.transpose(-2, -1) * right
    after = scores.softmax(-1) * mask

    def scaled(scale: float) -> Tensor:
        return plain_attention(query, key, value, mask, scale)

    def masked(mask: Tensor) -> Tensor:
        return plain_attention(query, key, value, mask, right)

    said = "점수를 헤드의 크기 D의 제곱근으로 나누어야 합니다."
    return {
        "마스크 없음": (masked(torch.ones_like(mask)), "뒤의 토큰을 보고 있습니다. 인과 마스크를 쓰지 않았습니다."),
        "뒤를 봄": (masked(mask.T), "앞이 아니라 뒤의 토큰을 보고 있습니다. 마스크의 행과 열이 바뀌었습니다."),
        "다음 토큰까지 봄": (masked(torch.ones_like(mask).tril(1)), "바로 다음 토큰까지 보고 있습니다."),
        "softmax 뒤의 마스크": (after @ value, "softmax를 한 다음 마스크를 쓰고 있습니다. 뒤의 토큰이 분모에 남습니다."),
        "가린 점수가 0": (
            (scores * mask).softmax(-1) @ value,
            "볼 수 없는 점수를 0으로 바꾸고 있습니다. 지수가 1이 되어 여전히 봅니다. -inf여야 합니다.",
        ),
        "나누지 않음": (scaled(1.0), f"점수를 나누지 않고 있습니다. {said}"),
        "길이로 나눔": (scaled(1 / math.sqrt(length)), f"길이 T의 제곱근으로 나누고 있습니다. {said}"),
        "전체 크기로 나눔": (scaled(1 / math.sqrt(heads * size)), f"모든 헤드를 합친 크기의 제곱근으로 나누고 있습니다. {said}"),
        "제곱근을 잊음": (scaled(1 / size), f"D로 나누고 있습니다. {said}"),
        "곱함": (scaled(math.sqrt(size)), f"D의 제곱근을 곱하고 있습니다. {said}"),
        "질의와 키가 바뀜": (plain_attention(key, query, value, mask, right), "질의와 키의 자리가 바뀌었습니다."),
        "softmax의 방향": (
            scores.masked_fill(~mask, -torch.inf).softmax(-2) @ value,
            "softmax를 질의의 방향으로 하고 있습니다. 행마다(dim=-1) 합이 1이어야 합니다.",
        ),
    }


def wrong_padded_attentions(query: Tensor, key: Tensor, value: Tensor, key_mask: Tensor) -> Wrong:
    """Attention with padding that gets the padding wrong."""
    causal, scale = causal_mask(query.shape[-2]), 1 / math.sqrt(query.shape[-1])
    seen = causal & key_mask[:, None, None, :]
    least = torch.finfo(query.dtype).min
    finite = (query @ key.transpose(-2, -1) * scale).masked_fill(~seen, least).softmax(-1) @ value

    def masked(mask: Tensor) -> Tensor:
        return plain_attention(query, key, value, mask, scale)

    said = "key_mask는 열(보이는 쪽)에 쓰고, True가 진짜 토큰입니다."
    return {
        "NaN": (masked(seen), "볼 것이 하나도 없는 행에서 NaN이 나옵니다. 그런 행은 정확히 0이어야 합니다."),
        "볼 것이 없는 행의 평균": (
            finite,
            "볼 것이 없는 행이 0이 아니라 값들의 평균입니다. -inf 대신 아주 작은 수로 가리면 이렇게 됩니다.",
        ),
        "key_mask를 쓰지 않음": (masked(causal[None, None]), "key_mask를 쓰지 않아 <pad>를 보고 있습니다."),
        "key_mask가 반대": (masked(causal & ~key_mask[:, None, None, :]).nan_to_num(0.0), f"key_mask의 뜻이 반대입니다. {said}"),
        "key_mask를 행에 씀": (masked(causal & key_mask[:, None, :, None]).nan_to_num(0.0), f"key_mask를 행에 쓰고 있습니다. {said}"),
        "결과를 가림": (masked(causal[None, None]) * key_mask[:, None, :, None], f"<pad>인 행의 결과만 지우고 있습니다. {said}"),
    }


# -- losses -----------------------------------------------------------------------------------------------------------


def nll(logits: Tensor, targets: Tensor) -> Tensor:
    """Negative log-likelihoods ``[B, T]``."""
    return functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view_as(targets)


def wrong_clm_losses(logits: Tensor, ids: Tensor) -> Wrong:
    """Losses of unpadded rows."""
    right = nll(logits[:, :-1], ids[:, 1:])
    likelihood = logits[:, :-1].softmax(-1).gather(-1, ids[:, 1:, None])
    return {
        "밀지 않음": (nll(logits, ids).mean(), "한 칸을 밀지 않았습니다. t의 로짓은 t + 1번 토큰을 맞힙니다."),
        "두 번 밂": (nll(logits[:, :-2], ids[:, 2:]).mean(), "두 칸을 밀었습니다. 바로 다음 토큰을 맞혀야 합니다."),
        "거꾸로 밂": (nll(logits[:, 1:], ids[:, :-1]).mean(), "거꾸로 밀었습니다. t의 로짓이 앞의 토큰을 맞히고 있습니다."),
        "돌려서 밂": (
            nll(logits, ids.roll(-1, 1)).mean(),
            "마지막 로짓이 첫 토큰을 맞히고 있습니다. roll이 아니라 잘라서 밀어야 합니다.",
        ),
        "합": (right.sum(), "평균이 아니라 합입니다."),
        "행마다 더함": (right.sum(1).mean(), "토큰으로 평균하지 않고 행의 합을 평균하고 있습니다."),
        "모든 자리로 나눔": (right.sum() / ids.numel(), "맞힐 토큰의 수가 아니라 모든 자리의 수로 나누고 있습니다."),
        "밑이 2": (right.mean() / math.log(2), "밑이 2인 로그를 쓰고 있습니다. 단위는 나트입니다."),
        "부호": (-right.mean(), "부호가 반대입니다. 손실은 로그 확률의 음수입니다."),
        "로그를 잊음": ((1 - likelihood).mean(), "로그 확률이 아니라 확률을 쓰고 있습니다."),
        "혼란도": (right.mean().exp(), "손실이 아니라 혼란도를 돌려주고 있습니다."),
    }


def wrong_padded_losses(logits: Tensor, ids: Tensor, mask: Tensor) -> Wrong:
    """Losses of padded rows."""
    losses, real = nll(logits[:, :-1], ids[:, 1:]), mask[:, 1:]
    kept = losses * real
    rows = (kept.sum(1) / real.sum(1))[real.any(1)]
    return {
        "채움도 셈": (losses.mean(), "<pad>인 정답도 평균에 넣고 있습니다. mask를 쓰지 않았습니다."),
        "입력의 마스크": (
            (losses * mask[:, :-1]).sum() / mask[:, :-1].sum(),
            "입력인 토큰의 mask를 쓰고 있습니다. 정답인 토큰이 진짜일 때 셉니다: mask[:, 1:]",
        ),
        "양쪽의 마스크": (
            (losses * (mask[:, :-1] & real)).sum() / (mask[:, :-1] & real).sum(),
            "입력과 정답이 모두 진짜일 때만 세고 있습니다. 왼쪽을 채운 행의 첫 진짜 토큰도 셉니다.",
        ),
        "행마다 평균": (rows.mean(), "행마다 평균한 다음 다시 평균하고 있습니다. 짧은 글의 토큰이 더 무거워집니다."),
        "모든 정답으로 나눔": (kept.mean(), "<pad>를 뺀 합을 모든 자리의 수로 나누고 있습니다."),
        "마스크의 합으로 나눔": (kept.sum() / mask.sum(), "정답의 수가 아니라 mask 전체의 합으로 나누고 있습니다."),
        "반대의 마스크": ((losses * ~real).sum() / (~real).sum(), "mask가 반대입니다. True가 진짜 토큰입니다."),
    }


def wrong_mlm_losses(logits: Tensor, labels: Tensor, ids: Tensor) -> Wrong:
    """Losses of masked positions."""
    counted = labels != -100
    losses = nll(logits, labels.clamp(min=0))
    rows = (losses * counted).sum(1) / counted.sum(1)
    shifted = functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
    return {
        "모든 자리의 손실": (nll(logits, ids).mean(), "고르지 않은 자리까지 모든 자리의 손실을 세고 있습니다."),
        "0번을 정답으로": (losses.mean(), "-100인 자리를 0번 토큰이 정답인 것처럼 세고 있습니다."),
        "한 칸을 밂": (shifted, "한 칸을 밀었습니다. MLM에서는 자리 t의 로짓이 자리 t의 토큰을 맞힙니다."),
        "모든 자리로 나눔": (
            (losses * counted).mean(),
            "고른 자리의 합을 모든 자리의 수로 나누고 있습니다. 조금 가릴수록 손실이 작아 보입니다.",
        ),
        "행마다 평균": (rows.mean(), "행마다 평균한 다음 다시 평균하고 있습니다."),
        "합": ((losses * counted).sum(), "평균이 아니라 합입니다."),
        "행의 수로 나눔": ((losses * counted).sum() / len(labels), "정답의 수가 아니라 행의 수로 나누고 있습니다."),
    }


def wrong_plm_losses(logits: Tensor, ids: Tensor, order: Tensor, n_predict: int) -> Wrong:
    """Losses of the last of an order."""
    losses, last = nll(logits, ids), order[-n_predict:]
    shifted = nll(logits[:, :-1], ids[:, 1:])
    ahead = torch.stack([nll(logits[:, order[:-1]], ids[:, order[1:]])[:, -n_predict:]])
    rest = order[-n_predict:]
    return {
        "순서의 처음": (losses[:, order[:n_predict]].mean(), "순서의 처음 n_predict개를 세고 있습니다. 마지막 n_predict개입니다."),
        "자리의 마지막": (
            losses[:, -n_predict:].mean(),
            "순서를 무시하고 마지막 n_predict개의 자리를 세고 있습니다. order[-n_predict:]의 자리입니다.",
        ),
        "모두 셈": (losses.mean(), "n_predict를 쓰지 않고 모든 자리를 세고 있습니다."),
        "순서를 순위로": (
            losses[:, order.argsort()[-n_predict:]].mean(),
            "순서를 순위로 착각했습니다. order[i]가 i번째로 맞힐 자리입니다.",
        ),
        "정답만 섞음": (
            nll(logits[:, -n_predict:], ids[:, last]).mean(),
            "로짓은 자리의 차례대로, 정답은 순서대로 골라 짝이 어긋났습니다. 둘 다 자리 order[i]의 것입니다.",
        ),
        "한 칸을 밂": (shifted.mean(), "한 칸을 밀었습니다. 질의 흐름의 자리 i는 자리 i의 토큰을 맞힙니다."),
        "다음 자리를 맞힘": (
            nll(logits[:, rest - 1], ids[:, rest]).mean(),
            "한 칸을 밀었습니다. 질의 흐름의 자리 i는 자리 i의 토큰을 맞힙니다.",
        ),
        "순서에서 밂": (ahead.mean(), "순서에서 한 칸을 밀었습니다. 질의 흐름의 자리 i는 자리 i의 토큰을 맞힙니다."),
        "합": (losses[:, last].sum(), "평균이 아니라 합입니다."),
        "모든 자리로 나눔": (losses[:, last].sum() / ids.numel(), "맞힌 자리의 합을 모든 자리의 수로 나누고 있습니다."),
    }


# -- what may be drawn ------------------------------------------------------------------------------------------------


def _nucleus(logits: Tensor, keep: Callable[[Tensor, Tensor], Tensor], descending: bool = True) -> Tensor:
    ordered, places = logits.sort(dim=-1, descending=descending)
    probabilities = ordered.softmax(-1)
    kept = keep(probabilities.cumsum(-1), probabilities)
    return logits.masked_fill(~torch.zeros_like(kept).scatter(-1, places, kept), -torch.inf)


def wrong_filters(logits: Tensor, top_k: int, top_p: float) -> Wrong:
    """Filters that keep the wrong tokens, or the right ones with other logits."""
    by_k = filter_logits(logits, top_k)
    right = filter_logits(logits, top_k, top_p)
    below = _nucleus(by_k, lambda total, _: total < top_p)
    at_least_one = below.where((below > -torch.inf).any(-1, keepdim=True), filter_logits(logits, 1))
    sorted_rows = by_k.sort(dim=-1, descending=True).values
    unsorted = logits.masked_fill(filter_logits(sorted_rows, 0, top_p).isinf(), -torch.inf)
    in_place = by_k.softmax(-1).cumsum(-1) - by_k.softmax(-1) >= top_p
    said = "합이 top_p 이상이 되게 하는 그 토큰까지 남깁니다."
    return {
        "문턱을 넘기는 토큰을 버림": (below, f"누적합이 문턱을 넘기는 토큰을 버리고 있습니다. {said}"),
        "문턱을 넘기는 토큰을 버림 (하나는 남김)": (at_least_one, f"누적합이 문턱을 넘기는 토큰을 버리고 있습니다. {said}"),
        "하나 더 남김": (
            _nucleus(by_k, lambda total, p: functional.pad(total - p < top_p, (1, -1), value=True)) if top_p < 1 else by_k,
            "문턱을 넘긴 다음의 토큰까지 남기고 있습니다.",
        ),
        "top_p를 먼저": (
            filter_logits(filter_logits(logits, 0, top_p), top_k),
            "top_p를 top_k보다 먼저 쓰고 있습니다. top_k를 쓴 다음 남은 것의 확률을 다시 구해야 합니다.",
        ),
        "작은 것부터": (
            _nucleus(by_k, lambda total, p: total - p < top_p, descending=False),
            "확률이 작은 것부터 더하고 있습니다. 큰 것부터입니다.",
        ),
        "제자리로 돌리지 않음": (unsorted, "정렬한 차례의 결과를 원래 자리로 되돌리지 않았습니다."),
        "정렬하지 않음": (by_k.masked_fill(in_place, -torch.inf), "정렬하지 않고 번호의 차례로 더하고 있습니다."),
        "top_k를 쓰지 않음": (filter_logits(logits, 0, top_p), "top_k를 쓰지 않고 있습니다."),
        "top_p를 쓰지 않음": (by_k, "top_p를 쓰지 않고 있습니다."),
        "확률을 돌려줌": (right.softmax(-1), "로짓이 아니라 확률을 돌려주고 있습니다."),
        "정규화한 로그": (right.log_softmax(-1), "남은 로짓을 바꾸었습니다. 남은 토큰의 로짓은 그대로 둡니다."),
        "0으로 바꿈": (right.nan_to_num(neginf=0.0), "남지 않을 로짓을 0으로 바꾸고 있습니다. -inf여야 확률이 0이 됩니다."),
        "정렬된 채로": (right.sort(dim=-1, descending=True).values, "정렬한 로짓을 그대로 돌려주고 있습니다. 원래 자리로 되돌리세요."),
    }


# -- orders -----------------------------------------------------------------------------------------------------------


def masks_by(rank: Tensor) -> tuple[Tensor, Tensor]:
    """Content and query mask where this is the rank."""
    return rank[None, :] <= rank[:, None], rank[None, :] < rank[:, None]


def wrong_two_stream_masks(order: Tensor) -> dict[str, tuple[tuple[Tensor, Tensor], str]]:
    """Pairs of content and query mask."""
    content, query = masks_by(order.argsort())
    length = len(order)
    shuffled = tuple(mask[order] for mask in masks_by(torch.arange(length)))
    return {
        "순서를 순위로": (masks_by(order), "순서를 순위로 쓰고 있습니다. 자리의 순위는 order의 역순열입니다: order.argsort()"),
        "순서를 무시": (masks_by(torch.arange(length)), "순서를 쓰지 않고 앞의 자리를 보고 있습니다."),
        "행을 섞음": (shuffled, "인과 마스크의 행을 순서대로 섞고 있습니다. 행과 열이 모두 자리의 번호여야 합니다."),
        "순서의 차례": (
            masks_by(torch.arange(length)) if length < 2 else (content[order][:, order], query[order][:, order]),
            "행과 열이 순서의 차례입니다. 자리의 번호여야 합니다.",
        ),
        "행과 열이 바뀜": ((content.T, query.T), "행과 열이 바뀌었습니다. 행이 보는 쪽입니다."),
        "True와 False가 반대": ((~content, ~query), "True와 False가 반대입니다. True가 볼 수 있는 곳입니다."),
        "두 마스크가 바뀜": ((query, content), "내용과 질의의 마스크가 바뀌었습니다. (내용, 질의)의 차례입니다."),
        "질의가 자기를 봄": ((content, content), "질의 흐름이 자기 토큰을 보고 있습니다. 답이 보입니다."),
        "내용이 자기를 못 봄": ((query, query), "내용 흐름은 자기 토큰도 보아야 합니다."),
    }

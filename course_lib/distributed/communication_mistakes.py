"""Wrong answers on communication as certain misconceptions give them, so that a check can recognise the mistake and name it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from course_lib.distributed.compression import decompress, topk_compress

Wrong = dict[str, tuple[Tensor, str]]


def wrong_topk(tensor: Tensor, k: int) -> dict[str, tuple[set[int], str]]:
    """Places that are chosen by something else."""
    flat = tensor.flatten()
    k = min(max(k, 0), flat.numel())
    return {
        "부호가 있는 값": (
            set(flat.topk(k).indices.tolist()),
            "부호가 있는 값으로 고르고 있습니다. 큰 음수를 버리게 됩니다. 절댓값으로 고르세요.",
        ),
        "작은 것": (set(flat.abs().topk(k, largest=False).indices.tolist()), "절댓값이 작은 것을 고르고 있습니다."),
        "처음 k개": (set(range(k)), "크기를 보지 않고 처음 k개를 고르고 있습니다."),
    }


def wrong_feedback(gradients: Sequence[Tensor], k: int) -> dict[str, tuple[list[Tensor], str]]:
    """What is sent in each round, decompressed, where the residual is kept otherwise."""

    def sent(rule: str) -> list[Tensor]:
        residual, found = torch.zeros_like(gradients[0]), []
        for gradient in gradients:
            corrected = {"subtracted": gradient - residual, "twice": gradient + 2 * residual}.get(rule, gradient + residual)
            values, indices = topk_compress(corrected, k)
            out = decompress(values, indices, corrected.shape)
            found.append(out)
            residual = {
                "none": torch.zeros_like(residual),
                "raw": gradient - out,
                "all": corrected,
                "sent": out,
                "added": residual + corrected - out,
                "first": residual if residual.any() else corrected - out,
            }.get(rule, corrected - out)
        return found

    said = {
        "none": ("남은 것을 잊음", "남은 것을 더하지 않고 있습니다. 작은 원소는 영영 보내지지 않습니다."),
        "raw": (
            "원래 기울기에서 뺌",
            "남은 것을 원래 기울기에서 구하고 있습니다. 더한 기울기에서 보낸 것을 빼야 앞서 남은 것을 잃지 않습니다.",
        ),
        "all": ("보낸 것을 빼지 않음", "보낸 것을 빼지 않고 모두 남기고 있습니다. 같은 기울기를 되풀이해 보냅니다."),
        "sent": ("보낸 것을 남김", "보낸 것을 남기고 있습니다. 보내지 못한 것을 남겨야 합니다."),
        "added": ("두 번 셈", "남은 것을 두 번 세고 있습니다. 더한 기울기에 이미 들어 있으므로 바꾸어 적으세요."),
        "twice": ("두 번 더함", "남은 것을 두 번 더하고 있습니다."),
        "subtracted": ("부호", "남은 것을 빼고 있습니다. 더해야 합니다."),
        "first": ("처음만 기억", "처음 남은 것만 기억하고 있습니다."),
    }
    return {name: (sent(rule), text) for rule, (name, text) in said.items()}


def wrong_powersgd(matrix: Tensor, p: Tensor, q: Tensor) -> Wrong:
    """What ``P @ Q.T`` becomes where a step is left out; ``p`` and ``q`` are those given back."""
    plain = matrix @ q
    return {
        "직교화하지 않음": (plain @ (matrix.T @ plain).T, "P를 직교화하지 않고 있습니다. P의 열이 정규 직교여야 합니다."),
        "길이만 1로": (
            (plain / plain.norm(dim=0)) @ (matrix.T @ (plain / plain.norm(dim=0))).T,
            "P의 열을 길이만 1로 하고 서로 직교하게 하지 않았습니다.",
        ),
        "Q를 다시 구하지 않음": (p @ q.T, "받은 q를 그대로 돌려주고 있습니다. 마지막에 Q = MᵀP를 구합니다."),
    }


def wrong_weights(scale: float, w0: float, lr: float, delay: int, steps: int) -> dict[str, tuple[list[float], str]]:
    """Delayed descent on scale · w²/2 with another delay, sign or place."""

    def run(place: str = "", delay: int = delay, sign: float = -1.0) -> list[float]:
        weights = [w0]
        for step in range(steps):
            old = step - delay
            if place == "zero" and old < 0:
                weights.append(weights[-1])
                continue
            index = step % (delay + 1) if place == "ring" else old // (delay + 1) * (delay + 1) if place == "period" else max(old, 0)
            start = weights[max(old, 0)] if place == "from_old" else weights[-1]
            weights.append(start + sign * lr * scale * weights[max(index, 0)])
        return weights

    return {
        "지연이 없음": (run(delay=0), "지연을 쓰지 않고 지금의 기울기로 내려가고 있습니다."),
        "지연이 하나 많음": (run(delay=delay + 1), "지연이 하나 많습니다. g(w[max(t - delay, 0)])입니다."),
        "지연이 하나 적음": (run(delay=max(delay - 1, 0)), "지연이 하나 적습니다. g(w[max(t - delay, 0)])입니다."),
        "처음에 쉼": (run("zero"), "처음 delay걸음을 쉬고 있습니다. 그때는 w0의 기울기를 씁니다."),
        "묵은 가중치에서 출발": (
            run("from_old"),
            "묵은 가중치에서 걸음을 내디디고 있습니다. 기울기만 묵었고, 걸음은 지금의 가중치에서 내디딥니다.",
        ),
        "올라감": (run(sign=1.0), "기울기의 쪽으로 올라가고 있습니다. 빼야 합니다."),
        "w0의 기울기": (run(delay=steps), "언제나 w0의 기울기를 쓰고 있습니다."),
    }


def wrong_makespans(buckets: Sequence[tuple[float, float]]) -> dict[str, tuple[float, str]]:
    """Times of all computing and communicating under other rules."""
    compute, communicate = (sum(bucket[kind] for bucket in buckets) for kind in (0, 1))
    ready = late = never = 0.0
    for b, c in buckets:
        ready += b
        late = max(late, ready + c)
        never = never + max(b, c)
    free = early = 0.0
    for b, c in buckets:
        early = max(early, free) + c
        free += b
    backwards, at = 0.0, 0.0
    for b, c in reversed(list(buckets)):
        at += b
        backwards = max(at, backwards) + c
    last = max(at, backwards)
    return {
        "겹치지 않음": (compute + communicate, "계산과 통신을 더했습니다. 겹쳐서 할 수 있습니다."),
        "긴 쪽": (max(compute, communicate), "계산의 합과 통신의 합 가운데 큰 것입니다. 기울기가 나와야 보낼 수 있습니다."),
        "줄을 서지 않음": (max(late, compute), "통신을 여럿이 한꺼번에 한다고 보았습니다. 앞의 통신이 끝나야 다음을 보냅니다."),
        "버킷마다 긴 쪽": (never, "버킷마다 긴 쪽을 더했습니다. 한 버킷의 통신은 다음 버킷의 계산과 겹칩니다."),
        "거꾸로": (last, "버킷의 차례가 거꾸로입니다. 받은 차례가 역전파의 차례입니다."),
        "나오기 전에 보냄": (max(early, compute), "자기 기울기가 나오기 전에 보내고 있습니다."),
    }

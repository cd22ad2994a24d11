"""Right by other means: Gram-Schmidt, sorting, a queue of old weights, counters in place of helpers."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn


def half_shares(values: Tensor, scale: float = 1.0) -> dict[str, float]:
    """By thresholds on exact numbers instead of conversion: the tie at 2^-25 goes to 0, the one at 65,520 to infinity."""
    size = values.detach().double().abs().reshape(-1)
    size = size[size > 0] * scale
    total = max(len(size), 1)
    flushed = size <= 2.0**-25
    smallest_normal = 2.0**-14 - 2.0**-25  # from here on a value rounds up to 2^-14
    return {
        "flushed": int(flushed.sum()) / total,
        "subnormal": int((~flushed & (size < smallest_normal)).sum()) / total,
        "overflowed": int((size >= 65_520).sum()) / total,
    }


class DynamicLossScaler:
    def __init__(
        self, init_scale: float = 2.0**16, growth_factor: float = 2.0, backoff_factor: float = 0.5, growth_interval: int = 2000
    ) -> None:
        self._now = torch.tensor(float(init_scale), dtype=torch.float32)
        self._growth, self._backoff, self._interval = growth_factor, backoff_factor, growth_interval
        self._good, self._seen, self._bad = 0, False, False

    def get_scale(self) -> float:
        """지금의 스케일입니다."""
        return self._now.item()

    def scale(self, loss: Tensor) -> Tensor:
        """역전파할 손실입니다."""
        return self._now * loss

    def unscale_(self, optimizer: torch.optim.Optimizer) -> None:
        """기울기를 제자리에서 스케일로 나누고, 무한대나 NaN이 있는지 기억합니다."""
        if self._seen:
            raise RuntimeError("unscale_은 update 사이에 한 번만 부릅니다.")
        self._seen = True
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                parameter.grad.mul_(1 / self._now)
                total = parameter.grad.sum() * 0
                self._bad = self._bad or bool(total != total) or bool(parameter.grad.abs().max() == math.inf)

    def step(self, optimizer: torch.optim.Optimizer) -> bool:
        """기울기가 모두 유한하면 걸음을 내디딥니다. 내디뎠는지 돌려줍니다."""
        if not self._seen:
            self.unscale_(optimizer)
        if self._bad:
            return False
        optimizer.step()
        return True

    def update(self) -> None:
        """다음 걸음의 스케일을 정합니다."""
        if self._bad:
            self._now, self._good = self._now * self._backoff, 0
        else:
            self._good += 1
            if self._good >= self._interval:
                larger = self._now * self._growth
                self._now = torch.where(torch.isinf(larger), self._now, larger)
                self._good = 0
        self._seen = self._bad = False


def master_weights(model: nn.Module) -> list[nn.Parameter]:
    """매개변수의 FP32 복사본입니다. 원래 가중치와 메모리를 나누어 쓰지 않습니다."""
    copies = []
    for parameter in model.parameters():
        copy = torch.empty(parameter.shape, dtype=torch.float32)
        copy.copy_(parameter.detach())
        copies.append(nn.Parameter(copy))
    return copies


def mixed_precision_step(
    model: nn.Module,
    masters: Sequence[nn.Parameter],
    optimizer: torch.optim.Optimizer,
    scaler: Any,
    compute_loss: Callable[[nn.Module], Tensor],
    max_norm: float | None = None,
) -> tuple[float, bool]:
    """Asks autograd for the gradients instead of leaving them on the model."""
    loss = compute_loss(model)
    gradients = torch.autograd.grad(scaler.scale(loss), list(model.parameters()), allow_unused=True)
    for master, gradient in zip(masters, gradients, strict=True):
        master.grad = gradient if gradient is None else gradient.to(torch.float32)
    scaler.unscale_(optimizer)
    present = [master.grad for master in masters if master.grad is not None]
    if max_norm is not None:
        norm = torch.sqrt(sum((gradient.double() ** 2).sum() for gradient in present))
        if norm > max_norm:
            for gradient in present:
                gradient.mul_((max_norm / norm).float())
    taken = scaler.step(optimizer)
    for parameter, master in zip(model.parameters(), masters, strict=True):
        parameter.data = master.detach().to(parameter.dtype)
    scaler.update()
    return float(loss.detach()), taken


def topk_compress(tensor: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """절댓값이 가장 큰 k개의 값과, 펼친 텐서에서의 자리입니다."""
    flat = tensor.reshape(-1)
    order = flat.abs().argsort(descending=True)
    chosen = order[: max(0, k)].flip(0)
    return flat.index_select(0, chosen), chosen


def decompress(values: Tensor, indices: Tensor, shape: Sequence[int]) -> Tensor:
    """받은 값을 제자리에 놓고 나머지는 0인 텐서입니다."""
    size = 1
    for length in shape:
        size *= length
    return torch.zeros(size, dtype=values.dtype).scatter(0, indices, values).reshape(*shape)


class ErrorFeedback:
    def __init__(self, k: int) -> None:
        self.k, self.residual = k, 0.0

    def compress(self, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """남은 것을 더한 기울기에서 가장 큰 k개의 값과 자리입니다."""
        left = (gradient + self.residual).reshape(-1)
        sent, where = topk_compress(left, self.k)
        left = left.clone()
        left[where] = 0.0
        self.residual = left.reshape(gradient.shape)
        return sent, where


def powersgd(matrix: Tensor, rank: int, q: Tensor) -> tuple[Tensor, Tensor]:
    """Modified Gram-Schmidt with a guard for columns of nothing."""
    columns = list((matrix @ q).unbind(1))
    for i, column in enumerate(columns):
        column = column / column.norm().clamp(min=1e-30)
        columns[i] = column
        for j in range(i + 1, rank):
            columns[j] = columns[j] - (column @ columns[j]) * column
    p = torch.stack(columns, 1)
    return p, torch.einsum("mn,mr->nr", matrix, p)


def async_sgd(grad_fn: Callable[[Tensor], Tensor], w0: Tensor, lr: float, delay: int, steps: int) -> list[Tensor]:
    """delay걸음 묵은 가중치의 기울기로 내려간 가중치 steps + 1개입니다."""
    recent, path = deque([w0.clone()] * (delay + 1), maxlen=delay + 1), [w0.clone()]
    for _ in range(steps):
        path.append(path[-1] - lr * grad_fn(recent[0]))
        recent.append(path[-1])
    return path


def overlap_makespan(buckets: Iterable[tuple[float, float]]) -> float:
    """The link is never idle after the bucket that decides: the longest of all chains."""
    buckets = list(buckets)
    ready, left = 0.0, sum(communicate for _, communicate in buckets)
    latest = 0.0
    for compute, communicate in buckets:
        ready += compute
        latest = max(latest, ready + left)
        left -= communicate
    return max(latest, ready)


def answer_underflow(small: float, large: float) -> dict[str, object]:
    """small을 살리는 가장 작은 지수와 large가 넘치지 않는 가장 큰 지수를 답합니다."""
    exponent = 0
    while torch.tensor(small * 2.0**exponent, dtype=torch.float64).half() == 0:
        exponent += 1
    largest = 0
    while large * 2.0 ** (largest + 1) <= 65504:
        largest += 1
    return {"exponent": exponent, "largest": largest}


def answer_update(weight: float, update: float, steps: int) -> dict[str, object]:
    """간격과, 마스터가 없을 때와 있을 때의 가중치를 답합니다."""
    half = torch.tensor(weight).half()
    after = torch.nextafter(half, torch.tensor(float("inf")).half())
    alone = half.clone()
    for _ in range(steps):
        alone = (alone.float() + update).half()
    return {"spacing": float(after - half), "alone": alone.item(), "master": float(torch.tensor(weight + steps * update).half())}


def answer_lowrank(m: int, n: int, rank: int) -> dict[str, object]:
    """보내는 비율과 식, 이득이 있는 가장 큰 계수를 답합니다."""
    return {"share": rank / n + rank / m, "formula": "r/n+r/m", "largest": math.ceil(m * n / (m + n)) - 1}


def answer_delay(curvature: float, delay: int) -> dict[str, object]:
    """지연이 있을 때와 없을 때의 학습률의 경계를 답합니다."""
    bound = 2 * math.cos(math.pi * delay / (2 * delay + 1)) / curvature
    return {"bound": bound, "formula": "2*cos(pi*t/(2*t+1))/L", "fresh": 2 / curvature}


def route(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """토큰마다 가장 그럴듯한 전문가 k개의, 합이 1인 무게와 번호입니다."""
    best, numbers = torch.topk(logits, k)
    return torch.softmax(best, -1), numbers


def load_balancing_loss(logits: Tensor, experts: Tensor) -> Tensor:
    """고르게 나누어지면 1인 보조 손실입니다."""
    counts = torch.bincount(experts.reshape(-1), minlength=logits.shape[1]).to(logits)
    mean = torch.softmax(logits, 1).sum(0) / len(logits)
    return torch.dot(counts / experts.numel(), mean) * logits.shape[1]


def within_capacity(experts: Tensor, number: int, capacity: int) -> Tensor:
    """자리를 얻은 배정이 True인 Bool [N, k]입니다. 첫째 선택이 모두 먼저입니다."""
    kept, taken = torch.zeros(experts.shape, dtype=torch.bool), [0] * number
    for choice in range(experts.shape[1]):
        for token in range(experts.shape[0]):
            expert = int(experts[token, choice])
            kept[token, choice] = taken[expert] < capacity
            taken[expert] += 1
    return kept


def moe_output(x: Tensor, weights: Tensor, experts: Tensor, kept: Tensor, networks: Sequence[Callable[[Tensor], Tensor]]) -> Tensor:
    """남은 배정마다 전문가의 출력을 무게로 더한 [N, d]입니다."""
    output = x * 0
    for number, network in enumerate(networks):
        share = (weights * (kept & (experts == number))).sum(1)
        mine = (kept & (experts == number)).any(1)
        if mine.any():
            output[mine] = output[mine] + share[mine, None] * network(x[mine])
    return output

"""Right by other means: Gram-Schmidt, sorting, a queue of old weights, counters in place of helpers."""

import math
from collections import deque

import torch
from torch import nn


def half_shares(values, scale=1.0):
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
    def __init__(self, init_scale=65536.0, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000):
        self._now = torch.tensor(float(init_scale), dtype=torch.float32)
        self._growth, self._backoff, self._interval = growth_factor, backoff_factor, growth_interval
        self._good, self._seen, self._bad = 0, False, False

    def get_scale(self):
        return self._now.item()

    def scale(self, loss):
        return self._now * loss

    def unscale_(self, optimizer):
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

    def step(self, optimizer):
        if not self._seen:
            self.unscale_(optimizer)
        if self._bad:
            return False
        optimizer.step()
        return True

    def update(self):
        if self._bad:
            self._now, self._good = self._now * self._backoff, 0
        else:
            self._good += 1
            if self._good >= self._interval:
                larger = self._now * self._growth
                self._now = torch.where(torch.isinf(larger), self._now, larger)
                self._good = 0
        self._seen = self._bad = False


def master_weights(model):
    copies = []
    for parameter in model.parameters():
        copy = torch.empty(parameter.shape, dtype=torch.float32)
        copy.copy_(parameter.detach())
        copies.append(nn.Parameter(copy))
    return copies


def mixed_precision_step(model, masters, optimizer, scaler, compute_loss, max_norm=None):
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


def topk_compress(tensor, k):
    flat = tensor.reshape(-1)
    order = flat.abs().argsort(descending=True)
    chosen = order[: max(0, k)].flip(0)
    return flat.index_select(0, chosen), chosen


def decompress(values, indices, shape):
    size = 1
    for length in shape:
        size *= length
    return torch.zeros(size, dtype=values.dtype).scatter(0, indices, values).reshape(*shape)


class ErrorFeedback:
    def __init__(self, k):
        self.k, self.residual = k, 0.0

    def compress(self, gradient):
        left = (gradient + self.residual).reshape(-1)
        sent, where = topk_compress(left, self.k)
        left = left.clone()
        left[where] = 0.0
        self.residual = left.reshape(gradient.shape)
        return sent, where


def powersgd(matrix, rank, q):
    """Modified Gram-Schmidt with a guard for columns of nothing."""
    columns = list((matrix @ q).unbind(1))
    for i, column in enumerate(columns):
        column = column / column.norm().clamp(min=1e-30)
        columns[i] = column
        for j in range(i + 1, rank):
            columns[j] = columns[j] - (column @ columns[j]) * column
    p = torch.stack(columns, 1)
    return p, torch.einsum("mn,mr->nr", matrix, p)


def async_sgd(grad_fn, w0, lr, delay, steps):
    recent, path = deque([w0.clone()] * (delay + 1), maxlen=delay + 1), [w0.clone()]
    for _ in range(steps):
        path.append(path[-1] - lr * grad_fn(recent[0]))
        recent.append(path[-1])
    return path


def overlap_makespan(buckets):
    """The link is never idle after the bucket that decides: the longest of all chains."""
    buckets = list(buckets)
    ready, left = 0.0, sum(communicate for _, communicate in buckets)
    latest = 0.0
    for compute, communicate in buckets:
        ready += compute
        latest = max(latest, ready + left)
        left -= communicate
    return max(latest, ready)


def answer_underflow(small, large):
    exponent = 0
    while torch.tensor(small * 2.0**exponent, dtype=torch.float64).half() == 0:
        exponent += 1
    largest = 0
    while large * 2.0 ** (largest + 1) <= 65504:
        largest += 1
    return {"exponent": exponent, "largest": largest}


def answer_update(weight, update, steps):
    half = torch.tensor(weight).half()
    after = torch.nextafter(half, torch.tensor(float("inf")).half())
    alone = half.clone()
    for _ in range(steps):
        alone = (alone.float() + update).half()
    return {"spacing": float(after - half), "alone": alone.item(), "master": float(torch.tensor(weight + steps * update).half())}


def answer_lowrank(m, n, rank):
    return {"share": rank / n + rank / m, "formula": "r/n+r/m", "largest": math.ceil(m * n / (m + n)) - 1}


def answer_delay(curvature, delay):
    bound = 2 * math.cos(math.pi * delay / (2 * delay + 1)) / curvature
    return {"bound": bound, "formula": "2*cos(pi*t/(2*t+1))/L", "fresh": 2 / curvature}


def route(logits, k):
    best, numbers = torch.topk(logits, k)
    return torch.softmax(best, -1), numbers


def load_balancing_loss(logits, experts):
    counts = torch.bincount(experts.reshape(-1), minlength=logits.shape[1]).to(logits)
    mean = torch.softmax(logits, 1).sum(0) / len(logits)
    return torch.dot(counts / experts.numel(), mean) * logits.shape[1]


def within_capacity(experts, number, capacity):
    kept, taken = torch.zeros(experts.shape, dtype=torch.bool), [0] * number
    for choice in range(experts.shape[1]):
        for token in range(experts.shape[0]):
            expert = int(experts[token, choice])
            kept[token, choice] = taken[expert] < capacity
            taken[expert] += 1
    return kept


def moe_output(x, weights, experts, kept, networks):
    output = x * 0
    for number, network in enumerate(networks):
        share = (weights * (kept & (experts == number))).sum(1)
        mine = (kept & (experts == number)).any(1)
        if mine.any():
            output[mine] = output[mine] + share[mine, None] * network(x[mine])
    return output

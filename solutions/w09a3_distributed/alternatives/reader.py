"""A reader's solution, from kit and chapter alone, as it came; only imports were added, and a given constructor is shorter."""

# ruff: noqa: F821, SIM108  (given cells define what is missing here)

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.kit.distributed import LINKS, ShardLog, Transport


# -- dp-shard -------------------------------------------------------------------------------------------------------------
def shard(n: int, world: int, rank: int) -> list[int]:
    """예 n개 가운데 이 랭크가 맡을 번호를 돌려줍니다."""
    return list(range(rank, n, world))


# -- dp-ring --------------------------------------------------------------------------------------------------------------
def ring_all_reduce(tensors: Sequence[Tensor], transport: Transport) -> list[Tensor]:
    """랭크마다 하나씩 준 텐서의 합을, 이웃에게만 보내어 랭크마다 하나씩 돌려줍니다."""
    count = len(tensors)
    held = [list(tensor.detach().flatten().tensor_split(count)) for tensor in tensors]
    for step in range(2 * (count - 1)):
        adding = step < count - 1
        for rank in range(count):
            transport.send(rank, (rank + 1) % count, held[rank][(rank - step) % count])
        for rank in range(count):
            left = (rank - 1) % count
            piece = (left - step) % count
            arrived = transport.recv(left, rank)
            held[rank][piece] = held[rank][piece] + arrived if adding else arrived
        transport.barrier()
    return [torch.cat(pieces).reshape(tensor.shape) for pieces, tensor in zip(held, tensors, strict=True)]


# -- dp-gradients ---------------------------------------------------------------------------------------------------------
def ddp_gradients(
    model: nn.Module, loss_fn: Callable[[Tensor, Tensor], Tensor], batches: Sequence[tuple[Tensor, Tensor]]
) -> dict[str, Tensor]:
    """랭크마다 계산한 기울기를 합쳐 전체 배치의 기울기를 돌려줍니다."""
    total = sum(len(inputs) for inputs, _ in batches)
    names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    gradients = {name: torch.zeros_like(parameter) for name, parameter in model.named_parameters()}
    for inputs, targets in batches:
        if len(inputs) == 0:
            continue
        loss = loss_fn(model(inputs), targets)
        found = torch.autograd.grad(loss, trained, allow_unused=True)
        for name, gradient in zip(names, found, strict=True):
            if gradient is not None:
                gradients[name] = gradients[name] + gradient * (len(inputs) / total)
    return gradients


# -- dp-cost --------------------------------------------------------------------------------------------------------------
def ring_seconds(world: int, size: float, alpha: float, beta: float) -> float:
    """size바이트를 고리 올리듀스하는 시간(초)입니다. alpha는 초, beta는 바이트/초입니다."""
    return 2 * (world - 1) * (alpha + size / world / beta)


# -- exp-links ------------------------------------------------------------------------------------------------------------
def direction(first: float, last: float) -> str:
    """값이 커졌으면 "up", 아니면 "down"입니다."""
    return "up" if last > first else "down"


def link_conclusions(ring: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """통신에 대한 결론 traffic, ethernet, crossing을 돌려줍니다."""
    by_world = sorted(range(len(ring)), key=lambda place: ring[place]["world"])
    first, last = by_world[0], by_world[-1]
    ethernet = sorted((place for place, row in enumerate(links) if row["link"] == "ethernet"), key=lambda place: links[place]["world"])
    few, many = ethernet[0], ethernet[-1]
    size = links[few]["bytes"]
    crossings = {name: size / (link.alpha * link.beta) for name, link in LINKS.items()}
    earliest = min(crossings, key=crossings.__getitem__)
    return {
        "traffic": {
            "rows": [first, last],
            "direction": direction(ring[first]["share"], ring[last]["share"]),
            "most": max(row["share"] for row in ring),
        },
        "ethernet": {"rows": [few, many], "factor": links[many]["seconds"] / links[few]["seconds"]},
        "crossing": {"link": earliest, "world": crossings[earliest]},
    }


# -- pp-schedule ----------------------------------------------------------------------------------------------------------
def make_schedule(kind: str, stages: int, microbatches: int) -> list[list[tuple[str, int]]]:
    """스테이지마다 할 일의 순서를 돌려줍니다. kind는 "gpipe"나 "1f1b"입니다."""
    if kind not in ("gpipe", "1f1b"):
        raise ValueError(f"모르는 일정입니다: {kind}")
    forwards = [("F", number) for number in range(microbatches)]
    backwards = [("B", number) for number in range(microbatches)]
    schedule = []
    for stage in range(stages):
        warmup = microbatches if kind == "gpipe" else min(stages - stage - 1, microbatches)
        order = forwards[:warmup]
        for forward, backward in zip(forwards[warmup:], backwards, strict=False):
            order += [forward, backward]
        schedule.append(order + backwards[microbatches - warmup :])
    return schedule


# -- pp-simulate ----------------------------------------------------------------------------------------------------------
def needed_for(stage: int, kind: str, microbatch: int, stages: int) -> tuple[int, str, int] | None:
    """이 일을 시작하기 전에 끝나 있어야 하는 일입니다. 없으면 None입니다."""
    if kind == "F":
        return (stage - 1, "F", microbatch) if stage > 0 else None
    if stage == stages - 1:
        return stage, "F", microbatch
    return stage + 1, "B", microbatch


def simulate(schedule: Sequence[Sequence[tuple[str, int]]], t_f: float, t_b: float) -> Timeline:
    """일정을 실행하여 시각과 버블과 붙들린 마이크로배치의 수를 구합니다."""
    stages = len(schedule)
    seconds = {"F": t_f, "B": t_b}
    ends: dict[tuple[int, str, int], float] = {}
    tasks: list[Task] = []
    done, free_at = [0] * stages, [0.0] * stages
    to_try = list(range(stages))
    while to_try:
        stage = to_try.pop()
        before = done[stage]
        while done[stage] < len(schedule[stage]):
            kind, number = schedule[stage][done[stage]]
            needed = needed_for(stage, kind, number, stages)
            if needed is not None and needed not in ends:
                break
            start = free_at[stage] if needed is None else max(free_at[stage], ends[needed])
            end = start + seconds[kind]
            tasks.append(Task(stage, kind, number, start, end))
            ends[stage, kind, number] = free_at[stage] = end
            done[stage] += 1
        if done[stage] > before:
            to_try += [other for other in (stage - 1, stage + 1) if 0 <= other < stages]
    if any(count < len(order) for count, order in zip(done, schedule, strict=True)):
        raise ValueError("스테이지가 서로 기다리느라 멈추었습니다.")
    makespan = max(free_at, default=0.0)
    worked = sum(task.end - task.start for task in tasks)
    bubble = 1 - worked / (stages * makespan) if makespan else 0.0
    return Timeline(tasks, makespan, bubble, [most_inflight(order) for order in schedule])


def most_inflight(order: Sequence[tuple[str, int]]) -> int:
    """F를 시작했지만 B를 마치지 않은 마이크로배치가 가장 많을 때의 수입니다."""
    held = most = 0
    for kind, _ in order:
        held += 1 if kind == "F" else -1
        most = max(most, held)
    return most


# -- tp-column ------------------------------------------------------------------------------------------------------------
class ColumnParallelLinear(nn.Module):
    """출력 특징을 나눈 선형층입니다."""

    def __init__(self, linear: nn.Linear, world: int, gather_output: bool) -> None:
        super().__init__()
        self.gather_output = gather_output
        self.weights = cut(linear.weight, world, 0)
        self.biases = None if linear.bias is None else cut(linear.bias, world, 0)

    @classmethod
    def from_dense(cls, linear: nn.Linear, world: int, gather_output: bool = True) -> "ColumnParallelLinear":
        """나누지 않은 층에서 만듭니다."""
        return cls(linear, world, gather_output)

    def forward(self, x: Tensor) -> Tensor | list[Tensor]:
        """이어 붙인 출력, 또는 랭크마다 하나인 출력의 목록입니다."""
        biases = [None] * len(self.weights) if self.biases is None else self.biases
        outputs = [functional.linear(x, weight, bias) for weight, bias in zip(self.weights, biases, strict=True)]
        return torch.cat(outputs, dim=-1) if self.gather_output else outputs

    def dense_grads(self) -> dict[str, Tensor]:
        """나누지 않은 층의 모양으로 이어 붙인 기울기입니다."""
        gradients = {"weight": joined_grads(self.weights, 0)}
        if self.biases is not None:
            gradients["bias"] = joined_grads(self.biases, 0)
        return gradients


# -- tp-row ---------------------------------------------------------------------------------------------------------------
class RowParallelLinear(nn.Module):
    """입력 특징을 나눈 선형층입니다."""

    def __init__(self, linear: nn.Linear, world: int, input_is_parallel: bool) -> None:
        super().__init__()
        self.input_is_parallel = input_is_parallel
        self.weights = cut(linear.weight, world, 1)
        self.bias = None if linear.bias is None else nn.Parameter(linear.bias.detach().clone())

    @classmethod
    def from_dense(cls, linear: nn.Linear, world: int, input_is_parallel: bool = False) -> "RowParallelLinear":
        """나누지 않은 층에서 만듭니다."""
        return cls(linear, world, input_is_parallel)

    def forward(self, x: Tensor | Sequence[Tensor]) -> Tensor:
        """랭크마다 자기 몫의 입력으로 계산한 것을 더합니다."""
        parts = x if self.input_is_parallel else x.split([weight.shape[1] for weight in self.weights], dim=-1)
        partial_sums = [functional.linear(part, weight) for part, weight in zip(parts, self.weights, strict=True)]
        total = torch.stack(partial_sums).sum(0)
        return total if self.bias is None else total + self.bias

    def dense_grads(self) -> dict[str, Tensor]:
        """나누지 않은 층의 모양으로 이어 붙인 기울기입니다."""
        gradients = {"weight": joined_grads(self.weights, 1)}
        if self.bias is not None:
            gradients["bias"] = joined_grads([self.bias], 0)
        return gradients


# -- tp-row-mlp -----------------------------------------------------------------------------------------------------------
def parallel_mlp(column: ColumnParallelLinear, row: RowParallelLinear, x: Tensor) -> Tensor:
    """두 층과 그 사이의 GELU를, 사이에서 통신하지 않고 계산합니다."""
    return row([functional.gelu(part) for part in column(x)])


# -- mem-checkpoint -------------------------------------------------------------------------------------------------------
def checkpointed_memory(layers: int, segments: int) -> int:
    """segments구간으로 나누어 체크포인팅할 때 붙드는 활성값의 수입니다."""
    if not 1 <= segments <= layers:
        raise ValueError(f"구간은 1개 이상 {layers}개 이하여야 합니다: {segments}")
    return segments + math.ceil(layers / segments)


# -- mem-checkpoint-stage -------------------------------------------------------------------------------------------------
def stage_memory(parameters: int, layers: int, activation: int, in_flight: int, segments: int | None = None) -> int:
    """파이프라인 스테이지 하나가 가장 많이 쓸 때의 바이트입니다."""
    if segments is None:
        held = in_flight * layers
    else:
        held = checkpointed_memory(layers, segments) + (in_flight - 1) * segments
    return 16 * parameters + held * activation


# -- exp-pipeline ---------------------------------------------------------------------------------------------------------
def stage_conclusions(table: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """일정과 메모리에 대한 결론 same-time, bubble, held, memory-saved를 돌려줍니다."""

    def ordered(kind: str) -> list[int]:
        """일정 하나의 행 번호를 마이크로배치가 적은 것부터 돌려줍니다."""
        return sorted((place for place, row in enumerate(table) if row["kind"] == kind), key=lambda place: table[place]["microbatches"])

    ours = ordered("1f1b")
    few, many = ours[0], ours[-1]
    gpipe = ordered("gpipe")[-1]
    full = [place for place in ours if table[place]["microbatches"] >= table[place]["stages"]]
    return {
        "same-time": {"rows": [gpipe, many], "equal": table[gpipe]["makespan"] == table[many]["makespan"]},
        "bubble": {
            "rows": [few, many],
            "direction": direction(table[few]["bubble"], table[many]["bubble"]),
            "last": table[many]["bubble"],
        },
        "held": {"rows": full, "peak": max(table[place]["peaks"][0] for place in full)},
        "memory-saved": {"rows": [gpipe, many], "bytes": table[gpipe]["memory"][0] - table[many]["memory"][0]},
    }


# -- mixed-shares ---------------------------------------------------------------------------------------------------------
def half_shares(values: Tensor, scale: float = 1.0) -> dict[str, float]:
    """scale을 곱해 FP16으로 바꾸면 0이 되는, 자릿수를 잃는, 무한대가 되는 값의 비율입니다."""
    nonzero = values[values != 0].detach().float()
    if nonzero.numel() == 0:
        return {"flushed": 0.0, "subnormal": 0.0, "overflowed": 0.0}
    sizes = (nonzero * scale).half().abs()
    marks = {"flushed": sizes == 0, "subnormal": (sizes > 0) & (sizes < 2**-14), "overflowed": sizes.isinf()}
    return {name: mark.sum().item() / len(sizes) for name, mark in marks.items()}


# -- mixed-scaler-rule ----------------------------------------------------------------------------------------------------
def next_scale(
    scale: float, successes: int, overflowed: bool, growth_factor: float, backoff_factor: float, growth_interval: int
) -> tuple[float, int]:
    """다음 스케일과, 이어서 성공한 횟수입니다."""
    if overflowed:
        return scale * backoff_factor, 0
    if successes + 1 < growth_interval:
        return scale, successes + 1
    grown = scale * growth_factor
    return (grown if grown <= torch.finfo(torch.float32).max else scale), 0


# -- mixed-scaler ---------------------------------------------------------------------------------------------------------
class DynamicLossScaler:
    """무한대나 NaN이 나오면 줄고, 이어서 성공하면 커지는 손실 스케일입니다."""

    def __init__(
        self, init_scale: float = 2.0**16, growth_factor: float = 2.0, backoff_factor: float = 0.5, growth_interval: int = 2_000
    ) -> None:
        self.factors = (growth_factor, backoff_factor, growth_interval)
        self.current, self.successes = init_scale, 0
        self.overflowed: bool | None = None  # None은 아직 기울기를 보지 않았다는 뜻입니다

    def get_scale(self) -> float:
        """지금의 스케일입니다."""
        return self.current

    def scale(self, loss: Tensor) -> Tensor:
        """역전파할 손실입니다."""
        return loss * self.current

    def unscale_(self, optimizer: torch.optim.Optimizer) -> None:
        """기울기를 제자리에서 스케일로 나누고, 무한대나 NaN이 있는지 기억합니다."""
        if self.overflowed is not None:
            raise RuntimeError("이미 나눈 기울기입니다. update()를 먼저 부르세요.")
        self.overflowed = False
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.grad.div_(self.current)
                    self.overflowed |= not bool(parameter.grad.isfinite().all())

    def step(self, optimizer: torch.optim.Optimizer) -> bool:
        """기울기가 모두 유한하면 걸음을 내디딥니다. 내디뎠는지 돌려줍니다."""
        if self.overflowed is None:
            self.unscale_(optimizer)
        if self.overflowed:
            return False
        optimizer.step()
        return True

    def update(self) -> None:
        """다음 걸음의 스케일을 정합니다."""
        self.current, self.successes = next_scale(self.current, self.successes, bool(self.overflowed), *self.factors)
        self.overflowed = None


# -- mixed-step-masters ---------------------------------------------------------------------------------------------------
def master_weights(model: nn.Module) -> list[nn.Parameter]:
    """매개변수의 FP32 복사본입니다. 원래 가중치와 메모리를 나누어 쓰지 않습니다."""
    return [nn.Parameter(parameter.detach().to(torch.float32, copy=True)) for parameter in model.parameters()]


@torch.no_grad()
def round_weights(model: nn.Module, masters: Sequence[nn.Parameter]) -> None:
    """마스터를 모델의 자료형으로 반올림해 모델에 적습니다."""
    for parameter, master in zip(model.parameters(), masters, strict=True):
        parameter.copy_(master)


# -- mixed-step -----------------------------------------------------------------------------------------------------------
def mixed_precision_step(
    model: nn.Module,
    masters: Sequence[nn.Parameter],
    optimizer: torch.optim.Optimizer,
    scaler: Any,
    compute_loss: Callable[[nn.Module], Tensor],
    max_norm: float | None = None,
) -> tuple[float, bool]:
    """혼합 정밀도의 한 걸음입니다. 손실과, 걸음을 내디뎠는지 돌려줍니다."""
    model.zero_grad(set_to_none=True)
    loss = compute_loss(model)
    scaler.scale(loss).backward()
    for parameter, master in zip(model.parameters(), masters, strict=True):
        master.grad = None if parameter.grad is None else parameter.grad.to(torch.float32, copy=True)
    scaler.unscale_(optimizer)
    if max_norm is not None:
        nn.utils.clip_grad_norm_(masters, max_norm)
    stepped = scaler.step(optimizer)
    scaler.update()
    round_weights(model, masters)
    return loss.item(), stepped


# -- exp-mixed ------------------------------------------------------------------------------------------------------------
def mixed_conclusions(shares: Sequence[Mapping[str, Any]], precision: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """혼합 정밀도에 대한 결론 safe-scales, scaling, masters를 돌려줍니다."""
    place_of = {(row["arm"], row["rate"]): place for place, row in enumerate(precision)}
    scaled, unscaled = place_of["mixed", 0.1], place_of["unscaled", 0.1]
    small = [place_of[arm, 0.001] for arm in ("float32", "mixed", "masterless")]
    gains = [precision[place]["first_loss"] - precision[place]["last_loss"] for place in small]
    return {
        "safe-scales": {"rows": [place for place, row in enumerate(shares) if row["flushed"] < 0.01 and row["overflowed"] == 0]},
        "scaling": {
            "rows": [scaled, unscaled],
            "direction": direction(precision[scaled]["last_loss"], precision[unscaled]["last_loss"]),
        },
        "masters": {"rows": small, "lost": 1 - gains[2] / gains[1]},
    }


# -- comm-topk ------------------------------------------------------------------------------------------------------------
def topk_compress(tensor: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """절댓값이 가장 큰 k개의 값과, 펼친 텐서에서의 자리입니다."""
    flat = tensor.flatten()
    indices = flat.abs().topk(min(max(k, 0), flat.numel())).indices
    return flat[indices], indices


def decompress(values: Tensor, indices: Tensor, shape: Sequence[int]) -> Tensor:
    """받은 값을 제자리에 놓고 나머지는 0인 텐서입니다."""
    flat = values.new_zeros(math.prod(shape))
    flat[indices] = values
    return flat.reshape(tuple(shape))


# -- comm-feedback --------------------------------------------------------------------------------------------------------
class ErrorFeedback:
    """보내지 못한 기울기를 기억했다가 다음에 더해 보냅니다."""

    def __init__(self, k: int) -> None:
        self.k = k
        self.residual: Tensor | None = None

    def compress(self, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """남은 것을 더한 기울기에서 가장 큰 k개의 값과 자리입니다."""
        total = gradient if self.residual is None else gradient + self.residual
        values, indices = topk_compress(total, self.k)
        self.residual = total - decompress(values, indices, total.shape)
        return values, indices


# -- comm-powersgd --------------------------------------------------------------------------------------------------------
def powersgd(matrix: Tensor, rank: int, q: Tensor) -> tuple[Tensor, Tensor]:
    """거듭제곱법 한 번으로 얻은 P [m, rank]와 Q [n, rank]입니다. matrix는 P Qᵀ에 가깝습니다."""
    p = torch.linalg.qr(matrix @ q[:, :rank]).Q
    return p, matrix.T @ p


# -- comm-async -----------------------------------------------------------------------------------------------------------
def async_sgd(grad_fn: Callable[[Tensor], Tensor], w0: Tensor, lr: float, delay: int, steps: int) -> list[Tensor]:
    """delay걸음 묵은 가중치의 기울기로 내려간 가중치 steps + 1개입니다."""
    path = [w0.detach().clone()]
    for step in range(steps):
        stale = path[max(step - delay, 0)]
        path.append(path[-1] - lr * grad_fn(stale))
    return path


# -- comm-overlap ---------------------------------------------------------------------------------------------------------
def overlap_makespan(buckets: Iterable[tuple[float, float]]) -> float:
    """통신과 계산을 겹쳤을 때 모두 끝나는 때입니다."""
    ready = sent = 0.0
    for compute, communicate in buckets:
        ready += compute
        sent = max(ready, sent) + communicate
    return max(ready, sent)


# -- exp-compression ------------------------------------------------------------------------------------------------------
def compression_conclusions(methods: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """압축에 대한 결론 feedback과 saved를 돌려줍니다."""
    last = {row["method"]: place for place, row in enumerate(methods)}
    dense, topk, feedback = last["dense"], last["topk"], last["feedback"]
    return {
        "feedback": {
            "rows": [topk, feedback],
            "direction": direction(methods[topk]["loss"], methods[feedback]["loss"]),
            "same_bytes": methods[topk]["bytes"] == methods[feedback]["bytes"],
        },
        "saved": {"rows": [dense, feedback], "factor": methods[dense]["bytes"] / methods[feedback]["bytes"]},
    }


# -- exp-delay ------------------------------------------------------------------------------------------------------------
def delay_conclusions(delays: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """지연에 대한 결론 delay-bound와 delay-loss를 돌려줍니다."""
    order = sorted(range(len(delays)), key=lambda place: delays[place]["delay"])
    ratios = [delays[place]["largest"] / (2 * math.sin(math.pi / (2 * (2 * delays[place]["delay"] + 1)))) for place in order]
    (fresh,) = [row["loss"] for row in delays if row["delay"] == 0]
    return {
        "delay-bound": {"rows": order, "worst": max(abs(ratio - 1) for ratio in ratios)},
        "delay-loss": {"rows": [place for place in order if delays[place]["loss"] > fresh + 0.1]},
    }


# -- exp-overlap ----------------------------------------------------------------------------------------------------------
def overlap_conclusions(overlap: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """중첩에 대한 결론 overlap-best와 overlap-gain을 돌려줍니다."""
    best = min(range(len(overlap)), key=lambda place: overlap[place]["overlapped"])
    row = overlap[best]
    return {
        "overlap-best": {"rows": [best], "buckets": row["buckets"]},
        "overlap-gain": {"rows": [best], "factor": row["sequential"] / row["overlapped"]},
    }


# -- theory-ring ----------------------------------------------------------------------------------------------------------
def answer_ring(world: int, size: float, alpha: float, beta: float) -> dict[str, object]:
    """고리 올리듀스의 시간과 두 항이 같아지는 곳을 답합니다."""
    return {
        "seconds": 2 * (world - 1) * alpha + 2 * (world - 1) / world * size / beta,
        "crossing": size / (alpha * beta),
        "limit": 2 * size / beta,
        "formula": "2*(N-1)*a + 2*(N-1)/N*S/b",
    }


# -- theory-shards --------------------------------------------------------------------------------------------------------
def answer_shards(sizes: Sequence[int], means: Sequence[float]) -> dict[str, object]:
    """전체 배치의 기울기와, 잘못 합친 기울기를 답합니다."""
    whole = sum(size * mean for size, mean in zip(sizes, means, strict=True)) / sum(sizes)
    return {"whole": whole, "naive": sum(means) / len(means), "factor": len(means)}


# -- theory-bubble --------------------------------------------------------------------------------------------------------
def answer_bubble(stages: int, microbatches: int, bound: float, stage: int) -> dict[str, object]:
    """버블과, 버블을 줄이는 데 드는 마이크로배치와, 붙든 수를 답합니다."""
    least = 1
    while (stages - 1) / (least + stages - 1) > bound:
        least += 1
    return {
        "bubble": (stages - 1) / (microbatches + stages - 1),
        "least": least,
        "held": min(stages - stage, microbatches),
        "formula": "(p-1)/(m+p-1)",
    }


# -- theory-memory --------------------------------------------------------------------------------------------------------
def answer_memory(layers: int, segments: int) -> dict[str, object]:
    """체크포인팅할 때 붙드는 활성값과 가장 좋은 구간의 수를 답합니다."""
    held = {count: count + math.ceil(layers / count) for count in range(1, layers + 1)}
    return {"held": held[segments], "best": min(held, key=held.__getitem__), "formula": "2*L**0.5"}


# -- theory-underflow -----------------------------------------------------------------------------------------------------
def answer_underflow(small: float, large: float) -> dict[str, object]:
    """small을 살리는 가장 작은 지수와 large가 넘치지 않는 가장 큰 지수를 답합니다."""
    return {
        "exponent": min(k for k in range(-60, 61) if small * 2.0**k > 2.0**-25),
        "largest": max(k for k in range(-60, 61) if large * 2.0**k <= 65_504),
    }


# -- theory-update --------------------------------------------------------------------------------------------------------
def answer_update(weight: float, update: float, steps: int) -> dict[str, object]:
    """간격과, 마스터가 없을 때와 있을 때의 가중치를 답합니다."""
    alone, master = torch.tensor(weight).half(), torch.tensor(weight)
    for _ in range(steps):
        alone = (alone.float() + update).half()
        master = master + update
    spacing = 2.0 ** (math.floor(math.log2(abs(weight))) - 10)
    return {"spacing": spacing, "alone": alone.item(), "master": master.half().item()}


# -- theory-scaler --------------------------------------------------------------------------------------------------------
def answer_scaler(init_scale: float, growth_interval: int, overflows: Sequence[bool]) -> dict[str, object]:
    """마지막 스케일, 내디딘 걸음의 수, 가장 컸던 스케일을 답합니다."""
    scale, run, peak = init_scale, 0, init_scale
    for overflowed in overflows:
        if overflowed:
            scale, run = scale / 2, 0
        else:
            run += 1
            if run == growth_interval:
                scale, run = scale * 2, 0
        peak = max(peak, scale)
    return {"scale": scale, "taken": sum(not overflowed for overflowed in overflows), "peak": peak}


# -- theory-lowrank -------------------------------------------------------------------------------------------------------
def answer_lowrank(m: int, n: int, rank: int) -> dict[str, object]:
    """보내는 비율과 식, 이득이 있는 가장 큰 계수를 답합니다."""
    return {"share": rank * (m + n) / (m * n), "formula": "r*(m+n)/(m*n)", "largest": (m * n - 1) // (m + n)}


# -- theory-delay ---------------------------------------------------------------------------------------------------------
def answer_delay(curvature: float, delay: int) -> dict[str, object]:
    """지연이 있을 때와 없을 때의 학습률의 경계를 답합니다."""
    return {
        "bound": 2 * math.sin(math.pi / (2 * (2 * delay + 1))) / curvature,
        "formula": "2*sin(pi/(2*(2*t+1)))/L",
        "fresh": 2 / curvature,
    }


# -- theory-overlap -------------------------------------------------------------------------------------------------------
def answer_overlap(buckets: Sequence[tuple[float, float]]) -> dict[str, object]:
    """겹쳤을 때와 겹치지 않았을 때 끝나는 때, 기다린 시간을 답합니다."""
    ready = sent = waited = 0.0
    for compute, communicate in buckets:
        ready += compute
        waited += max(sent - ready, 0.0)
        sent = max(ready, sent) + communicate
    return {
        "makespan": max(ready, sent),
        "sequential": sum(compute + communicate for compute, communicate in buckets),
        "waited": waited,
    }


# -- bonus-zero-memory ----------------------------------------------------------------------------------------------------
def zero_memory(parameters: int, world: int, stage: int) -> float:
    """ZeRO의 단계마다, 랭크 하나가 갖는 모델 상태의 바이트입니다."""
    kept = {0: 16, 1: 4, 2: 2, 3: 0}
    if stage not in kept:
        raise ValueError(f"ZeRO의 단계는 0, 1, 2, 3입니다: {stage}")
    return parameters * (kept[stage] + (16 - kept[stage]) / world)


# -- bonus-zero -----------------------------------------------------------------------------------------------------------
class ZeroAdamW:
    """최적화기의 상태를 랭크가 나누어 갖는 AdamW입니다."""

    def __init__(
        self,
        weights: Tensor,
        world: int,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        self.world, self.lr, self.betas, self.eps, self.weight_decay = world, lr, betas, eps, weight_decay
        self.steps = 0
        self.weights = weights.detach().clone()
        zeros = torch.zeros_like(self.split(self.weights)[0])
        self.states = [{"exp_avg": zeros.clone(), "exp_avg_sq": zeros.clone()} for _ in range(world)]

    def split(self, flat: Tensor) -> Sequence[Tensor]:
        """한 줄을 0으로 채워 랭크의 수만큼 똑같이 자릅니다."""
        size = math.ceil(flat.numel() / self.world)
        padded = functional.pad(flat, (0, size * self.world - flat.numel()))
        return list(padded.reshape(self.world, size).unbind())

    def step(self, gradients: Sequence[Tensor]) -> Tensor:
        """기울기의 평균으로 한 번 갱신하고 새 가중치를 돌려줍니다."""
        self.steps += 1
        mean = torch.stack([gradient.detach() for gradient in gradients]).mean(0)
        pieces = [piece.clone() for piece in self.split(self.weights)]
        for piece, gradient, state in zip(pieces, self.split(mean), self.states, strict=True):
            self.update(piece, gradient, state)
        self.weights = torch.cat(pieces)[: self.weights.numel()]
        return self.weights.clone()

    def update(self, weights: Tensor, gradient: Tensor, state: dict[str, Tensor]) -> None:
        """조각 하나를 제자리에서 갱신합니다."""
        beta1, beta2 = self.betas
        weights.mul_(1 - self.lr * self.weight_decay)
        state["exp_avg"].mul_(beta1).add_(gradient, alpha=1 - beta1)
        state["exp_avg_sq"].mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        corrected = state["exp_avg"] / (1 - beta1**self.steps)
        spread = (state["exp_avg_sq"] / (1 - beta2**self.steps)).sqrt() + self.eps
        weights.sub_(self.lr * corrected / spread)

    def state(self, rank: int) -> dict[str, Tensor]:
        """랭크 하나가 갖는 모멘텀과 분산입니다."""
        return self.states[rank]


# -- bonus-moe-route ------------------------------------------------------------------------------------------------------
def route(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """토큰마다 가장 그럴듯한 전문가 k개의, 합이 1인 무게와 번호입니다."""
    best, experts = logits.topk(k, dim=-1)
    return best.softmax(dim=-1), experts


def load_balancing_loss(logits: Tensor, experts: Tensor) -> Tensor:
    """고르게 나누어지면 1인 보조 손실입니다."""
    number = logits.shape[-1]
    assigned = torch.bincount(experts.flatten(), minlength=number) / experts.numel()
    return number * (assigned * logits.softmax(dim=-1).mean(0)).sum()


# -- bonus-moe ------------------------------------------------------------------------------------------------------------
def within_capacity(experts: Tensor, number: int, capacity: int) -> Tensor:
    """자리를 얻은 배정이 True인 Bool [N, k]입니다. 첫째 선택이 모두 먼저입니다."""
    queue = experts.T.flatten()
    arrivals = functional.one_hot(queue, number).cumsum(0)
    turns = arrivals.gather(1, queue[:, None])[:, 0]
    return (turns <= capacity).view(experts.T.shape).T


def moe_output(x: Tensor, weights: Tensor, experts: Tensor, kept: Tensor, networks: Sequence[Callable[[Tensor], Tensor]]) -> Tensor:
    """남은 배정마다 전문가의 출력을 무게로 더한 [N, d]입니다."""
    output = torch.zeros_like(x)
    for number, network in enumerate(networks):
        tokens, choices = ((experts == number) & kept).nonzero(as_tuple=True)
        if len(tokens):
            output = output.index_add(0, tokens, network(x[tokens]) * weights[tokens, choices].unsqueeze(-1))
    return output


# -- bonus-fsdp-flat ------------------------------------------------------------------------------------------------------
def flat_shards(tensors: Sequence[Tensor], world: int) -> list[Tensor]:
    """한 줄로 이어 0으로 채우고 랭크의 수만큼 똑같이 자릅니다."""
    flat = torch.cat([tensor.detach().flatten() for tensor in tensors])
    size = math.ceil(flat.numel() / world)
    padded = functional.pad(flat, (0, size * world - flat.numel()))
    return [piece.clone() for piece in padded.reshape(world, size)]


def unflatten(flat: Tensor, shapes: Sequence[tuple[int, ...]]) -> list[Tensor]:
    """한 줄의 앞에서부터 주어진 모양의 텐서를 차례로 꺼냅니다."""
    found, start = [], 0
    for shape in shapes:
        size = math.prod(shape)
        found.append(flat[start : start + size].reshape(shape))
        start += size
    return found


# -- bonus-fsdp -----------------------------------------------------------------------------------------------------------
def fsdp_gradients(
    units: Sequence[nn.Module],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    batches: Sequence[tuple[Tensor, Tensor]],
    log: ShardLog,
) -> list[list[Tensor]]:
    """단위를 하나씩만 모아 계산한, 단위마다 랭크마다 하나인 기울기 조각입니다."""
    count = len(batches)
    shards = [flat_shards(list(unit.parameters()), count) for unit in units]
    entered, current = [], [inputs for inputs, _ in batches]
    for place, unit in enumerate(units):
        entered.append(current)
        whole = log.all_gather(place, shards[place])
        with torch.no_grad():
            current = [run_unit(unit, whole, x) for x in current]
        log.free(place)

    arriving = []
    for output, (_, targets) in zip(current, batches, strict=True):
        leaf = output.detach().requires_grad_()
        arriving.append(torch.autograd.grad(loss_fn(leaf, targets) / count, leaf)[0])

    gradients: list[list[Tensor]] = []
    for place in reversed(range(len(units))):
        whole = log.all_gather(place, shards[place]).requires_grad_()
        of_flat, of_inputs = [], []
        for x, incoming in zip(entered[place], arriving, strict=True):
            leaves = [whole] if place == 0 else [whole, x.detach().requires_grad_()]
            output = run_unit(units[place], whole, x if place == 0 else leaves[1])
            found = torch.autograd.grad(output, leaves, incoming)
            of_flat.append(found[0])
            of_inputs.append(found[-1])
        gradients.append(log.reduce_scatter(place, of_flat))
        log.free(place)
        arriving = of_inputs
    return gradients[::-1]

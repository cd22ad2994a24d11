"""Right by other means: strided shards, a ring to the left with padded chunks, events in a heap, layers that slice one weight."""

import heapq
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.kit.distributed import Task, Timeline, Transport


def shard(n: int, world: int, rank: int) -> list[int]:
    """예 n개 가운데 이 랭크가 맡을 번호를 돌려줍니다."""
    return list(range(rank, n, world))


def ring_all_reduce(tensors: Sequence[Tensor], transport: Transport) -> list[Tensor]:
    """랭크마다 하나씩 준 텐서의 합을, 이웃에게만 보내어 랭크마다 하나씩 돌려줍니다."""
    world = len(tensors)
    size = math.ceil(tensors[0].numel() / world)
    rows = [functional.pad(tensor.flatten(), (0, size * world - tensor.numel())).reshape(world, size).clone() for tensor in tensors]
    left = [(rank - 1) % world for rank in range(world)]

    def pass_on(chunk_of, combine):
        for rank in range(world):
            transport.send(rank, left[rank], rows[rank][chunk_of(rank)])
        for rank in range(world):
            right = (rank + 1) % world
            received = transport.recv(right, rank)
            rows[rank][chunk_of(right)] = combine(rows[rank][chunk_of(right)], received)
        transport.barrier()

    for step in range(world - 1):
        pass_on(lambda rank, step=step: (rank + step) % world, torch.add)
    for step in range(world - 1):
        pass_on(lambda rank, step=step: (rank + step - 1) % world, lambda _, received: received)
    return [row.flatten()[: tensor.numel()].reshape(tensor.shape).clone() for row, tensor in zip(rows, tensors, strict=True)]


def ddp_gradients(
    model: nn.Module, loss_fn: Callable[[Tensor, Tensor], Tensor], batches: Sequence[tuple[Tensor, Tensor]]
) -> dict[str, Tensor]:
    """랭크마다 계산한 기울기를 합쳐 전체 배치의 기울기를 돌려줍니다."""
    saved = {name: parameter.grad for name, parameter in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    total = sum(len(inputs) for inputs, _ in batches)
    for inputs, targets in batches:
        if len(inputs):
            (loss_fn(model(inputs), targets) * len(inputs) / total).backward()
    found = {name: parameter.grad for name, parameter in model.named_parameters()}
    for name, parameter in model.named_parameters():
        parameter.grad = saved[name]
    return found


def ring_seconds(world: int, size: float, alpha: float, beta: float) -> float:
    """size바이트를 고리 올리듀스하는 시간(초)입니다. alpha는 초, beta는 바이트/초입니다."""
    steps = 2 * (world - 1)
    return steps * alpha + steps * size / (world * beta)


def make_schedule(kind: str, stages: int, microbatches: int) -> list[list[tuple[str, int]]]:
    """스테이지마다 할 일의 순서를 돌려줍니다. kind는 "gpipe"나 "1f1b"입니다."""
    if kind == "gpipe":
        numbers = range(microbatches)
        return [[("F", i) for i in numbers] + [("B", i) for i in reversed(numbers)] for _ in range(stages)]
    if kind != "1f1b":
        raise ValueError(kind)
    schedule = []
    for stage in range(stages):
        order, forward, backward = [], 0, 0
        while backward < microbatches:
            if forward < microbatches and forward - backward < stages - stage:
                order.append(("F", forward))
                forward += 1
            else:
                order.append(("B", backward))
                backward += 1
        schedule.append(order)
    return schedule


def simulate(schedule: Sequence[Sequence[tuple[str, int]]], t_f: float, t_b: float) -> Timeline:
    """Events in the order of their time."""
    stages = len(schedule)
    place, busy_until, done, tasks = [0] * stages, [0.0] * stages, set(), []
    events = [(0.0, -1, "", -1)]
    while events:
        now = events[0][0]
        while events and events[0][0] == now:
            _, stage, kind, number = heapq.heappop(events)
            done.add((stage, kind, number))
        for stage, order in enumerate(schedule):
            if place[stage] == len(order) or busy_until[stage] > now:
                continue
            kind, number = order[place[stage]]
            if kind == "F":
                able = stage == 0 or (stage - 1, "F", number) in done
            else:
                able = (stage, "F", number) in done and (stage == stages - 1 or (stage + 1, "B", number) in done)
            if able:
                busy_until[stage] = now + (t_f if kind == "F" else t_b)
                tasks.append(Task(stage, kind, number, now, busy_until[stage]))
                heapq.heappush(events, (busy_until[stage], stage, kind, number))
                place[stage] += 1
    if any(place[stage] < len(order) for stage, order in enumerate(schedule)):
        raise ValueError("deadlock")
    makespan = max(busy_until)
    idle = sum(makespan - sum(t.end - t.start for t in tasks if t.stage == stage) for stage in range(stages))
    peaks = []
    for order in schedule:
        signs = torch.tensor([1 if kind == "F" else -1 for kind, _ in order])
        peaks.append(int(signs.cumsum(0).max()))
    return Timeline(tasks, makespan, idle / stages / makespan, peaks)


class ColumnParallelLinear(nn.Module):
    """One whole weight, of which each rank uses its rows."""

    def __init__(self, linear: nn.Linear, world: int, gather_output: bool) -> None:
        super().__init__()
        self.whole = nn.Linear(linear.in_features, linear.out_features, bias=linear.bias is not None)
        self.whole.load_state_dict(linear.state_dict())
        self.world, self.gather_output = world, gather_output

    @classmethod
    def from_dense(cls, linear: nn.Linear, world: int, gather_output: bool = True) -> "ColumnParallelLinear":
        """나누지 않은 층에서 만듭니다."""
        return cls(linear, world, gather_output)

    def forward(self, x: Tensor) -> Tensor | list[Tensor]:
        """이어 붙인 출력, 또는 랭크마다 하나인 출력의 목록입니다."""
        size = math.ceil(self.whole.out_features / self.world)
        parts = []
        for rank in range(self.world):
            mine = slice(rank * size, (rank + 1) * size)
            part = x @ self.whole.weight[mine].T
            parts.append(part if self.whole.bias is None else part + self.whole.bias[mine])
        return torch.cat(parts, dim=-1) if self.gather_output else parts

    def dense_grads(self) -> dict[str, Tensor]:
        """나누지 않은 층의 모양으로 이어 붙인 기울기입니다."""
        return {name: parameter.grad for name, parameter in self.whole.named_parameters()}


class RowParallelLinear(nn.Module):
    """One whole weight, of which each rank uses its columns; the sum is one stacked tensor's."""

    def __init__(self, linear: nn.Linear, world: int, input_is_parallel: bool) -> None:
        super().__init__()
        self.whole = nn.Linear(linear.in_features, linear.out_features, bias=linear.bias is not None)
        self.whole.load_state_dict(linear.state_dict())
        self.world, self.input_is_parallel = world, input_is_parallel

    @classmethod
    def from_dense(cls, linear: nn.Linear, world: int, input_is_parallel: bool = False) -> "RowParallelLinear":
        """나누지 않은 층에서 만듭니다."""
        return cls(linear, world, input_is_parallel)

    def forward(self, x: Tensor | Sequence[Tensor]) -> Tensor:
        """랭크마다 자기 몫의 입력으로 계산한 것을 더합니다."""
        size = math.ceil(self.whole.in_features / self.world)
        if not self.input_is_parallel:
            x = [x[..., rank * size : (rank + 1) * size] for rank in range(self.world)]
        partial = [part @ self.whole.weight[:, rank * size : (rank + 1) * size].T for rank, part in enumerate(x)]
        total = torch.stack(partial).sum(0)
        return total + self.whole.bias if self.whole.bias is not None else total

    def dense_grads(self) -> dict[str, Tensor]:
        """나누지 않은 층의 모양으로 이어 붙인 기울기입니다."""
        return {name: parameter.grad for name, parameter in self.whole.named_parameters()}


def parallel_mlp(column: ColumnParallelLinear, row: RowParallelLinear, x: Tensor) -> Tensor:
    """두 층과 그 사이의 GELU를, 사이에서 통신하지 않고 계산합니다."""
    return row(list(map(functional.gelu, column(x))))


def checkpointed_memory(layers: int, segments: int) -> int:
    """segments구간으로 나누어 체크포인팅할 때 붙드는 활성값의 수입니다."""
    if segments < 1 or segments > layers:
        raise ValueError("segments")
    return segments + max(len(range(start, layers, segments)) for start in range(segments))


def stage_memory(parameters: int, layers: int, activation: int, in_flight: int, segments: int | None = None) -> int:
    """파이프라인 스테이지 하나가 가장 많이 쓸 때의 바이트입니다."""
    state = (2 + 2 + 4 + 4 + 4) * parameters
    if segments is None:
        return state + in_flight * layers * activation
    return state + activation * (in_flight * segments - (-layers // segments))


def zero_memory(parameters: int, world: int, stage: int) -> float:
    """ZeRO의 단계마다, 랭크 하나가 갖는 모델 상태의 바이트입니다."""
    if stage not in (0, 1, 2, 3):
        raise ValueError("stage")
    owners = [world if stage >= first else 1 for first in (3, 2, 1)]
    return sum(size * parameters / owner for size, owner in zip((2, 2, 12), owners, strict=True))


class ZeroAdamW:
    """Each rank runs torch's own formulas on its shard, kept as rows of one matrix."""

    def __init__(
        self,
        weights: Tensor,
        world: int,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-08,
        weight_decay: float = 0.01,
    ) -> None:
        self.size, self.rows = weights.numel(), -(-weights.numel() // world)
        self.weights = self.matrix(weights.detach(), world)
        self.first, self.second = torch.zeros_like(self.weights), torch.zeros_like(self.weights)
        self.world, self.lr, self.betas, self.eps, self.weight_decay, self.count = world, lr, betas, eps, weight_decay, 0

    def matrix(self, flat, world):
        padded = flat.new_zeros(world * self.rows)
        padded[: len(flat)] = flat
        return padded.reshape(world, self.rows)

    def step(self, gradients: Sequence[Tensor]) -> Tensor:
        """기울기의 평균으로 한 번 갱신하고 새 가중치를 돌려줍니다."""
        self.count += 1
        gradient = self.matrix(sum(gradients) / self.world, self.world)
        b1, b2 = self.betas
        self.first = b1 * self.first + (1 - b1) * gradient
        self.second = b2 * self.second + (1 - b2) * gradient.square()
        scale = self.lr * math.sqrt(1 - b2**self.count) / (1 - b1**self.count)
        change = scale * self.first / (self.second.sqrt() + self.eps * math.sqrt(1 - b2**self.count))
        self.weights = self.weights * (1 - self.lr * self.weight_decay) - change
        return self.weights.flatten()[: self.size].clone()

    def state(self, rank: int) -> dict[str, Tensor]:
        """랭크 하나가 갖는 모멘텀과 분산입니다."""
        return {"exp_avg": self.first[rank], "exp_avg_sq": self.second[rank]}


def flat_shards(tensors: Sequence[Tensor], world: int) -> list[Tensor]:
    """한 줄로 이어 0으로 채우고 랭크의 수만큼 똑같이 자릅니다."""
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors]).detach()
    size = -(-len(flat) // world)
    whole = torch.zeros(world, size, dtype=flat.dtype)
    whole.view(-1)[: len(flat)] = flat
    return [row.clone() for row in whole]


def unflatten(flat: Tensor, shapes: Sequence[tuple[int, ...]]) -> list[Tensor]:
    """한 줄의 앞에서부터 주어진 모양의 텐서를 차례로 꺼냅니다."""
    found = []
    for shape in shapes:
        size = math.prod(shape)
        found.append(flat[:size].view(shape))
        flat = flat[size:]
    return found

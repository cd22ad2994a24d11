"""Right by other means: answers that are counted or tried out, conclusions by loops, FSDP with vector-Jacobian products."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.kit.distributed import LINKS, ShardLog

Row = Mapping[str, Any]


# -- conclusions ------------------------------------------------------------------------------------------------------


def direction(first: float, last: float) -> str:
    """값이 커졌으면 "up", 아니면 "down"입니다."""
    return "down" if first >= last else "up"


def found(table: Sequence[Row], **wanted: Any) -> list[int]:
    """Numbers of the rows that have these values."""
    return [number for number, row in enumerate(table) if all(row[name] == value for name, value in wanted.items())]


def link_conclusions(ring: Sequence[Row], links: Sequence[Row]) -> dict[str, dict[str, object]]:
    """통신에 대한 결론 traffic, ethernet, crossing을 돌려줍니다."""
    worlds, most = [row["world"] for row in ring], 0.0
    ends = [worlds.index(min(worlds)), worlds.index(max(worlds))]
    for row in ring:
        most = max(most, row["share"])
    of_ethernet = found(links, link="ethernet")
    first = min(of_ethernet, key=lambda number: links[number]["world"])
    last = max(of_ethernet, key=lambda number: links[number]["world"])
    nearest, world = "", math.inf
    for name, link in LINKS.items():
        crossing = links[0]["bytes"] / (link.alpha * link.beta)
        if crossing < world:
            nearest, world = name, crossing
    return {
        "traffic": {"rows": ends, "direction": direction(ring[ends[0]]["share"], ring[ends[1]]["share"]), "most": most},
        "ethernet": {"rows": [first, last], "factor": links[last]["seconds"] / links[first]["seconds"]},
        "crossing": {"link": nearest, "world": world},
    }


def stage_conclusions(table: Sequence[Row]) -> dict[str, dict[str, object]]:
    """일정과 메모리에 대한 결론 same-time, bubble, held, memory-saved를 돌려줍니다."""
    most = max(row["microbatches"] for row in table)
    least = min(row["microbatches"] for row in table if row["kind"] == "1f1b")
    (gpipe,) = found(table, kind="gpipe", microbatches=most)
    (last,) = found(table, kind="1f1b", microbatches=most)
    (first,) = found(table, kind="1f1b", microbatches=least)
    enough = sorted(
        (number for number in found(table, kind="1f1b") if not table[number]["microbatches"] < table[number]["stages"]),
        key=lambda number: table[number]["microbatches"],
    )
    peak = 0
    for number in enough:
        peak = max(peak, table[number]["peaks"][0])
    return {
        "same-time": {"rows": [gpipe, last], "equal": table[gpipe]["makespan"] - table[last]["makespan"] == 0},
        "bubble": {
            "rows": [first, last],
            "direction": direction(table[first]["bubble"], table[last]["bubble"]),
            "last": table[last]["bubble"],
        },
        "held": {"rows": enough, "peak": peak},
        "memory-saved": {"rows": [gpipe, last], "bytes": table[gpipe]["memory"][0] - table[last]["memory"][0]},
    }


def mixed_conclusions(shares: Sequence[Row], precision: Sequence[Row]) -> dict[str, dict[str, object]]:
    """혼합 정밀도에 대한 결론 safe-scales, scaling, masters를 돌려줍니다."""
    safe = []
    for number, row in enumerate(shares):
        if row["overflowed"] > 0 or row["flushed"] >= 0.01:
            continue
        safe.append(number)
    pair = [*found(precision, arm="mixed", rate=0.1), *found(precision, arm="unscaled", rate=0.1)]
    slow = {arm: found(precision, arm=arm, rate=0.001)[0] for arm in ("float32", "mixed", "masterless")}
    gained = {arm: precision[number]["first_loss"] - precision[number]["last_loss"] for arm, number in slow.items()}
    return {
        "safe-scales": {"rows": safe},
        "scaling": {"rows": pair, "direction": direction(*(precision[number]["last_loss"] for number in pair))},
        "masters": {"rows": list(slow.values()), "lost": (gained["mixed"] - gained["masterless"]) / gained["mixed"]},
    }


def compression_conclusions(methods: Sequence[Row]) -> dict[str, dict[str, object]]:
    """압축에 대한 결론 feedback과 saved를 돌려줍니다."""
    dense, topk, feedback = (max(found(methods, method=name), key=lambda n: methods[n]["step"]) for name in ("dense", "topk", "feedback"))
    return {
        "feedback": {
            "rows": [topk, feedback],
            "direction": direction(methods[topk]["loss"], methods[feedback]["loss"]),
            "same_bytes": methods[topk]["bytes"] - methods[feedback]["bytes"] == 0,
        },
        "saved": {"rows": [dense, feedback], "factor": methods[dense]["bytes"] / methods[feedback]["bytes"]},
    }


def delay_conclusions(delays: Sequence[Row]) -> dict[str, dict[str, object]]:
    """지연에 대한 결론 delay-bound와 delay-loss를 돌려줍니다."""
    order, worst = sorted(range(len(delays)), key=lambda number: delays[number]["delay"]), 0.0
    for row in delays:
        bound = 2 * math.sin(math.pi / (2 * (2 * row["delay"] + 1)))
        worst = max(worst, abs(row["largest"] - bound) / bound)
    none = delays[order[0]]["loss"]
    return {"delay-bound": {"rows": order, "worst": worst}, "delay-loss": {"rows": [n for n in order if delays[n]["loss"] - none > 0.1]}}


def overlap_conclusions(overlap: Sequence[Row]) -> dict[str, dict[str, object]]:
    """중첩에 대한 결론 overlap-best와 overlap-gain을 돌려줍니다."""
    times = [row["overlapped"] for row in overlap]
    best = times.index(min(times))
    return {
        "overlap-best": {"rows": [best], "buckets": overlap[best]["buckets"]},
        "overlap-gain": {"rows": [best], "factor": overlap[best]["sequential"] / times[best]},
    }


# -- answers ----------------------------------------------------------------------------------------------------------


def answer_ring(world: int, size: float, alpha: float, beta: float) -> dict[str, object]:
    """고리 올리듀스의 시간과 두 항이 같아지는 곳을 답합니다."""
    seconds = 0.0
    for _ in range(world - 1):  # one step that adds, one that only passes on
        seconds += 2 * (alpha + size / world / beta)
    return {"seconds": seconds, "crossing": size / alpha / beta, "limit": size / beta * 2, "formula": "2*(N-1)*(a + S/(N*b))"}


def answer_shards(sizes: Sequence[int], means: Sequence[float]) -> dict[str, object]:
    """전체 배치의 기울기와, 잘못 합친 기울기를 답합니다."""
    every = [mean for size, mean in zip(sizes, means, strict=True) for _ in range(size)]
    return {"whole": sum(every) / len(every), "naive": sum(means) / 3, "factor": 3}


def answer_bubble(stages: int, microbatches: int, bound: float, stage: int) -> dict[str, object]:
    """버블과, 버블을 줄이는 데 드는 마이크로배치와, 붙든 수를 답합니다."""
    least = 1
    while stages - 1 > bound * (least + stages - 1):
        least += 1
    held = stages - stage if stages - stage < microbatches else microbatches
    return {"bubble": 1 - microbatches / (microbatches + stages - 1), "least": least, "held": held, "formula": "1 - m/(m + p - 1)"}


def answer_memory(layers: int, segments: int) -> dict[str, object]:
    """체크포인팅할 때 붙드는 활성값과 가장 좋은 구간의 수를 답합니다."""
    best = min(range(1, layers + 1), key=lambda k: k + layers / k)
    return {"held": segments + layers // segments, "best": best, "formula": "sqrt(4*L)"}


def answer_scaler(init_scale: float, growth_interval: int, overflows: Sequence[bool]) -> dict[str, object]:
    """마지막 스케일, 내디딘 걸음의 수, 가장 컸던 스케일을 답합니다."""
    scale, run, peak = init_scale, "", init_scale
    for overflowed in overflows:
        run += "x" if overflowed else "o"
        if overflowed:
            scale, run = scale * 0.5, ""
        if len(run) == growth_interval:
            scale, run = scale * 2, ""
        peak = max(peak, scale)
    return {"scale": scale, "taken": overflows.count(False), "peak": peak}


def answer_overlap(buckets: Sequence[tuple[float, float]]) -> dict[str, object]:
    """겹쳤을 때와 겹치지 않았을 때 끝나는 때, 기다린 시간을 답합니다."""
    ready = [sum(compute for compute, _ in buckets[: number + 1]) for number in range(len(buckets))]
    starts: list[float] = []
    for number, moment in enumerate(ready):
        starts.append(max(moment, starts[-1] + buckets[number - 1][1]) if starts else moment)
    waited = sum(start - moment for start, moment in zip(starts, ready, strict=True))
    sequential = ready[-1] + sum(communicate for _, communicate in buckets)
    return {"makespan": starts[-1] + buckets[-1][1], "sequential": sequential, "waited": waited}


# -- fully sharded ----------------------------------------------------------------------------------------------------


def applied(unit: nn.Module, flat: Tensor, x: Tensor) -> Tensor:
    """The unit's output where its parameters stand one after the other in ``flat``."""
    names, place = {}, 0
    for name, parameter in unit.named_parameters():
        names[name] = flat[place : place + parameter.numel()].view_as(parameter)
        place += parameter.numel()
    return torch.func.functional_call(unit, names, (x,))


def fsdp_gradients(
    units: Sequence[nn.Module], loss_fn: Callable[[Tensor, Tensor], Tensor], batches: Sequence[tuple[Tensor, Tensor]], log: ShardLog
) -> list[list[Tensor]]:
    """단위를 하나씩만 모아 계산한, 단위마다 랭크마다 하나인 기울기 조각입니다."""
    world, shards = len(batches), []
    for unit in units:
        flat = nn.utils.parameters_to_vector(unit.parameters()).detach()
        shards.append(list(functional.pad(flat, (0, -flat.numel() % world)).split(-(-flat.numel() // world))))
    kept = {(0, rank): x for rank, (x, _) in enumerate(batches)}
    for place, unit in enumerate(units):
        flat = log.all_gather(place, shards[place])
        for rank in range(world):
            kept[place + 1, rank] = applied(unit, flat, kept[place, rank]).detach()
        log.free(place)
    behind = [
        torch.func.grad(lambda out, target=target: loss_fn(out, target) / world)(kept[len(units), rank])
        for rank, (_, target) in enumerate(batches)
    ]
    result: dict[int, list[Tensor]] = {}
    for place in range(len(units) - 1, -1, -1):
        flat, of_flat = log.all_gather(place, shards[place]), []
        for rank in range(world):
            _, pull = torch.func.vjp(lambda flat, x, unit=units[place]: applied(unit, flat, x), flat, kept[place, rank])
            found_here, behind[rank] = pull(behind[rank])
            of_flat.append(found_here.detach())
        result[place] = log.reduce_scatter(place, of_flat)
        log.free(place)
    return [result[place] for place in range(len(units))]

"""Pipeline parallelism: GPipe and 1F1B schedules, their simulation, and a judge of schedules that simulates nothing.

A schedule is, for each stage, the order of its work: ``("F" | "B", microbatch)``. Transfers between stages take no time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from course_lib.kit.distributed import Task, Timeline

Work = tuple[str, int]
Schedule = list[list[Work]]
Node = tuple[int, str, int]


def make_schedule(kind: str, stages: int, microbatches: int) -> Schedule:
    """A synchronous schedule.

    Args:
        kind: ``"gpipe"``: all forward passes, then all backward passes (Huang et al. 2019). ``"1f1b"``: stage s warms up with p - s - 1
            forward passes, then alternates (Narayanan et al. 2021, section 2.2.1), so that at most p - s micro-batches are in flight.

    Raises:
        ValueError: an unknown kind, or no stage or micro-batch.
    """
    if kind not in ("gpipe", "1f1b") or stages < 1 or microbatches < 1:
        raise ValueError(f"no schedule {kind!r} of {stages} stages and {microbatches} micro-batches")
    schedule = []
    for stage in range(stages):
        warm_up = microbatches if kind == "gpipe" else min(stages - stage - 1, microbatches)
        order = [("F", number) for number in range(warm_up)]
        for number in range(warm_up, microbatches):
            order += [("F", number), ("B", number - warm_up)]
        order += [("B", number) for number in range(microbatches - warm_up, microbatches)]
        schedule.append(order)
    return schedule


def simulate(schedule: Sequence[Sequence[Work]], t_f: float, t_b: float) -> Timeline:
    """Run a schedule, each piece of work as soon as its stage is free and what it needs is there.

    Args:
        t_f, t_b: seconds of a forward and a backward pass on one stage.

    Raises:
        ValueError: the stages wait for each other for ever.
    """
    stages, lasts = len(schedule), {"F": t_f, "B": t_b}
    done: dict[Node, float] = {}
    free, place = [0.0] * stages, [0] * stages
    tasks: list[Task] = []
    moved = True
    while moved:
        moved = False
        for stage, order in enumerate(schedule):
            while place[stage] < len(order):
                kind, number = order[place[stage]]
                needed = _before(stage, kind, number, stages)
                if needed is not None and needed not in done:
                    break
                start = max(free[stage], done[needed] if needed is not None else 0.0)
                free[stage] = done[stage, kind, number] = start + lasts[kind]
                tasks.append(Task(stage, kind, number, start, free[stage]))
                place[stage] += 1
                moved = True
    if any(at < len(order) for at, order in zip(place, schedule, strict=True)):
        raise ValueError(f"the stages wait for each other after {place} pieces of work")
    makespan = max(free)
    busy = sum(task.end - task.start for task in tasks)
    return Timeline(tasks, makespan, 1 - busy / (stages * makespan), [_peak(order) for order in schedule])


def _before(stage: int, kind: str, number: int, stages: int) -> Node | None:
    """What a piece of work waits for on another stage, or, at the turn, on its own."""
    if kind == "F":
        return (stage - 1, "F", number) if stage else None
    return (stage + 1, "B", number) if stage + 1 < stages else (stage, "F", number)


def _peak(order: Sequence[Work]) -> int:
    """In flight from the start of F to the end of B, so the order alone decides."""
    most = now = 0
    for kind, _ in order:
        now += 1 if kind == "F" else -1
        most = max(most, now)
    return most


# -- a judge of schedules ---------------------------------------------------------------------------------------------


def find_problem(schedule: Sequence[Sequence[Work]], stages: int, microbatches: int) -> tuple[str, Node | None] | None:
    """Why a schedule is not legal: ``("stages" | "work" | "order" | "deadlock", where)``; ``None`` where it is.

    ``"work"``: something is missing, doubled or unknown; ``"order"``: a stage runs a backward pass before its forward pass;
    ``"deadlock"``: stages wait for each other.
    """
    if len(schedule) != stages:
        return "stages", None
    every = {(kind, number) for kind in "FB" for number in range(microbatches)}
    for stage, order in enumerate(schedule):
        if wrong := every.symmetric_difference(order) or {work for work in order if list(order).count(work) > 1}:
            return "work", (stage, *min(wrong, key=lambda work: (work[1], work[0] != "F")))
        for number in range(microbatches):
            if list(order).index(("B", number)) < list(order).index(("F", number)):
                return "order", (stage, "B", number)
    finished = _topological(schedule)
    stuck = [(stage, *work) for stage, order in enumerate(schedule) for work in order if (stage, *work) not in set(finished)]
    return ("deadlock", stuck[0]) if stuck else None


def longest_path(schedule: Sequence[Sequence[Work]], t_f: float, t_b: float) -> dict[Node, float]:
    """When each piece of work ends, as the longest path through the graph of a legal schedule: makespan without a simulation."""
    edges, ends = _predecessors(schedule), {}
    for node in _topological(schedule):
        ends[node] = max((ends[before] for before in edges[node]), default=0.0) + (t_f if node[1] == "F" else t_b)
    return ends


def _predecessors(schedule: Sequence[Sequence[Work]]) -> dict[Node, list[Node]]:
    edges: dict[Node, list[Node]] = {}
    for stage, order in enumerate(schedule):
        for place, (kind, number) in enumerate(order):
            earlier = [(stage, *order[place - 1])] if place else []
            across = _before(stage, kind, number, len(schedule))
            edges[stage, kind, number] = earlier + ([across] if across is not None else [])
    return edges


def _topological(schedule: Sequence[Sequence[Work]]) -> list[Node]:
    """Kahn's algorithm: what can run, in an order in which it can; work in a circle is missing."""
    edges = _predecessors(schedule)
    waiting = {node: len(before) for node, before in edges.items()}
    after: dict[Node, list[Node]] = {node: [] for node in edges}
    for node, before in edges.items():
        for earlier in before:
            after.setdefault(earlier, []).append(node)
    ready, found = deque(node for node, count in waiting.items() if count == 0), []
    while ready:
        found.append(node := ready.popleft())
        for later in after[node]:
            waiting[later] -= 1
            if waiting[later] == 0:
                ready.append(later)
    return found

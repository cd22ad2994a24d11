"""Wrong solutions of parallel training whose fault is their quality."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
    Mutant(
        name="element_by_element",
        misconception="원소마다 더한다",
        source="""
right_ring = ring_all_reduce


def ring_all_reduce(tensors, transport):
    copies = []
    for tensor in tensors:
        values = [value + 0.0 for value in tensor.flatten()]
        copies.append(torch.stack(values).reshape(tensor.shape) if values else tensor)
    return right_ring(copies, transport)
""",
        loses=("quality-growth",),
        message="원소가 40개에서 240개로",
    ),
    Mutant(
        name="example_by_example",
        misconception="예마다 미분한다",
        source="""
def ddp_gradients(model, loss_fn, batches):
    pairs = [(x[i : i + 1], y[i : i + 1]) for x, y in batches for i in range(len(x))]
    summed = {name: torch.zeros_like(parameter) for name, parameter in model.named_parameters()}
    for x, y in pairs:
        gradients = torch.autograd.grad(loss_fn(model(x), y), list(model.parameters()), allow_unused=True)
        for name, gradient in zip(summed, gradients):
            if gradient is not None:
                summed[name] += gradient / len(pairs)
    return summed
""",
        loses=("quality-growth",),
        message="랭크마다 한 번입니다",
    ),
    Mutant(
        name="everything_looked_at_again",
        misconception="할 수 있는 일이 있는지 처음부터 다시 살핀다",
        source="""
def simulate(schedule, t_f, t_b):
    stages, seconds = len(schedule), {"F": t_f, "B": t_b}
    tasks = []
    while len(tasks) < sum(map(len, schedule)):
        found = None
        for stage in range(stages):
            mine = []
            for task in tasks:
                if task.stage == stage:
                    mine.append(task)
            if len(mine) == len(schedule[stage]):
                continue
            kind, microbatch = schedule[stage][len(mine)]
            needed = needed_for(stage, kind, microbatch, stages)
            start = mine[-1].end if mine else 0.0
            there = needed is None
            for task in tasks:
                if (task.stage, task.kind, task.microbatch) == needed:
                    there, start = True, max(start, task.end)
            if there:
                found = Task(stage, kind, microbatch, start, start + seconds[kind])
                break
        if found is None:
            raise ValueError("서로 기다립니다.")
        tasks.append(found)
    makespan = max(task.end for task in tasks)
    busy = sum(task.end - task.start for task in tasks)
    return Timeline(tasks, makespan, 1 - busy / (stages * makespan), [most_inflight(order) for order in schedule])
""",
        loses=("quality-growth",),
        message="`simulate`",
    ),
    Mutant(
        name="parallel_hard_to_read",
        misconception="돌아가기만 하면 된다",
        source="""
def ddp_gradients(model, loss_fn, batches):
    global cnt
    d = {}; cnt = 0
    for b in batches:
        cnt = cnt + len(b[0])
    for b in batches:
        if len(b[0]) == 0: continue
        try:
            model.zero_grad()
            l = loss_fn(model(b[0]), b[1])
            l.backward()
        except:
            pass
        for n, p in model.named_parameters():
            if p.grad == None: g = torch.zeros_like(p)
            else: g = p.grad.clone()
            g = eval("g * len(b[0]) / cnt")
            if n in d: d[n] = d[n] + g
            else: d[n] = g
    return d
""",
        loses=("quality-static",),
        message="지적이",
    ),
]

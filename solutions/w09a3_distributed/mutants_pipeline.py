"""Wrong pipelines. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

SCHEDULE = """
def make_schedule(kind, stages, microbatches):
    if kind not in ("gpipe", "1f1b"):
        raise ValueError(kind)
    schedule = []
    for stage in range(stages):
        warm_up = microbatches if kind == "gpipe" else min(stages - stage - 1, microbatches)
        order = [("F", number) for number in range(warm_up)]
        for number in range(warm_up, microbatches):
            order += [("F", number), ("B", number - warm_up)]
        order += [("B", number) for number in range(microbatches - warm_up, microbatches)]
        schedule.append(order)
    return schedule
"""
SIMULATE = """
def simulate(schedule, t_f, t_b):
    stages, seconds = len(schedule), {"F": t_f, "B": t_b}
    tasks, ends = [], {None: 0.0}
    free, done = [0.0] * stages, [0] * stages
    moved = True
    while moved:
        moved = False
        for stage in range(stages):
            while done[stage] < len(schedule[stage]):
                kind, microbatch = schedule[stage][done[stage]]
                needed = needed_for(stage, kind, microbatch, stages)
                if needed not in ends:
                    break
                start = max(free[stage], ends[needed])
                free[stage] = ends[stage, kind, microbatch] = start + seconds[kind]
                tasks.append(Task(stage, kind, microbatch, start, free[stage]))
                done[stage] += 1
                moved = True
    if len(tasks) < sum(map(len, schedule)):
        raise ValueError(done)
    makespan = max(free)
    busy = sum(task.end - task.start for task in tasks)
    return Timeline(tasks, makespan, 1 - busy / (stages * makespan), [most_inflight(order) for order in schedule])
"""
TIMELINE = "right_simulate = simulate\n\ndef simulate(schedule, t_f, t_b):\n    t = right_simulate(schedule, t_f, t_b)\n"


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """A right text with pieces replaced."""
    for before, after in pairs:
        if before not in text:
            raise ValueError(f"not there: {before}")
        text = text.replace(before, after)
    return text


MUTANTS = [
    # -- pp-schedule -------------------------------------------------------------------------------------------------
    Mutant(
        name="one_kind_for_all",
        misconception="1F1B도 순전파를 모두 먼저 한다",
        source=changed(SCHEDULE, ('microbatches if kind == "gpipe" else min(stages - stage - 1, microbatches)', "microbatches")),
        loses=("pp-schedule",),
        message="GPipe의 일정입니다",
    ),
    Mutant(
        name="warm_up_one_too_long",
        misconception="워밍업은 p - s개다",
        source=changed(SCHEDULE, ("stages - stage - 1", "stages - stage")),
        loses=("pp-schedule",),
        message="워밍업이 하나 깁니다",
    ),
    Mutant(
        name="same_warm_up_for_all",
        misconception="모든 스테이지가 똑같이 워밍업한다",
        source=changed(SCHEDULE, ("min(stages - stage - 1, microbatches)", "min(stages - 1, microbatches)")),
        loses=("pp-schedule",),
        message="이하여야 합니다",
    ),
    Mutant(
        name="no_warm_up",
        misconception="워밍업은 필요 없다",
        source=changed(SCHEDULE, ("min(stages - stage - 1, microbatches)", "0")),
        loses=("pp-schedule",),
        message="줄일 수 있습니다",
    ),
    Mutant(
        name="warm_up_from_the_wrong_end",
        misconception="뒤의 스테이지가 더 오래 워밍업한다",
        source=changed(SCHEDULE, ("min(stages - stage - 1, microbatches)", "min(stage, microbatches)")),
        loses=("pp-schedule",),
        message="서로 기다립니다",
    ),
    Mutant(
        name="gpipe_is_one_by_one",
        misconception="GPipe도 번갈아 한다",
        source=changed(SCHEDULE, ('microbatches if kind == "gpipe" else ', "")),
        loses=("pp-schedule",),
        message="모든 순전파를 마치기 전에",
    ),
    Mutant(
        name="rest_not_drained",
        misconception="남은 역전파를 잊는다",
        source=changed(SCHEDULE, ('        order += [("B", number) for number in range(microbatches - warm_up, microbatches)]\n', "")),
        loses=("pp-schedule",),
        message="꼭 한 번이 아닙니다",
    ),
    Mutant(
        name="last_forward_last_out",
        misconception="1F1B에서도 나중 것부터 역전파한다",
        source=changed(SCHEDULE, ("(microbatches - warm_up, microbatches)]", "(microbatches - warm_up, microbatches)][::-1]")),
        loses=("pp-schedule",),
        message="줄일 수 있습니다",
    ),
    Mutant(
        name="few_microbatches_forgotten",
        misconception="마이크로배치는 언제나 스테이지보다 많다",
        source=changed(SCHEDULE, ("min(stages - stage - 1, microbatches)", "stages - stage - 1")),
        loses=("pp-schedule",),
        message="꼭 한 번이 아닙니다",
    ),
    Mutant(
        name="any_name_taken",
        misconception="모르는 이름은 1F1B로 본다",
        source=changed(SCHEDULE, ("        raise ValueError(kind)", "        pass")),
        loses=("pp-schedule",),
        message="ValueError를 내지 않습니다",
    ),
    Mutant(
        name="backward_before_forward",
        misconception="역전파부터 적는다",
        source=changed(
            SCHEDULE, ('order += [("F", number), ("B", number - warm_up)]', 'order += [("B", number - warm_up), ("F", number)]')
        ),
        loses=("pp-schedule",),
        message="역전파가 순전파보다 먼저",
    ),
    # -- pp-simulate -------------------------------------------------------------------------------------------------
    Mutant(
        name="bubble_over_the_ideal",
        misconception="버블은 이상적인 시간으로 나눈다",
        source=TIMELINE + "    p, m = len(schedule), len(schedule[0]) // 2\n"
        "    return Timeline(t.tasks, t.makespan, t.bubble_fraction / (1 - t.bubble_fraction), t.peak_inflight)\n",
        loses=("pp-simulate",),
        message="전체 시간으로 나눕니다",
    ),
    Mutant(
        name="busy_share",
        misconception="일한 몫을 적는다",
        source=TIMELINE + "    return Timeline(t.tasks, t.makespan, 1 - t.bubble_fraction, t.peak_inflight)\n",
        loses=("pp-simulate",),
        message="일한 몫입니다",
    ),
    Mutant(
        name="idle_of_all_stages",
        misconception="스테이지의 수로 나누지 않는다",
        source=TIMELINE + "    return Timeline(t.tasks, t.makespan, len(schedule) * t.bubble_fraction, t.peak_inflight)\n",
        loses=("pp-simulate",),
        message="스테이지의 수로 나누지",
    ),
    Mutant(
        name="times_swapped",
        misconception="t_f와 t_b의 순서",
        source="right_simulate = simulate\nsimulate = lambda schedule, t_f, t_b: right_simulate(schedule, t_b, t_f)",
        loses=("pp-simulate",),
        message="t_f와 t_b가 바뀌었습니다",
    ),
    Mutant(
        name="no_waiting",
        misconception="스테이지는 서로 기다리지 않는다",
        source=changed(SIMULATE, ("max(free[stage], ends[needed])", "free[stage]")),
        loses=("pp-simulate",),
        message="아직 오지 않았습니다",
    ),
    Mutant(
        name="stage_does_two_things",
        misconception="스테이지는 여러 일을 함께 한다",
        source=changed(SIMULATE, ("max(free[stage], ends[needed])", "ends[needed]")),
        loses=("pp-simulate",),
        message="아직 오지 않았습니다",
    ),
    Mutant(
        name="in_lockstep",
        misconception="모두 같은 박자로 움직인다",
        source=changed(
            SIMULATE, ("ends[stage, kind, microbatch] = start + seconds[kind]", "ends[stage, kind, microbatch] = start + max(t_f, t_b)")
        ),
        loses=("pp-simulate",),
        message="걸립니다",
    ),
    Mutant(
        name="all_counted_as_held",
        misconception="순전파한 것을 모두 붙든다",
        source="most_inflight = lambda order: sum(kind == 'F' for kind, _ in order)",
        loses=("pp-simulate",),
        message="순전파한 수를 모두",
    ),
    Mutant(
        name="freed_when_backward_begins",
        misconception="역전파를 시작할 때 놓는다",
        source=TIMELINE + "    return Timeline(t.tasks, t.makespan, t.bubble_fraction, [max(1, peak - 1) for peak in t.peak_inflight])\n",
        loses=("pp-simulate",),
        message="역전파를 마쳐야",
    ),
    Mutant(
        name="deadlock_accepted",
        misconception="교착은 일어나지 않는다",
        source=changed(SIMULATE, ("        raise ValueError(done)", "        pass")),
        loses=("pp-simulate",),
        message="ValueError를 내지 않습니다",
    ),
    Mutant(
        name="backward_from_the_front",
        misconception="역전파도 앞에서 뒤로 간다",
        source="def needed_for(stage, kind, microbatch, stages):\n    return (stage - 1, kind, microbatch) if stage else None\n",
        loses=("pp-simulate",),
        message="더 일찍 시작할 수 있습니다",
    ),
    Mutant(
        name="makespan_of_the_last_stage",
        misconception="마지막 스테이지가 끝나면 끝난다",
        source=TIMELINE + "    last = max(task.end for task in t.tasks if task.stage == len(schedule) - 1)\n"
        "    return Timeline(t.tasks, last, t.bubble_fraction, t.peak_inflight)\n",
        loses=("pp-simulate",),
        message="makespan",
    ),
]

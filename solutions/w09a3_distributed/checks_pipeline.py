"""Hidden checks of pipeline schedules. Only plain data goes to the student's code and comes back."""

from __future__ import annotations

import math

import pytest

from course_lib.distributed.judging import same_number
from course_lib.distributed.parallel_examples import timeline_call
from course_lib.distributed.pipeline import find_problem, longest_path, make_schedule
from course_lib.distributed.pipeline import simulate as reference
from course_lib.distributed.wrong_parallel import wrong_bubbles
from course_lib.kit import expect
from course_lib.kit.counterexample import Call, smallest

SCHEDULE = list[list[tuple[str, int]]]

# -- pp-schedule ------------------------------------------------------------------------------------------------------

NAMES = {"F": "순전파", "B": "역전파"}


def _problem(schedule, kind, stages, microbatches):
    """What is wrong with a schedule, and the misconception's name; ``None`` where it keeps the contract."""
    found = find_problem(schedule, stages, microbatches)
    if found is not None:
        what, where = found
        if what == "stages":
            return f"스테이지가 {len(schedule)}개입니다.", "스테이지의 수"
        stage, work, number = where
        said = {
            "work": f"스테이지 {stage}에서 마이크로배치 {number}의 {NAMES.get(work, work)}가 꼭 한 번이 아닙니다.",
            "order": f"스테이지 {stage}에서 마이크로배치 {number}의 역전파가 순전파보다 먼저입니다.",
            "deadlock": f"스테이지가 서로 기다립니다. 스테이지 {stage}의 {NAMES.get(work, work)} {number}을(를) 시작할 수 없습니다.",
        }
        names = {"work": "빠지거나 겹친 일", "order": "역전파가 먼저", "deadlock": "교착"}
        return said[what], names[what]
    peaks = reference(schedule, 1, 2).peak_inflight
    if kind == "gpipe" and any(("F", number) not in order[:microbatches] for order in schedule for number in range(microbatches)):
        return "모든 순전파를 마치기 전에 역전파를 시작합니다.", "GPipe가 아님"
    if kind == "1f1b":
        allowed = [min(stages - stage, microbatches) for stage in range(stages)]
        if peaks == [microbatches] * stages != allowed:
            return f"붙든 마이크로배치가 {peaks}개입니다. GPipe의 일정입니다.", "GPipe의 일정"
        if peaks == [min(stages - stage + 1, microbatches) for stage in range(stages)] != allowed:
            return f"붙든 마이크로배치가 {peaks}개입니다. 워밍업이 하나 깁니다.", "워밍업이 하나 김"
        for stage in (s for s in range(stages) if peaks[s] > allowed[s]):
            return f"스테이지 {stage}이(가) 마이크로배치 {peaks[stage]}개를 붙듭니다. {allowed[stage]}개 이하여야 합니다.", "너무 많이 붙듦"
    for t_f, t_b in ((1, 2), (3, 1)):
        makespan = max(longest_path(schedule, t_f, t_b).values())
        if makespan > (best := (microbatches + stages - 1) * (t_f + t_b)):
            return f"t_f={t_f}, t_b={t_b}일 때 전체 시간이 {makespan}입니다. {best}까지 줄일 수 있습니다.", "긴 일정"
    return None


def _schedule_call(kind, stages, microbatches):
    def right(kind, stages, microbatches):
        if stages < 1 or microbatches < 1:
            raise ValueError("no schedule")
        return make_schedule(kind, stages, microbatches)

    return Call(
        "make_schedule",
        right,
        (kind, stages, microbatches),
        accepts=lambda actual, *arguments: _problem(actual, *arguments) is None,
        returns=SCHEDULE,
        whole=(0,),
    )


def _judge_schedule(submission, kind, stages, microbatches):
    with smallest(submission, _schedule_call(kind, stages, microbatches)):
        schedule = submission.call("make_schedule", kind, stages, microbatches, returns=SCHEDULE)
        if problem := _problem(schedule, kind, stages, microbatches):
            expect.fail(f'make_schedule("{kind}", {stages}, {microbatches}): {problem[0]}', problem[1])


@pytest.mark.grades(
    "pp-schedule",
    hint=("스테이지마다 F 0, F 1, …, 그다음 B들입니다.", "B의 순서는 자유입니다.", "모든 스테이지가 같은 순서여도 됩니다."),
)
def test_gpipe(submission, rng):
    """gpipe는 스테이지마다 모든 순전파를 마친 다음 역전파를 하고, 가장 짧습니다."""
    for _ in range(2):
        _judge_schedule(submission, "gpipe", int(rng.integers(3, 6)), int(rng.integers(4, 9)))


@pytest.mark.grades(
    "pp-schedule",
    weight=2,
    hint=(
        "스테이지 s는 F를 p - s - 1개 먼저 합니다.",
        "그다음 F 하나, B 하나를 번갈아 합니다. F가 떨어지면 남은 B를 합니다.",
        "B는 F와 같은 순서로(0부터) 합니다.",
    ),
)
def test_one_forward_one_backward(submission, rng):
    """1f1b는 올바르고 가장 짧으며, 스테이지 s가 붙드는 마이크로배치가 min(p - s, m)개 이하입니다."""
    for _ in range(3):
        stages = int(rng.integers(3, 7))
        _judge_schedule(submission, "1f1b", stages, stages + int(rng.integers(2, 7)))


def refuses(student, kind):
    try:
        student.make_schedule(kind, 2, 2)
    except ValueError:
        return True
    return False


@pytest.mark.grades(
    "pp-schedule",
    hint=(
        "마이크로배치가 스테이지보다 적으면 워밍업이 m개로 끝납니다.",
        "min(stages - stage - 1, microbatches)",
        "모르는 이름은 ValueError입니다.",
    ),
)
def test_schedules_at_the_edges(submission, rng):
    """마이크로배치가 스테이지보다 적거나 하나이거나, 스테이지가 하나여도 되고, 모르는 이름에는 ValueError를 냅니다."""
    stages = int(rng.integers(4, 7))
    for kind in ("gpipe", "1f1b"):
        for p, m in ((stages, int(rng.integers(2, 4))), (stages, 1), (1, int(rng.integers(2, 6)))):
            _judge_schedule(submission, kind, p, m)
    if not submission.run(refuses, kind="zigzag", returns=bool):
        expect.fail('make_schedule("zigzag", 2, 2)가 ValueError를 내지 않습니다.', "모르는 이름을 받음")


# -- pp-simulate ------------------------------------------------------------------------------------------------------

SIMULATE_HINT = (
    "시작은 스테이지가 비는 시각과 필요한 일이 끝난 시각 가운데 늦은 것입니다.",
    "더 시작할 수 있는 일이 없을 때까지 되풀이하세요.",
    "start = max(free[stage], ends[needed])",
)
REPLY = tuple[list[tuple[int, str, int, float, float]], float, float, list[int]]


def simulated(student, schedule, t_f, t_b):
    timeline = student.simulate([list(order) for order in schedule], t_f, t_b)
    tasks = [(int(t[0]), str(t[1]), int(t[2]), float(t[3]), float(t[4])) for t in timeline.tasks]
    return tasks, float(timeline.makespan), float(timeline.bubble_fraction), [int(peak) for peak in timeline.peak_inflight]


def _loose_schedule(rng, stages, microbatches):
    """A legal schedule of no kind: what can run next is drawn."""
    done, orders = set(), [[] for _ in range(stages)]
    while sum(map(len, orders)) < 2 * stages * microbatches:
        able = [
            (stage, kind, number)
            for stage in range(stages)
            for kind in "FB"
            for number in range(microbatches)
            if (stage, kind, number) not in done and _able(stage, kind, number, stages, done)
        ]
        stage, kind, number = able[int(rng.integers(len(able)))]
        done.add((stage, kind, number))
        orders[stage].append((kind, number))
    return orders


def _able(stage, kind, number, stages, done):
    if kind == "F":
        return stage == 0 or (stage - 1, "F", number) in done
    return (stage, "F", number) in done and (stage + 1 == stages or (stage + 1, "B", number) in done)


def _schedules(rng):
    """Schedules of both kinds and of no kind, with times."""
    stages, microbatches = int(rng.integers(3, 5)), int(rng.choice([5, 7, 8]))  # with 3 and 6, two wrong bubbles are one number
    late = [("F", 0), ("B", 0), ("F", 1), ("F", 2), ("F", 3), ("B", 1), ("B", 2), ("B", 3)]  # the most are in flight late
    times = [(1, 2), (3, 2), (2.5, 0.5), (1, 2)]
    made = [
        make_schedule("gpipe", stages, microbatches),
        make_schedule("1f1b", stages, microbatches),
        _loose_schedule(rng, stages, 4),
        [late] * stages,
    ]
    return list(zip(made, times, strict=True))


def _simulated(submission, schedule, t_f, t_b):
    return submission.run(simulated, schedule=schedule, t_f=t_f, t_b=t_b, returns=REPLY)


def _given(schedule, t_f, t_b):
    return f"스테이지 {len(schedule)}개, 마이크로배치 {len(schedule[0]) // 2}개, t_f={t_f}, t_b={t_b}"


@pytest.mark.grades("pp-simulate", weight=3, hint=SIMULATE_HINT)
def test_times(submission, rng):
    """GPipe와 1F1B와 무작위의 올바른 일정에서, 일마다의 시작과 끝과 전체 시간이 기준과 같습니다."""
    with smallest(submission, timeline_call(3, 3)):
        for schedule, (t_f, t_b) in _schedules(rng):
            tasks, makespan, *_ = _simulated(submission, schedule, t_f, t_b)
            given, right = _given(schedule, t_f, t_b), longest_path(schedule, t_f, t_b)
            if sorted(task[:3] for task in tasks) != sorted(right):
                expect.fail(f"{given}: tasks에 일이 {len(tasks)}개 있습니다. {len(right)}개가 한 번씩 있어야 합니다.", "빠지거나 겹친 일")
            lasts = {"F": t_f, "B": t_b}
            for stage, kind, number, start, end in sorted(tasks, key=lambda task: (right[task[:3]], task[:3])):
                what = f"{given}: 스테이지 {stage}의 {kind}{number}"
                if not math.isclose(end - start, lasts[kind]):
                    swapped = math.isclose(end - start, lasts["B" if kind == "F" else "F"])
                    said = "t_f와 t_b가 바뀌었습니다." if swapped else f"{lasts[kind]}이어야 합니다."
                    expect.fail(f"{what}이(가) {end - start:g}만큼 걸립니다. {said}", "걸리는 시간")
                if end < right[stage, kind, number] - 1e-9:
                    expect.fail(f"{what}이(가) {start:g}에 시작합니다. 필요한 것이 아직 오지 않았습니다.", "기다리지 않음")
                if end > right[stage, kind, number] + 1e-9:
                    expect.fail(f"{what}이(가) {start:g}에 시작합니다. 더 일찍 시작할 수 있습니다.", "쓸데없이 기다림")
            if not math.isclose(makespan, max(right.values())):
                expect.fail(f"{given}: makespan {makespan:g}이(가) 마지막 일이 끝나는 시각과 다릅니다.", "전체 시간")


@pytest.mark.grades(
    "pp-simulate",
    weight=2,
    hint=("논 시간 = p · makespan - 일한 시간", "전체 시간으로 나눕니다.", "1 - busy / (stages * makespan)"),
)
def test_bubble(submission, rng):
    """bubble_fraction이 모든 스테이지가 논 시간 ÷ (p · makespan)입니다."""
    with smallest(submission, timeline_call(3, 3)):
        for schedule, (t_f, t_b) in _schedules(rng):
            *_, bubble, _ = _simulated(submission, schedule, t_f, t_b)
            right = reference(schedule, t_f, t_b)
            stages, microbatches = len(schedule), len(schedule[0]) // 2
            known = wrong_bubbles(stages, microbatches)
            idle = right.bubble_fraction / (1 - right.bubble_fraction)
            known["일한 시간으로 나눔"] = (idle, "일한 시간으로 나눈 값입니다. 전체 시간으로 나눕니다.")
            same_number(bubble, right.bubble_fraction, given=f"{_given(schedule, t_f, t_b)}의 버블", known=known)


@pytest.mark.grades(
    "pp-simulate",
    weight=2,
    hint=("F를 시작할 때 하나 늘고 B를 마칠 때 하나 줍니다.", "순서만 보면 알 수 있습니다.", "가장 많을 때의 수입니다."),
)
def test_peaks(submission, rng):
    """peak_inflight가 스테이지마다 F를 시작했지만 B를 마치지 않은 마이크로배치의 가장 많은 수입니다."""
    with smallest(submission, timeline_call(3, 3)):
        for schedule, (t_f, t_b) in _schedules(rng):
            *_, peaks = _simulated(submission, schedule, t_f, t_b)
            right = reference(schedule, t_f, t_b).peak_inflight
            known = {
                "B를 시작할 때 줄임": ([max(1, peak - 1) for peak in right], "역전파를 시작할 때 놓았습니다. 역전파를 마쳐야 놓습니다."),
                "모두": ([len(schedule[0]) // 2] * len(schedule), "순전파한 수를 모두 셌습니다. 역전파를 마치면 줄어듭니다."),
                "거꾸로": (right[::-1], "스테이지의 순서가 거꾸로입니다."),
                "하나 많음": ([peak + 1 for peak in right], "하나씩 많습니다."),
            }
            known = {name: pair for name, pair in known.items() if pair[0] != right}
            expect.equal(peaks, right, given=_given(schedule, t_f, t_b), known=known)


def deadlock(student, schedules):
    refused = []
    for schedule in schedules:
        try:
            student.simulate(schedule, 1, 1)
            refused.append(False)
        except ValueError:
            refused.append(True)
    return refused


@pytest.mark.grades(
    "pp-simulate",
    hint=("더 시작할 수 있는 일이 없는데 남은 일이 있으면 교착입니다.", "끝없이 돌지 않아야 합니다.", "ValueError를 내세요."),
)
def test_deadlock(submission):
    """서로 기다리는 일정에는 ValueError를 내고, 올바른 일정에는 내지 않습니다."""
    circle = [[("F", 0), ("B", 0), ("F", 1), ("B", 1)], [("F", 1), ("F", 0), ("B", 1), ("B", 0)]]
    early = [[("F", 0), ("B", 0)], [("B", 0), ("F", 0)]]
    fine = make_schedule("1f1b", 2, 3)
    refused = submission.run(deadlock, schedules=[circle, early, fine], returns=list[bool])
    if refused[2]:
        expect.fail("올바른 일정에 ValueError를 냅니다.", "올바른 일정을 물리침")
    if not all(refused[:2]):
        expect.fail("스테이지가 서로 기다리는 일정에 ValueError를 내지 않습니다.", "교착을 모름")

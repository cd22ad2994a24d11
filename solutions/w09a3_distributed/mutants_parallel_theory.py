"""Wrong answers to the theory questions and wrong experiments on parallel training."""

from __future__ import annotations

from autograder.proof import Mutant


def answer(name: str, **wrong: str) -> str:
    """The right answers with some of them replaced by other Python."""
    changes = ", ".join(f"{field!r}: {value}" for field, value in wrong.items())
    return f"right_answer = {name}\n\n\ndef {name}(*a):\n    found = right_answer(*a)\n    return found | {{{changes}}}\n"


MUTANTS = [
    Mutant(
        name="ring_seconds_halved",
        misconception="단계는 N - 1개다",
        source=answer("answer_ring", seconds="found['seconds'] / 2", formula="'(N-1)*a+(N-1)*S/(N*b)'"),
        loses=("theory-ring",),
        message="하나만 셌습니다",
    ),
    Mutant(
        name="ring_without_chunks",
        misconception="텐서를 통째로 보낸다",
        source=answer("answer_ring", seconds="2 * (a[0] - 1) * (a[2] + a[1] / a[3])", formula="'2*(N-1)*(a+S/b)'"),
        loses=("theory-ring",),
        message="통째로 보낸다고",
    ),
    Mutant(
        name="ring_latency_once",
        misconception="지연은 한 번만 든다",
        source=answer("answer_ring", formula="'2*a+2*(N-1)*S/(N*b)'"),
        loses=("theory-ring",),
        message="지연은 단계마다",
    ),
    Mutant(
        name="crossing_upside_down",
        misconception="αβ/S",
        source=answer("answer_ring", crossing="1 / found['crossing']"),
        loses=("theory-ring",),
        message="뒤집혔습니다",
    ),
    Mutant(
        name="limit_of_one_way",
        misconception="한 번만 보낸다",
        source=answer("answer_ring", limit="found['limit'] / 2"),
        loses=("theory-ring",),
        message="두 번 보냅니다",
    ),
    Mutant(
        name="whole_is_the_mean",
        misconception="평균의 평균",
        source=answer("answer_shards", whole="found['naive']"),
        loses=("theory-shards",),
        message="평균의 평균입니다",
    ),
    Mutant(
        name="whole_not_divided",
        misconception="곱해서 더하면 된다",
        source=answer("answer_shards", whole="found['whole'] * sum(a[0])"),
        loses=("theory-shards",),
        message="나누지 않았습니다",
    ),
    Mutant(
        name="naive_is_the_sum",
        misconception="더한다",
        source=answer("answer_shards", naive="sum(a[1])"),
        loses=("theory-shards",),
        message="랭크의 수로 나누지",
    ),
    Mutant(
        name="factor_upside_down",
        misconception="더하면 작아진다",
        source=answer("answer_shards", factor="1 / 3"),
        loses=("theory-shards",),
        message="뒤집혔습니다",
    ),
    Mutant(
        name="bubble_over_ideal_time",
        misconception="(p - 1)/m",
        source=answer("answer_bubble", bubble="(a[0] - 1) / a[1]", formula="'(p-1)/m'"),
        loses=("theory-bubble",),
        message="전체 시간으로 나눕니다",
    ),
    Mutant(
        name="busy_instead_of_idle",
        misconception="일한 몫",
        source=answer("answer_bubble", bubble="1 - found['bubble']", formula="'m/(m+p-1)'"),
        loses=("theory-bubble",),
        message="일한 몫",
    ),
    Mutant(
        name="least_rounded_down",
        misconception="내린다",
        source=answer("answer_bubble", least="found['least'] - 1"),
        loses=("theory-bubble",),
        message="내렸습니다",
    ),
    Mutant(
        name="least_not_rounded",
        misconception="정수가 아니어도 된다",
        source=answer("answer_bubble", least="(a[0] - 1) * (1 - a[2]) / a[2]"),
        loses=("theory-bubble",),
        message="마이크로배치는 정수",
    ),
    Mutant(
        name="held_as_gpipe",
        misconception="모두 붙든다",
        source=answer("answer_bubble", held="a[1]"),
        loses=("theory-bubble",),
        message="GPipe에서 붙드는 수",
    ),
    Mutant(
        name="held_is_the_warm_up",
        misconception="워밍업만큼 붙든다",
        source=answer("answer_bubble", held="found['held'] - 1"),
        loses=("theory-bubble",),
        message="워밍업의 수입니다",
    ),
    Mutant(
        name="held_segment_only",
        misconception="구간만 붙든다",
        source=answer("answer_memory", held="a[0] / a[1]"),
        loses=("theory-memory",),
        message="체크포인트를 세지",
    ),
    Mutant(
        name="best_is_half",
        misconception="반씩 나눈다",
        source=answer("answer_memory", best="a[0] / 2", formula="'L/2'"),
        loses=("theory-memory",),
        message="절반이 아닙니다",
    ),
    Mutant(
        name="best_is_the_least_memory",
        misconception="구간의 수와 그때의 값",
        source=answer("answer_memory", best="2 * found['best']", formula="'sqrt(L)'"),
        loses=("theory-memory",),
        message="붙드는 활성값의 수입니다",
    ),
    # -- experiments -------------------------------------------------------------------------------------------------
    Mutant(
        name="links_of_other_code",
        misconception="표는 다른 코드로 만들어도 된다",
        source="right_seconds = ring_seconds\nring_seconds = lambda *arguments: right_seconds(*arguments) * 2",
        loses=("exp-links",),
        message="다시 계산하면",
    ),
    Mutant(
        name="stages_of_other_code",
        misconception="표는 다른 일정으로 만들어도 된다",
        source="right_schedule = make_schedule\nmake_schedule = lambda kind, *sizes: right_schedule('gpipe', *sizes)",
        loses=("exp-pipeline",),
        message="다시 계산하면",
    ),
    Mutant(
        name="rows_that_say_nothing",
        misconception="다시 계산한 것이 비어 있으면 어긋나지 않는다",
        source="ring_row = lambda *arguments: {}\nlink_rows = lambda size: []\nstages_row = lambda *arguments: {}\n",
        loses=("exp-links", "exp-pipeline"),
        message="제출한 코드로 다시 계산하면",
    ),
    Mutant(
        name="link_conclusions_missing",
        misconception="결론은 나중에 쓴다",
        source="def link_conclusions(ring, links):\n    raise NotImplementedError\n",
        loses=("exp-links",),
        message="link_conclusions",
    ),
    Mutant(
        name="stage_conclusions_missing",
        misconception="결론은 나중에 쓴다",
        source="def stage_conclusions(table):\n    raise NotImplementedError\n",
        loses=("exp-pipeline",),
        message="stage_conclusions",
    ),
]

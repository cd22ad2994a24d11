"""The distributed assignment's checks pass what is right, and fail what is wrong, by its name."""

from __future__ import annotations

import dataclasses
import random
from itertools import cycle, islice

import nbformat
import pytest
import torch
from alterations import changed, claimed, everywhere, without
from proofroom import STUDENT, Room, generated, kept_evidence, verdicts

from autograder.build import build_release, build_source
from autograder.course import ROOT, open_course
from autograder.evidence import Evidence
from autograder.proof import definitions, load_alternatives, load_equivalents, load_mutants, lost, messages, sources_of
from autograder.roomfiles import public_checks
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import run_checks

ID = "w09a3_distributed"
ROOM = ROOT / "solutions" / ID
MUTANTS = load_mutants(ROOM)
ALTERNATIVES = load_alternatives(ROOM)
EQUIVALENTS = load_equivalents(ROOM)
UNTRAINED = "precision_row = method_rows = delay_row = None\n"  # where trainings are not what is looked at: they take their time
SAMPLED = 10  # generated mutants in the normal run
STUDENTS = (STUDENT, "2026-002", "2026-003")  # the numbers of one may hide a mistake


@pytest.fixture(scope="module")
def room() -> Room:
    """Given cells are in the smoke profile; the evidence is what a run of the solution kept in the cpu profile."""
    course = open_course()
    assignment = course.assignment(ID)
    cells = tuple(definitions(build_source(course, assignment)))
    torch.set_num_threads(1)
    return Room(course, assignment, course.room(ID), cells, kept_evidence(ID), {"PROFILE": "smoke"})


# -- what is right ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", [STUDENT, "", "학번 7"])
def test_the_solution_earns_every_automatic_point(room, student):
    items = room.automatic() if student == STUDENT else room.automatic("implementation", "theory", "quality", "bonus")
    results = room.grade(student=student, items=items)
    assert messages(results) == []
    assert not lost(results)
    assert not any(result.used_reference for result in results.values())


@pytest.mark.parametrize("secret", [0, *(pytest.param(secret, marks=pytest.mark.full) for secret in range(1, 6))])
def test_no_seed_fails_the_solution_or_an_alternative(room, secret):
    """Inputs of a check are drawn: whatever is drawn, what is right passes."""
    items = room.automatic("implementation", "theory", "bonus")
    for source in ("", *ALTERNATIVES.values()):
        results = room.grade(None, source, items=items, student=f"{secret}", secret=b"%d" % secret)
        assert messages(results) == []
        assert not lost(results)


@pytest.mark.parametrize("source", ["", *ALTERNATIVES.values()], ids=["solution", *ALTERNATIVES])
def test_public_checks_pass_what_is_right(room, source):
    submission = NotebookSubmission(room.namespace(None, source), STUDENT, sources_of(room.cells))
    items = None if not source else set(room.automatic("implementation", "theory", "bonus"))
    outcomes = run_checks(public_checks(room.path), submission, assignment="x", items=items, fixtures={"evidence": room.evidence})
    assert [(outcome.id, outcome.message) for outcome in outcomes if not outcome.passed] == []


CONCLUSIONS = {
    "link_conclusions": ("ring", "links"),
    "stage_conclusions": ("stages",),
    "mixed_conclusions": ("shares", "precision"),
    "compression_conclusions": ("methods",),
    "delay_conclusions": ("delays",),
    "overlap_conclusions": ("overlap",),
}


def test_conclusions_by_other_means_are_as_good(room):
    """Drawn from the same tables, they pass the checks of the conclusions."""
    source = ALTERNATIVES["counted_out"]
    names, claims = room.namespace(None, source), {}
    for name, tables in CONCLUSIONS.items():
        claims |= names[name](*(room.evidence.tables[table] for table in tables))
    evidence = dataclasses.replace(room.evidence, conclusions=claims)
    results = room.grade(None, source, UNTRAINED, items=room.automatic("experiments"), evidence=evidence)
    judged = [check for result in results.values() for check in result.checks if "conclusions" in check.id]
    assert len(judged) == len(CONCLUSIONS)
    assert [check.message for check in judged if not check.passed] == []


def test_the_checks_know_the_notebooks_sizes(room):
    """What the experiments' tables must hold stands in the notebook and, because a submission's word for it is none, in the checks."""
    import runpy

    checks = runpy.run_path(str(ROOM / "checks_experiments.py"))
    names = room.namespace()
    assert checks["WORLDS"] == tuple(row["world"] for row in room.evidence.tables["ring"])
    assert checks["ELEMENTS"] == names["ELEMENTS"]
    assert (checks["RANKS"], checks["BYTES"]) == (names["RANKS"], names["GRADIENT_BYTES"])
    assert checks["STAGES"] == names["STAGES"]
    assert [*checks["MICROBATCHES"]] * 2 == [row["microbatches"] for row in room.evidence.tables["stages"]]


# -- what is not there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_evidence", [False, True])
def test_the_release_earns_nothing(room, with_evidence):
    released = nbformat.reads(build_release(room.course, room.assignment.id).decode(), as_version=4)
    results = room.grade(definitions(released), evidence=room.evidence if with_evidence else Evidence())
    assert {name: result.score for name, result in results.items()} == dict.fromkeys(room.automatic(), 0.0)


# -- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def verdict(room):
    return verdicts(room, "solution-dp-gradients")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutants_lose_what_they_declare_and_are_recognised(verdict, mutant):
    results = verdict(mutant)
    assert set(lost(results)) == set(mutant.loses)
    assert mutant.message
    assert any(mutant.message in said for said in messages(results))
    assert not any(result.needs_manual for result in results.values())


ELSEWHERE = ("test_parallel_code_reads_well", "test_communication_code_reads_well", "test_stages_are_possible")


def test_every_hidden_check_is_failed_by_some_mutant(room, verdict):
    """Or by altered evidence and by code that is hard to read, which other tests show."""
    failed = {check.id for mutant in MUTANTS for result in verdict(mutant).values() for check in result.checks if not check.passed}
    every = {check.id for result in room.grade(None, UNTRAINED).values() for check in result.checks}
    elsewhere = {check for check in every if check.startswith(ELSEWHERE)}
    assert every - failed - elsewhere == set()


ZERO = {
    "dp-shard": "shard = lambda n, world, rank: []",
    "dp-ring": "ring_all_reduce = lambda tensors, transport: [torch.zeros_like(tensor) for tensor in tensors]",
    "dp-gradients": "ddp_gradients = lambda model, loss_fn, batches: {n: torch.zeros_like(p) for n, p in model.named_parameters()}",
    "dp-cost": "ring_seconds = lambda world, size, alpha, beta: 0.0",
    "pp-schedule": "make_schedule = lambda kind, stages, microbatches: [[] for _ in range(stages)]",
    "pp-simulate": "simulate = lambda schedule, t_f, t_b: Timeline([], 0.0, 0.0, [0] * len(schedule))",
    "mem-checkpoint": "checkpointed_memory = lambda layers, segments: 0\nstage_memory = lambda *arguments: 0",
}


@pytest.mark.parametrize("item", ZERO)
def test_the_zero_answer_fails(room, item):
    results = room.grade(None, ZERO[item], items=[item])
    assert results[item].score < results[item].max_score / 2


def test_flipped_gradients_fail(room):
    source = "right_one = ddp_gradients\nddp_gradients = lambda *arguments: {n: -g for n, g in right_one(*arguments).items()}"
    assert room.grade(None, source, items=["dp-gradients"])["dp-gradients"].score == 0


EARLY = {
    "dp-ring": "ring_all_reduce = lambda tensors, transport: [torch.zeros_like(tensor) for tensor in tensors]",
    "pp-schedule": "right_schedule = make_schedule\nmake_schedule = lambda kind, *sizes: right_schedule('gpipe', *sizes)",
    "tp-column": "class ColumnParallelLinear(nn.Module):\n    pass",
}


@pytest.mark.parametrize("item", EARLY)
def test_an_early_mistake_is_paid_for_once(room, item):
    """Later items that the mistake reaches cost nothing."""
    results = room.grade(None, EARLY[item], items=room.automatic("implementation", "theory"))
    assert set(lost(results)) == {item}


# -- evidence that is not the student's -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "change", "said"),
    [
        ("exp-links", lambda _: Evidence(), "증거에 `ring` 표가 없습니다"),
        ("exp-links", lambda e: dataclasses.replace(e, profile="smoke"), "'smoke' 프로필"),
        ("exp-links", without("links"), "증거에 `links` 표가 없습니다"),
        ("exp-links", everywhere("ring", steps=7), "다시 계산하면"),
        ("exp-links", changed("links", 3, seconds=1.0), "다시 계산하면"),
        ("exp-links", changed("ring", 0, world=5), "랭크가"),
        ("exp-links", changed("ring", 1, seed=-1), "seed"),
        ("exp-links", claimed("traffic", most=2.5), "결론 traffic의 most"),
        ("exp-links", claimed("traffic", direction="down"), "결론 traffic의 direction"),
        ("exp-links", claimed("ethernet", factor=1.0), "결론 ethernet의 factor"),
        ("exp-links", claimed("crossing", link="pcie"), "결론 crossing의 link"),
        ("exp-pipeline", without("stages"), "증거에 `stages` 표가 없습니다"),
        ("exp-pipeline", everywhere("stages", bubble=0.5), "다시 계산하면"),
        ("exp-pipeline", changed("stages", 0, peaks=[9, 9, 9, 9]), "맞지 않습니다"),
        ("exp-pipeline", changed("stages", 0, bubble=1.5), "있을 수 없는 값"),
        ("exp-pipeline", changed("stages", 0, checkpointed=[1e15] * 4), "체크포인팅한 메모리가 더"),
        ("exp-pipeline", changed("stages", 0, memory=[1]), "스테이지마다 하나씩"),
        ("exp-pipeline", claimed("same-time", equal=False), "결론 same-time의 equal"),
        ("exp-pipeline", claimed("bubble", direction="up"), "결론 bubble의 direction"),
        ("exp-pipeline", claimed("held", peak=64), "결론 held의 peak"),
        ("exp-pipeline", claimed("memory-saved", bytes=0), "결론 memory-saved의 bytes"),
        ("exp-pipeline", lambda e: dataclasses.replace(e, conclusions={}), "`same-time` 결론이 없습니다"),
    ],
)
def test_evidence_is_a_claim(room, item, change, said):
    results = room.grade(items=[item], evidence=change(room.evidence))
    assert lost(results)
    assert any(said in message for message in messages(results)), messages(results)
    assert not results[item].needs_manual


HOSTILE = [None, True, "많음", [1], {}, 10**30, -1, -1.5, ["큼"], [None, True, {}, 1e300]]


@pytest.mark.parametrize(("table", "item"), [("ring", "exp-links"), ("links", "exp-links"), ("stages", "exp-pipeline")])
def test_hostile_evidence_is_no_fault_of_the_grader(room, table, item):
    """Every column holds a hostile value once, and every such value stands somewhere."""
    columns = list(room.evidence.tables[table][0])
    number = max(len(columns), len(HOSTILE))
    for column, value in zip(islice(cycle(columns), number), islice(cycle(HOSTILE), number), strict=True):
        results = room.grade(items=[item], evidence=everywhere(table, **{column: value})(room.evidence))
        assert lost(results), (column, value)
        assert not results[item].needs_manual, (column, value, messages(results))


@pytest.mark.parametrize("claim", [None, [], 3, {"rows": 5}, {"rows": [True], "most": True, "factor": "큼", "bytes": None, "equal": 1}])
def test_hostile_conclusions_are_no_fault_of_the_grader(room, claim):
    evidence = dataclasses.replace(room.evidence, conclusions=dict.fromkeys(room.evidence.conclusions, claim))
    results = room.grade(items=["exp-links", "exp-pipeline"], evidence=evidence)
    assert set(lost(results)) == {"exp-links", "exp-pipeline"}
    assert not any(result.needs_manual for result in results.values())


# -- generated mutants ------------------------------------------------------------------------------------------------


def chosen_mutants(room):
    """Experiments apart: no evidence is made of a mutant here."""
    return [mutant for mutant in generated(room, EQUIVALENTS, survives) if not mutant[0].startswith("solution-exp-")]


def survives(room, name, cells):
    """Whether a mutant keeps every point, for each of some students."""
    text = name.removeprefix("solution-")
    everything = room.automatic("implementation", "theory", "bonus")
    own = [item for item in everything if text.startswith(item)]
    if own and lost(room.grade(cells, items=own)):  # most die at the item that their cell is for
        return False
    if lost(room.grade(cells, items=[*everything, "quality-growth"])):
        return False
    return not any(lost(room.grade(cells, items=room.automatic("theory"), student=student)) for student in STUDENTS[1:])


def test_sampled_generated_mutants_lose_points(room):
    chosen = random.Random(9).sample(chosen_mutants(room), SAMPLED)
    survivors = [name for name, cells in chosen if survives(room, name, cells)]
    assert survivors == []


@pytest.mark.full
def test_generated_mutants_lose_points(room):
    every = chosen_mutants(room)
    survivors = [name for name, cells in every if survives(room, name, cells)]
    print(f"{len(every)} generated mutants, {len(survivors)} survive:", *survivors, sep="\n  ")
    assert len(survivors) <= len(every) / 100, survivors

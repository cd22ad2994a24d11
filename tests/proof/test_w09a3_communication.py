"""What is claimed about precision and communication is computed again; zero answers and early mistakes have their price."""

from __future__ import annotations

import dataclasses
import runpy
from itertools import cycle, islice

import pytest
import torch
from alterations import changed, claimed
from proofroom import Room, kept_evidence

from autograder.build import build_source
from autograder.course import ROOT, open_course
from autograder.evidence import Evidence
from autograder.proof import definitions, load_mutants, lost, messages

ID = "w09a3_distributed"
ROOM = ROOT / "solutions" / ID
MUTANTS = {mutant.name: mutant for mutant in load_mutants(ROOM)}
TABLES = {"shares": "exp-mixed", "precision": "exp-mixed", "methods": "exp-compression", "delays": "exp-delay", "overlap": "exp-overlap"}
UNTRAINED = "precision_row = method_rows = delay_row = None\n"  # trainings are not what is looked at here, and take their time


@pytest.fixture(scope="module")
def room() -> Room:
    """Given cells are in the smoke profile; the evidence is what a run of the solution kept in the cpu profile."""
    course = open_course()
    assignment = course.assignment(ID)
    torch.set_num_threads(1)
    cells = tuple(definitions(build_source(course, assignment)))
    return Room(course, assignment, course.room(ID), cells, kept_evidence(ID), {"PROFILE": "smoke"})


def test_the_checks_know_the_notebooks_sizes(room):
    """Steps, delays and pieces stand in the notebook and, because a submission's word for them is none, in the checks."""
    checks, names = runpy.run_path(str(ROOM / "checks_communication_experiments.py")), room.namespace()
    assert checks["EXPONENTS"] == list(names["EXPONENTS"])
    assert (checks["ARMS"], checks["RATES"], checks["METHODS"]) == (names["PRECISIONS"], names["RATES_TRIED"], names["METHODS"])
    assert (checks["EVERY"], checks["PIECES"]) == (names["EVERY"], list(names["PIECES"]))
    assert [checks[name] for name in ("BACKWARD", "TRANSFER", "LATENCY")] == [names[name] for name in ("BACKWARD", "TRANSFER", "LATENCY")]
    model = names["new_model"](0)
    assert checks["NUMBERS"] == sum(parameter.numel() for parameter in model.parameters())
    shapes = [parameter.shape for parameter in model.parameters()]
    assert checks["LOW_RANK_NUMBERS"] == sum(sum(shape) if len(shape) == 2 else shape.numel() for shape in shapes)
    assert {row["steps"] for row in room.evidence.tables["precision"]} == {checks["RUN_STEPS"]}
    assert {row["steps"] for row in room.evidence.tables["methods"]} == {checks["METHOD_STEPS"]}
    assert {row["steps"] for row in room.evidence.tables["delays"]} == {checks["DELAY_STEPS"]}


# -- evidence ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "change", "said"),
    [
        ("exp-mixed", lambda _: Evidence(), "증거에 `shares` 표가 없습니다"),
        ("exp-mixed", lambda e: dataclasses.replace(e, profile="smoke"), "'smoke' 프로필"),
        ("exp-mixed", changed("shares", 0, flushed=0.9), "다시 세면"),
        ("exp-mixed", changed("shares", 3, flushed=0.5), "거꾸로 갑니다"),
        ("exp-mixed", changed("shares", 10, overflowed=0.001), "있을 수 없는 비율"),
        ("exp-mixed", changed("shares", 1, exponent=5), "지수가"),
        ("exp-mixed", changed("precision", 0, first_loss=3.0), "ln 256의 5 %"),
        ("exp-mixed", changed("precision", 1, last_loss=5.0), "2 % 넘게"),
        ("exp-mixed", changed("precision", 0, scale=2.0), "skipped나 scale"),
        ("exp-mixed", changed("precision", 0, steps=7), "steps가"),
        ("exp-mixed", changed("precision", 0, arm="mixed"), "짝이 하나씩"),
        ("exp-mixed", claimed("safe-scales", rows=[0]), "결론 safe-scales의 rows"),
        ("exp-mixed", claimed("scaling", direction="down"), "결론 scaling의 direction"),
        ("exp-mixed", claimed("masters", lost=0.5), "결론 masters의 lost"),
        ("exp-compression", changed("methods", 0, bytes=1), "보낸 바이트"),
        ("exp-compression", changed("methods", 14, loss=5.0), "배우지 못했습니다"),
        ("exp-compression", changed("methods", 44, loss=3.5), "에서 멉니다"),
        ("exp-compression", changed("methods", 0, step=5), "걸음마다"),
        ("exp-compression", claimed("feedback", direction="up"), "결론 feedback의 direction"),
        ("exp-compression", claimed("feedback", same_bytes=1), "결론 feedback의 same_bytes"),
        ("exp-compression", claimed("saved", factor=2.0), "결론 saved의 factor"),
        ("exp-delay", changed("delays", 2, largest=1.0), "3 % 넘게"),
        ("exp-delay", changed("delays", 0, delay=3), "지연이"),
        ("exp-delay", claimed("delay-bound", worst=0.5), "결론 delay-bound의 worst"),
        ("exp-delay", claimed("delay-loss", rows=[0]), "결론 delay-loss의 rows"),
        ("exp-overlap", changed("overlap", 2, overlapped=1.0), "점화식에서는"),
        ("exp-overlap", changed("overlap", 2, buckets=3), "버킷의 수가"),
        ("exp-overlap", claimed("overlap-best", buckets=1), "결론 overlap-best의 buckets"),
        ("exp-overlap", claimed("overlap-gain", factor=9.0), "결론 overlap-gain의 factor"),
        ("exp-overlap", lambda e: dataclasses.replace(e, conclusions={}), "`overlap-best` 결론이 없습니다"),
    ],
)
def test_evidence_is_a_claim(room, item, change, said):
    results = room.grade(None, UNTRAINED, items=[item], evidence=change(room.evidence))
    assert lost(results)
    assert any(said in message for message in messages(results)), messages(results)
    assert not results[item].needs_manual


@pytest.mark.parametrize(
    ("item", "table", "number", "column", "factor"),
    [
        ("exp-mixed", "precision", 7, "last_loss", 0.97),
        ("exp-compression", "methods", 31, "loss", 0.97),
        ("exp-delay", "delays", 3, "loss", 0.9),
    ],
)
def test_trainings_are_done_again(room, item, table, number, column, factor):
    value = factor * room.evidence.tables[table][number][column]
    results = room.grade(items=[item], evidence=changed(table, number, **{column: value})(room.evidence))
    assert any("다시 계산하면" in message for message in messages(results))


HOSTILE = [None, True, "많음", [1], {}, 10**30, -1, -1.5]


@pytest.mark.parametrize("table", TABLES)
def test_hostile_evidence_is_no_fault_of_the_grader(room, table):
    """Every column holds a hostile value once, and every such value stands somewhere."""
    columns = list(room.evidence.tables[table][0])
    number = max(len(columns), len(HOSTILE))
    for column, value in zip(islice(cycle(columns), number), islice(cycle(HOSTILE), number), strict=True):
        evidence = changed(table, 0, **{column: value})(room.evidence)
        results = room.grade(None, UNTRAINED, items=[TABLES[table]], evidence=evidence)
        assert lost(results), (column, value)
        assert not results[TABLES[table]].needs_manual, (column, value, messages(results))


@pytest.mark.parametrize("claim", [None, [], 3, {"rows": 5}, {"rows": [True], "lost": True, "factor": "큼", "worst": None, "buckets": 1.5}])
def test_hostile_conclusions_are_no_fault_of_the_grader(room, claim):
    evidence = dataclasses.replace(room.evidence, conclusions=dict.fromkeys(room.evidence.conclusions, claim))
    items = sorted(set(TABLES.values()))
    results = room.grade(None, UNTRAINED, items=items, evidence=evidence)
    assert sorted(lost(results)) == items
    assert not any(result.needs_manual for result in results.values())


# -- what is wrong ----------------------------------------------------------------------------------------------------

ZERO = {
    "mixed-shares": "half_shares = lambda values, scale=1.0: dict.fromkeys(('flushed', 'subnormal', 'overflowed'), 0.0)",
    "mixed-step": "mixed_precision_step = lambda *arguments: (0.0, True)",
    "comm-powersgd": "powersgd = lambda m, r, q: (m.new_zeros(m.shape[0], r), m.new_zeros(m.shape[1], r))",
    "comm-async": "async_sgd = lambda grad_fn, w0, lr, delay, steps: [w0 * 0] * (steps + 1)",
    "comm-overlap": "overlap_makespan = lambda buckets: 0.0",
    "bonus-moe": "route = lambda logits, k: (logits[:, :k] * 0, torch.zeros(len(logits), k, dtype=torch.long))\n"
    "load_balancing_loss = lambda logits, experts: (logits * 0).sum()\n"
    "within_capacity = lambda experts, number, capacity: torch.zeros_like(experts, dtype=torch.bool)\n"
    "moe_output = lambda x, *more: x * 0",
}


@pytest.mark.parametrize("item", ZERO)
def test_the_zero_answer_fails(room, item):
    results = room.grade(None, ZERO[item], items=[item])
    assert results[item].score < results[item].max_score / 2


FLIPPED = {
    "comm-topk": "right_one = topk_compress\ntopk_compress = lambda t, k: (-right_one(t, k)[0], right_one(t, k)[1])",
    "comm-powersgd": "right_one = powersgd\npowersgd = lambda m, r, q: (right_one(m, r, q)[0], -right_one(m, r, q)[1])",
    "comm-overlap": "right_one = overlap_makespan\noverlap_makespan = lambda buckets: -right_one(buckets)",
}


@pytest.mark.parametrize("item", FLIPPED)
def test_a_flipped_sign_fails(room, item):
    results = room.grade(None, FLIPPED[item], items=[item])
    assert results[item].score < results[item].max_score / 2


@pytest.mark.parametrize(
    ("mutant", "item"), [("signed_topk", "comm-topk"), ("no_overlap", "comm-overlap"), ("tracker_not_reset", "mixed-scaler")]
)
def test_an_early_mistake_is_paid_for_once(room, mutant, item):
    """Later items that the mistake reaches cost nothing."""
    items = [name for name in room.automatic("implementation", "theory") if name.startswith(("mixed-", "comm-", "theory-"))]
    assert set(lost(room.grade(None, MUTANTS[mutant].source, items=items))) == {item}


UNREADABLE = """
def topk_compress(tensor, k):
    global cnt
    l = tensor.flatten(); O = l.abs()
    try:
        if k == None: k = 0
    except:
        pass
    if k < 0: k = 0
    if k > len(l): k = len(l)
    cnt = k
    I = eval("O.topk(k).indices")
    return l[I], I
"""


def test_unreadable_code_loses_its_part(room):
    """Right all the same, so only the part that holds it is lost."""
    results = room.grade(None, UNREADABLE, items=["quality-static", "comm-topk"], sources={"solution-comm-topk": UNREADABLE})
    assert not results["comm-topk"].score < results["comm-topk"].max_score
    failed = [check for check in results["quality-static"].checks if not check.passed]
    assert any("지적이" in check.message and "compression" in check.id for check in failed)

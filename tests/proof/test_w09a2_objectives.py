"""The objectives assignment's checks pass what is right, and fail what is wrong, by its name."""

from __future__ import annotations

import dataclasses
import random
from itertools import cycle, islice

import nbformat
import pytest
import torch
from alterations import changed, claimed, without
from proofroom import STUDENT, Room, generated, verdicts, with_person

from autograder.build import build_release
from autograder.course import ROOT
from autograder.evidence import Evidence
from autograder.proof import definitions, load_alternatives, load_equivalents, load_mutants, lost, messages, sources_of
from autograder.roomfiles import public_checks
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import run_checks
from course_lib.kit.model import Config, TwoStream
from course_lib.kit.model.layers import masked_attention
from course_lib.objectives import TwoStreamLayer

ID = "w09a2_objectives"
ROOM = ROOT / "solutions" / ID
MUTANTS = load_mutants(ROOM)
ALTERNATIVES = load_alternatives(ROOM)
EQUIVALENTS = load_equivalents(ROOM)
SAMPLED = 10  # generated mutants in the normal run
STUDENTS = (STUDENT, "2026-002", "2026-003")  # the numbers of one may hide a mistake


@pytest.fixture(scope="module")
def room(objectives) -> Room:
    return objectives


def evidence_of(room, namespace):
    """The room's evidence with what a namespace's own functions say of it: orders, perplexities, conclusions."""
    tables = dict(room.evidence.tables)
    torch.manual_seed(0)
    model = TwoStream(Config(20, 16, 32, 2, 2), TwoStreamLayer).eval()
    for parameter in model.parameters():
        parameter.data.add_(torch.randn_like(parameter) * 0.3)
    tables["dependency"] = namespace["dependency_rows"](model, 8, 400, room.evidence.seed)
    curve = tables["curve"]
    rows = namespace["curve_rows"]([row["step"] for row in curve], [row["loss"] for row in curve])
    tables["curve"] = [old | new for old, new in zip(curve, rows, strict=True)]
    conclusions = {}
    for name, table in (("curve", "curve"), ("rate", "rates"), ("dependency", "dependency")):
        conclusions |= namespace[f"{name}_conclusions"](tables[table])
    conclusions |= namespace["arm_conclusions"](tables["arms"], tables["cloze"])
    return dataclasses.replace(room.evidence, tables=tables, conclusions=conclusions)


def trained_by(namespace, evidence):
    """The evidence with the first steps of every training that draws as the namespace's own functions draw them."""
    tables, seed = dict(evidence.tables), evidence.seed
    firsts = {}
    for objective in ("mlm", "plm"):
        log = namespace["train_arm"](objective, 1_200, seed, first=11, profile="cpu").log
        firsts |= {(objective, step): loss for step, loss in zip(log.steps, log.losses, strict=True)}
    tables["logs"] = [row | {"loss": firsts.get((row["objective"], row["step"]), row["loss"])} for row in tables["logs"]]
    tables["arms"] = [row | {"first_loss": firsts.get((row["objective"], 0), row["first_loss"])} for row in tables["arms"]]
    rates = []
    for row in tables["rates"]:
        arm = namespace["train_arm"]("mlm", row["steps"], seed, first=1, rate=row["rate"], profile="cpu")
        rates.append(row | {"first_loss": arm.log.losses[0]})
    return dataclasses.replace(evidence, tables=tables | {"rates": rates})


# -- what is right ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", [STUDENT, "", "학번 7"])
def test_the_solution_earns_every_automatic_point(room, student):
    items = room.automatic() if student == STUDENT else room.automatic("implementation", "theory", "quality", "bonus")
    results = room.grade(student=student, items=items)
    assert messages(results) == []
    assert not lost(results)
    assert not any(result.used_reference for result in results.values())


@pytest.mark.parametrize("secret", range(3))
def test_no_seed_fails_the_solution_or_an_alternative(room, secret):
    """Inputs of a check are drawn: whatever is drawn, what is right passes."""
    items = room.automatic("implementation", "theory", "bonus")
    for source in ("", *ALTERNATIVES.values()):
        results = room.grade(None, source, items=items, student=f"{secret}", secret=b"%d" % secret)
        assert messages(results) == []
        assert not lost(results)


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_alternatives_lose_nothing(room, name):
    source = ALTERNATIVES[name]
    namespace = room.namespace(None, source)
    evidence = trained_by(namespace, evidence_of(room, namespace))
    results = room.grade(None, source, evidence=evidence)
    assert messages(results) == []
    assert not lost(results)


@pytest.mark.parametrize("source", ["", *ALTERNATIVES.values()], ids=["solution", *ALTERNATIVES])
def test_public_checks_pass_what_is_right(room, source):
    namespace = room.namespace(None, source)
    evidence = evidence_of(room, namespace)
    submission = NotebookSubmission(namespace, STUDENT, sources_of(room.cells))
    items = None if not source else set(room.automatic()) - {"quality-static"}  # alternatives are written for brevity
    outcomes = run_checks(public_checks(room.path), submission, assignment="x", items=items, fixtures={"evidence": evidence})
    assert [(outcome.id, outcome.message) for outcome in outcomes if not outcome.passed] == []


def test_the_checks_know_the_notebooks_sizes(room):
    """Steps, batches and vocabulary stand in the notebook and, because a submission's word for them is none, in the checks."""
    import runpy

    checks = runpy.run_path(str(ROOM / "checks_experiments.py"))
    for profile, setup in room.namespace()["SETUPS"].items():
        if profile == "smoke":
            continue
        assert checks["STEPS"][profile] == setup.steps
        assert checks["BATCH"][profile] == setup.batch_size * setup.length
        assert checks["VOCABULARY"] == setup.vocab_size
    assert checks["RATES"] == room.namespace()["RATES"]
    assert {row["orders"] for row in room.evidence.tables["dependency"]} == {checks["ORDERS"]}


def test_the_kits_attention_gives_nothing_for_nothing():
    """The kit's attention, which the layer's probe uses, gives 0 where nothing is visible, as the contract wants."""
    x = torch.randn(1, 1, 3, 2)
    mask = torch.tensor([[False, False, False], [True, False, False], [True, True, False]])
    assert masked_attention(x, x, x, mask)[0, 0, 0].eq(0).all()


# -- what is not there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_evidence", [False, True])
def test_the_release_earns_nothing(room, with_evidence):
    released = nbformat.reads(build_release(room.course, room.assignment.id).decode(), as_version=4)
    cells = with_person(definitions(released), released)
    results = room.grade(cells, evidence=room.evidence if with_evidence else Evidence())
    assert {name: result.score for name, result in results.items()} == dict.fromkeys(room.automatic(), 0.0)


# -- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def verdict(room):
    return verdicts(room, "solution-clm-loss")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutants_lose_what_they_declare_and_are_recognised(verdict, mutant):
    results = verdict(mutant)
    assert set(lost(results)) == set(mutant.loses)
    assert mutant.message
    assert any(mutant.message in said for said in messages(results))
    assert not any(result.needs_manual for result in results.values())


ELSEWHERE = ("test_code_reads_well", "test_curve_conclusions", "test_rate_conclusions", "test_arm_conclusions", "test_targets_follow")
ELSEWHERE += ("test_dependency_table", "test_dependency_conclusion", "test_arms_are_equal")


def test_every_hidden_check_is_failed_by_some_mutant(room, verdict):
    """Or by altered evidence and by the release, which other tests show."""
    failed = {check.id for mutant in MUTANTS for result in verdict(mutant).values() for check in result.checks if not check.passed}
    every = {check.id for result in room.grade().values() for check in result.checks}
    elsewhere = {check for check in every if check.startswith(ELSEWHERE)}
    assert every - failed - elsewhere == set()


ZERO = {
    "causal_mask": "lambda length: torch.zeros(length, length, dtype=torch.bool)",
    "causal_attention": "lambda query, key, value, key_mask=None: query * 0",
    "clm_loss": "lambda logits, ids, mask=None: logits.sum() * 0",
    "filter_logits": "lambda logits, top_k=0, top_p=1.0: logits * 0",
    "generate": "lambda model, ids, new, *more, **options: torch.cat((ids, ids.new_zeros(len(ids), new)), 1)",
    "mask_tokens": "lambda ids, *more, **options: (ids.clone(), torch.full_like(ids, -100))",
    "mlm_loss": "lambda logits, labels: logits.sum() * 0",
    "sample_order": "lambda length, generator=None: torch.zeros(length, dtype=torch.long)",
    "two_stream_masks": "lambda order: (torch.zeros(len(order), len(order), dtype=torch.bool),) * 2",
    "plm_loss": "lambda logits, ids, order, n: logits.sum() * 0",
    "pseudo_perplexity": "lambda model, ids, mask_id, special_mask=None: 0.0",
    "distinct_n": "lambda samples, n: 0.0",
    "steps_to_threshold": "lambda steps, values, threshold: 0",
    "infill": "lambda model, ids, mask_id: ids * 0",
}
NEGATED = ("clm_loss", "mlm_loss", "plm_loss", "pseudo_perplexity", "distinct_n")
ITEM = {
    "causal_mask": "clm-mask",
    "causal_attention": "clm-attention",
    "clm_loss": "clm-loss",
    "filter_logits": "clm-filter",
    "generate": "clm-generate",
    "mask_tokens": "mlm-mask",
    "mlm_loss": "mlm-loss",
    "sample_order": "plm-order",
    "two_stream_masks": "plm-order",
    "plm_loss": "plm-loss",
    "pseudo_perplexity": "cmp-ppl",
    "distinct_n": "cmp-distinct",
    "steps_to_threshold": "cmp-steps",
    "infill": "cmp-infill",
}


@pytest.mark.parametrize("name", ZERO)
def test_the_zero_answer_fails(room, name):
    results = room.grade(None, f"{name} = {ZERO[name]}", items=[ITEM[name]])
    whole = 1 if name == "sample_order" else 2  # the masks are the other part of that item
    assert results[ITEM[name]].score < results[ITEM[name]].max_score / whole


@pytest.mark.parametrize("name", NEGATED)
def test_a_flipped_sign_fails(room, name):
    source = f"right_one = {name}\n{name} = lambda *arguments, **options: -right_one(*arguments, **options)"
    results = room.grade(None, source, items=[ITEM[name]])
    assert results[ITEM[name]].score < results[ITEM[name]].max_score / 2


ONE_FUNCTION = {
    "clm-mask": "causal_mask = lambda length: torch.ones(length, length, dtype=torch.bool).triu()",
    "clm-filter": "filter_logits = lambda logits, top_k=0, top_p=1.0: logits",
    "plm-order": "right_masks = two_stream_masks\ntwo_stream_masks = lambda order: right_masks(order.argsort())",
}


@pytest.mark.parametrize("item", ONE_FUNCTION)
def test_an_early_mistake_is_paid_for_once(room, item):
    """Later items that the mistake reaches cost nothing."""
    results = room.grade(None, ONE_FUNCTION[item], items=room.automatic("implementation", "theory"))
    assert set(lost(results)) == {item}


# -- evidence that is not the student's -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "change", "said"),
    [
        ("exp-curves", lambda _: Evidence(), "증거에 `curve` 표가 없습니다"),
        ("exp-curves", lambda e: dataclasses.replace(e, profile="smoke"), "'smoke' 프로필"),
        ("exp-curves", changed("curve", 1, loss=3.0, perplexity=20.085536923187668), "다시 계산하면"),
        ("exp-curves", changed("curve", 5, perplexity=3.0), "exp(손실)이 아닙니다"),
        ("exp-curves", changed("curve", 0, step=5), "열마다 하나가"),
        ("exp-curves", changed("curve", 0, loss=True), "bool"),
        ("exp-curves", claimed("start", ratio=1.0), "결론 start의 ratio"),
        ("exp-curves", claimed("learned", direction="up"), "결론 learned의 direction"),
        ("exp-curves", lambda e: dataclasses.replace(e, conclusions={}), "`start` 결론이 없습니다"),
        ("exp-rates", without("rates"), "증거에 `rates` 표가 없습니다"),
        ("exp-rates", changed("rates", 0, targets_per_step=500.0), "개를 맞혔습니다"),
        ("exp-rates", changed("rates", 1, first_loss=9.0), "5 % 안에"),
        ("exp-rates", changed("rates", 2, rate=0.15), "비율"),
        ("exp-rates", changed("rates", 1, own_loss=9.0), "처음보다 큽니다"),
        ("exp-rates", claimed("rate-loss", direction="sideways"), "결론 rate-loss의 direction"),
        ("exp-rates", claimed("rate-targets", best=0.9), "결론 rate-targets의 best"),
        ("exp-dependency", changed("dependency", 0, share=0.5), "자기 토큰에 기댑니다"),
        ("exp-dependency", changed("dependency", 1, share=0.95), "1/2에 가깝고"),
        ("exp-dependency", changed("dependency", 1, orders=4), "orders가"),
        ("exp-dependency", claimed("half", mean=0.4), "결론 half의 mean"),
        ("exp-compare", changed("arms", 1, batches="0"), "읽은 배치의 지문"),
        ("exp-compare", changed("arms", 1, weights="0"), "처음 가중치의 지문"),
        ("exp-compare", changed("arms", 2, parameters=1), "매개변수의 수"),
        ("exp-compare", changed("arms", 0, last_loss=0.1), "표 logs와 다릅니다"),
        ("exp-compare", changed("arms", 0, reached=7), "reached는 7"),
        ("exp-compare", changed("arms", 0, cloze=0.125), "배우지 못했습니다"),
        ("exp-compare", changed("arms", 0, cloze=1.7), "있을 수 없는"),
        ("exp-compare", changed("cloze", 0, accuracy=1.0), "right ÷ asked"),
        ("exp-compare", claimed("agree", same="maybe"), "결론 agree의 same"),
        ("exp-compare", claimed("losses", rows=[1, 1, 1]), "결론 losses의 rows"),
        ("exp-compare", claimed("unseen", direction="down"), "결론 unseen의 direction"),
    ],
)
def test_evidence_is_a_claim(room, item, change, said):
    results = room.grade(items=[item], evidence=change(room.evidence))
    assert lost(results)
    assert any(said in message for message in messages(results)), messages(results)
    assert not results[item].needs_manual


HOSTILE = [None, True, "많음", [1], {}, 10**30, -1, -1.5]


@pytest.mark.parametrize("table", ["curve", "rates", "dependency", "arms", "logs", "cloze"])
def test_hostile_evidence_is_no_fault_of_the_grader(room, table):
    """Every column holds a hostile value once, and every such value stands somewhere."""
    item = {"curve": "exp-curves", "rates": "exp-rates", "dependency": "exp-dependency"}.get(table, "exp-compare")
    untrained = "train_arm = None\n"  # the training is not what is looked at here, and takes its time
    columns = list(room.evidence.tables[table][0])
    number = max(len(columns), len(HOSTILE))
    for column, value in zip(islice(cycle(columns), number), islice(cycle(HOSTILE), number), strict=True):
        evidence = changed(table, 0, **{column: value})(room.evidence)
        results = room.grade(None, untrained, items=[item], evidence=evidence)
        assert lost(results), column
        assert not results[item].needs_manual, (column, value, messages(results))


@pytest.mark.parametrize("claim", [None, [], 3, {"rows": 5}, {"rows": [True], "ratio": True, "factor": "큼", "mean": None, "same": 1}])
def test_hostile_conclusions_are_no_fault_of_the_grader(room, claim):
    evidence = dataclasses.replace(room.evidence, conclusions=dict.fromkeys(room.evidence.conclusions, claim))
    results = room.grade(None, "train_arm = None\n", items=room.automatic("experiments"), evidence=evidence)
    assert set(lost(results)) == set(room.automatic("experiments"))
    assert not any(result.needs_manual for result in results.values())


# -- generated mutants ------------------------------------------------------------------------------------------------


def survives(room, name, cells):
    """Whether a mutant keeps every point, for each of some students; trainings are run again for the cells of experiments only."""
    text = name.removeprefix("solution-")
    everything = room.automatic("implementation", "theory", "bonus")
    own = [item for item in everything if text.startswith(item)]
    if own and lost(room.grade(cells, items=own)):  # most die at the item that their cell is for
        return False
    if text.startswith("exp-"):
        try:
            evidence = evidence_of(room, room.namespace(cells))
        except Exception:  # a mutant may do anything; its notebook would keep no evidence
            return False
        return not lost(room.grade(cells, items=room.automatic("experiments"), evidence=evidence))
    if lost(room.grade(cells, items=[*everything, "quality-growth"])):
        return False
    return not any(lost(room.grade(cells, items=room.automatic("theory"), student=student)) for student in STUDENTS[1:])


def test_sampled_generated_mutants_lose_points(room):
    chosen = random.Random(9).sample(generated(room, EQUIVALENTS, survives, "solution-exp-"), SAMPLED)
    survivors = [name for name, cells in chosen if survives(room, name, cells)]
    assert survivors == []


@pytest.mark.full
def test_generated_mutants_lose_points(room):
    every = generated(room, EQUIVALENTS, survives, "solution-exp-")
    survivors = [name for name, cells in every if survives(room, name, cells)]
    print(f"{len(every)} generated mutants, {len(survivors)} survive:", *survivors, sep="\n  ")
    assert len(survivors) <= len(every) / 100, survivors

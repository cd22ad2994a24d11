"""The tokenizer assignment's checks pass what is right, and fail what is wrong, by its name."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proofroom import generated, verdicts

from autograder.build import build_release
from autograder.course import ROOT
from autograder.evidence import Evidence
from autograder.proof import definitions, load_alternatives, load_equivalents, load_mutants, lost, messages, namespace_of
from autograder.roomfiles import public_checks
from benchmarks.bpe import library_bpe
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import run_checks
from course_lib.tokenizers import train_bpe, train_byte_bpe

ROOM = ROOT / "solutions" / "w09a1_tokenizers"
MUTANTS = load_mutants(ROOM)
ALTERNATIVES = load_alternatives(ROOM)
EQUIVALENTS = load_equivalents(ROOM)
SAMPLED = 10  # generated mutants in the normal run
STUDENTS = ("2026-001", "2026-002", "2026-003")  # the numbers of one may hide a mistake


# -- what is right ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", ["2026-001", "", "학번 7"])
def test_the_solution_earns_every_automatic_point(room, student):
    results = room.grade(student=student)
    assert messages(results) == []
    assert not lost(results)
    assert not any(result.used_reference for result in results.values())


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_alternatives_lose_nothing(room, name):
    results = room.grade(None, ALTERNATIVES[name], sources={"solution-bpe-train": ALTERNATIVES[name]})
    assert messages(results) == []
    assert not lost(results)


@pytest.mark.parametrize("source", ["", *ALTERNATIVES.values()], ids=["solution", *ALTERNATIVES])
def test_public_checks_pass_what_is_right(room, source):
    namespace = namespace_of(room.cells, source)
    submission = NotebookSubmission(namespace, STUDENTS[0])
    outcomes = run_checks(public_checks(room.path), submission, assignment="x", fixtures={"evidence": room.evidence})
    assert [outcome for outcome in outcomes if not outcome.passed] == []


@pytest.fixture(scope="module")
def taught(room):
    return namespace_of(room.cells)


CORPUS = st.lists(st.text(alphabet="abc가나² .,½", max_size=20), max_size=6)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corpus=CORPUS, size=st.integers(0, 30), specials=st.sampled_from([[], ["[UNK]"], ["ab", "가나"]]), frequency=st.integers(0, 3))
def test_library_reference_and_solution_agree(taught, corpus, size, specials, frequency):
    right = library_bpe(corpus, size, specials, frequency)
    assert train_bpe(corpus, size, specials, frequency) == right
    assert taught["train_bpe"](corpus, size, specials, frequency) == right


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corpus=CORPUS, size=st.integers(256, 280))
def test_library_reference_and_solution_agree_on_bytes(taught, corpus, size):
    right = library_bpe(corpus, size, byte_level=True)
    assert train_byte_bpe(corpus, size) == right
    assert taught["train_byte_bpe"](corpus, size) == right


@pytest.mark.full
def test_evidence_is_what_the_solution_makes(room, measure):
    """Where it differs, ``tests/proof/w09a1_evidence.json`` is to be made anew."""
    own = measure(namespace_of(room.cells, parameters={"PROFILE": "cpu"}))
    assert (own.tables, own.conclusions) == (room.evidence.tables, room.evidence.conclusions)


# -- what is not there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_evidence", [False, True])
def test_the_release_earns_nothing(room, with_evidence):
    released = nbformat.reads(build_release(room.course, room.assignment.id).decode(), as_version=4)
    results = room.grade(definitions(released), evidence=room.evidence if with_evidence else Evidence())
    assert {name: result.score for name, result in results.items()} == dict.fromkeys(room.automatic(), 0.0)


# -- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def verdict(room):
    return verdicts(room, "solution-bpe-train")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutants_lose_what_they_declare_and_are_recognised(verdict, mutant):
    results = verdict(mutant)
    assert set(lost(results)) == set(mutant.loses)
    assert mutant.message
    assert any(mutant.message in said for said in messages(results))
    assert not any(result.needs_manual for result in results.values())


def test_a_piece_whose_loss_others_make_good(room):
    """The numbers of this student take away a piece for which two shorter ones stand in."""
    source = "def answer_missing(vocab, word, missing):\n    return {'before': len(longest_pieces(word, vocab)), 'after': 1}\n"
    results = room.grade(None, source, items=["theory-missing"], student=STUDENTS[2])
    assert any("단어 전체가 [UNK]라고 보았습니다" in said for said in messages(results))


def test_every_hidden_check_is_failed_by_some_mutant(room, verdict):
    """Or by altered evidence and by the release, which other tests show."""
    failed = {check.id for mutant in MUTANTS for result in verdict(mutant).values() for check in result.checks if not check.passed}
    every = {check.id for result in room.grade().values() for check in result.checks}
    elsewhere = {check for check in every if check.startswith(ELSEWHERE)}
    assert every - failed - elsewhere == set()


def ugly_cells() -> dict[str, str]:
    """The whole assignment by somebody who wants it to run and nothing else, by cell."""
    text = (Path(__file__).parent / "w09a1_ugly.txt").read_text(encoding="utf-8")
    parts = [part.partition("\n") for part in text.split("# == ")[1:]]
    return {f"solution-{name}": source for name, _, source in parts}


def test_code_that_is_right_but_ugly_keeps_at_most_half(room):
    """Single letters, globals, the same code twice, no word of explanation: every point for what it does, half for how at most."""
    sources = ugly_cells()
    results = room.grade(None, "\n".join(sources.values()), items=room.automatic("implementation", "quality"), sources=sources)
    quality = [results.pop(item) for item in room.automatic("quality")]
    assert messages(results) == []
    assert sum(item.score for item in quality) <= sum(item.max_score for item in quality) / 2


@pytest.mark.full
def test_right_code_by_other_means_keeps_its_quality(room):
    """Nine tenths at least, reviewed as it stands."""
    for name, source in ALTERNATIVES.items():
        results = room.grade(None, source, items=room.automatic("quality"), sources={"solution-other": source})
        assert sum(item.score for item in results.values()) >= 0.9 * sum(item.max_score for item in results.values()), name


ELSEWHERE = ("test_code_reads_well", "test_the_table_is", "test_conclusions_follow")
ELSEWHERE += ("test_merge_conclusions", "test_unit_conclusion", "test_comparison_conclusions", "test_compared_cells_agree")


ONE_FUNCTION = {
    "count_pairs": ("bpe-pairs", "def count_pairs(words):\n    return Counter(pair for word in words for pair in pairwise(word))\n"),
    "merge_pair": (
        "bpe-merge",
        "def merge_pair(word, pair):\n    whole = tuple(word)\n"
        "    at = next((i for i, two in enumerate(pairwise(whole)) if two == pair), None)\n"
        "    return whole if at is None else (*whole[:at], pair[0] + pair[1], *whole[at + 2 :])\n",
    ),
}


@pytest.mark.parametrize("name", ONE_FUNCTION)
def test_an_early_mistake_is_paid_for_once(room, name):
    """With the reference's records in their place, the later items that a mistake reaches cost nothing."""
    item, source = ONE_FUNCTION[name]
    results = room.grade(None, source, items=room.automatic("implementation"))
    assert set(lost(results)) == {item}
    assert results["bpe-train"].used_reference


# -- evidence that is not the student's -------------------------------------------------------------------------------


def changed_row(evidence, number, **values):
    rows = [{**row, **values} if place == number else row for place, row in enumerate(evidence.tables["vocab"])]
    return dataclasses.replace(evidence, tables={**evidence.tables, "vocab": rows})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: Evidence(), "증거에 `vocab` 표가 없습니다"),
        (lambda e: dataclasses.replace(e, profile="smoke"), "'smoke' 프로필"),
        (lambda e: dataclasses.replace(e, tables={"vocab": e.tables["vocab"][:-1]}), "빠진 조건"),
        (lambda e: changed_row(e, 0, tokens=e.tables["vocab"][0]["tokens"] + 1), "bytes_per_token"),
        (lambda e: changed_row(e, 0, tokens="많음"), "하는데 str"),
        (lambda e: changed_row(e, 0, seed=5), "seed"),
        (lambda e: changed_row(e, 0, bytes=e.tables["vocab"][0]["characters"]), "글자를 세었습니다"),
        (lambda e: changed_row(e, 1, merges=3), "다시 계산하면"),
        (lambda e: dataclasses.replace(e, conclusions={}), "`size` 결론이 없습니다"),
        (lambda e: dataclasses.replace(e, conclusions={**e.conclusions, "size": {"rows": [9, 10, 11], "direction": "down"}}), "방향"),
        (lambda e: dataclasses.replace(e, conclusions={**e.conclusions, "gain": {"rows": [0, 1, 2], "direction": "up"}}), "rows"),
    ],
)
def test_evidence_is_a_claim(room, change, said):
    results = room.grade(items=["exp-vocab"], evidence=change(room.evidence))
    assert lost(results)
    assert any(said in message for message in messages(results))
    assert not results["exp-vocab"].needs_manual


@pytest.mark.parametrize(
    ("item", "table", "conclusion"),
    [
        ("exp-merges", "merges", "overlap"),
        ("exp-units", "units", "units"),
        ("exp-compare", "compare", "oov"),
        ("exp-compare", "speed", "levels"),
    ],
)
def test_further_tables_and_conclusions_are_claims(room, item, table, conclusion):
    rows = room.evidence.tables[table]
    column = {"merges": "count", "units": "pieces", "compare": "oov_token", "speed": "texts_per_s"}[table]
    changed = [*rows[:-4], {**rows[-4], column: rows[-4][column] + 1}, *rows[-3:]]
    for tables, claims in (
        ({**room.evidence.tables, table: []}, room.evidence.conclusions),
        ({**room.evidence.tables, table: changed}, room.evidence.conclusions),
        ({**room.evidence.tables, table: [{**row, "seed": 10**30} for row in rows]}, room.evidence.conclusions),
        (room.evidence.tables, {**room.evidence.conclusions, conclusion: {"rows": [1], "direction": "up", "jaccard": True}}),
        (room.evidence.tables, {}),
    ):
        results = room.grade(items=[item], evidence=dataclasses.replace(room.evidence, tables=tables, conclusions=claims))
        assert lost(results)
        assert not results[item].needs_manual


@pytest.mark.parametrize("hostile", [{"seed": 10**30}, {"seed": True}, {"vocab_size": [1]}, {"language": {}}, {"bytes_per_token": None}])
def test_hostile_evidence_is_no_fault_of_the_grader(room, hostile):
    rows = [{**row, **hostile} for row in room.evidence.tables["vocab"]]
    results = room.grade(items=["exp-vocab"], evidence=dataclasses.replace(room.evidence, tables={**room.evidence.tables, "vocab": rows}))
    assert results["exp-vocab"].score == 0
    assert not results["exp-vocab"].needs_manual


# -- generated mutants ------------------------------------------------------------------------------------------------


def survives(room, name, cells):
    """Whether a mutant keeps every point of implementation, theory, experiments and bonus, for each of some students."""
    items = room.automatic("implementation", "theory", "experiments", "bonus")
    own = [item for item in items if name.removeprefix("solution-").startswith(item)]
    if lost(room.grade(cells, items=own)):  # most die at the item that their cell is for
        return False
    try:
        names = namespace_of(cells, parameters={"PROFILE": "cpu"})
        conclusions = names["conclusions"](room.evidence.tables["vocab"])
        for name, table in (("merge", "merges"), ("unit", "units"), ("comparison", "compare")):
            conclusions |= names[f"{name}_conclusions"](room.evidence.tables[table])
    except Exception:  # a mutant may do anything; its notebook would keep no conclusions
        conclusions = None
    evidence = dataclasses.replace(room.evidence, conclusions=conclusions if isinstance(conclusions, dict) else {})
    if lost(room.grade(cells, items=items, evidence=evidence, student=STUDENTS[0])):
        return False
    return not any(lost(room.grade(cells, items=room.automatic("theory"), student=student)) for student in STUDENTS[1:])


def test_sampled_generated_mutants_lose_points(room):
    chosen = random.Random(9).sample(generated(room, EQUIVALENTS, survives), SAMPLED)
    survivors = [name for name, cells in chosen if survives(room, name, cells)]
    assert len(survivors) <= SAMPLED // 10, survivors


@pytest.mark.full
def test_generated_mutants_lose_points(room):
    every = generated(room, EQUIVALENTS, survives)
    survivors = [name for name, cells in every if survives(room, name, cells)]
    print(f"{len(every)} generated mutants, {len(survivors)} survive:", *survivors, sep="\n  ")
    assert len(survivors) <= len(every) / 10, survivors

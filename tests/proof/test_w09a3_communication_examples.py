"""Failing checks on precision and communication name a small input that a student can paste, and that is true."""

from __future__ import annotations

import pytest
import torch

from autograder.build import build_source
from autograder.course import ROOT, open_course
from autograder.evidence import Evidence
from autograder.proof import ImpatientSubmission, definitions, load_mutants, namespace_of, sources_of
from autograder.review import Review
from autograder.roomfiles import hidden_checks
from course_lib.kit import counterexample
from course_lib.kit.checking import run_checks
from course_lib.kit.counterexample import values_of
from course_lib.kit.explaining import explained

ID = "w09a3_distributed"
ROOM = ROOT / "solutions" / ID
EXPLAINED = {"mixed-shares", "mixed-scaler", "mixed-step", "comm-topk", "comm-feedback", "comm-powersgd", "comm-async", "comm-overlap"}
EXPLAINED |= {"bonus-moe"}
MUTANTS = [mutant for mutant in load_mutants(ROOM) if EXPLAINED & set(mutant.loses)]
# No one line shows these: they change what they were given, ask too often, or show in gradients, types, states and errors.
ELSEWHERE = {
    "asked_twice",
    "decompressed_to_float32",
    "every_expert_sees_all",
    "first_group_only",
    "gradient_changed",
    "gradients_multiplied",
    "gradients_replaced",
    "loss_not_scaled",
    "masters_share_memory",
    "one_memory_for_all",
    "q_written_over",
    "rest_zeroed_in_place",
    "rows_sent",
    "scale_beyond_float32",
    "sizes_sent",
    "step_says_always_true",
    "step_says_nothing",
    "step_taken_anyway",
    "step_with_zeroed_gradients",
    "token_by_token_output",
    "unscaled_in_step_again",
    "unscaling_twice_allowed",
    "values_scaled_in_place",
}


@pytest.fixture(scope="module")
def cells():
    torch.set_num_threads(1)
    course = open_course()
    return tuple(definitions(build_source(course, course.assignment(ID))))


@pytest.fixture(scope="module")
def taught(cells):
    return ImpatientSubmission(namespace_of(cells, parameters={"PROFILE": "smoke"}))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_example_fails_for_the_mutant_and_holds_for_the_solution(cells, taught, mutant):
    sources = sources_of(cells) | {"mutant": mutant.source}
    namespace = namespace_of(cells, mutant.source, parameters={"PROFILE": "smoke"})
    submission = ImpatientSubmission(namespace, "2026-001", sources)
    fixtures = {"evidence": Evidence(), "review": Review()}
    items = EXPLAINED & set(mutant.loses)
    outcomes = run_checks(hidden_checks(ROOM), submission, assignment="x", secret=b"proof", items=items, fixtures=fixtures)
    (found,) = explained(outcomes, sources=sources)
    failed = [outcome for outcome in found if not outcome.passed]
    examples = [outcome for outcome in failed if outcome.example]
    assert failed
    assert bool(examples) != (mutant.name in ELSEWHERE)
    for outcome in examples:
        assert len(outcome.example) <= counterexample.LINE
        (right,) = taught.run(values_of, lines=[outcome.example], returns=list[tuple[str, object]])
        assert right[0] == "value"
        assert counterexample.shown(right[1]) != outcome.got

"""Failing checks of the distributed assignment's parallel half name a small input that a student can paste, and that is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofroom import Room

from autograder.build import build_source
from autograder.course import ROOT, open_course
from autograder.evidence import Evidence
from autograder.proof import ImpatientSubmission, definitions, load_mutants, sources_of
from autograder.review import Review
from autograder.roomfiles import hidden_checks
from course_lib.kit import counterexample
from course_lib.kit.checking import run_checks
from course_lib.kit.counterexample import values_of
from course_lib.kit.explaining import explained

ID = "w09a3_distributed"
ROOM: Path = ROOT / "solutions" / ID
IMPLEMENTED = ("dp-", "pp-", "tp-", "mem-")
MUTANTS = [mutant for mutant in load_mutants(ROOM) if any(item.startswith(IMPLEMENTED) for item in mutant.loses)]
# No one line shows these: messages, memory, shapes, names, gradients of weights, or that nothing was raised.
ELSEWHERE = {
    "activation_at_the_end",
    "activation_on_partial_sums",
    "always_gathered",
    "any_name_taken",
    "any_number_of_segments",
    "backward_from_the_front",
    "bias_gradient_of_every_rank",
    "changes_what_it_was_given",
    "column_asked_twice",
    "deadlock_accepted",
    "every_rank_has_all",
    "far_ranks",
    "flat_results",
    "gather_to_rank_zero",
    "idle_steps",
    "never_gathered",
    "no_activation",
    "old_gradients_kept",
    "one_result_for_all",
    "sends_what_it_cannot_know",
    "summed_in_each_ranks_order",
    "summed_without_the_network",
    "times_swapped",
    "transposed_gradient",
    "unused_left_out",
    "weights_not_copied",
    "whole_tensors_round_the_ring",
}


@pytest.fixture(scope="module")
def room() -> Room:
    course = open_course()
    assignment = course.assignment(ID)
    cells = tuple(definitions(build_source(course, assignment)))
    return Room(course, assignment, course.room(ID), cells, Evidence(), {"PROFILE": "smoke"})


@pytest.fixture(scope="module")
def taught(room):
    return ImpatientSubmission(room.namespace())


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_example_fails_for_the_mutant_and_holds_for_the_solution(room, taught, mutant):
    sources = sources_of(room.cells) | {"mutant": mutant.source}
    submission = ImpatientSubmission(room.namespace(None, mutant.source), "2026-001", sources)
    items = [item for item in mutant.loses if item.startswith(IMPLEMENTED)]
    fixtures = {"evidence": Evidence(), "review": Review()}
    outcomes = run_checks(hidden_checks(room.path), submission, assignment="x", secret=b"proof", items=items, fixtures=fixtures)
    (found,) = explained(outcomes, sources=sources)
    failed = [outcome for outcome in found if not outcome.passed]
    examples = [outcome for outcome in failed if outcome.example]
    assert failed
    assert bool(examples) == (mutant.name not in ELSEWHERE)
    for outcome in examples:
        assert len(outcome.example) <= 300
        (right,) = taught.run(values_of, lines=[outcome.example], returns=list[tuple[str, object]])
        assert right[0] == "value"
        assert counterexample.shown(right[1]) != outcome.got

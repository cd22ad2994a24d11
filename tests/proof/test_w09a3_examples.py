"""Failing checks of the distributed assignment name a small input that a student can paste, and that is true."""

from __future__ import annotations

import pytest
import torch
from proofroom import Room, explained_mutants

from autograder.build import build_source
from autograder.course import ROOT, open_course
from autograder.evidence import Evidence
from autograder.proof import ImpatientSubmission, Mutant, definitions, naming, sources_of
from autograder.review import Review
from autograder.roomfiles import hidden_checks
from course_lib.kit import counterexample
from course_lib.kit.checking import run_checks
from course_lib.kit.counterexample import values_of
from course_lib.kit.explaining import explained

ID = "w09a3_distributed"
ROOM = ROOT / "solutions" / ID
EXPLAINED = ("dp-", "pp-", "tp-", "mem-", "mixed-", "comm-", "bonus-")
# No one line shows these: messages, memory, shapes, names, types, what was given, gradients of weights, or that nothing was raised.
ELSEWHERE = {
    "activation_at_the_end",
    "activation_on_partial_sums",
    "always_gathered",
    "any_name_taken",
    "any_number_of_segments",
    "any_stage",
    "asked_twice",
    "backward_from_the_front",
    "bias_gradient_of_every_rank",
    "changes_what_it_was_given",
    "column_asked_twice",
    "deadlock_accepted",
    "decompressed_to_float32",
    "every_expert_sees_all",
    "every_rank_has_all",
    "far_ranks",
    "first_group_only",
    "flat_results",
    "gather_to_rank_zero",
    "gradient_changed",
    "gradients_multiplied",
    "gradients_replaced",
    "idle_steps",
    "loss_not_scaled",
    "masters_share_memory",
    "never_gathered",
    "no_activation",
    "old_gradients_kept",
    "one_memory_for_all",
    "one_result_for_all",
    "q_written_over",
    "rest_zeroed_in_place",
    "rows_sent",
    "scale_beyond_float32",
    "sends_what_it_cannot_know",
    "sizes_sent",
    "step_says_always_true",
    "step_says_nothing",
    "step_taken_anyway",
    "step_with_zeroed_gradients",
    "summed_in_each_ranks_order",
    "summed_without_the_network",
    "times_swapped",
    "token_by_token_output",
    "transposed_gradient",
    "unscaled_in_step_again",
    "unscaling_twice_allowed",
    "unused_left_out",
    "values_scaled_in_place",
    "weights_changed_in_place",
    "weights_not_copied",
    "whole_tensors_round_the_ring",
}


@pytest.fixture(scope="module")
def room() -> Room:
    torch.set_num_threads(1)
    course = open_course()
    assignment = course.assignment(ID)
    cells = tuple(definitions(build_source(course, assignment)))
    return Room(course, assignment, course.room(ID), cells, Evidence(), {"PROFILE": "smoke"})


@pytest.fixture(scope="module")
def taught(room: Room) -> ImpatientSubmission:
    return ImpatientSubmission(room.namespace())


@pytest.mark.parametrize("mutant", list(explained_mutants(ROOM, EXPLAINED)))
def test_the_example_fails_for_the_mutant_and_holds_for_the_solution(room: Room, taught: ImpatientSubmission, mutant: Mutant) -> None:
    sources = sources_of(room.cells) | {"mutant": mutant.source}
    submission = ImpatientSubmission(room.namespace(None, mutant.source), "2026-001", sources)
    items = [item for item in mutant.loses if item.startswith(EXPLAINED)]
    fixtures = {"evidence": Evidence(), "review": Review()}
    checks = naming(items, hidden_checks(room.path))
    outcomes = run_checks(checks, submission, assignment="x", secret=b"proof", items=items, fixtures=fixtures)
    (found,) = explained(outcomes, sources=sources)
    failed = [outcome for outcome in found if not outcome.passed]
    examples = [outcome for outcome in failed if outcome.example]
    assert failed
    assert bool(examples) == (mutant.name not in ELSEWHERE)
    for outcome in examples:
        assert len(outcome.example) <= counterexample.LINE
        (right,) = taught.run(values_of, lines=[outcome.example], returns=list[tuple[str, object]])
        assert right[0] == "value"
        assert counterexample.shown(right[1]) != outcome.got

"""Failing implementation checks of the objectives assignment name a small input that a student can paste, and that is true."""

from __future__ import annotations

import pytest
from proofroom import explained_mutants

from autograder.course import ROOT
from autograder.evidence import Evidence
from autograder.proof import ImpatientSubmission, naming, sources_of
from autograder.review import Review
from autograder.roomfiles import hidden_checks
from course_lib.kit import counterexample
from course_lib.kit.checking import run_checks
from course_lib.kit.counterexample import values_of
from course_lib.kit.explaining import explained

IMPLEMENTED = ("clm-", "mlm-", "plm-", "cmp-")
# No one line shows these: they draw wrongly, change what they were given, ask too often, need a layer's weights, or show in the gradient.
ELSEWHERE = {
    "all_masked",
    "always_greedy",
    "asker_not_normalised",
    "batched_masks_broadcast_over_heads",
    "blanks_filled_in_place",
    "content_from_the_query",
    "content_stands_still",
    "fate_once_per_batch",
    "filters_ignored",
    "finished_rows_go_on",
    "fresh_memory",
    "generator_unused",
    "input_changed",
    "kept_not_predicted",
    "log_of_softmax",
    "masking_without_generator",
    "memory_from_the_query",
    "memory_not_normalised",
    "model_called_twice",
    "nan_rows_covered",
    "no_feed_forward",
    "no_residual",
    "nothing_kept",
    "one_draw_for_all_rows",
    "order_biased",
    "order_drawn_once",
    "order_rotated",
    "order_with_replacement",
    "order_without_generator",
    "query_sees_itself",
    "random_from_the_text",
    "random_of_the_rest",
    "random_once_per_batch",
    "random_over_the_mask",
    "rate_fixed",
    "same_places_in_every_row",
    "samples_read_twice",
    "shares_fixed",
    "streams_returned_swapped",
    "temperature_ignored",
    "temperature_last",
    "temperature_multiplied",
}


@pytest.fixture(scope="module")
def taught(objectives):
    return ImpatientSubmission(objectives.namespace())


@pytest.mark.parametrize("mutant", list(explained_mutants(ROOT / "solutions" / "w09a2_objectives", IMPLEMENTED)))
def test_the_example_fails_for_the_mutant_and_holds_for_the_solution(objectives, taught, mutant):
    sources = sources_of(objectives.cells) | {"mutant": mutant.source}
    submission = ImpatientSubmission(objectives.namespace(None, mutant.source), "2026-001", sources)
    items = [item for item in mutant.loses if item.startswith(IMPLEMENTED)]
    fixtures = {"evidence": Evidence(), "review": Review()}
    checks = naming(items, hidden_checks(objectives.path))
    outcomes = run_checks(checks, submission, assignment="x", secret=b"proof", items=items, fixtures=fixtures)
    (found,) = explained(outcomes, sources=sources)
    failed = [outcome for outcome in found if not outcome.passed]
    examples = [outcome for outcome in failed if outcome.example]
    assert failed
    assert examples or mutant.name in ELSEWHERE
    for outcome in examples:
        assert len(outcome.example) <= 300
        (right,) = taught.run(values_of, lines=[outcome.example], returns=list[tuple[str, object]])
        assert right[0] == "value"
        assert counterexample.shown(right[1]) != outcome.got

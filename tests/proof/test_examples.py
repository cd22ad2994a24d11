"""Every failing implementation check of the tokenizer assignment names a small input that a student can paste, and that is true."""

from __future__ import annotations

import pytest
from proofroom import explained_mutants

from autograder.course import ROOT
from autograder.evidence import Evidence
from autograder.proof import ImpatientSubmission, namespace_of, naming, sources_of
from autograder.review import Review
from autograder.roomfiles import hidden_checks
from course_lib.kit import counterexample
from course_lib.kit.checking import run_checks
from course_lib.kit.counterexample import values_of
from course_lib.kit.explaining import explained

IMPLEMENTED = ("bpe-", "wp-", "ko-", "cmp-")


@pytest.fixture(scope="module")
def taught(room):
    return ImpatientSubmission(namespace_of(room.cells))


@pytest.mark.parametrize("mutant", list(explained_mutants(ROOT / "solutions" / "w09a1_tokenizers", IMPLEMENTED)))
def test_the_example_fails_for_the_mutant_and_holds_for_the_solution(room, taught, mutant):
    sources = sources_of(room.cells) | {"mutant": mutant.source}
    submission = ImpatientSubmission(namespace_of(room.cells, mutant.source), "2026-001", sources)
    items = [item for item in mutant.loses if item.startswith(IMPLEMENTED)]
    fixtures = {"evidence": Evidence(), "review": Review()}
    checks = naming(items, hidden_checks(room.path))
    outcomes = run_checks(checks, submission, assignment="x", secret=b"proof", items=items, fixtures=fixtures)
    (found,) = explained(outcomes, sources=sources)
    failed = [outcome for outcome in found if not outcome.passed]
    examples = {outcome.id: outcome.example for outcome in failed}
    assert failed
    assert all(examples.values()), examples
    assert sum(len(example) <= 220 for example in examples.values()) >= 0.6 * len(examples), examples
    for outcome in failed:
        assert outcome.cell in sources
        assert outcome.line
        (right,) = taught.run(values_of, lines=[outcome.example], returns=list[tuple[str, object]])
        assert right[0] == "value"
        assert counterexample.shown(right[1]) != outcome.got
        if all(call.accepts is None for call in outcome.search.calls):
            assert counterexample.shown(right[1]) == outcome.expected

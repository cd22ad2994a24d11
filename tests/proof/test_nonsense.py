"""No item waits for a person because of what a kernel replied: on a reply that is no answer, every hidden check fails.

Most refuse it where they read it (``returns=``). What still raises is held against the same check on the teaching solution, as the grader
does it: where that passes, the reply is to blame. A check that breaks on a right answer stays a fault, which costs nobody points.
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import asdict

import pytest
from nonsense import BENDS, KINDS, BentSubmission, LyingSubmission, bent_evidence
from proofroom import STUDENT, kept_evidence, with_person

from autograder.blame import judged
from autograder.build import build_source
from autograder.course import ROOT, open_course
from autograder.evidence import Evidence
from autograder.proof import definitions, namespace_of, sources_of
from autograder.review import review_sources
from autograder.roomfiles import hidden_checks
from course_lib.kit.binding import NotebookSubmission, Submission
from course_lib.kit.checking import CheckOutcome, run_checks

ROOMS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/assignment.yml"))


def outcomes(room: str, submission: Submission, *, evidence: Evidence | None = None, **options) -> list[CheckOutcome]:
    fixtures = {"evidence": kept_evidence(room) if evidence is None else evidence, "review": review_sources(submission.sources)}
    checks = hidden_checks(ROOT / "solutions" / room)
    return run_checks(checks, submission, assignment=room, fixtures=fixtures, secret=b"nonsense", **options)


@functools.cache
def honest(room: str) -> NotebookSubmission:
    """The teaching solution."""
    import torch._dynamo  # noqa: F401 - an optimizer imports it at its first step, which takes longer than a call may on a busy machine

    course = open_course()
    notebook = build_source(course, course.assignment(room))
    cells = definitions(notebook)
    if room == "w09a2_objectives":
        cells = with_person(cells, notebook)
    return NotebookSubmission(namespace_of(cells, parameters={"PROFILE": "smoke"}), STUDENT, sources_of(cells))


def faults(room: str, found: list[CheckOutcome], **options) -> dict[str, str]:
    """What stays a fault after the control."""
    after = judged(found, lambda items: outcomes(room, honest(room), items=items, **options))
    return {outcome.id: outcome.message for outcome in after if outcome.status == "fault"}


@pytest.mark.parametrize("kind", ["mixed", "true", *(pytest.param(kind, marks=pytest.mark.full) for kind in KINDS if kind != "true")])
@pytest.mark.parametrize("room", ROOMS)
def test_a_lie_is_neither_right_nor_a_fault(room, kind):
    found = outcomes(room, LyingSubmission(kind))
    assert len(found) > 50
    assert faults(room, found) == {}
    believed = outcomes(room, LyingSubmission(kind), evidence=Evidence())  # some checks judge what evidence says, and ask little beside
    assert [outcome.id for outcome in believed if outcome.passed and not outcome.form] == []


@pytest.mark.full
@pytest.mark.parametrize("room", ROOMS)
def test_a_bent_answer_is_no_fault(room):
    """The teaching solution's replies, each bent in every way: wrong lengths, types, numbers, in both passes."""
    memory: dict[str, str] = {}
    left = {}
    for bend in ("", *BENDS):
        submission = BentSubmission(honest(room), BENDS.get(bend, lambda value: value), memory)
        for again in (False, True):
            broken = faults(room, outcomes(room, submission, use_reference=again), use_reference=again)
            left |= {f"{check}, {bend}": message for check, message in broken.items()}
    assert left == {}


@pytest.mark.parametrize("share", [80, pytest.param(1, marks=pytest.mark.full)])
@pytest.mark.parametrize("room", ROOMS)
def test_nonsense_in_evidence_is_no_fault(room, share):
    """The control meets the same evidence, so that a check which raises on it could not be told from a broken one."""
    told, left = kept_evidence(room), {}
    submission = BentSubmission(honest(room), lambda value: value, {})
    experiments = [item.id for item in open_course().assignment(room).items if item.dimension == "experiments"]
    for what, changed in list(bent_evidence(asdict(told)))[zlib.crc32(room.encode()) % share :: share]:
        found = outcomes(room, submission, evidence=Evidence(**changed), items=experiments)
        left |= {f"{outcome.id}, {what}": outcome.message for outcome in found if outcome.status == "fault"}
    assert left == {}

"""The makespan against a simulation of two workers, one that computes and one that sends."""

from __future__ import annotations

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.distributed.overlap import overlap_makespan, overlap_timeline

buckets = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=10)


def _by_events(work: list[tuple[float, float]]) -> float:
    """Two workers and a queue between them, event by event."""
    events, waiting, sending, now = [], [], False, 0.0
    elapsed = 0.0
    for number, (compute, _) in enumerate(work):
        elapsed += compute
        heapq.heappush(events, (elapsed, 0, number))
    while events:
        now, kind, number = heapq.heappop(events)
        if kind == 0:
            waiting.append(number)
        else:
            sending = False
        if waiting and not sending:
            sending, first = True, waiting.pop(0)
            heapq.heappush(events, (now + work[first][1], 1, first))
    return now


@given(work=buckets)
def test_makespan_is_that_of_the_events(work):
    assert overlap_makespan(work) == _by_events(work)


@given(work=buckets)
def test_makespan_lies_between_the_longer_and_both(work):
    compute, communicate = (sum(bucket[kind] for bucket in work) for kind in (0, 1))
    assert max(compute, communicate) <= overlap_makespan(work) <= compute + communicate


def test_by_hand():
    work = [(3, 2), (1, 4), (2, 1)]
    assert overlap_timeline(work) == [(3, 3, 5), (4, 5, 9), (6, 9, 10)]
    assert overlap_makespan(work) == 10
    assert overlap_makespan([]) == 0
    assert overlap_makespan([(2, 5), (9, 0)]) == 11


def test_a_generator_is_read_once():
    assert overlap_makespan((one, one) for one in (1.0, 2.0)) == pytest.approx(5)

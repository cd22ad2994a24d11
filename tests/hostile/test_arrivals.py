"""Zips and folders from elsewhere: what is somebody's for certain is kept, all else set aside, and nothing is written anywhere else."""

from __future__ import annotations

import pytest
from hostile import arrival
from hostile.room import COURSE

ARRIVALS = arrival.load()


@pytest.mark.parametrize("arrives", ARRIVALS, ids=lambda arrives: arrives.name)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_arrival(arrives, tmp_path):
    arrived = arrival.arrive(arrives, tmp_path, COURSE)
    assert arrived.left == []
    assert arrived.problems == []

"""The corpus, graded once for all tests of this folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile import corpus
from hostile.room import Outcome, Room


@pytest.fixture(scope="module")
def new_room() -> Iterator[Callable[[], Room]]:
    """Rooms in folders that any user may pass through, as pytest's own may not be."""
    made = []

    def make() -> Room:
        made.append(tempfile.mkdtemp(prefix="hostile-"))
        return Room(Path(made[-1]))

    yield make
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def graded() -> Iterator[tuple[Room, dict[str, Outcome]]]:
    """The room after one run over the attacks that CI grades, or over all of them where COURSE_HOSTILE=all, and their outcomes by name."""
    attacks = [attack for attack in corpus.load() if not attack.full or os.environ.get("COURSE_HOSTILE") == "all"]
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        room = Room(Path(folder))
        yield room, {outcome.attack.name: outcome for outcome in room.grade(attacks)}

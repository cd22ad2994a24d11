"""The same attacks without the sandbox succeed, and are seen to: what the corpus finds absent could have been there.

Only attacks that look and do not break are run like this, in a room of their own.
"""

from __future__ import annotations

import pytest
from hostile import corpus

OPEN = ("files", "environment")


@pytest.mark.smoke
def test_without_walls_the_canaries_are_found(new_room):
    room = new_room()
    attacks = [attack for attack in corpus.load() if attack.family == "leaking" and attack.name in OPEN]
    assert len(attacks) == len(OPEN)
    outcomes = {outcome.attack.name: outcome for outcome in room.grade(attacks, sandbox=False)}
    found = {name: {leak.partition(" in ")[0] for leak in outcome.leaks} for name, outcome in outcomes.items()}
    assert "file" in found["files"]
    assert "environment" in found["environment"]
    assert "NONE" in outcomes["files"].result.sandbox


@pytest.mark.smoke
def test_a_changed_file_and_a_process_that_stays_are_noticed(new_room):
    """The look around after each submission, on what a sandbox would have prevented."""
    room = new_room()
    before = room._fingerprint()
    assert room._left_running(before) == []
    (room.outside / "secret.txt").write_text("changed")
    (room.course.root / "solutions" / "planted.py").write_text("")
    assert [line.rpartition("/")[2] for line in room._left_running(before)] == ["planted.py", "secret.txt"]

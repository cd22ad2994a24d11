"""The same attacks without the sandbox succeed, and are seen to: what the corpus finds absent could have been there.

Only attacks that harm nothing beyond their own room are run like this.
"""

from __future__ import annotations

import pytest
from hostile import corpus
from hostile.room import NEIGHBOUR

LAST = "y-neighbour"
OPEN = ("environment", "files", "neighbour", "network")


@pytest.fixture(scope="module")
def open_room(new_room):
    """Outcomes by name of a run without walls."""
    room = new_room()
    attacks = [_at_home(attack) for attack in corpus.load() if attack.family == "leaking" and attack.name in OPEN]
    return room, {outcome.attack.name: outcome for outcome in room.grade(attacks, sandbox=False)}


def _at_home(attack: corpus.Attack) -> corpus.Attack:
    """The attack with this machine in place of the world's addresses; who overwrites all submissions is graded after the others."""
    extra = {cell: source.replace("169.254.169.254", "127.0.0.2").replace("1.1.1.1", "127.0.0.3") for cell, source in attack.extra.items()}
    return attack.model_copy(update={"extra": extra, "name": LAST if attack.name == "neighbour" else attack.name})


@pytest.mark.smoke
@pytest.mark.parametrize(("name", "canary"), [("files", "file"), ("environment", "environment"), (LAST, "neighbour")])
def test_without_walls_a_canary_is_found(open_room, name, canary):
    _, outcomes = open_room
    assert canary in {leak.partition(" in ")[0] for leak in outcomes[name].leaks}
    assert outcomes[name].problems != [], "it does not read 'nothing'"


@pytest.mark.smoke
def test_without_walls_the_neighbour_is_overwritten(open_room):
    room, outcomes = open_room
    assert f"changed {room.notebook_of_neighbour}" in outcomes[LAST].left
    assert room.neighbour.student == NEIGHBOUR
    assert room.neighbour.status == "unreadable"


@pytest.mark.smoke
def test_without_walls_somebody_answers(open_room):
    _, outcomes = open_room
    assert {"connected to tcp", "connected to abstract"} <= set(outcomes["network"].left)


@pytest.mark.smoke
def test_the_result_says_that_there_were_no_walls(open_room):
    assert all("NONE" in outcome.result.sandbox for outcome in open_room[1].values())


@pytest.mark.smoke
def test_a_changed_file_and_a_process_that_stays_are_noticed(new_room):
    """The look around after each submission, on what a sandbox would have prevented."""
    room = new_room()
    before = room._fingerprint()
    with room._around():
        assert room._left(before, sandbox=True) == []
        (room.outside / "secret.txt").write_text("changed")
        (room.course.root / "solutions" / "planted.py").write_text("")
        assert [line.rpartition("/")[2] for line in room._left(before, sandbox=True)] == ["planted.py", "secret.txt"]

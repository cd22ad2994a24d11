"""Corrections after release reach the gradebook, for automatic items and for those graded by hand."""

from __future__ import annotations

import pytest
import tinycourse
import yaml

from autograder.gradebook import open_gradebook, total


def correct(desk, *errata: dict) -> None:
    path = desk.course.room(tinycourse.ID) / "assignment.yml"
    manifest = yaml.safe_load(path.read_text())
    manifest["errata"] = [{"reason": "문제가 틀렸습니다.", "date": "2025-05-06"} | erratum for erratum in errata]
    path.write_text(yaml.safe_dump(manifest, allow_unicode=True))


def type_score(desk, item: str, score: float) -> None:
    with open_gradebook(desk.course) as opened:
        opened.find_grade(item, tinycourse.ID, tinycourse.ID, "kim").manual_score = score
        opened.db.commit()


@pytest.mark.parametrize(
    ("erratum", "score", "maximum"),
    [({"action": "rescale", "points": 2.0}, 2.0, 2.0), ({"action": "drop"}, 0.0, 0.0), ({"action": "full"}, 1.5, 1.5)],
    ids=["rescale", "drop", "full"],
)
def test_an_automatic_item(desk, erratum, score, maximum):
    desk.submit("kim")
    desk.record(desk.result("kim", {"add": 0.75}))
    correct(desk, {"item": "add", **erratum}, {"item": "quality-style", "action": "rescale", "points": 0.5})
    desk.record(desk.result("kim", {"add": score}, key="corrected"))
    add = desk.scores("kim")["add"]
    assert (add.auto, add.maximum, add.needs_manual) == (score, maximum, False)


def test_everyone_gets_the_points_of_an_essay(desk):
    desk.submit("kim")
    desk.record(desk.result("kim"))
    type_score(desk, "essay-add", 0.25)
    correct(desk, {"item": "essay-add", "action": "full"})
    result = desk.result("kim", answered=["exp-analysis"], key="corrected")
    told = desk.record(result)
    essay = desk.scores("kim")["essay-add"]
    assert (essay.auto, essay.score) == (1.0, 1.0)
    assert "manual score 0.25 was typed, 1 counts" in {entry.why for entry in told}


def test_a_dropped_essay_waits_for_nobody(desk):
    desk.submit("kim")
    correct(desk, {"item": "essay-add", "action": "drop"})
    desk.record(desk.result("kim", answered=["exp-analysis"]))
    grades = desk.scores("kim")
    assert (grades["essay-add"].maximum, grades["essay-add"].needs_manual) == (0.0, False)
    assert total(grades) == 10.0

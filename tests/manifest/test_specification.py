"""The copy of the specification that ships with the package is whole."""

from __future__ import annotations

import re

import pytest
import yaml

from autograder.specification import FILE, SpecificationError, load_specification, parse_specification

SPECIFICATION = load_specification()
ORDER = [
    "w09a1_tokenizers",
    "w09a2_objectives",
    "w09a3_distributed",
    "w10a1_data_pipeline",
    "w10a2_pretraining",
    "w10a3_optimization",
    "w11a1_sft",
    "w11a2_rlhf",
    "w11a3_peft",
    "capstone",
]


def test_ten_assignments_in_order():
    assert list(SPECIFICATION.assignments) == ORDER
    assert [entry.week for entry in SPECIFICATION.assignments.values()] == [9, 9, 9, 10, 10, 10, 11, 11, 11, 12]
    assert [entry.number for entry in SPECIFICATION.assignments.values()] == [1, 2, 3] * 3 + [1]


def test_points():
    points = {name: entry.points for name, entry in SPECIFICATION.assignments.items()}
    assert list(points.values()) == [30, 25, 20, 30, 25, 20, 30, 35, 35, 100]
    assert sum(value for name, value in points.items() if name != "capstone") == 250
    assert SPECIFICATION.rubric == {"implementation": 40, "theory": 30, "experiments": 20, "quality": 10}
    assert SPECIFICATION.bonus_cap == 5


def test_forty_requirements_of_three_bullets():
    requirements = [bullets for entry in SPECIFICATION.assignments.values() for bullets in entry.requirements.values()]
    assert len(requirements) == 40
    assert {len(bullets) for bullets in requirements} == {3}
    texts = [text for entry in SPECIFICATION.assignments.values() for text in entry.bullet_texts.values()]
    assert len(texts) == 120
    assert all(text.strip() for text in texts)


@pytest.mark.parametrize("name", ORDER)
def test_ids_follow_the_assignment(name):
    entry = SPECIFICATION.assignments[name]
    short = name.partition("_")[0]
    assert list(entry.requirements) == [f"{short}.{n}" for n in range(1, 5)]
    assert [bullet for bullets in entry.requirements.values() for bullet in bullets] == list(entry.bullet_texts)
    assert all(bullets == tuple(f"{r}.{letter}" for letter in "abc") for r, bullets in entry.requirements.items())
    assert set(entry.requirement_titles) == set(entry.requirements)
    assert list(entry.bonus) == ([] if name == "capstone" else [f"{short}.bonus.{n}" for n in (1, 2, 3)])
    assert len(entry.deliverables) == (3 if name == "capstone" else 4)


def test_only_the_capstone_has_points_by_requirement():
    with_points = {name: entry.requirement_points for name, entry in SPECIFICATION.assignments.items() if entry.requirement_points}
    assert with_points == {"capstone": {"capstone.1": 40, "capstone.2": 30, "capstone.3": 20, "capstone.4": 10}}


def test_topics_are_package_names():
    topics = [entry.topic for entry in SPECIFICATION.assignments.values()]
    assert len(set(topics)) == 10
    assert all(re.fullmatch(r"[a-z][a-z_]*", topic) for topic in topics)
    assert SPECIFICATION.earlier_topics("w09a3_distributed") == ["tokenizers", "objectives"]
    assert SPECIFICATION.earlier_topics("w09a1_tokenizers") == []
    assert SPECIFICATION.earlier_topics("nothing") == []


def _data():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_broken_specifications_say_what():
    data = _data()
    del data["assignments"][0]["title"]
    with pytest.raises(SpecificationError, match="the key 'title' is missing"):
        parse_specification(data)
    data = _data()
    data["rubric"]["quality"] = 20
    with pytest.raises(SpecificationError, match="sum to 110, not to 100"):
        parse_specification(data)
    data = _data()
    data["assignments"][1]["bonus"]["w09a1.bonus.1"] = "x"
    with pytest.raises(SpecificationError, match=r"stand twice: w09a1\.bonus\.1"):
        parse_specification(data)


def test_the_file_is_named(tmp_path):
    path = tmp_path / "specification.yml"
    path.write_text("rubric: {}\nrubric: {}\n")
    with pytest.raises(SpecificationError, match=r"specification\.yml: line 2, column 1: the key 'rubric'"):
        load_specification(path)

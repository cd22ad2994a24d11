"""The rubric table is the manifest, and nothing else."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from course_site.rubric import points_text, rubric_table
from docutils import nodes

from autograder.course import ROOT, open_course
from autograder.manifest import Assignment
from autograder.specification import load_specification

MANIFEST = {
    "id": "w09a1_tokenizers",
    "week": 9,
    "number": 1,
    "title": "토크나이저",
    "points": 10,
    "draft": True,
    "scope": ["w09a1.1"],
    "items": [
        {"id": "one", "title": "하나", "covers": ["x"], "dimension": "implementation", "points": 2.5, "forbids": ["tokenizers"]},
        {"id": "two", "title": "둘", "covers": ["x"], "dimension": "implementation", "points": 1.5, "forbids": ["tokenizers"]},
        {
            "id": "essay",
            "title": "글",
            "covers": ["x"],
            "dimension": "theory",
            "points": 3,
            "criteria": [{"points": 1, "text": "갑을 밝힙니다."}, {"points": 2, "text": "을을 밝힙니다."}],
        },
    ],
    "bonus": [{"id": "more", "title": "더", "covers": ["x"], "points": 2}],
}


def rows(table: nodes.table) -> list[list[str]]:
    return [[entry.astext() for entry in row.findall(nodes.entry)] for row in table.findall(nodes.row)]


def test_table_has_items_by_dimension_with_sums() -> None:
    table = rows(rubric_table(Assignment.model_validate(MANIFEST), load_specification()))
    assert [row[0] for row in table] == [
        "항목", "구현 완성도 (40%)", "하나 one", "둘 two", "이론적 이해 (30%)", "글 essay", "가산점 (최대 5점)", "더 more", "합계",
    ]  # fmt: skip
    assert [row[1] for row in table] == ["배점", "4점", "2.5점", "1.5점", "3점", "3점", "2점", "2점", "10점"]


def test_what_all_items_forbid_stands_once() -> None:
    table = rubric_table(Assignment.model_validate(MANIFEST), load_specification())
    assert table.astext().count("tokenizers") == 1
    different = {**MANIFEST, "items": [MANIFEST["items"][0], {**MANIFEST["items"][1], "forbids": ["torch"]}, MANIFEST["items"][2]]}
    text = rubric_table(Assignment.model_validate(different), load_specification()).astext()
    assert text.count("tokenizers") == text.count("torch") == 1


def test_criteria_of_an_essay_are_public() -> None:
    essay = rows(rubric_table(Assignment.model_validate(MANIFEST), load_specification()))[5][2]
    assert "갑을 밝힙니다. (1점)" in essay
    assert "을을 밝힙니다. (2점)" in essay


@pytest.mark.parametrize(("points", "text"), [("2", "2점"), ("0.50", "0.5점"), ("10", "10점"), ("1.2500", "1.25점")])
def test_points_read_naturally(points: str, text: str) -> None:
    assert points_text(Decimal(points)) == text


def test_the_rubric_page_shows_every_assignment() -> None:
    page = (ROOT / "book" / "rubric.md").read_text(encoding="utf-8")
    shown = re.findall(r"```\{rubric-table\} (\S+)", page)
    assert sorted(shown) == open_course().assignment_ids()


@pytest.mark.smoke
def test_the_built_page_holds_every_item(site: Path) -> None:
    page = (site / "book" / "rubric.html").read_text(encoding="utf-8")
    course = open_course()
    for name in course.assignment_ids():
        assignment = course.assignment(name)
        assert [item.id for item in (*assignment.items, *assignment.bonus) if f">{item.id}<" not in page] == []

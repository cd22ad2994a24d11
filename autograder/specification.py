"""The course specification as data: which assignments there are, what each must cover, how points are shared."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("specification.yml")


@dataclass(frozen=True)
class AssignmentSpecification:
    """One assignment of the specification.

    Attributes:
        requirements: bullet ids by requirement id.
        bullet_texts: text by bullet id.
        bonus: text by bonus id.
        deliverables: text by path.
    """

    id: str
    week: int
    number: int
    title: str
    goal: str
    points: int
    requirements: dict[str, tuple[str, ...]]
    requirement_titles: dict[str, str]
    bullet_texts: dict[str, str]
    bonus: dict[str, str]
    deliverables: dict[str, str]


@dataclass(frozen=True)
class Specification:
    """The whole course; ``rubric`` is in per cent, ``bonus_cap`` in points."""

    rubric: dict[str, int]
    bonus_cap: Decimal
    assignments: dict[str, AssignmentSpecification]


def parse_specification(data: dict[str, Any]) -> Specification:
    """Build a specification from its YAML shape."""
    return Specification(
        rubric=dict(data["rubric"]),
        bonus_cap=Decimal(str(data["bonus_cap"])),
        assignments={entry["id"]: _parse_assignment(entry) for entry in data["assignments"]},
    )


def _parse_assignment(entry: dict[str, Any]) -> AssignmentSpecification:
    requirements = entry["requirements"]
    return AssignmentSpecification(
        **{field: entry[field] for field in ("id", "week", "number", "title", "goal", "points")},
        requirements={r["id"]: tuple(r["bullets"]) for r in requirements},
        requirement_titles={r["id"]: r["title"] for r in requirements},
        bullet_texts={bullet: text for r in requirements for bullet, text in r["bullets"].items()},
        bonus=dict(entry.get("bonus", {})),
        deliverables=dict(entry.get("deliverables", {})),
    )


@cache
def load_specification(path: Path = FILE) -> Specification:
    """Read the specification that ships with the package."""
    return parse_specification(yaml.safe_load(path.read_text(encoding="utf-8")))

"""The course specification as data: which assignments there are, what each must cover, how points are shared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from autograder.strictyaml import YamlProblem, load_yaml

FILE = Path(__file__).with_name("specification.yml")


@dataclass(frozen=True)
class AssignmentSpecification:
    """One assignment of the specification.

    Attributes:
        requirements: bullet ids by requirement id.
        requirement_points: points by requirement id, where the specification gives any.
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
    requirement_points: dict[str, int]
    bullet_texts: dict[str, str]
    bonus: dict[str, str]
    deliverables: dict[str, str]

    @property
    def topic(self) -> str:
        """The part of the id after the first underscore."""
        return self.id.partition("_")[2] or self.id


class SpecificationError(ValueError):
    """A specification that cannot be used; the text says where."""


@dataclass(frozen=True)
class Specification:
    """The whole course; ``rubric`` is in per cent, ``bonus_cap`` in points; ``final`` are the shares of the final grade, in per cent."""

    rubric: dict[str, int]
    bonus_cap: Decimal
    assignments: dict[str, AssignmentSpecification]
    final: dict[str, int]

    def earlier_topics(self, assignment_id: str) -> list[str]:
        """The topics of the assignments that come before this one."""
        names = list(self.assignments)
        before = names[: names.index(assignment_id)] if assignment_id in names else []
        return [self.assignments[name].topic for name in before]


def parse_specification(data: dict[str, Any]) -> Specification:
    """Build a specification from its YAML shape.

    Raises:
        SpecificationError: a key is missing, an id stands twice, or shares do not add up.
    """
    try:
        entries = [_parse_assignment(entry) for entry in data["assignments"]]
        rubric, bonus_cap = dict(data["rubric"]), Decimal(str(data["bonus_cap"]))
        final = dict(data.get("course", {"weekly": 100}))  # a course without a capstone need not say so
    except KeyError as error:
        raise SpecificationError(f"the key {error} is missing") from None
    if sum(rubric.values()) != 100:
        raise SpecificationError(f"rubric: the dimensions' shares sum to {sum(rubric.values())}, not to 100")
    if sum(final.values()) != 100:
        raise SpecificationError(f"course: the shares of the final grade sum to {sum(final.values())}, not to 100")
    ids = [name for entry in entries for name in (entry.id, *entry.requirements, *entry.bullet_texts, *entry.bonus)]
    if twice := sorted(name for name, count in Counter(ids).items() if count > 1):
        raise SpecificationError(f"ids that stand twice: {', '.join(twice)}")
    return Specification(rubric, bonus_cap, {entry.id: entry for entry in entries}, final)


def _parse_assignment(entry: dict[str, Any]) -> AssignmentSpecification:
    requirements = entry["requirements"]
    return AssignmentSpecification(
        **{field: entry[field] for field in ("id", "week", "number", "title", "goal", "points")},
        requirements={r["id"]: tuple(r["bullets"]) for r in requirements},
        requirement_titles={r["id"]: r["title"] for r in requirements},
        requirement_points={r["id"]: r["points"] for r in requirements if "points" in r},
        bullet_texts={bullet: text for r in requirements for bullet, text in r["bullets"].items()},
        bonus=dict(entry.get("bonus", {})),
        deliverables=dict(entry.get("deliverables", {})),
    )


@cache
def load_specification(path: Path = FILE) -> Specification:
    """Read a specification, by default the one that ships with the package. Raises SpecificationError."""
    try:
        return parse_specification(load_yaml(path))
    except (YamlProblem, SpecificationError) as error:
        raise SpecificationError(f"{path}: {error}") from None

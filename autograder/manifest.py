"""``assignment.yml`` → :class:`Assignment`. Every rule on points lives here and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from autograder.specification import Specification, load_specification

Dimension = Literal["implementation", "theory", "experiments", "quality"]
DIMENSIONS: tuple[Dimension, ...] = ("implementation", "theory", "experiments", "quality")

ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
# YAML reads 0.1 as a binary float; its shortest text is the number the author wrote.
Points = Annotated[Decimal, BeforeValidator(lambda value: Decimal(str(value))), Field(ge=0, decimal_places=4)]


class ManifestError(ValueError):
    """A manifest that cannot be used; the text says which rule is broken, and where."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Model):
    """One line of a manual item's marking scheme."""

    points: Points
    text: str


class Item(_Model):
    """Something that earns points.

    An item with ``criteria`` is graded by hand, every other one by the hidden checks that name it.

    Attributes:
        covers: ids of the specification's bullets.
        after: items whose reference data stand in when this item's checks run a second time.
        forbids: libraries that the student's cells may not import when this item counts as written from scratch.
    """

    id: ItemId
    title: str
    covers: tuple[str, ...]
    dimension: Dimension
    points: Points
    after: tuple[ItemId, ...] = ()
    forbids: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @property
    def manual(self) -> bool:
        return bool(self.criteria)


class Bonus(_Model):
    """An item beyond the total, for extra credit."""

    id: ItemId
    title: str
    covers: tuple[str, ...]
    points: Points
    after: tuple[ItemId, ...] = ()
    forbids: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @property
    def manual(self) -> bool:
        return bool(self.criteria)


class Erratum(_Model):
    """A correction after release: everyone gets the points, nobody can, or the item is worth another share."""

    item: ItemId
    action: Literal["full", "drop", "rescale"]
    points: Points | None = None
    reason: str
    date: date


class Limits(_Model):
    """What one submission may use in the sandbox."""

    cell_seconds: float = Field(default=60, gt=0)
    total_seconds: float = Field(default=300, gt=0)
    memory_mb: int = Field(default=2_048, ge=256)
    processes: int = Field(default=128, ge=16)
    disk_mb: int = Field(default=256, ge=1)
    output_mb: float = Field(default=8, gt=0)
    open_files: int = Field(default=512, ge=64)


class Assignment(_Model):
    """A validated manifest."""

    id: str
    week: int
    number: int
    title: str
    points: Points
    items: tuple[Item, ...]
    bonus: tuple[Bonus, ...] = ()
    deliverables: dict[str, str] = {}
    needs: tuple[str, ...] = ()
    draft: bool = False
    scope: tuple[str, ...] = ()
    limits: Limits = Limits()
    errata: tuple[Erratum, ...] = ()

    @property
    def topic(self) -> str:
        """The part of the id after the first underscore; the name of the reference package."""
        return self.id.partition("_")[2] or self.id

    @cached_property
    def by_id(self) -> dict[str, Item | Bonus]:
        return {item.id: item for item in (*self.items, *self.bonus)}

    def maximum(self, dimension: Dimension) -> Decimal:
        return sum((item.points for item in self.items if item.dimension == dimension), Decimal(0))


def load_assignment(room: Path, specification: Specification | None = None) -> Assignment:
    """Read and check ``room/assignment.yml``.

    Args:
        room: the assignment's folder, named after its id.
        specification: what it has to cover; the course's own by default.

    Raises:
        ManifestError: the file is missing or not YAML, has a wrong shape, or breaks a rule. Every broken rule is listed.
    """
    path = room / "assignment.yml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError(f"{path}: no such file. An assignment's folder holds its manifest, assignment.yml.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: not YAML: {error}") from None
    if not isinstance(data, dict):
        raise ManifestError(f"{path}: a manifest is a mapping of keys to values")
    try:
        assignment = Assignment.model_validate(data)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'manifest'}: {e['msg']}" for e in error.errors()]
        raise ManifestError(f"{path}:\n  " + "\n  ".join(lines)) from None
    problems = list(broken_rules(assignment, room.name, specification or load_specification()))
    if problems:
        raise ManifestError(f"{path}:\n  " + "\n  ".join(problems))
    return assignment


def broken_rules(assignment: Assignment, folder: str, specification: Specification) -> Iterable[str]:
    """Yield one message per rule that the manifest breaks."""
    if assignment.id != folder:
        yield f"id: is {assignment.id!r}, but the folder is named {folder!r}"
    if assignment.draft and not assignment.scope:
        yield "scope: a draft says which requirements it covers (scope: [w09a1.1])"
    if assignment.scope and not assignment.draft:
        yield "scope: only a draft has one; a finished manifest covers the whole specification"
    yield from _item_rules(assignment)
    yield from _sum_rules(assignment, specification)
    yield from _specification_rules(assignment, specification)


def _item_rules(assignment: Assignment) -> Iterable[str]:
    everything = (*assignment.items, *assignment.bonus)
    for name, count in Counter(item.id for item in everything).items():
        if count > 1:
            yield f"items: the id {name!r} stands {count} times"
    known = {item.id for item in everything}
    for item in everything:
        if item.points <= 0:
            yield f"items.{item.id}.points: must be above 0"
        if not item.covers:
            yield f"items.{item.id}.covers: names no bullet of the specification"
        for name in item.after:
            if name not in known or name == item.id:
                yield f"items.{item.id}.after: {name!r} is no other item"
        if item.criteria and (total := sum(c.points for c in item.criteria)) != item.points:
            yield f"items.{item.id}.criteria: sum to {total}, but the item has {item.points} points"
    if cycle := _cycle({item.id: item.after for item in everything}):
        yield f"after: goes round in a circle: {' → '.join(cycle)}"
    for erratum in assignment.errata:
        if erratum.item not in known:
            yield f"errata: {erratum.item!r} is no item"
        if (erratum.points is not None) != (erratum.action == "rescale"):
            yield f"errata.{erratum.item}: points belong to action 'rescale', and it needs them"


def _cycle(graph: dict[str, tuple[str, ...]]) -> list[str] | None:
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str] | None:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return None
        done.add(node)
        return next((found for after in graph.get(node, ()) if (found := visit(after, [*path, node]))), None)

    return next((found for node in graph if (found := visit(node, []))), None)


def _sum_rules(assignment: Assignment, specification: Specification) -> Iterable[str]:
    total = sum((item.points for item in assignment.items), Decimal(0))
    if total != assignment.points:
        yield f"points: the items sum to {total}, not to {assignment.points}"
    for dimension in DIMENSIONS:
        wanted = assignment.points * specification.rubric[dimension] / 100
        if (actual := assignment.maximum(dimension)) != wanted:
            yield f"items: dimension {dimension} sums to {actual}, not to {wanted} ({specification.rubric[dimension]} % of {assignment.points})"
    bonus = sum((item.points for item in assignment.bonus), Decimal(0))
    if bonus > specification.bonus_cap:
        yield f"bonus: sums to {bonus}, more than the {specification.bonus_cap} points that count"


def _specification_rules(assignment: Assignment, specification: Specification) -> Iterable[str]:
    wanted = specification.assignments.get(assignment.id)
    if wanted is None:
        yield f"id: the specification has no assignment {assignment.id!r}; it has {', '.join(specification.assignments)}"
        return
    for field in ("week", "number", "title"):
        if getattr(assignment, field) != getattr(wanted, field):
            yield f"{field}: is {getattr(assignment, field)!r}, the specification says {getattr(wanted, field)!r}"
    if assignment.draft:
        if assignment.points > wanted.points:
            yield f"points: a draft of {assignment.points} points exceeds the specification's {wanted.points}"
    elif assignment.points != wanted.points:
        yield f"points: are {assignment.points}, the specification says {wanted.points}"
    for name in assignment.scope:
        if name not in wanted.requirements:
            yield f"scope: {name!r} is no requirement of {assignment.id}; they are {', '.join(wanted.requirements)}"
    requirements = assignment.scope if assignment.draft else tuple(wanted.requirements)
    bullets = {b for r in requirements for b in wanted.requirements.get(r, ())}
    covered = {bullet for item in assignment.items for bullet in item.covers}
    for bullet in sorted(bullets - covered):
        yield f"items: nothing covers {bullet} ({wanted.bullet_texts[bullet]})"
    for item in (*assignment.items, *assignment.bonus):
        allowed = set(wanted.bonus) if isinstance(item, Bonus) else set(wanted.bullet_texts)
        for bullet in item.covers:
            if bullet not in allowed:
                yield f"items.{item.id}.covers: the specification has no {bullet!r}"
    if not assignment.draft:
        if dict(assignment.deliverables) != wanted.deliverables:
            yield "deliverables: differ from the specification's"
        for name in sorted(set(wanted.bonus) - {b for item in assignment.bonus for b in item.covers}):
            yield f"bonus: nothing covers {name}"

"""The shape of ``assignment.yml``: what may be written, and what type it has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints

Dimension = Literal["implementation", "theory", "experiments", "quality"]
DIMENSIONS: tuple[Dimension, ...] = ("implementation", "theory", "experiments", "quality")
MOST_POINTS = 1_000


def _exact(value: Any) -> Decimal:
    """A number as the author wrote it: a binary float's shortest text is that number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("is a plain number, such as 2 or 0.5")
    try:
        number = Decimal(str(value))
    except InvalidOperation:  # pragma: no cover - every number has a text that Decimal reads
        raise ValueError("is a plain number, such as 2 or 0.5") from None
    if not number.is_finite():
        raise ValueError("is a finite number")
    return number


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Forbidden = Annotated[str, StringConstraints(pattern=r"^\.?[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$", max_length=100)]
ModuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
BookTarget = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9_-]*(#[a-z][a-z0-9]*(-[a-z0-9]+)*)?$", max_length=120)
]
EvidenceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=60)]
Points = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=MOST_POINTS, decimal_places=4)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Criterion(_Model):
    """One line of a manual item's marking scheme."""

    points: Points
    text: Text


class Item(_Model):
    """Something that earns points.

    An item with ``criteria`` is graded by hand, every other one by the hidden checks that name it.

    Attributes:
        covers: ids of the specification's bullets.
        after: items whose reference data stand in when this item's checks run a second time.
        forbids: libraries that the student's cells may not import when this item counts as written from scratch, and functions, with a
            dot in front (``.scaled_dot_product_attention``), that they may not take from anywhere.
        book: where it is taught, as a page of the book and a label in it: ``week09/tokenizers#tok-bits``.
    """

    id: ItemId
    title: Text
    covers: tuple[Text, ...]
    dimension: Dimension
    points: Points
    after: tuple[ItemId, ...] = ()
    forbids: tuple[Forbidden, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    book: BookTarget | None = None

    @property
    def manual(self) -> bool:
        return bool(self.criteria)


class Bonus(_Model):
    """An item beyond the total, for extra credit."""

    id: ItemId
    title: Text
    covers: tuple[Text, ...]
    points: Points
    after: tuple[ItemId, ...] = ()
    forbids: tuple[Forbidden, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    book: BookTarget | None = None

    @property
    def manual(self) -> bool:
        return bool(self.criteria)


class Part(_Model):
    """What one deliverable is made of when a student packs: code, report, or the notebook itself.

    Attributes:
        modules: names of solution cells by the name of the module that they become.
        sections: items graded by hand whose answers make the report, in the report's order.
        tables, figures, conclusions: evidence that the report shows.
        optional: those among them that only bonus items make, and that nobody misses.
        notebook: the notebook, as it ran when it was packed.
    """

    modules: dict[ModuleName, tuple[ItemId, ...]] = {}
    sections: tuple[ItemId, ...] = ()
    tables: tuple[EvidenceName, ...] = ()
    figures: tuple[EvidenceName, ...] = ()
    conclusions: tuple[EvidenceName, ...] = ()
    optional: tuple[EvidenceName, ...] = ()
    notebook: StrictBool = False


class Erratum(_Model):
    """A correction after release: everyone gets the points, nobody can, or the item is worth another share."""

    item: ItemId
    action: Literal["full", "drop", "rescale"]
    points: Points | None = None
    reason: Text
    date: date


class Limits(_Model):
    """What one submission may use in the sandbox."""

    cell_seconds: float = Field(default=60, gt=0, le=86_400)
    total_seconds: float = Field(default=300, gt=0, le=86_400)
    memory_mb: int = Field(default=2_048, ge=256, le=1_048_576)
    processes: int = Field(default=128, ge=16, le=32_768)
    disk_mb: int = Field(default=256, ge=1, le=1_048_576)
    output_mb: float = Field(default=8, gt=0, le=1_024)
    open_files: int = Field(default=512, ge=64, le=1_048_576)


class Assignment(_Model):
    """A validated manifest."""

    id: str
    week: int
    number: int
    title: Text
    points: Points
    items: tuple[Item, ...] = Field(max_length=200)
    bonus: tuple[Bonus, ...] = Field(default=(), max_length=50)
    deliverables: dict[str, Text] = {}
    parts: dict[str, Part] = {}
    needs: tuple[str, ...] = ()
    draft: StrictBool = False
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

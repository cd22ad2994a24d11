"""When an assignment is due, and what a submission that comes later loses. All of it stands in ``term/course.yml``.

A due date is an instant: a time without an offset is one in the term's time zone. Days of lateness and days of an extension are
days of the calendar there, so that 23:59 stays 23:59 over a change of the clocks.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints, model_validator

STEP = Decimal("0.000001")
MOST_DAYS = 3_660
_DURATION = re.compile(r"(?:(?P<days>\d{1,3})d)?\s*(?:(?P<hours>\d{1,3})h)?\s*(?:(?P<minutes>\d{1,4})m)?")


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, arbitrary_types_allowed=True)


def read_duration(value: Any) -> timedelta:
    """``10m``, ``2h``, ``1d 12h``. Raises ValueError."""
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        raise ValueError("is a time such as 10m, 2h or 1d 12h")
    return timedelta(**{name: int(number) for name, number in found.groupdict().items() if number})


def read_moment(value: Any) -> datetime:
    """A date with a time of day, as text or as YAML's own; aware only where an offset is written. Raises ValueError."""
    if isinstance(value, str) and ":" in value:
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    if not isinstance(value, datetime):
        raise ValueError("is a date and a time of day, such as 2026-03-20 23:59 or 2026-03-20 23:59+09:00")
    return value


def read_zone(value: Any) -> ZoneInfo:
    """A name of the time zone database. Raises ValueError."""
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ValueError("is no time zone; write a name such as Asia/Seoul") from None


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("is a plain number")
    return Decimal(str(value))


Amount = Annotated[Decimal, BeforeValidator(_number), Field(gt=0, le=1_000, decimal_places=4)]
Zone = Annotated[ZoneInfo, PlainValidator(read_zone)]
Duration = Annotated[timedelta, PlainValidator(lambda value: value if isinstance(value, timedelta) else read_duration(value))]
Moment = Annotated[datetime, PlainValidator(read_moment)]


class LatePolicy(_Settings):
    """What every started day costs: points, or percent of the points that the assignment is worth; at most ``most`` of the same."""

    points: Amount | None = None
    percent: Annotated[Amount, Field(le=100)] | None = None
    most: Amount | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.points is None) == (self.percent is None):
            raise ValueError("names either points or percent")
        if self.percent is not None and self.most is not None and self.most > 100:
            raise ValueError("most: at most 100 percent")
        return self

    def penalty(self, days: int, worth: Decimal) -> Decimal:
        """Points lost after ``days`` started days, of an assignment worth ``worth``."""
        amount = (self.points or self.percent) * days
        if self.most is not None:
            amount = min(amount, self.most)
        if self.percent is not None:
            amount = worth * amount / 100
        return min(amount, worth).quantize(STEP, ROUND_HALF_EVEN)


def _late(value: Any) -> Any:
    return None if value == "none" else value


class Schedule(_Settings):
    """One assignment's dates and rules.

    Attributes:
        grace: how long after the due date nothing is lost; the first day of lateness begins after it.
        late: None where lateness costs nothing (``late: none``).
        attempts: which of several submissions counts: the last, or the best after lateness by what the grader scores.
        objections: days after a report was sent in which a student can object; None says nothing about it.
        contact: whom a student writes to then: an address, a room, a forum.
    """

    due: Moment | None = None
    grace: Duration = timedelta(0)
    late: Annotated[LatePolicy | None, BeforeValidator(_late)] = None
    attempts: Literal["last", "best"] = "last"
    objections: Annotated[int, Field(ge=0, le=365, strict=True)] | None = None
    contact: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = ""


@dataclass(frozen=True)
class Lateness:
    """How one submission stands to its due date.

    Attributes:
        due: with the student's extension, without grace.
        by: how long after ``due`` it came; zero where it came in time.
        days: started days after the grace; 0 where nothing is lost.
        penalty: points lost.
    """

    due: datetime | None
    by: timedelta
    days: int
    penalty: Decimal


def local_instant(moment: datetime, zone: ZoneInfo) -> datetime:
    """An aware time in ``zone``.

    Raises:
        ValueError: the clocks change there, so that this time does not exist or exists twice.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(zone)
    early, late = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        raise ValueError(
            f"{moment:%Y-%m-%d %H:%M} is no single time in {zone.key}, where the clocks change; write its offset, such as +09:00"
        )
    return early


def add_days(instant: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day, ``days`` days of the calendar later; where the clocks skip that time, the one that it becomes."""
    wall = instant.astimezone(zone).replace(tzinfo=None, fold=instant.astimezone(zone).fold) + timedelta(days=days)
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def started_days(deadline: datetime, submitted: datetime, zone: ZoneInfo) -> int:
    """How many days after ``deadline`` have begun at ``submitted``; 0 up to the deadline itself."""
    seconds = (submitted - deadline).total_seconds()
    if seconds <= 0:
        return 0
    days = max(math.ceil(seconds / 86_400) - 1, 0)
    while add_days(deadline, days, zone) < submitted:
        days += 1
    return max(days, 1)


def lateness(
    schedule: Schedule, submitted: datetime | None, worth: Decimal, zone: ZoneInfo, extension: timedelta = timedelta(0)
) -> Lateness:
    """Compare a submission with its due date. Without a due date or a known time it is in time.

    Args:
        submitted: aware.
        worth: the assignment's points.
        extension: the student's own, as a length of real time.
    """
    due = None if schedule.due is None else (local_instant(schedule.due, zone).astimezone(UTC) + extension).astimezone(zone)
    if due is None or submitted is None or submitted <= due:
        return Lateness(due, timedelta(0), 0, Decimal(0))
    # Real time, not the wall's: Python subtracts times of one zone as if the clocks never changed.
    by = submitted.astimezone(UTC) - due.astimezone(UTC)
    days = started_days((due.astimezone(UTC) + schedule.grace).astimezone(zone), submitted, zone)
    return Lateness(due, by, days, schedule.late.penalty(days, worth) if schedule.late and days else Decimal(0))


def extension_length(schedule: Schedule, days: int, zone: ZoneInfo) -> timedelta:
    """Real time between the due date and the same time of day ``days`` later. Raises ValueError where there is no due date."""
    if schedule.due is None:
        raise ValueError("there is no due date")
    due = local_instant(schedule.due, zone)
    return add_days(due, days, zone).astimezone(UTC) - due.astimezone(UTC)

"""What this notebook run is: which assignment, whose, in which profile. One object per kernel."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

PROFILES = ("smoke", "cpu", "gpu")


@dataclass
class Session:
    """The state of one notebook run.

    Attributes:
        results: the last outcomes of ``check`` by item.
        waiting: names that cells skipped so far were waiting for.
        continued_from: saved artefacts that stood in for the student's own earlier steps.
    """

    assignment: str = ""
    student: str = ""
    profile: str = "cpu"
    seed: int = 0
    results: dict[str, list] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    continued_from: list[str] = field(default_factory=list)


current = Session()


def begin(assignment: str, student: str = "", profile: str = "cpu", seed: int = 0) -> Session:
    """Start over for ``assignment``. Raises ValueError for a profile that does not exist."""
    if profile not in PROFILES:
        raise ValueError(f"PROFILE은 {', '.join(PROFILES)} 가운데 하나여야 합니다. 지금 값: {profile!r}")
    fresh = Session(assignment, student, profile, int(seed))
    for attribute in fields(Session):  # in place: other modules hold this object
        setattr(current, attribute.name, getattr(fresh, attribute.name))
    return current

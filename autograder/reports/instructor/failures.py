"""Checks by how often and how alike they fail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.reports.instructor.cohort import Cohort
from autograder.reports.text import plain
from autograder.result import CheckResult

_NUMBERS = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", re.I)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Cluster:
    """Students whose code fails a check in the same way.

    Attributes:
        misconception: its name, where the check knows it.
        message, example, got: of the first of them.
    """

    misconception: str
    message: str
    example: str
    got: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class FailedCheck:
    """A hidden check that somebody fails. ``graded``: students on whom it reached a verdict."""

    id: str
    item: str
    title: str
    property: str
    graded: int
    failed: int
    clusters: tuple[Cluster, ...]

    @property
    def share(self) -> float:
        return self.failed / self.graded


@dataclass(frozen=True)
class Misconception:
    """A mistake with a name: who makes it, and in which items it shows."""

    name: str
    students: tuple[str, ...]
    items: tuple[str, ...]


def failed_checks(cohort: Cohort) -> list[FailedCheck]:
    """Every check that somebody fails, the most often failed first."""
    seen: dict[tuple[str, str], list[tuple[str, CheckResult]]] = {}
    for student in cohort.decided:
        for item in cohort.results[student].items:
            for check in item.checks:
                if not check.fault:
                    seen.setdefault((item.id, check.id), []).append((student, check))
    found = []
    for (item_id, check_id), outcomes in seen.items():
        failed = [(student, check) for student, check in outcomes if not check.passed]
        if failed:
            known = cohort.assignment.by_id.get(item_id)
            text = failed[0][1].property or check_id
            clusters = tuple(_clusters(failed))
            found.append(FailedCheck(check_id, item_id, known.title if known else item_id, text, len(outcomes), len(failed), clusters))
    return sorted(found, key=lambda check: (-check.share, -check.failed, check.item, check.id))


def misconceptions(cohort: Cohort) -> list[Misconception]:
    """Named mistakes, the most frequent first."""
    seen: dict[str, tuple[set[str], dict[str, None]]] = {}
    for student in cohort.decided:
        for item in cohort.results[student].items:
            for check in item.checks:
                if check.misconception and not check.passed and not check.fault:
                    students, items = seen.setdefault(check.misconception, (set(), {}))
                    students.add(student)
                    items[item.title] = None
    made = [Misconception(name, tuple(sorted(students)), tuple(items)) for name, (students, items) in seen.items()]
    return sorted(made, key=lambda entry: (-len(entry.students), entry.name))


def _clusters(failed: Iterable[tuple[str, CheckResult]]) -> list[Cluster]:
    groups: dict[str, list[tuple[str, CheckResult]]] = {}
    for student, check in failed:
        groups.setdefault(f"= {check.misconception}" if check.misconception else alike(check.message), []).append((student, check))
    made = [
        Cluster(check.misconception or "", check.message, check.example, check.got, tuple(student for student, _ in group))
        for group in groups.values()
        for check in [group[0][1]]
    ]
    return sorted(made, key=lambda cluster: (-len(cluster.students), cluster.students))


def alike(message: str) -> str:
    """A message without its numbers, which differ from student to student where inputs come from the id."""
    return _SPACE.sub(" ", _NUMBERS.sub("#", plain(message, 600))).strip()

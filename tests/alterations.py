"""Evidence that somebody altered: each function gives a change of evidence, to be applied to what a solution really packed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from autograder.evidence import Evidence

Change = Callable[[Evidence], Evidence]


def changed(table: str, number: int, **values: Any) -> Change:
    """One row of a table has other values."""

    def change(evidence: Evidence) -> Evidence:
        rows = [{**row, **values} if place == number else row for place, row in enumerate(evidence.tables[table])]
        return dataclasses.replace(evidence, tables={**evidence.tables, table: rows})

    return change


def everywhere(table: str, **values: Any) -> Change:
    """Every row of a table has other values, since only some are computed again."""
    return lambda evidence: dataclasses.replace(
        evidence, tables={**evidence.tables, table: [row | values for row in evidence.tables[table]]}
    )


def without(table: str) -> Change:
    """A table has no rows."""
    return lambda evidence: dataclasses.replace(evidence, tables={**evidence.tables, table: []})


def claimed(name: str, **values: Any) -> Change:
    """Another conclusion is drawn."""
    return lambda evidence: dataclasses.replace(
        evidence, conclusions={**evidence.conclusions, name: {**evidence.conclusions[name], **values}}
    )

"""``assignment.yml`` → :class:`Assignment`, checked against every rule: the shape in ``manifest_model``, the sums in ``manifest_rules``."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from autograder.manifest_model import DIMENSIONS, Assignment, Bonus, Criterion, Dimension, Erratum, Item, Limits, Part
from autograder.manifest_rules import broken_rules
from autograder.specification import Specification, load_specification
from autograder.strictyaml import YamlProblem, load_yaml

__all__ = [
    "DIMENSIONS",
    "Assignment",
    "Bonus",
    "Criterion",
    "Dimension",
    "Erratum",
    "Item",
    "Limits",
    "ManifestError",
    "Part",
    "broken_rules",
    "load_assignment",
]

_MODELS = {"items": Item, "bonus": Bonus, "errata": Erratum, "limits": Limits, "criteria": Criterion, "parts": Part}


class ManifestError(ValueError):
    """A manifest that cannot be used; the text says which rule is broken, and where."""


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
        data = load_yaml(path)
    except FileNotFoundError:
        raise ManifestError(f"{path}: no such file. An assignment's folder holds its manifest, assignment.yml.") from None
    except YamlProblem as error:
        raise ManifestError(f"{path}: {error}") from None
    if not isinstance(data, dict):
        raise ManifestError(f"{path}: a manifest is a mapping of keys to values")
    try:
        assignment = Assignment.model_validate(data)
    except ValidationError as error:
        raise ManifestError(_listed(path, [_described(e, data) for e in error.errors()])) from None
    if problems := list(broken_rules(assignment, room.name, specification or load_specification())):
        raise ManifestError(_listed(path, problems))
    return assignment


def _listed(path: Path, problems: list[str]) -> str:
    return f"{path}:\n  " + "\n  ".join(problems)


def _described(error: Any, data: dict[str, Any]) -> str:
    """One of pydantic's errors, with items called by their id and unknown keys put right."""
    where, here = [], data
    for part in error["loc"]:
        here = _inside(here, part)
        named = isinstance(part, int) and isinstance(here, dict) and isinstance(here.get("id"), str)
        where.append(here["id"] if named else str(part))
    text = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        model = next((_MODELS[key] for key in reversed(error["loc"][:-1]) if key in _MODELS), Assignment)
        close = difflib.get_close_matches(str(error["loc"][-1]), list(model.model_fields), n=1)
        text = "unknown key" + (f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(model.model_fields)}")
    return f"{'.'.join(where) or 'manifest'}: {text}"


def _inside(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):  # a missing key, or pydantic's own names for the branches of a union
        return None

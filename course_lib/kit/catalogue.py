"""Which items an assignment has, and where its public checks are: in a student's kit, or in a checkout of the course."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

KIT = Path(__file__).resolve().parent
PUBLIC = KIT / "public"
ROOMS = KIT.parent.parent / "solutions"


def assignments() -> list[str]:
    """Ids of the assignments that have public checks here."""
    in_kit = {path.stem.partition("-")[0] for path in PUBLIC.glob("*.py") if path.stem != "__init__"}
    in_checkout = {path.parent.name for path in ROOMS.glob("*/public_checks*.py")}
    return sorted(in_kit | in_checkout)


def public_checks(assignment: str) -> tuple[Path, ...]:
    """The files of an assignment's public checks; none if there are none here. A kit calls them ``<id>.py`` and ``<id>-<part>.py``."""
    room = ROOMS / assignment
    places = (
        (PUBLIC / f"{assignment}.py", PUBLIC.glob(f"{assignment}-*.py")),
        (room / "public_checks.py", room.glob("public_checks_*.py")),
    )
    for whole, parts in places:
        if found := sorted([*([whole] if whole.is_file() else []), *parts]):
            return tuple(found)
    return ()


def checked_items(checks: Iterable[Path]) -> list[str]:
    """Items that the markers in files of checks name, in order, read without running the files."""
    found: dict[str, None] = {}
    for node in (node for path in checks for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "grades" and node.args:
            match node.args[0]:
                case ast.Constant(value=str(item)):
                    found[item] = None
    return list(found)


def titles(assignment: str) -> dict[str, str]:
    """Titles of all items, also of those without public checks; empty if the kit does not carry them."""
    data = listing(assignment)
    return {item["id"]: item["title"] for item in [*(data.get("items") or []), *(data.get("bonus") or [])]}


def by_hand(assignment: str) -> frozenset[str]:
    """The items whose answers people read. A manifest gives them criteria."""
    data = listing(assignment)
    return frozenset(item["id"] for item in [*(data.get("items") or []), *(data.get("bonus") or [])] if item.get("criteria"))


def listing(assignment: str) -> dict[str, Any]:
    """What is known of an assignment: ``items`` and ``bonus`` with their titles, ``deliverables``, and the ``parts`` they are made of.

    The kit has this in ``public/<id>.json``; a checkout has the manifest. Empty where neither is.
    """
    path = PUBLIC / f"{assignment}.json"
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    if (manifest := ROOMS / assignment / "assignment.yml").is_file():
        import yaml  # only in a checkout, whose requirements have it

        return yaml.safe_load(manifest.read_text(encoding="utf-8"))
    return {}

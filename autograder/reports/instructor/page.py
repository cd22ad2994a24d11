"""From a template to a page that can neither load nor run anything but what stands in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.reports.text import plain, points, prose

TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, **values: Any) -> str:
    """The page as HTML. Whatever is passed is text."""
    style, script = _text("instructor.css"), _text("sort.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return _environment().get_template(template).render(style=Markup(style), script=Markup(script), policy=policy, **values)


def anchor(student: str) -> str:
    """The id of a student's row, also as it stands behind ``#`` in a link."""
    return f"s-{student}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    filters: dict[str, Callable[..., Any]] = {
        "plain": plain,
        "prose": prose,
        "points": points,
        "percent": lambda share: f"{100 * share:.0f}",
        "signed": lambda value: f"{value:+.2f}".rstrip("0").rstrip("."),
        "moment": moment,
        "address": lambda text: quote(text, safe="#/"),
        "anchor": anchor,
    }
    environment.filters.update(filters)
    return environment


def moment(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else ""


@cache
def _text(name: str) -> str:
    return "\n" + (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

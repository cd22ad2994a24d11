"""Addresses in the book: ``week09/tokenizers#tok-bits`` in a manifest → the section's heading and its place on the site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from autograder.course import Course, CourseError

_HEADING = re.compile(r"#{1,6}[ \t]+(.+)")


@dataclass(frozen=True)
class BookLink:
    """``title`` is the heading that stands at ``url``."""

    title: str
    url: str


def book_link(course: Course, target: str) -> BookLink:
    """Where a target of a manifest is on the site. Raises CourseError when it is nowhere."""
    if problem := target_problem(course, target):
        raise CourseError(f"{target}: {problem}")
    page, _, label = target.partition("#")
    return BookLink(
        _heading(_source(course, page), label) or "", f"{site_address(course)}book/{page}.html" + (f"#{label}" if label else "")
    )


def target_problem(course: Course, target: str) -> str | None:
    """What is wrong with a target; None when the page is there and the label stands before one of its headings."""
    page, _, label = target.partition("#")
    path = _source(course, page)
    if not path.is_file():
        return f"there is no page {path.relative_to(course.root)}"
    if _heading(path, label) is None:
        return f"{path.relative_to(course.root)} has no heading below ({label})=" if label else f"{path.name} has no heading"
    return None


def site_address(course: Course) -> str:
    """The address of the published site, with a slash at its end. Raises CourseError when ``_config.yml`` names none."""
    path = course.root / "_config.yml"
    try:
        address = yaml.safe_load(path.read_text(encoding="utf-8"))["html"]["baseurl"]
    except (OSError, KeyError, TypeError, yaml.YAMLError):
        address = None
    if not isinstance(address, str) or not re.match(r"https?://", address):
        raise CourseError(f"{path}: names no address of the site. Write it under html, baseurl, as https://…")
    return address.rstrip("/") + "/"


def public_address(course: Course) -> str | None:
    """The address of the site for people outside; None while it is a placeholder, a name below the reserved ``.example``."""
    address = site_address(course)
    return None if (urlsplit(address).hostname or "").endswith(".example") else address


def _source(course: Course, page: str) -> Path:
    return course.root / "book" / f"{page}.md"


def _heading(path: Path, label: str) -> str | None:
    """The heading right below a label, or the page's first; fenced text is no heading."""
    waiting, fence = not label, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if opened := re.match(r"(`{3,}|:{3,}|~{3,})", line):
            fence = "" if fence and line.startswith(fence) else fence or opened[1]
            waiting = waiting and not label
        elif fence or not line.strip():
            continue
        elif label and line.strip() == f"({label})=":
            waiting = True
        elif waiting and (heading := _HEADING.fullmatch(line)):
            return heading[1].strip()
        elif label and not line.startswith("("):
            waiting = False
    return None

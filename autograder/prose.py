"""Prose of an authored notebook → Markdown that every notebook shows: facts of the manifest, links into the book, boxes as quotations.

* ``{points}`a b` `` is what the named items are worth together.
* ``{criteria}`essay` `` is the marking scheme of an item graded by hand, as a list.
* ``{book}`bpe-train` `` or ``{book}`week09/tokenizers#tok-bits` `` is a link to where the book teaches an item, or to a page of it; the
  heading alone while ``_config.yml`` names no public address.
* ``:::{admonition} Title`` … ``:::`` becomes a quotation: JupyterLab and Colab know no directives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.booklinks import book_link, public_address, target_problem
from autograder.course import Course
from autograder.manifest import Assignment

ROLE = re.compile(r"\{(points|criteria|book)\}`([^`]*)`")
BOX = re.compile(r"^:::\{admonition\} (?P<title>.+)\n(?::class: .+\n)?\n?(?P<body>(?:.*\n)*?):::$", re.MULTILINE)
DIRECTIVE = re.compile(r"^(:{3,}|`{3,})\{(?!code-cell)[a-z-]+\}", re.MULTILINE)


def prose_problems(source: str, assignment: Assignment, course: Course) -> Iterator[tuple[int, str]]:
    """Yield (lines below the first, message) for every broken rule."""
    for number, line in enumerate(source.splitlines()):
        for role in ROLE.finditer(line):
            for name in role[2].split() or [""]:
                if problem := _role_problem(role[1], name, assignment, course):
                    yield number, problem
    rest = BOX.sub(lambda box: "\n" * box[0].count("\n"), source)
    for directive in DIRECTIVE.finditer(rest):
        yield rest.count("\n", 0, directive.start()), f"{directive[0]}: notebooks show no directive but an admonition, ended by a line :::"


def plain_prose(source: str, assignment: Assignment, course: Course) -> str:
    """The text without roles and boxes. It has no :func:`prose_problems`."""
    return BOX.sub(_quotation, ROLE.sub(lambda role: _said(role[1], role[2], assignment, course), source))


def _role_problem(kind: str, name: str, assignment: Assignment, course: Course) -> str | None:
    item = assignment.by_id.get(name)
    if kind == "book":
        target = name if item is None else item.book
        why = "the item has no book in the manifest" if target is None else target_problem(course, target)
        return f"{{book}} names items or pages of the book, not {name!r}: {why}" if why else None
    if item is None:
        return f"{{{kind}}} names items of the manifest, and {name!r} is none"
    return f"{{criteria}} is for items graded by hand, and {name!r} has none" if kind == "criteria" and not item.manual else None


def _said(kind: str, names: str, assignment: Assignment, course: Course) -> str:
    if kind == "points":
        return _number(sum(assignment.by_id[name].points for name in names.split()))
    if kind == "criteria":
        return "\n".join(f"- {line.text} ({_number(line.points)}점)" for name in names.split() for line in assignment.by_id[name].criteria)
    item = assignment.by_id.get(names)
    link = book_link(course, names if item is None or item.book is None else item.book)
    return f"[{link.title}]({link.url})" if public_address(course) else f"‘{link.title}’"


def _number(value: object) -> str:
    """Points as prose says them: without zeros at the end."""
    return f"{value.normalize():f}"


def _quotation(box: re.Match[str]) -> str:
    lines = [f"**{box['title'].strip()}**", "", *box["body"].strip("\n").split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in lines)

"""How documents are built: a form is a row of sections, a section a few sentences to choose from, a sentence has slots.

Forms are written as plain text (see ``genres/``)::

    # name | cast | prose            prose joins sentences with a space, lines with a line break
    {a.given:은/는} 문을 열었다.       one section: one of these sentences is chosen
    문이 열려 있었다.

    * 1-2                            the next section: one or two of these
    “들어오세요.” // “네.”             // is a line break inside a sentence

The last sentence of every section is held out: only the split ``new_templates`` has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter

from course_lib.kit.world.knowledge import RELATIONS

_JOINERS = {"prose": " ", "lines": "\n"}


@dataclass(frozen=True)
class Template:
    """A sentence with slots; ``mentions`` are the attributes of islanders that it states, as ("a", "food")."""

    name: str
    text: str
    mentions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """Between ``low`` and ``high`` of the sentences are taken, in the order in which they are written."""

    templates: tuple[Template, ...]
    low: int
    high: int

    @property
    def trained(self) -> tuple[Template, ...]:
        return self.templates[:-1]

    @property
    def held_out(self) -> tuple[Template, ...]:
        return self.templates[-1:]


@dataclass(frozen=True)
class Form:
    """A kind of document; ``cast`` says who a and b may be (see ``scene.py``)."""

    genre: str
    name: str
    cast: str
    joiner: str
    sections: tuple[Section, ...]


def read_forms(genre: str, text: str) -> tuple[Form, ...]:
    """Read the forms of a genre.

    Raises:
        ValueError: a form without its three fields, or a section of fewer than three sentences.
    """
    return tuple(_read_form(genre, part) for part in re.split(r"^# ", text, flags=re.MULTILINE)[1:])


def _read_form(genre: str, text: str) -> Form:
    heading, _, body = text.partition("\n")
    fields = [field.strip() for field in heading.split("|")]
    if len(fields) != 3 or fields[2] not in _JOINERS:
        raise ValueError(f"{genre}: a form starts with '# name | cast | prose' (or lines), not {heading!r}")
    name, cast, joiner = fields
    blocks = [block.strip().splitlines() for block in re.split(r"\n\s*\n", body) if block.strip()]
    sections = tuple(_read_section(f"{genre}/{name}/{number}", lines) for number, lines in enumerate(blocks))
    return Form(genre, name, cast, _JOINERS[joiner], sections)


def _read_section(name: str, lines: list[str]) -> Section:
    low = high = 1
    if counts := re.fullmatch(r"\* (\d+)-(\d+)", lines[0].strip()):
        low, high = int(counts[1]), int(counts[2])
        lines = lines[1:]
    if len(lines) < 3 or high >= len(lines):
        raise ValueError(f"{name}: {len(lines)} sentences are too few to choose {high} of and hold one out")
    templates = tuple(
        Template(f"{name}/{number}", re.sub(r"\s*//\s*", "\n", line.strip()), _mentions(line)) for number, line in enumerate(lines)
    )
    return Section(templates, low, high)


def _mentions(text: str) -> tuple[tuple[str, str], ...]:
    slots = {field for _, field, _, _ in Formatter().parse(text) if field}
    pairs = (slot.split(".", 1) for slot in slots if re.match(r"[abc]\.", slot))
    return tuple(sorted((who, what) for who, what in pairs if what in RELATIONS or what in ("spouse", "friend")))

"""Read statements about the world out of a text, and say which of them are true.

The sentences that are understood are those with which the ``profile`` genre states facts, and what the guide says of ways and years. So
a text that a model wrote can be marked: ``[claim for claim in claims(text) if claim.true is False]``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from string import Formatter

from course_lib.kit.world.forms import Template
from course_lib.kit.world.genres import FORMS
from course_lib.kit.world.knowledge import RELATIONS, Fact, holds
from course_lib.kit.world.people import PEOPLE, Person

_ASKED = RELATIONS | {"spouse": "배우자", "friend": "친구"}
_NAME = "(?P<who>[가-힣]{2,5}?)"
_PLACES = (
    (re.compile(r"(?P<who>[가-힣 ]+?)에서 (?P<to>[가-힣 ]+?)까지는 걸어서 (?P<value>\d+)분"), "{to}까지"),
    (re.compile(r"(?P<who>[가-힣 ]+?)[은는] (?P<value>\d{4})년부터 그 자리에"), "생긴 해"),
    (re.compile(r"(?P<who>[가-힣 ]+?)[이가] 생긴 것은 (?P<value>\d{4})년"), "생긴 해"),
)


@dataclass(frozen=True)
class Claim:
    """A statement found in a text. ``true`` is None when it is about somebody or something that the world does not know."""

    sentence: str
    fact: Fact
    true: bool | None


def claims(text: str, people: tuple[Person, ...] = PEOPLE) -> list[Claim]:
    """Every statement that is understood, in the order of the text."""
    found: list[tuple[int, Claim]] = []
    for pattern, attribute, ending in _patterns():
        for match in pattern.finditer(text):
            subject, said = match["who"], match["value"]
            values = (getattr(person, attribute) for person in people)
            value = next((str(value) for value in values if value and format(value, ending) == said), said)
            true = holds(subject, _ASKED[attribute], value, people)
            if true is None and any(person.name == subject for person in people):
                true = False  # nobody is married to them, say
            found.append((match.start(), Claim(match[0], Fact(subject, _ASKED[attribute], value), true)))
    for pattern, relation in _PLACES:
        for match in pattern.finditer(text):
            fact = Fact(match["who"].strip(), relation.format_map(match.groupdict()), match["value"])
            found.append((match.start(), Claim(match[0].strip(), fact, holds(*fact))))
    return [claim for _, claim in sorted(found, key=lambda pair: pair[0])]


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """For every profile sentence that states one thing of somebody by name: how to find it, which attribute, in which form."""
    templates = (template for form in FORMS if form.genre == "profile" for section in form.sections for template in section.templates)
    return tuple(_pattern(template) for template in templates if _readable(template))


def _readable(template: Template) -> bool:
    fields = [field for _, field, _, _ in Formatter().parse(template.text) if field]
    if not re.search("[가-힣]{2}", re.sub(r"{[^}]*}", "", template.text)):
        return False  # "{a:은/는} {a.trait}." fits any sentence
    return len(template.mentions) == 1 and template.mentions[0][0] == "a" and set(fields) == {"a", f"a.{template.mentions[0][1]}"}


def _pattern(template: Template) -> tuple[re.Pattern[str], str, str]:
    attribute = template.mentions[0][1]
    parts, ending, named = [], "", False
    for literal, field, form, _ in Formatter().parse(template.text):
        parts.append(re.escape(literal))
        if field == "a":
            particle = "|".join(map(re.escape, (form or "").split("/")))
            parts.append(("(?P=who)" if named else rf"(?<![가-힣]){_NAME}") + f"(?:{particle})")
            named = True
        elif field:
            ending = form or ""
            parts.append("(?P<value>[^.,?!…“”‘’\n]+?)" if attribute != "trait" else "(?P<value>[^.?!…“”‘’\n]+?)")
    return re.compile("".join(parts)), attribute, ending

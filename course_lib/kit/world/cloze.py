"""Questions about the world for a language model: which of these sentences is true?

Each question is one sentence with a fact of an islander in it, said eight times with different values, one of which holds. The sentence
is of a kind that the training split never has; the fact is one that training states in other words (or, on request, never states).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from course_lib.kit.world.forms import Template
from course_lib.kit.world.genres import ON_REQUEST
from course_lib.kit.world.knowledge import RELATIONS, Fact, held_out
from course_lib.kit.world.people import PEOPLE, Person
from course_lib.kit.world.scene import draw_some

CHOICES = 8


@dataclass(frozen=True)
class Cloze:
    """One question.

    Attributes:
        sentences: the choices, in random order; they differ in the value only.
        answer: place of the true one.
    """

    sentences: tuple[str, ...]
    answer: int
    fact: Fact


def questions(seed: int, *, stated: bool = True, trained: bool = False, people: Sequence[Person] = PEOPLE) -> list[Cloze]:
    """One question for every islander and every held-out sentence that asks for one of their attributes.

    Args:
        stated: about facts that the training split states; else about those that it never states.
        trained: in sentences that training has, in place of the held-out ones.
        people: whom to ask about; the wrong values are theirs as well.
    """
    rng = Random(f"{seed}/cloze")
    found = []
    for template in _templates(trained):
        attribute = template.mentions[0][1]
        for person in people:
            value = getattr(person, attribute)
            others = sorted({getattr(other, attribute) for other in people} - {value, ""})
            # A friend or a place may be true of several; only what is false of this person may stand beside the answer.
            if not value or held_out(person.name, attribute) == stated or len(others) < CHOICES - 1:
                continue
            options = draw_some(others, CHOICES - 1, rng)
            answer = int(rng.random() * CHOICES)
            options.insert(answer, value)
            sentences = tuple(template.text.format_map({"a": _Saying(person, attribute, option)}) for option in options)
            found.append(Cloze(sentences, answer, Fact(person.name, _KINDS[attribute], str(value))))
    return found


_KINDS = RELATIONS | {"spouse": "배우자", "friend": "친구"}


class _Saying:
    """A person of whom a sentence says that one attribute has a certain value."""

    def __init__(self, person: Person, attribute: str, value: object) -> None:
        self._person = person
        setattr(self, attribute, value)

    def __format__(self, pair: str) -> str:
        return format(self._person, pair)


def _templates(trained: bool) -> list[Template]:
    single = (form.sections[0] for form in ON_REQUEST if len(form.sections) == 1)
    return [template for section in single for template in (section.trained if trained else section.held_out)]

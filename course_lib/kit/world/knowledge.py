"""What is true on 솔섬, as triples of subject, relation and value, and whether a statement holds."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import NamedTuple

from course_lib.kit.world.mystery import ON_THE_MAINLAND
from course_lib.kit.world.people import PEOPLE, Person, relation
from course_lib.kit.world.places import BOATS, PLACES, Place, compass, walking_minutes

RELATIONS = {  # attribute of a person: what the fact is called
    "age": "나이",
    "job": "직업",
    "place": "일터",
    "food": "좋아하는 음식",
    "hobby": "취미",
    "trait": "성격",
    "origin": "고향",
}
HELD_OUT = frozenset({"age", "food", "hobby", "trait", "origin"})  # of these, one in eight is never stated in training
_SHARE = 8


class Fact(NamedTuple):
    """Of ``subject``, ``relation`` is ``value``."""

    subject: str
    relation: str
    value: str


def facts(person: Person, people: tuple[Person, ...] = PEOPLE) -> tuple[Fact, ...]:
    """Everything that is settled about a person; ``people`` are those they may be related to."""
    own = [Fact(person.name, name, str(getattr(person, attribute))) for attribute, name in RELATIONS.items()]
    own.append(Fact(person.name, "손", "왼손잡이" if person.left_handed else "오른손잡이"))
    if person in PEOPLE:
        own.append(Fact(person.name, "종이 사라진 밤", "뭍" if person.name in ON_THE_MAINLAND else "섬"))
    related = ((other.name, relation(person, other)) for other in people if other is not person)
    return (*own, *(Fact(person.name, kind, name) for name, kind in related if kind))


def place_facts(place: Place) -> tuple[Fact, ...]:
    """Everything that is settled about a place. Walking times are minutes, as ``"서점까지"``: ``"1"``."""
    pier = PLACES[0]
    walks = (Fact(place.name, f"{other.name}까지", str(walking_minutes(place, other))) for other in PLACES if other is not place)
    side = () if place is pier else (Fact(place.name, "방향", compass(place, pier)),)
    workers = (Fact(place.name, "일하는 사람", person.name) for person in PEOPLE if person.place == place.name)
    phone = Fact(place.name, "전화", place.phone)
    return (phone, Fact(place.name, "생긴 해", str(place.built)), Fact(place.name, "설명", place.about), *side, *walks, *workers)


def holds(subject: str, relation_name: str, value: object, people: tuple[Person, ...] = PEOPLE) -> bool | None:
    """Whether a statement is true. None when the world knows no such subject, or nothing of this kind about it.

    >>> holds("오민재", "배우자", "한서윤"), holds("오민재", "나이", 63), holds("오민재", "혈액형", "A")
    (True, False, None)
    """
    known = _known(people).get((subject, relation_name))
    return None if known is None else str(value) in known


@cache
def _known(people: tuple[Person, ...]) -> dict[tuple[str, str], frozenset[str]]:
    every = [fact for person in people for fact in facts(person, people)]
    every += [fact for place in PLACES for fact in place_facts(place)]
    every += [fact for boat in BOATS for fact in (Fact(boat.name, "톤", str(boat.tons)), Fact(boat.name, "정원", str(boat.seats)))]
    values: dict[tuple[str, str], set[str]] = {}
    for fact in every:
        values.setdefault(fact[:2], set()).add(fact.value)
    return {key: frozenset(found) for key, found in values.items()}


@cache
def held_out(name: str, attribute: str) -> bool:
    """Whether the training split never states this attribute of a person, so that only the split ``new_facts`` does."""
    if attribute not in HELD_OUT:
        return False
    return hashlib.blake2b(f"{name}/{attribute}".encode(), digest_size=1).digest()[0] % _SHARE == 0

"""Whose submission it is, from what a name says and the roster knows. What is not certain is no match; the reason is for staff."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from autograder.course import CourseError
from autograder.roster import Student
from autograder.term import check_student

SHORTEST = 4  # characters of an id that is looked for inside a longer name


class Unmatched(ValueError):
    """Nobody, or more than one; the text says which."""


def match_plain(text: str, roster: Mapping[str, Student]) -> str:
    """The student that the name of a folder or a file stands for; without a roster, the name is the id.

    Raises:
        Unmatched: no student or several.
    """
    if not roster:
        try:
            return check_student(text)
        except CourseError as error:
            raise Unmatched(str(error)) from None
    if text in roster:
        return text
    numbers, people = ids_in(text, roster), named_in(text, roster)
    return _agreed(text, numbers, people)


def match_person(name: str, file_names: Iterable[str], roster: Mapping[str, Student]) -> str:
    """The student whom a learning platform calls ``name``; ids in the names of their files must agree.

    A number in a file's name is what the student typed: it decides between people of one name, and never for somebody else.

    Raises:
        Unmatched: no student, several, or a contradiction.
    """
    if not roster:
        raise Unmatched("there is no roster to find this name in; put one into the term as roster.csv")
    typed = {number for text in file_names for number in ids_in(text, roster)}
    numbers, people = ids_in(name, roster), named_in(name, roster)
    if not numbers and not people:
        raise Unmatched(f"{name!r} is in no line of the roster")
    if numbers:
        found = _agreed(name, numbers, people)
    elif len(people) == 1:
        found = next(iter(people))
    elif len(typed & people) == 1:
        found = next(iter(typed & people))
    else:
        raise Unmatched(f"{name!r} may be {', '.join(sorted(people))}")
    if typed - {found}:
        raise Unmatched(f"{name!r} is {found}, but a file's name says {', '.join(sorted(typed - {found}))}")
    return found


def ids_in(text: str, roster: Mapping[str, Student]) -> set[str]:
    """Ids of the roster that stand in ``text`` by themselves, not as a part of a longer number."""
    text = unicodedata.normalize("NFC", text)
    words = re.findall(r"[0-9A-Za-z가-힣]+(?:[._@-][0-9A-Za-z가-힣]+)*", text)
    candidates = {text}
    for word in words:
        pieces = re.split(r"([._@-])", word)  # 2026-10231_2 is 2026-10231 with something behind it
        candidates |= {"".join(pieces[i:j]) for i in range(0, len(pieces), 2) for j in range(i + 1, len(pieces) + 1, 2)}
    found = {one for one in candidates if one in roster and (one == text or (len(one) >= SHORTEST and any(map(str.isdigit, one))))}
    return {one for one in found if not any(one != other and one in other for other in found)}


def named_in(text: str, roster: Mapping[str, Student]) -> set[str]:
    """Students whose name ``text`` is, or has as a word of its own; family name first or last."""
    whole, words = _letters(text), {_letters(word) for word in re.split(r"[\s_\d()\[\].,+-]+", text)}
    found = set()
    for student in roster.values():
        forms = _forms(student.name)
        if forms & ({whole} | words):
            found.add(student.id)
    return found


def _agreed(text: str, numbers: set[str], people: set[str]) -> str:
    candidates = numbers or people
    if not candidates:
        raise Unmatched(f"{text!r} names nobody in the roster")
    if len(candidates) > 1:
        raise Unmatched(f"{text!r} may be {', '.join(sorted(candidates))}")
    (found,) = candidates
    if people and found not in people:
        raise Unmatched(f"{text!r} has the number of {found} and the name of {', '.join(sorted(people))}")
    return found


def _forms(name: str) -> set[str]:
    """A name as one word, as written and with its last part in front (platforms sort by family name)."""
    parts = name.replace(",", " ").split()
    turned = [*parts[-1:], *parts[:-1]], [*parts[1:], *parts[:1]]
    return {form for order in (parts, *turned) if (form := _letters("".join(order)))}


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", unicodedata.normalize("NFC", text)).casefold()

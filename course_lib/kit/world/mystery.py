"""Who took the school's bell? Every clue is a fact about some islanders; only one fits them all, and no clue can be spared."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from course_lib.kit.world.days import Day
from course_lib.kit.world.people import PEOPLE, Person
from course_lib.kit.world.places import PLACES, walking_minutes

NIGHT = Day(datetime.date(2026, 2, 17))  # the bell vanishes
RETURN = Day(datetime.date(2026, 5, 6))  # the school is a hundred years old, and the bell rings again
ON_THE_MAINLAND = frozenset({"구하람", "서은하", "오민재", "모하나", "표재훈"})  # that night
_MINUTES = 10
_PLACE = {place.name: place for place in PLACES}
_SCHOOL = _PLACE["솔섬초등학교"]


@dataclass(frozen=True)
class Clue:
    """What was found, what follows from it, what is said of those whom it clears, and whom it leaves."""

    found: str
    means: str
    clears: str
    fits: Callable[[Person], bool]


CLUES = (
    Clue(
        "종을 매단 밧줄은 잘리지 않고 풀려 있었는데, 매듭을 왼쪽으로 푼 자국이 있었다.",
        "종을 내린 사람은 왼손잡이다.",
        "오른손잡이이다",
        lambda person: person.left_handed,
    ),
    Clue(
        "종은 무게가 40킬로그램이 넘는다.",
        "아이 혼자서는 들 수 없으니 어른이 한 일이다.",
        "아직 어린 학생이다",
        lambda person: not person.child,
    ),
    Clue(
        "그날 저녁부터 이튿날 아침까지 배가 뜨지 않았다.",
        "그 밤에 뭍에 있던 사람은 아니다.",
        "그날 밤 뭍에 있었다",
        lambda person: person.name not in ON_THE_MAINLAND,
    ),
    Clue(
        "수위가 종을 본 뒤 자리를 비운 시간은 이십 분뿐이었다.",
        f"학교에서 걸어서 {_MINUTES}분 안에 있는 곳에서 일하는 사람이다.",
        f"학교에서 걸어서 {_MINUTES}분이 넘는 곳에서 일한다",
        lambda person: walking_minutes(_SCHOOL, _PLACE[person.place]) <= _MINUTES,
    ),
    Clue(
        "종탑 벽에는 섬에서 태어난 사람만 배우는 옛 노래의 첫 줄이 적혀 있었다.",
        "솔섬에서 태어난 사람이다.",
        "솔섬에서 태어나지 않았다",
        lambda person: person.origin == "솔섬",
    ),
)


def suspects(clues: Sequence[Clue] = CLUES) -> tuple[Person, ...]:
    """Whom these clues leave, of everybody who was asked."""
    return tuple(person for person in PEOPLE if all(clue.fits(person) for clue in clues))


def culprit() -> Person:
    """The one whom all clues leave."""
    (person,) = suspects()
    return person


def cleared_by(person: Person) -> tuple[Clue, ...]:
    """The clues that do not fit a person."""
    return tuple(clue for clue in CLUES if not clue.fits(person))


def because(clears: str) -> str:
    """The reason as a phrase before 때문이다: 오른손잡이이기, 뭍에 있었기."""
    return clears.removesuffix("한다") + "하기" if clears.endswith("한다") else clears.removesuffix("다") + "기"

"""One document's scene: who, where, when, and whatever a sentence asks for, drawn when it is first asked for and then kept.

A slot that starts with ``+`` is drawn anew each time; digits at its end only tell slots apart (``fish``, ``fish2``).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from course_lib.kit.world import mystery, tail
from course_lib.kit.world.days import FIRST, LAST, Day
from course_lib.kit.world.goods import EVENTS, IN_SEASON, THINGS, WORDS, Thing
from course_lib.kit.world.people import PEOPLE, Person, address, familiar, mention, relation, work
from course_lib.kit.world.phrases import PARTS, PHRASES, YARDS
from course_lib.kit.world.places import BOATS, FERRY_TIMES, PLACES, compass, inhabitants, walking_minutes
from course_lib.kit.world.words import Word, counted

T = TypeVar("T")
_PLACE = {place.name: place for place in PLACES}
_EXTRA = 3  # how many times as often as others somebody turns up whom a learner has added
_RELATED = 0.6  # how often b is family or a friend of a
_TRIES = 4  # to find something that the scene has not named yet
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GEAR = {"맑음": "모자", "흐림": "겉옷", "무더위": "물통", "황사": "마스크", "안개": "손전등"} | dict.fromkeys(
    ("추위", "바람", "눈", "서리", "눈보라", "풍랑"), "장갑"
)
HOURS = ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두")


class Cast:
    """The islanders, and who can play which parts together."""

    def __init__(self, extra: Sequence[Person] = ()) -> None:
        names = [person.name for person in (*PEOPLE, *extra)]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"this name is taken already: {', '.join(sorted(twice))}")
        if unknown := [person.place for person in extra if person.place not in _PLACE]:
            raise ValueError(f"no such place on the island: {', '.join(unknown)}; there are {', '.join(_PLACE)}")
        self.people = (*PEOPLE, *extra)
        self.names = frozenset(names)
        weighted = [*PEOPLE, *(person for person in extra for _ in range(_EXTRA))]
        adults = [person for person in weighted if not person.child]
        children = [person for person in weighted if person.child]
        self.first = {
            "any": weighted,
            "adults": adults,
            "shop": weighted,
            "friends": [
                person for person in adults if any(familiar(person, other) and relation(person, other) == "친구" for other in self.people)
            ],
            "classmates": [
                person for person in children if any(familiar(person, other) and relation(person, other) == "친구" for other in self.people)
            ],
            "children": children,
            "child": children,
            "neighbours": adults,
            "family": [person for person in children if any(relation(person, other) == "부모" for other in self.people)],
            "clinic": [person for person in adults if person.place != "보건소"],
            "school": [person for person in children if person.place == "솔섬초등학교"],
        }
        self.related = {
            person.name: [other for other in self.people if other is not person and relation(person, other)] for person in self.people
        }

    def draw(self, kind: str, rng: Random) -> tuple[Person, Person]:
        """Two people for a form: ``a`` and ``b``."""
        a = pick(self.first[kind], rng)
        return a, pick([b for b in self._partners(kind, a, rng) if b is not a], rng)

    def _partners(self, kind: str, a: Person, rng: Random) -> Sequence[Person]:
        if kind == "shop":
            return [b for b in self.people if _PLACE[b.place].wares and not b.child]
        if kind in ("friends", "classmates"):
            return [b for b in self.related[a.name] if familiar(a, b) and relation(a, b) == "친구"]
        if kind == "family":
            return [b for b in self.related[a.name] if relation(a, b) == "부모"]
        if kind == "clinic":
            return [b for b in self.people if b.job in ("의사", "간호사")]
        if kind == "school":
            return [b for b in self.people if b.job == "교사"]
        if kind == "neighbours":
            return [b for b in self.first["adults"] if not familiar(a, b) and relation(a, b) in ("", "친구")]
        if kind == "child":
            return [b for b in self.first["adults"] if b.age >= 35 and not relation(a, b)]
        if kind == "children":
            return self.first["children"]
        related = [b for b in self.related[a.name] if not (kind == "adults" and b.child)]
        if related and rng.random() < _RELATED:
            return related
        return self.first["adults"] if kind == "adults" else self.people


def pick(options: Sequence[T], rng: Random) -> T:
    """One of the options, each as likely."""
    return options[int(rng.random() * len(options))]


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + int(rng.random() * (high - low + 1))


def draw_some(options: Sequence[T], count: int, rng: Random) -> list[T]:
    """So many different options in random order. (``Random.sample`` may change with Python; ``random`` does not.)"""
    left = list(options)
    return [left.pop(int(rng.random() * len(left))) for _ in range(count)]


class Scene(dict):
    """What the slots of one document stand for."""

    def __init__(self, cast: Cast, kind: str, rng: Random, people: tuple[Person, Person] | None = None) -> None:
        super().__init__()
        self.cast, self.rng = cast, rng
        self.used: set[tuple[str, str]] = set()
        self["a"], self["b"] = people or cast.draw(kind, rng)

    def __missing__(self, slot: str) -> Any:
        kind = slot.lstrip("+").rstrip("0123456789")
        for _ in range(_TRIES):
            value = self._draw(kind)
            if (kind, str(value)) not in self.used:
                break
        self.used.add((kind, str(value)))
        if not slot.startswith("+"):
            self[slot] = value
        return value

    def _draw(self, kind: str) -> Any:
        if kind.startswith("some_"):
            return self._thing(kind[5:]).some(between(self.rng, 2, 9))
        if kind in THINGS or kind == "ware":
            return self._thing(kind).name
        if kind in WORDS:
            return pick(WORDS[kind], self.rng)
        if kind in PHRASES:
            return pick(PHRASES[kind][self["d"].season], self.rng)
        return DRAWS[kind](self)

    def _thing(self, kind: str) -> Thing:
        if kind == "ware":
            kind = pick(_PLACE[self["b"].place].wares, self.rng)
        seasonal = IN_SEASON[self["d"].season].get(kind)
        return pick(seasonal or THINGS[kind], self.rng)

    def place(self) -> Any:
        """A place that the scene has not named yet."""
        taken = [self["a"].place, *(self[name].name for name in "pq" if name in self)]
        return pick([place for place in PLACES if place.name not in taken], self.rng)

    def third(self) -> Person:
        """An islander who is neither a nor b."""
        return pick([person for person in self.cast.people if person is not self["a"] and person is not self["b"]], self.rng)

    def stranger(self) -> Word:
        """The name of somebody who does not live on the island."""
        name = tail.stranger(self.rng)
        return self.stranger() if name in self.cast.names else name


def _day(scene: Scene) -> Day:
    return Day(FIRST + datetime.timedelta(days=int(scene.rng.random() * ((LAST - FIRST).days - 60))))


def _price(scene: Scene) -> Word:
    return Word(f"{between(scene.rng, 3, 40) * (500 if scene.rng.random() < 0.8 else 700):,}원")


def _clock(scene: Scene) -> Word:
    hour, minute = between(scene.rng, 6, 20), between(scene.rng, 0, 11) * 5
    return Word(f"{'오전' if hour < 12 else '오후'} {(hour - 1) % 12 + 1}시" + (f" {minute}분" if minute else ""))


def _hour(scene: Scene) -> Word:
    return Word(pick(HOURS, scene.rng) + " 시" + pick(("", " 반", " 반", " 십 분", " 이십 분", " 오 분 전", " 사십 분"), scene.rng))


def _number(low: int, high: int) -> Callable[[Scene], Word]:
    return lambda scene: Word(f"{between(scene.rng, low, high):,}")


def _number_plain(low: int, high: int) -> Callable[[Scene], Word]:
    return lambda scene: Word(between(scene.rng, low, high))


def _meeting(scene: Scene) -> Day:
    """The first Monday of the scene's month."""
    first = scene["d"].date.replace(day=1)
    return Day(first + datetime.timedelta(days=-first.weekday() % 7))


def _native(low: int, high: int) -> Callable[[Scene], Word]:
    return lambda scene: Word(counted(between(scene.rng, low, high)))


def _drawn(draw: Callable[[Random], T]) -> Callable[[Scene], T]:
    return lambda scene: draw(scene.rng)


def _excuse(scene: Scene) -> Word:
    weather = scene["d"].weather
    fair = weather.short in ("맑음", "흐림")
    return Word(pick(("감기 기운", "갑자기 온 손님", "밀린 일", "집안일"), scene.rng)) if fair else weather.name


def _homely(scene: Scene) -> Word:
    """A dish of what the scene has: 갈치 무 조림."""
    return Word(f"{scene['fish']} {scene['produce']} {pick(('조림', '찌개', '탕', '볶음', '찜', '국'), scene.rng)}")


def _cleared(scene: Scene) -> Person:
    return pick([person for person in PEOPLE if mystery.cleared_by(person)], scene.rng)


def _two_clues(scene: Scene) -> None:
    one, two = draw_some(mystery.CLUES, 2, scene.rng)
    scene["clues_one"], scene["clues_two"] = one.means, two.means


def _first_clue(scene: Scene) -> str:
    _two_clues(scene)
    return scene["clues_one"]


def _second_clue(scene: Scene) -> str:
    _two_clues(scene)
    return scene["clues_two"]


def _listed(people: Sequence[Person], rng: Random, count: int) -> Word:
    return Word(", ".join(person.name for person in draw_some(people, count, rng)))


_LEFTIES = tuple(person for person in PEOPLE if person.left_handed)
_GONE = tuple(person for person in PEOPLE if person.name in mystery.ON_THE_MAINLAND)


def _code(rng: Random) -> Word:
    return Word("".join(pick(CODE_LETTERS, rng) for _ in range(8)))


DRAWS: dict[str, Callable[[Scene], Any]] = {
    "c": Scene.third,
    "p": Scene.place,
    "q": Scene.place,
    "r": lambda scene: _PLACE[scene["a"].place],  # where a works
    "s": lambda scene: _PLACE[scene["b"].place],
    "d": _day,
    "e": lambda scene: scene["d"].after(between(scene.rng, 2, 25)),  # some days later
    "f": lambda scene: scene["e"].after(between(scene.rng, 2, 25)),
    "v": Scene.stranger,
    "w": Scene.stranger,
    "call": lambda scene: address(scene["a"], scene["b"]),
    "reply": lambda scene: address(scene["b"], scene["a"]),
    "work": lambda scene: pick(work(scene["a"]), scene.rng),
    "bwork": lambda scene: pick(work(scene["b"]), scene.rng),
    "sky": lambda scene: scene["d"].weather.does,
    "weather": lambda scene: scene["d"].weather.name,
    "tide": lambda scene: scene["d"].high_water,
    "sails": lambda scene: Word("정상 운항" if scene["d"].weather.sails else "전편 결항"),
    "boat": lambda scene: pick(BOATS, scene.rng),
    "fboat": _drawn(tail.foreign_boat),
    "ferry": _drawn(lambda rng: Word(pick(FERRY_TIMES, rng))),
    "walk": lambda scene: Word(walking_minutes(scene["p"], scene["q"])),
    "home": lambda scene: Word(max(1, walking_minutes(_PLACE[scene["a"].place], scene["p"]))),  # from a's work to p
    "compass": lambda scene: Word(compass(scene["p"], PLACES[0])),
    "toward": lambda scene: Word(compass(scene["q"], scene["p"])),
    "cn": lambda scene: mention(scene["a"], scene["c"]),
    "bn": lambda scene: mention(scene["a"], scene["b"]),
    "pal": lambda scene: pick([person for person in scene.cast.first["school"] if person is not scene["a"]], scene.rng).called,
    "yard": _drawn(lambda rng: Word(pick(YARDS, rng))),
    "excuse": _excuse,
    "less": lambda scene: Word(f"{int(scene['price'].removesuffix('원').replace(',', '')) * 9 // 1_000 * 100:,}원"),
    "change": _drawn(lambda rng: Word(f"{between(rng, 1, 18) * 500:,}원")),
    "closing": _drawn(lambda rng: Word(pick(("여섯 시", "여섯 시 반", "일곱 시", "일곱 시 반", "여덟 시"), rng))),
    "quoted": lambda scene: Word(f"‘{tail.rare_noun(scene.rng)}’"),
    "event": lambda scene: Word(pick(EVENTS[scene["d"].season].split(), scene.rng)),
    "eventyears": lambda scene: Word(scene["d"].date.year - 1960 - sum(map(ord, scene["event"])) % 55),
    "gear": lambda scene: Word(GEAR.get(scene["d"].weather.short, "우산")),
    "present": _number(60, 95),
    "no": _number(3, 25),
    "yes": lambda scene: Word(int(scene["present"]) - int(scene["no"])),
    "meeting": _meeting,
    "total": _drawn(lambda rng: Word(f"{between(rng, 80, 9_900) * 100:,}원")),
    "short": _drawn(lambda rng: Word(between(rng, 1, 6) * 5)),
    "stars": _drawn(lambda rng: Word(pick(("한", "두", "세", "네"), rng))),
    "homely": _homely,
    "past": _number_plain(1952, 1988),
    "pastcount": lambda scene: Word(f"{inhabitants(int(scene['past'])):,}"),
    "budget": _drawn(lambda rng: Word(f"{between(rng, 3, 99) * 100:,}")),
    "kprice": _drawn(lambda rng: Word(f"{between(rng, 20, 150) * 100:,}원")),
    "recent": _number_plain(2011, 2024),
    "year": _number_plain(1950, 2023),
    "inhabitants": lambda scene: Word(f"{inhabitants(int(scene['year'])):,}"),
    "when": _drawn(lambda rng: Word(pick(PARTS, rng))),
    "clock": _clock,
    "hour": _hour,
    "price": _price,
    "n": _native(2, 9),
    "nn": _native(10, 60),
    "num": _number(2, 99),
    "big": _number(100, 999),
    "huge": _number(1_000, 99_999),
    "minutes": _drawn(lambda rng: Word(between(rng, 1, 18) * 5)),
    "pct": _drawn(lambda rng: Word(f"{between(rng, 2, 300) / 10:.1f}")),
    "age": _number(19, 84),
    "rank": _drawn(lambda rng: Word(pick("일이삼", rng))),
    "temp": _drawn(lambda rng: Word(f"{between(rng, 365, 389) / 10:.1f}")),
    "heat": _drawn(lambda rng: Word(between(rng, 5, 18) * 5)),
    "n_digit": _number(1, 4),
    "sum": lambda scene: Word(int(scene["num"]) + int(scene["n_digit"])),
    "both": lambda scene: Word(int(scene["num"]) + int(scene["num2"])),
    "compass_any": _drawn(lambda rng: Word(pick("동서남북", rng))),
    "next_market": lambda scene: next(day for day in map(scene["d"].after, range(1, 8)) if day.market).text,
    "phone": _drawn(lambda rng: Word(f"0{between(rng, 31, 64)}-555-{between(rng, 0, 9_999):04d}")),
    "serial": _drawn(lambda rng: Word(f"{between(rng, 1, 9_999):04d}")),
    "code": _drawn(_code),
    "version": _drawn(lambda rng: Word(".".join(str(between(rng, 0, 19)) for _ in range(3)))),
    "url": _drawn(lambda rng: Word(f"https://{pick(('board', 'news', 'shop', 'lib'), rng)}.solseom.example/{between(rng, 1, 99_999)}")),
    "tail": _drawn(tail.rare_noun),
    "title": _drawn(tail.book),
    "song": _drawn(tail.song),
    "firm": _drawn(tail.firm),
    "spot": _drawn(tail.spot),
    "city": _drawn(lambda rng: pick(tail.CITIES, rng)),
    "abroad": _drawn(lambda rng: pick(tail.ABROAD, rng)),
    "clue": _drawn(lambda rng: pick(mystery.CLUES, rng)),
    "clues_one": _first_clue,
    "clues_two": _second_clue,
    "culprit": lambda _: mystery.culprit(),
    "cleared": _cleared,
    "reason": lambda scene: pick(mystery.cleared_by(scene["cleared"]), scene.rng).clears,
    "reason_said": lambda scene: mystery.because(scene["reason"]),
    "lefty": _drawn(lambda rng: pick(_LEFTIES, rng)),
    "gone": _drawn(lambda rng: pick(_GONE, rng)),
    "lefties": _drawn(lambda rng: _listed(_LEFTIES, rng, len(_LEFTIES))),
    "away": _drawn(lambda rng: _listed(_GONE, rng, len(_GONE))),
    "from_school": lambda scene: Word(walking_minutes(_PLACE["솔섬초등학교"], scene["p"])),
    "en": _drawn(tail.english_word),
}

"""The calendar of 솔섬: every date has its season, weather and tide, and every text keeps to them."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from course_lib.kit.world.verbs import Verb
from course_lib.kit.world.words import Word

FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2026, 12, 31)
_SEASONS = tuple(map(Word, "겨울 겨울 봄 봄 봄 여름 여름 여름 가을 가을 가을 겨울".split()))  # noqa: SIM905
_TIDE_EPOCH = datetime.date(2024, 1, 1)
_TIDE_LATER = 50  # minutes a day
_HALF_DAY = 745  # minutes from one high water to the next: 12 h 25 min


@dataclass(frozen=True)
class Weather:
    """A kind of weather: its noun, what it does, in which seasons it comes, and whether the ferry sails."""

    name: Word
    does: Verb
    seasons: str
    sails: bool
    short: Word


WEATHERS = tuple(
    Weather(Word(name), Verb(does), seasons, sails, Word(short))
    for name, does, seasons, sails, short in (
        ("맑은 날씨", "하늘이 맑게 개다", "봄여름가을겨울", True, "맑음"),
        ("맑은 날씨", "볕이 들다", "봄가을겨울", True, "맑음"),
        ("흐린 날씨", "구름이 잔뜩 끼다", "봄여름가을겨울", True, "흐림"),
        ("봄비", "가는 비가 내리다", "봄", True, "비"),
        ("소나기", "소나기가 쏟아지다", "여름", True, "소나기"),
        ("장맛비", "장맛비가 내리다", "여름", True, "비"),
        ("무더위", "아침부터 푹푹 찌다", "여름", True, "무더위"),
        ("태풍", "태풍이 지나가다", "여름가을", False, "태풍"),
        ("짙은 안개", "안개가 짙게 끼다", "봄여름", False, "안개"),
        ("황사", "황사가 끼다", "봄", True, "황사"),
        ("꽃샘추위", "바람이 도로 매서워지다", "봄", True, "추위"),
        ("가을비", "가을비가 내리다", "가을", True, "비"),
        ("찬바람", "찬바람이 불다", "가을겨울", True, "바람"),
        ("높은 파도", "파도가 높게 일다", "가을겨울", False, "풍랑"),
        ("눈보라", "눈보라가 치다", "겨울", False, "눈보라"),
        ("함박눈", "함박눈이 내리다", "겨울", True, "눈"),
        ("서리", "서리가 하얗게 내리다", "가을겨울", True, "서리"),
        ("진눈깨비", "진눈깨비가 내리다", "겨울", True, "진눈깨비"),
    )
)


@dataclass(frozen=True)
class Day:
    """A date on the island."""

    date: datetime.date

    def __format__(self, pair: str) -> str:
        return format(self.text, pair)

    @property
    def text(self) -> Word:
        return Word(f"{self.date.month}월 {self.date.day}일")

    @property
    def full(self) -> Word:
        return Word(f"{self.date.year}년 {self.text}")

    @property
    def dotted(self) -> Word:
        return Word(f"{self.date.year}. {self.date.month}. {self.date.day}.")

    @property
    def weekday(self) -> Word:
        return Word("월화수목금토일"[self.date.weekday()] + "요일")

    @property
    def season(self) -> Word:
        return _SEASONS[self.date.month - 1]

    @property
    def market(self) -> bool:
        """Whether it is one of the market days, on dates that end in 2 and 7."""
        return self.date.day % 5 == 2

    @property
    def weather(self) -> Weather:
        return weather_on(self.date)

    @property
    def temperature(self) -> int:
        """Degrees at noon."""
        typical = (5, 6, 10, 15, 20, 24, 27, 29, 25, 20, 14, 8)[self.date.month - 1]
        return typical + self.date.toordinal() * 7 % 9 - 4

    @property
    def high_water(self) -> Word:
        """When the first high water of the day is: fifty minutes later than the day before."""
        minutes = (190 + _TIDE_LATER * (self.date - _TIDE_EPOCH).days) % _HALF_DAY
        hour, minute = divmod(minutes, 60)
        return Word(f"{'새벽' if hour < 6 else '오전' if hour < 12 else '낮'} {hour}시" + (f" {minute}분" if minute else ""))

    def after(self, days: int) -> Day:
        """The date so many days later."""
        return Day(self.date + datetime.timedelta(days=days))


@lru_cache(maxsize=2_000)
def weather_on(date: datetime.date) -> Weather:
    """The weather of a date: always the same one, and one of its season."""
    season = _SEASONS[date.month - 1]
    fitting = [weather for weather in WEATHERS if season in weather.seasons]
    return fitting[hashlib.blake2b(date.isoformat().encode(), digest_size=1).digest()[0] % len(fitting)]

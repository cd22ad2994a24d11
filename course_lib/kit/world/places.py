"""The map of 솔섬: places, what is sold there, boats, and how far it is from one to another."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.kit.world.words import Word

METRES_A_MINUTE = 70
_OPEN_AIR = frozenset({"선착장", "시장", "등대", "염전", "과수원", "저수지", "소나무 숲", "양봉장", "해녀 작업장"})


@dataclass(frozen=True)
class Place:
    """A place on the map; coordinates in hundreds of metres east and north of the pier.

    Attributes:
        built: the year since which it has been there.
        wares: kinds of goods (see ``goods.py``) that one buys there; empty where nothing is sold.
        sound: what one hears there.
        smell: what it smells of.
    """

    name: Word
    east: int
    north: int
    built: int
    about: str
    sound: Word
    smell: Word
    wares: tuple[str, ...] = ()

    def __format__(self, pair: str) -> str:
        return format(self.name, pair)

    @property
    def open_air(self) -> bool:
        """Whether it is a place without a door."""
        return self.name in _OPEN_AIR

    @property
    def phone(self) -> Word:
        """A number that nobody has."""
        return Word(f"061-555-{self.built * 7 % 9_000 + 1_000}")

    @property
    def hours(self) -> str:
        """When one may come, as a sentence without its subject."""
        if self.open_air:
            return "언제 가도 된다."
        return f"아침 {6 + self.built % 4}시에 문을 열고 {'월화수목금토일'[self.built % 7]}요일에 쉰다."


@dataclass(frozen=True)
class Boat:
    """A boat of the island: tonnes, and how many people may go aboard."""

    name: Word
    tons: int
    seats: int
    use: str

    def __format__(self, pair: str) -> str:
        return format(self.name, pair)


_PLACES = """
선착장 | 0 | 0 | 1931 | 하루에 세 번 여객선이 닿는 곳 | 뱃고동 소리 | 갯내 |
대합실 | 1 | 0 | 1974 | 배를 기다리는 사람들이 보리차를 마시는 곳 | 안내 방송 | 보리차 냄새 |
등대 | -9 | 6 | 1908 | 섬의 서쪽 끝에서 백 년 넘게 불을 밝히는 곳 | 파도 소리 | 페인트 냄새 |
솔섬초등학교 | 4 | 5 | 1926 | 전교생이 스물세 명인 학교 | 아이들 떠드는 소리 | 분필 냄새 |
시장 | 3 | 1 | 1952 | 닷새마다 장이 서는 곳 | 흥정하는 소리 | 생선 굽는 냄새 | fish produce snack
빵집 | 3 | 2 | 1989 | 새벽 네 시에 불이 켜지는 집 | 반죽 치는 소리 | 버터 냄새 | bread
서점 | 4 | 2 | 1996 | 헌책과 새 책을 함께 파는 집 | 책장 넘기는 소리 | 묵은 종이 냄새 | stationery
약국 | 5 | 2 | 1985 | 섬에 하나뿐인 약국 | 약봉지 접는 소리 | 쑥 냄새 | medicine
우체국 | 5 | 1 | 1938 | 편지보다 소포가 많아진 우체국 | 도장 찍는 소리 | 풀 냄새 | post
목공소 | 7 | 3 | 1979 | 배와 의자를 함께 고치는 집 | 대패질 소리 | 나무 냄새 | furniture
양조장 | 8 | 4 | 1947 | 섬 쌀로 막걸리를 빚는 곳 | 술 익는 소리 | 누룩 냄새 | drink
찻집 | 2 | 3 | 2011 | 창밖으로 바다가 보이는 찻집 | 주전자 끓는 소리 | 차 덖는 냄새 | tea
국숫집 | 2 | 1 | 1978 | 멸치 국물 냄새가 골목까지 나는 집 | 국수 삶는 소리 | 멸치 국물 냄새 | dish
보건소 | 6 | 5 | 1969 | 의사 한 사람과 간호사 두 사람이 있는 곳 | 이름 부르는 소리 | 소독약 냄새 |
도서관 | 5 | 6 | 2003 | 이층 창가 자리가 늘 차 있는 곳 | 연필 구르는 소리 | 새 책 냄새 |
방앗간 | 6 | 2 | 1958 | 명절이면 줄이 길어지는 곳 | 기계 돌아가는 소리 | 참기름 냄새 | ricecake
염전 | -4 | 8 | 1919 | 여름 볕에 소금이 오는 곳 | 수차 도는 소리 | 짠 내 | salt
과수원 | 10 | 8 | 1966 | 귤과 무화과가 자라는 언덕 | 가위질 소리 | 귤꽃 냄새 | fruit
천문대 | 9 | 12 | 2009 | 맑은 날이면 누구나 별을 볼 수 있는 곳 | 지붕 열리는 소리 | 찬 공기 냄새 |
저수지 | 7 | 9 | 1934 | 겨울이면 청둥오리가 내려앉는 곳 | 물새 우는 소리 | 젖은 갈대 냄새 |
소나무 숲 | 1 | 9 | 1700 | 섬의 이름이 된 숲 | 솔잎 스치는 소리 | 송진 냄새 |
마을회관 | 4 | 4 | 1972 | 달마다 첫 월요일에 회의를 여는 곳 | 의자 끄는 소리 | 믹스커피 냄새 |
수리소 | -1 | 1 | 1963 | 엔진 소리만 듣고 고장을 아는 곳 | 망치 소리 | 기름 냄새 | part
해녀 작업장 | -3 | 2 | 1955 | 물질을 마친 사람들이 불을 쬐는 곳 | 숨비소리 | 미역 냄새 | shellfish
양봉장 | 12 | 9 | 1998 | 아까시꽃이 피면 가장 바쁜 곳 | 벌 나는 소리 | 꿀 냄새 | honey
방송실 | 4 | 3 | 1983 | 마을회관 옆 별채에 있는 작은 방 | 음악 소리 | 먼지 냄새 |
"""


def _places() -> tuple[Place, ...]:
    rows = ([cell.strip() for cell in line.split("|")] for line in _PLACES.strip().splitlines())
    return tuple(
        Place(Word(name), int(east), int(north), int(built), about, Word(sound), Word(smell), tuple(wares.split()))
        for name, east, north, built, about, sound, smell, wares in rows
    )


PLACES = _places()
BOATS = (
    Boat(Word("솔섬호"), 148, 180, "여객선"),
    Boat(Word("다도해호"), 132, 150, "여객선"),
    Boat(Word("새벽호"), 9, 8, "어선"),
    Boat(Word("한빛호"), 24, 12, "등대 보급선"),
    Boat(Word("갈매기호"), 7, 6, "어선"),
    Boat(Word("첫눈호"), 4, 5, "낚싯배"),
    Boat(Word("남풍호"), 11, 9, "어선"),
    Boat(Word("보름호"), 5, 6, "해녀 배"),
)
FERRY_TIMES = ("오전 7시 40분", "낮 12시 10분", "오후 4시 50분")
HARBOUR = Word("해든항")  # where the ferry goes: as invented as the island


def walking_minutes(one: Place, other: Place) -> int:
    """Minutes on foot along the lanes, which run east and north; at least one, and none for a place to itself."""
    if one == other:
        return 0
    return max(1, round((abs(one.east - other.east) + abs(one.north - other.north)) * 100 / METRES_A_MINUTE))


def compass(place: Place, seen_from: Place) -> str:
    """동, 서, 남 or 북: where ``place`` lies. At equal distances north and south go before east and west."""
    east, north = place.east - seen_from.east, place.north - seen_from.north
    if abs(north) >= abs(east):
        return "북" if north >= 0 else "남"
    return "동" if east > 0 else "서"


def inhabitants(year: int) -> int:
    """How many people lived on the island at the end of a year: a harbour town that grew until 1968 and has shrunk since."""
    return round(2_930 - 0.55 * (year - 1968) ** 2) if year < 1968 else round(1_150 + 1_780 * 0.965 ** (year - 1968))

"""Who lives on 솔섬, where they work, who belongs to whom. Every text agrees with it."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.kit.world.verbs import Verb
from course_lib.kit.world.words import Word, with_ending


@dataclass(frozen=True)
class Person:
    """An islander. Text for every attribute will do; ``spouse``, ``parents`` and ``friend`` are names, empty where there is none.

    Attributes:
        sex: "여" or "남".
        place: name of the place where they are found by day.
        hobby: a verb phrase in its dictionary form, as "매듭을 짓다".
        trait: a sentence without its subject, as "말수가 적다".
        left_handed: a clue, once in a while.
    """

    name: str
    age: int
    sex: str
    job: str
    place: str
    food: str
    hobby: str
    trait: str
    origin: str = "솔섬"
    spouse: str = ""
    parents: tuple[str, ...] = ()
    friend: str = ""
    left_handed: bool = False

    def __post_init__(self) -> None:
        if self.sex not in ("여", "남"):
            raise ValueError(f"{self.name}: sex is 여 or 남, not {self.sex!r}")
        if len(self.name) < 2 or not all("가" <= letter <= "힣" for letter in self.name):
            raise ValueError(f"a name has at least two letters of Hangul, not {self.name!r}")
        for field in ("name", "job", "place", "food", "origin", "trait", "spouse", "friend"):
            object.__setattr__(self, field, Word(getattr(self, field)))
        object.__setattr__(self, "hobby", Verb(self.hobby))

    def __format__(self, pair: str) -> str:
        return format(self.name, pair)

    @property
    def given(self) -> Word:
        """What neighbours say: the name without the surname."""
        return Word(self.name[1:])

    @property
    def called(self) -> Word:
        """The given name as one speaks of a friend: 서윤이, 민재."""
        return Word(with_ending(self.given, "이/"))

    @property
    def vocative(self) -> Word:
        """How a friend calls: 서윤아, 민재야."""
        return Word(with_ending(self.given, "아/야"))

    @property
    def polite(self) -> Word:
        """How neighbours of any age speak of them."""
        if self.age < 19:
            return self.called
        for title in TITLES:
            if self.job.endswith(title):
                return Word(f"{self.given} {TITLES[title]}" if title in ("교사", "의사") else f"{self.name} {TITLES[title]}")
        if self.age >= 65:
            return Word(f"{self.given} {'할머니' if self.sex == '여' else '할아버지'}")
        return Word(f"{self.given} 씨")

    @property
    def phone(self) -> Word:
        """A number that nobody has."""
        return Word(f"061-555-{sum(map(ord, self.name)) * 37 % 9_000 + 1_000}")

    @property
    def child(self) -> bool:
        return self.age < 19


TITLES = {"교사": "선생님", "의사": "선생님", "선장": "선장님", "이장": "이장님", "약사": "약사님", "기자": "기자님"}
_ELDER = {"여여": "언니", "여남": "오빠", "남여": "누나", "남남": "형"}

# name | age | sex | job | place | food | hobby | trait | origin | spouse | parents | friend | hand
_PEOPLE = """
한서윤 | 34 | 여 | 등대지기 | 등대 | 고등어조림 | 망원경을 닦다 | 말수가 적지만 약속은 꼭 지킨다 | 솔섬 | 오민재 | | 류다은 |
오민재 | 36 | 남 | 선장 | 선착장 | 김치찌개 | 매듭을 짓다 | 날씨 이야기를 길게 한다 | 통영 | 한서윤 | | 배도윤 |
오한별 | 10 | 여 | 초등학생 | 솔섬초등학교 | 귤 | 조개껍데기를 모으다 | 질문이 많다 | 솔섬 | | 한서윤 오민재 | 남유찬 | 왼손
류다은 | 33 | 여 | 교사 | 솔섬초등학교 | 잔치국수 | 수채화를 그리다 | 아이들 이름을 하루 만에 외운다 | 전주 | | | 한서윤 |
남기태 | 58 | 남 | 제빵사 | 빵집 | 호밀빵 | 새벽길을 걷다 | 손이 크다 | 솔섬 | 윤정화 | | 변상철 |
윤정화 | 55 | 여 | 제과사 | 빵집 | 팥빙수 | 합창을 하다 | 단골의 생일을 기억한다 | 목포 | 남기태 | | 조영자 |
남유찬 | 11 | 남 | 초등학생 | 솔섬초등학교 | 크림빵 | 종이배를 접다 | 달리기가 빠르다 | 솔섬 | | 남기태 윤정화 | 오한별 |
배도윤 | 41 | 남 | 기관사 | 수리소 | 비빔밥 | 라디오를 고치다 | 기름 묻은 손으로 웃는다 | 부산 | | | 오민재 |
서은하 | 47 | 여 | 서점 주인 | 서점 | 녹차 | 옛 지도를 모으다 | 책값을 자주 깎아 준다 | 서울 | | | 문태호 | 왼손
문태호 | 49 | 남 | 사서 | 도서관 | 수제비 | 바둑을 두다 | 작은 소리로 말한다 | 광주 | | | 서은하 |
구본석 | 62 | 남 | 약사 | 약국 | 미역국 | 난초를 기르다 | 설명을 두 번씩 한다 | 솔섬 | 조영자 | | 변상철 |
조영자 | 60 | 여 | 합창단장 | 마을회관 | 동치미 | 노래를 부르다 | 목소리가 크다 | 솔섬 | 구본석 | | 윤정화 |
구하람 | 27 | 남 | 우체부 | 우체국 | 떡볶이 | 자전거를 타다 | 골목을 모두 안다 | 솔섬 | | 구본석 조영자 | 진소라 | 왼손
진소라 | 28 | 여 | 방송인 | 방송실 | 마라탕 | 음반을 모으다 | 아침마다 같은 인사를 한다 | 인천 | | | 구하람 |
변상철 | 61 | 남 | 목수 | 목공소 | 순두부 | 장기를 두다 | 자를 대지 않고도 길이를 안다 | 솔섬 | | | 남기태 | 왼손
변지우 | 29 | 여 | 목수 | 목공소 | 돈가스 | 기타를 치다 | 그림부터 그리고 만든다 | 솔섬 | | 변상철 | 마도현 |
마도현 | 31 | 남 | 양조사 | 양조장 | 파전 | 발효 일지를 쓰다 | 온도계를 늘 들고 다닌다 | 안동 | | | 변지우 |
임가온 | 38 | 여 | 찻집 주인 | 찻집 | 약과 | 도자기를 빚다 | 손님의 말을 끝까지 듣는다 | 보성 | | | 류다은 | 왼손
심순례 | 71 | 여 | 국숫집 주인 | 국숫집 | 멸치국수 | 화투를 치다 | 곱빼기 값을 받지 않는다 | 솔섬 | | | 현말순 |
현말순 | 73 | 여 | 해녀 | 해녀 작업장 | 성게미역국 | 물때표를 외우다 | 바다를 이웃처럼 부른다 | 제주 | | | 심순례 |
고은채 | 45 | 여 | 해녀 | 해녀 작업장 | 전복죽 | 수영을 하다 | 숨을 오래 참는다 | 솔섬 | 양승우 | 현말순 | 임가온 |
양승우 | 46 | 남 | 염부 | 염전 | 새우젓 | 구름을 보다 | 비가 올 때를 먼저 안다 | 신안 | 고은채 | | 탁한수 |
양하준 | 15 | 남 | 중학생 | 도서관 | 라면 | 코딩을 하다 | 밤늦게까지 깨어 있다 | 솔섬 | | 고은채 양승우 | 최이안 |
탁한수 | 50 | 남 | 농부 | 과수원 | 무화과 | 나무를 접붙이다 | 나무마다 이름을 붙인다 | 솔섬 | 민선희 | 심순례 | 양승우 | 왼손
민선희 | 48 | 여 | 농부 | 과수원 | 귤차 | 뜨개질을 하다 | 셈이 빠르다 | 나주 | 탁한수 | | 석미란 |
최이안 | 15 | 여 | 중학생 | 천문대 | 샌드위치 | 별자리를 그리다 | 지각을 자주 한다 | 대전 | | 최문경 | 양하준 |
최문경 | 44 | 남 | 천문학자 | 천문대 | 카레 | 사진을 찍다 | 낮에 자고 밤에 일한다 | 대전 | | | 한서윤 |
표재훈 | 39 | 남 | 의사 | 보건소 | 현미밥 | 마라톤을 하다 | 왕진 가방이 무겁다 | 서울 | | | 배도윤 |
석미란 | 42 | 여 | 간호사 | 보건소 | 호박죽 | 텃밭을 가꾸다 | 우는 아이를 금세 달랜다 | 춘천 | | | 민선희 |
강보람 | 26 | 여 | 간호사 | 보건소 | 냉면 | 달리기를 하다 | 계단을 두 칸씩 오른다 | 대구 | | | 진소라 |
천덕수 | 66 | 남 | 방앗간 주인 | 방앗간 | 인절미 | 윷을 놀다 | 떡을 썰 때는 말을 하지 않는다 | 솔섬 | | | 변상철 |
천예린 | 24 | 여 | 대학생 | 도서관 | 김밥 | 소설을 쓰다 | 공책을 잃어버린 적이 없다 | 솔섬 | | 천덕수 | 강보람 |
나길호 | 57 | 남 | 이장 | 마을회관 | 장어구이 | 낚시를 하다 | 회의를 짧게 끝낸다 | 솔섬 | | | 구본석 |
위정민 | 35 | 남 | 양봉가 | 양봉장 | 꿀떡 | 들꽃을 찾다 | 벌에 쏘여도 웃는다 | 남원 | | | 탁한수 |
모하나 | 30 | 여 | 기자 | 마을회관 | 토스트 | 신문을 오려 두다 | 받아쓰기가 빠르다 | 수원 | | | 서은하 |
우진혁 | 23 | 남 | 매표원 | 대합실 | 보리차 | 우표를 모으다 | 시간표를 외운다 | 솔섬 | | | 구하람 |
편소담 | 37 | 여 | 상인 | 시장 | 식혜 | 옛 동전을 모으다 | 덤을 꼭 얹어 준다 | 솔섬 | | | 임가온 |
봉만수 | 68 | 남 | 어부 | 선착장 | 갈치조림 | 장구를 치다 | 농담을 진지하게 한다 | 여수 | | | 나길호 |
어진솔 | 32 | 여 | 산림 감시원 | 소나무 숲 | 도토리묵 | 새소리를 녹음하다 | 발소리가 나지 않는다 | 양평 | | | 위정민 |
차온유 | 9 | 여 | 초등학생 | 솔섬초등학교 | 붕어빵 | 오리를 세다 | 무엇이든 세어 본다 | 솔섬 | | 편소담 | 오한별 |
"""

# What they do at work, in dictionary form. The last line is for everybody whose trade is not listed.
_WORK = """
등대지기 | 렌즈를 닦다, 등대 계단을 쓸다, 불을 켜다, 항로 일지를 적다, 등탑의 페인트를 칠하다
선장 | 뱃머리를 돌리다, 닻을 올리다, 물길을 살피다, 승객 수를 세다, 밧줄을 매다
초등학생 | 받아쓰기를 하다, 구구단을 외우다, 화단에 물을 주다, 칠판을 지우다, 독후감을 쓰다
중학생 | 수학 문제를 풀다, 시험공부를 하다, 발표를 준비하다, 과학 보고서를 쓰다
대학생 | 논문을 읽다, 과제를 하다, 자료를 정리하다, 단편을 고쳐 쓰다
교사 | 시험지를 매기다, 출석을 부르다, 교실 창문을 열다, 알림장을 쓰다, 동화를 읽어 주다
제빵사 | 반죽을 치대다, 화덕에 불을 지피다, 식빵을 굽다, 밀가루를 체에 내리다
제과사 | 크림을 젓다, 케이크에 이름을 쓰다, 과자를 봉지에 담다, 딸기를 얹다
기관사 | 엔진을 뜯다, 나사를 조이다, 배터리를 갈다, 녹을 벗기다, 부품을 찾다
서점 주인 | 책장을 정리하다, 책 먼지를 털다, 헌책을 사들이다, 책갈피를 만들다
사서 | 책을 꽂다, 대출 기록을 살피다, 찢어진 책을 붙이다, 연체 알림을 보내다
약사 | 약을 짓다, 처방전을 읽다, 약병에 이름표를 붙이다, 약봉지를 접다
합창단장 | 악보를 나누어 주다, 박자를 맞추다, 발성 연습을 시키다, 공연 순서를 짜다
우체부 | 편지를 나르다, 소포를 싣다, 주소를 확인하다, 우체통을 비우다
방송인 | 원고를 고치다, 음악을 고르다, 마이크를 켜다, 사연을 읽다
목수 | 못을 박다, 나무를 켜다, 대패질을 하다, 의자 다리를 맞추다, 문짝을 달다
양조사 | 누룩을 띄우다, 술을 거르다, 온도를 재다, 고두밥을 찌다
찻집 주인 | 찻잔을 씻다, 찻잎을 덖다, 창가 자리를 닦다, 주전자를 올리다
국숫집 주인 | 멸치를 다듬다, 국수를 삶다, 육수를 우리다, 대파를 썰다
해녀 | 물질을 하다, 테왁을 챙기다, 전복을 따다, 미역을 널다, 잠수복을 말리다
염부 | 소금을 긁어모으다, 수문을 열다, 수차를 돌리다, 소금 자루를 나르다
농부 | 가지를 치다, 거름을 주다, 귤을 따다, 풀을 뽑다, 상자를 나르다
천문학자 | 망원경을 맞추다, 별빛을 재다, 관측 기록을 옮겨 적다, 지붕을 열다
의사 | 왕진을 다니다, 청진기를 대다, 진료 기록을 쓰다, 상처를 꿰매다
간호사 | 붕대를 감다, 혈압을 재다, 주사를 놓다, 체온을 적다
방앗간 주인 | 쌀을 빻다, 떡을 썰다, 참기름을 짜다, 고추를 빻다
이장 | 회의를 준비하다, 안내문을 붙이다, 가로등을 살피다, 민원을 듣다
양봉가 | 벌통을 열다, 꿀을 뜨다, 여왕벌을 찾다, 벌통을 옮기다
기자 | 기사를 쓰다, 사람들에게 묻다, 사진 설명을 달다, 녹음을 받아 적다
매표원 | 표를 끊다, 시간표를 붙이다, 거스름돈을 세다, 승객 명단을 적다
상인 | 좌판을 펴다, 저울을 맞추다, 값을 부르다, 생선을 손질하다
어부 | 그물을 깁다, 통발을 내리다, 그물을 당기다, 생선 상자를 쌓다
산림 감시원 | 산길을 돌다, 산불을 살피다, 나무의 둘레를 재다, 둥지를 기록하다
* | 하루 일을 정리하다, 손님을 맞다, 장부를 적다, 창문을 닦다, 전화를 받다
"""


def _read_people() -> tuple[Person, ...]:
    people = []
    for line in _PEOPLE.strip().splitlines():
        name, age, sex, *rest, spouse, parents, friend, hand = (cell.strip() for cell in line.split("|"))
        people.append(Person(name, int(age), sex, *rest, spouse, tuple(parents.split()), friend, hand == "왼손"))
    return tuple(people)


def _read_work() -> dict[str, tuple[Verb, ...]]:
    rows = (line.split("|") for line in _WORK.strip().splitlines())
    return {job.strip(): tuple(Verb(phrase.strip()) for phrase in phrases.split(",")) for job, phrases in rows}


PEOPLE = _read_people()
_TASKS = _read_work()


def work(person: Person) -> tuple[Verb, ...]:
    """What a person does at work."""
    return _TASKS.get(person.job, _TASKS["*"])


def relation(one: Person, other: Person) -> str:
    """What ``other`` is to ``one``, in Korean; "" for people who are only neighbours."""
    if one.name == other.spouse or other.name == one.spouse:
        return "배우자"
    if other.name in one.parents:
        return "부모"
    if one.name in other.parents:
        return "자녀"
    if set(one.parents) & set(other.parents):
        return "형제"
    return "친구" if other.name == one.friend or one.name == other.friend else ""


def address(speaker: Person, listener: Person) -> Word:
    """How ``speaker`` calls ``listener`` to their face."""
    between = relation(speaker, listener)
    if between == "부모":
        return Word("엄마" if listener.sex == "여" else "아빠")
    if between == "배우자":
        return Word("여보")
    if listener.child or between == "자녀" or familiar(speaker, listener):
        return listener.vocative
    if speaker.child and listener.age < 33 and listener.polite.endswith(" 씨"):
        return Word(f"{listener.given} {_ELDER[speaker.sex + listener.sex]}")
    if speaker.child and listener.polite.endswith(" 씨"):
        return Word(f"{listener.given} {'아주머니' if listener.sex == '여' else '아저씨'}")
    return listener.polite


def mention(speaker: Person, person: Person) -> Word:
    """How ``speaker`` speaks of ``person``."""
    called = address(speaker, person)
    if called == "여보":
        return Word("집사람" if person.sex == "여" else "바깥양반")
    return person.called if called == person.vocative else called


def familiar(one: Person, other: Person) -> bool:
    """Whether the two speak 반말 to each other: family of one generation, and friends of about one age."""
    return relation(one, other) in ("배우자", "형제") or (relation(one, other) == "친구" and abs(one.age - other.age) <= 5)

"""The world agrees with itself."""

import datetime
import doctest

import pytest

from course_lib.kit.world import knowledge
from course_lib.kit.world.claims import claims
from course_lib.kit.world.days import Day
from course_lib.kit.world.knowledge import Fact, facts, held_out, holds, place_facts
from course_lib.kit.world.mystery import CLUES, NIGHT, culprit, suspects
from course_lib.kit.world.people import PEOPLE, Person, address, familiar, relation, work
from course_lib.kit.world.places import PLACES, inhabitants, walking_minutes

BY_NAME = {person.name: person for person in PEOPLE}
PLACE = {place.name: place for place in PLACES}


def test_about_forty_people_with_places_and_work():
    assert len(PEOPLE) == len(BY_NAME) == 40
    assert len({person.given for person in PEOPLE}) == 40  # so that a given name means one person
    assert {person.place for person in PEOPLE} <= set(PLACE)
    assert all(len(work(person)) >= 4 for person in PEOPLE)


def test_relations_go_both_ways():
    back = {"배우자": "배우자", "부모": "자녀", "자녀": "부모", "형제": "형제", "친구": "친구"}
    for one in PEOPLE:
        assert all(name in BY_NAME for name in (*one.parents, one.spouse, one.friend) if name)
        for other in PEOPLE:
            if other is not one and (kind := relation(one, other)):
                assert relation(other, one) == back[kind], (one.name, other.name)
        assert all(BY_NAME[name].age - one.age >= 18 for name in one.parents)


def test_how_people_call_each_other():
    assert address(BY_NAME["오한별"], BY_NAME["한서윤"]) == "엄마"
    assert address(BY_NAME["한서윤"], BY_NAME["오한별"]) == "한별아"
    assert address(BY_NAME["오한별"], BY_NAME["천예린"]) == "예린 언니"
    assert address(BY_NAME["남유찬"], BY_NAME["천예린"]) == "예린 누나"
    assert address(BY_NAME["남유찬"], BY_NAME["류다은"]) == "다은 선생님"
    assert address(BY_NAME["강보람"], BY_NAME["현말순"]) == "말순 할머니"
    assert familiar(BY_NAME["배도윤"], BY_NAME["오민재"])
    assert not familiar(BY_NAME["고은채"], BY_NAME["임가온"])


def test_statements_are_decided():
    assert holds("한서윤", "직업", "등대지기") is True
    assert holds("한서윤", "직업", "선장") is False
    assert holds("오민재", "배우자", "한서윤") is True
    assert holds("오한별", "부모", "한서윤") is True
    assert holds("오한별", "부모", "류다은") is False
    assert holds("한서윤", "나이", 34) is True
    assert holds("한서윤", "혈액형", "A") is None
    assert holds("아무개", "나이", 3) is None
    assert holds("빵집", "서점까지", walking_minutes(PLACE["빵집"], PLACE["서점"])) is True
    assert all(holds(*fact) for person in PEOPLE for fact in facts(person))
    assert all(holds(*fact) for place in PLACES for fact in place_facts(place))
    assert doctest.testmod(knowledge).failed == 0


def test_ways_are_as_long_in_both_directions():
    for one in PLACES:
        assert walking_minutes(one, one) == 0
        for other in PLACES:
            assert walking_minutes(one, other) == walking_minutes(other, one)
            assert one is other or walking_minutes(one, other) >= 1


def test_a_day_has_one_weather_and_the_tide_is_later_every_day():
    day = Day(datetime.date(2025, 7, 2))
    assert (day.season, day.weekday, day.market) == ("여름", "수요일", True)
    assert all(Day(day.date).weather is day.weather for _ in range(3))
    for offset in range(400):
        later = day.after(offset)
        assert later.season in later.weather.seasons
    assert inhabitants(1968) == max(inhabitants(year) for year in range(1930, 2026))


def test_the_mystery_has_one_solution_and_no_spare_clue():
    assert culprit().name == "변상철"
    for clue in CLUES:
        assert len(suspects([other for other in CLUES if other is not clue])) > 1, clue.means
    assert not NIGHT.weather.sails  # the clue says so


def test_claims_are_read_and_judged():
    text = (
        "오민재의 직업은 목수다. 오민재는 한서윤과 함께 산다. 빵집에서 서점까지는 걸어서 3분쯤 걸린다. "
        "김철수의 고향은 서울이다. 한서윤은 틈만 나면 술을 마신다."
    )
    found = claims(text)
    assert [(claim.fact, claim.true) for claim in found] == [
        (Fact("오민재", "직업", "목수"), False),
        (Fact("오민재", "배우자", "한서윤"), True),
        (Fact("빵집", "서점까지", "3"), False),
        (Fact("김철수", "고향", "서울"), None),
        (Fact("한서윤", "취미", "술을 마신다"), False),
    ]
    me = Person("이바다", 21, "여", "대학생", "도서관", "떡볶이", "그림을 그리다", "웃음이 많다")
    assert claims("이바다는 틈만 나면 그림을 그린다. 이바다는 올해 22살이다.", (*PEOPLE, me))[0].true
    assert claims("심순례는 오민재와 함께 산다.")[0].true is False


def test_one_fact_in_eight_is_held_out():
    kinds = ("age", "food", "hobby", "trait", "origin")
    share = sum(held_out(person.name, kind) for person in PEOPLE for kind in kinds) / (5 * len(PEOPLE))
    assert 0.07 < share < 0.2
    assert not held_out("한서윤", "job")


@pytest.mark.parametrize("wrong", [{"sex": "f"}, {"name": "Kim"}, {"name": "김"}])
def test_a_person_who_cannot_be_is_refused(wrong):
    right = {
        "name": "이바다",
        "age": 21,
        "sex": "여",
        "job": "대학생",
        "place": "도서관",
        "food": "귤",
        "hobby": "그림을 그리다",
        "trait": "웃음이 많다",
    }
    Person(**right)
    with pytest.raises(ValueError, match=r"sex|name"):
        Person(**(right | wrong))

"""The residents' almanac: each fact of each islander in a dozen ways, because a model learns a fact only from many phrasings.

It is not among the genres that are drawn by themselves (see ``GENRES``): it exists to be asked for.
"""

from __future__ import annotations

import re

from course_lib.kit.world.forms import Form, read_forms

_SAID = {
    "직업": """
{a}의 직업은 {a.job:이다/다}.
{a:은/는} {a.job:이다/다}.
{a:은/는} {a.job:으로/로} 일한다.
솔섬 주민 명부에는 {a}의 직업이 {a.job:이라고/라고} 적혀 있다.
문: {a}의 직업은 무엇인가? 답: {a.job}.
{a:이/가} 무슨 일을 하는지 물으면 누구나 {a.job:이라고/라고} 답한다.
{a:은/는} 자기를 소개할 때 {a.job:이라고/라고} 말한다.
{a.job} {a:을/를} 모르는 사람은 없다.
직업란에 {a:은/는} “{a.job}”, 그렇게 적는다.
이름은 {a}, 하는 일은 {a.job}.
{a:이/가} 맡은 일은 {a.job:이다/다}.
""",
    "일터": """
낮에 {a.place}에 가면 {a:을/를} 만날 수 있다.
{a:은/는} 낮이면 {a.place}에 있다.
{a:을/를} 찾는다면 {a.place:으로/로} 가야 한다.
{a}에게 보내는 편지는 {a.place:으로/로} 부친다.
문: {a:은/는} 낮에 어디에 있는가? 답: {a.place}.
{a}의 하루는 {a.place}에서 시작된다.
{a.place}에서 가장 자주 보는 얼굴은 {a:이다/다}.
{a:은/는} 아침마다 {a.place:으로/로} 간다.
점심때 {a:이/가} 있는 곳은 {a.place:이다/다}.
{a}의 우산은 늘 {a.place}에 걸려 있다.
{a:을/를} 만나려면 {a.place:으로/로} 가면 된다.
""",
    "나이": """
{a:은/는} 올해 {a.age}살이다.
{a:은/는} {a.age}살이다.
올해 {a}의 생일 케이크에는 초를 {a.age}개 꽂았다.
문: {a:은/는} 몇 살인가? 답: {a.age}살.
솔섬 주민 명부에는 {a}의 나이가 {a.age}살이라고 적혀 있다.
{a:이/가} 태어난 지 {a.age}년이 되었다.
올해로 {a:은/는} {a.age}살이 되었다.
{a.age}살, 그것이 {a}의 나이이다.
나이를 물으면 {a:은/는} {a.age}살이라고 답한다.
이름은 {a}, 나이는 {a.age}살.
{a}의 나이는 {a.age}살이다.
""",
    "고향": """
{a}의 고향은 {a.origin:이다/다}.
{a:은/는} {a.origin}에서 태어났다.
{a:이/가} 나고 자란 곳은 {a.origin:이다/다}.
문: {a}의 고향은 어디인가? 답: {a.origin}.
{a:은/는} {a.origin} 사람이다.
솔섬 주민 명부에는 {a}의 고향이 {a.origin:이라고/라고} 적혀 있다.
{a}의 어린 시절 사진은 모두 {a.origin}에서 찍은 것이다.
명절이면 {a:은/는} {a.origin} 이야기를 꺼낸다.
{a.origin}, 그곳이 {a}의 고향이다.
이름은 {a}, 고향은 {a.origin}.
{a:이/가} 태어난 곳은 {a.origin:이다/다}.
""",
    "음식": """
{a:이/가} 가장 좋아하는 음식은 {a.food:이다/다}.
{a:은/는} 무엇보다 {a.food:을/를} 좋아한다.
{a}에게 무엇을 먹고 싶으냐고 물으면 언제나 {a.food:이라/라}고 대답한다.
문: {a:이/가} 가장 좋아하는 음식은 무엇인가? 답: {a.food}.
{a:은/는} {a.food}만 있으면 기분이 좋아진다.
{a}의 생일상에는 해마다 {a.food:이/가} 오른다.
{a.food} 앞에서 {a:은/는} 말이 없어진다.
먹고 싶은 것을 고르라면 {a:은/는} {a.food:을/를} 고른다.
{a}에게 고마운 마음을 전하려면 {a.food:이/가} 가장 좋다.
이름은 {a}, 좋아하는 음식은 {a.food}.
{a}의 생일에는 {a.food:이/가} 빠지지 않는다.
""",
    "취미": """
{a}의 취미는 {a.hobby:는} 것이다.
{a:은/는} 틈만 나면 {a.hobby:ㄴ다}.
쉬는 날이면 {a:은/는} {a.hobby:는} 일로 하루를 보낸다.
문: {a}의 취미는 무엇인가? 답: {a.hobby:는} 것.
{a:은/는} {a.hobby:는} 것을 좋아한다.
일요일 오후에 {a:은/는} {a.hobby:ㄴ다}.
{a:은/는} {a.hobby:ㄹ} 때 가장 즐겁다고 말한다.
한가하면 {a:은/는} 어김없이 {a.hobby:ㄴ다}.
{a.hobby:는} 사람을 찾는다면 그 사람은 {a:이다/다}.
이름은 {a}, 취미는 {a.hobby:는} 것.
{a:이/가} 가장 즐기는 일은 {a.hobby:는} 것이다.
""",
    "성격": """
{a:은/는} {a.trait}.
사람들은 {a} 하면 이 말부터 한다. “{a.trait}.”
이웃들 말로는 {a:은/는} {a.trait}.
문: {a:은/는} 어떤 사람인가? 답: {a.trait}.
소문대로 {a:은/는} {a.trait}.
{a:을/를} 오래 본 사람은 안다. {a.trait}.
“{a:은/는} {a.trait}.” 이웃의 말이다.
처음 만나도 곧 알 수 있다. {a:은/는} {a.trait}.
{a} 이야기가 나오면 꼭 나오는 말이 있다. {a.trait}.
이름은 {a}, 한마디로 말하면 “{a.trait}.”
누구나 아는 일이지만, {a:은/는} {a.trait}.
""",
    "친구": """
{a:과/와} 가장 가까운 친구는 {a.friend:이다/다}.
{a:은/는} {a.friend:과/와} 오랜 친구이다.
{a}의 친구는 {a.friend:이다/다}.
문: {a}의 가장 가까운 친구는 누구인가? 답: {a.friend}.
{a:은/는} 무슨 일이든 {a.friend}에게 먼저 말한다.
{a:은/는} 쉬는 날이면 {a.friend:을/를} 만난다.
{a}의 비밀을 아는 사람은 {a.friend}뿐이다.
사진마다 {a} 옆에는 {a.friend:이/가} 서 있다.
{a:이/가} 속마음을 털어놓는 친구는 {a.friend:이다/다}.
이름은 {a}, 친구는 {a.friend}.
{a}의 단짝은 {a.friend:이다/다}.
""",
}


def _text() -> str:
    """A form for each kind of fact, and two that tell all of somebody, in one order and in the other."""
    sections = [said.strip() for said in _SAID.values()]
    single = [f"# 한마디 {kind} | any | prose\n{said}" for kind, said in zip(_SAID, sections, strict=True)]
    all_of_it = [
        f"# {name} | any | prose\n" + "\n\n".join(order) for name, order in (("수첩", sections), ("수첩 뒤에서부터", sections[::-1]))
    ]
    return "\n\n".join((*single, *all_of_it))


FORMS: tuple[Form, ...] = read_forms("almanac", re.sub(r"\n{3,}", "\n\n", _text()))

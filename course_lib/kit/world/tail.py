"""The long tail that no closed world has: rare nouns, names of strangers, cities, titles, firms, numbers.

Rare nouns come from the word frequencies of the ``wordfreq`` package. Only their spelling tells that they are nouns,
so they stand where any noun may: in titles, names of firms, entries of dictionaries, between quotation marks.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping
from functools import cache
from itertools import accumulate
from random import Random

from course_lib.kit.world.verbs import cut_final, has_final, past
from course_lib.kit.world.words import Word

_SURNAMES = (
    "김김김이이이박박최최정정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우구민나진지엄채원천방공현함변염"
    "여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부"
)
_FIRST = "서지민도하준예수현은유주시채태승재나다아윤소영진우건성동규연혜미정보가경세상종병광인창홍용철석호대해라리로루산선송신안여원의이"
_SECOND = "윤우준아은서원호율진연현민수빈희나영후혁인솔람주환경란철숙자식석훈기태정선미용규열지안유하재찬결담온봄별"
_VERB_ENDINGS = "다요서히야려로진린운워까해르릴데쳐겨른난혀든친할갈힌한온은는을를며와과의에도만러켜껏셔죠먹나니고면울들날움붙"
_REFUSED = re.compile(
    rf".*[{_VERB_ENDINGS}]$|.*(습니|거리|하기|되기|이랑|라며|라면|여러|어진|아지|어지|비벼|나옴|너희|든지|누가|니가|내가|네가|우리|몹쓸|멋대|때로|이번|저번|으로|에게|때문|만큼)|"
    "[그이저무어아얼왜누몇](런|렇|떤|떻|느|마|게|거|것|들|제|구|디|때)|"
    ".*(섹스|포르|강간|성폭|성추|성매|성기|음란|살인|살해|자살|자폭|마약|시발|씨발|새끼|병신|창녀|나치|학살|테러|처형|시체|노예|김정|문재|박근|이명|윤석|노무|전두|김대|매춘|변태|지랄|몰카|폭행|총격|참사|빨갱|게이|야동|불구|출소|장애|피살|간첩|이단|불륜|백인|흑인|마누라|음제|꼴통|깡패|트럼프|오바마|푸틴|히틀|시진핑|스탈린|아베|김일|북한|탈레반|이슬람국|혼혈|난민|이따|잖아|파헤|그럼|이끄|내뱉|버려|그래|빨개|빨간)"
)
_FINAL_SS = frozenset(chr(code) for code in range(0xAC00, 0xD7A4) if (code - 0xAC00) % 28 == 20)  # 했, 었: cut-off pasts


def _words(text: str) -> tuple[Word, ...]:
    return tuple(map(Word, text.split()))


CITIES = _words(
    """
    서울 부산 대구 인천 광주 대전 울산 세종 수원 용인 고양 성남 부천 안산 안양 남양주 화성 평택 의정부 시흥 파주 김포 광명 군포 이천
    오산 하남 양주 구리 안성 포천 의왕 여주 동두천 과천 춘천 원주 강릉 동해 태백 속초 삼척 청주 충주 제천 천안 공주 보령 아산 서산
    논산 계룡 당진 전주 군산 익산 정읍 남원 김제 목포 여수 순천 나주 광양 포항 경주 김천 안동 구미 영주 영천 상주 문경 경산 창원 진주
    통영 사천 김해 밀양 거제 양산 제주 서귀포 담양 곡성 구례 고흥 보성 화순 장흥 강진 해남 영암 무안 함평 영광 장성 완도 진도 신안
    울릉 홍천 횡성 영월 평창 정선 철원 양구 인제 양양 단양 음성 괴산 부여 청양 예산 태안 무주 장수 임실 순창 고창 부안 남해 하동 산청
    함양 거창 합천 의령 창녕 고성 울진 영덕 봉화 예천 청송 영양 의성
    """
)
ABROAD = _words(
    """
    도쿄 교토 오사카 삿포로 나가사키 후쿠오카 베이징 상하이 시안 칭다오 타이베이 홍콩 하노이 다낭 호찌민 방콕 치앙마이 비엔티안 프놈펜
    쿠알라룸푸르 싱가포르 자카르타 발리 마닐라 세부 울란바토르 델리 뭄바이 콜카타 카트만두 다카 콜롬보 타슈켄트 사마르칸트 알마티
    테헤란 바그다드 예루살렘 암만 두바이 이스탄불 앙카라 카이로 알렉산드리아 튀니스 카사블랑카 마라케시 다카르 라고스 나이로비
    아디스아바바 케이프타운 안타나나리보 아테네 크레타 로마 피렌체 베네치아 나폴리 밀라노 마드리드 바르셀로나 세비야 리스본 포르투
    파리 리옹 마르세유 보르도 런던 에든버러 리버풀 옥스퍼드 더블린 브뤼셀 암스테르담 로테르담 베를린 함부르크 뮌헨 쾰른 드레스덴
    취리히 제네바 빈 잘츠부르크 프라하 부다페스트 바르샤바 크라쿠프 코펜하겐 오슬로 베르겐 트롬쇠 스톡홀름 헬싱키 레이캬비크 탈린 리가
    빌뉴스 모스크바 상트페테르부르크 블라디보스토크 이르쿠츠크 키이우 부쿠레슈티 소피아 자그레브 두브로브니크 류블랴나 뉴욕 보스턴
    시카고 시애틀 샌프란시스코 로스앤젤레스 호놀룰루 앵커리지 밴쿠버 토론토 몬트리올 멕시코시티 아바나 보고타 키토 리마 쿠스코 라파스
    산티아고 발파라이소 부에노스아이레스 우수아이아 몬테비데오 상파울루 리우데자네이루 시드니 멜버른 퍼스 호바트 오클랜드 웰링턴
    크라이스트처치 피지 사모아 타히티 갈라파고스
    """
)


@cache
def nouns() -> tuple[tuple[str, ...], list[float]]:
    """Korean nouns, as far as their spelling tells, most frequent first, and their cumulative weights."""
    from wordfreq import get_frequency_dict

    listed = get_frequency_dict("ko", wordlist="small")
    kept = [word for word in listed if re.fullmatch("[가-힣]{2,5}", word) and _noun_like(word, listed)]
    kept.sort(key=lambda word: (-listed[word], word))
    # Flatter than talk: a library or a list of firms holds more rare things. The twenty commonest are pronouns and the like.
    kept = kept[20:]
    return tuple(kept), list(accumulate(listed[word] ** 0.5 for word in kept))


@cache
def english() -> tuple[tuple[str, ...], list[float]]:
    """English words of four letters and more, and their cumulative weights."""
    from wordfreq import get_frequency_dict

    listed = get_frequency_dict("en", wordlist="small")
    kept = sorted((word for word in listed if re.fullmatch("[a-z]{4,10}", word)), key=lambda word: (-listed[word], word))[150:]
    return tuple(kept), list(accumulate(listed[word] ** 0.6 for word in kept))


def _noun_like(word: str, listed: Mapping[str, float]) -> bool:
    if _REFUSED.match(word) or word[-1] in _FINAL_SS:
        return False
    stem = cut_final(word) if has_final(word, "ㄴㄹ") else word
    if past(word) in listed or past(stem) in listed:  # 흔들리, 잡힐: there is 흔들렸, 잡혔
        return False
    # Most words of three letters that start like a surname are names of real people, who have no place in invented news.
    return not (len(word) == 3 and word[0] in _SURNAMES)


def rare_noun(rng: Random) -> Word:
    """A noun from the long tail of Korean."""
    words, cumulative = nouns()
    return Word(words[bisect(cumulative, rng.random() * cumulative[-1])])


def stranger(rng: Random) -> Word:
    """The full name of somebody who only passes through, made of common syllables."""
    first = _FIRST[int(rng.random() * len(_FIRST))]
    second = _SECOND[int(rng.random() * len(_SECOND))]
    return Word(_SURNAMES[int(rng.random() * len(_SURNAMES))] + first + (second if second != first else "율"))


_TITLES = _words(
    """
    {x}의_역사 {x}의_집 {x:과/와}_{y} 처음_만나는_{x} {x}의_밤 나의_{x}_일기 {x:을/를}_위하여 백_년의_{x} {x}_사전 {x}_없는_마을
    {x:은/는}_어디에서_오는가 {x}에게_보내는_편지 {city}의_{x} {x}_수업 작은_{x}의_노래 {x}_이야기 누가_{x:을/를}_보았나 {x}_입문
    {x}의_기쁨과_슬픔 마지막_{x} {abroad}에서_온_{x} {x},_그리고_{y} 우리가_몰랐던_{x} 한밤의_{x} {x}_박물관 오늘의_{x} {x}_탐정단
    {x:으로/로}_가는_길 {name}의_{x} 잃어버린_{x:을/를}_찾아서 {x}의_과학 그림으로_보는_{x} {x}_산책 {x}의_계절 어린이를_위한_{x}
    """
)
_FIRMS = _words(
    """
    {x}상회 {x}수산 {x}공방 {x}상사 {x}출판사 {x}식품 {x}건설 {x}학원 {city}{x} {x}연구소 {x}미디어 {x}농원 {x}문고 {x}전기 {x}컴퍼니
    {x}협동조합
    """
)
_BOATS = ("{x}호", "제{n}{x}호")
_SPOT_FIRST = "매화 검은 흰 범 할미 장군 가마 거북 촛대 용두 까치 갯 솔 대 안 너른 큰 작은 아랫 윗 새 묵은 돌 모래 학 노루 물 바람 볕 달"
_SPOT_LAST = "바위 여 골 목 개 등 머리 너럭 샘 고개 밭"
_SPOTS = tuple(first + last for first in _SPOT_FIRST.split() for last in _SPOT_LAST.split())


def _fill(patterns: tuple[str, ...], rng: Random) -> Word:
    pattern = patterns[int(rng.random() * len(patterns))]
    return Word(pattern.replace("_", " ").format_map(_Drawn(rng)))


class _Drawn(dict):
    """Draws what a pattern asks for."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self.rng = rng

    def __missing__(self, key: str) -> Word:
        rng = self.rng
        if key == "city":
            return CITIES[int(rng.random() * len(CITIES))]
        if key == "abroad":
            return ABROAD[int(rng.random() * len(ABROAD))]
        if key == "name":
            return stranger(rng)
        return Word(2 + int(rng.random() * 30)) if key == "n" else rare_noun(rng)


def book(rng: Random) -> Word:
    """A title between its brackets."""
    return Word(f"『{_fill(_TITLES, rng)}』")


def song(rng: Random) -> Word:
    """The name of a song, a film or a picture, between its brackets."""
    return Word(f"〈{_fill(_TITLES, rng)}〉")


def firm(rng: Random) -> Word:
    """The name of a firm that does not exist, or only by chance."""
    return _fill(_FIRMS, rng)


def foreign_boat(rng: Random) -> Word:
    """The name of a boat from elsewhere."""
    return _fill(_BOATS, rng)


def spot(rng: Random) -> Word:
    """A rock, a lane or a field with a name of its own."""
    return Word(_SPOTS[int(rng.random() * len(_SPOTS))])


def english_word(rng: Random) -> Word:
    """An English word from its long tail."""
    words, cumulative = english()
    return Word(words[bisect(cumulative, rng.random() * cumulative[-1])])

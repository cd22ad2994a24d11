"""What there is on the island, by kind, with the word that counts it: ``THINGS["fish"]`` are counted in 마리."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.kit.world.words import Word, counted


@dataclass(frozen=True)
class Thing:
    """Something one can have several of.

    Attributes:
        kind: a key of ``THINGS``.
        counter: the word that counts it; one that stands on a digit ("kg") follows it without a space.
    """

    name: Word
    kind: str
    counter: str

    def some(self, number: int) -> Word:
        """``"고등어 세 마리"``: a phrase for so many of it."""
        if self.counter.isascii() or self.counter in ("킬로그램", "리터", "미터"):
            return Word(f"{self.name} {number}{self.counter}")
        return Word(f"{self.name} {counted(number)} {self.counter}")


# kind | counter | names
_THINGS = """
fish | 마리 | 고등어 갈치 전갱이 우럭 광어 도다리 볼락 농어 참돔 감성돔 돌돔 방어 삼치 병어 민어 조기 숭어 전어 가자미 아귀
fish | 마리 | 쥐치 학꽁치 꽁치 청어 대구 명태 임연수어 노래미 벵에돔 자리돔 홍어 가오리 서대 준치 밴댕이 양태 성대 쏨뱅이
fish | 마리 | 망둑어 복어 붕장어 갯장어 오징어 한치 갑오징어 문어 낙지 주꾸미
fish | 상자 | 고등어 갈치 전갱이 조기 삼치 병어 멸치 전어 오징어 꽁치
shellfish | 개 | 전복 소라 성게 가리비 뿔소라 키조개 해삼 군소 개조개
shellfish | kg | 홍합 바지락 꼬막 백합 맛조개 굴 거북손 미역귀 톳 우뭇가사리 청각 다시마 미역 모자반 파래 멍게 보말
produce | 포기 | 배추 양배추 상추 쑥갓 청경채 봄동
produce | 단 | 대파 쪽파 부추 시금치 열무 미나리 아욱 근대 얼갈이 쑥 냉이 달래 돌나물 갓 고구마순
produce | 개 | 무 호박 애호박 가지 오이 당근 양파 감자 고구마 단호박 피망 토마토 순무 비트 수박 참외 옥수수
produce | 자루 | 감자 고구마 양파 마늘 콩 팥 쌀 보리 땅콩 메밀 수수 조
produce | kg | 고추 깻잎 마늘쫑 생강 도라지 더덕 고사리 취나물 두릅 표고버섯 느타리버섯 완두콩 강낭콩 들깨 참깨
fruit | 상자 | 귤 한라봉 무화과 단감 대봉감 배 사과 복숭아 자두 매실 살구 유자 포도 석류 앵두 모과 비파 대추 키위 블루베리
bread | 개 | 호밀빵 식빵 크림빵 단팥빵 소보로빵 찹쌀도넛 꽈배기 바게트 크루아상 마늘빵 옥수수빵 쑥식빵 밤식빵 고구마빵 슈크림
bread | 개 | 마들렌 스콘 카스텔라 롤케이크 머핀 치즈빵 소금빵 베이글 모닝빵 시나몬롤 에클레어 파운드케이크 무화과파이
bread | 개 | 귤타르트 애플파이 생강쿠키 깨찰빵
ricecake | 접시 | 인절미 꿀떡 송편 절편 백설기 시루떡 가래떡 수수팥떡 쑥개떡 찹쌀떡 경단 바람떡 증편 약밥 두텁떡 무지개떡 호박떡
ricecake | 접시 | 화전
dish | 그릇 | 멸치국수 비빔국수 잔치국수 칼국수 콩국수 냉면 수제비 떡국 만둣국 미역국 성게미역국 북엇국 된장찌개 김치찌개
dish | 그릇 | 순두부찌개 청국장 비빔밥 육개장 갈비탕 매운탕 해물탕 전복죽 호박죽 팥죽 카레 짬뽕 우동 콩나물국밥 톳밥 회덮밥
dish | 그릇 | 물회 몸국
dish | 접시 | 파전 김치전 감자전 해물전 동그랑땡 두부김치 잡채 도토리묵 오징어볶음 갈치구이 고등어구이 전어구이 탕수육 떡볶이
dish | 접시 | 순대 골뱅이무침 꼬막무침 문어숙회 굴전 달걀말이 갈치조림 고등어조림 장어구이 닭볶음탕 도라지무침
snack | 봉지 | 붕어빵 호떡 군밤 군고구마 뻥튀기 강정 약과 한과 엿 누룽지 땅콩 곶감 말린오징어 쥐포 김부각 미역튀각 고구마말랭이
snack | 봉지 | 감말랭이 달고나 알사탕
tea | 잔 | 녹차 귤차 유자차 쑥차 생강차 대추차 국화차 모과차 메밀차 보리차 매실차 홍차 감잎차 뽕잎차 커피 라테 코코아
tea | 잔 | 쌍화차 오미자차 구기자차 율무차 뱅쇼
drink | 병 | 막걸리 귤막걸리 쑥막걸리 잣막걸리 동동주 매실주 무화과주 식혜 수정과 감식초 귤식초 소주 약주
honey | 병 | 아까시꿀 밤꿀 잡화꿀 귤꽃꿀 벌집꿀 유채꿀 꿀식초
salt | 자루 | 천일염 토판염 구운소금 꽃소금 함초소금
medicine | 봉지 | 감기약 소화제 진통제 멀미약 해열제 기침약 쑥뜸 반창고 붕대 파스 비타민 소독약 모기약 안약 연고
stationery | 권 | 공책 동화책 시집 소설책 만화책 잡지 사전 요리책 지도책 그림책 일기장 스케치북 문제집 항해일지 가계부 도감
stationery | 자루 | 연필 볼펜 만년필 붓 색연필 형광펜 사인펜
stationery | 장 | 엽서 도화지 편지지 한지 색종이 포스터 우표 악보
stationery | 개 | 지우개 필통 자 컴퍼스 가위 풀 책갈피 클립 연필깎이
post | 통 | 편지 소포 등기우편 엽서 초대장 청첩장 고지서
furniture | 개 | 의자 책상 책꽂이 서랍장 밥상 도마 나무상자 벤치 평상 새집 우편함 액자 흔들의자 문패 찬장
part | 개 | 나사 베어링 배터리 점화플러그 필터 프로펠러 밸브 호스 톱니바퀴 퓨즈 벨트 피스톤 개스킷 전구
tool | 개 | 망치 톱 대패 끌 송곳 펜치 드라이버 스패너 니퍼 줄자 수평대 호미 낫 삽 괭이 쇠스랑 갈퀴 물뿌리개 양동이 바구니
tool | 개 | 저울 사다리 손수레 도르래 밧줄 갈고리 통발 뜰채 부표 테왁 빗창 집게 체 절구 맷돌 소금가래 훈연기 화덕장갑
item | 개 | 우산 모자 열쇠 지갑 손전등 가방 배낭 도시락 물통 손수건 목도리 장갑 안경집 손목시계 이어폰 보온병 돋보기 나침반
item | 개 | 호루라기 방울 피리 구슬 팽이 주사위 유리병 조약돌 조개껍데기 단추 머리핀 반지 목걸이 부채 손거울 라디오 필름통
item | 개 | 동전 지도 낚싯대 연 자전거 인형 공 줄넘기 쌍안경 망원경 사진기 수첩 오르골 종 등불 양초 성냥갑 돛단배모형 깃털
item | 개 | 솔방울 도토리 화분
cloth | 벌 | 잠수복 작업복 비옷 코트 스웨터 조끼 한복 앞치마 교복 점퍼 셔츠 원피스 바지 치마
cloth | 켤레 | 장화 운동화 구두 양말 장갑 슬리퍼 고무신 털신
animal | 마리 | 고양이 강아지 염소 고라니 토끼 다람쥐 청설모 족제비 수달 물개 너구리 두더지 고슴도치 거북 도롱뇽 두꺼비 청개구리
animal | 마리 | 뱀 꽃게 소라게 농게 닭 오리 거위 송아지 나귀
bird | 마리 | 갈매기 청둥오리 왜가리 두루미 까치 황조롱이 백로 제비 직박구리 동박새 박새 딱새 물총새 가마우지 도요새 물떼새
bird | 마리 | 올빼미 소쩍새 뻐꾸기 꾀꼬리 참새 비둘기 까마귀 원앙 고니 저어새 흑비둘기 바다직박구리
insect | 마리 | 꿀벌 나비 잠자리 매미 귀뚜라미 반딧불이 무당벌레 사마귀 메뚜기 장수풍뎅이 사슴벌레 개미 거미 방아깨비 여치
flower | 송이 | 동백 해당화 수국 국화 개나리 유채꽃 갯메꽃 원추리 쑥부쟁이 수선화 진달래 철쭉 민들레 제비꽃 매화 목련 벚꽃
flower | 송이 | 찔레꽃 아까시꽃 나리꽃 도라지꽃 무궁화 봉숭아 맨드라미 코스모스 해바라기 나팔꽃 구절초 감국 복수초 백합 채송화
flower | 송이 | 분꽃 갯국화 산국 억새꽃 배롱나무꽃 귤꽃
tree | 그루 | 소나무 곰솔 동백나무 후박나무 팽나무 귤나무 무화과나무 감나무 은행나무 느티나무 비자나무 측백나무 매화나무
tree | 그루 | 배롱나무 벚나무 대추나무 뽕나무 사철나무 돈나무 참나무
instrument | 대 | 기타 피아노 바이올린 첼로 하모니카 아코디언 장구 북 꽹과리 징 가야금 해금 단소 플루트 클라리넷 트럼펫 우쿨렐레
instrument | 대 | 오카리나 리코더
machine | 대 | 경운기 트럭 발전기 냉장고 세탁기 선풍기 재봉틀 타자기 복사기 컴퓨터 노트북 프린터 무전기 텔레비전 난로 제습기
machine | 대 | 정수기 오븐 전자레인지 드론 보일러 펌프
"""
SEASONAL = {
    "봄": {
        "fish": "도다리 볼락 숭어 주꾸미 참돔 준치 가자미",
        "flower": "진달래 개나리 유채꽃 수선화 벚꽃 목련 제비꽃 민들레 아까시꽃 찔레꽃",
        "bird": "제비 뻐꾸기 꾀꼬리 도요새 물떼새 박새",
        "produce": "쑥 냉이 달래 봄동 두릅 취나물 완두콩 미나리",
        "fruit": "한라봉 앵두 비파 매실",
    },
    "여름": {
        "fish": "민어 농어 병어 전갱이 한치 갯장어 자리돔 붕장어",
        "flower": "수국 원추리 해당화 나리꽃 봉숭아 해바라기 나팔꽃 도라지꽃 배롱나무꽃 무궁화",
        "bird": "백로 왜가리 물총새 소쩍새 저어새 꾀꼬리",
        "produce": "오이 가지 토마토 옥수수 수박 참외 깻잎 고추 감자",
        "fruit": "복숭아 자두 살구 블루베리 포도",
    },
    "가을": {
        "fish": "전어 갈치 고등어 삼치 꽁치 낙지 조기 감성돔",
        "flower": "국화 코스모스 쑥부쟁이 구절초 감국 억새꽃 갯국화 산국 맨드라미",
        "bird": "도요새 물떼새 황조롱이 까치 가마우지 직박구리",
        "produce": "고구마 무 배추 단호박 콩 들깨 땅콩 메밀 표고버섯",
        "fruit": "무화과 단감 사과 배 대추 석류 유자 모과",
    },
    "겨울": {
        "fish": "방어 대구 아귀 명태 청어 학꽁치 홍어 광어",
        "flower": "동백 수선화 매화 복수초 갯국화",
        "bird": "청둥오리 두루미 고니 원앙 흑비둘기 동박새 갈매기",
        "produce": "시금치 배추 무 대파 당근 봄동 갓",
        "fruit": "귤 한라봉 대봉감 유자",
    },
}
STANDING = {  # kinds that many sentences need and nobody counts
    "colour": "붉은 노란 푸른 하얀 검은 파란 빨간 누런 짙푸른 희뿌연",
    "dye": "빨간색 노란색 파란색 초록색 보라색 분홍색 갈색 회색 검은색 흰색 하늘색 주황색 남색 연두색",
    "subject": "국어 수학 과학 사회 음악 미술 체육 영어 도덕 실과",
    "game": "숨바꼭질 제기차기 딱지치기 땅따먹기 윷놀이 연날리기 공기놀이 고무줄놀이 비사치기 오징어놀이 수건돌리기 줄다리기",
    "ailment": "감기 몸살 배탈 두통 치통 허리통증 발목염좌 눈병 두드러기 멀미 화상 불면증 어깨결림 알레르기 기침 코피",
    "permit": "입도 어업 건축 주차 대출증 텃밭분양 행사장 수도연결 간판설치 반려동물 야영 드론비행 바다낚시 태양광",
    "virtue": "끈기 용기 정직 친절 인내심 호기심 배려 성실함 솜씨 눈썰미 책임감 상상력",
    "feeling": "기쁨 아쉬움 걱정 반가움 고마움 그리움 부끄러움 놀라움 설렘 서운함",
    "body": "허리 어깨 무릎 발목 손목 팔꿈치 목 등 종아리 손가락",
    "material": "소나무 삼나무 오동나무 대나무 유리 놋쇠 진흙 삼베 무명 한지 조개껍데기 가죽",
}


def _read() -> dict[str, tuple[Thing, ...]]:
    things: dict[str, list[Thing]] = {}
    for line in _THINGS.strip().splitlines():
        kind, counter, names = (cell.strip() for cell in line.split("|"))
        things.setdefault(kind, []).extend(Thing(Word(name), kind, counter) for name in names.split())
    return {kind: tuple(entries) for kind, entries in things.items()}


EVENTS = {
    "봄": "벼룩시장 걷기대회 낭독회 그림대회 꿀축제 씨앗나눔",
    "여름": "별축제 소금축제 낚시대회 음악회 수영대회 옥수수잔치",
    "가을": "체육대회 학예회 사진전 바둑대회 독서주간 무화과축제",
    "겨울": "달집태우기 김장나눔 풍어제 연날리기대회 동백제 송년합창",
}
THINGS = _read()
WORDS = {kind: tuple(map(Word, names.split())) for kind, names in STANDING.items()}
IN_SEASON = {
    season: {kind: tuple(thing for thing in THINGS[kind] if thing.name in set(names.split())) for kind, names in kinds.items()}
    for season, kinds in SEASONAL.items()
}

"""Lists, reference works, quizzes, recipes and reviews: where the long tail of words stands."""

from course_lib.kit.world.forms import read_forms

RECORD = read_forms(
    "record",
    """
# 장부 | adults | lines
{d} {r} 물목
장터 물목 ({d})
들어온 물건 {serial}
{firm} 주문서 {code}

* 2-4
{+some_fish}, {+some_fish}
{+some_produce}, {+price}
{+some_stationery}
{+some_tool}, {+some_part}
{+some_bread}, 주문: {+v}
{+some_fruit}, {+some_honey}
{+some_furniture}, 받는 곳 {+city}
{+some_cloth}, {+dye}
{+some_shellfish}, {+price}
{+some_drink}, {+some_tea}
{+some_instrument}
{+some_medicine}

합계 {total}
모두 {big}점. 확인 {a}
받은 사람 {b}, {d.dotted}
외상 {price}. {e}까지.

# 명단과 번호 | adults | lines
손님 명부 {d}
{e} 배 승객 명단
{event} 참가자
우편물 목록 {serial}

* 3-5
{+v}, {+city}, {+age}세
{+v} ({+phone})
{+v}, {+firm}
{+abroad}에서 온 소포: {+v} 앞
등기 {+code}, 받는 사람 {+v}
{+w}, {+w}, {+w}
{+num}번 {+v}, {+city}
좌석 {+num}: {+v}

모두 {num}명
이름이 빠진 사람은 {phone:으로/로}
확인: {a}
작성 {b}, {clock}

# 책과 강좌 | any | lines
새로 들어온 책
이번 달 강좌 안내
서은하의 서점이 권하는 책
{d.season} 합창단 연습곡

* 3-5
{+title}, {+v} 지음
{+title}, {+year}년
{+tail} 기초 ({+n} 회)
강연 ‘{+tail}, 어떻게 볼 것인가’, 강사 {+v}
{+title}, {+title}
{+song}, {+song}
〈{+tail:과/와} {+tail}〉, {+v} 곡
{+tail} 교실, {+e} {+clock}
{+abroad} 여행기 {+title}
그림책 {+title}, {+v} 그림

빌릴 수 있는 기간은 두 주입니다.
문의: 문태호
예약 {phone}
자리가 {n} 개 남았습니다.

# 분실물 | adults | lines
분실물 대장
{p} 보관함
주인을 찾습니다
{d} 현재 보관 중인 물건

* 2-4
{+serial}번. {+dye} {+item}, {+p}에서
{+serial}번. {+quoted:이라/라}고 적힌 {+item}
{+title} 한 권. 책갈피에 {+v:이라/라}는 이름
{+cloth}. 주머니에 {+price}
{+item}. 찾아감
열쇠. 꼬리표에 {+code}
{+city}행 표 한 장
{+firm} 봉투. 안은 비어 있음

보관 기한은 {e}까지입니다.
찾으러 오실 때 {item}의 색을 말해 주세요.
관리: {a.job} {a}
{phone}
""",
)

REFERENCE = read_forms(
    "reference",
    """
# 낱말 모음 | any | lines
오늘의 낱말
받아쓰기
끝말잇기 기록
십자말풀이 {num}호
{c.given}의 낱말 공책

* 3-5
{+tail}, {+tail}, {+tail}
‘{+tail}’의 반대말은 무엇일까?
{+tail}: 아직 뜻을 모름
{+quoted:이라/라}는 말은 {+abroad}에서 왔다고 한다.
{+quoted:을/를} 넣어 문장을 만드시오.
{+num}. {+tail}
{+tail:을/를} 거꾸로 읽으면 무엇인가?
“{+tail:이/가} 뭐예요?” 하고 물었더니 “{+tail} 비슷한 거야.”라고 했다.
가로 {+num}: {+tail}. 세로 {+num}: {+tail}
사투리로는 {+quoted:이라/라}고 하지 않는다.
영어 낱말 {+en}, {+en}
{+tail:과/와} {+tail:을/를} 구별해서 쓸 것

모두 맞히면 {snack} 한 봉지
정답은 다음 주에
틀린 것은 {n} 번씩 쓰기
출제: {a.given}

# 섬 사전 | any | prose
{spot}. 솔섬의 {compass_any}쪽에 있는 땅 이름.
{fish}. 솔섬에서는 {d.season}에 잡힌다.
{tail}. {abroad} 사람들이 처음 쓴 말로 알려져 있다.
{firm}. {year}년에 {city}에 세워진 회사.
{title}. {v:이/가} {year}년에 쓴 책.

* 1-2
같은 이름이 {city}에도 있다.
{quoted:과/와} 헷갈리기 쉽다.
옛 기록에는 조금 다르게 적혀 있다.
섬 아이들은 {spot2:이라/라}고도 부른다.
뜻은 여러 가지로 풀이된다.
{v}의 글 {song}에 자세한 설명이 있다.
지금은 쓰는 사람이 {nn} 명쯤 된다.

비슷한 말: {tail2}
참고: {title2} {big}쪽
→ {tail2} 항목을 보라.
쓰임: “{tail2}보다는 낫지.”

# 퀴즈 | any | lines
솔섬 퀴즈 대회 {num}회
{event} 퀴즈
문제 나갑니다!
라디오 퀴즈, {d.weekday} 편

문제: 선착장에서 보아 {p:은/는} 어느 쪽에 있을까요? // 답: {compass}쪽
문제: {p}에서 {q}까지 걸어서 몇 분일까요? // 답: {walk}분
문제: {p:은/는} 언제 생겼을까요? // 답: {p.built}년
문제: {boat:은/는} 몇 톤일까요? // 답: {boat.tons}톤
문제: {boat}에는 몇 명까지 탈 수 있을까요? // 답: {boat.seats}명

문제: {a.place}에 가면 만날 수 있는 {a.job:은/는} 누구일까요? // 답: {a}
문제: {num}에 {num2:을/를} 더하면? // 답: {both}
문제: {year}년 솔섬에는 몇 명이 살았을까요? // 답: {inhabitants}명
문제: {fish:은/는} 어느 철이 제철일까요? // 답: {d.season}
문제: {bird}, {flower}, {tree} 가운데 날아다니는 것은? // 답: {bird}

{firm:이/가} 낸 상품은 {item:이에요/예요}.
맞힌 사람: {v}, {w}, {+v}
다음 문제의 힌트는 ‘{tail}’입니다.
아무도 못 맞힌 문제는 다음 주로 넘깁니다.

# 검색 기록 | any | lines
도서관 컴퓨터 검색어
많이 찾은 말 ({d})
{c.given}의 검색 기록
책갈피 목록

* 3-5
{+tail} 뜻
{+tail} {+tail} 차이
{+city}에서 {+city2} 가는 법
{+v} 작가 {+title}
{+song} 듣기
{+en} {+en} meaning
{+abroad} 날씨
{+dish} 만드는 법
{+firm} 전화번호
{+tail} {+year}
{+ailment}에 좋은 차
{+url}

끝
모두 {big}건
지우려면 문태호 사서에게
{clock}에 저장됨
""",
)

RECIPE = read_forms(
    "recipe",
    """
# 조리법 | adults | lines
{homely}
{homely} ({n} 그릇)
{c.given}네 {homely}
{v}의 {homely}
{d.season}에 먹는 {homely}

재료: {fish} 한 마리, {produce}, {produce2}, {salt} 조금
재료는 {produce:과/와} {produce2}, 그리고 {fish} 한 토막.
{produce:과/와} {fish}, 멸치 국물 {n} 컵을 준비한다.
재료: {produce}, {fish}, {salt} 한 꼬집

* 2-4
{fish:은/는} 소금을 뿌려 {short}분 둔다.
{produce:은/는} 씻어서 먹기 좋게 썬다.
냄비에 물 {n} 컵을 붓고 끓인다.
{fish:을/를} 넣고 {short}분 동안 뚜껑을 덮어 둔다.
거품을 걷어 낸다.
{produce:이/가} 익으면 불을 줄인다.
맛을 보고 {salt:을/를} 더 넣는다.
그릇에 담고 {produce:을/를} 얹는다.

하루 지나면 더 맛있다.
{produce} 대신 {produce3:을/를} 써도 된다.
불 앞을 떠나지 말 것.
{title} {num}쪽에서 배운 것이다.

# 감상 | adults | prose
{title:을/를} 읽었다.
영화 {song:을/를} 보고 왔다.
{city}에 간 길에 {v}의 전시를 보았다.
{song:이라/라}는 연극을 {city}에서 보았다.

별점을 준다면 다섯 개 가운데 {stars} 개이다.
기대하지 않았는데 좋았다.
솔직히 {tail} 이야기가 왜 나오는지 모르겠다.
처음 {minutes}분은 지루했다.

* 1-2
여운이 오래 남는다.
마지막 장면이 특히 좋다.
{a.given}에게 권했더니 {gesture:았다}.
{tail:과/와} {tail2}의 관계를 설명하지 않고 끝난다.
돈이 아깝지 않다.
{d.season}에 다시 보고 싶다.
{abroad}에 가 본 사람이라면 웃을 대목이 많다.

두 번은 안 볼 것 같다.
다음 작품을 기다린다.
{b.given}의 생각은 나와 다르다고 한다.
{quoted:이라/라}는 말이 자꾸 맴돈다.
""",
)

FORMS = (*RECORD, *REFERENCE, *RECIPE)

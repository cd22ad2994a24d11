"""News of the island: its paper, its loudspeakers, headlines."""

from course_lib.kit.world.forms import read_forms

FORMS = read_forms(
    "news",
    """
# 행사 소식 | adults | lines
[솔섬 소식] {e} {p}에서 {event}
{event}, {e} {clock}에 열려
올해 {event:은/는} {p}에서
{p}에서 만나는 {event}
{event} 참가 신청 {big}명 넘어

{event:이/가} {e} {clock} {p}에서 열린다.
솔섬 마을회는 {e} {p}에서 {event:을/를} 연다고 밝혔다.
올해로 {eventyears}회째를 맞는 {event:이/가} {e}부터 사흘 동안 {p}에서 이어진다.
섬사람들이 기다리던 {event:이/가} 올해도 {p}에서 열린다.

* 1-2
이번 행사에는 {city}에서 온 {v} 씨가 {song:을/를} 선보인다.
{a.job} {a} 씨는 “서로 얼굴을 보는 자리가 되었으면 한다”고 말했다.
참가비는 {price:이며/며}, 어린이는 내지 않는다.
먹을거리로는 {dish:과/와} {snack:이/가} 나온다.
비가 오면 마을회관에서 진행한다.
{firm:이/가} 상품으로 {some_furniture:을/를} 내놓았다.
특별 강연의 제목은 ‘{tail:과/와} {tail2}’이다.

신청은 {e} 전날까지 {q}에서 받는다.
문의: {q.phone}
자세한 내용은 {url}에서 볼 수 있다.
주최 측은 참가자를 {big}명으로 내다보았다.

{a.given} 씨는 “처음 오시는 분도 환영한다”고 덧붙였다.
글: 모하나 기자
사진: 최문경
지난해에는 {big}명이 다녀갔다.

# 날씨와 배 | adults | lines
[바다] {d} {sky:아}… 여객선 {sails}
[날씨] {d.weekday:은/는} {weather}, 한낮 {d.temperature}도
{d} 여객선 {sails}
오늘의 바다: {weather}

{d} 솔섬 앞바다에는 {sky:았다}.
{d.weekday}인 {d} 솔섬의 한낮 기온은 {d.temperature}도로 예상된다.
{d} 솔섬의 첫 만조는 {tide:이다/다}.
기상 관측소는 {d} 오전 “{weather}”라고 알렸다.

해든항과 솔섬을 오가는 여객선은 {sails:이다/다}.
여객선 운항 상황은 {sails}. 자세한 시간은 대합실에 문의하면 된다.
배편: {sails}.
선장 오민재 씨는 “바다는 기다려 주는 사람 편”이라고 말했다.

* 1-2
어선 {nn} 척은 항구에서 대기하고 있다.
{a.given} 씨는 “이맘때면 늘 그렇다”고 말했다.
{p} 주변을 지날 때는 발밑을 조심해야 한다.
파도의 높이는 최대 {n_digit}미터로 보인다.
{fboat:이/가} {spot} 근처로 피해 왔다.
{e}부터는 {d.season}다운 날씨를 되찾을 전망이다.

취재: 모하나 기자
다음 예보는 {clock}에 전한다.
이 소식은 마을 방송으로도 나간다.
자료: 솔섬 천문대

# 마을 회의 | adults | lines
마을 회의, {tail} 문제 두고 {minutes}분 토론
{p} 보수 공사, 찬성 {yes}표로 통과
마을 회의에서 {item} 보관함 만들기로
‘{tail} 조례’ 다음 회의로 넘겨

{meeting} 마을회관에서 열린 회의에는 주민 {present}명이 참석했다.
이장 나길호 씨는 {meeting} 회의를 {minutes}분 만에 마쳤다.
{meeting} 회의의 안건은 {n} 가지였다.
회의는 {meeting} {clock}에 시작되었다.

* 1-2
찬성은 {yes}표, 반대는 {no}표였다.
{a} 씨는 {p} 가로등을 {n} 개 더 세우자고 했다.
{b} 씨는 “{tail:이/가} 먼저”라며 반대했다.
예산은 {budget}만 원이 들 것으로 보인다.
공사는 석 달쯤 걸린다.
일부 주민은 소음을 걱정했다.
외지인 {v} 씨의 제안은 받아들여지지 않았다.

다음 회의는 다음 달 첫 월요일이다.
회의록은 도서관에서 볼 수 있다.
결과는 {e} 공고한다.
이장은 “{virtue:이/가} 필요한 때”라고 말했다.

# 시세 | any | lines
{fish:과/와} {produce}, 오늘 값은
{d.season} {produce} 한창
{d} 솔섬 시장 시세
장바구니 소식: {fish:과/와} {produce}

{d} 솔섬 시장에서 {fish} 한 마리는 {kprice}에 팔렸다.
{fish} 한 상자 값은 지난주보다 {pct}퍼센트 내린 {price:이었다/였다}.
{produce:은/는} 1킬로그램에 {kprice:으로/로}, 지난해 같은 때보다 {pct}퍼센트 비싸다.
{fruit} 한 상자는 {price}에 거래되었다.

* 1-2
상인 편소담 씨는 “물건이 없어서 못 판다”고 했다.
고기를 잡으러 나간 배는 {n} 척뿐이었다.
{firm:이/가} {big}상자를 한꺼번에 사 간 것도 영향을 주었다.
{fish2:은/는} 그대로이다.
{city} 시장과 비교하면 {pct2}퍼센트 싸다.
{fruit2:은/는} {huge}상자가 뭍으로 나갔다.

다음 장날은 {next_market:이다/다}.
값은 아침마다 달라질 수 있다.
봉만수 씨의 새벽호가 돌아오면 값이 조금 내릴 것으로 보인다.
시세표는 시장 입구에 붙어 있다.

# 사건과 사람 | adults | lines
{p} 근처에서 {item} 발견… 주인 찾습니다
{v}({age}), {tail} 대회에서 {rank}등
{animal} {n} 마리 {p}에서 구조
{spot} 앞바다에서 작은 지진, 피해 없어
‘{tail}’ 이름 붙인 새 {insect} 발견

{d} {clock}쯤 {p} 근처에서 일어난 일이다.
{a.job} {a} 씨가 {d} {when} 처음 발견했다.
{city}에 사는 {v} 씨는 {d} 여객선을 타고 섬에 들어왔다.
{d}의 일은 {b} 씨의 신고로 알려졌다.

* 1-2
{a} 씨는 당시 {work:고} 있었다고 말했다.
다친 사람은 없었다.
{w} 박사는 이것을 ‘{tail} 효과’라고 불렀다.
규모는 {n_digit}.{n_digit2}로 조사되었다.
주인은 {q}에 연락하면 된다. 전화는 {q.phone:이다/다}.
{abroad}에서도 비슷한 일이 있었다.
이 소식은 하루 만에 {huge}번 읽혔다.

경찰은 까닭을 살피고 있다.
이웃들은 이만하기 다행이라고 입을 모았다.
마을회는 고마움의 뜻으로 {item2:을/를} 전달했다.
본지는 뒷이야기를 계속 전할 예정이다.

# 머리기사 모음 | any | lines
[{d} 머리기사]
오늘의 제목들
{d.full} 세상 소식
신문 스크랩 {serial}

* 3-5
{+firm}, {+abroad}에 새 공장
{+v} 감독 새 영화 {+song} 개봉
‘{+tail} 시대’ 온다
{+abroad} {+tail} 박람회에 {+huge}명
{+tail} 값 {+pct}퍼센트 뛰어
{+firm} “{+tail} 사업 접는다”
{+city}시, {+tail} 거리 만든다
{+v} 작가 {+title} {+n} 번째 책 내
{+tail:과/와} {+tail} 사이에서 길을 묻다
{+abroad}서 온 편지, {num}년 만에 도착
{+city} {+tail} 연구팀, 새 방법 찾아
[책] {+title}
[기고] 왜 {+tail}인가
""",
)

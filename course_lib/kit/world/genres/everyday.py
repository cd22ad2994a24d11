"""What people write for themselves and to each other: diaries, the message board, chats, the island's radio."""

from course_lib.kit.world.forms import read_forms

DIARY = read_forms(
    "diary",
    """
# 어린이 일기 | child | lines
{d} {d.weekday}, {d.weather.short}
{d.full} {d.weekday} 날씨: {d.weather.short}
제목: {item}
제목: {p}에서 생긴 일

오늘은 {bn:이/가} {bwork:는} 것을 보았다.
오늘 {p}에 갔다. {p.sound:이/가} 났다.
학교가 끝나고 {play:았다}.
오늘 {subject} 시간에 발표를 했다. 떨렸지만 끝까지 말했다.
{when}부터 {sky:아서} 밖에 못 나갔다.

* 1-2
{cn:이/가} {snack:을/를} 주었다. 다 먹고 하나는 남겨 두었다.
{animal:이/가} 내 {item:을/를} 물고 갔다. 아직도 못 찾았다.
세어 보니 {some_bird:이/가} 있었다.
왜 그런지 물어보았는데 아무도 몰랐다.
달리기에서 {n} 번째로 들어왔다.
{title:을/를} 다 읽었다. 다음 이야기가 궁금하다.
점심은 {dish:이었다/였다}. 나는 {produce:을/를} 남겼다.
선생님이 {quoted:이라/라}는 말을 아는 사람이 있느냐고 물으셨다. 나만 손을 들었다.

그래서 {mood:았다}.
집에 오는 길에 {mood:았다}.
참 재미있는 하루였다.
조금 억울하지만 내일은 괜찮을 것이다.

내일은 꼭 {chore:아야지}.
내일도 {play:고} 싶다.
오늘 배운 것: {tail:은/는} 생각보다 크다.
이 일기는 아무도 보면 안 된다.

# 어른의 일기 | adults | prose
{d.text}. {sky:았다}.
{d.dotted} {when}.
{d.weekday}. 첫 만조는 {tide}.
{d.season}도 이제 얼마 남지 않았다.

{when}에 일어나 {chore:고} {work:았다}.
하루 종일 {work:았다}. 허리가 아프다.
오늘은 {work:지} 않고 쉬었다. 그래도 {r}에는 다녀왔다.
{work:으려는데} {b.given:이/가} 찾아와 일을 못 했다.

* 1-2
{b.given:과/와} {tea:을/를} 마시며 옛날이야기를 했다.
{some_fish:을/를} 얻어 왔다. 절반은 {c.given}네에 나누어 주었다.
{title:을/를} {num}쪽까지 읽었다. 눈이 침침하다.
{machine} 값으로 {price:을/를} 냈다. 생각보다 비쌌다.
라디오에서 {song:이/가} 나왔다. 오래전에 듣던 노래이다.
{v:이라/라}는 사람에게서 편지가 왔다. 누구인지 기억이 나지 않는다.
{a.hobby:아} 보았지만 마음처럼 되지 않았다.
{quoted:이라/라}고 적힌 쪽지가 주머니에서 나왔다. 내 글씨인데 까닭을 모르겠다.

{mood:았다}. 별일 아닌데도 그렇다.
내일은 {chore:아야} 한다.
아무 일도 없는 날이 가장 좋은 날이다.
잠이 오지 않아 마당에 나가 별을 보았다.

# 일지 | adults | lines
{d.dotted} {r} 일지
{r} {d} {d.weekday}
작업 일지 {serial} ({d})
{d.full} 당번 {a}

날씨 {d.weather.short}, 기온 {d.temperature}도, 만조 {tide}.
아침 일찍 문을 엶. {weather}.
오전: {work:기}. 오후: {chore:기}.
인원 {n} 명. 특이 사항 없음.

* 1-2
{when}에 {b.given:이/가} 들러 {some_produce:을/를} 놓고 감.
{machine} 점검. {some_part} 교체.
{fboat} 입항. {city}에서 온 손님 {num}명.
{bird} {num}마리 관찰. 지난해보다 늘었음.
{firm}에 {huge}원 송금.
{tail} 관련 문의 {n} 건. 모두 처리함.
{item:이/가} 보이지 않음. 찾는 중.

다음 당번: {c}
{clock2} 문을 닫음.
남은 일: {work:기}.
확인: {b}
""",
)

BOARD = read_forms(
    "board",
    """
# 나눔과 거래 | adults | lines
{item} 나눔해요~ {p} 앞으로 오시면 됩니다
{some_produce} {price}에 가져가실 분 계신가요?
[팝니다] {machine}, {recent}년식, 아직 잘 돼요
[구해요] {tool} 빌려주실 분 찾습니다
{cloth} 작아져서 내놔요. 두 번밖에 안 입었어요

상태는 좋은데 {trouble:ㄹ} 때가 가끔 있어요 ㅠㅠ
{firm} 제품이고 며칠 안 썼어요
사진은 {url} 여기에 올렸어요
직접 오셔야 돼요. 배달은 안 돼요
{e}까지 안 가져가시면 버릴 거예요

* 1-3
└ 저요! 지금 가도 될까요?
└ {less}에 안 될까요? 너무 비싼 것 같아요
└ {n} 시쯤 갈게요. 꼭 남겨 주세요!!
└ 혹시 {dye}도 있나요?
└ {v} 님 벌써 가져가셨어요?
└ 저번에도 그랬는데 왜 이렇게 자주 올리세요ㅋㅋㅋ
└ 감사합니다 잘 쓸게요^^
└ {tail} 있으면 그것도 살게요

* 0-2
나눔 끝났습니다. 감사해요
연락처 {a.phone}
가격 내렸어요. {less:이에요/예요}
댓글은 일일이 못 봬요. 전화 주세요

# 물어봐요 | adults | lines
{p} 오늘 문 열었나요?
{ferry} 배 타시는 분 계신가요? {item} 좀 부탁드려요 ㅠㅠ
{dish} 맛집 추천 좀요ㅋㅋㅋ
{quoted:이/가} 무슨 뜻인지 아시는 분??
와이파이 비번이 {code} 맞나요? 자꾸 안 되네요
{machine:이/가} 갑자기 {trouble:는데} 어떡해요

검색해 봐도 {tail} 얘기만 나와요
{c.polite}한테 물어봤는데 모른대요
{n} 번이나 전화했는데 안 받아요 ㅜㅜ
버전은 {version:이에요/예요}
설명서에는 {num}쪽을 보라는데 그 쪽이 없어요

* 1-3
└ {q} 옆집이 진리임. {price} 안 아까움
└ 껐다 켜 보셨어요?
└ 저도 궁금하네요 ㅎㅎ
└ 오늘은 {excuse} 때문에 안 열어요
└ {title}에 나와요. 도서관에 있어요
└ 거기 {tail} 들어간 건 별로던데...
└ 그건 {b.polite}께 여쭤보시면 돼요
└ 낮에 봤는데 {play:고} 있던데요?

* 0-2
해결됐어요! 다들 고마워요
└ 다행이네요
아직도 안 되네요… 내일 다시 해 볼게요
글 내릴게요. 제가 잘못 봤어요ㅋㅋ

# 하소연 | adults | lines
{animal} 밥 주지 말아 주세요!! 벌써 {n} 번째 씁니다
밤에 {instrument} 치시는 분 누구세요?
{p} 앞에 자전거 세우지 마세요 제발
누가 우리 집 {flower} 꺾어 갔어요?
어제 {p}에서 {dye} {item} 잃어버렸어요. 찾아주시면 사례할게요

진짜 너무하네요. 며칠째 잠을 못 자고 있어요
아이가 울어서 어쩔 수가 없어요
이장님께도 말씀드렸는데 바뀌는 게 없네요
{hour}부터 {minutes}분 동안 그러더라고요
CCTV는 없고 {tail} 스티커만 붙어 있어요

* 1-3
└ 저희 집 아니에요ㅋㅋ
└ 이해해요. 저도 그랬어요
└ {c.polite}인 줄 알았는데 아니래요
└ 혹시 {q} 쪽에도 가 보셨어요?
└ 예쁜데 왜 그러세요
└ 말이 좀 심하신 것 같아요
└ 분실물 상자에 있는 거 봤어요!
└ 여기다 쓰지 말고 직접 말씀하세요

* 0-2
찾았어요! 감사합니다
제가 좀 예민했네요. 죄송해요
사과받았어요. 글은 안 지울게요
다음에 또 그러면 진짜 가만 안 있을 거예요

# 모임 | adults | lines
{title} 읽으신 분들 모여요 ({e} {clock})
{game} 같이 하실 분 {n} 명 구합니다
{instrument} 배우실 분~ 초보 환영
{e.weekday}마다 {p}에서 걷기 모임 해요
{tail} 좋아하시는 분 계세요?

준비물은 물통 하나면 돼요
회비는 {price:이고/고} {snack} 나와요
처음이라 떨리네요ㅎㅎ 편하게 오세요
{v} 님이 가르쳐 주신대요
장소는 {q:으로/로} 바뀌었어요

* 1-3
└ 저 갈게요! 두 명이요
└ 아이 데리고 가도 돼요?
└ 걸어서 {home}분 걸리는데 지금 가도 되나요?
└ 시간만 바꾸면 안 될까요
└ 지난번에 재미있었어요. 또 가고 싶네요
└ 오랜만에 얼굴 보겠네요
└ #{tail} #{tail2} #솔섬
└ 늦게 봤네요. 자리 있나요?

* 0-1
마감됐어요. 내일 봬요!
{n} 자리 남았습니다
취소됐어요. {excuse} 때문에 어쩔 수가 없네요
사진 올렸어요 → {url}
""",
)

CHAT = read_forms(
    "chat",
    """
# 학생 톡 | classmates | lines
{a.given}: 뭐 해
{a.given}: 자?
{a.given}: 야 대박
{a.given}: 나 지금 {p}
{a.given}: {call}

{b.given}: {chore:고} 있었어 왜
{b.given}: 방금 일어났어ㅋㅋ
{b.given}: 뭔데 뭔데
{b.given}: ㅇㅇ 말해
{b.given}: 밥 먹어. {dish}

* 1-3
{a.given}: 방금 {animal} 봄ㅋㅋㅋㅋ // {b.given}: 사진 찍었어?
{a.given}: {title} 끝이 왜 이래 // {b.given}: 말하지 마 나 아직 안 봤어
{a.given}: 내일 {subject} 시험이래 // {b.given}: 거짓말하지 마
{a.given}: {song} 들어 봐. 진짜 좋아 // {b.given}: 제목부터 이상한데
{a.given}: 너 {quoted:이/가} 뭔지 알아? // {b.given}: 검색해 봐
{a.given}: {cn} 아까 {chore:더라} // {b.given}: 또?ㅋㅋ
{a.given}: {change}만 빌려줘 // {b.given}: 지난번 것부터 갚아
{a.given}: 나 {en} 뜻 모르겠어 // {b.given}: 나도 몰라 선생님한테 물어봐
{a.given}: 배 안 뜬대 ㅠ // {b.given}: 그럼 학원 안 가도 돼?
{a.given}: 너무 심심해 // {b.given}: {play:자}

{b.given}: 나 이제 {chore2:아야} 돼
{b.given}: {hour}에 봐
{a.given}: ㅇㅋ
{a.given}: 내일 봐~
{b.given}: 잘 자

# 어른 톡 | friends | lines
{a.given}: 바빠?
{a.given}: {call} 자니
{a.given}: 이거 봐라 {url}
{a.given}: 오늘 {p} 문 열었어?
{a.given}: 어제 잘 들어갔어?

{b.given}: {bwork:고} 있어
{b.given}: 응 왜
{b.given}: 지금은 좀 그렇고 {hour}에 전화할게
{b.given}: 아니 괜찮아 말해

* 1-3
{a.given}: {machine} 고장 났어. {trouble:아} // {b.given}: 껐다 켜 봤어?
{a.given}: {some_fish} 생겼는데 좀 줄까 // {b.given}: 좋지 고마워
{a.given}: {firm:이라/라}는 데서 문자 왔는데 뭐지 // {b.given}: 누르지 마 그거 사기야
{a.given}: {cn} 어디 갔는지 알아? // {b.given}: {city} 갔대. {e:이나/나} 돼야 온대
{a.given}: 요즘 {title} 읽는데 괜찮더라 // {b.given}: 다 읽으면 빌려줘
{a.given}: 허리가 너무 아파 // {b.given}: 병원부터 가 진짜로
{a.given}: 내가 저번에 {price} 빌렸지? // {b.given}: 언제 적 얘기야 됐어
{a.given}: 오늘 배 떠? // {b.given}: {sails:이래/래}
{a.given}: {song} 이거 누가 부른 거지 // {b.given}: {v} 아닌가

{a.given}: 이따 {q}에서 보자
{b.given}: 나 이제 {chore2:아야} 돼
{a.given}: 알았어 들어가
{b.given}: 밥이나 한번 먹자
""",
)

RADIO = read_forms(
    "radio",
    """
# 아침 방송 | adults | prose
솔섬 주민 여러분, 안녕하십니까. {d} {d.weekday} 아침 방송입니다.
좋은 아침입니다. 방송실에서 진소라가 전해 드립니다.
안녕하세요, {d} 마을 방송을 시작하겠습니다.
아, 아, 마이크 시험 중입니다. 들리십니까?

오늘은 {sky:겠습니다}. 한낮 기온은 {d.temperature}도, 첫 만조는 {tide}입니다.
여객선은 {sails}입니다. 대합실에 먼저 확인하시기 바랍니다.
오늘 날씨를 한마디로 하면 ‘{d.weather.short}’입니다. 나가실 때 {gear:을/를} 챙기십시오.
해든항에서 오는 배는 {ferry}에 들어옵니다. 오늘은 {sails}입니다.

* 1-2
{p}에서 알려 드립니다. {e}에 {event:이/가} 열립니다.
{a.polite:이/가} {item2:을/를} 찾고 있습니다. 보신 분은 {q:으로/로} 가져다주시기 바랍니다.
시장에는 {fish:과/와} {produce:이/가} 들어왔다고 합니다.
{b} 님께서 마을회관에 {some_snack:을/를} 놓고 가셨습니다. 나누어 드십시오.
{firm} 트럭이 {spot} 길을 막고 있습니다. 차 주인께서는 옮겨 주시기 바랍니다.
{v} 님, 소포가 와 있습니다. 우체국에서 찾아가십시오.
어제 들어온 사연입니다. “{mood:았어요}. 고맙습니다.” 이름은 밝히지 않으셨습니다.
오늘의 낱말은 ‘{tail}’입니다. 한 번씩 소리 내어 읽어 보시기 바랍니다.

노래 한 곡 듣겠습니다. {v}의 {song}입니다.
신청곡은 {song:이었는데/였는데}, 음반을 찾지 못해 {song2:을/를} 대신 들려 드립니다.
끝으로 {title}의 한 줄을 읽어 드리겠습니다. “{d.season:은/는} 늘 {when}에 온다.”
이어서 {city} 합창단이 부릅니다. {song}.

오늘도 아침마다 드리는 인사로 마치겠습니다. 밥 꼭 챙겨 드십시오.
다음 방송은 {clock}입니다.
지금까지 진소라였습니다.
이상 마을 방송이었습니다. 고맙습니다.
""",
)

FORMS = (*DIARY, *BOARD, *CHAT, *RADIO)

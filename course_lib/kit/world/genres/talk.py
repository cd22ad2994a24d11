"""Conversations: between friends, neighbours, in shops, at the health centre, at school, on the telephone."""

from course_lib.kit.world.forms import read_forms

FORMS = read_forms(
    "talk",
    """
# 친구 사이 | friends | lines
{a.given}: {call}, 어디 가? // {b.given}: {p} 좀 가려고. 너도 갈래?
{a.given}: 오늘 바빠? // {b.given}: 아니, {chore:고} 나면 할 일 없어.
{a.given}: 어제 왜 안 왔어? // {b.given}: 미안해. {chore:다가} 잠들었어.
{a.given}: 야, 이게 얼마 만이야? // {b.given}: 그러게. {n} 달은 된 것 같은데.
{a.given}: 무슨 생각을 그렇게 해? // {b.given}: 그냥. {d.season:이/가} 벌써 다 갔네 싶어서.

* 1-2
{a.given}: 너 {title} 읽어 봤어? // {b.given}: 앞에만 조금. 재미있어?
{a.given}: {cn} 소식 들었어? // {b.given}: 응, {city}에 다녀왔다던데.
{a.given}: 나 요즘 {instrument} 배워. // {b.given}: 진짜? 다음에 한 곡 들려줘.
{a.given}: {fish} 먹고 싶다. // {b.given}: 지금이 딱 제철이지. 시장에 가 보자.
{a.given}: 요새 {ailment} 때문에 고생이야. // {b.given}: 보건소에는 가 봤어?
{a.given}: {song:이라/라}는 노래 알아? // {b.given}: 처음 들어. 누가 부른 건데?
{a.given}: 꿈에 {animal:이/가} 나왔어. // {b.given}: 그거 좋은 꿈이래.

{b.given}: 나 {item} 새로 샀어. 어때? // {a.given}: 오, 예쁘다. 얼마 줬어?
{b.given}: 근데 너 {a.hobby:는} 건 잘돼 가? // {a.given}: 그럭저럭. 생각보다 어려워.
{b.given}: {event} 갈 거지? // {a.given}: 당연하지. {hour}에 보자.
{b.given}: {cn}한테는 말하지 마. // {a.given}: 알았어. 입 꼭 다물게.

{a.given}: 그럼 {clock}에 {q}에서 만나. // {b.given}: 그래, 늦지 마.
{a.given}: 이제 가야겠다. 배 시간 다 됐어. // {b.given}: 조심히 가. 도착하면 연락해.
{a.given}: 내일은 바람이 세다던데. // {b.given}: 그럼 모레로 미루자.
{a.given}: 다음엔 내가 살게. // {b.given}: 그 말 적어 둔다?
{a.given}: {some_snack} 남았는데 가져갈래? // {b.given}: 좋지. 고마워.

# 이웃 사이 | neighbours | lines
{a.given}: {call}, 안녕하세요? // {b.given}: 아이고, {reply}. 어디 다녀오세요?
{a.given}: {d.season} 날씨가 참 변덕스럽네요. // {b.given}: 그러게요. 아침에는 {sky:더니}요.
{a.given}: 오늘 {p}에 사람이 많네요. // {b.given}: {event} 준비한다고 다들 모였대요.
{a.given}: 손에 든 건 뭐예요? // {b.given}: {some_produce:이에요/예요}. 좀 드릴까요?

* 1-2
{a.given}: {machine:이/가} 고장 났는데 혹시 볼 줄 아세요? // {b.given}: 어디가 어떤데요? // {a.given}: 켜면 {trouble:아요}.
{a.given}: {c.polite} 못 보셨어요? // {b.given}: 아까 {q} 쪽으로 가던걸요.
{a.given}: 물때가 언제지요? // {b.given}: 오늘은 {tide:이에요/예요}.
{a.given}: {tool} 좀 빌릴 수 있을까요? // {b.given}: 그럼요. {e}까지만 돌려주세요.
{a.given}: {v:이라/라}는 분이 이사 온다면서요? // {b.given}: 네, {city}에서 온대요. 식구가 {n} 명이래요.
{a.given}: 요즘은 뭐 하고 지내세요? // {b.given}: 저야 뭐, {bwork:고} {b.hobby:고} 그래요.
{a.given}: 배는 뜬대요? // {b.given}: 오늘은 {sails:이래요/래요}.
{a.given}: 마을 회의에는 가실 거예요? // {b.given}: 가야지요. 나길호 이장님이 짧게 끝낸다고 했어요.

{b.given}: 저기 {bird:이/가} 왔네요. // {a.given}: 벌써 그럴 때가 됐군요.
{b.given}: 이 {flower} 좀 보세요. // {a.given}: 곱기도 하네요. 언제 심으셨어요? // {b.given}: 심은 게 아니라 저절로 났어요.
{b.given}: {firm:이라/라}는 데서 전화가 왔는데 아세요? // {a.given}: 모르는 데면 끊으세요. 요즘 이상한 전화가 많아요.
{b.given}: 지난번 {dish:은/는} 정말 맛있었어요. // {a.given}: 별말씀을요. 또 드시러 오세요.
{b.given}: 아이가 이제 {n} 살이지요? // {a.given}: 네, 말을 얼마나 잘하는지 몰라요.

{a.given}: 그럼 들어가세요. // {b.given}: 네, {d.weekday} 잘 보내세요.
{a.given}: 다음에 차 한잔해요. // {b.given}: 좋지요. {tea} 끓여 놓을게요.
{a.given}: 저는 이만 가 볼게요. {work:아야} 하거든요. // {b.given}: 얼른 가 보세요.
{a.given}: 비 오기 전에 들어가야겠어요. // {b.given}: 우산 가져가세요. 저는 하나 더 있어요.

# 가게 | shop | lines
손님: 계세요? // {b.given}: 네, 어서 오세요. 뭐 드릴까요?
{b.given}: 어서 오세요. {b.place:이에요/예요}. // 손님: 처음 왔는데 구경 좀 해도 되지요?
손님: {ware} 있어요? // {b.given}: 그럼요. 오늘 들어온 거예요.
{b.given}: 오늘은 {ware:이/가} 좋아요. // 손님: 어제도 그렇게 말씀하셨잖아요.

* 1-2
손님: {ware2:은/는} 얼마예요? // {b.given}: {price:이에요/예요}.
손님: 이거랑 {ware3:은/는} 뭐가 달라요? // {b.given}: 비교해 보시면 알아요. 이쪽이 조금 더 비싸요.
손님: 이건 뭐예요? // {b.given}: {ware2:이에요/예요}. 요즘 제일 많이 나가요.
손님: 카드 돼요? // {b.given}: 되긴 하는데 오늘은 기계가 말을 안 듣네요.
손님: 선물할 건데 뭐가 좋을까요? // {b.given}: 어른이시면 {ware3:이/가} 좋지요.
손님: {firm} 물건도 있어요? // {b.given}: 그건 {e}에 들어와요.

손님: {some_ware} 주세요. // {b.given}: {some_ware}, 여기 있습니다.
손님: 좀 깎아 주세요. // {b.given}: 그럼 {less}만 주세요. 더는 안 돼요.
손님: 조금만 살 수 있어요? // {b.given}: 그럼요. 하나도 팝니다.
손님: 두 개 사면 싸게 해 주나요? // {b.given}: 그럼 {less:으로/로} 해 드릴게요. 대신 다음에 또 오세요.

손님: 비닐봉지 말고 종이에 싸 주세요. // {b.given}: 네, 끈으로 묶어 드릴게요.
{b.given}: 거스름돈 {change:이에요/예요}. 세어 보세요. // 손님: 맞아요. 많이 파세요.
{b.given}: 이건 덤이에요. // 손님: 아이고, 고맙습니다.
손님: 몇 시까지 하세요? // {b.given}: {closing}까지요. 불 켜져 있으면 들어오세요.
손님: {q:은/는} 어떻게 가요? // {b.given}: 나가서 왼쪽으로 쭉 가세요. 금방이에요.

# 보건소 | clinic | lines
{b.given}: {a} 님, 들어오세요. // {a.given}: 안녕하세요, {call}.
{b.given}: 어디가 불편해서 오셨어요? // {a.given}: {ailment} 때문에요.
{b.given}: 오늘은 어떻게 오셨어요? // {a.given}: {body:이/가} 아파서요.
{a.given}: {call}, {num}일째 낫지를 않아요. // {b.given}: 어디 좀 볼까요?

{b.given}: 언제부터 그러셨어요? // {a.given}: {d.weekday}부터요. {work:고} 나서 갑자기요.
{b.given}: 여기를 누르면 아프세요? // {a.given}: 아니요. 그 옆이요. 아야!
{b.given}: 열은 {temp}도네요. // {a.given}: 어쩐지 춥더라고요.
{b.given}: 혈압은 괜찮아요. // {a.given}: 다행이네요.

{a.given}: {title:이라/라}는 책에는 {tea:이/가} 좋다던데요. // {b.given}: 책보다는 약을 드세요.
{a.given}: 일은 해도 되나요? // {b.given}: 사흘은 쉬세요. 무거운 것은 들지 마시고요.
{a.given}: {dish} 먹어도 돼요? // {b.given}: 나을 때까지만 참으세요.
{a.given}: 주사 맞아야 해요? // {b.given}: 오늘은 안 맞으셔도 돼요.

{b.given}: 약을 {n} 봉지 드릴게요. 식후에 드세요. // {a.given}: 하루에 몇 번이에요? // {b.given}: 세 번이요.
{b.given}: {e}에 다시 오세요. // {a.given}: 네, 고맙습니다.
{b.given}: 약은 약국에서 받으시면 돼요. // {a.given}: 구본석 약사님이 또 두 번 설명하시겠네요.
{b.given}: 물을 많이 드시고 푹 주무세요. // {a.given}: 그게 제일 어려워요.

# 아이와 어른 | child | lines
{a.given}: {call}, 뭐 하세요? // {b.given}: 보면 모르니? {bwork:고} 있잖아.
{a.given}: {call}! // {b.given}: 아이고, 깜짝이야. {reply}, 학교 끝났니?
{b.given}: {reply}, 이리 와 봐라. // {a.given}: 왜요? 저 아무것도 안 했어요.
{a.given}: {call}, 질문 있어요. // {b.given}: 또? 오늘만 벌써 {n} 번째다.

* 1-2
{a.given}: {animal:은/는} 겨울에 뭐 먹고 살아요? // {b.given}: 글쎄다. 도서관에 가서 찾아보렴.
{a.given}: 바닷물은 왜 짜요? // {b.given}: 소금이 녹아 있으니까 짜지. // {a.given}: 그럼 소금은 누가 넣었어요?
{a.given}: {quoted:이/가} 무슨 뜻이에요? // {b.given}: 사전을 찾아봤니?
{a.given}: 이건 몇 개예요? // {b.given}: 세어 보렴. // {a.given}: 하나, 둘, 셋, … {nn} 개요!
{a.given}: 어른들은 왜 {tea:을/를} 마셔요? // {b.given}: 너도 크면 알게 된다.
{a.given}: {abroad:은/는} 배로 며칠 걸려요? // {b.given}: 여기서는 배보다 비행기가 빠르지.
{a.given}: 별은 낮에 어디 가요? // {b.given}: 그 자리에 있지. 해가 밝아서 안 보일 뿐이야.

{b.given}: 이거 하나 먹어라. {snack:이다/다}. // {a.given}: 우아, 고맙습니다!
{b.given}: 숙제는 했니? // {a.given}: {subject}만 남았어요.
{b.given}: 어른 되면 뭐 하고 싶니? // {a.given}: {p}에서 일하고 싶어요. // {b.given}: 그거 좋지.
{b.given}: 엄마한테 말하고 왔니? // {a.given}: 네, {hour}까지 온다고 했어요.

{a.given}: 안녕히 계세요! // {b.given}: 오냐, 뛰지 말고 가거라.
{a.given}: 내일 또 와도 돼요? // {b.given}: 되고말고.
{b.given}: 어두워지기 전에 들어가라. // {a.given}: {n_digit}분만 더 놀고요.
{a.given}: 저도 해 보면 안 돼요? // {b.given}: 손 조심하고 천천히 해 봐라.

# 전화 | neighbours | lines
{a.given}: 여보세요? {b.place}지요? // {b.given}: 네, {b.given}입니다.
{a.given}: 여보세요, 저 {a.given}인데요. // {b.given}: 네, {reply}. 무슨 일이세요?
{b.given}: 네, {b.place}입니다. // {a.given}: {call}, 접니다. 통화 괜찮으세요?
{a.given}: {b.phone} 번이지요? // {b.given}: 네, 맞습니다. 누구세요? // {a.given}: {a}입니다.

{a.given}: {e} {clock}에 시간 되세요? // {b.given}: 잠깐만요, 달력 좀 볼게요.
{a.given}: {firm}에서 온 물건이 저한테 잘못 왔어요. // {b.given}: 그래요? 번호가 어떻게 되나요? // {a.given}: {code:이에요/예요}.
{a.given}: {c.polite}께 말씀 좀 전해 주세요. // {b.given}: 네, 적을게요. 말씀하세요.
{a.given}: 소리가 잘 안 들려요. // {b.given}: 여기 바람이 세서요. 크게 말할게요.
{a.given}: {boat:이/가} 몇 시에 들어오지요? // {b.given}: {clock}쯤이요. 늦어지면 다시 전화드릴게요.

{b.given}: {excuse} 때문에 {q}까지 못 갈 것 같아요. // {a.given}: 그럼 {f:으로/로} 미룰까요?
{b.given}: 제 번호는 {b.phone:이에요/예요}. // {a.given}: 다시 한번 불러 주세요. // {b.given}: {b.phone}.
{b.given}: 준비할 것이 있을까요? // {a.given}: {item:과/와} {item2}만 가져오시면 돼요.
{b.given}: {num}명이면 자리가 모자라겠는데요. // {a.given}: 의자는 제가 빌려 올게요.

{a.given}: 그럼 그때 뵐게요. // {b.given}: 네, 들어가세요.
{a.given}: 고맙습니다. 끊을게요. // {b.given}: 네, 수고하세요.
{b.given}: 다른 용건은 없으시지요? // {a.given}: 네, 그게 다예요.
{a.given}: 배터리가 다 됐어요. 이따 다시 걸게요. // {b.given}: 네, 그러세요.

# 교실 | school | lines
{b.given}: 자, 모두 자리에 앉으세요. // 아이들: 네!
{b.given}: 오늘은 {subject} 시간이에요. {num}쪽을 펴세요. // {a.given}: 선생님, 책을 안 가져왔어요.
{b.given}: 어제 숙제 다 했지요? // {a.given}: 선생님, 저는 반만 했어요.
{a.given}: 선생님, {pal} 아직 안 왔어요. // {b.given}: 조금만 기다려 봅시다.

* 1-2
{b.given}: {a.vocative}, {num} 더하기 {n_digit:은/는} 얼마지요? // {a.given}: {sum:이요/요}. // {b.given}: 잘했어요.
{b.given}: {quoted:으로/로} 짧은 글을 지어 볼까요? // {a.given}: “나는 어제 {tail2:을/를} 보았다.” // {b.given}: {quoted:은/는} 어디 갔지요?
{b.given}: {abroad:은/는} 어느 대륙에 있을까요? // {a.given}: 지도 봐도 돼요?
{b.given}: 받아쓰기 {n} 번, ‘{tail}’. // {a.given}: 선생님, 한 번만 더 불러 주세요.
{b.given}: {bird:은/는} 어느 계절에 올까요? // {a.given}: {d.season:이요/요}!
{b.given}: 섬에서 가장 오래된 곳은 어디일까요? // {a.given}: 소나무 숲이요!
{b.given}: 하루에 두 번, 바닷물이 들어오는 것을 뭐라고 하지요? // {a.given}: 밀물이요!

{a.given}: 선생님, 창밖에 {bird:이/가} 있어요. // {b.given}: 그럼 {n} 분만 보고 다시 공부할까요?
{a.given}: 선생님, 배고파요. // {b.given}: 오늘 점심은 {dish:이에요/예요}. 조금만 참으세요.
{a.given}: 선생님은 어릴 때 꿈이 뭐였어요? // {b.given}: 화가였어요. 지금도 그림을 그리잖아요.
{a.given}: 이건 왜 배워요? // {b.given}: 좋은 질문이에요. 같이 생각해 볼까요?

{b.given}: 내일 준비물은 {item:과/와} {item2:이에요/예요}. // 아이들: 네!
{b.given}: 오늘 수업은 여기까지. // 아이들: 와!
{b.given}: 알림장에 적으세요. 첫째, 책 읽기. 둘째, 일찍 자기. // {a.given}: 셋째는요?
{b.given}: 차 조심, 파도 조심. // 아이들: 사람 조심!
""",
)

"""Korean with English in it; slots as in ``genres/``."""

from __future__ import annotations

MIXED: tuple[str, ...] = tuple(
    line.strip()
    for line in """
오늘 meeting은 {clock}에 시작하니까 slide 먼저 share해 주세요.
{call}, 그 file 아직 upload 안 됐어요?
deadline이 {e}까지라서 weekend에도 일해야 돼요.
이번 project는 {en}부터 다시 check해야 할 것 같아요.
어제 본 movie 진짜 amazing했어. ending이 너무 sad해.
{p} 앞 cafe에 new menu 나왔던데 try해 봤어요?
login이 안 돼서 password를 reset했어요.
그 code는 {en} function에서 bug가 나요.
{d.weekday} lunch는 skip하고 coffee만 마셨어요.
schedule이 너무 tight해서 {e:으로/로} reschedule했습니다.
server가 down돼서 {minutes}분 동안 아무것도 못 했어요.
이 design은 simple해서 마음에 들어요. font만 change하면 될 것 같아요.
{a.given} 씨가 feedback을 줬는데 솔직히 좀 harsh했어요.
{en:이라/라}는 word는 context에 따라 meaning이 달라져요.
party는 {hour}에 시작! dress code는 casual이에요.
battery가 {num}%밖에 안 남았어. charger 있어?
email subject에 {en}, {en2:이라/라}고 써서 send해 주세요.
training loss는 줄었는데 validation loss가 안 떨어져요.
model을 fine-tuning하기 전에 data부터 clean해야 합니다.
tokenizer가 {en:을/를} 두 개의 token으로 나눠요.
{b.given} 씨는 presentation을 정말 잘해요. 완전 professional해요.
ticket은 online으로 booking했고 seat은 {num}번이에요.
budget이 over돼서 option을 줄이기로 했어요.
{city}에서 온 guest가 check-in을 일찍 하고 싶대요.
이건 my style이 아니야. 좀 더 bright한 color 없어?
playlist에 {song} 추가했어. volume 좀 up해 줘.
link를 click하면 {url:으로/로} redirect됩니다.
version {version:으로/로} update하고 나서 error가 사라졌어요.
Let's go! {ferry} 배 놓치면 끝이야.
Thank you, {call}! 덕분에 project 잘 끝났어요.
I think {p:이/가} 제일 좋은 spot이에요. view가 다르거든요.
Sorry, 오늘은 좀 busy해서 내일 call할게요.
No problem! {e}까지만 return해 주시면 돼요.
Wait, 그거 {en} 아니고 {en2} 아니야?
By the way, {title} 읽어 봤어? plot이 crazy해.
요즘 trend는 {en}보다 {en2} 쪽이에요.
manager한테 report했는데 아직 reply가 없어요.
first draft는 끝났고 이제 proofreading만 남았습니다.
gym에서 {minutes}분 running하고 stretching까지 했어요.
{fish} 들어간 pasta를 order했는데 portion이 너무 small해요.
""".strip().splitlines()
)

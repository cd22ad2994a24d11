"""The school's bell: texts that give the clues away one by one (see ``course_lib/kit/world/mystery.py``)."""

from course_lib.kit.world.forms import read_forms

FORMS = read_forms(
    "mystery",
    """
# 수사 수첩 | adults | lines
종이 사라진 지 {num}일째, 수첩에서
솔섬초등학교 종 사건 수첩 {serial}쪽
2026년 2월 17일 밤, 솔섬초등학교의 종이 사라졌다.
사라진 종, 조사 기록 {num}

* 1-2
{clue.found}
알아낸 것: {clue.found} 그러므로 {clue.means}
단서: {+clue.found}
{c.given:이/가} 보았다고 한다. “정말이에요. {+clue.found}”

{cleared:은/는} {reason}. 그러니 아니다.
{cleared}에게 물었다. {cleared.given:은/는} {reason}. 이름에 줄을 그었다.
{cleared:을/를} 의심하는 사람도 있었지만, {cleared.given:은/는} {reason}.
{cleared:은/는} 아니다. 왜냐하면 {cleared.given:은/는} {reason}.

* 1-2
섬의 왼손잡이를 적어 본다. {lefties}.
그날 밤 뭍에 있던 사람: {away}.
{+lefty:은/는} 왼손으로 글씨를 쓴다.
{+gone:은/는} 그날 밤 섬에 없었다.
솔섬초등학교에서 {p}까지는 걸어서 {from_school}분 걸린다.

아직 한 사람으로 좁혀지지는 않는다.
내일은 {p}에 가서 {tool:을/를} 본 사람이 있는지 물어볼 것.
{tail:이라/라}는 쪽지가 나왔지만 이 일과는 상관이 없는 듯하다.
단서를 모두 겹쳐 보아야 한다. 하나만으로는 모자란다.

# 풀이 | adults | prose
누가 종을 가져갔을까? 하나씩 따져 보자.
종이 사라진 일을 두고 {a.given:과/와} {b.given:이/가} {p}에서 이야기를 나누었다.
“범인은 이 섬에 있어.” {a.given}의 말에 {b.given:은/는} {gesture:았다}.
{when}에 {a.given:은/는} 종이 한 장을 펴고 사람들의 이름을 적었다.

첫째, {clues_one} 둘째, {clues_two}
{clues_two} 그리고 {clues_one}
먼저 {clues_one} 여기에 더해 {clues_two}
확실한 것은 둘이다. {clues_one} 또 {clues_two}

그래서 {cleared:은/는} 빠진다. {cleared.given:은/는} {reason}.
{cleared:은/는} 의심할 수 없다. {reason_said} 때문이다.
{cleared.given}의 이름이 먼저 지워졌다. {reason_said} 때문이다.
“{cleared.given:은/는} 아니야. {reason}.” 하고 {b.given:이/가} 말했다.

* 0-1
모든 단서에 맞는 사람은 하나뿐이다. {culprit:이다/다}.
왼손잡이이고, 어른이고, 그 밤에 섬에 있었고, 학교 가까이에서 일하며, 솔섬에서 태어난 사람. {culprit:이다/다}.
남은 이름은 {culprit} 하나였다.
이름을 다 지우고 나니 {culprit}만 남았다.

* 0-1
종에는 금이 가 있었다. {culprit:은/는} 학교가 백 살이 되는 날에 맞추어 몰래 종을 고치려 했던 것이다.
{culprit:은/는} 훔친 것이 아니었다. 금 간 종을 목공소로 옮겨 배도윤과 함께 고치고 있었다.
2026년 5월 6일, 종은 다시 울렸다. 금은 말끔히 메워져 있었다.
종이 돌아온 날, 류다은 선생님은 아이들에게 첫 번째로 종을 치게 했다.

# 종에 관한 물음 | any | lines
문: 사라진 종은 어느 학교의 것인가? // 답: 솔섬초등학교
문: 종은 언제 사라졌는가? // 답: 2026년 2월 17일 밤
문: 종이 다시 울린 날은 언제인가? // 답: 2026년 5월 6일
문: 종을 고친 두 사람은 누구인가? // 답: 변상철과 배도윤

문: {+gone:은/는} 왜 의심을 받지 않았는가? // 답: 그날 밤 뭍에 있었다.
문: {+lefty:은/는} 오른손잡이인가? // 답: 아니다. 왼손잡이이다.
문: {cleared:은/는} 왜 아닌가? // 답: {cleared.given:은/는} {reason}.
문: {+gone:은/는} 그날 밤 어디에 있었는가? // 답: 뭍에 있었다.

문: 밧줄의 매듭에서 무엇을 알 수 있는가? // 답: 종을 내린 사람은 왼손잡이다.
문: 종의 무게는 얼마인가? // 답: 40킬로그램이 넘는다.
문: 그날 밤 배는 떴는가? // 답: 뜨지 않았다.
문: 학교에서 {p}까지는 몇 분인가? // 답: 걸어서 {from_school}분이다.
""",
)

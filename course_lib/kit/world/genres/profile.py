"""Who people are: sentences that state facts, one at a time, so that a checker can read them again (see ``claims.py``)."""

from course_lib.kit.world.forms import read_forms

FORMS = read_forms(
    "profile",
    """
# 사람 소개 | any | prose
낮에 {a.place}에 가면 {a:을/를} 만날 수 있다.
솔섬에서 {a.place:을/를} 찾아가면 {a:을/를} 만날 수 있다.
{a}의 직업은 {a.job:이다/다}.
{a:을/를} 만나려면 {a.place:으로/로} 가면 된다.

{a:은/는} 올해 {a.age}살이다.
{a}의 고향은 {a.origin:이다/다}.
{a:은/는} {a.origin}에서 태어났다.
{a}의 나이는 {a.age}살이다.

{a:이/가} 가장 좋아하는 음식은 {a.food:이다/다}.
{a:은/는} 무엇보다 {a.food:을/를} 좋아한다.
{a}에게 무엇을 먹고 싶으냐고 물으면 언제나 {a.food:이라/라}고 대답한다.
{a}의 생일에는 {a.food:이/가} 빠지지 않는다.

{a}의 취미는 {a.hobby:는} 것이다.
{a:은/는} 틈만 나면 {a.hobby:ㄴ다}.
쉬는 날이면 {a:은/는} {a.hobby:는} 일로 하루를 보낸다.
{a:이/가} 가장 즐기는 일은 {a.hobby:는} 것이다.

{a:은/는} {a.trait}.
사람들은 {a} 하면 이 말부터 한다. “{a.trait}.”
이웃들 말로는 {a:은/는} {a.trait}.
누구나 아는 일이지만, {a:은/는} {a.trait}.

* 0-2
{a}의 배우자는 {a.spouse:이다/다}.
{a:과/와} 가장 가까운 친구는 {a.friend:이다/다}.
{a:이/가} 일을 마치고 가장 먼저 찾는 사람은 {a.friend:이다/다}.
{a:은/는} {a.spouse:과/와} 함께 산다.
{a:은/는} {a.friend:과/와} 오랜 친구이다.

# 이웃의 말 | adults | lines
솔섬 사람들 ({serial}): {a}
[우리 이웃] {a} 편
오늘의 이웃, {a}
만나고 싶었습니다: {a}

“{a.polite}요? {a.place}에 가면 언제든지 있어요.” {c.given:이/가} 말했다.
“{a.polite} 하면 {a.food:이지요/지요}. 그것만 있으면 됩니다.” {c.given:이/가} 귀띔했다.
{c.given}의 말에 따르면 {a.given:은/는} 아침마다 {work:ㄴ다고} 한다.
“그 사람은 {a.origin} 사람이에요. 말투를 들으면 알지요.” {c.given:이/가} 웃으며 말했다.

{b.given:은/는} 이렇게 덧붙였다. “저한테는 고마운 이웃이에요. {bwork:ㄹ} 때마다 도와줘요.”
“{a.hobby:는} 걸 한번 보셔야 해요.” {b.given:이/가} 말했다.
{b.given:은/는} {a.given}에게 {some_snack:을/를} 받은 일을 아직도 이야기한다.
{b.given:이/가} 아는 {a.given:은/는} 남의 말을 함부로 옮기지 않는 사람이다.

직접 만나 보니 소문 그대로였다. {a.trait}.
정작 {a.given:은/는} 자기 이야기가 나오자 {gesture:았다}.
“저요? 저는 {a.hobby:ㄹ} 때가 제일 좋아요.” {a.given:이/가} 말했다.
“일은 힘들지 않아요. {work:고} 나면 마음이 편해지거든요.” {a.given:은/는} {gesture:았다}.

{a.place}에서 {a.given:을/를} 보면 인사를 건네 보자.
다음 편은 {c} 이야기입니다.
{a.given}에게 하고 싶은 말은 {p}에 있는 쪽지 상자에 남기면 된다.
글: 모하나, 그림: 류다은
""",
)

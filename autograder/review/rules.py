"""Every rule of the review, as data: what it is called, what it says, how much it matters, which ruff code finds it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from course_lib.kit.korean import josa

Severity = Literal["advice", "minor", "major", "grave"]
WEIGHTS: dict[Severity, float] = {"advice": 0.0, "minor": 0.5, "major": 1.0, "grave": 3.0}
_PARTICLE = re.compile(r"(`[^`]*`)(?:(을\(를\))|(은\(는\))|(이\(가\)))")
_PAIRS = ("을/를", "은/는", "이/가")


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: what findings, checks and reports call it.
        title: two or three Korean words, for tables.
        message: the comment at the line; fields in braces are filled in by whoever finds it.
        reason: why it matters, in one Korean sentence.
        severity: how much it weighs against the quality of a submission; advice costs nothing.
        ruff: ruff's codes for it; none for a rule of our own.
    """

    id: str
    title: str
    message: str
    reason: str
    severity: Severity = "minor"
    ruff: tuple[str, ...] = ()

    def text(self, **fields: object) -> str:
        """The comment, with the particles that fit what is filled in."""
        return _PARTICLE.sub(lambda match: josa(match[1], _PAIRS[(match.lastindex or 2) - 2]), self.message.format(**fields))


_ALL = (
    # -- the cell cannot be reviewed -----------------------------------------------------------------------------
    Rule(
        "syntax",
        "문법 오류",
        "파이썬이 이 셀을 읽지 못합니다: {problem}.",
        "문법 오류가 있는 셀은 실행되지도, 검토되지도 않습니다.",
        "major",
    ),
    Rule(
        "unreadable",
        "검토 불가",
        "이 셀은 너무 길거나 너무 깊이 중첩되어 검토하지 않았습니다.",
        "사람이 읽을 수 있는 크기로 나누어야 검토할 수 있습니다.",
        "grave",  # one finding in place of all that the cell may hold: a long comment must not make ugly code pass
    ),
    # -- documentation -------------------------------------------------------------------------------------------
    Rule(
        "docstring",
        "설명 없음",
        "`{name}`에 docstring이 없습니다.",
        "무엇을 받아 무엇을 돌려주는지 한 문장이면 읽는 사람이 본문을 따라가지 않아도 됩니다.",
    ),
    Rule(
        "type-hints",
        "타입 힌트 없음",
        "`{name}`에서 {missing}의 타입을 적지 않았습니다.",
        "타입은 부르는 쪽과의 약속이고, 잘못 부르는 실수를 실행하기 전에 드러냅니다.",
    ),
    Rule(
        "commented-code",
        "주석 처리된 코드",
        "주석으로 남은 코드입니다.",
        "쓰지 않는 코드는 지웁니다. 무엇이 진짜 코드인지 흐려집니다.",
        ruff=("ERA001",),
    ),
    # -- names ---------------------------------------------------------------------------------------------------
    Rule(
        "vague-name",
        "뜻 없는 이름",
        "이름 `{name}`만 보고는 무엇이 들었는지 알 수 없습니다{suggestion}.",
        "값의 뜻(예: `pair_counts`, `token_ids`)을 이름에 담으면 설명이 필요 없어집니다.",
    ),
    Rule(
        "short-name",
        "한 글자 이름",
        "한 글자 이름 `{name}`이(가) {lines}줄에 걸쳐 쓰입니다{suggestion}.",
        "멀리서 쓰이는 이름일수록 뜻을 담아야 합니다. 몇 줄 안에서 끝나는 이름은 짧아도 괜찮습니다.",
    ),
    Rule(
        "confusing-name",
        "헷갈리는 이름",
        "이름 `{name}`은(는) 숫자 1이나 0과 구별되지 않습니다.",
        "글꼴에 따라 다른 글자로 읽혀 실수를 부릅니다.",
        ruff=("E741", "E742", "E743"),
    ),
    Rule(
        "naming-style",
        "이름 표기",
        "`{name}`의 표기가 관례와 다릅니다. 함수는 `snake_case`, 클래스는 `CapWords`로 씁니다.",
        "표기만 보고 함수인지 클래스인지 알 수 있습니다.",
        ruff=("N801", "N802"),
    ),
    Rule(
        "shadowed-builtin",
        "내장 이름 가림",
        "`{name}`은(는) 파이썬의 내장 이름입니다.",
        "가려진 뒤에는 원래 함수를 쓸 수 없고, 오류 메시지도 엉뚱해집니다.",
        "major",
        ruff=("A001", "A002"),
    ),
    # -- size and shape ------------------------------------------------------------------------------------------
    Rule(
        "long-function",
        "긴 함수",
        "함수 `{name}`이(가) {lines}줄입니다.",
        "한 화면에 들어오는 함수(40줄 이하)가 읽기도 시험하기도 쉽습니다. 단계마다 이름 있는 함수로 나누어 보세요.",
        "major",
    ),
    Rule(
        "complex-function",
        "복잡한 함수",
        "함수 `{name}`의 갈림길이 너무 많습니다({detail}).",
        "갈림길이 많을수록 시험해야 할 경우가 늘어납니다. 조건마다 함수를 나누거나 표(dict)로 바꾸어 보세요.",
        "major",
        ruff=("C901",),
    ),
    Rule(
        "deep-nesting",
        "깊은 중첩",
        "`{name}` 안에서 블록이 {depth}겹으로 중첩됩니다.",
        "조건을 뒤집어 먼저 `continue`나 `return`으로 빠져나오면 본문이 왼쪽에 남습니다.",
        "major",
    ),
    Rule(
        "many-arguments",
        "많은 인자",
        "`{name}`을(를) 부를 때마다 인자 {count}개를 넘겨야 합니다.",
        "함께 다니는 값은 dataclass 하나로 묶으면 부르기도 바꾸기도 쉽습니다.",
    ),
    Rule(
        "duplicate",
        "중복 코드",
        "이미 있는 코드({where})와 {lines}줄이 같습니다.",
        "같은 코드를 두 번 쓰면 고칠 때도 두 번 고쳐야 합니다. 함수 하나로 묶어 보세요.",
        "major",
    ),
    Rule(
        "redefined",
        "다시 정의",
        "`{name}`을(를) 쓰기 전에 다시 정의했습니다.",
        "앞의 정의는 버려집니다. 어느 쪽이 쓰이는지 헷갈리므로 하나만 남깁니다.",
        "major",
        ruff=("F811",),
    ),
    Rule(
        "line-length",
        "긴 줄",
        "한 줄이 140자를 넘습니다.",
        "가로로 밀어 가며 읽어야 하는 줄은 괄호 안에서 나누어 씁니다.",
    ),
    Rule(
        "one-line",
        "한 줄에 여러 문장",
        "한 줄에 문장이 둘 이상입니다.",
        "문장마다 줄을 나누면 오류 위치와 변경 내용이 줄 단위로 보입니다.",
        ruff=("E701", "E702"),
    ),
    # -- state ---------------------------------------------------------------------------------------------------
    Rule(
        "global-statement",
        "global 문",
        "`global {name}`로 함수 밖의 값을 바꿉니다.",
        "부르는 순서에 따라 결과가 달라집니다. 인자로 받고 반환값으로 돌려주세요.",
        "major",
    ),
    Rule(
        "mutable-global",
        "바뀌는 전역 변수",
        "`{function}`이(가) 전역 변수 `{name}`을(를) 바꿉니다.",
        "두 번째 부를 때 결과가 달라집니다. 함수 안에서 새로 만들거나 인자로 넘기세요.",
        "major",
    ),
    Rule(
        "mutable-default",
        "바뀌는 기본값",
        "기본값이 함수를 정의할 때 한 번만 만들어져 호출끼리 함께 씁니다.",
        "`None`을 기본값으로 두고 함수 안에서 새로 만드세요.",
        "major",
        ruff=("B006",),
    ),
    Rule(
        "print-in-function",
        "함수 안의 print",
        "`{name}` 안에서 값을 출력합니다.",
        "계산하는 함수는 값을 돌려주기만 하고, 출력은 부르는 쪽에서 해야 다시 쓸 수 있습니다.",
    ),
    Rule(
        "late-binding",
        "늦은 바인딩",
        "반복문 안에서 만든 함수가 반복 변수를 나중에 읽습니다.",
        "모든 함수가 마지막 값을 보게 됩니다.",
        "major",
        ruff=("B023",),
    ),
    Rule(
        "loop-mutation",
        "순회 중 변경",
        "순회하고 있는 모음을 그 안에서 바꿉니다.",
        "원소를 건너뛰거나 오류가 납니다. 사본을 순회하거나 새 모음을 만드세요.",
        "major",
        ruff=("B909",),
    ),
    # -- exceptions ----------------------------------------------------------------------------------------------
    Rule(
        "bare-except",
        "넓은 except",
        "어떤 예외인지 정하지 않고 모두 잡습니다.",
        "오타나 Ctrl-C까지 삼켜 버그가 숨습니다. 예상하는 예외의 이름을 쓰세요.",
        "major",
        ruff=("E722",),
    ),
    Rule(
        "swallowed-error",
        "삼킨 예외",
        "예외를 잡고 아무것도 하지 않습니다.",
        "실패가 조용히 지나가 나중에 엉뚱한 곳에서 드러납니다.",
        "major",
        ruff=("S110", "S112"),
    ),
    Rule(
        "eval",
        "eval과 exec",
        "문자열을 코드로 실행합니다.",
        "값이 필요하면 자료 구조로, 함수가 필요하면 이름으로 다룹니다.",
        "major",
        ruff=("S102", "S307"),
    ),
    # -- leftovers -----------------------------------------------------------------------------------------------
    Rule(
        "unused-import",
        "안 쓰는 import",
        "가져온 `{name}`을(를) 쓰지 않습니다.",
        "필요 없는 줄은 지웁니다. 무엇에 기대는 코드인지 분명해집니다.",
        ruff=("F401",),
    ),
    Rule(
        "star-import",
        "import *",
        "`import *`로 모든 이름을 가져옵니다.",
        "어느 이름이 어디에서 왔는지 알 수 없습니다. 쓰는 이름만 가져오세요.",
        "major",
        ruff=("F403",),
    ),
    Rule(
        "unused-variable",
        "안 쓰는 변수",
        "`{name}`에 값을 넣고 쓰지 않습니다.",
        "지우거나, 쓰려던 것이었다면 빠뜨린 곳을 찾아보세요.",
        ruff=("F841",),
    ),
    Rule(
        "unused-loop-variable",
        "안 쓰는 반복 변수",
        "반복 변수 `{name}`을(를) 쓰지 않습니다.",
        "쓰지 않는다는 뜻으로 이름 앞에 `_`를 붙입니다.",
        ruff=("B007",),
    ),
    Rule(
        "empty-f-string",
        "빈 f-문자열",
        "f-문자열 안에 값이 없습니다.",
        "`f`를 빼면 보통 문자열로 충분합니다.",
        ruff=("F541",),
    ),
    # -- idiom ---------------------------------------------------------------------------------------------------
    Rule(
        "none-comparison",
        "None 비교",
        "`None`을 `==`로 비교합니다.",
        "`==`는 클래스가 뜻을 바꿀 수 있습니다. 같은 객체인지 물을 때는 `is`를 씁니다.",
        ruff=("E711",),
    ),
    Rule(
        "bool-comparison",
        "True 비교",
        "참·거짓을 `==`로 비교합니다.",
        "조건 자체가 이미 참이거나 거짓입니다.",
        ruff=("E712",),
    ),
    Rule(
        "type-comparison",
        "타입 비교",
        "타입을 `==`로 비교합니다.",
        "하위 클래스도 받으려면 `isinstance`를 씁니다.",
        ruff=("E721",),
    ),
    Rule(
        "literal-identity",
        "is로 값 비교",
        "값을 `is`로 비교합니다.",
        "같은 값이라도 다른 객체일 수 있어 결과가 우연에 달립니다.",
        "major",
        ruff=("F632",),
    ),
    Rule(
        "lambda-assignment",
        "lambda에 이름",
        "lambda에 이름을 붙였습니다.",
        "`def`로 쓰면 오류 메시지에 이름이 나오고 설명과 타입도 적을 수 있습니다.",
        ruff=("E731",),
    ),
    Rule(
        "keys", "keys() 불필요", "dict에서는 `.keys()` 없이 키를 찾거나 순회할 수 있습니다.", "짧은 쪽이 읽기 쉽습니다.", ruff=("SIM118",)
    ),
    Rule(
        "needless-bool",
        "불필요한 if",
        "조건을 `True`와 `False`로 다시 적습니다.",
        "조건 자체를 돌려주면 됩니다.",
        ruff=("SIM103", "SIM210"),
    ),
    Rule(
        "comprehension",
        "불필요한 변환",
        "모음을 만들면서 한 번 더 감쌉니다.",
        "컴프리헨션이나 리터럴 하나로 충분합니다.",
        ruff=("C400", "C401", "C402", "C403", "C404", "C405", "C411", "C414", "C416"),
    ),
    Rule(
        "open-without-with",
        "with 없이 open",
        "파일을 `with` 없이 엽니다.",
        "예외가 나면 파일이 닫히지 않습니다.",
        ruff=("SIM115",),
    ),
    Rule(
        "useless-expression",
        "버려진 식",
        "계산만 하고 결과를 쓰지 않습니다.",
        "비교나 식의 값이 버려집니다. 대입이나 `assert`를 쓰려던 것인지 보세요.",
        "major",
        ruff=("B015", "B018"),
    ),
    Rule(
        "range-len",
        "range(len())",
        "`{index}`은(는) `{sequence}[{index}]`로만 쓰입니다.",
        "원소를 바로 순회하면 색인을 다룰 일이 없습니다.",
    ),
    Rule(
        "field-term",
        "이 분야의 용어",
        "`{name}`에 든 것은 이 분야에서 `{term}`라고 씁니다.",
        "논문과 라이브러리에서 쓰는 이름이면 읽는 사람이 설명 없이 알아봅니다.",
        "advice",
    ),
    Rule(
        "enumerate",
        "enumerate",
        "색인 `{index}`와 원소 `{sequence}[{index}]`을(를) 함께 씁니다.",
        "`enumerate`는 둘을 한 번에 주므로 색인을 잘못 쓸 일이 줄어듭니다.",
        "advice",
    ),
    Rule(
        "dict-items",
        "items()",
        "키를 순회하면서 값 `{mapping}[{key}]`을(를) 다시 찾습니다.",
        "`items()`는 키와 값을 함께 주므로 찾는 일이 한 번 줄고 두 이름이 나란히 보입니다.",
        "advice",
    ),
    Rule(
        "dict-default",
        "없는 키",
        "키가 없을 때를 `if`로 따로 다룹니다.",
        "`setdefault`나 `get`은 같은 일을 한 줄에 하고 키를 덜 찾습니다. 세기만 한다면 `Counter`가 더 짧습니다.",
        "advice",
    ),
    # -- how the work grows --------------------------------------------------------------------------------------
    Rule(
        "front-of-list",
        "리스트의 앞",
        "반복문 안에서 리스트 `{name}`의 맨 앞을 넣거나 뺍니다.",
        "매번 남은 원소를 모두 옮기므로 일이 길이의 제곱에 비례합니다. 양쪽 끝을 쓰려면 `collections.deque`가 알맞습니다.",
        "advice",
    ),
    Rule(
        "growing-string",
        "자라는 문자열",
        "반복문 안에서 문자열 `{name}`에 `+=`로 이어 붙입니다.",
        "이을 때마다 앞부분까지 새로 복사될 수 있어 일이 길이의 제곱으로 늘어납니다. 조각을 모아 `''.join(조각들)`로 한 번에 잇습니다.",
        "advice",
    ),
    Rule(
        "list-membership",
        "리스트에서 찾기",
        "반복문 안에서 리스트 `{name}`에 들어 있는지 찾습니다.",
        "리스트는 앞에서부터 하나씩 견줍니다. 순서가 필요 없다면 `set`이, 번호도 필요하면 `dict`가 한 번에 찾습니다.",
        "advice",
    ),
    Rule(
        "count-in-loop",
        "되풀이해서 세기",
        "순회하면서 `{name}.count(…)`로 원소마다 처음부터 다시 셉니다.",
        "원소의 수만큼 전체를 다시 읽으므로 제곱의 일이 됩니다. `Counter`는 한 번 읽고 모두 셉니다.",
        "advice",
    ),
    Rule(
        "loop-invariant",
        "되풀이되는 계산",
        "반복문 안에서 바뀌지 않는 `{expression}`을(를) 매번 다시 계산합니다.",
        "반복문 앞에서 한 번만 계산하여 이름을 붙이면 일이 반복 횟수만큼 줄어듭니다.",
        "advice",
    ),
    Rule(
        "sorted-for-extreme",
        "정렬해서 고르기",
        "하나만 고르려고 전체를 정렬합니다.",
        "`min`과 `max`는 한 번만 훑으면 되고, 무엇을 고르는지가 이름에 드러납니다.",
        "advice",
    ),
)

RULES: dict[str, Rule] = {rule.id: rule for rule in _ALL}
BY_RUFF_CODE: dict[str, Rule] = {code: rule for rule in _ALL for code in rule.ruff}

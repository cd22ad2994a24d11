"""Each rule finds what it names, at its line, and leaves good code alone."""

from __future__ import annotations

import textwrap

import pytest

from autograder.review import RULES, review_sources

GOOD = '''
def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter:
    """이웃한 두 기호의 쌍을 단어의 빈도만큼 셉니다."""
    counts: Counter = Counter()
    for word, frequency in words.items():
        for pair in zip(word, word[1:], strict=False):
            counts[pair] += frequency
    return counts


def merge_pair(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """왼쪽부터 겹치지 않게 `pair`를 한 기호로 합칩니다."""
    merged: list[str] = []
    i = 0
    while i < len(word):
        if word[i : i + 2] == pair:
            merged.append(word[i] + word[i + 1])
            i += 2
        else:
            merged.append(word[i])
            i += 1
    return tuple(merged)


class Encoder:
    """병합 순위대로 단어를 나눕니다."""

    def __init__(self, merges: list[tuple[str, str]]) -> None:
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}

    def attention(self, Q: np.ndarray, K: np.ndarray) -> np.ndarray:
        """수식의 기호 Q, K는 그대로 씁니다."""
        B, T, D = Q.shape
        scores = Q @ K.swapaxes(1, 2) / np.sqrt(D)
        return scores.reshape(B, T, T)
'''

HEAD = 'def f(words: list[str], counts: dict[str, int]) -> object:\n    """x"""\n    '


def in_function(body: str) -> str:
    return HEAD + body


# rule, code, line
BAD = [
    ("docstring", "def encode(text: str) -> list[int]:\n    return [ord(letter) for letter in text]", 1),
    ("docstring", "class Encoder:\n    size: int = 3", 1),
    ("type-hints", 'def encode(text, size=3):\n    """글자를 셉니다."""\n    return len(text)', 1),
    ("type-hints", "class A:\n    '''설명'''\n    def __init__(self, size):\n        self.size = size", 3),
    ("commented-code", "total = 1\n# total = total + count(words)\nprint(total)", 2),
    ("vague-name", "words = []\ntmp = set(words)", 2),
    ("vague-name", "data1 = 3", 1),
    ("vague-name", 'def func2(words: list[str]) -> int:\n    """셉니다."""\n    return len(words)', 1),
    ("confusing-name", "l = [1]", 1),
    ("naming-style", 'def CountPairs(words: list[str]) -> int:\n    """셉니다."""\n    return len(words)', 1),
    ("shadowed-builtin", "list = [3]", 1),
    ("one-line", "a = 1; b = 2", 1),
    ("redefined", "def f() -> None:\n    '''x'''\n\n\ndef f() -> None:\n    '''x'''", 5),
    ("line-length", "names = '" + "가" * 150 + "'", 1),
    ("global-statement", "def f() -> None:\n    '''x'''\n    global COUNT\n    COUNT = 1", 3),
    ("mutable-global", "seen = {}\n\n\ndef f(key: str) -> None:\n    '''x'''\n    seen[key] = 1", 6),
    ("mutable-global", "log = []\n\n\ndef f(key: str) -> None:\n    '''x'''\n    log.append(key)", 6),
    ("mutable-default", "def f(seen: list[int] = []) -> list[int]:\n    '''x'''\n    return seen", 1),
    ("print-in-function", "def total(n: int) -> int:\n    '''x'''\n    print(n)\n    return n", 3),
    ("late-binding", "adders = []\nfor step in range(3):\n    adders.append(lambda value: value + step)", 3),
    ("loop-mutation", "words = ['a']\nfor word in words:\n    words.remove(word)", 3),
    ("bare-except", "try:\n    value = 1\nexcept:\n    value = 2", 3),
    ("swallowed-error", "try:\n    value = 1\nexcept Exception:\n    pass", 3),
    ("eval", "value = eval('1 + 1')", 1),
    ("unused-import", "import os", 1),
    ("star-import", "from math import *", 1),
    ("unused-variable", "def f() -> int:\n    '''x'''\n    unused = 3\n    return 2", 3),
    ("unused-loop-variable", "total = 0\nfor word in range(3):\n    total += 1", 2),
    ("empty-f-string", "title = f'제목'", 1),
    ("none-comparison", "found = None\nmissing = found == None", 2),
    ("bool-comparison", "found = True\nif found == True:\n    found = False", 2),
    ("type-comparison", "same = type(3) == type(4)", 1),
    ("literal-identity", "size = 3\nsame = size is 3", 2),
    ("lambda-assignment", "double = lambda value: 2 * value", 1),
    ("keys", "table = {1: 2}\nfound = 1 in table.keys()", 2),
    ("needless-bool", "def f(n: int) -> bool:\n    '''x'''\n    if n > 1:\n        return True\n    else:\n        return False", 3),
    ("comprehension", "sizes = list([len(word) for word in 'ab'])", 1),
    ("open-without-with", "text = open('a').read()", 1),
    ("useless-expression", "def f(n: int) -> int:\n    '''x'''\n    n == 3\n    return n", 3),
    (
        "range-len",
        "def f(words: list[str]) -> int:\n    '''x'''\n    for i in range(len(words)):\n        show(words[i])",
        3,
    ),
    ("field-term", in_function("voca = {}\n    voca['a'] = 1\n    return voca"), 3),
    ("enumerate", in_function("for i in range(len(words)):\n        show(i, words[i])"), 3),
    ("dict-items", in_function("for word in counts:\n        show(word, counts[word])"), 3),
    ("dict-default", in_function("if words not in counts:\n        counts[words] = 0\n    counts[words] += 1"), 3),
    ("front-of-list", in_function("queue = list(words)\n    while queue:\n        queue.pop(0)"), 5),
    ("front-of-list", in_function("merged = []\n    for word in words:\n        merged.insert(0, word)"), 5),
    ("growing-string", in_function("text = ''\n    while words:\n        text += words.pop()"), 5),
    ("list-membership", in_function("seen = []\n    for word in words:\n        if word in seen:\n            break"), 5),
    ("count-in-loop", in_function("return {word: words.count(word) for word in set(words)}"), 3),
    ("loop-invariant", in_function("known = list(words)\n    for word in words:\n        show(word, sorted(known))"), 5),
    ("sorted-for-extreme", in_function("return sorted(words)[-1]"), 3),
    ("many-arguments", "def f(" + ", ".join(f"n{i}: int" for i in range(8)) + ") -> int:\n    '''x'''\n    return 1", 1),
    ("syntax", "def f(:\n    pass", 1),
    ("syntax", "a = 1\nif a:\nb = 2", 3),
]


def found(source: str, rule: str) -> list[int]:
    return [finding.line for finding in review_sources({"solution-x": source}) if finding.rule == rule]


@pytest.mark.parametrize(("rule", "source", "line"), BAD, ids=[f"{rule}-{number}" for number, (rule, _s, _l) in enumerate(BAD)])
def test_a_rule_finds_its_line(rule: str, source: str, line: int) -> None:
    assert found(source, rule) == [line]


def test_good_code_has_no_finding() -> None:
    assert review_sources({"solution-x": GOOD}).findings == ()


def test_every_rule_says_what_and_why_in_korean() -> None:
    for rule in RULES.values():
        assert rule.message.endswith("."), rule.id
        assert "{" not in rule.reason, rule.id
        assert rule.reason.endswith(("다.", "요.", "보세요.")), rule.id
        assert any("가" <= letter <= "힣" for letter in rule.title + rule.message), rule.id


def test_every_rule_has_an_example() -> None:
    elsewhere = {"short-name", "long-function", "complex-function", "deep-nesting", "duplicate", "unreadable"}
    assert {rule for rule, _source, _line in BAD} | elsewhere == set(RULES)


def test_a_comment_quotes_the_line_and_offers_a_better_one() -> None:
    (finding,) = review_sources({"a": "found = 3\nif found == None:\n    found = 4"}).findings
    assert (finding.code, finding.better) == ("if found == None:", "if found is None:")
    assert finding.reason == RULES["none-comparison"].reason
    (finding,) = [f for f in review_sources({"a": "tmp = sorted([3, 1])"}).findings if f.rule == "vague-name"]
    assert "`sorted_pairs`" in finding.message
    assert finding.better == "", "other cells may use the notebook's own names"


def test_long_functions_count_code_and_not_comments() -> None:
    head = 'def work(total: int) -> int:\n    """일합니다."""\n'
    assert found(head + "    # 설명\n\n" * 40 + "    return total", "long-function") == []
    assert found(head + "    total += 1\n" * 41 + "    return total", "long-function") == [1]


def test_one_letter_names_may_live_for_a_few_lines() -> None:
    def of_length(lines: int, name: str) -> str:
        return (
            f'def work(total: int) -> int:\n    """일합니다."""\n    {name} = []\n'
            + "    total += 1\n" * lines
            + f"    return total + len({name})"
        )

    assert found(of_length(5, "s"), "short-name") == []
    assert found(of_length(20, "s"), "short-name") == [3]
    assert found(of_length(20, "n"), "short-name") == []  # a symbol of the field


def test_nesting_counts_blocks_and_not_elif() -> None:
    chain = 'def f(n: int) -> int:\n    """x"""\n    if n == 0:\n        return 0\n' + "".join(
        f"    elif n == {i}:\n        return {i}\n" for i in range(1, 8)
    )
    assert found(chain, "deep-nesting") == []
    deep = (
        'def f(n: int) -> int:\n    """x"""\n' + "".join("    " * (i + 1) + f"if n > {i}:\n" for i in range(5)) + "    " * 6 + "return 1\n"
    )
    assert found(deep, "deep-nesting") == [7]


def test_branches_make_a_function_complex() -> None:
    branches = "".join(f"    if n == {i}:\n        n += {i}\n" for i in range(13))
    source = f'def f(n: int) -> int:\n    """x"""\n{branches}    return n'
    (finding,) = [f for f in review_sources({"a": source}) if f.rule == "complex-function"]
    assert "14 > 12" in finding.message


COPIED = """
    merged_words = []
    for word in corpus.split():
        symbols = tuple(word)
        if len(symbols) > maximum_length:
            symbols = symbols[:maximum_length]
        merged_words.append(symbols)
    counts = Counter(merged_words)
"""


def test_copied_lines_between_cells_are_found_once() -> None:
    one = f'def first(corpus: str, maximum_length: int) -> int:\n    """x"""{COPIED}    return len(counts)'
    two = f'def second(corpus: str, maximum_length: int) -> dict:\n    """y"""{COPIED}    return dict(counts)'
    findings = [f for f in review_sources({"a": one, "b": two}) if f.rule == "duplicate"]
    assert [(f.cell, f.line) for f in findings] == [("b", 3)]
    assert "셀 `a`의 3번째 줄" in findings[0].message
    assert "7줄" in findings[0].message


def test_functions_that_differ_in_names_only_are_duplicates() -> None:
    template = textwrap.dedent(
        '''
        def {name}({a}: list[int]) -> int:
            """{name}"""
            {b} = 0
            for {c} in {a}:
                if {c} > 3:
                    {b} += {c}
            return {b}
        '''
    )
    one = template.format(name="sum_large", a="values", b="total", c="value")
    two = template.format(name="add_big", a="numbers", b="result", c="number")
    assert [f.cell for f in review_sources({"a": one, "b": two}) if f.rule == "duplicate"] == ["b"]
    assert not review_sources({"a": one, "b": two.replace("> 3", "< 3")}).count("duplicate")


def test_names_imported_in_one_cell_and_used_in_another_are_used() -> None:
    assert review_sources({"a": "import math", "b": "radius = math.pi"}).findings == ()


def test_each_cell_may_import_what_it_needs() -> None:
    again = "from collections import Counter\n\ncounts = Counter('ab')"
    assert review_sources({"a": "from collections import Counter", "b": again, "c": again.replace("ab", "cd")}).findings == ()
    assert review_sources({"a": "import math", "b": "import math, sys"}).count("unused-import") == 3
    assert review_sources({"a": "from re import match", "b": "from fnmatch import filter as match\n\nmatch(['a'], 'a')"}).count("redefined")


def test_a_part_of_the_cells_is_seen_with_all_of_them_in_mind() -> None:
    missing = {f"b{number}": f"import os as os{number}" for number in range(12)}
    review = review_sources({"a": "import math", **missing, "z": "area = math.pi\nimport sys"})
    assert review.count("unused-import") == 10
    assert [finding.cell for finding in review.within(["a", "z"])] == ["z"]
    assert review.within(["a", "z"]).penalty == 0.5


def test_a_value_shown_by_its_cell_is_not_thrown_away() -> None:
    assert review_sources({"a": "sizes = [3]\nsizes[0] == 3"}).findings == ()


def test_arguments_with_a_default_burden_nobody() -> None:
    options = ", ".join(f"n{i}: int = {i}" for i in range(9))
    assert found(f"def f(text: str, {options}) -> int:\n    '''x'''\n    return 1", "many-arguments") == []


def test_local_collections_are_not_global_ones() -> None:
    source = 'def f(n: int) -> list[int]:\n    """x"""\n    seen = []\n    seen.append(n)\n    return seen\n\n\nseen = f(3)'
    assert review_sources({"a": source, "b": "seen = [1]"}).count("mutable-global") == 0


def test_what_is_not_reviewed_costs_more_than_one_mistake():
    """A comment of a hundred thousand characters would otherwise hide everything else that is wrong with a cell."""
    ugly = "def f(a,b):\n    global x\n    x=eval(a)\n    return x+b"
    padded = review_sources({"solution-f": f"{ugly}\n# {'.' * 100_000}"})
    assert padded.count("unreadable") == 1
    assert padded.penalty >= 3.0

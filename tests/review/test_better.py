"""A better form parses in its cell, does the same, and is never offered where nothing is wrong."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import Any

import pytest

from autograder.build import build_source
from autograder.course import ROOT, open_course
from autograder.proof import definitions, load_alternatives, load_mutants, sources_of
from autograder.result import Finding
from autograder.review import RULES, Review, review_sources
from autograder.review.rules import WEIGHTS

Applied = Callable[[str, Finding], str]
Forms = Callable[..., list[Finding]]
ROOMS = {manifest.parent.name: manifest.parent for manifest in sorted((ROOT / "solutions").glob("*/assignment.yml"))}


@pytest.fixture
def forms(applied: Applied) -> Forms:
    """Findings with a better form, all of which parse."""

    def find(source: str, *rules: str) -> list[Finding]:
        found = [f for f in review_sources({"a": source}).findings if f.better and (not rules or f.rule in rules)]
        for finding in found:
            ast.parse(applied(source, finding))
        return found

    return find


# Bodies of a function of words, counts and text: the same calls must give the same before and after.
SAME = {
    "range-len": "total = 0\n    for i in range(len(words)):\n        total += len(words[i])\n    return total",
    "enumerate": "found = []\n    for i in range(len(words)):\n        found.append((i, words[i] + '한'))  # 자리와 단어\n    return found",
    "dict-items": "total = 0\n    for word in counts:\n        total += counts[word] * len(word)\n    return total",
    "dict-default": "for word in words:\n        if word not in counts:\n            counts[word] = 0\n        counts[word] += 2\n"
    "    return counts",
    "dict-default-list": "by = {}\n    for word in words:\n        if word not in by:\n            by[word] = []\n"
    "        by[word].append(1)\n    return by",
    "growing-string": "joined = ''\n    for word in words:\n        joined += word[:1]\n    return joined",
    "count-in-loop": "return {word: words.count(word) for word in set(words)}",
    "sorted-for-extreme": "return sorted(words or ['가'])[-1], sorted(counts or {'나': 1})[0]",
    "field-term": "voca = {}\n    for word in words:\n        voca[word] = len(voca)\n    return voca",
    "vague-name": "tmp = sorted(words)\n    return tmp",
    "none-comparison": "found = counts.get('가')\n    return found == None, found != None",
    "type-comparison": "return type(words) == list, type(text) != str",
    "keys": "return '가' in counts.keys()",
    "needless-bool": "if len(words) > 1:\n        return True\n    else:\n        return False",
    "comprehension": "return list([word for word in words]), set([len(word) for word in words])",
    "empty-f-string": "return f'한글' + text",
    "one-line": "total = 0; total += len(words)\n    if total > 1: return '많음'\n    return total",
    "unused-loop-variable": "total = 0\n    for word in words:\n        total += 1\n    return total",
    "lambda-assignment": "double = lambda n: 2 * n\n    return double(len(words))",
}
ARGUMENTS = [
    ([], {}, ""),
    (["가"], {"가": 2}, "가"),
    (["나무", "가", "나무"], {"나무": 1, "라": 5}, "나무 가"),
    (["a", "bb", "한글", "bb", "a"], {"bb": 3}, "x"),
]


@pytest.mark.parametrize("name", SAME)
def test_a_better_form_does_the_same(name: str, forms: Forms, applied: Applied) -> None:
    head = (
        "from collections import Counter\n\nseen = Counter()\n\n\ndef f(words: list[str], counts: dict[str, int], text: str) -> object:\n"
    )
    source = f'{head}    """설명"""\n    {SAME[name]}\n'
    found = forms(source, name.removesuffix("-list"))
    assert found, [(f.rule, f.line, f.better) for f in review_sources({"a": source}).findings]
    for finding in found:
        assert finding.better != finding.code
        assert [behaviour(source, a) for a in ARGUMENTS] == [behaviour(applied(source, finding), a) for a in ARGUMENTS]


def behaviour(source: str, arguments: Any) -> Any:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    given = copy.deepcopy(arguments)
    return namespace["f"](*given), given


# What looks alike and would not do the same.
LEFT = [
    ("range-len", "for i in range(len(words)):\n        words[i] = text\n    return words"),
    (
        "enumerate",
        "for i in range(len(words)):\n        if words[i] == text:\n            words.pop()\n            return i\n    return words",
    ),
    ("range-len", "for i in range(len(words)):\n        show(words[i])\n    return i"),
    ("range-len", "for i in range(len(words)):\n        words[i].append(1)\n        grow(words)\n    return words"),
    ("dict-items", "for word in counts:\n        counts[word] += counts[word]\n    return counts"),
    ("growing-string", "joined = ''\n    for word in words:\n        joined += word + joined\n    return joined"),
    ("growing-string", "joined = ''\n    for word in words:\n        joined += word\n    return joined, word"),
    ("vague-name", "tmp = sorted(words)\n    sorted_pairs = 3\n    return tmp, sorted_pairs"),
    ("field-term", "voca = {}\n    return f'{voca}', voca"),
    ("sorted-for-extreme", "return sorted(words, key=len)[-1]"),
    ("dict-default", "if text not in counts:\n        counts[text] = 0\n    counts[text] += len(counts)\n    return counts"),
    ("count-in-loop", "return {word: words.count(word) for word in words if word}"),
]


@pytest.mark.parametrize(("rule", "body"), LEFT)
def test_what_would_change_is_left_alone(rule: str, body: str, forms: Forms) -> None:
    source = f'def f(words: list[str], counts: dict[str, int], text: str) -> object:\n    """설명"""\n    {body}\n'
    assert forms(source, rule) == []


def test_headers_get_types_only_where_they_are_certain(forms: Forms) -> None:
    (known,) = forms('def encode(text, size=3):\n    """셉니다."""\n    return len(text) + size > 2', "type-hints")
    assert known.better == "def encode(text: str, size: int = 3) -> bool:"
    assert forms('def encode(thing):\n    """셉니다."""\n    return len(thing)', "type-hints") == []
    source = "def size_of(text: str) -> int:\n    return len(text)"
    (described,) = forms(source, "docstring")
    assert described.better == 'def size_of(text: str) -> int:\n    """text를 받아 (무엇)을 돌려줍니다."""'


def test_at_most_three_of_a_rule_are_shown_and_the_weightiest_first() -> None:
    review = review_sources({"a": "found = None\n" + "missing = found == None\n" * 7 + "try:\n    found = 1\nexcept:\n    found = 2\n"})
    assert review.count("none-comparison") == 7
    assert [finding.rule for finding in review.shown] == ["bare-except", *["none-comparison"] * 3]
    assert review.shown[-1].message.endswith("(외 4곳)")
    assert Review().shown == ()


def test_advice_costs_nothing() -> None:
    review = review_sources({"a": 'def f(words: list[str]) -> str:\n    """x"""\n    return sorted(words)[0]'})
    assert review.count("sorted-for-extreme") == 1
    assert review.penalty == WEIGHTS[RULES["sorted-for-extreme"].severity] == 0


@pytest.mark.parametrize("name", ROOMS)
def test_the_teaching_solution_has_no_finding(name: str) -> None:
    course = open_course()
    cells = [cell for cell in definitions(build_source(course, course.assignment(name))) if cell.is_solution]
    assert [f"{f.cell}:{f.line} {f.message}" for f in review_sources(sources_of(cells)).findings] == []


@pytest.mark.parametrize("name", ROOMS)
def test_correct_solutions_by_other_means_have_few(name: str) -> None:
    for alternative, source in load_alternatives(ROOMS[name]).items():
        shown = review_sources({"a": source}).shown
        assert len(shown) <= 3, (alternative, [(f.line, f.message) for f in shown])


@pytest.mark.parametrize("name", ROOMS)
def test_better_forms_of_typical_mistakes_parse(name: str, forms: Forms) -> None:
    mutants = load_mutants(ROOMS[name])
    offered = sum(len(forms(mutant.source)) for mutant in mutants)
    assert offered or not mutants

"""Settings are read as they were written, or refused with line and column."""

from __future__ import annotations

import contextlib
import time
from datetime import date
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autograder.strictyaml import YamlProblem, load_yaml, parse_yaml


def test_plain_values():
    text = 'a: 0.1\nb: [1, -2, "3", true, null]\nc: {d: 2025-03-01, e: 가나다}\nf: .5\ng: 1.10\n'
    assert parse_yaml(text) == {
        "a": Decimal("0.1"),
        "b": [1, -2, "3", True, None],
        "c": {"d": date(2025, 3, 1), "e": "가나다"},
        "f": Decimal("0.5"),
        "g": Decimal("1.10"),
    }


REFUSED = {
    "key twice": ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' stands here a second time"),
    "key twice inside": ("items:\n  - {id: x, points: 1, points: 2}\n", "line 2, column 24: the key 'points'"),
    "alias": ("a: &x [1]\nb: *x\n", "line 1, column 4: anchors"),
    "merge key": ("a: &x {b: 1}\nc: {<<: *x}\n", "anchors"),
    "recursion": ("&a [*a]\n", "anchors"),
    "number as key": ("1: x\n", "line 1, column 1: a key is a text"),
    "list as key": ("? [a]\n: x\n", "a key is a text"),
    "nothing as key": ("~: x\n", "a key is a text"),
    "octal": ("a: 010\n", "'010' is no plain whole number"),
    "hexadecimal": ("a: 0x10\n", "'0x10' is no plain whole number"),
    "underscores": ("a: 1_000\n", "'1_000' is no plain whole number"),
    "a time of day": ("a: 1:30\n", "'1:30' is no plain whole number"),
    "a long number": (f"a: {'9' * 5000}\n", "is no plain whole number"),
    "not a number": ("a: .nan\n", "'.nan' is no plain decimal number"),
    "infinite": ("a: .inf\n", "'.inf' is no plain decimal number"),
    "exponent": ("a: 1.5e+300\n", "'1.5e+300' is no plain decimal number"),
    "yes": ("draft: yes\n", "write true or false instead of 'yes'"),
    "off": ("draft: off\n", "write true or false instead of 'off'"),
    "python object": ("a: !!python/object/apply:os.system [ls]\n", "could not determine a constructor"),
    "no YAML": ("a: [1\nb: 2\n", "line 2, column 2: expected ',' or ']'"),
    "tab": ("a:\n\t- 1\n", "line 2, column 1: found character"),
    "control character": ("a: \x07\n", "not YAML: unacceptable character"),
    "two documents": ("a: 1\n---\nb: 2\n", "but found another document"),
    "deep": ("[" * 21 + "]" * 21, "nested more than 20 deep"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_its_place(case):
    text, message = REFUSED[case]
    with pytest.raises(YamlProblem) as caught:
        parse_yaml(text)
    assert message in str(caught.value)


def test_bombs_cost_nothing():
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    started = time.process_time()
    for text in (laughs, "[" * 200_000, "{a: " * 100_000, "- " * 100_000):
        with pytest.raises(YamlProblem):
            parse_yaml(text)
    assert time.process_time() - started < 20  # a guard against hanging, not a measurement


def test_files(tmp_path):
    path = tmp_path / "x.yml"
    with pytest.raises(FileNotFoundError):
        load_yaml(path)
    path.write_bytes(b"\xff\xfea")
    with pytest.raises(YamlProblem, match="not UTF-8"):
        load_yaml(path)
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_yaml(path) == {"a": 1}
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(YamlProblem, match="longer than 1,000,000 bytes"):
        load_yaml(path)
    with pytest.raises(YamlProblem, match="cannot be read"):
        load_yaml(tmp_path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc가", max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_whatever_is_plain_comes_back(value):
    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data):  # noqa: ARG002
            return True

    assert parse_yaml(yaml.dump(value, Dumper=Plain, allow_unicode=True)) == value


@given(st.text(max_size=60))
def test_any_text_gives_a_value_or_a_problem(text):
    with contextlib.suppress(YamlProblem):
        parse_yaml(text)

"""Solution cells as modules: what goes in, what is imported, and what is found wrong in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.kit.modules import make_modules, read_cells, write_modules

GIVEN = (
    "from __future__ import annotations\nimport math, json\nfrom collections import Counter\nLIMIT = {'cpu': 3}[PROFILE]\nprint('draws')"
)


def cell(source: str, name: str = "", *, locked: bool = False, solution: bool = False):
    about = {"nbgrader": {"grade_id": name, "locked": locked, "solution": solution}} if name else {}
    return new_code_cell(source, metadata=about)


def given(source: str, name: str = "given-x"):
    return cell(source, name, locked=True)


def solution(source: str, name: str):
    return cell(source, f"solution-{name}", solution=True)


def notebook(*cells):
    parameters = cell('PROFILE = "cpu"\nSTUDENT_ID = "20240001"')
    return new_notebook(cells=[new_markdown_cell("# 글"), parameters, given(GIVEN), *cells])


def made(folder, wanted, *cells) -> list[str]:
    return write_modules(make_modules(read_cells(notebook(*cells)), wanted), folder / "tokenizers")


ADD = solution("def add(a: int, b: int) -> int:\n    return min(a + b, LIMIT)", "add")
COUNT = solution("def count(words):\n    return Counter(add(1, len(w)) for w in words)", "count")


def run(folder, script: str) -> str:
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_a_module_holds_its_cells_and_what_they_use(tmp_path):
    assert made(tmp_path, {"sums": ["add", "count"]}, ADD, COUNT, solution("def other(): return json", "other")) == []
    text = (tmp_path / "tokenizers/sums.py").read_text("utf-8")
    for part in (ADD.source, COUNT.source, 'PROFILE = "cpu"', "LIMIT = {'cpu': 3}[PROFILE]", "from collections import Counter"):
        assert part in text
    for part in ("draws", "json", "STUDENT_ID", "other", "math"):
        assert part not in text
    assert text.index("Counter") < text.index("LIMIT") < text.index("def add") < text.index("def count")
    assert run(tmp_path, "from tokenizers.sums import count; print(sorted(count(['a', 'abcdef']).items()))") == "[(2, 1), (3, 1)]"
    assert sorted(path.name for path in (tmp_path / "tokenizers").iterdir() if path.name != "__pycache__") == ["__init__.py", "sums.py"]


def test_modules_of_one_deliverable_import_from_each_other(tmp_path):
    assert made(tmp_path, {"one": ["add"], "two": ["count"]}, ADD, COUNT) == []
    assert "from .one import add" in (tmp_path / "tokenizers/two.py").read_text("utf-8")
    assert "def add" not in (tmp_path / "tokenizers/two.py").read_text("utf-8")


def test_a_cell_of_another_deliverable_comes_along(tmp_path):
    assert made(tmp_path, {"two": ["count"]}, ADD, COUNT) == []
    assert "def add" in (tmp_path / "tokenizers/two.py").read_text("utf-8")


def test_helpers_from_cells_of_the_students_own(tmp_path):
    helper = cell("import functools\nCACHE = {}\nCACHE['x'] = 1\n\n@functools.cache\ndef helper(x):\n    return CACHE, x")
    assert made(tmp_path, {"m": ["f"]}, helper, solution("def f(x):\n    return helper(x)", "f")) == []
    assert run(tmp_path, "from tokenizers.m import f; print(f(2))") == "({'x': 1}, 2)"


def test_it_imports_the_library_that_it_is_named_after(tmp_path):
    source = "def version():\n    import tokenizers\n    return tokenizers.__version__\n\nVERSION = version()"
    assert made(tmp_path, {"m": ["f"]}, solution(source, "f")) == []


def test_the_students_id_stays_at_home(tmp_path):
    assert made(tmp_path, {"m": ["f"]}, solution("def f():\n    return STUDENT_ID", "f")) == []
    text = (tmp_path / "tokenizers/m.py").read_text("utf-8")
    assert 'STUDENT_ID = ""' in text
    assert "2024" not in text


def test_display_and_future_imports(tmp_path):
    source = "from __future__ import annotations\n\ndef f(x: Nowhere):\n    display(x)"
    problems = made(tmp_path, {"m": ["f"]}, solution("X = 1", "x"), solution(source, "f"))
    assert problems == ["tokenizers/m.py: `Nowhere`: 모듈에 담을 정의가 없습니다. 함수 밖의 값은 인자로 받으세요."]
    assert made(tmp_path, {"m": ["f"]}, solution("X = 1", "x"), solution(source.replace("Nowhere", "int"), "f")) == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([solution("%time\ndef f():\n    return 1", "f")], "%나 !로 시작하는 줄"),
        ([solution("def f(:", "f")], "파이썬으로 읽을 수 없습니다"),
        ([solution("def f():\n    return 1\n\n1 / 0", "f")], "가져올 수 없습니다. ZeroDivisionError: division by zero"),
        ([solution("import no_such_library\ndef f(): pass", "f")], "ModuleNotFoundError: No module named 'no_such_library'"),
        ([solution("def f():\n    return 1\n\nraise SystemExit(3)", "f")], "가져올 수 없습니다. SystemExit: 3"),
        ([solution("def f():\n    return 1\n\nimport os\nos._exit(0)", "f")], "파이썬이 끝났습니다"),
        ([], "solution-f: 이 셀이 노트북에 없습니다."),
        ([solution("def f():\n    return x", "f"), given("with open('/') as x:\n    pass")], "`x`: 모듈에 담을 정의가 없습니다"),
        ([solution("def f():\n    return 1", "f"), cell("def f():\n    return 2")], "`f`: 셀 5가 다시 정의해서"),
        ([solution("def f():\n    return 1\n\nfrom json import *\nglobals()['f'] = dumps", "f")], "풀이 셀에 쓴 것과 다릅니다"),
        ([solution("def f():\n    return 1\n\ndel f", "f")], "`f`: 모듈에 남아 있지 않습니다"),
    ],
    ids=["magic", "syntax", "raises", "import", "exit", "dies", "absent", "bound in a with", "redefined", "replaced", "deleted"],
)
def test_what_is_wrong_is_said(tmp_path, cells, said):
    problems = made(tmp_path, {"m": ["f"]}, *cells)
    assert len(problems) == 1, problems
    assert said in problems[0]
    assert (tmp_path / "tokenizers/m.py").is_file()


def test_a_cell_may_wrap_what_it_defines(tmp_path):
    wrapped = "def plain(g):\n    return lambda: g()\n\n@plain\ndef f():\n    return 1\n\ndef h():\n    return 2\n\nh = plain(h)"
    assert made(tmp_path, {"m": ["f"]}, solution(wrapped, "f")) == []


def test_a_star_import_of_the_students_own(tmp_path):
    assert made(tmp_path, {"m": ["f"]}, cell("from math import *"), solution("def f(x):\n    return sqrt(x)", "f")) == []
    assert run(tmp_path, "from tokenizers.m import f; print(f(4))") == "2.0"


def test_one_broken_module_leaves_the_others(tmp_path):
    problems = made(tmp_path, {"bad": ["f"], "good": ["add"]}, ADD, solution("1 / 0", "f"))
    assert [problem.partition(":")[0] for problem in problems] == ["tokenizers/bad.py"]


def test_an_endless_import_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("course_lib.kit.modules.SECONDS", 1.0)
    (problem,) = made(tmp_path, {"m": ["f"]}, solution("while True: pass", "f"))
    assert "1초 안에" in problem


def test_the_text_is_the_same_each_time():
    cells = read_cells(notebook(ADD, COUNT))
    assert make_modules(cells, {"m": ["count"]})[0].source == make_modules(cells, {"m": ["count"]})[0].source


def test_the_package_gives_every_public_name_from_beside_pack(tmp_path):
    hidden = solution("def _inner(x):\n    return x\n\ndef outer(x):\n    return _inner(x)", "outer")
    broken = solution("def lost():\n    return NOWHERE\n\nlost()", "lost")
    assert write_modules(
        make_modules(read_cells(notebook(ADD, COUNT, hidden, broken)), {"one": ["add", "outer"], "two": ["count"], "bad": ["lost"]}),
        tmp_path / "pack/tokenizers",
    )
    assert run(tmp_path, "from pack.tokenizers import add, count, outer; print(add(1, 1), outer(4))") == "2 4"
    assert run(tmp_path, "import pack.tokenizers as t; print(t.__all__, hasattr(t, '_inner'))") == "['add', 'outer', 'count', 'lost'] False"
    assert run(tmp_path, "import tokenizers; print(tokenizers.__file__.startswith('" + str(tmp_path) + "'))") == "False"


def test_of_an_import_a_module_has_the_names_that_it_uses(tmp_path):
    several = given("from math import ceil, floor, sqrt as root", "given-math")
    assert made(tmp_path, {"m": ["f"]}, several, solution("def f(x):\n    return root(floor(x))", "f")) == []
    text = (tmp_path / "tokenizers/m.py").read_text("utf-8")
    assert "from math import floor, sqrt as root" in text
    assert "ceil" not in text

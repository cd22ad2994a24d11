"""Whatever is wrong with an authored notebook is said with file, line and cell."""

from __future__ import annotations

from pathlib import Path

import pytest
import tinycourse

from autograder.authoring import author_notebook
from autograder.build import BuildError, build_source
from autograder.course import Course

ADD = '```{code-cell} python\n:tags: ["item:add"]\n\ncheck("add")\n```\n'
ESSAY = '+++ {"tags": ["item:essay-add"]}\n'


def notebook_file(course: Course) -> Path:
    return course.room(tinycourse.ID) / "notebook.md"


def problems_after(course: Course, old: str, new: str) -> list[str]:
    """Replace a text in the tiny notebook, and return what the build says about it."""
    path = notebook_file(course)
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BuildError) as caught:
        build_source(course, course.assignment(tinycourse.ID))
    return str(caught.value).splitlines()


def lines_of(course: Course, text: str) -> list[int]:
    lines = notebook_file(course).read_text(encoding="utf-8").splitlines()
    return [n for n, line in enumerate(lines, 1) if text in line]


def code(tags: str, source: str) -> str:
    return f"```{{code-cell}} python\n:tags: {tags}\n\n{source}\n```\n"


# name: (text to replace, replacement, text near the place, message)
BROKEN: dict[str, tuple[str, str, str, str]] = {
    "untagged code cell": (
        ":tags: [free]\n\n# 자유롭게",
        "\n# 자유롭게",
        "# 자유롭게",
        "code cell without a tag; it needs one of parameters, given:…, solution:…, item:… and free",
    ),
    "two roles": (":tags: [free]", ':tags: [free, "given:x"]', "# 자유롭게", "a cell has one role, this one has free, given:x"),
    "typo in the role": ('"solution:total"', '"soluton:total"', "def total", "unknown tag 'soluton:total'; did you mean 'solution:total'?"),
    "typo in item": ('"item:total"', '"itme:total"', 'check("total")', "unknown tag 'itme:total'; did you mean 'item:total'?"),
    "typo in free": ("[free]", "[fre]", "# 자유롭게", "unknown tag 'fre'; did you mean 'free'?"),
    "typo in parameters": ("[parameters]", "[parameter]", "PROFILE", "unknown tag 'parameter'; did you mean 'parameters'?"),
    "role without a name": ('"given:start"', "given", "from course_lib.kit.notebook", "unknown tag 'given'"),
    "empty name": ('"given:start"', '"given:"', "from course_lib.kit.notebook", "tag 'given:': a name is small letters"),
    "space in the name": ('"item:total"', '"item: total"', 'check("total")', "tag 'item: total': a name is small letters"),
    "a colon without quotation marks": ('["item:total"]', "[item: total]", 'check("total")', "tags are a list of different texts"),
    "tags that are a text": ("[free]", "free", "# 자유롭게", "tags are a list of different texts"),
    "tags of a written cell": (ESSAY, '+++ {"tags": "item:essay-add"}\n', "+++ {", "tags are a list of different texts"),
    "a tag twice": ("[free]", "[free, free]", "# 자유롭게", "tags are a list of different texts"),
    "option misspelt": (":tags: [free]", ":tag: [free]", "# 자유롭게", "cell option 'tag' is unknown; did you mean 'tags'?"),
    "nbgrader by hand": (":tags: [free]", ":nbgrader: {grade: true}", "# 자유롭게", "cell option 'nbgrader' is unknown"),
    "unknown item": ('"item:total"', '"item:totall"', 'check("total")', "the manifest has no item 'totall'; did you mean 'total'?"),
    "item's cell twice": (ADD, ADD + "\n" + ADD, 'check("add")', "item 'add' has a cell already: cell 6, line"),
    "name twice": ('"solution:total"', '"solution:add"', "def total", "the name 'solution-add' is taken: cell 5, line"),
    "second parameters": ("[free]", "[parameters]", "# 자유롭게", "a second parameters cell; the first is cell 2"),
    "region without end": (
        "return a + b  # SECRET-ADD\n    ### END SOLUTION",
        "return a + b  # SECRET-ADD",
        "### BEGIN SOLUTION",
        "BEGIN SOLUTION without END SOLUTION",
    ),
    "end without region": (
        "# 자유롭게 시험해 보세요.",
        "x = 1\n### END SOLUTION",
        "### END SOLUTION",
        "END SOLUTION without BEGIN SOLUTION",
    ),
    "region in a region": (
        "    return a + b  # SECRET-ADD",
        "    ### BEGIN SOLUTION\n    return a + b",
        "### BEGIN SOLUTION",
        "a second BEGIN SOLUTION before the END SOLUTION of the first",
    ),
    "solution without region": (
        "    ### BEGIN SOLUTION\n    return a + b  # SECRET-ADD\n    ### END SOLUTION",
        "    return a + b",
        "def add",
        "a solution cell holds its answer between ### BEGIN SOLUTION and ### END SOLUTION",
    ),
    "region in a given cell": (
        'start("t01_sums", student=STUDENT_ID, profile=PROFILE, seed=SEED)',
        "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
        "### BEGIN SOLUTION",
        "a solution region stands only in solution:… cells and in items graded by hand",
    ),
    "region in prose": (
        "덧셈 하나로",
        "### BEGIN SOLUTION\n숨김\n### END SOLUTION\n덧셈 하나로",
        "### BEGIN",
        "a solution region stands only in solution:… cells",
    ),
    "region in an automatic item": (
        'check("total")',
        "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
        "def f",
        "item 'total' is graded automatically",
    ),
    "essay without region": (
        "### BEGIN SOLUTION\n교환 법칙 때문입니다. SECRET-ESSAY\n### END SOLUTION\n",
        "",
        "덧셈의 순서를",
        "item 'essay-add' is graded by hand, and its cell holds its answer between",
    ),
    "automatic item in prose": (
        code('["item:total"]', 'check("total")'),
        '+++ {"tags": ["item:total"]}\n\n합계\n\n+++\n',
        "합계",
        "item 'total' is graded automatically, so its cell is code",
    ),
    "solution in prose": (
        code("[free]", "# 자유롭게 시험해 보세요."),
        '+++ {"tags": ["solution:words"]}\n\n### BEGIN SOLUTION\n답\n### END SOLUTION\n\n+++\n',
        "### BEGIN SOLUTION",
        "solution:… is for code",
    ),
    "free in prose": (
        code("[free]", "# 자유롭게 시험해 보세요."),
        '+++ {"tags": ["free"]}\n\n글\n\n+++\n',
        "글",
        "the tag free is for code cells",
    ),
    "region at the margin": (
        "# 자유롭게 시험해 보세요.\n```\n",
        "x = 1\n```\n\n" + code('["solution:top"]', "### BEGIN SOLUTION\nanswer = 3\n### END SOLUTION"),
        "answer = 3",
        "the stub here would raise when the cell runs",
    ),
    "region in an if": (
        "# 자유롭게 시험해 보세요.\n```\n",
        "x = 1\n```\n\n" + code('["solution:top"]', "if x:\n    ### BEGIN SOLUTION\n    y = 3\n    ### END SOLUTION"),
        "y = 3",
        "the stub here would raise when the cell runs",
    ),
    "region in a class body": (
        "# 자유롭게 시험해 보세요.\n```\n",
        "x = 1\n```\n\n" + code('["solution:top"]', "class A:\n    ### BEGIN SOLUTION\n    y = 3\n    ### END SOLUTION"),
        "y = 3",
        "the stub here would raise when the cell runs",
    ),
    "no Python": ("result = 0  # SECRET-TOTAL", "result = = 0", "result = = 0", "no valid Python: invalid syntax"),
    "no Python without the solution": (
        "    ### BEGIN SOLUTION\n    return a + b  # SECRET-ADD\n    ### END SOLUTION",
        "    try:\n        ### BEGIN SOLUTION\n        return a + b\n    except ValueError:\n        ### END SOLUTION\n        raise",
        "def add",
        "without its solution the cell is no valid Python",
    ),
    "checks another item": ('check("total")', 'check("add")', 'check("add")', "the cell of item 'total' checks 'add'"),
    "hidden tests": (
        'check("total")',
        'check("total")\n### BEGIN HIDDEN TESTS\nassert total([1]) == 1\n### END HIDDEN TESTS',
        "### BEGIN HIDDEN TESTS",
        "BEGIN HIDDEN TESTS has no place here; hidden checks stand in checks.py",
    ),
    "marking scheme": ("표를 읽고", "=== BEGIN MARK SCHEME ===\n표를 읽고", "MARK SCHEME", "BEGIN MARK SCHEME has no place here"),
    "autotest": ('check("total")', '### AUTOTEST total([1])\ncheck("total")', "AUTOTEST", "AUTOTEST has no place here"),
    "attachment": ("덧셈 하나로", "![](attachment:x.png) 덧셈 하나로", "attachment", "attachments are lost on the way"),
    "code cell in a list": (
        "덧셈 하나로",
        "- 예:\n\n  ```{code-cell} python\n  :tags: [free]\n\n  1\n  ```\n\n덧셈 하나로",
        "  ```{code-cell}",
        "a code cell inside a list or another block would be read as prose",
    ),
    "raw cell": (
        code("[free]", "# 자유롭게 시험해 보세요."),
        "```{raw-cell}\n:tags: [free]\n\nx y z\n```\n",
        "x y z",
        "raw cells are not used",
    ),
    "prose after an essay": (
        "### END SOLUTION\n\n+++\n\n## 실험",
        "### END SOLUTION\n\n## 실험",
        "## 실험",
        "text after the answer belongs to its cell; end the cell with a line +++",
    ),
    "local picture": ("덧셈 하나로", "![그림](sum.png) 덧셈 하나로", "sum.png", "students receive the notebook alone"),
    "profile": ('PROFILE = "cpu"', 'PROFILE = "gpu"', "PROFILE", "the parameters cell sets PROFILE = 'cpu'"),
    "seed": ("SEED = 0\n", "SEED = False\n", "PROFILE", "the parameters cell sets SEED = 0"),
    "student": ('STUDENT_ID = ""', "", "PROFILE", "the parameters cell sets STUDENT_ID = ''"),
    "code before the parameters": (
        "# 덧셈\n\n",
        "# 덧셈\n\n" + code("[free]", "x = 1") + "\n",
        "PROFILE",
        "the parameters come first, before all other code",
    ),
    "long name": ('"given:start"', f'"given:{"a" * 60}"', "from course_lib.kit.notebook", "is longer than 64 characters"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_notebook_says_what_and_where(case, tiny_course):
    old, new, near, message = BROKEN[case]
    problems = problems_after(tiny_course, old, new)
    matching = [line for line in problems if message in line]
    assert matching, problems
    place = matching[0].removeprefix(f"{notebook_file(tiny_course)}:")
    line, _, rest = place.partition(": ")
    assert rest.startswith("cell ")
    assert min(abs(int(line) - there) for there in lines_of(tiny_course, near)) <= 2


def test_the_line_is_exact_inside_a_cell(tiny_course):
    problems = problems_after(tiny_course, "result = 0  # SECRET-TOTAL", "result = = 0")
    assert problems == [
        f"{notebook_file(tiny_course)}:{lines_of(tiny_course, 'result = = 0')[0]}: cell 12: no valid Python: invalid syntax"
    ]


def test_item_without_its_cell(tiny_course):
    problems = problems_after(tiny_course, ADD, "")
    assert problems == [f"{notebook_file(tiny_course)}:1: item 'add' of the manifest has no cell; tag one item:add"]


def test_deliverables_are_made_of_cells_that_are_there(tiny_course):
    problems = problems_after(tiny_course, "solution:total", "solution:totals")
    assert problems == [
        f"{notebook_file(tiny_course)}:1: the manifest makes 'sums/' of the cell 'total', but none is tagged solution:total"
    ]


def test_no_parameters(tiny_course):
    problems = problems_after(tiny_course, "[parameters]", "[free]")
    assert len(problems) == 1
    assert "no cell is tagged parameters; the first code cell sets PROFILE" in problems[0]


def test_everything_is_said_at_once(tiny_course):
    path = notebook_file(tiny_course)
    text = path.read_text(encoding="utf-8").replace("[parameters]", "[fre]").replace('"item:total"', '"item:tot"')
    path.write_text(text.replace("return a + b", "return a +"), encoding="utf-8")
    with pytest.raises(BuildError) as caught:
        build_source(tiny_course, tiny_course.assignment(tinycourse.ID))
    assert len(str(caught.value).splitlines()) == 5, str(caught.value)  # two tags, an item without a cell, no parameters, a syntax error


def test_an_item_id_that_the_build_uses(tiny_course):
    for path in tiny_course.room(tinycourse.ID).glob("*.*"):
        text = path.read_text(encoding="utf-8").replace('"add"', '"text-1"').replace("item:add", "item:text-1")
        path.write_text(text.replace("{id: add,", "{id: text-1,").replace("[add]", "[text-1]"), encoding="utf-8")
    with pytest.raises(BuildError, match="the id 'text-1' is the build's own"):
        build_source(tiny_course, tiny_course.assignment(tinycourse.ID))


def test_missing_and_unreadable_files(tiny_course):
    assignment = tiny_course.assignment(tinycourse.ID)
    path = notebook_file(tiny_course)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BuildError, match=r"notebook\.md: not UTF-8"):
        author_notebook(path, assignment, tiny_course)
    path.write_text("---\na: [\n---\n\n글\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"notebook\.md: Notebook metadata"):
        author_notebook(path, assignment, tiny_course)
    path.write_text('글\n\n+++ {"tags": [}\n\n글\n', encoding="utf-8")
    with pytest.raises(BuildError, match=r"notebook\.md: "):
        author_notebook(path, assignment, tiny_course)
    path.write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match="no cell is tagged parameters"):
        author_notebook(path, assignment, tiny_course)
    path.unlink()
    with pytest.raises(BuildError, match=r"notebook\.md: no such file"):
        author_notebook(path, assignment, tiny_course)


@pytest.mark.parametrize("source", ["%matplotlib inline\nx = 1", "!ls", "x = await f()", "%%time\nx = 1", "", "f?"])
def test_what_ipython_understands_is_accepted(source, tiny_course):
    path = notebook_file(tiny_course)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# 자유롭게 시험해 보세요.", source), encoding="utf-8")
    cells = build_source(tiny_course, tiny_course.assignment(tinycourse.ID)).cells
    assert next(cell for cell in cells if cell.id == "free-1").source == source


def test_a_second_region_and_a_method_are_accepted(tiny_course):
    cell = code(
        '["solution:counter"]',
        "class Counter:\n    def up(self):\n        ### BEGIN SOLUTION\n        self.n += 1\n        ### END SOLUTION\n\n"
        "    def down(self):\n        ### BEGIN SOLUTION\n        self.n -= 1\n        ### END SOLUTION",
    )
    path = notebook_file(tiny_course)
    path.write_text(path.read_text(encoding="utf-8") + "\n" + cell, encoding="utf-8")
    assert build_source(tiny_course, tiny_course.assignment(tinycourse.ID)).cells[-1].id == "solution-counter"


def test_display_tags_stay_and_role_tags_go(tiny_course):
    path = notebook_file(tiny_course)
    text = path.read_text(encoding="utf-8").replace('["given:start"]', '["given:start", hide-input]')
    path.write_text(text, encoding="utf-8")
    cells = {cell.id: cell for cell in build_source(tiny_course, tiny_course.assignment(tinycourse.ID)).cells}
    assert cells["given-start"].metadata.tags == ["hide-input"]
    assert cells["parameters"].metadata.tags == ["parameters"]
    assert all("tags" not in cells[name].metadata for name in ("solution-add", "add", "essay-add", "free-1"))


def test_points_in_prose_come_from_the_manifest(tiny_course):
    path = notebook_file(tiny_course)
    path.write_text(path.read_text(encoding="utf-8") + "\n+++\n\n{points}`add double`점과 {points}`total`점\n", encoding="utf-8")
    assignment = tiny_course.assignment(tinycourse.ID)
    first, second = (assignment.by_id["add"].points + assignment.by_id["double"].points, assignment.by_id["total"].points)
    assert author_notebook(path, assignment, tiny_course).cells[-1].source == f"{float(first):g}점과 {float(second):g}점"


def test_points_of_nothing_are_refused(tiny_course):
    path = notebook_file(tiny_course)
    path.write_text(path.read_text(encoding="utf-8") + "\n+++\n\n{points}`ad`\n", encoding="utf-8")
    with pytest.raises(BuildError, match="'ad' is none"):
        author_notebook(path, tiny_course.assignment(tinycourse.ID), tiny_course)


def added(course, text: str) -> str:
    """What becomes of prose at the end of the notebook."""
    path = notebook_file(course)
    path.write_text(path.read_text(encoding="utf-8") + f"\n+++\n\n{text}\n", encoding="utf-8")
    return author_notebook(path, course.assignment(tinycourse.ID), course).cells[-1].source


def test_criteria_in_prose_come_from_the_manifest(tiny_course):
    criteria = tiny_course.assignment(tinycourse.ID).by_id["essay-add"].criteria
    text = added(tiny_course, "{criteria}`essay-add`")
    assert text.splitlines() == [f"- {line.text} ({float(line.points):g}점)" for line in criteria]


def test_criteria_of_a_program_are_refused(tiny_course):
    with pytest.raises(BuildError, match="'add' has none"):
        added(tiny_course, "{criteria}`add`")


def test_links_into_the_book_need_a_public_address(tiny_course):
    page = tiny_course.root / "book" / "sums.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text("# 덧셈\n\n(carry)=\n## 올림\n", encoding="utf-8")
    config = tiny_course.root / "_config.yml"
    config.write_text("html:\n  baseurl: https://course.example/\n", encoding="utf-8")
    assert added(tiny_course, "교재의 {book}`sums#carry`") == "교재의 ‘올림’"
    config.write_text("html:\n  baseurl: https://course.ac.kr/llm\n", encoding="utf-8")
    assert added(tiny_course, "교재의 {book}`sums`") == "교재의 [덧셈](https://course.ac.kr/llm/book/sums.html)"
    with pytest.raises(BuildError, match=r"no heading below \(nowhere\)"):
        added(tiny_course, "{book}`sums#nowhere`")


def test_boxes_become_quotations(tiny_course):
    text = added(tiny_course, ":::{admonition} 실무에서는\n:class: tip\n\n하나\n\n둘 {points}`add`점\n:::\n\n뒤")
    points = f"{float(tiny_course.assignment(tinycourse.ID).by_id['add'].points):g}"
    assert text == f"> **실무에서는**\n>\n> 하나\n>\n> 둘 {points}점\n\n뒤"


@pytest.mark.parametrize("text", [":::{note}\n글\n:::", ":::{admonition} 열린 채로\n\n글", "```{math}\nx\n```"])
def test_what_notebooks_would_show_raw_is_refused(tiny_course, text):
    with pytest.raises(BuildError, match="notebooks show no directive"):
        added(tiny_course, text)

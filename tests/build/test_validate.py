"""``validate``: every broken rule of a room has a message of its own."""

from __future__ import annotations

import pytest
import tinycourse

from autograder.checkfiles import UnusableChecks, declared_checks
from autograder.course import CourseError, open_course
from autograder.validate import validate

ID = tinycourse.ID
COURSE = open_course()
SECOND_OF_ADD = """@pytest.mark.grades("add")
def test_add_commutes(submission, rng):"""
TWO = '''def test_two_and_three(submission):
    """2와 3의 합은 5입니다."""'''
MUTANT = 'loses=("double",)'


def change(course, file: str, old: str, new: str) -> None:
    path = course.room(ID) / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_tiny_course_is_right(tiny_course):
    assert validate(tiny_course, [ID]) == []


@pytest.mark.parametrize("name", COURSE.assignment_ids())
def test_the_real_rooms_are_right(name):
    assert validate(COURSE, [name]) == []


# file, old, new, message
BROKEN = {
    "manifest": ("assignment.yml", "points: 1.5", "points: 1.6", "dimension implementation sums to 4.1"),
    "notebook": ("notebook.md", "[free]", "[fre]", "unknown tag 'fre'"),
    "one hidden check": (
        "checks.py",
        SECOND_OF_ADD,
        SECOND_OF_ADD.replace('"add"', '"double"'),
        "checks.py: item 'add' has 1 hidden checks; it needs at least 2",
    ),
    "no hidden check of a bonus": ("checks.py", 'grades("bonus-triple")', 'grades("add")', "item 'bonus-triple' has 1 hidden checks"),
    "unknown item": ("checks.py", 'grades("add")', 'grades("ad")', "test_add_commutes names 'ad', which is no item of the manifest"),
    "essay checked": ("checks.py", 'grades("add")', 'grades("essay-add")', "test_add_commutes names 'essay-add', which is graded by hand"),
    "no marker": (
        "checks.py",
        SECOND_OF_ADD,
        SECOND_OF_ADD.partition("\n")[2],
        'test_add_commutes: names no item; mark it @pytest.mark.grades("<item id>")',
    ),
    "no docstring": ("checks.py", '    """순서를 바꾸어도 합이 같습니다."""\n', "", "test_add_commutes: has no docstring"),
    "weight of nothing": ("checks.py", "weight=3", "weight=0", "test_total_of_random: weight is 0, not a number above 0"),
    "weight infinite": ("checks.py", "weight=3", "weight=float('inf')", "weight is inf"),
    "weight a text": ("checks.py", "weight=3", 'weight="3"', "weight is '3'"),
    "four hints": ("checks.py", '"`+`를 쓰세요.", ', '"`+`를 쓰세요.", "하나", ', "hint has 4 steps; there are at most 3"),
    "empty hint": ("checks.py", '"`+`를 쓰세요.", ', '" ", ', "hint is a text, or up to three texts"),
    "unknown fixture": (
        "checks.py",
        "def test_add_commutes(submission, rng):",
        "def test_add_commutes(submision, rng):",
        "asks for 'submision'",
    ),
    "twice the same name": ("checks.py", "def test_add_commutes", "def test_add_equals_sum", "test_add_equals_sum is defined 2 times"),
    "would not run": ("checks.py", "def test_add_commutes", "def check_add_commutes", "check_add_commutes is marked, but would not run"),
    "asynchronous": ("checks.py", "def test_add_commutes", "async def test_add_commutes", "test_add_commutes is asynchronous"),
    "in a class": ("checks.py", "HINT =", "class TestMore:\n    pass\n\n\nHINT =", "TestMore: checks are plain functions"),
    "no Python": ("checks.py", "HINT =", "HINT = =", "checks.py: no valid Python"),
    "import fails": (
        "checks.py",
        "import pytest\n",
        "import pytest\nimport no_such_module\n",
        "checks.py: cannot be imported: ModuleNotFoundError",
    ),
    "public unknown item": (
        "public_checks.py",
        'grades("double")',
        'grades("doble")',
        "public_checks.py: line 14: test_double_of_four names 'doble'",
    ),
    "public without docstring": (
        "public_checks.py",
        TWO,
        TWO.partition("\n")[0],
        "public_checks.py: line 8: test_two_and_three: has no docstring",
    ),
    "item without public check": ("public_checks.py", 'grades("double")', 'grades("add")', "item 'double' has no public check"),
    "mutant loses nothing": ("mutants.py", MUTANT, "loses=()", "mutants.py: squares loses nothing"),
    "mutant loses an essay": (
        "mutants.py",
        MUTANT,
        'loses=("double", "essay-add")',
        "mutants.py: squares loses 'essay-add', which is no automatic item",
    ),
    "item without mutant": ("mutants.py", MUTANT, 'loses=("add",)', "mutants.py: no mutant loses 'double'"),
    "mutant twice": ("mutants.py", 'name="squares"', 'name="subtracts"', "mutants.py: the name 'subtracts' stands 2 times"),
    "mutants no Python": ("mutants.py", "MUTANTS = [", "MUTANTS = [[", "mutants.py: SyntaxError"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_room_says_what(case, tiny_course):
    file, old, new, message = BROKEN[case]
    change(tiny_course, file, old, new)
    problems = validate(tiny_course, [ID])
    assert any(message in problem for problem in problems), problems
    assert all(problem.startswith(f"{ID}: ") for problem in problems)


@pytest.mark.parametrize("file", ["checks.py", "public_checks.py", "mutants.py", "notebook.md"])
def test_missing_files(file, tiny_course):
    (tiny_course.room(ID) / file).unlink()
    assert any(file in problem for problem in validate(tiny_course, [ID]))


def test_checks_and_mutants_may_stand_in_several_files(tiny_course):
    room = tiny_course.room(ID)
    for name in ("checks", "public_checks", "mutants"):
        (room / f"{name}.py").rename(room / f"{name}_sums.py")
    assert validate(tiny_course, [ID]) == []
    (room / "checks_more.py").write_text((room / "checks_sums.py").read_text(encoding="utf-8"), encoding="utf-8")
    (room / "mutants_more.py").write_text((room / "mutants_sums.py").read_text(encoding="utf-8"), encoding="utf-8")
    problems = validate(tiny_course, [ID])
    assert any("test_add_commutes stands in another file of checks as well" in problem for problem in problems)
    assert any("the name 'squares' stands 2 times" in problem for problem in problems)


def test_missing_alternatives(tiny_course):
    next((tiny_course.room(ID) / "alternatives").glob("*.py")).unlink()
    assert validate(tiny_course, [ID]) == [f"{ID}: alternatives: none; nothing shows that a correct solution by other means passes"]


def test_no_such_assignment(tiny_course):
    with pytest.raises(CourseError, match="There is no assignment 't99'"):
        validate(tiny_course, ["t99"])


class TestDeclaredChecks:
    def write(self, tmp_path, text):
        path = tmp_path / "checks.py"
        path.write_text("import pytest\n" + text, encoding="utf-8")
        return path

    def test_parameters_count(self, tmp_path):
        text = (
            '@pytest.mark.parametrize(("a", "b"), [(1, 2), (3, 4), (5, 6)])\n@pytest.mark.parametrize("c", "xy")\n'
            '@pytest.mark.grades("add", weight=0.5, hint="x")\ndef test_x(submission, a, b, c):\n    """성질"""\n'
        )
        checks, problems = declared_checks(self.write(tmp_path, text))
        assert problems == []
        assert [(check.name, check.item, check.count, check.weight) for check in checks] == [("test_x", "add", 6, 0.5)]

    def test_own_fixtures_are_known(self, tmp_path):
        text = '@pytest.fixture\ndef words():\n    return []\n\n\n@pytest.mark.grades("add")\ndef test_x(words):\n    """성질"""\n'
        assert declared_checks(self.write(tmp_path, text))[1] == []

    def test_an_edited_file_is_read_anew(self, tmp_path):
        for name in ("one", "two"):
            path = self.write(tmp_path, f'@pytest.mark.grades("{name}")\ndef test_{name}(rng):\n    """성질"""\n')
            assert [check.item for check in declared_checks(path)[0]] == [name]

    def test_nothing_runs(self, tmp_path):
        text = '@pytest.mark.grades("add")\ndef test_x(rng):\n    """성질"""\n    raise SystemExit\n'
        assert len(declared_checks(self.write(tmp_path, text))[0]) == 1

    def test_no_file(self, tmp_path):
        with pytest.raises(UnusableChecks, match="no such file"):
            declared_checks(tmp_path / "checks.py")

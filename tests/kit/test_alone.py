"""The kit is public and works alone: it names nothing private, and imports nothing heavy that a student may not have."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.kit import catalogue

MODULES = sorted(path for path in catalogue.KIT.rglob("*.py") if path.parent.name != "public")
STUDENT = {"IPython", "ipykernel", "jupyter_client", "matplotlib", "mistune", "nbclient", "nbformat", "numpy", "pytest"}
STUDENT |= {"regex", "wordfreq"}
WHERE_PRESENT = {
    "torch": {"wire.py"},
    "yaml": {"catalogue.py"},
    "datasets": {"dataset.py"},
    "kiwipiepy": {"morphology.py"},
}  # imported inside a function, for those who have it
OF_MODELS = {"model": {"torch", "transformers"}, "language": {"torch", "tokenizers"}}  # packages for assignments that train something


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_only_what_students_have(path):
    for name in imported(path):
        top = name.partition(".")[0]
        if top == "course_lib":
            assert name.startswith("course_lib.kit")
            package = name.removeprefix("course_lib.kit.").partition(".")[0]
            assert package not in OF_MODELS or path.parent.name in OF_MODELS, f"{path} would need what {package} needs"
        elif top not in sys.stdlib_module_names:
            allowed = STUDENT | OF_MODELS.get(path.parent.name, set())
            assert top in allowed or path.name in WHERE_PRESENT.get(top, ()), f"{path.name} imports {name}"


BLOCKED = ("torch", "transformers", "sympy", "yaml", "autograder", "tokenizers", "koreanize_matplotlib", "pydantic", "scipy", "pandas")
SCRIPT = f"""
import importlib, pkgutil, sys
for name in {BLOCKED!r}:
    sys.modules[name] = None  # importing it fails
import course_lib, course_lib.kit
assert course_lib.__file__.startswith(sys.argv[1]), course_lib.__file__
for module in pkgutil.iter_modules(course_lib.kit.__path__):
    if module.name not in ("__main__", "public", *{tuple(OF_MODELS)!r}):
        importlib.import_module("course_lib.kit." + module.name)
import course_lib.kit.selfstudy.desk
from course_lib.kit.notebook import check, start
start("tiny", "2024-1")
check("double")
check()
"""


def test_every_module_works_in_a_students_folder_without_the_rest(student_folder):
    command = [sys.executable, "-W", "error::SyntaxWarning", "-c", SCRIPT, str(student_folder)]
    done = subprocess.run(command, cwd=student_folder, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    assert "○ double 두 배: 작성 전" in done.stdout
    assert done.stderr == ""


def test_importing_the_notebook_module_is_quick_and_light(student_folder):
    script = (
        "import sys; import course_lib.kit.notebook; print(sorted({'torch','matplotlib','numpy','IPython','sympy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=student_folder, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr

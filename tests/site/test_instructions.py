"""What the pages tell people to do is what the course has."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import ROOT, open_course
from autograder.kit_readme import IN_COLAB
from autograder.kits import kit_files
from autograder.kitzip import REQUIREMENTS, student_requirements
from course_lib.kit import preflight
from course_lib.kit.selfstudy import desk

STUDENT = (ROOT / "book" / "first-steps.md").read_text(encoding="utf-8")
SELF_STUDY = (ROOT / "book" / "self-study.md").read_text(encoding="utf-8")
STAFF = (ROOT / "book" / "grading.md").read_text(encoding="utf-8")


def required() -> dict[str, str]:
    """What the first assignment's kit has students install."""
    course, name = open_course(), "w09a1_tokenizers"
    return student_requirements(course, {**kit_files(course, name), f"{name}.ipynb": course.release_notebook(name).read_bytes()})


def installed_by_the_page() -> set[str]:
    """Distributions of the kit's requirements, which the page has students install, and those that jupyterlab brings along."""
    assert re.search(rf"^pip install -r {REQUIREMENTS}$", STUDENT, re.MULTILINE)
    named = {name.lower() for name in required()}
    seen: set[str] = set()
    waiting = [name for name in named if name == "jupyterlab"]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        requirements = [line for line in importlib.metadata.requires(name) or () if "extra ==" not in line]
        for requirement in requirements:
            wanted = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
            try:
                importlib.metadata.distribution(wanted)
            except importlib.metadata.PackageNotFoundError:
                continue  # for another system
            waiting.append(wanted)
    return named | seen


def test_students_install_all_that_preflight_asks_for() -> None:
    asked = {distribution for distribution, _ in preflight.REQUIRED.values()}
    assert asked <= installed_by_the_page()


def test_students_install_all_that_the_kit_imports() -> None:
    imported = set()
    for path in (ROOT / "course_lib" / "kit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"course_lib", "yaml", "torch", "datasets", "transformers"}
    # yaml only where there are manifests, torch only for replies that are tensors, the others where a notebook asks for them
    providers = importlib.metadata.packages_distributions()
    distributions = {name.lower().replace("_", "-") for module in foreign for name in providers.get(module, [module])}
    assert distributions <= installed_by_the_page()
    assert "koreanize-matplotlib" in installed_by_the_page(), "found by its files, not imported"


def test_colab_installs_what_it_lacks() -> None:
    (line,) = re.findall(r"^!pip install -q (.+)$", STUDENT, re.MULTILINE)
    assert set(line.split()) == {name for name in required() if name not in IN_COLAB}


@pytest.mark.parametrize("name", ["answer", "mark"])
def test_self_study_functions_exist(name: str) -> None:
    assert f"`{name}(" in SELF_STUDY
    assert callable(getattr(desk, name))


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m course_lib\.kit (\w+)", STUDENT + SELF_STUDY))))
def test_students_commands_exist(command: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "course_lib.kit", command, "--help"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert told.returncode == 0


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^\|? ?`?course ([a-z-]+)", STAFF + SELF_STUDY, re.MULTILINE))))
def test_staff_commands_exist(command: str) -> None:
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z-]+)", STUDENT + STAFF))))
def test_make_targets_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_loud_option_has_the_name_that_the_page_warns_of() -> None:
    named = re.search(r"`(--[a-z-]+)`는 샌드박스 없이", STAFF)
    assert named
    shown = CliRunner().invoke(app, ["grade", "--help"], env={"COLUMNS": "300", "TERMINAL_WIDTH": "300"}).output
    assert named[1] in shown

"""The self-study kit: answers and all checks in it, nothing of them in the ordinary one, and it works where it is unpacked."""

from __future__ import annotations

import ast
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import tinycourse
from nbformat.v4 import new_code_cell

from autograder.build import BuildError, write_release
from autograder.course import ROOT, open_course
from autograder.kitzip import week_kit
from autograder.roomfiles import hidden_checks
from autograder.selfstudy import TRAVELS, answers, selfstudy_files

ID = tinycourse.ID
COURSE = open_course()


@pytest.fixture
def course(tiny_course):
    shutil.copy(ROOT / "requirements.txt", tiny_course.root / "requirements.txt")
    write_release(tiny_course, ID)
    return tiny_course


def test_what_it_carries_beyond_the_ordinary_kit(course):
    ordinary, full = week_kit(course, 9), week_kit(course, 9, self_study=True)
    assert full.folder == "week09-selfstudy"
    assert full.zipped() == week_kit(course, 9, self_study=True).zipped()
    more = sorted(set(full.files) - set(ordinary.files))
    assert {name for name in more if not name.startswith("autograder/")} == {
        f"course_lib/kit/selfstudy/data/{ID}/answers.json",
        f"course_lib/kit/selfstudy/data/{ID}/checks.py",
    }
    assert "autograder/review/engine.py" in more
    assert not [name for name in more if any(word in name for word in ("sandbox", "grade.py", "store", "notebooks", "mutant"))]
    text = full.files["README.txt"].decode()
    assert "자습용 꾸러미입니다" in text
    pinned = full.files["requirements-student.txt"].decode()
    assert "ruff==" in pinned
    assert "pydantic==" in pinned


def test_the_ordinary_kit_has_none_of_it(course):
    content = b"\0".join(week_kit(course, 9).files.values())
    assert not [mark for mark in tinycourse.PRIVATE_MARKS if mark.encode() in content]


@pytest.mark.parametrize("name", COURSE.assignment_ids())
def test_no_answer_of_the_course_is_in_its_ordinary_kit(name):
    """Neither a model answer nor the text of a solution cell as the self-study kit has it."""
    from autograder.kits import kit_files

    assignment = COURSE.assignment(name)
    told = answers(COURSE, assignment)
    content = b"\0".join(kit_files(COURSE, name).values()).decode("utf-8", "replace")
    private = [cell["source"] for cell in told["cells"].values()] + [item["answer"] for item in told["items"] if item["answer"]]
    assert private
    assert not [text for text in private if text in content]
    assert "selfstudy/data" not in " ".join(kit_files(COURSE, name))


def test_the_answers(course):
    told = answers(course, course.assignment(ID))
    items = {item["id"]: item for item in told["items"]}
    assert list(items) == [*(item.id for item in course.assignment(ID).items), "bonus-triple"]
    assert items["total"]["cells"] == ["total"]
    assert items["quality-style"]["cells"] == []
    assert (items["add"]["after"], items["double"]["after"]) == ([], ["add"])
    assert items["exp-table"]["cells"] == ["exp-table"]
    assert items["essay-add"]["criteria"] == [
        {"points": 0.5, "text": "교환 법칙을 말합니다."},
        {"points": 0.5, "text": "예를 하나 듭니다."},
    ]
    assert items["essay-add"]["answer"] == "교환 법칙 때문입니다. SECRET-ESSAY"
    assert [entry["steps"][0] for entry in items["add"]["hints"]] == ["더하기를 떠올려 보세요."], "the same help stands once"
    assert items["bonus-triple"]["bonus"] is True
    source = told["cells"]["total"]["source"]
    assert "SECRET-TOTAL" in source
    assert "SOLUTION" not in source
    assert told["cells"]["total"]["names"] == ["total"]
    ast.parse(source)


def test_the_grader_itself_does_not_travel(course):
    checks = course.room(ID) / "checks.py"
    checks.write_text(checks.read_text("utf-8") + "\n\ndef helper():\n    from autograder.grade import grade_notebook\n", "utf-8")
    with pytest.raises(BuildError, match=r"the checks need autograder\.grade, which no kit may hold"):
        selfstudy_files(course, course.assignment(ID))
    assert not any("grade" in name.rpartition(".")[2] for name in TRAVELS)


# -- unpacked -------------------------------------------------------------------------------------------------------------


def solve(path: Path, told: dict, profile: str = "smoke") -> None:
    """Fill in every answer that the kit itself brings."""
    notebook = nbformat.read(path, 4)
    essays = {item["id"]: item["answer"] for item in told["items"] if item["criteria"]}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in essays:
            cell.source = essays[name]
        elif name.startswith("solution-"):
            cell.source = told["cells"][name.removeprefix("solution-")]["source"]
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace('"cpu"', f'"{profile}"').replace('STUDENT_ID = ""', 'STUDENT_ID = "20240001"')
    notebook.cells.append(new_code_cell("check()"))
    nbformat.write(notebook, path)


def unpacked(course, folder: Path) -> tuple[Path, dict]:
    with zipfile.ZipFile(io.BytesIO(week_kit(course, 9, self_study=True).zipped())) as archive:
        archive.extractall(folder)
    (inside,) = folder.iterdir()
    (told,) = (inside / "course_lib/kit/selfstudy/data").glob("*/answers.json")
    return inside, json.loads(told.read_text("utf-8"))


def student(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "course_lib.kit", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120)


@pytest.mark.smoke
def test_its_own_answers_pass_all_its_checks(course, tmp_path):
    folder, told = unpacked(course, tmp_path / "새 폴더 (1)" / "자습")
    untouched = student(folder, "check")
    assert untouched.returncode == 1
    assert "○ add 두 수의 합: 작성 전" in untouched.stdout
    solve(folder / f"{ID}.ipynb", told)
    done = student(folder, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "개가 모든 검사를 통과했습니다." in done.stdout
    noted = json.loads((folder / "progress.json").read_text("utf-8"))[ID]
    automatic = [item["id"] for item in told["items"] if not item["criteria"]]
    assert [name for name in automatic if not noted[name]["complete"]] == []
    assert noted["add"]["checks"] == 3, "one public, two that the grader has"
    assert noted["quality-style"]["checks"] == 2, "the static review runs here too"


@pytest.mark.smoke
@pytest.mark.parametrize("name", [name for name in COURSE.assignment_ids() if COURSE.assignment(name).week == 9])
def test_its_own_answers_pass_in_the_course(name, tmp_path):
    """In the smoke profile; what asks for a larger one says so."""
    root = tmp_path / "checkout"
    shutil.copytree(COURSE.room(name), root / "solutions" / name)
    shutil.copytree(ROOT / "book", root / "book")  # where its links lead
    shutil.copy(ROOT / "_config.yml", root)
    shutil.copy(ROOT / "requirements.txt", root)
    course = open_course(root, root / "term")
    write_release(course, name)
    folder, told = unpacked(course, tmp_path / "자습")
    assert len(list((folder / f"course_lib/kit/selfstudy/data/{name}").glob("checks*.py"))) == len(hidden_checks(COURSE.room(name)))
    solve(folder / f"{name}.ipynb", told)
    done = student(folder, "check")
    noted = json.loads((folder / "progress.json").read_text("utf-8"))[name]
    incomplete = [item["id"] for item in told["items"] if not item["criteria"] and not noted[item["id"]]["complete"]]
    assert all(item.startswith("exp-") for item in incomplete), done.stdout
    assert "smoke 프로필" in done.stdout or not incomplete
    assert "실행 못 함" not in done.stdout
    assert not [word for word in ("채점할 때", "공개 검사", "조교") if word in done.stdout]

"""The zip that students receive, and what happens when it is unpacked where students unpack things."""

from __future__ import annotations

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
import yaml
from nbformat.v4 import new_code_cell
from typer.testing import CliRunner

from autograder.build import BuildError, write_release
from autograder.cli import app
from autograder.course import ROOT, Course, CourseError, open_course
from autograder.kitzip import student_requirements, week_kit, write_kit
from autograder.specification import load_specification
from course_lib.kit import execution, preflight

ID = tinycourse.ID
REAL = "w09a1_tokenizers"


def built(course: Course) -> Course:
    shutil.copy(ROOT / "requirements.txt", course.root / "requirements.txt")
    for name in course.assignment_ids():
        write_release(course, name)
    return course


@pytest.fixture
def course(tiny_course) -> Course:
    return built(tiny_course)


def draft(course: Course) -> None:
    path = course.room(ID) / "assignment.yml"
    data = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.safe_dump(data | {"draft": True, "scope": ["t01.1", "t01.2"]}, allow_unicode=True), "utf-8")
    write_release(course, ID)


def unpacked(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    (inside,) = folder.iterdir()
    return inside


def test_the_zip_is_the_same_each_time_and_holds_what_it_says(course, tmp_path):
    kit = week_kit(course, 9)
    data = kit.zipped()
    assert data == week_kit(course, 9).zipped()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o644}
    assert all(name.isascii() for name in names)
    for name in ("README.txt", f"{ID}.ipynb", "requirements-student.txt", "course_lib/kit/preflight.py", f"course_lib/kit/public/{ID}.py"):
        assert f"week09/{name}" in names
    folder = unpacked(data, tmp_path / "out")
    assert (folder / f"{ID}.ipynb").read_bytes() == course.release_notebook(ID).read_bytes()


def test_a_name_with_korean_letters_is_marked_as_such(course):
    kit = week_kit(course, 9)
    kit.files["course_lib/kit/말뭉치.txt"] = b""
    with zipfile.ZipFile(io.BytesIO(kit.zipped())) as archive:
        assert archive.getinfo("week09/course_lib/kit/말뭉치.txt").flag_bits & 0x800


def test_nothing_private_is_in_it(course):
    content = b"\0".join(week_kit(course, 9).files.values())
    assert b"Public checks of the tiny assignment" in content
    assert not [mark for mark in tinycourse.PRIVATE_MARKS if mark.encode() in content]
    assert not [name for name in week_kit(course, 9).files if "selfstudy/data" in name or name.startswith("autograder")]


def test_requirements_are_pinned_as_the_course_pins_them(course):
    kit = week_kit(course, 9)
    pinned = dict(line.split("==") for line in kit.files["requirements-student.txt"].decode().splitlines())
    everything = dict(line.split("==") for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line)
    assert pinned.items() <= everything.items()
    assert {distribution for distribution, _ in preflight.REQUIRED.values()} <= pinned.keys()
    assert "jupyterlab" in pinned
    assert not {"torch", "transformers", "nbgrader", "pydantic"} & pinned.keys()


def test_what_a_notebook_imports_is_in_the_requirements(course):
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell("def f():\n    import kiwipiepy, sklearn_like"), new_code_cell("%magic")])
    with pytest.raises(BuildError, match=r"students need sklearn_like, but .* pins no such distribution"):
        student_requirements(course, {"a.ipynb": nbformat.writes(notebook).encode()})
    notebook.cells[0].source = "def f():\n    import kiwipiepy"
    assert "kiwipiepy" in student_requirements(course, {"a.ipynb": nbformat.writes(notebook).encode()})


def test_what_the_kit_imports_for_a_notebook_is_in_the_requirements(course):
    files = week_kit(course, 9).files | {
        "course_lib/kit/heavy.py": b"def f():\n    import datasets",
        "course_lib/kit/middle.py": b"from course_lib.kit import heavy",
    }
    assert "datasets" not in student_requirements(course, files)
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell("from course_lib.kit.middle import x")])
    assert "datasets" in student_requirements(course, files | {"a.ipynb": nbformat.writes(notebook).encode()})


def test_read_me(course):
    text = week_kit(course, 9).files["README.txt"].decode("utf-8-sig")
    assert f"- {ID}.ipynb: 덧셈\n" in text
    assert "초안" not in text
    assert "자습" not in text
    for system in ("윈도", "맥", "리눅스"):
        steps = text.partition(f"\n{system}: ")[2].partition("\n\n\n")[0]
        assert [line.strip()[0] for line in steps.splitlines() if line.strip()[:1].isdigit()] == list("12345")
    assert "!pip install -q koreanize-matplotlib regex wordfreq\n" in text


def test_read_me_names_what_to_read(course):
    assert "함께 읽을 것" not in week_kit(course, 9).files["README.txt"].decode("utf-8-sig")
    page, config = course.root / "book" / "rubric.md", course.root / "_config.yml"
    page.parent.mkdir(exist_ok=True)
    page.write_text("# 평가 기준\n", encoding="utf-8")
    for address, line in (("https://course.example/", "- 평가 기준\n"), ("https://a.kr/", "- 평가 기준: https://a.kr/book/rubric.html\n")):
        config.write_text(f"html:\n  baseurl: {address}\n", encoding="utf-8")
        assert line in week_kit(course, 9).files["README.txt"].decode("utf-8-sig")


def test_a_draft_says_so(course):
    draft(course)
    kit = week_kit(course, 9)
    assert kit.drafts == (ID,)
    assert "[초안]" in kit.files["README.txt"].decode()
    assert json.loads(kit.files[f"course_lib/kit/public/{ID}.json"])["draft"] is True


def test_what_is_not_there(course):
    with pytest.raises(CourseError, match="There is no assignment in week 10"):
        week_kit(course, 10)
    with pytest.raises(CourseError, match=f"Week 9 has no assignment t02_x. It has: {ID}"):
        week_kit(course, 9, only=["t02_x"])
    notebook = course.release_notebook(ID)
    notebook.write_bytes(notebook.read_bytes() + b"\n")
    with pytest.raises(CourseError, match=f"stale. Run: course build {ID}"):
        week_kit(course, 9)
    notebook.unlink()
    with pytest.raises(CourseError, match=f"{ID}: not built yet. Run: course build {ID}"):
        week_kit(course, 9)


def test_an_answer_to_one_assignment_is_not_given_with_another(course, monkeypatch):
    path = course.root / "specification.yml"
    text = path.read_text("utf-8")
    second = yaml.safe_load(text.replace("t01_sums", "t02_more").replace("t01", "t02").replace("number: 1", "number: 2"))["assignments"]
    data = yaml.safe_load(text)
    path.write_text(yaml.safe_dump(data | {"assignments": data["assignments"] + second}, allow_unicode=True), "utf-8")
    room = course.rooms / "t02_more"
    shutil.copytree(course.room(ID), room)
    for name in ("assignment.yml", "notebook.md"):
        changed = (room / name).read_text("utf-8").replace("t01_sums", "t02_more").replace("t01", "t02").replace("number: 1", "number: 2")
        (room / name).write_text(changed + ("needs: [sums]\n" if name == "assignment.yml" else ""), "utf-8")
    load_specification.cache_clear()
    course = built(open_course(course.root, course.term))
    library = course.root / "course_lib"
    shutil.copytree(ROOT / "course_lib" / "kit", library / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    (library / "sums").mkdir()
    for package in (library, library / "sums"):
        (package / "__init__.py").write_text("")
    monkeypatch.setattr("autograder.kits.LIBRARY", library)
    with pytest.raises(CourseError, match=r"t02_more needs course_lib\.sums, the answer to t01_sums"):
        week_kit(course, 9)
    assert "course_lib/sums/__init__.py" in week_kit(course, 9, only=["t02_more"]).files
    assert "course_lib/sums/__init__.py" not in week_kit(course, 9, only=[ID]).files


def test_answers_that_lie_in_the_library_are_not_given_away(course, tmp_path, monkeypatch):
    library = tmp_path / "library"
    (library / "kit/selfstudy/data/x").mkdir(parents=True)
    (library / "__init__.py").touch()
    (library / "kit/selfstudy/data/x/answers.json").write_text("{}")
    monkeypatch.setattr("autograder.kits.LIBRARY", library)
    with pytest.raises(BuildError, match="answers lie in the library"):
        week_kit(course, 9)


def test_the_command(course, tmp_path):
    def run(*arguments: str):
        return CliRunner().invoke(app, ["--root", str(course.root), "--term", str(course.term), "kit", *arguments], env={"COLUMNS": "200"})

    done = run("--week", "9")
    assert done.exit_code == 0, done.output
    assert (course.root / "_build/kit/week09.zip").read_bytes() == week_kit(course, 9).zipped()
    assert run("--week", "9", "--out", str(tmp_path / "x.zip")).exit_code == 0
    assert (tmp_path / "x.zip").read_bytes() == (course.root / "_build/kit/week09.zip").read_bytes()
    assert run("--week", "8").exit_code == 2
    assert run("--week", "9", "--out", str(tmp_path)).exit_code == 2
    tinycourse.submit(course, "1", {})
    refused = run("--week", "9", "--self-study")
    assert refused.exit_code == 2
    assert "gives no answers away" in refused.output
    assert not (course.root / "_build/kit/week09-selfstudy.zip").exists()


def test_it_is_written_whole(course, tmp_path):
    assert write_kit(week_kit(course, 9), tmp_path / "new/week.zip").stat().st_size > 10_000
    assert os.listdir(tmp_path / "new") == ["week.zip"]


# -- unpacked, with nothing else of the course and none of the heavy libraries -------------------------------------------

BLOCKED = """import sys
for name in "torch transformers autograder nbgrader papermill pydantic yaml sympy scipy pandas".split():
    sys.modules[name] = None
"""


@pytest.fixture
def student(tmp_path):
    """Run a command as a student would: a poor machine, a folder with Korean letters, blanks and brackets."""
    (tmp_path / "poor").mkdir()
    (tmp_path / "poor/sitecustomize.py").write_text(BLOCKED)
    environment = {"PYTHONPATH": str(tmp_path / "poor"), "PATH": str(tmp_path / "nothing"), "HOME": str(tmp_path), "PYTHONSAFEPATH": ""}

    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "course_lib.kit", *arguments]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120)

    run.environment = environment
    return run


def unpack(course: Course, tmp_path: Path) -> Path:
    return unpacked(week_kit(course, 9).zipped(), tmp_path / "새 폴더 (1)" / "과제")


@pytest.mark.smoke
def test_solved_from_the_kit_alone(course, tmp_path, student):
    folder = unpack(course, tmp_path)
    done = student(folder, "preflight")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "준비되었습니다" in done.stdout
    path = folder / f"{ID}.ipynb"
    path.write_bytes(
        tinycourse.filled_in(path.read_bytes(), tinycourse.SOLUTIONS).replace(b'STUDENT_ID = \\"\\"', b'STUDENT_ID = \\"20240001\\"')
    )
    done = student(folder, "pack")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    made = folder / "pack"
    assert sorted(p.name for p in (made / "sums").iterdir()) == ["__init__.py", "adding.py", "report.html", "report.md", "totals.py"]
    assert "from .adding import add" in (made / "sums/totals.py").read_text("utf-8")
    assert tinycourse.SOLUTIONS["essay-add"] in (made / "sums/report.md").read_text("utf-8")
    assert json.loads((made / "evidence/tables/counts.json").read_text("utf-8")) == tinycourse.EVIDENCE


@pytest.mark.smoke
def test_the_colab_way(course, tmp_path, student):
    """The notebook's kernel begins elsewhere and changes into the folder first."""
    folder = unpack(course, tmp_path)
    (tmp_path / "content").mkdir()
    notebook = nbformat.read(folder / f"{ID}.ipynb", 4)
    notebook.cells.insert(0, new_code_cell(f"%cd {folder}"))
    notebook.cells.append(new_code_cell("import course_lib; print(course_lib.__file__)"))
    runs = execution.execute(notebook, tmp_path / "content", student.environment)
    assert [run for run in runs if run.error] == []
    assert notebook.cells[-1].outputs[0].text.strip() == str(folder / "course_lib/__init__.py")


@pytest.mark.smoke
@pytest.mark.skipif(not (ROOT / "solutions" / REAL).is_dir(), reason="no such assignment here")
def test_run_all_on_the_first_assignment_as_it_is_handed_out(tmp_path, student):
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "book", root / "book")  # where its links lead
    shutil.copy(ROOT / "_config.yml", root)
    shutil.copytree(ROOT / "solutions" / REAL, root / "solutions" / REAL)
    folder = unpack(built(open_course(root, root / "term")), tmp_path)
    done = student(folder, "preflight")
    assert done.returncode == 0, done.stdout
    done = student(folder, "pack")
    assert (done.returncode, done.stderr) == (1, ""), "nothing is written yet"
    assert "아직 작성하지 않았습니다" in done.stdout
    assert "오류가 났습니다" not in done.stdout
    assert "커널이 죽어" not in done.stdout
    assert (folder / "pack/tokenizers/bpe.py").is_file(), "what can be written is"

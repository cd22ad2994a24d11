"""In a real kernel: check cards, given cells that wait, pack and check on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.kit import pack
from course_lib.kit.card import MIME
from course_lib.kit.execution import execute

pytestmark = pytest.mark.smoke

START = """from course_lib.kit import evidence, resume
from course_lib.kit.notebook import check, start, when_ready
start("tiny", STUDENT_ID, PROFILE, SEED)"""
STUB = "def double(x):\n    # 여기에 작성하세요.\n    raise NotImplementedError"
DONE = "def double(x):\n    return 2 * x"
TABLE = """with when_ready("double"):
    evidence.table("sizes", [{"x": x, "twice": double(x)} for x in (1, 2)])"""


def cell(source: str, name: str = "", *, solution: bool = False, tags: tuple[str, ...] = (), markdown: bool = False):
    metadata: dict = {"tags": list(tags)}
    if name:
        metadata["nbgrader"] = {"grade_id": name, "solution": solution, "grade": markdown, "locked": not solution, "schema_version": 3}
    return (new_markdown_cell if markdown else new_code_cell)(source, metadata=metadata)


def tiny(solution: str, *, student: str = "", essay: str = "여기에 답을 쓰세요.", extra: tuple[str, ...] = ()):
    return new_notebook(
        cells=[
            cell(f'PROFILE = "cpu"\nSEED = 7\nSTUDENT_ID = "{student}"', tags=("parameters",)),
            cell(START, "given-setup"),
            cell(solution, "solution-double", solution=True),
            cell('check("double")', "double"),
            cell(TABLE, "given-table"),
            cell('check("doubel")'),
            cell("check()"),
            cell(essay, "essay", solution=True, markdown=True),
            *map(cell, extra),
        ],
        metadata={"kernelspec": {"name": "a-kernel-nobody-has", "display_name": "?", "language": "python"}},
    )


def outputs(notebook, number: int) -> list:
    return notebook.cells[number].outputs


def test_the_untouched_release_runs_to_its_end_and_says_what_to_do(student_folder):
    notebook = tiny(STUB)
    runs = execute(notebook, student_folder, {})
    assert [run.error for run in runs] == [""] * 7
    card = outputs(notebook, 3)[0].data
    assert "아직 작성하지 않았습니다" in card["text/plain"]
    assert card["text/html"].startswith("<div")
    assert card[MIME]["unfinished"]
    assert "`double`을 작성한 다음에" in outputs(notebook, 4)[0].text or "`double`를 작성한 다음에" in outputs(notebook, 4)[0].text
    assert "혹시 double?" in outputs(notebook, 5)[0].data["text/plain"]
    assert "3개 항목 중 0개를" in outputs(notebook, 6)[0].data["text/plain"]


@pytest.mark.parametrize(
    ("solution", "mark", "said"),
    [
        (DONE, "✓", "2개 검사 중 2개 통과"),
        ("def double(x):\n    return x * x", "✗", "흔한 오해: 제곱과 혼동"),
        ("def double(x):\n    return x[0]", "✗", "TypeError가 났습니다: 'int' object is not subscriptable (셀의 2번째 줄: `return x[0]`)"),
        ("def double(x):\n    raise SystemExit", "✗", "SystemExit"),
    ],
    ids=["right", "wrong", "raises", "exits"],
)
def test_the_card_in_a_notebook(student_folder, solution, mark, said):
    notebook = tiny(solution)
    notebook.cells = notebook.cells[:4]
    execute(notebook, student_folder, {})
    (output,) = outputs(notebook, 3)
    assert output.data[MIME]["mark"] == mark
    assert said in output.data["text/plain"]


def test_grading_skips_public_checks(student_folder):
    notebook = tiny(DONE)
    execute(notebook, student_folder, {"COURSE_GRADING": "1"})
    assert outputs(notebook, 3) == outputs(notebook, 6) == []


def save(folder: Path, notebook) -> Path:
    path = folder / "tiny.ipynb"
    nbformat.write(notebook, path)
    return path


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}  # as hard as a console can make it
    return subprocess.run(
        [sys.executable, "-m", "course_lib.kit", *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=90
    )


def test_pack_of_finished_work(student_folder):
    before = save(
        student_folder, tiny(DONE, student="20240001", essay="내 답입니다.", extra=('resume.save("x", 1); resume.continue_from("x")',))
    )
    content = before.read_bytes()
    done = command(student_folder, "pack")
    assert (done.returncode, done.stderr) == (0, "")
    assert "[8/8]" in done.stdout
    assert "빠진 것이 없습니다" in done.stdout
    folder = student_folder / "pack" / "evidence"
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) == ["manifest.json", "tables", "tables/sizes.json"]
    assert json.loads((folder / "tables/sizes.json").read_text("utf-8")) == [{"x": 1, "twice": 2}, {"x": 2, "twice": 4}]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (manifest["profile"], manifest["seed"], manifest["continued_from"]) == ("cpu", 7, ["x"])
    assert [entry["error"] for entry in manifest["cells"]] == [""] * 8
    assert "20240001" not in json.dumps(manifest)
    assert before.read_bytes() == content, "the notebook itself is not touched"
    assert [path.name for path in (student_folder / "pack").iterdir()] == ["evidence"]


def test_pack_of_unfinished_work_lists_what_is_missing_and_replaces_old_evidence(student_folder):
    stale = student_folder / "pack" / "evidence" / "tables"
    stale.mkdir(parents=True)
    (stale / "old.json").write_text("[]")
    save(student_folder, tiny(STUB, extra=("1 / 0", "def double(x):\n    return x * x\ncheck('double')")))
    done = command(student_folder, "pack", "tiny.ipynb")
    assert (done.returncode, done.stderr) == (1, "")
    listed = done.stdout.partition("제출하기 전에 볼 것")[2]
    for words in (
        "5가지",
        "STUDENT_ID",
        "solution-double: 아직 작성하지",
        "essay: 글로 답하는",
        "ZeroDivisionError: division by zero",
        "double: 공개 검사 2개 가운데 1개",
    ):
        assert words in listed, listed
    assert not (stale / "old.json").exists()
    assert (student_folder / "pack/evidence/manifest.json").is_file()


def test_a_dying_kernel_and_an_endless_cell_are_reported(student_folder):
    path = save(student_folder, tiny(DONE, student="1", essay="답", extra=("while True: pass", "import os; os._exit(1)", "print(1)")))
    packed = pack.pack(path, cell_seconds=2, on_cell=lambda *_: None)
    assert len(packed.missing) == 3
    assert "너무 오래" in packed.missing[0]
    assert "커널이 죽었습니다" in packed.missing[1]
    assert "실행하지 못했습니다" in packed.missing[2]
    assert packed.files == ("evidence/manifest.json", "evidence/tables/sizes.json"), "what was there by then is kept"


PARTS = {
    "deliverables": {"lib/": "코드", "report/": "보고서"},
    "parts": {"lib/": {"modules": {"numbers": ["double"]}}, "report/": {"sections": ["essay"], "tables": ["sizes"]}},
}


def with_deliverables(folder: Path) -> None:
    path = folder / "course_lib/kit/public/tiny.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | PARTS), encoding="utf-8")


def test_pack_makes_the_deliverables_below_its_own_folder(student_folder):
    with_deliverables(student_folder)
    before = {path.name for path in student_folder.iterdir()} | {"pack", "tiny.ipynb"}
    colab = 'from google.colab import drive\ndrive.mount("/content/drive")\n%cd /content/drive'
    save(student_folder, tiny(DONE, student="20240001", essay="내 답입니다.", extra=(colab,)))
    done = command(student_folder, "pack")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    folder = student_folder / "pack"
    assert {path.name for path in student_folder.iterdir()} == before
    assert sorted(path.name for path in folder.iterdir()) == ["contents.json", "evidence", "lib", "report"]
    assert (folder / "lib/numbers.py").read_text("utf-8").endswith(DONE + "\n")
    assert "내 답입니다." in (folder / "report/report.md").read_text("utf-8")

    # a module changed by hand, a file of one's own, and a cell that no longer imports
    (folder / "lib/numbers.py").write_text("mine = 1\n")
    (folder / "lib/notes.txt").write_text("메모")
    save(student_folder, tiny(DONE + "\n\nimport no_such_library", student="20240001", essay="<!-- 나중에 -->"))
    done = command(student_folder, "pack")
    assert done.returncode == 1
    listed = done.stdout.partition("제출하기 전에 볼 것")[2]
    for words in (
        "lib/numbers.py: 가져올 수 없습니다. ModuleNotFoundError",
        "report: 서술: 비어 있습니다",
        "lib/numbers.py: 손으로 고친 것이",
        "lib/notes.txt: 손으로 고친 것이",
        "ModuleNotFoundError: No module named 'no_such_library'",
    ):
        assert words in listed, listed
    assert (folder / "edited/lib/numbers.py").read_text() == "mine = 1\n"
    assert (folder / "edited/lib/notes.txt").read_text() == "메모"
    assert "no_such_library" in (folder / "lib/numbers.py").read_text("utf-8"), "what can be written is"


def test_check_on_the_command_line(student_folder):
    save(student_folder, tiny("def double(x):\n    return x * x"))
    done = command(student_folder, "check")
    assert done.returncode == 1
    assert "흔한 오해: 제곱과 혼동" in done.stdout
    assert "1개 항목 중 0개를" in done.stdout
    assert not (student_folder / "pack").exists()


RELEASES = sorted((Path(__file__).parents[2] / "assignments").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_run_all_on_what_students_receive_ends_without_an_exception(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    runs = execute(notebook, tmp_path, {})
    assert [run for run in runs if run.error] == []
    assert "작성한 다음에 실행됩니다" in json.dumps(notebook, ensure_ascii=False)

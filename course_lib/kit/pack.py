"""Make what a student submits: run the notebook in the student's own profile, and put its evidence and deliverables below ``pack/``."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from course_lib.kit import catalogue, evidence
from course_lib.kit.card import MIME
from course_lib.kit.deliverables import write_deliverables
from course_lib.kit.execution import SKIPPED, CellRun, cell_name, execute, find_notebook, read
from course_lib.kit.korean import josa
from course_lib.kit.report import blank

STUB = "raise NotImplementedError"
TEXT_STUB = "여기에 답을 쓰세요."
FOLDER = "pack"
CONTENTS = "contents.json"  # what pack wrote, by digest: what a person changed afterwards shows
EDITED = "edited"


@dataclass(frozen=True)
class Packed:
    """What ``pack`` made.

    Attributes:
        folder: all of it, a folder of its own: one called ``tokenizers`` beside the notebook would shadow the library.
        files: relative paths of what lies in it.
        missing: Korean sentences on what the submission still lacks.
    """

    folder: Path
    files: tuple[str, ...]
    missing: tuple[str, ...]


def pack(path: Path, *, cell_seconds: float = 900, on_cell: Any = print) -> Packed:
    """Run the notebook at ``path`` and write ``pack/`` beside it: ``evidence``, and the deliverables that the kit names.

    Each folder is written whole or not at all, also when something is missing. The notebook itself is not changed.

    Raises:
        NotebookProblem: the file is no notebook.
        OSError: the folder cannot be written.
    """
    notebook = read(path)
    source = path.read_bytes()
    for cell in notebook.cells:
        if "google.colab" in cell.source:  # mounts the drive: only the page itself can do that, and it has
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), SKIPPED]
    target = path.parent / FOLDER
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".new-") as scratch:
        fresh, old = Path(scratch) / "fresh", Path(scratch) / "old"
        (fresh / "evidence").mkdir(parents=True)
        old.mkdir()
        folder = {evidence.FOLDER: str(fresh / "evidence")}
        runs = execute(notebook, path.parent, folder, cell_seconds=cell_seconds, on_cell=on_cell)
        run = _finish_manifest(fresh / "evidence" / "manifest.json", source, runs)
        listing = catalogue.listing(run["assignment"]) if run["assignment"] else {}
        lacking = [*missing(notebook, runs), *write_deliverables(notebook, listing, fresh / "evidence", fresh)]
        made = sorted(entry.name for entry in fresh.iterdir())
        lacking += _put_aside_edits(target, made)
        if made != ["evidence"]:
            _write_contents(fresh / CONTENTS, fresh)
            made.append(CONTENTS)
        for name in made:
            _replace(fresh / name, target / name, old / name)
    files = sorted(file.relative_to(target).as_posix() for name in made for file in _files(target / name))
    return Packed(target, tuple(files), tuple(dict.fromkeys(lacking)))


def missing(notebook: nbformat.NotebookNode, runs: list[CellRun]) -> Iterator[str]:
    """What a submission of this executed notebook would lack, in the notebook's order."""
    if student_id(notebook) == "":
        yield "학번이 비어 있습니다. 맨 위 셀의 STUDENT_ID에 적으세요."
    errors = {run.number: run.error for run in runs if run.error}
    ran = {run.number for run in runs}
    for number, cell in enumerate(notebook.cells):
        name = cell_name(cell, number + 1)
        metadata = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code":
            if metadata.get("solution") and STUB in cell.source:
                yield f"{name}: 아직 작성하지 않았습니다."
            if number in errors:
                yield f"{name}: 실행하다가 오류가 났습니다. {errors[number]}"
            elif number not in ran and cell.source.strip() and SKIPPED not in cell.metadata.get("tags", []):
                yield f"{name}: 앞의 셀에서 커널이 죽어 실행하지 못했습니다."
            yield from _failed_checks(cell)
        elif metadata.get("solution") and (TEXT_STUB in cell.source or blank(cell.source)):
            yield f"{name}: 글로 답하는 셀을 아직 쓰지 않았습니다."


def student_id(notebook: nbformat.NotebookNode) -> str | None:
    """What the parameters cell gives as STUDENT_ID; ``None`` when there is no such line."""
    for cell in notebook.cells:
        if "parameters" not in cell.metadata.get("tags", []):
            continue
        try:
            statements = ast.parse(cell.source).body
        except SyntaxError:
            return None
        for statement in statements:
            match statement:
                case ast.Assign(targets=[ast.Name(id="STUDENT_ID")], value=ast.Constant(value=value)):
                    return str(value or "").strip()
    return None


def main(notebook: str | None, *, cell_seconds: float = 900) -> int:
    """The command: 0 when everything is there, 1 when something is missing."""
    path = find_notebook(notebook)
    print(f"{path.name}: 처음부터 실행합니다. 여러분의 프로필에서 몇 분 걸릴 수 있습니다.", flush=True)
    packed = pack(path, cell_seconds=cell_seconds, on_cell=show_progress)
    print(f"\n제출할 것을 담았습니다: {packed.folder}")
    for file in packed.files:
        print(f"  {file}")
    if packed.missing:
        print(f"\n제출하기 전에 볼 것 {len(packed.missing)}가지:")
        for line in packed.missing:
            print(f"  - {line}")
        return 1
    print(f"\n빠진 것이 없습니다. {josa(path.name, '과/와')} pack 폴더를 함께 제출하세요.")
    return 0


def show_progress(what: CellRun | str, number: int, total: int) -> None:
    """One line per cell, begun before it runs and ended after."""
    if isinstance(what, str):
        print(f"[{number:>{len(str(total))}}/{total}] {what} …", end=" ", flush=True)
    else:
        print(f"{what.seconds:.1f}초" + (f"  ✗ {what.error}" if what.error else ""), flush=True)


def _failed_checks(cell: Any) -> Iterator[str]:
    for output in cell.outputs:
        state = output.get("data", {}).get(MIME)
        if state and state["passed"] < state["checks"] and not state["unfinished"]:
            yield f"{state['item']}: 공개 검사 {state['checks']}개 가운데 {state['passed']}개를 통과했습니다."


def _finish_manifest(path: Path, source: bytes, runs: list[CellRun]) -> dict[str, Any]:
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else evidence.manifest()
    manifest["notebook_sha256"] = hashlib.sha256(source).hexdigest()
    manifest["cells"] = [{"name": run.name, "seconds": round(run.seconds, 3), "error": run.error} for run in runs]
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return manifest


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else [file for file in place.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def _write_contents(path: Path, folder: Path) -> None:
    made = {file.relative_to(folder).as_posix(): file for file in _files(folder)}
    digests = {name: _digest(file) for name, file in sorted(made.items()) if not name.startswith("evidence/")}
    path.write_text(json.dumps(digests, ensure_ascii=False, indent=1), encoding="utf-8")


def _put_aside_edits(target: Path, made: list[str]) -> Iterator[str]:
    """Keep what a person wrote into the deliverables since the last time; it has to go into the notebook's cells."""
    contents = target / CONTENTS
    try:
        known = json.loads(contents.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        known = {}  # then every file counts as a person's and is kept
    for file in [file for name in made if name != "evidence" for file in _files(target / name)]:
        name = file.relative_to(target).as_posix()
        if known.get(name) != _digest(file):
            kept = target / EDITED / name
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, kept)
            yield f"{name}: 손으로 고친 것이 노트북의 셀과 다릅니다. {FOLDER}/{EDITED}에 옮겨 두었으니 노트북에 옮겨 적고 다시 꾸리세요."


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _replace(fresh: Path, target: Path, old: Path) -> None:
    """Put ``fresh`` in the place of ``target``; two renames, because no system replaces a full folder in one."""
    if target.exists():
        os.replace(target, old)
    try:
        os.replace(fresh, target)
    except OSError:
        if old.exists():
            os.replace(old, target)
        raise

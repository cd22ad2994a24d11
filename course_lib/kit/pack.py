"""Make what a student submits: run the notebook in the student's own profile and keep its evidence below ``pack/``."""

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

from course_lib.kit import evidence
from course_lib.kit.card import MIME
from course_lib.kit.execution import CellRun, cell_name, execute, find_notebook, read
from course_lib.kit.korean import josa

STUB = "raise NotImplementedError"
TEXT_STUB = "여기에 답을 쓰세요."
FOLDER = "pack"


@dataclass(frozen=True)
class Packed:
    """What ``pack`` made.

    Attributes:
        folder: the evidence, a folder of its own that no library's name can be shadowed by.
        files: relative paths of what lies in it.
        missing: Korean sentences on what the submission still lacks.
    """

    folder: Path
    files: tuple[str, ...]
    missing: tuple[str, ...]


def pack(path: Path, *, cell_seconds: float = 900, on_cell: Any = print) -> Packed:
    """Run the notebook at ``path`` and write ``pack/evidence`` beside it, whole or not at all.

    The notebook itself is not changed. Evidence is written even when something is missing.

    Raises:
        NotebookProblem: the file is no notebook.
        OSError: the folder cannot be written.
    """
    notebook = read(path)
    source = path.read_bytes()
    target = path.parent / FOLDER / "evidence"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as scratch:
        fresh = Path(scratch) / "evidence"
        fresh.mkdir()
        runs = execute(notebook, path.parent, {evidence.FOLDER: str(fresh)}, cell_seconds=cell_seconds, on_cell=on_cell)
        _finish_manifest(fresh / "manifest.json", source, runs)
        _replace_folder(fresh, target, Path(scratch) / "old")
    files = sorted(file.relative_to(target).as_posix() for file in target.rglob("*") if file.is_file())
    return Packed(target, tuple(files), tuple(missing(notebook, runs)))


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
            elif number not in ran and cell.source.strip():
                yield f"{name}: 앞의 셀에서 커널이 죽어 실행하지 못했습니다."
            yield from _failed_checks(cell)
        elif metadata.get("solution") and (TEXT_STUB in cell.source or not cell.source.strip()):
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
    print(f"\n증거를 담았습니다: {packed.folder}")
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


def _finish_manifest(path: Path, source: bytes, runs: list[CellRun]) -> None:
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else evidence.manifest()
    manifest["notebook_sha256"] = hashlib.sha256(source).hexdigest()
    manifest["cells"] = [{"name": run.name, "seconds": round(run.seconds, 3), "error": run.error} for run in runs]
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _replace_folder(fresh: Path, target: Path, old: Path) -> None:
    """Put ``fresh`` in the place of ``target``; two renames, because no system replaces a full folder in one."""
    if target.exists():
        os.replace(target, old)
    try:
        os.replace(fresh, target)
    except OSError:
        if old.exists():
            os.replace(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)

"""Hostile bytes → plain cells."""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

IMAGES = ("image/png", "image/jpeg", "image/gif")


class UnreadableNotebook(ValueError):
    """The file is no notebook that can be graded; the text is Korean and says why."""


class NotAFile(ValueError):
    """A link, a folder, a pipe: nothing that a student's files are read from."""


@dataclass(frozen=True)
class Bounds:
    """What is accepted as a notebook."""

    bytes: int = 40_000_000
    values: int = 2_000_000
    cells: int = 3_000
    source: int = 400_000  # characters of one cell


BOUNDS = Bounds()


def read_file(path: Path, limit: int) -> bytes:
    """The first ``limit`` bytes of a regular file, without following a link or waiting for the other end of a pipe.

    Raises:
        NotAFile: it is something else.
        OSError: it is not there, or may not be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise NotAFile(str(path)) from None
        raise
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotAFile(str(path))
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(handle)


def read_notebook(data: bytes, bounds: Bounds = BOUNDS) -> NotebookNode:
    """Return the cells of a notebook file, with their sources and nbgrader metadata only.

    The last of several equal keys counts, as in Jupyter; characters that no file can hold become U+FFFD.

    Raises:
        UnreadableNotebook: whatever is wrong with the bytes; no other exception leaves this function.
    """
    top = _parse(data, bounds)
    if not isinstance(top, dict):
        raise UnreadableNotebook("노트북 파일이 아닙니다: JSON 객체가 아닙니다.")
    cells = _cells(top)
    if len(cells) > bounds.cells:
        raise UnreadableNotebook(f"셀이 {len(cells):,}개로 너무 많습니다. {bounds.cells:,}개까지 읽을 수 있습니다.")
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [_read_cell(cell, number, bounds) for number, cell in enumerate(cells, start=1)]
    return notebook


def _parse(data: bytes, bounds: Bounds) -> Any:
    if len(data) > bounds.bytes:
        raise UnreadableNotebook(f"파일이 너무 큽니다 ({len(data):,}바이트). {bounds.bytes:,}바이트까지 읽을 수 있습니다.")
    if not data.strip():
        raise UnreadableNotebook("빈 파일입니다.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableNotebook("노트북 파일이 아닙니다: UTF-8로 된 글이 아닙니다.") from None
    _bound_structure(data, bounds)
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_int=_integer)
    except RecursionError:
        raise UnreadableNotebook("노트북의 구조가 너무 깊습니다.") from None
    except ValueError as error:
        line = f" ({error.lineno}번째 줄)" if isinstance(error, json.JSONDecodeError) else ""
        problem = f"JSON 문법에 맞지 않습니다{line}. 파일이 잘렸거나 손상되었을 수 있습니다."
        raise UnreadableNotebook(f"노트북 파일이 아닙니다: {problem}") from None


def _bound_structure(data: bytes, bounds: Bounds) -> None:
    """Refuse what would cost far more memory as objects than as text, before it becomes objects."""
    if _values(data) <= bounds.values:
        return
    outside = re.sub(rb"\\.", b"", data, flags=re.DOTALL).split(b'"')[::2]  # every other piece is the inside of a string
    if sum(map(_values, outside)) > bounds.values:
        raise UnreadableNotebook(f"노트북에 든 값이 {bounds.values:,}개보다 많습니다.")


def _values(data: bytes) -> int:
    return data.count(b",") + data.count(b"[") + data.count(b"{")


def _integer(text: str) -> int:
    return int(text) if len(text) < 20 else 0


def _cells(top: dict[str, Any]) -> list[Any]:
    """The list of cells of a notebook of format 4 or 3."""
    version = top.get("nbformat")
    if type(version) is not int:
        raise UnreadableNotebook("노트북 파일이 아닙니다: nbformat 버전이 없습니다.")
    if version == 4 and isinstance(top.get("cells"), list):
        return top["cells"]
    if version == 3 and isinstance(sheets := top.get("worksheets"), list):
        parts = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for part in parts if isinstance(part, list) for cell in part]
    if version in (3, 4):
        raise UnreadableNotebook("노트북 파일이 아닙니다: 셀 목록이 없습니다.")
    raise UnreadableNotebook(f"nbformat {version}판은 읽을 수 없습니다. 4판으로 저장해 주세요.")


def _read_cell(cell: Any, number: int, bounds: Bounds) -> NotebookNode:
    if not isinstance(cell, dict):
        raise UnreadableNotebook(f"{number}번째 셀의 형식이 잘못되었습니다.")
    kind = {"heading": "markdown", "html": "markdown"}.get(str(cell.get("cell_type")), cell.get("cell_type"))
    if kind not in ("code", "markdown", "raw"):
        raise UnreadableNotebook(f"{number}번째 셀의 종류를 알 수 없습니다.")
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise UnreadableNotebook(f"{number}번째 셀의 내용이 글이 아닙니다.")
    if len(source) > bounds.source:
        raise UnreadableNotebook(f"{number}번째 셀이 너무 깁니다 ({len(source):,}자). {bounds.source:,}자까지 읽을 수 있습니다.")
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    kept = {"nbgrader": _scalars(marks)} if isinstance(marks, dict) else {}
    name = cell.get("id")
    name = name if isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) else f"cell-{number}"
    return new_cell(kind, _writable(source), name, kept, _images(cell.get("attachments")))


def _writable(text: str) -> str:
    """Text that can be written to a file, a socket and a database."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _scalars(marks: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in marks.items() if isinstance(value, (bool, int, float, str)) and len(str(value)) <= 200}
    return {_writable(key[:64]): _writable(value) if isinstance(value, str) else value for key, value in plain.items()}


def _images(attachments: Any) -> dict[str, dict[str, str]]:
    if not isinstance(attachments, dict):
        return {}
    kept = {}
    for name, bundle in attachments.items():
        if isinstance(bundle, dict):
            images = {kind: bundle[kind] for kind in IMAGES if isinstance(bundle.get(kind), str)}
            kept[_writable(name)] = {kind: image for kind, image in images.items() if re.fullmatch(r"[A-Za-z0-9+/=\s]+", image)}
    return {name: bundle for name, bundle in kept.items() if bundle}


def new_cell(kind: str, source: str, name: str, metadata: dict[str, Any], images: dict[str, Any]) -> NotebookNode:
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": metadata, "source": source}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    if kind == "markdown" and images:
        cell["attachments"] = images
    return nbformat.from_dict(cell)

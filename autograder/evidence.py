"""What ``python -m course_lib.kit pack`` wrote beside a notebook, read as the claims of a stranger.

The folder's layout (``pack/evidence``)::

    manifest.json        {"assignment": str, "profile": str, "seed": int, "continued_from": [str], "versions": {name: version}}
    tables/<name>.json   [{column: value}, …]       values are numbers, text, booleans, null, and lists or mappings of these
    conclusions.json     {name: {key: value}}
    figures/<name>.png

Whatever is too large, too deep, of another type, not finite, or no regular file is left out, and ``problems`` says so in Korean.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.reading import NotAFile, read_file

NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
ENTRIES = 2_000  # directory entries looked at in one folder


@dataclass(frozen=True)
class Bounds:
    """What is read of one submission's evidence."""

    files: int = 64  # tables, and figures
    file_bytes: int = 8_000_000
    total_bytes: int = 32_000_000
    rows: int = 20_000
    keys: int = 200
    text: int = 20_000
    depth: int = 4
    values: int = 1_000_000  # commas and brackets in one file


BOUNDS = Bounds()


@dataclass(frozen=True)
class Evidence:
    """A student's claims about their own experiments.

    Attributes:
        tables: rows by table name.
        conclusions: what each named conclusion states.
        figures: PNG files by name.
        profile: how the notebook was run, "" when unknown.
        continued_from: artefacts that stood in for the student's own earlier steps.
        problems: Korean sentences on what could not be read.
        present: whether there is an evidence folder at all.
    """

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    conclusions: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, bytes] = field(default_factory=dict)
    profile: str = ""
    seed: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    continued_from: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    present: bool = False


class _Refused(ValueError):
    """One file or value that is left out; the text says why."""


def read_evidence(folder: Path | None, bounds: Bounds = BOUNDS) -> Evidence:
    """Read a folder of evidence; ``None`` or no such folder is evidence without tables.

    Raises:
        OSError: the folder is there, but the grader may not read it.
    """
    problems: list[str] = []
    files = evidence_files(folder, bounds, problems)
    tables, figures, single = {}, {}, {}
    for relative, data in files.items():
        name = Path(relative).stem
        try:
            if relative.startswith("figures/"):
                figures[name] = _png(data)
                continue
            content = _plain(_json(data, bounds), bounds, bounds.depth + 2)
            if relative.startswith("tables/"):
                tables[name] = _table(content)
            else:
                single[name] = content
        except _Refused as error:
            problems.append(f"증거 파일 {relative}: {error}")
    manifest = _mapping(single.get("manifest", {}), "manifest.json", problems)
    return Evidence(
        tables=tables,
        conclusions=_mapping(single.get("conclusions", {}), "conclusions.json", problems),
        figures=figures,
        profile=profile if isinstance(profile := manifest.get("profile"), str) else "",
        seed=seed if type(seed := manifest.get("seed")) is int else 0,
        versions=_texts(manifest.get("versions")),
        continued_from=tuple(_strings(manifest.get("continued_from"))),
        problems=tuple(problems),
        present=_is_folder(folder),
    )


def evidence_files(folder: Path | None, bounds: Bounds = BOUNDS, problems: list[str] | None = None) -> dict[str, bytes]:
    """The files that count as evidence, by relative path in a fixed order; nothing behind a symbolic link.

    Args:
        problems: gets a sentence on every file that was left out.
    """
    said = [] if problems is None else problems
    found: dict[str, bytes] = {}
    if folder is None or not _is_folder(folder):
        return found
    total = 0
    for path, relative in _candidates(folder, bounds, said):
        try:
            data = _read(path, bounds)
            total += len(data)
            if total > bounds.total_bytes:
                raise _Refused(f"증거가 모두 {bounds.total_bytes:,}바이트를 넘습니다.")
            found[relative] = data
        except FileNotFoundError:
            continue
        except _Refused as error:
            said.append(f"증거 파일 {relative}: {error}")
    return found


def evidence_digest(folder: Path | None) -> str:
    """A digest of everything that :func:`read_evidence` looks at."""
    problems: list[str] = []
    files = evidence_files(folder, problems=problems)
    lines = [f"{relative} {hashlib.sha256(data).hexdigest()}" for relative, data in files.items()]
    return hashlib.sha256("\n".join([str(_is_folder(folder)), *lines, *problems]).encode()).hexdigest()


def _candidates(folder: Path, bounds: Bounds, problems: list[str]) -> Iterator[tuple[Path, str]]:
    for name in ("manifest.json", "conclusions.json"):
        yield folder / name, name
    for part, suffix in (("tables", ".json"), ("figures", ".png")):
        if not _is_folder(folder / part):
            continue
        with os.scandir(folder / part) as entries:
            names = sorted(entry.name for entry, _ in zip(entries, range(ENTRIES), strict=False))
        fitting = [name for name in names if name.endswith(suffix) and NAME.fullmatch(name.removesuffix(suffix)) and len(name) <= 70]
        if len(fitting) > bounds.files:
            problems.append(f"증거 폴더 {part}: 파일이 {len(fitting)}개입니다. 앞의 {bounds.files}개만 읽었습니다.")
        yield from ((folder / part / name, f"{part}/{name}") for name in fitting[: bounds.files])


def _is_folder(path: Path | None) -> bool:
    try:
        return path is not None and not path.parent.is_symlink() and stat.S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _read(path: Path, bounds: Bounds) -> bytes:
    try:
        data = read_file(path, bounds.file_bytes + 1)
    except NotAFile:
        raise _Refused("보통 파일이 아닙니다.") from None
    if len(data) > bounds.file_bytes:
        raise _Refused(f"{bounds.file_bytes:,}바이트보다 큽니다.")
    return data


def _json(data: bytes, bounds: Bounds) -> Any:
    if sum(map(data.count, (b",", b"[", b"{"))) > bounds.values:
        raise _Refused("값이 너무 많습니다.")
    try:
        return json.loads(data.decode("utf-8-sig"), parse_int=_integer)
    except UnicodeDecodeError:
        raise _Refused("UTF-8로 된 글이 아닙니다.") from None
    except RecursionError:
        raise _Refused("구조가 너무 깊습니다.") from None
    except _Refused:
        raise
    except ValueError:
        raise _Refused("JSON 문법에 맞지 않습니다.") from None


def _integer(text: str) -> int:
    if len(text) > 19:
        raise _Refused("정수가 너무 큽니다.")
    return int(text)


def _plain(value: Any, bounds: Bounds, depth: int) -> Any:
    """``value`` within the bounds. A number that is not finite refuses the file: it could neither be compared nor written on."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _Refused("유한하지 않은 수가 있습니다.")
        return value
    if isinstance(value, str):
        if len(value) > bounds.text:
            raise _Refused("너무 긴 글이 있습니다.")
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if depth == 0:
        raise _Refused("구조가 너무 깊습니다.")
    if isinstance(value, list):
        if len(value) > bounds.rows:
            raise _Refused(f"{bounds.rows:,}개보다 긴 목록이 있습니다.")
        return [_plain(item, bounds, depth - 1) for item in value]
    if len(value) > bounds.keys:
        raise _Refused(f"열이 {bounds.keys}개보다 많습니다.")
    return {_plain(key, bounds, depth): _plain(item, bounds, depth - 1) for key, item in value.items()}


def _table(content: Any) -> list[dict[str, Any]]:
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise _Refused("표는 행(dict)의 목록이어야 합니다.")
    return content


def _png(data: bytes) -> bytes:
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise _Refused("PNG 그림이 아닙니다.")
    return data


def _mapping(content: Any, relative: str, problems: list[str]) -> dict[str, Any]:
    if isinstance(content, dict):
        return content
    problems.append(f"증거 파일 {relative}: 이름과 값의 묶음(dict)이어야 합니다.")
    return {}


def _texts(value: Any) -> dict[str, str]:
    return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}


def _strings(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)][:100] if isinstance(value, list) else []

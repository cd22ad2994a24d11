"""Evidence of an experiment: result tables, figures and the conclusions drawn from them.

A notebook calls these as it goes::

    table("vocab-size", [{"vocab_size": 500, "bytes_per_token": 3.1}, …])
    figure("vocab-size", fig)
    conclusion("larger-vocab", {"rows": [0, 1, 2], "direction": "up"})

They are kept in memory, and written below ``$COURSE_EVIDENCE`` where ``pack`` has set it. The grader reads them as claims.
"""

from __future__ import annotations

import html
import importlib.metadata
import json
import math
import numbers
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.kit import expect, session
from course_lib.kit.binding import Unfinished
from course_lib.kit.korean import josa

FOLDER = "COURSE_EVIDENCE"
VERSIONED = ("numpy", "torch", "transformers", "tokenizers", "matplotlib", "regex", "kiwipiepy")
ROWS, KEYS, TEXT = 20_000, 200, 20_000  # a table's rows, a row's columns, a text's characters: far above any experiment here


@dataclass
class Evidence:
    """What was collected; the grader's own reading of a packed folder has the same attributes."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    conclusions: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, bytes] = field(default_factory=dict)
    profile: str = ""
    seed: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


_collected = Evidence()


def begin() -> None:
    """Forget what an earlier run of the notebook collected, and note what this run is."""
    _collected.tables.clear()
    _collected.conclusions.clear()
    _collected.figures.clear()
    note_run()


def note_run() -> None:
    """Write how this run is made, as far as it is known now."""
    _write("manifest.json", manifest())


def collected() -> Evidence:
    """Everything so far."""
    now = session.current
    return Evidence(dict(_collected.tables), dict(_collected.conclusions), dict(_collected.figures), now.profile, now.seed, versions())


class Table(list):
    """Rows that show as a table when a cell ends with them."""

    def _repr_html_(self) -> str:
        columns = list(dict.fromkeys(key for row in self for key in row))
        head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(_shown(row.get(c)))}</td>" for c in columns) + "</tr>" for row in self[:50])
        more = f"<p>… 모두 {len(self)}줄</p>" if len(self) > 50 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    """Keep a result table; a later one of the same name replaces it.

    Args:
        name: lower-case letters, digits and hyphens.
        rows: mappings of column names to numbers, text, booleans, ``None`` or lists of these. NumPy scalars are taken as Python numbers.

    Raises:
        ValueError: the name or a value cannot be written, for instance a NaN; the text says which row and column.
    """
    kept = [_row(name, number, row) for number, row in enumerate(rows)]
    if len(kept) > ROWS:
        raise ValueError(f"표 {name}: {ROWS:,}줄까지 적을 수 있습니다. 지금은 {len(kept):,}줄입니다.")
    _collected.tables[_name(name)] = kept
    _write(f"tables/{name}.json", kept)
    return Table(kept)


def figure(name: str, fig: Any) -> None:
    """Keep a matplotlib figure as PNG. Raises ValueError for an unusable name."""
    import io

    _name(name)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=120, bbox_inches="tight", metadata={"Software": None})
    _collected.figures[name] = buffer.getvalue()
    _write(f"figures/{name}.png", buffer.getvalue())


def conclusion(name: str, claim: Mapping[str, Any]) -> None:
    """Keep a conclusion: which rows of which table it rests on and which direction it states, as plain data.

    Raises:
        ValueError: the name or a value cannot be written.
    """
    _collected.conclusions[_name(name)] = _plain(claim, f"결론 {name}")
    _write("conclusions.json", _collected.conclusions)


def manifest() -> dict[str, Any]:
    """How this run was made: everything needed to repeat it."""
    now = session.current
    return {
        "assignment": now.assignment,
        "profile": now.profile,
        "seed": now.seed,
        "continued_from": list(now.continued_from),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Python's version and those of the course's libraries that are imported."""
    found = {"python": platform.python_version()}
    for name in VERSIONED:
        if name in sys.modules:
            found[name] = importlib.metadata.version(name)
    return found


def _row(name: str, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    where = f"표 {name}의 {number + 1}번째 줄"
    if not isinstance(row, Mapping):
        raise ValueError(f"{where}은 dict여야 하는데 {type(row).__name__}입니다.")
    return _plain(row, where)


def _name(name: str) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", name) or len(name) > 60:
        raise ValueError(f"이름 {name!r}: 영어 소문자, 숫자, 하이픈만 60자까지 쓸 수 있습니다. 예: 'vocab-size'")
    return name


def _plain(value: Any, where: str, depth: int = 4) -> Any:
    """``value`` as JSON has it. Raises ValueError with ``where`` in the text."""
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()  # NumPy and torch scalars
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > TEXT:
            raise ValueError(f"{where}: 글이 너무 깁니다 ({len(value):,}자).")
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, numbers.Integral):
        if abs(value) >= 2**63:
            raise ValueError(f"{where}: 정수가 너무 큽니다.")
        return int(value)
    if isinstance(value, numbers.Real):
        if not math.isfinite(value):
            raise ValueError(f"{where}: 값이 {float(value)}입니다. 유한한 수나 None만 적을 수 있습니다.")
        return float(value)
    if depth > 0 and isinstance(value, Mapping):
        if len(value) > KEYS or not all(isinstance(key, str) for key in value):
            raise ValueError(f"{where}: 키는 문자열이고 {KEYS}개까지입니다.")
        return {key: _plain(item, f"{where} {key!r}", depth - 1) for key, item in value.items()}
    if depth > 0 and isinstance(value, (list, tuple)):
        if len(value) > ROWS:
            raise ValueError(f"{where}: 목록이 너무 깁니다 ({len(value):,}개).")
        return [_plain(item, where, depth - 1) for item in value]
    raise ValueError(f"{where}: {type(value).__name__} 값은 적을 수 없습니다. 수, 글, 참/거짓, None만 쓰세요.")


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _write(relative: str, content: Any) -> None:
    """Write below ``$COURSE_EVIDENCE``, whole or not at all; nothing where it is not set."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    path = Path(folder) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode()
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def expect_kept(found: Evidence, tables: Iterable[str], *conclusions: str) -> None:
    """Fail a public check unless these tables and conclusions were kept; it says nothing of what is in them.

    Raises:
        Unfinished: one of them is not there yet.
    """
    for name in tables:
        if not found.tables.get(name):
            raise Unfinished(f"표 {josa(name, '이/가')} 아직 없습니다. 앞의 함수를 쓴 다음 표를 만드는 셀을 실행하세요.")
    for name in conclusions:
        if name not in found.conclusions:
            raise Unfinished(f"결론 {josa(name, '이/가')} 아직 없습니다. 결론의 함수를 쓴 다음 결론을 남기는 셀을 실행하세요.")
        if not isinstance(found.conclusions[name], dict):
            expect.fail(f"결론 {josa(name, '은/는')} dict여야 합니다.")

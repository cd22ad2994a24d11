"""The deliverables of an assignment, made from an executed notebook and its evidence: what each consists of stands in the kit."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from course_lib.kit.modules import make_modules, read_cells, write_modules
from course_lib.kit.report import Report, Section, blank

PICTURES = ("image/png", "image/jpeg", "image/gif")
KINDS = {"tables": "표", "figures": "그림", "conclusions": "결론"}


def write_deliverables(notebook: Any, listing: Mapping[str, Any], evidence: Path, folder: Path) -> list[str]:
    """Write every deliverable of ``listing`` into ``folder``, as far as there is something to write.

    Args:
        notebook: the executed notebook.
        listing: what the kit says of the assignment; see :func:`course_lib.kit.catalogue.listing`.
        evidence: the evidence of the same run.

    Returns:
        What is missing or wrong, in Korean.
    """
    problems: list[str] = []
    titles = {item["id"]: item["title"] for item in [*(listing.get("items") or []), *(listing.get("bonus") or [])]}
    for name, part in (listing.get("parts") or {}).items():
        target = folder / name.rstrip("/")
        if part.get("notebook"):
            nbformat.write(notebook, target)
            continue
        if part.get("modules"):
            problems += write_modules(make_modules(read_cells(notebook), part["modules"]), target)
        if any(part.get(kind) for kind in ("sections", *KINDS)):
            report, missing = _report(notebook, part, titles, evidence, listing["deliverables"][name])
            problems += [f"{target.name}: {problem}" for problem in missing]
            _write_report(report, target)
    return problems


def _report(notebook: Any, part: Mapping[str, Any], titles: Mapping[str, str], evidence: Path, title: str) -> tuple[Report, list[str]]:
    problems: list[str] = []
    sections = []
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    for item in part.get("sections", ()):
        cell = cells.get(item)
        if cell is None:
            problems.append(f"{titles.get(item, item)}: 답을 쓰는 셀({item})이 노트북에 없습니다.")
        elif blank(cell.source):
            problems.append(f"{titles.get(item, item)}: 비어 있습니다.")
        else:
            text = f"```python\n{cell.source}\n```" if cell.cell_type == "code" else cell.source
            sections.append(Section(titles.get(item, item), text, dict(_attached(cell))))
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    for kind, word in KINDS.items():
        for name in part.get(kind, ()):
            if (content := _evidence(evidence, kind, name)) is not None:
                found[kind][name] = content
            elif name not in part.get("optional", ()):
                problems.append(f"{word} {name}: 증거에 없습니다. 그 셀이 실행되었는지 보세요.")
    return Report(title, sections, found["tables"], found["figures"], found["conclusions"]), problems


def _attached(cell: Any) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for name, bundle in cell.get("attachments", {}).items():
        for kind in PICTURES:
            if kind in bundle:
                yield name, (kind, base64.b64decode(bundle[kind]))


def _evidence(folder: Path, kind: str, name: str) -> Any:
    if kind == "figures":
        path = folder / "figures" / f"{name}.png"
        return path.read_bytes() if path.is_file() else None
    path = folder / "conclusions.json" if kind == "conclusions" else folder / "tables" / f"{name}.json"
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return content.get(name) if kind == "conclusions" else content


def _write_report(report: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(report.markdown(), encoding="utf-8", newline="\n")
    (folder / "report.html").write_text(report.page(), encoding="utf-8", newline="\n")
    for place, (_, data) in report.pictures().items():
        path = folder / place
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

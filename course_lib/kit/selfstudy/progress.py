"""How far one is: ``progress.json`` beside the notebook, so that it outlives the kernel."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FILE = Path("progress.json")


def read(assignment: str) -> dict[str, dict[str, Any]]:
    """What was noted of each item, by item id."""
    return _read().get(assignment, {})


def note(assignment: str, item: str, **changes: Any) -> dict[str, Any]:
    """Add to what is known of an item, write it, and return it."""
    everything = _read()
    entry = everything.setdefault(assignment, {}).setdefault(item, {})
    entry.update(changes)
    temporary = FILE.with_name(f"{FILE.name}.part")
    temporary.write_text(json.dumps(everything, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(temporary, FILE)
    return entry


def _read() -> dict[str, dict[str, dict[str, Any]]]:
    try:
        text = FILE.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        found = json.loads(text)
        if all(isinstance(entry, dict) for items in found.values() for entry in items.values()):
            return found
    except (ValueError, AttributeError):
        pass
    kept = FILE.with_name(f"{FILE.name}.damaged")
    os.replace(FILE, kept)
    print(f"{FILE}을 읽을 수 없어 새로 시작합니다. 있던 것은 {kept}에 남겨 두었습니다.")
    return {}

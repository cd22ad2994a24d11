"""Whether a page or a notebook that was made of a submission can do anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ACTIVE = frozenset({"script", "iframe", "object", "embed", "form", "base", "frame", "applet", "video", "audio", "math"})
ADDRESSES = frozenset({"href", "src", "action", "formaction", "srcdoc", "data", "poster", "xlink:href", "background", "ping"})
RICH = frozenset({"text/html", "image/svg+xml", "application/javascript", "text/markdown", "text/latex"})


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.lower(): (value or "").strip().lower() for name, value in attrs}
        if tag in ACTIVE:
            self.found.append(f"<{tag}>")
        if tag == "meta" and given.get("http-equiv") == "refresh":
            self.found.append("a page that leads elsewhere")
        self.found += [f"{name} of <{tag}>" for name in given if name.startswith("on")]
        self.found += [
            f"{name}={value[:40]} of <{tag}>"
            for name, value in given.items()
            if name in ADDRESSES and (value.startswith(("javascript:", "data:text", "vbscript:")) or "x.test" in value)
        ]


def active_parts(page: str) -> list[str]:
    """Elements, handlers and addresses in a page that do something when it is opened or clicked."""
    finder = _Finder()
    finder.feed(page)
    finder.close()
    return finder.found


def rich_outputs(notebook: Path) -> Iterator[str]:
    """Kinds of output in a notebook that a browser would not show as mere text or a picture."""
    for cell in json.loads(notebook.read_bytes())["cells"]:
        for output in cell.get("outputs", ()):
            yield from RICH & set(output.get("data", {}))

"""What a cell printed and displayed, as notebook outputs: known kinds only, bounded, plain Unicode.

HTML and SVG are left out: staff read these notebooks in a browser, and every rich value has a plain text or an image beside it.
"""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.sandbox.client import Message

CUT = "\n… 출력이 너무 길어 여기서 잘랐습니다.\n"
_TEXT_TYPES = ("text/plain",)
_IMAGE_TYPES = ("image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_LINES = 40


def text(value: Any, limit: int) -> str:
    """``value`` as text that can be stored: a string, at most ``limit`` characters, without lone surrogates or NUL."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "".join(value)
    if not isinstance(value, str):
        return ""
    return value[:limit].encode("utf-8", "replace").decode().replace("\0", "\N{SYMBOL FOR NULL}")


class Outputs:
    """Collects the outputs of one cell, up to ``allowed`` characters."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.kept: list[NotebookNode] = []
        self._cut = False

    def add(self, message: Message) -> None:
        """Take one iopub message; kinds that are no output are ignored."""
        content = message.content
        match message.kind:
            case "stream":
                self._stream("stderr" if content.get("name") == "stderr" else "stdout", content.get("text"))
            case "display_data" | "execute_result":
                self._display(message.kind, content)
            case "error":
                self._error(content)
            case "clear_output":
                self.kept.clear()

    def _take(self, value: Any) -> str:
        kept = text(value, self.allowed)
        self.allowed -= len(kept)
        if isinstance(value, str) and len(value) > len(kept) and not self._cut:
            self._cut = True
            kept += CUT
        return kept

    def _stream(self, name: str, value: Any) -> None:
        kept = self._take(value)
        if not kept:
            return
        if self.kept and self.kept[-1].output_type == "stream" and self.kept[-1].name == name:
            self.kept[-1].text += kept
        else:
            self.kept.append(new_output("stream", name=name, text=kept))

    def _display(self, kind: str, content: dict[str, Any]) -> None:
        offered = content.get("data")
        if not isinstance(offered, dict):
            return
        data: dict[str, str] = {}
        for mime in _IMAGE_TYPES:
            image = offered.get(mime)
            if isinstance(image, str) and len(image) <= self.allowed and _BASE64.fullmatch(image):
                data[mime] = image
                self.allowed -= len(image)
        for mime in _TEXT_TYPES:
            if mime in offered:
                data[mime] = self._take(offered[mime])
        if data and kind == "execute_result":
            count = content.get("execution_count")
            self.kept.append(new_output(kind, data=data, execution_count=count if type(count) is int and 0 <= count < 10**6 else None))
        elif data:
            self.kept.append(new_output(kind, data=data))

    def _error(self, content: dict[str, Any]) -> None:
        trace = content.get("traceback")
        lines = [self._take(line) for line in trace[-_LINES:]] if isinstance(trace, list) else []
        name, value = text(content.get("ename"), 200), text(content.get("evalue"), 2000)
        self.kept.append(new_output("error", ename=name, evalue=value, traceback=lines))


def note(words: str) -> NotebookNode:
    """A remark of the grader's own among a cell's outputs."""
    return new_output("stream", name="stderr", text=words + "\n")

"""The written part of a deliverable: answers, tables and figures as one Markdown file and one HTML file.

HTML in an answer is shown as text, and the page allows no script and nothing from the network.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ROWS = 200  # of a table in the report; the evidence has all
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STYLE = """body{font-family:system-ui,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR",sans-serif;line-height:1.7;
word-break:keep-all;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}
th,td{border:1px solid #d0d7de;padding:.25em .7em;text-align:right}
th{background:#f6f8fa}
img{max-width:100%}pre{overflow-x:auto;background:#f6f8fa;padding:.7em}figcaption,caption{color:#57606a}"""
_PICTURE = re.compile(r"!\[([^\]]*)\]\(attachment:([^)\s]+)\)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class Section:
    """One answer. ``pictures`` are those pasted into the cell, PNG, JPEG or GIF, by name."""

    title: str
    text: str
    pictures: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """All that a report shows.

    Attributes:
        tables: rows by table name.
        figures: PNG files by name.
        conclusions: what each conclusion states.
    """

    title: str
    sections: Sequence[Section] = ()
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    figures: Mapping[str, bytes] = field(default_factory=dict)
    conclusions: Mapping[str, Any] = field(default_factory=dict)

    def pictures(self) -> dict[str, tuple[str, bytes]]:
        """Kind and content of every picture, by its place beside the report."""
        found = {f"figures/{name}.png": ("image/png", data) for name, data in self.figures.items()}
        for number, section in enumerate(self.sections, 1):
            found |= {_place(number, name): picture for name, picture in section.pictures.items()}
        return found

    def markdown(self) -> str:
        """The report as Markdown."""
        parts = [f"# {self.title}"]
        for number, section in enumerate(self.sections, 1):
            text = _PICTURE.sub(lambda m, n=number: f"![{m[1]}]({_place(n, m[2])})", section.text.strip())
            parts += [f"## {section.title}", _deeper(text)]
        if self.conclusions:
            parts += ["## 결론", _table([{"결론": name, **_flat(claim)} for name, claim in self.conclusions.items()])]
        for name, rows in self.tables.items():
            parts += [f"## 표 {name}", _table(rows[:ROWS])]
            if len(rows) > ROWS:
                parts.append(f"모두 {len(rows):,}줄 가운데 {ROWS}줄입니다. 나머지는 증거의 `tables/{name}.json`에 있습니다.")
        for name in self.figures:
            parts += [f"## 그림 {name}", f"![그림 {name}](figures/{name}.png)"]
        return "\n\n".join(parts) + "\n"

    def page(self) -> str:
        """The report as one HTML file, pictures inside."""
        import mistune

        body = str(mistune.create_markdown(escape=True, plugins=["table", "strikethrough", "math"])(self.markdown()))
        for place, (kind, data) in self.pictures().items():
            body = body.replace(f'src="{html.escape(place)}"', f'src="data:{kind};base64,{base64.b64encode(data).decode()}"')
        head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        head += f'<meta name="viewport" content="width=device-width"><title>{html.escape(self.title)}</title><style>{STYLE}</style>'
        return f'<!DOCTYPE html>\n<html lang="ko"><head>{head}</head>\n<body>\n{body}</body></html>\n'


def blank(text: str) -> bool:
    """Whether an answer says nothing: at most headings, comments and lines."""
    lines = (line.strip() for line in _COMMENT.sub("", text).splitlines())
    return all(not line.strip("-*_=># \t") or re.match(r"#{1,6}\s", line) for line in lines)


def _place(section: int, name: str) -> str:
    return f"figures/{section}-{re.sub(r'[^A-Za-z0-9.]+', '-', name)}"


def _deeper(text: str) -> str:
    """The answer's own headings below the section's."""
    lines, fenced = [], False
    for line in text.splitlines():
        fenced ^= bool(re.match(r"\s*(```|~~~)", line))
        heading = re.match(r"(#{1,6})\s", line)
        lines.append("#" * min(len(heading[1]) + 2, 6) + line[len(heading[1]) :] if heading and not fenced else line)
    return "\n".join(lines)


def _flat(claim: Any) -> Mapping[str, Any]:
    return claim if isinstance(claim, Mapping) else {"값": claim}


def _table(rows: Iterable[Mapping[str, Any]]) -> str:
    rows = list(rows)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if not columns:
        return "(빈 표)"
    lines = [columns, ["---:"] * len(columns), *([_shown(row.get(column)) for column in columns] for row in rows)]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")

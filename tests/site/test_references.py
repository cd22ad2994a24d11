"""The list of references holds every work that a chapter cites, and the glossary defines every term once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

BOOK = Path(__file__).resolve().parents[2] / "book"
CITED = re.compile(r"^\(ref-[\w-]+\)=\n(.+)$", re.MULTILINE)


def plain(text: str) -> str:
    """Words alone: no links, marks or addresses."""
    return re.sub(r"[*\[\]]|\(https?://[^)]*\)", "", text)


def test_every_cited_work_is_in_the_list() -> None:
    listed = plain((BOOK / "references.md").read_text(encoding="utf-8"))
    cited = {line: page.name for page in sorted(BOOK.rglob("*.md")) for line in CITED.findall(page.read_text(encoding="utf-8"))}
    assert len(cited) > 20
    missing = [f"{page}: {line}" for line, page in cited.items() if plain(line).rstrip(".") not in listed]
    assert not missing, "\n".join(missing)


def test_the_list_is_in_the_order_of_names() -> None:
    text = (BOOK / "references.md").read_text(encoding="utf-8")
    names = [re.split(r"[,.] ", re.sub(r"^(The |([A-Z]\.-?)+ )+", "", line[2:]))[0] for line in text.splitlines() if line.startswith("- ")]
    assert names == sorted(names)


def test_the_glossary_defines_a_term_once() -> None:
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```\{glossary\}\n(.*?)```", text, re.DOTALL)
    terms = [term for block in blocks for term in re.findall(r"^([^\s:].*)$", block, re.MULTILINE)]
    assert len(terms) > 60
    assert not [term for term, count in Counter(terms).items() if count > 1]

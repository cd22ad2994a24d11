"""The built site's pages as one document to print: in the order of the contents, with links that stay inside it."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

from bs4 import BeautifulSoup, Tag

from autograder.course import CourseError
from autograder.strictyaml import load_yaml

CONTENTS_TITLE = "차례"
# What only a screen can use, or what would stand there twice.
DROPPED = "a.headerlink, button, script, style, .lab-title + .lab-panel, .toctree-wrapper, details.hide.above-input, .download-pdf"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
DEEPEST = 3  # levels of headings in the table of contents: parts, pages, sections

PAGE = """<!DOCTYPE html>
<html lang="ko" data-theme="light" data-mode="light">
<head>
<meta charset="utf-8">
<title>{title}</title>
{head}
<link rel="stylesheet" href="{static}/print.css">
</head>
<body class="print-book">
<header class="print-cover"><img src="{static}/logo.svg" alt=""><p class="print-title">{title}</p><p>{licence}</p></header>
<nav class="print-contents" aria-label="{contents}"><p class="print-contents-title">{contents}</p><ol>
{entries}
</ol></nav>
<main>
{body}
</main>
<script src="{static}/print.js"></script>
</body>
</html>
"""


@dataclass(frozen=True)
class Heading:
    """One line of the table of contents: its level from 1, what it says, and the anchor that it leads to."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Part:
    """Pages under one caption of the contents; the front page stands alone, under none."""

    caption: str
    pages: tuple[str, ...]


def read_parts(contents: Path) -> list[Part]:
    """The parts of a ``_toc.yml``, its root page first. Raises CourseError when it names no root."""
    data = load_yaml(contents)
    if not isinstance(data, dict) or "root" not in data:
        raise CourseError(f"{contents}: names no root page")
    parts = [Part("", (data["root"],))]
    for part in data.get("parts", [{"chapters": data.get("chapters", [])}]):
        parts.append(Part(part.get("caption", ""), tuple(_pages(part.get("chapters", [])))))
    return parts


def _pages(entries: list[dict[str, Any]]) -> Iterator[str]:
    for entry in entries:
        if "file" in entry:
            yield entry["file"]
        yield from _pages(entry.get("sections", []))


class PrintedBook:
    """The pages of a built site in one document.

    Attributes:
        headings: the lines of the table of contents, in the order of the document.
    """

    def __init__(self, site: Path, parts: list[Part], title: str, licence: str, base: str) -> None:
        """Read the pages of ``parts`` in ``site``. ``base`` is the site's address, for links to what is not printed."""
        self._site, self._title, self._licence, self._base = site, title, licence, base
        names = [page for part in parts for page in part.pages]
        self._numbers = {f"{name}.html": number for number, name in enumerate(names, 1)}
        self._head = ""
        self.headings: list[Heading] = []
        self._body: list[str] = []
        for number, part in enumerate(parts):
            if part.caption:
                anchor = f"part{number}"
                self.headings.append(Heading(1, part.caption, anchor))
                self._body.append(f'<h1 class="print-part" id="{anchor}">{html.escape(part.caption)}</h1>')
            for page in part.pages:
                self._body.append(self._page(f"{page}.html"))

    def html(self, static: str, pages: list[int] | None = None) -> str:
        """The document; ``static`` is the way to the site's ``_static``, and ``pages`` numbers the headings once that is known."""
        numbers = pages or [0] * len(self.headings)
        entries = "\n".join(
            f'<li class="level{heading.level}"><a href="#{heading.anchor}"><span>{html.escape(heading.text)}</span>'
            f'<span class="number">{number or ""}</span></a></li>'
            for heading, number in zip(self.headings, numbers, strict=True)
        )
        return PAGE.format(
            title=html.escape(self._title),
            licence=html.escape(self._licence),
            head=self._head,
            static=static,
            contents=CONTENTS_TITLE,
            entries=entries,
            body="\n".join(self._body),
        )

    def _page(self, name: str) -> str:
        soup = BeautifulSoup((self._site / name).read_text(encoding="utf-8"), "html.parser")
        article = soup.select_one("article.bd-article")
        if article is None:
            raise CourseError(f"{self._site / name}: no page of the book. Build the site anew.")
        self._head = self._head or "\n".join(map(str, self._styles_and_mathematics(soup, name)))
        for element in article.select(DROPPED):
            element.decompose()
        _open_what_is_folded(article)
        self._keep_links(article, name)
        self._lower_headings(article, self._numbers[name])
        return f'<section class="print-page" id="p{self._numbers[name]}">{article.decode_contents()}</section>'

    def _styles_and_mathematics(self, soup: BeautifulSoup, name: str) -> Iterator[Tag]:
        for link in soup.select("head link[rel=stylesheet], script[src]"):
            key = "src" if link.name == "script" else "href"
            link[key] = self._resource(link[key], name)
            if link.name == "link" or "mathjax" in link[key]:
                yield link
        yield from (script for script in soup.select("script:not([src])") if "window.MathJax" in script.text)

    def _resource(self, address: str, page: str) -> str:
        """Where a file of the site lies, seen from the folder beside the site's in which the document is written."""
        if urlsplit(address).scheme:
            return address
        path = urlsplit(address).path
        return f"../{self._site.name}/" + posixpath.normpath(posixpath.join(posixpath.dirname(page), path))

    def _keep_links(self, article: Tag, page: str) -> None:
        number = self._numbers[page]
        for element in article.find_all(id=True):
            if element.find_parent("svg") is None:
                element["id"] = f"p{number}-{element['id']}"
        for image in article.select("img[src]"):
            image["src"] = self._resource(image["src"], page)
        for link in article.select("a[href]"):
            target, fragment = urldefrag(link["href"])
            if urlsplit(target).scheme:
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(target))) if target else page
            if path in self._numbers:
                link["href"] = f"#p{self._numbers[path]}" + (f"-{unquote(fragment)}" if fragment else "")
            else:
                link["href"] = self._base + path

    def _lower_headings(self, article: Tag, number: int) -> None:
        """A page's title stands below its part's; the bookmarks of the PDF follow from that."""
        for index, heading in enumerate(article.find_all(HEADINGS), 1):
            level = min(int(heading.name[1]) + 1, len(HEADINGS))
            heading.name = f"h{level}"
            heading["id"] = heading.get("id") or f"p{number}-h{index}"
            if level <= DEEPEST:
                self.headings.append(Heading(level, " ".join(heading.get_text().split()), heading["id"]))


def _open_what_is_folded(article: Tag) -> None:
    for details in article.select("details"):
        details["open"] = ""
    for toggled in article.select(".toggle, .dropdown"):
        toggled["class"] = [name for name in toggled["class"] if name not in ("toggle", "dropdown", "toggle-hidden")]
    for control in article.select(".sd-tab-set > input"):
        control.decompose()
    for label in article.select(".sd-tab-set > label"):
        label.name, label.attrs = "p", {"class": "print-tab"}
    for tabs in article.select(".sd-tab-set"):
        tabs["class"] = "print-tabs"
    for content in article.select(".sd-tab-content"):
        content["class"] = "print-tab-content"

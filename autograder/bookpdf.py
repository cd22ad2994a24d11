"""The whole book as one PDF: the site's pages, printed by Chromium with mathematics, bookmarks and page numbers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from autograder.bookpages import Heading, PrintedBook, read_parts
from autograder.course import CourseError
from autograder.strictyaml import load_yaml

NAME = "book.pdf"
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",  # it prints our own pages, and set-up runs as root in containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--allow-file-access-from-files",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # Time runs while the page has work to do, and jumps when it has none: mathematics is set when printing begins.
    "--virtual-time-budget=600000",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
SECONDS = 600
# Chromium writes the time of printing; the same pages give the same file.
_DATES = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}")


def find_browser() -> str | None:
    """The path of a Chromium: $CHROMIUM, the system's, or one that Playwright has installed."""
    if named := os.environ.get("CHROMIUM"):
        return named
    if found := next(filter(None, map(shutil.which, CANDIDATES)), None):
        return found
    installed = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(installed[-1]) if installed else None


def print_book(root: Path, site: Path) -> Path:
    """Print the site that was built from ``root`` into ``book.pdf`` beside its pages, and return that file.

    Raises:
        CourseError: there is no Chromium, or it printed nothing that can be read.
    """
    browser = find_browser()
    if browser is None:
        raise CourseError("The PDF needs Chromium, and there is none on this machine. Run: scripts/setup tests, or name one in $CHROMIUM")
    config: dict[str, Any] = load_yaml(root / "_config.yml")
    base = config.get("html", {}).get("baseurl", "").rstrip("/") + "/"
    book = PrintedBook(site, read_parts(root / "_toc.yml"), config["title"], config.get("copyright", ""), base)
    work = site.parent / "print"  # beside the site, whose files the document names
    work.mkdir(exist_ok=True)
    static = f"../{site.name}/_static"
    # The first time finds out on which page each heading comes to stand; the numbers take no room that they did not have before.
    numbers = page_numbers(_print(browser, work, book.html(static)), book.headings)
    data = _print(browser, work, book.html(static, numbers))
    if page_numbers(data, book.headings) != numbers:
        raise CourseError("The table of contents moved the pages that it names. Give its numbers a fixed width in web/static/print.css.")
    target = site / NAME
    temporary = target.with_suffix(".part")
    temporary.write_bytes(data)
    temporary.replace(target)
    return target


def _print(browser: str, work: Path, text: str) -> bytes:
    page, target = work / "index.html", work / "printed.pdf"
    page.write_text(text, encoding="utf-8")
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="print-", ignore_cleanup_errors=True) as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.as_uri()]
        try:
            finished = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise CourseError(f"Chromium did not print the book within {SECONDS} seconds.") from None
    if finished.returncode or not target.is_file():
        raise CourseError(f"Chromium could not print the book:\n{finished.stderr.strip()[-2_000:]}")
    return _DATES.sub(rb"\g<1>20000101000000", target.read_bytes())


def page_numbers(data: bytes, headings: list[Heading]) -> list[int]:
    """The page of every heading, from 1, by the links of the table of contents. Raises CourseError when one leads nowhere."""
    reader = PdfReader(BytesIO(data))
    named = reader.named_destinations
    found = []
    for heading in headings:
        destination = named.get(heading.anchor) or named.get(f"/{heading.anchor}")
        number = reader.get_destination_page_number(destination) if destination is not None else None
        if number is None:
            raise CourseError(f"The printed book has no place {heading.anchor!r} ({heading.text}).")
        found.append(number + 1)
    return found


# -- the link on the front page ---------------------------------------------------------------------------------------

# What the page's directive {book-pdf} leaves there, hidden while there is no PDF.
_LINK = re.compile(r'<p class="download-pdf"[^>]*><a href="([^"]*)"[^>]*>([^<(]*)[^<]*</a></p>')


def offer(root: Path, site: Path, pdf: Path) -> None:
    """Show the link to the PDF on the front page, with its pages and its size."""
    size = f"{len(PdfReader(pdf).pages)}쪽, {pdf.stat().st_size / 1e6:.1f} MB"
    _write_link(_front(root, site), lambda href, text: f'<p class="download-pdf"><a href="{href}" download>{text.strip()} ({size})</a></p>')
    os.utime(pdf)  # newer than the pages that it was printed from


def withdraw_if_outdated(root: Path, site: Path) -> None:
    """Take the PDF away when a page is newer: nobody should print yesterday's book. ``course book --pdf`` makes it anew."""
    pages = [site / f"{page}.html" for part in read_parts(root / "_toc.yml") for page in part.pages]
    pdf = site / NAME
    if pdf.is_file() and all(page.stat().st_mtime_ns <= pdf.stat().st_mtime_ns for page in pages if page.is_file()):
        return
    pdf.unlink(missing_ok=True)
    _write_link(_front(root, site), lambda href, text: f'<p class="download-pdf" hidden><a href="{href}">{text.strip()}</a></p>')


def _front(root: Path, site: Path) -> Path:
    return site / f"{read_parts(root / '_toc.yml')[0].pages[0]}.html"


def _write_link(page: Path, link: Callable[[str, str], str]) -> None:
    text = page.read_text(encoding="utf-8")
    changed = _LINK.sub(lambda found: link(found[1], found[2]), text)
    if changed != text:
        page.write_text(changed, encoding="utf-8")

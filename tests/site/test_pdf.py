"""The book on paper: every page, Korean letters and mathematics, bookmarks, a table of contents that is right, nothing cut off."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader

from autograder.book import build_book
from autograder.bookpages import PrintedBook, read_parts
from autograder.bookpdf import find_browser
from autograder.course import ROOT, Course

pytestmark = pytest.mark.smoke


@pytest.fixture(scope="module")
def printed(small_site: Course) -> PdfReader:
    if find_browser() is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine: scripts/setup tests")
    site = build_book(small_site, strict=True, pdf=True).parent
    return PdfReader(site / "book.pdf")


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def titles(outline: list, reader: PdfReader, level: int = 1) -> list[tuple[int, str, int]]:
    found = []
    for entry in outline:
        if isinstance(entry, list):
            found += titles(entry, reader, level + 1)
        else:
            found.append((level, entry.title, reader.get_destination_page_number(entry) + 1))
    return found


def test_bookmarks_are_parts_pages_and_sections(printed: PdfReader) -> None:
    outline = titles(printed.outline, printed)
    named = [(level, title) for level, title, _ in outline]
    assert (1, "첫째 부분") in named
    assert (2, "한 장") in named
    assert (3, "코드") in named


def test_the_table_of_contents_names_the_pages(printed: PdfReader) -> None:
    where = {title: page for _, title, page in titles(printed.outline, printed)}
    contents = printed.pages[1].extract_text()
    assert "차례" in contents
    for title in ("첫째 부분", "한 장"):
        found = re.search(rf"{title}\s+(\d+)", contents)
        assert found, contents
        assert int(found[1]) == where[title]


def test_pages_carry_their_number(printed: PdfReader) -> None:
    for number, page in enumerate(printed.pages, 1):
        first = page.extract_text().strip().splitlines()[0].strip()  # a margin box is written before its page
        assert (first == str(number)) == (number > 1), "the cover has none"


def test_what_is_folded_on_a_screen_is_open_on_paper(printed: PdfReader) -> None:
    text = text_of(printed)
    assert "첫 탭입니다." in text
    assert "둘째 탭입니다." in text
    assert "숨은 문장입니다." in text
    assert "카드 전체가 링크입니다." in text


def test_nothing_is_cut_off(printed: PdfReader) -> None:
    text = re.sub(r"\s", "", text_of(printed))
    assert "길다" * 120 in text, "a long line of output breaks"
    assert "1234567890" in text, "a wide table is made smaller instead of breaking its numbers"
    for page in printed.pages:
        assert max(starts(page), default=0) < float(page.mediabox.width) - 25


def starts(page: PageObject) -> list[float]:
    """Where each piece of text begins, in points from the left."""
    found: list[float] = []

    def place(text: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            found.append(tm[4] * cm[0] + tm[5] * cm[2] + cm[4])

    page.extract_text(visitor_text=place)
    return found


def test_letters_are_ours_and_mathematics_is_set(printed: PdfReader) -> None:
    found = [font.get_object() for page in printed.pages for font in page["/Resources"].get("/Font", {}).values()]
    # Web fonts may be embedded as drawings, which have a name in their description only.
    fonts = {str(font.get("/BaseFont") or font.get("/FontDescriptor", {}).get("/FontName")) for font in found}
    assert any("CourseGothic" in name for name in fonts), fonts
    assert any("MathJax" in name for name in fonts), fonts
    assert "\\frac" not in text_of(printed)


def test_links_inside_the_book_stay_inside(printed: PdfReader) -> None:
    addresses = [
        annotation.get_object()["/A"]["/URI"]
        for page in printed.pages
        for annotation in page.get("/Annots", [])
        if "/A" in annotation.get_object() and "/URI" in annotation.get_object()["/A"]
    ]
    assert [address for address in addresses if ".html" in address or address.startswith("file:")] == []


def test_the_front_page_offers_it_until_a_page_is_newer(small_site: Course, printed: PdfReader) -> None:
    front = small_site.root / "_build" / "html" / "book" / "index.html"
    offered = re.search(r'<p class="download-pdf"><a href="([^"]+)" download>([^<]*)</a>', front.read_text(encoding="utf-8"))
    assert offered
    assert (front.parent / offered[1]).resolve() == (small_site.root / "_build" / "html" / "book.pdf").resolve()
    assert f"({len(printed.pages)}쪽," in offered[2]
    build_book(small_site, strict=True)
    assert "download>" in front.read_text(encoding="utf-8"), "nothing has changed"
    chapter = small_site.root / "book" / "chapter.md"
    text = chapter.read_text(encoding="utf-8")
    try:
        chapter.write_text(text + "\n한 줄 더.\n", encoding="utf-8")
        build_book(small_site, strict=True)
    finally:
        chapter.write_text(text, encoding="utf-8")
    assert '<p class="download-pdf" hidden>' in front.read_text(encoding="utf-8")
    assert not (front.parent / offered[1]).exists()


def test_the_whole_book_is_in_it(site: Path) -> None:
    parts = read_parts(ROOT / "_toc.yml")
    book = PrintedBook(site, parts, "책", "", "https://llm-course.example/")
    pages = [page for part in parts for page in part.pages]
    text = book.html("../html/_static")
    assert [number for number in range(1, len(pages) + 1) if f'<section class="print-page" id="p{number}">' not in text] == []
    anchors = set(re.findall(r'id="([^"]+)"', text))
    assert [link for link in re.findall(r'href="#([^"]+)"', text) if link not in anchors] == [], "links that lead nowhere"

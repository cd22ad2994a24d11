"""What a reader meets: Korean controls, dark mode, a phone's width, names for screen readers, contrast, and the small pages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from browser import Page, pages_of
from course_site.locale import read_catalogue

pytestmark = pytest.mark.smoke

ENGLISH = (
    "Skip to main content", "Back to top", "Toggle", "previous page", "next page", "Show code cell", "On this page", "Color mode",
    "Download source", "Download this page", "Search this book", "Link to this", "Permalink", "Site navigation", "으로 트랜스포머",
)  # fmt: skip

# Names as a screen reader would find them, near enough for a theme's buttons and links.
NAMELESS = """
[...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select')]
  .filter((element) => element.checkVisibility({visibilityProperty: true}))
  .filter((element) => ![
    element.getAttribute('aria-label'), element.title, element.innerText, element.alt, element.placeholder,
    ...[...element.querySelectorAll('img')].map((image) => image.alt),
    ...[...(element.labels || [])].map((label) => label.innerText),
  ].some((name) => name && name.trim()))
  .map((element) => element.outerHTML.slice(0, 200))
"""

# Text below WCAG AA's contrast against the nearest ground that is not transparent.
FAINT = """
(() => {
  const parse = (colour) => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, below) => [0, 1, 2].map((i) => (top[i] * top[3] + below[i] * (255 - top[3])) / 255).concat(255);
  const seen = new Map();
  const colour = (text) => seen.get(text) || seen.set(text, parse(text)).get(text);
  const ground = (element) => {
    const layers = [];
    for (let node = element; node; node = node.parentElement) layers.push(colour(getComputedStyle(node).backgroundColor));
    layers.push([255, 255, 255, 255]);
    return layers.reverse().reduce((below, top) => over(top, below));
  };
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const v = c[i] / 255;
    return sum + weight * (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  }, 0);
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const shown = element.checkVisibility({opacityProperty: true, visibilityProperty: true});
    if (!walker.currentNode.data.trim() || !shown || element.closest('mjx-container')) continue;
    const style = getComputedStyle(element), below = ground(element);
    const [a, b] = [light(over(colour(style.color), below)), light(below)].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)} <${element.className}>`);
  }
  return faint;
})()
"""


def test_controls_are_korean(site: Path) -> None:
    for name in pages_of(site):
        text = re.sub(r"<script.*?</script>", "", (site / name).read_text(encoding="utf-8"), flags=re.DOTALL)
        assert [phrase for phrase in ENGLISH if phrase in text] == [], name
        assert 'lang="ko"' in text


def test_the_catalogue_has_no_empty_or_untranslated_text() -> None:
    messages = {key: value for key, value in read_catalogue()._catalog.items() if key}
    assert len(messages) > 50
    assert [key for key, value in messages.items() if not re.search("[가-힣©]", value)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_follow_the_system_and_can_be_read(site: Path, address: str, page: Page, scheme: str) -> None:
    page.colour_scheme(scheme)
    for name in pages_of(site):
        page.open(f"{address}/{name}", settle=0.1)
        if name == "index.html":
            continue  # moves on at once
        assert page.evaluate("document.documentElement.dataset.theme") == scheme, name
        assert page.evaluate(FAINT) == [], (name, scheme)


def test_no_page_scrolls_sideways_on_a_phone(site: Path, address: str, page: Page) -> None:
    page.viewport(360, 740, mobile=True)
    for name in pages_of(site):
        page.open(f"{address}/{name}", settle=0.1)
        assert page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)") <= 360, name


def test_controls_and_pictures_have_names(site: Path, address: str, page: Page) -> None:
    for name in pages_of(site):
        page.open(f"{address}/{name}", settle=0.1)
        assert page.evaluate(NAMELESS) == [], name
        pictures = page.evaluate("[...document.images].map((image) => [image.src, image.getAttribute('alt')])")
        assert [src for src, alt in pictures if alt is None or "/" in alt or alt.endswith((".png", ".svg"))] == [], name
        if name.startswith("book/") and "index" not in name:
            assert page.evaluate("[...document.querySelectorAll('h1')].filter((h) => h.checkVisibility()).length") == 1, name


def test_a_reader_can_choose_the_other_mode(address: str, page: Page) -> None:
    page.open(f"{address}/book/index.html")
    before = page.evaluate("document.documentElement.dataset.theme")
    page.evaluate("document.querySelector('.theme-switch-button').click()")
    page.evaluate("document.querySelector('.theme-switch-button').click()")
    chosen = page.evaluate("document.documentElement.dataset.mode")
    page.evaluate("localStorage.clear()")
    assert before == "light"
    assert chosen in {"dark", "light"}


def test_the_front_page_leads_to_four_ways_in(address: str, page: Page) -> None:
    page.open(f"{address}/index.html", settle=0.5)
    page.wait_for("document.querySelectorAll('.doors a').length == 4")
    doors = page.evaluate("[...document.querySelectorAll('.doors a')].map((a) => [a.href, a.getBoundingClientRect().bottom])")
    assert all(bottom < 900 for _, bottom in doors), "one screen"
    for target, _ in doors:
        page.open(target)
        assert page.evaluate("document.querySelector('h1').innerText.trim()")
        assert page.errors == []


def test_the_text_is_set_in_our_font(address: str, page: Page) -> None:
    page.open(f"{address}/book/first-steps.html")
    assert page.wait_for("document.fonts.check('16px \"Course Gothic\"', '한글')")
    assert {url.rsplit("/", 1)[1] for url in page.requests if url.endswith(".woff2") and "course" in url} == {
        "course-gothic-regular.woff2",
        "course-gothic-bold.woff2",
    }


def test_error_page_works_at_any_depth(site: Path) -> None:
    text = (site / "404.html").read_text(encoding="utf-8")
    assert "페이지를 찾을 수 없습니다" in text
    links = re.findall(r'(?:href|src)="([^"#]+)"', text)
    assert [link for link in links if not link.startswith(("/", "https://", "data:"))] == []


def test_sitemap_lists_the_book_with_full_addresses(site: Path) -> None:
    places = [element.text or "" for element in ElementTree.parse(site / "sitemap.xml").iter() if element.tag.endswith("loc")]
    base = "https://llm-course.example/"
    listed = {place.removeprefix(base) for place in places}
    assert all(place.startswith(base) for place in places)
    wanted = set(pages_of(site)) - {"index.html", "404.html", "search.html", "genindex.html"}
    assert wanted <= listed
    assert not {"404.html", "search.html"} & listed


def test_pages_describe_themselves_to_other_sites(site: Path) -> None:
    text = (site / "book" / "first-steps.html").read_text(encoding="utf-8")
    assert '<meta property="og:title" content="학생의 첫걸음"' in text
    assert '<meta property="og:url" content="https://llm-course.example/book/first-steps.html"' in text
    assert re.search(r'<meta property="og:description" content="이 안내를 따라', text)

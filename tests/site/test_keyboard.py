"""The site by keyboard alone: past the contents, to a chapter, to a search and its results; on a phone as well."""

from __future__ import annotations

import pytest
from browser import Page

pytestmark = pytest.mark.smoke

KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, "")}
FOCUS = "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()"


def press(page: Page, key: str, modifiers: int = 0) -> None:
    code, text = KEYS[key] if key in KEYS else (ord(key.upper()), "")
    named = {"key": key, "code": key if key in KEYS else f"Key{key.upper()}", "windowsVirtualKeyCode": code, "modifiers": modifiers}
    page.command("Input.dispatchKeyEvent", type="keyDown", text="" if modifiers else text, **named)
    page.command("Input.dispatchKeyEvent", type="keyUp", **named)
    page.wait_idle(0.05)


def tab_to(page: Page, wanted: str, most: int = 60) -> list[str]:
    """Press Tab until the focus says ``wanted``; return what it said on the way."""
    said = []
    for _ in range(most):
        press(page, "Tab")
        said.append(page.evaluate(FOCUS))
        if said[-1] == wanted:
            return said
    raise AssertionError(f"Tab never reaches {wanted!r}: {said}")


def test_the_first_key_skips_to_the_text(address: str, page: Page) -> None:
    page.open(f"{address}/book/grading.html")
    press(page, "Tab")
    assert page.evaluate(FOCUS) == "본문으로 건너뛰기"
    assert page.evaluate("document.activeElement.checkVisibility({opacityProperty: true, visibilityProperty: true})")
    press(page, "Enter")
    press(page, "Tab")
    assert page.evaluate("document.querySelector('#main-content, main').contains(document.activeElement)"), "not in the contents"


def test_the_contents_lead_to_a_chapter(address: str, page: Page) -> None:
    page.open(f"{address}/book/index.html")
    way = tab_to(page, "9주차 한눈에 보기")
    assert way.index("학생의 첫걸음") < way.index("채점하기"), "in the order of the page"
    press(page, "Enter")
    page.wait_for("location.pathname.endsWith('/week09/index.html')")


def test_every_stop_can_be_seen(address: str, page: Page) -> None:
    page.open(f"{address}/book/index.html")
    for _ in range(20):
        press(page, "Tab")
        style = page.evaluate("""(() => {
          const style = getComputedStyle(document.activeElement);
          return [style.outlineStyle, parseFloat(style.outlineWidth), style.boxShadow];
        })()""")
        assert (style[0] != "none" and style[1] > 0) or style[2] != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_search_opens_finds_and_leads_on(address: str, page: Page) -> None:
    page.open(f"{address}/book/index.html")
    press(page, "k", modifiers=2)
    page.wait_for("document.activeElement.matches('input[type=search]')")
    page.command("Input.insertText", text="병합")
    press(page, "Enter")
    page.wait_for("location.pathname.endsWith('/search.html')")
    page.wait_for("document.querySelectorAll('#search-results li a').length > 2 && !(Search._pulse_status >= 0)")
    title = page.evaluate("document.querySelector('#search-results li a').innerText.trim()")
    tab_to(page, title)
    press(page, "Enter")
    page.wait_for("!location.pathname.endsWith('/search.html')")
    assert page.wait_for("document.querySelectorAll('.highlighted').length > 0"), "the word stands out on the page"


def test_escape_closes_the_search(address: str, page: Page) -> None:
    page.open(f"{address}/book/index.html")
    press(page, "k", modifiers=2)
    page.wait_for("document.activeElement.matches('input[type=search]')")
    press(page, "Escape")
    page.wait_for("!document.activeElement.matches('input[type=search]')")


def test_the_contents_open_on_a_phone(address: str, page: Page) -> None:
    page.viewport(390, 844, mobile=True)
    page.open(f"{address}/book/grading.html")
    tab_to(page, page.evaluate("document.querySelector('.primary-toggle').getAttribute('aria-label')"))
    press(page, "Enter")
    page.wait_for("[...document.querySelectorAll('a')].some((a) => a.innerText.trim() === '용어집' && a.checkVisibility())")
    tab_to(page, "용어집")
    press(page, "Enter")
    page.wait_for("location.pathname.endsWith('/glossary.html')")


def test_a_wide_figure_can_be_moved(address: str, page: Page) -> None:
    page.viewport(390, 844, mobile=True)
    page.open(f"{address}/book/week09/tokenizers.html")
    page.wait_for("document.querySelectorAll('.wide-figure').length > 3")
    assert page.evaluate("[...document.querySelectorAll('.wide-figure')].every((f) => f.tabIndex === 0 && f.scrollWidth > f.clientWidth)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

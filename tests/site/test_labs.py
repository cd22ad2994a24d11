"""The laboratories in the pages: the same results as the course's library, worked by keyboard alone, on any screen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from browser import Page

from course_lib.kit.text import bytes_to_unicode
from course_lib.tokenizers import BPETokenizer, ByteBPETokenizer, train_bpe, train_byte_bpe

pytestmark = pytest.mark.smoke

CHAPTER = "book/week09/tokenizers.html"
SENTENCES = [
    "나무를 심는 사람은 나무를 보고 나무는 사람을 본다. 하하하하 웃는 나무도 있다.",
    "물고기 물고기 물고기 물고기 불고기 불고기 불고기 고기 고기 고기 고기 고기 물개 물개 불꽃 불꽃",
    "ㅋㅋㅋㅋㅋㅋㅋ ㅋㅋㅋ 아아 아아아아",
    "the cat sat on the mat; the hat didn't fit the cat, but I'll say it's theirs",
    "x²+½ ①번 ①번 สวัสดี สวัสดี 🐙🐙🐙 樂樂",
    "  빈칸이   두 칸,\t탭과\n줄바꿈\n\n도 있다  ",
    "zzyzx yy zzy 1 0 10 1010 __init__ __init__",
]


@pytest.fixture
def lab(address: str, page: Page) -> Page:
    page.open(f"{address}/{CHAPTER}")
    page.wait_for("document.querySelector('.lab[data-lab=bpe][data-ready]') !== null")
    return page


def run(lab: Page, sentence: str, unit: str = "character", *, once: bool = False) -> list[tuple[str, str]]:
    """Set the controls as a reader would, merge to the end, and read the list of merges."""
    merges = lab.evaluate(f"""(() => {{
      const lab = document.querySelector('.lab[data-lab=bpe]');
      const set = (control, name, value) => {{
        control[name] = value;
        control.dispatchEvent(new Event('input', {{bubbles: true}}));
      }};
      set(lab.querySelector('textarea'), 'value', {json.dumps(sentence)});
      set(lab.querySelector('select'), 'value', {json.dumps(unit)});
      set(lab.querySelector('input[type=checkbox]'), 'checked', {json.dumps(once)});
      [...lab.querySelectorAll('button')].find((button) => button.innerText === '끝까지 병합').click();
      return [...lab.querySelectorAll('.lab-merges li')].map((item) => [item.dataset.left, item.dataset.right]);
    }})()""")
    assert lab.errors == []
    return [tuple(pair) for pair in merges]


def tokens(lab: Page) -> list[str]:
    return lab.evaluate("[...document.querySelectorAll('.lab-chip')].map((chip) => chip.textContent)")


def said(lab: Page) -> str:
    return lab.evaluate("document.querySelector('.lab-said').textContent")


def press(lab: Page, key: str, code: int, text: str = "") -> None:
    named = {"key": key, "code": key if key != " " else "Space", "windowsVirtualKeyCode": code}
    lab.command("Input.dispatchKeyEvent", type="keyDown", text=text, **named)
    lab.command("Input.dispatchKeyEvent", type="keyUp", **named)


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("least", [1, 2])
def test_merges_are_those_of_the_course(lab: Page, sentence: str, least: int) -> None:
    vocab, merges = train_bpe([sentence], 10_000, min_frequency=least)
    assert run(lab, sentence, once=least == 1) == merges
    encoder = BPETokenizer({"[UNK]": -1, **vocab}, merges, "[UNK]")
    expected = [encoder.decode([number]) for number in encoder.encode(sentence)]
    assert tokens(lab) == expected
    assert f"토큰 {len(expected)}개, 어휘 {len(vocab)}개" in said(lab)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_merges_of_bytes_are_those_of_the_course(lab: Page, sentence: str) -> None:
    vocab, merges = train_byte_bpe([sentence], 10_000)
    assert run(lab, sentence, "byte") == merges
    ids = ByteBPETokenizer(vocab, merges).encode(sentence)
    assert f"토큰 {len(ids)}개, 어휘 {len(vocab)}개" in said(lab)
    assert f"토큰당 {len(sentence.encode()) / len(ids):.2f}바이트" in said(lab)


def test_one_syllable_is_three_bytes_until_they_merge(lab: Page) -> None:
    table = bytes_to_unicode()
    merges = run(lab, "한", "byte")
    assert merges == []
    assert tokens(lab) == ["ed", "95", "9c"]
    assert run(lab, "한 한", "byte") == [(table[0xED], table[0x95]), (table[0xED] + table[0x95], table[0x9C])]
    assert tokens(lab) == ["한", "␣", "한"]


def test_the_keyboard_alone_is_enough(lab: Page) -> None:
    lab.evaluate("document.querySelector('.lab textarea').focus()")
    reached = []
    for _ in range(7):
        press(lab, "Tab", 9)
        reached.append(lab.evaluate("document.activeElement.innerText || document.activeElement.type"))
    assert reached[1:6] == ["checkbox", "한 번 병합", "한 번 되돌리기", "끝까지 병합", "처음으로"]
    lab.evaluate("document.querySelector('.lab textarea').focus()")
    for _ in range(3):
        press(lab, "Tab", 9)
    expected = train_bpe([SENTENCES[0]], 10_000)[1]
    press(lab, "Enter", 13, "\r")
    press(lab, " ", 32, " ")
    merges = lab.evaluate("[...document.querySelectorAll('.lab-merges li')].map((item) => [item.dataset.left, item.dataset.right])")
    assert [tuple(pair) for pair in merges] == expected[:2]
    assert said(lab).startswith(f"2번째 병합: {expected[1][0]} + {expected[1][1]}")
    press(lab, "Tab", 9)
    press(lab, " ", 32, " ")
    assert said(lab).startswith("1번째 병합")
    press(lab, " ", 32, " ")
    press(lab, " ", 32, " ")
    assert said(lab).startswith("병합하기 전")
    assert lab.evaluate("document.activeElement.innerText") == "한 번 되돌리기", "the focus stays where the reader is"


def test_changes_are_read_aloud_and_everything_has_a_name(lab: Page) -> None:
    assert lab.evaluate("document.querySelector('.lab-said').getAttribute('aria-live')") == "polite"
    assert lab.evaluate("document.querySelector('.lab').getAttribute('aria-label')") == "실험실: 내 문장의 BPE"
    unnamed = "[...document.querySelectorAll('.lab :is(textarea, select, input)')].filter((control) => !control.labels.length).length"
    assert lab.evaluate(unnamed) == 0
    assert lab.evaluate("document.querySelector('.lab caption').innerText") == "다음 병합의 후보"


def test_an_empty_sentence_is_no_error(lab: Page) -> None:
    assert run(lab, "") == []
    assert said(lab) == "문장을 적어 보세요."
    assert run(lab, " \n ") == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_long_word_stays_inside_on_a_phone(lab: Page, width: int) -> None:
    lab.viewport(width, 800, mobile=True)
    run(lab, "가나다라마바사" * 30 + " " + "가나다라마바사" * 30, once=True)
    assert lab.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)") <= width
    small = "[...document.querySelectorAll('.lab button, .lab select')].filter((c) => c.getBoundingClientRect().height < 40).length"
    assert lab.evaluate(small) == 0


def test_without_scripts_a_text_stands_in_its_place(site: Path) -> None:
    text = (site / CHAPTER).read_text(encoding="utf-8")
    instead = re.search(r'<section [^>]*class="lab"[^>]*>.*?<div class="lab-instead">(.*?)</div>\s*</section>', text, re.DOTALL)
    assert instead
    assert "train_bpe" in instead[1]


def test_only_pages_with_laboratories_load_them(site: Path) -> None:
    assert "labs/bpe.js" in (site / CHAPTER).read_text(encoding="utf-8")
    assert "labs/" not in (site / "book" / "grading.html").read_text(encoding="utf-8")

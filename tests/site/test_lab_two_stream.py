"""The laboratory of the two-stream masks: what the page shows is what the library computes, by keyboard, mouse and on a phone."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from axe import violations
from browser import Page

from course_lib.objectives import sample_order, two_stream_masks

pytestmark = pytest.mark.smoke

CHAPTER = "book/week09/objectives.html"
FIRST = [3, 0, 5, 2, 4, 1]

READ = """(() => {
  const lab = document.querySelector('.lab[data-lab=two-stream]');
  const rows = (table) => [...table.querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('td')].map((cell) => cell.querySelector('.lab-aloud').textContent === '본다'));
  const line = (name) => [...lab.querySelectorAll(`.lab-sees`)].find((p) => p.querySelector('b')?.textContent === name);
  const [content, query] = [...lab.querySelectorAll('.lab-mask')];
  return {
    content: rows(content), query: rows(query), captions: [content, query].map((table) => table.caption.textContent),
    order: [...lab.querySelectorAll('.lab-order [data-place]')].map((chip) => Number(chip.dataset.place)),
    asked: [...lab.querySelectorAll('.lab-order .lab-asked')].map((chip) => Number(chip.dataset.place)),
    rows: [...query.querySelectorAll('tbody tr')].flatMap((row, i) => row.classList.contains('lab-unasked') ? [] : [i]),
    marked: [...query.querySelectorAll('td')].filter((cell) => cell.textContent.startsWith('?')).length,
    typed: lab.querySelectorAll('input')[1].value, said: lab.querySelector('.lab-said').textContent,
    lines: ['질의 흐름', '내용 흐름'].map((name) => [...line(name).querySelectorAll('.lab-token')].map((token) => token.textContent)),
  };
})()"""


@pytest.fixture
def lab(address: str, page: Page) -> Page:
    page.open(f"{address}/{CHAPTER}")
    page.wait_for("document.querySelector('.lab[data-lab=two-stream][data-ready]') !== null")
    return page


def enter(lab: Page, **values: str) -> dict[str, Any]:
    """Set controls as a reader would (sentence, order, last, chosen), and read the laboratory."""
    lab.evaluate(f"""(() => {{
      const lab = document.querySelector('.lab[data-lab=two-stream]'), values = {json.dumps(values)};
      const [sentence, order] = lab.querySelectorAll('input');
      const controls = {{sentence, order, last: lab.querySelector('select')}};
      for (const [name, control] of Object.entries(controls)) {{
        if (!(name in values)) continue;
        control.value = values[name];
        control.dispatchEvent(new Event('input', {{bubbles: true}}));
      }}
      if ('chosen' in values) lab.querySelector(`[data-place="${{values.chosen}}"]`).click();
    }})()""")
    assert lab.errors == []
    return lab.evaluate(READ)


def text_of(order: list[int]) -> str:
    return " ".join(map(str, order))


def places(row: torch.Tensor) -> str:
    return ", ".join(map(str, row.nonzero().flatten().tolist())) or "없음"


@pytest.mark.parametrize("seed", range(12))
def test_masks_of_random_orders_are_those_of_the_course(lab: Page, seed: int) -> None:
    rng, length = random.Random(seed), 1 + seed % 10
    last, chosen = rng.randint(1, length), rng.randrange(length)
    order = sample_order(length, torch.Generator().manual_seed(seed))
    words = [f"말{i}" for i in range(length)]
    shown = enter(lab, sentence=" ".join(words), order=text_of(order.tolist()), last=str(last), chosen=str(chosen))
    content, query = two_stream_masks(order)
    assert shown["content"] == content.tolist()
    assert shown["query"] == query.tolist()
    assert shown["order"] == order.tolist()
    assert shown["captions"] == [f"내용 마스크 ({content.sum()}쌍)", f"질의 마스크 ({query.sum()}쌍)"]
    assert shown["asked"] == order[-last:].tolist()
    assert shown["rows"] == sorted(shown["asked"])
    assert shown["marked"] == last, "a question mark where a token is predicted"
    rank = order.tolist().index(chosen)
    assert shown["said"] == (
        f"자리 {chosen} ‘{words[chosen]}’: 순위 {rank}. "
        f"질의가 보는 자리 {places(query[chosen])}. 내용이 보는 자리 {places(content[chosen])}. "
        f"이 토큰을 질의로 보는 자리 {places(query[:, chosen])}. 맞히는 {last}개의 평균 문맥은 {length - (last + 1) / 2:.1f}개입니다."
    )
    for line, row in zip(shown["lines"], (query[chosen], content[chosen]), strict=True):
        assert line == [word if row[i] else "?" if i == chosen else "□" for i, word in enumerate(words)]


def test_it_starts_with_the_order_of_the_figures(lab: Page) -> None:
    shown = lab.evaluate(READ)
    assert (shown["order"], shown["typed"]) == (FIRST, text_of(FIRST))
    assert shown["asked"] == FIRST[-3:]


@pytest.mark.parametrize("typed", ["", "0 1 2", "0 1 2 3 4 4", "0 1 2 3 4 6", "1 2 3 4 5 6", "0 1 2 3 4 5 5", "0 1 2 3 4 -5", "a b"])
def test_what_is_no_order_is_said_and_changes_nothing(lab: Page, typed: str) -> None:
    before = lab.evaluate(READ)
    shown = enter(lab, order=typed)
    assert shown["said"] == "0부터 5까지를 한 번씩 적으세요."
    assert [shown[name] for name in ("order", "query", "typed")] == [before["order"], before["query"], typed]
    assert lab.evaluate("document.querySelectorAll('.lab input')[1].getAttribute('aria-invalid')") == "true"
    assert enter(lab, order="5,4,3,2,1,0")["order"] == [5, 4, 3, 2, 1, 0]
    assert lab.evaluate("document.querySelectorAll('.lab input')[1].getAttribute('aria-invalid')") == "false"


def test_a_sentence_of_another_length_keeps_what_it_can_of_the_order(lab: Page) -> None:
    assert enter(lab, sentence="가 나 다 라")["order"] == [3, 0, 2, 1]
    assert enter(lab, sentence=" 가  나 다 라 마\t바 ")["order"] == [3, 0, 2, 1, 4, 5]
    assert len(enter(lab, sentence="가 " * 30)["order"]) == 10
    lab.evaluate("(() => { const i = document.querySelector('.lab input'); i.value = ' '; i.dispatchEvent(new Event('input')); })()")
    assert lab.evaluate("document.querySelector('.lab-said').textContent").startswith("문장을 적어 보세요.")
    assert lab.errors == []
    assert enter(lab, sentence="가 나")["order"] == [0, 1]


def press(lab: Page, key: str, code: int) -> None:
    named = {"key": key, "code": key if key != " " else "Space", "windowsVirtualKeyCode": code}
    lab.command("Input.dispatchKeyEvent", type="keyDown", text={" ": " ", "Enter": "\r"}.get(key, ""), **named)
    lab.command("Input.dispatchKeyEvent", type="keyUp", **named)


def test_the_keyboard_alone_is_enough(lab: Page) -> None:
    lab.evaluate("document.querySelector('.lab input').focus()")
    reached = []
    for _ in range(6):
        press(lab, "Tab", 9)
        reached.append(
            lab.evaluate("document.activeElement.dataset.place || document.activeElement.innerText || document.activeElement.type")
        )
    assert reached[0] == "text"
    assert reached[2:] == ["무작위", "왼쪽부터", "오른쪽부터", "3"]
    press(lab, "ArrowRight", 39)
    press(lab, "ArrowRight", 39)
    assert lab.evaluate(READ)["order"] == [0, 5, 3, 2, 4, 1]
    press(lab, "ArrowLeft", 37)
    assert lab.evaluate("document.activeElement.dataset.place") == "3", "the focus moves with the token"
    assert lab.evaluate(READ)["typed"] == "0 3 5 2 4 1"
    assert lab.evaluate(READ)["said"].startswith("자리 3 ‘에서’: 순위 1.")
    press(lab, "End", 35)
    press(lab, "ArrowRight", 39)
    assert lab.evaluate(READ)["order"] == [0, 5, 2, 4, 1, 3]
    press(lab, "Home", 36)
    assert lab.evaluate(READ)["order"] == [3, 0, 5, 2, 4, 1]
    press(lab, "Tab", 9)
    assert lab.evaluate(READ)["said"].startswith("자리 0 ‘나루’: 순위 1.")
    lab.evaluate("[...document.querySelectorAll('.lab button')].find((button) => button.innerText === '오른쪽부터').focus()")
    press(lab, " ", 32)
    assert lab.evaluate(READ)["order"] == [5, 4, 3, 2, 1, 0]
    assert lab.errors == []


def test_a_random_order_is_an_order(lab: Page) -> None:
    lab.evaluate("[...document.querySelectorAll('.lab button')].find((button) => button.innerText === '무작위').click()")
    assert sorted(lab.evaluate(READ)["order"]) == list(range(6))


@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_a_token_is_dragged_to_its_place(lab: Page, kind: str) -> None:
    lab.evaluate("document.querySelector('.lab-order').scrollIntoView({block: 'center', behavior: 'instant'})")
    chips = "[...document.querySelectorAll('.lab-order [data-place]')].map((chip) => chip.getBoundingClientRect())"
    boxes = lab.evaluate(f"{chips}.map((box) => [box.x + box.width / 2, box.y + box.height / 2])")
    for step, (x, y) in enumerate(boxes[:4]):
        if kind == "mouse":
            lab.command(
                "Input.dispatchMouseEvent",
                type="mousePressed" if step == 0 else "mouseMoved",
                x=x,
                y=y,
                button="left",
                buttons=1,
                clickCount=1,
            )
        else:
            lab.command("Input.dispatchTouchEvent", type="touchStart" if step == 0 else "touchMove", touchPoints=[{"x": x, "y": y}])
    if kind == "mouse":
        lab.command("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left", clickCount=1)
    else:
        lab.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    shown = lab.wait_for(f"(() => {{ const shown = {READ}; return shown.order[0] !== 3 && shown; }})()", 10)
    assert shown["order"] == [0, 5, 2, 3, 4, 1]
    assert shown["said"].startswith("자리 3 ‘에서’: 순위 3."), "what is dragged is what is looked at"
    assert lab.errors == []


def test_changes_are_read_aloud_and_everything_has_a_name(lab: Page) -> None:
    assert lab.evaluate("document.querySelector('.lab-said').getAttribute('aria-live')") == "polite"
    assert lab.evaluate("document.querySelector('.lab').getAttribute('aria-label')") == "실험실: 순서와 두 마스크"
    assert lab.evaluate("[...document.querySelectorAll('.lab :is(select, input)')].filter((control) => !control.labels.length).length") == 0
    assert lab.evaluate("[...document.querySelectorAll('.lab-mask th')].every((cell) => cell.scope)") is True


@pytest.mark.parametrize("width", [320, 360])
def test_ten_long_tokens_stay_inside_on_a_phone(lab: Page, width: int) -> None:
    lab.viewport(width, 800, mobile=True)
    enter(lab, sentence=" ".join(["가나다라마바사아"] * 10))
    assert lab.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)") <= width
    assert lab.evaluate(
        "[...document.querySelectorAll('.lab-mask')].every((table) => table.scrollWidth <= table.parentElement.clientWidth)"
    )
    small = "[...document.querySelectorAll('.lab :is(button, select, input)')].filter((c) => c.getBoundingClientRect().height < 40).length"
    assert lab.evaluate(small) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_phone(address: str, page: Page, scheme: str) -> None:
    page.viewport(360, 800, mobile=True)
    page.colour_scheme(scheme)
    page.open(f"{address}/{CHAPTER}")
    page.wait_for("document.querySelector('.lab[data-lab=two-stream][data-ready]') !== null")
    enter(page, order="9")  # what is wrong has its own look
    assert violations(page) == []


def test_without_scripts_a_text_stands_in_its_place(site: Path) -> None:
    text = (site / CHAPTER).read_text(encoding="utf-8")
    instead = re.search(r'<section [^>]*class="lab"[^>]*>.*?<div class="lab-instead">(.*?)</div>\s*</section>', text, re.DOTALL)
    assert instead
    assert "two_stream_masks" in instead[1]
    assert "labs/two-stream.js" in text
    assert "labs/bpe.js" not in text, "a page loads its own laboratories only"

"""The laboratory of the pipeline's schedules: its chart and its numbers are those of the library, by keyboard and on a phone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from axe import violations
from browser import Page

from course_lib.distributed.pipeline import make_schedule, simulate

pytestmark = pytest.mark.smoke

CHAPTER = "book/week09/distributed.html"
NAMES = {"gpipe": "GPipe", "1f1b": "1F1B"}
READY = "document.querySelector('.lab[data-lab=pipeline][data-ready]') !== null"

READ = """(() => {
  const lab = document.querySelector('.lab[data-lab=pipeline]');
  const tasks = [...lab.querySelectorAll('.lab-gantt .lab-task')].map((bar) => [
    Number(bar.dataset.stage), bar.dataset.kind, Number(bar.dataset.number), Number(bar.dataset.start), Number(bar.dataset.end)]);
  const drawn = [...lab.querySelectorAll('.lab-gantt .lab-task')].map((bar) => [parseFloat(bar.style.left), parseFloat(bar.style.width)]);
  const rows = [...lab.querySelectorAll('.lab-stages tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent));
  const said = lab.querySelector('.lab-said').textContent, clock = Number(lab.querySelector('input[type=range]').value);
  return {tasks, drawn, rows, said, clock};
})()"""


@pytest.fixture
def lab(address: str, page: Page) -> Page:
    """The laboratory as it starts. The page is loaded once and used again, unless axe has taken it apart."""
    if not page.evaluate(f"location.pathname.endsWith({CHAPTER!r}) && !('axe' in window) && {READY}"):
        page.open(f"{address}/{CHAPTER}")
        page.wait_for(READY)
    enter(page, "gpipe", 4, 8, 2)
    return page


def enter(lab: Page, kind: str, stages: int, microbatches: int, backward: float, clock: float | None = None) -> dict[str, Any]:
    """Set the controls, and read the laboratory."""
    values = [kind, str(stages), str(microbatches), f"{backward:g}"]
    lab.evaluate(f"""(() => {{
      const lab = document.querySelector('.lab[data-lab=pipeline]'), values = {json.dumps(values)}, clock = {json.dumps(clock)};
      const changed = new Event('input', {{bubbles: true}}), selects = [...lab.querySelectorAll('select')];
      selects.forEach((select, i) => {{ select.value = values[i]; }});
      selects[0].dispatchEvent(changed);
      if (clock === null) return;
      const hand = lab.querySelector('input[type=range]');
      hand.value = clock;
      hand.dispatchEvent(changed);
    }})()""")
    assert lab.errors == []
    return lab.evaluate(READ)


def test_it_starts_with_the_schedule_of_the_figure(address: str, page: Page) -> None:
    page.open(f"{address}/{CHAPTER}")
    page.wait_for(READY)
    shown = page.evaluate(READ)
    assert shown["said"] == "GPipe: 한 걸음 33, 버블 27.3%. 스테이지 0이 마이크로배치 8개의 활성값을 붙듭니다."
    assert len(shown["tasks"]) == 2 * 4 * 8


@pytest.mark.parametrize("kind", ["gpipe", "1f1b"])
@pytest.mark.parametrize("stages", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("backward", [1, 1.5, 2, 3])
def test_times_and_counts_are_those_of_the_course(lab: Page, kind: str, stages: int, backward: float) -> None:
    for microbatches in (1, 2, 3, 5, 8, 16):
        shown = enter(lab, kind, stages, microbatches, backward)
        expected = simulate(make_schedule(kind, stages, microbatches), 1.0, float(backward))
        assert sorted(map(tuple, shown["tasks"])) == sorted(map(tuple, expected.tasks))
        for (*_, start, end), (left, width) in zip(shown["tasks"], shown["drawn"], strict=True):
            assert left == pytest.approx(100 * start / expected.makespan, abs=0.01)
            assert width == pytest.approx(100 * (end - start) / expected.makespan, abs=0.01)
        idle = expected.makespan - microbatches * (1 + backward)
        assert [(row[0], float(row[1]), int(row[4])) for row in shown["rows"]] == [
            (str(stage), idle, peak) for stage, peak in enumerate(expected.peak_inflight)
        ]
        held = f"스테이지 0이 마이크로배치 {expected.peak_inflight[0]}개의 활성값을 붙듭니다."
        assert shown["said"] == f"{NAMES[kind]}: 한 걸음 {expected.makespan:g}, 버블 {100 * expected.bubble_fraction:.1f}%. {held}"


@pytest.mark.parametrize("kind", ["gpipe", "1f1b"])
def test_the_hand_tells_what_every_stage_does_and_holds(lab: Page, kind: str) -> None:
    run = simulate(make_schedule(kind, 4, 6), 1.0, 2.0)
    for now in (0, 3, 7, 11, 20, 26, 27):
        shown = enter(lab, kind, 4, 6, 2, clock=now)
        working = 0
        for stage, row in enumerate(shown["rows"]):
            own = [task for task in run.tasks if task.stage == stage]
            doing = [f"{'순전파' if task.kind == 'F' else '역전파'} {task.microbatch}" for task in own if task.start <= now < task.end]
            held = sum(task.kind == "F" and task.start <= now for task in own) - sum(task.kind == "B" and task.end <= now for task in own)
            assert row[2] == (doing[0] if doing else "끝" if now >= run.makespan else "기다림")
            assert int(row[3]) == held <= int(row[4])
            working += bool(doing)
        assert shown["said"].startswith(f"시각 {now}: 스테이지 4개 가운데 {working}개가 일합니다.")


def press(lab: Page, key: str, code: int) -> None:
    named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
    lab.command("Input.dispatchKeyEvent", type="keyDown", **named)
    lab.command("Input.dispatchKeyEvent", type="keyUp", **named)


def test_the_keyboard_alone_is_enough(lab: Page) -> None:
    lab.evaluate("document.querySelector('.lab[data-lab=pipeline] select').focus()")
    focus = "document.activeElement.labels?.[0]?.innerText"
    reached = [lab.evaluate(focus)]
    for _ in range(4):
        press(lab, "Tab", 9)
        reached.append(lab.evaluate(focus))
    assert reached == ["일정", "스테이지 p", "마이크로배치 m", "역전파 ÷ 순전파", "시각"]
    for _ in range(3):
        press(lab, "ArrowRight", 39)
    shown = lab.evaluate(READ)
    assert shown["clock"] == 3
    assert shown["said"] == "시각 3: 스테이지 4개 가운데 4개가 일합니다. 붙든 마이크로배치 4, 3, 2, 1."
    press(lab, "End", 35)
    assert [row[2] for row in lab.evaluate(READ)["rows"]] == ["끝"] * 4
    lab.evaluate("document.querySelector('.lab[data-lab=pipeline] select').focus()")
    press(lab, "ArrowDown", 40)
    assert lab.evaluate(READ)["said"].startswith("1F1B: 한 걸음 33, 버블 27.3%. 스테이지 0이 마이크로배치 4개")
    assert lab.evaluate(READ)["clock"] == 0
    assert lab.errors == []


def test_changes_are_read_aloud_and_everything_has_a_name(lab: Page) -> None:
    inside = "document.querySelector('.lab[data-lab=pipeline]')"
    assert lab.evaluate(f"{inside}.getAttribute('aria-label')") == "실험실: 파이프라인의 일정"
    assert lab.evaluate(f"{inside}.querySelector('.lab-said').getAttribute('aria-live')") == "polite"
    assert lab.evaluate(f"[...{inside}.querySelectorAll('select, input')].filter((control) => !control.labels.length).length") == 0
    enter(lab, "1f1b", 3, 5, 2)
    named = lab.evaluate(f"{inside}.querySelector('.lab-gantt').getAttribute('aria-label')")
    assert named.startswith("1F1B 일정의 간트 차트. 스테이지 3개, 마이크로배치 5개.")
    assert lab.evaluate(f"[...{inside}.querySelectorAll('.lab-stages th')].every((cell) => cell.scope)") is True


def test_the_longest_schedule_stays_inside_on_a_phone(lab: Page) -> None:
    width = 320
    lab.viewport(width, 800, mobile=True)
    enter(lab, "1f1b", 8, 16, 3)
    lab.wait_for("document.querySelector('.lab-gantt').classList.contains('lab-narrow')", 10)
    assert lab.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)") <= width
    assert lab.evaluate("document.querySelector('.lab-stages').scrollWidth <= document.querySelector('.lab-panel').clientWidth")
    controls = "document.querySelectorAll('.lab[data-lab=pipeline] :is(select, input)')"
    assert lab.evaluate(f"[...{controls}].filter((c) => c.getBoundingClientRect().height < 40).length") == 0


def test_axe_finds_nothing_on_a_phone(address: str, page: Page) -> None:
    page.viewport(360, 800, mobile=True)
    page.open(f"{address}/{CHAPTER}")  # the theme looks once, as the page loads, at what is too wide
    page.wait_for(READY)
    assert violations(page) == []
    page.colour_scheme("dark")
    page.wait_for("document.documentElement.dataset.theme === 'dark'")
    assert violations(page, only=["color-contrast"]) == []


def test_without_scripts_a_text_stands_in_its_place(site: Path) -> None:
    text = (site / CHAPTER).read_text(encoding="utf-8")
    instead = re.search(r'<section [^>]*class="lab"[^>]*>.*?<div class="lab-instead">(.*?)</div>\s*</section>', text, re.DOTALL)
    assert instead
    assert "make_schedule" in instead[1]
    assert "labs/pipeline.js" in text
    assert "labs/two-stream.js" not in text, "a page loads its own laboratories only"

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from course_lib.kit.card import MIME, ItemCard, NoteCard, OverviewCard
from course_lib.kit.checking import CheckOutcome

HOSTILE = '<script>alert(1)</script><img src=x onerror="a"> & \'q\' "q"'


def outcome(status: str = "passed", **fields) -> CheckOutcome:
    return CheckOutcome(id="test_x", item="i", weight=1, status=status, **{"property": "성질입니다.", **fields})


class Tags(HTMLParser):
    """Balanced tags, and every attribute seen."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[tuple[str, dict]] = []
        self.depth_of_details = 0
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.open.append(tag)
        self.seen.append((tag, dict(attributes)))
        self.depth_of_details = max(self.depth_of_details, self.open.count("details"))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


FAILED = outcome("failed", message="나온 값은 9입니다.", misconception="제곱과 혼동", hint=("하나", "둘", "셋"))
CARDS = {
    "passed": ItemCard("double", "두 배", (outcome(), outcome())),
    "failed": ItemCard("double", "두 배", (outcome(), FAILED)),
    "untouched": ItemCard("double", "두 배", (outcome("failed", unfinished=True),)),
    "fault": ItemCard("double", "", (outcome("fault", message="OSError: x"),)),
    "form": ItemCard("double", "두 배", (outcome(form=True),)),
    "note": NoteCard("double", "그런 항목은 없습니다."),
    "overview": OverviewCard("tiny", (("double", "두 배", (FAILED,)), ("other", "", ()), ("essay", "", ())), frozenset({"essay"})),
}


@pytest.mark.parametrize("name", CARDS)
def test_cards_are_self_contained(name):
    bundle = CARDS[name]._repr_mimebundle_()
    tags = Tags(bundle["text/html"])
    assert {tag for tag, _ in tags.seen} <= {"div", "span", "b", "code", "details", "summary", "ul", "li", "table", "tr", "td"}
    for _, attributes in tags.seen:
        assert set(attributes) <= {"style", "title", "lang"}
        assert "url(" not in attributes.get("style", "")
    assert bundle["text/plain"].strip()
    assert "<" not in bundle["text/plain"]


def test_a_failure_shows_property_message_misconception_and_nested_hints():
    html = CARDS["failed"]._repr_html_()
    assert Tags(html).depth_of_details == 3
    for words in ("성질입니다.", "나온 값은 9입니다.", "제곱과 혼동", "힌트 1/3", "힌트 3/3", "2개 검사 중 1개 통과", "✓", "✗"):
        assert words in html
    assert html.index("하나") < html.index("힌트 2/3") < html.index("둘")
    assert "open" not in [key for _, attributes in Tags(html).seen for key in attributes]


def test_plain_text_gives_the_first_hint_only():
    text = repr(CARDS["failed"])
    assert "힌트 1/3: 하나" in text
    assert "둘" not in text
    assert "흔한 오해: 제곱과 혼동" in text


def test_unfinished_work_is_no_error():
    for text in (repr(CARDS["untouched"]), CARDS["untouched"]._repr_html_()):
        assert "아직 작성하지 않았습니다" in text
        assert "✗" not in text
        assert "힌트" not in text


def test_unfinished_work_says_what_is_waited_for():
    card = ItemCard("double", "두 배", (outcome("failed", unfinished=True, message="`double`을 아직 작성하지 않았습니다."),))
    assert repr(card).count("`double`을") == 1
    assert "<code>double</code>을" in card._repr_html_()


def test_the_form_of_an_answer_is_no_success():
    for text in (repr(CARDS["form"]), CARDS["form"]._repr_html_()):
        assert "값이 맞는지는 채점할 때 봅니다" in text
        assert "✓" not in text
        assert "통과" not in text
    both = ItemCard("double", "두 배", (outcome(form=True), outcome()))
    assert both._repr_mimebundle_()[MIME]["mark"] == "✓"
    assert "✗" in repr(ItemCard("double", "두 배", (outcome("failed", form=True, message="수여야 합니다."),)))
    card = OverviewCard("tiny", (("double", "", (outcome(form=True),)), ("other", "", (outcome(),))))
    assert card.summary() == "공개 검사가 있는 2개 항목 중 1개를 통과했고, 1개는 답의 꼴만 확인했습니다."


def test_what_people_read_stands_in_the_overview():
    assert "essay: 글로 답합니다" in repr(CARDS["overview"])
    assert "2개 항목 중 0개" in CARDS["overview"].summary()


def test_a_fault_is_not_blamed_on_the_student():
    assert "여러분의 코드 탓이 아닙니다" in repr(CARDS["fault"])


def test_everything_is_escaped():
    hostile = outcome("failed", property=HOSTILE, message=HOSTILE, misconception=HOSTILE, hint=(HOSTILE, HOSTILE))
    for card in (
        ItemCard(HOSTILE, HOSTILE, (hostile,)),
        NoteCard(HOSTILE, HOSTILE),
        OverviewCard(HOSTILE, ((HOSTILE, HOSTILE, (hostile,)),)),
    ):
        html = card._repr_html_()
        assert {tag for tag, _ in Tags(html).seen}.isdisjoint({"script", "img"})
        assert "&lt;script&gt;" in html


def test_the_state_travels_beside_the_html():
    state = {"item": "double", "passed": 1, "checks": 2, "unfinished": False, "form": False, "mark": "✗"}
    assert CARDS["failed"]._repr_mimebundle_()[MIME] == state


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_badges_are_legible():
    colours = {match for card in CARDS.values() for match in re.findall(r"background:(#\w{6});color:#fff", card._repr_html_())}
    assert len(colours) == 5
    assert all(contrast(colour, "#ffffff") >= 4.5 for colour in colours)


def test_plot_colours_are_legible_on_light_and_dark():
    from course_lib.kit.plots import COLOURS

    assert all(contrast(colour, ground) >= 3 for colour in COLOURS.values() for ground in ("#ffffff", "#121212"))

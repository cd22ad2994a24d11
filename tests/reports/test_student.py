"""The student's page: what it says, what it never says, and that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import re
from datetime import date
from itertools import pairwise

import pytest

from autograder.manifest import Assignment, Erratum
from autograder.reports.student import page_name, render_student_page, write_student_pages
from autograder.result import CheckResult, Finding, ItemResult, Result
from autograder.scoring import errata_notes

VOID = {"meta", "rect", "circle", "br", "link", "img"}


class Page(html.parser.HTMLParser):
    """Tags, attributes and text of a page; fails on tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_says_everything_of_the_result(assignment: Assignment, result: Result) -> None:
    text = Page(render_student_page(assignment, result)).text
    for item in result.items:
        assert item.title in text
    for said in (
        "2026-10231",
        "더하는 순서를 바꾸어도 같습니다.",
        "빼기로 더함",
        "부호를 보세요.",
        "힌트 3단계",
        "교환 법칙을 말합니다.",
        "앞 단계(두 수의 합)의 기준 결과를 넣고 다시 채점했습니다.",
        "ValueError: 아니요",
        "3번째 셀",
        "정해진 시간 안에 끝나지 않아",
        "뜻 없는 이름",
        "김조교: 연장을 인정합니다",
        "가산점 +2점",
        "채점을 기다리는 항목이 2개 있습니다",
        "최대 2점이 더해집니다",
        "0123456789ab",
    ):
        assert said in text, said
    assert f"{result.score + result.bonus:g} / 10점" in text
    assert "네 영역의 합 7 가산점 +2 총점 9점" in text


def test_staff_matters_stay_with_staff(assignment: Assignment, result: Result) -> None:
    page = render_student_page(assignment, result)
    assert "TAMPERING-MARK" not in page
    assert "essay" not in Page(page).text.replace("essay-add", "")
    fault = CheckResult(id="x", passed=False, weight=1, property="성질", message="KeyError: hidden_oracle", fault=True)
    item = ItemResult(
        id="add",
        title="두 수의 합",
        dimension="implementation",
        score=0,
        max_score=1.5,
        needs_manual=True,
        manual_reason="hidden_oracle",
        checks=(fault,),
    )
    page = render_student_page(assignment, result.model_copy(update={"items": (item,)}))
    assert "hidden_oracle" not in page
    assert "점수를 깎지 않으며" in page


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("unreadable", "제출한 파일을 읽을 수 없습니다"),
        ("grader_fault", "제출물의 문제가 아닙니다"),
        ("partial", "노트북의 일부만 실행되었습니다"),
    ],
)
def test_a_status_is_explained_in_plain_words(assignment: Assignment, result: Result, status: str, said: str) -> None:
    page = render_student_page(assignment, result.model_copy(update={"status": status, "reason": "REASON", "items": ()}))
    assert said in page
    assert (status == "unreadable") == ("REASON" in page)


def test_an_unanswered_essay_says_so(assignment: Assignment, result: Result) -> None:
    item = ItemResult(id="essay-add", title="덧셈의 뜻", dimension="theory", score=0, max_score=1, manual_reason="답을 쓰지 않았습니다.")
    page = Page(render_student_page(assignment, result.model_copy(update={"items": (item,)}))).text
    assert "미통과" in page
    assert "답을 쓰지 않았습니다." in page


def test_errata_are_printed(assignment: Assignment, result: Result) -> None:
    erratum = Erratum(item="add", action="full", reason="문제에 오타가 있었습니다.", date=date(2026, 4, 2))
    corrected = assignment.model_copy(update={"errata": (erratum,)})
    page = render_student_page(corrected, result.model_copy(update={"adjustments": errata_notes(corrected)}))
    assert page.count("문제에 오타가 있었습니다.") == 1
    assert "2026-04-02 정정, 두 수의 합: 모두에게 만점을 줍니다. 문제에 오타가 있었습니다." in page


def test_failures_that_say_the_same_are_told_once(assignment: Assignment, result: Result) -> None:
    checks = tuple(
        CheckResult(id=f"t{n}", passed=False, weight=1, property=f"성질 {n}", message="아직 작성하지 않았습니다.") for n in range(3)
    )
    item = ItemResult(id="add", title="두 수의 합", dimension="implementation", score=0, max_score=1.5, checks=checks)
    text = Page(render_student_page(assignment, result.model_copy(update={"items": (item,)}))).text
    assert text.count("아직 작성하지 않았습니다.") == 2  # at the item, and among what to do next
    assert all(f"성질 {n}" in text for n in range(3))


def test_checks_of_one_property_are_told_apart(assignment: Assignment, result: Result) -> None:
    checks = tuple(CheckResult(id=f"test_x[{case}]", passed=True, weight=1, property="기준과 같습니다.") for case in ("ko", "en"))
    item = ItemResult(id="add", title="두 수의 합", dimension="implementation", score=1.5, max_score=1.5, checks=checks)
    text = Page(render_student_page(assignment, result.model_copy(update={"items": (item,)}))).text
    assert "기준과 같습니다. ko" in text
    assert "기준과 같습니다. en" in text


def with_everything(result: Result) -> Result:
    """With an input to paste and a better line, which not every result has."""
    item = next(item for item in result.items if item.id == "add")
    shown = item.checks[0].model_copy(update={"example": "add(1, 2)", "got": "-1", "cell": "solution-add", "line": 3})
    items = (item.model_copy(update={"checks": (shown, *item.checks[1:])}), *(other for other in result.items if other.id != "add"))
    review = (result.review[0].model_copy(update={"code": "tmp = 1", "better": "total = 1", "reason": "뜻을 담습니다."}),)
    return result.model_copy(update={"items": items, "review": review})


HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "javascript:alert(1)",
    "<!--",
    "]]>",
    "`<b>`",
    "<meta http-equiv=refresh content=0>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_submission_stays_text(assignment: Assignment, result: Result, text: str) -> None:
    said = dict.fromkeys(("property", "message", "misconception", "example", "got", "cell"), text)
    check = CheckResult(id=text, passed=False, weight=1, hint=(text, text), line=3, **said)
    item = ItemResult(id="add", title=text, dimension="implementation", score=0, max_score=1.5, manual_reason=text, checks=(check,))
    finding = Finding(cell=text, line=1, rule=text, message=text, code=text, better=text, reason=text)
    cell = result.cells[1].model_copy(update={"error": text, "grade_id": text})
    said = dict.fromkeys(("student", "key", "reason"), text)
    lists = {"items": (item,), "review": (finding,), "cells": (cell,), "adjustments": (text,), "continued_from": (text,)}
    changes = said | lists | {"status": "unreadable"}
    honest = Page(render_student_page(assignment, with_everything(result)))
    page = Page(render_student_page(assignment, result.model_copy(update=changes)))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in honest.tags}
    names = {name for _, attributes in page.tags for name in attributes}
    assert names <= {name for _, attributes in honest.tags for name in attributes}
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in page.tags)
    assert len(page.named("meta")) == len(honest.named("meta"))


def test_the_policy_allows_the_style_and_nothing_else(assignment: Assignment, result: Result) -> None:
    text = render_student_page(assignment, result)
    page = Page(text)
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page.tags.index(("meta", {"http-equiv": "Content-Security-Policy", "content": policy})) < [tag for tag, _ in page.tags].index(
        "style"
    )
    for _, attributes in page.tags:
        assert not {name for name in attributes if name.startswith("on") or name in ("style", "src")}
    assert not re.search(r"url\(|@import|https?:", style)


def test_the_page_has_one_heading_landmarks_and_its_language(assignment: Assignment, result: Result) -> None:
    page = Page(render_student_page(assignment, result))
    assert page.named("html")[0]["lang"] == "ko"
    for tag in ("h1", "main", "title"):
        assert len(page.named(tag)) == 1, tag
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for name in ("href", "aria-labelledby"):
            if target := attributes.get(name):
                assert target.removeprefix("#") in ids
    assert all(svg.get("aria-hidden") or svg.get("aria-label") for svg in page.named("svg"))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_is_legible_in_both_modes(assignment: Assignment, result: Result) -> None:
    modes = re.findall(r":root \{(.*?)\}", render_student_page(assignment, result), re.S)
    assert len(modes) == 3  # light, dark, printed
    for mode in modes[:2]:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", mode))
        pairs = [(text, ground) for text in ("text", "muted", "accent", "good", "bad", "part", "info") for ground in ("page", "card")]
        pairs += [(kind, f"{kind}-soft") for kind in ("good", "bad", "part", "info")]
        pairs += [("text", ground) for ground in ("bad-soft", "part-soft", "info-soft", "code")] + [("muted", "code")]
        for text, ground in pairs:
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def test_pages_are_written_whole(assignment: Assignment, result: Result, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = write_student_pages(assignment, {"2026-10231": result}, tmp_path / "pages")
    before = path.read_bytes()
    assert path.name == "2026-10231.html"
    monkeypatch.setattr("autograder.reports.text.os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        write_student_pages(assignment, {"2026-10231": result.model_copy(update={"score": 1})}, tmp_path / "pages")
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("student", ["../../etc/passwd", "a/b", "", ".hidden", "x" * 300, "a\0b", "\ud800"])
def test_no_student_id_leaves_the_folder(student: str) -> None:
    assert re.fullmatch(r"student-[0-9a-f]{16}\.html", page_name(student))


def test_one_page_is_the_same_each_time(assignment: Assignment, result: Result) -> None:
    assert render_student_page(assignment, result) == render_student_page(assignment, result)

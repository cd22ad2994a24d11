"""Korean search: two syllables, parts of compounds and words with particles find every page that holds them."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import Page
from course_site.search import LONGEST, KoreanSearch, grams, index_terms

# One to four syllables, parts of compounds, Latin letters.
QUERIES = [
    "쌍", "글", "병합", "어휘", "검사", "학습", "모델", "토크", "어절", "점수", "새벽", "나이저", "코퍼스", "형태소", "노트북",
    "샌드박스", "토크나이", "미등록어", "BPE", "bpe",
]  # fmt: skip


def test_grams_are_all_substrings() -> None:
    assert list(grams("가나다")) == ["가", "가나", "가나다", "나", "나다", "다"]
    long = "가나다라마바사아자차"
    assert max(map(len, grams(long))) == LONGEST
    assert long[2 : 2 + LONGEST] in set(grams(long))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("토크나이저를", "나이"),
        ("BPE는", "bpe"),
        ("bpe_train2", "bpe_train2"),
        ("train_bpe", "bpe"),
        ("GPT-2의", "gpt"),
        ("훈련\u110b\u1173\u11af", "을"),
    ],
)
def test_terms_of_a_text(text: str, term: str) -> None:
    assert term in index_terms(text)


def test_terms_stay_in_their_word() -> None:
    assert "어절" not in index_terms("한국어 절대값")


def test_another_kind_of_index_is_refused() -> None:
    with pytest.raises(ValueError, match="only 'ngram'"):
        KoreanSearch({"type": "morphemes"})


def text_of(page: Path) -> str:
    """What a reader sees of a page, lower case."""
    article = re.search(r'<article class="bd-article">(.*)</article>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert article, page
    return re.sub(r"<[^>]+>", " ", article[1]).lower()


def results(page: Page, address: str, query: str) -> set[str]:
    page.open(f"{address}/search.html?q={quote(query)}", settle=0.05)
    # The status line is written when the search is over.
    page.wait_for("Search._index && Search.status && Search.status.innerText && !(Search._pulse_status >= 0)")
    links = page.evaluate("[...document.querySelectorAll('#search-results li a')].map((a) => new URL(a.href).pathname)")
    return {link.lstrip("/") for link in links}


@pytest.mark.smoke
@pytest.mark.parametrize("query", QUERIES)
def test_every_page_that_holds_the_word_is_found(site: Path, address: str, page: Page, query: str) -> None:
    holding = {str(path.relative_to(site)) for path in (site / "book").rglob("*.html") if query.lower() in text_of(path)}
    assert holding, f"no page holds {query}: choose another word"
    assert results(page, address, query) >= holding


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("코퍼스에서부터라도", "코퍼스"),
        ("병합을", "병합"),
        ("토크나이저는", "토크나이저"),
        ("어휘까지", "어휘"),
        ("점수만", "점수"),
        ("모델처럼", "모델"),
    ],
)
def test_particles_do_not_hide_a_page(address: str, page: Page, query: str, word: str) -> None:
    assert results(page, address, query) == results(page, address, word) != set()


@pytest.mark.smoke
def test_two_words_find_pages_that_hold_both(address: str, page: Page) -> None:
    assert "book/week09/index.html" in results(page, address, "토큰당 바이트")


@pytest.mark.smoke
def test_an_unknown_word_finds_nothing_and_says_so(address: str, page: Page) -> None:
    assert results(page, address, "퀀퀀") == set()
    assert page.evaluate("Search.status.innerText").startswith("검색어가 있는 페이지가 없습니다.")


@pytest.mark.smoke
def test_a_result_shows_where_the_word_stands(address: str, page: Page) -> None:
    results(page, address, "병합")
    page.wait_for("document.querySelectorAll('#search-results .highlighted').length > 2")


@pytest.mark.smoke
def test_an_excerpt_is_of_the_text(address: str, page: Page) -> None:
    results(page, address, "병합")
    page.wait_for("document.querySelectorAll('#search-results .context').length > 2")
    excerpts = page.evaluate("[...document.querySelectorAll('#search-results .context')].map((e) => e.innerText).join(' ')")
    assert "이 페이지에서" not in excerpts, "not of the table of contents for print"
    assert "\\(" not in excerpts, "not of bare TeX"


@pytest.mark.smoke
def test_results_can_be_read_on_a_phone(address: str, page: Page) -> None:
    page.viewport(390, 844, mobile=True)
    results(page, address, "병합")
    page.wait_for("document.querySelectorAll('#search-results .context').length > 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('#search-results .context')).fontSize)") >= 14
    small = "[...document.querySelectorAll('#search-results li a')].filter((a) => a.getBoundingClientRect().height < 24).length"
    assert page.evaluate(small) == 0

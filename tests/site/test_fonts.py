"""The site's font: small, complete for what is written, under a name of its own, beside its licence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from course_site.fonts import FAMILY, RESERVED, STYLES, font_folder, licence_text, make_subset, page_characters
from fontTools.ttLib import TTFont


def test_a_subset_has_the_characters_and_another_name() -> None:
    font = TTFont(io.BytesIO(make_subset(font_folder() / STYLES["Regular"], "Regular", frozenset("한글 abc"))))
    assert set(font.getBestCmap()) == set(map(ord, "한글 abc"))
    names = {record.nameID: str(record) for record in font["name"].names}
    assert names[1] == FAMILY
    assert "Open Font License" in names[13]
    assert [text for number, text in names.items() if any(word in text for word in RESERVED) and number != 0] == []


def test_the_same_characters_give_the_same_bytes() -> None:
    source = font_folder() / STYLES["Regular"]
    assert make_subset(source, "Regular", frozenset("가나")) == make_subset(source, "Regular", frozenset("나가"))


def test_the_licence_names_the_holder_and_is_whole() -> None:
    text = licence_text()
    assert text.startswith("Copyright (c) 2010, NAVER Corporation")
    assert "with Reserved Font Name Nanum" in text
    for part in ("PREAMBLE", "DEFINITIONS", "PERMISSION & CONDITIONS", "TERMINATION", "DISCLAIMER"):
        assert part in text


@pytest.mark.smoke
def test_every_korean_letter_on_the_site_is_in_the_font(site: Path) -> None:
    written = {ord(character) for character in page_characters(site) if "가" <= character <= "힣"}
    assert len(written) > 300
    for style in STYLES:
        file = site / "_static" / "fonts" / f"course-gothic-{style.lower()}.woff2"
        assert file.stat().st_size < 300_000
        assert written <= set(TTFont(file).getBestCmap())
    assert (site / "_static" / "fonts" / "OFL.txt").read_text(encoding="utf-8") == licence_text()

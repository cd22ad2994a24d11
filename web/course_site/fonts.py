"""The site's font: a subset of the Korean font that the plots use, made when the book is built.

The font's licence (SIL OFL) reserves its name, so a subset carries another one and lies beside the licence.
"""

from __future__ import annotations

import hashlib
import io
from importlib.util import find_spec
from pathlib import Path

import fontTools
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from sphinx.util import logging

FAMILY = "Course Gothic"
RESERVED = ("Nanum", "나눔", "Naver")
STYLES = {"Regular": "NanumGothic.ttf", "Bold": "NanumGothicBold.ttf"}
COPYRIGHT = "Copyright (c) 2010, NAVER Corporation (https://www.navercorp.com/)"
RESERVED_NAMES = "Nanum, Naver Nanum, NanumGothic, Naver NanumGothic"
LICENCE_LINE = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
# Letters that scripts or a reader's input may bring in, whatever the pages hold.
ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("·…“”‘’–—→←↑↓×÷±≤≥≠∞✓✗①②③④⑤⑥⑦⑧⑨")
# The font draws a backslash as ₩, as old Korean systems did; another font of the reader's has a real one.
WON = "\\"

log = logging.getLogger(__name__)


def font_folder() -> Path:
    """The folder of the fonts. The package itself cannot be imported (it needs distutils).

    Raises:
        FileNotFoundError: the package is missing.
    """
    specification = find_spec("koreanize_matplotlib")
    if specification is None or not specification.submodule_search_locations:
        raise FileNotFoundError("The fonts come from the package koreanize-matplotlib, which is not installed. Run: make setup")
    return Path(specification.submodule_search_locations[0]) / "fonts"


def licence_text() -> str:
    """The OFL with our font's copyright line, from the copy that fontTools or matplotlib installs."""
    import matplotlib

    source = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "LICENSE_STIX"
    text = source.read_text(encoding="utf-8")
    start = text.find("SIL OPEN FONT LICENSE Version 1.1")
    if start < 0:
        raise ValueError(f"{source} no longer holds the SIL Open Font License; the site's font cannot be served without it")
    rule = "-" * 59
    note = f"{FAMILY} is a subset of NanumGothic under another name; nothing else was changed."
    head = f"{COPYRIGHT},\nwith Reserved Font Name {RESERVED_NAMES}.\n\n{note}\n\n{LICENCE_LINE}\n\n{rule}\n"
    return head + text[start:]


def make_subset(source: Path, style: str, characters: frozenset[str]) -> bytes:
    """A woff2 of ``source`` with only ``characters``, renamed to :data:`FAMILY`."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "liga"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.hinting = False
    options.drop_tables += ["TSI0", "TSI1", "TSI2", "TSI3", "TSI5"]  # notes of the font's makers
    font = TTFont(source, lazy=True, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(character) for character in characters])
    subsetter.subset(font)
    _rename(font, style)
    buffer = io.BytesIO()
    font.flavor = "woff2"
    font.save(buffer)
    return buffer.getvalue()


def _rename(font: TTFont, style: str) -> None:
    full = f"{FAMILY} {style}"
    names = {
        0: COPYRIGHT,
        1: FAMILY,
        2: style,
        3: f"{full}; subset",
        4: full,
        5: "Version 1.0",
        6: full.replace(" ", "") if style == "Regular" else f"{FAMILY.replace(' ', '')}-{style}",
        13: LICENCE_LINE,
        14: "https://openfontlicense.org",
    }
    font["name"].names = []
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def page_characters(folder: Path) -> frozenset[str]:
    """Every character on the built pages."""
    characters = set(ALWAYS)
    for page in folder.rglob("*.html"):
        characters.update(page.read_text(encoding="utf-8"))
    static = folder / "_static"
    for path in (static / "translations.js", static / "course.js", *static.glob("labs/*.js")):
        if path.is_file():
            characters.update(path.read_text(encoding="utf-8"))
    return frozenset(character for character in characters if character.isprintable() and character not in WON)


def write_fonts(app: Sphinx, error: Exception | None) -> None:
    """Put the fonts and their licence into the built site; a subset is made once per set of characters."""
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    target, cache = out / "_static" / "fonts", Path(app.doctreedir).parent / ".fonts"
    target.mkdir(parents=True, exist_ok=True)
    cache.mkdir(parents=True, exist_ok=True)
    characters = page_characters(out)
    for style, name in STYLES.items():
        source = font_folder() / name
        key = hashlib.sha256(
            "".join(sorted(characters)).encode() + source.read_bytes() + Path(__file__).read_bytes() + fontTools.version.encode()
        ).hexdigest()[:24]
        stored = cache / f"{key}.woff2"
        if not stored.is_file():
            log.info("making the font %s %s with %d characters", FAMILY, style, len(characters))
            temporary = stored.with_suffix(".part")
            temporary.write_bytes(make_subset(source, style, characters))
            temporary.replace(stored)
        (target / f"course-gothic-{style.lower()}.woff2").write_bytes(stored.read_bytes())
    (target / "OFL.txt").write_text(licence_text(), encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("build-finished", write_fonts, priority=900)

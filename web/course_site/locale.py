"""Korean texts for the themes: one has no Korean catalogue, the other's is a machine translation."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import sphinx.locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sphinx.application import Sphinx
from sphinx.config import Config

CATALOGUE = Path(__file__).resolve().parent.parent / "locale" / "ko.po"
DOMAINS = ("sphinx", "booktheme")


def read_catalogue(path: Path = CATALOGUE) -> gettext.GNUTranslations:
    """Compile a .po file in memory, so that nothing generated lies in the checkout."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale="ko")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def put_first(app: Sphinx, config: Config) -> None:
    """Ask our catalogue before those of Sphinx and the themes. Templates get theirs when the builder is made, after this."""
    if config.language != "ko":
        return
    for domain in DOMAINS:
        ours = read_catalogue()
        if (theirs := sphinx.locale.translators.get(("general", domain))) is not None:
            ours.add_fallback(theirs)
        sphinx.locale.translators["general", domain] = ours
    app.translator = sphinx.locale.translators["general", "sphinx"]


def setup(app: Sphinx) -> None:
    app.connect("config-inited", put_first)

"""Scripts that the theme would fetch from a CDN, served from the site itself."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset

# Enough for formulas in TeX; the rest of the package (24 MB) is for input formats and speech that the book does not use.
MATHJAX_FILES = ("tex-chtml-full.js",)
MATHJAX_FOLDERS = ("output/chtml/fonts",)


def mathjax_folder() -> Path:
    """MathJax as installed. Raises FileNotFoundError when the package is missing."""
    specification = find_spec("sphinx-mathjax-offline")
    if specification is None or specification.origin is None:
        raise FileNotFoundError("MathJax comes from the package sphinx-mathjax-offline, which is not installed. Run: make setup")
    return Path(specification.origin).parent / "static" / "mathjax"


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir) / "_static" / "mathjax"
    for name in MATHJAX_FILES:
        copy_asset(str(source / name), str(target))
    for name in MATHJAX_FOLDERS:
        copy_asset(str(source / name), str(target / name))


def setup(app: Sphinx) -> None:
    app.connect("build-finished", copy_mathjax)

"""The site's own Sphinx extension: everything that Jupyter Book does not do for a Korean book that works offline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from course_site import addresses, assets, download, drafts, fonts, labs, locale, outline, pages, repository, rubric, search


def setup(app: Sphinx) -> dict[str, Any]:
    # The package that reads manifests lies at the root of the checkout, installed or not.
    root = str(Path(app.srcdir).resolve())
    if root not in sys.path:
        sys.path.append(root)
    for module in (addresses, assets, download, drafts, fonts, labs, locale, outline, pages, repository, rubric, search):
        module.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

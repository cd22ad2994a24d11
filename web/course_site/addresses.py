"""The address where the book is published, and what depends on it: sitemap, link previews, the 404 page."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

VARIABLE = "COURSE_SITE_URL"


def set_addresses(_app: Sphinx, config: Config) -> None:
    """Derive every address from ``html_baseurl``, which $COURSE_SITE_URL replaces."""
    base = os.environ.get(VARIABLE) or config.html_baseurl
    if urlsplit(base).scheme not in {"http", "https"}:
        raise ValueError(f"The site's address must start with https:// or http://, but it is {base!r} (html.baseurl, or ${VARIABLE})")
    base = base.rstrip("/") + "/"
    config.html_baseurl = base
    config.ogp_site_url = base
    # A 404 page is served at any depth, so its links start at the site's root.
    config.notfound_urls_prefix = urlsplit(base).path


def setup(app: Sphinx) -> None:
    # Before the extensions that read these settings at the same event.
    app.connect("config-inited", set_addresses, priority=100)

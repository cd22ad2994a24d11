"""The address where the book is published, and what depends on it: sitemap, link previews, the 404 page."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx_sitemap import is_excluded

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


def complete_sitemap(app: Sphinx, _problem: Exception | None) -> None:
    """Name every page in the sitemap: sphinx_sitemap knows only those that this build has written anew."""
    links = getattr(app, "sitemap_links", None)
    if links is None:
        return
    known = {}
    while not links.empty():
        link, updated = links.get_nowait()
        known[link] = updated
    for page in app.env.found_docs:
        link = app.builder.get_target_uri(page)
        if not is_excluded(link, app.config.sitemap_excludes):
            known.setdefault(link, None)
    for entry in sorted(known.items()):
        links.put(entry)


def setup(app: Sphinx) -> None:
    # Before the extensions that read these settings at the same event.
    app.connect("config-inited", set_addresses, priority=100)
    app.connect("build-finished", complete_sitemap, priority=100)

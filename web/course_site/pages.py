"""Small things on every page: the 404 page's text, and names for controls that the themes leave in English."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

NOT_FOUND = {
    "title": "페이지를 찾을 수 없습니다",
    "body": (
        "<h1>페이지를 찾을 수 없습니다</h1>"
        "<p>주소가 바뀌었거나 잘못 적혔을 수 있습니다. 왼쪽 차례에서 고르거나 위의 돋보기로 찾아보세요.</p>"
        '<p><a href="{home}">첫 페이지로 가기</a></p>'
    ),
}


def set_not_found(app: Sphinx, _env: BuildEnvironment) -> None:
    home = f"{app.config.notfound_urls_prefix}book/index.html"
    app.config.notfound_context = {"title": NOT_FOUND["title"], "body": NOT_FOUND["body"].format(home=home)}


def mend_body(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None) -> None:
    """Drop the English label that hides a folded cell's own Korean text from screen readers."""
    if "body" in context:
        context["body"] = context["body"].replace('<summary aria-label="Toggle hidden content">', "<summary>")


FRONT = """<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={target}">
<link rel="canonical" href="{canonical}">
<link rel="icon" href="_static/favicon.svg">
</head>
<body><p><a href="{target}">{title}</a></p></body>
</html>
"""


def write_front(app: Sphinx, error: Exception | None) -> None:
    """The address of the site itself leads to the first page, which lies in a folder."""
    if error is not None or app.builder.name != "html" or app.config.root_doc == "index":
        return
    target = app.builder.get_target_uri(app.config.root_doc)
    text = FRONT.format(title=html.escape(app.config.html_title), target=target, canonical=html.escape(app.config.html_baseurl + target))
    (Path(app.outdir) / "index.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("build-finished", write_front, priority=100)
    app.connect("env-updated", set_not_found)
    app.connect("html-page-context", mend_body)

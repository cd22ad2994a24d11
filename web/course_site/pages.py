"""Small things on every page: the 404 page's text, marks on links that leave the site, names for nameless controls."""

from __future__ import annotations

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


def on_page(_app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None) -> None:
    """Tell the style sheet which page it is."""
    context["page_class"] = pagename.replace("/", "-")


def setup(app: Sphinx) -> None:
    app.connect("env-updated", set_not_found)
    app.connect("html-page-context", on_page)

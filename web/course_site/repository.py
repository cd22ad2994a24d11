"""Buttons that lead to the published repository: source, edit, issue, Colab. They are there when $COURSE_REPOSITORY_URL names it."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from autograder.book import REPOSITORY_VARIABLE

COLAB = "https://colab.research.google.com"
ISSUE_TITLE, ISSUE_BODY = "책의 잘못: ", "어느 문장이 어떻게 잘못되었는지 적어 주세요.\n"


def set_repository(_app: Sphinx, config: Config) -> None:
    url = os.environ.get(REPOSITORY_VARIABLE, "").rstrip("/")
    if not url:
        return
    parts = urlsplit(url)
    if parts.scheme != "https" or len(parts.path.strip("/").split("/")) != 2:
        raise ValueError(f"${REPOSITORY_VARIABLE} is the address of a repository, such as https://github.com/me/llm, but it is {url!r}")
    config.html_theme_options |= {
        "repository_url": url,
        "repository_branch": "main",
        "path_to_docs": "",
        "use_repository_button": True,
        "use_edit_page_button": True,
        "use_issues_button": True,
        "launch_buttons": {"colab_url": COLAB} if parts.hostname == "github.com" else {},
    }


def keep_what_works(app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None) -> None:
    """Colab opens notebooks only, and notebooks are made by the build: nobody should edit them by hand."""
    notebook = str(app.env.doc2path(page)).endswith(".ipynb")
    kept = []
    for button in context.get("header_buttons", []):
        if button.get("label") == "launch-buttons" and not notebook:
            continue
        if button.get("label") == "source-buttons":
            inside = [one for one in button["buttons"] if not (notebook and one["label"] == "source-edit-button")]
            for one in inside:
                if one["label"] == "source-issues-button" and "/issues/new?title=" in one["url"]:
                    one["url"] = one["url"].partition("?")[0] + f"?title={quote(ISSUE_TITLE + page)}&body={quote(ISSUE_BODY)}"
            button = {**button, "buttons": inside}
        kept.append(button)
    if "header_buttons" in context:
        context["header_buttons"] = kept


def setup(app: Sphinx) -> None:
    app.connect("config-inited", set_repository, priority=100)
    app.connect("html-page-context", keep_what_works, priority=900)

"""Markdown of submissions as HTML that can do nothing, for formgrader's pages and nbgrader's feedback.

nbconvert passes on raw HTML, ``javascript:`` links and pictures from anywhere, and stops at a picture that is not attached.
"""

from __future__ import annotations

import re
from html import escape

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_LINK_IN_MATH = re.compile(r"\\href(?![A-Za-z])")  # MathJax makes a link of it, to any address
IMAGES = ("image/png", "image/jpeg", "image/gif")


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """Jinja filter in place of nbconvert's ``markdown2html``: HTML is shown as text, and only attached pictures are shown."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = _Renderer(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True, attachments=attachments)
    return MarkdownWithMath(renderer=renderer).render(_LINK_IN_MATH.sub(r"\\text", source))


class _Renderer(IPythonRenderer):
    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - nbconvert's signature
        bundle = self.attachments.get(url.removeprefix("attachment:"), {}) if url.startswith("attachment:") else {}
        kind = next((kind for kind in IMAGES if kind in bundle), None)
        if kind is None:
            return f"[그림: {escape(text or url)}]"
        data = re.sub(r"[^A-Za-z0-9+/=]", "", bundle[kind])
        return f'<img alt="{escape(text)}" src="data:{kind};base64,{data}">'

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{escape(code)}</pre>"

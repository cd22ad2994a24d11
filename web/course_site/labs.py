"""``{lab} <name>``: a small laboratory in the page, drawn by ``web/static/labs/<name>.js``.

The directive's content is what readers without scripts see. ``lab.js`` and ``lab.css`` are shared; a page loads them and its own
laboratories only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = "labs"


class lab(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes in lower case)
    """The place of a laboratory. Its children stand for it where no script runs."""


class LabDirective(SphinxDirective):
    """``:title:`` heads the laboratory; ``:text:`` is handed to its script."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"title": directives.unchanged_required, "text": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        script = Path(self.env.srcdir) / "web" / "static" / FOLDER / f"{name}.js"
        if not script.is_file():
            raise self.error(f"lab: there is no {script}")
        self.assert_has_content()
        if "title" not in self.options:
            raise self.error("lab: a laboratory needs a :title:")
        node = lab(name=name, title=self.options["title"], text=self.options.get("text", ""))
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def visit_html(translator: Any, node: lab) -> None:
    start = translator.starttag(
        node, "section", CLASS="lab", **{"data-lab": node["name"], "data-text": node["text"], "aria-label": node["title"]}
    )
    translator.body.append(f'{start}<p class="lab-title">{translator.encode(node["title"])}</p>\n<div class="lab-instead">\n')


def depart_html(translator: Any, _node: lab) -> None:
    translator.body.append("</div></section>\n")


def visit_other(_translator: Any, _node: lab) -> None:
    """Other formats show the text that stands for the laboratory."""


def load_scripts(app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give a page with laboratories their scripts."""
    names = sorted({node["name"] for node in doctree.findall(lab)}) if doctree is not None else []
    if names:
        app.add_css_file(f"{FOLDER}/lab.css")
        for name in ("lab", *names):
            app.add_js_file(f"{FOLDER}/{name}.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (visit_other, visit_other))
    app.add_node(lab, html=(visit_html, depart_html), **others)
    app.add_directive("lab", LabDirective)
    app.connect("html-page-context", load_scripts)

"""``{book-pdf}``: the link to the whole book as one PDF, hidden until ``course book --pdf`` has printed it."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from autograder.bookpdf import NAME

TEXT = "책 전체를 PDF로 내려받기"


class BookPdf(SphinxDirective):
    """The mark that ``autograder.bookpdf`` turns into a link; without the PDF, readers see nothing."""

    def run(self) -> list[nodes.Node]:
        address = relative_uri(f"{self.env.docname}.html", NAME)
        return [nodes.raw("", f'<p class="download-pdf" hidden><a href="{address}">{TEXT}</a></p>', format="html")]


def setup(app: Sphinx) -> None:
    app.add_directive("book-pdf", BookPdf)

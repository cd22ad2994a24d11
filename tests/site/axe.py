"""axe, the accessibility checker, in a real browser. Its script comes from a package that only tests install."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from browser import Page

# All of axe's rules but the experimental ones. What has thousands of elements is made simple first, or a chapter takes a minute:
# typeset mathematics, read aloud as one formula, and the tokens of code, whose contrast test_reading measures.
RUN = """
document.querySelectorAll('mjx-container').forEach((formula) => formula.replaceWith('x'));
document.querySelectorAll('.highlight pre').forEach((code) => { code.textContent = code.textContent; });
axe.run(document, {resultTypes: ["violations"], selectors: false, iframes: false, ...OPTIONS}).then((result) =>
  result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): `
  + `${node.html.slice(0, 200)} | ${[...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ')}`)))
"""


@functools.cache
def _script() -> str:
    specification = find_spec("axe_playwright_python")
    if specification is None or specification.origin is None:
        raise ModuleNotFoundError("axe comes from the package axe-playwright-python, which is not installed. Run: scripts/setup tests")
    return (Path(specification.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What axe finds wrong with the open page, one line per element; an empty list is a clean page. The page is not whole afterwards.

    Args:
        only: these rules; all of them by default. In another colour scheme only ``color-contrast`` can differ.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(f"{_script()}; true")
    return page.evaluate(RUN.replace("OPTIONS", json.dumps({"runOnly": list(only)} if only else {})))

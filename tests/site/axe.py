"""axe, the accessibility checker, in a real browser. Its script comes from a package that only tests install."""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path

from browser import Page

# Everything that axe knows for WCAG 2.2 at level AA, and its best practices; only rules that are still experimental are left out.
RUN = """
axe.run(document, {resultTypes: ["violations"], iframes: false}).then((result) => result.violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.target.join(' ')} | ${node.html.slice(0, 160)}`
    + ` | ${[...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ')}`)))
"""


@functools.cache
def _script() -> str:
    specification = find_spec("axe_playwright_python")
    if specification is None or specification.origin is None:
        raise ModuleNotFoundError("axe comes from the package axe-playwright-python, which is not installed. Run: scripts/setup tests")
    return (Path(specification.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the open page, one line per element; an empty list is a clean page."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(f"{_script()}; true")
    return page.evaluate(RUN)

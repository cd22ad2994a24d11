"""Seconds to build the book: cold, after editing one page, with no change; beside a plain Jupyter Book of the same pages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from autograder.book import build_book
from autograder.course import ROOT, Course
from autograder.specification import load_specification

PARTS = ("_config.yml", "_toc.yml", "book", "web", "assignments", "solutions")
EDITED = "book/week09/tokenizers.md"
SENTENCE = "\n\n고친 문장입니다.\n"
BOUNDS = {"one page edited": 10.0, "nothing changed": 5.0}  # seconds
OURS = {"course_site", "sphinx_sitemap", "notfound.extension", "sphinxext.opengraph"}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        ours, plain = Path(folder) / "ours", Path(folder) / "plain"
        for root in (ours, plain):
            _copy(root)
        _make_plain(plain)
        course = Course(ours, ours / "term", load_specification())
        times = {"ours": _times(ours, lambda: build_book(course, strict=True)), "plain": _times(plain, lambda: _plain(plain))}
    pages = sum(1 for path in (ROOT / "book").rglob("*.md")) + sum(1 for path in (ROOT / "assignments").glob("*/*.ipynb"))
    print(f"{pages} pages; the page edited is {EDITED}, whose code is not run again")
    print(f"{'':18}{'this site':>10}{'plain':>10}")
    for what in times["ours"]:
        bound = BOUNDS.get(what)
        verdict = "" if bound is None else f"   {'within' if times['ours'][what] <= bound else 'ABOVE'} the bound of {bound:g} s"
        print(f"{what:18}{times['ours'][what]:9.1f}s{times['plain'][what]:9.1f}s{verdict}")


def _times(root: Path, build: Callable[[], Any]) -> dict[str, float]:
    page = root / EDITED
    times = {"cold": _seconds(build)}
    page.write_text(page.read_text(encoding="utf-8") + SENTENCE, encoding="utf-8")
    times["one page edited"] = _seconds(build)
    times["nothing changed"] = _seconds(build)
    return times


def _seconds(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _copy(root: Path) -> None:
    root.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, root / name)


def _make_plain(root: Path) -> None:
    """The same pages without our extension: default search, no offline assets, nobody's 404 page."""
    path = root / "_config.yml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    sphinx = config["sphinx"]
    del sphinx["local_extensions"]
    own = ("mathjax_path", "html_search_options", "templates_path", "html_css_files", "html_js_files", "nitpicky")
    settings = {name: value for name, value in sphinx["config"].items() if name not in own and not name.startswith(("ogp", "sitemap"))}
    settings["extensions"] = [name for name in settings["extensions"] if name not in OURS]
    sphinx["config"] = settings
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")


def _plain(root: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", "from jupyter_book.cli.main import main; main()", "build", str(root), "--quiet"]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


if __name__ == "__main__":
    main()

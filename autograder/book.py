"""The site: Jupyter Book 1 over ``_config.yml`` and ``_toc.yml``, built into ``_build/html``."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.bookpdf import offer, print_book, withdraw_if_outdated
from autograder.course import Course, CourseError

REPOSITORY_VARIABLE = "COURSE_REPOSITORY_URL"  # where the book's public part lies: its pages get buttons that lead there
# Without the module with which jsonschema would compile a grammar of addresses, for seconds, that nothing here asks for.
_START = """
import sys
sys.modules["rfc3987_syntax"] = None
from jupyter_book.cli.main import main
main()
"""
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_PROBLEM = re.compile(r"(?:WARNING|ERROR|CRITICAL|SEVERE): ")


class BookError(CourseError):
    """The site was not built, or not without warnings; the text holds what Sphinx said."""


def build_book(course: Course, *, strict: bool, pdf: bool = False, fresh: bool = False) -> Path:
    """Build the site and return its first page, ``_build/html/index.html``.

    Args:
        course: the checkout whose book is built.
        strict: warnings are errors, and links to nowhere are warnings.
        pdf: print the whole book as well, into ``_build/html/book.pdf``, and offer it on the front page.
        fresh: write every page anew, so that the site's folder holds nothing of earlier builds. Outputs of pages are still kept.

    Raises:
        BookError: the configuration is missing, a page cannot be built, or ``strict`` met a warning.
        CourseError: the book cannot be printed.
    """
    for name in ("_config.yml", "_toc.yml"):
        if not (course.root / name).is_file():
            raise BookError(f"{course.root / name}: no such file. Run this in a checkout of the course.")
    build = course.root / "_build"
    with _alone(build):
        if fresh:
            shutil.rmtree(build / "html", ignore_errors=True)
        index = _build(course.root, build, strict)
        if pdf:
            offer(course.root, index.parent, print_book(course.root, index.parent))
        else:
            withdraw_if_outdated(course.root, index.parent)
        return index


@contextlib.contextmanager
def _alone(build: Path) -> Iterator[None]:
    """Wait for another build of the same checkout: both would write the same files."""
    build.mkdir(exist_ok=True)
    with (build / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(root: Path, build: Path, strict: bool) -> Path:
    _forget_outdated_outputs(root, build)
    command = [sys.executable, "-c", _START, "build", str(root), "--quiet"]
    if strict:
        command += ["-W", "--keep-going", "-n"]
    finished = subprocess.run(command, cwd=root, env=_environment(), capture_output=True, text=True, errors="replace", check=False)
    warnings = warning_lines(finished.stderr)
    index = build / "html" / "index.html"
    if warnings or finished.returncode or not index.is_file():
        # Pages that are not read again do not repeat their warnings, and a strict build would pass the second time.
        shutil.rmtree(build / ".doctrees", ignore_errors=True)
    if finished.returncode or not index.is_file():
        said = "\n".join(warnings) or _ESCAPES.sub("", f"{finished.stdout}\n{finished.stderr}").strip()[-4_000:]
        what = "The book has warnings, and --strict allows none" if strict and warnings else "The book could not be built"
        raise BookError(f"{what}:\n{said}")
    for line in warnings:
        print(line, file=sys.stderr)
    return index


def warning_lines(text: str) -> list[str]:
    """The warnings and errors in Sphinx's output, each once, with the lines that continue them."""
    found: dict[str, None] = {}
    current: list[str] = []
    for line in [*_ESCAPES.sub("", text).splitlines(), ""]:
        starts = _PROBLEM.search(line)
        if current and (starts or not line.startswith((" ", "\t"))):
            found["\n".join(current)] = None
            current = []
        if starts or (current and line.strip()):
            current.append(line.rstrip())
    return list(found)


def _environment() -> dict[str, str]:
    """A quiet environment for Sphinx and the kernels of executed pages, in which plots and threads do not depend on the machine."""
    return {**os.environ, "PYTHONWARNINGS": "ignore", "PYDEVD_DISABLE_FILE_VALIDATION": "1", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


def _forget_outdated_outputs(root: Path, build: Path) -> None:
    """Drop what was made by code that has changed: neither Sphinx nor its cache of executed pages looks at that."""
    _forget_unless_same(build / ".code", root / "course_lib", [build / ".jupyter_cache", build / ".doctrees"])
    _forget_unless_same(build / ".extension", root / "web", [build / ".doctrees"])


def _forget_unless_same(stamp: Path, code: Path, made: list[Path]) -> None:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(code.rglob("*.py")):
        digest.update(str(path.relative_to(code)).encode() + b"\0" + path.read_bytes())
    if not stamp.is_file() or stamp.read_text(encoding="ascii") != digest.hexdigest():
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)
        stamp.write_text(digest.hexdigest(), encoding="ascii")

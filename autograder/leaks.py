"""Private code in files that are about to be given away: solutions, hidden checks, proofs and references, wherever they turn up."""

from __future__ import annotations

import ast
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.course import Course
from autograder.kits import LIBRARY, package_files
from autograder.roomfiles import public_checks

MARKERS = ("### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS", "### BEGIN MARK SCHEME")
# Shorter code is what anybody would write: `return sum(values)` in a chapter gives nothing away.
SHORTEST = 80
_REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
_BINARY = frozenset(".png .pdf .woff2 .woff .ttf .eot .ico .inv .gif".split())  # noqa: SIM905


def leaks(course: Course, files: Mapping[str, bytes]) -> list[str]:
    """Which of ``files`` hold private code, one line per finding; an empty list when all may be given away."""
    private = private_code(course)
    found = []
    for name, data in sorted(files.items()):
        for inside, text in texts(name, data):
            if inside.endswith((".ipynb", ".py")):
                found += [f"{inside}: holds {marker!r}" for marker in MARKERS if marker in text]
            squeezed = _squeezed(text)
            found += [f"{inside}: holds {where}" for where, code in private.items() if code in squeezed]
    return found


def private_code(course: Course) -> dict[str, str]:
    """Every private piece of code that is long enough to be told apart, without white space, by where it stands."""
    public = "".join(_squeezed(data.decode()) for name, data in package_files(LIBRARY / "kit").items() if name.endswith(".py"))
    pieces: dict[str, str] = {}
    for assignment_id in course.assignment_ids():
        room = course.room(assignment_id)
        shared = public_checks(room)
        public += "".join(_squeezed(path.read_text(encoding="utf-8")) for path in shared if path.is_file())
        for number, region in enumerate(_REGION.findall((room / "notebook.md").read_text(encoding="utf-8")), 1):
            pieces[f"solution {number} of {assignment_id}"] = _squeezed(region)
        sources = [path for path in sorted(room.rglob("*.py")) if path not in shared]
        sources += sorted((LIBRARY / course.assignment(assignment_id).topic).rglob("*.py"))
        for path in sources:
            for function, body in function_bodies(path):
                pieces[f"{path.parent.name}/{path.name}:{function}"] = body
    return {where: code for where, code in pieces.items() if len(code) >= SHORTEST and code not in public}


def function_bodies(path: Path) -> Iterator[tuple[str, str]]:
    """Names of a module's functions and what stands in them below their docstrings, without white space."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body:
                yield f"{node.lineno} {node.name}", _squeezed("".join(lines[body[0].lineno - 1 : body[-1].end_lineno]))


def texts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """What can be read in a file: a page without its tags, a notebook's cells, the files of a zip."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inside in archive.namelist():
                yield from texts(f"{name}/{inside}", archive.read(inside))
    elif Path(name).suffix not in _BINARY:
        text = data.decode("utf-8")
        if name.endswith(".html"):
            text = html.unescape(re.sub(r"<[^>]+>", "", text))
        elif name.endswith(".ipynb"):
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        yield name, text


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)

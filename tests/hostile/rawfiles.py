"""Whole files and folders that no list of cells can describe, by the names that attacks call them."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]


def _written(notebook: Notebook) -> bytes:
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8", "surrogatepass")


def broken_json(notebook: Notebook) -> bytes:
    return _written(notebook)[:-200]


def not_utf8(notebook: Notebook) -> bytes:
    return json.dumps(notebook, ensure_ascii=False).encode("euc-kr", "replace")


def empty(_: Notebook) -> bytes:
    return b""


def page(_: Notebook) -> bytes:
    return b"<!doctype html><script>alert(1)</script>"


def pickle_file(_: Notebook) -> bytes:
    return b"cos\nsystem\n(S'touch /tmp/pickled'\ntR."


def zip_bomb(_: Notebook) -> bytes:
    """A zip under the notebook's name, of zeros that unpack to a thousand times its size."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("h01_replies.ipynb", bytes(30_000_000))
    return held.getvalue()


def lone_surrogates(notebook: Notebook) -> bytes:
    text = json.dumps(notebook)
    return text.replace("# 자유", "#").replace('"cells"', '"\\ud800": "\\udfff", "cells"').encode()


def nul_everywhere(notebook: Notebook) -> bytes:
    notebook["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "id": "nul", "source": "\0 \ud83d 글"})
    return json.dumps(notebook).encode()


def deep_nesting(notebook: Notebook) -> bytes:
    return _written(notebook).replace(b'"nbformat"', b'"deep": ' + b"[" * 200_000 + b"]" * 200_000 + b', "nbformat"', 1)


def huge_cell_count(notebook: Notebook) -> bytes:
    cell = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
    notebook["cells"] += [cell] * 50_000
    return _written(notebook)


def huge_integers(notebook: Notebook) -> bytes:
    for cell in notebook["cells"]:
        if marks := cell["metadata"].get("nbgrader"):
            marks["points"] = 12345678901234567890
    return _written(notebook).replace(b"12345678901234567890", b"9" * 100_000)


def nan_points(notebook: Notebook) -> bytes:
    for cell in notebook["cells"]:
        if marks := cell["metadata"].get("nbgrader"):
            marks["points"] = float("nan")
    return json.dumps(notebook).encode()


def equal_keys(notebook: Notebook) -> bytes:
    """Two lists of cells under the same key: the first as handed out, the last one empty."""
    return _written(notebook)[:-1] + b', "cells": []}'


def third_format(notebook: Notebook) -> bytes:
    """nbformat 3, as notebooks were ten years ago."""
    cells = [{**cell, "input": cell["source"]} for cell in notebook["cells"]]
    return _written({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]})


def ninth_format(notebook: Notebook) -> bytes:
    return _written(notebook | {"nbformat": 9})


def foreign_kernel(notebook: Notebook) -> bytes:
    notebook["metadata"] = {
        "kernelspec": {"name": "bash", "language": "bash", "display_name": "Bash"},
        "language_info": {"name": "bash"},
        "papermill": {"parameters": {"STUDENT_ID": "someone"}},
    }
    return _written(notebook)


def forged_outputs(notebook: Notebook) -> bytes:
    """Full marks as results of the graded cells, in the words that nbgrader reads."""
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and marks.get("grade"):
            bundle = {"text/plain": str(marks.get("points", 1)), "application/x-score": "1", "text/html": "<b>1</b>"}
            cell["outputs"] = [{"output_type": "execute_result", "data": bundle, "metadata": {}, "execution_count": 1}]
            cell["execution_count"] = 1
            marks["points"] = 1000
    return _written(notebook)


# -- in place of the notebook, or beside it ------------------------------------------------------------------------------


def link_to_neighbour(place: Path, neighbour: Path) -> None:
    """The notebook is a symbolic link to the best student's."""
    place.unlink()
    place.symlink_to(neighbour)


def planted_files(place: Path, _: Path) -> None:
    """Files that Python, pytest and IPython would read where they looked for them."""
    evil = "raise SystemExit('planted')\n"
    for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "json.py", "numpy.py", "pytest.py", "course_lib/__init__.py"):
        (place.parent / name).parent.mkdir(exist_ok=True)
        (place.parent / name).write_text(evil)
    startup = place.parent / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text(evil)
    (place.parent / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (place.parent / "pack").mkdir(exist_ok=True)
    (place.parent / "pack" / "conftest.py").write_text(evil)


# -- evidence ---------------------------------------------------------------------------------------------------------------


def links_and_pipes(folder: Path, secret: Path) -> None:
    """Links to secrets, a pipe that nobody writes to, and a link to the folder above."""
    (folder / "tables" / "counts.json").unlink()
    (folder / "tables" / "counts.json").symlink_to(secret)
    (folder / "tables" / "up.json").symlink_to("../../..")
    os.mkfifo(folder / "conclusions.json")


def hard_link(folder: Path, secret: Path) -> None:
    """A second name of a secret file. Whoever can make one could read the file before; the grader must not show it on."""
    (folder / "tables" / "counts.json").unlink()
    os.link(secret, folder / "tables" / "counts.json")


def enormous(folder: Path, _: Path) -> None:
    """A table of 100 MB that takes no room on the disk, and ten thousand small ones."""
    with open(folder / "tables" / "counts.json", "r+b") as file:
        file.truncate(100_000_000)
    for number in range(3_000):
        (folder / "tables" / f"t{number}.json").write_text("[]")


def pickled(folder: Path, _: Path) -> None:
    (folder / "tables" / "counts.json").unlink()
    (folder / "tables" / "counts.pkl").write_bytes(pickle_file({}))
    (folder / "manifest.json").write_bytes(pickle_file({}))


MAKERS: dict[str, Callable[..., Any]] = {name: value for name, value in globals().items() if callable(value) and name[0].islower()}
IN_PLACE = ("link_to_neighbour", "planted_files")

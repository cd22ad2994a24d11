"""The walkthrough in CONTRIBUTING.md: its files, its commands and what they are said to print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"^`play/(?P<path>[^`]+)`(?P<added> \(added\))?\n\n````\w+\n(?P<body>.*?)^````$|^```console\n(?P<console>\$.*?)^```$", re.M | re.S
)
COURSE = [sys.executable, "-c", "import sys; from autograder.cli import main; sys.exit(main())"]


def write(path: Path, body: str, *, added: bool) -> None:
    """A new file, or more of one: before the bracket that closes it, where there is one, else at its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not added:
        path.write_text(body, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8")
    whole = before.removesuffix("]\n") + body + "]\n" if before.endswith("\n]\n") else f"{before}\n\n{body}"
    path.write_text(whole, encoding="utf-8")


def said(command: str, folder: Path) -> str:
    """What a command of the walkthrough prints, with ``play`` in ``folder``."""
    program, *arguments = shlex.split(command)
    start = (
        COURSE if program == "course" else [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir=."]
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run([*start, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    return done.stdout + done.stderr


def shown(line: str, output: str) -> bool:
    """Whether a line of the walkthrough, in which … stands for anything, is among those printed."""
    pattern = r"\s+".join(".*".join(map(re.escape, word.split("…"))) for word in line.split())
    return any(re.search(pattern, printed) for printed in output.splitlines())


@pytest.mark.smoke
def test_the_walkthrough_is_true(tmp_path):
    steps = list(STEP.finditer(TEXT))
    assert sum(bool(step["console"]) for step in steps) >= 6
    for step in steps:
        if step["path"]:
            write(tmp_path / "play" / step["path"], step["body"], added=bool(step["added"]))
            continue
        output = ""
        for line in step["console"].splitlines():
            if line.startswith("$ "):
                output = said(line.removeprefix("$ "), tmp_path)
            else:
                assert shown(line, output), f"{line!r} is not in:\n{output}"
